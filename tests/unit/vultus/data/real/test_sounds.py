import wave

import numpy as np
import pytest

from vultus.data.media import VideoReader
from vultus.data.real.sounds import RATE_HZ, SoundWindows


@pytest.fixture
def tone(tmp_path):
    """A sound whose frequency rises, 48 kHz stereo, 2 s."""
    rate = 48_000
    time_s = np.arange(2 * rate) / rate
    samples = 0.5 * np.sin(2 * np.pi * (200 * time_s + 100 * time_s**2))
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes(np.repeat(samples[:, None], 2, 1).__mul__(32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def video(tone, film, tmp_path):
    return film(tmp_path / "talk.mp4", frames=50, audio_from=tone)


def _expected(start_s, end_s):
    time_s = np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ)) / RATE_HZ
    return 0.5 * np.sin(2 * np.pi * (200 * time_s + 100 * time_s**2))


def test_windows_are_in_step_with_the_pictures(video):
    sound = SoundWindows(video)
    for start_s, end_s in ((0.1, 0.5), (0.5, 0.7), (1.2, 1.9)):
        window = sound.cut(start_s, end_s)
        assert window.shape == (round(end_s * RATE_HZ) - round(start_s * RATE_HZ),)
        assert np.corrcoef(window, _expected(start_s, end_s))[0, 1] > 0.99
    sound.close()


def test_what_lies_behind_the_end_is_silent(video):
    sound = SoundWindows(video)
    window = sound.cut(1.5, 3.5)
    assert np.abs(window[: RATE_HZ // 4]).max() > 0.3
    assert not window[RATE_HZ:].any()


def test_a_silent_film_has_no_sound(film, tmp_path):
    sound = SoundWindows(film(tmp_path / "silent.mp4", frames=5))
    assert not sound.present
    assert sound.cut(0.0, 0.1).shape == (1600,)
    assert not VideoReader(tmp_path / "silent.mp4").info.has_audio
