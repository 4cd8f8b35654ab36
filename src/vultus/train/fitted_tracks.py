"""Tracks fitted from the videos of clips: what there is instead of the truth when faces are animated."""

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Literal

import torch

from vultus.data.media import Frame
from vultus.data.real.workers import spread
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.faults import ClipDamagedError
from vultus.data.track import Track
from vultus.errors import FaceNotFoundError, VultusError
from vultus.face.models import load_morphable
from vultus.face.tracking import Tracker

TrackKind = Literal["true", "fitted"]
"""Stored with the clip, or fitted from its frames."""

SMOOTHING = "gaussian"
"""As the leaderboard and `vultus animate` have it."""

PROTOCOL = f"1: landmarks mediapipe, identity of the first frames, {SMOOTHING} smoothing"
"""Decides a fitted track beside the clip and the morphable model; another number where fits change."""


class FittedTracks:
    """Fitted tracks in a folder, a file for each clip, so that no clip is fitted twice.

    Args:
        folder: Where they are kept.
        morphable: Name of the morphable model that they are made with.
    """

    def __init__(self, folder: Path, morphable: str) -> None:
        self._folder, self._morphable = folder, morphable
        self.made_with = f"{load_morphable(morphable).digest} {PROTOCOL}"
        """What decides a fitted track beside its clip."""

    def make(
        self,
        clips: Iterable[StoredClip],
        workers: int = 0,
        told: Callable[[int, int], None] | None = None,
    ) -> None:
        """Fit the clips that were not fitted before; those that cannot be are left out.

        Args:
            clips: Which; their digests name the files.
            workers: Processes; 0 for this one.
            told: Called with the clips fitted and all that were missing.

        Raises:
            VultusError: A process was killed; the same call goes on.
        """
        missing = [clip for clip in clips if not self.path(clip).is_file()]
        self._folder.mkdir(parents=True, exist_ok=True)
        tasks = [(clip, self.path(clip)) for clip in missing]
        prepare = partial(_prepare, self._morphable)
        for done, fault in enumerate(spread(tasks, prepare, min(workers, len(tasks)), _died), 1):
            if fault is not None:
                raise fault
            if told:
                told(done, len(tasks))

    def find(self, clip: StoredClip) -> Track | None:
        """The fitted track, cameras in the clip's own pixels; None for a clip that could not be fitted."""
        path = self.path(clip)
        return Track.load(path) if path.is_file() else None

    def path(self, clip: StoredClip) -> Path:
        """Where a clip's track is, or would be."""
        text = f"{clip.digest} {self.made_with}"
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def fit_clip(tracker: Tracker, clip: StoredClip) -> Track:
    """The track of a clip from its frames alone.

    Raises:
        FaceNotFoundError: There are too few frames with a face.
        ClipDamagedError: The video cannot be read.
    """
    fps = clip.card.fps
    frames = (Frame(rgb, index / fps, index) for index, rgb in enumerate(clip.frames()))
    return tracker.track(frames, fps)


def _prepare(morphable: str) -> Callable[[tuple[StoredClip, Path]], VultusError | None]:
    """In every process: how it answers a clip."""
    torch.set_num_threads(1)  # the processes share the processors already
    return partial(_fit, Tracker(load_morphable(morphable), smoothing=SMOOTHING))


def _fit(tracker: Tracker, task: tuple[StoredClip, Path]) -> VultusError | None:
    clip, path = task
    try:
        fit_clip(tracker, clip).save(path)
    except (FaceNotFoundError, ClipDamagedError):
        return None
    except VultusError as error:
        return error
    return None


def _died(task: tuple[StoredClip, Path], exit_code: int) -> VultusError:
    return VultusError(
        f"the process that fitted clip {task[0].id!r} ended with code {exit_code}",
        remedy="run the same command again; what is fitted stays",
        metadata={"clip": task[0].id, "exit_code": exit_code},
    )
