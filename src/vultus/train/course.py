"""How a method is taught: its presets, and what to train with which data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import torch

from vultus.assets.store import DEFAULT_FOLDER, open_store
from vultus.face.morphable import MorphableModel
from vultus.losses.perceptual import Perceptual
from vultus.registry import Registry
from vultus.train.fitted_tracks import TrackKind
from vultus.train.plan import TrainPlan
from vultus.train.trainee import Trainee
from vultus.world.sets import SetPlan

STARTER_WORLD = SetPlan(people=240, duration_s=5.0, languages=("en", "de", "es", "zh", "ja"))
"""What every method's preset "starter" learns from, frames of 256 px."""

PerceptualName = Literal["none", "vgg19", "world"]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Everything that decides a run but its data's whereabouts."""

    plan: TrainPlan
    """How long and how fast."""

    side_px: int
    """Side of the frames that are learned from."""

    network: Any
    """The method's own record of sizes."""

    losses: Any
    """The method's own record of weights."""

    perceptual: PerceptualName
    """Network of the perceptual loss; "none" leaves the loss out."""

    data: SetPlan
    """The world that is made where no data are given."""

    tracks: TrackKind = "true"
    """Whether tracks are the clips' own or fitted from frames, as they are when a portrait is animated."""

    def to_json(self) -> dict[str, Any]:
        """All values but the plan's, as a JSON object."""
        return {key: value for key, value in asdict(self).items() if key != "plan"}


@runtime_checkable
class Course(Protocol):
    """A method's way of being trained."""

    @property
    def presets(self) -> Mapping[str, Preset]:
        """By name; every method has "paper" and "smoke"."""
        ...

    def trainee(self, preset: Preset, morphable: MorphableModel, assets: Path = DEFAULT_FOLDER) -> Trainee:
        """Fresh networks and their losses; `assets` is the folder of weights of perceptual networks."""
        ...

    def past_frames(self, preset: Preset) -> int:
        """Driving frames that a sample has before the current one."""
        ...


COURSES: Registry[Course] = Registry(
    "method to train",
    "vultus.courses",
    modules=("vultus.methods.gdpw.course", "vultus.methods.headgan.course"),
)
"""Courses by the name of their method."""


def preset_of(method: str, name: str) -> Preset:
    """A method's preset; an unknown name raises `InputError` with the nearest ones."""
    presets: Registry[Preset] = Registry(f"preset of {method}")
    for known, preset in COURSES[method].presets.items():
        presets.register(known)(preset)
    return presets[name]


def perceptual_network(
    name: PerceptualName, weights: Sequence[float], scales: int = 1, assets: Path = DEFAULT_FOLDER
) -> Perceptual | None:
    """The perceptual loss of a preset; the network's own normalisation of colours is part of it.

    Args:
        name: Which network: "vgg19" of ImageNet, or "world", which learned from synthetic people what
            matters in pictures of faces; "none" answers None.
        weights: Of its layers.
        scales: See `Perceptual`.
        assets: Folder of model files.

    Raises:
        AssetMissingError: Its weights are not here; says where to get them.
    """
    if name == "none":
        return None
    if name == "world":
        from vultus.metrics.world_extractors.loading import load_perceptual  # noqa: PLC0415 - as below

        return Perceptual(load_perceptual(assets).backbone, weights, scales)
    from vultus.assets.formats.extractors import load_vgg19  # noqa: PLC0415 - formats import much
    from vultus.nets.vgg import IMAGENET_MEAN, IMAGENET_STD  # noqa: PLC0415

    state = torch.load(open_store(assets).find("weights/vgg19"), map_location="cpu", weights_only=True)
    return Perceptual(load_vgg19(state), weights, scales, IMAGENET_MEAN, IMAGENET_STD)
