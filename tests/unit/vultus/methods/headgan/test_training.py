from dataclasses import replace

import pytest
import torch
from torch import nn

from vultus.data.sets.stored import open_set
from vultus.face.models import load_morphable
from vultus.losses.perceptual import Perceptual
from vultus.methods.headgan.model import HeadGanModel
from vultus.methods.headgan.training import RELEASED_LOSSES, HeadGanLosses, HeadGanTrainee, mouth_crop
from vultus.nets.headgan import RELEASED, HeadGanConfig
from vultus.train.face_pairs import FacePairs
from vultus.train.frame_bank import build_bank
from vultus.train.loop import Training
from vultus.train.plan import TrainPlan

PAPER = HeadGanLosses()


class Edges(nn.Module):
    def forward(self, x):
        return [x.diff(dim=-1), x.diff(dim=-2)]


class Told:
    def __init__(self):
        self.losses = []

    def on_step(self, step, losses, rate):
        self.losses.append(losses)

    def on_sample(self, step, pictures): ...

    def on_checkpoint(self, step, path): ...


@pytest.fixture(scope="module")
def pairs(stored_once, tmp_path_factory):
    bank = build_bank(open_set(stored_once), None, 32, tmp_path_factory.mktemp("banks"))
    return FacePairs(bank, load_morphable("builtin"), past_frames=2)


def trainee(losses=PAPER, perceptual=None, **changes):
    torch.manual_seed(0)
    model = HeadGanModel(HeadGanConfig(width=4, hidden=8, **changes), load_morphable("builtin"))
    return HeadGanTrainee(model, losses, perceptual, width=4, discriminator_every=2)


@pytest.mark.parametrize(
    ("losses", "changes", "names"),
    [
        (PAPER, {}, set()),
        (RELEASED_LOSSES, {"residual": RELEASED.residual, "masked": RELEASED.masked}, {"mask"}),
    ],
)
def test_every_loss_has_a_finite_gradient(pairs, losses, changes, names):
    made = trainee(losses, Perceptual(Edges(), (1.0, 1.0)), **changes)
    found = made("generator", pairs.batch(0, 2))
    assert set(found) == names | {
        "adversarial", "features", "pixels", "warped_pixels", "perceptual", "warped_perceptual",
    }  # fmt: skip
    sum(found.values()).backward()
    assert all(
        torch.isfinite(weight.grad).all() for weight in made.model.parameters() if weight.grad is not None
    )


STARTER = {"patch": 2, "led": True, "blended": True, "traced": True, "residual": True}
WITHOUT_JUDGES = HeadGanLosses(
    adversarial=0.0,
    features=0.0,
    warped_perceptual=False,
    painted=0.5,
    face_pixels=50.0,
    mouth_pixels=10.0,
    silence=0.5,
)


def test_without_judges_there_is_one_phase_and_every_pixel_counts(pairs):
    made = trainee(WITHOUT_JUDGES, Perceptual(Edges(), (1.0, 1.0)), **STARTER)
    assert [phase.name for phase in made.phases] == ["generator"]
    found = made("generator", pairs.batch(0, 2))
    assert set(found) == {"pixels", "warped_pixels", "perceptual", "face_pixels", "mouth_pixels", "painted"}
    sum(found.values()).backward()
    assert made.model.generator.flow.held.bias.grad.abs() > 0
    assert made.sample(made.model, pairs.batch(0, 2)).shape == (2, 3, 32, 6 * 32)


def test_silence_keeps_the_sound_of_some_samples_away(pairs):
    batch = pairs.batch(0, 2)
    mute = {**batch, "audio": torch.zeros_like(batch["audio"])}

    def pixels(silence, given):
        return trainee(replace(WITHOUT_JUDGES, silence=silence))("generator", given)["pixels"]

    assert pixels(1.0, batch) == pixels(1.0, mute) == pixels(0.0, mute)
    assert pixels(0.0, batch) != pixels(0.0, mute)


def test_the_discriminators_phase_leaves_the_generator_alone(pairs):
    made = trainee()
    sum(made("discriminator", pairs.batch(0, 2)).values()).backward()
    assert all(weight.grad is None for weight in made.model.parameters())
    heads = [made.image_discriminator, made.mouth_discriminator]
    assert all(weight.grad is not None for head in heads for weight in head.parameters())


def test_pictures_come_nearer(pairs, tmp_path):
    told = Told()
    plan = TrainPlan(steps=24, batch_size=4, learning_rates=((0, 2e-3),), accelerator="cpu", sample_every=0)
    losses = HeadGanLosses(adversarial=1e-6, features=0.0)
    Training(trainee(losses), pairs, plan, tmp_path, {}).run(told)
    pixels = [step["generator/pixels"] for step in told.losses]
    assert sum(pixels[-5:]) < 0.8 * sum(pixels[:5])
    assert ["discriminator/image" in step for step in told.losses[:4]] == [True, False, True, False]


def test_a_mouth_is_cut_out_where_it_is_and_stays_inside():
    picture = torch.arange(64.0).expand(1, 3, 64, 64)
    assert mouth_crop(picture, torch.tensor([[32.0, 40.0]]))[0, 0, 0].tolist() == list(range(24, 40))
    assert mouth_crop(picture, torch.tensor([[2.0, 40.0]]))[0, 0, 0].tolist() == list(range(16))
    assert mouth_crop(picture, torch.tensor([[90.0, 90.0]]))[0, 0, 0].tolist() == list(range(48, 64))


def test_batches_point_at_the_mouth_and_carry_its_sound(pairs):
    batch = pairs.batch(0, 4)
    assert batch["audio"].shape == (4, 300)
    assert batch["audio"][:, :84].abs().sum() > 0
    assert ((batch["mouth_px"] > 8) & (batch["mouth_px"] < 28)).all()
