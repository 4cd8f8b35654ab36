"""Opening files that strangers made."""

from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vultus.data.media import limits
from vultus.errors import MediaError

av.logging.set_level(None)  # libav would talk to stderr about every damaged packet

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,mpegvideo,flv,ogg,asf,h264,hevc,m4v,"
    "wav,w64,aiff,mp3,aac,flac,caf,amr,au"
)
"""Containers that hold their own data; playlists, which name other files, are left out."""

NOT_MEDIA = {
    "video": "use MP4, MOV, MKV, WebM, AVI or GIF",
    "sound": "use WAV, MP3, M4A, FLAC, OGG or a video with sound",
    "picture": "use PNG, JPEG, WebP, TIFF, BMP or GIF",
}


def label_of(kind: str, path: Path) -> str:
    """What messages call a file; always one line."""
    return f"{kind} {str(path)!r}"


def require_file(path: Path, kind: str) -> Path:
    """The absolute path of an ordinary, readable file with something in it.

    Args:
        path: Where the file should be.
        kind: "picture", "video" or "sound", for the message.

    Raises:
        MediaError: When it is absent, a folder, a device, unreadable or empty.
    """
    label = label_of(kind, path)
    try:
        if path.is_dir():
            raise MediaError(f"cannot read {label}: it is a folder", remedy="name a file in it")
        if path.exists() and not path.is_file():
            raise MediaError(f"cannot read {label}: it is not an ordinary file", remedy="name a file")
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError(f"cannot read {label}: the file is empty", remedy=NOT_MEDIA[kind])
    except FileNotFoundError as error:
        raise MediaError(f"cannot read {label}: no such file", remedy="check the path") from error
    except PermissionError as error:
        raise MediaError(f"cannot read {label}: permission denied", remedy="check its rights") from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise MediaError(f"cannot read {label}: {reason_of(error)}", remedy="check the path") from error
    return path.resolve()


def open_container(path: Path, kind: str, label: str) -> InputContainer:
    """Open a checked file for demuxing.

    The pixel limit reaches libav before it decodes anything to probe the file.

    Args:
        path: From `require_file`.
        kind: "video" or "sound".
        label: What messages call the file.
    """
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": DEMUXERS,
        "max_pixels": str(limits.VIDEO_PX),
    }
    try:
        return av.open(str(path), options=options, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            f"cannot read {label}: it is damaged, cut off or no {kind}",
            remedy=NOT_MEDIA[kind],
            metadata={"libav": reason_of(error)},
        ) from error


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first stream of moving pictures; the cover of a piece of music is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def reason_of(error: Exception) -> str:
    """What the system says, on one line and without the path."""
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())
