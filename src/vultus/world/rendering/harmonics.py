"""Light from all round as spherical harmonics of second order [ramamoorthi2001irradiance]."""

import numpy as np
from jaxtyping import Float

COSINE_LOBE = np.array([1.0] + [2 / 3] * 3 + [1 / 4] * 5)
"""A_l / π of each of the nine functions: what a cosine-weighted hemisphere leaves of them."""


def harmonic_basis(directions: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 9"]:
    """The nine real functions at unit vectors.

    Example:
        >>> harmonic_basis(np.array([0.0, 0.0, 1.0])).round(3).tolist()
        [0.282, 0.0, 0.489, 0.0, 0.0, 0.0, 0.631, 0.0, 0.0]
    """
    x, y, z = np.moveaxis(directions, -1, 0)
    one = np.ones_like(x)
    functions = [
        0.282095 * one,
        0.488603 * y,
        0.488603 * z,
        0.488603 * x,
        1.092548 * x * y,
        1.092548 * y * z,
        0.315392 * (3 * z * z - 1),
        1.092548 * x * z,
        0.546274 * (x * x - y * y),
    ]
    return np.stack(functions, -1)


def lamp_harmonics(
    towards: Float[np.ndarray, " 3"], colour: Float[np.ndarray, " 3"], breadth: float = 0.5
) -> Float[np.ndarray, "9 3"]:
    """A broad, distant lamp.

    Args:
        towards: Direction to its middle, view frame; any length.
        colour: What a white surface that faces it sends back, linear RGB; exactly that for a narrow one.
        breadth: 0 for a point, 1 for half the sky.
    """
    direction = towards / np.linalg.norm(towards)
    damping = np.array([1.0] + [1 - breadth / 3] * 3 + [1 - 3 * breadth / 4] * 5)
    return np.pi * (harmonic_basis(direction) * damping)[:, None] * colour


def ambient_harmonics(colour: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "9 3"]:
    """Even light: a white surface sends `colour` back whichever way it faces."""
    coefficients = np.zeros((9, 3))
    coefficients[0] = colour / harmonic_basis(np.array([0.0, 0.0, 1.0]))[0]
    return coefficients


def reflected(
    coefficients: Float[np.ndarray, "9 3"], normals: Float[np.ndarray, "*n 3"]
) -> Float[np.ndarray, "*n 3"]:
    """What white Lambertian surfaces send back: E(n) / π [ramamoorthi2001irradiance, Eq. 7].

    Args:
        coefficients: Light that arrives, view frame.
        normals: Unit vectors, view frame.
    """
    return harmonic_basis(normals) @ (COSINE_LOBE[:, None] * coefficients)
