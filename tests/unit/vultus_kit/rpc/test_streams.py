import asyncio
import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from vultus.errors import InputError
from vultus_kit.rpc.streams import in_order, in_thread, through_thread


@pytest.fixture
def workers():
    with ThreadPoolExecutor(2) as executor:
        yield executor


async def numbers(count, taken=None):
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield number


def test_items_pass_in_order(workers):
    async def scenario():
        double = through_thread(lambda items: (2 * item for item in items), numbers(100), workers)
        return [item async for item in double]

    assert asyncio.run(scenario()) == list(range(0, 200, 2))


def test_neither_side_runs_ahead(workers):
    taken, made = [], []

    def work(items):
        for item in items:
            made.append(item)
            yield item

    async def scenario():
        async with aclosing(through_thread(work, numbers(1000, taken), workers, capacity=3)) as results:
            await anext(results)
            await asyncio.sleep(0.1)
        return len(taken), len(made)

    source_count, work_count = asyncio.run(scenario())
    assert work_count <= 6
    assert source_count <= 12


def test_closing_ends_the_work(workers):
    ended = threading.Event()

    def work(items):
        try:
            yield from items
        finally:
            ended.set()

    async def endless():
        while True:
            yield 0
            await asyncio.sleep(0.001)

    async def scenario():
        async with aclosing(through_thread(work, endless(), workers)) as results:
            await anext(results)

    asyncio.run(scenario())
    assert ended.wait(2)


def test_closing_ends_work_that_waits_for_input(workers):
    ended = threading.Event()

    def work(items):
        try:
            yield from items
        finally:
            ended.set()

    async def silent():
        yield 0
        await asyncio.sleep(60)

    async def scenario():
        async with aclosing(through_thread(work, silent(), workers)) as results:
            assert await anext(results) == 0

    started = time.monotonic()
    asyncio.run(scenario())
    assert ended.wait(2)
    assert time.monotonic() - started < 2


def test_errors_of_both_sides_arrive(workers):
    async def broken():
        yield 1
        raise InputError("source")

    def failing(items):
        next(items)
        yield 1
        raise InputError("work")

    async def collect(results):
        return [item async for item in results]

    with pytest.raises(InputError, match="source"):
        asyncio.run(collect_all(workers, lambda items: items, broken))
    with pytest.raises(InputError, match="work"):
        asyncio.run(collect_all(workers, failing, lambda: numbers(3)))


async def collect_all(workers, work, source):
    return [item async for item in through_thread(work, source(), workers)]


def test_work_without_input(workers):
    async def scenario():
        return [item async for item in in_thread(lambda: iter("abc"), workers)]

    assert asyncio.run(scenario()) == ["a", "b", "c"]


def test_results_come_in_order_though_they_finish_out_of_order():
    async def slow_first(number):
        await asyncio.sleep(0.02 if number % 2 == 0 else 0)
        return number

    async def scenario():
        return [item async for item in in_order(numbers(9), slow_first, ahead=4)]

    assert asyncio.run(scenario()) == list(range(9))


def test_a_result_does_not_wait_for_the_next_item():
    answered = asyncio.Event

    async def scenario():
        seen = answered()

        async def lockstep():
            yield 1
            await seen.wait()  # a caller that looks at each frame before it sends more
            yield 2

        async def work(number):
            return number

        results = []
        async for item in in_order(lockstep(), work):
            results.append(item)
            seen.set()
        return results

    assert asyncio.run(asyncio.wait_for(scenario(), 2)) == [1, 2]


def test_closing_cancels_what_was_begun():
    cancelled = []

    async def work(number):
        try:
            await asyncio.sleep(0 if number == 0 else 60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async def scenario():
        async with aclosing(in_order(numbers(5), work, ahead=2)) as results:
            await anext(results)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)

    asyncio.run(scenario())
    assert 1 in cancelled


def test_errors_of_abandoned_work_are_not_logged(caplog):
    async def fails(item):
        if item:
            raise ValueError("nobody waits")
        return item

    async def source():
        for item in range(3):
            yield item

    async def abandon():
        results = in_order(source(), fails)
        assert await anext(results) == 0
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await results.aclose()

    asyncio.run(abandon())
    gc.collect()
    assert "never retrieved" not in caplog.text
