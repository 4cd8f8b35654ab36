"""What the way through gRPC costs: the same work in this process and through embedded rooms, turn by turn."""

import io
import time
from collections.abc import Callable

import numpy as np
import skimage.data
from harness import Bench
from PIL import Image

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus.face.models import load_morphable
from vultus.face.motion import MotionTransfer, motion_clip
from vultus.face.tracking import Tracker
from vultus.methods.base import METHODS, AvatarOptions, Portrait
from vultus_kit.clients.fitting import FittingClient
from vultus_kit.clients.generation import GenerationClient
from vultus_kit.embedded import EmbeddedRooms
from vultus_kit.records import AvatarSpec

BAR_PERCENT = 10.0
FRAMES = 120
BATCH = 8
"""Frames rendered together, as the generation room does."""


def main(bench: Bench) -> None:
    """Compare fitting and animating at 256 x 256."""
    rgb = np.ascontiguousarray(skimage.data.astronaut()[:256, 96:352])
    tracker = Tracker(load_morphable())
    source = tracker.fit_image(rgb)
    with EmbeddedRooms(["fitting", "generation"]) as rooms:
        generation = GenerationClient(rooms.channel("generation"))
        _compare(bench, "rpc.animate", "animating with warp", *_animating(generation, rgb, source))
        fitting = FittingClient(rooms.channel("fitting"))
        _compare(bench, "rpc.fit", "fitting a clip", *_fitting(fitting, tracker, rgb))


def _animating(
    client: GenerationClient, rgb: np.ndarray, source: Track
) -> tuple[Callable[[], int], Callable[[], int]]:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG")
    avatar_id = client.create_avatar(AvatarSpec(buffer.getvalue(), source)).avatar_id
    avatar = METHODS["warp"](load_morphable()).create_avatar(Portrait(rgb, source), AvatarOptions())
    driving = motion_clip("turn", source, duration_s=FRAMES / 25)
    parts = [driving[start : start + 2 * BATCH] for start in range(0, len(driving), 2 * BATCH)]

    def here() -> int:
        transfer = MotionTransfer(source)
        moved = [transfer.apply(part) for part in parts]
        return sum(
            len(avatar.render(part[start : start + BATCH]))
            for part in moved
            for start in range(0, len(part), BATCH)
        )

    return here, lambda: sum(1 for _ in client.stream_animate(avatar_id, parts))


def _fitting(
    client: FittingClient, tracker: Tracker, rgb: np.ndarray
) -> tuple[Callable[[], int], Callable[[], int]]:
    frames = [Frame(np.roll(rgb, abs(k % 40 - 20), axis=1), k / 25, k) for k in range(FRAMES)]

    def here() -> int:
        return sum(len(part) for part in tracker.stream(iter(frames), 25.0))

    return here, lambda: sum(len(part) for part in client.stream_fit(iter(frames), 25.0))


def _compare(bench: Bench, name: str, what: str, here: Callable[[], int], through: Callable[[], int]) -> None:
    """Time both in turn, so that a machine that slows down slows both."""
    repeats, warm_up = (2, 1) if bench.quick else (9, 2)
    here_ms, through_ms = [], []
    for turn in range(warm_up + repeats):
        for run, times_ms in ((here, here_ms), (through, through_ms)):
            start = time.perf_counter()
            count = run()
            if turn >= warm_up:
                times_ms.append(1e3 * (time.perf_counter() - start) / count)
    added = [100 * (with_rpc / without - 1) for with_rpc, without in zip(through_ms, here_ms, strict=True)]
    bench.record(f"{name}_here", f"One frame of {what}, in process", here_ms, unit="ms")
    bench.record(f"{name}_through", f"One frame of {what}, through gRPC", through_ms, unit="ms")
    bench.record(
        f"{name}_added", f"What gRPC adds to {what}", added, unit="%", bar=BAR_PERCENT, more_is_better=False
    )
