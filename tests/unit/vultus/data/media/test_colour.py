from fractions import Fraction

import av
import numpy as np
import pytest

from vultus.data.media import VideoReader
from vultus.data.media.colour import LumaWriter, RgbReader, square_width

COLOURS = np.array(
    [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 255],
        [0, 0, 0],
        [128, 128, 128],
        [200, 150, 120],
        [60, 30, 90],
    ]
)

# (K_r, K_b) and AVCOL_SPC of each matrix [h273, Table 4].
MATRICES = {"bt601": (0.299, 0.114, 6), "bt709": (0.2126, 0.0722, 1), "bt2020": (0.2627, 0.0593, 9)}


def luma_chroma(rgb, red, blue, full):
    """Textbook conversion, for 8 bit."""
    r, g, b = (rgb / 255).T
    y = red * r + (1 - red - blue) * g + blue * b
    u, v = (b - y) / 2 / (1 - blue), (r - y) / 2 / (1 - red)
    planes = [255 * y, 255 * u + 128, 255 * v + 128] if full else [219 * y + 16, 224 * u + 128, 224 * v + 128]
    return np.clip(np.round(planes), 0, 255).astype(np.uint8)


def frame_of(planes, pix_fmt, width):
    """Each colour as a block 32 lines high."""
    y, u, v = np.repeat(np.repeat(planes[:, None], 32, axis=1), width // planes.shape[1], axis=2)
    if pix_fmt == "yuv444p":
        return av.VideoFrame.from_ndarray(np.stack([y, u, v]), pix_fmt)
    packed = np.concatenate([y.ravel(), u[::2, ::2].ravel(), v[::2, ::2].ravel()])
    return av.VideoFrame.from_ndarray(packed.reshape(48, width), pix_fmt)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", MATRICES)
def test_known_colours_are_decoded_right(matrix, full, pix_fmt):
    red, blue, number = MATRICES[matrix]
    frame = frame_of(luma_chroma(COLOURS, red, blue, full), pix_fmt, 128)
    frame.colorspace, frame.color_range = number, 2 if full else 1
    decoded = RgbReader((32, 128)).rgb(frame)[16, 8::16]
    np.testing.assert_allclose(decoded.astype(int), COLOURS, atol=2)


@pytest.mark.parametrize(("height", "matrix"), [(576, "bt601"), (578, "bt709")])
def test_silent_files_are_taken_by_their_height(height, matrix):
    red, blue, _ = MATRICES[matrix]
    planes = luma_chroma(COLOURS[6:7], red, blue, full=False).ravel()
    stack = np.broadcast_to(planes[:, None, None], (3, height, 32))
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(stack), "yuv444p")
    np.testing.assert_allclose(RgbReader((height, 32)).rgb(frame)[9, 9].astype(int), COLOURS[6], atol=2)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_flags_in_a_file_are_obeyed(tmp_path, matrix, full):
    red, blue, number = MATRICES[matrix]
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        stream = output.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.height, stream.width, stream.pix_fmt = 32, 128, "yuv420p"
        stream.codec_context.colorspace = number
        stream.codec_context.color_range = 2 if full else 1
        frame = frame_of(luma_chroma(COLOURS, red, blue, full), "yuv420p", 128)
        frame.colorspace, frame.color_range = number, 2 if full else 1
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with VideoReader(tmp_path / "a.mp4") as reader:
        decoded = next(iter(reader)).rgb[16, 8::16]
    np.testing.assert_allclose(decoded.astype(int), COLOURS, atol=2)


@pytest.mark.parametrize(("height", "matrix"), [(32, "bt601"), (640, "bt709")])
def test_written_luma_and_chroma_are_the_textbooks(height, matrix):
    red, blue, number = MATRICES[matrix]
    rgb = np.repeat(COLOURS.astype(np.uint8), 16, axis=0)[None].repeat(height, axis=0)
    luma = LumaWriter(height)
    assert luma.flags["colorspace"] == number
    planes = luma.frame(rgb).to_ndarray()
    expected = luma_chroma(COLOURS, red, blue, full=False)
    np.testing.assert_allclose(planes[16, 8::16].astype(int), expected[0], atol=1)
    chroma = planes[height:].reshape(2, height // 2, 64)[:, 8, 4::8]
    np.testing.assert_allclose(chroma.astype(int), expected[1:], atol=1)


def test_there_and_back_does_not_darken(picture):
    rgb = picture(0, 64, 64)
    frame = LumaWriter(64).frame(rgb)
    back = RgbReader((64, 64)).rgb(frame)
    assert np.abs((back.astype(float) - rgb).mean(axis=(0, 1))).max() < 0.15


def test_pixels_are_made_square():
    assert square_width(720, Fraction(16, 15)) == 768
    assert square_width(720, Fraction(8, 9)) == 640
    assert (
        square_width(100, None) == square_width(100, Fraction(0)) == square_width(100, Fraction(1000)) == 100
    )
