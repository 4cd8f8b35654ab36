"""HeadGAN's generator with the colours of the 3D faces that steer it."""

from jaxtyping import Float, Int
from torch import Tensor, nn

from vultus.face.morphable import MorphableModel
from vultus.nets.headgan import HeadGanConfig, HeadGanGenerator, HeadGanOutput
from vultus.render.fragments import Fragments, interpolate
from vultus.render.guides import nmfc_colours


class HeadGanModel(nn.Module):
    """Reference picture, rasterised faces and sound to the picture in the driving pose.

    Args:
        config: Of the generator.
        morphable: Whose normalised mean-face coordinates colour the 3D faces.
    """

    faces: Int[Tensor, "f 3"]
    colours: Float[Tensor, "v 3"]

    def __init__(self, config: HeadGanConfig, morphable: MorphableModel) -> None:
        super().__init__()
        self.config = config
        self.generator = HeadGanGenerator(config)
        self.register_buffer("faces", morphable.faces, persistent=False)
        self.register_buffer("colours", nmfc_colours(morphable), persistent=False)

    def forward(
        self,
        reference: Float[Tensor, "b 3 h w"],
        reference_seen: Fragments,
        driving_seen: Fragments,
        audio: Float[Tensor, "b a"],
        displacement: Float[Tensor, "b 2 h w"] | None = None,
    ) -> HeadGanOutput:
        """Animate.

        Args:
            reference: RGB [0, 1].
            reference_seen: Its face.
            driving_seen: The faces of all windows, one window after the other, oldest frame first.
            audio: h_t; zeros where there is no sound.
            displacement: From the current driving face to the reference's, where each side of the picture is
                2 long, carried on beyond the face (`Surroundings.carried`); needed where the configuration is
                `led`.

        Returns:
            Pictures in [-1, 1].
        """
        encoded = self.encode(reference, reference_seen)
        return self.decode(reference, encoded, driving_seen, audio, displacement)

    def encode(self, reference: Float[Tensor, "b 3 h w"], reference_seen: Fragments) -> list[Tensor]:
        """What does not depend on the motion."""
        return self.generator.encode(reference * 2 - 1, self.nmfc(reference_seen))

    def decode(
        self,
        reference: Float[Tensor, "b 3 h w"],
        encoded: list[Tensor],
        driving_seen: Fragments,
        audio: Float[Tensor, "b a"],
        displacement: Float[Tensor, "b 2 h w"] | None = None,
    ) -> HeadGanOutput:
        """Frames of an encoded reference; arguments as in `forward`."""
        frames = self.nmfc(driving_seen)
        window = frames.reshape(len(reference), -1, *frames.shape[-2:])
        return self.generator.decode(reference * 2 - 1, encoded, window, audio, displacement)

    def nmfc(self, seen: Fragments) -> Float[Tensor, "b 3 h w"]:
        """3D faces, [0, 1], black where there is none."""
        return interpolate(seen, self.faces, self.colours).contiguous()
