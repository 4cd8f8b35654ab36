"""Says who can be evaluated."""

from vultus_pipelines.component import component


@component
def choose_contestants(methods: str) -> list[str]:
    """List controls, methods that work here and champions of the registry; never answered from a cache.

    Args:
        methods: Names between commas; "" for all.

    Returns:
        Names that `evaluate` knows.
    """
    from vultus_pipelines.diary import step
    from vultus_pipelines.judging import all_contestants

    with step("choose_contestants") as facts:
        names = [name.strip() for name in methods.split(",") if name.strip()] or all_contestants()
        facts["contestants"] = names
        return names
