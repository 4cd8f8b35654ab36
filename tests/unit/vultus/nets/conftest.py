"""What tests of networks share."""

import pytest
import torch


@pytest.fixture
def rng() -> torch.Generator:
    """Seeded anew for each test."""
    return torch.Generator().manual_seed(11)
