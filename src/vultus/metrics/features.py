"""From frames to the features that distances between sets are taken of."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from vultus.errors import InputError
from vultus.metrics.alignment import five_point_crop, five_points
from vultus.nets.i3d import LEAST_FRAMES, SIZE_PX, I3d
from vultus.nets.inception import Inception2015
from vultus.nets.irse import IrSe50

BATCH = 32
"""Pictures that go through a network at once."""


@torch.inference_mode()
def inception_features(
    network: Inception2015, frames: UInt8[np.ndarray, "t h w 3"]
) -> Float[np.ndarray, "t 2048"]:
    """Features of each frame as pytorch-fid makes them, float32."""
    batches = [network(_planes(frames[k : k + BATCH], network) / 255) for k in range(0, len(frames), BATCH)]
    return _joined(batches, 2048)


@torch.inference_mode()
def clip_features(network: I3d, frames: UInt8[np.ndarray, "t h w 3"]) -> Float[np.ndarray, "1 400"]:
    """Logits of one clip, float32; raises `InputError` for fewer than nine frames."""
    if len(frames) < LEAST_FRAMES:
        raise InputError(
            f"{len(frames)} frames are too few for I3D",
            remedy=f"give clips of at least {LEAST_FRAMES} frames",
            metadata={"frames": len(frames)},
        )
    return _joined([network(i3d_input(_planes(frames, network)))], 400)


def i3d_input(frames: Float[Tensor, "t 3 h w"]) -> Float[Tensor, "1 3 t 224 224"]:
    """Shorter side to 224 px bilinearly with pixel centres kept, the middle of the longer one, [-1, 1].

    Args:
        frames: 0..255.
    """
    height, width = frames.shape[-2:]
    # The longer side is rounded up, so that the crop always fits.
    scaled_height, scaled_width = (math.ceil(side * SIZE_PX / min(height, width)) for side in (height, width))
    scaled = functional.interpolate(
        frames, (scaled_height, scaled_width), mode="bilinear", align_corners=False
    )
    top, left = (scaled_height - SIZE_PX) // 2, (scaled_width - SIZE_PX) // 2
    cut = scaled[..., top : top + SIZE_PX, left : left + SIZE_PX]
    return (cut / 127.5 - 1).movedim(1, 0)[None]


@torch.inference_mode()
def face_embeddings(
    network: IrSe50,
    frames: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    landmarks_px: Float[np.ndarray, "t 68 2"],
) -> Float[np.ndarray, "t 512"]:
    """ArcFace embeddings of each frame's face, aligned by five points; many go through at once.

    Args:
        network: IR-SE50.
        frames: Pictures of any size.
        landmarks_px: `ibug68` landmarks of the face in each; frames without a face are left out before.
    """
    crops = [
        five_point_crop(frame, five_points(points))
        for frame, points in zip(frames, landmarks_px, strict=True)
    ]
    batches = [
        network(_planes(np.stack(crops[k : k + BATCH]), network) / 127.5 - 1)
        for k in range(0, len(crops), BATCH)
    ]
    return _joined(batches, 512)


def _planes(frames: UInt8[np.ndarray, "t h w 3"], network: torch.nn.Module) -> Float[Tensor, "t 3 h w"]:
    """0..255, where the network is."""
    device = next(network.parameters()).device
    return torch.from_numpy(np.ascontiguousarray(frames)).to(device).permute(0, 3, 1, 2).float()


def _joined(batches: list[Tensor], width: int) -> np.ndarray:
    return torch.cat(batches).cpu().numpy() if batches else np.zeros((0, width), np.float32)
