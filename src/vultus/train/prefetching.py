"""Making the next batch while the current one is learned from."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from vultus.train.trainee import Batch, Batches


def prefetched(batches: Batches, first: int, last: int, size: int, rank: int = 0) -> Iterator[Batch]:
    """The batches of the steps from `first` to before `last`, one made ahead in a thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as pool:
        waiting = pool.submit(batches.batch, first, size, rank) if first < last else None
        for step in range(first, last):
            assert waiting is not None  # noqa: S101
            batch = waiting.result()
            if step + 1 < last:
                waiting = pool.submit(batches.batch, step + 1, size, rank)
            yield batch
