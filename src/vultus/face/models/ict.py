"""ICT-FaceKit, the light model: the one-file form and the official folder of OBJ files [li2020ict]."""

import json
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from vultus.assets.catalogue import CATALOGUE
from vultus.errors import AssetMissingError, InputError
from vultus.face.models.dense import with_dense_landmarks
from vultus.face.models.records import require, vertex_embedding
from vultus.face.morphable import MorphableModel
from vultus.face.skinning import Skeleton

LICENCE = "MIT"
UNIT_MM = 10.0

_RANGES = {
    "face": (0, 9409),
    "neck": (9409, 11248),
    "mouth": (11248, 17039),
    "teeth": (17039, 21451),
    "eye_left": (21451, 23021),
    "eye_right": (23021, 24591),
}
"""Half-open vertex ranges of the regions; the mouth is its socket, gums and tongue."""


def load(path: Path | None) -> MorphableModel:
    """Read the model from an npz file or from the folder `FaceXModel`."""
    path = require(path, "morphable/ict")
    return _from_folder(path) if path.is_dir() else _from_file(path)


def arkit_name(name: str) -> str:
    """ARKit's spelling of an expression: "mouthSmile_L" is "mouthSmileLeft"; L and R are the subject's."""
    sides = {"_L": "Left", "_R": "Right"}
    stem = name[:-2] if name[-2:] in sides else name
    return stem[0].lower() + stem[1:] + sides.get(name[-2:], "")


def _from_file(path: Path) -> MorphableModel:
    try:
        with path.open("rb") as archive, np.load(archive, allow_pickle=False) as file:
            return _model(
                file["vertices"],
                file["faces"],
                file["identity_deltas"].astype(np.float32),
                file["expression_deltas"].astype(np.float32),
                tuple(map(str, file["expression_names"])),
                file["landmarks_68"],
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise InputError(
            f"{path} is not an ICT-FaceKit file: {error}", remedy="name the npz file or the folder FaceXModel"
        ) from error


def _from_folder(folder: Path) -> MorphableModel:
    """Read what is there; every file that the folder's own table names and that is missing is an error."""
    table = folder / "vertex_indices.json"
    if not table.exists():
        raise InputError(f"{folder} has no vertex_indices.json", remedy="name the folder FaceXModel")
    indices = json.loads(table.read_text())
    names = [*indices["expressions"]]
    identities = [f"identity{number:03d}" for number in range(100)]
    wanted = ("generic_neutral_mesh", *identities, *names)
    missing = [name for name in wanted if not (folder / f"{name}.obj").exists()]
    if missing:
        raise AssetMissingError(
            f"{folder} lacks {len(missing)} of its OBJ files: {_some(missing)}",
            remedy=f"get the whole folder from {CATALOGUE['morphable/ict'].source}, or use the built-in head",
            metadata={"asset": "morphable/ict", "missing": ",".join(missing)},
        )
    return read_folder(folder, identities, names)


def read_folder(folder: Path, identities: list[str], expressions: list[str]) -> MorphableModel:
    """Read a part of the official folder: the neutral face and the named OBJ files.

    Args:
        folder: `FaceXModel`.
        identities: Names of identity meshes, without ".obj".
        expressions: Names of expression meshes.
    """
    neutral = _vertices(folder / "generic_neutral_mesh.obj")
    deltas = {name: _vertices(folder / f"{name}.obj") - neutral for name in (*identities, *expressions)}
    indices = json.loads((folder / "vertex_indices.json").read_text())
    return _model(
        neutral,
        _faces(folder / "generic_neutral_mesh.obj"),
        np.stack([deltas[name] for name in identities]),
        np.stack([deltas[name] for name in expressions]),
        tuple(expressions),
        np.asarray(indices["idx_to_landmark_verts"]),
    )


def _model(
    vertices: np.ndarray,
    quads: np.ndarray,
    identity: np.ndarray,
    expression: np.ndarray,
    names: tuple[str, ...],
    landmarks: np.ndarray,
) -> MorphableModel:
    faces = _triangles(torch.from_numpy(quads.astype(np.int64)))
    mean = torch.from_numpy(vertices.astype(np.float32))
    regions = {name: torch.arange(*bounds) for name, bounds in _RANGES.items()}
    return with_dense_landmarks(
        MorphableModel(
            name="ict",
            mean=mean,
            identity_basis=_basis(identity),
            expression_basis=_basis(expression),
            faces=faces,
            expression_names=tuple(arkit_name(name) for name in names),
            landmarks={"ibug68": vertex_embedding(faces, torch.from_numpy(landmarks.astype(np.int64)))},
            unit_mm=UNIT_MM,
            licence=LICENCE,
            skeleton=_eyes(len(mean), regions),
            regions=regions,
        )
    )


def _basis(deltas: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(deltas.astype(np.float32).transpose(1, 2, 0)))


def _eyes(count: int, regions: dict[str, Tensor]) -> Skeleton:
    """A root that nothing turns, and eyeballs about their centres."""
    names = ("root", "eye_left", "eye_right")
    weights = torch.zeros(count, 3)
    regressor = torch.zeros(3, count)
    regressor[0, 0] = 1.0
    for joint, name in enumerate(names[1:], start=1):
        weights[regions[name], joint] = 1.0
        regressor[joint, regions[name]] = 1.0 / len(regions[name])
    weights[:, 0] = 1 - weights.sum(1)
    return Skeleton(names, (-1, 0, 0), regressor, weights)


def _triangles(quads: Tensor) -> Tensor:
    """Two triangles of each quad; a quad whose last two corners are the same is a triangle already."""
    halves = torch.stack([quads[:, :3], quads[:, [0, 2, 3]]], dim=1).flatten(0, 1)
    return halves[halves[:, 1] != halves[:, 2]]


def _vertices(path: Path) -> np.ndarray:
    lines = [line[2:] for line in path.read_text().splitlines() if line.startswith("v ")]
    return np.array(" ".join(lines).split(), dtype=np.float32).reshape(-1, 3)


def _faces(path: Path) -> np.ndarray:
    """Corners of each face from zero; a triangle repeats its last one."""
    rows = [line.split()[1:] for line in path.read_text().splitlines() if line.startswith("f ")]
    corners = [[int(corner.partition("/")[0]) - 1 for corner in row] for row in rows]
    return np.array([row if len(row) == 4 else [*row, row[-1]] for row in corners])


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
