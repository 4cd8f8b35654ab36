import numpy as np
import pytest
import torch

from vultus.face.builtin import build_head
from vultus.face.morphable import MorphableModel


@pytest.fixture(scope="session")
def head() -> MorphableModel:
    """A head to make files of published layouts with."""
    return build_head()


@pytest.fixture(scope="session")
def face(head) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices (v, 3) mm, triangles (f, 3) and 68 vertex indices of the head's face alone."""
    member = torch.zeros(len(head.mean), dtype=torch.bool)
    member[head.regions["face"]] = True
    inside = head.faces[member[head.faces].all(1)]
    used, local = inside.unique(return_inverse=True)
    vertices = head.mean[used]
    landmarks = head.landmarks["ibug68"].on(head.mean[None], head.faces)[0]
    nearest = (landmarks[:, None] - vertices).norm(dim=-1).argmin(1)
    return vertices.numpy(), local.numpy(), nearest.numpy()
