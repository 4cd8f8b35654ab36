"""From real videos to a released model."""

from kfp import dsl

from vultus_pipelines.components.build_dataset import build_dataset
from vultus_pipelines.components.choose_lessons import choose_lessons
from vultus_pipelines.components.fingerprint import fingerprint
from vultus_pipelines.graphs.released import Exam, Lesson, learned_and_released
from vultus_pipelines.graphs.reported import reported
from vultus_pipelines.runtime import asked, heavy, light


def train_and_release(
    source: str,
    layout: str = "folder",
    recipe: str = "vultus-256",
    method: str = "gdpw",
    preset: str = "starter",
    seeds: list = ["0"],  # noqa: B006 -- Kubeflow reads it, nobody writes to it
    processes: int = 1,
    suffix: str = "",
    pairs: str = "self,cross",
    limit: int = 0,
    policy: str = "",
    code: str = "",
) -> None:
    """Build a data set of videos, train once for each seed, and release what is better than the champion.

    Args:
        source: Folder of videos, on a volume that every step sees.
        layout: How the folder is laid out, for instance "folder" or "voxceleb".
        recipe: How faces are cut out.
        method: Method that learns.
        preset: Its preset.
        seeds: Numbers, as text; each trains a challenger; they meet the gate one after the other.
        processes: Processes that learn together, one on each GPU.
        suffix: Behind the registered name vultus-METHOD, for trials that are to stay apart.
        pairs: Kinds of pairs of the frozen split that decide.
        limit: How many of each kind; 0 for all.
        policy: What the gate does otherwise than usual, as JSON.
        code: Version of the code; whoever starts the run gives it.
    """
    with reported("train_and_release"):
        lessons = asked(light(choose_lessons(method=method, preset=preset, seeds=seeds)))
        content = asked(light(fingerprint(source=source))).output
        built = heavy(build_dataset(source=source, content=content, layout=layout, recipe=recipe, code=code))
        with dsl.ParallelFor(lessons.output, parallelism=1, name="each seed") as changes:
            lesson = Lesson(method, preset, changes, processes)
            exam = Exam(f"vultus-{method}{suffix}", pairs, limit, policy)
            learned_and_released(built.outputs["dataset"], lesson, exam, code)
