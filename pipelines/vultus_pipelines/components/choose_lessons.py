"""Says what is trained."""

from vultus_pipelines.component import component


@component
def choose_lessons(method: str, preset: str, seeds: list) -> list[str]:
    """Say what each of several trainings changes of its preset, and refuse what cannot be before work begins.

    Args:
        method: Which method.
        preset: Its preset.
        seeds: Numbers, as text; one for each training.

    Returns:
        Changes as `train` takes them, for instance "plan.seed=1".
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.learning import choose_lessons as chosen

    with step("choose_lessons") as facts:
        facts["lessons"] = chosen(method, preset, seeds)
        return facts["lessons"]
