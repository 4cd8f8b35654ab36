"""Bringing real videos into the stored form: frames a second, everything included."""

import tempfile
from pathlib import Path

from harness import SHARED, AbsentError, Bench

from vultus.data.media import VideoReader
from vultus.data.real.build import build_set
from vultus.data.real.making import Making
from vultus.data.real.observing import Observer
from vultus.data.real.people import PersonSampler, build_embedder
from vultus.data.real.recipes import RECIPES
from vultus.face.detectors import DETECTORS

CLIP = "v5_30fps_silent_aac_track.mp4"
FRAMES = 216


def main(bench: Bench) -> None:
    """Time the first reading alone, and whole builds by recipe, in ms for each frame."""
    clip = SHARED / "media" / "driving" / CLIP
    if not clip.is_file():
        raise AbsentError(f"{clip} is not here")
    timed = {"repeats": 3, "warm_up": 1, "per": FRAMES}
    embedder = build_embedder()

    def look() -> None:
        people = PersonSampler(embedder) if embedder else None
        with VideoReader(clip) as reader:
            Observer(DETECTORS["mediapipe"], people).observe(reader).points.close()

    bench.time("real_data.observe", "Look at a frame, 480 px: face, quality, cuts, identity", look, **timed)
    for name in ("vultus-256", "gdpw-256", "goha-eg3d"):
        making = Making(source="folder", recipe=RECIPES[name])

        def build(making: Making = making) -> None:
            with tempfile.TemporaryDirectory() as folder:
                build_set(clip, Path(folder) / "set", making)

        bench.time(f"real_data.build_{name}", f"Build a frame by {name}, one process", build, **timed)
