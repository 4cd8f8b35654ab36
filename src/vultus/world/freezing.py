"""Choosing the benchmark's clips, portraits and pairs, once."""

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float

from vultus.data.media.atomic import replacing
from vultus.face.rotations import angles_from_matrix, matrix_from_axis_angle
from vultus.world.benchmark import NEWEST, BenchmarkSplit, Pair, benchmark
from vultus.world.clips import ClipSpec, WorldClip
from vultus.world.fingerprints import Fingerprint, fingerprint_of
from vultus.world.splits import person_seeds

PEOPLE = 20
SECONDS = 10.0
LANGUAGES = ("en", "de", "es", "zh", "ja")
STEPS = (7, 12)
"""Each portrait is driven by the people so many places on: everybody drives twice."""


def choose(people: int = PEOPLE, seconds: float = SECONDS) -> BenchmarkSplit:
    """The newest version, as today's world has it."""
    seeds = tuple(islice(person_seeds("test"), people))
    clips = tuple(
        ClipSpec(person_seed=seed, duration_s=seconds, language=LANGUAGES[position % len(LANGUAGES)])
        for position, seed in enumerate(seeds)
    )
    portraits: list[int] = []
    prints: dict[str, Fingerprint] = {}
    for spec in clips:
        clip = WorldClip(spec)
        portraits.append(calmest(clip))
        prints[spec.id] = fingerprint_of(clip)
    own = [Pair(f"self/{i:02d}", clips[i].id, portraits[i], clips[i].id) for i in range(people)]
    cross = [
        Pair(f"cross/{number:02d}", clips[i].id, portraits[i], clips[(i + step) % people].id)
        for number, (step, i) in enumerate((step, i) for step in STEPS for i in range(people))
    ]
    return BenchmarkSplit(NEWEST, seeds, clips, tuple(own), tuple(cross), prints)


def calmest(clip: WorldClip) -> int:
    """The frame that suits a portrait best: it looks into the camera, eyes open, mouth at rest."""
    track, names = clip.track, clip.model.expression_names
    yaw, pitch, roll = angles_from_matrix(matrix_from_axis_angle(track.rotation_rad)).numpy().T

    def named(*beginnings: str) -> Float[np.ndarray, " t"]:
        columns = [index for index, name in enumerate(names) if name.startswith(beginnings)]
        return track.expression[:, columns].sum(1).numpy()

    turned = np.hypot(yaw, pitch) + 0.5 * np.abs(roll)
    return int(np.argmin(turned + named("jaw", "mouth") + named("eyeBlink")))


def main() -> None:
    """Write the newest version of the benchmark, or say how today's world differs from it."""
    parser = argparse.ArgumentParser(prog="python -m vultus.world.benchmark", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="write the newest version's file")
    if parser.parse_args().write:
        chosen = choose()
        stored = {"digest": chosen.digest, "benchmark": chosen.to_json()}
        with replacing(Path(__file__).with_name(f"benchmark_v{NEWEST}.json")) as temporary:
            temporary.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")
        sys.stdout.write(f"{chosen.digest}\n")
        return
    differences = list(benchmark().changed(lambda spec: fingerprint_of(WorldClip(spec))))
    sys.stdout.write("".join(f"{line}\n" for line in differences) or f"unchanged: {benchmark().digest}\n")
    sys.exit(1 if differences else 0)
