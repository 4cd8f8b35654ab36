"""The second half of every graph that makes a model: measured, judged, and released where it is better."""

from dataclasses import dataclass

from kfp import dsl
from kfp.dsl import PipelineTask

from vultus_pipelines.components.compare import compare
from vultus_pipelines.components.evaluate import evaluate
from vultus_pipelines.components.package_bento import package_bento
from vultus_pipelines.components.promote import promote
from vultus_pipelines.components.register import register
from vultus_pipelines.components.report import report
from vultus_pipelines.components.train import train
from vultus_pipelines.runtime import asked, gpu, heavy, light


@dataclass(frozen=True)
class Lesson:
    """What is trained; each a parameter of the graph."""

    method: str
    preset: str
    changes: str
    processes: int


@dataclass(frozen=True)
class Exam:
    """How it is judged; each a parameter of the graph."""

    name: str
    pairs: str
    limit: int
    policy: str


def learned_and_released(dataset: dsl.Artifact, lesson: Lesson, exam: Exam, code: str) -> None:
    """Train on a data set, evaluate, and if the gate says so register, package and promote; tell it all."""
    learned = gpu(
        train(
            method=lesson.method,
            preset=lesson.preset,
            changes=lesson.changes,
            processes=lesson.processes,
            code=code,
            dataset=dataset,
        )
    )
    model = learned.outputs["model"]
    measured = gpu(evaluate(contestant="", pairs=exam.pairs, limit=exam.limit, code=code, model=model))
    judged = asked(
        gpu(
            compare(
                name=exam.name,
                pairs=exam.pairs,
                limit=exam.limit,
                policy=exam.policy,
                scores=measured.outputs["scores"],
                model=model,
            )
        )
    )
    with dsl.If(judged.outputs["Output"] == "promote", name="if it is better"):
        _released(exam.name, dataset, learned, judged, code)
    with dsl.Else(name="if it is not"):
        light(report(name=exam.name, **_told(dataset, learned, judged)))


def _released(
    name: str, dataset: dsl.Artifact, learned: PipelineTask, judged: PipelineTask, code: str
) -> None:
    model, decision = learned.outputs["model"], judged.outputs["decision"]
    version = asked(light(register(name=name, dataset=dataset, model=model, decision=decision))).output
    packed = heavy(package_bento(version=version, code=code, model=model))
    bento = packed.outputs["bento"]
    champion = asked(light(promote(version=version, decision=decision, bento=bento)))
    told = light(report(name=name, version=version, bento=bento, **_told(dataset, learned, judged)))
    told.after(champion)


def _told(dataset: dsl.Artifact, learned: PipelineTask, judged: PipelineTask) -> dict[str, dsl.Artifact]:
    """What every report tells."""
    return {
        "dataset": dataset,
        "model": learned.outputs["model"],
        "course": learned.outputs["course"],
        "decision": judged.outputs["decision"],
    }
