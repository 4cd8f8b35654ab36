"""How GDPW learns: self-reenactment of pairs of frames [zhong2022gdpw, §3.4]."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vultus.losses.adversarial import Kind, discriminator_loss, generator_loss
from vultus.losses.features import feature_matching
from vultus.losses.perceptual import Perceptual
from vultus.methods.gdpw.model import GdpwModel
from vultus.nets.gdpw import GdpwOutput
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.nets.warping import warp_ndc
from vultus.train.face_pairs import seen_fragments
from vultus.train.trainee import Batch, Losses, Phase, Trainee


@dataclass(frozen=True, kw_only=True)
class GdpwLosses:
    """Weights of the losses; the defaults are the paper's."""

    adversarial: Kind = "hinge"
    """Kind of the adversarial loss."""

    adversarial_weight: float = 1.0
    """Of what the discriminator says."""

    perceptual: float = 10.0
    """Of the picture seen through the perceptual network."""

    warped: float = 10.0
    """Of the source picture warped by the flow of each level, seen through the same network."""

    features: float = 10.0
    """Of feature matching."""

    pixels: float = 0.0
    """Of the mean absolute difference of pixels."""


RELEASED_LOSSES = GdpwLosses(adversarial="least_squares", pixels=10.0)
"""The losses of the authors' code."""


class GdpwTrainee(Trainee):
    """The model, its discriminator and the losses of both.

    Args:
        model: What is trained and kept.
        losses: Their weights.
        perceptual: The perceptual network; without one its losses are left out.
        discriminator: Fresh when absent.
    """

    phases = (Phase("discriminator", ("discriminator",)), Phase("generator", ("model",)))
    averaged = "model"

    def __init__(
        self,
        model: GdpwModel,
        losses: GdpwLosses,
        perceptual: Perceptual | None = None,
        discriminator: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.discriminator = discriminator or GdpwDiscriminator()
        self._perceptual = (perceptual,)  # in a tuple, so that its weights are no part of the state
        self._losses = losses

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Losses of the discriminator or of the generator."""
        if phase == "discriminator":
            with torch.no_grad():
                generated = _animated(self.model, batch).image
            _, fake = self.discriminator(generated)
            _, real = self.discriminator(batch["driving"])
            on_real, on_fake = discriminator_loss([real], [fake], self._losses.adversarial)
            return {"real": on_real, "generated": on_fake}
        return self._generator_losses(_animated(self.model, batch), batch)

    def sample(self, network: nn.Module, batch: Batch) -> Tensor:
        """Source, driver, result and warped source side by side."""
        output = _animated(network, batch)
        return torch.cat([batch["source"], batch["driving"], output.image, output.warped_source], dim=3)

    def _generator_losses(self, output: GdpwOutput, batch: Batch) -> Losses:
        weights, driving = self._losses, batch["driving"]
        features, logits = self.discriminator(output.image)
        with torch.no_grad():
            real_features, real_logits = self.discriminator(driving)
        matched = feature_matching([[*features, logits]], [[*real_features, real_logits]])
        losses = {
            "adversarial": weights.adversarial_weight * generator_loss([logits], weights.adversarial),
            "features": weights.features * matched,
        }
        if weights.pixels:
            losses["pixels"] = weights.pixels * (output.image - driving).abs().mean()
        (perceptual,) = self._perceptual
        if perceptual is not None:
            losses["perceptual"] = weights.perceptual * perceptual(output.image, driving)
            losses["warped"] = weights.warped * self._warped_loss(perceptual, output, batch)
        return losses

    def _warped_loss(self, perceptual: Perceptual, output: GdpwOutput, batch: Batch) -> Tensor:
        """The source warped by every level's flow, brought to full size, against the driver."""
        terms = []
        for flow in output.flows:
            full = nn.functional.interpolate(
                flow, batch["source"].shape[-2:], mode="bilinear", align_corners=False
            )
            warped = warp_ndc(batch["source"], full, self.model.config.grid)
            terms.append(perceptual(warped, batch["driving"]))
        return torch.stack(terms).mean()


def _animated(model: nn.Module, batch: Batch) -> GdpwOutput:
    source = seen_fragments(batch["source_face_index"], batch["source_barycentric"])
    driving = seen_fragments(batch["driving_face_index"][:, -1], batch["driving_barycentric"][:, -1])
    return model(batch["source"], source, driving, batch["displacement"])
