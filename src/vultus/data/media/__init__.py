"""Pictures, video and sound: between files of any kind and arrays as docs/conventions.md has them."""

from vultus.data.media.pictures import Picture, read_picture, write_picture
from vultus.data.media.reading import Frame, VideoInfo, VideoReader
from vultus.data.media.sound import Sound, has_sound, read_sound
from vultus.data.media.writing import VideoWriter, synthetic_note

__all__ = [
    "Frame",
    "Picture",
    "Sound",
    "VideoInfo",
    "VideoReader",
    "VideoWriter",
    "has_sound",
    "read_picture",
    "read_sound",
    "synthetic_note",
    "write_picture",
]
