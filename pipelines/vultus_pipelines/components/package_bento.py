"""Packages a version to be served."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def package_bento(
    version: str, code: str, model: dsl.Input[dsl.Model], bento: dsl.Output[dsl.Artifact]
) -> str:
    """Build a Bento that holds everything a version needs.

    Args:
        version: What answers call the model, for instance "vultus-gdpw/3".
        code: Version of the code, which is part of the Bento.
        model: Model folder.
        bento: Folder of the Bento; `bentoml serve` takes it.

    Returns:
        Tag of the Bento, "name:version".
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.releasing import build_bento

    with step("package_bento") as facts:
        built = build_bento(model.path, version, bento.path)
        facts.update(tag=built.tag, bento=bento.path, size_bytes=built.size_bytes, code=code)
        bento.metadata.update(tag=built.tag, size_bytes=built.size_bytes, version=version)
        return built.tag
