"""What the sync network learns: which sound belongs to a moving mouth, among sounds of the same voice."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from scipy.signal import resample_poly
from torch import Tensor, nn
from torch.nn import functional

from vultus.data.sets.cards import SOUND_FILE
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.stored import StoredSet
from vultus.errors import InputError
from vultus.face.morphable import MorphableModel
from vultus.metrics.world_extractors.mouths import FPS, lip_windows, mouth_crop, sound_windows
from vultus.nets.world_sync import WorldSync
from vultus.train.trainee import Batch, Losses, Phase, Trainee
from vultus.world.seeds import generator

RATE_HZ = 16_000
PER_CLIP = 8
"""Windows of one clip in a batch: other moments of one voice are hard to tell apart."""

GAP = 3
"""Least distance of two such windows, frames; nearer ones are nearly right."""

_CROPS, _SOUND, _INDEX = "crops.npy", "sound.npy", "index.json"


class SyncTrainee(Trainee):
    """Both towers, taught by contrast [oord2018cpc, Eq. 4]."""

    phases = (Phase("learning", ("network",)),)
    averaged = "network"
    TEMPERATURE = 0.07

    def __init__(self) -> None:
        super().__init__()
        self.network = WorldSync()

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Cross-entropy of the right sound of each mouth, and of the right mouth of each sound."""
        lips = self.network.embed_lips(centred_crops(batch["crops"]))
        sound = self.network.embed_sound(batch["sound"])
        logits = lips @ sound.mT / self.TEMPERATURE
        right = torch.arange(len(logits), device=logits.device)
        return {
            "lips": 0.5 * functional.cross_entropy(logits, right),
            "sound": 0.5 * functional.cross_entropy(logits.mT, right),
        }

    def sample(self, network: nn.Module, batch: Batch) -> Tensor:
        """The middle crop of each window."""
        return batch["crops"][:, 2].permute(0, 3, 1, 2).float() / 255


def centred_crops(crops: Tensor) -> Float[Tensor, "b 5 3 48 48"]:
    """(b, 5, 48, 48, 3) bytes to [-1, 1]."""
    return crops.permute(0, 1, 4, 2, 3).float() / 127.5 - 1


@dataclass(frozen=True)
class MouthClip:
    """Where one clip lies in a bank of mouths."""

    id: str
    """"<person>/<clip>"."""

    crop: int
    """Row of its first crop."""

    crops: int
    """How many."""

    window: int
    """Row of its first window of sound."""

    windows: int
    """How many; window k belongs to the crops k to k + 4."""


class MouthBank:
    """Mouths and sound of a split as arrays on disk; batches of windows that belong together.

    A batch holds `crops`, (b, 5, 48, 48, 3), bytes, and `sound`, (b, 20, 26); rows belong together.

    Args:
        folder: Made by `build_mouths`.
        seed: Decides what is drawn.
    """

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.clips = [MouthClip(**entry) for entry in json.loads((folder / _INDEX).read_text())]
        self._crops = np.load(folder / _CROPS, mmap_mode="r")
        self._sound = np.load(folder / _SOUND, mmap_mode="r")
        self._seed = seed

    def lips(self, clip: int) -> np.ndarray:
        """Windows of a clip's crops, (n, 5, 48, 48, 3)."""
        entry = self.clips[clip]
        crops = self._crops[entry.crop : entry.crop + entry.crops]
        return lip_windows(crops)[: entry.windows]

    def sound(self, clip: int) -> Float[np.ndarray, "n 20 26"]:
        """Windows of a clip's sound."""
        entry = self.clips[clip]
        return np.array(self._sound[entry.window : entry.window + entry.windows])

    def batch(self, step: int, size: int, rank: int = 0) -> Batch:
        """The batch of a step; `PER_CLIP` windows of each of several clips."""
        draws = generator(self._seed, "mouths", step, rank)
        crops: list[np.ndarray] = []
        sounds: list[np.ndarray] = []
        while len(crops) < size:
            clip = int(draws.integers(len(self.clips)))
            starts = draws.permutation(np.arange(int(draws.integers(GAP)), self.clips[clip].windows, GAP))
            starts = starts[: min(PER_CLIP, size - len(crops))]
            lips, sound = self.lips(clip), self.sound(clip)
            crops += [_lit(lips[start], draws) for start in starts]
            sounds += [sound[start] for start in starts]
        return {"crops": torch.from_numpy(np.stack(crops)), "sound": torch.from_numpy(np.stack(sounds))}


def build_mouths(
    stored: StoredSet,
    split: str,
    model: MorphableModel,
    cache: Path,
    seed: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> MouthBank:
    """Cut the mouths of a split, or open the bank that was made of the same clips before.

    Clips without sound, or with a frame without a face, are left out.

    Args:
        stored: The data set, at 25 frames a second.
        split: "train", "val" or "test".
        model: Morphable model of the tracks.
        cache: Folder for banks.
        seed: Decides what batches hold.
        told: Called with the clips done and all clips.

    Raises:
        InputError: No clip can be used.
    """
    key = hashlib.sha256(f"{stored.digest} {split} mouths".encode()).hexdigest()[:24]
    folder = cache / f"mouths-{key}"
    if not (folder / _INDEX).is_file():
        temporary = cache / f".mouths-{key}.part"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        _fill(temporary, stored, split, model, told)
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    return MouthBank(folder, seed)


def _fill(
    folder: Path,
    stored: StoredSet,
    split: str,
    model: MorphableModel,
    told: Callable[[int, int], None],
) -> None:
    clips = [clip for clip in stored.clips(split) if _usable(clip)]
    if not clips:
        raise InputError(
            f"no clip of the split {split!r} has sound, 25 frames/s and nine frames or more, all with a face",
            remedy="make a larger set with `vultus data synth`",
        )
    total = sum(len(clip) for clip in clips)
    crops = np.lib.format.open_memmap(folder / _CROPS, "w+", np.uint8, (total, 48, 48, 3))
    sounds, index, row, window = [], [], 0, 0
    for done, clip in enumerate(clips, 1):
        for place, crop in enumerate(_crops_of(clip, model), row):
            crops[place] = crop
        windows = _sound_of(clip)
        index.append(MouthClip(clip.id, row, len(clip), window, len(windows)).__dict__)
        sounds.append(windows)
        row, window = row + len(clip), window + len(windows)
        told(done, len(clips))
    crops.flush()
    np.save(folder / _SOUND, np.concatenate(sounds))
    (folder / _INDEX).write_text(json.dumps(index))


def _usable(clip: StoredClip) -> bool:
    return (
        clip.has(SOUND_FILE)
        and clip.card.fps == FPS
        and len(clip) >= 3 * GAP
        and bool(clip.track().valid.all())
    )


def _crops_of(clip: StoredClip, model: MorphableModel) -> list[np.ndarray]:
    track = clip.track()
    points = track.camera.project(track.vertices(model))
    landmarks = model.landmarks["ibug68"].on(points, model.faces)[..., :2].double().numpy()
    return [mouth_crop(frame, points)[0] for frame, points in zip(clip.frames(), landmarks, strict=True)]


def _sound_of(clip: StoredClip) -> Float[np.ndarray, "n 20 26"]:
    sound = clip.sound()
    mono = sound.samples.mean(0)
    if sound.rate_hz != RATE_HZ:
        divisor = int(np.gcd(sound.rate_hz, RATE_HZ))
        mono = resample_poly(mono, RATE_HZ // divisor, sound.rate_hz // divisor)
    return sound_windows(mono, len(clip))


def _lit(window: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """In another light, now and then seen in a mirror, which moves lips the same way."""
    lit = (window - 127.5) * draws.uniform(0.7, 1.3) + 127.5 + draws.uniform(-30, 30)
    lit = lit + draws.normal(size=lit.shape) * draws.uniform(0, 8)
    turned = lit[:, :, ::-1] if draws.random() < 0.5 else lit
    return np.clip(np.rint(turned), 0, 255).astype(np.uint8)
