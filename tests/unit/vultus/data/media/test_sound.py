import struct

import numpy as np
import pytest
from scipy.io import wavfile

from vultus.data.media import limits, read_sound
from vultus.errors import MediaError


def sine(rate_hz=16000, channels=1):
    samples = 0.6 * np.sin(np.arange(rate_hz) / 9)
    return np.stack([samples * (1 - channel / 8) for channel in range(channels)], axis=1)


def written(tmp_path, values, rate_hz=16000):
    wavfile.write(tmp_path / "a.wav", rate_hz, values)
    return tmp_path / "a.wav"


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
@pytest.mark.parametrize(
    ("kind", "scale", "offset"),
    [
        (np.uint8, 128, 128),
        (np.int16, 2**15, 0),
        (np.int32, 2**31, 0),
        (np.float32, 1, 0),
        (np.float64, 1, 0),
    ],
)
def test_every_sample_of_every_kind(tmp_path, channels, kind, scale, offset):
    expected = sine(8000, channels)
    values = (expected * scale * 0.99 + offset).astype(kind)
    sound = read_sound(written(tmp_path, values, 8000))
    assert sound.samples.dtype == np.float32
    assert sound.rate_hz == 8000
    assert (sound.replaced_count, sound.over_range, sound.truncated) == (0, False, False)
    np.testing.assert_allclose(sound.samples.T, (values.astype(float) - offset) / scale, atol=1e-7)


def test_few_unusable_samples_become_silence(tmp_path):
    values = sine().astype(np.float32)
    values[10:20], values[30], values[31] = np.nan, np.inf, -np.inf
    sound = read_sound(written(tmp_path, values))
    assert sound.replaced_count == 12
    assert np.all(sound.samples[0, [10, 19, 30, 31]] == 0)
    np.testing.assert_array_equal(sound.samples[0, 32:], values[32:, 0])


def test_many_unusable_samples_are_refused(tmp_path):
    values = sine().astype(np.float32)
    values[: values.size // 50] = np.nan
    with pytest.raises(MediaError, match="320 of 16000 samples are NaN"):
        read_sound(written(tmp_path, values))


def test_loud_samples_are_kept_and_flagged(tmp_path):
    sound = read_sound(written(tmp_path, (5 * sine()).astype(np.float32)))
    assert sound.over_range
    assert np.abs(sound.samples).max() == pytest.approx(3, rel=1e-3)


def test_the_length_in_a_header_is_not_believed(tmp_path):
    data = written(tmp_path, (sine() * 32767).astype(np.int16)).read_bytes()
    at = data.index(b"data") + 4
    for claimed in (0xFFFFFFFF, 0x7FFFFFFF, 200_000):
        (tmp_path / "b.wav").write_bytes(data[:at] + struct.pack("<I", claimed) + data[at + 4 :])
        assert read_sound(tmp_path / "b.wav").samples.shape == (1, 16000)


def test_what_holds_no_sound_is_refused(tmp_path, stored):
    data = written(tmp_path, np.zeros(0, np.int16)).read_bytes()
    (tmp_path / "none.wav").write_bytes(data)
    (tmp_path / "text.wav").write_text("hello\n" * 100)
    (tmp_path / "empty.wav").touch()
    stored("video.mp4")
    for name in ("none.wav", "text.wav", "empty.wav", "video.mp4", "absent.wav", ""):
        with pytest.raises(MediaError) as caught:
            read_sound(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_too_much_sound_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SOUND_VALUES", 10_000)
    with pytest.raises(MediaError, match="more than 10000 samples"):
        read_sound(written(tmp_path, sine().astype(np.float32)))


def test_the_sound_of_a_video(tone):
    sound = read_sound(tone("tone.m4a", "aac", rate_hz=44100, layout="stereo"))
    assert sound.samples.shape[0] == 2
    assert sound.duration_s == pytest.approx(1, abs=0.03)
