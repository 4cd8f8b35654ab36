"""A specification says everything, and refuses what no clip can be."""

import json
import math

import pytest

from vultus.errors import InputError
from vultus.world.specs import ClipSpec
from vultus.world.views import View

FULL = ClipSpec(
    person_seed=39,
    clip=4,
    duration_s=2.5,
    fps=30.0,
    size_px=(128, 96),
    language=None,
    performer_seed=7,
    stage_seed=11,
    view=View(math.radians(-30), 0.1),
)


@pytest.mark.parametrize("spec", [FULL, ClipSpec(person_seed=0)])
def test_survives_a_json_file(spec):
    again = ClipSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec
    assert again.digest == spec.digest


def test_says_how_many_frames_and_which_split():
    assert FULL.frame_count == 75
    assert FULL.split == "test"
    assert ClipSpec(person_seed=8).split == "val"


def test_whatever_differs_makes_another_name_or_another_digest():
    changes = [
        {"person_seed": 1},
        {"clip": 1},
        {"performer_seed": 2},
        {"stage_seed": 3},
        {"view": View(0.2, 0.0)},
        {"view": View(0.0, 0.2)},
    ]
    base = ClipSpec(person_seed=0)
    ids = {base.id, *(base.replace(**change).id for change in changes)}
    assert len(ids) == len(changes) + 1
    lengths = [base.replace(duration_s=seconds).digest for seconds in (1.0, 2.0)]
    assert len(set(lengths)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_px": (32, 32)}, r"\(32, 32\)"),
        ({"size_px": (65, 64)}, r"\(65, 64\)"),
        ({"size_px": (1024, 1024)}, "1024"),
        ({"duration_s": 0.0}, "0.0 s"),
        ({"duration_s": math.nan}, "nan s"),
        ({"fps": 0.5}, "0.5 frames"),
        ({"fps": math.inf}, "inf frames"),
        ({"clip": -1}, "number -1"),
        ({"person_seed": -4}, "seed -4"),
        ({"performer_seed": -4}, "seed -4"),
        ({"world": 99}, "world 99"),
    ],
)
def test_what_no_clip_can_be_is_refused_by_name(change, said):
    with pytest.raises(InputError, match=said):
        ClipSpec(**{"person_seed": 0} | change)


def test_a_missing_and_an_unknown_field_are_named():
    values = ClipSpec(person_seed=0).to_json()
    del values["fps"]
    with pytest.raises(InputError, match="colour, fps missing or unknown"):
        ClipSpec.from_json({**values, "colour": "red"})
