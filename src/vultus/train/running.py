"""A whole training run in a folder: data, loop, log, samples, and the model that is kept in the end."""

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from vultus.assets.store import DEFAULT_FOLDER
from vultus.data.media import write_picture
from vultus.data.media.atomic import replacing
from vultus.data.media.tensors import to_pictures
from vultus.data.sets.stored import StoredSet
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.train.checkpoints import save_tensors
from vultus.train.course import COURSES, Preset
from vultus.train.face_pairs import FacePairs
from vultus.train.frame_bank import build_bank
from vultus.train.loop import Training
from vultus.train.model_cards import Making, late_losses, model_card

MODEL, CONFIG, CARD = "model.safetensors", "config.json", "CARD.md"
LOG = "losses.jsonl"
_SHOWN = 4
"""Rows of a sample picture."""

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


@runtime_checkable
class Follower(Protocol):
    """Who follows a run from outside, for instance a tracker; it may not raise."""

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """A step is done; losses by "phase/name"."""
        ...

    def on_picture(self, step: int, path: Path) -> None:
        """A picture of samples was written."""
        ...


class Diary:
    """Writes losses as lines of JSON and samples as pictures, and passes on how far it is.

    Args:
        folder: Of the run.
        told: Called with the steps done and the losses of the last one.
        done: Steps that count; what was written of later ones, before the run was killed, is dropped.
        followers: Told the same.
    """

    def __init__(
        self,
        folder: Path,
        told: Callable[[int, Mapping[str, float]], None],
        done: int,
        followers: Sequence[Follower] = (),
    ) -> None:
        self._log, self._told, self._followers = folder / LOG, told, followers
        self._samples = folder / "samples"
        self._samples.mkdir(parents=True, exist_ok=True)
        if self._log.exists():
            lines = self._log.read_bytes().splitlines(keepends=True)  # a crash may have left no text
            with replacing(self._log) as temporary:
                temporary.write_bytes(b"".join(lines[:done]))

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """Add a line to `losses.jsonl`; a loss that is no number, whose update was left out, is null."""
        told = {name: value if math.isfinite(value) else None for name, value in losses.items()}
        with self._log.open("a") as log:
            log.write(json.dumps({"step": step, "rate": rate, **told}, allow_nan=False) + "\n")
        self._told(step, losses)
        for follower in self._followers:
            follower.on_step(step, losses, rate)

    def on_sample(self, step: int, pictures: Tensor) -> None:
        """Write one picture, a sample in each row."""
        path = self._samples / f"step-{step:08d}.png"
        write_picture(path, np.concatenate(list(to_pictures(pictures[:_SHOWN]))))
        for follower in self._followers:
            follower.on_picture(step, path)

    def on_checkpoint(self, step: int, path: Path) -> None:
        """Nothing to write down: the checkpoint says it all."""


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
        stored: The data set; its split "train" is learned from.
        folders: Where things are kept.
        told: Called after each step.
        decoding: Called with the clips decoded and all clips.
        command: What makes the model again, for its card.
        followers: Told of every step and sample picture.

    Returns:
        Folder with the averaged weights, fp16, their configuration, and a card that says how they were made.
    """
    course, morphable = COURSES[method], load_morphable(preset.data.morphable)
    bank = build_bank(
        stored,
        "train",
        preset.side_px,
        folders.banks,
        decoding,
        tracks=preset.tracks,
        morphable=preset.data.morphable,
        workers=os.cpu_count() or 1,
    )
    torch.manual_seed(preset.plan.seed)
    trainee = course.trainee(preset, morphable, folders.assets)
    batches = FacePairs(bank, morphable, course.past_frames(preset), preset.plan.seed)
    config = {"method": method, "data": stored.digest, **_described(preset)}
    training = Training(trainee, batches, preset.plan, folders.checkpoints, config)
    training.run(Diary(folders.run, told, training.step, followers))
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
    """Write the averaged weights as fp16 safetensors, their configuration and card; answers the folder."""
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
    return value.detach().cpu().half().contiguous() if value.is_floating_point() else value.cpu().contiguous()


def _described(preset: Preset) -> dict[str, Any]:
    """What decides the networks and their losses; where data came from is in their digest."""
    described = preset.to_json()
    described.pop("data")
    return described
