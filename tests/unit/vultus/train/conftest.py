"""A tiny adversarial pair that is learned in milliseconds."""

import pytest
import torch
from torch import nn

from vultus.train.trainee import Phase, Trainee


class TinyPair(Trainee):
    phases = (Phase("discriminator", ("critic",), every=2), Phase("generator", ("generator",)))
    averaged = "generator"

    def __init__(self, poisoned_from: int | None = None) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.Linear(8, 4))
        self.critic = nn.Linear(4, 1)
        self._poisoned_from, self._seen = poisoned_from, 0

    def forward(self, phase, batch):
        made = self.generator(batch["x"])
        if phase == "discriminator":
            return {"gap": (self.critic(made.detach()) - self.critic(batch["y"])).mean()}
        self._seen += 1
        poison = float("nan") if self._poisoned_from and self._seen >= self._poisoned_from else 0.0
        return {"l1": (made - batch["y"]).abs().mean() + poison, "critic": -0.01 * self.critic(made).mean()}

    def sample(self, network, batch):
        return network(batch["x"])[:, :3, None, None].sigmoid()


class RandomBatches:
    def batch(self, step, size, rank=0):
        generator = torch.Generator().manual_seed(1_000 * step + rank)
        x = torch.randn(size, 4, generator=generator)
        return {"x": x, "y": x.flip(-1)}


class Told:
    def __init__(self) -> None:
        self.losses, self.samples, self.paths = [], [], []

    def on_step(self, step, losses, rate):
        self.losses.append((step, dict(losses), rate))

    def on_sample(self, step, pictures):
        self.samples.append((step, pictures))

    def on_checkpoint(self, step, path):
        self.paths.append((step, path))


@pytest.fixture
def pair():
    return TinyPair


@pytest.fixture
def batches():
    return RandomBatches()


@pytest.fixture
def told():
    return Told()
