"""What is remembered is what would be made anew."""

import numpy as np
import pytest

from vultus.data.sets import ClipSet
from vultus.metrics.leaderboard.embeddings import MOST, RememberedEmbeddings


class Counting:
    """Embeds a picture as its mean colour; a dark one has no face."""

    def __init__(self):
        self.calls = 0

    def __call__(self, rgb):
        self.calls += 1
        return rgb.mean(axis=(0, 1)) if rgb.mean() > 5 else None


@pytest.fixture
def embed():
    return Counting()


def test_a_picture_is_embedded_once(embed):
    remembered = RememberedEmbeddings(lambda: embed)
    picture = np.full((4, 6, 3), 90, np.uint8)
    for _ in range(3):
        np.testing.assert_array_equal(remembered(picture.copy()), [90, 90, 90])
    assert embed.calls == 1
    assert len(remembered(picture.reshape(6, 4, 3))) == 3
    assert embed.calls == 2
    assert remembered(np.zeros((4, 6, 3), np.uint8)) is None
    assert remembered(np.zeros((4, 6, 3), np.uint8)) is None
    assert embed.calls == 3


def test_drivers_are_kept_for_other_processes(embed, data, tmp_path):
    clip = next(iter(ClipSet.open(data).clips()))
    RememberedEmbeddings(lambda: embed).learn(clip, 2, tmp_path)
    made = embed.calls
    again = RememberedEmbeddings(lambda: embed)
    again.learn(clip, 2, tmp_path)
    frames = list(clip.frames())
    for frame in frames[::2]:
        np.testing.assert_array_equal(again(frame), frame.mean(axis=(0, 1)))
    assert embed.calls == made <= len(frames[::2])


def test_memory_does_not_grow(embed):
    remembered = RememberedEmbeddings(lambda: embed)
    for k in range(MOST + 5):
        remembered(np.full((1, 1, 3), (k % 256, k // 256, 9), np.uint8))
    assert len(remembered._known) == MOST
