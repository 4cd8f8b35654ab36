import asyncio
import threading

import pytest

from vultus.errors import InputError, ServiceUnavailableError
from vultus_kit.rpc.batching import BatchingConfig, BatchingQueue
from vultus_kit.rpc.errors import OverloadedError


class Gate:
    """Work that waits until it is let through."""

    def __init__(self):
        self.open = threading.Event()
        self.entered = threading.Event()
        self.batches = []

    def run(self, items):
        self.entered.set()
        self.open.wait(5)
        self.batches.append(list(items))
        return [item * 10 for item in items]


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def queue_of():
    queues = []

    def make(run, **config):
        queues.append(BatchingQueue("test", "gate", run, BatchingConfig(**config)))
        return queues[-1]

    yield make
    for queue in queues:
        queue.close()


def test_what_waits_is_taken_together_and_answered_in_order(gate, queue_of):
    queue = queue_of(gate.run, max_batch=4)
    first = queue.enter(0)
    assert gate.entered.wait(5)
    rest = [queue.enter(number) for number in range(1, 8)]
    gate.open.set()
    assert [future.result(5) for future in [first, *rest]] == [0, 10, 20, 30, 40, 50, 60, 70]
    assert gate.batches == [[0], [1, 2, 3, 4], [5, 6, 7]]


def test_a_latency_lets_items_gather(gate, queue_of):
    gate.open.set()
    queue = queue_of(gate.run, max_batch=2, max_latency_s=5)
    results = [queue.enter(1), queue.enter(2)]
    assert [result.result(2) for result in results] == [10, 20]
    assert gate.batches == [[1, 2]]


def test_a_full_queue_refuses(gate, queue_of):
    queue = queue_of(gate.run, max_batch=1, capacity=2)
    queue.enter(0)
    assert gate.entered.wait(5)
    queue.enter(1), queue.enter(2)
    with pytest.raises(OverloadedError, match="2 pieces of work wait for gate"):
        queue.enter(3)
    gate.open.set()


def test_a_stream_waits_for_room_instead(gate, queue_of):
    queue = queue_of(gate.run, max_batch=1, capacity=1)

    async def scenario():
        submitted = [asyncio.create_task(queue.submit(number, wait=True)) for number in range(6)]
        await asyncio.to_thread(gate.entered.wait, 5)
        gate.open.set()
        return await asyncio.wait_for(asyncio.gather(*submitted), 5)

    assert asyncio.run(scenario()) == [0, 10, 20, 30, 40, 50]


def test_what_nobody_waits_for_is_not_done(gate, queue_of):
    queue = queue_of(gate.run, max_batch=8)
    queue.enter(0)
    assert gate.entered.wait(5)
    dropped, kept = queue.enter(1), queue.enter(2)
    assert dropped.cancel()
    gate.open.set()
    assert kept.result(5) == 20
    assert gate.batches == [[0], [2]]


def test_an_error_fails_its_item_alone_or_the_whole_batch(queue_of):
    def some(items):
        return [InputError("odd") if item % 2 else item for item in items]

    def none(items):
        raise InputError("none")

    queue = queue_of(some)
    good, bad = queue.enter(2), queue.enter(3)
    assert good.result(5) == 2
    with pytest.raises(InputError, match="odd"):
        bad.result(5)
    with pytest.raises(InputError, match="none"):
        queue_of(none).enter(1).result(5)


def test_closing_fails_what_waits(gate):
    queue = BatchingQueue("test", "gate", gate.run, BatchingConfig(max_batch=1))
    running = queue.enter(1)
    assert gate.entered.wait(5)
    waiting = queue.enter(2)
    closing = threading.Thread(target=queue.close)
    closing.start()
    gate.open.set()
    closing.join(5)
    assert running.result(5) == 10
    with pytest.raises(ServiceUnavailableError):
        waiting.result(5)
    with pytest.raises(ServiceUnavailableError):
        queue.enter(3)
