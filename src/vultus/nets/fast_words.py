"""The compiled loops as functions of tensors, split over threads, and ready before they are needed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

TILE_BYTES = 4 << 20
"""Transformed tiles that are kept at a time: what stays in a core's share of the cache."""

_WINOGRAD = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]])
"""G of the minimal filtering of 2 by 2 results and a window of 3 by 3."""


class _Readiness:
    """Whether the loops are compiled; asked for once in a process, in the background."""

    def __init__(self) -> None:
        self._done, self._lock = threading.Event(), threading.Lock()
        self._begun = False

    def begin(self) -> None:
        """Compile the loops, or load what an earlier start has compiled."""
        with self._lock:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._compile, name="compiling-loops", daemon=True).start()

    def reached(self, timeout_s: float = 0.0) -> bool:
        """Whether they can be called, after waiting for that at most so long."""
        return self._done.wait(timeout_s) if timeout_s else self._done.is_set()

    def _compile(self) -> None:
        x = torch.zeros(1, 2, 4, 4, dtype=torch.bfloat16).to(memory_format=torch.channels_last)
        weight = transformed(torch.zeros(2, 2, 3, 3))
        winograd(x, weight, torch.zeros(2), 1.0)
        normalised(x, 1e-5)
        modulate(x, None, torch.cat([x, x], 1), 1.0)
        self._done.set()


READINESS = _Readiness()


def transformed(weight: Float[Tensor, "o i 3 3"]) -> Float[Tensor, "16 i o"]:
    """G g G^T of a 3×3 convolution [lavin2016winograd], bfloat16."""
    spread = torch.einsum("ar,oirs,bs->abio", _WINOGRAD, weight.float(), _WINOGRAD)
    return spread.flatten(0, 1).bfloat16().contiguous()


def winograd(
    x: Float[Tensor, "b i h w"], weight: Float[Tensor, "16 i o"], bias: Float[Tensor, " o"], slope: float
) -> Float[Tensor, "b o h w"]:
    """A 3×3 convolution with zeros around the picture, by F(2×2, 3×3), and its LeakyReLU.

    Needs 2.25 times fewer multiplications than the sum over the window.

    Args:
        x: bfloat16.
        weight: Of `transformed`.
        bias: float32.
        slope: Of the LeakyReLU; 1 for none.
    """
    from vultus.nets.fast_kernels import tiles_in, tiles_out  # noqa: PLC0415 - numba is heavy

    count, channels, height, width = x.shape
    made = weight.shape[2]
    y = torch.empty(count, made, height, width, dtype=x.dtype, memory_format=torch.channels_last)
    words, out, offsets, bend = _words(x), _words(y), bias.numpy(), np.float32(slope)
    rows, across = count * ((height + 1) // 2), (width + 1) // 2
    band = max(TILE_BYTES // (32 * across * max(channels, made)), 1)
    for first in range(0, rows, band):
        lines = min(band, rows - first)
        tiles = torch.empty(16, lines * across, channels, dtype=x.dtype)
        _split(lines, partial(tiles_in, words, _bits(tiles), first))
        products = _bits(torch.bmm(tiles, weight))
        _split(lines, partial(tiles_out, products, offsets, bend, out, first))
    return y


def normalised(x: Float[Tensor, "b c h w"], eps: float) -> tuple[Float[Tensor, "b c"], Float[Tensor, "b c"]]:
    """Gain and offset that give each picture's channels zero mean and unit variance, float32.

    Args:
        x: bfloat16.
        eps: Added to variances.
    """
    from vultus.nets.fast_kernels import moments  # noqa: PLC0415 - as above

    count, channels, height, width = x.shape
    words = _words(x)
    found: list[np.ndarray] = []

    def add(first: int, last: int) -> None:
        sums = np.zeros((count, 2, channels))
        moments(words, first, last, sums)
        found.append(sums)

    _split(count * height, add)
    means = np.sum(found, axis=0) / (height * width)
    gain = 1 / np.sqrt(np.maximum(means[:, 1] - means[:, 0] ** 2, 0) + eps)
    return torch.from_numpy(gain).float(), torch.from_numpy(-means[:, 0] * gain).float()


def modulate(
    x: Float[Tensor, "b c h w"],
    affine: tuple[Float[Tensor, "b c"], Float[Tensor, "b c"]] | None,
    painted: Float[Tensor, "b 2*c h w"] | None,
    slope: float,
) -> Float[Tensor, "b c h w"]:
    """LeakyReLU of (x gain + offset) p + q.

    Args:
        x: bfloat16.
        affine: Gain and offset of each channel, float32; 1 and 0 when absent.
        painted: p, then q, bfloat16; 1 and 0 when absent.
        slope: Of the LeakyReLU; 1 for none.
    """
    from vultus.nets.fast_kernels import modulated  # noqa: PLC0415 - as above

    count, channels, height, _ = x.shape
    gain, offset = affine or (torch.ones(count, channels), torch.zeros(count, channels))
    y = torch.empty_like(x, memory_format=torch.channels_last)
    p = painted if painted is not None else x[:, :0]
    bend = np.float32(slope)
    _split(
        count * height,
        partial(modulated, _words(x), gain.numpy(), offset.numpy(), _words(p), bend, _words(y)),
    )
    return y


def _words(x: Float[Tensor, "b c h w"]) -> np.ndarray:
    """(b, h, w, c) 16-bit words of bfloat16 features, in place where channels come last already."""
    return _bits(x.permute(0, 2, 3, 1).contiguous())


def _bits(x: Tensor) -> np.ndarray:
    """The 16-bit words of a bfloat16 tensor."""
    bits: np.ndarray = x.view(torch.uint16).numpy()
    return bits


def _split(count: int, work: Callable[[int, int], None]) -> None:
    """Do `work(first, last)` for all of `count`, on as many threads as torch uses."""
    threads = min(torch.get_num_threads(), count)
    if threads <= 1:
        work(0, count)
        return
    ends = [count * part // threads for part in range(threads + 1)]
    others = [_pool().submit(work, *ends[part : part + 2]) for part in range(1, threads)]
    work(ends[0], ends[1])
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="loops")
