"""Puts the scores of several contestants into one table."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def leaderboard(
    scores: dsl.Input[list[dsl.Artifact]], board: dsl.Output[dsl.Artifact], page: dsl.Output[dsl.HTML]
) -> str:
    """Put contestants who answered the same pairs beside each other.

    Args:
        scores: What `evaluate` left, one for each contestant.
        board: Tables and single results.
        page: Tables and worst frames.

    Returns:
        Contestants between commas.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.judging import join_scores

    with step("leaderboard") as facts:
        judged = join_scores([one.path for one in scores])
        judged.write(board.path, page.path)
        facts.update(judged.facts, report=page.path)
        return ",".join(facts["contestants"])
