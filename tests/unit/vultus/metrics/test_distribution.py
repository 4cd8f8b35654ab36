"""Distances between sets as streaming metrics."""

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.frechet import frechet_from_features

SETS = [name for name in METRICS if name.split("[")[0] in ("fid", "kid", "fvd")]


@pytest.fixture
def sides():
    rng = np.random.default_rng(2)
    return rng.normal(size=(40, 12)).astype(np.float32), (rng.normal(size=(50, 12)) + 0.3).astype(np.float32)


@pytest.mark.parametrize("name", SETS)
def test_parts_and_merges_give_what_one_update_gives(name, sides):
    a, b = sides
    whole, first, second = (METRICS[name]() for _ in range(3))
    whole.update(a, b)
    first.update(a[:9], b[:0])
    first.update(a[9:20], b[:30])
    second.update(a[20:], b[30:])
    first.merge_state([second])
    assert first.compute() == pytest.approx(whole.compute(), rel=1e-9)


def test_fid_is_the_distance_of_its_features_and_says_when_there_are_few(sides):
    metric = METRICS["fid[inception-2015-pytorch-fid]"]()
    metric.update(*sides)
    assert metric.compute() == pytest.approx(frechet_from_features(*sides), rel=1e-9)
    assert metric.note == ""
    few = METRICS["fid[inception-2015-pytorch-fid]"]()
    few.update(sides[0][:12], sides[1])
    assert "12 generated and 50 reference samples in 12 dimensions" in few.note
    assert few.compute() > 0


def test_kid_has_an_interval_and_says_when_samples_were_left_out(sides, monkeypatch):
    kind = METRICS["kid[inception-2015-pytorch-fid]"]
    monkeypatch.setattr(kind, "CAPACITY", 30)
    metric = kind()
    metric.update(*sides)
    assert metric.note == "30 of 40 generated and 30 of 50 reference samples were used"
    assert metric.compute_with_interval()[1] is None  # one subset holds all of them


def test_extractors_have_names_of_their_own():
    protocols = {METRICS[name].info.protocol for name in SETS}
    assert len(protocols) == len(SETS) == 11


@pytest.mark.parametrize("name", SETS)
def test_nothing_seen_and_one_clip_are_refused(name, sides):
    metric = METRICS[name]()
    with pytest.raises(InputError):
        metric.compute()
    metric.update(sides[0][:1], sides[1][:1])
    with pytest.raises(InputError):
        metric.compute()
    metric.reset()
    with pytest.raises(InputError):
        metric.compute()
