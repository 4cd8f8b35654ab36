from dataclasses import replace

import pytest
import torch
from torch import nn

from vultus.data.sets.stored import open_set
from vultus.face.models import load_morphable
from vultus.losses.perceptual import Perceptual
from vultus.methods.gdpw.model import GdpwModel
from vultus.methods.gdpw.training import (
    RELEASED_LOSSES,
    GdpwLosses,
    GdpwTrainee,
    cropped,
    expressive_vertices,
)
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


STARTER = GdpwLosses(
    adversarial_weight=0.0, features=0.0, pixels=10.0, generated=5.0, expression=10.0, warped_pixels=5.0
)


def starting(losses=STARTER, perceptual=None):
    torch.manual_seed(0)
    morphable = load_morphable("builtin")
    config = GdpwConfig(
        guidance="both", width=4, halvings=2, code_count=4, patch=2, led=True, finishing=True, blended=True
    )
    made = GdpwModel(config, morphable)
    expressive = expressive_vertices(morphable)
    return GdpwTrainee(made, losses, perceptual, GdpwDiscriminator(width=4, blocks=2), expressive)


class Mean(nn.Module):
    """A perceptual network that sees the mean of what it is shown."""

    def forward(self, x):
        return [x.mean(dim=(2, 3))]


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


def test_an_idle_discriminator_has_no_phase(pairs):
    made = starting()
    assert [phase.name for phase in made.phases] == ["generator"]
    assert [phase.name for phase in trainee(GdpwLosses()).phases] == ["discriminator", "generator"]
    losses = made("generator", pairs.batch(0, 2))
    assert set(losses) == {"pixels", "generated", "warped_pixels"}


def test_the_starters_losses_reach_every_weight_and_the_codes(pairs):
    made = starting()
    sum(made("generator", pairs.batch(0, 2)).values()).backward()
    assert made.model.codes.grad is not None
    assert all(
        weight.grad is not None and torch.isfinite(weight.grad).all() for weight in made.model.parameters()
    )


def test_lips_and_eyes_count_more(pairs):
    batch = pairs.batch(0, 2)
    more, less = (starting(replace(STARTER, expression=weight))("generator", batch) for weight in (10.0, 0.0))
    assert more["pixels"] > less["pixels"]
    torch.testing.assert_close(more["warped_pixels"], less["warped_pixels"])


def test_only_what_speaks_is_expressive():
    morphable = load_morphable("builtin")
    share = expressive_vertices(morphable)[:, 0]
    assert share[morphable.regions["lips"]].eq(1).all()
    assert share[morphable.regions["ears"]].eq(0).all()


def test_the_window_holds_the_mouth(pairs):
    batch = dict(pairs.batch(0, 2))
    batch["driving"] = torch.zeros_like(batch["driving"])
    mouths = [(round(x), round(y)) for x, y in batch["mouth_px"].tolist()]
    for picture, (x, y) in zip(batch["driving"], mouths, strict=True):
        picture[:, y, x] = 1.0
    losses = replace(STARTER, perceptual=1.0, window_px=16, warped=0.0)
    seen = starting(losses)._through_window(batch["driving"], batch)
    assert seen.shape == (2, 3, 16, 16)
    assert (seen.amax(dim=(1, 2, 3)) == 1).all()
    assert (seen[:, :, 8:].amax(dim=(1, 2, 3)) == 1).all()  # in the lower half


def test_without_a_window_the_whole_picture_is_looked_at(pairs):
    batch = pairs.batch(0, 2)
    made = starting(replace(STARTER, perceptual=1.0, warped=0.0), Perceptual(Mean(), (1.0,)))
    losses = made("generator", batch)
    assert set(losses) == {"pixels", "generated", "warped_pixels", "perceptual"}
    assert made._through_window(batch["driving"], batch) is batch["driving"]


def test_a_starter_begins_nearer_than_the_source(pairs):
    batch = pairs.batch(0, 4)
    made = starting()
    (shown,) = [made.sample(made.model.eval(), batch)]
    driving, warped = shown[..., 32:64], shown[..., 96:]
    seen = batch["driving_face_index"][:, -1:] >= 0
    distance = ((warped - driving).abs() * seen).mean()
    assert distance < ((batch["source"] - driving).abs() * seen).mean()


def test_crops_hold_the_same_things(pairs):
    batch = pairs.batch(0, 4)
    torch.manual_seed(0)
    part = cropped(batch, 16)
    assert part["driving"].shape == part["source"].shape == (4, 3, 16, 16)
    assert part["driving_face_index"].shape == (4, 1, 16, 16)
    assert part["source_barycentric"].shape == (4, 16, 16, 3)
    torch.testing.assert_close(part["audio"], batch["audio"])
    shifts = (batch["mouth_px"] - part["mouth_px"]).round().long()
    for row, (left, top) in enumerate(shifts.tolist()):
        rows, columns = slice(top, top + 16), slice(left, left + 16)
        assert left % 2 == top % 2 == 0  # so that patches stay patches
        torch.testing.assert_close(part["source"][row], batch["source"][row, :, rows, columns])
        torch.testing.assert_close(
            part["driving_face_index"][row], batch["driving_face_index"][row, :, rows, columns]
        )
        # a displacement of the same pixels is twice as long where each side of half the size is 2
        for field in ("displacement", "carried"):
            torch.testing.assert_close(part[field][row], 2 * batch[field][row, :, rows, columns])


def test_most_crops_hold_the_mouth_and_some_what_lies_around(pairs):
    batch = pairs.batch(0, 4)
    torch.manual_seed(0)
    mouths = torch.cat([cropped(batch, 16)["mouth_px"] for _ in range(50)])
    inside = ((mouths >= 0) & (mouths <= 16)).all(dim=1).float().mean()
    assert 0.4 < inside < 0.95


def test_no_crop_leaves_the_batch_as_it_is(pairs):
    batch = pairs.batch(0, 2)
    assert cropped(batch, 0) is batch
    assert cropped(batch, 32) is batch


def test_a_starter_learns_from_crops(pairs):
    losses = starting(replace(STARTER, crop_px=16))("generator", pairs.batch(0, 2))
    assert all(torch.isfinite(value) for value in losses.values())
