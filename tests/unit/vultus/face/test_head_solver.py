import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import lsq_linear
from scipy.spatial.transform import Rotation

from vultus.face.head_solver import HeadSolver, SolverConfig, align_rigidly, refine_pose, solve_bounded
from vultus.face.models import load_morphable
from vultus.face.rotations import angles_from_matrix, matrix_from_angles

EXACT = SolverConfig(noise_mm=0.01, shut_gap_mm=0.0)


@pytest.fixture(scope="module")
def head():
    return load_morphable("builtin")


def scene(head, seed, expression=None):
    """Landmarks of a head with known parameters, image frame, px."""
    rng = np.random.default_rng(seed)
    identity = 0.6 * rng.standard_normal(head.identity_count)
    coefficients = np.zeros(head.expression_count)
    for name, value in (expression or {}).items():
        coefficients[head.expression_names.index(name)] = value
    angles = torch.tensor(rng.uniform(-0.4, 0.4, 3))
    rotation, scale, shift = matrix_from_angles(angles).numpy(), rng.uniform(0.8, 3), rng.uniform(50, 200, 2)
    vertices = head.shape(torch.tensor(identity)[None], torch.tensor(coefficients)[None])
    on_head = head.landmarks["mediapipe468"].on(vertices, head.faces)[0].numpy()
    points = scale * on_head @ rotation.T * (1, -1, -1) + [*shift, 0]
    return points, identity, coefficients, rotation, scale, shift


@pytest.mark.parametrize("seed", range(5))
def test_bounded_solution_is_scipys(seed):
    rng = np.random.default_rng(seed)
    columns, target = rng.standard_normal((80, 30)), 2 * rng.standard_normal(80)
    lower, upper = rng.uniform(-0.2, 0, 30), rng.uniform(0, 0.2, 30)
    expected = lsq_linear(columns, target, (lower, upper), method="bvls", tol=1e-12).x
    found = solve_bounded(columns.T @ columns, columns.T @ target, lower, upper)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_coefficients_with_equal_bounds_stay():
    gram, moment = np.eye(3), np.array([5.0, -5.0, 0.2])
    found = solve_bounded(gram, moment, np.array([0.0, -1.0, -1.0]), np.array([0.0, 1.0, 1.0]))
    np.testing.assert_allclose(found, [0.0, -1.0, 0.2])


def test_rigid_alignment_is_scipys():
    rng = np.random.default_rng(0)
    points, target = rng.standard_normal((20, 3)), rng.standard_normal((20, 3))
    rotation, scale, shift = align_rigidly(points, target, np.ones(20))
    expected, _ = Rotation.align_vectors(target - target.mean(0), points - points.mean(0))
    np.testing.assert_allclose(rotation, expected.as_matrix(), atol=1e-12)
    left = target - (scale * points @ rotation.T + shift)
    np.testing.assert_allclose(left.mean(0), 0, atol=1e-12)
    assert abs((left * (points @ rotation.T)).sum()) < 1e-10  # no other scale does better


@pytest.mark.parametrize("seed", range(3))
def test_known_expression_and_pose_are_found(head, seed):
    wanted = {"jawOpen": 0.4, "eyeBlinkLeft": 0.8, "mouthSmileRight": 0.5, "browInnerUp": 0.6}
    points, identity, expression, rotation, scale, shift = scene(head, seed, wanted)
    solver = HeadSolver(head, EXACT)
    fit = solver.fit_expression(points, identity)
    for _ in range(12):
        fit = solver.fit_expression(points, identity, fit)
    np.testing.assert_allclose(fit.expression, expression, atol=0.04)
    np.testing.assert_allclose(fit.rotation, rotation, atol=2e-3)
    np.testing.assert_allclose([fit.scale, *fit.translation_px], [scale, *shift], rtol=5e-3)
    assert solver.error_interocular(fit, points) < 2e-3


def test_the_fit_of_a_fit_is_the_same_wherever_it_is_seen(head):
    points, identity, *_ = scene(head, 1, {"jawOpen": 0.3})
    solver = HeadSolver(head)
    here = solver.fit_expression(points, identity)
    there = solver.fit_expression(3 * points + [40.0, -7.0, 0.0], identity)
    np.testing.assert_allclose(there.expression, here.expression, atol=1e-8)
    np.testing.assert_allclose(there.translation_px, 3 * here.translation_px + [40, -7], atol=1e-6)
    assert there.scale == pytest.approx(3 * here.scale)


def test_shut_lids_of_a_detector_shut_the_models(head):
    solver = HeadSolver(head)
    points, identity, *_ = scene(head, 2, {"eyeBlinkLeft": 0.85, "eyeBlinkRight": 0.85})
    believing = HeadSolver(head, replace(solver.config, shut_gap_mm=0.0))
    blinks = [head.expression_names.index(f"eyeBlink{side}") for side in ("Left", "Right")]
    shut = solver.fit_expression(points, identity).expression[blinks]
    assert (shut > believing.fit_expression(points, identity).expression[blinks] + 0.02).all()


def test_coefficients_stay_in_range_whatever_the_points(head):
    points, *_ = scene(head, 3)
    noisy = points + np.random.default_rng(0).normal(0, 6, points.shape)
    fit = HeadSolver(head).fit(noisy)
    least, greatest = SolverConfig().expression_range
    assert fit.expression.min() >= least
    assert fit.expression.max() <= greatest
    assert np.abs(fit.identity).max() <= SolverConfig().identity_limit
    unseen = [i for i, name in enumerate(head.expression_names) if name.startswith("eyeLook")]
    assert not fit.expression[unseen].any()


def test_a_model_without_dense_landmarks_will_do(head):
    sparse = replace(head, landmarks={"ibug68": head.landmarks["ibug68"]})
    points, *_, rotation, _, _ = scene(head, 4)
    fit = HeadSolver(sparse).fit(points)
    angle = Rotation.from_matrix(fit.rotation @ rotation.T).magnitude()
    assert np.degrees(angle) < 3


def references(shared):
    """Landmarks of the face and pose by another method, for every picture and frame of the reference."""
    for item in json.loads((shared / "media" / "reference.json").read_text())["items"]:
        faces = [
            np.array(face) * (item["width"], item["height"], item["width"]) for face in item["mediapipe"]
        ]
        for pose in item["tddfa"][:1]:
            left, top, right, bottom = pose["box"]
            centre = ((left + right) / 2, (top + bottom) / 2)
            face = min(faces, key=lambda points: np.linalg.norm(points[:, :2].mean(0) - centre))
            yield item["file"], face, np.array([pose["yaw_deg"], pose["pitch_deg"], pose["roll_deg"]])


def test_real_faces_are_met_within_the_bar(shared, head):
    solver = HeadSolver(head)
    off, errors = [], []
    for _, points, angles_deg in references(shared):
        fit = solver.fit(points)
        found_deg = np.degrees(angles_from_matrix(torch.tensor(fit.rotation)).numpy())
        off.append(np.abs(found_deg - angles_deg))
        errors.append(solver.error_interocular(fit, points))
        assert ((np.abs(angles_deg) <= 10) | (np.sign(angles_deg) == np.sign(found_deg))).all()
    assert max(errors) < 0.04
    assert np.mean(off) < 6
    assert np.max(off) < 15


def test_a_pose_refined_with_equal_axes_is_the_rigid_one():
    rng = np.random.default_rng(1)
    points, target, weights = (
        rng.standard_normal((30, 3)),
        rng.standard_normal((30, 3)),
        rng.uniform(0.2, 1, 30),
    )
    best = align_rigidly(points, target, weights)
    for found, expected in zip(refine_pose(best, points, target, weights, np.ones(3)), best, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_pose_without_depths_comes_from_the_picture_plane():
    rng = np.random.default_rng(2)
    points = rng.standard_normal((30, 3))
    turn = Rotation.from_euler("xyz", [0.2, -0.1, 0.3]).as_matrix()
    target = 3 * points @ turn.T + [5.0, 6.0, 7.0]
    target[:, 2] *= 1.5  # depths that lie
    pose = align_rigidly(points, target, np.ones(30))
    for _ in range(30):
        pose = refine_pose(pose, points, target, np.ones(30), np.array([1.0, 1.0, 1e-9]))
    np.testing.assert_allclose(pose[0], turn, atol=1e-5)
    assert abs(pose[1] - 3) < 1e-4
