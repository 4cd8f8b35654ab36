"""`vultus pipeline`: list, compile and run pipelines, here or on Kubeflow."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vultus.errors import InputError
from vultus_cli.inputs import FILE, make_folder
from vultus_cli.output import answer, say

if TYPE_CHECKING:
    from vultus_pipelines.local_run import LocalRun
    from vultus_pipelines.runtime import RuntimeProfile

COMPILED = Path("pipelines/compiled")


@click.group("pipeline")
def command() -> None:
    """List, compile and run pipelines, on this machine or on Kubeflow."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_command(as_json: bool) -> None:
    """Say which pipelines there are, and what they can be told."""
    from vultus_pipelines.catalogue import GRAPHS, REQUIRED, parameters_of  # noqa: PLC0415 - kfp is heavy

    if as_json:
        described = {
            name: {
                "summary": summary,
                "parameters": {
                    one.name: {"kind": one.kind.__name__, "required": one.default is REQUIRED}
                    | ({} if one.default is REQUIRED else {"default": one.default})
                    for one in parameters_of(name).values()
                },
            }
            for name, summary in GRAPHS.items()
        }
        answer({"pipelines": described}, as_json=True)
        return
    for name, summary in GRAPHS.items():
        print(f"{name}: {summary}")
        for one in parameters_of(name).values():
            print(f"    {one.name}" + ("  (needed)" if one.default is REQUIRED else f" = {one.default!r}"))


@command.command("compile")
@click.argument("names", nargs=-1)
@click.option("--out", type=FILE, default=COMPILED, show_default=True, help="Folder of the YAML files.")
@click.option("--check", is_flag=True, help="Write nothing; fail where a file is not what it should be.")
@click.option("--write", is_flag=True, help="Write the files; done anyway without --check.")
@click.option("--profile", "profile_path", type=FILE, help="Runtime profile, a JSON file.")
@click.option("--namespace", default="kubeflow", show_default=True, help="Of the Kubernetes resources.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compile_command(
    names: tuple[str, ...],
    out: Path,
    check: bool,
    write: bool,
    profile_path: Path | None,
    namespace: str,
    as_json: bool,
) -> None:
    """Compile pipelines, all or those named, to YAML for Kubeflow and to Kubernetes resources for GitOps."""
    from vultus_pipelines.compiling import compile_all  # noqa: PLC0415 - kfp is heavy

    if check and write:
        raise InputError("--check and --write exclude each other", remedy="give one of them")
    texts = compile_all(names, _profile(profile_path), namespace)
    stale = [name for name, text in texts.items() if not _same(out / name, text)]
    if check and stale:
        raise InputError(
            f"{len(stale)} of {len(texts)} files in {out} are not up to date: {', '.join(stale)}",
            remedy="vultus pipeline compile --write",
            metadata={"stale": ", ".join(stale)},
        )
    if not check:
        _write(out, {name: texts[name] for name in stale})
    answer(
        {"out": str(out), "files": sorted(texts), "written": [] if check else sorted(stale)}, as_json=as_json
    )


@command.command("run")
@click.argument("name")
@click.option("--local", is_flag=True, help="On this machine.")
@click.option("--endpoint", metavar="URL", envvar="KF_PIPELINES_ENDPOINT", help="On this Kubeflow Pipelines.")
@click.option("--namespace", default="", help="Whose run it is, where several share an installation.")
@click.option("--token-file", type=FILE, help="File with a bearer token.")
@click.option("--experiment", default="vultus", show_default=True, help="Experiment on Kubeflow.")
@click.option("--profile", "profile_path", type=FILE, help="Runtime profile, a JSON file.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the pipeline.")
@click.option("--no-cache", is_flag=True, help="Repeat steps that earlier runs finished.")
@click.option("--wait", "wait_s", type=click.IntRange(0), default=0, help="Seconds to wait for Kubeflow.")
@click.option("--out", type=FILE, help="Folder for the report of a local run.  [default: out/pipeline/NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run_command(
    name: str,
    local: bool,
    endpoint: str | None,
    namespace: str,
    token_file: Path | None,
    experiment: str,
    profile_path: Path | None,
    given: tuple[str, ...],
    no_cache: bool,
    wait_s: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run the pipeline NAME, here for real (--local) or on Kubeflow (--endpoint).

    A run that failed or was killed goes on when the same command is given again: finished steps are kept.
    """
    from vultus_pipelines.catalogue import read_parameters  # noqa: PLC0415 - kfp is heavy

    parameters = read_parameters(name, _pairs(given))
    if local:
        values = _here(name, parameters, out or Path("out/pipeline") / name, cached=not no_cache)
    elif endpoint:
        from vultus_pipelines.remote_run import Endpoint, run_there  # noqa: PLC0415 - heavy

        started = run_there(
            name,
            parameters,
            Endpoint.of(endpoint, namespace, token_file),
            profile=_profile(profile_path),
            experiment=experiment,
            cached=not no_cache,
            wait_s=wait_s,
            told=lambda url: say(f"started: {url}"),
        )
        values = {"pipeline": name, "run": started.run, "state": started.state, "url": started.url}
    else:
        raise InputError(
            f"nobody said where to run {name}",
            remedy="give --local, or --endpoint URL (or KF_PIPELINES_ENDPOINT)",
            metadata={"pipeline": name},
        )
    answer(values, as_json=as_json)


def _here(name: str, parameters: dict[str, Any], out: Path, *, cached: bool) -> dict[str, Any]:
    from vultus_pipelines.local_run import run_here  # noqa: PLC0415 - heavy

    make_folder(out)
    run = run_here(name, parameters, sys.stderr, cached=cached)
    facts = {key: value for note in run.notes for key, value in note.facts.items() if key in _TOLD}
    return {
        "pipeline": name,
        "run": run.run,
        "state": "SUCCEEDED",
        "elapsed_s": round(run.elapsed_s, 1),
        "steps": {note.step: note.seconds for note in run.notes},
        **facts,
        "report": _report(run, out),
    }


_TOLD = ("verdict", "reason", "version", "bento", "bento_tag", "mlflow_run", "model", "tracks", "contestants")
"""Facts of steps that the answer repeats."""


def _report(run: "LocalRun", out: Path) -> str:
    """Copy the page of the run's last step to where it is looked for."""
    pages = [
        page
        for note in run.notes
        for page in (note.facts.get("conclusion"), note.facts.get("report"))
        if page
    ]
    page = next((note.facts["report"] for note in run.notes if "report" in note.facts), pages[-1])
    target = out / "report.html"
    shutil.copyfile(page, target)
    return str(target)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [word.partition("=") for word in given]
    for name, equals, _ in pairs:
        if not equals:
            raise InputError(f"--param {name} has no value", remedy="write --param NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _profile(path: Path | None) -> "RuntimeProfile":
    from vultus_pipelines.runtime import CLUSTER, read_profile  # noqa: PLC0415 - kfp is heavy

    return read_profile(path) if path else CLUSTER


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _write(folder: Path, texts: dict[str, str]) -> None:
    from vultus.data.media.atomic import replacing  # noqa: PLC0415 - not needed to check

    make_folder(folder)
    for name, text in texts.items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
