"""What the steps behind the gate do: a version in the registry, a Bento, a new champion."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vultus.face.models import load_morphable
from vultus.methods.trained import TrainedModel, open_trained
from vultus_kit.tracking.faults import UnknownModelError
from vultus_kit.tracking.records import CHAMPION, Promotion, RegisteredVersion
from vultus_kit.tracking.registry import ModelRegistry
from vultus_kit.tracking.runs import tracking
from vultus_pipelines.gating import DECISION, TABLE
from vultus_pipelines.judging import BOARD, Judged
from vultus_pipelines.packaging.bento_building import BentoInfo, package
from vultus_pipelines.packaging.pyfunc_code import animating_code


def register_model(
    name: str, model: str | Path, made: Mapping[str, Any], decision: str | Path, licence: str
) -> RegisteredVersion:
    """Make a model folder the next version of a registered model, and its challenger.

    Args:
        name: Registered name.
        model: Model folder.
        made: What the step that trained it noted.
        decision: Folder of the gate's decision.
        licence: Of what it learned from.

    Raises:
        IncompatibleError: It does not fit the morphable model that it would be served with.
        InputError: The folder is damaged.
        ServiceUnavailableError: The registry does not answer.
    """
    trained = open_trained(Path(model))
    trained.build(load_morphable())  # what cannot be run is not registered
    tags = _tags(trained, str(made.get("data", "")), Path(decision), licence)
    registry, code = ModelRegistry(), animating_code()
    try:
        version = registry.register(Path(model), name, tags, code, str(made.get("run_id", "")) or None)
    except UnknownModelError:  # it was trained while runs were written down elsewhere
        version = registry.register(Path(model), name, tags, code)
    if CHAMPION not in version.aliases:
        registry.set_challenger(version)
    return version


def _tags(trained: TrainedModel, data: str, decision: Path, licence: str) -> dict[str, str]:
    """Labels of a version: what it is, what it learned from, how it was measured, what the gate said."""
    decided = json.loads((decision / DECISION).read_text(encoding="utf-8"))
    board = json.loads((decision / BOARD).read_text(encoding="utf-8"))
    return {
        "method": trained.method,
        "licence": licence,
        "data_digest": data,
        "model_digest": trained.digest,
        "morphable_digest": str(trained.config["morphable_digest"]),
        "metric_protocol": json.dumps(board["protocol"]),
        "gate": str(decided["verdict"]),
        "gate_reason": str(decided["reason"])[:500],
        "gate_table": (decision / TABLE).read_text(encoding="utf-8"),
    }


def build_bento(model: str | Path, version: str, target: str | Path) -> BentoInfo:
    """Package a registered version with all that it needs; `bentoml serve` answers with it offline.

    Args:
        model: Model folder.
        version: What answers call it, for instance "vultus-gdpw/3".
        target: Folder of the Bento; appears whole.

    Raises:
        InputError: The model cannot be read.
        IncompatibleError: It does not fit the morphable model that comes along.
    """
    return package(Path(model), open_trained(Path(model)).method, version, Path(target))


def promote_version(version: str, champion: int) -> Promotion:
    """Make a version the champion, unless another one became it since the gate judged.

    Args:
        version: For instance "vultus-gdpw/3".
        champion: Version that the gate compared with; 0 for none.

    Raises:
        ChampionMovedError: Another version became champion meanwhile.
    """
    registry = ModelRegistry()
    return registry.set_champion(registry.resolve(version), instead_of=champion or None)


def track_scores(name: str, run_id: str, judged: Judged, page: str | Path, video: Path) -> None:
    """Write what was measured to the run at MLflow that trained the model, else to a run of its own.

    Args:
        name: Who was measured.
        run_id: The run that trained it; "" for none.
        judged: Totals and single results.
        page: The same as a page, with the worst frames.
        video: What it answers.
    """
    with tracking(True, f"evaluate-{name}", resumed=run_id, warn=_warn) as tracked:
        tracked.metrics({f"evaluation/{metric}": value for metric, value in judged.figures.items()})
        tracked.tags({"contestant": name, "benchmark": judged.board.protocol["benchmark"]})
        tracked.text(json.dumps(judged.board.to_json(), indent=1), "evaluation/leaderboard.json")
        tracked.text(Path(page).read_text(encoding="utf-8"), "evaluation/page.html")
        tracked.file(video, "evaluation")


def track_decision(name: str, run_id: str, decision: str | Path) -> None:
    """Write the gate's decision and its table to the run at MLflow that trained the challenger."""
    folder = Path(decision)
    decided = json.loads((folder / DECISION).read_text(encoding="utf-8"))
    with tracking(True, f"gate-{name}", resumed=run_id, warn=_warn) as tracked:
        tracked.tags({"gate": decided["verdict"], "gate_reason": decided["reason"][:500]})
        for file in (DECISION, TABLE):
            tracked.text((folder / file).read_text(encoding="utf-8"), f"gate/{file}")


def _warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 -- a step's log
