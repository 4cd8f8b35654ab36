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


def embedding_distance_update(
    generated: Float[np.ndarray, "t d"], reference: Float[np.ndarray, "t d"]
) -> FrameTerms:
    """Sum of squared differences of each frame's embeddings, without a root: FOMM's AED."""
    return FrameTerms(((generated.astype(np.float64) - reference) ** 2).sum(axis=-1))


def leak_update(
    generated: Float[np.ndarray, "t d"], driver: Float[np.ndarray, "t d"], source: Float[np.ndarray, "t d"]
) -> FrameTerms:
    """How much more each frame is like the driver than like the source, by CSIM."""
    return FrameTerms(csim_update(generated, driver).values - csim_update(generated, source).values)


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


def _given(name: str, protocol: str, *, higher_is_better: bool) -> MetricInfo:
    """A metric of embeddings that the caller makes."""
    return MetricInfo(
        name=name,
        unit="1",
        protocol=protocol,
        higher_is_better=higher_is_better,
        needs="given",
        by_default=False,
    )


@METRICS.register("csim[arcface-irse50-five-points]")
class CsimArcFace(StreamingMetric):
    """Cosine similarity of ArcFace embeddings of aligned faces."""

    info = MetricInfo(
        name="csim[arcface-irse50-five-points]",
        unit="1",
        protocol="IR-SE50 512-d/similarity of five points to ArcFace's in 112 px/cosine",
        higher_is_better=True,
        needs="arcface",
        by_default=False,
        extractor="arcface-irse50",
    )
    measure = staticmethod(csim_update)
    finish = staticmethod(likeness_compute)


@METRICS.register("csim[arcface-irse50-fixed-crop]")
class CsimArcFaceFixedCrop(StreamingMetric):
    """Cosine similarity of ArcFace embeddings of the fixed crop of Finding Directions' identity loss."""

    info = _given(
        "csim[arcface-irse50-fixed-crop]",
        "IR-SE50 512-d/rows 35:223, columns 32:220 of 256 px, mean-pooled to 112/cosine",
        higher_is_better=True,
    )
    measure = staticmethod(csim_update)
    finish = staticmethod(likeness_compute)


@METRICS.register("aed[embedding-openface-nn4]")
class AedEmbedding(StreamingMetric):
    """First-order-model's AED: squared distance of identity embeddings; not the expression distance."""

    info = _given(
        "aed[embedding-openface-nn4]",
        "fomm-2019/OpenFace nn4 128-d of the unaligned frame at 96 px/sum of squared differences, no root",
        higher_is_better=False,
    )
    measure = staticmethod(embedding_distance_update)
    finish = staticmethod(likeness_compute)


@METRICS.register("identity_leak[arcface-irse50-five-points]")
class IdentityLeak(StreamingMetric):
    """CSIM to the driver less CSIM to the source, in cross-reenactment."""

    info = _given(
        "identity_leak[arcface-irse50-five-points]",
        "vultus/CSIM to the driver less CSIM to the source; IR-SE50 512-d/five points in 112 px",
        higher_is_better=False,
    )
    measure = staticmethod(leak_update)
    finish = staticmethod(likeness_compute)


@METRICS.register("identity_leak[dlib]")
class IdentityLeakDlib(StreamingMetric):
    """CSIM to the driver less CSIM to the source, in cross-reenactment."""

    info = MetricInfo(
        name="identity_leak[dlib]",
        unit="1",
        protocol="vultus/CSIM to the driver less CSIM to the source; dlib-resnet-v1 128-d",
        higher_is_better=False,
        needs="leak",
        modes=("cross",),
    )
    measure = staticmethod(leak_update)
    finish = staticmethod(likeness_compute)
