"""Fits the clips of one shard."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def fit_tracks(data: str, shard: str, morphable: str, code: str, tracks: dsl.Output[dsl.Dataset]) -> int:
    """Send every clip of a shard to the fitting room, and keep the tracks that come back.

    Args:
        data: Folder of the data set.
        shard: Which part; see `choose_shards`.
        morphable: Morphable model of the tracks.
        code: Version of the code, so that newer code fits anew.
        tracks: One file for each clip, and an index.

    Returns:
        Clips that have a track now.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.fitting_steps import fit_shard

    with step("fit_tracks") as facts:
        facts.update(of=shard, code=code)
        facts.update(fit_shard(data, shard, morphable, tracks.path))
        tracks.metadata.update(clips=facts["clips"], frames=facts["frames"])
        return facts["clips"]
