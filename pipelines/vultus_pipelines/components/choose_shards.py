"""Divides what has to be fitted."""

from vultus_pipelines.component import component


@component
def choose_shards(data: str, content: str, morphable: str, most: int) -> list[str]:
    """Divide the clips that have no track, or one of another morphable model.

    Args:
        data: Folder of the data set.
        content: Digest of what lies in it; see `fingerprint`.
        morphable: Morphable model of the tracks.
        most: Most shards.

    Returns:
        Names of shards; what lies in the folder is part of each.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.fitting_steps import choose_shards as chosen

    with step("choose_shards") as facts:
        facts.update(content=content, shards=chosen(data, content, morphable, most))
        return facts["shards"]
