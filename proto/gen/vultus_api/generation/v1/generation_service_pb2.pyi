from vultus_api.common.v1 import frame_pb2 as _frame_pb2
from vultus_api.common.v1 import track_pb2 as _track_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TransferMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSFER_MODE_UNSPECIFIED: _ClassVar[TransferMode]
    TRANSFER_MODE_RELATIVE: _ClassVar[TransferMode]
    TRANSFER_MODE_ABSOLUTE: _ClassVar[TransferMode]
    TRANSFER_MODE_NONE: _ClassVar[TransferMode]
TRANSFER_MODE_UNSPECIFIED: TransferMode
TRANSFER_MODE_RELATIVE: TransferMode
TRANSFER_MODE_ABSOLUTE: TransferMode
TRANSFER_MODE_NONE: TransferMode

class MethodInfo(_message.Message):
    __slots__ = ("name", "description", "version", "follows", "note")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FOLLOWS_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    version: str
    follows: str
    note: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., version: _Optional[str] = ..., follows: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class DescribeMethodsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DescribeMethodsResponse(_message.Message):
    __slots__ = ("methods",)
    METHODS_FIELD_NUMBER: _ClassVar[int]
    methods: _containers.RepeatedCompositeFieldContainer[MethodInfo]
    def __init__(self, methods: _Optional[_Iterable[_Union[MethodInfo, _Mapping]]] = ...) -> None: ...

class AvatarSpec(_message.Message):
    __slots__ = ("picture", "source_header", "source_sample", "method", "side_px", "paste_back")
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_HEADER_FIELD_NUMBER: _ClassVar[int]
    SOURCE_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SIDE_PX_FIELD_NUMBER: _ClassVar[int]
    PASTE_BACK_FIELD_NUMBER: _ClassVar[int]
    picture: bytes
    source_header: _track_pb2.TrackHeader
    source_sample: _track_pb2.TrackSample
    method: str
    side_px: int
    paste_back: bool
    def __init__(self, picture: _Optional[bytes] = ..., source_header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., source_sample: _Optional[_Union[_track_pb2.TrackSample, _Mapping]] = ..., method: _Optional[str] = ..., side_px: _Optional[int] = ..., paste_back: _Optional[bool] = ...) -> None: ...

class CreateAvatarRequest(_message.Message):
    __slots__ = ("request_id", "spec")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    spec: AvatarSpec
    def __init__(self, request_id: _Optional[str] = ..., spec: _Optional[_Union[AvatarSpec, _Mapping]] = ...) -> None: ...

class CreateAvatarResponse(_message.Message):
    __slots__ = ("avatar_id", "height_px", "width_px", "memory_bytes", "version", "hears")
    AVATAR_ID_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HEARS_FIELD_NUMBER: _ClassVar[int]
    avatar_id: str
    height_px: int
    width_px: int
    memory_bytes: int
    version: str
    hears: bool
    def __init__(self, avatar_id: _Optional[str] = ..., height_px: _Optional[int] = ..., width_px: _Optional[int] = ..., memory_bytes: _Optional[int] = ..., version: _Optional[str] = ..., hears: _Optional[bool] = ...) -> None: ...

class StreamAnimateHeader(_message.Message):
    __slots__ = ("avatar_id", "driving_header", "mode", "sound_rate_hz")
    AVATAR_ID_FIELD_NUMBER: _ClassVar[int]
    DRIVING_HEADER_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SOUND_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    avatar_id: str
    driving_header: _track_pb2.TrackHeader
    mode: TransferMode
    sound_rate_hz: int
    def __init__(self, avatar_id: _Optional[str] = ..., driving_header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., mode: _Optional[_Union[TransferMode, str]] = ..., sound_rate_hz: _Optional[int] = ...) -> None: ...

class StreamAnimateRequest(_message.Message):
    __slots__ = ("header", "samples", "sound_samples")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    SOUND_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    header: StreamAnimateHeader
    samples: _containers.RepeatedCompositeFieldContainer[_track_pb2.TrackSample]
    sound_samples: bytes
    def __init__(self, header: _Optional[_Union[StreamAnimateHeader, _Mapping]] = ..., samples: _Optional[_Iterable[_Union[_track_pb2.TrackSample, _Mapping]]] = ..., sound_samples: _Optional[bytes] = ...) -> None: ...

class AnimatedFrame(_message.Message):
    __slots__ = ("frame", "requested")
    FRAME_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    frame: _frame_pb2.FrameChunk
    requested: _track_pb2.TrackSample
    def __init__(self, frame: _Optional[_Union[_frame_pb2.FrameChunk, _Mapping]] = ..., requested: _Optional[_Union[_track_pb2.TrackSample, _Mapping]] = ...) -> None: ...

class StreamAnimateResponse(_message.Message):
    __slots__ = ("requested_header", "frames", "version")
    REQUESTED_HEADER_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    requested_header: _track_pb2.TrackHeader
    frames: _containers.RepeatedCompositeFieldContainer[AnimatedFrame]
    version: str
    def __init__(self, requested_header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., frames: _Optional[_Iterable[_Union[AnimatedFrame, _Mapping]]] = ..., version: _Optional[str] = ...) -> None: ...

class PoseEdit(_message.Message):
    __slots__ = ("yaw_rad", "pitch_rad", "roll_rad", "expressions", "frontal", "gaze_yaw_rad", "gaze_pitch_rad", "shape")
    class ExpressionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class ShapeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: float
        def __init__(self, key: _Optional[int] = ..., value: _Optional[float] = ...) -> None: ...
    YAW_RAD_FIELD_NUMBER: _ClassVar[int]
    PITCH_RAD_FIELD_NUMBER: _ClassVar[int]
    ROLL_RAD_FIELD_NUMBER: _ClassVar[int]
    EXPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    FRONTAL_FIELD_NUMBER: _ClassVar[int]
    GAZE_YAW_RAD_FIELD_NUMBER: _ClassVar[int]
    GAZE_PITCH_RAD_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    yaw_rad: float
    pitch_rad: float
    roll_rad: float
    expressions: _containers.ScalarMap[str, float]
    frontal: bool
    gaze_yaw_rad: float
    gaze_pitch_rad: float
    shape: _containers.ScalarMap[int, float]
    def __init__(self, yaw_rad: _Optional[float] = ..., pitch_rad: _Optional[float] = ..., roll_rad: _Optional[float] = ..., expressions: _Optional[_Mapping[str, float]] = ..., frontal: _Optional[bool] = ..., gaze_yaw_rad: _Optional[float] = ..., gaze_pitch_rad: _Optional[float] = ..., shape: _Optional[_Mapping[int, float]] = ...) -> None: ...

class RenderImageRequest(_message.Message):
    __slots__ = ("avatar_id", "spec", "edit")
    AVATAR_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    EDIT_FIELD_NUMBER: _ClassVar[int]
    avatar_id: str
    spec: AvatarSpec
    edit: PoseEdit
    def __init__(self, avatar_id: _Optional[str] = ..., spec: _Optional[_Union[AvatarSpec, _Mapping]] = ..., edit: _Optional[_Union[PoseEdit, _Mapping]] = ...) -> None: ...

class RenderImageResponse(_message.Message):
    __slots__ = ("png", "requested", "requested_header", "avatar_id", "version")
    PNG_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_HEADER_FIELD_NUMBER: _ClassVar[int]
    AVATAR_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    png: bytes
    requested: _track_pb2.TrackSample
    requested_header: _track_pb2.TrackHeader
    avatar_id: str
    version: str
    def __init__(self, png: _Optional[bytes] = ..., requested: _Optional[_Union[_track_pb2.TrackSample, _Mapping]] = ..., requested_header: _Optional[_Union[_track_pb2.TrackHeader, _Mapping]] = ..., avatar_id: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class DeleteAvatarRequest(_message.Message):
    __slots__ = ("avatar_id",)
    AVATAR_ID_FIELD_NUMBER: _ClassVar[int]
    avatar_id: str
    def __init__(self, avatar_id: _Optional[str] = ...) -> None: ...

class DeleteAvatarResponse(_message.Message):
    __slots__ = ("existed",)
    EXISTED_FIELD_NUMBER: _ClassVar[int]
    existed: bool
    def __init__(self, existed: _Optional[bool] = ...) -> None: ...
