"""`vultus animate` as a user runs it: frames a second, and memory over length."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import skimage.data
from harness import Bench

from vultus.data.media import VideoReader, VideoWriter, write_picture

BAR_FRAMES_PER_S = 25.0
BAR_MEMORY_RATIO = 1.2
FPS = 25
LENGTHS_S = (10, 60)
SIDE_PX = 256


def main(bench: Bench) -> None:
    """Animate a photograph by clips of two lengths; landmarks, decoding and encoding included."""
    with tempfile.TemporaryDirectory() as folder:
        portrait = Path(folder) / "portrait.png"
        write_picture(portrait, np.ascontiguousarray(skimage.data.astronaut()))
        once = Path(folder) / "motion.mp4"
        _vultus("animate", portrait, "--motion", "turn", "--size", SIDE_PX, "--out", once)
        drivers = [_looped(once, length_s) for length_s in LENGTHS_S]
        repeats = 1 if bench.quick else 3
        peaks_mib: dict[int, list[float]] = {length_s: [] for length_s in LENGTHS_S}
        rates: list[float] = []
        whole: list[float] = []
        for _ in range(repeats):
            for length_s, driver in zip(LENGTHS_S, drivers, strict=True):
                values, peak_mib, elapsed_s = _vultus(
                    "animate",
                    portrait,
                    "--driving",
                    driver,
                    "--size",
                    SIDE_PX,
                    "--out",
                    Path(folder) / "a.mp4",
                )
                peaks_mib[length_s].append(peak_mib)
            rates.append(values["frames_per_s"])
            whole.append(values["frames"] / elapsed_s)
    what = f"{LENGTHS_S[1]} s driver at {SIDE_PX} px"
    bench.record(
        "animate.rate",
        f"{what}, models loading included",
        rates,
        unit="frames/s",
        bar=BAR_FRAMES_PER_S,
        threads=2,
    )
    bench.record("animate.process", f"{what}, whole process", whole, unit="frames/s", threads=2)
    for length_s, values_mib in peaks_mib.items():
        bench.record(
            f"animate.memory.{length_s}s",
            f"peak resident memory, {length_s} s driver",
            values_mib,
            unit="MiB",
        )
    short, long = (peaks_mib[length_s] for length_s in LENGTHS_S)
    ratios = [more / less for less, more in zip(short, long, strict=True)]
    bench.record(
        "animate.memory.ratio", "60 s driver over 10 s driver", ratios, unit="ratio", bar=BAR_MEMORY_RATIO
    )


def _looped(clip: Path, length_s: int) -> Path:
    """The clip again and again until it is `length_s` long."""
    path = clip.with_name(f"driver-{length_s}.mp4")
    with VideoReader(clip) as reader:
        frames = [frame.rgb for frame in reader]
    with VideoWriter(path, reader.info.size_px, FPS) as writer:
        for k in range(length_s * FPS):
            writer.write(frames[k % len(frames)], k / FPS)
    return path


def _vultus(*words: object) -> tuple[dict, float, float]:
    """Run the command; its JSON object, its peak resident memory in MiB and how long it took in s."""
    started = time.monotonic()
    command = [sys.executable, "-m", "vultus_cli.main", *map(str, words), "--json"]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} exited {child.returncode}: {said.decode()}")
    return json.loads(said), usage.ru_maxrss / 1024, time.monotonic() - started
