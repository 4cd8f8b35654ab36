"""Batches of a source and a driving frame of one clip, each with its face rasterised."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.media.tensors import to_pictures, to_tensors
from vultus.data.real.placing import moved_to_crop
from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.crop import SquareCrop
from vultus.face.morphable import MorphableModel
from vultus.render.fragments import Fragments
from vultus.render.guides import displacement_field
from vultus.render.raster import rasterise
from vultus.train.frame_bank import FrameBank
from vultus.train.trainee import Batch
from vultus.world.seeds import generator

LEAST_VIEW = 0.75
"""Side of the smallest view of a head that travels, in sides of the frame."""

LIPS = slice(48, 68)
"""Landmarks of the mouth among ibug68."""


class FacePairs:
    """Pairs with random access by step.

    A batch holds: `source` and `driving`, (b, 3, h, w), RGB [0, 1]; `source_face_index`,
    `source_barycentric`, and the same of `driving` with a window's axis behind the batch's, (b, w, …): the
    triangles seen at each pixel, back faces culled; `displacement`, (b, 2, h, w), from the current driving
    frame to the source, where each side of the picture is 2 long; `audio`, (b, 300), h_t of the driving
    frame; `mouth_px`, (b, 2), the middle of the driving mouth, (x, y).

    Args:
        bank: Frames and tracks.
        model: The morphable model of the tracks.
        past_frames: Driving frames before the current one; the window's last is the current one.
        seed: Decides what is drawn.
        travel: Share of pairs in which one of the two views is cut out of its frames elsewhere and enlarged,
            so that the head comes from farther than it does within one clip.
    """

    def __init__(
        self,
        bank: FrameBank,
        model: MorphableModel,
        past_frames: int = 0,
        seed: int = 0,
        travel: float = 0.0,
    ) -> None:
        self._bank, self._model, self._past = bank, model, past_frames
        self._seed, self._travel = seed, travel
        self._valid = [bank.valid(clip) for clip in range(len(bank.clips))]
        self._usable = [clip for clip, frames in enumerate(self._valid) if len(frames) > past_frames + 1]
        if not self._usable:
            raise InputError(
                f"no clip has {past_frames + 2} frames with a face",
                remedy="add longer clips; `vultus data inspect` shows what the set holds",
            )

    def batch(self, step: int, size: int, rank: int = 0) -> Batch:
        """The batch of a step on one device."""
        draws = generator(self._seed, "pairs", step, rank)
        samples = [self._sample(draws) for _ in range(size)]
        return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}

    def _sample(self, draws: np.random.Generator) -> dict[str, Tensor]:
        clip = int(draws.choice(self._usable))
        source, driving = (int(frame) for frame in draws.choice(self._valid[clip], 2, replace=False))
        window = [max(driving - back, 0) for back in range(self._past, -1, -1)]
        pictures, tracks = self._views(clip, source, window, draws)
        points = self._points(tracks)
        side = (self._bank.side_px,) * 2
        seen = rasterise(points, self._model.faces, side, cull_back=True)
        field = displacement_field(points[:1], points[-1:], self._model.faces, side, "ndc", seen[-1:])
        return {
            "source": pictures[0],
            "driving": pictures[1],
            "source_face_index": seen.face_index[0].int(),
            "source_barycentric": seen.barycentric[0],
            "driving_face_index": seen.face_index[1:].int(),
            "driving_barycentric": seen.barycentric[1:],
            "displacement": field[0].contiguous(),
            "audio": self._bank.heard(clip, [driving])[0],
            "mouth_px": self._mouth(points[-1:])[0],
        }

    def _views(
        self, clip: int, source: int, window: list[int], draws: np.random.Generator
    ) -> tuple[Float[Tensor, "2 3 h w"], Track]:
        """The source and the current driving frame, and the tracks of the source and of the window.

        Where the head travels, one of the two views is a square cut out of its frames.
        """
        pictures = self._bank.frames(clip, [source, window[-1]])
        track = self._bank.track(clip, [source, *window])
        if not self._travel or draws.random() >= self._travel:
            return pictures, track
        crop, row = travelled(self._bank.side_px, draws), int(draws.integers(2))
        whole = SquareCrop(0, 0, self._bank.side_px)
        squares = [crop, *[whole] * len(window)] if row == 0 else [whole, *[crop] * len(window)]
        cut = to_pictures(pictures)
        cut[row] = crop.resample(cut[row], self._bank.side_px)
        return to_tensors(cut), moved_to_crop(track, squares, self._bank.side_px)

    def _mouth(self, points: Float[Tensor, "b v 3"]) -> Float[Tensor, "b 2"]:
        """Median of the lips' landmarks, px."""
        lips = self._model.landmarks["ibug68"].on(points, self._model.faces)[:, LIPS]
        return lips[..., :2].median(dim=1).values

    def _points(self, track: Track) -> Float[Tensor, "t v 3"]:
        return track.camera.project(track.vertices(self._model)).float()


def travelled(side_px: int, draws: np.random.Generator) -> SquareCrop:
    """A square anywhere in a frame, not much smaller than it.

    Args:
        side_px: Of the frame.
        draws: Decides which.
    """
    side = round(side_px * draws.uniform(LEAST_VIEW, 1))
    left, top = (int(draws.integers(side_px - side + 1)) for _ in range(2))
    return SquareCrop(left, top, side)


def seen_fragments(face_index: Tensor, barycentric: Float[Tensor, "b h w 3"]) -> Fragments:
    """What a batch says of the pixels, as the renderer's record; depth is not kept."""
    return Fragments(face_index.long(), barycentric, torch.full_like(barycentric[..., 0], torch.inf))
