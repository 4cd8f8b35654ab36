import numpy as np
import pytest

from vultus.world.speech.glottis import TABLE_SIZE, pulse_shape, voice_source

RATE_HZ = 16000


@pytest.mark.parametrize("open_quotient", [0.48, 0.6, 0.72])
@pytest.mark.parametrize("tilt_db", [-3.0, 4.0, 11.0])
@pytest.mark.parametrize("pitch_hz", [85.0, 250.0])
def test_a_period_lets_no_flow_pile_up_and_closes_once(open_quotient, tilt_db, pitch_hz):
    wave, excitation = pulse_shape(open_quotient, tilt_db, pitch_hz)
    assert wave.mean() == pytest.approx(0, abs=1e-9)
    assert np.mean(wave**2) == pytest.approx(1)
    assert abs(wave.argmin() / TABLE_SIZE - excitation) < 0.01
    flow = np.cumsum(wave)
    assert flow.min() > -0.05 * flow.max()


def test_tilt_takes_away_high_harmonics():
    spectra = [np.abs(np.fft.rfft(pulse_shape(0.6, tilt_db, 100.0)[0]))[30] for tilt_db in (-3.0, 5.0, 11.0)]
    assert spectra[0] > 1.5 * spectra[1] > 2.2 * spectra[2]


def test_pulses_come_at_the_asked_pitch_and_stop_where_asked():
    shape, excitation = pulse_shape(0.6, 3.0, 125.0)
    voiced = np.ones(RATE_HZ)
    voiced[8000:9000] = 0
    flow, opening = voice_source(
        np.full(RATE_HZ, 125.0), voiced, shape, excitation, np.zeros((1, 2)), RATE_HZ
    )
    assert not flow[8000:9000].any()
    assert (opening[8000:9000] == 1).all()
    spectrum = np.abs(np.fft.rfft(flow[:8000]))
    assert spectrum[1:].argmax() + 1 in (62, 63, 125, 126)
    first = np.flatnonzero(np.diff(np.flatnonzero(flow[:8000] < 0.9 * flow.min())) > 5)
    assert len(first) == pytest.approx(62, abs=1)
    np.testing.assert_allclose(flow[9000:9128], flow[:128])


def test_jitter_and_shimmer_change_periods_and_amplitudes():
    shape, excitation = pulse_shape(0.6, 0.0, 100.0)
    perturbation = np.random.default_rng(0).normal(0, 0.02, (500, 2))
    flow, _ = voice_source(
        np.full(RATE_HZ, 100.0), np.ones(RATE_HZ), shape, excitation, perturbation, RATE_HZ
    )
    periods = flow.reshape(-1, 160).min(1)
    assert 0.005 < periods.std() / abs(periods.mean()) < 0.2
