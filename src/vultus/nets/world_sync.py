"""Two towers that bring a moving mouth and its sound together, learned from the synthetic world."""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING = 256
"""Length of an embedding, whose norm is one."""

LIP_FRAMES = 5
"""Frames of one window of pictures, at 25 a second."""

SOUND_STEPS = 20
"""Steps of the window of sound, 100 a second."""

BANDS = 26
"""Mel bands."""

CROP_PX = 48
"""Side of a mouth's crop."""

_LIPS = (48, 96, 128, 192)
_SOUND = (32, 64, 128, 192)


class WorldSync(nn.Module):
    """1.6 million weights in both towers."""

    def __init__(self) -> None:
        super().__init__()
        channels = (3 * LIP_FRAMES, *_LIPS)
        self.lips = nn.Sequential(
            *(_layer(before, after, (2, 2)) for before, after in pairwise(channels)),
            nn.Flatten(),
            nn.Linear(_LIPS[-1] * 9, EMBEDDING),
        )
        # Sound keeps its resolution in time at first: 20 steps hold a fifth of a second.
        strides = ((2, 1), (2, 1), (2, 2), (2, 2))
        layers = zip(pairwise((1, *_SOUND)), strides, strict=True)
        self.sound = nn.Sequential(
            *(_layer(before, after, stride) for (before, after), stride in layers),
            nn.Flatten(),
            nn.Linear(_SOUND[-1] * 2 * 5, EMBEDDING),
        )

    def embed_lips(self, crops: Float[Tensor, "b 5 3 48 48"]) -> Float[Tensor, "b 256"]:
        """Directions of windows of five mouth crops, RGB [-1, 1]."""
        return functional.normalize(self.lips(crops.flatten(1, 2)), dim=1)

    def embed_sound(self, mel: Float[Tensor, "b 20 26"]) -> Float[Tensor, "b 256"]:
        """Directions of windows of log-mel features, as `vultus.speech.features.log_mel` has them."""
        return functional.normalize(self.sound(((mel + 12) / 6).mT[:, None]), dim=1)


def _layer(inputs: int, outputs: int, stride: tuple[int, int]) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())
