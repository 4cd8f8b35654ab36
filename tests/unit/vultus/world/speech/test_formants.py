# ruff: noqa: RUF001 - IPA letters look like others
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

from vultus.world.speech import draw_voice
from vultus.world.speech.formants import FORMANT_COUNT, bandwidths, formant_tracks, vowel_formants

VOWELS = ("i", "e", "ɛ", "a", "ɑ", "ɔ", "o", "u", "y", "ø", "ə")


def _resonances_hz(sound: np.ndarray, order: int = 20) -> np.ndarray:
    """Formants by linear prediction, the autocorrelation method."""
    emphasised = np.append(sound[0], sound[1:] - 0.97 * sound[:-1]) * np.hamming(len(sound))
    correlation = np.correlate(emphasised, emphasised, "full")[len(sound) - 1 : len(sound) + order]
    predictor = solve_toeplitz(correlation[:-1], correlation[1:])
    roots = np.roots(np.concatenate([[1.0], -predictor]))
    roots = roots[roots.imag > 0]
    frequencies = np.angle(roots) * 16000 / (2 * np.pi)
    widths = -np.log(np.abs(roots)) * 16000 / np.pi
    return np.sort(frequencies[(widths < 700) & (frequencies > 150)])


def _measured(sound: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The resonances nearest to F1..F3, median over the vowel's middle."""
    found = []
    for start in range(4000, 6800, 200):
        resonances = _resonances_hz(sound[start : start + 480].astype(float))
        found.append([resonances[np.abs(resonances - target).argmin()] for target in targets])
    return np.median(found, axis=0)


@pytest.mark.parametrize("symbol", VOWELS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_formants_measured_in_the_sound_are_those_aimed_at(symbol, seed, spell, sounding):
    voice = replace(draw_voice(seed), pitch_hz=120.0)
    sound = sounding(spell((symbol, 0.4)), voice)
    first, last = vowel_formants(symbol, voice)
    np.testing.assert_array_equal(first, last)
    np.testing.assert_allclose(_measured(sound, first), first, rtol=0.15)


def test_vowels_lie_apart_in_the_sound(man, spell, sounding):
    places = np.array(
        [
            np.log(_measured(sounding(spell((symbol, 0.4)), man), vowel_formants(symbol, man)[0]))[:2]
            for symbol in ("i", "ɛ", "a", "ɔ", "u", "y")
        ]
    )
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1) + 9 * np.eye(len(places))
    assert apart.min() > 0.12


def test_short_tracts_have_high_formants(man, spell):
    tall, small = (replace(man, tract_length_cm=length_cm) for length_cm in (18.0, 14.0))
    times_s = np.arange(0, 0.6, 0.001)
    phones = spell(("a", 0.4))
    ratio = formant_tracks(phones, small, times_s) / formant_tracks(phones, tall, times_s)
    np.testing.assert_allclose(ratio[:, :3], 18 / 14, rtol=1e-6)


def test_a_consonants_place_bends_the_second_formant(man, spell):
    times_s = np.arange(0, 0.6, 0.001)
    beside = {}
    for symbol in ("b", "d", "ɡ"):
        phones = spell(("ɛ", 0.12), (symbol, 0.08), ("ɛ", 0.12))
        beside[symbol] = formant_tracks(phones, man, times_s)[round(phones[2].start_s * 1000), 1]
    middle = vowel_formants("ɛ", man)[0][1]
    assert beside["b"] < 0.92 * middle
    assert beside["b"] < beside["d"] < beside["ɡ"] * 1.05


def test_tracks_move_smoothly_and_never_cross(man, spell):
    phones = spell(("i", 0.1), ("l", 0.05), ("u", 0.1), ("ɡ", 0.06), ("aɪ", 0.16), ("ɹ", 0.06), ("y", 0.1))
    tracks = formant_tracks(phones, man, np.arange(0, 0.9, 0.001))
    assert tracks.shape[1] == FORMANT_COUNT
    assert (np.diff(tracks, axis=1) > 60).all()
    assert np.abs(np.diff(tracks, axis=0)).max() < 90
    assert tracks.max() < 8000


def test_short_vowels_do_not_reach_their_targets(man, spell):
    times_s = np.arange(0, 0.6, 0.001)
    reached = [
        formant_tracks(spell(("b", 0.08), ("i", length_s), ("b", 0.08)), man, times_s)[:, 1].max()
        for length_s in (0.04, 0.2)
    ]
    assert reached[0] < 0.93 * reached[1]


def test_losses_widen_the_low_resonances_most():
    tracks = np.tile(np.linspace(500, 6500, FORMANT_COUNT), (2, 1))
    closed, opened = bandwidths(tracks, np.array([0.0, 1.0]))
    assert (opened > closed).all()
    assert (np.diff(opened / closed) <= 0).all()
