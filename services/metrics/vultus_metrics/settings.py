"""Settings of the metrics room, from `VULTUS_METRICS_…`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import RoomSettings


class Settings(RoomSettings):
    """What the metrics room can be told."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_METRICS_")

    progress_every: int = Field(10, ge=1)
    """Pairs of frames between two messages of progress."""


class ServerSettings(Settings):
    """The same for a room of its own, with a fixed port."""

    port: int = Field(50053, ge=0, le=65535)
    """Port to listen on."""
