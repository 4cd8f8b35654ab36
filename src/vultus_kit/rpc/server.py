"""One room on one port: health, reflection, limits, and a stop that lets calls finish."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from vultus.errors import ServiceUnavailableError
from vultus_kit.rpc.harness import Harness
from vultus_kit.rpc.options import SERVER_OPTIONS
from vultus_kit.settings import RoomSettings
from vultus_kit.telemetry.logs import log_json_lines
from vultus_kit.telemetry.metrics import serve_metrics

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Room:
    """What a room gives to be served."""

    name: str
    """For instance "fitting"."""
    service: str
    """Full name of its gRPC service."""
    attach: Callable[[grpc.aio.Server], None]
    """Adds its servicer to a server."""
    settings: RoomSettings
    """Where and how to serve."""
    load: Callable[[], None] = _nothing
    """Loads models; runs in a thread, and the room is NOT_SERVING until it is done."""
    close: Callable[[], None] = _nothing
    """Ends threads."""


class RoomServer:
    """Serves one room in the running event loop."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._settings = room.settings
        self._harness = Harness(room.name, room.settings.call_limit)
        self._server = grpc.aio.server(interceptors=[self._harness], options=SERVER_OPTIONS)
        self._health = health.aio.HealthServicer()
        self._loading: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> int:
        """Listen, begin to load, and answer the port; `load` of the room goes on after that."""
        self.room.attach(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if self._settings.reflection:
            names = (self.room.service, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, self._server)
        await self._say(NOT_SERVING)
        address = f"{self._settings.host}:{self._settings.port}"
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise ServiceUnavailableError(
                f"the {self.room.name} room cannot listen on {address}",
                remedy="choose another port, or stop what uses it",
                metadata={"address": address},
            ) from error
        await self._server.start()
        self._loading = asyncio.create_task(self._load())
        return self.port

    async def loaded(self) -> None:
        """Wait until the room is SERVING; raises what its `load` raised."""
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def stop(self) -> None:
        """Say NOT_SERVING, wait, refuse new calls, let the others finish for the grace time, then end."""
        await self._say(NOT_SERVING)
        await asyncio.sleep(self._settings.drain_delay_s)
        self._harness.draining = True
        with contextlib.suppress(TimeoutError):  # the server cancels what is left
            await asyncio.wait_for(self._harness.wait_until_idle(), self._settings.grace_s)
        await self._server.stop(0)
        if self._loading is not None:
            self._loading.cancel()
        await asyncio.to_thread(self.room.close)

    async def _load(self) -> None:
        await asyncio.to_thread(self.room.load)
        if not self._harness.draining:
            await self._say(SERVING)

    async def _say(self, state: int) -> None:
        for name in ("", self.room.service):
            await self._health.set(name, state)


async def _serve(room: Room) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    server = RoomServer(room)
    port = await server.start()
    sys.stderr.write(f"{room.name} listens on {room.settings.host}:{port}\n")
    sys.stderr.flush()
    ended = asyncio.create_task(stopping.wait())
    loaded = asyncio.create_task(server.loaded())
    await asyncio.wait({ended, loaded}, return_when=asyncio.FIRST_EXCEPTION)
    failure = None if not loaded.done() else loaded.exception()
    if failure is None:
        await ended
    await server.stop()
    ended.cancel()
    loaded.cancel()
    if failure is not None:
        raise failure


def serve(room: Room) -> None:
    """Serve `room` until SIGTERM or SIGINT."""
    log_json_lines(room.settings.log_level)
    with serve_metrics(room.settings.host, room.settings.metrics_port):
        asyncio.run(_serve(room))
