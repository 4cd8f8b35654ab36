"""What clients and rooms tell each other, apart from tracks and frames."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Int16

from vultus.data.track import Track

Smoothing = Literal["none", "one_euro", "gaussian", "moving_average"]
Mode = Literal["relative", "absolute", "none"]
EvaluationMode = Literal["self", "cross"]


@dataclass(frozen=True)
class FitOptions:
    """How to fit."""

    morphable: str = "builtin"
    """Name of the morphable model."""
    detector: str = "mediapipe"
    """Name of the face detector."""
    face: Literal["largest"] | int = "largest"
    """Which face to follow: the largest, or a number counted from the image's left."""
    smoothing: Smoothing = "none"
    """How to smooth over time."""


@dataclass(frozen=True)
class FitSummary:
    """Figures of a fit."""

    frame_count: int
    """Frames."""
    valid_frame_count: int
    """Frames with a face."""
    face_count: int | None = None
    """Most faces seen in one frame; None where the detector does not say."""
    landmark_error_interocular: float | None = None
    """Mean landmark error over the distance of the outer eye corners; None where unknown."""


@dataclass(frozen=True)
class MorphableDescription:
    """What a morphable model is."""

    name: str
    """For instance "builtin"."""
    digest: str
    """"sha256:…"."""
    identity_count: int
    """Identity coefficients."""
    expression_names: tuple[str, ...]
    """Name of each expression coefficient."""
    vertex_count: int
    """Vertices."""
    triangle_count: int
    """Triangles."""
    landmark_sets: tuple[str, ...]
    """Names of the landmark sets that can be fitted."""
    unit_mm: float
    """Millimetres in one model unit."""
    licence: str
    """SPDX identifier or name."""


@dataclass(frozen=True)
class AvatarSpec:
    """What an avatar is made of."""

    picture: bytes
    """Portrait file."""
    source: Track
    """Fit of the head in it; one frame."""
    method: str = "warp"
    """Name of the method."""
    side_px: int = 256
    """Side of the square frames, px; not used with `paste_back`."""
    paste_back: bool = False
    """Whether frames are the whole portrait."""


@dataclass(frozen=True)
class AvatarInfo:
    """What became of an `AvatarSpec`."""

    avatar_id: str
    """Content address."""
    size_px: tuple[int, int]
    """(height, width) of its frames."""
    memory_bytes: int
    """What keeping it costs."""
    version: str = ""
    """Version of the method that made it and renders it."""
    hears: bool = False
    """Whether the driver's sound decides its frames."""


@dataclass(frozen=True)
class PoseEdit:
    """How a picture shall differ from the source."""

    yaw_rad: float = 0.0
    """Added yaw; > 0 turns the nose to the image's left."""
    pitch_rad: float = 0.0
    """Added pitch; > 0 lowers the chin."""
    roll_rad: float = 0.0
    """Added roll; > 0 raises the subject's left eye."""
    expressions: Mapping[str, float] = field(default_factory=dict)
    """Expression coefficients by name."""
    frontal: bool = False
    """Whether the head is turned to the camera before the angles are added."""
    gaze_yaw_rad: float = 0.0
    """Added turn of both eyes; > 0 looks to the image's left."""
    gaze_pitch_rad: float = 0.0
    """Added turn of both eyes; > 0 looks down."""
    shape: Mapping[int, float] = field(default_factory=dict)
    """Added to coefficients of identity by their index, standard deviations."""


@dataclass(frozen=True)
class MethodDescription:
    """What a method is."""

    name: str
    """For instance "warp"."""
    description: str
    """One sentence."""
    version: str = ""
    """Version that new avatars are made with; "" while there is none."""
    follows: str = ""
    """Alias of the registry that it follows; "" for none."""
    note: str = ""
    """Why it does not serve what the alias names, or cannot serve; "" where all is well."""


@dataclass(frozen=True)
class MetricDescription:
    """What a metric is."""

    name: str
    """For instance "psnr[pooled]"."""
    unit: str
    """Unit; "1" without dimension."""
    protocol: str
    """Name and version of the definition."""
    higher_is_better: bool
    """Direction of better values."""
    by_default: bool
    """Whether it is computed when nobody asks by name."""
    modes: tuple[EvaluationMode, ...]
    """Where it has a meaning."""


@dataclass(frozen=True)
class MetricResult:
    """One score."""

    name: str
    """Name of the metric."""
    value: float | None
    """Value, may be infinite; None where no frame could be scored."""
    unit: str
    """Unit of the value."""
    protocol: str
    """Name and version of the definition."""
    higher_is_better: bool
    """Direction of better values."""
    frame_count: int
    """Frames that were scored."""
    ci95: tuple[float, float] | None = None
    """95 % confidence interval."""
    frame_values: tuple[float, ...] = ()
    """Value of each frame alone; NaN where it was not measured; empty unless it was asked for."""
    note: str = ""
    """What has to be said beside the value; "" for nothing."""

    def to_json(self) -> dict[str, object]:
        """The score in values that strict JSON has; an infinite or missing value is null, with a note."""
        entry: dict[str, object] = {
            "value": self.value,
            "unit": self.unit,
            "protocol": self.protocol,
            "ci95": list(self.ci95) if self.ci95 else None,
            "higher_is_better": self.higher_is_better,
            "frames": self.frame_count,
        }
        if self.note:
            entry["note"] = self.note
        if self.value is None:
            entry["note"] = self.note or "no frame could be measured"
        elif math.isinf(self.value):
            entry |= {"value": None, "note": "infinite: every frame is identical to its reference"}
        return entry


@dataclass(frozen=True)
class MissingFaces:
    """Frames in which no face was found."""

    generated: int
    """In the generated clip."""
    reference: int
    """In the reference."""
    policy: str
    """What such frames do to the scores."""


@dataclass(frozen=True)
class Report:
    """Every score of a clip."""

    frame_count: int
    """Pairs of frames that were seen."""
    results: tuple[MetricResult, ...]
    """Scores."""
    mode: EvaluationMode = "self"
    """Whose motion the reference showed."""
    size_px: tuple[int, int] = (0, 0)
    """(height, width) of the generated frames."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Default metrics that were not computed, with the reason."""
    missing_faces: MissingFaces | None = None
    """Frames without a face; None where no metric needed one."""
    ci95_protocol: str = ""
    """How the confidence intervals were made."""
    generated_angles_deg: tuple[float, ...] = ()
    """Yaw, pitch and roll of each frame, three values a frame; NaN without a face; empty unless asked for."""
    reference_angles_deg: tuple[float, ...] = ()
    """The same of the reference, or as requested."""
    jitter: Mapping[str, float | None] = field(default_factory=dict)
    """How much landmarks shake in the "generated" clip and the "reference", inter-ocular distances."""
    worst_frames: tuple[int, ...] = ()
    """Positions of the worst frames, the worst first."""

    def to_json(self) -> dict[str, object]:
        """The report in values that strict JSON has, without those of each frame."""
        faces: dict[str, object] = {}
        if self.missing_faces is not None:
            faces = {
                "generated_without_face": self.missing_faces.generated,
                "reference_without_face": self.missing_faces.reference,
                "policy": self.missing_faces.policy,
            }
        return {
            "frames": self.frame_count,
            "mode": self.mode,
            "size_px": list(self.size_px),
            "metrics": {result.name: result.to_json() for result in self.results},
            "left_out": dict(self.left_out),
            "faces": faces,
            "jitter": dict(self.jitter),
            "ci95_protocol": self.ci95_protocol,
        }


@dataclass(frozen=True)
class EvaluationOptions:
    """What to score, and how."""

    metrics: tuple[str, ...] = ()
    """Names; none means the default ones."""
    mode: EvaluationMode = "self"
    """Whose motion the reference shows."""
    source_picture: bytes = b""
    """Portrait file that identity is compared with; none compares with the reference."""
    requested: Track | None = None
    """Track that the frames were asked to show; compared with in the reference's place."""
    per_frame: bool = False
    """Whether the report shall hold the values and head angles of each frame."""
    sound: Int16[np.ndarray, " n"] | None = field(default=None, compare=False)
    """The generated clip's sound, mono, 16 kHz, from its first frame on; None where there is none."""
