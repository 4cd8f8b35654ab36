"""What every component has in common: one image, and nothing that is installed while it runs."""

from collections.abc import Callable
from typing import Any

from kfp import dsl

from vultus_pipelines.settings import PipelineSettings

IMAGE = PipelineSettings.load().image
"""The image of every step."""


def component(function: Callable[..., Any]) -> Any:
    """Make a function a component; its source is compiled into graphs, so it imports inside."""
    return dsl.component(function, base_image=IMAGE, install_kfp_package=False)
