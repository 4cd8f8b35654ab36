"""One contestant on one pair."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from vultus.data.sets import ClipSet, StoredClip
from vultus.data.sets.cards import SOUND_FILE
from vultus.errors import IncompatibleError, InputError
from vultus.face.identity import IdentityEmbedder
from vultus.metrics import METRICS
from vultus.metrics.evaluation import Evaluation, EvaluationConfig
from vultus.metrics.evidence import Rgb
from vultus.metrics.extractors import has_extractor, load_extractor
from vultus.metrics.faces import FaceReader, TrackingFaceReader
from vultus.metrics.leaderboard.contestants import Contestant, Identity
from vultus.metrics.leaderboard.drivers import Driver, KnownFaces, read_driver
from vultus.metrics.leaderboard.embeddings import RememberedEmbeddings
from vultus.metrics.leaderboard.records import MODES, PairResult, Scene, mode_of
from vultus.metrics.score import Mode
from vultus.metrics.selection import choose_metrics
from vultus.metrics.worst import WorstFrame
from vultus.speech.voice import Voice, voice_of
from vultus.world.benchmark import Pair

METRICS_OF: Mapping[Mode, tuple[str, ...]] = {
    "self": (
        "l1[0..255]",
        "psnr[pooled]",
        "ssim[gaussian-11]",
        "lpips[world]",
        "kid[world]",
        "akd[frame-px]",
        "nme[x1000]",
        "apd[deg]",
        "aed[expression]",
        "au-h[arkit-coefficients]",
        "csim[dlib]",
        "identity_distance[dlib]",
        "colour_shift[lab-mean]",
        "flicker[vs-reference]",
        "jitter[acceleration-vs-driver]",
        "lse-d[world]",
        "lse-c[world]",
    ),
    "cross": (
        "csim[dlib]",
        "identity_distance[dlib]",
        "identity_leak[dlib]",
        "apd[deg]",
        "aed[expression]",
        "au-h[arkit-coefficients]",
        "jitter[acceleration-vs-driver]",
        "lse-d[world]",
        "lse-c[world]",
    ),
}
"""What is measured when nobody asks by name: all that needs no weights beyond packages and our own starters.

A pair has too few frames for a Fréchet distance; the kernel distance is not biased by their number."""


SILENCE = Voice(np.zeros(0, np.float32))
"""What is heard in a clip without sound."""


@dataclass(frozen=True)
class Shown:
    """A pair's worst frame, to be looked at."""

    source: Rgb
    """The portrait."""

    reference: Rgb
    """The driver's frame."""

    generated: Rgb
    """The contestant's."""


class PairScorer:
    """Scores contestants on the pairs of a set; one for each process.

    Args:
        clips: The split's clips.
        drivers: Folder where measurements of drivers are kept.
        metrics: Names by mode.
        config: How much is looked at.
    """

    def __init__(
        self,
        clips: ClipSet,
        drivers: Path,
        metrics: Mapping[Mode, Sequence[str]],
        config: EvaluationConfig,
    ) -> None:
        self._clips = clips
        self._drivers = drivers
        self._metrics = metrics
        self._config = config
        self._kept: tuple[str, Driver] | None = None
        self._embed = RememberedEmbeddings(lambda: IdentityEmbedder().embed)
        named = {METRICS[name].info.needs for names in metrics.values() for name in names}
        self._extractor = cache(load_extractor)
        self._embedded = bool(named & {"identity", "leak"})

    def score(self, contestant: Contestant, pair: Pair, digest: str) -> tuple[PairResult, Shown | None]:
        """Let a contestant answer a pair and compare its frames with the driver's as they come.

        Args:
            contestant: Who answers.
            pair: What is asked.
            digest: Of everything that decides the result.

        Raises:
            VultusError: The contestant cannot answer, or answers too few, too many or other frames.
        """
        source_clip, driving = self._clips.clip(pair.source), self._clips.clip(pair.driving)
        source = next(source_clip.frames(pair.source_frame, pair.source_frame + 1))
        driver = self.driver(pair.driving)
        scene = Scene(pair, source, driving, driver.track)
        evaluation = self._evaluation(
            mode_of(pair), source, driver, _voice(driving), isinstance(contestant, Identity)
        )
        try:
            with _closing(_checked(contestant, scene)) as frames, _closing(_wanted(driving)) as reference:
                evaluation.update_all(frames, reference, driving.card.fps)
        except IncompatibleError as error:
            raise InputError(
                f"{contestant.name}, pair {pair.id}: {error.message}",
                remedy="answer every frame of the driver once, in its size",
                metadata={"contestant": contestant.name, "pair": pair.id, **error.metadata},
            ) from error
        worst = next(iter(evaluation.worst_frames()), None)
        return _result(contestant, pair, digest, evaluation, worst), _shown(source, worst)

    def driver(self, clip_id: str) -> Driver:
        """What is known of a driving clip; the last one stays in memory."""
        if self._kept is None or self._kept[0] != clip_id:
            clip = self._clips.clip(clip_id)
            self._kept = clip_id, read_driver(clip, self._drivers)
            if self._embedded:
                self._embed.learn(clip, self._config.identity_every, self._drivers)
        return self._kept[1]

    def _evaluation(self, mode: Mode, source: Rgb, driver: Driver, voice: Voice, same: bool) -> Evaluation:
        """An evaluation that knows the driver's faces; where its frames are shown, those of both sides."""
        made = TrackingFaceReader()
        meant = KnownFaces(driver.faces, made)
        both: list[FaceReader] = [KnownFaces(driver.faces, made) if same else made, meant]
        readers = iter(both)
        return Evaluation(
            self._metrics[mode],
            source if mode == "cross" else None,
            mode=mode,
            build_reader=lambda: next(readers),
            embed=self._embed,
            voice=voice,
            extractors=self._extractor,
            config=self._config,
        )


def _voice(driving: StoredClip) -> Voice:
    """What is said in a clip; silence, which has no value, where it has no sound."""
    return voice_of(driving.sound()) if driving.has(SOUND_FILE) else SILENCE


def chosen_metrics(names: Sequence[str] | None, modes: Sequence[Mode]) -> dict[Mode, list[str]]:
    """Names of what is measured, by mode.

    Args:
        names: Metrics or families; None for `METRICS_OF`. One that has no meaning in one mode is measured in
            the other.
        modes: Modes that are measured.

    Raises:
        InputError: A name is unknown, or has no meaning in any of the modes.
        AssetMissingError: A metric looks through weights that are not there.
    """
    chosen: dict[Mode, list[str]] = {}
    for mode in modes:
        found = _default(mode) if names is None else _meaningful(names, mode, modes)
        chosen[mode] = list(dict.fromkeys(found))
    for mode, found in chosen.items():
        if not found:
            raise InputError(
                f"no metric that was asked for has a meaning in {mode}-reenactment",
                remedy=f"add one, or leave {mode} out of --pairs",
                metadata={"mode": mode},
            )
        # Building it once here says what is missing before any work is done.
        Evaluation(found, np.zeros((8, 8, 3), np.uint8), mode=mode, voice=SILENCE)
    return chosen


def _default(mode: Mode) -> list[str]:
    """Those of `METRICS_OF` whose weights are here."""
    infos = [METRICS[name].info for name in METRICS_OF[mode]]
    return [info.name for info in infos if not info.extractor or has_extractor(info.extractor)]


def _meaningful(names: Sequence[str], mode: Mode, modes: Sequence[Mode]) -> list[str]:
    """Full names of those metrics that mean something in a mode; what means nothing in any is an error."""
    found: list[str] = []
    for name in names:
        try:
            found += choose_metrics([name], mode, has_source=True, has_sound=True)[0]
        except InputError:
            if not any(_means_something(name, other) for other in MODES if other in modes):
                raise
    return found


def _means_something(name: str, mode: Mode) -> bool:
    try:
        choose_metrics([name], mode, has_source=True, has_sound=True)
    except InputError:
        return False
    return True


def _checked(contestant: Contestant, scene: Scene) -> Iterator[Rgb]:
    """A contestant's frames; one of another size than the driver's is an error that names it."""
    wanted = scene.driving.card.size_px
    with _closing(contestant.frames(scene)) as frames:
        for index, frame in enumerate(frames):
            if frame.shape[:2] != wanted:
                height, width = frame.shape[:2]
                raise IncompatibleError(
                    f"frame {index} is {width}x{height} px, not {wanted[1]}x{wanted[0]}",
                    metadata={"frame": index},
                )
            yield frame


def _wanted(driving: StoredClip) -> Iterator[Rgb]:
    """The driver's frames; its file is opened when the first is taken, and so always closed again."""
    yield from driving.frames()


@contextmanager
def _closing(frames: Iterator[Rgb]) -> Iterator[Iterator[Rgb]]:
    """Let frames be taken, and close the file that they come from even where not all were."""
    try:
        yield frames
    finally:
        if isinstance(frames, Generator):
            frames.close()


def _result(
    contestant: Contestant, pair: Pair, digest: str, evaluation: Evaluation, worst: WorstFrame | None
) -> PairResult:
    report = evaluation.report()
    faces: Mapping[str, int] = report["faces"]  # type: ignore[assignment]
    return PairResult(
        contestant=contestant.name,
        pair=pair.id,
        mode=mode_of(pair),
        person=pair.source.split("/", maxsplit=1)[0],
        digest=digest,
        frames=evaluation.frame_count,
        without_face=faces.get("generated_without_face", 0),
        scores=report["metrics"],  # type: ignore[arg-type]
        worst_frame=worst.index if worst else None,
        worst=worst.badness if worst else 0.0,
    )


def _shown(source: Rgb, worst: WorstFrame | None) -> Shown | None:
    if worst is None or worst.reference is None:
        return None
    return Shown(source, worst.reference, worst.generated)
