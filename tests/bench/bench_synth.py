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

PEAK = """
import json, resource, sys
from pathlib import Path
from vultus.world.sets import SetPlan, synthesise_set
if __name__ == "__main__":
    plan = SetPlan(**json.loads(sys.argv[2]))
    synthesise_set(Path(sys.argv[1]), plan, 2)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
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
    times, long_s = (2, 30.0) if bench.quick else (10, 600.0)
    usual = SetPlan(people=6, duration_s=10.0, fps=5.0, side_px=64, seed=bench.seed)
    one = replace(usual, people=1)
    before, after = _peak_mib(usual), _peak_mib(replace(usual, clips_per_person=times))
    short, long = _peak_mib(one), _peak_mib(replace(one, duration_s=long_s))
    for name, what, growth, bar in (
        ("clips", f"{6 * times} clips of 10 s beyond that of 6 ({before:.0f} MiB)", after - before, 50.0),
        (
            "length",
            f"a clip of {long_s:.0f} s beyond that of one of 10 s ({short:.0f} MiB)",
            long - short,
            250.0,
        ),
    ):
        bench.record(
            f"synth.memory_{name}",
            f"Peak memory of the larger of two processes that make {what}",
            [growth],
            unit="MiB",
            bar=bar,
            threads=WORKERS,
        )


def _peak_mib(plan: SetPlan) -> float:
    """Largest resident memory of the processes that make the clips."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "peak.py"
        script.write_text(PEAK)
        words = [sys.executable, str(script), str(Path(folder) / "set"), json.dumps(asdict(plan))]
        printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return int(printed) / 1024
