"""What we refuse to decode, so that a small hostile file cannot fill the memory."""

from vultus.errors import MediaError

PICTURE_PX = 64_000_000
"""Most pixels of a picture; with every copy that reading makes, this stays below 2 GiB."""

VIDEO_PX = 16_777_216
"""Most pixels of a video frame (4096x4096); decoders keep up to 18 frames."""

SIDE_PX = 32_768
"""Longest side of a picture or a frame."""

SOUND_VALUES = 1 << 27
"""Most samples, all channels together: 23 minutes of 48 kHz stereo, 512 MiB."""


def require_size(label: str, width: int, height: int, most_px: int) -> None:
    """Refuse pictures and frames without pixels or with too many.

    Args:
        label: What is being read, for the message: kind and name.
        width: px.
        height: px.
        most_px: Most pixels, `PICTURE_PX` or `VIDEO_PX`.

    Raises:
        MediaError: With the size and the limit.
    """
    if width < 1 or height < 1:
        raise MediaError(f"cannot read {label}: its size is {width}x{height} px", remedy="use another file")
    if width * height > most_px or max(width, height) > SIDE_PX:
        raise MediaError(
            f"cannot read {label}: {width}x{height} px is more than {most_px / 1e6:.0f} megapixels"
            f" or {SIDE_PX} px on a side",
            remedy="make it smaller",
            metadata={"width_px": width, "height_px": height, "limit_px": most_px},
        )
