"""Says how a run ended, whatever came of it."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def conclude(pipeline: str, status: dsl.PipelineTaskFinalStatus, page: dsl.Output[dsl.HTML]) -> str:
    """Write down how a run ended: what each step took, and the error of the one that failed.

    Args:
        pipeline: Name of the pipeline.
        status: How it ended, as Kubeflow says.
        page: The same as a page.

    Returns:
        How it ended, in one line.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.reporting import conclusion_of

    with step("conclude") as facts:
        concluded = conclusion_of(pipeline, status.state, status.error_message or "")
        concluded.write(page.path)
        facts.update(state=concluded.state, line=concluded.line, conclusion=page.path)
        return concluded.line
