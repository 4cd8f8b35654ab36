from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vultus.face.rotations import matrix_from_axis_angle
from vultus.face.skinning import Skeleton, skin

NAMES = ("root", "neck", "jaw", "eye_left", "eye_right")
PARENTS = (-1, 0, 1, 1, 1)


def skeleton(rng: torch.Generator, count: int, correctives: bool = False) -> Skeleton:
    """Weights that sum to anything, some of them nothing."""
    weights = torch.rand(count, 5, generator=rng, dtype=torch.float64)
    regressor = torch.rand(5, count, generator=rng, dtype=torch.float64)
    return Skeleton(
        names=NAMES,
        parents=PARENTS,
        joint_regressor=regressor / regressor.sum(1, keepdim=True),
        weights=weights * (weights > 0.4),
        correctives=torch.randn(count, 3, 36, generator=rng, dtype=torch.float64) if correctives else None,
    )


def normalised(bones: Skeleton) -> Skeleton:
    """Weights that sum to one; the root takes the vertices that nothing else wants."""
    weights = bones.weights.clone()
    weights[weights.sum(1) == 0, 0] = 1.0
    return replace(bones, weights=weights / weights.sum(1, keepdim=True))


def textbook(
    bones: Skeleton, shaped: np.ndarray, rest_shape: np.ndarray, turns: dict[str, np.ndarray]
) -> np.ndarray:
    """4 x 4 matrices down the chain, one vertex at a time."""
    rest = bones.joint_regressor.numpy() @ rest_shape
    rotations = [Rotation.from_rotvec(turns.get(name, np.zeros(3))).as_matrix() for name in bones.names]
    if bones.correctives is not None:
        feature = np.concatenate([(r - np.eye(3)).ravel() for r in rotations[1:]])
        shaped = shaped + bones.correctives.numpy() @ feature
    world: list[np.ndarray] = []
    for joint, parent in enumerate(bones.parents):
        local = np.eye(4)
        local[:3, :3] = rotations[joint]
        local[:3, 3] = rest[joint] - (rest[parent] if parent >= 0 else 0)
        world.append(world[parent] @ local if parent >= 0 else local)
    out = np.zeros_like(shaped)
    for v, point in enumerate(shaped):
        for joint, weight in enumerate(bones.weights[v].numpy()):
            moved = world[joint][:3, :3] @ (point - rest[joint]) + world[joint][:3, 3]
            out[v] += weight * moved
    return out


@pytest.mark.parametrize("turned", [("jaw",), ("neck", "jaw"), ("eye_left", "eye_right"), NAMES])
@pytest.mark.parametrize("correctives", [False, True])
def test_matches_a_textbook_loop(rng, turned, correctives):
    bones = skeleton(rng, 17, correctives)
    shaped, at_rest = torch.randn(2, 2, 17, 3, generator=rng, dtype=torch.float64).unbind(0)
    joints = {name: torch.randn(2, 3, generator=rng, dtype=torch.float64) for name in turned}
    found = skin(bones, shaped, bones.joint_regressor @ at_rest, joints)
    for b in range(2):
        turns = {name: value[b].numpy() for name, value in joints.items()}
        expected = textbook(bones, shaped[b].numpy(), at_rest[b].numpy(), turns)
        np.testing.assert_allclose(found[b], expected, atol=1e-12)


def test_a_rotation_of_the_root_moves_everything_rigidly(rng):
    bones = skeleton(rng, 9)
    rigid = normalised(bones)
    shape = torch.randn(1, 9, 3, generator=rng, dtype=torch.float64)
    turn = torch.tensor([[0.3, -0.2, 0.5]], dtype=torch.float64)
    pivot = rigid.joint_regressor[0] @ shape[0]
    expected = (shape - pivot) @ matrix_from_axis_angle(turn).mT + pivot
    torch.testing.assert_close(skin(rigid, shape, rigid.joint_regressor @ shape, {"root": turn}), expected)


def test_rest_changes_nothing_and_other_vertices_stay(rng):
    bones = skeleton(rng, 30)
    bones = normalised(bones)
    shape = torch.randn(3, 30, 3, generator=rng, dtype=torch.float64)
    torch.testing.assert_close(skin(bones, shape, bones.joint_regressor @ shape, {}), shape)
    turned = skin(bones, shape, bones.joint_regressor @ shape, {"jaw": torch.ones(3, 3, dtype=torch.float64)})
    still = bones.weights[:, 2] == 0
    assert still.any()
    torch.testing.assert_close(turned[:, still], shape[:, still])


def test_gradient(rng):
    bones = skeleton(rng, 5, correctives=True)
    shape = torch.randn(1, 5, 3, generator=rng, dtype=torch.float64, requires_grad=True)
    jaw = torch.zeros(1, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x, j: skin(bones, x, bones.joint_regressor @ x, {"jaw": j}), (shape, jaw)
    )
