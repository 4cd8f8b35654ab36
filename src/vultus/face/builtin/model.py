"""The built-in head as a `MorphableModel`, kept in a cache between processes."""

import hashlib
import os
import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from vultus.face.builtin.build import JOINTS, PARENTS, Arrays, build_arrays
from vultus.face.builtin.expressions import EXPRESSION_NAMES
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.morphable import LandmarkEmbedding, MorphableModel
from vultus.face.skinning import Skeleton

_REGION = "region_"


@lru_cache(maxsize=1)
def build_head() -> MorphableModel:
    """Build the head, or read it from the cache under `$XDG_CACHE_HOME/vultus`.

    Returns:
        A model with 80 identity and 64 expression coefficients, float32, in mm. MediaPipe's 468 points are
        its first vertices, and the origin lies near their mean.

    Example:
        >>> head = build_head()
        >>> head.identity_count, head.expression_count, "jawOpen" in head.expression_names
        (80, 64, True)
    """
    arrays = _cached_arrays()
    faces = torch.from_numpy(arrays["faces"]).long()
    tensor = {
        key: torch.from_numpy(value).float() for key, value in arrays.items() if value.dtype.kind == "f"
    }
    return MorphableModel(
        name="builtin",
        mean=tensor["mean"],
        identity_basis=tensor["identity"],
        expression_basis=tensor["expression"],
        faces=faces,
        expression_names=EXPRESSION_NAMES,
        landmarks={
            "mediapipe468": _at_vertices(faces, torch.arange(468)),
            "ibug68": _at_vertices(faces, torch.tensor(IBUG68_FROM_MEDIAPIPE)),
        },
        unit_mm=1.0,
        licence="Apache-2.0",
        skeleton=Skeleton(JOINTS, PARENTS, tensor["regressor"], tensor["weights"]),
        regions={
            key.removeprefix(_REGION): torch.from_numpy(value).long()
            for key, value in arrays.items()
            if key.startswith(_REGION)
        },
        colours=tensor["colours"],
    )


def _at_vertices(faces: Int[Tensor, "f 3"], vertices: Int[Tensor, " l"]) -> LandmarkEmbedding:
    """Landmarks that are vertices: one of their triangles, with all the weight on one corner."""
    hits = (faces[None] == vertices[:, None, None]).flatten(1)  # (l, f * 3)
    first = hits.int().argmax(-1)
    return LandmarkEmbedding(first // 3, torch.nn.functional.one_hot(first % 3, 3).float())


def _cached_arrays() -> Arrays:
    """Read the arrays made from this very source, or make them and keep them where that is possible."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vultus"
    path = folder / f"builtin-head-{_source_digest()[:16]}.npz"
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        arrays = {key: _narrowed(value) for key, value in build_arrays().items()}
        _keep(path, arrays)
        return arrays


def _narrowed(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32 if array.dtype.kind == "f" else np.int32)


def _keep(path: Path, arrays: Arrays) -> None:
    """Write whole or not at all; a cache that cannot be written is done without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        Path(file.name).replace(path)
    except OSError:
        return


def _source_digest() -> str:
    """SHA-256 over this package's source and its anchor."""
    state = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*")):
        if path.suffix in {".py", ".npz"}:
            state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()
