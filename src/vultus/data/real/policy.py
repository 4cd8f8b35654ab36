"""What is kept of a video, what is left out, and what that is called."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

Reason = Literal[
    "unreadable",
    "no_face",
    "too_short",
    "face_lost",
    "face_too_small",
    "too_few_valid_frames",
    "box_drift",
    "too_dark",
    "too_bright",
    "too_blurred",
    "crop_too_small",
    "disk_full",
    "crashed",
]
"""Why a clip, or a part of one, was left out."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Limits of what becomes a clip; frames between faces are interpolated within them."""

    longest_gap_s: float = 0.5
    """Longest time without a usable face that is interpolated; a longer one splits the clip, s."""
    least_valid_share: float = 0.8
    """Least share of frames with a usable face."""
    least_face_px: int = 48
    """Least size of the face, the longer side of its box, px of the source."""
    least_confidence: float = 0.6
    """Share of the landmarks that must lie in the picture for a face to be usable, [0, 1]."""
    least_brightness: float = 0.04
    """Least median brightness of the face, [0, 1]."""
    most_brightness: float = 0.97
    """Most median brightness of the face, [0, 1]."""
    least_sharpness: float = 0.0002
    """Least median sharpness of the face (see `FrameQuality.sharpness`)."""
    most_drift: float | None = None
    """Most drift of the face's box in a clip; None leaves it to the recipe."""
    most_identity_distance: float = 0.6
    """Distance of identity embeddings above which two moments show different people."""
    longest_step_s: float = 0.34
    """Longest time from one frame to the next; a longer one splits the clip, s."""
    least_seconds: float = 1.0
    """Shorter clips are left out, s."""
    most_seconds: float = 30.0
    """Longer clips are cut into equal parts, s."""

    @property
    def digest(self) -> str:
        """SHA-256 over every field, as "sha256:…"."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
