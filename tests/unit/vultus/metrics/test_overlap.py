import time

import pytest

from vultus.metrics.overlap import Overlap


@pytest.mark.parametrize("threads", [1, 3])
def test_work_is_done_whatever_the_threads(threads):
    overlap = Overlap(threads)
    futures = [overlap.start(pow, base, 2) for base in range(5)]
    overlap.finish()
    assert [future.result() for future in futures] == [0, 1, 4, 9, 16]


def test_an_error_is_raised_when_all_have_ended():
    overlap = Overlap(3)
    ended = []
    overlap.start(int, "no number")
    overlap.start(lambda: (time.sleep(0.05), ended.append(True)))
    with pytest.raises(ValueError, match="no number"):
        overlap.finish()
    assert ended == [True]
    overlap.finish()
