"""The scaled orthographic camera of tracks."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Camera:
    """Scaled orthographic cameras, one for each frame: x_view = s R X + t (docs/conventions.md)."""

    scale: Float[Tensor, " b"]
    """s, px for each model unit; > 0."""

    rotation: Float[Tensor, "b 3 3"]
    """R, head to view, det R = +1."""

    translation_px: Float[Tensor, "b 2"]
    """t, image frame: where the head's origin is seen, px."""

    def project(self, points_head: Float[Tensor, "b v 3"]) -> Float[Tensor, "b v 3"]:
        """Project head-frame points to the image frame.

        Args:
            points_head: X, model units.

        Returns:
            (x, y, depth), px; y down, depth away from the viewer, 0 at the head's origin.

        Example:
            >>> camera = Camera(torch.tensor([2.0]), torch.eye(3)[None], torch.tensor([[64.0, 64.0]]))
            >>> camera.project(torch.tensor([[[1.0, 10.0, 5.0]]]))
            tensor([[[ 66.,  44., -10.]]])
        """
        in_view = self.scale[:, None, None] * (points_head @ self.rotation.mT)  # (b, v, 3) px
        flip = in_view.new_tensor([1.0, -1.0, -1.0])
        shift = torch.nn.functional.pad(self.translation_px, (0, 1))[:, None]  # (b, 1, 3)
        return in_view * flip + shift
