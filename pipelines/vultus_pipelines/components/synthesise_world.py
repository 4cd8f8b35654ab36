"""Makes the world that a preset learns from."""

from kfp import dsl

from vultus_pipelines.component import component


@component
def synthesise_world(
    method: str, preset: str, changes: str, code: str, world: dsl.Output[dsl.Dataset]
) -> str:
    """Make people who talk, with every quantity known.

    Args:
        method: Method that will learn from them.
        preset: Its preset, which says how many there are and how large.
        changes: Values of the preset to change, for instance "data.people=30 data.duration_s=5".
        code: Version of the code, so that newer code makes a new set.
        world: Data set in the common form.

    Returns:
        Digest of the set.
    """
    from vultus_pipelines.data_steps import make_world
    from vultus_pipelines.diary import step
    from vultus_pipelines.learning import chosen_preset
    from vultus_pipelines.work import hand_over

    with step("synthesise_world") as facts:
        made = make_world(chosen_preset(method, preset, changes))
        hand_over(made.root, world.path)
        facts.update(made.facts, code=code)
        world.metadata.update(made.facts)
        return made.facts["digest"]
