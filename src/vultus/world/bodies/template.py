"""The template: coordinates of the built-in mean head, in which everything that heads wear is designed."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from vultus.errors import IncompatibleError
from vultus.face.builtin import build_head
from vultus.face.morphable import MorphableModel

Points = Float[np.ndarray, "n 3"]

_EAR_LOW, _EAR_HIGH = np.array([66.0, -45.0, -140.0]), np.array([np.inf, 75.0, -40.0])
"""Box on the template that an ear of any model lies in, subject's left."""
_NEAR_EAR_MM, _OFF_SKIN_MM = 9.0, 3.0
"""What is this near to the template's ears is an ear, and what stands so far off its skin beside them."""


@dataclass(frozen=True)
class Likeness:
    """How a person's head corresponds to the template."""

    design: Points
    """Where each vertex of the head is on the built-in mean head, mm: the same anatomical place."""

    head: Points
    """Vertices at rest in the template frame: the person's own shape, brought near the template, mm."""

    matrix: Float[np.ndarray, "3 3"]
    """From the template frame to the head frame, model units for each mm."""

    offset: Float[np.ndarray, "3"]
    """The template's origin in the head frame, model units."""

    def to_head(self, points: Points) -> Points:
        """From the template frame to the person's head frame, model units."""
        return points @ self.matrix.T + self.offset


def likeness(identity: tuple[float, ...], model: MorphableModel) -> Likeness:
    """How the head with these identity coefficients corresponds to the template.

    Raises `IncompatibleError` for coefficients of another model or a model without MediaPipe's landmarks.
    """
    if len(identity) != model.identity_count:
        raise IncompatibleError(
            f"the person has {len(identity)} coefficients of identity, {model.name!r} has "
            f"{model.identity_count}",
            remedy="draw the person for this morphable model",
            metadata={"person": len(identity), "model": model.identity_count},
        )
    shaped = model.shape(torch.tensor([identity]), torch.zeros(1, model.expression_count))[0].double().numpy()
    design = design_places(model)
    body = skin_vertices(model)
    system = np.column_stack([design[body], np.ones(len(body))])
    solution = np.linalg.lstsq(system, shaped[body], rcond=None)[0]  # (4, 3)
    matrix, offset = solution[:3].T, solution[3]
    return Likeness(design, (shaped - offset) @ np.linalg.inv(matrix).T, matrix, offset)


_KNOWN: dict[str, Points] = {}


def design_places(model: MorphableModel) -> Points:
    """Where each vertex of a model is on the built-in mean head, mm."""
    if model.digest not in _KNOWN:
        _KNOWN[model.digest] = _warped(model)
    return _KNOWN[model.digest]


def _warped(model: MorphableModel) -> Points:
    """An affine map by the landmarks, then what is left of them, fading with the distance."""
    template = build_head()
    if model.digest == template.digest:
        return template.mean.double().numpy()
    if "mediapipe468" not in model.landmarks:
        raise IncompatibleError(
            f"morphable model {model.name!r} has no dense landmarks to dress it by",
            remedy="draw people for another morphable model",
            metadata={"model": model.name},
        )
    ours, theirs = (
        head.landmarks["mediapipe468"].on(head.mean[None], head.faces)[0].double().numpy()
        for head in (template, model)
    )
    mean = model.mean.double().numpy()
    solution = np.linalg.lstsq(np.column_stack([theirs, np.ones(len(theirs))]), ours, rcond=None)[0]
    near, places = (np.column_stack([points, np.ones(len(points))]) @ solution for points in (theirs, mean))
    _, first = np.unique(near.round(3), axis=0, return_index=True)
    left = RBFInterpolator(
        near[first], (ours - near)[first], kernel="gaussian", epsilon=1 / 18.0, smoothing=0.5, degree=-1
    )(places)
    return places + left


def skin_vertices(model: MorphableModel) -> Int[np.ndarray, " n"]:
    """Vertices of the skin but for the ears; they decide where things are worn."""
    if "skin" in model.regions:
        return model.regions["skin"].numpy()
    skin = [model.regions[name].numpy() for name in ("face", "neck") if name in model.regions]
    return np.setdiff1d(np.concatenate(skin), ear_vertices(model))


def ear_vertices(model: MorphableModel) -> Int[np.ndarray, " n"]:
    """Vertices of the ears: those that a model names, or that are nearest to the template's ears."""
    if "ears" in model.regions:
        return model.regions["ears"].numpy()
    template = build_head()
    places = template.mean.double().numpy()
    ears, skin = (cKDTree(places[template.regions[name].numpy()]) for name in ("ears", "skin"))
    which = model.regions["face"].numpy()
    design = design_places(model)[which]
    folded = np.column_stack([np.abs(design[:, 0]), design[:, 1:]])
    beside = ((folded > _EAR_LOW) & (folded < _EAR_HIGH)).all(1)
    off_skin = skin.query(design)[0]
    return which[beside & ((ears.query(design)[0] < _NEAR_EAR_MM) | (off_skin > _OFF_SKIN_MM))]
