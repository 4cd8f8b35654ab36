"""The Basel Face Models of 2009 (the front cut that Deep3D builds) and 2017 [paysan2009bfm]."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from vultus.errors import AssetMissingError, InputError
from vultus.face.models.dense import with_dense_landmarks, with_registered_landmarks
from vultus.face.models.records import (
    basis_of_columns,
    numbered,
    outward,
    read_mat,
    require,
    vertex_embedding,
)
from vultus.face.morphable import MorphableModel

LICENCE = "Basel Face Model licence"


def load_2009(path: Path | None) -> MorphableModel:
    """Read `BFM_model_front.mat`: 35,709 vertices, 80 identities, 64 expressions; one unit is a decimetre."""
    found = require(path, "morphable/bfm2009")
    arrays = read_mat(found, ("meanshape", "idBase", "exBase", "tri", "keypoints", "meantex"))
    mean = torch.from_numpy(arrays["meanshape"].reshape(-1, 3).astype(np.float32))
    mean = mean - mean.mean(0)  # the file's origin is that of the whole head
    faces = outward(torch.from_numpy(arrays["tri"].astype(np.int64) - 1), mean)
    expression = basis_of_columns(arrays["exBase"])
    keypoints = torch.from_numpy(arrays["keypoints"].reshape(-1).astype(np.int64) - 1)
    return with_dense_landmarks(
        MorphableModel(
            name="bfm2009",
            mean=mean,
            identity_basis=basis_of_columns(arrays["idBase"]),
            expression_basis=expression,
            faces=faces,
            expression_names=numbered("expression", expression.shape[-1]),
            landmarks={"ibug68": vertex_embedding(faces, keypoints)},
            unit_mm=100.0,
            licence=LICENCE,
            colours=torch.from_numpy(arrays["meantex"].reshape(-1, 3).astype(np.float32) / 255).clamp(0, 1),
        )
    )


def load_2017(path: Path | None) -> MorphableModel:
    """Read an HDF5 file of the 2017 model; one unit is a millimetre, columns are scaled to unit variance."""
    found = require(path, "morphable/bfm2017")
    try:
        import h5py  # noqa: PLC0415 -- no other model needs it
    except ModuleNotFoundError as error:
        raise AssetMissingError("h5py is not installed", remedy="pip install h5py") from error
    try:
        with h5py.File(found, "r") as file:
            return _model_2017(file)
    except (OSError, KeyError) as error:
        raise InputError(
            f"{found} is not a Basel Face Model 2017: {error}", remedy="use the file as published"
        ) from error


def _model_2017(file: Any) -> MorphableModel:
    parts = [file["shape/model"], file["expression/model"]]
    identity, expression = (
        basis_of_columns(part["pcaBasis"][:], np.sqrt(part["pcaVariance"][:])) for part in parts
    )
    mean = torch.from_numpy(sum(part["mean"][:] for part in parts).reshape(-1, 3).astype(np.float32))
    cells = torch.from_numpy(file["shape/representer/cells"][:].T.astype(np.int64))
    return with_registered_landmarks(
        MorphableModel(
            name="bfm2017",
            mean=mean,
            identity_basis=identity,
            expression_basis=expression,
            faces=outward(cells, mean),
            expression_names=numbered("expression", expression.shape[-1]),
            landmarks={},
            unit_mm=1.0,
            licence=LICENCE,
        )
    )
