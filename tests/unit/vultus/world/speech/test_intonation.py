from dataclasses import replace

import numpy as np
import pytest

from vultus.world.seeds import generator
from vultus.world.speech import PAUSE, Phone, Phrase, draw_voice, say
from vultus.world.speech.intonation import pitch_hz, voiced_mask
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.phonemes import phoneme


def _voiced(utterance) -> np.ndarray:
    return utterance.f0_hz[utterance.f0_hz > 0]


@pytest.mark.parametrize("name", ["en", "zh", "ja", "ru"])
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_mean_and_spread_are_as_asked(name, seed):
    voice = draw_voice(seed)
    f0_hz = _voiced(say(voice, name, 8.0, seed))
    assert f0_hz.mean() == pytest.approx(voice.pitch_hz, rel=0.05)
    assert (12 * np.log2(f0_hz)).std() == pytest.approx(voice.pitch_range_semitones, rel=0.25)


def test_pitch_measured_in_the_sound_is_the_contour(man):
    utterance = say(replace(man, jitter=0.003), "es", 5.0, 3)
    errors = []
    for index in range(10, len(utterance.f0_hz) - 10):
        around = utterance.f0_hz[index - 3 : index + 4]
        if (around > 0).all() and utterance.energy[index] > 0.04:
            piece = utterance.sound[index * 160 - 400 : index * 160 + 400].astype(float)
            correlation = np.correlate(piece, piece, "full")[len(piece) - 1 :]
            lags = np.arange(len(correlation))
            plausible = (lags > 16000 / (1.5 * around[3])) & (lags < 16000 / (0.67 * around[3]))
            lag = lags[plausible][correlation[plausible].argmax()]
            errors.append(abs(16000 / lag / around[3] - 1))
    assert len(errors) > 80
    assert np.median(errors) < 0.02


def test_the_voice_is_silent_in_voiceless_sounds_and_pauses(utterance):
    moments_s = np.arange(len(utterance.f0_hz)) / 100
    for phone in utterance.phones:
        inside = utterance.f0_hz[(moments_s >= phone.start_s + 1e-6) & (moments_s < phone.end_s - 1e-6)]
        if phone.symbol == PAUSE or not phoneme(phone.symbol).voiced:
            assert not inside.any()
        else:
            assert (inside > 0).all()


def _contour(phones, kind: str, name: str = "en", **voice) -> np.ndarray:
    phrase = Phrase(phones[0].end_s, phones[-1].start_s, kind)
    speaker = replace(draw_voice(2), uptalk=0.0, **voice)
    moments_s = np.arange(0, phones[-1].end_s, 0.001)
    f0_hz, voiced = pitch_hz(phones, (phrase,), LANGUAGES[name], speaker, generator(1), moments_s)
    return f0_hz[voiced]


def test_statements_fall_and_questions_rise(spell):
    sounds = [(sound, 0.1) for sound in ("m", "a", "n", "a", "l", "a", "m", "a", "n", "a")]
    statement, question = (_contour(spell(*sounds, stress=0.0), kind) for kind in ("statement", "question"))
    assert statement[-1] < 0.85 * statement[:300].mean()
    assert question[-1] > 1.1 * question[:300].mean()


def test_accents_lift_the_stressed_syllable(spell):
    phones = list(spell(*[(sound, 0.1) for sound in ("m", "a", "n", "a", "l", "a")], stress=0.0))
    phones[4] = replace(phones[4], stress=1.0)
    contour = _contour(tuple(phones), "continuation", accent_lag=0.5, declination_semitones=1.0)
    assert 290 < contour.argmax() < 420


@pytest.mark.parametrize(("tone", "shape"), [("51", -1), ("35", 1)])
def test_tones_fall_and_rise(tone, shape):
    phones = (
        Phone(PAUSE, 0.0, 0.1),
        Phone("m", 0.1, 0.2, 0.0, 0, tone, 0),
        Phone("a", 0.2, 0.45, 0.0, 0, tone, 0),
        Phone("m", 0.45, 0.55, 0.0, 1, "3", 1),
        Phone("a", 0.55, 0.9, 0.0, 1, "3", 1),
        Phone(PAUSE, 0.9, 1.0),
    )
    contour = _contour(phones, "continuation", "zh")
    assert np.sign(contour[320] - contour[130]) == shape
    assert abs(np.log2(contour[320] / contour[130])) > 0.1


def test_voicing_is_the_phones_own(spell):
    phones = spell(("s", 0.1), ("a", 0.1), ("t", 0.1))
    mask = voiced_mask(phones, np.arange(0, 0.5, 0.001))
    assert np.flatnonzero(mask).tolist() == list(range(200, 300))
