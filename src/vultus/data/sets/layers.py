"""Truth beside the frames: one array for each frame, compressed without loss, streamed.

A layer is an ordinary npz file with the members "0", "1", … in the order of the frames, so that
`numpy.load` reads it too, one frame at a time.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vultus.data.sets.faults import ClipDamagedError, Fault

COMPRESSION_LEVEL = 4
"""Of deflate; higher ones take twice the time for 1 % on depth and parts."""


class LayerWriter:
    """Writes one array after another; equal arrays give equal bytes.

    Args:
        path: Ends in .npz.
    """

    def __init__(self, path: Path) -> None:
        self.frame_count = 0
        """Arrays written so far."""
        self._archive = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL)

    def write(self, values: np.ndarray) -> None:
        """Add the next frame's values: numbers or truth values."""
        if values.dtype.kind not in "biuf":
            raise ValueError(f"a layer holds numbers, not {values.dtype}")
        member = zipfile.ZipInfo(f"{self.frame_count}.npy")  # without a date, which would be the clock's
        member.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(member, "w", force_zip64=True) as file:
            np.lib.format.write_array(file, np.ascontiguousarray(values), allow_pickle=False)
        self.frame_count += 1

    def close(self) -> None:
        """Finish the file."""
        self._archive.close()


def read_layer(file: BinaryIO, where: Fault, start: int, stop: int) -> Iterator[np.ndarray]:
    """Arrays [start, stop) of what `LayerWriter` wrote.

    Args:
        file: The layer; closed at the end.
        where: What messages call it.
        start: First frame.
        stop: Behind the last frame.

    Raises:
        ClipDamagedError: When it is no layer, or has fewer frames.
    """
    try:
        with file, np.load(file, allow_pickle=False) as archive:
            for index in range(start, stop):
                yield archive[str(index)]
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        message = f"is no layer of {stop} frames: {error}"
        raise ClipDamagedError(Fault(where.where, where.file, message)) from error
