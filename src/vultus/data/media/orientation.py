"""Turning and mirroring stored pixels to what is meant to be seen."""

import numpy as np

Matrix = tuple[tuple[int, int], tuple[int, int]]
"""((xx, xy), (yx, yy)), image frame: x shown is xx·x + xy·y stored, y likewise, up to a shift."""

UPRIGHT: Matrix = ((1, 0), (0, 1))

EXIF_MATRICES: dict[int, Matrix] = {
    1: UPRIGHT,
    2: ((-1, 0), (0, 1)),
    3: ((-1, 0), (0, -1)),
    4: ((1, 0), (0, -1)),
    5: ((0, 1), (1, 0)),
    6: ((0, -1), (1, 0)),
    7: ((0, -1), (-1, 0)),
    8: ((0, 1), (-1, 0)),
}
"""What the values of EXIF's Orientation stand for [exif2.32, tag 0x0112]."""


def oriented(pixels: np.ndarray, matrix: Matrix) -> np.ndarray:
    """Apply a quarter turn or mirroring to rows and columns.

    Args:
        pixels: (h, w, ...).
        matrix: Stored to shown.

    Returns:
        Contiguous; (w, h, ...) when the matrix swaps the axes.
    """
    (xx, xy), (yx, yy) = matrix
    swapped = xx == 0
    if swapped:
        pixels = pixels.swapaxes(0, 1)
    if (xy if swapped else xx) < 0:
        pixels = pixels[:, ::-1]
    if (yx if swapped else yy) < 0:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def from_display_matrix(data: bytes) -> Matrix:
    """The quarter turn nearest to a display matrix of a container.

    Args:
        data: Nine native 32-bit integers, a b u c d v x y w, with x' = a·x + c·y and y' = b·x + d·y
            [iso14496-12, §6.2.2].

    Example:
        >>> from_display_matrix(np.array([0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30], np.int32).tobytes())
        ((0, -1), (1, 0))
    """
    a, b, _, c, d = (float(value) for value in np.frombuffer(data, np.int32)[:5])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return ((-1 if a < 0 else 1, 0), (0, -1 if d < 0 else 1))
    return ((0, -1 if c < 0 else 1), (-1 if b < 0 else 1, 0))
