"""The mouth that goes with the phones."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float32

from vultus.world.speech.utterance import Phone


def articulate(
    phones: Sequence[Phone],
    times_s: Float[np.ndarray, " t"],
    expression_names: Sequence[str],
    effort: float = 1.0,
) -> Float32[np.ndarray, "t e"]:
    """Expression coefficients of the mouth at given moments.

    Args:
        phones: What is said, in order.
        times_s: Moments, s.
        expression_names: Names of the columns; those that are no mouth shape of ours stay 0.
        effort: How far the mouth opens, 1 usual (`Voice.articulation` fits).

    Returns:
        0..1.
    """
    raise NotImplementedError
