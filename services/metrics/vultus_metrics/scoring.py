"""Scores pairs of frames and sums up what came out; knows no wire."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int16

from vultus.data.media import Frame, VideoReader, read_picture
from vultus.errors import IncompatibleError
from vultus.metrics import METRICS
from vultus.metrics.evaluation import FACE_POLICY, Evaluation
from vultus.speech.voice import Voice, read_voice
from vultus_kit.records import EvaluationOptions, MetricDescription, MetricResult, MissingFaces, Report
from vultus_kit.telemetry.metrics import counter
from vultus_metrics.codec import Pair


def describe() -> list[MetricDescription]:
    """Every metric."""
    infos = [METRICS[name].info for name in METRICS]
    return [
        MetricDescription(
            info.name, info.unit, info.protocol, info.higher_is_better, info.by_default, info.modes
        )
        for info in infos
    ]


def score(pairs: Iterable[Pair], options: EvaluationOptions, every: int) -> Iterator[int | Report]:
    """Counts of pairs scored so far, each after `every` pairs, then the report."""
    evaluation = begin(options)
    for count, (generated, reference) in enumerate(pairs, start=1):
        evaluation.update(generated.rgb, None if reference is None else reference.rgb, generated.time_s)
        counter("vultus_frames_total", room="metrics", outcome="scored").inc()
        if count % every == 0:
            yield count
    yield report_of(evaluation, per_frame=options.per_frame)


def score_files(
    generated: Path, reference: Path, options: EvaluationOptions, every: int
) -> Iterator[int | Report]:
    """The same for video files; raises `IncompatibleError` where one is longer."""
    with VideoReader(generated) as ours, VideoReader(reference) as theirs:
        yield from score(_paired(ours, theirs), options, every)


def _paired(ours: Iterable[Frame], theirs: Iterable[Frame]) -> Iterator[Pair]:
    made_count = meant_count = 0
    for made, meant in zip_longest(ours, theirs):
        made_count += made is not None
        meant_count += meant is not None
        if made is not None and meant is not None:
            yield made, meant
    if made_count != meant_count:
        raise IncompatibleError(
            f"the generated clip has {made_count} frames, the reference {meant_count}",
            remedy="compare clips of the same length",
            metadata={"generated_frames": made_count, "reference_frames": meant_count},
        )


def begin(options: EvaluationOptions) -> Evaluation:
    """An evaluation with these options."""
    source = read_picture(options.source_picture, "the source").rgb if options.source_picture else None
    return Evaluation(
        options.metrics or None,
        source,
        mode=options.mode,
        requested=options.requested,
        voice=None if options.sound is None else Voice.of_pcm16(options.sound),
    )


def sound_of(path: Path) -> Int16[np.ndarray, " n"] | None:
    """Sound of a file, as options carry it; None where it has none."""
    voice = read_voice(path)
    return None if voice is None else voice.pcm16


def report_of(evaluation: Evaluation, *, per_frame: bool = False) -> Report:
    """What came out, with each frame's values or without."""
    scores = evaluation.scores()
    summary = evaluation.report()
    values = evaluation.per_frame() if per_frame else {}
    angles = evaluation.angles_deg() if per_frame else {}
    results = [
        MetricResult(
            name=each.name,
            value=each.value,
            unit=each.unit,
            protocol=each.protocol,
            higher_is_better=each.higher_is_better,
            frame_count=each.frame_count,
            ci95=each.ci95,
            note=each.note,
            frame_values=tuple(values[each.name].tolist()) if each.name in values else (),
        )
        for each in scores
    ]
    return Report(
        frame_count=evaluation.frame_count,
        results=tuple(results),
        mode=evaluation.mode,
        size_px=_size(summary["size_px"]),
        left_out=evaluation.left_out,
        missing_faces=_missing_faces(summary["faces"]),
        ci95_protocol=str(summary["ci95_protocol"]),
        generated_angles_deg=_flat(angles.get("generated")),
        reference_angles_deg=_flat(angles.get("reference")),
        jitter=evaluation.jitter(),
        worst_frames=tuple(frame.index for frame in evaluation.worst_frames()),
    )


def _missing_faces(faces: Any) -> MissingFaces | None:
    if not faces:
        return None
    return MissingFaces(faces["generated_without_face"], faces["reference_without_face"], FACE_POLICY)


def _size(size_px: Any) -> tuple[int, int]:
    height, width = size_px
    return height, width


def _flat(angles: np.ndarray | None) -> tuple[float, ...]:
    return () if angles is None else tuple(angles.reshape(-1).tolist())
