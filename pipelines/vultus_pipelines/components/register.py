"""Enters a model into the registry."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def register(
    name: str,
    dataset: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    decision: dsl.Input[dsl.Artifact],
) -> str:
    """Make a model the next version of a registered model; one that is registered already stays what it is.

    Args:
        name: Registered name.
        dataset: What it learned from; its licence goes with the version.
        model: Model folder.
        decision: Why it may be registered.

    Returns:
        The version, for instance "vultus-gdpw/3".
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.releasing import register_model

    with step("register") as facts:
        licence = dataset.metadata.get("licence", "unknown")
        version = register_model(name, model.path, model.metadata, decision.path, licence)
        facts.update(version.to_json())
        return f"{version.name}/{version.version}"
