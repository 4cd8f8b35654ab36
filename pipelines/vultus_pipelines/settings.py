"""What steps and graphs can be told by environment variables, `VULTUS_PIPELINES_…`."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import StrictSettings


class PipelineSettings(StrictSettings):
    """Settings of graphs where they are compiled, and of steps where they run."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_PIPELINES_")

    image: str = "ghcr.io/vultus/vultus-pipelines:0.1.0"
    """The one image of every step; built from `pipelines/Dockerfile`."""

    work: Path = Path("~/.cache/vultus/pipelines")
    """Folder that outlives steps: checkpoints, worlds, measurements, notes; a volume on a cluster."""

    run: str = ""
    """Name of the run that a step belongs to; whoever starts the step sets it."""

    watched: int = 0
    """Process that a step on this machine ends with; 0 for none."""
