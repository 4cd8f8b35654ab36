import numpy as np
import pytest
import torch
from skimage.transform import SimilarityTransform

from vultus.errors import InputError
from vultus.face.cameras import Camera
from vultus.face.fitting import TRACKING, FitConfig, Fitter, camera_from_affine
from vultus.face.landmarks import ibug68, interocular_distance
from vultus.face.models import load_morphable
from vultus.face.procrustes import affine
from vultus.face.rotations import angles_from_matrix, matrix_from_angles

EXACT = FitConfig(refinements=25, camera_from="fitted")


def scene(model, landmark_set, rng, count=4, spread=0.5):
    """Known parameters and cameras, and the points that they give in the picture."""
    identity = spread * torch.randn(count, model.identity_count, generator=rng, dtype=torch.float64)
    expression = spread * torch.rand(count, model.expression_count, generator=rng, dtype=torch.float64)
    unseen = [i for i, name in enumerate(model.expression_names) if name.startswith("pupil")]
    expression[:, unseen] = 0  # landmarks do not show pupils
    camera = Camera(
        80 + 40 * torch.rand(count, generator=rng, dtype=torch.float64),
        matrix_from_angles(0.4 * torch.randn(count, 3, generator=rng, dtype=torch.float64)),
        128 + 10 * torch.randn(count, 2, generator=rng, dtype=torch.float64),
    )
    on_head = model.landmarks[landmark_set].on(model.shape(identity, expression), model.faces)
    return identity, expression, camera, camera.project(on_head)


def textbook(model, points):
    """Algorithm 1 of the paper for one frame, in numpy and scikit-image."""
    rows = model.landmarks["ibug68"]
    corners, weights = model.faces.numpy()[rows.face_index], rows.barycentric.numpy().astype(float)
    mean = np.einsum("lkx,lk->lx", model.mean.numpy()[corners], weights)
    stacked = np.concatenate([model.identity_basis.numpy(), model.expression_basis.numpy()], axis=2)
    basis = np.einsum("lkxc,lk->lxc", stacked[corners], weights).reshape(mean.size, -1)
    view = points * [1, -1, -1]
    aligned = SimilarityTransform.from_estimate(view, mean)(view)
    p = np.linalg.inv(basis.T @ basis) @ basis.T @ (aligned - mean).ravel()
    homogeneous = np.column_stack([mean, np.ones(len(mean))])
    camera = np.linalg.lstsq(homogeneous, view, rcond=None)[0].T
    return p, camera


def test_the_default_is_the_papers_algorithm(sheet, rng):
    *_, points = scene(sheet, "ibug68", rng)
    points = points + torch.randn(points.shape, generator=rng, dtype=torch.float64)
    fit = Fitter(sheet, "ibug68").fit(points)
    for b in range(len(points)):
        p, matrix = textbook(sheet, points[b].numpy())
        np.testing.assert_allclose(torch.cat([fit.identity[b], fit.expression[b]]), p, atol=1e-8)
        scale = np.linalg.norm(matrix[:2, :3], axis=1).mean()
        np.testing.assert_allclose(fit.camera.scale[b], scale)
        np.testing.assert_allclose(fit.camera.translation_px[b], matrix[:2, 3] * [1, -1])
        assert np.abs(fit.camera.rotation[b].numpy()[:2] * scale - matrix[:2, :3]).max() < 0.1 * scale


@pytest.mark.parametrize(
    "config", [EXACT, FitConfig("bounded", "fitted", 25, identity_bound=4.0, expression_bound=4.0)]
)
def test_recovers_known_parameters_from_clean_points(sheet, rng, config):
    identity, expression, camera, points = scene(sheet, "ibug68", rng)
    fit = Fitter(sheet, "ibug68", config).fit(points)
    for found, known in (
        (fit.identity, identity),
        (fit.expression, expression),
        (fit.camera.rotation, camera.rotation),
        (fit.camera.scale / camera.scale, torch.ones_like(camera.scale)),
        (fit.camera.translation_px / 128, camera.translation_px / 128),
    ):
        torch.testing.assert_close(found, known, atol=1e-5, rtol=0)
    assert float(fit.residual_px.max()) < 1e-3


@pytest.mark.parametrize("landmark_set", ["mediapipe468"])
def test_recovers_known_parameters_of_ict(ict, rng, landmark_set):
    identity, expression, camera, points = scene(ict, landmark_set, rng)
    fit = Fitter(ict, landmark_set, EXACT).fit(points)
    torch.testing.assert_close(fit.identity, identity, atol=1e-5, rtol=0)
    torch.testing.assert_close(fit.expression, expression, atol=1e-5, rtol=0)
    torch.testing.assert_close(fit.camera.rotation, camera.rotation, atol=1e-5, rtol=0)


def test_recovers_the_expression_with_the_identity_held(sheet, rng):
    identity, expression, camera, points = scene(sheet, "ibug68", rng)
    fit = Fitter(sheet, "ibug68", EXACT).fit_expression(points, identity)
    torch.testing.assert_close(fit.expression, expression, atol=1e-6, rtol=0)
    torch.testing.assert_close(fit.camera.rotation, camera.rotation, atol=1e-6, rtol=0)
    assert torch.equal(fit.identity, identity)
    one = Fitter(sheet, "ibug68", EXACT).fit_expression(points, identity[:1])
    torch.testing.assert_close(one.expression[0], expression[0], atol=1e-6, rtol=0)


@pytest.mark.parametrize("config", [EXACT, TRACKING])
def test_errors_grow_with_noise_and_not_faster(sheet, rng, config):
    _, _, camera, points = scene(sheet, "ibug68", rng, count=32)
    noise = torch.randn(points.shape, generator=rng, dtype=torch.float64)
    fitter = Fitter(sheet, "ibug68", config)
    turns = []
    for noise_px in (0.5, 1.0, 2.0, 4.0):
        fit = fitter.fit(points + noise_px * noise)
        turns.append(float((fit.camera.rotation - camera.rotation).norm(dim=(1, 2)).mean()))
    assert turns[-1] < 16 * turns[0] + 0.05
    assert turns[-1] < 0.2


def test_a_prior_keeps_coefficients_small_where_the_plain_inverse_does_not(ict, rng):
    *_, points = scene(ict, "mediapipe468", rng)
    noisy = points + 5 * torch.randn(points.shape, generator=rng, dtype=torch.float64)
    plain, prior = (Fitter(ict, "mediapipe468", c).fit(noisy) for c in (FitConfig(), TRACKING))
    assert float(prior.identity.abs().max()) < 4 < float(plain.identity.abs().max())
    assert float(prior.expression.abs().max()) < 3


def test_frames_do_not_disturb_each_other(sheet, rng):
    *_, points = scene(sheet, "ibug68", rng)
    together = Fitter(sheet, "ibug68", TRACKING).fit(points)
    alone = Fitter(sheet, "ibug68", TRACKING).fit(points[2:3])
    torch.testing.assert_close(alone.identity[0], together.identity[2])


def test_moving_the_picture_moves_the_translation_alone(sheet, rng):
    *_, points = scene(sheet, "ibug68", rng)
    fitter = Fitter(sheet, "ibug68")
    before, after = fitter.fit(points), fitter.fit(points + torch.tensor([30.0, -12.0, 5.0]).double())
    torch.testing.assert_close(after.identity, before.identity)
    moved = before.camera.translation_px + torch.tensor([30.0, -12.0]).double()
    torch.testing.assert_close(after.camera.translation_px, moved)


def test_irises_are_not_used(ict, rng):
    *_, points = scene(ict, "mediapipe468", rng)
    with_irises = torch.cat([points, torch.randn(4, 10, 3, generator=rng, dtype=torch.float64)], dim=1)
    fitter = Fitter(ict)
    torch.testing.assert_close(fitter.fit(with_irises).identity, fitter.fit(points).identity)


def test_the_camera_is_a_rotation_and_gives_the_affine_map_back(rng):
    rotation = matrix_from_angles(torch.tensor([[0.3, -0.2, 0.1]], dtype=torch.float64))
    camera = Camera(torch.tensor([3.0], dtype=torch.float64), rotation, torch.tensor([[5.0, 6.0]]).double())
    points = torch.randn(1, 20, 3, generator=rng, dtype=torch.float64)
    view = camera.project(points) * torch.tensor([1.0, -1.0, -1.0]).double()
    found = camera_from_affine(affine(points, view))
    torch.testing.assert_close(found.rotation, rotation)
    torch.testing.assert_close(found.scale, camera.scale)
    torch.testing.assert_close(found.translation_px, camera.translation_px)
    skewed = camera_from_affine(torch.randn(5, 3, 4, generator=rng, dtype=torch.float64))
    torch.testing.assert_close(torch.linalg.det(skewed.rotation), torch.ones(5, dtype=torch.float64))


@pytest.mark.parametrize("name", ["builtin", "ict"])
def test_head_pose_agrees_with_another_method_on_real_faces(reference, shared, name):
    """Mean difference to 3DDFA below 6 degrees and no wrong sign; landmarks within 4 % between the eyes."""
    points, expected_deg = reference
    model = load_morphable(name, shared / "ict" / "ict_facekit.npz" if name == "ict" else None)
    for config in (FitConfig(), TRACKING):
        fit = Fitter(model, "mediapipe468", config).fit(points)
        angles_deg = angles_from_matrix(fit.camera.rotation).rad2deg()
        difference = (angles_deg - expected_deg).abs()
        assert (difference.mean(0) < 6).all(), difference.mean(0)
        assert float(difference.max()) < 15
        assert not ((angles_deg * expected_deg < 0) & (expected_deg.abs() > 10)).any()
        error = ibug68(fit.residual_px[..., None])[..., 0] / interocular_distance(points[..., :2])[:, None]
        assert float(error.mean()) < 0.04


def test_an_unknown_landmark_set_is_named(sheet):
    with pytest.raises(InputError, match=r"no landmarks 'mediapipe468'.*ibug68"):
        Fitter(sheet)


@pytest.mark.parametrize("points", [torch.zeros(1, 5, 3), torch.full((1, 60, 3), torch.nan)])
def test_unusable_points_are_refused(sheet, points):
    with pytest.raises(InputError):
        Fitter(sheet, "ibug68").fit(points)
