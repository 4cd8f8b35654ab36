import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from vultus.data.media import limits, read_picture, write_picture
from vultus.errors import InputError, MediaError


@pytest.fixture
def rgb() -> np.ndarray:
    """Smooth, so that JPEG keeps it."""
    rows, columns = np.mgrid[0:24, 0:40]
    return np.stack([6 * columns, 10 * rows, 3 * (rows + columns)], axis=2).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_exif_orientation_is_applied(rgb, orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(rgb), kind, exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    np.testing.assert_array_equal(read_picture(data).rgb, np.asarray(expected))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_is_ignored(rgb, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(rgb), "PNG", exif=exif)
    np.testing.assert_array_equal(read_picture(data).rgb, rgb)


def test_alpha_turns_with_the_picture(rgb):
    exif = Image.Exif()
    exif[0x0112] = 6
    alpha = rgb[..., 0]
    data = encoded(Image.fromarray(np.dstack([rgb, alpha])), "PNG", exif=exif)
    picture = read_picture(data)
    np.testing.assert_array_equal(picture.alpha, np.rot90(alpha, -1))
    np.testing.assert_array_equal(picture.rgb, np.rot90(rgb, -1))


def test_sixteen_bit_gray_is_scaled_not_clipped():
    values = np.array([[0, 257, 128 * 257, 40000, 65535]], np.uint16)
    picture = read_picture(encoded(Image.fromarray(values), "PNG"))
    np.testing.assert_array_equal(picture.rgb[0, :, 0], np.round(values[0] / 257))
    assert picture.alpha is None


@pytest.mark.parametrize("kind", ["TIFF", "PPM"])
def test_sixteen_bit_gray_of_other_containers(kind):
    values = np.array([[0, 257, 128 * 257, 40000, 65535]], np.uint16)
    picture = read_picture(encoded(Image.fromarray(values), kind))
    np.testing.assert_array_equal(picture.rgb[0, :, 1], np.round(values[0] / 257))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "YCbCr", "LAB", "I"])
def test_every_mode_is_read(rgb, mode):
    image = Image.fromarray(rgb)
    image = image.convert("L").convert(mode) if mode in ("LA", "I", "PA") else image.convert(mode)
    picture = read_picture(encoded(image, "TIFF"))
    assert picture.rgb.shape == rgb.shape
    assert (picture.alpha is not None) == (mode in ("LA", "PA", "RGBA"))


def test_samples_without_a_known_range_are_refused():
    with pytest.raises(MediaError, match="float32"):
        read_picture(encoded(Image.fromarray(np.ones((3, 3), np.float32)), "TIFF"))


def test_a_transparent_palette_entry_becomes_alpha(rgb):
    palette = Image.fromarray(rgb).quantize(8)
    picture = read_picture(encoded(palette, "PNG", transparency=0))
    assert picture.alpha is not None
    np.testing.assert_array_equal(picture.alpha == 0, np.asarray(palette) == 0)


def test_the_first_picture_of_an_animation(rgb):
    first, second = Image.fromarray(rgb), Image.fromarray(255 - rgb)
    data = encoded(first, "WEBP", save_all=True, append_images=[second], lossless=True)
    np.testing.assert_array_equal(read_picture(data).rgb, rgb)


def test_a_colour_profile_is_converted():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = lab.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    data = encoded(Image.fromarray(red), "PNG", icc_profile=swapped)
    np.testing.assert_allclose(read_picture(data).rgb[0, 0], [0, 255, 0], atol=2)


def test_a_broken_colour_profile_is_not_obeyed(rgb):
    data = encoded(Image.fromarray(rgb), "PNG", icc_profile=b"no profile at all")
    np.testing.assert_array_equal(read_picture(data).rgb, rgb)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize(
    ("width", "height"), [(60000, 60000), (12000, 12000), (9000, 9000), (8001, 8000), (limits.SIDE_PX + 1, 1)]
)
def test_bombs_are_refused_from_the_header(width, height):
    idat = zlib.compress(b"\0")
    chunk = struct.pack(">I", len(idat)) + b"IDAT" + idat + struct.pack(">I", zlib.crc32(b"IDAT" + idat))
    with pytest.raises(MediaError, match="64 megapixels") as caught:
        read_picture(png_header(width, height) + chunk, name="bomb.png")
    assert "bomb.png" in str(caught.value)


def test_what_is_no_picture_is_refused(tmp_path):
    cases = {
        "text.png": b"hello there, this is text\n" * 10,
        "empty.jpg": b"",
        "script.eps": b"%!PS-Adobe-3.0 EPSF\n",
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MediaError, match=name) as caught:
            read_picture(tmp_path / name)
        assert "\n" not in str(caught.value)
        with pytest.raises(MediaError, match=name):
            read_picture(data, name=name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_cut_off_files_are_refused(kind):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    for share in (0.3, 0.7):
        with pytest.raises(MediaError):
            read_picture(data[: int(share * len(data))])


def test_files_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(MediaError, match="no such file"):
        read_picture(tmp_path / "absent.png")
    with pytest.raises(MediaError, match="it is a folder"):
        read_picture(tmp_path)
    with pytest.raises(MediaError, match="cannot read"):
        read_picture("a\0b.png")
    with pytest.raises(MediaError, match="cannot read"):
        read_picture(tmp_path / ("x" * 300 + ".png"))


@pytest.mark.parametrize("with_alpha", [False, True])
def test_png_is_exact(tmp_path, rgb, with_alpha):
    alpha = rgb[..., 1] if with_alpha else None
    write_picture(tmp_path / "a.PNG", rgb, alpha, metadata={"Comment": "synthetic ✓"})
    picture = read_picture(tmp_path / "a.PNG")
    np.testing.assert_array_equal(picture.rgb, rgb)
    assert (picture.alpha is not None) == with_alpha
    if alpha is not None:
        np.testing.assert_array_equal(picture.alpha, alpha)
    with Image.open(tmp_path / "a.PNG") as image:
        assert image.text["Comment"] == "synthetic ✓"


def test_jpeg_is_close_and_carries_its_comment(tmp_path, rgb):
    write_picture(tmp_path / "a.jpg", rgb, metadata={"comment": "synthetic"})
    difference = np.abs(read_picture(tmp_path / "a.jpg").rgb.astype(int) - rgb)
    assert difference.mean() < 1.5
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.format == "JPEG"
        assert image.info["comment"] == b"comment: synthetic"


def test_refused_outputs_leave_nothing(tmp_path, rgb):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match="suffix"):
        write_picture(tmp_path / "a.gif", rgb)
    with pytest.raises(InputError, match="JPEG has no alpha"):
        write_picture(tmp_path / "a.jpg", rgb, rgb[..., 0])
    with pytest.raises(InputError, match="does not exist"):
        write_picture(tmp_path / "absent" / "a.png", rgb)
    with pytest.raises(InputError, match="it is a folder"):
        write_picture(tmp_path / "folder.png", rgb)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]
