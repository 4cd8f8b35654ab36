import threading

import pytest
import torch

from vultus.nets.side_by_side import side_by_side


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_parts_order(workers):
    assert list(side_by_side(lambda number: -number, range(20), workers)) == [-number for number in range(20)]


def test_two_parts_are_made_at_a_time():
    both = threading.Barrier(2, timeout=20)
    assert list(side_by_side(lambda _: both.wait() >= 0, range(2), workers=2)) == [True, True]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_remembered_for_gradients(workers):
    weight = torch.ones(3, requires_grad=True)
    assert not any(made.requires_grad for made in side_by_side(lambda k: k * weight, [1.0, 2.0], workers))


def test_few_parts_are_taken_before_their_turn():
    taken = []

    def parts():
        for number in range(100):
            taken.append(number)
            yield number

    made = side_by_side(lambda number: number, parts(), workers=2)
    assert next(made) == 0
    assert len(taken) <= 4


def test_what_fails_is_told():
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(lambda number: 1 / number, [1, 0, 2], workers=2))
