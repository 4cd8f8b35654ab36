"""Settings of the generation room, from `VULTUS_GENERATION_…`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import RoomSettings


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


class ServerSettings(Settings):
    """The same for a room of its own, with a fixed port."""

    port: int = Field(50052, ge=0, le=65535)
    """Port to listen on."""
    preload: bool = True
    """Whether the default method is loaded first."""
