from dataclasses import replace

import numpy as np
import pytest
import torch

from vultus.data.sets.stored import open_set
from vultus.errors import InputError
from vultus.face.models import load_morphable
from vultus.train import fitted_tracks
from vultus.train.fitted_tracks import FittedTracks
from vultus.train.frame_bank import build_bank


@pytest.fixture(scope="module")
def stored(stored_once):
    return open_set(stored_once)


def test_it_holds_every_frame_of_the_split(stored, tmp_path):
    bank = build_bank(stored, None, 64, tmp_path)
    clips = list(stored.clips())
    assert [clip.id for clip in bank.clips] == [clip.id for clip in clips]
    assert len(bank) == sum(len(clip) for clip in clips)
    expected = next(clips[1].frames(7, 8)).transpose(2, 0, 1) / 255
    np.testing.assert_allclose(bank.frames(1, [7])[0].numpy(), expected, atol=1e-6)


def test_cameras_follow_the_size(stored, tmp_path):
    small = build_bank(stored, None, 32, tmp_path).track(0, [3, 5])
    large = next(stored.clips()).track()[3:6]
    torch.testing.assert_close(small.scale, large.scale[[0, 2]] / 2)
    torch.testing.assert_close(small.translation_px, large.translation_px[[0, 2]] / 2)
    assert small.size_px == (32, 32)


def test_a_bank_is_made_once(stored, tmp_path):
    told = []
    build_bank(stored, None, 32, tmp_path, lambda done, count: told.append((done, count)))
    assert told[-1][0] == told[-1][1] > 0
    build_bank(stored, None, 32, tmp_path, lambda done, count: pytest.fail("decoded again"))
    assert len([path for path in tmp_path.iterdir() if path.name.startswith("bank-")]) == 1


def test_a_bank_of_tracks_of_another_head_is_not_opened(stored, tmp_path, monkeypatch):
    head = load_morphable("builtin")
    (tmp_path / "fitted").mkdir()
    for grown in (head, replace(head, mean=head.mean * 1.1)):
        monkeypatch.setattr(fitted_tracks, "load_morphable", lambda name, grown=grown: grown)
        tracks = FittedTracks(tmp_path / "fitted", "builtin")
        for clip in stored.clips():
            clip.track().replace(morphable_digest=grown.digest).save(tracks.path(clip))
        bank = build_bank(stored, None, 32, tmp_path, tracks="fitted")
        assert bank.track(0, [0]).morphable_digest == grown.digest
    assert len(list(tmp_path.glob("bank-*"))) == 2


def test_a_split_without_clips_is_named(stored, tmp_path):
    with pytest.raises(InputError, match="no usable clip in the split 'nowhere'"):
        build_bank(stored, "nowhere", 32, tmp_path)
