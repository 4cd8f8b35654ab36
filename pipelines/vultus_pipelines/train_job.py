"""Training as a job of Kubeflow Trainer, for those who start it without a pipeline."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from vultus_pipelines.component import IMAGE
from vultus_pipelines.learning import Lesson
from vultus_pipelines.runtime import WORK, RuntimeProfile

API = "trainer.kubeflow.org/v1alpha1"
MANAGER = "trainer.kubeflow.org/vultus"
"""Under which name the job keeps its changes to the runtime; Kueue and others have names of their own."""
STEP = "node"
"""What runtimes call the job that trains, and its container."""


@dataclass(frozen=True)
class JobSize:
    """How much a job gets."""

    processes: int = 4
    """Processes on the one node, each with a GPU of its own."""

    memory: str = "64Gi"
    """Of the node."""

    runtime: str = "torch-distributed"
    """ClusterTrainingRuntime that the cluster offers."""


def train_job(
    method: str, preset: str, data: str, size: JobSize, profile: RuntimeProfile, namespace: str
) -> dict[str, Any]:
    """A TrainJob that does what the step `train` does with several processes; torchrun is the runtime's.

    As Kubeflow Trainer has it from 2.2 on.

    Args:
        method: Which method.
        preset: Its preset.
        data: Folder of the data set on the volume that outlives steps.
        size: How much it gets.
        profile: GPU type, volume and variables.
        namespace: Where it runs.

    Returns:
        The resource, to be written as YAML.
    """
    name = f"vultus-train-{method}-{preset}"
    lesson = Lesson(method, preset, "", data, size.processes)
    variables = {**profile.environment, "VULTUS_PIPELINES_WORK": WORK}
    secrets = [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for secret, keys in sorted(profile.secrets.items())
        for key, variable in sorted(keys.items())
    ]
    return {
        "apiVersion": API,
        "kind": "TrainJob",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "runtimeRef": {"name": size.runtime},
            "trainer": {
                "image": IMAGE,
                "command": ["torchrun", "-m", "vultus_pipelines.learning"],
                "args": [json.dumps(asdict(lesson)), f"{WORK}/training/{name}"],
                "numNodes": 1,
                "numProcPerNode": size.processes,
                "resourcesPerNode": {
                    "requests": {"memory": size.memory, profile.gpu_type: size.processes},
                    "limits": {"memory": size.memory, profile.gpu_type: size.processes},
                },
                "env": [{"name": key, "value": value} for key, value in sorted(variables.items())] + secrets,
            },
            "runtimePatches": [_patch(profile)],
        },
    }


def _patch(profile: RuntimeProfile) -> dict[str, Any]:
    """What differs from the runtime's own pod."""
    pod = {"spec": {"template": {"spec": _pod(profile)}}}
    jobs = [{"name": STEP, "template": pod}]
    return {"manager": MANAGER, "trainingRuntimeSpec": {"template": {"spec": {"replicatedJobs": jobs}}}}


def _pod(profile: RuntimeProfile) -> dict[str, Any]:
    """The volume that outlives the job, shared memory, and where its pod may run."""
    shared = {"medium": "Memory", "sizeLimit": profile.shared_memory or "1Gi"}
    mounts = [
        {"name": "work", "mountPath": WORK},
        {"name": "shm", "mountPath": "/dev/shm"},  # noqa: S108 -- a volume of the pod's own
    ]
    return {
        "nodeSelector": {**profile.node_labels, **profile.gpu_nodes},
        "tolerations": [dict(toleration) for toleration in profile.gpu_tolerations],
        "volumes": [
            {"name": "work", "persistentVolumeClaim": {"claimName": profile.claim or "vultus-work"}},
            {"name": "shm", "emptyDir": shared},
        ],
        "containers": [{"name": STEP, "volumeMounts": mounts}],
        "imagePullSecrets": [{"name": name} for name in profile.pull_secrets],
    }
