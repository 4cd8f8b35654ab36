"""Small weights that come with the package, each made again by one command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from vultus.data.media.atomic import replacing
from vultus.errors import AssetMissingError, InputError

FOLDER = Path(__file__).parent
"""Where they lie."""

LARGEST_BYTES = 8_000_000
"""No file is larger."""

COMMANDS = {
    f"world-{kind}": f"python -m vultus.metrics.world_extractors.train {kind} --data DIR --out FILE"
    for kind in ("perceptual", "sync")
}
"""What makes each of them."""


def find_starter(name: str, folder: Path | None = None) -> Path | None:
    """Its file in the package, or in `<folder>/weights/<name>`; None where it is absent."""
    places = [FOLDER, *([folder / "weights" / name] if folder else [])]
    paths = (place / f"{name}.safetensors" for place in places)
    return next((path for path in paths if path.is_file()), None)


def read_starter(name: str, folder: Path | None = None) -> dict[str, Tensor]:
    """Its tensors, float32.

    Raises:
        AssetMissingError: Nobody has made it: names the command that does.
        InputError: The file is damaged.
    """
    path = find_starter(name, folder)
    if path is None:
        place = (folder or FOLDER) / "weights" / name / f"{name}.safetensors"
        raise AssetMissingError(
            f"the extractor {name} is not on this machine",
            remedy=f"make it: {COMMANDS[name].replace('FILE', str(place))}, "
            "with DIR a set of `vultus data synth`; other metrics need none",
            metadata={"asset": f"weights/{name}", "path": place},
        )
    try:
        return {key: tensor.float() for key, tensor in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} cannot be read: {error}", remedy=f"make it: {COMMANDS[name]}") from error


def write_starter(path: Path, state: Mapping[str, Tensor], card: Mapping[str, Any]) -> None:
    """Write weights in half precision with their card, a JSON file beside.

    Vectors stay in single precision: a variance may be too small for a half.

    Args:
        path: "….safetensors".
        state: Tensors by name.
        card: What they are, what they learned from, and what they were measured to do.

    Raises:
        InputError: The file would be larger than `LARGEST_BYTES`.
    """
    tensors = {
        name: (tensor.half() if tensor.ndim > 1 else tensor.float()).contiguous().cpu()
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    }
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if size > LARGEST_BYTES:
        raise InputError(f"{path.name} would have {size} bytes", remedy=f"stay below {LARGEST_BYTES}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        save_file(tensors, temporary)
    with replacing(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def fill(network: torch.nn.Module, state: Mapping[str, Tensor], name: str) -> None:
    """Give a network its weights; raises `InputError` where they do not fit."""
    missing, unexpected = network.load_state_dict(dict(state), strict=False)
    lacking = [key for key in missing if not key.endswith("num_batches_tracked")]
    if lacking or unexpected:
        named = ", ".join([*lacking, *unexpected][:3])
        raise InputError(f"the weights of {name} do not fit: {named}", remedy=f"make them: {COMMANDS[name]}")
