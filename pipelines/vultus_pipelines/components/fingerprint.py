"""Says what lies in a folder, so that later steps are found again by content and not by name."""

from vultus_pipelines.component import component


@component
def fingerprint(source: str) -> str:
    """Digest a folder; never answered from a cache.

    Args:
        source: Folder of videos, or a data set.

    Returns:
        Digest over the names and contents of all its files.
    """
    from vultus_pipelines.data_steps import folder_digest
    from vultus_pipelines.diary import step

    with step("fingerprint") as facts:
        facts.update(source=source, digest=folder_digest(source))
        return facts["digest"]
