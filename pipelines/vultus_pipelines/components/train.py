"""Teaches a method."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def train(
    method: str,
    preset: str,
    changes: str,
    processes: int,
    code: str,
    dataset: dsl.Input[dsl.Dataset],
    model: dsl.Output[dsl.Model],
    course: dsl.Output[dsl.Artifact],
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Teach any method by any preset; a step that was killed goes on from its last checkpoint.

    Args:
        method: Which method.
        preset: Its preset.
        changes: Values of the preset to change, for instance "plan.steps=500 plan.seed=1".
        processes: 1 learns in this process; more are started by torchrun, one for each GPU.
        code: Version of the code, so that newer code trains anew.
        dataset: What is learned from.
        model: Model folder.
        course: Losses and samples over the steps.
        metrics: Losses of the last step.

    Returns:
        Digest of the model.
    """
    from vultus_pipelines.diary import log_metrics, step
    from vultus_pipelines.learning import learn
    from vultus_pipelines.work import hand_over

    with step("train") as facts:
        learned = learn(method, preset, dataset.path, changes, processes, code)
        hand_over(learned.model, model.path)
        learned.write_course(course.path)
        log_metrics(metrics, learned.losses)
        model.metadata.update(learned.facts)
        facts.update(learned.facts, code=code)
        return learned.facts["digest"]
