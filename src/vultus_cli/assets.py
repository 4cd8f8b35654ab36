"""`vultus assets`: which model files exist, where they come from, and whether those here are right."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click

from vultus.assets.store import Finding, Store, open_store
from vultus.errors import AssetMissingError
from vultus_cli.inputs import FILE
from vultus_cli.output import answer
from vultus_cli.settings import CliSettings

FETCH_TIMEOUT_S = 60.0
LICENCES = click.Choice(("research", "commercial"))


@click.group("assets")
@click.option("--folder", type=FILE, help="Where model files lie.  [default: ~/.cache/vultus/assets]")
@click.pass_context
def command(context: click.Context, folder: Path | None) -> None:
    """Model files that other people publish: none is needed for the embedded default."""
    context.obj = open_store((folder or CliSettings.load().assets_folder).expanduser())


@command.command("list")
@click.option("--licence", type=LICENCES, default="research", show_default=True, help="What you may use.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def list_assets(store: Store, licence: str, as_json: bool) -> None:
    """Name every model file that may be used under LICENCE, and whether it is here."""
    _show(store.list(licence), as_json=as_json)  # type: ignore[arg-type]


@command.command("pull")
@click.argument("key", metavar="KIND/NAME")
@click.pass_obj
def pull(store: Store, key: str) -> None:
    """Fetch a model file, or say where and under which licence a person can get it."""
    print(store.pull(key, _fetch))


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(store: Store, as_json: bool) -> int:
    """Compare the model files that are here with what was published."""
    findings = [store.verify(key) for key in store.assets]
    _show(iter(findings), as_json=as_json)
    return 2 if any(finding.state == "different" for finding in findings) else 0


def _show(findings: Iterator[Finding], *, as_json: bool) -> None:
    rows = {
        finding.asset.key: {
            "state": finding.state,
            "licence": finding.asset.licence,
            "commercial": finding.asset.commercial,
            "source": finding.asset.source,
            "path": str(finding.path) if finding.path else None,
        }
        for finding in findings
    }
    if as_json:
        answer({"assets": rows}, as_json=True)
    else:
        for key, row in rows.items():
            print(f"{key:24}{row['state']:10}{row['licence']}, {row['source']}")


def _fetch(uri: str, target: Path) -> None:
    try:
        # Addresses come from our own table, never from the user.
        with urllib.request.urlopen(uri, timeout=FETCH_TIMEOUT_S) as answered, target.open("wb") as file:  # noqa: S310
            while block := answered.read(1 << 20):
                file.write(block)
    except OSError as error:
        raise AssetMissingError(
            f"cannot fetch {uri}: {error}", remedy="check the network and try again"
        ) from error
