"""Who takes part: two controls, every registered method, and anyone's videos in a folder."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Protocol, runtime_checkable

from vultus.data.media import VideoReader
from vultus.data.sets.cards import SOUND_FILE
from vultus.errors import InputError, MissingError, VultusError
from vultus.face.models import load_morphable
from vultus.face.morphable import MorphableModel
from vultus.face.motion import MotionTransfer
from vultus.face.tracking import Tracker
from vultus.methods.base import METHODS, AvatarOptions, Method, Portrait
from vultus.methods.streams import hears, render_stream
from vultus.methods.trained import TRAINED, open_trained, starter
from vultus.metrics.evidence import Rgb
from vultus.metrics.leaderboard.records import Scene, mode_of
from vultus.speech.voice import voice_of
from vultus.world.benchmark import Pair

CHUNK = 16
"""Frames that are rendered together."""

SELF_MOTION = "relative from the portrait's own frame"
CROSS_MOTION = "absolute, the camera moving with the driver's from its first frame"


@runtime_checkable
class Contestant(Protocol):
    """Answers a portrait and a driver with frames; can be pickled."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    @property
    def control(self) -> bool:
        """Whether it only shows where the scale begins and ends, and is no method."""
        ...

    def digest(self, pair: Pair) -> str:
        """What decides the answer to a pair beside the pair: code, settings, files; in a few letters."""
        ...

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """One frame for each of the driver's, of its size, pixel for pixel in its place."""
        ...


@dataclass(frozen=True)
class CopySource:
    """The portrait, again and again: what has to be beaten."""

    name: str = "copy-source"
    control: bool = True

    def digest(self, pair: Pair) -> str:
        """It never changes."""
        return "1"

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """The portrait for each frame."""
        return repeat(scene.source_rgb, len(scene.driving))


@dataclass(frozen=True)
class Identity:
    """The driver's own frames: the best answer in self-reenactment, the wrong person otherwise."""

    name: str = "identity"
    control: bool = True

    def digest(self, pair: Pair) -> str:
        """It never changes."""
        return "1"

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """The driver's frames."""
        return scene.driving.frames()


@dataclass(frozen=True)
class Rendered:
    """A method of `vultus.methods`, ours or one that came by entry point."""

    name: str
    """Name in `METHODS`."""

    control: bool = False

    def digest(self, pair: Pair) -> str:
        """Of the method's own code and of its weights; other results are made when they change."""
        code = code_digest(METHODS[self.name].__module__)
        return f"{starter(self.name).digest} {code}" if self.name in TRAINED else code

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """The portrait moved as the driver's fitted track, laid back into the whole picture."""
        model = load_morphable()
        return reenact(METHODS[self.name](model), model, scene)


@dataclass(frozen=True)
class Trained:
    """A model folder: a challenger that is not installed, or one that came from the registry."""

    name: str
    """What the tables call it."""

    folder: Path
    """Model folder."""

    weights: str
    """Digest of the model."""

    code: str
    """Digest of its method's own code."""

    control: bool = False

    @classmethod
    def of(cls, folder: Path, name: str = "") -> "Trained":
        """The contestant of a model folder, called "method-digest" where no name is given.

        Raises:
            AssetMissingError: The folder lacks a file.
            InputError: A file is damaged, or it learned with another morphable model than drivers have.
        """
        model = open_trained(folder)
        method = model.build(load_morphable())
        code = code_digest(type(method).__module__)
        return cls(name or f"{model.method}-{method.version}", folder, model.digest, code)

    def digest(self, pair: Pair) -> str:
        """Of the model and its method's code."""
        return f"{self.weights} {self.code}"

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """The portrait moved as the driver's fitted track, laid back into the whole picture."""
        model = load_morphable()
        return reenact(open_trained(self.folder).build(model), model, scene)


def reenact(method: Method, model: MorphableModel, scene: Scene) -> Iterator[Rgb]:
    """A scene's portrait moved by a method as the driver's track, laid back into the whole picture.

    Args:
        method: How.
        model: Morphable model of the track.
        scene: Whom, and by whom.
    """
    portrait = Portrait(scene.source_rgb, Tracker(model).fit_image(scene.source_rgb))
    avatar = method.create_avatar(portrait, AvatarOptions(paste_back=True))
    relative = mode_of(scene.pair) == "self"
    transfer = MotionTransfer(portrait.track, "relative" if relative else "absolute", model)
    if relative:  # from here on, motion is counted from the moment that the portrait shows
        transfer.apply(scene.track[scene.pair.source_frame : scene.pair.source_frame + 1])
    moved = (transfer.apply(part) for part in scene.track.parts(CHUNK))
    audible = hears(avatar) and scene.driving.has(SOUND_FILE)
    yield from render_stream(avatar, moved, voice_of(scene.driving.sound()) if audible else None)


@dataclass(frozen=True)
class Dropped:
    """Videos that somebody else's method made: `<folder>/<pair id>.mp4`."""

    name: str
    """Name of the folder."""

    folder: Path
    """Where they lie."""

    control: bool = False

    def path(self, pair: Pair) -> Path:
        """The video of a pair."""
        return self.folder / f"{pair.id}.mp4"

    def digest(self, pair: Pair) -> str:
        """Of the file."""
        with self.path(pair).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def frames(self, scene: Scene) -> Iterator[Rgb]:
        """The frames of the file."""
        with VideoReader(self.path(scene.pair)) as reader:
            yield from (frame.rgb for frame in reader)

    def fault(self, pair: Pair, frames: int, size_px: tuple[int, int]) -> str:
        """Why the video of a pair cannot be scored; "" where nothing is wrong.

        Args:
            pair: Which.
            frames: How many it must have.
            size_px: (height, width) that they must have.
        """
        path = self.path(pair)
        if not path.is_file():
            return f"{path} is missing"
        try:
            with VideoReader(path) as reader:
                info = reader.info
        except VultusError as error:
            return error.message
        if info.size_px != size_px:
            height, width = info.size_px
            return f"{path} is {width}x{height} px, not {size_px[1]}x{size_px[0]}"
        if info.frame_count not in (None, frames):
            return f"{path} has {info.frame_count} frames, not {frames}"
        return f"{path} ends too early" if info.truncated else ""


CONTROLS: tuple[Contestant, ...] = (CopySource(), Identity())


def choose_contestants(
    names: Sequence[str] | None = None, outputs: Path | None = None
) -> tuple[list[Contestant], dict[str, str]]:
    """Who takes part, controls first.

    Args:
        names: Names of controls, methods and folders of `outputs`; None for all that can be had.
        outputs: Folder with a folder of videos for each method of somebody else.

    Returns:
        Contestants, and why registered methods that nobody asked for by name are left out, by name.

    Raises:
        InputError: A name is unknown, taken twice, or names no folder.
        MissingError: A method that was asked for by name lacks weights.
    """
    known: dict[str, Contestant] = {one.name: one for one in CONTROLS}
    known |= {name: Rendered(name) for name in METHODS}
    for dropped in _dropped(outputs) if outputs else ():
        if dropped.name in known:
            raise InputError(
                f"{dropped.folder} has the name of a method that is here already",
                remedy="give the folder another name",
                metadata={"folder": dropped.folder},
            )
        known[dropped.name] = dropped
    if names is not None:
        chosen = [_named(known, name) for name in dict.fromkeys(names)]
        for one in chosen:
            _require(one)
        return chosen, {}
    left_out: dict[str, str] = {}
    for name, one in known.items():
        try:
            _require(one)
        except MissingError as error:
            left_out[name] = str(error)
    return [one for name, one in known.items() if name not in left_out], left_out


def code_digest(module_name: str) -> str:
    """SHA-256 over the Python files beside a module in its package, or over its own file outside of one."""
    module = sys.modules[module_name]
    file = Path(str(module.__file__))
    inside = bool(module.__package__) and (file.parent / "__init__.py").is_file()
    digest = hashlib.sha256()
    for path in sorted(file.parent.glob("*.py")) if inside else [file]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _dropped(outputs: Path) -> list[Dropped]:
    if not outputs.is_dir():
        raise InputError(
            f"there is no folder {outputs}",
            remedy="put videos at <folder>/<method>/<pair id>.mp4",
            metadata={"folder": outputs},
        )
    folders = [path for path in sorted(outputs.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    return [Dropped(path.name, path) for path in folders]


def _named(known: dict[str, Contestant], name: str) -> Contestant:
    if name not in known:
        raise InputError(
            f"no contestant called {name!r}",
            remedy=f"known: {', '.join(known)}",
            metadata={"contestant": name},
        )
    return known[name]


def _require(contestant: Contestant) -> None:
    """Raise `MissingError` where a method lacks what it needs."""
    if isinstance(contestant, Rendered):
        METHODS[contestant.name](load_morphable())
