"""How the command line reaches rooms: at configured endpoints, or started inside this process."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import grpc
from pydantic_settings import SettingsConfigDict

from vultus_kit.clients.channel import open_channel
from vultus_kit.clients.fitting import FittingClient
from vultus_kit.clients.generation import GenerationClient
from vultus_kit.clients.metrics import MetricsClient
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.settings import StrictSettings


class CliSettings(StrictSettings):
    """Where the command line finds rooms."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_CLI_")

    fitting_endpoint: str | None = None
    """host:port of the fitting room; unset starts one inside the process."""
    generation_endpoint: str | None = None
    """host:port of the generation room."""
    metrics_endpoint: str | None = None
    """host:port of the metrics room."""
    assets_folder: Path = Path("~/.cache/vultus/assets")
    """Where model files lie."""


@dataclass(frozen=True)
class Rooms:
    """Clients of the rooms that were asked for."""

    channels: dict[str, grpc.Channel]
    """An open channel to each room."""

    @cached_property
    def fitting(self) -> FittingClient:
        """Pictures and videos to tracks."""
        return FittingClient(self.channels["fitting"])

    @cached_property
    def generation(self) -> GenerationClient:
        """Portraits and tracks to frames."""
        return GenerationClient(self.channels["generation"])

    @cached_property
    def metrics(self) -> MetricsClient:
        """Frames to scores."""
        return MetricsClient(self.channels["metrics"])


@contextmanager
def open_rooms(*names: str) -> Iterator[Rooms]:
    """Reach the rooms called `names`; those without an endpoint run inside this process until the end."""
    settings = CliSettings.load()
    endpoints = {name: getattr(settings, f"{name}_endpoint") for name in names}
    with ExitStack() as stack:
        embedded = stack.enter_context(
            EmbeddedRooms([name for name, endpoint in endpoints.items() if not endpoint])
        )
        channels = {}
        for name, endpoint in endpoints.items():
            if endpoint:
                channels[name] = stack.enter_context(open_channel(endpoint))
            else:
                channels[name] = embedded.channel(name)
        yield Rooms(channels)
