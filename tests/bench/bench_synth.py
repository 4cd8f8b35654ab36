"""Sets of the synthetic world: speech, motion, posing, rendering, film and encoding, everything included."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

from harness import Bench

from vultus.world.sets import SetPlan, synthesise_set

WORKERS = 2
BARS = {128: 60.0, 256: 25.0}
"""Frames in a second, by side of the frames."""

BAR_GROWTH_MIB = 400.0
"""Two processes' worth of what one clip of ten minutes takes: its sound, prosody and track."""

PEAK = """
import json, resource, sys
from pathlib import Path
from vultus.world.sets import SetPlan, synthesise_set
if __name__ == "__main__":
    plan = SetPlan(**json.loads(sys.argv[2]))
    synthesise_set(Path(sys.argv[1]), plan, 2)
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    mine, largest = (resource.getrusage(who).ru_maxrss for who in whose)
    print(mine + 2 * largest)
"""


def main(bench: Bench) -> None:
    """Time whole sets, and compare the memory of short ones and of ten minutes."""
    _rates(bench)
    _memory(bench)


def _rates(bench: Bench) -> None:
    people, seconds, repeats = (2, 1.0, 1) if bench.quick else (6, 10.0, 3)
    for side_px, bar in BARS.items():
        plan = SetPlan(people=people, duration_s=seconds, side_px=side_px, seed=bench.seed)
        rates = [plan.frame_count / _duration_s(plan) for _ in range(repeats)]
        bench.record(
            f"synth.set_{side_px}",
            f"Make and store a set of {people} people of {seconds:.0f} s, {side_px} px square, "
            f"{WORKERS} processes and their start included",
            rates,
            unit="frames/s",
            bar=bar,
            threads=WORKERS,
        )


def _duration_s(plan: SetPlan) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        synthesise_set(Path(folder) / "set", plan, WORKERS)
        return time.perf_counter() - start


def _memory(bench: Bench) -> None:
    """Few frames of each second, since frames are not what could pile up."""
    many, long_s = (6, 30.0) if bench.quick else (60, 600.0)
    usual = SetPlan(people=6, duration_s=10.0, fps=5.0, side_px=64, seed=bench.seed)
    one = replace(usual, people=1)
    peaks = {
        plan: _peak_mib(plan)
        for plan in (usual, replace(usual, people=many), one, replace(one, duration_s=long_s))
    }
    before, after, short, long = peaks.values()
    for name, what, growth in (
        ("clips", f"a set of {many} clips of 10 s beyond that of 6 ({before:.0f} MiB)", after - before),
        (
            "length",
            f"a set of one clip of {long_s:.0f} s beyond that of 10 s ({short:.0f} MiB)",
            long - short,
        ),
    ):
        bench.record(
            f"synth.memory_{name}",
            f"Peak memory of three processes that make {what}",
            [growth],
            unit="MiB",
            bar=BAR_GROWTH_MIB,
            threads=WORKERS,
        )


def _peak_mib(plan: SetPlan) -> float:
    """Largest resident memory of the process that asks and of two that answer, as an upper bound."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "peak.py"
        script.write_text(PEAK)
        words = [sys.executable, str(script), str(Path(folder) / "set"), json.dumps(asdict(plan))]
        printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return int(printed) / 1024
