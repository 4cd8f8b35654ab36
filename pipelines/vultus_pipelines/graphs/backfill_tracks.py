"""Tracks for the clips of a data set that have none."""

from kfp import dsl

from vultus_pipelines.components.choose_shards import choose_shards
from vultus_pipelines.components.collect_tracks import collect_tracks
from vultus_pipelines.components.fingerprint import fingerprint
from vultus_pipelines.components.fit_tracks import fit_tracks
from vultus_pipelines.graphs.reported import reported
from vultus_pipelines.runtime import asked, heavy, light


def backfill_tracks(data: str, morphable: str = "builtin", shards: int = 8, code: str = "") -> None:
    """Send the clips without a track of this morphable model to the fitting room, in parallel.

    Args:
        data: Folder of the data set, on a volume that every step sees.
        morphable: Morphable model of the tracks.
        shards: Most steps that fit at a time.
        code: Version of the code; whoever starts the run gives it.
    """
    with reported("backfill_tracks"):
        content = asked(light(fingerprint(source=data))).output
        parts = light(choose_shards(data=data, content=content, morphable=morphable, most=shards))
        with dsl.ParallelFor(parts.output, name="each shard") as shard:
            part = heavy(fit_tracks(data=data, shard=shard, morphable=morphable, code=code))
        asked(light(collect_tracks(shards=dsl.Collected(part.outputs["tracks"]))))
