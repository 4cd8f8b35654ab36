"""What MLflow runs, without MLflow's loading: a method that hears is given the driver's sound."""

import wave
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from vultus.data.media import VideoReader, VideoWriter, read_picture
from vultus.face.models import load_morphable
from vultus.methods.base import METHODS
from vultus.speech.heard import heard
from vultus.speech.voice import read_voice

FRAMES = 6
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*Any type hint:UserWarning"
)  # MLflow's own, when it is imported


@pytest.fixture
def animator(listener):
    from vultus_pipelines.packaging.pyfunc_model import PortraitAnimator  # noqa: PLC0415 - warns

    made = PortraitAnimator()
    made._morphable = load_morphable()
    made._method = METHODS["listener"](made._morphable)
    made._trained = SimpleNamespace(method="listener", version="builtin")
    return made


def driver(portrait, path, sound):
    rgb = read_picture(portrait).rgb[:256, 96:352]
    with VideoWriter(path, (256, 256), 25, audio_from=sound) as writer:
        for index in range(FRAMES):
            writer.write(np.roll(rgb, index, axis=1), index / 25)
    return path


def test_a_driver_is_heard(animator, listener, portrait, tmp_path):
    noise = np.random.default_rng(0).normal(0, 4000, 9_600).astype("<i2")
    with wave.open(str(tmp_path / "noise.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    loud = driver(portrait, tmp_path / "loud.mp4", tmp_path / "noise.wav")
    silent = driver(portrait, tmp_path / "silent.mp4", None)
    rows = [{"source": portrait.read_bytes(), "driving": path.read_bytes()} for path in (loud, silent)]
    frames = []
    for video in animator.predict(None, pd.DataFrame(rows))["video"]:
        (tmp_path / "out.mp4").write_bytes(video)
        with VideoReader(tmp_path / "out.mp4") as reader:
            frames.append(np.stack([frame.rgb for frame in reader]).astype(int))
    expected = listener(heard(read_voice(loud).samples, 16_000, 25.0, FRAMES)).astype(int)
    assert np.abs(frames[0] - expected).max() < 25  # what the codec loses
    assert expected.max() > 100
    assert np.abs(frames[1]).max() < 5
