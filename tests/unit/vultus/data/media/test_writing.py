import subprocess
import sys
import threading
from fractions import Fraction

import av
import numpy as np
import pytest

from vultus.data.media import VideoReader, VideoWriter
from vultus.errors import InputError, MediaError


def psnr(a, b):
    return 10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2))


@pytest.mark.parametrize("fps", [25.0, 30.0, 30000 / 1001, 24000 / 1001, 15.0, 59.94, 7.5])
def test_constant_rates_are_exact(tmp_path, picture, fps):
    path = tmp_path / "out.mp4"
    with VideoWriter(path, (48, 64), fps, crf=5) as writer:
        for index in range(20):
            writer.write(picture(index), index / fps)
    with VideoReader(path) as reader:
        assert reader.info.fps == pytest.approx(fps, rel=1e-6)
        assert reader.info.frame_count == 20
        assert not reader.info.variable_rate
        assert reader.info.duration_s == pytest.approx(20 / fps, abs=1e-4)
        frames = list(reader)
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(20) / fps, atol=2e-5)
    assert min(psnr(frame.rgb, picture(frame.index)) for frame in frames) > 36


def test_times_default_to_the_rate(tmp_path, picture):
    with VideoWriter(tmp_path / "out.mp4", (48, 64), 10) as writer:
        for index in range(5):
            writer.write(picture(index))
    with VideoReader(tmp_path / "out.mp4") as reader:
        np.testing.assert_allclose([frame.time_s for frame in reader], np.arange(5) / 10, atol=1e-9)


def test_variable_times_and_the_last_duration_are_the_drivers(tmp_path, stored, picture):
    driver = stored("driver.mp4", times_ms=[0, 17, 50, 175, 191, 300], bf="0")
    with VideoReader(driver) as reader:
        info = reader.info
        with VideoWriter(tmp_path / "out.mp4", (48, 64), info.fps, audio_from=driver) as writer:
            for frame in reader:
                writer.write(frame.rgb, frame.time_s)
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert reader.info.fps == pytest.approx(info.fps, rel=1e-3)
        assert reader.info.duration_s == pytest.approx(info.duration_s, abs=1e-3)
        times = [frame.time_s for frame in reader]
    np.testing.assert_allclose(times, [0, 0.017, 0.05, 0.175, 0.191, 0.3], atol=2e-5)


@pytest.mark.parametrize("size_px", [(47, 63), (48, 63), (47, 64), (1, 1)])
def test_odd_sizes_are_padded_with_their_edge(tmp_path, picture, size_px):
    rgb = picture(0, *size_px)
    with VideoWriter(tmp_path / "out.mp4", size_px, 25, crf=1) as writer:
        writer.write(rgb)
        even = writer.size_px
    assert even == tuple(side + side % 2 for side in size_px)
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert reader.info.size_px == even
        decoded = next(iter(reader)).rgb
    expected = np.pad(rgb, ((0, size_px[0] % 2), (0, size_px[1] % 2), (0, 0)), mode="edge")
    assert psnr(decoded, expected) > 33


@pytest.mark.parametrize(("height", "matrix"), [(48, 6), (640, 1)])
def test_what_players_need_is_announced(tmp_path, picture, height, matrix):
    with VideoWriter(tmp_path / "out.mp4", (height, 64), 25, metadata={"comment": "synthetic"}) as writer:
        writer.write(picture(0, height))
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        frame = next(container.decode(stream))
        assert (frame.colorspace, frame.color_range) == (matrix, 1)
        assert (frame.color_primaries, frame.color_trc) == (1, 1)
        assert container.metadata["comment"] == "synthetic"
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # plays before it is loaded


def test_equal_input_gives_equal_bytes(tmp_path, picture, tone):
    sound = tone("tone.wav", "pcm_s16le")
    for name in ("a.mp4", "b.mp4"):
        with VideoWriter(tmp_path / name, (48, 64), 25, audio_from=sound) as writer:
            for index in range(25):
                writer.write(picture(index))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
def test_an_error_leaves_nothing_new(tmp_path, picture, tone, error):
    target = tmp_path / "out.mp4"
    target.write_bytes(b"old")
    sound = tone("tone.wav", "pcm_s16le")

    def write():
        with VideoWriter(target, (48, 64), 25, audio_from=sound) as writer:
            for index in range(60):
                writer.write(picture(index))
            raise error

    with pytest.raises(error):
        write()
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mp4", "tone.wav"]


def test_a_video_needs_frames(tmp_path):
    with (
        pytest.raises(InputError, match="there are no frames"),
        VideoWriter(tmp_path / "out.mp4", (48, 64), 25),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_closing_twice_changes_nothing(tmp_path, picture):
    writer = VideoWriter(tmp_path / "out.mp4", (48, 64), 25)
    writer.write(picture(0))
    writer.close()
    writer.close()
    writer.discard()
    assert (tmp_path / "out.mp4").stat().st_size > 0
    with pytest.raises(ValueError, match="closed"):
        writer.write(picture(1))


def test_targets_that_cannot_be_written(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    for name, reason in {
        "out.gif": "unknown suffix '.gif'; use .mp4",
        "out.webm": "unknown suffix",
        "out": "unknown suffix",
        "absent/out.mp4": "does not exist",
        "folder.mp4": "it is a folder",
    }.items():
        with pytest.raises(InputError, match=reason):
            VideoWriter(tmp_path / name, (48, 64), 25)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


def test_a_driver_that_cannot_be_read_leaves_nothing(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    for name in ("text.mp4", "absent.mp4"):
        with pytest.raises(MediaError, match=name):
            VideoWriter(tmp_path / "out.mp4", (48, 64), 25, audio_from=tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["text.mp4"]


def test_wrong_frames_are_a_bug_of_the_caller(tmp_path, picture):
    with VideoWriter(tmp_path / "out.mp4", (48, 64), 25) as writer:
        writer.write(picture(0), 0.0)
        with pytest.raises(ValueError, match="the frame is"):
            writer.write(picture(0, 32, 32))
        writer.write(picture(1), 1.0)
        with pytest.raises(ValueError, match="not after"):
            writer.write(picture(2), 0.5)
        writer.write(picture(2), 1.0)  # the same moment is moved by a tick
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert reader.info.frame_count == 3
    for wrong in ({"fps": 0.0}, {"fps": float("nan")}, {"size_px": (0, 4)}, {"metadata": {"colour": "blue"}}):
        with pytest.raises(ValueError, match="no"):
            VideoWriter(tmp_path / "b.mp4", **{"size_px": (48, 64), "fps": 25.0, **wrong})


FILL_THE_DISK = """
import sys, numpy as np, resource, signal
from vultus.data.media import VideoWriter
from vultus.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
noise = np.random.default_rng(0)
try:
    with VideoWriter(sys.argv[1], (128, 128), 25) as writer:
        for _ in range(20):
            writer.write(noise.integers(0, 255, (128, 128, 3), dtype=np.uint8))
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize("limit_bytes", [100, 100_000, 190_000])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, limit_bytes):
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(tmp_path / "out.mp4"), str(limit_bytes)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot write" in done.stdout
    assert "File too large; free space" in done.stdout
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())


def test_several_clips_at_once(tmp_path, stored):
    driver = stored(frame_count=20)

    def copy(name):
        with VideoReader(driver) as reader, VideoWriter(tmp_path / name, (48, 64), 25) as writer:
            for frame in reader:
                writer.write(frame.rgb, frame.time_s)

    threads = [threading.Thread(target=copy, args=(f"{index}.mp4",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(tmp_path / f"{index}.mp4").read_bytes() for index in range(4)}) == 1


def test_a_clock_that_fits_every_rate():
    from vultus.data.media.writing import _clock  # noqa: PLC0415

    for rate in (Fraction(25), Fraction(30000, 1001), Fraction(2997, 100)):
        tick = _clock(rate)
        assert (1 / rate / tick).denominator == 1
        assert tick <= Fraction(1, 90_000)
