"""Put the built-in head together."""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import cKDTree

from vultus.face.builtin.assembly import Assembly, HeadMesh
from vultus.face.builtin.colours import skin_colours
from vultus.face.builtin.ears import add_ears
from vultus.face.builtin.expressions import Anatomy, expression_columns
from vultus.face.builtin.eyes import add_eyes
from vultus.face.builtin.identity import identity_columns
from vultus.face.builtin.jaw import JAW_CENTRE, jaw_weights, mouth_sides
from vultus.face.builtin.meshing import smoothstep
from vultus.face.builtin.mouth import add_mouth
from vultus.face.builtin.skin import Skin, build_skin
from vultus.face.builtin.topology import LIPS_LOWER, LIPS_UPPER

Arrays = dict[str, np.ndarray]

_LANDMARKS = 468
_CAP = (0.45, 0.28, 0.24)
_IN_PAIRS = ("eye", "ear", "eyelids")
_NECK_CENTRE = np.array([0.0, -62.0, -88.0])
JOINTS = ("root", "neck", "jaw", "eye_left", "eye_right")
PARENTS = (-1, 0, 1, 1, 1)


def build_arrays() -> Arrays:
    """Everything a morphable model needs, as plain arrays in mm."""
    skin = build_skin()
    assembly = Assembly()
    assembly.add("skin", skin.vertices, skin_colours(skin))
    assembly.join(skin.faces)
    balls = add_eyes(assembly, skin)
    add_mouth(assembly, skin)
    add_ears(assembly)
    _cap_neck(assembly, skin)
    head = assembly.finish()
    mirror = mirror_map(head)
    jaw = jaw_weights(head, skin)
    anatomy = Anatomy(head, skin, balls, jaw, mouth_sides(head, skin), _off_lids(head), mirror)
    expression = expression_columns(anatomy)
    identity = identity_columns(head.guides, _LANDMARKS, expression)
    arrays = {
        "mean": head.vertices,
        "identity": identity,
        "expression": expression,
        "faces": head.faces,
        "colours": head.colours,
        "weights": _skinning_weights(head, jaw),
        "regressor": _joint_regressor(head, skin, mirror),
        "mirror": mirror,
    }
    return arrays | {f"region_{name}": index for name, index in _regions(head, skin).items()}


def _cap_neck(head: Assembly, skin: Skin) -> None:
    """Close the neck's lower end, so that no view looks into the head."""
    rim = np.flatnonzero(skin.skull == 1)
    place = skin.vertices[rim]
    middle = place.mean(0)
    order = np.argsort(np.arctan2(place[:, 0], place[:, 2] - middle[2]))
    ring = head.add("neck_cap", place[order], np.array(_CAP))
    centre = head.add("neck_cap", middle[None], np.array(_CAP))[0]
    head.join(np.stack([np.roll(ring, -1), ring, np.full(len(ring), centre)], -1))


def mirror_map(head: HeadMesh) -> Int[np.ndarray, " v"]:
    """Partner of each vertex on the other side, in the same kind of region."""
    kinds = np.array([name.removesuffix("_left").removesuffix("_right") for name in head.regions])
    partner = np.arange(len(kinds))
    for kind in np.unique(kinds):
        index = np.flatnonzero(kinds == kind)
        if kind in _IN_PAIRS:  # the right piece, then its mirror image in the same order
            partner[index] = np.roll(index, len(index) // 2)
            continue
        # Lip margins meet: the lip tells partners apart where places do not.
        place = np.column_stack([head.vertices[index], head.guides[index], 10 * head.mouth_side[index]])
        image = place * [-1, 1, 1, -1, 1, 1, 1]
        partner[index] = index[cKDTree(place).query(image)[1]]
    return partner


def _off_lids(head: HeadMesh) -> Float[np.ndarray, " v"]:
    """0 at the lids' margins, 1 away from the eyes."""
    margins = np.unique(head.guides[head.region("eyelids")], axis=0)
    distance = cKDTree(margins).query(head.guides)[0]
    return smoothstep(distance, 1.0, 14.0)


def _skinning_weights(head: HeadMesh, jaw: Float[np.ndarray, " v"]) -> Float[np.ndarray, "v j"]:
    weights = np.zeros((len(head.vertices), len(JOINTS)))
    for column, name in ((3, "eye_left"), (4, "eye_right")):
        weights[head.region(name), column] = 1
    weights[:, 2] = jaw
    rest = 1 - weights.sum(1)
    y, z = head.vertices[:, 1], head.vertices[:, 2]
    turning = smoothstep(y - 0.35 * (z + 90), -130, -45)
    weights[:, 1] = rest * turning
    weights[:, 0] = rest * (1 - turning)
    return weights


def _joint_regressor(head: HeadMesh, skin: Skin, mirror: Int[np.ndarray, " v"]) -> Float[np.ndarray, "j v"]:
    """Rest places of the joints: means of vertices that surround them."""
    regressor = np.zeros((len(JOINTS), len(head.vertices)))
    wanted = {0: np.array([0.0, -120.0, -95.0]), 1: _NECK_CENTRE, 2: JAW_CENTRE}
    for row, place in wanted.items():
        regressor[row] = _surrounding(head, skin, mirror, place)
    for row, name in ((3, "eye_left"), (4, "eye_right")):
        index = head.region(name)
        regressor[row, index] = _affine_weights(head.vertices[index], _ball_centre(head, index))
    return regressor


def _ball_centre(head: HeadMesh, index: Int[np.ndarray, " n"]) -> Float[np.ndarray, " 3"]:
    equator = head.vertices[index].reshape(-1, 20, 3)[-2]
    return equator.mean(0)


def _surrounding(
    head: HeadMesh, skin: Skin, mirror: Int[np.ndarray, " v"], place: Float[np.ndarray, " 3"]
) -> Float[np.ndarray, " v"]:
    """Weights of the skin round a place that reproduce it exactly."""
    points = skin.vertices
    level = np.abs(points[:, 1] - place[1]) < 12
    index = np.flatnonzero(level & (points[:, 2] < place[2] + 75))
    index = np.unique(np.concatenate([index, mirror[index]]))
    weights = np.zeros(len(head.vertices))
    weights[index] = _affine_weights(points[index], place)
    return weights


def _affine_weights(
    points: Float[np.ndarray, "n 3"], place: Float[np.ndarray, " 3"]
) -> Float[np.ndarray, " n"]:
    """The smallest weights that sum to one and whose weighted mean is `place`."""
    system = np.concatenate([points, np.full((len(points), 1), 10.0)], -1)
    return np.linalg.pinv(system.T) @ np.append(place, 10.0)


def _regions(head: HeadMesh, skin: Skin) -> dict[str, Int[np.ndarray, " n"]]:
    points, count = skin.vertices, len(skin.vertices)
    beyond = skin.skull > 0
    neck = beyond & (points[:, 1] < -25 + 0.35 * (points[:, 2] + 90))
    lips = np.unique(np.array([LIPS_UPPER, LIPS_LOWER]))
    named = head.region
    return {
        "face": np.flatnonzero(~beyond),
        "neck": np.concatenate([np.flatnonzero(neck), named("neck_cap")]),
        "scalp": np.flatnonzero(beyond & ~neck),
        "skin": np.arange(count),
        "ears": named("ear_left", "ear_right"),
        "eye_left": named("eye_left"),
        "eye_right": named("eye_right"),
        "eyelids": named("eyelids"),
        "lips": lips,
        "mouth": named("mouth_interior", "teeth_upper", "teeth_lower", "tongue"),
        "mouth_interior": named("mouth_interior"),
        "teeth": named("teeth_upper", "teeth_lower"),
        "teeth_upper": named("teeth_upper"),
        "teeth_lower": named("teeth_lower"),
        "tongue": named("tongue"),
    }
