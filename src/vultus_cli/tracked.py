"""What evaluations write down at MLflow."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from vultus_cli.output import say

_EXPERIMENT = "vultus-evaluation"
_LARGEST_BYTES = 64 << 20
"""Videos beyond this stay where they are."""


def track_scores(
    asked: bool | None,
    name: str,
    params: Mapping[str, object],
    scores: Mapping[str, float | None],
    files: Iterable[Path | None],
) -> None:
    """Write scores, how they were made, and the files of an evaluation to a run of their own.

    Args:
        asked: See `vultus_kit.tracking.runs.wanted`.
        name: Of the run.
        params: What was compared, and how.
        scores: Values by metric; those without one are left out.
        files: Reports, pictures and videos; None for those that were not asked for.
    """
    from vultus_kit.tracking.runs import tracking  # noqa: PLC0415 - MLflow is heavy

    with tracking(asked, name, experiment=_EXPERIMENT, warn=say) as run:
        run.params(params)
        run.tags({"vultus.kind": "evaluation"})
        found = {key: value for key, value in scores.items() if value is not None and math.isfinite(value)}
        run.metrics(found)
        for path in files:
            if path is not None and path.is_file() and path.stat().st_size <= _LARGEST_BYTES:
                run.file(path, "evaluation")
