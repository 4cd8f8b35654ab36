import torch

from vultus.face.builtin import model
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.morphable import MorphableModel

REGIONS = {
    *("face", "eye_left", "eye_right", "teeth", "mouth", "neck", "ears", "scalp"),
    *("mouth_interior", "teeth_upper", "teeth_lower", "tongue", "lips", "eyelids"),
}


def test_record_is_complete(head: MorphableModel) -> None:
    assert (head.name, head.unit_mm, head.identity_count, head.expression_count) == ("builtin", 1.0, 80, 64)
    assert set(head.regions) >= REGIONS
    assert all(len(index) for index in head.regions.values())
    assert head.skeleton is not None
    assert head.skeleton.names == ("root", "neck", "jaw", "eye_left", "eye_right")
    assert head.colours is not None
    assert 0 <= head.colours.min() < head.colours.max() <= 1


def test_landmarks_are_vertices(head: MorphableModel) -> None:
    on_mean = head.landmarks["mediapipe468"].on(head.mean[None], head.faces)[0]
    torch.testing.assert_close(on_mean, head.mean[:468], atol=0, rtol=0)
    ibug = head.landmarks["ibug68"].on(head.mean[None], head.faces)[0]
    torch.testing.assert_close(ibug, head.mean[list(IBUG68_FROM_MEDIAPIPE)], atol=0, rtol=0)


def test_cache_is_used_and_an_unreadable_one_is_made_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = model._cached_arrays()
    (path,) = (tmp_path / "vultus").iterdir()
    monkeypatch.setattr(model, "build_arrays", lambda: {"mean": made["mean"][:1]})
    assert model._cached_arrays()["mean"].shape == made["mean"].shape
    path.write_bytes(b"not a cache")
    assert model._cached_arrays()["mean"].shape == (1, 3)
    assert model._cached_arrays()["mean"].shape == (1, 3)


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(model, "build_arrays", lambda: {})
    assert model._cached_arrays() == {}
