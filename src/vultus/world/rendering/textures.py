"""Solid textures: what a surface looks like closer than its vertices are, from where they are at rest.

Everything here is compiled and works on one point; `reference.py` says the same in arrays.
"""

from typing import no_type_check

import numpy as np
from numba import njit

PLAIN, SKIN, LIPS, HAIR, EYES, CLOTH = range(6)
"""Kinds of texture."""

PUPIL_RAD, IRIS_RAD, LIMBUS_RAD = 0.155, 0.46, 0.53
"""Polar angles on an eyeball where the pupil, the iris and its dark rim end, rad."""


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def _lattice(ix, iy, iz):
    """A number in [-1, 1] for each point with whole coordinates."""
    mixed = (ix * 374761393 + iy * 668265263 + iz * 1440662683) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 32767.5 - 1.0


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def noise(x, y, z):
    """Smooth random values in [-1, 1]: one at each point with whole coordinates, blended between them."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    ix, iy, iz = int(fx), int(fy), int(fz)
    x, y, z = x - fx, y - fy, z - fz
    x, y, z = x * x * (3.0 - 2.0 * x), y * y * (3.0 - 2.0 * y), z * z * (3.0 - 2.0 * z)
    near = _lattice(ix, iy, iz) * (1.0 - x) + _lattice(ix + 1, iy, iz) * x
    near_up = _lattice(ix, iy + 1, iz) * (1.0 - x) + _lattice(ix + 1, iy + 1, iz) * x
    far = _lattice(ix, iy, iz + 1) * (1.0 - x) + _lattice(ix + 1, iy, iz + 1) * x
    far_up = _lattice(ix, iy + 1, iz + 1) * (1.0 - x) + _lattice(ix + 1, iy + 1, iz + 1) * x
    return (near * (1.0 - y) + near_up * y) * (1.0 - z) + (far * (1.0 - y) + far_up * y) * z


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def shown(size_mm, px_per_mm):
    """How much of detail of a size a picture can show, [0, 1]: none of what is smaller than a pixel."""
    return min(max(size_mm * px_per_mm - 0.6, 0.0), 1.0)


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def smooth(low, high, value):
    """0 below `low`, 1 above `high`, smooth between."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def grain(x, y, z, size_mm, px_per_mm):
    """Noise of a size, as far as it is shown; worked out only where it is."""
    share = shown(size_mm, px_per_mm)
    return noise(x / size_mm, y / size_mm, z / size_mm) * share if share > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def pattern(kind, x, y, z, px_per_mm):
    """Change of a surface that is no eye at (x, y, z), mm: of its lightness, its redness and its gloss."""
    if kind == SKIN:
        blotch = noise(x / 9.0, y / 9.0, z / 9.0)
        fine = grain(x, y, z, 2.6, px_per_mm)
        pore = grain(x, y, z, 0.9, px_per_mm)
        return (
            1.0 + 0.035 * blotch + 0.03 * fine + 0.05 * pore,
            0.04 * blotch + 0.02 * fine,
            1.0 + 0.15 * blotch + 0.15 * fine + 0.3 * pore,
        )
    if kind == LIPS:
        line = noise(x / 0.9, y / 4.5, z / 4.5) * shown(0.9, px_per_mm)
        return 1.0 + 0.10 * line + 0.05 * noise(x / 4.0, y / 4.0, z / 4.0), 0.0, 1.0 + 0.6 * line
    if kind == HAIR:
        return _strands(x, y, z, px_per_mm)
    if kind == CLOTH:
        weave = np.sin(x * 3.5) * np.sin(y * 3.5) * shown(0.9, px_per_mm)
        fleck = grain(x, y, z, 3.0, px_per_mm)
        return 1.0 + 0.06 * weave + 0.04 * fleck + 0.05 * noise(x / 22.0, y / 22.0, z / 22.0), 0.0, 1.0
    return 1.0, 0.0, 1.0


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _strands(x, y, z, px_per_mm):
    """Locks and strands that fall from the crown: thin around it, long away from it."""
    up, back = 0.87 * y - 0.5 * (z + 40.0), 0.5 * y + 0.87 * (z + 40.0)
    around = np.arctan2(x, back)
    out = np.sqrt(x * x + back * back)
    wave = 0.06 * noise(x / 30.0, y / 30.0, z / 30.0)
    lock = noise((around + wave) * 16.0 + 40.0, up / 60.0, out / 30.0)
    light = 0.16 * lock
    if shown(1.6, px_per_mm) > 0.0:
        strand = noise((around + wave) * 60.0 + 90.0, up / 45.0, out / 12.0) * shown(1.6, px_per_mm)
        light += 0.22 * strand
    if shown(0.6, px_per_mm) > 0.0:
        thread = noise((around + wave) * 170.0 + 300.0, up / 35.0, out / 6.0) * shown(0.6, px_per_mm)
        light += 0.22 * thread
    return 1.0 + light, 0.0, 1.0 + 2.0 * light


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def eye_colour(x, y, z, px_per_mm, iris, white):
    """Albedo of an eyeball around its front, and how far it holds there, [0, 1].

    Args:
        x: Point at rest, from the eyeball's middle, mm; the gaze is along z.
        y: The same.
        z: The same.
        px_per_mm: Size of a mm in the picture.
        iris: RGB.
        white: RGB just beside the iris.
    """
    length = max(np.sqrt(x * x + y * y), 1e-6)
    polar = np.arctan2(length, z)
    soft = max(0.02, 0.04 / px_per_mm)
    x, y = x / length, y / length
    fibre = noise(3.0 * x, 3.0 * y, 4.0 * polar) + 0.6 * noise(7.0 * x + 50.0, 7.0 * y, 9.0 * polar)
    collar = 1.0 - smooth(0.0, 0.10, abs(polar - 0.24))
    light = 1.0 + 0.28 * fibre * shown(0.7, px_per_mm) + 0.25 * collar
    inner = smooth(PUPIL_RAD - soft, PUPIL_RAD + soft, polar)
    rim = smooth(IRIS_RAD - soft - 0.06, IRIS_RAD, polar)
    outer = smooth(LIMBUS_RAD - soft, LIMBUS_RAD + soft, polar)
    light = inner * light * (1.0 - 0.65 * rim) * (1.0 - outer)
    return (
        0.006 + iris[0] * light * (1.0 + 0.35 * collar) + white[0] * outer,
        0.006 + iris[1] * light + white[1] * outer,
        0.006 + iris[2] * light + white[2] * outer,
        1.0 - smooth(LIMBUS_RAD + soft, LIMBUS_RAD + 3.0 * soft, polar),
    )
