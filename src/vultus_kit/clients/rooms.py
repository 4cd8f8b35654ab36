"""Clients of all rooms: at configured endpoints, or embedded in this process where there is none."""

from contextlib import ExitStack
from functools import cached_property
from types import TracebackType

import grpc
from pydantic_settings import SettingsConfigDict

from vultus_kit.clients.channel import open_channel
from vultus_kit.clients.fitting import FittingClient
from vultus_kit.clients.generation import GenerationClient
from vultus_kit.clients.metrics import MetricsClient
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.settings import StrictSettings


class Endpoints(StrictSettings):
    """Where rooms are, "host:port", from `VULTUS_ENDPOINT_…`; "" starts the room in this process."""

    model_config = SettingsConfigDict(env_prefix="VULTUS_ENDPOINT_")

    fitting: str = ""
    """Of the fitting room."""
    generation: str = ""
    """Of the generation room."""
    metrics: str = ""
    """Of the metrics room."""


class Rooms:
    """Clients that are connected, and embedded rooms that are started, when they are first asked for.

    Args:
        endpoints: Where rooms are; read from the environment by default.

    Example:
        >>> with Rooms(Endpoints()) as rooms:
        ...     rooms.embedded
        []
    """

    def __init__(self, endpoints: Endpoints | None = None) -> None:
        self._endpoints = endpoints or Endpoints.load()
        self._stack = ExitStack()
        self.embedded: list[str] = []
        """Rooms that were started in this process."""

    def __enter__(self) -> "Rooms":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close channels and stop what was started."""
        self._stack.close()

    @cached_property
    def fitting(self) -> FittingClient:
        """The fitting room."""
        return FittingClient(self._channel("fitting", self._endpoints.fitting))

    @cached_property
    def generation(self) -> GenerationClient:
        """The generation room."""
        return GenerationClient(self._channel("generation", self._endpoints.generation))

    @cached_property
    def metrics(self) -> MetricsClient:
        """The metrics room."""
        return MetricsClient(self._channel("metrics", self._endpoints.metrics))

    def _channel(self, room: str, endpoint: str) -> grpc.Channel:
        if endpoint:
            channel = open_channel(endpoint)
            self._stack.callback(channel.close)
            return channel
        started = self._stack.enter_context(EmbeddedRooms([room]))
        self.embedded.append(room)
        return started.channel(room)
