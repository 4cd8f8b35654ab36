"""How HeadGAN learns: self-reenactment of windows of frames [doukas2021headgan, suppl. §2, eqs. (1)-(7)]."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.losses.adversarial import discriminator_loss, generator_loss
from vultus.losses.features import feature_matching
from vultus.losses.masked import face_mask, masked_l1
from vultus.losses.perceptual import Perceptual
from vultus.methods.headgan.model import HeadGanModel
from vultus.nets.headgan import HeadGanOutput
from vultus.nets.patch_discriminator import PatchDiscriminator
from vultus.render.fragments import Fragments
from vultus.train.face_pairs import seen_fragments
from vultus.train.trainee import Batch, Losses, Phase, Trainee

MOUTH_SHARE = 0.25
"""Side of the mouth's picture in that of the frame: 64 px of 256."""


@dataclass(frozen=True, kw_only=True)
class HeadGanLosses:
    """Weights of the losses; the defaults are the paper's."""

    adversarial: float = 1.0
    """Of what both discriminators say to the generator."""

    pixels: float = 50.0
    """λ_L1, of the picture and of the warped reference."""

    perceptual: float = 10.0
    """λ_VGG, of both."""

    warped: float = 1.0
    """Share of the losses of the picture that the warped reference has too, in pixels."""

    warped_perceptual: bool = True
    """Whether the perceptual network looks at the warped reference as well."""

    painted: float = 0.0
    """Share of the losses of the picture that what is painted has too, in pixels, before it is blended."""

    face_pixels: float = 0.0
    """More for each pixel of the face, in the picture."""

    mouth_pixels: float = 0.0
    """More for each pixel about the mouth, in the picture."""

    features: float = 10.0
    """λ_FM."""

    masked_pixels: bool = False
    """Whether pixels count on the face alone; they do in the released code."""

    mask: float = 0.0
    """Of the flow mask against where either face is seen; 10 in the released code."""

    mouth: float = 0.5
    """Of the mouth discriminator's own loss."""

    silence: float = 0.0
    """Share of samples whose sound is kept from the generator, so that it learns to do without."""

    @property
    def judged(self) -> bool:
        """Whether the discriminators are needed."""
        return self.adversarial > 0 or self.features > 0


RELEASED_LOSSES = HeadGanLosses(masked_pixels=True, mask=10.0)
"""The losses of the authors' code."""


class _Seen(NamedTuple):
    """A frame as the discriminators see it."""

    image: list[list[Tensor]]
    mouth: list[list[Tensor]]


class HeadGanTrainee(Trainee):
    """The model, its two discriminators and the losses of all.

    Args:
        model: What is trained and kept.
        losses: Their weights.
        perceptual: The perceptual network; without one its losses are left out.
        width: Of the discriminators' first layers.
        discriminator_every: Steps between two updates of the discriminators; 4 in the released code.
    """

    averaged = "model"

    def __init__(
        self,
        model: HeadGanModel,
        losses: HeadGanLosses,
        perceptual: Perceptual | None = None,
        width: int = 64,
        discriminator_every: int = 1,
    ) -> None:
        super().__init__()
        judges = Phase("discriminator", ("image_discriminator", "mouth_discriminator"), discriminator_every)
        self.phases = (*([judges] if losses.judged else []), Phase("generator", ("model",)))
        self.model = model
        self.image_discriminator = PatchDiscriminator(3 + 3, width)
        self.mouth_discriminator = PatchDiscriminator(model.config.audio_count + 3, width)
        self._perceptual = (perceptual,)  # in a tuple, so that its weights are no part of the state
        self._losses = losses

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Losses of the discriminators or of the generator."""
        nmfc = self.model.nmfc(_current(batch))
        if self._losses.silence:
            heard = torch.rand(len(nmfc), 1, device=nmfc.device) >= self._losses.silence
            batch = {**batch, "audio": batch["audio"] * heard}
        if phase == "discriminator":
            with torch.no_grad():
                output = _animated(self.model, batch)
            return self._discriminator_losses(output.image, nmfc, batch)
        return self._generator_losses(_animated(self.model, batch), nmfc, batch)

    def sample(self, network: nn.Module, batch: Batch) -> Tensor:
        """Reference, driver, result, warped reference, painted picture, share of the warped, side by side."""
        output = _animated(network, batch)
        made = [(picture + 1) / 2 for picture in (output.image, output.warped, output.painted)]
        return torch.cat(
            [batch["source"], batch["driving"], *made, output.share.expand(-1, 3, -1, -1)], dim=3
        )

    def picture(self, network: nn.Module, batch: Batch) -> Tensor:
        """The driving frames as the network makes them of the references."""
        return (_animated(network, batch).image + 1) / 2

    def _discriminator_losses(self, generated: Tensor, nmfc: Tensor, batch: Batch) -> Losses:
        fake = self._looked_at(generated, nmfc, batch)
        real = self._looked_at(batch["driving"] * 2 - 1, nmfc, batch)
        image = discriminator_loss(_logits(real.image), _logits(fake.image))
        mouth = discriminator_loss(_logits(real.mouth), _logits(fake.mouth))
        return {
            "image": torch.stack(image).sum(),
            "mouth": self._losses.mouth * torch.stack(mouth).sum(),
        }

    def _generator_losses(self, output: HeadGanOutput, nmfc: Tensor, batch: Batch) -> Losses:
        weights, driving = self._losses, batch["driving"] * 2 - 1
        losses = {
            **(self._judged_losses(output.image, driving, nmfc, batch) if weights.judged else {}),
            "pixels": weights.pixels * self._pixel_loss(output.image, driving, nmfc),
            "warped_pixels": weights.warped * weights.pixels * self._pixel_loss(output.warped, driving, nmfc),
            **self._perceptual_losses(output, batch["driving"]),
        }
        if weights.mask:
            losses["mask"] = weights.mask * self._mask_loss(output.mask, nmfc, batch)
        if weights.face_pixels:
            losses["face_pixels"] = weights.face_pixels * masked_l1(output.image, driving, nmfc)
        if weights.mouth_pixels:
            losses["mouth_pixels"] = weights.mouth_pixels * _mouth_loss(output.image, driving, batch)
        if weights.painted:
            painted = weights.pixels * self._pixel_loss(output.painted, driving, nmfc)
            painted = painted + weights.mouth_pixels * _mouth_loss(output.painted, driving, batch)
            losses["painted"] = weights.painted * painted
        return losses

    def _judged_losses(self, made: Tensor, driving: Tensor, nmfc: Tensor, batch: Batch) -> Losses:
        """What the discriminators say to the generator."""
        fake = self._looked_at(made, nmfc, batch)
        with torch.no_grad():
            real = self._looked_at(driving, nmfc, batch)
        adversarial = generator_loss(_logits(fake.image)) + generator_loss(_logits(fake.mouth))
        matched = feature_matching(fake.image, real.image) + feature_matching(fake.mouth, real.mouth)
        return {
            "adversarial": self._losses.adversarial * adversarial,
            "features": self._losses.features * matched,
        }

    def _perceptual_losses(self, output: HeadGanOutput, driving: Tensor) -> Losses:
        (perceptual,) = self._perceptual
        if perceptual is None:
            return {}
        pairs = {"perceptual": output.image}
        if self._losses.warped_perceptual:
            pairs["warped_perceptual"] = output.warped
        return {
            name: self._losses.perceptual * perceptual((picture + 1) / 2, driving)
            for name, picture in pairs.items()
        }

    def _pixel_loss(self, made: Tensor, driving: Tensor, nmfc: Tensor) -> Tensor:
        return (
            masked_l1(made, driving, nmfc)
            if self._losses.masked_pixels
            else functional.l1_loss(made, driving)
        )

    def _mask_loss(self, mask: Tensor, nmfc: Tensor, batch: Batch) -> Tensor:
        """Faces stand in for the segmentations of the released code."""
        reference = self.model.nmfc(seen_fragments(batch["source_face_index"], batch["source_barycentric"]))
        return functional.l1_loss(mask, (face_mask(nmfc) | face_mask(reference)).to(mask))

    def _looked_at(self, picture: Tensor, nmfc: Tensor, batch: Batch) -> _Seen:
        """What the discriminators answer to a picture in [-1, 1]."""
        mouth = mouth_crop(picture, batch["mouth_px"])
        audio = batch["audio"][:, :, None, None].expand(-1, -1, *mouth.shape[-2:])
        return _Seen(self.image_discriminator(nmfc, picture), self.mouth_discriminator(audio, mouth))


def mouth_crop(picture: Float[Tensor, "b 3 h w"], mouth_px: Float[Tensor, "b 2"]) -> Float[Tensor, "b 3 m m"]:
    """Squares about the mouths, a quarter of the frame's side, moved inside the frame.

    Args:
        picture: Frames.
        mouth_px: Middle of each mouth, (x, y), image frame, px.
    """
    height, width = picture.shape[-2:]
    side = round(MOUTH_SHARE * height)
    corner = (mouth_px - side / 2).round().long()
    left, top = corner[:, 0].clamp(0, width - side), corner[:, 1].clamp(0, height - side)
    rows = zip(picture, left.tolist(), top.tolist(), strict=True)
    return torch.stack([frame[:, y : y + side, x : x + side] for frame, x, y in rows])


def _mouth_loss(made: Tensor, driving: Tensor, batch: Batch) -> Tensor:
    ours, theirs = (mouth_crop(picture, batch["mouth_px"]) for picture in (made, driving))
    return functional.l1_loss(ours, theirs)


def _animated(model: nn.Module, batch: Batch) -> HeadGanOutput:
    reference = seen_fragments(batch["source_face_index"], batch["source_barycentric"])
    windows = seen_fragments(
        batch["driving_face_index"].flatten(0, 1), batch["driving_barycentric"].flatten(0, 1)
    )
    return model(batch["source"], reference, windows, batch["audio"], batch["carried"])


def _current(batch: Batch) -> Fragments:
    return seen_fragments(batch["driving_face_index"][:, -1], batch["driving_barycentric"][:, -1])


def _logits(answers: list[list[Tensor]]) -> list[Tensor]:
    return [scale[-1] for scale in answers]
