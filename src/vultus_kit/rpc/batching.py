"""A queue in front of a model: one thread works, on as many items at a time as are there."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from vultus.errors import ServiceUnavailableError
from vultus_kit.rpc.errors import OverloadedError
from vultus_kit.telemetry.metrics import gauge, histogram

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class BatchingConfig:
    """How a queue gathers."""

    max_batch: int = 8
    """Most items in a batch."""
    max_latency_s: float = 0.0
    """How long a batch waits for more items, s; 0 takes what is there when the thread is free."""
    capacity: int = 64
    """Most items that wait; more are refused with RESOURCE_EXHAUSTED."""


class BatchingQueue(Generic[Item, Result]):
    """Gathers items and runs them together in its own thread.

    Args:
        room: Label.
        name: Label: what works, for instance "warp".
        run: Answers one result for each item, in order; an exception fails the whole batch, a result that is
            an exception fails its item alone.
        config: How to gather.
    """

    def __init__(
        self,
        room: str,
        name: str,
        run: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        config: BatchingConfig | None = None,
    ) -> None:
        self.name = name
        self._run = run
        self._config = config or BatchingConfig()
        self._pending: deque[tuple[Item, Future[Result]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._size = histogram("vultus_batch_size", room=room, queue=name)
        self._seconds = histogram("vultus_batch_seconds", room=room, queue=name)
        self._depth = gauge("vultus_batch_queue_depth", room=room, queue=name)
        self._waiters: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
        self._thread = threading.Thread(target=self._work, name=f"batches-{name}", daemon=True)
        self._thread.start()

    async def submit(self, item: Item, *, wait: bool = False) -> Result:
        """The result of `item`.

        Args:
            item: What to work on.
            wait: Wait while the queue is full instead of raising `OverloadedError`: for streams, which
                slow their senders down.
        """
        while True:
            try:
                future = self.enter(item)
                break
            except OverloadedError:
                if not wait:
                    raise
                await self._room_to_enter()
        return await asyncio.wrap_future(future)

    def enter(self, item: Item) -> Future[Result]:
        """Add an item from any thread; raises `OverloadedError` where the queue is full."""
        future: Future[Result] = Future()
        with self._changed:
            if self._closed:
                raise ServiceUnavailableError(f"{self.name} is stopping", remedy="try again")
            if len(self._pending) >= self._config.capacity:
                raise OverloadedError(
                    f"{len(self._pending)} pieces of work wait for {self.name} already",
                    remedy="try again later",
                    metadata={"queue": self.name, "capacity": self._config.capacity},
                )
            self._pending.append((item, future))
            self._depth.set(len(self._pending))
            self._changed.notify()
        return future

    def close(self) -> None:
        """Fail what waits and end the thread after the batch that it works on."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    async def _room_to_enter(self) -> None:
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        with self._changed:
            if len(self._pending) < self._config.capacity:
                return
            self._waiters.append((loop, waiter))
        await waiter

    def _work(self) -> None:
        while batch := self._gather():
            live = [(item, future) for item, future in batch if future.set_running_or_notify_cancel()]
            if live:
                self._answer([item for item, _ in live], [future for _, future in live])

    def _gather(self) -> list[tuple[Item, Future[Result]]]:
        """The next batch; empty when the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            if self._config.max_latency_s > 0:
                self._changed.wait_for(self._full_or_closed, self._config.max_latency_s)
            if self._closed:
                self._fail_pending()
                return []
            count = min(self._config.max_batch, len(self._pending))
            batch = [self._pending.popleft() for _ in range(count)]
            self._depth.set(len(self._pending))
            self._wake_waiters(count)
        return batch

    def _full_or_closed(self) -> bool:
        return self._closed or len(self._pending) >= self._config.max_batch

    def _wake_waiters(self, count: int) -> None:
        for _ in range(min(count, len(self._waiters))):
            loop, waiter = self._waiters.popleft()
            loop.call_soon_threadsafe(_settle, waiter)

    def _fail_pending(self) -> None:
        while self._pending:
            _, future = self._pending.popleft()
            future.set_exception(ServiceUnavailableError(f"{self.name} is stopping", remedy="try again"))
        self._wake_waiters(len(self._waiters))

    def _answer(self, items: list[Item], futures: list[Future[Result]]) -> None:
        self._size.observe(len(items))
        started = time.perf_counter()
        try:
            results: Sequence[Result | Exception] = self._run(items)
        except Exception as error:  # noqa: BLE001 - raised again where the item was submitted
            results = [error] * len(items)
        self._seconds.observe(time.perf_counter() - started)
        for future, result in zip(futures, results, strict=True):
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)


def _settle(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
