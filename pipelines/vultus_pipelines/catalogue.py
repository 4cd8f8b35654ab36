"""Every graph by name: what it takes, and what it compiles to."""

import difflib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kfp import dsl
from kfp.compiler import Compiler, KubernetesManifestOptions

from vultus.errors import InputError
from vultus_pipelines.runtime import CLUSTER, RuntimeProfile, using

GRAPHS = {
    "world_to_model": "The synthetic world to a released model: people, training, gate, registry, Bento.",
    "train_and_release": "Real videos to a released model: clips, training, gate, registry, Bento.",
    "evaluate_all": "Every method that works, and every champion, beside each other on the frozen split.",
    "backfill_tracks": "Fit the face in every clip of a data set that has no track, or an old one.",
}
"""Names and summaries; each is a function of its name in the module of its name."""
CODE = "code"
"""Parameter that says which version of the code runs; whoever starts a run gives it."""
REQUIRED = inspect.Parameter.empty
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no")


@dataclass(frozen=True)
class Parameter:
    """Something that a graph can be told."""

    name: str
    """Its name."""

    kind: type
    """str, int, float, bool, or list: of texts, between commas."""

    default: Any
    """Value where none is given; `REQUIRED` where one must be."""

    def read(self, text: str) -> Any:
        """A value that was given as text; raises `InputError` where it is of another kind."""
        if self.kind is bool and text.lower() in _YES + _NO:
            return text.lower() in _YES
        if self.kind is list:
            return [item.strip() for item in text.split(",") if item.strip()]
        try:
            return text if self.kind is str else _number(self.kind, text)
        except ValueError as error:
            raise InputError(
                f"{self.name} cannot be {text[:80]!r}",
                remedy=f"give a value of the kind {self.kind.__name__}",
                metadata={"parameter": self.name, "value": text[:80]},
            ) from error


def parameters_of(name: str) -> dict[str, Parameter]:
    """What a graph can be told, by name."""
    signature = inspect.signature(_function(name))
    return {
        one.name: Parameter(one.name, one.annotation, one.default) for one in signature.parameters.values()
    }


def read_parameters(name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Values for a graph's parameters; raises `InputError` where one is unknown, missing or wrong."""
    known = parameters_of(name)
    for word in given:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise InputError(
                f"{name} has no parameter {word!r}",
                remedy=remedy,
                metadata={"pipeline": name, "parameter": word},
            )
    for word, one in known.items():
        if one.default is REQUIRED and word not in given:
            raise InputError(
                f"{name} needs the parameter {word!r}",
                remedy=f"add --param {word}=…",
                metadata={"pipeline": name, "parameter": word},
            )
    return {word: known[word].read(text) for word, text in given.items()}


def build(name: str, profile: RuntimeProfile = CLUSTER) -> Any:
    """A graph as Kubeflow has it.

    Args:
        name: A name of `GRAPHS`.
        profile: What its steps ask Kubernetes for.

    Raises:
        InputError: There is no such graph.
    """
    function = _function(name)
    with using(profile):
        return dsl.pipeline(name=name.replace("_", "-"), description=GRAPHS[name])(function)


def compiled(name: str, profile: RuntimeProfile = CLUSTER) -> str:
    """A graph as YAML: what it does, and what Kubernetes is told about its steps."""
    return _written(lambda path: Compiler().compile(build(name, profile), str(path)))


def manifest(name: str, namespace: str = "kubeflow", profile: RuntimeProfile = CLUSTER) -> str:
    """A graph as the Kubernetes resources `Pipeline` and `PipelineVersion`, to be applied by GitOps."""
    called = name.replace("_", "-")
    options = KubernetesManifestOptions(
        pipeline_name=called,
        pipeline_display_name=GRAPHS[name],
        pipeline_version_name=f"{called}-v1",
        namespace=namespace,
        include_pipeline_manifest=True,
    )
    return _written(
        lambda path: Compiler().compile(
            build(name, profile),
            str(path),
            kubernetes_manifest_format=True,
            kubernetes_manifest_options=options,
        )
    )


def _function(name: str) -> Callable[..., Any]:
    if name not in GRAPHS:
        near = difflib.get_close_matches(name, GRAPHS, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(GRAPHS)}"
        raise InputError(f"no pipeline called {name!r}", remedy=remedy, metadata={"pipeline": name})
    return getattr(import_module(f"vultus_pipelines.graphs.{name}"), name)


def _written(write: Callable[[Path], None]) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pipeline.yaml"
        write(path)
        return path.read_text(encoding="utf-8")


def _number(kind: type, text: str) -> Any:
    value = json.loads(text) if re.fullmatch(r"-?[0-9.e+-]+", text) else None
    if type(value) is int and kind is float:
        return float(value)
    if type(value) is not kind:
        raise ValueError(text)
    return value
