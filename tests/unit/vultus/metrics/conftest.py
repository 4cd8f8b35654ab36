"""Clips that the tests of metrics share."""

import numpy as np
import pytest


@pytest.fixture
def clips() -> tuple[np.ndarray, np.ndarray]:
    """(generated, reference): six smooth colour frames of 40 x 56 px and the same with growing noise."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:40, 0:56]
    base = np.stack([127 + 80 * np.sin(x / 7), 127 + 80 * np.cos(y / 5), x + y], axis=-1)
    reference = np.stack([np.clip(base + 3 * k, 0, 255) for k in range(6)]).astype(np.uint8)
    noise = rng.normal(size=reference.shape) * np.array([1, 4, 8, 16, 32, 64])[:, None, None, None]
    return np.clip(reference + noise, 0, 255).astype(np.uint8), reference
