"""The Large Scale Facial Model, identities only [booth2016lsfm]."""

from pathlib import Path

import numpy as np
import torch

from vultus.face.models.dense import unit_mm_of, with_registered_landmarks
from vultus.face.models.records import basis_of_columns, outward, read_mat, require
from vultus.face.morphable import MorphableModel


def load(path: Path | None) -> MorphableModel:
    """Read `all_all_all.mat`: mean, components, eigenvalues, triangles; columns are scaled to unit variance.

    The file names no unit and no landmarks: both are found by registering the mean MediaPipe face with the
    mean shape. It has no expressions; HeadGAN's authors took them from another model.
    """
    found = require(path, "morphable/lsfm")
    arrays = read_mat(found, ("mean", "components", "eigenvalues", "trilist"))
    mean = torch.from_numpy(arrays["mean"].reshape(-1, 3).astype(np.float32))
    faces = outward(torch.from_numpy(arrays["trilist"].astype(np.int64)), mean)
    return with_registered_landmarks(
        MorphableModel(
            name="lsfm",
            mean=mean,
            identity_basis=basis_of_columns(arrays["components"], np.sqrt(arrays["eigenvalues"])),
            expression_basis=torch.zeros(len(mean), 3, 0),
            faces=faces,
            expression_names=(),
            landmarks={},
            unit_mm=unit_mm_of(mean),
            licence="LSFM licence",
        )
    )
