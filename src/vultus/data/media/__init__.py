"""Pictures, video and sound: between files of any kind and arrays as docs/conventions.md has them."""

from vultus.data.media.pictures import Picture, read_picture, write_picture
from vultus.data.media.reading import Frame, VideoInfo, VideoReader

__all__ = ["Frame", "Picture", "VideoInfo", "VideoReader", "read_picture", "write_picture"]
