"""What surrounds every graph: a last step that reports, whatever came of the others."""

from kfp import dsl

from vultus_pipelines.components.conclude import conclude
from vultus_pipelines.runtime import asked, light


def reported(pipeline: str) -> dsl.ExitHandler:
    """Steps of a pipeline whose end is told: how long each took, and why one failed."""
    return dsl.ExitHandler(asked(light(conclude(pipeline=pipeline))), name=f"{pipeline}, reported")
