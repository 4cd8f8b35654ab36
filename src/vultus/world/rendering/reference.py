"""The shading of `shading.py` and `textures.py` once more, in arrays: slow, and short."""

import numpy as np
from jaxtyping import Float, Int

from vultus.world.rendering.shading import ALBEDO, GLOSS, LAMP, NORMAL, OPENNESS, REST, STRAND, Scene
from vultus.world.rendering.textures import (
    CLOTH,
    EYES,
    HAIR,
    IRIS_RAD,
    LIMBUS_RAD,
    LIPS,
    PUPIL_RAD,
    SKIN,
)

Values = Float[np.ndarray, " n"]
Rows = Float[np.ndarray, "n 3"]


def noise(points: Rows) -> Values:
    """Random values at points with whole coordinates, blended by smooth weights."""
    corner = np.floor(points).astype(np.int64)
    share = points - corner
    share = share * share * (3 - 2 * share)
    total = np.zeros(len(points))
    for step in np.ndindex(2, 2, 2):
        weight = np.where(np.array(step), share, 1 - share).prod(-1)
        total += weight * _lattice(corner + step)
    return total


def _lattice(places: Int[np.ndarray, "n 3"]) -> Values:
    mixed = (places @ np.array([374761393, 668265263, 1440662683])) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 32767.5 - 1


def pattern(kind: int, points: Rows, px_per_mm: float) -> tuple[Values, Values, Values]:
    """Change of lightness, redness and gloss."""

    def fine(size: float) -> Values:
        return noise(points / size) * _shown(size, px_per_mm)

    one, none = np.ones(len(points)), np.zeros(len(points))
    if kind == SKIN:
        blotch, grain, pore = noise(points / 9.0), fine(2.6), fine(0.9)
        light = 1 + 0.035 * blotch + 0.03 * grain + 0.05 * pore
        return light, 0.04 * blotch + 0.02 * grain, 1 + 0.15 * blotch + 0.15 * grain + 0.3 * pore
    if kind == LIPS:
        line = noise(points / [0.9, 4.5, 4.5]) * _shown(0.9, px_per_mm)
        return 1 + 0.10 * line + 0.05 * noise(points / 4.0), none, 1 + 0.6 * line
    if kind == HAIR:
        light = _strands(points, px_per_mm)
        return 1 + light, none, 1 + 2 * light
    if kind == CLOTH:
        weave = np.sin(3.5 * points[:, 0]) * np.sin(3.5 * points[:, 1]) * _shown(0.9, px_per_mm)
        return 1 + 0.06 * weave + 0.04 * fine(3.0) + 0.05 * noise(points / 22.0), none, one
    return one, none, one


def _strands(points: Rows, px_per_mm: float) -> Values:
    x, y, z = points.T
    up, back = 0.87 * y - 0.5 * (z + 40), 0.5 * y + 0.87 * (z + 40)
    turn, out = np.arctan2(x, back) + 0.06 * noise(points / 30.0), np.hypot(x, back)

    def layer(often: float, start: float, long_mm: float, deep_mm: float) -> Values:
        return noise(np.stack([turn * often + start, up / long_mm, out / deep_mm], -1))

    return (
        0.16 * layer(16.0, 40.0, 60.0, 30.0)
        + 0.22 * layer(60.0, 90.0, 45.0, 12.0) * _shown(1.6, px_per_mm)
        + 0.22 * layer(170.0, 300.0, 35.0, 6.0) * _shown(0.6, px_per_mm)
    )


def eye_colour(
    points: Rows, px_per_mm: float, iris: Float[np.ndarray, " 3"], white: Float[np.ndarray, " 3"]
) -> tuple[Rows, Values]:
    """Albedo around an eyeball's front and how far it holds."""
    length = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-6)
    polar, soft = np.arctan2(length, points[:, 2]), max(0.02, 0.04 / px_per_mm)
    x, y = points[:, :2].T / length
    fibre = noise(np.stack([3 * x, 3 * y, 4 * polar], -1))
    fibre = fibre + 0.6 * noise(np.stack([7 * x + 50, 7 * y, 9 * polar], -1))
    collar = 1 - _smooth(0.0, 0.10, np.abs(polar - 0.24))
    outer = _smooth(LIMBUS_RAD - soft, LIMBUS_RAD + soft, polar)
    light = (1 + 0.28 * fibre * _shown(0.7, px_per_mm) + 0.25 * collar) * (1 - outer)
    light = light * _smooth(PUPIL_RAD - soft, PUPIL_RAD + soft, polar)
    light = light * (1 - 0.65 * _smooth(IRIS_RAD - soft - 0.06, IRIS_RAD, polar))
    tinted = light[:, None] * np.stack([1 + 0.35 * collar, *[np.ones(len(polar))] * 2], -1)
    share = 1 - _smooth(LIMBUS_RAD + soft, LIMBUS_RAD + 3 * soft, polar)
    return 0.006 + iris * tinted + white * outer[:, None], share


def shade(
    points: Float[np.ndarray, "n 17"], part: int, scene: Scene, shadow: Float[np.ndarray, "s s"]
) -> Rows:
    """Linear RGB that points of one part send to the viewer."""
    kind, wrap, reflectance, exponent, ambient = scene.materials[part]
    normal = points[:, NORMAL : NORMAL + 3]
    normal = normal / np.linalg.norm(normal, axis=-1, keepdims=True)
    normal = np.where(normal[:, 2:] >= 0, normal, -normal)
    albedo, gloss = _surface_colour(points, int(kind), scene)
    lamp, right, down, half, eyes_half, colour = scene.key
    cosine = normal @ lamp
    slopes = np.stack([normal @ right, normal @ down], -1) * scene.mm_per_texel
    slopes = slopes / np.maximum(cosine, 0.2)[:, None]
    seen = np.where(cosine > -wrap, _lamp_share(shadow, points[:, LAMP : LAMP + 3], slopes), 1.0)
    creeping = np.stack([_wrapped(cosine, wrap / part) for part in (1, 3, 4)], -1)
    glow = np.stack([seen + 0.6 * wrap * seen * (1 - seen), seen, seen], -1)
    openness = points[:, OPENNESS] * ambient
    shine = gloss * seen * _smooth(0.0, 0.3, cosine) * _highlight(points, int(kind), exponent, normal, scene)
    shine = shine * (reflectance + (1 - reflectance) * (1 - half[2]) ** 5)
    if kind == EYES:
        aligned = np.maximum(normal @ eyes_half, 0)
        shine = shine + 0.9 * np.minimum(1.5 * openness, 1) * aligned**exponent
    reflection = 2 * normal[:, 2:] * normal - [0, 0, 1]
    grazing = (1 - normal[:, 2]) ** 5
    mirror = gloss * openness * (reflectance + 0.3 * (1 - reflectance) * grazing)
    bounced = openness[:, None] / np.maximum(1 - albedo * (1 - openness[:, None]), 0.2)
    sky = _around(scene.harmonics, normal) * bounced
    return (
        albedo * (sky + colour * creeping * glow)
        + mirror[:, None] * _around(scene.harmonics, reflection)
        + shine[:, None] * colour
    )


def _surface_colour(points: Float[np.ndarray, "n 17"], kind: int, scene: Scene) -> tuple[Rows, Values]:
    albedo, gloss, rest = points[:, ALBEDO : ALBEDO + 3], points[:, GLOSS], points[:, REST : REST + 3]
    if kind == EYES:
        centre = np.where(rest[:, :1] < 0, scene.eyes[0], scene.eyes[1])
        front, share = eye_colour(rest - centre, scene.px_per_mm, scene.eyes[2], scene.eyes[3])
        return albedo + share[:, None] * (front - albedo), gloss
    rest = rest + scene.offset_mm if kind in (SKIN, LIPS) else rest
    light, redness, shine = pattern(kind, rest, scene.px_per_mm)
    tint = np.stack([1 + redness, 1 - 0.6 * redness, 1 - 0.5 * redness], -1)
    return albedo * np.maximum(light, 0.1)[:, None] * tint, gloss * np.clip(shine, 0.2, 2.0)


def _lamp_share(shadow: Float[np.ndarray, "s s"], places: Rows, slopes: Float[np.ndarray, "n 2"]) -> Values:
    """Percentage-closer filtering with 4 x 4 texels, on the surface's own plane."""
    side = shadow.shape[0]
    corner = np.floor(places[:, :2] - 0.5).astype(int) - 1
    share = places[:, :2] - 1.5 - corner
    total = np.zeros(len(places))
    for step in np.ndindex(4, 4):
        offset = np.array(step)
        weight = np.where(offset == 0, 1 - share, np.where(offset == 3, share, 1.0)).prod(-1)
        texel = corner + offset
        plane = places[:, 2] - 2.5 + ((texel + 0.5 - places[:, :2]) * slopes).sum(-1)
        inside = texel.clip(0, side - 1)
        total += weight * (plane <= shadow[inside[:, 1], inside[:, 0]])
    outside = ((corner < 0) | (corner + 4 > side)).any(-1)
    return np.where(outside, 1.0, total / 9)


def _highlight(
    points: Float[np.ndarray, "n 17"], kind: int, exponent: float, normal: Rows, scene: Scene
) -> Values:
    facing = np.maximum(normal @ scene.key[3], 0)
    if kind != HAIR:
        return (exponent + 8) / 8 * facing**exponent
    strand = points[:, STRAND : STRAND + 3] @ scene.rotation.T
    along = (strand @ scene.key[3]) / np.linalg.norm(strand, axis=-1)
    return (exponent + 8) / 8 * (1 - along**2) ** (exponent / 2) * facing


def _around(table: Float[np.ndarray, "9 3"], directions: Rows) -> Rows:
    x, y, z = directions.T
    functions = [np.ones(len(x)), y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y]
    return np.maximum(np.stack(functions, -1) @ table, 0.06 * table[0])


def _wrapped(cosine: Values, wrap: float) -> Values:
    share = np.maximum((cosine + wrap) / (1 + wrap), 0)
    return share * (1 - wrap + wrap * share)


def _smooth(low: float, high: float, value: Values) -> Values:
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def _shown(size_mm: float, px_per_mm: float) -> float:
    return float(np.clip(size_mm * px_per_mm - 0.6, 0, 1))
