"""The compiled loop that shades a frame; `reference.py` says the same in arrays.

Visibility is known at k x k samples of a pixel. The samples that show one part at one depth are averaged into
a point, which is shaded once; pixels at edges blend their points and the backdrop, in linear light.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

from vultus.world.rendering.textures import EYES, HAIR, LIPS, PLAIN, SKIN, eye_colour, pattern, smooth

GROUPS = 4
"""Points that one pixel may blend."""

ALBEDO, GLOSS, REST, STRAND, NORMAL, OPENNESS, LAMP = 0, 3, 4, 7, 10, 13, 14
"""Columns of a point: first what is fixed, then what moves."""

FIXED_COUNT, COUNT = 10, 17


class Scene(NamedTuple):
    """All that shading needs beside the point itself; float64."""

    harmonics: Float[np.ndarray, "9 3"]
    """What white surfaces send back of the light from all round, as factors of 1, y, z, x, xy, yz, 3z² - 1,
    xz, x² - y² of the normal, view frame."""

    key: Float[np.ndarray, "6 3"]
    """Key lamp, view frame: direction, the two axes of its shadow map (right, down), halfway to the viewer,
    the eyes' halfway, colour."""

    rotation: Float[np.ndarray, "3 3"]
    """R, head to view."""

    materials: Float[np.ndarray, "p 5"]
    """A row for each part; see `Material`."""

    eyes: Float[np.ndarray, "4 3"]
    """Middle of the right and the left eyeball at rest, mm; albedo of iris and of the white beside it."""

    offset_mm: Float[np.ndarray, " 3"]
    """Shift of the textures, another for each person."""

    px_per_mm: float
    """Size of a mm in the picture."""

    mm_per_texel: float
    """Size of the shadow map's texels."""

    apart_px: float
    """Samples of one part that lie further apart in depth are two points."""


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def around(table, channel, x, y, z):
    """One channel of the light from all round that a white surface with this normal sends back."""
    value = (
        table[0, channel]
        + table[1, channel] * y
        + table[2, channel] * z
        + table[3, channel] * x
        + table[4, channel] * x * y
        + table[5, channel] * y * z
        + table[6, channel] * (3.0 * z * z - 1.0)
        + table[7, channel] * x * z
        + table[8, channel] * (x * x - y * y)
    )
    return max(value, 0.06 * table[0, channel])


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def lamp_share(shadow, x, y, depth, slope_x, slope_y, bias):
    """Share of the key lamp that is seen from a place in the shadow map [reeves1987shadows].

    The weights of 4 x 4 texels, a box three wide with its edges blended, follow the place smoothly, and each
    texel is compared with the depth that the surface's own plane has there, so that nothing shadows itself.
    """
    height, width = shadow.shape
    left, top = int(np.floor(x - 0.5)) - 1, int(np.floor(y - 0.5)) - 1
    if left < 0 or top < 0 or left + 4 > width or top + 4 > height:
        return 1.0
    fx, fy = x - 1.5 - left, y - 1.5 - top
    total = 0.0
    for j in range(4):
        wy = 1.0 - fy if j == 0 else (fy if j == 3 else 1.0)
        at_row = depth - bias + slope_y * (top + j + 0.5 - y) + slope_x * (left + 0.5 - x)
        for i in range(4):
            wx = 1.0 - fx if i == 0 else (fx if i == 3 else 1.0)
            if at_row + slope_x * i <= shadow[top + j, left + i]:
                total += wx * wy
    return total / 9.0


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def wrapped(cosine, wrap):
    """Light on a surface that lets some of it creep past the terminator."""
    share = max((cosine + wrap) / (1.0 + wrap), 0.0)
    return share * (1.0 - wrap + wrap * share)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def surface_colour(point, part, scene):
    """Albedo (3) and gloss at a point, with its texture."""
    red, green, blue, gloss = point[ALBEDO], point[ALBEDO + 1], point[ALBEDO + 2], point[GLOSS]
    x, y, z = point[REST], point[REST + 1], point[REST + 2]
    kind = int(scene.materials[part, 0])
    if kind == PLAIN:
        return red, green, blue, gloss
    if kind == EYES:
        side = 0 if x < 0.0 else 1
        x, y, z = x - scene.eyes[side, 0], y - scene.eyes[side, 1], z - scene.eyes[side, 2]
        r, g, b, share = eye_colour(x, y, z, scene.px_per_mm, scene.eyes[2], scene.eyes[3])
        return red + share * (r - red), green + share * (g - green), blue + share * (b - blue), gloss
    if kind in (SKIN, LIPS):
        x, y, z = x + scene.offset_mm[0], y + scene.offset_mm[1], z + scene.offset_mm[2]
    light, redness, shine = pattern(kind, x, y, z, scene.px_per_mm)
    light = max(light, 0.1)
    return (
        red * light * (1.0 + redness),
        green * light * (1.0 - 0.6 * redness),
        blue * light * (1.0 - 0.5 * redness),
        gloss * min(max(shine, 0.2), 2.0),
    )


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def highlight(point, kind, exponent, nx, ny, nz, scene):
    """The key lamp's highlight before reflectance: Blinn-Phong, along strands Kajiya-Kay [kajiya1989hair]."""
    half = scene.key[3]
    if kind != HAIR:
        aligned = max(nx * half[0] + ny * half[1] + nz * half[2], 0.0)
        return (exponent + 8.0) / 8.0 * aligned**exponent
    turn, a, b, c = scene.rotation, point[STRAND], point[STRAND + 1], point[STRAND + 2]
    tx = turn[0, 0] * a + turn[0, 1] * b + turn[0, 2] * c
    ty = turn[1, 0] * a + turn[1, 1] * b + turn[1, 2] * c
    tz = turn[2, 0] * a + turn[2, 1] * b + turn[2, 2] * c
    length = max(np.sqrt(tx * tx + ty * ty + tz * tz), 1e-6)
    along = (tx * half[0] + ty * half[1] + tz * half[2]) / length
    across = max(1.0 - along * along, 0.0)
    facing = max(nx * half[0] + ny * half[1] + nz * half[2], 0.0)
    return (exponent + 8.0) / 8.0 * across ** (0.5 * exponent) * facing


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def shade(point, part, scene, shadow):
    """Linear RGB that a point sends to the viewer.

    Args:
        point: Attributes, see `ALBEDO` and the rest; the normal need not have length one.
        part: Index into the materials.
        scene: Light and the like.
        shadow: Depth from the key lamp of what it sees, mm.
    """
    kind, wrap, reflectance, exponent, ambient = scene.materials[part]
    nx, ny, nz = point[NORMAL], point[NORMAL + 1], point[NORMAL + 2]
    length = max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-6)
    length = length if nz >= 0.0 else -length  # seen from behind: lit as if it faced the viewer
    nx, ny, nz = nx / length, ny / length, nz / length
    red, green, blue, gloss = surface_colour(point, part, scene)
    lamp, colour = scene.key[0], scene.key[5]
    cosine = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
    seen = 1.0
    if cosine > -wrap:
        steep = scene.mm_per_texel / max(cosine, 0.2)
        along_x = nx * scene.key[1, 0] + ny * scene.key[1, 1] + nz * scene.key[1, 2]
        along_y = nx * scene.key[2, 0] + ny * scene.key[2, 1] + nz * scene.key[2, 2]
        seen = lamp_share(
            shadow, point[LAMP], point[LAMP + 1], point[LAMP + 2], along_x * steep, along_y * steep, 2.5
        )
    glow = seen + 0.6 * wrap * seen * (1.0 - seen)  # red light also creeps into shadows
    key_red = colour[0] * wrapped(cosine, wrap) * glow
    key_green = colour[1] * wrapped(cosine, wrap / 3.0) * seen
    key_blue = colour[2] * wrapped(cosine, wrap / 4.0) * seen
    openness = point[OPENNESS] * ambient
    shine = gloss * seen * smooth(0.0, 0.3, cosine) * highlight(point, kind, exponent, nx, ny, nz, scene)
    shine *= reflectance + (1.0 - reflectance) * (1.0 - scene.key[3, 2]) ** 5
    grazing = 1.0 - nz
    mirror = gloss * openness * (reflectance + 0.3 * (1.0 - reflectance) * grazing * grazing**4)
    rx, ry, rz = 2.0 * nz * nx, 2.0 * nz * ny, 2.0 * nz * nz - 1.0
    if kind == EYES:
        half = scene.key[4]
        aligned = max(nx * half[0] + ny * half[1] + nz * half[2], 0.0)
        shine += 0.9 * min(openness * 1.5, 1.0) * aligned**exponent
    table = scene.harmonics
    return (
        red * (around(table, 0, nx, ny, nz) * bounced(openness, red) + key_red)
        + mirror * around(table, 0, rx, ry, rz)
        + shine * colour[0],
        green * (around(table, 1, nx, ny, nz) * bounced(openness, green) + key_green)
        + mirror * around(table, 1, rx, ry, rz)
        + shine * colour[1],
        blue * (around(table, 2, nx, ny, nz) * bounced(openness, blue) + key_blue)
        + mirror * around(table, 2, rx, ry, rz)
        + shine * colour[2],
    )


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
@no_type_check
def bounced(openness, albedo):
    """Light that reaches a crease: straight from the sky, and from its own walls, which have its colour."""
    return openness / max(1.0 - albedo * (1.0 - openness), 0.2)
