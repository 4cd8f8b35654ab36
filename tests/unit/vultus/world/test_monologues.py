"""Long speech is short speech, joined without a seam."""

import numpy as np
import pytest

from vultus.world.monologues import joined, say_long
from vultus.world.speech import draw_voice, say

VOICE = draw_voice(3)


@pytest.fixture(scope="module")
def long():
    return say_long(VOICE, "en", 130.37, 5)


def test_up_to_a_minute_it_is_plain_speech():
    np.testing.assert_array_equal(say_long(VOICE, "en", 2.0, 5).sound, say(VOICE, "en", 2.0, 5).sound)


def test_it_is_exactly_as_long_as_asked(long):
    assert len(long.sound) == round(130.37 * 16_000)
    assert len(long.f0_hz) == len(long.energy) == 13_037


def test_phones_follow_each_other_without_gaps(long):
    ends = np.array([[phone.start_s, phone.end_s] for phone in long.phones])
    np.testing.assert_allclose(ends[1:, 0], ends[:-1, 1], atol=1e-6)
    assert ends[0, 0] == 0
    assert ends[-1, 1] == pytest.approx(130.37, abs=1e-4)
    words = [phone.word for phone in long.phones if phone.word >= 0]
    assert (np.diff(words) >= 0).all()
    assert set(words) == set(range(max(words) + 1))


def test_prosody_belongs_to_its_sound(long):
    at = 43 + 87  # s, in the third part
    block = long.sound[at * 16_000 - 200 : at * 16_000 + 200].astype(float)
    assert long.energy[at * 100] == pytest.approx(np.sqrt((block**2).mean()), abs=0.02)
    assert all(0 <= phrase.start_s < phrase.end_s <= 130.38 for phrase in long.phrases)


def test_parts_say_different_things():
    once = say(VOICE, "en", 2.0, 1)
    twice = joined([once, say(VOICE, "en", 2.0, 2)])
    np.testing.assert_array_equal(twice.sound[:32_000], once.sound)
    assert not np.array_equal(twice.sound[32_000:], once.sound)
    assert twice.text.startswith(once.text)
