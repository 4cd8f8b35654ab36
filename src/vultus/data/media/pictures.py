"""Pictures from files and into files."""

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageCms, PngImagePlugin

from vultus.data.media import limits
from vultus.data.media.atomic import replacing
from vultus.data.media.orientation import EXIF_MATRICES, oriented
from vultus.data.media.sources import NOT_MEDIA, label_of, reason_of, require_file
from vultus.errors import InputError, MediaError

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")
"""What is decoded; formats that run other programs, such as EPS, are left out."""

SUFFIXES = (".png", ".jpg", ".jpeg")
"""What is written."""

_ORIENTATION_TAG = 0x0112
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error, KeyError)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
_filters = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A picture as it is looked at: upright, 8 bit, sRGB."""

    rgb: UInt8[np.ndarray, "h w 3"]
    """RGB, not multiplied by alpha."""

    alpha: UInt8[np.ndarray, "h w"] | None
    """Opacity, 255 opaque; none where the file has none."""


def read_picture(source: Path | str | bytes, name: str = "") -> Picture:
    """Read a picture, of an animation the first one.

    Orientation of EXIF is applied, 16 bit are scaled to 8, colour profiles are converted to sRGB.

    Args:
        source: A path, or the bytes of a file.
        name: What messages call it when `source` is bytes.

    Raises:
        MediaError: When there is no whole picture in it or it is too large.
    """
    if isinstance(source, bytes):
        label = label_of("picture", Path(name or "bytes"))
        if not source:
            raise MediaError(f"cannot read {label}: there are no bytes", remedy=NOT_MEDIA["picture"])
        return _read(io.BytesIO(source), label)
    label = label_of("picture", Path(source))
    with require_file(Path(source), "picture").open("rb") as file:
        return _read(file, label)


def _read(file: io.BytesIO | io.BufferedReader, label: str) -> Picture:
    image = _open(file, label)
    with image:
        limits.require_size(label, *image.size, limits.PICTURE_PX)
        try:
            image.load()
            pixels = _pixels(image)
            orientation = image.getexif().get(_ORIENTATION_TAG, 1)
        except MediaError:
            raise
        except _UNREADABLE as error:
            raise MediaError(
                f"cannot read {label}: the picture is cut off or damaged",
                remedy="use a whole file",
                metadata={"pillow": reason_of(error)},
            ) from error
        except NotImplementedError as error:
            raise MediaError(f"cannot read {label}: {error}", remedy="save it as PNG with 8 bit") from error
    matrix = EXIF_MATRICES.get(orientation, EXIF_MATRICES[1])
    pixels = oriented(pixels, matrix)
    if pixels.shape[2] == 3:
        return Picture(pixels, None)
    return Picture(np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3]))


def _open(file: io.BytesIO | io.BufferedReader, label: str) -> Image.Image:
    Image.init()  # all plug-ins; those in `FORMATS` alone are asked
    try:
        # Pillow's own limits would warn or raise, depending on the size; ours are stricter than both.
        with _filters, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about damaged EXIF
            return Image.open(file, formats=FORMATS)
    except _BOMBS as error:
        raise MediaError(
            f"cannot read {label}: it has more than {limits.PICTURE_PX / 1e6:.0f} megapixels",
            remedy="make it smaller",
            metadata={"limit_px": limits.PICTURE_PX},
        ) from error
    except _UNREADABLE as error:
        raise MediaError(
            f"cannot read {label}: it is no picture, or of an unknown kind",
            remedy=NOT_MEDIA["picture"],
            metadata={"pillow": reason_of(error)},
        ) from error


def _pixels(image: Image.Image) -> UInt8[np.ndarray, "h w c"]:
    """RGB, or RGB and alpha, of a decoded picture."""
    if image.mode.startswith(("I", "F")):
        gray = _eight_bit(image)
        return np.repeat(gray[..., None], 3, axis=2)
    image = _in_srgb(image)
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return np.array(image.convert("RGBA" if transparent else "RGB"))


def _eight_bit(image: Image.Image) -> UInt8[np.ndarray, "h w"]:
    """16 bit scaled to 8; Pillow's own conversion would clip it to white."""
    values = np.asarray(image)
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise NotImplementedError(f"its samples are {values.dtype}, not 8 or 16 bit")
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB where it carries another profile; a broken profile is not obeyed."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def write_picture(
    path: Path | str,
    rgb: UInt8[np.ndarray, "h w 3"],
    alpha: UInt8[np.ndarray, "h w"] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write PNG or JPEG, as the suffix says; whole or not at all.

    Args:
        path: Ends in .png, .jpg or .jpeg.
        rgb: RGB, sRGB.
        alpha: Opacity, 255 opaque; PNG only.
        metadata: Text kept in the file, for instance that it is synthetic.

    Raises:
        InputError: For another suffix, alpha in JPEG or a folder that cannot be written to.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"cannot write {str(path)!r}: unknown suffix", remedy=f"use {', '.join(SUFFIXES)}")
    if alpha is not None and suffix != ".png":
        raise InputError(f"cannot write {str(path)!r}: JPEG has no alpha", remedy="use .png")
    image = Image.fromarray(rgb if alpha is None else np.dstack([rgb, alpha]))
    try:
        with replacing(path) as temporary:
            _save(image, temporary, suffix, metadata or {})
    except OSError as error:
        raise InputError(
            f"cannot write {str(path)!r}: {reason_of(error)}", remedy="free space or choose another folder"
        ) from error


def _save(image: Image.Image, path: Path, suffix: str, metadata: Mapping[str, str]) -> None:
    if suffix == ".png":
        chunks = PngImagePlugin.PngInfo()
        for key, value in metadata.items():
            chunks.add_itxt(key, value)
        image.save(path, format="PNG", pnginfo=chunks, compress_level=4)
        return
    comment = "; ".join(f"{key}: {value}" for key, value in metadata.items())
    image.save(path, format="JPEG", quality=95, subsampling=0, comment=comment.encode() or None)
