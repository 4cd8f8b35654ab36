"""Generators that work in a thread, between asynchronous streams, with bounded queues on both sides."""

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Stopped(Exception):  # noqa: N818 - it ends a thread, it reports nothing
    """Nobody waits for the work any more."""


@dataclass(frozen=True)
class _End:
    """The last thing in a queue, with the error that ended it."""

    error: BaseException | None = None


class _Inlet(Generic[A]):
    """Items that come from the event loop and are taken by a thread."""

    def __init__(self, capacity: int, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._free = asyncio.Semaphore(capacity)
        self._items: queue.SimpleQueue[A | _End] = queue.SimpleQueue()
        self._stop = stop

    async def fill(self, source: AsyncIterator[A]) -> None:
        """Put every item of `source`, waiting while the thread is behind; its error goes to the thread."""
        try:
            async for item in source:
                await self._free.acquire()
                self._items.put(item)
        except Exception as error:  # noqa: BLE001 - raised again in the thread
            self._items.put(_End(error))
        else:
            self._items.put(_End())

    def end(self) -> None:
        """Wake the thread up where it waits."""
        self._items.put(_End(Stopped()))

    def __iter__(self) -> Iterator[A]:
        """The items, in the thread; raises `Stopped` once nobody waits."""
        while True:
            item = self._items.get()
            if self._stop.is_set():
                raise Stopped
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            self._loop.call_soon_threadsafe(self._free.release)
            yield item


class _Outlet(Generic[B]):
    """Items that come from a thread and are taken by the event loop."""

    def __init__(self, capacity: int, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._free = threading.Semaphore(capacity)
        self._items: asyncio.Queue[B | _End] = asyncio.Queue()
        self._stop = stop

    def put(self, item: B | _End) -> None:
        """Add an item, in the thread, waiting while the loop is behind; raises `Stopped` if nobody waits."""
        if not isinstance(item, _End):
            self._free.acquire()
        if self._stop.is_set():
            raise Stopped
        self._loop.call_soon_threadsafe(self._items.put_nowait, item)

    def end(self) -> None:
        """Wake the thread up where it waits."""
        self._free.release()

    async def drain(self) -> AsyncIterator[B]:
        """The items, in the loop."""
        while not isinstance(item := await self._items.get(), _End):
            self._free.release()
            yield item
        if item.error is not None:
            raise item.error


async def through_thread(
    work: Callable[[Iterator[A]], Iterator[B]],
    source: AsyncIterator[A],
    executor: Executor,
    capacity: int = 8,
) -> AsyncGenerator[B, None]:
    """What `work` makes of `source`, with `work` in a thread of `executor`.

    At most `capacity` items wait on either side. When the caller closes this generator, or is cancelled,
    `work` is ended at its next input or output.
    """
    stop = threading.Event()
    inlet: _Inlet[A] = _Inlet(capacity, stop)
    outlet: _Outlet[B] = _Outlet(capacity, stop)

    def run() -> None:
        try:
            for result in work(iter(inlet)):
                outlet.put(result)
            outlet.put(_End())
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - raised again in the event loop
            if not stop.is_set():
                outlet.put(_End(error))

    filling = asyncio.create_task(inlet.fill(source))
    asyncio.get_running_loop().run_in_executor(executor, run)
    try:
        async for result in outlet.drain():
            yield result
    finally:
        stop.set()
        inlet.end()
        outlet.end()
        filling.cancel()


def in_thread(
    work: Callable[[], Iterator[B]], executor: Executor, capacity: int = 8
) -> AsyncGenerator[B, None]:
    """`through_thread` for work that needs nothing from here."""

    async def nothing() -> AsyncIterator[None]:
        return
        yield

    return through_thread(lambda _: work(), nothing(), executor, capacity)


async def in_order(
    source: AsyncIterator[A], work: Callable[[A], Awaitable[B]], ahead: int = 2
) -> AsyncGenerator[B, None]:
    """What `work` makes of each item of `source`, in order, with at most `ahead` results begun and not taken.

    A result is there as soon as it is done, whether or not another item has come. When the caller closes this
    generator, or is cancelled, what was begun is cancelled.
    """
    begun: asyncio.Queue[asyncio.Future[B] | _End] = asyncio.Queue(ahead)

    async def begin() -> None:
        try:
            async for item in source:
                future = asyncio.ensure_future(work(item))
                # Where nobody waits any more its error is of no interest, and must not be logged.
                future.add_done_callback(lambda done: done.cancelled() or done.exception())
                await begun.put(future)
        except Exception as error:  # noqa: BLE001 - raised again in the caller
            await begun.put(_End(error))
        else:
            await begun.put(_End())

    beginning = asyncio.create_task(begin())
    try:
        while not isinstance(future := await begun.get(), _End):
            yield await future
        if future.error is not None:
            raise future.error
    finally:
        beginning.cancel()
        while not begun.empty():
            left = begun.get_nowait()
            if not isinstance(left, _End):
                left.cancel()
