"""Embeddings of moving lips, picture by picture at 25 a second; pictures are let go as they come."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8

from vultus.metrics import cepstra
from vultus.metrics.evidence import Rgb
from vultus.metrics.world_extractors import mouths
from vultus.metrics.world_extractors.loading import embed_lips, embed_sound
from vultus.nets.syncnet import EMBEDDING, LIP_FRAMES, SyncNet
from vultus.nets.world_sync import EMBEDDING as WORLD_EMBEDDING
from vultus.nets.world_sync import WorldSync

Points = Float[np.ndarray, "68 2"]
Windows = UInt8[np.ndarray, "n 5 s r 3"]


@runtime_checkable
class Lips(Protocol):
    """Embeds one clip's lips and sound."""

    @property
    def protocol(self) -> str:
        """How faces are cut, for the protocol of scores."""
        ...

    def add(self, rgb: Rgb, landmarks_px: Points | None) -> None:
        """Take the picture at the next twenty-fifth of a second.

        Args:
            rgb: The picture.
            landmarks_px: `ibug68` landmarks of its face; None without one.
        """
        ...

    def embeddings(self) -> Float[np.ndarray, "n d"]:
        """One row for each five pictures that follow each other; NaN where one of them has no face."""
        ...

    def sound(self, samples: Float[np.ndarray, " m"]) -> Float[np.ndarray, "k d"]:
        """The sound at the same moments; raises `InputError` where either is shorter than a window."""
        ...

    @property
    def refusal(self) -> str:
        """Why the extractor's own protocol gives no value for such faces; "" where it does."""
        ...


class LipWindows:
    """Windows of five crops, embedded a batch at a time.

    Args:
        embed: Crops to embeddings.
        width: Length of an embedding.
        batch: Windows that go through at once.
    """

    def __init__(self, embed: Callable[[Windows], Float[np.ndarray, "n d"]], width: int, batch: int) -> None:
        self._embed, self._width, self._batch = embed, width, batch
        self._last: deque[np.ndarray | None] = deque(maxlen=LIP_FRAMES)
        self._waiting: list[np.ndarray] = []
        self._rows: list[int] = []
        self._done: list[np.ndarray] = []
        self.count = 0

    def add(self, crop: UInt8[np.ndarray, "s r 3"] | None) -> None:
        """Take the next crop; None without a face."""
        self._last.append(crop)
        if len(self._last) < LIP_FRAMES:
            return
        known = [part for part in self._last if part is not None]
        if len(known) == LIP_FRAMES:
            self._waiting.append(np.stack(known))
            self._rows.append(self.count)
        self.count += 1
        if len(self._waiting) >= self._batch:
            self._flush()

    def embeddings(self) -> Float[np.ndarray, "n d"]:
        """One row for each window so far; NaN where a face is missing."""
        self._flush()
        rows = np.full((self.count, self._width), np.nan)
        if self._done:
            rows[self._rows] = np.concatenate(self._done)
        return rows

    def _flush(self) -> None:
        if self._waiting:
            self._done.append(self._embed(np.stack(self._waiting)))
            self._waiting.clear()


class WorldLips:
    """Lips and sound as the world's network sees them.

    Args:
        network: `load_sync`'s.
    """

    protocol = "mouth upright in 48 px by eyes and nose"
    refusal = ""

    def __init__(self, network: WorldSync) -> None:
        self._network = network
        self._windows = LipWindows(lambda windows: embed_lips(network, windows), WORLD_EMBEDDING, batch=32)

    def add(self, rgb: Rgb, landmarks_px: Points | None) -> None:
        """Take the next picture."""
        self._windows.add(None if landmarks_px is None else mouths.mouth_crop(rgb, landmarks_px)[0])

    def embeddings(self) -> Float[np.ndarray, "n d"]:
        """One row for each window."""
        return self._windows.embeddings()

    def sound(self, samples: Float[np.ndarray, " m"]) -> Float[np.ndarray, "k d"]:
        """One row for each window whose sound is there."""
        heard = mouths.sound_windows(samples, self._windows.count + LIP_FRAMES - 1)
        return embed_sound(self._network, heard)


SYNCNET_PX = 224
PADDING = 110
"""Grey level beyond the picture."""
MARGIN = 0.4
"""By how much of the box's half side the crop is larger than the box."""
SMOOTHED = 13
"""Boxes of the median filter."""
LEAST_FACES, LEAST_FACE_PX = 100, 100.0
"""What SyncNet's own pipeline wants before it answers: pictures of a track, and the box's mean side."""
FOREHEAD = 0.2
"""By how much of their height the box of the landmarks, which end at the brows, is raised."""


class SyncNetLips:
    """Lips and sound as SyncNet's published pipeline cuts them [chung2016syncnet].

    Its boxes come from S3FD; here they are those of the landmarks with the forehead added, which the protocol
    says. A median filter of 13 boxes, with zeros beyond the ends, follows them, so that every picture waits
    for the six after it.

    Args:
        network: SyncNet.
    """

    protocol = (
        "box of the landmarks and forehead in S3FD's place, median of 13, margin 0.4, moved down, 224 px BGR"
    )

    def __init__(self, network: SyncNet) -> None:
        self._network = network
        self._windows = LipWindows(self._embed, EMBEDDING, batch=8)
        self._boxes: list[tuple[float, float, float]] = [(0.0, 0.0, 0.0)] * (SMOOTHED // 2)
        self._waiting: deque[tuple[Rgb, bool]] = deque()
        self._sides: list[float] = []
        self._cut = 0

    @property
    def refusal(self) -> str:
        """Fewer or smaller faces than the published pipeline takes."""
        if len(self._sides) < LEAST_FACES:
            return (
                f"a face is seen in {len(self._sides)} pictures at 25 a second, SyncNet wants {LEAST_FACES}"
            )
        side = float(np.mean(self._sides))
        return (
            f"the face is {side:.0f} px large, SyncNet wants {LEAST_FACE_PX:.0f}"
            if side < LEAST_FACE_PX
            else ""
        )

    def add(self, rgb: Rgb, landmarks_px: Points | None) -> None:
        """Take the next picture."""
        if landmarks_px is None:
            self._boxes.append(self._boxes[-1])
        else:
            self._boxes.append(_face_box(landmarks_px))
            self._sides.append(2 * self._boxes[-1][2])
        self._waiting.append((rgb, landmarks_px is not None))
        if len(self._boxes) - self._cut >= SMOOTHED:
            self._cut_one()

    def embeddings(self) -> Float[np.ndarray, "n d"]:
        """One row for each window."""
        while self._waiting:
            if len(self._boxes) - self._cut < SMOOTHED:
                self._boxes.append((0.0, 0.0, 0.0))
            self._cut_one()
        return self._windows.embeddings()

    @torch.inference_mode()
    def sound(self, samples: Float[np.ndarray, " m"]) -> Float[np.ndarray, "k d"]:
        """One row for each window whose sound is there."""
        windows = cepstra.sound_windows(samples, self._windows.count + LIP_FRAMES - 1)
        parts = [
            self._network.embed_sound(torch.from_numpy(windows[k : k + 32]).to(self._device()))
            for k in range(0, len(windows), 32)
        ]
        return torch.cat(parts).cpu().numpy()

    def _cut_one(self) -> None:
        rgb, found = self._waiting.popleft()
        x, y, half = np.median(self._boxes[self._cut : self._cut + SMOOTHED], axis=0)
        self._cut += 1
        self._windows.add(
            syncnet_crop(rgb, (float(x), float(y)), float(half)) if found and half >= 1 else None
        )

    @torch.inference_mode()
    def _embed(self, windows: Windows) -> Float[np.ndarray, "n d"]:
        frames = torch.from_numpy(windows).to(self._device()).permute(0, 4, 1, 2, 3).float()
        return self._network.embed_lips(frames).cpu().numpy()

    def _device(self) -> torch.device:
        return next(self._network.parameters()).device


def syncnet_crop(
    rgb: UInt8[np.ndarray, "h w 3"], centre_px: tuple[float, float], half_px: float
) -> UInt8[np.ndarray, "224 224 3"]:
    """The square that SyncNet's pipeline cuts about a box, **BGR**.

    It reaches half a box above the centre, 1.8 halves below and 1.4 to each side; whole pixels are cut.

    Args:
        rgb: A picture.
        centre_px: Of the box, x and y, image frame.
        half_px: Half of the box's larger side.
    """
    pad = int(half_px * (1 + 2 * MARGIN))
    border = cv2.copyMakeBorder(rgb, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(PADDING,) * 3)
    x, y = (value + pad for value in centre_px)
    rows = slice(max(int(y - half_px), 0), int(y + half_px * (1 + 2 * MARGIN)))
    columns = slice(max(int(x - half_px * (1 + MARGIN)), 0), int(x + half_px * (1 + MARGIN)))
    cut = border[rows, columns, ::-1]
    if not cut.size:
        return np.full((SYNCNET_PX, SYNCNET_PX, 3), PADDING, np.uint8)
    square: np.ndarray = cv2.resize(np.ascontiguousarray(cut), (SYNCNET_PX, SYNCNET_PX))
    return square


def _face_box(points: Points) -> tuple[float, float, float]:
    """Centre and half of the larger side of a face's box, px."""
    low, high = points.min(axis=0), points.max(axis=0)
    top = low[1] - FOREHEAD * (high[1] - low[1])
    half = max(high[0] - low[0], high[1] - top) / 2
    return float((low[0] + high[0]) / 2), float((top + high[1]) / 2), float(half)


LIPS: dict[str, Callable[[Any], Lips]] = {"world-sync": WorldLips, "syncnet-v2": SyncNetLips}
"""How each extractor of lips and sound is looked through."""
