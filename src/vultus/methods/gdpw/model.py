"""GDPW's generator together with the vertex codes that it learns."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from vultus.face.morphable import MorphableModel
from vultus.nets.gdpw import GdpwConfig, GdpwGenerator, GdpwOutput
from vultus.render.fragments import Fragments, interpolate
from vultus.render.guides import nmfc_colours

WAVES_ACROSS = 1.5
"""Standard deviation of the waves of fresh smooth codes across the head."""

TOLD_APART = (("teeth",), ("mouth_interior", "tongue"), ("lips",), ("eye_left", "eye_right"), ("eyelids",))
"""Regions of a morphable model that have a smooth code of their own."""


class GdpwModel(nn.Module):
    """Source picture and rasterised faces to the picture in the driving pose.

    Args:
        config: Of the generator.
        morphable: Whose vertices carry the codes.
    """

    faces: Int[Tensor, "f 3"]
    colours: Float[Tensor, "v 3"]

    def __init__(self, config: GdpwConfig, morphable: MorphableModel) -> None:
        super().__init__()
        self.config = config
        self.generator = GdpwGenerator(config)
        self.codes = nn.Parameter(_fresh_codes(config, morphable))
        self.register_buffer("faces", morphable.faces, persistent=False)
        self.register_buffer("colours", nmfc_colours(morphable), persistent=False)

    def forward(
        self,
        source: Float[Tensor, "b 3 h w"],
        source_seen: Fragments,
        driving_seen: Fragments,
        displacement: Float[Tensor, "b 2 h w"],
    ) -> GdpwOutput:
        """Animate.

        Args:
            source: RGB [0, 1].
            source_seen: The source's face, back faces culled.
            driving_seen: The driving face, likewise.
            displacement: From driving to source, where each side of the picture is 2 long, 0 off the face;
                where the configuration is `led`, carried on beyond it (`Surroundings.carried`).
        """
        return self.decode(source, self.encode(source, source_seen), driving_seen, displacement)

    def encode(self, source: Float[Tensor, "b 3 h w"], source_seen: Fragments) -> list[Tensor]:
        """What does not depend on the motion."""
        return self.generator.encode(source, self.source_guide(source_seen))

    def decode(
        self,
        source: Float[Tensor, "b 3 h w"],
        encoded: list[Tensor],
        driving_seen: Fragments,
        displacement: Float[Tensor, "b 2 h w"],
    ) -> GdpwOutput:
        """Frames of an encoded source; arguments as in `forward`."""
        return self.generator.decode(source, encoded, self.guide(driving_seen, displacement))

    def source_guide(self, seen: Fragments) -> Float[Tensor, "b c gh gw"]:
        """What joins the source picture: its codes, its NMFC, or nothing; sides over the patch's."""
        seen = seen[:, *self._middles]
        if self.config.guidance == "displacement":
            return self.codes.new_zeros(len(seen.face_index), 0, *seen.face_index.shape[1:])
        return self._painted(seen)

    def guide(self, seen: Fragments, displacement: Float[Tensor, "b 2 h w"]) -> Float[Tensor, "b c gh gw"]:
        """What the warping modules see of the driving face, of which both are given at the picture's size."""
        seen, displacement = seen[:, *self._middles], displacement[..., *self._middles]
        if self.config.guidance == "displacement":
            return displacement
        painted = self._painted(seen)
        return torch.cat([painted, displacement], dim=1) if self.config.guidance == "both" else painted

    @property
    def _middles(self) -> tuple[slice, slice]:
        """Rows and columns of one pixel in each patch."""
        return (slice(self.config.patch // 2, None, self.config.patch),) * 2

    def _painted(self, seen: Fragments) -> Float[Tensor, "b c h w"]:
        attributes = self.colours if self.config.guidance == "nmfc" else self.codes
        return interpolate(seen, self.faces, attributes).contiguous()


def _fresh_codes(config: GdpwConfig, morphable: MorphableModel) -> Float[Tensor, "v c"]:
    """[0, 1): noise as in the paper, or waves of random direction, length and phase [tancik2020fourier].

    The last of smooth codes tell what lies close together apart: they are 1 in a region of `TOLD_APART`.
    """
    if not config.smooth_codes:
        return torch.rand(len(morphable.mean), config.code_count)
    waves = torch.randn(3, config.code_count) * WAVES_ACROSS
    turns = nmfc_colours(morphable) @ waves + torch.rand(config.code_count)
    codes = 0.5 + 0.5 * torch.sin(2 * math.pi * turns)
    for place, names in enumerate(TOLD_APART[: config.code_count - 3], start=1):
        codes[:, -place] = 0.0
        for name in names:
            codes[morphable.regions.get(name, codes.new_zeros(0, dtype=torch.long)), -place] = 1.0
    return codes
