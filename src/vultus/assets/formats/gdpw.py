"""GDPW's published checkpoints, `PWM_*.pth`."""

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from vultus.assets.formats.filling import filled
from vultus.assets.published import PUBLISHED, Answer, Network
from vultus.nets.gdpw import GdpwConfig, GdpwGenerator, Guidance
from vultus.nets.gdpw_discriminator import GdpwDiscriminator
from vultus.nets.spectral import from_hooks

VARIANTS: Mapping[str, Guidance] = {
    "gdpw_geom_disp": "displacement",
    "gdpw_neural_codes": "codes",
    "gdpw_both": "both",
}
"""Guidance of each published generator."""

UNUSED = ("mesh_renderer.", "downsamples.", "downs.", "embeds", f"shortcut_layers.x{1 << 5}.")
"""Entries that no forward pass reads: the renderer's own, constant blurs, and one idle layer."""

_LAYERS = (
    (r"down_layers\.x(\d+)\.", r"down.{level}."),
    (r"shortcut_layers\.x(\d+)\.", r"shortcuts.{level}."),
    (r"up_layers\.x(\d+)_spade\.", r"warpings.{module}.spade."),
    (r"up_layers\.x(\d+)_flow\.", r"warpings.{module}.flow."),
    (r"up_layers\.x(\d+)_up\.", r"warpings.{module}.up."),
    (r"up_layers\.x(\d+)_out\.", r"output."),
)
_PARTS = {"non_identity_shortcut.": "shortcut.", "shared_conv.0.": "shared.", "_conv.": "."}


def generator_state(state: Mapping[str, Tensor], config: GdpwConfig) -> dict[str, Tensor]:
    """A published generator's entries under our names."""
    renamed = {
        _layer(key, config.halvings): value for key, value in state.items() if not key.startswith(UNUSED)
    }
    return from_hooks(renamed)


def load_generator(state: Mapping[str, Tensor], guidance: Guidance) -> GdpwGenerator:
    """The published generator, in `eval` mode.

    Args:
        state: The entries under 'generator' of a published file.
        guidance: Which of the published variants it is.
    """
    config = GdpwConfig(guidance=guidance, grid="corners")
    return filled(GdpwGenerator(config), generator_state(state, config), "GDPW generator")


def load_discriminator(state: Mapping[str, Tensor]) -> GdpwDiscriminator:
    """The published discriminator, in `eval` mode, of the entries under 'discriminator'."""
    renamed = {_discriminator_key(key): value for key, value in state.items() if not key.startswith(UNUSED)}
    return filled(GdpwDiscriminator(), from_hooks(renamed), "GDPW discriminator")


def _network(guidance: Guidance) -> Callable[[Mapping[str, Tensor]], Network]:
    """The maker of one published variant."""

    def make(state: Mapping[str, Tensor]) -> Network:
        generator = load_generator(state, guidance)

        @torch.no_grad()
        def answer(image: Tensor, mesh_flow: Tensor, **codes: Tensor) -> Answer:
            guides = [] if guidance == "displacement" else [codes["codes_driving"]]
            guides += [] if guidance == "codes" else [mesh_flow]
            guide = torch.cat(guides, dim=1)
            output = generator(image, codes.get("codes_source", image[:, :0]), guide)
            flows = {f"flow_x{1 << level}": flow for level, flow in enumerate(reversed(output.flows))}
            return {**output._asdict(), **flows}

        return answer

    return make


for _kind, _guidance in VARIANTS.items():
    PUBLISHED.register(_kind)(_network(_guidance))


@PUBLISHED.register("gdpw_discriminator")
def _discriminator(state: Mapping[str, Tensor]) -> Network:
    discriminator = load_discriminator(state)

    @torch.no_grad()
    def answer(image: Tensor) -> Answer:
        features, logits = discriminator(image)
        return {f"feature_{index}": feature for index, feature in enumerate(features)} | {"logits": logits}

    return answer


def _layer(key: str, halvings: int) -> str:
    for pattern, name in _LAYERS:
        if found := re.match(pattern, key):
            level = int(found[1]).bit_length() - 1
            key = name.format(level=level, module=halvings - level) + key[found.end() :]
            break
    for theirs, ours in _PARTS.items():
        key = key.replace(theirs, ours)
    return key


def _discriminator_key(key: str) -> str:
    key = re.sub(r"^discs\.x1\.out_convs\.0\.", "logits.", key)
    return re.sub(r"^discs\.x1\.layers\.(\d+)\.(conv|norm)\.", lambda found: f"{found[2]}s.{found[1]}.", key)
