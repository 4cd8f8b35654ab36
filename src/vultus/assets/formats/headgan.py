"""HeadGAN's published checkpoints, `latest_net_{G,D,Dm}.pth`."""

import re
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from vultus.assets.formats.filling import filled
from vultus.assets.published import PUBLISHED, Answer, Network
from vultus.losses.adversarial import discriminator_loss, generator_loss
from vultus.losses.features import layer_weight
from vultus.losses.masked import masked_l1
from vultus.nets.headgan import RELEASED, HeadGanGenerator
from vultus.nets.patch_discriminator import PatchDiscriminator
from vultus.nets.spectral import from_hooks
from vultus.speech.low_level import low_level_features, short_term_features
from vultus.speech.transcript import character_classes

_GENERATOR_PARTS = (
    (r"^flow_network\.enc\.(\d)\.", r"flow.encoder.\1."),
    (r"^rendering_network\.cond_enc\.(\d)\.", r"rendering.encoder.\1."),
    (r"^(\w+\.encoder)\.(\d)\.\d\.0\.", r"\1.convs.\2."),
    (r"^(\w+\.encoder)\.(\d)\.\d\.1\.", r"\1.norms.\2."),
    (r"^flow_network\.dec_res\.", r"flow.residual."),
    (r"^flow_network\.dec_main\.", r"flow.main."),
    (r"^flow_network\.dec_(flow|mask)\.1\.", r"flow.\1."),
    (r"^rendering_network\.cond_dec\.3\.", r"rendering.last."),
    (r"^rendering_network\.cond_dec\.", r"rendering.visual."),
    (r"^rendering_network\.cond_dec_audio\.", r"rendering.audio."),
    (r"^rendering_network\.conv_img\.1\.", r"rendering.image."),
    (r"\.conv_0\.", r".conv1."),
    (r"\.conv_1\.", r".conv2."),
    (r"\.norm_0\.", r".spade1."),
    (r"\.norm_1\.", r".spade2."),
    (r"\.mlp_shared\.0\.", r".shared."),
    (r"\.mlp_(gamma|beta)\.", r".\1."),
)
"""Applied in this order; what two rules match is renamed by both."""

_DISCRIMINATOR_PARTS = (
    (r"^discriminator_(\d)\.model0\.0\.", r"scales.\1.first."),
    (r"^discriminator_(\d)\.model4\.0\.", r"scales.\1.logits."),
    (r"^discriminator_(\d)\.model1\.0\.0\.", r"scales.\1.convs.0."),
    (r"^discriminator_(\d)\.model2\.0\.0\.", r"scales.\1.convs.1."),
    (r"^discriminator_(\d)\.model3\.0\.0\.", r"scales.\1.convs.2."),
    (r"^discriminator_(\d)\.model1\.0\.1\.", r"scales.\1.norms.0."),
    (r"^discriminator_(\d)\.model2\.0\.1\.", r"scales.\1.norms.1."),
    (r"^discriminator_(\d)\.model3\.0\.1\.", r"scales.\1.norms.2."),
)


def load_generator(state: Mapping[str, Tensor]) -> HeadGanGenerator:
    """The released generator, in `eval` mode, of the state in `latest_net_G.pth`."""
    return filled(HeadGanGenerator(RELEASED), _renamed(state, _GENERATOR_PARTS), "HeadGAN generator")


def load_discriminator(state: Mapping[str, Tensor], condition_channels: int) -> PatchDiscriminator:
    """A released discriminator, in `eval` mode.

    Args:
        state: Of `latest_net_D.pth` or `latest_net_Dm.pth`.
        condition_channels: 3 for D, which sees the 3D face; 300 for D_m, which sees the sound.
    """
    network = PatchDiscriminator(condition_channels + 3)
    return filled(network, _renamed(state, _DISCRIMINATOR_PARTS), "HeadGAN discriminator")


@PUBLISHED.register("headgan_generator")
def _generator(state: Mapping[str, Tensor]) -> Network:
    generator = load_generator(state)

    @torch.no_grad()
    def answer(nmfc: Tensor, reference_nmfc: Tensor, reference_image: Tensor, audio: Tensor) -> Answer:
        output = generator(reference_image, reference_nmfc, nmfc, audio)
        features = {f"warped_features_{level}": x for level, x in enumerate(output.warped_features)}
        pictures = {"image": output.image, "warped": output.warped}
        return pictures | {"flow": output.flow_px, "mask": output.mask} | features

    return answer


@PUBLISHED.register("headgan_discriminator")
def _discriminator(state: Mapping[str, Tensor]) -> Network:
    discriminator = load_discriminator(state, 3)
    return lambda nmfc, image: _layers(discriminator, nmfc, image)


@PUBLISHED.register("headgan_mouth_discriminator")
def _mouth_discriminator(state: Mapping[str, Tensor]) -> Network:
    discriminator = load_discriminator(state, 300)
    return lambda audio, image: _layers(
        discriminator, audio[:, :, None, None].expand(-1, -1, *image.shape[-2:]), image
    )


@torch.no_grad()
def _layers(discriminator: PatchDiscriminator, condition: Tensor, image: Tensor) -> Answer:
    return {
        f"scale{scale}_layer{layer}": output
        for scale, outputs in enumerate(discriminator(condition, image))
        for layer, output in enumerate(outputs)
    }


def _renamed(state: Mapping[str, Tensor], rules: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    renamed = {}
    for key, value in state.items():
        for pattern, name in rules:
            key = re.sub(pattern, name, key)  # noqa: PLW2901
        renamed[key] = value
    return from_hooks(renamed)


@PUBLISHED.register("loss_headgan")
def _losses(state: Mapping[str, Tensor]) -> Network:
    del state
    return headgan_losses


def headgan_losses(**given: Tensor) -> Answer:
    """The losses of two scales with one feature map and logits each; weights as released but for λ of L1."""
    scales = ("0", "1")
    real, fake = ([given[f"logits_{kind}_{scale}"] for scale in scales] for kind in ("real", "fake"))
    d_real, d_fake = discriminator_loss(real, fake)
    maps = {kind: [given[f"feature_{kind}_{scale}"] for scale in scales] for kind in ("real", "fake")}
    differences = [
        (mine - other).abs().mean() for mine, other in zip(maps["fake"], maps["real"], strict=True)
    ]
    answer = {
        "d_real": d_real,
        "d_fake": d_fake,
        "g_adversarial": generator_loss(fake),
        "feature_matching": 10 * torch.stack(differences).mean() * layer_weight(layers=5),
        "masked_l1": masked_l1(given["image_fake"], given["image_real"], given["nmfc"]),
    }
    return {name: value[None] for name, value in answer.items()}


@PUBLISHED.register("calc_headgan_audio")
def _audio(state: Mapping[str, Tensor]) -> Network:
    del state
    return headgan_audio


def headgan_audio(signal: Tensor) -> Answer:
    """The 84 low-level values of each frame, sliced by kind, and every 20th short window's 42 features."""
    samples = signal.numpy().astype(np.int16)
    frames = torch.from_numpy(low_level_features(samples))
    mean, spread = frames[:, :42], frames[:, 42:]
    timed, centred = [0, 1, 2, 5, 6, 7], [3, 4]
    return {
        "time_features": torch.cat([mean[:, timed], spread[:, timed]], dim=1),
        "spectral_centroid_spread": torch.cat([mean[:, centred], spread[:, centred]], dim=1),
        "mfcc": mean[:, 8:21],
        "mfcc_std": spread[:, 8:21],
        "deltas": torch.cat([mean[:, 21:], spread[:, 21:]], dim=1),
        "short": torch.from_numpy(short_term_features(samples)[::20]),
    }


@PUBLISHED.register("calc_headgan_characters")
def _characters(state: Mapping[str, Tensor]) -> Network:
    del state
    return headgan_characters


def headgan_characters(characters: Tensor, start_times: Tensor, audio_length: Tensor) -> Answer:
    """Classes of the eight characters around each frame."""
    text = "".join(map(chr, characters.tolist()))
    classes = character_classes(text, start_times.tolist(), float(audio_length))
    return {"classes": torch.from_numpy(classes), "frames": torch.tensor([float(len(classes))])}
