import subprocess
import sys

import av
import numpy as np
import pytest

from vultus.data.media.timing import FALLBACK_FPS, measure


@pytest.fixture
def timing_of(stored):
    def find(**options):
        with av.open(str(stored(**options))) as container:
            return measure(container, container.streams.video[0])

    return find


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi", "clip.ts"])
def test_a_constant_rate(timing_of, name):
    codec = "mpeg4" if name == "clip.avi" else "libx264"
    timing = timing_of(name=name, frame_count=11, codec=codec)
    assert timing.frame_count == 11
    assert timing.fps == pytest.approx(25)
    assert timing.last_s == pytest.approx(0.4, abs=0.002)
    assert timing.duration_s == pytest.approx(0.44, abs=0.005)
    assert not timing.variable
    assert not timing.truncated


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_a_variable_rate(timing_of, name):
    times_ms = [40, 50, 90, 290, 300]
    timing = timing_of(name=name, frame_count=5, times_ms=times_ms)
    assert timing.variable
    assert timing.start_s == pytest.approx(0.04, abs=0.001)
    assert timing.last_s == pytest.approx(0.26, abs=0.001)
    assert 0.26 < timing.duration_s < 0.4
    assert timing.fps == pytest.approx(5 / timing.duration_s)


def test_rounding_to_milliseconds_is_no_variable_rate(timing_of):
    times_ms = list(np.round(np.arange(30) * 1000 / 29.97).astype(int).tolist())
    assert not timing_of(name="clip.mkv", frame_count=30, times_ms=times_ms).variable


def test_a_frame_without_neighbours(timing_of):
    timing = timing_of(frame_count=1)
    assert (timing.frame_count, timing.fps, timing.last_s) == (1, FALLBACK_FPS, 0)
    assert timing.duration_s == pytest.approx(0.04)


COPY = """
import sys
from pathlib import Path
import numpy as np
from vultus.data.media import VideoReader, VideoWriter
folder, seconds = Path(sys.argv[1]), int(sys.argv[2])
rows, columns = np.mgrid[0:256, 0:256]
def peak_kib():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
with VideoWriter(folder / "long.mp4", (256, 256), 25, audio_from=sys.argv[3]) as writer:
    for index in range(25 * seconds):
        writer.write(np.stack([rows + index, columns, rows * 0 + index], axis=2).astype(np.uint8))
with VideoReader(folder / "long.mp4") as reader, VideoWriter(
    folder / "copy.mp4", (256, 256), 25, audio_from=folder / "long.mp4"
) as writer:
    for frame in reader:
        writer.write(frame.rgb, frame.time_s)
print(writer.frame_count, writer.audio, peak_kib())
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_length(tmp_path, tone):
    """Peak resident memory for 60 s against that for 10 s; the bar for the whole of `animate` is 1.2."""
    sound = tone("tone.wav", "pcm_s16le", duration_s=60.0)
    peaks = []
    for seconds in (10, 60):
        done = subprocess.run(
            [sys.executable, "-c", COPY, str(tmp_path), str(seconds), str(sound)],
            capture_output=True,
            text=True,
            check=True,
        )
        frame_count, kind, peak_kib = done.stdout.split()
        assert (int(frame_count), kind) == (25 * seconds, "copied")
        peaks.append(int(peak_kib))
    assert peaks[1] < 1.1 * peaks[0]
