"""FLAME 2020 and 2023: the published pickle and its landmark embedding [li2017flame]."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.models.dense import with_dense_landmarks
from vultus.face.models.pickles import read_npy_dictionary, read_pickle
from vultus.face.models.records import check_keys, numbered, outward, require
from vultus.face.morphable import LandmarkEmbedding, MorphableModel
from vultus.face.rotations import angles_from_matrix
from vultus.face.skinning import Skeleton

UNIT_MM = 1000.0
SHAPE_COLUMNS = 300
"""Columns of `shapedirs` that are identity; expression follows."""

JOINTS = ("root", "neck", "jaw", "eye_left", "eye_right")
PARENTS = (-1, 0, 1, 1, 1)
"""What `kintree_table` says in every published file."""

MODEL_KEYS = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights", "f")
EMBEDDING_KEYS = (
    "static_lmk_faces_idx",
    "static_lmk_bary_coords",
    "dynamic_lmk_faces_idx",
    "dynamic_lmk_bary_coords",
    "full_lmk_faces_idx",
    "full_lmk_bary_coords",
)
LAST_YAW_DEG = 39
"""The face outline is tabled for yaws of 0 to 39 degrees to either side."""


@dataclass(frozen=True)
class DynamicContour:
    """The 17 points of the face's outline, which move over the skin as the head turns."""

    face_index: Int[Tensor, "79 17"]
    """Triangles by turn: rows 0 to 39 for yaws of 0 to -39 degrees, rows 40 to 78 for yaws of 1 to 39."""

    barycentric: Float[Tensor, "79 17 3"]
    """Weights of their corners."""

    def row(self, rotation: Float[Tensor, "b 3 3"]) -> Int[Tensor, " b"]:
        """Row of the tables for each head, from its rotation to the view."""
        yaw_deg = angles_from_matrix(rotation)[:, 0].rad2deg().clamp(-LAST_YAW_DEG, LAST_YAW_DEG)
        left = -yaw_deg.round().long()  # degrees that the head is turned to its own left
        return torch.where(left < 0, LAST_YAW_DEG - left, left)

    def on(
        self,
        vertices: Float[Tensor, "b v 3"],
        faces: Int[Tensor, "f 3"],
        rotation: Float[Tensor, "b 3 3"],
    ) -> Float[Tensor, "b 17 3"]:
        """The outline's points on `vertices`, in their frame and unit."""
        row = self.row(rotation)
        corners = faces[self.face_index[row]]  # (b, 17, 3)
        batch = torch.arange(len(vertices))[:, None, None]
        return torch.einsum("blcx,blc->blx", vertices[batch, corners], self.barycentric[row].to(vertices))


def load_2020(path: Path | None) -> MorphableModel:
    """Read FLAME 2020 from the folder that holds its two files, or from the path of generic_model.pkl."""
    return _load(path, "flame2020")


def load_2023(path: Path | None) -> MorphableModel:
    """Read FLAME 2023, as `load_2020`."""
    return _load(path, "flame2023")


def dynamic_contour(embedding: Mapping[str, Any]) -> DynamicContour:
    """The outline's tables of a `landmark_embedding.npy`."""
    return DynamicContour(
        _integers(embedding["dynamic_lmk_faces_idx"]), _floats(embedding["dynamic_lmk_bary_coords"])
    )


def static_landmarks(embedding: Mapping[str, Any], kind: str) -> LandmarkEmbedding:
    """Landmarks that stay where they are on the skin: "static" (51 inner points) or "full" (68)."""
    return LandmarkEmbedding(
        _integers(embedding[f"{kind}_lmk_faces_idx"]).reshape(-1),
        _floats(embedding[f"{kind}_lmk_bary_coords"]).reshape(-1, 3),
    )


def skeleton(arrays: Mapping[str, Any]) -> Skeleton:
    """Joints, skinning weights and pose correctives of a `generic_model.pkl`."""
    return Skeleton(
        names=JOINTS,
        parents=PARENTS,
        joint_regressor=_floats(arrays["J_regressor"]),
        weights=_floats(arrays["weights"]),
        correctives=_floats(arrays["posedirs"]),
    )


def bases(
    arrays: Mapping[str, Any], identity_count: int, expression_count: int
) -> tuple[Float[Tensor, "v 3 i"], Float[Tensor, "v 3 e"]]:
    """The first columns of the identity and of the expression basis."""
    directions = _floats(arrays["shapedirs"])
    last = SHAPE_COLUMNS + expression_count
    return directions[..., :identity_count].contiguous(), directions[..., SHAPE_COLUMNS:last].contiguous()


def _load(
    path: Path | None, name: str, identity_count: int = 300, expression_count: int = 100
) -> MorphableModel:
    model_path, embedding_path = _files(path, name)
    arrays, embedding = read_pickle(model_path), read_npy_dictionary(embedding_path)
    check_keys(model_path, arrays, MODEL_KEYS)
    check_keys(embedding_path, embedding, EMBEDDING_KEYS)
    mean = _floats(arrays["v_template"])
    identity, expression = bases(arrays, identity_count, expression_count)
    bones = skeleton(arrays)
    return with_dense_landmarks(
        MorphableModel(
            name=name,
            mean=mean,
            identity_basis=identity,
            expression_basis=expression,
            faces=outward(_integers(arrays["f"]), mean),
            expression_names=numbered("expression", expression.shape[-1]),
            landmarks={"ibug68": static_landmarks(embedding, "full")},
            unit_mm=UNIT_MM,
            licence="CC-BY-4.0" if name == "flame2023" else "FLAME model licence",
            skeleton=bones,
            regions=_regions(bones.weights),
        )
    )


def _files(path: Path | None, name: str) -> tuple[Path, Path]:
    """The model's file and the embedding beside it."""
    asset = f"morphable/{name}"
    found = require(path, asset)
    if found.is_dir():
        known = [found / file for file in ("generic_model.pkl", "flame2023.pkl") if (found / file).exists()]
        found = known[0] if known else require(found / "generic_model.pkl", asset)
    return found, require(found.with_name("landmark_embedding.npy"), asset)


def _regions(weights: Tensor) -> dict[str, Tensor]:
    """Eyeballs are what the eye joints carry alone; the rest is skin."""
    left, right = weights[:, JOINTS.index("eye_left")] > 0.5, weights[:, JOINTS.index("eye_right")] > 0.5
    masks = {"eye_left": left, "eye_right": right, "face": ~(left | right)}
    return {name: mask.nonzero()[:, 0] for name, mask in masks.items()}


def _floats(values: Any) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def _integers(values: Any) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values).astype(np.int64))
