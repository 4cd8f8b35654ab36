"""Fits against the truth of a rendered clip."""

import pytest
import torch

from vultus.data.sets.stored import open_set
from vultus.errors import InputError
from vultus.face.models import load_morphable
from vultus.train.fitted_tracks import FittedTracks
from vultus.train.frame_bank import build_bank
from vultus.world.sets import SetPlan, synthesise_set


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    plan = SetPlan(people=1, duration_s=0.5, side_px=128)
    return synthesise_set(tmp_path_factory.mktemp("worlds") / "one", plan)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("banks")


def lips_px(track):
    head = load_morphable("builtin")
    points = track.camera.project(track.vertices(head))
    return head.landmarks["ibug68"].on(points, head.faces)[:, 48:68, :2]


def test_fitted_heads_lie_where_the_true_ones_do(rendered, cache):
    bank = build_bank(rendered, None, 64, cache, tracks="fitted")
    true = build_bank(rendered, None, 64, cache)
    frames = list(range(len(bank)))
    fitted_px, true_px = (lips_px(one.track(0, frames)) for one in (bank, true))
    assert bank.valid(0) == frames
    assert 0 < (fitted_px - true_px).norm(dim=-1).mean() < 2.5
    assert bank.track(0, [0]).size_px == (64, 64)


def test_a_clip_is_fitted_once_for_all_sizes(rendered, cache):
    clip = next(rendered.clips())
    tracks = FittedTracks(cache / "fitted", "builtin")
    tracks.make([clip])
    kept = tracks.find(clip)
    tracks.make([clip], told=lambda done, count: pytest.fail("fitted again"))
    larger = build_bank(rendered, None, 96, cache, tracks="fitted").track(0, [2])
    torch.testing.assert_close(larger.scale, kept.scale[2:3] * 96 / 128)


def test_clips_without_faces_are_no_data(stored_once, cache):
    tracks = FittedTracks(cache / "fitted", "builtin")
    clip = next(open_set(stored_once).clips())
    tracks.make([clip])
    found = tracks.find(clip)
    if found is not None:
        pytest.skip("the detector takes the coloured head for a face")
    with pytest.raises(InputError, match="can be learned from"):
        build_bank(open_set(stored_once), None, 32, cache, tracks="fitted")
