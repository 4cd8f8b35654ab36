"""`vultus data shard`: pack a set into WebDataset shards."""

import time
from pathlib import Path

import click

from vultus.data.sets import ClipSet
from vultus.data.sets.shards import MAX_MB, MEGABYTE, plan_shards, write_index, write_shard
from vultus.errors import InputError
from vultus_cli.inputs import SET, digest
from vultus_cli.output import answer, progress, say
from vultus_kit.store import Artifact, ArtifactDamagedError, ArtifactMissingError, FolderStore


@click.command("shard")
@click.argument("folder", type=SET, metavar="DIR")
@click.option(
    "--out", type=SET, required=True, help="Folder of the index, and of the shards without --store."
)
@click.option("--store", "root", type=SET, help="Artifact store that the shards and the index go to.")
@click.option(
    "--max-mb",
    type=click.FloatRange(min=0, min_open=True),
    default=MAX_MB,
    show_default=True,
    help="Most megabytes of clips in a shard.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, out: Path, root: Path | None, max_mb: float, as_json: bool) -> None:
    """Pack the set in DIR into tar files that every trainer reads, split by split.

    Shards that an earlier run finished are kept, so a run that was ended goes on. Clips that are damaged are
    left out and named.
    """
    started = time.monotonic()
    clip_set = ClipSet.open(folder)
    _make(out, folder)
    shelf = StoreShelf(root) if root is not None else None
    plans = list(plan_shards(clip_set, max_mb))
    if not plans:
        raise InputError(f"the set in {str(folder)!r} has no clips", remedy="make some first")
    shards = [
        write_shard(clip_set, plan, out, shelf) for plan in progress(plans, "packing", len(plans), "shard")
    ]
    index = write_index(clip_set, shards, out)
    left_out = {clip_id: why for shard in shards for clip_id, why in shard.left_out.items()}
    left_out |= {fault.where: str(fault) for fault in clip_set.faults}
    for clip_id, why in left_out.items():
        say(f"left out: {clip_id}: {why}")
    values = {
        "index": shelf.put(index) if shelf is not None else str(index),
        "digest": digest(index),
        "shards": len(shards),
        "clips": sum(len(shard.clips) for shard in shards),
        "megabytes": sum(shard.size_bytes for shard in shards) / MEGABYTE,
        "left_out": left_out,
        "elapsed_s": time.monotonic() - started,
    }
    answer(values if as_json else {**values, "left_out": len(left_out)}, as_json=as_json)


class StoreShelf:
    """Shards in an artifact store.

    Args:
        root: The store's folder.
    """

    def __init__(self, root: Path) -> None:
        self._store = FolderStore(root)

    def put(self, path: Path) -> str:
        """Keep a copy of a file; its URI."""
        try:
            return self._store.put_file(path).uri
        except OSError as error:
            raise InputError(
                f"cannot keep {path.name} in store {str(self._store.root)!r}: {error.strerror}",
                remedy="free space or choose another folder; finished shards stay",
            ) from error

    def holds(self, uri: str, digest: str) -> bool:
        """Whether the store has the file with this digest."""
        try:
            self._store.verify(Artifact(uri, digest))
        except (ArtifactMissingError, ArtifactDamagedError, InputError):
            return False
        return True


def _make(out: Path, folder: Path) -> None:
    """Make the folder `out`, which must not be the set's own."""
    if out.resolve() == folder.resolve():
        raise InputError(f"{str(out)!r} is the set itself", remedy="give another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make {str(out)!r}: {error.strerror}", remedy="choose another folder for --out"
        ) from error
