from vultus_api.common.v1 import artifact_pb2 as _artifact_pb2
from vultus_api.common.v1 import frame_pb2 as _frame_pb2
from vultus_api.common.v1 import track_pb2 as _track_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTION_UNSPECIFIED: _ClassVar[Direction]
    DIRECTION_LOWER: _ClassVar[Direction]
    DIRECTION_HIGHER: _ClassVar[Direction]

class EvaluationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVALUATION_MODE_UNSPECIFIED: _ClassVar[EvaluationMode]
    EVALUATION_MODE_SELF: _ClassVar[EvaluationMode]
    EVALUATION_MODE_CROSS: _ClassVar[EvaluationMode]
DIRECTION_UNSPECIFIED: Direction
DIRECTION_LOWER: Direction
DIRECTION_HIGHER: Direction
EVALUATION_MODE_UNSPECIFIED: EvaluationMode
EVALUATION_MODE_SELF: EvaluationMode
EVALUATION_MODE_CROSS: EvaluationMode

class MetricInfo(_message.Message):
    __slots__ = ("name", "unit", "protocol", "direction", "default_on", "modes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_ON_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    name: str
    unit: str
    protocol: str
    direction: Direction
    default_on: bool
    modes: _containers.RepeatedScalarFieldContainer[EvaluationMode]
    def __init__(self, name: _Optional[str] = ..., unit: _Optional[str] = ..., protocol: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., default_on: _Optional[bool] = ..., modes: _Optional[_Iterable[_Union[EvaluationMode, str]]] = ...) -> None: ...

class Interval(_message.Message):
    __slots__ = ("low", "high")
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    low: float
    high: float
    def __init__(self, low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class MetricResult(_message.Message):
    __slots__ = ("name", "value", "unit", "protocol", "ci95", "frame_count", "direction", "frame_values", "note")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    CI95_FIELD_NUMBER: _ClassVar[int]
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    FRAME_VALUES_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    unit: str
    protocol: str
    ci95: Interval
    frame_count: int
    direction: Direction
    frame_values: _containers.RepeatedScalarFieldContainer[float]
    note: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., unit: _Optional[str] = ..., protocol: _Optional[str] = ..., ci95: _Optional[_Union[Interval, _Mapping]] = ..., frame_count: _Optional[int] = ..., direction: _Optional[_Union[Direction, str]] = ..., frame_values: _Optional[_Iterable[float]] = ..., note: _Optional[str] = ...) -> None: ...

class MissingFaces(_message.Message):
    __slots__ = ("generated_count", "reference_count", "policy")
    GENERATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    generated_count: int
    reference_count: int
    policy: str
    def __init__(self, generated_count: _Optional[int] = ..., reference_count: _Optional[int] = ..., policy: _Optional[str] = ...) -> None: ...

class Jitter(_message.Message):
    __slots__ = ("generated_interocular", "reference_interocular")
    GENERATED_INTEROCULAR_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_INTEROCULAR_FIELD_NUMBER: _ClassVar[int]
    generated_interocular: float
    reference_interocular: float
    def __init__(self, generated_interocular: _Optional[float] = ..., reference_interocular: _Optional[float] = ...) -> None: ...

class HeadAngles(_message.Message):
    __slots__ = ("generated_deg", "reference_deg")
    GENERATED_DEG_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_DEG_FIELD_NUMBER: _ClassVar[int]
    generated_deg: _containers.RepeatedScalarFieldContainer[float]
    reference_deg: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, generated_deg: _Optional[_Iterable[float]] = ..., reference_deg: _Optional[_Iterable[float]] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("frame_count", "results", "mode", "height_px", "width_px", "left_out", "missing_faces", "ci95_protocol", "head_angles", "worst_frames", "jitter")
    class LeftOutEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    MISSING_FACES_FIELD_NUMBER: _ClassVar[int]
    CI95_PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HEAD_ANGLES_FIELD_NUMBER: _ClassVar[int]
    WORST_FRAMES_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    frame_count: int
    results: _containers.RepeatedCompositeFieldContainer[MetricResult]
    mode: EvaluationMode
    height_px: int
    width_px: int
    left_out: _containers.ScalarMap[str, str]
    missing_faces: MissingFaces
    ci95_protocol: str
    head_angles: HeadAngles
    worst_frames: _containers.RepeatedScalarFieldContainer[int]
    jitter: Jitter
    def __init__(self, frame_count: _Optional[int] = ..., results: _Optional[_Iterable[_Union[MetricResult, _Mapping]]] = ..., mode: _Optional[_Union[EvaluationMode, str]] = ..., height_px: _Optional[int] = ..., width_px: _Optional[int] = ..., left_out: _Optional[_Mapping[str, str]] = ..., missing_faces: _Optional[_Union[MissingFaces, _Mapping]] = ..., ci95_protocol: _Optional[str] = ..., head_angles: _Optional[_Union[HeadAngles, _Mapping]] = ..., worst_frames: _Optional[_Iterable[int]] = ..., jitter: _Optional[_Union[Jitter, _Mapping]] = ...) -> None: ...

class DescribeMetricsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DescribeMetricsResponse(_message.Message):
    __slots__ = ("metrics",)
    METRICS_FIELD_NUMBER: _ClassVar[int]
    metrics: _containers.RepeatedCompositeFieldContainer[MetricInfo]
    def __init__(self, metrics: _Optional[_Iterable[_Union[MetricInfo, _Mapping]]] = ...) -> None: ...

class EvaluateClipsRequest(_message.Message):
    __slots__ = ("generated", "reference", "source", "metrics", "mode", "sound")
    GENERATED_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SOUND_FIELD_NUMBER: _ClassVar[int]
    generated: _artifact_pb2.ArtifactRef
    reference: _artifact_pb2.ArtifactRef
    source: _artifact_pb2.ArtifactRef
    metrics: _containers.RepeatedScalarFieldContainer[str]
    mode: EvaluationMode
    sound: _artifact_pb2.ArtifactRef
    def __init__(self, generated: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ..., reference: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ..., source: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ..., metrics: _Optional[_Iterable[str]] = ..., mode: _Optional[_Union[EvaluationMode, str]] = ..., sound: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ...) -> None: ...

class EvaluateClipsResponse(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: Report
    def __init__(self, report: _Optional[_Union[Report, _Mapping]] = ...) -> None: ...

class StreamEvaluateHeader(_message.Message):
    __slots__ = ("metrics", "source_picture", "mode", "requested_header", "requested_samples", "per_frame")
    METRICS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PICTURE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_HEADER_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    PER_FRAME_FIELD_NUMBER: _ClassVar[int]
    metrics: _containers.RepeatedScalarFieldContainer[str]
    source_picture: bytes
    mode: EvaluationMode
    requested_header: _track_pb2.TrackHeader
    requested_samples: _containers.RepeatedCompositeFieldContainer[_track_pb2.TrackSample]
    per_frame: bool
    def __init__(self, metrics: _Optional[_Iterable[str]] = ..., source_picture: _Optional[bytes] = ..., mode: _Optional[_Union[EvaluationMode, str]] = ..., requested_header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., requested_samples: _Optional[_Iterable[_Union[_track_pb2.TrackSample, _Mapping]]] = ..., per_frame: _Optional[bool] = ...) -> None: ...

class FramePair(_message.Message):
    __slots__ = ("generated", "reference")
    GENERATED_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    generated: _frame_pb2.FrameChunk
    reference: _frame_pb2.FrameChunk
    def __init__(self, generated: _Optional[_Union[_frame_pb2.FrameChunk, _Mapping]] = ..., reference: _Optional[_Union[_frame_pb2.FrameChunk, _Mapping]] = ...) -> None: ...

class StreamEvaluateRequest(_message.Message):
    __slots__ = ("header", "pairs", "sound_samples")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    SOUND_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    header: StreamEvaluateHeader
    pairs: _containers.RepeatedCompositeFieldContainer[FramePair]
    sound_samples: bytes
    def __init__(self, header: _Optional[_Union[StreamEvaluateHeader, _Mapping]] = ..., pairs: _Optional[_Iterable[_Union[FramePair, _Mapping]]] = ..., sound_samples: _Optional[bytes] = ...) -> None: ...

class StreamEvaluateResponse(_message.Message):
    __slots__ = ("frame_count", "report")
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    frame_count: int
    report: Report
    def __init__(self, frame_count: _Optional[int] = ..., report: _Optional[_Union[Report, _Mapping]] = ...) -> None: ...
