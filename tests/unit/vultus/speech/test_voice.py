import numpy as np
import pytest

from vultus.data.media import Sound
from vultus.errors import InputError
from vultus.speech.voice import Voice, read_voice, voice_of


def test_any_rate_and_channels_become_16_khz_mono():
    moments = np.arange(48_000) / 48_000
    tone = np.sin(2 * np.pi * 440 * moments).astype(np.float32)
    voice = voice_of(Sound(np.stack([tone, tone]), 48_000, 0, over_range=False, truncated=False))
    expected = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert len(voice.samples) == 16_000
    np.testing.assert_allclose(voice.samples[200:-200], expected[200:-200], atol=2e-3)
    assert not voice.silent


@pytest.mark.parametrize("start_s", [0.25, -0.125, 0.0])
def test_a_voice_begins_with_the_first_picture(start_s):
    samples = np.arange(16_000, dtype=np.float32)[None] / 16_000
    sound = Sound(samples, 16_000, 0, over_range=False, truncated=False, start_s=start_s)
    found = voice_of(sound).samples
    late = round(start_s * 16_000)
    assert len(found) == 16_000 + late
    np.testing.assert_array_equal(found[: max(late, 0)], 0)
    np.testing.assert_array_equal(found[max(late, 0) :], samples[0, max(-late, 0) :])


def test_sixteen_bits_and_back():
    samples = np.array([0, 1, -1, 32767, -32768], np.int16)
    np.testing.assert_array_equal(Voice.of_pcm16(samples).pcm16, samples)


def test_what_nobody_hears_is_silent():
    assert Voice(np.full(100, 5e-4, np.float32)).silent
    assert Voice(np.zeros(0, np.float32)).silent
    with pytest.raises(InputError, match="not finite"):
        Voice(np.array([0.0, np.nan]))


def test_sound_of_videos(shared):
    driving = shared / "media" / "driving"
    assert read_voice(driving / "v1_25fps_silent.mp4") is None
    spoken = read_voice(driving / "v4_25fps_mp4v_aac.mp4")
    assert spoken is not None
    assert len(spoken.samples) == pytest.approx(175 / 25 * 16_000, abs=16_000)
