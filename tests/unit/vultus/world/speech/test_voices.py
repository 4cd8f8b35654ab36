import json

import numpy as np
import pytest
from scipy.fft import dct, rfft
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from vultus.errors import InputError
from vultus.world.speech import Voice, draw_voice, say


def _cepstra(sound: np.ndarray) -> np.ndarray:
    """Mel-frequency cepstral coefficients of what is not silent, from the textbook."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 400)[::160] * np.hamming(400)
    power = np.abs(rfft(frames, 512)) ** 2
    edges = 700 * (10 ** (np.linspace(60, 2830, 28) / 2595) - 1)
    bins = np.fft.rfftfreq(512, 1 / 16000)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    mel = power @ np.maximum(0, np.minimum(rising, falling)).T
    return dct(np.log(mel[mel.sum(1) > 1e-4] + 1e-9), norm="ortho")[:, 1:20]


def _statistics(voice: Voice, seed: int) -> np.ndarray:
    cepstra = _cepstra(say(voice, "en", 2.0, seed).sound)
    return np.concatenate([cepstra.mean(0), cepstra.std(0)])


def test_a_classifier_tells_ten_voices_apart_on_sentences_it_has_not_heard():
    voices = [draw_voice(seed) for seed in range(100, 110)]
    heard = np.array([_statistics(voice, seed) for voice in voices for seed in range(9)])
    unheard = np.array([_statistics(voice, seed) for voice in voices for seed in range(1000, 1004)])
    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    classifier.fit(heard, np.repeat(np.arange(10), 9))
    assert classifier.score(unheard, np.repeat(np.arange(10), 4)) > 0.9


def test_the_same_seed_is_the_same_voice_and_others_differ():
    assert draw_voice(5) == draw_voice(5)
    assert len({(voice.pitch_hz, voice.tract_length_cm) for voice in map(draw_voice, range(50))}) == 50


def test_voices_lie_within_what_is_promised():
    for voice in map(draw_voice, range(100)):
        assert 13.5 <= voice.tract_length_cm <= 18.5
        assert 75 <= voice.pitch_hz <= 280
        assert 0 <= voice.breathiness <= 1
        assert 0 <= voice.nasality <= 1
        assert 0.8 <= voice.speed <= 1.25
        assert all(0.92 <= factor <= 1.08 for factor in voice.formant_skew)


def test_women_and_men_are_about_as_frequent():
    short = sum(draw_voice(seed).tract_length_cm < 15.7 for seed in range(100))
    assert 35 < short < 65


def test_json_round_trip():
    voice = draw_voice(9)
    assert Voice.from_json(json.loads(json.dumps(voice.to_json()))) == voice


@pytest.mark.parametrize("change", [{"pitch_hz": None}, {"loudness": 1.0}])
def test_a_voice_with_other_properties_is_refused(change):
    values = draw_voice(0).to_json()
    values = {k: v for k, v in values.items() if k not in change} | {k: v for k, v in change.items() if v}
    with pytest.raises(InputError, match=next(iter(change))):
        Voice.from_json(values)


def test_a_skew_that_is_no_list_is_refused():
    with pytest.raises(InputError, match="formant_skew"):
        Voice.from_json(draw_voice(0).to_json() | {"formant_skew": 1.0})
