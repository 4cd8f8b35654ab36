"""The leaderboard over every registered method."""

from kfp import dsl

from vultus_pipelines.components.choose_contestants import choose_contestants
from vultus_pipelines.components.evaluate import evaluate
from vultus_pipelines.components.leaderboard import leaderboard
from vultus_pipelines.graphs.reported import reported
from vultus_pipelines.runtime import asked, gpu, light


def evaluate_all(methods: str = "", pairs: str = "self,cross", limit: int = 0, code: str = "") -> None:
    """Let every method answer the pairs of the frozen split, and put all of them into one table.

    Args:
        methods: Names between commas; "" for controls, methods that work, and champions.
        pairs: Kinds of pairs between commas.
        limit: Only the first so many pairs of each kind; 0 for all.
        code: Version of the code; whoever starts the run gives it.
    """
    with reported("evaluate_all"):
        contestants = asked(light(choose_contestants(methods=methods)))
        with dsl.ParallelFor(contestants.output, parallelism=2, name="each contestant") as one:
            scores = gpu(evaluate(contestant=one, pairs=pairs, limit=limit, code=code))
        asked(light(leaderboard(scores=dsl.Collected(scores.outputs["scores"]))))
