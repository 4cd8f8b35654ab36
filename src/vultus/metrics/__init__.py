"""Metrics: one family in each file, functional first; every score names its protocol."""

from vultus.metrics import expression, landmarks, likeness, pixels, pose, structure
from vultus.metrics.score import MetricInfo, Score
from vultus.metrics.streaming import METRICS

__all__ = [
    "METRICS",
    "MetricInfo",
    "Score",
    "expression",
    "landmarks",
    "likeness",
    "pixels",
    "pose",
    "structure",
]
