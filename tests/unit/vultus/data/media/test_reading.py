import struct
from fractions import Fraction
from itertools import islice

import av
import numpy as np
import pytest

from vultus.data.media import VideoReader, limits
from vultus.errors import MediaError


def difference(a, b):
    return np.abs(a.astype(float) - b).mean()


def with_display_matrix(data: bytes, matrix: tuple[float, float, float, float]) -> bytes:
    """The file with a b c d of its track header's matrix replaced [iso14496-12, §8.3.2]."""
    at = data.index(b"tkhd") + 4 + 4 + 20 + 16
    a, b, c, d = (round(value * 65536) for value in matrix)
    return data[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + data[at + 36 :]


def test_frames_come_in_order_with_their_times(stored, picture):
    with VideoReader(stored(frame_count=30, crf="10")) as reader:
        assert reader.info.size_px == (48, 64)
        assert reader.info.frame_count == 30
        assert reader.info.fps == 25
        assert reader.info.duration_s == pytest.approx(1.2)
        assert not reader.info.has_audio
        assert not reader.info.variable_rate
        frames = list(reader)
    assert [frame.index for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(30) / 25, atol=1e-9)
    for frame in frames:
        assert difference(frame.rgb, picture(frame.index)) < 6
    assert not reader.truncated


def test_each_iteration_starts_anew_and_may_stop_early(stored):
    with VideoReader(stored()) as reader:
        first = [frame.rgb for frame in islice(reader, 2)]
        again = [frame.rgb for frame in reader]
    assert len(again) == 6
    np.testing.assert_array_equal(first[1], again[1])


CODED = {
    "closed": {"g": "10", "x264-params": "keyint=10:bframes=2"},
    "open": {"x264-params": "keyint=10:bframes=3:open-gop=1:scenecut=0"},
    "one key frame": {"x264-params": "keyint=250:bframes=2"},
    "refreshed": {"x264-params": "intra-refresh=1:keyint=10:bframes=0"},
}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
@pytest.mark.parametrize("coded", CODED)
def test_a_part_is_what_reading_from_the_start_shows(stored, name, coded):
    with VideoReader(stored(name, frame_count=40, **CODED[coded])) as reader:
        whole = list(reader)
        for start_s in (0.0, 0.35, 0.66, 0.7, 0.9, 1.54, 9.0):
            part = list(reader.frames_from(start_s))
            expected = [frame for frame in whole if frame.time_s >= start_s]
            assert [frame.index for frame in part] == [frame.index for frame in expected]
            assert [frame.time_s for frame in part] == [frame.time_s for frame in expected]
            assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(part, expected, strict=True))
        assert not reader.truncated


def test_a_part_needs_no_frame_before_its_key_frame(stored, monkeypatch):
    with VideoReader(stored(frame_count=60, **CODED["closed"])) as reader:
        converted = []
        decoded = reader._decoded

        def counted(*arguments):
            for frame in decoded(*arguments):
                converted.append(frame.pts)
                yield frame

        monkeypatch.setattr(reader, "_decoded", counted)
        assert [frame.index for frame in reader.frames_from(1.99)] == list(range(50, 60))
    assert len(converted) == 10


def test_a_part_of_variable_times_keeps_them(stored):
    times_ms = [100, 117, 150, 275, 291, 400]
    with VideoReader(stored(times_ms=times_ms, g="2")) as reader:
        part = list(reader.frames_from(0.17))
    assert [frame.index for frame in part] == [3, 4, 5]
    np.testing.assert_allclose([frame.time_s for frame in part], [0.175, 0.191, 0.3], atol=1e-6)


def test_variable_times_are_kept(stored):
    times_ms = [100, 117, 150, 275, 291, 400]
    with VideoReader(stored(times_ms=times_ms)) as reader:
        assert reader.info.variable_rate
        assert reader.info.fps == pytest.approx(6 / reader.info.duration_s)
        found = [frame.time_s for frame in reader]
    np.testing.assert_allclose(found, (np.array(times_ms) - 100) / 1000, atol=1e-6)


@pytest.mark.parametrize("name", ["clip.mkv", "clip.avi", "clip.mov", "clip.ts", "clip.flv"])
def test_other_containers(stored, name):
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    with VideoReader(stored(name, frame_count=10, codec=codec)) as reader:
        times = [frame.time_s for frame in reader]
        assert reader.info.fps == pytest.approx(25, rel=1e-3)
        assert reader.info.duration_s == pytest.approx(0.4, abs=0.041)
        assert not reader.info.variable_rate
    np.testing.assert_allclose(times, np.arange(10) / 25, atol=2e-3)
    assert len(times) == reader.info.frame_count == 10


def test_times_without_stamps_are_made_up(stored):
    with VideoReader(stored("clip.h264", frame_count=5, bf="0")) as reader:
        times = [frame.time_s for frame in reader]
    assert len(times) == 5
    assert np.all(np.diff(times) > 0)


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
        ((-1, 0, 0, -1), lambda rgb: np.rot90(rgb, 2)),
        ((0, -1, 1, 0), lambda rgb: np.rot90(rgb, 1)),
        ((-1, 0, 0, 1), lambda rgb: rgb[:, ::-1]),
        ((0, 1, 1, 0), lambda rgb: rgb.swapaxes(0, 1)),
    ],
)
def test_the_display_matrix_is_applied(stored, tmp_path, matrix, turned):
    plain = stored()
    (tmp_path / "turned.mp4").write_bytes(with_display_matrix(plain.read_bytes(), matrix))
    with VideoReader(plain) as reader, VideoReader(tmp_path / "turned.mp4") as turned_reader:
        for frame, turned_frame in zip(reader, turned_reader, strict=True):
            assert turned_frame.rgb.shape[:2] == turned_reader.info.size_px
            np.testing.assert_array_equal(turned_frame.rgb, turned(frame.rgb))


def test_pixels_that_are_not_square(stored, picture):
    with VideoReader(stored(aspect=Fraction(3, 2), crf="5")) as reader:
        assert reader.info.size_px == (48, 96)
        rgb = next(iter(reader)).rgb
    assert difference(rgb[:, 24:72], picture(0)[:, np.arange(16, 48, 2 / 3).astype(int)]) < 12


@pytest.mark.parametrize(
    ("codec", "pix_fmt"),
    [
        ("ffv1", "yuv420p10le"),
        ("ffv1", "yuv444p16le"),
        ("ffv1", "gray16le"),
        ("ffv1", "gray"),
        ("ffv1", "yuva420p"),
        ("ffv1", "bgra"),
        ("ffv1", "gbrp10le"),
        ("libx264", "yuvj420p"),
        ("libx264", "yuv444p"),
        ("libx264", "yuv422p10le"),
    ],
)
def test_every_pixel_format_looks_the_same(stored, picture, codec, pix_fmt):
    path = stored(
        "clip.mkv", codec=codec, pix_fmt=pix_fmt, frame_count=1, **({"crf": "1"} if "264" in codec else {})
    )
    with VideoReader(path) as reader:
        rgb = next(iter(reader)).rgb
    expected = picture(0).astype(float)
    if "gray" in pix_fmt:
        expected = (expected @ [0.299, 0.587, 0.114])[..., None].repeat(3, axis=2)
    assert difference(rgb, expected) < 3
    assert abs((rgb - expected).mean()) < 0.8


def test_odd_sizes(stored, picture):
    path = stored(size_px=(47, 63), pix_fmt="yuv444p", crf="5")
    with VideoReader(path) as reader:
        rgb = next(iter(reader)).rgb
    assert rgb.shape == (47, 63, 3)
    assert difference(rgb, picture(0, 47, 63)) < 4


def test_one_frame(stored):
    with VideoReader(stored(frame_count=1)) as reader:
        assert [frame.time_s for frame in reader] == [0.0]
        assert reader.info.duration_s == pytest.approx(0.04)
        assert reader.info.fps == 25


def test_a_truncated_file_gives_what_is_whole(stored, tmp_path):
    whole = stored(frame_count=60, movflags="faststart", g="10")
    with av.open(str(whole), "r") as container:
        assert container.streams.video[0].frames == 60
    # The index behind the frames is what writing leaves; move it to the front by copying.
    fronted = tmp_path / "fronted.mp4"
    with (
        av.open(str(whole)) as source,
        av.open(str(fronted), "w", container_options={"movflags": "+faststart"}) as output,
    ):
        copy = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    data = fronted.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) * 6 // 10])
    with VideoReader(tmp_path / "cut.mp4") as reader:
        assert reader.info.truncated
        frames = list(reader)
        assert reader.truncated
        assert 20 < len(frames) <= reader.info.frame_count < 60


def test_damage_in_the_middle_is_flagged(stored):
    path = stored("clip.mkv", frame_count=60, g="10", bf="0", crf="5")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    path.write_bytes(data)
    with VideoReader(path) as reader:
        count = sum(1 for _ in reader)
        assert reader.truncated
    assert 20 < count < 60


def test_what_is_no_video_is_refused(stored, tone, tmp_path):
    (tmp_path / "text.mp4").write_text("hello\n" * 500)
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{stored('clip.ts')}\n#EXT-X-ENDLIST\n")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "cut.mp4").write_bytes(stored().read_bytes()[:-500])
    tone("sound.m4a", "aac")
    for name in ("text.mp4", "list.m3u8", "empty.mp4", "cut.mp4", "sound.m4a", "absent.mp4", ""):
        with pytest.raises(MediaError) as caught:
            VideoReader(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
        assert "\n" not in str(caught.value)


def gif_header(width: int, height: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00;"


def test_frames_over_the_limit_are_refused(tmp_path, stored, monkeypatch):
    (tmp_path / "bomb.gif").write_bytes(gif_header(60000, 60000))
    with pytest.raises(MediaError, match=r"bomb.gif"):
        VideoReader(tmp_path / "bomb.gif")
    path = stored()
    monkeypatch.setattr(limits, "VIDEO_PX", 48 * 64 - 1)
    with pytest.raises(MediaError, match=r"64x48 px is more than"):
        VideoReader(path)


def test_a_size_that_changes_midway_is_brought_to_the_first(tmp_path, picture):
    with av.open(str(tmp_path / "a.mkv"), "w") as output:
        stream = output.add_stream("mjpeg", rate=25)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuvj420p"
        small, large = (av.CodecContext.create("mjpeg", "w") for _ in range(2))
        for pts, (context, size_px) in enumerate([(small, (48, 64)), (large, (96, 128))]):
            context.height, context.width = size_px
            context.pix_fmt, context.time_base = "yuvj420p", Fraction(1, 25)
            frame = av.VideoFrame.from_ndarray(picture(0, *size_px)).reformat(format="yuvj420p")
            for packet in context.encode(frame) + context.encode(None):
                packet.stream, packet.pts, packet.dts, packet.time_base = stream, pts, pts, Fraction(1, 25)
                output.mux(packet)
    with VideoReader(tmp_path / "a.mkv") as reader:
        assert [frame.rgb.shape for frame in reader] == [(48, 64, 3)] * 2
