"""What a head hears of an utterance."""

import numpy as np

from vultus.world.motion.prosody import prosody_of
from vultus.world.speech import PAUSE, Phone, Utterance


def _utterance(f0, energy, phones=()) -> Utterance:
    return Utterance(
        "test",
        "",
        np.zeros(160 * len(f0), np.float32),
        16000,
        tuple(phones) or (Phone("a", 0.0, len(f0) / 100),),
        np.asarray(f0, np.float32),
        np.asarray(energy, np.float32),
        (),
    )


def test_pitch_is_told_in_octaves_above_the_usual():
    f0 = np.repeat([100.0, 200.0, 100.0], 100)
    found = prosody_of(_utterance(f0, np.ones(300)), 300).octaves
    np.testing.assert_allclose(found[[50, 150, 250]], [0, 1, 0], atol=0.05)


def test_pitch_is_led_over_short_gaps_and_rests_in_long_ones():
    f0 = np.concatenate(
        [np.full(300, 100.0), np.full(100, 200.0), np.zeros(6), np.full(94, 200.0), np.zeros(200)]
    )
    found = prosody_of(_utterance(f0, np.ones(700)), 700).octaves
    assert found[390:416].min() > 0.85
    assert np.abs(found[600:]).max() < 0.02


def test_voice_and_volume_of_the_recording_do_not_matter():
    random = np.random.default_rng(0)
    f0, energy = 100 * 2 ** random.uniform(-0.5, 0.5, 300), random.uniform(0.01, 0.3, 300)
    one, other = (prosody_of(_utterance(f0 * k, energy * k), 300) for k in (1.0, 2.0))
    np.testing.assert_allclose(one.octaves, other.octaves, atol=1e-6)
    np.testing.assert_allclose(one.loudness, other.loudness, atol=1e-5)


def test_silence_has_no_prosody():
    found = prosody_of(_utterance(np.zeros(100), np.zeros(100), [Phone(PAUSE, 0.0, 1.0)]), 100)
    assert not found.octaves.any()
    assert not found.loudness.any()
    np.testing.assert_allclose(found.pausing, 1.0)


def test_stress_is_where_the_phone_is():
    phones = [
        Phone("a", 0.0, 1.0),
        Phone("e", 1.0, 1.3, 1.0),
        Phone("o", 1.3, 2.0, 0.5),
        Phone(PAUSE, 2.0, 3.0),
    ]
    found = prosody_of(_utterance(np.ones(300), np.ones(300), phones), 300)
    assert found.stress[115] > 0.95
    assert abs(found.stress[160] - 0.25) < 1e-3
    assert found.stress[50] < 1e-3
    assert found.pausing[250] > 0.99


def test_after_the_utterance_the_person_is_silent():
    found = prosody_of(_utterance(np.full(100, 120.0), np.full(100, 0.1)), 300)
    assert len(found.octaves) == len(found.stress) == 300
    assert found.pausing[200] > 0.99
    assert found.loudness[200] < found.loudness[50] - 1
