"""Makes a data set of real videos and stills."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def build_dataset(
    source: str, content: str, layout: str, recipe: str, code: str, dataset: dsl.Output[dsl.Dataset]
) -> str:
    """Track, split and cut out every video and still of a folder.

    Args:
        source: Folder of videos, or a published data set.
        content: Digest of what lies in it; see `fingerprint`.
        layout: How the folder is laid out, for instance "folder".
        recipe: How faces are cut out, for instance "vultus-256".
        code: Version of the code, so that newer code makes a new set.
        dataset: Data set in the common form.

    Returns:
        Digest of the set.
    """
    from vultus_pipelines.data_steps import build_from
    from vultus_pipelines.diary import step
    from vultus_pipelines.work import hand_over

    with step("build_dataset") as facts:
        made = build_from(source, content, layout, recipe)
        hand_over(made.root, dataset.path)
        facts.update(made.facts, code=code)
        dataset.metadata.update(made.facts)
        return made.facts["digest"]
