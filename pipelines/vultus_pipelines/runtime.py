"""Where steps run: processors, memory, GPUs, volumes and secrets, in one place for every graph."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

from kfp import kubernetes
from kfp.dsl import PipelineTask

from vultus.errors import InputError

WORK = "/mnt/vultus"
"""Where the volume that outlives steps is mounted."""
RUN_LABEL = "metadata.labels['pipeline/runid']"
"""What Kubeflow calls a run, on every pod of it."""


class Need(Enum):
    """How much a step asks for."""

    LIGHT = "light"
    """Looks something up, or writes a page."""
    HEAVY = "heavy"
    """Computes on processors."""
    GPU = "gpu"
    """Computes on GPUs, where the profile has any."""


@dataclass(frozen=True, kw_only=True)
class RuntimeProfile:
    """Everything that Kubernetes is told about steps."""

    light: tuple[str, str] = ("1", "4Gi")
    """Processors and memory of steps that look something up."""

    heavy: tuple[str, str] = ("4", "16Gi")
    """Processors and memory of steps that compute."""

    gpus: int = 1
    """GPUs of a step that trains or evaluates; 0 for none."""

    gpu_type: str = "nvidia.com/gpu"
    """Name of the resource."""

    gpu_nodes: Mapping[str, str] = field(default_factory=dict)
    """Labels of the nodes that have them, for instance {"nvidia.com/gpu.product": "NVIDIA-H200"}."""

    gpu_tolerations: tuple[Mapping[str, str], ...] = ({"key": "nvidia.com/gpu", "operator": "Exists"},)
    """Taints of those nodes: key, operator, value, effect."""

    shared_memory: str = "8Gi"
    """Size of /dev/shm where GPUs are used; "" for the node's usual 64 MiB."""

    claim: str = "vultus-work"
    """Volume claim of the folder that outlives steps, for many readers and writers; "" for none."""

    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Environment variable by key by secret, for instance {"mlflow": {"token": "MLFLOW_TRACKING_TOKEN"}}."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """Plain variables, for instance MLFLOW_TRACKING_URI or VULTUS_ENDPOINT_FITTING; no secrets."""

    node_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of the nodes of every step."""

    pull_secrets: tuple[str, ...] = ()
    """Secrets that open the image's registry."""

    retries: int = 2
    """How often a failed step is tried again; it goes on where it was."""

    backoff_s: int = 30
    """Wait before the first of them, s; doubled each time."""

    timeout_s: int = 24 * 3600
    """Longest that a computing step may take, s; a light one may take an hour."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "RuntimeProfile":
        """A profile whose other fields are as usual; raises `InputError` for a field that there is not."""
        known = {one.name: one for one in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            raise InputError(
                f"a runtime profile has no {unknown[0]!r}",
                remedy=f"known: {', '.join(known)}",
                metadata={"field": unknown[0]},
            )
        return cls(**{name: _hashable(value) for name, value in values.items()})


HERE = RuntimeProfile(gpus=0, claim="", retries=0, shared_memory="")
"""This machine: steps are its processes."""
CLUSTER = RuntimeProfile()
"""What compiled pipelines in the repository ask for."""

_current: ContextVar[RuntimeProfile] = ContextVar("profile", default=CLUSTER)
_LIGHT_TIMEOUT_S = 3600


def _hashable(value: Any) -> Any:
    """Lists of JSON as the tuples of a frozen record."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def read_profile(path: Path) -> RuntimeProfile:
    """A profile in a JSON file; raises `InputError` where it is none."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValueError("no JSON object")
        return RuntimeProfile.from_json(values)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{str(path)!r} is no runtime profile: {error}",
            remedy='give a JSON object such as {"gpus": 1, "claim": "vultus-work"}',
            metadata={"path": path},
        ) from error


@contextmanager
def using(profile: RuntimeProfile) -> Iterator[None]:
    """Let graphs that are built meanwhile ask for what a profile says."""
    token = _current.set(profile)
    try:
        yield
    finally:
        _current.reset(token)


def light(task: PipelineTask) -> PipelineTask:
    """A step that looks something up, or writes a page."""
    return apply_runtime_profile(task, _current.get(), Need.LIGHT)


def heavy(task: PipelineTask) -> PipelineTask:
    """A step that computes on processors."""
    return apply_runtime_profile(task, _current.get(), Need.HEAVY)


def gpu(task: PipelineTask) -> PipelineTask:
    """A step that computes on GPUs."""
    return apply_runtime_profile(task, _current.get(), Need.GPU)


def asked(task: PipelineTask) -> PipelineTask:
    """A step that is asked anew each time: what it answers changes although its inputs do not."""
    return task.set_caching_options(enable_caching=False)


def apply_runtime_profile(
    task: PipelineTask, profile: RuntimeProfile, need: Need = Need.HEAVY
) -> PipelineTask:
    """Tell Kubernetes all that a step needs; a run on this machine leaves it alone.

    Args:
        task: A call of a component in a graph.
        profile: Of the installation.
        need: How much of it.
    """
    _ask_for(task, profile, need)
    _set_environment(task, profile)
    for label, value in profile.node_labels.items():
        kubernetes.add_node_selector(task, label, value)
    if profile.claim:
        kubernetes.mount_pvc(task, pvc_name=profile.claim, mount_path=WORK)
    if profile.pull_secrets:
        kubernetes.set_image_pull_secrets(task, list(profile.pull_secrets))
    if profile.retries:
        task.set_retry(profile.retries, backoff_duration=f"{profile.backoff_s}s", backoff_factor=2.0)
    kubernetes.set_timeout(
        task, min(profile.timeout_s, _LIGHT_TIMEOUT_S) if need is Need.LIGHT else profile.timeout_s
    )
    return task


def _ask_for(task: PipelineTask, profile: RuntimeProfile, need: Need) -> None:
    processors, memory = profile.light if need is Need.LIGHT else profile.heavy
    task.set_cpu_request(processors).set_memory_request(memory).set_memory_limit(memory)
    if need is not Need.GPU or not profile.gpus:
        return
    task.set_accelerator_type(profile.gpu_type).set_accelerator_limit(profile.gpus)
    for label, value in profile.gpu_nodes.items():
        kubernetes.add_node_selector(task, label, value)
    for toleration in profile.gpu_tolerations:
        kubernetes.add_toleration(task, **toleration)
    if profile.shared_memory:
        kubernetes.empty_dir_mount(
            task,
            volume_name="shm",
            mount_path="/dev/shm",  # noqa: S108 -- a volume of the pod's own
            medium="Memory",
            size_limit=profile.shared_memory,
        )


def _set_environment(task: PipelineTask, profile: RuntimeProfile) -> None:
    """Variables; the run's name is no variable of the step itself, which would never be found in a cache."""
    for name, value in sorted(profile.environment.items()):
        task.set_env_variable(name, value)
    if profile.claim:
        task.set_env_variable("VULTUS_PIPELINES_WORK", WORK)
        kubernetes.use_field_path_as_env(task, "VULTUS_PIPELINES_RUN", RUN_LABEL)
    for secret, keys in sorted(profile.secrets.items()):
        kubernetes.use_secret_as_env(task, secret, dict(keys))
