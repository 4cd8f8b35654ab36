"""FAN: stacked hourglasses that put heat maps on 68 landmarks [bulat2017fan, newell2016hourglass]."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

LANDMARKS = 68
HOURGLASSES = 4
DEPTH = 4
"""Times that an hourglass halves its input."""
SIZE_PX = 256
"""Side of the square crop."""
WIDTH = 256


class Fan(nn.Module):
    """2DFAN-4: an RGB crop to heat maps of the `ibug68` landmarks, one set from each hourglass."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7, stride=2, padding=3)
        self.norm = nn.BatchNorm2d(64)
        self.before = nn.ModuleList([PyramidBlock(64, 128), PyramidBlock(128, 128), PyramidBlock(128, WIDTH)])
        self.stages = nn.ModuleList(Stage(last=k == HOURGLASSES - 1) for k in range(HOURGLASSES))

    def forward(self, image: Float[Tensor, "b 3 256 256"]) -> list[Float[Tensor, "b 68 64 64"]]:
        """Heat maps of every stage, the last one best; `image` in [0, 1]."""
        x = functional.relu(self.norm(self.conv(image)))
        first, second, third = self.before
        x = third(second(functional.avg_pool2d(first(x), 2)))
        maps = []
        for stage in self.stages:
            found, x = stage(x)
            maps.append(found)
        return maps


class Stage(nn.Module):
    """One hourglass and its heat maps, which the next stage sees as well."""

    def __init__(self, *, last: bool) -> None:
        super().__init__()
        self.hourglass = Hourglass(DEPTH)
        self.block = PyramidBlock(WIDTH, WIDTH)
        self.conv = nn.Conv2d(WIDTH, WIDTH, 1)
        self.norm = nn.BatchNorm2d(WIDTH)
        self.maps = nn.Conv2d(WIDTH, LANDMARKS, 1)
        self.onward = None if last else nn.Conv2d(WIDTH, WIDTH, 1)
        self.back = None if last else nn.Conv2d(LANDMARKS, WIDTH, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> tuple[Tensor, Tensor]:
        """Heat maps, and the features for the next stage."""
        features = functional.relu(self.norm(self.conv(self.block(self.hourglass(x)))))
        maps = self.maps(features)
        if self.onward is None or self.back is None:
            return maps, x
        return maps, x + self.onward(features) + self.back(maps)


class Hourglass(nn.Module):
    """Halve, think, double, and add what the full size said; `inner` is an hourglass or the last block."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.skip = PyramidBlock(WIDTH, WIDTH)
        self.down = PyramidBlock(WIDTH, WIDTH)
        self.inner: nn.Module = Hourglass(depth - 1) if depth > 1 else PyramidBlock(WIDTH, WIDTH)
        self.up = PyramidBlock(WIDTH, WIDTH)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Features of the same size."""
        small = self.up(self.inner(self.down(functional.avg_pool2d(x, 2))))
        return self.skip(x) + functional.interpolate(small, scale_factor=2.0)


class PyramidBlock(nn.Module):
    """Three convolutions in a row, all three outputs side by side, and a shortcut [bulat2017fan, Fig. 2]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        widths = (inputs, outputs // 2, outputs // 4, outputs // 4)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[:3])
        self.convs = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1, bias=False) for before, after in pairwise(widths)
        )
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False)
            )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Tensor:
        """Features of the same size."""
        outputs, y = [], x
        for norm, conv in zip(self.norms, self.convs, strict=True):
            y = conv(functional.relu(norm(y)))
            outputs.append(y)
        return torch.cat(outputs, dim=1) + self.shortcut(x)


def decode(maps: Float[Tensor, "b l h w"]) -> Float[Tensor, "b l 2"]:
    """Landmarks of heat maps, px of the maps: the peak, a quarter pixel towards its larger neighbour.

    A peak on the border stays where it is. Multiply by picture size / map size for the crop's pixels.

    Returns:
        (x, y) with pixel centres at half-integers (docs/conventions.md).
    """
    width = maps.shape[-1]
    peak = maps.flatten(2).argmax(-1)
    place = torch.stack([peak % width, peak // width], -1)  # (b, l, 2) x, y
    return place + 0.5 + 0.25 * _slope_signs(maps, place)


def _slope_signs(maps: Float[Tensor, "b l h w"], place: Tensor) -> Float[Tensor, "b l 2"]:
    """Sign of right minus left and of lower minus upper neighbour; 0 on the border."""
    height, width = maps.shape[-2:]
    x, y = place.unbind(-1)
    inside = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)
    flat = maps.flatten(2)

    def value(dx: int, dy: int) -> Tensor:
        index = (y + dy).clamp(0, height - 1) * width + (x + dx).clamp(0, width - 1)
        return flat.gather(2, index[..., None])[..., 0]

    signs = torch.stack([value(1, 0) - value(-1, 0), value(0, 1) - value(0, -1)], -1).sign()
    return signs * inside[..., None]
