"""The networks that metrics look through, filled with their published weights."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from vultus.assets.starters import COMMANDS as STARTERS
from vultus.assets.starters import find_starter
from vultus.assets.store import DEFAULT_FOLDER, Store, open_store
from vultus.metrics.score import MetricInfo
from vultus.registry import Registry

State = dict[str, Tensor]

EXTRACTORS: Registry[Callable[[Store], nn.Module]] = Registry("extractor", "vultus.extractors")
"""Each entry finds its weights in a store; `AssetMissingError` says where to get them."""


_ASSETS: dict[str, tuple[str, ...]] = {
    "inception-2015-pytorch-fid": ("weights/inception-2015",),
    "i3d-400-pytorch-i3d": ("weights/i3d",),
    "lpips-alex": ("weights/alexnet", "weights/lpips-alex"),
    "lpips-vgg": ("weights/vgg16", "weights/lpips-vgg"),
    "arcface-irse50": ("weights/arcface-irse50",),
    "syncnet-v2": ("weights/syncnet-v2",),
    "fan-2d": ("weights/fan-2d",),
}


def has_extractor(name: str, store: Store | None = None) -> bool:
    """Whether the weights of an extractor are there; of one that outsiders registered nobody knows: False."""
    place = store or open_store(DEFAULT_FOLDER)
    if name in STARTERS:
        return find_starter(name, place.folder) is not None
    keys = _ASSETS.get(name, ())
    return bool(keys) and all(place.holds(key) for key in keys)


def pinned(info: MetricInfo) -> str:
    """A metric's protocol with the digest of the weights that it looks through, where those are our own.

    Published weights are the same everywhere; ours are made again by whoever trains them.
    """
    path = (
        find_starter(info.extractor, open_store(DEFAULT_FOLDER).folder)
        if info.extractor in STARTERS
        else None
    )
    return f"{info.protocol}; weights {_digest(path, path.stat().st_mtime_ns)}" if path else info.protocol


@lru_cache(maxsize=8)
def _digest(path: Path, changed_ns: int) -> str:
    """First letters of a file's SHA-256; `changed_ns` makes a file that was written again another one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:8]


def load_extractor(name: str, store: Store | None = None) -> Any:
    """The extractor called `name` in `eval` mode, without gradients.

    Args:
        name: A name of `EXTRACTORS`.
        store: Where weights lie; the default folder if None.

    Raises:
        AssetMissingError: The weights are absent: names them, where to get them and what works without.
        InputError: The file holds something else.
    """
    network = EXTRACTORS[name](store or open_store(DEFAULT_FOLDER))
    return network.eval().requires_grad_(requires_grad=False)


def read_state(store: Store, key: str) -> State:
    """Tensors of a published weight file; files that need more than tensors are refused."""
    import torch  # noqa: PLC0415

    state: State = torch.load(store.find(key), map_location="cpu", weights_only=True)
    return state


@EXTRACTORS.register("inception-2015-pytorch-fid")
def _inception(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_inception  # noqa: PLC0415 - formats import metrics

    return load_inception(read_state(store, "weights/inception-2015"))


@EXTRACTORS.register("i3d-400-pytorch-i3d")
def _i3d(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_i3d  # noqa: PLC0415

    return load_i3d(read_state(store, "weights/i3d"))


@EXTRACTORS.register("lpips-alex")
def _lpips_alex(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_lpips  # noqa: PLC0415

    return load_lpips(_both(store, "weights/alexnet", "weights/lpips-alex"), "alex")


@EXTRACTORS.register("lpips-vgg")
def _lpips_vgg(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_lpips  # noqa: PLC0415

    return load_lpips(_both(store, "weights/vgg16", "weights/lpips-vgg"), "vgg")


@EXTRACTORS.register("arcface-irse50")
def _arcface(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_irse50  # noqa: PLC0415

    return load_irse50(read_state(store, "weights/arcface-irse50"))


@EXTRACTORS.register("syncnet-v2")
def _syncnet(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_syncnet  # noqa: PLC0415

    return load_syncnet(read_state(store, "weights/syncnet-v2"))


@EXTRACTORS.register("fan-2d")
def _fan(store: Store) -> nn.Module:
    from vultus.assets.formats.extractors import load_fan  # noqa: PLC0415

    return load_fan(read_state(store, "weights/fan-2d"))


@EXTRACTORS.register("world-perceptual")
def _world_perceptual(store: Store) -> nn.Module:
    from vultus.metrics.world_extractors.loading import load_perceptual  # noqa: PLC0415

    return load_perceptual(store.folder)


@EXTRACTORS.register("world-sync")
def _world_sync(store: Store) -> nn.Module:
    from vultus.metrics.world_extractors.loading import load_sync  # noqa: PLC0415

    return load_sync(store.folder)


def _both(store: Store, backbone: str, heads: str) -> State:
    return read_state(store, backbone) | read_state(store, heads)
