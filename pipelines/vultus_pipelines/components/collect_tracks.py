"""Puts the tracks of all shards together."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def collect_tracks(
    shards: dsl.Input[list[dsl.Dataset]], tracks: dsl.Output[dsl.Dataset], metrics: dsl.Output[dsl.Metrics]
) -> int:
    """Put the tracks of all shards into one folder with one index.

    Args:
        shards: What `fit_tracks` left.
        tracks: One file for each clip, and an index.
        metrics: How many clips and frames were fitted, and how many clips were not.

    Returns:
        Clips that have a track now.
    """
    from vultus_pipelines.diary import log_metrics, step
    from vultus_pipelines.fitting_steps import collect

    with step("collect_tracks") as facts:
        facts.update(collect([shard.path for shard in shards], tracks.path), tracks=tracks.path)
        counts = {name: facts[name] for name in ("clips", "frames")}
        log_metrics(metrics, counts | {"failures": len(facts["failures"])})
        return facts["clips"]
