"""Randomness by name: every part of the world draws from a stream of its own."""

import hashlib

import numpy as np


def generator(*key: int | str) -> np.random.Generator:
    """A random generator that depends on `key` alone, whatever was drawn elsewhere before.

    Streams of different keys are independent, so a new property of a person never changes the old ones.

    Args:
        key: What the numbers are for, for instance `(seed, "hair")`.

    Example:
        >>> float(generator(7, "hair").random()) == float(generator(7, "hair").random())
        True
        >>> float(generator(7, "hair").random()) == float(generator(7, "skin").random())
        False
    """
    digest = hashlib.sha256("\0".join(f"{type(part).__name__}:{part}" for part in key).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
