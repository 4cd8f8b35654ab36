import numpy as np
import pytest

from vultus.data.real.cuts import CutFinder


def _frames(seed, count):
    """A wall of coloured tiles that slides by a pixel a frame."""
    tiles = np.random.default_rng(seed).integers(0, 256, (12, 30, 3), dtype=np.uint8)
    wall = np.kron(tiles, np.ones((16, 16, 1), np.uint8))
    return [np.ascontiguousarray(wall[:, index : index + 240]) for index in range(count)]


def _cuts(frames):
    finder = CutFinder()
    return [cut for frame in frames for cut in finder.see(frame)]


@pytest.mark.parametrize("first", [5, 20])
def test_the_first_frame_of_another_scene_is_named(first):
    assert _cuts(_frames(1, first) + _frames(2, 20)) == [first]


def test_a_panning_camera_and_a_slow_fade_are_no_cuts():
    frames = _frames(1, 40)
    faded = [(frame * (1 - index / 60)).astype(np.uint8) for index, frame in enumerate(frames)]
    assert _cuts(frames) == []
    assert _cuts(faded) == []
