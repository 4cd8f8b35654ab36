"""GDPW and HeadGAN at full width: how much faster than the published graph, and how far from its pictures."""

import copy
import time

import torch
from harness import Bench
from inference_twins import SIDE_PX, Subject, subjects

from vultus.nets.fast import FastForward, has_bfloat16, has_matrix_units
from vultus.nets.fast_words import READINESS
from vultus.nets.speed import Speed

THREADS = 2
BAR = 10.0 if has_matrix_units() else 2.5
DIFFERENCE_BAR = 1.0
FIRST_FRAME_BAR_S = 3.0


def main(bench: Bench) -> None:
    """Take both in one run, turn by turn, so that what else the machine does hurts both."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        for name, make in subjects().items():
            torch.manual_seed(bench.seed)
            with torch.inference_mode():
                _measure(bench, name, make())
    finally:
        torch.set_num_threads(before)


def _measure(bench: Bench, name: str, subject: Subject) -> None:
    source, source_guide, *guides = subject.inputs
    begun = time.perf_counter()
    forward = FastForward(copy.deepcopy(subject.network), Speed())
    encoded = forward.encode(source, source_guide)
    forward.decode(source, encoded, *guides)
    first_s = time.perf_counter() - begun
    READINESS.reached(300.0)
    published, fast = [], []
    for repeat in range(3 if bench.quick else 8):
        begun = time.perf_counter()
        expected = subject.published()
        published.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        pictures = [forward.decode(source, encoded, *guides).image for _ in range(3)]
        if repeat:
            fast.append((time.perf_counter() - begun) / len(pictures))
    published = published[1:]
    difference = 255 / subject.span * float((pictures[0] - expected).abs().mean())
    what = f"{name} at full width, {SIDE_PX} x {SIDE_PX} px, a frame of a cached source"
    kind = "bfloat16" if has_bfloat16() else "float32"
    settings = {"threads": THREADS}
    bench.record(f"inference.{name}", f"{what}, {kind}", [1e3 * s for s in fast], unit="ms", **settings)
    bench.record(
        f"inference.{name}_published",
        f"The published graph of {name}, eager float32, the same weights",
        [1e3 * s for s in published],
        unit="ms",
        **settings,
    )
    ratios = [slow / quick for slow, quick in zip(published, fast, strict=True)]
    bench.record(
        f"inference.{name}_gain",
        f"{what}, over the published graph",
        ratios,
        unit="x",
        bar=BAR,
        more_is_better=True,
        **settings,
    )
    bench.record(
        f"inference.{name}_difference",
        f"{what}, mean difference to the published graph's picture",
        [difference],
        unit="/255",
        bar=DIFFERENCE_BAR,
        more_is_better=False,
        **settings,
    )
    bench.record(
        f"inference.{name}_first_frame",
        f"{what}: the first after the weights are read",
        [first_s],
        unit="s",
        bar=FIRST_FRAME_BAR_S,
        **settings,
    )
