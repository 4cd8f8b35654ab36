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

class Smoothing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SMOOTHING_UNSPECIFIED: _ClassVar[Smoothing]
    SMOOTHING_NONE: _ClassVar[Smoothing]
    SMOOTHING_ONE_EURO: _ClassVar[Smoothing]
    SMOOTHING_GAUSSIAN: _ClassVar[Smoothing]
    SMOOTHING_MOVING_AVERAGE: _ClassVar[Smoothing]
SMOOTHING_UNSPECIFIED: Smoothing
SMOOTHING_NONE: Smoothing
SMOOTHING_ONE_EURO: Smoothing
SMOOTHING_GAUSSIAN: Smoothing
SMOOTHING_MOVING_AVERAGE: Smoothing

class FitOptions(_message.Message):
    __slots__ = ("morphable", "detector", "face_index", "smoothing")
    MORPHABLE_FIELD_NUMBER: _ClassVar[int]
    DETECTOR_FIELD_NUMBER: _ClassVar[int]
    FACE_INDEX_FIELD_NUMBER: _ClassVar[int]
    SMOOTHING_FIELD_NUMBER: _ClassVar[int]
    morphable: str
    detector: str
    face_index: int
    smoothing: Smoothing
    def __init__(self, morphable: _Optional[str] = ..., detector: _Optional[str] = ..., face_index: _Optional[int] = ..., smoothing: _Optional[_Union[Smoothing, str]] = ...) -> None: ...

class FitSummary(_message.Message):
    __slots__ = ("frame_count", "valid_frame_count", "face_count", "landmark_error_interocular")
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    VALID_FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    FACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LANDMARK_ERROR_INTEROCULAR_FIELD_NUMBER: _ClassVar[int]
    frame_count: int
    valid_frame_count: int
    face_count: int
    landmark_error_interocular: float
    def __init__(self, frame_count: _Optional[int] = ..., valid_frame_count: _Optional[int] = ..., face_count: _Optional[int] = ..., landmark_error_interocular: _Optional[float] = ...) -> None: ...

class DescribeMorphableRequest(_message.Message):
    __slots__ = ("morphable",)
    MORPHABLE_FIELD_NUMBER: _ClassVar[int]
    morphable: str
    def __init__(self, morphable: _Optional[str] = ...) -> None: ...

class DescribeMorphableResponse(_message.Message):
    __slots__ = ("morphable", "morphable_digest", "identity_count", "expression_names", "vertex_count", "triangle_count", "landmark_sets", "unit_mm", "licence")
    MORPHABLE_FIELD_NUMBER: _ClassVar[int]
    MORPHABLE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_NAMES_FIELD_NUMBER: _ClassVar[int]
    VERTEX_COUNT_FIELD_NUMBER: _ClassVar[int]
    TRIANGLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LANDMARK_SETS_FIELD_NUMBER: _ClassVar[int]
    UNIT_MM_FIELD_NUMBER: _ClassVar[int]
    LICENCE_FIELD_NUMBER: _ClassVar[int]
    morphable: str
    morphable_digest: str
    identity_count: int
    expression_names: _containers.RepeatedScalarFieldContainer[str]
    vertex_count: int
    triangle_count: int
    landmark_sets: _containers.RepeatedScalarFieldContainer[str]
    unit_mm: float
    licence: str
    def __init__(self, morphable: _Optional[str] = ..., morphable_digest: _Optional[str] = ..., identity_count: _Optional[int] = ..., expression_names: _Optional[_Iterable[str]] = ..., vertex_count: _Optional[int] = ..., triangle_count: _Optional[int] = ..., landmark_sets: _Optional[_Iterable[str]] = ..., unit_mm: _Optional[float] = ..., licence: _Optional[str] = ...) -> None: ...

class FitImageRequest(_message.Message):
    __slots__ = ("picture", "options")
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    picture: bytes
    options: FitOptions
    def __init__(self, picture: _Optional[bytes] = ..., options: _Optional[_Union[FitOptions, _Mapping]] = ...) -> None: ...

class FitImageResponse(_message.Message):
    __slots__ = ("header", "sample", "summary")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    header: _track_pb2.TrackHeader
    sample: _track_pb2.TrackSample
    summary: FitSummary
    def __init__(self, header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., sample: _Optional[_Union[_track_pb2.TrackSample, _Mapping]] = ..., summary: _Optional[_Union[FitSummary, _Mapping]] = ...) -> None: ...

class StreamFitHeader(_message.Message):
    __slots__ = ("fps_hz", "options")
    FPS_HZ_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    fps_hz: float
    options: FitOptions
    def __init__(self, fps_hz: _Optional[float] = ..., options: _Optional[_Union[FitOptions, _Mapping]] = ...) -> None: ...

class StreamFitRequest(_message.Message):
    __slots__ = ("header", "frames")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    header: StreamFitHeader
    frames: _containers.RepeatedCompositeFieldContainer[_frame_pb2.FrameChunk]
    def __init__(self, header: _Optional[_Union[StreamFitHeader, _Mapping]] = ..., frames: _Optional[_Iterable[_Union[_frame_pb2.FrameChunk, _Mapping]]] = ...) -> None: ...

class StreamFitResponse(_message.Message):
    __slots__ = ("header", "samples", "summary")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    header: _track_pb2.TrackHeader
    samples: _containers.RepeatedCompositeFieldContainer[_track_pb2.TrackSample]
    summary: FitSummary
    def __init__(self, header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., samples: _Optional[_Iterable[_Union[_track_pb2.TrackSample, _Mapping]]] = ..., summary: _Optional[_Union[FitSummary, _Mapping]] = ...) -> None: ...

class FitClipRequest(_message.Message):
    __slots__ = ("clip", "options")
    CLIP_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    clip: _artifact_pb2.ArtifactRef
    options: FitOptions
    def __init__(self, clip: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ..., options: _Optional[_Union[FitOptions, _Mapping]] = ...) -> None: ...

class FitClipResponse(_message.Message):
    __slots__ = ("track", "summary")
    TRACK_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    track: _artifact_pb2.ArtifactRef
    summary: FitSummary
    def __init__(self, track: _Optional[_Union[_artifact_pb2.ArtifactRef, _Mapping]] = ..., summary: _Optional[_Union[FitSummary, _Mapping]] = ...) -> None: ...
