"""SyncNet: sound and lips in one space, where what belongs together is near [chung2016syncnet]."""

from jaxtyping import Float
from torch import Tensor, nn

EMBEDDING = 1024
"""Length of an embedding."""

LIP_FRAMES = 5
"""Frames of one visual window, at 25 frames/s."""

SOUND_STEPS = 20
"""MFCC steps of one audio window, at 100 steps/s."""


class SyncNet(nn.Module):
    """The two towers of `syncnet_v2.model`; its entries are named as in the published file."""

    def __init__(self) -> None:
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_sound_layer(1, 64, 3, 1),
            nn.MaxPool2d(1, 1),
            *_sound_layer(64, 192, 3, 1),
            nn.MaxPool2d(3, (1, 2)),
            *_sound_layer(192, 384, 3, 1),
            *_sound_layer(384, 256, 3, 1),
            *_sound_layer(256, 256, 3, 1),
            nn.MaxPool2d(3, 2),
            *_sound_layer(256, 512, (5, 4), 0),
        )
        self.netfcaud = _head()
        self.netfclip = _head()
        self.netcnnlip = nn.Sequential(
            *_lip_layer(3, 96, (5, 7, 7), stride=2),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_lip_layer(96, 256, (1, 5, 5), stride=2, padding=1),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
            *_lip_layer(256, 256, (1, 3, 3), padding=1),
            *_lip_layer(256, 256, (1, 3, 3), padding=1),
            *_lip_layer(256, 256, (1, 3, 3), padding=1),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_lip_layer(256, 512, (1, 6, 6)),
        )

    def embed_sound(self, mfcc: Float[Tensor, "b 1 13 20"]) -> Float[Tensor, "b 1024"]:
        """Embed windows of 0.2 s: 13 cepstral coefficients at 100 Hz, not normalised."""
        return self.netfcaud(self.netcnnaud(mfcc).flatten(1))

    def embed_lips(self, frames: Float[Tensor, "b 3 5 224 224"]) -> Float[Tensor, "b 1024"]:
        """Embed windows of five face crops at 25 frames/s: **BGR**, 0..255, neither scaled nor normalised."""
        return self.netfclip(self.lip_features(frames))

    def lip_features(self, frames: Float[Tensor, "b 3 5 224 224"]) -> Float[Tensor, "b 512"]:
        """What the convolutions make of the lips, before the fully connected layers."""
        return self.netcnnlip(frames).flatten(1)


def _sound_layer(inputs: int, outputs: int, kernel: int | tuple[int, int], padding: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.BatchNorm2d(outputs), nn.ReLU()]


def _lip_layer(
    inputs: int, outputs: int, kernel: tuple[int, int, int], stride: int = 1, padding: int = 0
) -> list[nn.Module]:
    """Strides and pads within frames only."""
    conv = nn.Conv3d(inputs, outputs, kernel, (1, stride, stride), (0, padding, padding))
    return [conv, nn.BatchNorm3d(outputs), nn.ReLU()]


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, EMBEDDING))
