import pytest
import torch
from torch import nn

from vultus.data.sets.stored import open_set
from vultus.face.models import load_morphable
from vultus.losses.perceptual import Perceptual
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.gdpw.training import RELEASED_LOSSES, GdpwLosses, GdpwTrainee
from vultus.nets.gdpw import GdpwConfig
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.train.face_pairs import FacePairs
from vultus.train.frame_bank import build_bank
from vultus.train.loop import Training
from vultus.train.plan import TrainPlan

PLAN = TrainPlan(
    steps=30, batch_size=4, learning_rates=((0, 2e-3),), accelerator="cpu", sample_every=0, average_decay=0.9
)


class Edges(nn.Module):
    def forward(self, x):
        return [x.diff(dim=-1), x.diff(dim=-2)]


@pytest.fixture(scope="module")
def pairs(stored_once, tmp_path_factory):
    stored = open_set(stored_once)
    return FacePairs(
        build_bank(stored, None, 32, tmp_path_factory.mktemp("banks")), load_morphable("builtin")
    )


def trainee(losses, perceptual=None, guidance="codes"):
    torch.manual_seed(0)
    config = GdpwConfig(guidance=guidance, width=4, halvings=3, code_count=4)
    model = GdpwModel(config, load_morphable("builtin"))
    return GdpwTrainee(model, losses, perceptual, GdpwDiscriminator(width=4, blocks=2))


class Told:
    def __init__(self):
        self.pixels = []

    def on_step(self, step, losses, rate):
        self.pixels.append(losses["generator/pixels"])

    def on_sample(self, step, pictures): ...

    def on_checkpoint(self, step, path): ...


@pytest.mark.parametrize("guidance", ["codes", "displacement", "both", "nmfc"])
def test_every_loss_has_a_finite_gradient(pairs, guidance):
    made = trainee(RELEASED_LOSSES, Perceptual(Edges(), (1.0, 1.0)), guidance)
    batch = pairs.batch(0, 2)
    losses = made("generator", batch)
    assert set(losses) == {"adversarial", "features", "pixels", "perceptual", "warped"}
    sum(losses.values()).backward()
    touched = {name for name, weight in made.model.named_parameters() if weight.grad is not None}
    assert all(
        torch.isfinite(weight.grad).all() for weight in made.model.parameters() if weight.grad is not None
    )
    assert ("codes" in touched) == (guidance in ("codes", "both"))


def test_the_discriminators_phase_leaves_the_generator_alone(pairs):
    made = trainee(GdpwLosses())
    losses = made("discriminator", pairs.batch(0, 2))
    sum(losses.values()).backward()
    assert all(weight.grad is None for weight in made.model.parameters())
    assert all(weight.grad is not None for weight in made.discriminator.parameters())


def test_pictures_come_nearer(pairs, tmp_path):
    told = Told()
    losses = GdpwLosses(adversarial_weight=0.0, features=0.0, pixels=10.0)
    Training(trainee(losses), pairs, PLAN, tmp_path, {}).run(told)
    assert sum(told.pixels[-5:]) < 0.7 * sum(told.pixels[:5])


def test_a_sample_shows_source_driver_result_and_warp(pairs):
    made = trainee(GdpwLosses()).eval()
    batch = pairs.batch(0, 2)
    shown = made.sample(made.model, batch)
    assert shown.shape == (2, 3, 32, 4 * 32)
    torch.testing.assert_close(shown[..., :32], batch["source"])


def test_the_perceptual_network_is_no_part_of_the_state():
    made = trainee(GdpwLosses(), Perceptual(nn.Conv2d(3, 3, 1), (1.0,)))
    assert not [name for name in made.state_dict() if "perceptual" in name]
