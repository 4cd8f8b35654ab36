"""`vultus model promote`: a challenger becomes champion, where the gate lets it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vultus.errors import InputError, VultusError
from vultus_cli.inputs import FILE
from vultus_cli.model.naming import reference
from vultus_cli.model.show import TABLE
from vultus_cli.output import answer, say

if TYPE_CHECKING:
    from vultus.metrics.leaderboard.gate_records import Decision, GatePolicy
    from vultus_kit.tracking.records import RegisteredVersion
    from vultus_kit.tracking.registry import ModelRegistry


class GateRefusedError(VultusError):
    """The gate does not let a version be champion."""

    reason = "GATE_REFUSED"
    exit_code = 2


@click.command("promote")
@click.argument("version")
@click.option(
    "--scores",
    "boards",
    type=FILE,
    multiple=True,
    help="leaderboard.json with what VERSION and the champion reached.",
)
@click.option("--challenger", help="What the leaderboard calls VERSION.  [default: NAME-NUMBER]")
@click.option("--champion", help="What it calls the champion, or the baseline.  [default: NAME-NUMBER, warp]")
@click.option("--policy", "policy_path", type=FILE, help="JSON of what counts; see docs/registry.md.")
@click.option("--force", is_flag=True, help="Whatever the gate says.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    version: str,
    boards: tuple[Path, ...],
    challenger: str | None,
    champion: str | None,
    policy_path: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Make VERSION (METHOD/3 or METHOD@challenger) the champion of its model.

    With --scores the gate judges it now; without, it has to have passed the gate before.
    """
    from vultus.metrics.leaderboard.gate_records import PROMOTE  # noqa: PLC0415 - heavy, as MLflow
    from vultus_kit.tracking.registry import ModelRegistry  # noqa: PLC0415

    registry = ModelRegistry()
    wanted = registry.resolve(reference(version))
    now = registry.champion(wanted.name)
    if boards:
        judging = _Judging(boards, challenger, champion, policy_path)
        wanted = judging.judge(registry, wanted, now)
    if wanted.tags.get("gate") != PROMOTE and not force:
        raise _refused(wanted)
    promotion = registry.set_champion(wanted, instead_of=now.version if now else None)
    answer({**vars(promotion), "reason": wanted.tags.get("gate_reason", "by hand")}, as_json=as_json)


@dataclass(frozen=True)
class _Judging:
    """What the gate is asked with."""

    boards: tuple[Path, ...]
    challenger: str | None
    champion: str | None
    policy: Path | None

    def judge(
        self, registry: "ModelRegistry", wanted: "RegisteredVersion", now: "RegisteredVersion | None"
    ) -> "RegisteredVersion":
        """Decide, print the table, and keep it with the version and its run."""
        from vultus.metrics.leaderboard.gate import decide  # noqa: PLC0415 - heavy, as below
        from vultus.metrics.leaderboard.joining import join_leaderboards, read_leaderboard  # noqa: PLC0415
        from vultus.metrics.leaderboard.paired import Scores  # noqa: PLC0415 - heavy, as below

        board = join_leaderboards([read_leaderboard(path).to_json() for path in self.boards])
        ours = Scores.of(board.results, self.challenger or wanted.label)
        policy = _policy(self.policy)
        opponent = policy.opponent(now.label if now else None)
        theirs = Scores.of(board.results, self.champion or opponent) if opponent else None
        decision = decide(ours, theirs, policy, "champion" if now else "baseline")
        say(decision.to_markdown())
        return _keep(registry, wanted, decision, json.dumps(board.protocol))


def _policy(path: Path | None) -> "GatePolicy":
    from vultus.metrics.leaderboard.gate_records import GatePolicy  # noqa: PLC0415 - heavy

    if path is None:
        return GatePolicy()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r} holds no policy: {error}", remedy="see docs/registry.md") from error
    return GatePolicy.parse(text)


def _keep(
    registry: "ModelRegistry", version: "RegisteredVersion", decision: "Decision", protocol: str
) -> "RegisteredVersion":
    """Write the decision to the version's tags, and to the run that trained it."""
    from vultus_kit.tracking.runs import tracking  # noqa: PLC0415

    said = {"gate": decision.verdict, "gate_reason": decision.reason[:500]}
    kept = registry.set_tags(version, said | {TABLE: decision.to_markdown(), "metric_protocol": protocol})
    with tracking(True, f"gate-{version.name}", resumed=version.run_id, warn=say) as run:
        run.tags(said)
        run.text(decision.to_markdown(), "gate/decision.md")
        run.text(json.dumps(decision.to_json(), indent=1), "gate/decision.json")
    return kept


def _refused(version: "RegisteredVersion") -> GateRefusedError:
    reason = version.tags.get("gate_reason", "it was never judged")
    return GateRefusedError(
        f"{version.name}/{version.version} may not be champion: {reason}",
        remedy="train a better one, judge it with --scores, or give --force",
        metadata={"name": version.name, "version": version.version},
    )
