"""The frames of an item: a part of a video, or a still."""

from collections.abc import Iterator
from dataclasses import dataclass

from vultus.data.media import Frame, VideoReader, read_picture
from vultus.data.real.adapters.layout import PICTURE_SUFFIXES
from vultus.data.real.sources import SourceItem
from vultus.errors import InputError, MediaError
from vultus.face.crop import SquareCrop

REGION_GROWTH = 1.8
"""Side of the square in which a face is looked for, in sides of the box that the source gives."""

STILL_FPS = 25.0
"""What a still's one frame is said to last for."""


@dataclass
class OpenItem:
    """An item whose file can be read; iterates over its frames, anew each time."""

    item: SourceItem
    """What is read."""

    reader: VideoReader | None
    """None for a still."""

    size_px: tuple[int, int]
    """(height, width) of the frames."""

    fps: float
    """Nominal or mean frame rate, Hz."""

    @property
    def still(self) -> bool:
        """Whether the item is a picture."""
        return self.reader is None

    def __iter__(self) -> Iterator[Frame]:
        """Frames of the item in order; `index` counts from the file's first, times are the file's."""
        if self.reader is None:
            yield Frame(read_picture(self.item.path).rgb, 0.0, 0)
            return
        start_s, end_s = self.item.start_s, self.item.end_s
        half_s = 0.5 / self.fps
        for frame in self.reader.frames_from(start_s - half_s):
            if end_s is not None and frame.time_s > end_s - half_s:
                break
            if frame.time_s > start_s - half_s:
                yield frame
        self.reader.close()

    def close(self) -> None:
        """Let go of the file."""
        if self.reader is not None:
            self.reader.close()

    def region(self) -> SquareCrop | None:
        """Where in the frames the source says that the face is; None for anywhere."""
        if self.item.box_px is None:
            return None
        left, top, right, bottom = self.item.box_px
        height, width = self.item.box_frame_px or (0, 0)
        # A frame of given height and any width was scaled with its aspect.
        rise = self.size_px[0] / height if height else 1.0
        across = self.size_px[1] / width if width else rise
        side = REGION_GROWTH * max((right - left) * across, (bottom - top) * rise)
        centre_x, centre_y = across * (left + right) / 2, rise * (top + bottom) / 2
        region = SquareCrop(round(centre_x - side / 2), round(centre_y - side / 2), max(round(side), 1))
        rows, columns = region.inside(self.size_px)
        if rows.stop - rows.start < 2 or columns.stop - columns.start < 2:
            raise InputError(
                f"the box {self.item.box_px} lies outside frames of {self.size_px[1]}x{self.size_px[0]} px",
                remedy="check that the video is the one that the source means",
            )
        return region

    def notes(self) -> list[str]:
        """What is unusual about the file; complete only after it was read to its end."""
        if self.reader is None:
            return []
        notes = []
        if self.reader.truncated:
            notes.append("some frames do not decode and were left out")
        if self.reader.info.variable_rate:
            notes.append(f"frames are shown for different times; {self.fps:.3f} Hz is their mean")
        return notes


def open_item(item: SourceItem) -> OpenItem:
    """Open an item's file.

    Raises:
        MediaError: It cannot be read, or the source's description of it is faulty.
    """
    if item.fault:
        raise MediaError(item.fault)
    if item.path.suffix.lower() in PICTURE_SUFFIXES:
        height, width = read_picture(item.path).rgb.shape[:2]
        return OpenItem(item, None, (height, width), STILL_FPS)
    reader = VideoReader(item.path)
    return OpenItem(item, reader, reader.info.size_px, reader.info.fps)
