"""Parts that loaders of published models have in common."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.io import loadmat
from scipy.io.matlab import MatReadError
from torch import Tensor

from vultus.assets.catalogue import CATALOGUE
from vultus.errors import InputError
from vultus.face.morphable import LandmarkEmbedding


def vertex_embedding(faces: Int[Tensor, "f 3"], vertices: Int[Tensor, " l"]) -> LandmarkEmbedding:
    """Landmarks that are vertices, as corners of triangles."""
    flat = faces.flatten()
    first = torch.full((int(flat.max()) + 1,), -1)
    corners = torch.arange(len(flat))
    first[flat.flip(0)] = corners.flip(0)  # the first corner at each vertex stays, being written last
    corner = first[vertices]
    if bool((corner < 0).any()):
        raise ValueError("a landmark is on a vertex without a triangle")
    return LandmarkEmbedding(corner // 3, torch.nn.functional.one_hot(corner % 3, 3).float())


def basis_of_columns(matrix: np.ndarray, deviations: np.ndarray | None = None) -> Tensor:
    """A basis (v, 3, c) of a matrix (3 v, c), rows x, y, z of each vertex; columns times deviations."""
    scaled = matrix if deviations is None else matrix * deviations.reshape(1, -1)
    return torch.from_numpy(np.ascontiguousarray(scaled, dtype=np.float32)).unflatten(0, (-1, 3))


def outward(faces: Int[Tensor, "f 3"], vertices: Float[Tensor, "v 3"]) -> Int[Tensor, "f 3"]:
    """Turn all triangles over if they are clockwise seen from outside; a mask counts as a part of a head."""
    corners = vertices[faces].double()  # (f, 3, 3)
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    away = corners.mean(1) - vertices.double().mean(0)
    return faces if float((normals * away).sum()) > 0 else faces.flip(1)


def numbered(prefix: str, count: int) -> tuple[str, ...]:
    """Names of coefficients that have none."""
    return tuple(f"{prefix}{number:03d}" for number in range(count))


def require(path: Path | None, asset: str) -> Path:
    """The path, if it is there; raises `AssetMissingError` with what the catalogue says of `asset`."""
    if path is None or not path.exists():
        raise CATALOGUE[asset].missing(path)
    return path


def read_mat(path: Path, keys: Iterable[str]) -> dict[str, np.ndarray]:
    """Read a MATLAB file that must hold `keys`; raises `InputError` naming the file."""
    try:
        arrays = loadmat(path)
    except (ValueError, NotImplementedError, OSError, TypeError, MatReadError) as error:
        raise InputError(f"{path} is not a MATLAB file: {error}", remedy="get the file again") from error
    wanted = tuple(keys)
    check_keys(path, arrays, wanted)
    return {key: arrays[key] for key in wanted}


def check_keys(path: Path, arrays: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Raise `InputError` naming the file and the arrays that it lacks."""
    lacking = [key for key in keys if key not in arrays]
    if lacking:
        raise InputError(
            f"{path} has no {', '.join(lacking)}",
            remedy="use the model file as published",
            metadata={"path": path, "missing": ",".join(lacking)},
        )
