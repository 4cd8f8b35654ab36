"""Shapes of faces: random identities, pushed towards what sex and age do to a head."""

import numpy as np
import torch
from jaxtyping import Float

from vultus.face.morphable import MorphableModel
from vultus.world.people.drawing import Presentation
from vultus.world.seeds import generator

_SPREAD = 1.45
"""Standard deviation of the coefficients."""
_MOST = 2.8
"""No coefficient is larger."""
_SEX_STRENGTH, _AGE_STRENGTH = 1.6, 1.0


def draw_identity(seed: int, looks: Presentation, model: MorphableModel) -> tuple[float, ...]:
    """Identity coefficients of the person with this seed."""
    random = generator(seed, "identity")
    drawn = random.normal(0.0, _SPREAD, model.identity_count)
    masculine, aged = _directions(model)
    drawn = drawn + _SEX_STRENGTH * (2 * looks.masculine - 1) * masculine
    drawn = drawn + _AGE_STRENGTH * (2 * looks.age - 1) * aged
    # Pressed smoothly into the limit, so that no face is a monster and few are alike.
    limited = _MOST * np.tanh(drawn / _MOST)
    return tuple(float(value) for value in limited.round(5))


_KNOWN: dict[str, tuple[Float[np.ndarray, " i"], Float[np.ndarray, " i"]]] = {}
"""By the model's digest."""


def _directions(model: MorphableModel) -> tuple[Float[np.ndarray, " i"], Float[np.ndarray, " i"]]:
    """Coefficients that come nearest to what makes a face masculine, and old."""
    if model.digest not in _KNOWN:
        _KNOWN[model.digest] = _found_directions(model)
    return _KNOWN[model.digest]


def _found_directions(model: MorphableModel) -> tuple[Float[np.ndarray, " i"], Float[np.ndarray, " i"]]:
    points = model.landmarks["ibug68"].on(model.mean[None], model.faces)[0].double().numpy()
    height = np.linalg.norm(points[27] - points[8])
    marks = model.landmarks["ibug68"]
    corners = model.identity_basis[model.faces[marks.face_index]]  # (68, 3 corners, 3, i)
    seen = torch.einsum("lcxi,lc->lxi", corners.double(), marks.barycentric.double()).flatten(0, 1).numpy()
    at = (points - points[30]) / height  # from the nose's tip, face heights
    return _nearest(seen, height * _masculine(at)), _nearest(seen, height * _aged(at))


def _nearest(seen: Float[np.ndarray, "n i"], wanted: Float[np.ndarray, "l 3"]) -> Float[np.ndarray, " i"]:
    """Damped least squares: coefficients stay of order one."""
    size = (seen**2).sum(0).mean()
    system = seen.T @ seen + size * np.eye(seen.shape[1])
    return np.linalg.solve(system, seen.T @ (wanted - wanted.mean(0)).ravel())


def _masculine(at: Float[np.ndarray, "l 3"]) -> Float[np.ndarray, "l 3"]:
    """Broader, longer jaw; larger nose; lower brows; thinner lips."""
    move = np.zeros_like(at)
    jaw = slice(0, 17)
    move[jaw, 0] = 0.10 * at[jaw, 0] * np.clip(-at[jaw, 1] + 0.2, 0, 1)
    move[5:12, 1] = -0.035
    move[6:11, 2] = 0.02
    move[17:27, 1] = -0.020
    move[17:27, 2] = 0.012
    move[27:36, 2] = 0.016
    move[31:36, 0] = 0.10 * at[31:36, 0]
    move[48:68, 1] = -0.1 * (at[48:68, 1] - at[48:68, 1].mean())
    return move


def _aged(at: Float[np.ndarray, "l 3"]) -> Float[np.ndarray, "l 3"]:
    """Longer nose with a hanging tip, lower mouth corners and jowls, thinner lips, lower outer brows."""
    move = np.zeros_like(at)
    move[3:6, 1], move[11:14, 1] = -0.02, -0.02
    move[30, 1] = -0.02
    move[31:36, 0] = 0.12 * at[31:36, 0]
    move[[48, 54], 1] = -0.015
    move[48:68, 1] -= 0.15 * (at[48:68, 1] - at[48:68, 1].mean())
    move[[17, 18, 25, 26], 1] = -0.015
    return move
