import json

import numpy as np
import pytest

from vultus.face.builtin.build import Arrays
from vultus.face.builtin.identity import _fix_signs, _without_similarity
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE

SEEN = slice(0, 468)


def stacked(arrays: Arrays) -> np.ndarray:
    return np.concatenate([arrays["identity"], arrays["expression"]], -1)[SEEN].reshape(3 * 468, -1)


def aligned(target: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Textbook Procrustes alignment, written out."""
    goal, moved = target - target.mean(0), points - points.mean(0)
    u, s, vt = np.linalg.svd(goal.T @ moved)
    sign = np.diag([1, 1, np.linalg.det(u @ vt)])
    return (s * np.diag(sign)).sum() / (moved**2).sum() * moved @ (u @ sign @ vt).T + target.mean(0)


def test_shift_turn_and_scale_are_left_to_the_camera(arrays: Arrays) -> None:
    mean = arrays["mean"]
    centred = mean - mean[SEEN].mean(0)
    seen = [np.broadcast_to([0.0, 1.0, 0.0], mean.shape), np.cross([0.0, 1.0, 0.0], centred), centred]
    wave = np.sin(mean / 40)
    kept = _without_similarity(np.stack([*seen, wave], -1), mean, 468)
    np.testing.assert_allclose(kept[..., :3], 0, atol=1e-9)
    assert abs((kept[SEEN, :, 3] * centred[SEEN]).sum()) < 1e-6
    assert np.abs(kept[SEEN, :, 3].mean(0)).max() < 1e-9
    assert np.abs(np.cross(centred[SEEN], kept[SEEN, :, 3]).sum(0)).max() < 1e-6


def test_modes_are_orthogonal_and_sorted(arrays: Arrays) -> None:
    seen = arrays["identity"][SEEN].reshape(-1, 80)
    gram = seen.T @ seen
    size = np.sqrt(np.diag(gram))
    assert (np.diff(size) <= 1e-9).all()
    np.testing.assert_allclose(gram / np.outer(size, size), np.eye(80), atol=1e-6)


def test_modes_are_symmetric_or_antisymmetric(arrays: Arrays) -> None:
    image = arrays["identity"][arrays["mirror"]] * np.array([-1, 1, 1])[:, None]
    same = np.abs(image - arrays["identity"]).max((0, 1))
    opposite = np.abs(image + arrays["identity"]).max((0, 1))
    mixed = np.minimum(same, opposite) / np.abs(arrays["identity"]).max((0, 1))
    assert (mixed < 1e-5).mean() > 0.9
    assert (same < 1e-5).sum() > 30
    assert (opposite < 1e-5).sum() > 10


def test_bases_are_well_conditioned_and_apart(arrays: Arrays) -> None:
    values = np.linalg.svd(stacked(arrays), compute_uv=False)
    seen = values[values > 1e-6 * values[0]]
    assert len(seen) >= 130  # all but gaze, tongue and one of the two opposite jaw shifts
    assert seen[0] / seen[-1] < 1000
    unit = stacked(arrays) / np.linalg.norm(stacked(arrays), axis=0).clip(1e-9)
    assert np.abs(unit[:, :80].T @ unit[:, 80:]).max() < 0.6


def test_random_heads_stay_heads(arrays: Arrays) -> None:
    rng = np.random.default_rng(0)
    people = arrays["mean"] + np.einsum("vxk,nk->nvx", arrays["identity"], rng.standard_normal((20, 80)))
    moved = np.linalg.norm(people - arrays["mean"], axis=-1)
    assert moved.max() < 25
    assert 2 < np.sqrt((moved[:, SEEN] ** 2).mean()) < 4


def test_real_faces_are_met(arrays: Arrays, shared) -> None:
    """Procrustes and the plain pseudo-inverse reach every face of the reference file within 4 %."""
    items = json.loads((shared / "media" / "reference.json").read_text())["items"]
    basis = stacked(arrays)
    solve = np.linalg.pinv(basis, rcond=1e-6)
    mean = arrays["mean"][SEEN]
    points, errors, coefficients = list(IBUG68_FROM_MEDIAPIPE), [], []
    for item in items:
        size = np.array([item["width"], item["height"], item["width"]])
        face = aligned(mean, np.array(item["mediapipe"][0])[SEEN] * size * [1, -1, -1])
        coefficients.append(solve @ (face - mean).ravel())
        fitted = mean + (basis @ coefficients[-1]).reshape(-1, 3)
        between_eyes = np.linalg.norm(face[33] - face[263])
        errors.append(np.linalg.norm(fitted - face, axis=-1)[points].mean() / between_eyes)
    assert max(errors) < 0.03
    assert np.std(np.array(coefficients)[:, :80]) == pytest.approx(1, abs=0.3)
    assert np.abs(np.array(coefficients)).max() < 8


def test_rounding_does_not_choose_signs() -> None:
    modes = np.random.default_rng(0).normal(size=(40, 3, 8))
    mirrored = np.concatenate([modes, -modes])  # every entry as large as its twin of the other sign
    noise = 1e-9 * np.random.default_rng(1).normal(size=mirrored.shape)
    np.testing.assert_allclose(_fix_signs(mirrored + noise), _fix_signs(mirrored), atol=1e-7)
    np.testing.assert_allclose(_fix_signs(-mirrored), _fix_signs(mirrored))
