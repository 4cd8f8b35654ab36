import json
from pathlib import Path

import numpy as np
import pytest
import torch

from vultus.face.models import load_morphable
from vultus.face.morphable import LandmarkEmbedding, MorphableModel


@pytest.fixture
def rng() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def random_model(
    identity_count: int = 12, expression_count: int = 6, landmark_count: int = 60
) -> MorphableModel:
    """A bumpy sheet of 15 x 15 vertices whose bases are noise: nothing about it is special."""
    rng = torch.Generator().manual_seed(3)
    row, column = torch.meshgrid(torch.linspace(-1, 1, 15), torch.linspace(-1, 1, 15), indexing="ij")
    mean = torch.stack([column, -row, torch.exp(-(row**2) - column**2)], -1).reshape(-1, 3)
    corner = (torch.arange(14)[:, None] * 15 + torch.arange(14)).reshape(-1)
    faces = torch.cat(
        [
            torch.stack([corner, corner + 15, corner + 1], -1),
            torch.stack([corner + 1, corner + 15, corner + 16], -1),
        ]
    )
    weights = torch.rand(landmark_count, 3, generator=rng)
    embedding = LandmarkEmbedding(
        torch.randperm(len(faces), generator=rng)[:landmark_count], weights / weights.sum(1, keepdim=True)
    )
    return MorphableModel(
        name="random",
        mean=mean,
        identity_basis=0.03 * torch.randn(len(mean), 3, identity_count, generator=rng),
        expression_basis=0.05 * torch.randn(len(mean), 3, expression_count, generator=rng),
        faces=faces,
        expression_names=tuple(f"e{i}" for i in range(expression_count)),
        landmarks={"ibug68": embedding},
        unit_mm=60.0,
        licence="CC0-1.0",
    )


@pytest.fixture(scope="session")
def sheet() -> MorphableModel:
    return random_model()


@pytest.fixture(scope="session")
def ict(shared: Path) -> MorphableModel:
    return load_morphable("ict", shared / "ict" / "ict_facekit.npz")


@pytest.fixture(scope="session")
def reference(shared: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (n, 468, 3), image frame, px, and (yaw, pitch, roll) in degrees by another method."""
    points, angles = [], []
    for item in json.loads((shared / "media" / "reference.json").read_text())["items"]:
        faces = np.array(item["mediapipe"])[:, :468] * [item["width"], item["height"], item["width"]]
        for found in item["tddfa"][:1]:
            left, top, right, bottom = found["box"]
            centre = np.array([left + right, top + bottom]) / 2
            points.append(faces[np.linalg.norm(faces.mean(1)[:, :2] - centre, axis=1).argmin()])
            angles.append([found["yaw_deg"], found["pitch_deg"], found["roll_deg"]])
    return torch.tensor(np.array(points)), torch.tensor(angles).double()
