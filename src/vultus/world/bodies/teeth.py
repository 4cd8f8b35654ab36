"""Room for the teeth."""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import cKDTree

from vultus.face.morphable import MorphableModel
from vultus.world.bodies.template import Likeness, skin_vertices

_MOUTH_LOW, _MOUTH_HIGH = np.array([-36.0, -68.0, -18.0]), np.array([36.0, -14.0, 40.0])
_SPARE_MM = 1.2


def behind_lips(alike: Likeness, model: MorphableModel) -> Float[np.ndarray, "v 3"]:
    """The head's vertices, teeth and tongue moved back so that closed lips hide them.

    An identity may draw lips further back than it does the teeth, which few landmarks see.
    """
    if "teeth" not in model.regions:
        return alike.head
    moving = np.concatenate(
        [model.regions[name].numpy() for name in ("teeth", "tongue") if name in model.regions]
    )
    skin = skin_vertices(model)
    near = ((alike.design[skin] > _MOUTH_LOW) & (alike.design[skin] < _MOUTH_HIGH)).all(1)
    teeth = model.regions["teeth"].numpy()
    come_through = _ahead(alike.head, teeth, skin[near])
    usual = _ahead(alike.design, teeth, skin[near])
    back = float((np.minimum(come_through, come_through - usual) + _SPARE_MM).max())
    head = alike.head.copy()
    head[moving, 2] -= max(back, 0.0)
    return head


def _ahead(
    points: Float[np.ndarray, "v 3"], inner: Int[np.ndarray, " n"], outer: Int[np.ndarray, " m"]
) -> Float[np.ndarray, " n"]:
    """How far inner points are in front of the outer ones beside them, mm."""
    reach, index = cKDTree(points[outer, :2]).query(points[inner, :2], k=4)
    weight = 1 / (reach**2 + 0.5)
    surface = (points[outer[index], 2] * weight).sum(1) / weight.sum(1)
    return points[inner, 2] - surface
