"""Tells people what came of a model."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def report(
    name: str,
    dataset: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    course: dsl.Input[dsl.Artifact],
    decision: dsl.Input[dsl.Artifact],
    page: dsl.Output[dsl.HTML],
    version: str = "",
    bento: dsl.Input[dsl.Artifact] | None = None,
) -> str:
    """Write a page: the decision, its table, the training, the data, and where the model is now.

    Args:
        name: Registered name.
        dataset: What the model learned from.
        model: The model.
        course: Losses and samples over the steps.
        decision: What the gate decided, and the scores that it did it on.
        page: The page; it needs nothing beside itself.
        version: The version that it became; "" for none.
        bento: Its Bento, where there is one.

    Returns:
        The outcome in one line.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.release_report import Release

    with step("report") as facts:
        packed = {**bento.metadata, "path": bento.path} if bento else {}
        release = Release.read(
            name, version, packed, dataset.metadata, model.metadata, course.path, decision.path
        )
        release.write(page.path)
        facts.update(release.facts, report=page.path, model=model.path)
        return release.line
