import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from vultus.world.seeds import generator
from vultus.world.speech import Phrase
from vultus.world.speech.formants import formant_tracks
from vultus.world.speech.loudness import loudness, release_s


def _envelope(sound: np.ndarray, window: int = 48) -> np.ndarray:
    """Root mean square around each millisecond."""
    power = np.convolve(sound.astype(float) ** 2, np.ones(window) / window, mode="same")
    return np.sqrt(power)[::16]


@pytest.mark.parametrize("symbol", ["p", "t", "k", "pʰ", "tʰ", "kʰ", "q"])
def test_closures_are_silent_and_end_with_a_burst_on_time(symbol, man, spell, sounding):
    phones = spell(("a", 0.15), (symbol, 0.12), ("a", 0.15))
    sound = sounding(phones, man)
    opened_ms = round(release_s(phones[2]) * 1000)
    level = _envelope(sound)
    closure = level[round(phones[2].start_s * 1000) + 25 : opened_ms - 4]
    assert closure.max() < 0.06 * level[180]
    burst = level[opened_ms - 3 : opened_ms + 9]
    rise = opened_ms - 3 + int(np.argmax(burst > 3 * closure.max()))
    assert abs(rise - opened_ms) <= 4
    assert burst.max() > 4 * closure.max()


@pytest.mark.parametrize("symbol", ["p", "tʰ", "k", "s", "ʃ", "f", "tʃ", "h"])
def test_the_voice_sets_in_where_the_vowel_begins(symbol, man, spell, sounding):
    phones = spell((symbol, 0.12), ("a", 0.2))
    sound = sounding(phones, man)
    low = sosfiltfilt(butter(4, [70, 280], "band", fs=16000, output="sos"), sound.astype(float))
    level = _envelope(low, 160)
    onset_ms = int(np.argmax(level > 0.3 * level.max()))
    assert abs(onset_ms - phones[2].start_s * 1000) <= 10


@pytest.mark.parametrize(
    ("symbol", "low_hz", "high_hz"), [("s", 4000, 8000), ("ʃ", 1900, 5500), ("x", 900, 4600)]
)
def test_hisses_lie_where_they_should(symbol, low_hz, high_hz, man, spell, sounding):
    phones = spell((symbol, 0.2), ("a", 0.1))
    hiss = sounding(phones, man)[2200:4400].astype(float)
    power = np.abs(np.fft.rfft(hiss * np.hanning(len(hiss)))) ** 2
    frequencies = np.fft.rfftfreq(len(hiss), 1 / 16000)
    inside = power[(frequencies >= low_hz) & (frequencies <= high_hz)].sum()
    assert inside > 0.8 * power.sum()


def test_the_velar_burst_follows_the_vowel(man, spell):
    centres = []
    for vowel in ("i", "u"):
        phones = spell(("k", 0.1), (vowel, 0.15))
        steps_s = np.arange(0, 0.45, 0.001)
        tracks = formant_tracks(phones, man, steps_s)
        loud = loudness(phones, (Phrase(0.1, 0.35, "statement"),), tracks, generator(0))
        centres.append(loud.bands[180, 0, 0])
    assert centres[0] > 1.4 * centres[1]


def test_stressed_syllables_are_louder_and_phrases_fade(man, spell, sounding):
    loud = _envelope(sounding(spell(("a", 0.15), ("n", 0.07), ("a", 0.15)), man), 800)
    assert loud[round(1000 * 0.42)] < loud[round(1000 * 0.18)]
    steps_s = np.arange(0, 0.4, 0.001)
    amplitudes = []
    for stress in (0.0, 1.0):
        phones = spell(("a", 0.15), stress=stress)
        tracks = formant_tracks(phones, man, steps_s)
        phrases = (Phrase(0.1, 0.25, "statement"),)
        amplitudes.append(loudness(phones, phrases, tracks, generator(0)).voice.max())
    assert amplitudes[1] > 1.3 * amplitudes[0]


def test_trills_beat(man, spell):
    phones = spell(("a", 0.1), ("r", 0.12), ("a", 0.1))
    tracks = formant_tracks(phones, man, np.arange(0, 0.55, 0.001))
    voice = loudness(phones, (Phrase(0.1, 0.42, "statement"),), tracks, generator(0)).voice[200:320]
    dips = np.flatnonzero((voice[1:-1] < voice[:-2]) & (voice[1:-1] <= voice[2:]))
    assert len(dips) >= 2
