import numpy as np
import pytest

from vultus.errors import InputError
from vultus.world.speech import PAUSE, SYNTHESISERS, draw_voice, say, speak
from vultus.world.speech.languages import LANGUAGES


@pytest.mark.parametrize("name", sorted(LANGUAGES))
@pytest.mark.parametrize("duration_s", [0.5, 1.0, 2.345678, 7.0])
def test_speech_is_exactly_as_long_as_asked(name, duration_s):
    utterance = say(draw_voice(3), name, duration_s, 8)
    count = round(duration_s * 16000)
    assert utterance.sound.shape == (count,)
    assert utterance.sound.dtype == np.float32
    assert len(utterance.f0_hz) == len(utterance.energy) == -(-count // 160)
    assert utterance.phones[-1].end_s == pytest.approx(duration_s, abs=1 / 16000)
    assert utterance.phones[0].start_s == 0
    assert utterance.phones[0].symbol == utterance.phones[-1].symbol == PAUSE
    assert utterance.phones[0].duration_s > 0.01
    assert utterance.phones[-1].duration_s > 0.01
    ends = [phone.end_s for phone in utterance.phones[:-1]]
    assert ends == [phone.start_s for phone in utterance.phones[1:]]


def test_most_of_a_long_utterance_is_speech():
    for seed in range(4):
        utterance = say(draw_voice(seed), "en", 12.0, seed)
        spoken_s = sum(phrase.end_s - phrase.start_s for phrase in utterance.phrases)
        assert 0.65 < spoken_s / 12 < 0.97
        assert len(utterance.phrases) >= 3
        rate = sum(phone.symbol != PAUSE for phone in utterance.phones) / spoken_s
        assert 7 < rate < 16


def test_the_same_seed_gives_the_same_samples_and_another_does_not():
    voice = draw_voice(1)
    one, same, other = (say(voice, "de", 2.0, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.sound, same.sound)
    assert one.phones == same.phones
    assert one.text == same.text
    assert one.text != other.text


def test_languages_and_voices_say_other_things():
    texts = {say(draw_voice(1), name, 3.0, 1).text for name in LANGUAGES}
    assert len(texts) == len(list(LANGUAGES))


@pytest.mark.parametrize("duration_s", [0.1, -3.0, 4000.0, float("nan"), float("inf")])
def test_unspeakable_lengths_are_refused(duration_s):
    with pytest.raises(InputError, match="cannot speak for"):
        say(draw_voice(0), "en", duration_s, 0)


def test_unknown_languages_are_refused():
    with pytest.raises(InputError, match="did you mean"):
        say(draw_voice(0), "e", 2.0, 0)


def test_given_text_is_said(man):
    utterance = speak("My papa bought a boat. Did he?", man, "en")
    assert [phrase.kind for phrase in utterance.phrases] == ["statement", "question"]
    assert utterance.text == "My papa bought a boat. Did he?"
    symbols = "".join(phone.symbol for phone in utterance.phones)
    assert symbols.count("p") >= 2
    assert symbols.count(PAUSE) == 3
    assert max(phone.word for phone in utterance.phones) == 6
    np.testing.assert_array_equal(utterance.sound, speak(utterance.text, man, "en").sound)


def test_an_unknown_synthesiser_is_refused():
    assert "formants" in SYNTHESISERS
    with pytest.raises(InputError, match="no synthesiser called 'formant'"):
        say(draw_voice(0), "en", 1.0, 0, "formant")
