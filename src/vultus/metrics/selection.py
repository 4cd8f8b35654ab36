"""Which metrics are computed, and why the others are not."""

from collections.abc import Callable, Sequence
from typing import Any

from vultus.errors import InputError
from vultus.metrics import METRICS, MetricInfo
from vultus.metrics.distribution import SetMetric
from vultus.metrics.extractors import has_extractor, load_extractor
from vultus.metrics.protocols import PROTOCOLS, Protocol
from vultus.metrics.score import Evidence, Mode
from vultus.metrics.streaming import StreamingMetric

EVERY = "all"
"""Asks for every metric that can be computed."""

ABSENT_REASON = "the weights of {} are not here; see `vultus assets list`"
CROSS_REASON = "compares with another person's picture; it has a meaning in self-reenactment only"
GIVEN_REASON = "it compares what two clips alone do not show, features for instance"
SELF_REASON = "tells the driver from the source; it has a meaning in cross-reenactment only"
SOUND_REASON = "needs sound, and the generated clip has none"
SOURCE_REASON = "needs the source picture: the driver is another person"

_IDENTITY: tuple[Evidence, ...] = ("identity", "leak", "arcface")
_REMEDIES = {
    CROSS_REASON: "leave it out, or evaluate in self mode",
    GIVEN_REASON: "leave it out, or use it from Python",
    SELF_REASON: "leave it out, or evaluate in cross mode",
    SOUND_REASON: "leave it out, or give a file with the sound",
    SOURCE_REASON: "leave it out, or give the source picture",
}
_TOGETHER = {"sync": ("sync_offset", "lse-d", "lse-c", "av_drift")}
"""Families that have a name in common; "sync[world]" means the variant of each."""


def choose_metrics(
    names: Sequence[str] | None,
    mode: Mode,
    has_source: bool,
    present: Callable[[str], bool] = has_extractor,
    *,
    has_sound: bool = False,
) -> tuple[list[str], dict[str, str]]:
    """Resolve what was asked for.

    Args:
        names: Metric names, or families ("psnr" for every variant of it); None for the default ones. "all" or
            the name of a paper's protocol, alone, means as many of its metrics as can be computed.
        mode: Self- or cross-reenactment.
        has_source: Whether there is a source picture to compare identity with.
        present: Whether the weights of an extractor are there.
        has_sound: Whether there is sound to compare lips with.

    Returns:
        Names to compute, and the reason by name of metrics that nobody asked for and that are left out.

    Raises:
        InputError: A metric that was asked for is unknown or has no meaning here.
    """
    if (every := _whole(names, mode)) is not None:
        absent = {name: _objection(METRICS[name].info, mode, has_source, has_sound) for name in every}
        reasons = {name: reason or _absence(METRICS[name].info, present) for name, reason in absent.items()}
        return [name for name in every if not reasons[name]], {k: why for k, why in reasons.items() if why}
    wanted = (
        default_metrics(present)
        if names is None
        else [full for name in names for full in _variants(name, present)]
    )
    reasons = {
        name: _objection(METRICS[name].info, mode, has_source, has_sound) for name in dict.fromkeys(wanted)
    }
    refused = {name: reason for name, reason in reasons.items() if reason}
    if names is not None and refused:
        name, reason = next(iter(refused.items()))
        raise InputError(
            f"{name} cannot be computed: {reason}",
            remedy=_REMEDIES[reason],
            metadata={"metric": name, "mode": mode},
        )
    told = {name: reason for name, reason in refused.items() if reason != SELF_REASON}
    return [name for name, reason in reasons.items() if not reason], told


def protocol_of(names: Sequence[str] | None) -> Protocol | None:
    """The paper's protocol that was asked for; None where single metrics were."""
    return PROTOCOLS[names[0]] if names and len(names) == 1 and names[0] in PROTOCOLS else None


def aligns(names: Sequence[str] | None) -> bool:
    """Whether a paper's protocol was asked for that brings generated frames onto the reference's first."""
    protocol = protocol_of(names)
    return protocol is not None and protocol.aligned


AnyMetric = StreamingMetric | SetMetric
"""What two clips can be scored with."""


def make_metrics(
    names: Sequence[str], extractors: Callable[[str], Any] = load_extractor
) -> dict[str, AnyMetric]:
    """One metric for each name.

    Raises:
        AssetMissingError: A metric looks through weights that are not there.
        InputError: A metric is neither one of frames nor one of sets.
    """
    made: dict[str, AnyMetric] = {}
    for name in names:
        kind: Any = METRICS[name]
        # A metric of pixels holds its network itself; other networks are shared by metrics.
        looks = kind.info.extractor and kind.info.needs == "pixels"
        metric = kind(extractors(kind.info.extractor)) if looks else kind()
        if not isinstance(metric, AnyMetric):
            raise InputError(f"{name} is no metric of two clips", remedy=_REMEDIES[GIVEN_REASON])
        made[name] = metric
    return made


def default_metrics(present: Callable[[str], bool] = has_extractor) -> list[str]:
    """Names of the usual metrics, and of those whose extractor has its weights."""
    infos = [METRICS[name].info for name in METRICS]
    return [info.name for info in infos if info.by_default or (info.extractor and present(info.extractor))]


def _variants(name: str, present: Callable[[str], bool]) -> list[str]:
    """Metrics that a name stands for: of its family, or of the families that it puts together."""
    together, bracket, variant = name.partition("[")
    families = _TOGETHER.get(together, ())
    return [full for family in families for full in _usual(family + bracket + variant, present)] or _usual(
        name, present
    )


def _usual(name: str, present: Callable[[str], bool]) -> list[str]:
    """The metric called `name`, or the usual variants of the family called so.

    Those are the ones that are computed by default; where there are none, those that need only two clips,
    and of these the ones whose extractor has its weights, if any has.
    """
    infos = [METRICS[full].info for full in METRICS if full.split("[")[0] == name]
    usual = [info for info in infos if info.by_default] or [info for info in infos if info.needs != "given"]
    there = [info for info in usual if not info.extractor or present(info.extractor)]
    return [info.name for info in there or usual or infos] or [METRICS[name].info.name]


def _whole(names: Sequence[str] | None, mode: Mode) -> Sequence[str] | None:
    """The metrics of a name that means many; None where single ones were asked for."""
    if names and EVERY in names and len(names) == 1:
        return tuple(METRICS)
    protocol = protocol_of(names)
    if protocol is None:
        return None
    if protocol.mode != mode:
        raise InputError(
            f"{protocol.name} is an evaluation of {protocol.mode}-reenactment, this one is of {mode}",
            remedy=f"evaluate in {protocol.mode} mode",
            metadata={"protocol": protocol.name, "mode": mode},
        )
    return protocol.metrics


def _absence(info: MetricInfo, present: Callable[[str], bool]) -> str:
    return "" if not info.extractor or present(info.extractor) else ABSENT_REASON.format(info.extractor)


def _objection(info: MetricInfo, mode: Mode, has_source: bool, has_sound: bool) -> str:
    if info.needs == "given":
        return GIVEN_REASON
    if info.needs == "voice" and not has_sound:
        return SOUND_REASON
    if mode not in info.modes:
        return SELF_REASON if mode == "self" else CROSS_REASON
    if info.needs in _IDENTITY and mode == "cross" and not has_source:
        return SOURCE_REASON
    return ""
