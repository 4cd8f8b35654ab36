"""Putting a published state into a network of ours."""

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

from vultus.errors import InputError

N = TypeVar("N", bound=nn.Module)


def filled(network: N, state: Mapping[str, Tensor], published: str) -> N:
    """The network with every one of its entries taken from `state`, in `eval` mode.

    Args:
        network: What is filled, in place.
        state: Exactly the network's entries, under our names.
        published: What the state is called in messages.

    Raises:
        InputError: Entries are missing, left over or of another shape.
    """
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        faults = [line.strip() for line in str(error).splitlines()[1:]]
        raise InputError(
            f"the state is no {published}: {' '.join(faults)[:400]}",
            remedy="give the whole published state dict of that variant",
            metadata={"format": published},
        ) from error
    return network.eval()
