"""Parts of a piece of work made at the same time, for networks whose layers are too small for many cores."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch

P = TypeVar("P")
R = TypeVar("R")

MOST = 4
"""Parts that are made at a time, on however many cores."""


def side_by_side(make: Callable[[P], R], parts: Iterable[P], workers: int | None = None) -> Iterator[R]:
    """What is made of each part, in the parts' order; only a few are held at a time.

    Args:
        make: Called in threads, in inference mode.
        parts: Taken one after the other, in the caller's thread.
        workers: Parts that are made at a time; as many as torch has threads when absent, at most `MOST`.

    Example:
        >>> list(side_by_side(lambda number: number * number, [1, 2, 3], workers=2))
        [1, 4, 9]
    """
    inferred = torch.inference_mode()(make)
    workers = min(torch.get_num_threads(), MOST) if workers is None else workers
    if workers < 2:
        yield from map(inferred, parts)
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="parts") as pool:
        for part in parts:
            waiting.append(pool.submit(inferred, part))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
