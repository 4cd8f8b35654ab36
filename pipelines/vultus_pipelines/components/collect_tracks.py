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
    from vultus_pipelines.diary import step
    from vultus_pipelines.fitting_steps import collect

    with step("collect_tracks") as facts:
        facts.update(collect([shard.path for shard in shards], tracks.path), tracks=tracks.path)
        for name in ("clips", "frames"):
            metrics.log_metric(name, facts[name])
        metrics.log_metric("failures", len(facts["failures"]))
        return facts["clips"]
