"""A whole performance: a track that is sound, repeatable and alive."""

import numpy as np
import pytest
import torch

from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus.world.motion import perform


def _angles(track: Track) -> np.ndarray:
    return angles_from_matrix(matrix_from_axis_angle(track.rotation_rad.double())).numpy()


@pytest.fixture(scope="module")
def spoken(person, utter, head) -> Track:
    return perform(person(3), utter(12.0, 3), 25.0, 12.0, 9, head, (128, 160))


@pytest.fixture(scope="module")
def listened(person, head) -> Track:
    return perform(person(3), None, 25.0, 12.0, 9, head, (128, 160))


def test_a_track_that_files_can_hold(spoken):
    assert len(spoken) == 300
    again = Track.from_bytes(spoken.to_bytes())
    torch.testing.assert_close(again.translation_px, spoken.translation_px)


def test_times_are_those_of_frames(spoken):
    np.testing.assert_allclose(spoken.time_s, np.arange(300) / 25, atol=1e-12)


def test_is_repeated_to_the_last_bit(spoken, person, utter, head):
    again = perform(person(3), utter(12.0, 3), 25.0, 12.0, 9, head, (128, 160))
    for name in spoken.tensor_names():
        assert torch.equal(getattr(again, name), getattr(spoken, name))


def test_coefficients_are_in_range(spoken, listened):
    for track in (spoken, listened):
        assert track.expression.min() >= 0
        assert track.expression.max() <= 1


def test_who_speaks_moves_the_mouth_and_who_listens_does_not(spoken, listened, head):
    jaw = head.expression_names.index("jawOpen")
    assert spoken.expression[:, jaw].std() > 0.02
    assert listened.expression[:, jaw].max() == 0


def test_both_blink_and_look(spoken, listened, head):
    lid = head.expression_names.index("eyeBlinkLeft")
    for track in (spoken, listened):
        assert track.expression[:, lid].max() > 0.9
        assert track.expression[:, lid].median() < 0.3
        assert track.eyes_rad.abs().max() < 0.6


def test_the_frame_rate_samples_one_motion(person, utter, head):
    slow, fast = (perform(person(3), utter(6.0, 3), fps, 6.0, 9, head, (128, 128)) for fps in (25.0, 50.0))
    np.testing.assert_allclose(_angles(fast)[: 2 * len(slow) : 2], _angles(slow), atol=2e-3)


def test_the_size_of_pictures_scales_the_camera_alone(person, head):
    small, large = (perform(person(3), None, 25.0, 4.0, 9, head, (s, s)) for s in (64, 256))
    torch.testing.assert_close(small.rotation_rad, large.rotation_rad)
    torch.testing.assert_close(small.translation_px * 4, large.translation_px, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(small.scale * 4, large.scale)


def test_a_clip_longer_than_its_utterance_ends_in_silence(person, utter, head):
    track = perform(person(3), utter(4.0, 3), 25.0, 8.0, 9, head, (128, 128))
    jaw = head.expression_names.index("jawOpen")
    assert track.expression[110:, jaw].max() < 0.05


@pytest.mark.parametrize("speaks", [True, False])
def test_heads_stay_in_the_picture(speaks, person, utter, head):
    skin = torch.cat([head.regions[name] for name in ("scalp", "ears", "face")])
    for seed in range(8):
        utterance = utter(10.0, seed) if speaks else None
        track = perform(person(seed), utterance, 25.0, 10.0, seed, head, (128, 128))[::20]
        seen = track.camera.project(track.vertices(head)[:, skin])[..., :2]
        assert seen.min() >= 0
        assert seen.max() <= 128


@pytest.mark.parametrize(("fps", "duration_s"), [(25.0, 0.0), (0.0, 1.0), (25.0, float("nan")), (-1.0, 2.0)])
def test_a_clip_without_frames_is_refused(fps, duration_s, person, head):
    with pytest.raises(InputError, match="no frames"):
        perform(person(3), None, fps, duration_s, 9, head, (128, 128))


def test_a_single_frame_is_a_clip(person, utter, head):
    assert len(perform(person(3), utter(2.0, 3), 25.0, 0.04, 9, head, (128, 128))) == 1
