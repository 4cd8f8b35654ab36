"""Clothes: sheets that lie a little above the torso, with a neckline, and what edges it."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from vultus.world.bodies.piece import Piece, grid_faces, piece, smoothstep, tube
from vultus.world.bodies.surface import HeadSurface, vertex_normals
from vultus.world.bodies.torso import torso_normals, torso_points, torso_share
from vultus.world.people.records import Clothes, Rgb

Values = Float[np.ndarray, " n"]
Points = Float[np.ndarray, "n 3"]
Neckline = Callable[[Values], Values]
"""Place on the torso where a sheet begins, by azimuth."""

_COLUMNS = 48
_ROWS = 18
_ON_NECK_MM = 0.5
_THICK_MM = 1.4


def torso_pieces(clothes: Clothes, surface: HeadSurface, skin: Rgb, gloss: float) -> list[Piece]:
    """The skin of the neck's base and what is worn over it."""
    return [_skin(clothes, surface, skin, gloss), *_WORN[clothes.style](clothes)]


def _skin(clothes: Clothes, surface: HeadSurface, skin: Rgb, gloss: float) -> Piece:
    """The neck's base; it lies on the head's own neck where the two meet."""
    place, azimuth = _grid(np.zeros(_COLUMNS), 0.6, 9)
    points = torso_points(place, azimuth, clothes.breadth)
    out = np.stack([np.sin(azimuth), np.zeros(len(azimuth)), np.cos(azimuth)], -1)
    meets = smoothstep(place, 0.45, 0.25)
    for _ in range(3):
        off = surface.distance(points) - _ON_NECK_MM
        # At the upper edge the skin is fetched to the neck from both sides, below only pushed out of it.
        points = points - (np.where(place < 0.01, off, np.minimum(off, 0.0)) * meets)[:, None] * out
    return piece("neck", points, _faces(9), skin, gloss=gloss, torso=torso_share(points))


def _t_shirt(clothes: Clothes) -> list[Piece]:
    neckline = _round(0.29, 0.22, 0.185)
    band = _trim(clothes, neckline, 3.4, 3.6, np.array(clothes.colour) * 0.85)
    return [_sheet(clothes, neckline, 3.5), band]


def _jumper(clothes: Clothes) -> list[Piece]:
    neckline = _round(0.22, 0.175, 0.15)
    band = _trim(clothes, neckline, 6.0, 7.0, np.array(clothes.colour) * 0.88)
    return [_sheet(clothes, neckline, 6.5), band]


def _shirt(clothes: Clothes) -> list[Piece]:
    neckline = _round(0.25, 0.17, 0.15)
    return [_sheet(clothes, neckline, 4.0), _collar(clothes, clothes.colour), _placket(clothes)]


def _jacket(clothes: Clothes) -> list[Piece]:
    under = Clothes("t_shirt", clothes.second, clothes.second, "plain", clothes.breadth)
    opening = _v_shape(0.80, 0.20, 0.16)
    lapel = _lapels(clothes, opening)
    return [*_t_shirt(under), _sheet(clothes, opening, 9.5), lapel]


_WORN: dict[str, Callable[[Clothes], list[Piece]]] = {
    "t_shirt": _t_shirt,
    "shirt": _shirt,
    "jumper": _jumper,
    "jacket": _jacket,
}


def _round(front: float, side: float, back: float) -> Neckline:
    def at(azimuth: Values) -> Values:
        end = np.where(np.cos(azimuth) > 0, front, back)
        return side + (end - side) * np.cos(azimuth) ** 2

    return at


def _v_shape(front: float, side: float, back: float) -> Neckline:
    def at(azimuth: Values) -> Values:
        turn = np.abs(np.angle(np.exp(1j * azimuth)))
        ahead = np.clip(1 - turn / 1.05, 0, 1)
        behind = np.clip(-np.cos(azimuth), 0, 1)
        return side + (front - side) * ahead**1.15 + (back - side) * behind**2

    return at


def _azimuths() -> Values:
    return np.linspace(-np.pi, np.pi, _COLUMNS, endpoint=False)


def _grid(start: Values, end: float, rows: int) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    """Places and azimuths, rows from the neckline down."""
    share = np.linspace(0, 1, rows)[:, None]
    place = start + (end - start) * share
    return place.ravel(), np.broadcast_to(_azimuths(), place.shape).ravel()


def _faces(rows: int) -> np.ndarray:
    """Rows run down here, so the winding is turned over."""
    return grid_faces(rows, _COLUMNS, closed=True)[:, ::-1]


def _sheet(clothes: Clothes, neckline: Neckline, height_mm: float) -> Piece:
    """The cloth, its edge folded in to the skin."""
    start = neckline(_azimuths())
    place, azimuth = _grid(start, 1.0, _ROWS)
    place = np.concatenate([start + 0.004, start, place])
    azimuth = np.concatenate([_azimuths(), _azimuths(), azimuth])
    above = np.full((_ROWS + 2, _COLUMNS), height_mm)
    above[0], above[1] = -3.0, 0.6 * height_mm
    folds = _folds(place, azimuth) * smoothstep(place, 0.3, 0.6)
    points = torso_points(place, azimuth, clothes.breadth)
    points = points + (above.ravel() + folds)[:, None] * torso_normals(place, azimuth, clothes.breadth)
    albedo = _patterned(clothes, points, azimuth)
    return piece("clothes", points, _faces(_ROWS + 2), albedo, gloss=0.08, torso=_cloth_share(points))


def _folds(place: Values, azimuth: Values) -> Values:
    """Soft creases that fall from the shoulders."""
    return 1.8 * np.sin(7 * azimuth + 9 * place) * np.cos(3 * azimuth) + 1.2 * np.sin(
        26 * place + 2 * azimuth
    )


def _cloth_share(points: Points) -> Values:
    return np.maximum(torso_share(points), 0.97)


def _patterned(clothes: Clothes, points: Points, azimuth: Values) -> Points:
    """Colours of the vertices: stripes run down, hoops across."""
    first, second = np.array(clothes.colour), np.array(clothes.second)
    down = (np.mod(np.floor((azimuth + np.pi) / (2 * np.pi) * _COLUMNS + 0.5), 4) < 2).astype(float)
    across = smoothstep(np.sin(points[:, 1] / 5.5), -0.35, 0.35)
    share = {
        "plain": np.zeros(len(points)),
        "stripes": 0.8 * down,
        "hoops": 0.9 * across,
        "check": 0.4 * down + 0.45 * across,
    }[clothes.pattern]
    return first + share[:, None] * (second - first)


def _trim(
    clothes: Clothes, neckline: Neckline, height_mm: float, radius_mm: float, colour: Float[np.ndarray, "3"]
) -> Piece:
    """A ribbed band along the neckline."""
    azimuth = _azimuths()
    place = neckline(azimuth) + 0.006
    path = torso_points(place, azimuth, clothes.breadth)
    path = path + 0.55 * height_mm * torso_normals(place, azimuth, clothes.breadth)
    points, faces = tube(path, np.full(_COLUMNS, 0.6 * radius_mm), 6, closed=True)
    return piece("clothes", points, faces, colour, gloss=0.06, torso=_cloth_share(points))


def _collar(clothes: Clothes, colour: Rgb) -> Piece:
    """A band that stands round the neck and folds outwards, open at the front."""
    columns = 41
    turn = np.linspace(-np.pi + 0.16, np.pi - 0.16, columns)
    azimuth = np.pi - turn  # begins at one side of the opening and runs round the back
    front = np.abs(turn) / np.pi
    foot = torso_points(_round(0.25, 0.17, 0.15)(azimuth), azimuth, clothes.breadth)
    normal = torso_normals(np.full(columns, 0.2), azimuth, clothes.breadth)
    out = normal * [1, 0, 1]
    out = out / np.linalg.norm(out, axis=1, keepdims=True)
    stand = 20.0 - 7.0 * smoothstep(front, 0.6, 1.0)
    fall = 30.0 + 14.0 * smoothstep(front, 0.75, 0.98)
    rows = [
        foot + 2.5 * out - [0, 4, 0],
        foot + 4.0 * out + stand[:, None] * [0, 0.95, 0],
        foot + 8.0 * out + stand[:, None] * [0, 1.0, 0],
        foot + (11.0 + 0.3 * fall)[:, None] * out + (stand - 0.45 * fall)[:, None] * [0, 1, 0],
        foot + (13.0 + 0.62 * fall)[:, None] * out + (stand - fall)[:, None] * [0, 1, 0],
        foot + (9.0 + 0.55 * fall)[:, None] * out + (stand - fall - 1.5)[:, None] * [0, 1, 0],
    ]
    points, faces = _two_sided(np.concatenate(rows), grid_faces(len(rows), columns))
    return piece("clothes", points, faces, np.array(colour) * 1.04, gloss=0.08, torso=_cloth_share(points))


def _two_sided(points: Points, faces: np.ndarray) -> tuple[Float[np.ndarray, "m 3"], np.ndarray]:
    """A sheet with a back of its own, so that each side has its own normals."""
    back = points - _THICK_MM * vertex_normals(points, faces)
    return np.concatenate([points, back]), np.concatenate([faces, faces[:, ::-1] + len(points)])


def _placket(clothes: Clothes) -> Piece:
    """The doubled strip down the front that the buttons sit on."""
    rows = 16
    place = np.repeat(np.linspace(0.27, 1.0, rows), 3)
    azimuth = np.tile([-0.13, 0.0, 0.13], rows) * (0.6 / (0.4 + place))
    above = np.tile([4.0, 6.6, 4.0], rows)
    points = torso_points(place, azimuth, clothes.breadth)
    points = points + above[:, None] * torso_normals(place, azimuth, clothes.breadth)
    button = (np.tile([0, 1, 0], rows) * np.repeat(np.arange(rows) % 4 == 1, 3))[:, None]
    albedo = _patterned(clothes, points, azimuth) * 0.92
    albedo = albedo + button * (np.array([0.5, 0.48, 0.44]) - albedo)
    return piece(
        "clothes", points, grid_faces(rows, 3)[:, ::-1], albedo, gloss=0.1, torso=_cloth_share(points)
    )


def _lapels(clothes: Clothes, opening: Neckline) -> Piece:
    """The jacket's edge, turned over: a strip along the opening, broad at the chest."""
    azimuth = _azimuths()
    start = opening(azimuth)
    turn = np.abs(np.angle(np.exp(1j * azimuth)))
    width = 0.05 + 0.10 * smoothstep(turn, 0.05, 0.45) * smoothstep(turn, 1.5, 0.7)
    rows = [
        (start - 0.004, 4.0),
        (start - 0.002, 13.0),
        (start + 0.5 * width, 14.5),
        (start + width, 13.0),
        (start + width, 8.0),
    ]
    place = np.concatenate([row for row, _ in rows])
    above = np.repeat([height for _, height in rows], _COLUMNS)
    every = np.tile(azimuth, len(rows))
    points = torso_points(place, every, clothes.breadth)
    points = points + above[:, None] * torso_normals(place, every, clothes.breadth)
    albedo = np.array(clothes.colour) * 0.9
    return piece("clothes", points, _faces(len(rows)), albedo, gloss=0.1, torso=_cloth_share(points))
