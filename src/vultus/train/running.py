"""A whole training run in a folder: data, loop, log, samples, and the model that is kept in the end."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vultus.assets.store import DEFAULT_FOLDER
from vultus.data.media.atomic import replacing
from vultus.data.sets.stored import StoredSet
from vultus.errors import InputError
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.train.checkpoints import save_tensors
from vultus.train.course import COURSES, Course, Preset
from vultus.train.diary import LOG, Diary, Follower
from vultus.train.face_pairs import FacePairs
from vultus.train.frame_bank import build_bank
from vultus.train.loop import Training
from vultus.train.model_cards import Making, late_losses, model_card
from vultus.train.validating import Validation

MODEL, CONFIG, CARD = "model.safetensors", "config.json", "CARD.md"

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class RunFolders:
    """Where a run keeps its things."""

    run: Path
    """Checkpoints, log, samples, the model."""

    banks: Path
    """Decoded frames, shared by runs."""

    assets: Path = DEFAULT_FOLDER
    """Model files, for perceptual losses."""

    @property
    def checkpoints(self) -> Path:
        """One folder for each checkpoint."""
        return self.run / "checkpoints"


def _pairs(
    course: Course, preset: Preset, stored: StoredSet, split: str, banks: Path, decoding: Told | None = None
) -> FacePairs:
    """What a split has to learn from."""
    made_with = preset.data.morphable
    bank = build_bank(
        stored,
        split,
        preset.side_px,
        banks,
        decoding,
        tracks=preset.tracks,
        morphable=made_with,
        workers=os.cpu_count() or 1,
    )
    return FacePairs(bank, load_morphable(made_with), course.past_frames(preset), preset.plan.seed)


def _validation(
    course: Course, preset: Preset, stored: StoredSet, training: Training, banks: Path
) -> Validation | None:
    """What is looked at besides; None where no clip of the split "val" can be used."""
    if not stored.ids("val"):
        return None
    try:
        pairs = _pairs(course, preset, stored, "val", banks)
    except InputError:
        return None
    return Validation(training.trainee, training.average.network, pairs)


def train_method(
    method: str,
    preset: Preset,
    stored: StoredSet,
    folders: RunFolders,
    told: Callable[[int, Mapping[str, float]], None],
    decoding: Told | None = None,
    command: str = "",
    followers: Sequence[Follower] = (),
) -> Path:
    """Train a method, going on where the folder's newest checkpoint ends, and write its model.

    Args:
        method: A name of `COURSES`.
        preset: What decides the run.
        stored: The data set; its split "train" is learned from, its split "val", if any, looked at meanwhile.
        folders: Where things are kept.
        told: Called after each step.
        decoding: Called with the clips decoded and all clips.
        command: What makes the model again, for its card.
        followers: Told of every step, sample picture and validation.

    Returns:
        Folder with the averaged weights, fp16, their configuration, and a card that says how they were made.
    """
    course, morphable = COURSES[method], load_morphable(preset.data.morphable)
    batches = _pairs(course, preset, stored, "train", folders.banks, decoding)
    torch.manual_seed(preset.plan.seed)
    trainee = course.trainee(preset, morphable, folders.assets)
    config = {"method": method, "data": stored.digest, **_described(preset)}
    training = Training(trainee, batches, preset.plan, folders.checkpoints, config)
    validation = _validation(course, preset, stored, training, folders.banks)
    validate = validation.measure if validation else None
    training.run(Diary(folders.run, told, training.step, followers, validate))
    losses = late_losses(folders.run / LOG)
    card = model_card(
        Making(method, preset, stored, command or f"vultus train {method}", training.step, losses)
    )
    model = folders.run / "model"
    return write_model(model, training.average.network, config, training.step, morphable, card)


def write_model(
    folder: Path,
    network: nn.Module,
    config: Mapping[str, Any],
    steps: int,
    morphable: MorphableModel,
    card: str,
) -> Path:
    """Write averaged weights as safetensors, fp16 where that holds them, their configuration and card."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: _halved(value) for name, value in network.state_dict().items()}
    with replacing(folder / MODEL) as temporary:
        save_tensors(state, temporary)
    document = {**config, "steps": steps, "morphable_digest": morphable.digest}
    with replacing(folder / CONFIG) as temporary:
        temporary.write_text(json.dumps(document, indent=1))
    with replacing(folder / CARD) as temporary:
        temporary.write_text(card, encoding="utf-8")
    return folder


def _halved(value: Tensor) -> Tensor:
    """As fp16, but for what that cannot hold: variances of unnormalised features may be large."""
    value = value.detach().cpu().contiguous()
    if not value.is_floating_point() or not value.numel():
        return value
    return value.half() if float(value.abs().max()) <= torch.finfo(torch.float16).max else value.float()


def _described(preset: Preset) -> dict[str, Any]:
    """What decides the networks and their losses; where data came from is in their digest."""
    described = preset.to_json()
    described.pop("data")
    return described
