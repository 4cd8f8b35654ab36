"""Rooms inside this process, on loopback ports that the system chooses."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from types import TracebackType

import grpc

from vultus.errors import InputError, MissingError
from vultus_kit.clients.channel import open_channel
from vultus_kit.rpc.background import run_in_background
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
    """Rooms that are served in this process while the context is open.

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
        self._servers: list[RoomServer] = []
        self._channels: dict[str, grpc.Channel] = {}
        self.ports: dict[str, int] = {}

    def __enter__(self) -> "EmbeddedRooms":
        """Start; raises what a room raised."""
        # Made here and not in the loop: imports take seconds, and the loop serves other rooms meanwhile.
        rooms = [(find_room(entry) if isinstance(entry, str) else entry)() for entry in self._factories]
        try:
            run_in_background(self._start(rooms))
        except BaseException:
            run_in_background(self._stop())
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the channels, which cancels their calls, and stop the servers."""
        for channel in self._channels.values():
            channel.close()
        run_in_background(self._stop())

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

    async def _start(self, rooms: list[Room]) -> None:
        for room in rooms:
            server = RoomServer(room)
            self._servers.append(server)
            self.ports[room.name] = await server.start()
        if self._wait:
            await asyncio.gather(*(server.loaded() for server in self._servers))

    async def _stop(self) -> None:
        await asyncio.gather(*(server.stop() for server in self._servers))
