"""The one form in which data sets are stored and read, whether their people are synthetic or real."""

from vultus.data.sets.cards import SPLITS, ClipCard, SetCard
from vultus.data.sets.clips import StoredClip
from vultus.data.sets.data_cards import DataCard, data_card
from vultus.data.sets.faults import ClipDamagedError, Fault
from vultus.data.sets.folders import ClipSet
from vultus.data.sets.layers import LayerWriter
from vultus.data.sets.shard_sets import ShardSet
from vultus.data.sets.stored import StoredSet, open_set
from vultus.data.sets.writer import ClipWriter

__all__ = [
    "SPLITS",
    "ClipCard",
    "ClipDamagedError",
    "ClipSet",
    "ClipWriter",
    "DataCard",
    "Fault",
    "LayerWriter",
    "SetCard",
    "ShardSet",
    "StoredClip",
    "StoredSet",
    "data_card",
    "open_set",
]
