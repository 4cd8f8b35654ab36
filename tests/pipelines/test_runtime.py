"""Profiles reach Kubernetes, and only through one helper."""

import json

import pytest
import yaml
from vultus_pipelines.catalogue import compiled
from vultus_pipelines.runtime import HERE, RuntimeProfile, read_profile

from vultus.errors import InputError


@pytest.fixture(scope="module")
def both():
    profile = RuntimeProfile(
        gpus=2,
        gpu_type="amd.com/gpu",
        gpu_nodes={"gpu": "big"},
        secrets={"mlflow": {"token": "MLFLOW_TRACKING_TOKEN"}},
        environment={"MLFLOW_TRACKING_URI": "http://mlflow:5000"},
        node_labels={"pool": "faces"},
        pull_secrets=("registry",),
        retries=3,
    )
    spec, platform = yaml.safe_load_all(compiled("world_to_model", profile))
    return spec, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def test_only_steps_that_learn_or_render_get_a_gpu(both):
    spec, settings = both
    containers = {label: one["container"] for label, one in spec["deploymentSpec"]["executors"].items()}
    asking = {label for label, one in containers.items() if "accelerator" in one["resources"]}
    assert asking == {"exec-train", "exec-evaluate", "exec-compare"}
    accelerator = containers["exec-train"]["resources"]["accelerator"]
    assert accelerator["resourceType"] == "amd.com/gpu"
    assert int(accelerator["resourceCount"]) == 2
    assert settings["exec-train"]["nodeSelector"]["labels"] == {"pool": "faces", "gpu": "big"}
    assert settings["exec-register"]["nodeSelector"]["labels"] == {"pool": "faces"}
    assert settings["exec-train"]["emptyDirMounts"][0]["volumeName"] == "shm"


def test_secrets_are_references_and_never_values(both):
    spec, settings = both
    for one in settings.values():
        (secret,) = one["secretAsEnv"]
        assert secret["keyToEnv"] == [{"envVar": "MLFLOW_TRACKING_TOKEN", "secretKey": "token"}]
    assert "MLFLOW_TRACKING_TOKEN" not in json.dumps(spec)


def test_plain_variables_reach_every_step_and_failed_ones_are_tried_again(both):
    spec, _ = both
    for one in spec["deploymentSpec"]["executors"].values():
        assert {"name": "MLFLOW_TRACKING_URI", "value": "http://mlflow:5000"} in one["container"]["env"]
    (train,) = [
        tasks["train"]
        for component in spec["components"].values()
        if "train" in (tasks := component.get("dag", {}).get("tasks", {}))
    ]
    assert int(train["retryPolicy"]["maxRetryCount"]) == 3


def test_on_this_machine_nothing_is_tried_again():
    assert "maxRetryCount" not in compiled("evaluate_all", HERE)


def test_a_profile_is_read_from_json(tmp_path):
    path = tmp_path / "profile.json"
    path.write_text('{"gpus": 4, "light": ["2", "1Gi"], "gpu_tolerations": []}')
    profile = read_profile(path)
    assert (profile.gpus, profile.light, profile.gpu_tolerations) == (4, ("2", "1Gi"), ())


@pytest.mark.parametrize("text", ['{"gpu": 4}', "[]", "{", "\xff"])
def test_what_is_no_profile_is_told(tmp_path, text):
    path = tmp_path / "profile.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="profile"):
        read_profile(path)
