"""Every file of shared/media: a right result, or one line that names the file and the reason."""

import subprocess
import sys

import numpy as np
import pytest

from vultus.data.media import VideoReader, VideoWriter, read_picture, read_sound
from vultus.errors import MediaError

BASE = {
    "gray16.png": 0.6,
    "rgb16.png": 0.0,
    "rgba.png": 0.0,
    "palette.png": 8.0,
    "cmyk.jpg": 3.0,
    "exif_orientation6.jpg": 3.0,
    "exif_orientation5_mirrored.jpg": 3.0,
    "webp.webp": 3.0,
    "jpeg_named.png": 3.0,
}
"""Variants of the base picture, and how far they may be from it, in mean absolute difference of 255."""

PICTURES = {
    "base_rgb.png": (512, 384),
    "gray8.png": (512, 384),
    "one_pixel.png": (1, 1),
    "no_face_texture.jpg": (512, 512),
    "animal_dog.jpg": (256, 256),
    "animal_cat.jpg": (256, 256),
    "animated.gif": (160, 160),
} | dict.fromkeys(BASE, (512, 384))

NO_PICTURES = {
    "truncated.jpg": "cut off",
    "text_named.png": "no picture",
    "empty.png": "empty",
    "bomb_claims_60000x60000.png": "64 megapixels",
    "bomb_valid_12000x12000_1bit.png": "64 megapixels",
}

# Size, frames, rate, duration, whether the rate varies and whether the file is cut off.
VIDEOS = {
    "truncated_index_first.mp4": ((256, 256), 37, 30, 1.3, False, True),
    "one_frame.mp4": ((256, 256), 1, 25, 0.04, False, False),
    "variable_frame_rate.mp4": ((256, 256), 75, 21.97, 3.4136, True, False),
    "rotation_flag_90.mp4": ((192, 256), 60, 30, 2, False, False),
    "odd_255x257_h264_yuv444.mp4": ((257, 255), 50, 25, 2, False, False),
    "odd_255x257_mpeg4.mp4": ((257, 255), 50, 25, 2, False, False),
    "face_leaves_1s.mp4": ((320, 320), 105, 30, 3.5, False, False),
    "cut_to_other_person.mp4": ((256, 256), 60, 30, 2, False, False),
    "animated.gif": ((160, 160), 20, 10, 2, False, False),
}

NO_VIDEOS = {
    "empty.mp4": "empty",
    "truncated_no_index.mp4": "damaged, cut off or no video",
    "audio_only.mp4": "only sound",
}

# Shape, rate, samples replaced and whether it is over range.
SOUNDS = {
    "float32_nan_inf.wav": ((1, 16000), 16000, 102, False),
    "float32_over_range.wav": ((1, 16000), 16000, 0, True),
    "float64.wav": ((1, 16000), 16000, 0, False),
    "streaming_header.wav": ((1, 16000), 16000, 0, False),
    "truncated.wav": ((2, 16000), 48000, 0, False),
    "unsigned8_8khz.wav": ((1, 8000), 8000, 0, False),
    "silence_3s.wav": ((1, 48000), 16000, 0, False),
    "six_channels_48k.wav": ((6, 8000), 48000, 0, False),
    "audio_only.mp4": ((2, 317440), 44100, 0, False),
}

NO_SOUNDS = {"empty.wav": "empty", "zero_length.wav": "no samples"}

SPEECH = {
    "a1_16k_stereo_en.wav": (2, 16000, 8.0),
    "a2_24k_mono_zh.wav": (1, 24000, 5.47),
    "a3_48k_24bit_extensible_ru.wav": (2, 48000, 6.19),
    "a4_32k_mono.wav": (1, 32000, 5.27),
    "a5_44k_mono_of_v2.wav": (1, 44100, 33.62),
}


def refused(read, path, reason):
    with pytest.raises(MediaError, match=reason) as caught:
        read(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    assert caught.value.exit_code == 2


def test_every_file_has_its_case(shared):
    cases = [PICTURES, NO_PICTURES, VIDEOS, NO_VIDEOS, SOUNDS, NO_SOUNDS]
    assert {path.name for path in (shared / "media" / "hostile").iterdir()} == set().union(*cases)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(shared, name):
    picture = read_picture(shared / "media" / "hostile" / name)
    assert picture.rgb.shape == (*PICTURES[name], 3)
    assert (picture.alpha is not None) == (name == "rgba.png")


@pytest.mark.parametrize("name", BASE)
def test_variants_look_like_their_base(shared, name):
    folder = shared / "media" / "hostile"
    base = read_picture(folder / ("gray8.png" if name == "gray16.png" else "base_rgb.png")).rgb
    assert np.abs(read_picture(folder / name).rgb.astype(float) - base).mean() <= BASE[name]


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture(shared, name):
    path = shared / "media" / "hostile" / name
    refused(read_picture, path, NO_PICTURES[name])
    refused(VideoReader, path, "cannot read")


@pytest.mark.parametrize("name", VIDEOS)
def test_videos(shared, name, tmp_path):
    size_px, frame_count, fps, duration_s, variable, truncated = VIDEOS[name]
    path = shared / "media" / "hostile" / name
    with VideoReader(path) as reader:
        info = reader.info
        with VideoWriter(tmp_path / "out.mp4", info.size_px, info.fps, audio_from=path) as writer:
            for frame in reader:
                assert frame.rgb.shape[:2] == size_px
                writer.write(frame.rgb, frame.time_s)
        assert (info.size_px, info.variable_rate) == (size_px, variable)
        assert info.truncated == reader.truncated == truncated
        assert info.fps == pytest.approx(fps, abs=0.005)
        assert info.duration_s == pytest.approx(duration_s, abs=0.002)
        assert writer.frame_count == frame_count
    with VideoReader(tmp_path / "out.mp4") as written:
        assert written.info.frame_count == frame_count
        assert written.info.fps == pytest.approx(info.fps, rel=1e-4)
        assert written.info.duration_s == pytest.approx(info.duration_s, abs=3.1 / fps if truncated else 1e-3)


@pytest.mark.parametrize("name", NO_VIDEOS)
def test_what_is_no_video(shared, name):
    refused(VideoReader, shared / "media" / "hostile" / name, NO_VIDEOS[name])


def test_the_turned_clip_is_upright(shared):
    """Made from the same seconds of the same clip as the square one, cut at top and bottom."""
    folder = shared / "media" / "hostile"
    turned = next(iter(VideoReader(folder / "rotation_flag_90.mp4"))).rgb.mean(axis=2)
    square = next(iter(VideoReader(folder / "one_frame.mp4"))).rgb.mean(axis=2)
    scores = {}
    for quarter in range(4):
        other = np.rot90(turned, quarter)
        top, left = (256 - other.shape[0]) // 2, (256 - other.shape[1]) // 2
        window = square[top : top + other.shape[0], left : left + other.shape[1]]
        scores[quarter] = np.corrcoef(other.ravel(), window.ravel())[0, 1]
    assert max(scores, key=scores.get) == 0


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds(shared, name):
    sound = read_sound(shared / "media" / "hostile" / name)
    shape, rate_hz, replaced_count, over_range = SOUNDS[name]
    found = (sound.samples.shape, sound.rate_hz, sound.replaced_count, sound.over_range)
    assert found == (shape, rate_hz, replaced_count, over_range)
    assert np.isfinite(sound.samples).all()


@pytest.mark.parametrize("name", NO_SOUNDS)
def test_what_is_no_sound(shared, name):
    refused(read_sound, shared / "media" / "hostile" / name, NO_SOUNDS[name])


@pytest.mark.parametrize("name", SPEECH)
def test_speech(shared, name):
    channels, rate_hz, duration_s = SPEECH[name]
    sound = read_sound(shared / "media" / "speech" / name)
    assert (sound.samples.shape[0], sound.rate_hz) == (channels, rate_hz)
    assert sound.duration_s == pytest.approx(duration_s, abs=0.005)
    assert 0.1 < np.abs(sound.samples).max() <= 1
    assert not sound.over_range


READ_ALL = """
import resource, sys, time
from pathlib import Path
from vultus.data.media import VideoReader, read_picture, read_sound
from vultus.errors import MediaError
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
for path in sorted(Path(sys.argv[1]).iterdir()):
    start = time.perf_counter()
    for read in (read_picture, lambda path: sum(1 for _ in VideoReader(path)), read_sound):
        try:
            read(path)
        except MediaError:
            pass
    print(path.name, time.perf_counter() - start)
print("peak_mib", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_no_file_takes_long_or_much_and_nothing_is_chattered(shared):
    """Every file through every reader, also those that it is not for, in a process of its own."""
    folder = shared / "media" / "hostile"
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(folder)], capture_output=True, text=True, check=True, timeout=100
    )
    figures = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert float(figures.pop("peak_mib")) < 1024
    assert len(figures) == len(list(folder.iterdir()))
    assert max(map(float, figures.values())) < 10
    assert done.stderr == ""
