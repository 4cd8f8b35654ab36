"""Rooms inside this process, on loopback ports that the system chooses."""

import asyncio
import importlib
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

import grpc

from vultus.errors import InputError, MissingError
from vultus_kit.clients.channel import open_channel
from vultus_kit.rpc.server import Room, RoomServer

RoomFactory = Callable[[], Room]


def find_room(name: str) -> RoomFactory:
    """The factory of a room: "fitting" means `vultus_fitting.room`, "package:name" means just that.

    Raises:
        InputError: There is no such factory.
        MissingError: The room is not installed.
    """
    module_name, _, attribute = name.partition(":") if ":" in name else (f"vultus_{name}", "", "room")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise MissingError(
                f"the {name} room needs the package {error.name!r}",
                remedy=f"pip install 'vultus[{name}]'",
                metadata={"room": name, "package": error.name},
            ) from error
        raise InputError(f"no room called {name!r}", metadata={"room": name}) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        raise InputError(f"{module_name} has no {attribute!r}", metadata={"room": name}) from error


class EmbeddedRooms:
    """Rooms that run in a background thread while the context is open.

    Args:
        rooms: Names, "package:factory", or factories.
        wait: Wait until every room is SERVING, not only until it listens.

    Example:
        >>> with EmbeddedRooms([]) as rooms:
        ...     rooms.ports
        {}
    """

    def __init__(self, rooms: Sequence[str | RoomFactory], *, wait: bool = False) -> None:
        self._factories = list(rooms)
        self._wait = wait
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._channels: dict[str, grpc.Channel] = {}
        self._thread = threading.Thread(target=self._run, name="rooms", daemon=True)
        self.ports: dict[str, int] = {}

    def __enter__(self) -> "EmbeddedRooms":
        """Start; raises what a room raised."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the channels, let calls finish for their grace time, and end the thread."""
        for channel in self._channels.values():
            channel.close()
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def endpoint(self, room: str) -> str:
        """The address of a room, "127.0.0.1:port"."""
        if room not in self.ports:
            raise InputError(
                f"the {room} room is not started here", remedy=f"started: {', '.join(self.ports)}"
            )
        return f"127.0.0.1:{self.ports[room]}"

    def channel(self, room: str) -> grpc.Channel:
        """A channel to a room; closed with the context."""
        if room not in self._channels:
            self._channels[room] = open_channel(self.endpoint(room))
        return self._channels[room]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again by __enter__
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        servers: list[RoomServer] = []
        try:
            for entry in self._factories:
                room = (find_room(entry) if isinstance(entry, str) else entry)()
                servers.append(RoomServer(room))
                self.ports[room.name] = await servers[-1].start()
            if self._wait:
                await asyncio.gather(*(server.loaded() for server in servers))
            self._started.set()
            await self._stopping.wait()
        finally:
            await asyncio.gather(*(server.stop() for server in servers))
