"""Where the lips are red, as the template is coloured."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree

from vultus.face.builtin import build_head
from vultus.world.bodies.piece import smoothstep

Points = Float[np.ndarray, "n 3"]
Values = Float[np.ndarray, " n"]


def redness_of_lips(design: Points) -> Values:
    """1 on the red of the lips, 0 on the skin, as the template is coloured."""
    tree, red = _coloured_mouth()
    reach, index = tree.query(design, k=3)
    weight = 1 / (reach**2 + 1e-4)
    share = (red[index] * weight).sum(1) / weight.sum(1)
    return share * smoothstep(reach[:, 0], 4.0, 2.0)


@lru_cache(maxsize=1)
def _coloured_mouth() -> tuple[cKDTree, Values]:
    """The template's skin about the mouth, and how red it is."""
    head = build_head()
    skin = head.regions["skin"]
    colours = head.mean if head.colours is None else head.colours
    template, colour = head.mean[skin].double().numpy(), colours[skin].double().numpy()
    mouth = (np.abs(template[:, 0]) < 32) & (np.abs(template[:, 1] + 38) < 18) & (template[:, 2] > -12)
    return cKDTree(template[mouth]), smoothstep(colour[mouth, 0] - colour[mouth, 1], 0.235, 0.315)
