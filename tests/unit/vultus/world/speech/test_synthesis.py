import numpy as np
import pytest

from vultus.world.speech import PAUSE, draw_voice, say
from vultus.world.speech.languages import LANGUAGES
from vultus.world.speech.synthesis import LEVEL_DB, energy


@pytest.mark.parametrize("name", sorted(LANGUAGES))
@pytest.mark.parametrize("seed", [1, 7, 13])
def test_sound_is_clean(name, seed):
    utterance = say(draw_voice(seed), name, 3.0, seed)
    sound = utterance.sound.astype(float)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 0.8
    spoken = np.zeros(len(sound), bool)
    for phrase in utterance.phrases:
        spoken[round(phrase.start_s * 16000) : round(phrase.end_s * 16000)] = True
    assert not sound[~spoken].any()
    assert 20 * np.log10(np.sqrt(np.mean(sound[spoken] ** 2))) == pytest.approx(LEVEL_DB, abs=0.2)


def test_there_are_no_clicks_at_joins():
    for name in LANGUAGES:
        utterance = say(draw_voice(4), name, 4.0, 2)
        sound = utterance.sound.astype(float)
        level = np.sqrt(np.convolve(sound**2, np.ones(480) / 480, mode="same")) + 0.01
        bend = np.abs(np.diff(sound, 2, prepend=0, append=0))
        for phrase in utterance.phrases:
            for edge_s in (phrase.start_s, phrase.end_s):
                at = round(edge_s * 16000)
                assert np.abs(np.diff(sound[at - 8 : at + 8])).max() < 0.02
        for phone in utterance.phones:
            at = round(phone.start_s * 16000)
            near, around = bend[max(at - 4, 0) : at + 4], bend[max(at - 400, 0) : at + 400]
            assert near.max() <= max(around.max(), 4 * level[at])


def test_pauses_are_exactly_silent(utterance):
    for phone in utterance.phones:
        if phone.symbol == PAUSE:
            piece = utterance.sound[round(phone.start_s * 16000) : round(phone.end_s * 16000)]
            assert not piece.any()


def test_energy_is_the_textbook_root_mean_square(utterance):
    measured = energy(utterance.sound)
    assert len(measured) == 600
    for index in (50, 123, 333):
        piece = utterance.sound[index * 160 - 200 : index * 160 + 200].astype(float)
        assert measured[index] == pytest.approx(np.sqrt(np.mean(piece**2)), rel=1e-5)


def test_the_spectrum_changes_where_phones_meet():
    utterance = say(draw_voice(2), "en", 10.0, 1)
    frames = np.lib.stride_tricks.sliding_window_view(utterance.sound, 320)[::80] * np.hanning(320)
    spectra = np.log(np.abs(np.fft.rfft(frames)) + 1e-3)
    change = np.linalg.norm(spectra[4:] - spectra[:-4], axis=1)
    moments_s = (np.arange(len(change)) * 80 + 320) / 16000
    boundaries_s = np.array([phone.start_s for phone in utterance.phones[1:]])
    away_s = np.abs(moments_s[:, None] - boundaries_s).min(1)
    spoken = np.zeros(len(moments_s), bool)
    for phrase in utterance.phrases:
        spoken |= (moments_s >= phrase.start_s) & (moments_s < phrase.end_s)
    assert change[spoken & (away_s < 0.008)].mean() > 2 * change[spoken & (away_s > 0.025)].mean()
