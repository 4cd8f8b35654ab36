"""What the gate's step does: today's champion answers what the challenger answered, and one is chosen."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from vultus.data.sets import ClipSet
from vultus.face.models import load_morphable
from vultus.face.tracking import Tracker
from vultus.methods.base import AvatarOptions, Portrait
from vultus.methods.trained import open_trained
from vultus.metrics.leaderboard.contestants import CHUNK, Contestant, Trained, choose_contestants
from vultus.metrics.leaderboard.drivers import read_driver
from vultus.metrics.leaderboard.gate import decide
from vultus.metrics.leaderboard.gate_records import SIZE, SPEED, Decision, GatePolicy
from vultus.metrics.leaderboard.joining import join_leaderboards, read_leaderboard
from vultus.metrics.leaderboard.paired import Scores
from vultus.metrics.leaderboard.table import Leaderboard
from vultus.world.benchmark import benchmark
from vultus_kit.tracking.folders import folder_digest
from vultus_kit.tracking.records import CHAMPION, RegisteredVersion
from vultus_kit.tracking.registry import ModelRegistry
from vultus_pipelines.judging import BOARD, Judged, clips_folder, judge
from vultus_pipelines.work import Work

SAME = "same"
"""Verdict beside `PROMOTE` and `KEEP`: the challenger is the champion already."""
DECISION, TABLE = "decision.json", "decision.md"
"""Files of a decision."""
_TIMED_CHUNKS = 2


@dataclass(frozen=True)
class Gated:
    """What was decided, and on what."""

    verdict: str
    """`PROMOTE`, `KEEP` or `SAME`."""

    decision: Decision
    """Reason and table."""

    champion: RegisteredVersion | None
    """Who was champion while this was decided."""

    board: Leaderboard
    """Challenger and whom it was compared with, side by side."""

    @property
    def facts(self) -> dict[str, Any]:
        """Verdict, reason and champion, as JSON values."""
        champion = self.champion.version if self.champion else 0
        return {"verdict": self.verdict, "reason": self.decision.reason, "champion": champion}

    def write(self, target: str | Path) -> None:
        """Leave the decision as JSON and as a table, and the scores that it was made on."""
        folder = Path(target)
        folder.mkdir(parents=True, exist_ok=True)
        values = {**self.decision.to_json(), **self.facts}
        (folder / DECISION).write_text(json.dumps(values, indent=1), encoding="utf-8")
        (folder / TABLE).write_text(self.decision.to_markdown(), encoding="utf-8")
        Judged(self.board).write_scores(folder)


def gate(name: str, scores: str | Path, model: str | Path, pairs: str, limit: int, policy: str) -> Gated:
    """Judge a challenger against today's champion, or against a baseline while there is none.

    Args:
        name: Registered name.
        scores: Folder of the challenger's scores.
        model: The challenger's model folder.
        pairs: Kinds of pairs that it answered.
        limit: How many of each kind; 0 for all.
        policy: Fields of `GatePolicy` that are not as usual, as JSON; "" for none.

    Raises:
        InputError: The policy cannot be, or the challenger finished no pair.
        ServiceUnavailableError: The registry does not answer.
    """
    registry, chosen = ModelRegistry(), GatePolicy.parse(policy or "{}")
    board = read_leaderboard(Path(scores) / BOARD)
    champion = registry.champion(name)
    if champion is not None and champion.digest == folder_digest(Path(model)):
        reason = f"version {champion.version} of {name} is this model, and champion already"
        same = Decision(False, reason, f"{name}/{champion.version}", None, CHAMPION, (), chosen)
        return Gated(SAME, same, champion, board)
    challenger = _scores(board, _costs(Path(model)) if champion else {})
    other = _opponent(registry, champion, chosen)
    if other is None:
        decision = decide(challenger, None, chosen)
        return Gated(decision.verdict, decision, champion, board)
    theirs = judge([other], pairs, limit).board
    facts = _costs(other.folder) if isinstance(other, Trained) else {}
    opposite = Scores.of(theirs.results, other.name, facts)
    decision = decide(challenger, opposite, chosen, "champion" if champion else "baseline")
    both = join_leaderboards([board.to_json(), theirs.to_json()])
    return Gated(decision.verdict, decision, champion, both)


def _opponent(
    registry: ModelRegistry, champion: RegisteredVersion | None, policy: GatePolicy
) -> Contestant | None:
    """Whom a challenger has to beat, if anybody, so that it can be measured."""
    if champion is not None:
        return Trained.of(registry.download(champion, Work.open().models), champion.label)
    name = policy.opponent(None)
    return choose_contestants([name])[0][0] if name else None


def _scores(board: Leaderboard, facts: dict[str, float]) -> Scores:
    name = next(row.contestant for table in board.tables for row in table.rows if not row.control)
    return Scores.of(board.results, name, facts)


def _costs(folder: Path) -> dict[str, float]:
    """Size of a model, and how many frames it makes in a second on this machine, after a warm-up."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    morphable, split = load_morphable(), benchmark()
    pair = split.self_pairs[0]
    clip = ClipSet.open(clips_folder()).clip(pair.source)
    rgb = next(clip.frames(pair.source_frame, pair.source_frame + 1))
    portrait = Portrait(rgb, Tracker(morphable).fit_image(rgb))
    avatar = open_trained(folder).build(morphable).create_avatar(portrait, AvatarOptions())
    track = read_driver(clip, Work.open().benchmark / "drivers").track[:CHUNK]
    with torch.inference_mode():
        avatar.render(track)
        start = time.perf_counter()
        for _ in range(_TIMED_CHUNKS):
            avatar.render(track)
    return {SIZE: float(size), SPEED: _TIMED_CHUNKS * len(track) / (time.perf_counter() - start)}
