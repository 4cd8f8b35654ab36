"""Makes a version the champion."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def promote(version: str, decision: dsl.Input[dsl.Artifact], bento: dsl.Input[dsl.Artifact]) -> int:
    """Let the alias "champion" point at a version, in one step; rooms that follow it take it over.

    Args:
        version: For instance "vultus-gdpw/3".
        decision: Against which champion it was judged; another one by now is an error.
        bento: A version that cannot be packaged is not promoted.

    Returns:
        The champion before; 0 for none.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.releasing import promote_version

    with step("promote") as facts:
        promotion = promote_version(version, int(decision.metadata["champion"]))
        facts.update(name=promotion.name, champion=promotion.champion, before=promotion.before or 0)
        facts["bento"] = bento.metadata["tag"]
        return facts["before"]
