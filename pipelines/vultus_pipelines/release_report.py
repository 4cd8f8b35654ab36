"""The page that tells what came of a model: decided, measured, trained, made from."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vultus.data.media import read_picture
from vultus.metrics.charts import Chart, Line
from vultus.metrics.leaderboard import Leaderboard, writing
from vultus.metrics.leaderboard.gate_records import KEEP
from vultus.metrics.leaderboard.joining import read_leaderboard
from vultus.metrics.leaderboard.keeping import ResultStore
from vultus.metrics.leaderboard.page import LIMITATIONS, worst_pictures
from vultus.metrics.report import PictureRow, write_page
from vultus_pipelines.gating import DECISION, SAME
from vultus_pipelines.judging import BOARD
from vultus_pipelines.reporting import TEMPLATES
from vultus_pipelines.work import Work

SAMPLE = (
    "Samples of the last steps; from the left: portrait, driver, result, and what the network sees inside."
)


@dataclass(frozen=True)
class Release:
    """Everything that the page tells."""

    name: str
    """Registered name."""

    version: str
    """The version that the model became; "" for none."""

    bento: Mapping[str, Any]
    """Tag, size and path; empty for none."""

    data: Mapping[str, Any]
    """What is known of the data set."""

    made: Mapping[str, Any]
    """What is known of the training."""

    losses: Mapping[str, list[float]]
    """Losses over the steps by name."""

    sample: PictureRow | None
    """The last sample picture."""

    decision: Mapping[str, Any]
    """Verdict, reason and table."""

    board: Leaderboard
    """Scores that it was decided on."""

    @classmethod
    def read(
        cls,
        name: str,
        version: str,
        bento: Mapping[str, Any],
        data: Mapping[str, Any],
        made: Mapping[str, Any],
        course: str | Path,
        decision: str | Path,
    ) -> "Release":
        """Read what steps left.

        Args:
            name: Registered name.
            version: The version; "" for none.
            bento: Tag, size and path of the Bento; empty for none.
            data: What the step that made the data noted.
            made: What the training step noted.
            course: Folder of losses and samples.
            decision: Folder of the decision.
        """
        decided = json.loads((Path(decision) / DECISION).read_text(encoding="utf-8"))
        board = read_leaderboard(Path(decision) / BOARD)
        return cls(name, version, bento, data, made, *_course(Path(course)), decided, board)

    @property
    def line(self) -> str:
        """The outcome in one line."""
        if self.version:
            return f"{self.version} is the champion now: {self.decision['reason']}."
        if self.decision["verdict"] == SAME:
            return f"Nothing new: {self.decision['reason']}."
        return f"The model was refused: {self.decision['reason']}."

    @property
    def title(self) -> str:
        """The outcome in a few words."""
        outcomes = {KEEP: "refused", SAME: "nothing new"}
        return f"{self.name}: {outcomes.get(self.decision['verdict'], 'promoted')}"

    @property
    def facts(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {
            "verdict": self.decision["verdict"],
            "reason": self.decision["reason"],
            "version": self.version,
            "bento": self.bento.get("path", ""),
            "bento_tag": self.bento.get("tag", ""),
            "mlflow_run": self.made.get("run_id", ""),
            "digest": self.made.get("digest", ""),
        }

    @property
    def charts(self) -> list[Chart]:
        """One for each loss."""
        charts = [
            Chart(name, "", (Line(name, np.array(values, dtype=np.float64)),))
            for name, values in self.losses.items()
        ]
        return [chart for chart in charts if chart.drawable]

    def write(self, path: str | Path) -> None:
        """Write the page."""
        store = ResultStore(Work.open().benchmark / "results")
        pictures = [row for table in self.board.tables for row in worst_pictures(self.board, table, store)]
        write_page(
            Path(path),
            "release.html.j2",
            beside=TEMPLATES,
            release=self,
            texts=writing,
            pictures=pictures,
            limitations=LIMITATIONS,
            sample_text=SAMPLE,
        )


def _course(folder: Path) -> tuple[dict[str, list[float]], PictureRow | None]:
    """Losses by name, NaN where a step had none, and the last sample."""
    lines = [json.loads(line) for line in (folder / "losses.jsonl").read_text(encoding="utf-8").splitlines()]
    names = dict.fromkeys(name for line in lines for name in line if "/" in name)
    losses = {name: [_number(line.get(name)) for line in lines] for name in names}
    sample = folder / "sample.png"
    if not sample.is_file():
        return losses, None
    return losses, PictureRow(SAMPLE, {"sample": read_picture(sample).rgb}, longest_px=1200)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
