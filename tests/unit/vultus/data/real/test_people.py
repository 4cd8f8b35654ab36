import numpy as np
import pytest

from vultus.data.media import VideoReader, read_picture
from vultus.data.real.people import PersonSampler, build_embedder, changes


def _looks(*values):
    """Embeddings on a line, at every tenth row."""
    return tuple((10 * index, np.full(128, value / np.sqrt(128))) for index, value in enumerate(values))


def test_a_change_lies_between_the_last_look_before_and_the_first_after():
    assert changes(_looks(0.0, 0.1, 0.0, 1.0, 1.1), 0.6) == [(20, 30)]


def test_one_odd_look_is_not_somebody_else():
    assert changes(_looks(0.0, 0.1, 1.0, 0.0, 0.1), 0.6) == []


def test_two_looks_are_enough_to_tell_two_people():
    assert changes(_looks(0.0, 1.0), 0.6) == [(0, 10)]
    assert changes(_looks(0.0), 0.6) == []
    assert changes((), 0.6) == []


def test_a_face_is_looked_at_once_a_second_and_after_a_jump(portrait):
    rgb = read_picture(portrait).rgb
    sampler = PersonSampler(build_embedder())
    for row in range(30):
        sampler.see(row, row / 25, rgb, (170.0, 50.0, 280.0, 190.0), anew=row == 10)
    assert [row for row, _ in sampler.seen] == [0, 10]


@pytest.mark.slow
def test_two_people_in_one_clip_are_far_apart(shared):
    frames = list(VideoReader(shared / "media" / "hostile" / "cut_to_other_person.mp4"))
    sampler = PersonSampler(build_embedder())
    for frame in (frames[0], frames[20], frames[35], frames[59]):
        sampler.see(frame.index, frame.time_s, frame.rgb, (40.0, 40.0, 210.0, 220.0), anew=True)
    assert changes(tuple(sampler.seen), 0.6) == [(20, 35)]
