"""The papers' evaluations by name: who drives whom, how frames are cut, what is measured."""

from vultus.metrics.protocols.record import PROTOCOLS, Column, Protocol, enter

__all__ = ["PROTOCOLS", "Column", "Protocol", "enter"]
