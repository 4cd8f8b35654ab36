"""Compiled loops over bfloat16 features whose channels come last, as 16-bit words.

What is widened to float32 has the word as its upper half; what is narrowed is rounded to the nearest even.
"""

from typing import no_type_check

import numpy as np
from numba import njit

_HALF, _ODD, _SHIFT = np.uint32(0x7FFF), np.uint32(1), np.uint32(16)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def tiles_in(x, tiles, first, begin, end):  # noqa: C901, PLR0912 - one nest of loops
    """Transform input tiles, B^T d B of F(2×2, 3×3) [lavin2016winograd].

    Args:
        x: (b, h, w, c) words; zeros lie around each picture.
        tiles: (16, n, c) words to fill, row by row of tiles.
        first: Row of tiles, counted through all pictures, that `tiles` begin with.
        begin: First row of tiles to make, counted from `first`.
        end: Behind the last one.
    """
    _, height, width, channels = x.shape
    down, across = (height + 1) // 2, (width + 1) // 2
    d = np.empty((4, 4, channels), np.float32)
    e = np.empty((4, 4, channels), np.float32)
    words = d.view(np.uint32)
    for line in range(begin, end):
        picture, tile_row = (first + line) // down, (first + line) % down
        for column in range(across):
            for i in range(4):
                row = 2 * tile_row + i - 1
                for j in range(4):
                    place = 2 * column + j - 1
                    if row < 0 or row >= height or place < 0 or place >= width:
                        words[i, j, :] = 0
                        continue
                    for k in range(channels):
                        words[i, j, k] = np.uint32(x[picture, row, place, k]) << _SHIFT
            for j in range(4):
                for k in range(channels):
                    e[0, j, k] = d[0, j, k] - d[2, j, k]
                    e[1, j, k] = d[1, j, k] + d[2, j, k]
                    e[2, j, k] = d[2, j, k] - d[1, j, k]
                    e[3, j, k] = d[1, j, k] - d[3, j, k]
            for i in range(4):
                for k in range(channels):
                    d[i, 0, k] = e[i, 0, k] - e[i, 2, k]
                    d[i, 1, k] = e[i, 1, k] + e[i, 2, k]
                    d[i, 2, k] = e[i, 2, k] - e[i, 1, k]
                    d[i, 3, k] = e[i, 1, k] - e[i, 3, k]
            tile = line * across + column
            for i in range(4):
                for j in range(4):
                    for k in range(channels):
                        word = words[i, j, k]
                        tiles[4 * i + j, tile, k] = (word + _HALF + ((word >> _SHIFT) & _ODD)) >> _SHIFT


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def tiles_out(tiles, bias, slope, y, first, begin, end):  # noqa: C901 - one nest of loops
    """Transform output tiles, A^T m A of F(2×2, 3×3) [lavin2016winograd], add the bias, apply LeakyReLU.

    Args:
        tiles: (16, n, o) words.
        bias: (o,) float32.
        slope: Of the LeakyReLU.
        y: (b, h, w, o) words; the rows of these tiles are filled.
        first: As in `tiles_in`.
        begin: As in `tiles_in`.
        end: As in `tiles_in`.
    """
    _, height, width, channels = y.shape
    down, across = (height + 1) // 2, (width + 1) // 2
    d = np.empty((4, 4, channels), np.float32)
    e = np.empty((2, 4, channels), np.float32)
    g = np.empty(channels, np.float32)
    words, made = d.view(np.uint32), g.view(np.uint32)
    for line in range(begin, end):
        picture, tile_row = (first + line) // down, (first + line) % down
        for column in range(across):
            tile = line * across + column
            for i in range(4):
                for j in range(4):
                    for k in range(channels):
                        words[i, j, k] = np.uint32(tiles[4 * i + j, tile, k]) << _SHIFT
            for j in range(4):
                for k in range(channels):
                    e[0, j, k] = d[0, j, k] + d[1, j, k] + d[2, j, k]
                    e[1, j, k] = d[1, j, k] - d[2, j, k] - d[3, j, k]
            for i in range(2):
                for j in range(2):
                    row, place = 2 * tile_row + i, 2 * column + j
                    if row >= height or place >= width:
                        continue
                    for k in range(channels):
                        inner = e[i, 1, k] + e[i, 2, k] if j == 0 else e[i, 1, k] - e[i, 2, k]
                        value = inner + (e[i, 0, k] if j == 0 else -e[i, 3, k]) + bias[k]
                        g[k] = max(value, np.float32(0)) + slope * min(value, np.float32(0))
                    for k in range(channels):
                        y[picture, row, place, k] = (made[k] + _HALF + ((made[k] >> _SHIFT) & _ODD)) >> _SHIFT


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def moments(x, first, last, sums):
    """Add up values and squares of each picture's channels.

    Args:
        x: (b, h, w, c) words.
        first: Row of pixels, counted through all pictures.
        last: Behind the last one.
        sums: (b, 2, c) float64, added to.
    """
    _, height, width, channels = x.shape
    words = np.empty(channels, np.uint32)
    value = words.view(np.float32)
    total, squares = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for line in range(first, last):
        picture, row = line // height, line % height
        total[:] = 0
        squares[:] = 0
        for column in range(width):
            for k in range(channels):
                words[k] = np.uint32(x[picture, row, column, k]) << _SHIFT
            for k in range(channels):
                total[k] += value[k]
                squares[k] += value[k] * value[k]
        for k in range(channels):
            sums[picture, 0, k] += total[k]
            sums[picture, 1, k] += squares[k]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
@no_type_check
def modulated(x, gain, offset, painted, slope, y, first, last):
    """LeakyReLU of (x gain + offset) p + q, where p and q are the two halves of what is painted.

    Args:
        x: (b, h, w, c) words.
        gain: (b, c) float32.
        offset: (b, c) float32.
        painted: (b, h, w, 2 c) words; no channels for p = 1 and q = 0.
        slope: Of the LeakyReLU.
        y: (b, h, w, c) words to fill.
        first: As in `moments`.
        last: As in `moments`.
    """
    _, height, width, channels = x.shape
    words = np.empty(channels, np.uint32)
    scale, shift = np.empty(channels, np.uint32), np.empty(channels, np.uint32)
    plain = painted.shape[3] == 0
    value, p, q = words.view(np.float32), scale.view(np.float32), shift.view(np.float32)
    for line in range(first, last):
        picture, row = line // height, line % height
        for column in range(width):
            for k in range(channels):
                words[k] = np.uint32(x[picture, row, column, k]) << _SHIFT
            if plain:
                for k in range(channels):
                    value[k] = value[k] * gain[picture, k] + offset[picture, k]
            else:
                for k in range(channels):
                    scale[k] = np.uint32(painted[picture, row, column, k]) << _SHIFT
                    shift[k] = np.uint32(painted[picture, row, column, channels + k]) << _SHIFT
                for k in range(channels):
                    value[k] = (value[k] * gain[picture, k] + offset[picture, k]) * p[k] + q[k]
            for k in range(channels):
                value[k] = max(value[k], np.float32(0)) + slope * min(value[k], np.float32(0))
            for k in range(channels):
                y[picture, row, column, k] = (words[k] + _HALF + ((words[k] >> _SHIFT) & _ODD)) >> _SHIFT
