import torch

from vultus.face.builtin.anchor import load_anchor
from vultus.face.models.dense import register_anchor, unit_mm_of, with_registered_landmarks


def test_registration_finds_the_face_in_any_unit(head):
    face = head.mean[head.regions["face"]]
    for unit_mm in (1.0, 10.0, 1000.0):
        scaled = face / unit_mm + 3
        assert abs(unit_mm_of(scaled) / unit_mm - 1) < 0.1
        placed = register_anchor(scaled).apply(torch.from_numpy(load_anchor()[0])[None])[0]
        expected = head.landmarks["mediapipe468"].on(head.mean[None], head.faces)[0] / unit_mm + 3
        assert float((placed - expected).norm(dim=-1).mean()) * unit_mm < 4


def test_registration_alone_comes_near_what_landmarks_give(ict):
    found = with_registered_landmarks(ict).landmarks["mediapipe468"].on(ict.mean[None], ict.faces)
    expected = ict.landmarks["mediapipe468"].on(ict.mean[None], ict.faces)
    assert 10 * float((found - expected).norm(dim=-1).mean()) < 6
