import pytest

from vultus.train.prefetching import prefetched


class Counting:
    def __init__(self, fails_at=None):
        self.asked, self._fails_at = [], fails_at

    def batch(self, step, size, rank=0):
        if step == self._fails_at:
            raise OSError("gone")
        self.asked.append((step, size, rank))
        return {"step": step}


def test_every_step_once_and_in_order():
    batches = Counting()
    assert [batch["step"] for batch in prefetched(batches, 3, 7, 2, 1)] == [3, 4, 5, 6]
    assert batches.asked == [(step, 2, 1) for step in (3, 4, 5, 6)]


def test_nothing_to_do():
    assert list(prefetched(Counting(), 5, 5, 1)) == []


def test_a_fault_comes_at_its_step():
    batches = prefetched(Counting(fails_at=2), 0, 5, 1)
    assert [next(batches)["step"] for _ in range(2)] == [0, 1]
    with pytest.raises(OSError, match="gone"):
        next(batches)
