"""The messages that all rooms share, as records, and back: tracks, frames, artifacts.

The hook that checks shapes lives in the tests alone, so everything that arrives is checked here.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from vultus_api.common.v1 import artifact_pb2, frame_pb2, track_pb2

from vultus.data.media import Frame
from vultus.data.track import Track
from vultus.errors import InputError
from vultus_kit.rpc.options import CHUNK_BYTES
from vultus_kit.store import Artifact

LONGEST_SIDE_PX = 16384
MOST_PIXELS = 1 << 26
_WIDTHS = {"rotation_rad": 3, "jaw_rad": 3, "eyes_rad": 6, "translation_px": 2}
"""Values of each fixed-length field of a sample."""
_VECTORS = ("identity", "expression", *_WIDTHS)


def artifact_to_wire(artifact: Artifact) -> artifact_pb2.ArtifactRef:
    """The message of an artifact."""
    return artifact_pb2.ArtifactRef(uri=artifact.uri, digest=artifact.digest)


def artifact_from_wire(message: artifact_pb2.ArtifactRef, name: str = "artifact") -> Artifact:
    """The artifact of a message; raises `InputError` naming `name` where it has no URI."""
    if not message.uri:
        raise InputError(f"{name} has no URI", remedy="name a file:// or s3:// URI")
    return Artifact(message.uri, message.digest)


def header_to_wire(track: Track) -> track_pb2.TrackHeader:
    """What all samples of a track have in common."""
    height, width = track.size_px
    return track_pb2.TrackHeader(
        fps_hz=track.fps,
        height_px=height,
        width_px=width,
        morphable=track.morphable,
        morphable_digest=track.morphable_digest,
    )


def samples_to_wire(track: Track) -> list[track_pb2.TrackSample]:
    """One message for each frame of a track."""
    vectors = {name: getattr(track, name).flatten(1).tolist() for name in _VECTORS}
    scalars = {
        "scale": track.scale.tolist(),
        "valid": track.valid.tolist(),
        "confidence": track.confidence.tolist(),
        "time_offset_s": track.time_s.tolist(),
    }
    columns = vectors | scalars
    return [
        track_pb2.TrackSample(**dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    ]


def track_from_wire(header: track_pb2.TrackHeader, samples: Sequence[track_pb2.TrackSample]) -> Track:
    """The track of a header and at least one sample; raises `InputError` where shapes or values cannot be."""
    _check_header(header)
    _check_samples(samples)
    vectors = {
        name: torch.tensor([getattr(sample, name) for sample in samples], dtype=torch.float32)
        for name in _VECTORS
    }
    vectors["eyes_rad"] = vectors["eyes_rad"].unflatten(1, (2, 3))  # (t, 2, 3)
    return Track(
        **vectors,
        scale=torch.tensor([sample.scale for sample in samples], dtype=torch.float32),
        valid=torch.tensor([sample.valid for sample in samples]),
        confidence=torch.tensor([sample.confidence for sample in samples], dtype=torch.float32),
        time_s=torch.tensor([sample.time_offset_s for sample in samples], dtype=torch.float64),
        fps=header.fps_hz,
        size_px=(header.height_px, header.width_px),
        morphable=header.morphable,
        morphable_digest=header.morphable_digest,
    )


def _check_header(header: track_pb2.TrackHeader) -> None:
    _check_size(header.height_px, header.width_px)
    if not 0 <= header.fps_hz < math.inf:
        raise InputError(
            f"a track cannot have {header.fps_hz} frames a second", metadata={"fps_hz": header.fps_hz}
        )


def _check_samples(samples: Sequence[track_pb2.TrackSample]) -> None:
    if not samples:
        raise InputError("a track needs at least one sample", remedy="fit the picture or clip first")
    widths = {"identity": len(samples[0].identity), "expression": len(samples[0].expression), **_WIDTHS}
    for sample in samples:
        for name, width in widths.items():
            if len(getattr(sample, name)) != width:
                raise InputError(
                    f"a sample has {len(getattr(sample, name))} values of {name}, not {width}",
                    metadata={"field": name, "expected": width},
                )
        _check_values(sample)


def _check_values(sample: track_pb2.TrackSample) -> None:
    for name in _VECTORS:
        if not math.isfinite(sum(getattr(sample, name))):
            raise InputError(
                f"a sample's {name} is not finite", remedy="fit the clip again", metadata={"field": name}
            )
    if not math.isfinite(sample.time_offset_s + sample.confidence):
        raise InputError(
            "a sample's time or confidence is not finite",
            remedy="fit the clip again",
            metadata={"time_offset_s": sample.time_offset_s, "confidence": sample.confidence},
        )
    if not 0 < sample.scale < math.inf:
        raise InputError(
            f"a sample's scale is {sample.scale}, not above 0",
            remedy="fit the clip again",
            metadata={"scale": sample.scale},
        )


def _check_size(height: int, width: int) -> None:
    sides_fit = 1 <= height <= LONGEST_SIDE_PX and 1 <= width <= LONGEST_SIDE_PX
    if not sides_fit or height * width > MOST_PIXELS:
        raise InputError(
            f"a picture cannot be {width}x{height} px",
            remedy=f"sides from 1 to {LONGEST_SIDE_PX} px, at most {MOST_PIXELS} pixels",
            metadata={"height_px": height, "width_px": width},
        )


def frame_to_wire(frame: Frame) -> Iterator[frame_pb2.FrameChunk]:
    """The chunks of a frame."""
    height, width, _ = frame.rgb.shape
    data = np.ascontiguousarray(frame.rgb).data.cast("B")
    for start in range(0, len(data), CHUNK_BYTES):
        yield frame_pb2.FrameChunk(
            rgb=bytes(data[start : start + CHUNK_BYTES]),
            height_px=height,
            width_px=width,
            index=frame.index,
            time_offset_s=frame.time_s,
            last=start + CHUNK_BYTES >= len(data),
        )


class FrameAssembler:
    """Puts the chunks of one stream's frames together again."""

    def __init__(self) -> None:
        self._pixels: np.ndarray | None = None
        self._filled = 0
        self.used = False
        """Whether any chunk has come."""

    def add(self, chunk: frame_pb2.FrameChunk) -> Frame | None:
        """The frame that `chunk` completes, or None; raises `InputError` where chunks do not fit together."""
        height, width = chunk.height_px, chunk.width_px
        self.used = True
        if not math.isfinite(chunk.time_offset_s):
            raise InputError(
                f"frame {chunk.index} has the time {chunk.time_offset_s} s",
                remedy="count seconds from the first frame",
                metadata={"index": chunk.index},
            )
        if self._pixels is None:
            _check_size(height, width)
            self._pixels = np.empty((height, width, 3), np.uint8)
            self._filled = 0
        pixels = self._pixels
        end = self._filled + len(chunk.rgb)
        if pixels.shape[:2] != (height, width) or end > pixels.size or chunk.last != (end == pixels.size):
            raise InputError(
                f"frame {chunk.index} has {end} bytes at chunk end, {width}x{height}x3 are needed",
                remedy="send the chunks of one frame after each other and mark the last",
                metadata={"index": chunk.index, "bytes": end},
            )
        pixels.reshape(-1)[self._filled : end] = np.frombuffer(chunk.rgb, np.uint8)
        self._filled = end
        if not chunk.last:
            return None
        self._pixels = None
        return Frame(pixels, chunk.time_offset_s, chunk.index)

    def finish(self) -> None:
        """Raise `InputError` where the stream ended inside a frame."""
        if self._pixels is not None:
            raise InputError("the stream ended inside a frame", remedy="send the last chunk too")
