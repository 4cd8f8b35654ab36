"""True landmarks of a mesh, irises included."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.morphable import MorphableModel
from vultus.world.rendering.textures import LIMBUS_RAD


class TrueLandmarks:
    """MediaPipe's 478 points on a model's mesh; 468 where the model's eyeballs are not known.

    Args:
        model: The model, with landmarks `mediapipe468`.
    """

    def __init__(self, model: MorphableModel) -> None:
        embedding = model.landmarks["mediapipe468"]
        self._corners = model.faces[embedding.face_index].long()
        self._weights = embedding.barycentric
        self._irises = [_iris(model.mean, model.regions[f"eye_{side}"]) for side in _sides(model)]

    def on(self, vertices: Float[Tensor, "t v 3"]) -> Float[Tensor, "t l 3"]:
        """The points on vertices, in their frame; the model's vertices come first."""
        weights = self._weights.to(vertices.dtype)
        mesh = torch.einsum("tlcx,lc->tlx", vertices[:, self._corners], weights)
        return torch.cat([mesh, *(vertices[:, iris] for iris in self._irises)], dim=1)


def eyeball_centres(vertices: Float[Tensor, "v 3"], model: MorphableModel) -> Float[np.ndarray, "n 3"]:
    """Middles of the right and the left eyeball, in their unit; none where they are not known."""
    centres = [_centre(vertices[model.regions[f"eye_{side}"]]).numpy() for side in _sides(model)]
    return np.array(centres, dtype=np.float64).reshape(-1, 3)


def _sides(model: MorphableModel) -> tuple[str, ...]:
    return ("right", "left") if {"eye_right", "eye_left"} <= set(model.regions) else ()


def _centre(ball: Float[Tensor, "n 3"]) -> Float[Tensor, " 3"]:
    """Middle of the sphere nearest to the points: 2 x · c + (r² - c²) = x²."""
    ball = ball.double()
    shift = ball.mean(0)
    points = ball - shift
    columns = torch.cat([2 * points, torch.ones(len(points), 1, dtype=points.dtype)], dim=1)
    return torch.linalg.lstsq(columns, (points**2).sum(-1, keepdim=True)).solution[:3, 0] + shift


def _iris(mean: Float[Tensor, "v 3"], ball: Int[Tensor, " n"]) -> Int[Tensor, " 5"]:
    """Vertices nearest to the iris's middle and to its rim at the image's right, top, left and bottom."""
    directions = torch.nn.functional.normalize(mean[ball].double() - _centre(mean[ball]), dim=-1)
    rim, ahead = float(np.sin(LIMBUS_RAD)), float(np.cos(LIMBUS_RAD))
    wanted = [[0, 0, 1], [rim, 0, ahead], [0, rim, ahead], [-rim, 0, ahead], [0, -rim, ahead]]
    return ball[(directions @ torch.tensor(wanted, dtype=directions.dtype).mT).argmax(0)]
