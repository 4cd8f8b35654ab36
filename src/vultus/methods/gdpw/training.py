"""How GDPW learns: self-reenactment of pairs of frames [zhong2022gdpw, §3.4]."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vultus.face.morphable import MorphableModel
from vultus.losses.adversarial import Kind, discriminator_loss, generator_loss
from vultus.losses.features import feature_matching
from vultus.losses.perceptual import Perceptual
from vultus.methods.gdpw.model import GdpwModel
from vultus.nets.gdpw import GdpwOutput
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.nets.patches import means
from vultus.nets.warping import warp_ndc
from vultus.render.fragments import Fragments, interpolate
from vultus.train.face_pairs import seen_fragments
from vultus.train.trainee import Batch, Losses, Phase, Trainee

EXPRESSIVE = ("lips", "mouth_interior", "teeth", "tongue", "eyelids", "eye_left", "eye_right")
"""Regions of a morphable model in which most of an expression is seen."""

MOUTH_AT = 0.7
"""Height of the driver's mouth in the window, from its top."""

NEAR_PX = 9
"""Side of the squares around what is expressive that count more, too."""

SCATTER = 0.9
"""How far the middle of a crop lies from the mouth at most, in its sides; half lie within a quarter of it."""

ROAMING = 0.3
"""Share of crops that lie anywhere: hair, shoulders and what is behind them are to be learned, too."""

_ROWS = {
    "source": 1,
    "driving": 1,
    "displacement": 1,
    "carried": 1,
    "source_face_index": 0,
    "source_barycentric": 0,
    "driving_face_index": 1,
    "driving_barycentric": 1,
}
"""Axis of rows in one sample of what has the pictures' size."""

_ENDS = ("source", "driving")


@dataclass(frozen=True, kw_only=True)
class GdpwLosses:
    """Weights of the losses; the defaults are the paper's."""

    adversarial: Kind = "hinge"
    """Kind of the adversarial loss."""

    adversarial_weight: float = 1.0
    """Of what the discriminator says."""

    perceptual: float = 10.0
    """Of the picture seen through the perceptual network."""

    window_px: int = 0
    """Side of the window on the driver's face that `perceptual` looks through; 0 for the whole picture."""

    warped: float = 10.0
    """Of the source picture warped by the flow of each level, seen through the same network."""

    features: float = 10.0
    """Of feature matching."""

    pixels: float = 0.0
    """Of the mean absolute difference of pixels."""

    generated: float = 0.0
    """The same of what is generated, before it is blended: where it is no good yet, it is never shown."""

    expression: float = 0.0
    """What pixels that show lips, mouth or eyes count more than others in both means."""

    crop_px: int = 0
    """Side of the crops around the driver's face that are learned from; 0 for whole pictures."""

    warped_pixels: float = 0.0
    """Of the mean absolute difference of the source, warped by each level's flow at that level's size."""


RELEASED_LOSSES = GdpwLosses(adversarial="least_squares", pixels=10.0)
"""The losses of the authors' code."""


class GdpwTrainee(Trainee):
    """The model, its discriminator and the losses of both.

    Args:
        model: What is trained and kept.
        losses: Their weights.
        perceptual: The perceptual network; without one its losses are left out.
        discriminator: Fresh when absent; none learns where nothing of it is weighed.
        expressive: Share of `GdpwLosses.expression` that each vertex has, [0, 1]; none when absent.
    """

    phases: tuple[Phase, ...] = (Phase("discriminator", ("discriminator",)), Phase("generator", ("model",)))
    averaged = "model"
    _expressive: Float[Tensor, "v 1"] | None

    def __init__(
        self,
        model: GdpwModel,
        losses: GdpwLosses,
        perceptual: Perceptual | None = None,
        discriminator: nn.Module | None = None,
        expressive: Float[Tensor, "v 1"] | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.discriminator = discriminator or GdpwDiscriminator()
        self._perceptual = (perceptual,)  # in a tuple, so that its weights are no part of the state
        self._losses = losses
        self._opposed = bool(losses.adversarial_weight or losses.features)
        if not self._opposed:
            self.phases = self.phases[1:]
        self.register_buffer("_expressive", expressive, persistent=False)

    def forward(self, phase: str, batch: Batch) -> Losses:
        """Losses of the discriminator or of the generator."""
        batch = cropped(batch, self._losses.crop_px)
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

    def picture(self, network: nn.Module, batch: Batch) -> Tensor:
        """The driving frames as the network makes them of the sources."""
        return _animated(network, batch).image

    def _generator_losses(self, output: GdpwOutput, batch: Batch) -> Losses:
        weights, driving = self._losses, batch["driving"]
        losses = self._opposition(output, batch) if self._opposed else {}
        if weights.pixels:
            losses["pixels"] = weights.pixels * self._pixel_loss(output.image, batch)
        if weights.generated:
            losses["generated"] = weights.generated * self._pixel_loss(output.generated, batch)
        if weights.warped_pixels:
            losses["warped_pixels"] = weights.warped_pixels * self._warped_pixels(output, batch)
        (perceptual,) = self._perceptual
        if perceptual is not None:
            seen = self._through_window(output.image, batch), self._through_window(driving, batch)
            losses["perceptual"] = weights.perceptual * perceptual(*seen)
            if weights.warped:
                losses["warped"] = weights.warped * self._warped_loss(perceptual, output, batch)
        return losses

    def _opposition(self, output: GdpwOutput, batch: Batch) -> Losses:
        """What the discriminator says of the picture."""
        features, logits = self.discriminator(output.image)
        with torch.no_grad():
            real_features, real_logits = self.discriminator(batch["driving"])
        matched = feature_matching([[*features, logits]], [[*real_features, real_logits]])
        weights = self._losses
        return {
            "adversarial": weights.adversarial_weight * generator_loss([logits], weights.adversarial),
            "features": weights.features * matched,
        }

    def _pixel_loss(self, picture: Tensor, batch: Batch) -> Tensor:
        difference = (picture - batch["driving"]).abs()
        if self._losses.expression and self._expressive is not None:
            shown = interpolate(_driving_seen(batch), self.model.faces, self._expressive)
            near = functional.max_pool2d(shown, NEAR_PX, stride=1, padding=NEAR_PX // 2)
            difference = difference * (1 + self._losses.expression * near)
        return difference.mean()

    def _through_window(self, pictures: Tensor, batch: Batch) -> Tensor:
        """The window of each picture, with the driver's mouth in its lower half."""
        side, height, width = self._losses.window_px, *pictures.shape[-2:]
        if not 0 < side < min(height, width):
            return pictures
        starts = batch["mouth_px"] - batch["mouth_px"].new_tensor([0.5, MOUTH_AT]) * side
        corners = [
            (int(min(max(x, 0), width - side)), int(min(max(y, 0), height - side)))
            for x, y in starts.tolist()
        ]
        parts = zip(pictures, corners, strict=True)
        return torch.stack([one[:, top : top + side, left : left + side] for one, (left, top) in parts])

    def _warped_pixels(self, output: GdpwOutput, batch: Batch) -> Tensor:
        """The source warped by every flow, at full size and at each level's, against the driver."""
        terms = [(output.warped_source - batch["driving"]).abs().mean()]
        for flow in output.flows:
            factor = batch["source"].shape[-1] // flow.shape[-1]
            source, driving = (means(batch[name], factor) for name in _ENDS)
            terms.append((warp_ndc(source, flow, self.model.config.grid) - driving).abs().mean())
        return torch.stack(terms).mean()

    def _warped_loss(self, perceptual: Perceptual, output: GdpwOutput, batch: Batch) -> Tensor:
        """The source warped by every level's flow, brought to full size, against the driver."""
        terms = []
        for flow in output.flows:
            full = functional.interpolate(
                flow, batch["source"].shape[-2:], mode="bilinear", align_corners=False
            )
            warped = warp_ndc(batch["source"], full, self.model.config.grid)
            terms.append(perceptual(warped, batch["driving"]))
        return torch.stack(terms).mean()


def expressive_vertices(morphable: MorphableModel) -> Float[Tensor, "v 1"]:
    """1 at what speaks: lips, mouth, lids and eyeballs; 0 elsewhere."""
    found = torch.zeros(len(morphable.mean), 1)
    for region in EXPRESSIVE:
        if region in morphable.regions:
            found[morphable.regions[region]] = 1.0
    return found


def cropped(batch: Batch, side_px: int) -> Batch:
    """A square of every picture of a batch, anywhere around the driver's mouth.

    Args:
        batch: As `FacePairs` makes it.
        side_px: Side of the squares, even; 0 for the batch as it is.
    """
    size = batch["driving"].shape[-1]
    if not 0 < side_px < size:
        return batch
    away = 2 * torch.rand(len(batch["driving"]), 2) - 1
    wanted = batch["mouth_px"].cpu() - side_px * (0.5 + SCATTER * away * away.abs())
    roaming = torch.rand(len(away), 1) < ROAMING
    wanted = torch.where(roaming, torch.rand_like(away) * (size - side_px), wanted)
    corners = (wanted / 2).round().long().mul(2).clamp(0, size - side_px)
    found = {name: _squares(batch[name], corners, side_px, axes) for name, axes in _ROWS.items()}
    for field in ("displacement", "carried"):
        found[field] = found[field] * (size / side_px)
    return {**batch, **found, "mouth_px": batch["mouth_px"] - corners.to(batch["mouth_px"])}


def _squares(pictures: Tensor, corners: Tensor, side_px: int, axis: int) -> Tensor:
    """The same square of each picture; `axis` is that of rows, columns follow."""
    parts = [
        one.narrow(axis, top, side_px).narrow(axis + 1, left, side_px)
        for one, (left, top) in zip(pictures, corners.tolist(), strict=True)
    ]
    return torch.stack(parts)


def _animated(model: nn.Module, batch: Batch) -> GdpwOutput:
    source = seen_fragments(batch["source_face_index"], batch["source_barycentric"])
    field = batch["carried" if model.config.led else "displacement"]  # type: ignore[union-attr]
    return model(batch["source"], source, _driving_seen(batch), field)


def _driving_seen(batch: Batch) -> Fragments:
    return seen_fragments(batch["driving_face_index"][:, -1], batch["driving_barycentric"][:, -1])
