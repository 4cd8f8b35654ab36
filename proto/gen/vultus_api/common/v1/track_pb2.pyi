from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class TrackHeader(_message.Message):
    __slots__ = ("fps_hz", "height_px", "width_px", "morphable", "morphable_digest")
    FPS_HZ_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    MORPHABLE_FIELD_NUMBER: _ClassVar[int]
    MORPHABLE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    fps_hz: float
    height_px: int
    width_px: int
    morphable: str
    morphable_digest: str
    def __init__(self, fps_hz: _Optional[float] = ..., height_px: _Optional[int] = ..., width_px: _Optional[int] = ..., morphable: _Optional[str] = ..., morphable_digest: _Optional[str] = ...) -> None: ...

class TrackSample(_message.Message):
    __slots__ = ("identity", "expression", "rotation_rad", "jaw_rad", "eyes_rad", "scale", "translation_px", "valid", "confidence", "time_offset_s")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    ROTATION_RAD_FIELD_NUMBER: _ClassVar[int]
    JAW_RAD_FIELD_NUMBER: _ClassVar[int]
    EYES_RAD_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    TRANSLATION_PX_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_OFFSET_S_FIELD_NUMBER: _ClassVar[int]
    identity: _containers.RepeatedScalarFieldContainer[float]
    expression: _containers.RepeatedScalarFieldContainer[float]
    rotation_rad: _containers.RepeatedScalarFieldContainer[float]
    jaw_rad: _containers.RepeatedScalarFieldContainer[float]
    eyes_rad: _containers.RepeatedScalarFieldContainer[float]
    scale: float
    translation_px: _containers.RepeatedScalarFieldContainer[float]
    valid: bool
    confidence: float
    time_offset_s: float
    def __init__(self, identity: _Optional[_Iterable[float]] = ..., expression: _Optional[_Iterable[float]] = ..., rotation_rad: _Optional[_Iterable[float]] = ..., jaw_rad: _Optional[_Iterable[float]] = ..., eyes_rad: _Optional[_Iterable[float]] = ..., scale: _Optional[float] = ..., translation_px: _Optional[_Iterable[float]] = ..., valid: _Optional[bool] = ..., confidence: _Optional[float] = ..., time_offset_s: _Optional[float] = ...) -> None: ...
