"""Settings of the fitting room, from `VULTUS_FITTING_…`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from vultus_kit.settings import RoomSettings


class Settings(RoomSettings):
    """What the fitting room can be told."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_FITTING_")

    morphable_path: Path | None = None
    """File or folder of a published morphable model; the built-in head needs none."""
    preload: bool = False
    """Whether the default model is loaded before the room says that it is SERVING."""
    image_batch: int = Field(8, ge=1)
    """Most pictures that are fitted together."""
    image_capacity: int = Field(64, ge=1)
    """Most pictures that wait."""


class ServerSettings(Settings):
    """The same for a room of its own, with a fixed port."""

    port: int = Field(50051, ge=0, le=65535)
    """Port to listen on."""
    preload: bool = True
    """Whether the default model is loaded first."""
