"""Dense landmarks for published models: the mean MediaPipe face brought onto the model's own."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree
from torch import Tensor

from vultus.face.builtin.anchor import load_anchor
from vultus.face.landmarks import IBUG68_FROM_MEDIAPIPE
from vultus.face.models.surface import embed
from vultus.face.morphable import LandmarkEmbedding, MorphableModel
from vultus.face.procrustes import Similarity, align

SMOOTHING = 1e-3
"""How far the bent face may stay from the 68 points: they are not quite the same places in both sets."""

_STARTS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
_ROUNDS = 40
_KEPT = 0.85
_NOSE_TIP = 4


def with_dense_landmarks(model: MorphableModel) -> MorphableModel:
    """Add "mediapipe468" to a model that has "ibug68".

    The mean MediaPipe face is brought onto the model's 68 landmarks by a similarity and a thin-plate
    spline; each of its points then takes the nearest point of the surface.
    """
    sparse = model.landmarks["ibug68"].on(model.mean[None].double(), model.faces)  # (1, 68, 3)
    anchor = _anchor()
    placed = align(sparse, anchor[:, list(IBUG68_FROM_MEDIAPIPE)]).apply(anchor)[0].numpy()
    size = float(np.linalg.norm(np.ptp(placed, axis=0)))
    spline = RBFInterpolator(
        placed[list(IBUG68_FROM_MEDIAPIPE)] / size, sparse[0].numpy() / size, smoothing=SMOOTHING
    )
    dense = embed(torch.from_numpy(spline(placed / size) * size), model.mean, *_skin(model))
    return replace(model, landmarks={**model.landmarks, "mediapipe468": dense})


def with_registered_landmarks(model: MorphableModel) -> MorphableModel:
    """Add "mediapipe468" and "ibug68" to a model without landmarks, by registration of the mean faces.

    Within about 5 mm of what landmarks would give.
    """
    placed = register_anchor(model.mean).apply(_anchor())[0]
    dense = embed(placed, model.mean, *_skin(model))
    rows = list(IBUG68_FROM_MEDIAPIPE)
    sparse = LandmarkEmbedding(dense.face_index[rows], dense.barycentric[rows])
    return replace(model, landmarks={**model.landmarks, "mediapipe468": dense, "ibug68": sparse})


def unit_mm_of(vertices: Float[Tensor, "v 3"]) -> float:
    """How many millimetres one unit of a mean face is, if its eyes are as far apart as most people's."""
    return 1 / float(register_anchor(vertices).scale)


def register_anchor(vertices: Float[Tensor, "v 3"]) -> Similarity:
    """The similarity that brings the mean MediaPipe face (mm) onto a mean face or head in the head frame.

    Iterated closest points from several scales, the tips of the noses together at first; the farthest
    points of each round are left out, and the start that ends nearest for its scale is taken.
    """
    surface = vertices.double()
    tree = cKDTree(surface.numpy())
    tip = surface[surface[:, 2].argmax()]
    width = float(surface[:, 0].max() - surface[:, 0].min())
    anchor = _anchor()
    usual = width / float(anchor[..., 0].max() - anchor[..., 0].min())
    ends = [_closest_points(anchor, surface, tree, factor * usual, tip) for factor in _STARTS]
    return min(ends, key=lambda end: end[0])[1]


def _closest_points(
    anchor: Tensor, surface: Tensor, tree: cKDTree, scale: float, tip: Tensor
) -> tuple[float, Similarity]:
    """Mean distance for the scale that is reached, and the similarity."""
    start = (tip - scale * anchor[0, _NOSE_TIP])[None]
    found = Similarity(torch.tensor([scale]).double(), torch.eye(3).double()[None], start)
    for _ in range(_ROUNDS):
        distance, index = tree.query(found.apply(anchor)[0].numpy())
        kept = torch.from_numpy(distance <= np.quantile(distance, _KEPT))
        found = align(surface[torch.from_numpy(index)][kept][None], anchor[:, kept])
    return float(distance[kept.numpy()].mean()) / float(found.scale), found


def _anchor() -> Tensor:
    """The mean MediaPipe face: (1, 468, 3), head frame, mm."""
    return torch.from_numpy(load_anchor()[0])[None]


def _skin(model: MorphableModel) -> tuple[Tensor, Tensor]:
    """Triangles of the face itself, where the model names it, and their indices."""
    names = torch.arange(len(model.faces))
    if "face" not in model.regions:
        return model.faces, names
    member = torch.zeros(len(model.mean), dtype=torch.bool)
    member[model.regions["face"]] = True
    inside = member[model.faces].all(1)
    return model.faces[inside], names[inside]
