"""Identity: cosine similarity and distance of face embeddings."""

import numpy as np
from jaxtyping import Float

from vultus.errors import InputError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute


def csim_update(generated: Float[np.ndarray, "t d"], reference: Float[np.ndarray, "t d"]) -> FrameTerms:
    """Cosine of the angle between each frame's embeddings, [-1, 1]."""
    a, b = generated.astype(np.float64), reference.astype(np.float64)
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    if not (lengths > 0).all():
        raise InputError("an embedding of length zero has no direction")
    return FrameTerms((a * b).sum(axis=-1) / lengths)


def identity_distance_update(
    generated: Float[np.ndarray, "t d"], reference: Float[np.ndarray, "t d"]
) -> FrameTerms:
    """Euclidean distance between each frame's embeddings."""
    return FrameTerms(np.linalg.norm(generated.astype(np.float64) - reference, axis=-1))


def likeness_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over frames."""
    return mean_compute(total, weight)


@METRICS.register("csim[dlib]")
class CsimDlib(StreamingMetric):
    """Cosine similarity of dlib embeddings; it hardly separates people and is no ArcFace similarity."""

    info = MetricInfo(
        name="csim[dlib]",
        unit="1",
        protocol="dlib-resnet-v1 128-d/cosine",
        higher_is_better=True,
        needs="identity",
    )
    measure = staticmethod(csim_update)
    finish = staticmethod(likeness_compute)


@METRICS.register("identity_distance[dlib]")
class IdentityDistanceDlib(StreamingMetric):
    """Euclidean distance of dlib embeddings: one person 0.12 to 0.40, different people 0.52 and more."""

    info = MetricInfo(
        name="identity_distance[dlib]",
        unit="1",
        protocol="dlib-resnet-v1 128-d/Euclidean distance",
        higher_is_better=False,
        needs="identity",
    )
    measure = staticmethod(identity_distance_update)
    finish = staticmethod(likeness_compute)
