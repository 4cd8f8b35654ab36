"""Inception-2015, the network of FID: TensorFlow's ImageNet graph of 2015-12-05 [szegedy2016, heusel2017fid].

Not torchvision's Inception v3: average pools leave the padding out, and the last block pools by maximum.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 2048
"""Length of a feature vector."""
SIZE_PX = 299
CLASSES = 1008


class Conv(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Features ≥ 0."""
        return functional.relu(self.bn(self.conv(x)))


class Mixed(nn.Module):
    """Branches side by side.

    Each branch is a chain of layers by name; a pair of names at the end of a chain are two layers that both
    see what comes before them.

    Args:
        layers: Every layer by its published name.
        branches: Chains of names, in the order of their outputs.
        pool: What stands before the chain that begins with "branch_pool", and alone where there is none.
    """

    def __init__(
        self,
        layers: Mapping[str, Conv],
        branches: tuple[tuple[str | tuple[str, str], ...], ...],
        pool: nn.Module,
    ) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.branches = branches
        self.pool = pool

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Outputs of all branches, then the pooled input."""
        outputs = [self._along(chain, x) for chain in self.branches]
        pooled = self.pool(x)
        if "branch_pool" in self._modules:
            pooled = self.get_submodule("branch_pool")(pooled)
        return torch.cat([*outputs, pooled], dim=1)

    def _along(self, chain: tuple[str | tuple[str, str], ...], x: Tensor) -> Tensor:
        for step in chain:
            if isinstance(step, tuple):
                x = torch.cat([self.get_submodule(name)(x) for name in step], dim=1)
            else:
                x = self.get_submodule(step)(x)
        return x


class Inception2015(nn.Module):
    """Pictures to 2048 features; entries are named as in pytorch-fid's port of the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Conv(32, 32, 3)
        self.Conv2d_2b_3x3 = Conv(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = Conv(64, 80, 1)
        self.Conv2d_4a_3x3 = Conv(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = mixed_a(192, 32), mixed_a(256, 64), mixed_a(288, 64)
        self.Mixed_6a = mixed_b(288)
        self.Mixed_6b, self.Mixed_6c = mixed_c(128), mixed_c(160)
        self.Mixed_6d, self.Mixed_6e = mixed_c(160), mixed_c(192)
        self.Mixed_7a = mixed_d(768)
        self.Mixed_7b = mixed_e(1280, _average_pool())
        self.Mixed_7c = mixed_e(2048, nn.MaxPool2d(3, 1, padding=1))
        self.fc = nn.Linear(FEATURES, CLASSES)

    def forward(self, picture: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 2048"]:
        """Mean of the last block over the picture.

        Args:
            picture: RGB in [0, 1], of any size: scaled to 299 × 299 bilinearly, pixel centres kept, without
                anti-aliasing, as pytorch-fid does.
        """
        x = functional.interpolate(picture, (SIZE_PX, SIZE_PX), mode="bilinear", align_corners=False)
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(2 * x - 1)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(functional.max_pool2d(x, 3, 2)))
        x = functional.max_pool2d(x, 3, 2)
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        return x.mean(dim=(2, 3))


def mixed_a(inputs: int, pooled: int) -> Mixed:
    """35 × 35 [szegedy2016, Fig. 5]."""
    layers = {
        "branch1x1": Conv(inputs, 64, 1),
        "branch5x5_1": Conv(inputs, 48, 1),
        "branch5x5_2": Conv(48, 64, 5, padding=2),
        "branch3x3dbl_1": Conv(inputs, 64, 1),
        "branch3x3dbl_2": Conv(64, 96, 3, padding=1),
        "branch3x3dbl_3": Conv(96, 96, 3, padding=1),
        "branch_pool": Conv(inputs, pooled, 1),
    }
    branches = (("branch1x1",), ("branch5x5_1", "branch5x5_2"), _numbered("branch3x3dbl", 3))
    return Mixed(layers, branches, _average_pool())


def mixed_b(inputs: int) -> Mixed:
    """35 × 35 to 17 × 17 [szegedy2016, Fig. 10]."""
    layers = {
        "branch3x3": Conv(inputs, 384, 3, 2),
        "branch3x3dbl_1": Conv(inputs, 64, 1),
        "branch3x3dbl_2": Conv(64, 96, 3, padding=1),
        "branch3x3dbl_3": Conv(96, 96, 3, 2),
    }
    return Mixed(layers, (("branch3x3",), _numbered("branch3x3dbl", 3)), nn.MaxPool2d(3, 2))


def mixed_c(width: int) -> Mixed:
    """17 × 17 with 7 × 7 split into rows and columns [szegedy2016, Fig. 6]."""
    row, column = ((1, 7), (0, 3)), ((7, 1), (3, 0))
    layers = {
        "branch1x1": Conv(768, 192, 1),
        "branch7x7_1": Conv(768, width, 1),
        "branch7x7_2": Conv(width, width, row[0], padding=row[1]),
        "branch7x7_3": Conv(width, 192, column[0], padding=column[1]),
        "branch7x7dbl_1": Conv(768, width, 1),
        "branch7x7dbl_2": Conv(width, width, column[0], padding=column[1]),
        "branch7x7dbl_3": Conv(width, width, row[0], padding=row[1]),
        "branch7x7dbl_4": Conv(width, width, column[0], padding=column[1]),
        "branch7x7dbl_5": Conv(width, 192, row[0], padding=row[1]),
        "branch_pool": Conv(768, 192, 1),
    }
    branches = (("branch1x1",), _numbered("branch7x7", 3), _numbered("branch7x7dbl", 5))
    return Mixed(layers, branches, _average_pool())


def mixed_d(inputs: int) -> Mixed:
    """17 × 17 to 8 × 8."""
    layers = {
        "branch3x3_1": Conv(inputs, 192, 1),
        "branch3x3_2": Conv(192, 320, 3, 2),
        "branch7x7x3_1": Conv(inputs, 192, 1),
        "branch7x7x3_2": Conv(192, 192, (1, 7), padding=(0, 3)),
        "branch7x7x3_3": Conv(192, 192, (7, 1), padding=(3, 0)),
        "branch7x7x3_4": Conv(192, 192, 3, 2),
    }
    return Mixed(layers, (_numbered("branch3x3", 2), _numbered("branch7x7x3", 4)), nn.MaxPool2d(3, 2))


def mixed_e(inputs: int, pool: nn.Module) -> Mixed:
    """8 × 8, whose last layers fan out [szegedy2016, Fig. 7]."""
    layers = {
        "branch1x1": Conv(inputs, 320, 1),
        "branch3x3_1": Conv(inputs, 384, 1),
        "branch3x3_2a": Conv(384, 384, (1, 3), padding=(0, 1)),
        "branch3x3_2b": Conv(384, 384, (3, 1), padding=(1, 0)),
        "branch3x3dbl_1": Conv(inputs, 448, 1),
        "branch3x3dbl_2": Conv(448, 384, 3, padding=1),
        "branch3x3dbl_3a": Conv(384, 384, (1, 3), padding=(0, 1)),
        "branch3x3dbl_3b": Conv(384, 384, (3, 1), padding=(1, 0)),
        "branch_pool": Conv(inputs, 192, 1),
    }
    branches = (
        ("branch1x1",),
        ("branch3x3_1", ("branch3x3_2a", "branch3x3_2b")),
        ("branch3x3dbl_1", "branch3x3dbl_2", ("branch3x3dbl_3a", "branch3x3dbl_3b")),
    )
    return Mixed(layers, branches, pool)


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{k}" for k in range(1, count + 1))


def _average_pool() -> nn.Module:
    return nn.AvgPool2d(3, 1, padding=1, count_include_pad=False)
