import numpy as np
import pytest
from scipy.signal import lfilter

from vultus.world.speech.filters import STEP_SAMPLES, bank, cascade

RATE_HZ = 16000


def _coefficients(frequency_hz: float, width_hz: float) -> tuple[float, float, float]:
    """A, B, C of Klatt's resonator."""
    c = -np.exp(-2 * np.pi * width_hz / RATE_HZ)
    b = 2 * np.exp(-np.pi * width_hz / RATE_HZ) * np.cos(2 * np.pi * frequency_hz / RATE_HZ)
    return 1 - b - c, b, c


def _textbook(source: np.ndarray, poles: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """One sample, one section after the other, one equation for each."""
    signal = list(source)
    for section in range(poles.shape[1]):
        out: list[float] = []
        for n, value in enumerate(signal):
            a, b, c = _coefficients(*poles[n // STEP_SAMPLES, section])
            out.append(a * value + b * (out[n - 1] if n > 0 else 0) + c * (out[n - 2] if n > 1 else 0))
        signal = out
        if section < zeros.shape[1]:
            fed = signal
            signal = []
            for n, value in enumerate(fed):
                a, b, c = _coefficients(*zeros[n // STEP_SAMPLES, section])
                past = (fed[n - 1] if n > 0 else 0, fed[n - 2] if n > 1 else 0)
                signal.append((value - b * past[0] - c * past[1]) / a)
    return np.array(signal)


def _moving(rng: np.random.Generator, steps: int, sections: int) -> np.ndarray:
    start, end = rng.uniform(200, 6000, (2, sections))
    frequency = np.linspace(start, end, steps)
    return np.stack([frequency, np.full_like(frequency, 150.0)], -1)


def test_moving_resonators_are_the_textbook_loop():
    rng = np.random.default_rng(0)
    source = rng.standard_normal(400)
    poles, zeros = _moving(rng, 26, 4), _moving(rng, 26, 2)
    np.testing.assert_allclose(
        cascade(source, poles, zeros, RATE_HZ), _textbook(source, poles, zeros), rtol=1e-8
    )


def test_standing_resonators_are_scipys_filters():
    source = np.random.default_rng(1).standard_normal(4000)
    expected = source
    poles = np.tile(np.array([[500.0, 60.0], [1500.0, 90.0], [2500.0, 120.0]]), (251, 1, 1))
    for frequency_hz, width_hz in poles[0]:
        a, b, c = _coefficients(frequency_hz, width_hz)
        expected = lfilter([a], [1, -b, -c], expected)
    np.testing.assert_allclose(cascade(source, poles, poles[:, :0], RATE_HZ), expected, rtol=1e-8, atol=1e-12)


def test_a_zero_on_its_pole_changes_nothing():
    source = np.random.default_rng(2).standard_normal(1600)
    pair = np.tile(np.array([[270.0, 100.0]]), (101, 1, 1))
    np.testing.assert_allclose(cascade(source, pair, pair, RATE_HZ), source, atol=1e-9)


def test_bands_have_the_asked_level_and_place():
    noise = np.random.default_rng(3).standard_normal(64000)
    for centre_hz in (1500.0, 4500.0):
        bands = np.tile(np.array([[centre_hz, 500.0]]), (4001, 1, 1))
        out = bank(noise, bands, np.full((4001, 1), 0.5), RATE_HZ)
        assert out.std() == pytest.approx(0.5, rel=0.12)
        power = (np.abs(np.fft.rfft(out.reshape(-1, 640))) ** 2).mean(0)
        assert abs(np.fft.rfftfreq(640, 1 / RATE_HZ)[power.argmax()] - centre_hz) < 150


def test_the_bank_is_linear_in_its_gains():
    noise = np.random.default_rng(4).standard_normal(320)
    bands = np.tile(np.array([[2000.0, 300.0], [5000.0, 900.0]]), (21, 1, 1))
    both = bank(noise, bands, np.full((21, 2), 0.7), RATE_HZ)
    first = bank(noise, bands[:, :1], np.full((21, 1), 0.7), RATE_HZ)
    second = bank(noise, bands[:, 1:], np.full((21, 1), 0.7), RATE_HZ)
    np.testing.assert_allclose(both, first + second, atol=1e-10)
