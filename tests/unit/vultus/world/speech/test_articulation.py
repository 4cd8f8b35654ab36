import numpy as np
import pytest
import torch

from vultus.face.arkit import ARKIT_52
from vultus.face.builtin import build_head
from vultus.world.speech import PAUSE, Phone, articulate, draw_voice, say

NAMES = tuple(sorted(ARKIT_52))


@pytest.fixture(scope="module")
def lips():
    """Measures the gap between the lips and the mouth's width on the built-in head, mm."""
    head = build_head()

    def measured(phones, times_s) -> tuple[np.ndarray, np.ndarray]:
        expression = torch.from_numpy(articulate(phones, np.asarray(times_s, float), head.expression_names))
        people = torch.zeros(len(expression), head.identity_count)
        points = head.landmarks["mediapipe468"].on(head.pose(people, expression), head.faces).numpy()
        return points[:, 13, 1] - points[:, 14, 1], points[:, 291, 0] - points[:, 61, 0]

    return measured


@pytest.mark.parametrize("symbol", ["m", "b", "p", "pʰ", "mʲ"])
@pytest.mark.parametrize("vowel", ["a", "ɔ", "i", "u"])
def test_lips_meet_for_bilabials_even_between_open_vowels(symbol, vowel, spell, lips):
    phones = spell((vowel, 0.12), (symbol, 0.07), (vowel, 0.12))
    gap, _ = lips(phones, np.linspace(phones[2].start_s + 0.002, phones[2].start_s + 0.03, 6))
    assert np.abs(gap).max() < 0.6


def test_open_vowels_open_widest_and_rounded_ones_are_narrowest(spell, lips):
    gaps, widths = {}, {}
    for symbol in ("a", "ɛ", "i", "o", "u", "y"):
        phones = spell(("t", 0.08), (symbol, 0.15), ("t", 0.08))
        (gaps[symbol],), (widths[symbol],) = lips(phones, [phones[2].start_s + 0.075])
    assert max(gaps, key=gaps.__getitem__) == "a"
    assert 10 < gaps["a"] < 22
    assert gaps["i"] < gaps["ɛ"] < gaps["a"]
    assert gaps["u"] < 5
    assert widths["u"] < widths["o"] < widths["a"] < widths["i"]
    assert widths["u"] < 0.8 * widths["i"]


def test_the_lower_lip_tucks_for_labiodentals(spell, lips):
    phones = spell(("a", 0.15), ("f", 0.1), ("a", 0.15))
    moment_s = [phones[2].start_s + 0.05]
    (gap,), _ = lips(phones, moment_s)
    mouth = dict(zip(NAMES, articulate(phones, np.array(moment_s), NAMES)[0].tolist(), strict=True))
    assert -0.5 < gap < 2
    assert mouth["mouthRollLower"] > 0.35
    assert mouth["mouthClose"] < 0.02


def test_rounding_looks_ahead(spell):
    pucker = NAMES.index("mouthPucker")
    early = [
        articulate(spell(("s", 0.1), ("t", 0.08), (vowel, 0.15)), np.array([0.22]), NAMES)[0, pucker]
        for vowel in ("u", "i")
    ]
    assert early[0] > 0.15
    assert early[1] < 0.02


def test_stress_and_effort_open_the_jaw(spell):
    jaw = NAMES.index("jawOpen")

    def opened(stress: float, effort: float) -> float:
        return float(articulate(spell(("a", 0.2), stress=stress), np.array([0.2]), NAMES, effort)[0, jaw])

    assert opened(1.0, 1.0) > 1.1 * opened(0.0, 1.0)
    assert opened(1.0, 1.2) == pytest.approx(1.2 * opened(1.0, 1.0), rel=1e-5)
    varying = articulate(spell(("a", 0.2)), np.array([0.2, 0.21]), NAMES, np.array([0.5, 1.0]))
    assert varying[1, jaw] > 1.8 * varying[0, jaw]


def test_the_mouth_rests_in_pauses_and_far_away(utterance):
    pauses = [phone for phone in utterance.phones if phone.symbol == PAUSE and phone.duration_s > 0.25]
    middles = np.array([(phone.start_s + phone.end_s) / 2 for phone in pauses])
    mouth = articulate(utterance.phones, middles, NAMES)
    assert len(middles) > 0
    assert mouth.max() < 0.06
    assert not articulate(utterance.phones, np.array([100.0]), NAMES).any()
    assert not articulate((), np.array([0.0, 1.0]), NAMES).any()


def test_curves_are_bounded_smooth_and_symmetric(utterance):
    times_s = np.arange(0, 6, 0.001)
    mouth = articulate(utterance.phones, times_s, NAMES)
    assert mouth.dtype == np.float32
    assert mouth.min() >= 0
    assert mouth.max() <= 1
    assert np.abs(np.diff(mouth, axis=0)).max() < 0.05
    for index, name in enumerate(NAMES):
        if name.endswith("Left"):
            np.testing.assert_array_equal(mouth[:, index], mouth[:, NAMES.index(name[:-4] + "Right")])


def test_only_mouth_shapes_move_and_order_follows_the_names(utterance):
    times_s = np.linspace(0, 6, 50)
    names = ["browInnerUp", "jawOpen", "eyeBlinkLeft", "something"]
    mouth = articulate(utterance.phones, times_s, names)
    assert not mouth[:, [0, 2, 3]].any()
    np.testing.assert_array_equal(
        mouth[:, 1], articulate(utterance.phones, times_s, NAMES)[:, NAMES.index("jawOpen")]
    )


def test_an_hour_needs_no_more_than_a_window():
    phones = tuple(Phone("a", index * 0.1, (index + 1) * 0.1) for index in range(2000))
    assert articulate(phones, np.arange(0, 200, 0.04), ["jawOpen"]).shape == (5000, 1)


def test_diphthongs_move(spell):
    phones = spell(("ɔɪ", 0.3))
    pucker = articulate(phones, np.array([0.17, 0.37]), ["mouthPucker"])[:, 0]
    assert pucker[0] > pucker[1] + 0.1


def test_louder_phones_in_real_utterances_open_the_mouth(utterance):
    utterance = say(draw_voice(6), "en", 20.0, 3)
    times_s = np.arange(len(utterance.energy)) / 100
    mouth = articulate(utterance.phones, times_s, ["jawOpen", "mouthClose"])
    assert np.corrcoef(utterance.energy, mouth[:, 0] - mouth[:, 1])[0, 1] > 0.45
