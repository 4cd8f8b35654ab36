"""What a clip is like, in few numbers that other processors reproduce nearly."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from vultus.world.bodies.parts import PARTS
from vultus.world.clips import WorldClip

FRAMES_EVERY_S = 4.0
THUMBNAIL_PX = 8
TRACK_EVERY_S = 1.0
ENVELOPE_EVERY_S = 0.25

TOLERANCES = {"pose": 2e-3, "expression": 2e-3, "envelope": 2e-3, "parts": 1e-3, "thumbnails": 2.0}
"""Largest difference of each part: rounding, and what processors differ by, many times over. A head that is
0.2° or 0.2 % elsewhere, hair that covers 0.1 % of the picture more, or a picture that is 1 % brighter in one
of 64 places, is another world."""


@dataclass(frozen=True)
class Fingerprint:
    """Samples of a clip, rounded."""

    pose: tuple[float, ...]
    """Rotation, rad, scale and translation relative to the picture's height, second by second."""

    expression: tuple[float, ...]
    """Sum of the coefficients, and of the gaze's two angles, rad, second by second."""

    envelope: tuple[float, ...]
    """Root mean square of the sound, quarter second by quarter second."""

    parts: tuple[float, ...]
    """Share of the picture that each of `PARTS` covers, every four seconds."""

    thumbnails: tuple[tuple[int, ...], ...]
    """Pictures at the same moments, 8 x 8 RGB bytes."""

    def differences(self, other: "Fingerprint") -> list[str]:
        """Parts in which the other is no longer the same clip, by name."""
        found = []
        for name, most in TOLERANCES.items():
            mine, theirs = (np.asarray(getattr(one, name), np.float64) for one in (self, other))
            if mine.shape != theirs.shape:
                found.append(f"{name} has shape {theirs.shape}, not {mine.shape}")
            elif mine.size and (apart := float(np.abs(mine - theirs).max())) > most:
                found.append(f"{name} differs by {apart:.3g}, more than {most:g}")
        return found

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Fingerprint":
        """What `to_json` made."""
        thumbnails = tuple(tuple(picture) for picture in values["thumbnails"])
        curves = {name: tuple(values[name]) for name in ("pose", "expression", "envelope", "parts")}
        return cls(**curves, thumbnails=thumbnails)


def fingerprint_of(clip: WorldClip) -> Fingerprint:
    """Take a clip's fingerprint; draws a few of its frames."""
    fps = clip.spec.fps
    rows = slice(0, None, max(1, round(TRACK_EVERY_S * fps)))
    track, height = clip.track[rows], clip.spec.size_px[0]
    pose = torch.cat(
        [track.rotation_rad, track.scale[:, None] / height, track.translation_px / height], dim=1
    )
    face = torch.stack([track.expression.sum(1), track.eyes_rad[:, 0, :2].sum(1)], dim=1)
    shots = [clip.truth(index) for index in range(0, len(clip), max(1, round(FRAMES_EVERY_S * fps)))]
    shares = [np.bincount(shot.part.ravel(), minlength=len(PARTS)) / shot.part.size for shot in shots]
    return Fingerprint(
        _rounded(pose.flatten().numpy()),
        _rounded(face.flatten().numpy()),
        _rounded(envelope(clip.sound, round(ENVELOPE_EVERY_S * 16_000))),
        _rounded(np.concatenate(shares)),
        tuple(tuple(thumbnail(shot.rgb).flatten().tolist()) for shot in shots),
    )


def envelope(sound: Float[np.ndarray, " n"], block: int) -> Float[np.ndarray, " m"]:
    """Root mean square of each whole block of samples."""
    whole = sound[: len(sound) // block * block].reshape(-1, block).astype(np.float64)
    return np.sqrt((whole**2).mean(1))


def thumbnail(rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "8 8 3"]:
    """The mean colour of each of 8 x 8 areas."""
    return np.asarray(Image.fromarray(rgb).resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX))


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 4) + 0.0 for value in values)
