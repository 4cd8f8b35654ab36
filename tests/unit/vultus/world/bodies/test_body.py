import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vultus.errors import IncompatibleError
from vultus.world.bodies import PART_INDEX
from vultus.world.bodies.body import torso_turn


def test_the_face_is_where_the_model_puts_it(body, track):
    model = body.model
    expected = track.camera.project(track.vertices(model))
    placed = body.place(track)[:, : len(model.mean)]
    riding = body.torso[: len(model.mean)] == 0
    riding[torch.cat([model.regions["teeth"], model.regions["tongue"]])] = False
    assert riding.float().mean() > 0.5
    torch.testing.assert_close(placed[:, riding], expected[:, riding], atol=2e-3, rtol=0)


def test_landmarks_are_the_models(body, track):
    embedding = body.model.landmarks["mediapipe468"]
    placed = body.place(track)
    expected = track.camera.project(track.vertices(body.model))
    found = embedding.on(placed[:, : len(body.model.mean)], body.model.faces)
    torch.testing.assert_close(found, embedding.on(expected, body.model.faces), atol=0.05, rtol=0)


def test_what_follows_no_skin_turns_as_scipy_turns_it(body, track):
    glasses = body.faces[body.part == PART_INDEX["glasses"]].unique()
    placed = body.place(track)[:, glasses].numpy()
    for frame in range(len(track)):
        turned = Rotation.from_rotvec(track.rotation_rad[frame].numpy()).apply(body.rest[glasses].numpy())
        expected = 0.6 * turned * [1, -1, -1] + [64.0, 64.0, 0.0]
        np.testing.assert_allclose(placed[frame], expected, atol=2e-3)


def test_the_pivot_is_shared(body, track):
    """A point at the neck's base is seen in the same place whether it rides on head or shoulders."""
    turned = track.replace(rotation_rad=torch.tensor([[0.0, 0.6, 0.0]]).expand(len(track), -1))
    on_torso = body.torso > 0.99
    placed, rest = body.place(turned), body.rest
    pivot_px = turned.camera.project(body.pivot.expand(len(track), 1, 3))
    for_all = torch.linalg.norm(rest[on_torso] - body.pivot, dim=-1)
    seen = torch.linalg.norm(placed[:, on_torso] - pivot_px, dim=-1) / 0.6
    # Turned about the pivot: distances from it stay; near 1 the head's share is still felt.
    assert (seen - for_all).abs().max() < 0.05 * for_all.max()


def test_shoulders_turn_less_than_the_head_and_can_be_told_how(body, track):
    head = torch.tensor([[0.0, 0.5, 0.0]]).expand(len(track), -1)
    turned = track.replace(rotation_rad=head)
    shoulders = body.faces[body.part == PART_INDEX["clothes"]].unique()
    still = track.replace(rotation_rad=torch.zeros_like(head))

    def about_pivot(of, torso):
        pivot_px = of.camera.project(body.pivot.expand(len(of), 1, 3))
        return body.place(of, torso)[:, shoulders] - pivot_px

    rest = about_pivot(still, None)
    moved = [
        (about_pivot(turned, torso) - rest).norm(dim=-1).mean()
        for torso in (torch.zeros_like(head), None, head)
    ]
    assert moved[0] < 0.06 * moved[2]
    assert moved[0] < moved[1] < 0.45 * moved[2]


def test_shoulders_follow_far_turns():
    small, far = torso_turn(torch.tensor([[0.0, 0.2, 0.0], [0.0, 3.0, 0.0]]))
    assert 0 < small[1] < 0.1
    assert 3.0 - far[1] < 0.76
    torch.testing.assert_close(torso_turn(torch.zeros(1, 3)), torch.zeros(1, 3))


def test_a_chunk_is_placed_as_its_frames_are(body, track):
    together = body.place(track)
    alone = torch.cat([body.place(track[at : at + 1]) for at in range(len(track))])
    torch.testing.assert_close(together, alone, atol=1e-3, rtol=0)


def test_beards_follow_the_jaw(body, track):
    names = body.model.expression_names
    expression = torch.zeros(2, len(names))
    expression[1, names.index("jawOpen")] = 1.0
    both = track[:2].replace(expression=expression, jaw_rad=torch.zeros(2, 3), rotation_rad=torch.zeros(2, 3))
    placed = body.place(both)
    beard = body.faces[body.part == PART_INDEX["beard"]].unique()
    chin = body.model.faces[body.model.landmarks["ibug68"].face_index[8], 0]
    nearest = beard[(body.rest[beard] - body.rest[chin]).norm(dim=-1).argmin()]
    moved = placed[1] - placed[0]
    assert moved[chin, 1] > 1.0
    assert moved[nearest, 1] > 0.6 * moved[chin, 1]


def test_a_track_of_another_model_is_refused(body, track):
    with pytest.raises(IncompatibleError, match="other"):
        body.place(track.replace(morphable="other", morphable_digest="sha256:0"))
