"""A score always says how it was measured, and goes into strict JSON."""

import json
import math

import pytest

from vultus.errors import InputError
from vultus.metrics.score import MetricInfo, Score


def score(**changes):
    given = {"name": "psnr[pooled]", "value": 31.0, "unit": "dB", "protocol": "p", "higher_is_better": True}
    return Score(**({**given, "frame_count": 3} | changes))


@pytest.mark.parametrize("field", ["name", "unit", "protocol"])
def test_a_score_without_name_unit_or_protocol_cannot_be_built(field):
    with pytest.raises(InputError, match=f"without a {field}"):
        score(**{field: " "})


def test_a_metric_without_protocol_cannot_be_described():
    with pytest.raises(InputError, match="without a protocol"):
        MetricInfo(name="x", unit="1", protocol="", higher_is_better=True, needs="pixels")


def test_nan_is_refused():
    with pytest.raises(InputError, match="not a number"):
        score(value=math.nan)


@pytest.mark.parametrize(("value", "note"), [(math.inf, "identical"), (None, "no frame")])
def test_what_json_cannot_hold_is_null_with_a_note(value, note):
    entry = score(value=value).to_json()
    assert entry["value"] is None
    assert note in entry["note"]
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry


def test_interval_and_value_are_written():
    assert (
        score(ci95=(30.0, 32.0)).to_json() | {"value": 31.0, "ci95": [30.0, 32.0]}
        == score(ci95=(30.0, 32.0)).to_json()
    )
