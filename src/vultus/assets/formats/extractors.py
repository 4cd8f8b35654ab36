"""Published weights of the networks that metrics and losses look through."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from vultus.assets.formats.filling import filled
from vultus.assets.published import PUBLISHED, Answer, Network
from vultus.nets.fan import DEPTH, Fan, decode
from vultus.nets.i3d import I3d
from vultus.nets.inception import Inception2015
from vultus.nets.irse import SIZE_PX, IrSe50
from vultus.nets.lpips import Backbone, Lpips
from vultus.nets.shrinking import shrink
from vultus.nets.syncnet import SyncNet
from vultus.nets.vgg import IMAGENET_MEAN, IMAGENET_STD, Features, vgg19_features

FIXED_CROP = (slice(35, 223), slice(32, 220))
"""Rows and columns of a 256 x 256 picture that Finding Directions embeds."""


def _hourglass_key(found: re.Match[str]) -> str:
    """A block of an hourglass; the published names count levels from the innermost."""
    stage, role, level = found.groups()
    inner = "inner." * (DEPTH - int(level))
    return f"stages.{stage}.hourglass.{inner}{('skip', 'down', 'up')[int(role) - 1]}."


def _numbered(found: re.Match[str], layers: str) -> str:
    return f"{found[1]}.{layers}.{int(found[2]) - 1}."


_FAN_PARTS = (
    (r"^conv1\.", r"conv."),
    (r"^bn1\.", r"norm."),
    (r"^conv([234])\.", lambda found: f"before.{int(found[1]) - 2}."),
    (r"^m(\d)\.b([123])_(\d)\.", _hourglass_key),
    (r"^m(\d)\.b2_plus_1\.", lambda found: f"stages.{found[1]}.hourglass.{'inner.' * DEPTH}"),
    (r"^top_m_(\d)\.", r"stages.\1.block."),
    (r"^conv_last(\d)\.", r"stages.\1.conv."),
    (r"^bn_end(\d)\.", r"stages.\1.norm."),
    (r"^l(\d)\.", r"stages.\1.maps."),
    (r"^bl(\d)\.", r"stages.\1.onward."),
    (r"^al(\d)\.", r"stages.\1.back."),
    (r"\.downsample\.", r".shortcut."),
    (r"(before\.\d|block|skip|down|up|inner)\.bn(\d)\.", lambda found: _numbered(found, "norms")),
    (r"(before\.\d|block|skip|down|up|inner)\.conv(\d)\.", lambda found: _numbered(found, "convs")),
)
"""Applied in this order; what several rules match is renamed by all of them."""


def load_syncnet(state: Mapping[str, Tensor]) -> SyncNet:
    """SyncNet of the state in `syncnet_v2.model`, in `eval` mode."""
    return filled(SyncNet(), state, "SyncNet v2")


def load_irse50(state: Mapping[str, Tensor]) -> IrSe50:
    """The face recognition network of the state in `model_ir_se50.pth`, in `eval` mode."""
    return filled(IrSe50(), state, "IR-SE50")


def load_lpips(state: Mapping[str, Tensor], backbone: Backbone) -> Lpips:
    """LPIPS 0.1 of torchvision's backbone and the published heads in one state, in `eval` mode.

    Args:
        state: `features.N.*` (a classifier's entries are ignored) and `linK.model.1.weight`.
        backbone: Which of the two.
    """
    renamed = {
        re.sub(
            r"^lin(\d)\.model\.1\.", r"heads.\1.", re.sub(r"^features\.", "backbone.features.", key)
        ): value
        for key, value in state.items()
        if not key.startswith("classifier.")
    }
    return filled(Lpips(backbone), renamed, f"LPIPS 0.1 ({backbone})")


def load_fan(state: Mapping[str, Tensor]) -> Fan:
    """2DFAN-4 of the published state, in `eval` mode."""
    renamed = {}
    for key, value in state.items():
        for pattern, name in _FAN_PARTS:
            key = re.sub(pattern, name, key)  # noqa: PLW2901
        renamed[key] = value
    return filled(Fan(), renamed, "2DFAN-4")


def load_vgg19(state: Mapping[str, Tensor]) -> Features:
    """VGG-19 of torchvision's state up to relu5_1, in `eval` mode; entries of later layers are ignored."""
    network = vgg19_features()
    known = {key: value for key, value in state.items() if key in network.state_dict()}
    return filled(network, known, "VGG-19")


def load_inception(state: Mapping[str, Tensor]) -> Inception2015:
    """Inception-2015 of the state in `pt_inception-2015-12-05-6726825d.pth`, in `eval` mode."""
    return filled(Inception2015(), state, "Inception-2015")


def load_i3d(state: Mapping[str, Tensor]) -> I3d:
    """I3D of the state in pytorch-i3d's `rgb_imagenet.pt`, in `eval` mode."""
    return filled(I3d(), state, "I3D")


@PUBLISHED.register("syncnet")
def _syncnet(state: Mapping[str, Tensor]) -> Network:
    network = load_syncnet(state)

    @torch.no_grad()
    def answer(mfcc: Tensor, frames: Tensor) -> Answer:
        feature = network.lip_features(frames)
        return {
            "audio": network.embed_sound(mfcc),
            "visual": network.netfclip(feature),
            "visual_feature": feature,
        }

    return answer


@PUBLISHED.register("arcface_irse50")
def _arcface(state: Mapping[str, Tensor]) -> Network:
    network = load_irse50(state)

    @torch.no_grad()
    def answer(face_112: Tensor, image_a: Tensor, image_b: Tensor) -> Answer:
        a, b = network(fixed_crop(image_a)), network(fixed_crop(image_b))
        loss = (1 - (a * b).sum(1)).mean(0, keepdim=True)
        return {
            "embedding_112": network(face_112),
            "embedding_a": a,
            "embedding_b": b,
            "identity_loss": loss,
        }

    return answer


def fixed_crop(picture: Tensor) -> Tensor:
    """(b, 3, 256, 256) to (b, 3, 112, 112) as Finding Directions' identity loss does, with no alignment."""
    rows, columns = FIXED_CROP
    return functional.adaptive_avg_pool2d(picture[..., rows, columns], SIZE_PX)


def _lpips(backbone: Backbone) -> None:
    @PUBLISHED.register(f"lpips_{backbone}")
    def make(state: Mapping[str, Tensor]) -> Network:
        network = load_lpips(state, backbone)

        @torch.no_grad()
        def answer(image_a: Tensor, image_b: Tensor) -> Answer:
            a, b = network.features(image_a), network.features(image_b)
            terms = torch.cat(network.terms(a, b))
            features = {f"features_a_{level}": feature for level, feature in enumerate(a)}
            return {"distance": network(image_a, image_b), "per_layer": terms} | features

        return answer


_lpips("alex")
_lpips("vgg")


@PUBLISHED.register("fan_2d")
def _fan(state: Mapping[str, Tensor]) -> Network:
    network = load_fan(state)

    @torch.no_grad()
    def answer(image: Tensor, heatmaps: Tensor) -> Answer:
        maps = network(image)
        return {
            "heatmaps_first": maps[0],
            "heatmaps_last": maps[-1],
            "decoded": directions_landmarks(heatmaps),
        }

    return answer


def directions_landmarks(maps: Tensor) -> Tensor:
    """Landmarks as Finding Directions' copy of FAN decodes them, (b, 68, 2), px of the maps.

    Its row of a peak keeps the fraction that its index over the width has, so y is up to a pixel too large.
    """
    height_index = maps.flatten(2).argmax(-1)
    fraction = (height_index % maps.shape[-1]).to(maps) / maps.shape[-1]
    return decode(maps) + torch.stack([torch.zeros_like(fraction), fraction], -1)


@PUBLISHED.register("vgg19_perceptual")
def _vgg19(state: Mapping[str, Tensor]) -> Network:
    network = load_vgg19(state)
    mean, std = (torch.tensor(values)[:, None, None] for values in (IMAGENET_MEAN, IMAGENET_STD))

    @torch.no_grad()
    def answer(image_a: Tensor, image_b: Tensor) -> Answer:
        scales = [(shrink(image_a, 1 << k), shrink(image_b, 1 << k)) for k in range(4)]
        losses = torch.zeros(5)
        for a, b in scales:
            both = zip(network((a - mean) / std), network((b - mean) / std), strict=True)
            losses += torch.stack([(x - y).abs().mean() for x, y in both])
        features = network((image_a - mean) / std)
        return {
            **{f"relu{k + 1}_1": feature for k, feature in enumerate(features)},
            "losses": losses,
            "pyramid_1": scales[1][1],
            "pyramid_3": scales[3][1],
        }

    return answer
