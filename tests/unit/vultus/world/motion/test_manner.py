"""Manners are drawn by seed, differ clearly and survive JSON."""

import json
import math

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.world.motion import Manner, draw_manner


def test_survives_json():
    manner = draw_manner(5)
    assert Manner.from_json(json.loads(json.dumps(manner.to_json()))) == manner


def test_is_decided_by_the_seed():
    assert draw_manner(1) == draw_manner(1)
    assert draw_manner(1) != draw_manner(2)


def test_people_differ_clearly():
    people = np.array([list(draw_manner(seed).to_json().values()) for seed in range(200)])
    spread = people.std(axis=0) / np.abs(people).mean(axis=0)
    assert (spread > 0.1).all()


def test_some_nod_up_and_most_nod_down():
    share = np.mean([draw_manner(seed).nod_rad < 0 for seed in range(400)])
    assert 0.15 < share < 0.35


def test_rest_poses_are_moderate():
    people = [draw_manner(seed) for seed in range(400)]
    assert max(abs(m.rest_yaw_rad) for m in people) <= math.radians(12.0) + 1e-12
    assert max(abs(m.rest_pitch_rad) for m in people) <= math.radians(7.0) + 1e-12


@pytest.mark.parametrize("fault", ["missing", "unknown", "nan", "text"])
def test_refuses_what_is_no_manner(fault: str):
    stored: dict[str, object] = dict(draw_manner(1).to_json())
    if fault == "missing":
        del stored["nod_rad"]
    elif fault == "unknown":
        stored["hat"] = 1.0
    else:
        stored["nod_rad"] = math.nan if fault == "nan" else "much"
    with pytest.raises(InputError, match=r"manner"):
        Manner.from_json(stored)  # type: ignore[arg-type]
