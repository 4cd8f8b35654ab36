"""The complete loop on the synthetic world."""

from vultus_pipelines.components.synthesise_world import synthesise_world
from vultus_pipelines.graphs.released import Exam, Lesson, learned_and_released
from vultus_pipelines.graphs.reported import reported
from vultus_pipelines.runtime import heavy


def world_to_model(
    method: str = "gdpw",
    preset: str = "smoke",
    changes: str = "",
    processes: int = 1,
    suffix: str = "",
    pairs: str = "self,cross",
    limit: int = 2,
    policy: str = '{"first": "promote"}',
    code: str = "",
) -> None:
    """Make the people that a preset learns from, train, and release what is better.

    Args:
        method: Method that learns.
        preset: Its preset, which says how many people there are.
        changes: Values of the preset to change, for instance "plan.steps=500 data.people=30".
        processes: Processes that learn together, one on each GPU.
        suffix: Behind the registered name vultus-METHOD, for trials that are to stay apart.
        pairs: Kinds of pairs of the frozen split that decide.
        limit: How many of each kind; 0 for all.
        policy: What the gate does otherwise than usual, as JSON; here the first is promoted.
        code: Version of the code; whoever starts the run gives it.
    """
    with reported("world_to_model"):
        world = heavy(synthesise_world(method=method, preset=preset, changes=changes, code=code))
        lesson = Lesson(method, preset, changes, processes)
        exam = Exam(f"vultus-{method}{suffix}", pairs, limit, policy)
        learned_and_released(world.outputs["world"], lesson, exam, code)
