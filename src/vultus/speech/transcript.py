"""The 216 values of what is being said in each frame that HeadGAN hears [doukas2021headgan, suppl. §2.3]."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from vultus.errors import InputError

CLASSES = 27
"""The letters a to z, and everything else."""

OTHER = CLASSES - 1
BEFORE, AFTER = 4, 3
"""Frames before and after the current one whose characters are part of its vector."""

LOOK_AHEAD = 5
"""Frames by which the released code reads the transcript early."""


def character_classes(
    characters: str, starts_s: Sequence[float], duration_s: float, fps: float = 25.0
) -> Int[np.ndarray, "t 8"]:
    """Class of the character said in each of eight frames around every frame.

    A character lasts until the next one begins, the last until the end; before the first there is silence,
    which counts as another character. Frame n reads the transcript at (n + 5) / frames of the duration.

    Args:
        characters: As recognised; may be empty.
        starts_s: When each begins, s, rising.
        duration_s: Length of the sound.
        fps: Video frames in a second.

    Raises:
        InputError: There is not one start for each character.
    """
    if len(characters) != len(starts_s):
        raise InputError(
            f"{len(characters)} characters have {len(starts_s)} start times",
            remedy="give one start for each character",
        )
    frames = round(fps * duration_s)
    classes = np.array([OTHER, *(_class(character) for character in characters)])
    times_s = (np.arange(frames) + LOOK_AHEAD) * duration_s / max(frames, 1)
    current = classes[np.searchsorted(np.asarray(starts_s, dtype=np.float64), times_s, side="right")]
    around = np.arange(frames)[:, None] + np.arange(-BEFORE, AFTER + 1)
    return current[around.clip(0, max(frames - 1, 0))]


def one_hot(classes: Int[np.ndarray, "t 8"]) -> Float[np.ndarray, "t 216"]:
    """Eight blocks of 27 with a single one each.

    Example:
        >>> one_hot(np.zeros((1, 8), int)).reshape(8, 27)[:, 0].tolist()
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    return np.eye(CLASSES)[classes].reshape(len(classes), -1)


def _class(character: str) -> int:
    place = ord(character) - ord("a")
    return place if 0 <= place < OTHER else OTHER
