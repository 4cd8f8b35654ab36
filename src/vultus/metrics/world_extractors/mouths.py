"""Windows of mouths and of their sound, as the world's sync network takes them."""

import numpy as np
from jaxtyping import Float, UInt8

from vultus.errors import InputError
from vultus.metrics.alignment import similarity_2d
from vultus.metrics.world_extractors.warping import cut_square
from vultus.nets.world_sync import CROP_PX, LIP_FRAMES, SOUND_STEPS
from vultus.speech.features import log_mel

FPS = 25.0
"""Frames in a second of every clip that sync is measured in."""

STEPS_PER_FRAME = 4
"""Steps of sound, 100 a second, for each frame."""

_HALF = 0.75
"""Half of the crop's side, eye distances."""

_EYES = np.array([[-0.5, 0.0], [0.5, 0.0]])

Crops = UInt8[np.ndarray, "t 48 48 3"]


def mouth_crop(rgb: UInt8[np.ndarray, "h w 3"], landmarks_px: Float[np.ndarray, "68 2"]) -> Crops:
    """The mouth upright in a square, (1, 48, 48, 3); how wide depends on eyes and nose, not on the mouth.

    Args:
        rgb: A picture.
        landmarks_px: `ibug68` landmarks, image frame.
    """
    eyes = np.stack([landmarks_px[36:42].mean(axis=0), landmarks_px[42:48].mean(axis=0)])
    axis = similarity_2d(eyes, _EYES)[:, 0]  # the eyes' distance and direction
    # In profile the eyes come together, while the way from the brow to under the nose stays long.
    height = np.linalg.norm(landmarks_px[33] - landmarks_px[27])
    unit = axis / max(float(np.linalg.norm(axis)), 1e-6)
    reach = _HALF * max(float(np.linalg.norm(axis)), float(height))
    return cut_square(rgb, landmarks_px[48:68].mean(axis=0), reach * unit, CROP_PX)[None]


def lip_windows(crops: Crops) -> UInt8[np.ndarray, "n 5 48 48 3"]:
    """Every five frames that follow each other; a view."""
    windows = np.lib.stride_tricks.sliding_window_view(crops, LIP_FRAMES, axis=0)
    return np.moveaxis(windows, -1, 1)


def sound_windows(sound: Float[np.ndarray, " n"], frames: int) -> Float[np.ndarray, "t 20 26"]:
    """The fifth of a second of sound that belongs to each window of five frames, as log-mel features.

    Args:
        sound: Mono, 16 kHz, [-1, 1], from the first frame on.
        frames: Frames of the clip, at 25 a second.

    Raises:
        InputError: Sound or picture is shorter than one window.
    """
    mel = log_mel(sound).astype(np.float32) if len(sound) else np.zeros((0, 26), np.float32)
    count = min(frames - LIP_FRAMES + 1, (len(mel) - SOUND_STEPS) // STEPS_PER_FRAME + 1)
    if count < 1:
        raise InputError(
            f"{frames} frames and {len(sound)} samples of sound are too few to measure sync",
            remedy="give at least a fifth of a second of both",
            metadata={"frames": frames, "samples": len(sound)},
        )
    starts = STEPS_PER_FRAME * np.arange(count)
    return np.stack([mel[start : start + SOUND_STEPS] for start in starts])
