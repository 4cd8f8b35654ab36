import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vultus.errors import InputError
from vultus_kit.rpc.sound import RUN_BYTES, SoundAssembler, rate_from_wire, sound_to_wire


@hypothesis.given(arrays(np.int16, st.integers(1, 50)))
def test_sounds_survive(samples):
    assembler = SoundAssembler()
    for run in sound_to_wire(samples):
        assembler.add(run)
    np.testing.assert_array_equal(assembler.finish(), samples)


def test_long_sounds_come_in_runs():
    samples = np.arange(RUN_BYTES).astype(np.int16)
    runs = list(sound_to_wire(samples))
    assert [len(run) for run in runs] == [RUN_BYTES, RUN_BYTES]
    assert runs[0][:4] == b"\x00\x00\x01\x00"


def test_no_sound_is_none():
    assert list(sound_to_wire(None)) == []
    assert SoundAssembler().finish() is None


def test_nobody_listens():
    assembler = SoundAssembler(kept=False)
    assembler.add(b"\0\0")
    assert assembler.finish() is None
    assembler.add(b"\0")
    with pytest.raises(InputError, match="3 bytes"):
        assembler.finish()


def test_an_hour_is_the_longest():
    assembler = SoundAssembler(8_000, kept=False)
    assembler.add(bytes(2 * 8_000 * 3600))
    with pytest.raises(InputError, match="longer than 3600 s") as caught:
        assembler.add(b"\0\0")
    assert caught.value.remedy == "send the clip in parts"


@pytest.mark.parametrize(
    ("given", "meant"), [(0, 16_000), (8_000, 8_000), (44_100, 44_100), (48_000, 48_000)]
)
def test_rates(given, meant):
    assert rate_from_wire(given) == meant


@pytest.mark.parametrize("rate_hz", [-1, 7_999, 48_001])
def test_rates_that_no_sound_has(rate_hz):
    with pytest.raises(InputError, match=f"{rate_hz} samples a second"):
        rate_from_wire(rate_hz)
