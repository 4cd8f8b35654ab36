"""One value of what several processes have seen."""

from vultus.metrics.streaming import Metric, State


def merge_across(metric: Metric) -> None:
    """Add what the metrics of all other processes have seen; afterwards each computes the same value.

    Does nothing outside a process group. Every process of the group has to call it.

    Args:
        metric: This process's part; the others hold metrics of the same kind.
    """
    from torch import distributed  # noqa: PLC0415 - a single process needs no process group

    if not (distributed.is_available() and distributed.is_initialized()):
        return
    own = distributed.get_rank()
    states: list[State] = [{}] * distributed.get_world_size()
    distributed.all_gather_object(states, metric.state())
    for rank, state in enumerate(states):
        if rank != own:
            metric.add_state(state)
