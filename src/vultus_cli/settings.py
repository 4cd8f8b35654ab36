"""What the command line can be told by environment variables."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import StrictSettings


class CliSettings(StrictSettings):
    """Settings of the command line, from `VULTUS_CLI_…`."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_CLI_")

    assets_folder: Path = Path("~/.cache/vultus/assets")
    """Where model files lie."""

    training_folder: Path = Path("~/.cache/vultus/training")
    """Where worlds and decoded frames for training lie."""


TRACK_HELP = "Write the run down at MLflow.  [default: where MLFLOW_TRACKING_URI is set]"
"""Help of `--track`, for every command that has it."""
