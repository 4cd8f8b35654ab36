"""Where neck and face of a person are: what heads turn about, shoulders stay at, and cameras look at."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.face.morphable import MorphableModel

_CHIN, _BETWEEN_BROWS = 8, 27
"""Of `ibug68`."""
_BELOW_CHIN, _BEHIND_CHIN = 0.42, 0.90
"""Where the neck's base is, seen from the chin, in face heights."""

Point = Float[np.ndarray, "3"]


@dataclass(frozen=True)
class Anatomy:
    """Points of one person's head, head frame, model units."""

    neck: Point
    """Base of the neck, which stays where it is while the head turns; what bodies turn about, too."""

    centre: Point
    """Middle of the face, between chin and brows."""

    height: float
    """Face height: from the chin to between the brows."""


def anatomy_of(identity: tuple[float, ...], model: MorphableModel) -> Anatomy:
    """Where neck and face of a person are, by the coefficients p_id."""
    shaped = model.shape(torch.tensor([identity]), torch.zeros(1, model.expression_count))
    return measured(shaped, model)


def measured(vertices: Float[Tensor, "1 v 3"], model: MorphableModel) -> Anatomy:
    """Where neck and face of a head at rest are.

    Args:
        vertices: The model's own, head frame, model units.
        model: Whose landmarks they carry.
    """
    points = model.landmarks["ibug68"].on(vertices, model.faces)[0].double().numpy()
    chin, brows = points[_CHIN], points[_BETWEEN_BROWS]
    height = float(np.linalg.norm(brows - chin))
    base = chin + height * np.array([0.0, -_BELOW_CHIN, -_BEHIND_CHIN])
    return Anatomy(np.array([0.0, base[1], base[2]]), (chin + brows) / 2, height)
