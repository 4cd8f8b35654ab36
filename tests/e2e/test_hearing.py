"""`vultus animate` with a method that hears: the driver's sound reaches every frame in time."""

import json
import wave

import numpy as np
import pytest

from vultus.data.media import VideoReader, VideoWriter, read_picture, read_sound
from vultus.speech.heard import heard
from vultus.speech.voice import voice_of
from vultus_cli.main import run

FRAMES = 14


def write_chirp(path):
    """A tone that rises from 200 Hz to 4,200 Hz in a second, 44.1 kHz."""
    time_s = np.arange(44_100) / 44_100
    samples = 0.5 * np.sin(2 * np.pi * (200 + 2000 * time_s) * time_s)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
        file.writeframes(np.round(32767 * samples).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def film(portrait, tmp_path_factory):
    """Makes a clip of the portrait, with or without sound."""
    folder = tmp_path_factory.mktemp("drivers")
    rgb = read_picture(portrait).rgb[:256, 96:352]
    chirp = write_chirp(folder / "chirp.wav")

    def make(fps, *, silent=False):
        path = folder / f"{fps}-{silent}.mp4"
        with VideoWriter(path, (256, 256), fps, audio_from=None if silent else chirp) as writer:
            for index in range(FRAMES):
                writer.write(np.roll(rgb, index, axis=1), index / fps)
        return path

    return make


def animated(capsys, portrait, driver, out):
    words = ["animate", portrait, "--driving", driver, "--method", "listener", "--out", out, "--json"]
    code = run(list(map(str, words)))
    captured = capsys.readouterr()
    assert code == 0, captured.err
    with VideoReader(out) as reader:
        return json.loads(captured.out), np.stack([frame.rgb for frame in reader]).astype(int)


@pytest.mark.parametrize("fps", [25.0, 30.0])
def test_the_drivers_sound_is_heard_frame_by_frame(capsys, listener, portrait, film, tmp_path, fps):
    made, found = animated(capsys, portrait, film(fps), tmp_path / "out.mp4")
    assert (made["audio"], made["frames"]) == (True, FRAMES)
    voice = voice_of(read_sound(film(fps)))
    expected = listener(heard(voice.samples, 16_000, fps, FRAMES)).astype(int)
    assert np.abs(found - expected).max() < 25  # what the codec loses
    rising = found[:, 8, 8 + 16, 0]
    assert np.ptp(rising) > 25
    assert np.corrcoef(rising, np.arange(FRAMES))[0, 1] > 0.97


def test_a_driver_without_sound_is_silent(capsys, listener, portrait, film, tmp_path):
    made, found = animated(capsys, portrait, film(25.0, silent=True), tmp_path / "out.mp4")
    assert made["audio"] is False
    assert np.abs(found - listener(np.zeros((FRAMES, 300)))).max() < 5
