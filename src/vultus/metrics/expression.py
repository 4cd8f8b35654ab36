"""Expression coefficients: AED in the sense of GDPW, GOHA and StyleHEAT."""

import numpy as np
from jaxtyping import Float

from vultus.errors import IncompatibleError
from vultus.metrics.score import MetricInfo
from vultus.metrics.streaming import METRICS, FrameTerms, StreamingMetric, Totals, mean_compute


def expression_distance_update(
    generated: Float[np.ndarray, "t e"], reference: Float[np.ndarray, "s f"]
) -> FrameTerms:
    """Mean absolute difference of each frame's expression coefficients p_exp."""
    if generated.shape != reference.shape:
        raise IncompatibleError(
            f"generated has {len(generated)} frames of {generated.shape[-1]} expression coefficients, "
            f"reference {len(reference)} of {reference.shape[-1]}",
            remedy="fit both with the same morphable model",
        )
    return FrameTerms(np.abs(generated - reference).mean(axis=-1, dtype=np.float64))


def expression_distance_compute(total: Totals, weight: Totals) -> Totals:
    """Mean over frames."""
    return mean_compute(total, weight)


@METRICS.register("aed[expression]")
class AedExpression(StreamingMetric):
    """Average expression distance; not first-order-model's AED, which compares identity embeddings."""

    info = MetricInfo(
        name="aed[expression]",
        unit="coefficient",
        protocol="gdpw-2022/mean absolute difference over expression coefficients and frames",
        higher_is_better=False,
        needs="expression",
    )
    measure = staticmethod(expression_distance_update)
    finish = staticmethod(expression_distance_compute)


@METRICS.register("exp[morphable]")
class ExpressionMorphable(StreamingMetric):
    """Finding Directions' formula on the fitted model's coefficients, in the place of DECA's twelve."""

    info = MetricInfo(
        name="exp[morphable]",
        unit="coefficient",
        protocol="vultus/directions-2022's formula on all fitted expression coefficients, no DECA/"
        "mean absolute difference",
        higher_is_better=False,
        needs="expression",
        by_default=False,
    )
    measure = staticmethod(expression_distance_update)
    finish = staticmethod(expression_distance_compute)


@METRICS.register("exp[deca-12]")
class ExpressionDeca(StreamingMetric):
    """Exp. of Finding Directions: mean absolute difference of DECA's jaw and expression coefficients."""

    info = MetricInfo(
        name="exp[deca-12]",
        unit="coefficient",
        protocol="directions-2022/DECA's jaw opening and 11 expression coefficients/mean absolute difference",
        higher_is_better=False,
        needs="given",
        by_default=False,
    )
    measure = staticmethod(expression_distance_update)
    finish = staticmethod(expression_distance_compute)
