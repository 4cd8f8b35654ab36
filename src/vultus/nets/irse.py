"""IR-SE50: the face recognition network behind CSIM and identity losses [deng2019arcface, hu2018squeeze]."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING = 512
"""Length of an embedding."""

SIZE_PX = 112
"""Side of a face crop."""

STAGES = ((64, 3), (128, 4), (256, 14), (512, 3))
"""(Channels, units) of each stage of IR-50; the first unit of each halves the picture."""


class IrSe50(nn.Module):
    """Face crops to unit vectors; entries are named as in `model_ir_se50.pth`."""

    def __init__(self) -> None:
        super().__init__()
        self.input_layer = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64)
        )
        self.body = nn.Sequential(*irse50_units())
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(512),
            nn.Dropout(0.6),
            nn.Flatten(),
            nn.Linear(512 * 7 * 7, EMBEDDING),
            nn.BatchNorm1d(EMBEDDING),
        )

    def forward(self, face: Float[Tensor, "b 3 112 112"]) -> Float[Tensor, "b 512"]:
        """Embed aligned faces, RGB in [-1, 1]; the embeddings have length 1."""
        return functional.normalize(self.output_layer(self.body(self.input_layer(face))), dim=1)


class ResidualUnit(nn.Module):
    """BN, conv, PReLU, conv, BN, squeeze-and-excitation, and a shortcut [deng2019arcface, §3.1]."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        # Where the channels stay, the shortcut drops pixels without any weight.
        self.shortcut_layer: nn.Module = nn.MaxPool2d(1, stride)
        if inputs != outputs:
            self.shortcut_layer = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.PReLU(outputs),
            nn.Conv2d(outputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            SqueezeExcitation(outputs),
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Features of the unit's count and stride."""
        return self.res_layer(x) + self.shortcut_layer(x)


class SqueezeExcitation(nn.Module):
    """Scale each channel by what a small network makes of all their means [hu2018squeeze]."""

    REDUCTION = 16

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // self.REDUCTION, 1, bias=False)
        self.fc2 = nn.Conv2d(channels // self.REDUCTION, channels, 1, bias=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Weighted channels."""
        means = x.mean(dim=(2, 3), keepdim=True)
        return x * self.fc2(functional.relu(self.fc1(means))).sigmoid()


def irse50_units() -> list[ResidualUnit]:
    """The 24 units in order, for networks that are built on them."""
    inputs = (64, *(channels for channels, _ in STAGES))
    return [
        ResidualUnit(before if k == 0 else channels, channels, 2 if k == 0 else 1)
        for (before, channels), (_, units) in zip(pairwise(inputs), STAGES, strict=True)
        for k in range(units)
    ]
