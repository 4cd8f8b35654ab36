"""The track: what is said about a head in every frame, and the one currency between rooms."""

import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar
from zipfile import BadZipFile

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vultus.data.media.atomic import replacing
from vultus.errors import IncompatibleError, InputError
from vultus.face.cameras import Camera
from vultus.face.morphable import MorphableModel
from vultus.face.rotations import matrix_from_axis_angle

_NO_TRACK = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RuntimeError,
    BadZipFile,
    EOFError,
    zlib.error,
)
"""What reading raises where the file is something else."""


@dataclass(frozen=True)
class Track:
    """Morphable-model parameters of a head in every frame of a clip."""

    identity: Float[Tensor, "t i"]
    """p_id."""

    expression: Float[Tensor, "t e"]
    """p_exp."""

    rotation_rad: Float[Tensor, "t 3"]
    """Axis-angle of R, head to view, rad."""

    jaw_rad: Float[Tensor, "t 3"]
    """Axis-angle of the jaw joint beyond what the expression holds, head frame, rad."""

    eyes_rad: Float[Tensor, "t 2 3"]
    """Axis-angle of the left, then the right eyeball, head frame, rad."""

    scale: Float[Tensor, " t"]
    """s, px for each model unit."""

    translation_px: Float[Tensor, "t 2"]
    """t, image frame, px."""

    valid: Bool[Tensor, " t"]
    """Whether a face was found; the values of an invalid frame are interpolated."""

    confidence: Float[Tensor, " t"]
    """[0, 1]."""

    time_s: Float[Tensor, " t"]
    """Presentation time of each frame, s, from the first; float64."""

    fps: float
    """Nominal frame rate, Hz."""

    size_px: tuple[int, int]
    """(height, width) of the frames that the camera is for."""

    morphable: str
    """Name of the morphable model."""

    morphable_digest: str
    """Its digest."""

    SCHEMA: ClassVar[int] = 1

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.scale)

    def __getitem__(self, which: slice | Bool[Tensor, " t"]) -> "Track":
        """The chosen frames, as a track; times are kept."""
        return self.replace(**{name: getattr(self, name)[which] for name in self.tensor_names()})

    def parts(self, most: int) -> "Iterator[Track]":
        """The frames in order, `most` at a time and the rest in the end."""
        return (self[start : start + most] for start in range(0, len(self), most))

    @classmethod
    def tensor_names(cls) -> list[str]:
        """Names of the fields that hold one value a frame."""
        return [
            f.name for f in fields(cls) if f.name not in ("fps", "size_px", "morphable", "morphable_digest")
        ]

    def replace(self, **changes: object) -> "Track":
        """A copy with some fields changed."""
        return Track(**{f.name: changes.get(f.name, getattr(self, f.name)) for f in fields(self)})  # type: ignore[arg-type]

    @property
    def camera(self) -> Camera:
        """The cameras of all frames."""
        return Camera(self.scale, matrix_from_axis_angle(self.rotation_rad), self.translation_px)

    def vertices(self, model: MorphableModel) -> Float[Tensor, "t v 3"]:
        """Posed vertices of every frame, head frame, model units; `IncompatibleError` for another model."""
        self.check_model(model)
        joints = {"jaw": self.jaw_rad, "eye_left": self.eyes_rad[:, 0], "eye_right": self.eyes_rad[:, 1]}
        return model.pose(self.identity, self.expression, joints)

    def check_model(self, model: MorphableModel) -> None:
        """Raise `IncompatibleError` unless the track was made with `model`."""
        if self.morphable_digest != model.digest:
            raise IncompatibleError(
                f"the track was made with morphable model {self.morphable!r} ({self.morphable_digest[:19]}…),"
                f" not with {model.name!r} ({model.digest[:19]}…)",
                remedy=f"fit again with --morphable {model.name}, or load {self.morphable!r}",
                metadata={"track_model": self.morphable, "model": model.name},
            )

        counts = self.identity.shape[1], self.expression.shape[1]
        needed = model.identity_basis.shape[2], model.expression_basis.shape[2]
        if counts != needed:
            raise IncompatibleError(
                f"the track has {counts} coefficients of identity and expression, "
                f"{model.name!r} has {needed}",
                remedy="fit again",
                metadata={"track_counts": counts, "model_counts": needed},
            )

    @staticmethod
    def concatenate(parts: "Sequence[Track]") -> "Track":
        """One track of several that follow each other."""
        first = parts[0]
        return first.replace(
            **{name: torch.cat([getattr(part, name) for part in parts]) for name in Track.tensor_names()}
        )

    def to_bytes(self) -> bytes:
        """The track as an npz file without pickle."""
        buffer = io.BytesIO()
        header = {
            "schema": self.SCHEMA,
            "fps": self.fps,
            "size_px": list(self.size_px),
            "morphable": self.morphable,
            "morphable_digest": self.morphable_digest,
        }
        arrays = {name: getattr(self, name).numpy() for name in self.tensor_names()}
        np.savez_compressed(buffer, header=np.array(json.dumps(header)), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "track") -> "Track":
        """Read what `to_bytes` wrote; raises `InputError` that names `name` when it is something else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                values: dict[str, Any] = cls._described(json.loads(str(file["header"])), name)
                arrays = {key: file[key] for key in cls.tensor_names()}
            values |= {key: torch.from_numpy(array) for key, array in _typed(arrays).items()}
        except _NO_TRACK as error:
            raise InputError(
                f"{name} is not a track: {error}", remedy="make one with `vultus fit VIDEO --out TRACK.npz`"
            ) from error
        track = cls(**values)
        if fault := _fault(track):
            raise InputError(f"{name} cannot be used: {fault}", remedy="fit the clip again")
        return track

    @classmethod
    def _described(cls, header: dict[str, Any], name: str) -> dict[str, Any]:
        """What a file's header says of all frames; raises one of `_NO_TRACK` where it is something else."""
        if header["schema"] != cls.SCHEMA:
            raise InputError(
                f"{name} has track schema {header['schema']}, this program reads {cls.SCHEMA}",
                remedy="fit the clip again",
            )
        height, width = header["size_px"]
        return {
            "fps": float(header["fps"]),
            "size_px": (int(height), int(width)),
            "morphable": str(header["morphable"]),
            "morphable_digest": str(header["morphable_digest"]),
        }

    def save(self, path: Path) -> None:
        """Write the track to `path`, whole or not at all."""
        with replacing(path) as temporary:
            temporary.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> "Track":
        """Read a track file; raises `InputError` naming the file."""
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read {path}: it is not an ordinary file", remedy="name a track file")
        try:
            return cls.from_bytes(path.read_bytes(), str(path))
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}", remedy="check the path") from error


_SHAPES = {"rotation_rad": (3,), "jaw_rad": (3,), "eyes_rad": (2, 3), "translation_px": (2,)}
"""Shape of one frame's value in each tensor whose width no model decides."""
_FASTEST_HZ = 1000.0


def _typed(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a file, each of its type; raises `ValueError` where a shape or a type cannot be."""
    typed: dict[str, np.ndarray] = {}
    count = len(np.atleast_1d(arrays["scale"]))
    if not count:
        raise ValueError("it has no frames")
    for name, array in arrays.items():
        rest = array.shape[1:2] if name in ("identity", "expression") else _SHAPES.get(name, ())
        if array.shape != (count, *rest):
            raise ValueError(f"{name} has shape {array.shape}, not {(count, *rest)}")
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} holds {array.dtype}, no numbers")
        kind = {"valid": np.bool_, "time_s": np.float64}.get(name, np.float32)
        typed[name] = array.astype(kind)
    return typed


def _fault(track: Track) -> str | None:
    """What no track can have, or None."""
    for name in Track.tensor_names():
        if not torch.isfinite(getattr(track, name)).all():
            return f"its {name} is not finite"
    if not (track.scale > 0).all():
        return "its scale is not above 0"
    if not (track.time_s.diff() > 0).all():
        return "its times do not rise"
    if not 0 < track.fps <= _FASTEST_HZ:
        return f"no clip has {track.fps} frames a second"
    if min(track.size_px) < 1:
        return f"no picture has the size {track.size_px}"
    return None
