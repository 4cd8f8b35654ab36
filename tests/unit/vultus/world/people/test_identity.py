import numpy as np
import torch

from vultus.face.builtin import build_head
from vultus.world.people.drawing import Presentation
from vultus.world.people.identity import draw_identity


def _points(seed: int, looks: Presentation) -> np.ndarray:
    head = build_head()
    identity = torch.tensor([draw_identity(seed, looks, head)])
    shaped = head.shape(identity, torch.zeros(1, head.expression_count))
    return head.landmarks["ibug68"].on(shaped, head.faces)[0].numpy()


def test_coefficients_stay_within_the_models_range():
    head = build_head()
    drawn = np.array([draw_identity(seed, Presentation(0.5, 0.5, 0.5), head) for seed in range(100)])
    assert np.abs(drawn).max() < 2.8
    assert 1.0 < drawn.std() < 1.6
    assert np.abs(drawn.mean(0)).max() < 0.6


def test_faces_differ_clearly_and_none_is_a_monster():
    faces = np.array([_points(seed, Presentation(0.5, 0.5, 0.5)) for seed in range(60)])
    apart = np.linalg.norm(faces[:, None] - faces[None], axis=-1).mean(-1)
    assert np.median(apart[~np.eye(60, dtype=bool)]) > 4.0  # mm, each landmark
    eyes = np.linalg.norm(faces[:, 36] - faces[:, 45], axis=-1)
    height = np.linalg.norm(faces[:, 27] - faces[:, 8], axis=-1)
    assert (eyes / height).min() > 0.55
    assert (eyes / height).max() < 1.0


def test_masculine_faces_have_broader_jaws():
    wider = []
    for seed in range(10):
        man, woman = (_points(seed, Presentation(share, 0.5, 0.5)) for share in (1.0, 0.0))
        wider.append(np.ptp(man[[4, 12], 0]) - np.ptp(woman[[4, 12], 0]))
    assert np.mean(wider) > 2.0
