"""Work spread over processes that may die without taking the rest with them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy the locks of running libraries


@dataclass
class _Worker(Generic[T]):
    process: SpawnProcess
    pipe: Connection
    task: T


def spread(
    tasks: Iterable[T],
    prepare: Callable[[], Callable[[T], R]],
    count: int,
    died: Callable[[T, int], R],
) -> Iterator[R]:
    """Answers of `count` processes to tasks, as they come.

    A task is taken only when a process is free. A process that dies is replaced, and its task answered by
    `died`; when this process is killed, they end too.

    Args:
        tasks: What to do; each is sent to a process, so it can be pickled.
        prepare: Called once in every process; makes what answers tasks. Can be pickled.
        count: Processes; 0 for this one.
        died: Answers a task over which a process died, given its exit code.
    """
    stream = iter(tasks)
    if count == 0:
        answer = prepare()
        yield from (answer(task) for task in stream)
        return
    busy: list[_Worker[T]] = []
    try:
        for task in stream:
            busy.append(_start(prepare, task))
            if len(busy) == count:
                break
        while busy:
            ready = wait([worker.pipe for worker in busy])
            for worker in [one for one in busy if one.pipe in ready]:
                yield _answer(worker, died)
                busy.remove(worker)
                renewed = _next(worker, stream, prepare)
                if renewed is not None:
                    busy.append(renewed)
    finally:
        for worker in busy:
            worker.process.terminate()
            worker.process.join()


def _start(prepare: Callable[[], Callable[[T], R]], task: T) -> _Worker[T]:
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(there, prepare), daemon=True)
    # Until it serves, a terminal's interrupt would end it with a traceback; a mask is inherited.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    there.close()
    here.send(task)
    return _Worker(process, here, task)


def _answer(worker: _Worker[T], died: Callable[[T, int], R]) -> R:
    try:
        answer: R = worker.pipe.recv()
    except (EOFError, ConnectionError):
        worker.process.join()
        return died(worker.task, worker.process.exitcode or 0)
    return answer


def _next(
    worker: _Worker[T], stream: Iterator[T], prepare: Callable[[], Callable[[T], R]]
) -> _Worker[T] | None:
    """The worker with another task, a new one in place of a dead one, or None at the end."""
    task = next(stream, None)
    if task is None:
        worker.pipe.close()
        worker.process.join()
        return None
    try:
        worker.pipe.send(task)
    except OSError:
        return _start(prepare, task)
    worker.task = task
    return worker


def _serve(pipe: Connection, prepare: Callable[[], Callable[[T], R]]) -> None:
    """In a process of its own: answer tasks until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer = prepare()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(answer(task))


def _end_with_parent() -> None:
    """Wait for the parent's end; who then went on would only be in the way of the next run."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
