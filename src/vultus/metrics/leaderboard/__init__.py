"""The leaderboard: methods beside each other on the frozen benchmark split."""

from vultus.metrics.leaderboard.contestants import Contestant
from vultus.metrics.leaderboard.records import Failure, PairResult, Scene
from vultus.metrics.leaderboard.running import LeaderboardPlan, run_leaderboard
from vultus.metrics.leaderboard.table import Leaderboard

__all__ = [
    "Contestant",
    "Failure",
    "Leaderboard",
    "LeaderboardPlan",
    "PairResult",
    "Scene",
    "run_leaderboard",
]
