"""Blinks come as often as they should, at the ends of phrases, and shut the eye."""

import numpy as np
import pytest

from vultus.world.motion.lids import blink_curve, blink_moments, lids_with
from vultus.world.motion.manner import draw_manner
from vultus.world.motion.prosody import Prosody


def _phrases(duration_s: float) -> Prosody:
    flat = np.zeros(int(duration_s * 100))
    starts = np.arange(0.5, duration_s - 3, 3.0)
    return Prosody(flat, flat, flat, flat, tuple((float(s), float(s) + 2.2) for s in starts))


@pytest.mark.parametrize("blink_hz", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("speaks", [True, False])
def test_blinks_at_the_persons_rate(blink_hz, speaks):
    manner = draw_manner(1).replace(blink_hz=blink_hz, phrase_blink=0.5)
    found = blink_moments(manner, _phrases(1200.0) if speaks else None, 1200.0, 3)
    assert len(found) / 1200 == pytest.approx(blink_hz, rel=0.2)


def test_blinks_at_ends_of_phrases():
    manner = draw_manner(1).replace(blink_hz=0.4, phrase_blink=0.9)
    prosody = _phrases(600.0)
    found = np.array(blink_moments(manner, prosody, 600.0, 3))
    ends = np.array([end for _, end in prosody.phrases_s])
    near = (np.abs(found[:, None] - ends).min(axis=1) < 0.15).sum()
    assert near / len(ends) > 0.7


def test_a_blink_shuts_the_eye_and_opens_more_slowly():
    curve = blink_curve([1.0], 0.35, 300)
    assert curve.max() == pytest.approx(1.0)
    assert curve.min() == 0.0
    shut = np.flatnonzero(curve > 0.99)
    assert 0.04 <= len(shut) / 100 <= 0.12
    rising, falling = shut[0] - 100, 135 - shut[-1]
    assert falling > 1.4 * rising


def test_blinks_beyond_the_end_are_cut():
    assert blink_curve([0.95, 1.5], 0.3, 100).shape == (100,)


def test_lids_go_with_the_eyes():
    lowered, raised = lids_with(np.array([-0.3, 0.0, 0.3]))
    assert lowered[0] == raised[2] == lowered[1] == raised[1] == 0.0
    assert lowered[2] == raised[0] > 0.25
