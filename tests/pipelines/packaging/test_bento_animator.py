"""What a Bento does, in this process: a method that hears is given the driver's sound."""

import asyncio
import wave

import numpy as np
import pytest
from vultus_pipelines.packaging.bento_animator import Animator, Drive, Layout
from vultus_pipelines.packaging.bento_records import BentoSettings, KeptModel

from vultus.data.media import VideoReader
from vultus.face.models import load_morphable
from vultus.speech.heard import heard


@pytest.fixture
def animator(listener):
    head = load_morphable()
    kept = KeptModel("listener", "builtin", "", head.name, head.digest, {})
    made = Animator(kept, BentoSettings())
    yield made
    made.close()


@pytest.fixture
def chirp(tmp_path):
    """A rising tone of 0.6 s, 16 kHz, in a file whose name says nothing."""
    time_s = np.arange(9_600) / 16_000
    samples = np.round(16_000 * np.sin(2 * np.pi * (200 + 2000 * time_s) * time_s)).astype("<i2")
    with wave.open(str(tmp_path / "upload"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return tmp_path / "upload", samples


def frames(animator, portrait, drive, out):
    async def work():
        return [part async for part in animator.animate(portrait.read_bytes(), drive, Layout(), out)]

    asyncio.run(work())
    with VideoReader(out) as reader:
        return np.stack([frame.rgb for frame in reader]).astype(int)


def test_sound_is_heard_by_a_method_that_hears(animator, listener, portrait, chirp, tmp_path):
    path, samples = chirp
    found = frames(animator, portrait, Drive(audio=path), tmp_path / "out.mp4")
    expected = listener(heard(samples / 32767, 16_000, 25.0, 15)).astype(int)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 25  # what the codec loses
    silent = frames(animator, portrait, Drive(motion="nod"), tmp_path / "silent.mp4")
    assert np.abs(silent).max() < 5
