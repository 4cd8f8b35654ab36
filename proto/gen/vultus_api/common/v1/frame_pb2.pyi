from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class FrameChunk(_message.Message):
    __slots__ = ("rgb", "height_px", "width_px", "index", "time_offset_s", "last")
    RGB_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TIME_OFFSET_S_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    rgb: bytes
    height_px: int
    width_px: int
    index: int
    time_offset_s: float
    last: bool
    def __init__(self, rgb: _Optional[bytes] = ..., height_px: _Optional[int] = ..., width_px: _Optional[int] = ..., index: _Optional[int] = ..., time_offset_s: _Optional[float] = ..., last: _Optional[bool] = ...) -> None: ...
