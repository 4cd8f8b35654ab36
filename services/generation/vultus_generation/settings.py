"""Settings of the generation room, from `VULTUS_GENERATION_…`."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from vultus_generation.models import FollowPlan, VersionSource, method_of, references
from vultus_kit.serving.following import FollowConfig
from vultus_kit.settings import RoomSettings


def default_folder() -> Path:
    """Where model folders of the registry are kept where no folder is named."""
    return Path.home() / ".cache" / "vultus" / "models"


class Settings(RoomSettings):
    """What the generation room can be told."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_GENERATION_")

    morphable_path: Path | None = None
    """File or folder of a published morphable model; the built-in head needs none."""
    preload: bool = False
    """Whether the default method is loaded before the room says that it is SERVING."""
    cache_mib: int = Field(1024, ge=1)
    """Memory for avatars, MiB; the least recently used are dropped."""
    batch_frames: int = Field(8, ge=1)
    """Frames of one stream that are rendered together; a cancelled call stops after them."""
    batch_streams: int = Field(4, ge=1)
    """Most pieces of work, each of at most `batch_frames`, that a method takes at a time."""
    queue_capacity: int = Field(64, ge=1)
    """Most pieces of work that wait for a method."""
    follow: str = ""
    """Aliases to serve, between commas, for instance "models:/vultus-gdpw@champion"."""
    follow_poll_s: float = Field(30.0, gt=0)
    """Pause between two looks at the registry, s."""
    follow_start_s: float = Field(20.0, ge=0)
    """How long the start waits for the registry before the starters are served, s."""
    follow_keep_s: float = Field(3600.0, ge=0)
    """How long avatars of a version that is no longer served are kept after their last use, s."""
    follow_folder: Path = Field(default_factory=default_folder)
    """Where model folders of the registry are kept."""
    registry: str = ""
    """Tracking server or data base of MLflow; `MLFLOW_TRACKING_URI`, or the user's own, by default."""

    @field_validator("follow")
    @classmethod
    def _check_references(cls, text: str) -> str:
        for reference in references(text):
            method_of(reference)
        return text

    def follow_plan(self, registry: VersionSource | None = None) -> FollowPlan:
        """What to follow; the registry is MLflow where none is given."""
        followed = references(self.follow)
        if followed and registry is None:
            from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415 - loads MLflow

            registry = ModelRegistry(self.registry or None)
        config = FollowConfig(poll_s=self.follow_poll_s, first_wait_s=self.follow_start_s)
        return FollowPlan(followed, registry, self.follow_folder, config)


class ServerSettings(Settings):
    """The same for a room of its own, with a fixed port."""

    port: int = Field(50052, ge=0, le=65535)
    """Port to listen on."""
    preload: bool = True
    """Whether the default method is loaded first."""
