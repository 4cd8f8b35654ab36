"""Batches of a source and a driving frame of one clip, each with its face rasterised."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vultus.data.track import Track
from vultus.errors import InputError
from vultus.face.morphable import MorphableModel
from vultus.methods.surroundings import Surroundings
from vultus.render.fragments import Fragments
from vultus.render.guides import displacement_field
from vultus.render.raster import rasterise
from vultus.train.frame_bank import FrameBank
from vultus.train.trainee import Batch
from vultus.world.seeds import generator

LIPS = slice(48, 68)
"""Landmarks of the mouth among ibug68."""


class FacePairs:
    """Pairs with random access by step.

    A batch holds: `source` and `driving`, (b, 3, h, w), RGB [0, 1]; `source_face_index`,
    `source_barycentric`, and the same of `driving` with a window's axis behind the batch's, (b, w, …): the
    triangles seen at each pixel, back faces culled; `displacement`, (b, 2, h, w), from the current driving
    frame to the source, where each side of the picture is 2 long, 0 off the face; `carried`, the same field
    carried on beyond it (`Surroundings`); `audio`, (b, 300), h_t of the driving
    frame; `mouth_px`, (b, 2), the middle of the driving mouth, (x, y).

    Args:
        bank: Frames and tracks.
        model: The morphable model of the tracks.
        past_frames: Driving frames before the current one; the window's last is the current one.
        seed: Decides what is drawn.
    """

    def __init__(
        self,
        bank: FrameBank,
        model: MorphableModel,
        past_frames: int = 0,
        seed: int = 0,
    ) -> None:
        self._bank, self._model, self._past, self._seed = bank, model, past_frames, seed
        self._surroundings = Surroundings(model)
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
        pictures = self._bank.frames(clip, [source, driving])
        track = self._bank.track(clip, [source, *window])
        points = self._points(track)
        side = (self._bank.side_px,) * 2
        seen = rasterise(points, self._model.faces, side, cull_back=True)
        field = displacement_field(points[:1], points[-1:], self._model.faces, side, "ndc", seen[-1:])
        before, *_, now = self._surroundings.views(track, points)
        carried = self._surroundings.carried(field, seen.mask[-1:], before, [now])
        return {
            "source": pictures[0],
            "driving": pictures[1],
            "source_face_index": seen.face_index[0].int(),
            "source_barycentric": seen.barycentric[0],
            "driving_face_index": seen.face_index[1:].int(),
            "driving_barycentric": seen.barycentric[1:],
            "displacement": field[0].contiguous(),
            "carried": carried[0].contiguous(),
            "audio": self._bank.heard(clip, [driving])[0],
            "mouth_px": self._mouth(points[-1:])[0],
        }

    def _mouth(self, points: Float[Tensor, "b v 3"]) -> Float[Tensor, "b 2"]:
        """Median of the lips' landmarks, px."""
        lips = self._model.landmarks["ibug68"].on(points, self._model.faces)[:, LIPS]
        return lips[..., :2].median(dim=1).values

    def _points(self, track: Track) -> Float[Tensor, "t v 3"]:
        return track.camera.project(track.vertices(self._model)).float()


def seen_fragments(face_index: Tensor, barycentric: Float[Tensor, "b h w 3"]) -> Fragments:
    """What a batch says of the pixels, as the renderer's record; depth is not kept."""
    return Fragments(face_index.long(), barycentric, torch.full_like(barycentric[..., 0], torch.inf))
