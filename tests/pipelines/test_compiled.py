"""What is committed is what the graphs compile to; Kubeflow's own loader takes it; images install nothing."""

import ast
import sys
from pathlib import Path

import pytest
import yaml
from kfp import components
from kubeflow_trainer_api.models import TrainerV1alpha1TrainJob
from vultus_pipelines.catalogue import GRAPHS
from vultus_pipelines.compiling import compile_all
from vultus_pipelines.component import IMAGE
from vultus_pipelines.runtime import WORK, RuntimeProfile
from vultus_pipelines.train_job import JobSize, train_job

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "pipelines" / "compiled"
COMPONENTS = sorted((ROOT / "pipelines" / "vultus_pipelines" / "components").glob("[a-z]*.py"))
LONGEST_BODY = 20
LIGHT = {"kfp", "vultus_pipelines"}


@pytest.fixture(scope="module")
def texts():
    return compile_all()


def _documents(name):
    return list(yaml.safe_load_all((COMPILED / name).read_text(encoding="utf-8")))


def test_what_is_committed_is_up_to_date(texts):
    committed = {path.name: path.read_text(encoding="utf-8") for path in COMPILED.iterdir()}
    stale = sorted(name for name in {*texts, *committed} if texts.get(name) != committed.get(name))
    assert stale == [], "refresh them: vultus pipeline compile --write"


@pytest.mark.parametrize("name", GRAPHS)
def test_kubeflows_own_loader_takes_it(name):
    loaded = components.load_component_from_file(str(COMPILED / f"{name}.yaml"))
    assert loaded.pipeline_spec.pipeline_info.name == name.replace("_", "-")


@pytest.mark.parametrize("name", GRAPHS)
def test_every_step_is_given_what_there_is(name):
    spec, _ = _documents(f"{name}.yaml")
    for within in [spec["root"], *spec["components"].values()]:
        for task, told in within.get("dag", {}).get("tasks", {}).items():
            for kind in ("parameters", "artifacts"):
                known = within.get("inputDefinitions", {}).get(kind, {})
                given = told.get("inputs", {}).get(kind, {})
                asked = {one.get(f"componentInput{kind.capitalize()[:-1]}") for one in given.values()}
                assert asked - {None} <= known.keys(), f"{task} is given what its graph has not"


@pytest.mark.parametrize("name", GRAPHS)
def test_steps_run_from_the_one_image_and_install_nothing(name):
    spec, _ = _documents(f"{name}.yaml")
    executors = spec["deploymentSpec"]["executors"].values()
    assert {executor["container"]["image"] for executor in executors} == {IMAGE}
    for executor in executors:
        text = " ".join(executor["container"]["command"])
        assert "pip install" not in text
        assert "apt-get" not in text


@pytest.mark.parametrize("name", GRAPHS)
def test_every_step_has_limits_a_deadline_the_volume_and_its_runs_name(name):
    spec, platform = _documents(f"{name}.yaml")
    settings = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    executors = spec["deploymentSpec"]["executors"]
    assert settings.keys() == executors.keys()
    for label, executor in executors.items():
        assert executor["container"]["resources"]["resourceMemoryLimit"]
        assert int(settings[label]["activeDeadlineSeconds"]) > 0
        assert settings[label]["pvcMount"][0]["mountPath"] == WORK
        assert settings[label]["fieldPathAsEnv"][0]["name"] == "VULTUS_PIPELINES_RUN"


@pytest.mark.parametrize("name", GRAPHS)
def test_a_last_step_tells_how_it_ended_whatever_came_of_the_others(name):
    spec, _ = _documents(f"{name}.yaml")
    last = spec["root"]["dag"]["tasks"]["conclude"]
    assert last["triggerPolicy"]["strategy"] == "ALL_UPSTREAM_TASKS_COMPLETED"
    assert not last.get("cachingOptions", {}).get("enableCache")


def test_only_a_better_model_is_registered_packaged_and_promoted():
    spec, _ = _documents("world_to_model.yaml")
    branches = {
        task["triggerPolicy"]["condition"]: set(
            spec["components"][task["componentRef"]["name"]]["dag"]["tasks"]
        )
        for component in spec["components"].values()
        for task in component.get("dag", {}).get("tasks", {}).values()
        if "triggerPolicy" in task
    }
    better = next(steps for condition, steps in branches.items() if not condition.startswith("!"))
    other = next(steps for condition, steps in branches.items() if condition.startswith("!"))
    assert better == {"register", "package-bento", "promote", "report"}
    assert {step.rstrip("-2") for step in other} == {"report"}


def test_the_image_keeps_its_work_where_the_volume_is_mounted():
    assert f"VULTUS_PIPELINES_WORK={WORK}\n" in (ROOT / "pipelines" / "Dockerfile").read_text()


def test_gitops_gets_a_pipeline_and_a_version_of_it():
    for name in GRAPHS:
        kinds = [document["kind"] for document in _documents(f"{name}.kubernetes.yaml")]
        assert kinds == ["Pipeline", "PipelineVersion"]


def test_the_training_job_asks_for_what_the_profile_says():
    profile = RuntimeProfile(
        gpu_nodes={"gpu": "big"}, secrets={"mlflow": {"token": "MLFLOW_TRACKING_TOKEN"}}, claim="data"
    )
    job = train_job("gdpw", "starter", f"{WORK}/data", JobSize(), profile, "kubeflow")
    (patch,) = job["spec"]["runtimePatches"]
    (step,) = patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"]
    pod = step["template"]["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"gpu": "big"}
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "data"
    reference = {"name": "mlflow", "key": "token"}
    assert {"name": "MLFLOW_TRACKING_TOKEN", "valueFrom": {"secretKeyRef": reference}} in job["spec"][
        "trainer"
    ]["env"]


def test_kubeflow_trainer_knows_every_field_of_the_training_job():
    (job,) = _documents("train_job.yaml")
    read = TrainerV1alpha1TrainJob.from_dict(job)
    assert read.to_dict() == job, "what Trainer's own model leaves out, the cluster refuses"


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_is_thin_and_imports_nothing_heavy_outside(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    outside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {(node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) for node in outside}
    assert {name.split(".")[0] for name in names} <= LIGHT | sys.stdlib_module_names
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert function.name == path.stem
    assert ast.get_docstring(function)
    assert function.end_lineno - function.body[0].end_lineno <= LONGEST_BODY
