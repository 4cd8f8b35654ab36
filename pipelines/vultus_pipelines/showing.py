"""A short video of what a contestant answers, to be looked at beside its scores."""

from itertools import islice
from pathlib import Path

import numpy as np

from vultus.data.media import VideoWriter, synthetic_note
from vultus.data.sets import ClipSet
from vultus.metrics.leaderboard import Contestant
from vultus.metrics.leaderboard.drivers import read_driver
from vultus.metrics.leaderboard.records import Scene
from vultus.world.benchmark import benchmark
from vultus_pipelines.judging import clips_folder
from vultus_pipelines.work import Work

ANSWER = "answer.mp4"
"""What the video is called."""
SHOWN_FRAMES = 50
"""How long it is at most, frames."""


def write_answer(contestant: Contestant, number: str, folder: str | Path) -> Path:
    """Let a contestant answer the beginning of a pair again.

    Args:
        contestant: Who.
        number: Id of a pair that `judge` measured, for instance "self/00".
        folder: Where the video is written.

    Returns:
        The video: from the left portrait, driver and answer.
    """
    split, clips = benchmark(), ClipSet.open(clips_folder())
    pair = next(pair for pair in (*split.self_pairs, *split.cross_pairs) if pair.id == number)
    portrait = next(clips.clip(pair.source).frames(pair.source_frame, pair.source_frame + 1))
    driving = clips.clip(pair.driving)
    scene = Scene(pair, portrait, driving, read_driver(driving, Work.open().benchmark / "drivers").track)
    height, width = portrait.shape[:2]
    path = Path(folder) / ANSWER
    note = synthetic_note(f"by {contestant.name}")
    with VideoWriter(path, (height, 3 * width), driving.card.fps, metadata=note) as video:
        shown = zip(driving.frames(), contestant.frames(scene), strict=False)
        for driver, answer in islice(shown, SHOWN_FRAMES):
            video.write(np.concatenate([portrait, driver, answer], axis=1))
    return path
