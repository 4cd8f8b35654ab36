"""Model folders: what training leaves, and what animates with it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from vultus.assets.starters import FOLDER
from vultus.errors import AssetMissingError, IncompatibleError, InputError
from vultus.face.morphable import MorphableModel
from vultus.methods.base import Method
from vultus.nets.speed import DEFAULT, Speed
from vultus.registry import Registry

WEIGHTS, CONFIG, CARD = "model.safetensors", "config.json", "CARD.md"
"""Files of a model folder."""

TRAINED = ("gdpw", "headgan")
"""Methods whose folders can be opened."""

_NEEDED = ("method", "network", "side_px", "morphable_digest")
"""Entries that a configuration cannot lack."""


@dataclass(frozen=True)
class TrainedModel:
    """A model folder whose files were read once and fit together."""

    folder: Path
    """Where its files lie."""

    method: str
    """One of `TRAINED`."""

    config: Mapping[str, Any]
    """Content of its `config.json`: method, sizes of the network, side of the frames, data, steps."""

    digest: str
    """"sha256:…" over weights and configuration."""

    tensors: Mapping[str, Tensor] = field(repr=False, compare=False)
    """Weights by name, as stored."""

    @property
    def version(self) -> str:
        """The digest's first 12 characters."""
        return self.digest.removeprefix("sha256:")[:12]

    @property
    def side_px(self) -> int:
        """Side of the frames that the network learned from."""
        return int(self.config["side_px"])

    def build(self, morphable: MorphableModel, speed: Speed = DEFAULT) -> Method:
        """The method that animates with these weights.

        Args:
            morphable: The morphable model of the tracks.
            speed: How its network runs.

        Raises:
            IncompatibleError: It learned with another morphable model.
            InputError: The weights do not fit the configuration.
        """
        if self.config["morphable_digest"] != morphable.digest:
            raise IncompatibleError(
                f"the model in {self.folder} learned with morphable model "
                f"{str(self.config['morphable_digest'])[:19]}…, this is {morphable.name!r} "
                f"({morphable.digest[:19]}…)",
                remedy="fit with the morphable model that it learned with, or train it again",
                metadata={"model_morphable": self.config["morphable_digest"], "morphable": morphable.digest},
            )
        return BUILDERS[self.method](self, morphable, speed)

    def sizes(self, record: Callable[..., Any]) -> Any:
        """The network's sizes as the method's own record; raises `InputError` where they do not fit it."""
        try:
            return record(**self.config["network"])
        except TypeError as error:
            raise self._unfit(str(error)) from error

    def fill(self, network: nn.Module) -> None:
        """Give a network these weights; raises `InputError` where they do not fit or are no numbers."""
        own = network.state_dict()
        state = {name: tensor.to(own.get(name, tensor).dtype) for name, tensor in self.tensors.items()}
        for name, tensor in state.items():
            if not tensor.isfinite().all():
                raise self._unfit(f"{name} is not finite")
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            raise self._unfit(" ".join(str(error).split())[:300]) from error

    def _unfit(self, why: str) -> InputError:
        return InputError(
            f"the weights in {self.folder} do not fit their configuration: {why}",
            remedy="train the model again, or take the folder from where it came whole",
            metadata={"folder": self.folder, "method": self.method},
        )


BUILDERS: Registry[Callable[[TrainedModel, MorphableModel, Speed], Method]] = Registry(
    "trained method", modules=tuple(f"vultus.methods.{method}.inference" for method in TRAINED)
)
"""What builds each of `TRAINED`."""


def open_trained(folder: Path) -> TrainedModel:
    """Read a model folder.

    Raises:
        AssetMissingError: The folder, its weights or its configuration are not there.
        InputError: A file is damaged, or the method is unknown.
    """
    for path in (folder, folder / WEIGHTS, folder / CONFIG):
        if not path.exists():
            raise AssetMissingError(
                f"there is no {path}",
                remedy="name a model folder, as `vultus train` writes it to <run>/model",
                metadata={"folder": folder, "path": path},
            )
    config = _read_config(folder / CONFIG)
    if config["method"] not in TRAINED:
        raise InputError(
            f"{folder} holds a model of {config['method']!r}, which this program cannot run",
            remedy=f"known: {', '.join(TRAINED)}",
            metadata={"folder": folder, "method": config["method"]},
        )
    try:
        tensors = load_file(folder / WEIGHTS)
        digest = _digest(folder)
    except (OSError, SafetensorError, ValueError) as error:
        raise _damaged(folder / WEIGHTS, error) from error
    return TrainedModel(folder, str(config["method"]), config, digest, tensors)


def starter(method: str) -> TrainedModel:
    """The small model of a method that comes with the package.

    Raises:
        AssetMissingError: It is not there; names the command that makes it.
    """
    folder = FOLDER / method
    if not folder.is_dir():
        raise AssetMissingError(
            f"the starter of {method} is not in this installation",
            remedy=f"make it: vultus train {method} --preset starter --out runs/{method}-starter, "
            f"then copy runs/{method}-starter/model to {folder}",
            metadata={"method": method, "folder": folder},
        )
    return open_trained(folder)


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(config, dict) or not isinstance(config.get("network"), dict):
            raise ValueError("it describes no network")
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    lacking = [name for name in _NEEDED if name not in config]
    if lacking:
        raise _damaged(path, ValueError(f"it lacks {', '.join(lacking)}"))
    return config


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} cannot be read: {str(error)[:200]}",
        remedy="take the folder from where it came again",
        metadata={"path": path},
    )


def _digest(folder: Path) -> str:
    state = hashlib.sha256()
    for name in (WEIGHTS, CONFIG):
        content = (folder / name).read_bytes()
        state.update(len(content).to_bytes(8, "big") + content)
    return f"sha256:{state.hexdigest()}"
