"""Graphs as files: YAML for Kubeflow, Kubernetes resources for GitOps, and a training job."""

from collections.abc import Sequence

import yaml

from vultus_pipelines.catalogue import GRAPHS, compiled, manifest
from vultus_pipelines.runtime import CLUSTER, WORK, RuntimeProfile
from vultus_pipelines.train_job import JobSize, train_job

TRAIN_JOB = "train_job.yaml"
"""File of the training job, beside the graphs."""


def compile_all(
    names: Sequence[str] = (), profile: RuntimeProfile = CLUSTER, namespace: str = "kubeflow"
) -> dict[str, str]:
    """Texts of files by their names.

    Args:
        names: Graphs; none for all, and the training job.
        profile: What steps ask Kubernetes for.
        namespace: Of the Kubernetes resources.

    Raises:
        InputError: There is no such graph.
    """
    texts: dict[str, str] = {}
    for name in names or GRAPHS:
        texts[f"{name}.yaml"] = compiled(name, profile)
        texts[f"{name}.kubernetes.yaml"] = manifest(name, namespace, profile)
    if not names:
        job = train_job("gdpw", "starter", f"{WORK}/data", JobSize(), profile, namespace)
        texts[TRAIN_JOB] = yaml.safe_dump(job, sort_keys=False)
    return texts
