from pathlib import Path

import numpy as np
import pytest
import torch

from vultus.face.morphable import MorphableModel


def ball_mesh(rings: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Vertices and triangles of a unit sphere, counter-clockwise from outside."""
    polar = torch.linspace(0, torch.pi, rings)[:, None]
    around = (torch.arange(rings) * 2 * torch.pi / rings)[None]
    flat = torch.sin(polar)
    points = torch.stack([flat * around.sin(), polar.cos().expand(-1, rings), flat * around.cos()], -1)
    upper, here = torch.arange(rings - 1)[:, None] * rings, torch.arange(rings)[None]
    beside = (here + 1) % rings
    first = torch.stack([upper + here, upper + rings + here, upper + beside], -1)
    second = torch.stack([upper + beside, upper + rings + here, upper + rings + beside], -1)
    return points.reshape(-1, 3), torch.cat([first.reshape(-1, 3), second.reshape(-1, 3)])


@pytest.fixture(scope="session")
def ball() -> MorphableModel:
    """An egg; its identity makes it broad, its expressions tilt and lengthen it."""
    points, faces = ball_mesh(24)
    mean = points * torch.tensor([7.0, 10.0, 8.0])
    broad = torch.zeros_like(mean)
    broad[:, 0] = 0.1 * mean[:, 0]
    tilted, longer = torch.zeros_like(mean), torch.zeros_like(mean)
    tilted[:, 2] = 0.2 * mean[:, 1]
    longer[:, 1] = 0.3 * mean[:, 1].clamp_max(0)
    return MorphableModel(
        name="ball",
        mean=mean,
        identity_basis=broad[..., None],
        expression_basis=torch.stack([tilted, longer], -1),
        faces=faces,
        expression_names=("tilt", "jawOpen"),
        landmarks={},
        unit_mm=10.0,
        licence="none",
        regions={"face": (mean[:, 2] > 0).nonzero()[:, 0]},
    )


@pytest.fixture(scope="session")
def ict_mesh(shared: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Image-frame points and triangles of the ICT head, 200 px high, seen from a little aside."""
    path = shared / "ict" / "ict_facekit.npz"
    if not path.is_file():
        pytest.skip("needs ../shared")
    with np.load(path, allow_pickle=False) as stored:
        vertices, quads = torch.tensor(stored["vertices"]), torch.tensor(stored["faces"].astype(np.int64))
    second = quads[:, [0, 2, 3]][quads[:, 3] != quads[:, 2]]
    angle = torch.tensor(0.4)
    turn = torch.tensor([[angle.cos(), 0, -angle.sin()], [0, 1, 0], [angle.sin(), 0, angle.cos()]])
    seen = (vertices - (vertices.amax(0) + vertices.amin(0)) / 2) @ turn.mT
    seen = seen * 200 / (seen[:, 1].max() - seen[:, 1].min()) * torch.tensor([1.0, -1.0, -1.0])
    return seen[None] + torch.tensor([128.0, 128.0, 0.0]), torch.cat([quads[:, :3], second])
