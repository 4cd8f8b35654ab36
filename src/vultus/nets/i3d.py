"""I3D: Inception of two dimensions blown up to three, trained on Kinetics-400 [carreira2017i3d]."""

from jaxtyping import Float
from torch import Tensor, cat, nn
from torch.nn import functional

CLASSES = 400
Three = tuple[int, int, int]
"""Time, height, width."""

SIZE_PX = 224
LEAST_FRAMES = 9
"""Shorter clips leave less than the two steps that the last pooling needs."""

Widths = tuple[int, int, int, int, int, int]
"""Channels of a mixed block: pointwise, reduced and full of both wide branches, of the pooled one."""

BLOCKS: dict[str, tuple[int, Widths]] = {
    "Mixed_3b": (192, (64, 96, 128, 16, 32, 32)),
    "Mixed_3c": (256, (128, 128, 192, 32, 96, 64)),
    "Mixed_4b": (480, (192, 96, 208, 16, 48, 64)),
    "Mixed_4c": (512, (160, 112, 224, 24, 64, 64)),
    "Mixed_4d": (512, (128, 128, 256, 24, 64, 64)),
    "Mixed_4e": (512, (112, 144, 288, 32, 64, 64)),
    "Mixed_4f": (528, (256, 160, 320, 32, 128, 128)),
    "Mixed_5b": (832, (256, 160, 320, 32, 128, 128)),
    "Mixed_5c": (832, (384, 192, 384, 48, 128, 128)),
}
"""Input channels and widths of every mixed block [szegedy2015, Table 1]."""


class I3d(nn.Module):
    """Clips to the logits of 400 actions; entries are named as in pytorch-i3d's `rgb_imagenet.pt`."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv3d_1a_7x7 = Unit(3, 64, 7, 2)
        self.MaxPool3d_2a_3x3 = SamePool((1, 3, 3), (1, 2, 2))
        self.Conv3d_2b_1x1 = Unit(64, 64, 1)
        self.Conv3d_2c_3x3 = Unit(64, 192, 3)
        self.MaxPool3d_3a_3x3 = SamePool((1, 3, 3), (1, 2, 2))
        for name, (inputs, widths) in BLOCKS.items():
            if name == "Mixed_4b":
                self.MaxPool3d_4a_3x3 = SamePool((3, 3, 3), (2, 2, 2))
            if name == "Mixed_5b":
                self.MaxPool3d_5a_2x2 = SamePool((2, 2, 2), (2, 2, 2))
            self.add_module(name, MixedBlock(inputs, widths))
        self.avg_pool = nn.AvgPool3d((2, 7, 7), 1)
        self.logits = Unit(1024, CLASSES, 1, plain=True)

    def forward(self, clip: Float[Tensor, "b 3 t 224 224"]) -> Float[Tensor, "b 400"]:
        """Logits, averaged over the time that is left; `clip` is RGB in [-1, 1], nine frames or more."""
        x = clip
        for layer in self.children():
            x = layer(x)
        return x.mean(dim=(2, 3, 4))


class Unit(nn.Module):
    """Convolution with TensorFlow's "same" padding, batch normalisation and ReLU; or a bare one with bias."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, plain: bool = False
    ) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(inputs, outputs, kernel, stride, bias=plain)
        self.bn = None if plain else nn.BatchNorm3d(outputs, eps=0.001, momentum=0.01)

    def forward(self, x: Float[Tensor, "b c t h w"]) -> Tensor:
        """Features of the input's size over the stride, rounded up."""
        x = self.conv3d(same_padding(x, self.conv3d.kernel_size, self.conv3d.stride))
        return x if self.bn is None else functional.relu(self.bn(x))


class SamePool(nn.Module):
    """Maximum with TensorFlow's "same" padding, by zeros: what is pooled is never below zero."""

    def __init__(self, kernel: Three, stride: Three) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Float[Tensor, "b c t h w"]) -> Tensor:
        """Features of the input's size over the stride, rounded up."""
        padded = same_padding(x, self.kernel, self.stride)
        return functional.max_pool3d(padded, self.kernel, self.stride)


class MixedBlock(nn.Module):
    """Four branches side by side [szegedy2015, Fig. 2b]."""

    def __init__(self, inputs: int, widths: Widths) -> None:
        super().__init__()
        one, reduced_a, full_a, reduced_b, full_b, pooled = widths
        self.b0 = Unit(inputs, one, 1)
        self.b1a, self.b1b = Unit(inputs, reduced_a, 1), Unit(reduced_a, full_a, 3)
        self.b2a, self.b2b = Unit(inputs, reduced_b, 1), Unit(reduced_b, full_b, 3)
        self.b3a, self.b3b = SamePool((3, 3, 3), (1, 1, 1)), Unit(inputs, pooled, 1)

    def forward(self, x: Float[Tensor, "b c t h w"]) -> Tensor:
        """Features of the same size."""
        branches = (self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x)))
        return cat(branches, dim=1)


def same_padding(x: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    """Zeros around time, height and width as TensorFlow puts them: the odd one behind."""
    pads: list[int] = []
    for size, width, step in zip(reversed(x.shape[2:]), reversed(kernel), reversed(stride), strict=True):
        total = max((-(-size // step) - 1) * step + width - size, 0)
        pads += [total // 2, total - total // 2]
    return functional.pad(x, pads)
