"""Measure, with warm-up and spread, and write down on what it was measured."""

import gc
import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


class AbsentError(Exception):
    """What a benchmark needs is not here."""


@dataclass(frozen=True)
class Result:
    """One figure and its spread."""

    name: str
    """Dotted, the file first: "render.rasterise"."""

    what: str
    """What was measured, for a reader."""

    unit: str
    median: float
    lower_quartile: float
    upper_quartile: float
    least: float
    most: float
    repeats: int
    threads: int
    bar: float | None = None
    """The median must reach this; None where nothing is promised."""

    more_is_better: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the bar; None without one."""
        if self.bar is None:
            return None
        return self.median >= self.bar if self.more_is_better else self.median <= self.bar


@dataclass
class Bench:
    """Hands benchmarks their clock and keeps what they find.

    A benchmark is a file `bench_<thing>.py` beside this one with a `main(bench)`. It calls `time` for what
    can be repeated quickly and `record` for figures that it measured itself, and raises `AbsentError` where
    something it needs is absent.
    """

    seed: int = 0
    """Every benchmark seeds its generators with this."""

    quick: bool = False
    """Two repeats of everything, to see that the benchmarks run."""

    results: list[Result] = field(default_factory=list)

    def time(
        self,
        name: str,
        what: str,
        run: Callable[[], object],
        *,
        repeats: int = 50,
        warm_up: int = 5,
        per: int = 1,
        unit: str = "ms",
        bar: float | None = None,
        threads: int = 1,
    ) -> Result:
        """Time `run`.

        Args:
            name: Dotted name.
            what: What is measured, for a reader.
            run: Called again and again.
            repeats: Timed calls.
            warm_up: Calls before, not timed.
            per: Things that one call does, for instance frames; the figure is for one of them.
            unit: "ms" or "s" for one thing, or "<things>/s", where more is better.
            bar: What the median must reach, in `unit`.
            threads: Torch's threads during the measurement.
        """
        repeats, warm_up = (2, 1) if self.quick else (repeats, warm_up)
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            for _ in range(warm_up):
                run()
            gc.collect()
            gc.disable()
            durations_s = [_duration_s(run) for _ in range(repeats)]
        finally:
            gc.enable()
            torch.set_num_threads(before)
        values = [_in_unit(duration / per, unit) for duration in durations_s]
        return self.record(name, what, values, unit=unit, bar=bar, threads=threads)

    def record(
        self,
        name: str,
        what: str,
        values: list[float],
        *,
        unit: str,
        bar: float | None = None,
        threads: int = 1,
        more_is_better: bool | None = None,
    ) -> Result:
        """Keep figures that the benchmark measured itself; unless told, rates are better when larger."""
        lower, middle, upper = (
            statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
        )
        better = unit.endswith("/s") if more_is_better is None else more_is_better
        spread = (middle, lower, upper, min(values), max(values))
        result = Result(name, what, unit, *spread, len(values), threads, bar, better)
        self.results.append(result)
        return result

    def document(self) -> dict[str, object]:
        """Everything measured and what it was measured on, ready for JSON."""
        return {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": _commit(),
            "machine": _machine(),
            "seed": self.seed,
            "quick": self.quick,
            "results": [{**asdict(result), "met": result.met} for result in self.results],
        }

    def write(self, path: Path) -> None:
        """Write the document, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(self.document(), indent=2) + "\n")
        unfinished.replace(path)


def table(results: list[dict]) -> str:
    """The results as a Markdown table."""
    head = "| what | median | quartiles | range | n | threads | bar |\n|---|---:|---:|---:|---:|---:|---:|"
    return "\n".join([head, *map(_row, results)])


def _row(result: dict) -> str:
    cells = [
        f"{result['what']} (`{result['name']}`)",
        f"{_short(result['median'])} {result['unit']}",
        f"{_short(result['lower_quartile'])} to {_short(result['upper_quartile'])}",
        f"{_short(result['least'])} to {_short(result['most'])}",
        str(result["repeats"]),
        str(result["threads"]),
        _verdict(result),
    ]
    return f"| {' | '.join(cells)} |"


def _verdict(result: dict) -> str:
    if result["bar"] is None:
        return ""
    side = "at least" if result["more_is_better"] else "at most"
    return f"{side} {_short(result['bar'])}: {'met' if result['met'] else 'MISSED'}"


def _duration_s(run: Callable[[], object]) -> float:
    """One call's duration, with what it started on an accelerator."""
    start = time.perf_counter()
    run()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def _in_unit(duration_s: float, unit: str) -> float:
    if unit.endswith("/s"):
        return 1 / duration_s
    return duration_s * {"s": 1.0, "ms": 1e3, "µs": 1e6}[unit]


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _commit() -> str:
    """The commit measured, marked where the working tree differs from it."""
    try:
        asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _machine() -> dict[str, object]:
    processors = Path("/proc/cpuinfo")
    named = (
        [line for line in processors.read_text().splitlines() if "model name" in line]
        if processors.exists()
        else []
    )
    return {
        "processor": named[0].split(":", 1)[1].strip() if named else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": version("torch"),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
