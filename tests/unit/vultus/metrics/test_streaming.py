"""The streaming form: any cut of a clip gives the same value, and the state does not grow."""

import sys

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.streaming import FrameTerms

PIXELS = ["l1[0..255]", "psnr[pooled]", "psnr[frame-mean]", "ssim[gaussian-11]"]


@pytest.mark.parametrize("name", PIXELS)
def test_updates_and_merges_give_what_one_update_gives(name, clips):
    whole, first, second = (METRICS[name]() for _ in range(3))
    whole.update(*clips)
    for k in range(2):
        first.update(*(c[k : k + 1] for c in clips))
    second.update(*(c[2:] for c in clips))
    first.merge_state([second])
    assert first.compute() == pytest.approx(whole.compute(), rel=1e-12)
    assert first.frame_count == whole.frame_count == 6


@pytest.mark.parametrize("name", PIXELS)
def test_terms_come_back_frame_by_frame(name, clips):
    together = METRICS[name]().update(*clips)
    alone = [METRICS[name]().update(*(c[k : k + 1] for c in clips))[0] for k in range(6)]
    np.testing.assert_allclose(together, alone)


def test_the_state_is_three_numbers_after_any_number_of_frames(clips):
    metric = METRICS["psnr[pooled]"]()
    for _ in range(20):
        metric.update(*clips)
    assert sum(sys.getsizeof(value) for value in vars(metric).values()) < 200


def test_reset_forgets_and_an_empty_metric_has_no_value(clips):
    metric = METRICS["l1[0..255]"]()
    metric.update(*clips)
    metric.reset()
    with pytest.raises(InputError, match="seen no frame"):
        metric.compute()


def test_different_metrics_cannot_be_merged():
    with pytest.raises(InputError, match="cannot merge"):
        METRICS["l1[0..255]"]().merge_state([METRICS["psnr[pooled]"]()])


def test_terms_that_are_not_finite_are_refused():
    with pytest.raises(InputError, match="1 of 2 frames"):
        FrameTerms(np.array([1.0, np.inf]))
