"""Measures a model, or whatever else can animate, on the frozen split."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def evaluate(
    contestant: str,
    pairs: str,
    limit: int,
    code: str,
    scores: dsl.Output[dsl.Artifact],
    metrics: dsl.Output[dsl.Metrics],
    page: dsl.Output[dsl.HTML],
    model: dsl.Input[dsl.Model] | None = None,
) -> str:
    """Let one contestant answer the pairs of the frozen split, and measure its answers.

    Args:
        contestant: A method, a control, a version such as "models:/vultus-gdpw@champion"; or, with a model,
            what tables call it.
        pairs: Kinds of pairs between commas: "self,cross".
        limit: Only the first so many pairs of each kind; 0 for all.
        code: Version of the code, so that newer code measures anew.
        scores: Tables, single results, and a short video.
        metrics: Totals.
        page: Tables and worst frames.
        model: Model folder, where the contestant is not known by name.

    Returns:
        What tables call the contestant.
    """
    from vultus_pipelines.diary import log_metrics, step
    from vultus_pipelines.judging import contestant_of, judge
    from vultus_pipelines.releasing import track_scores
    from vultus_pipelines.showing import write_answer

    with step("evaluate") as facts:
        one = contestant_of(contestant, model.path if model else None)
        facts.update(of=one.name, code=code)
        judged = judge([one], pairs, limit)
        judged.write(scores.path, page.path)
        log_metrics(metrics, judged.figures)
        run_id = model.metadata.get("run_id", "") if model else ""
        video = write_answer(one, judged.board.results[0].pair, scores.path)
        track_scores(one.name, run_id, judged, page.path, video)
        facts.update(judged.facts)
        return one.name
