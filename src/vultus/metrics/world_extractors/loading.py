"""The world's extractors, filled, and how they are looked through."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8

from vultus.assets.starters import fill, read_starter
from vultus.metrics.world_extractors.mouths import lip_windows, mouth_crop, sound_windows
from vultus.nets.world_features import CHANNELS, SIDE_PX, WorldFeatures, WorldLpips
from vultus.nets.world_sync import WorldSync

BATCH = 32
"""Pictures or windows that go through a network at once."""


def load_perceptual(folder: Path | None = None) -> WorldLpips:
    """The perceptual distance; its `backbone` makes features. Raises `AssetMissingError` without weights.

    Args:
        folder: The assets' folder, looked into where the package has no weights.
    """
    network = WorldLpips(WorldFeatures())
    fill(network, read_starter("world-perceptual", folder), "world-perceptual")
    return network.eval()


def load_sync(folder: Path | None = None) -> WorldSync:
    """The sync network; raises `AssetMissingError` without weights."""
    network = WorldSync()
    fill(network, read_starter("world-sync", folder), "world-sync")
    return network.eval()


@torch.inference_mode()
def world_features(network: WorldLpips, frames: UInt8[np.ndarray, "t h w 3"]) -> Float[np.ndarray, "t 256"]:
    """Pooled last features of each frame, shrunk or enlarged to 112 px squared."""
    device = next(network.parameters()).device
    small = np.stack(
        [cv2.resize(frame, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA) for frame in frames]
    )
    pooled = []
    for start in range(0, len(small), BATCH):
        part = torch.from_numpy(small[start : start + BATCH]).to(device)
        pooled.append(network.backbone.pooled(part.permute(0, 3, 1, 2).float() / 127.5 - 1))
    return torch.cat(pooled).cpu().numpy() if pooled else np.zeros((0, CHANNELS[-1]), np.float32)


def sync_embeddings(
    network: WorldSync,
    frames: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    landmarks_px: Float[np.ndarray, "t 68 2"],
    sound: Float[np.ndarray, " n"],
) -> tuple[Float[np.ndarray, "w 256"], Float[np.ndarray, "w 256"]]:
    """Embeddings of lips and of sound at the same moments, for `vultus.metrics.synchrony`.

    Args:
        network: `load_sync`'s.
        frames: Of one clip, 25 a second.
        landmarks_px: The face in each.
        sound: Mono, 16 kHz, [-1, 1], from the first frame on.

    Raises:
        InputError: Sound or picture is shorter than a fifth of a second.
    """
    crops = np.concatenate(
        [mouth_crop(frame, points) for frame, points in zip(frames, landmarks_px, strict=True)]
    )
    heard = sound_windows(sound, len(crops))
    return embed_lips(network, lip_windows(crops)[: len(heard)]), embed_sound(network, heard)


@torch.inference_mode()
def embed_lips(network: WorldSync, windows: UInt8[np.ndarray, "n 5 48 48 3"]) -> Float[np.ndarray, "n 256"]:
    """Embeddings of windows of mouth crops."""
    parts = [
        network.embed_lips(
            torch.from_numpy(np.array(windows[k : k + BATCH])).permute(0, 1, 4, 2, 3).float() / 127.5 - 1
        )
        for k in range(0, len(windows), BATCH)
    ]
    return torch.cat(parts).numpy()


@torch.inference_mode()
def embed_sound(network: WorldSync, windows: Float[np.ndarray, "n 20 26"]) -> Float[np.ndarray, "n 256"]:
    """Embeddings of windows of sound."""
    parts = [
        network.embed_sound(torch.from_numpy(windows[k : k + BATCH]).float())
        for k in range(0, len(windows), BATCH)
    ]
    return torch.cat(parts).numpy()
