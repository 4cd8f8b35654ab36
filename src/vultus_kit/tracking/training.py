"""A training run at MLflow: losses over steps, samples, what decides it, and the card of its model."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vultus_kit.tracking.connection import tracking_uri
from vultus_kit.tracking.runs import Run, tracking, wanted
from vultus_kit.tracking.values import redacted

MARK = "tracking.json"
"""File of a run's folder that says which run at MLflow goes on with it."""

_EXPERIMENT = "vultus-training"
_SMALL_FILES = ("CARD.md", "config.json")


@dataclass(frozen=True)
class TrainingFacts:
    """What decides a training run."""

    method: str
    """Which method."""

    params: Mapping[str, Any]
    """The resolved configuration."""

    data_digest: str
    """Of the data set."""

    data_card: Mapping[str, Any] = field(default_factory=dict)
    """What the data set says of itself."""


class TrackedTraining:
    """Follows a training run.

    Args:
        run: Where it is written down.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    def on_step(self, step: int, losses: Mapping[str, float], rate: float) -> None:
        """Losses by "phase/name", and the learning rate."""
        self.run.metrics({**losses, "learning_rate": rate}, step)

    def on_picture(self, step: int, path: Path) -> None:
        """A sample picture was written."""
        self.run.file(path, "samples")

    def on_validation(self, step: int, values: Mapping[str, float]) -> None:
        """People that are not learned from were looked at."""
        self.run.metrics({f"validation/{name}": value for name, value in values.items()}, step)

    def finished(self, model: Path) -> None:
        """The model is there; its card and configuration belong to the run, its weights to the registry."""
        for name in _SMALL_FILES:
            if (model / name).is_file():
                self.run.file(model / name, "model")


@contextmanager
def tracking_training(
    asked: bool | None, folder: Path, facts: TrainingFacts, warn: Callable[[str], None]
) -> Iterator[TrackedTraining]:
    """Track a training run for as long as the block lasts; resumed in its folder, it goes on at MLflow too.

    Args:
        asked: See `vultus_kit.tracking.runs.wanted`.
        folder: Of the run.
        facts: What decides it.
        warn: Called with what cannot be tracked.
    """
    uri = redacted(tracking_uri()) if wanted(asked) else ""

    def begun(run_id: str) -> None:
        (folder / MARK).write_text(json.dumps({"uri": uri, "run_id": run_id}), encoding="utf-8")

    name = f"{facts.method}-{folder.name}"
    words = {"experiment": _EXPERIMENT, "resumed": tracked_run(folder, uri)}
    with tracking(asked, name, begun=begun, warn=warn, **words) as run:
        run.params({"method": facts.method, **facts.params, "data_digest": facts.data_digest})
        run.tags({"vultus.kind": "training", "method": facts.method, "data_digest": facts.data_digest})
        run.text(json.dumps(facts.params, indent=1, default=str), "config.json")
        run.text(json.dumps(facts.data_card, indent=1, default=str), "data.json")
        yield TrackedTraining(run)


def tracked_run(folder: Path, uri: str) -> str:
    """Id of the run at MLflow that was tracked in a folder; "" for none, or for one at another place."""
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
        return str(mark["run_id"]) if mark["uri"] == redacted(uri) else ""
    except (OSError, ValueError, LookupError, TypeError):
        return ""
