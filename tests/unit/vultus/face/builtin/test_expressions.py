import numpy as np
import pytest
import torch

from vultus.face.builtin.build import Arrays
from vultus.face.builtin.expressions import ARKIT_NAMES, EXPRESSION_NAMES, GAZE_RAD
from vultus.face.builtin.jaw import OPEN_RAD
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import matrix_from_axis_angle

WHOLE_MOUTH = {"jawLeft", "jawRight", "mouthLeft", "mouthRight"}
ONE_SIDED = [
    name for name in EXPRESSION_NAMES if name.endswith(("Left", "Right")) and name not in WHOLE_MOUTH
]


def column(arrays: Arrays, name: str) -> np.ndarray:
    return arrays["expression"][..., EXPRESSION_NAMES.index(name)]


def weights_of(name: str, value: float = 1.0) -> torch.Tensor:
    return value * torch.eye(len(EXPRESSION_NAMES))[[EXPRESSION_NAMES.index(name)]]


def test_there_are_52_arkit_names_and_64_in_all() -> None:
    assert len(set(ARKIT_NAMES)) == 52
    assert len(set(EXPRESSION_NAMES)) == 64


def test_left_is_the_mirror_image_of_right(arrays: Arrays) -> None:
    mirror = arrays["mirror"]
    for name in EXPRESSION_NAMES:
        twin = name.replace("Left", "§").replace("Right", "Left").replace("§", "Right")
        image = column(arrays, twin)[mirror] * [-1, 1, 1]
        np.testing.assert_allclose(image, column(arrays, name), atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", ONE_SIDED)
def test_one_sided_expressions_act_on_their_side(arrays: Arrays, name: str) -> None:
    size = (column(arrays, name) ** 2).sum(-1)
    left = size[arrays["mean"][:, 0] > 0].sum()
    share = left / size.sum()
    assert share > 0.75 if name.endswith("Left") else share < 0.25


@pytest.mark.parametrize("name", EXPRESSION_NAMES)
def test_every_expression_shows_and_leaves_the_skull_alone(arrays: Arrays, name: str) -> None:
    size = np.linalg.norm(column(arrays, name), axis=-1)
    assert 1.5 < size.max() < 60
    assert size[arrays["region_scalp"]].max() < 3.0


def test_jaw_opens_as_its_joint_turns(head: MorphableModel) -> None:
    rest = torch.zeros(1, 80)
    by_column = head.pose(rest, weights_of("jawOpen"))
    turn = torch.tensor([[OPEN_RAD, 0.0, 0.0]])
    by_joint = head.pose(rest, torch.zeros(1, 64), {"jaw": turn})
    torch.testing.assert_close(by_column, by_joint, atol=2e-3, rtol=0)
    teeth = head.regions["teeth_lower"]
    assert (by_column[0, teeth, 1] < head.mean[teeth, 1] - 5).all()
    still = torch.cat([head.regions["teeth_upper"], head.regions["ears"], head.regions["eye_left"]])
    torch.testing.assert_close(by_column[0, still], head.mean[still])


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("opening", [0.0, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("name", ["eyeBlink", "eyeWide", "eyeSquint"])
def test_lids_never_enter_the_eyeball(arrays: Arrays, name: str, opening: float, side: str) -> None:
    row = 3 if side == "Left" else 4
    centre = arrays["regressor"][row] @ arrays["mean"]
    lids = np.concatenate([arrays["region_skin"], arrays["region_eyelids"]])
    moved = (arrays["mean"] + opening * column(arrays, name + side))[lids]
    distance = np.linalg.norm(moved - centre, axis=-1)
    assert distance.min() > 12.05


@pytest.mark.parametrize(
    ("upper", "lower", "name"), [(386, 374, "eyeBlinkLeft"), (159, 145, "eyeBlinkRight")]
)
def test_a_blink_shuts_the_eye(arrays: Arrays, upper: int, lower: int, name: str) -> None:
    shut = arrays["mean"] + column(arrays, name)
    assert arrays["mean"][upper, 1] - arrays["mean"][lower, 1] > 7
    assert abs(shut[upper, 1] - shut[lower, 1]) < 0.6
    brow = [105, 334]
    np.testing.assert_allclose(shut[brow], arrays["mean"][brow], atol=0.5)


def test_gaze_turns_the_ball_about_its_centre(arrays: Arrays) -> None:
    for name, axis, row in (("eyeLookDownLeft", (1, 0, 0), 3), ("eyeLookOutLeft", (0, 1, 0), 3)):
        index = arrays["region_eye_left"]
        centre = arrays["regressor"][row] @ arrays["mean"]
        turn = matrix_from_axis_angle(torch.tensor(axis, dtype=torch.float64) * GAZE_RAD).numpy()
        wanted = (arrays["mean"][index] - centre) @ turn.T + centre
        np.testing.assert_allclose((arrays["mean"] + column(arrays, name))[index], wanted, atol=1e-9)


def test_lips_close_over_an_open_jaw(arrays: Arrays) -> None:
    opened = arrays["mean"] + column(arrays, "jawOpen")
    closed = opened + column(arrays, "mouthClose")
    assert np.linalg.norm(opened[13] - opened[14]) > 20
    assert np.linalg.norm(closed[13] - closed[14]) < 5


def test_names_move_the_way_they_say(arrays: Arrays) -> None:
    wanted = {
        ("jawLeft", 152, 0): 1,
        ("jawForward", 152, 2): 1,
        ("mouthLeft", 0, 0): 1,
        ("mouthSmileLeft", 291, 1): 1,
        ("mouthFrownLeft", 291, 1): -1,
        ("mouthPucker", 291, 0): -1,
        ("browInnerUp", 107, 1): 1,
        ("browDownLeft", 336, 1): -1,
        ("cheekPuff", 425, 0): 1,
        ("noseSneerRight", 98, 1): 1,
    }
    for (name, landmark, axis), sign in wanted.items():
        assert sign * column(arrays, name)[landmark, axis] > 0.5, name
