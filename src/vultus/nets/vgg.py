"""VGG and AlexNet convolutions with torchvision's key layout: the features of perceptual distances."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""(Channels, convolutions) of each block of configuration D [simonyan2015vgg]."""

VGG19 = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
"""The same of configuration E."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Normalisation of RGB in [0, 1] that torchvision's weights were trained with."""


class Features(nn.Module):
    """A stack of layers that answers what some of them make.

    Args:
        layers: The stack; entries are called `features.<index>`.
        taps: Indices of the layers that are answered, ascending; layers after the last are left out.
    """

    def __init__(self, layers: Sequence[nn.Module], taps: Sequence[int]) -> None:
        super().__init__()
        self.taps = tuple(taps)
        self.features = nn.Sequential(*layers[: self.taps[-1] + 1])

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b _ _ _"]]:
        """Outputs of the tapped layers; the normalisation of `x` is up to the caller."""
        outputs = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in self.taps:
                outputs.append(x)
        return outputs


def vgg16_features() -> Features:
    """VGG-16 up to relu5_3, answering relu1_2, 2_2, 3_3, 4_3 and 5_3."""
    return Features(_vgg(VGG16), (3, 8, 15, 22, 29))


def vgg19_features() -> Features:
    """VGG-19 up to relu5_1, answering relu1_1, 2_1, 3_1, 4_1 and 5_1, as FOMM, HeadGAN and GDPW use it."""
    return Features(_vgg(VGG19), (1, 6, 11, 20, 29))


def alexnet_features() -> Features:
    """AlexNet's five convolutions [krizhevsky2014one], answered after their ReLUs."""
    layers = [
        *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()),
    ]
    return Features(layers, (1, 4, 7, 9, 11))


def _vgg(blocks: Sequence[tuple[int, int]]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    inputs = 3
    for channels, count in blocks:
        for _ in range(count):
            layers += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU()]
            inputs = channels
        layers.append(nn.MaxPool2d(2, 2))
    return layers
