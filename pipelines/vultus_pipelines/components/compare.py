"""The gate: a challenger against the champion of this moment."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def compare(
    name: str,
    pairs: str,
    limit: int,
    policy: str,
    scores: dsl.Input[dsl.Artifact],
    model: dsl.Input[dsl.Model],
    decision: dsl.Output[dsl.Artifact],
) -> str:
    """Compare a challenger with the champion on the same pairs; never answered from a cache.

    Args:
        name: Registered name.
        pairs: Kinds of pairs that the challenger answered.
        limit: How many of each kind; 0 for all.
        policy: Fields of `GatePolicy` that are not as usual, as JSON, for instance {"first": "promote"}.
        scores: What the challenger reached.
        model: The challenger.
        decision: Reason, table, and both scores.

    Returns:
        "promote", "keep", or "same" where the challenger is the champion already.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.gating import gate
    from vultus_pipelines.releasing import track_decision

    with step("compare") as facts:
        gated = gate(name, scores.path, model.path, pairs, limit, policy)
        gated.write(decision.path)
        track_decision(name, model.metadata.get("run_id", ""), decision.path)
        facts.update(gated.facts)
        decision.metadata.update(gated.facts)
        return facts["verdict"]
