"""The mouth that goes with the phones: visemes with co-articulation.

Each sound pulls every shape towards its target with a dominance that falls off before and after it; a shape
is the mean of the targets weighted by dominance [cohen1993coarticulation]. Lips that must meet or tuck do so
whatever the neighbours ask for.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float, Float32

from vultus.world.speech.loudness import release_s
from vultus.world.speech.phonemes import phoneme
from vultus.world.speech.utterance import PAUSE, Phone
from vultus.world.speech.visemes import JAW, LIPS, ROUND, SHAPES, SIDED, Viseme, viseme

_REACH_S = 0.30
_AHEAD_S = {name: 0.085 if name in ROUND else 0.038 for name in SHAPES}
_BEHIND_S = {name: 0.060 if name in ROUND else 0.038 for name in SHAPES}
_SMOOTH_S = 0.012
_LIP_RAMP_S = 0.055
_FAINT = 1e-4
_PRESSED, _TUCKED_ROLL, _TUCKED_RAISED, _TUCKED_JAW = 0.12, 0.45, 0.30, 0.06


def articulate(
    phones: Sequence[Phone],
    times_s: Float[np.ndarray, " t"],
    expression_names: Sequence[str],
    effort: float | Float[np.ndarray, " t"] = 1.0,
) -> Float32[np.ndarray, "t e"]:
    """Expression coefficients of the mouth at given moments.

    Args:
        phones: What is said, in order.
        times_s: Moments, s, ascending.
        expression_names: Names of the columns; other names than mouth shapes stay 0.
        effort: How far the mouth opens, 1 usual (`Voice.articulation` fits), or that at every moment.

    Returns:
        0..1.

    Example:
        >>> open_wide = Phone("ɑ", 0.0, 0.2, stress=1.0)
        >>> mouth = articulate([open_wide], np.array([0.1, 2.0]), ["jawOpen", "browInnerUp"])
        >>> bool(mouth[0, 0] > 0.4), mouth[1].tolist(), float(mouth[0, 1])
        (True, [0.0, 0.0], 0.0)
    """
    moments = np.asarray(times_s, dtype=np.float64)
    shapes = _blended(phones, moments)
    for name in (*JAW, *LIPS):
        shapes[name] = shapes[name] * effort
    closed = _held(phones, moments, "closed")
    tucked = _held(phones, moments, "tucked")
    curves = _with_lips(shapes, closed, np.minimum(tucked, 1 - closed))
    columns = np.zeros((len(moments), len(expression_names)), np.float32)
    for index, name in enumerate(expression_names):
        plain = name.removesuffix("Left").removesuffix("Right")
        if name in curves and name not in SIDED:
            columns[:, index] = curves[name]
        elif plain in SIDED and plain != name:
            columns[:, index] = curves.get(plain, 0.0)
    return np.clip(columns, 0.0, 1.0)


def _blended(phones: Sequence[Phone], moments: np.ndarray) -> dict[str, np.ndarray]:
    """Dominance-weighted means of the targets; at rest far from everything."""
    weights = {name: np.full(len(moments), _FAINT) for name in SHAPES}
    sums = {name: np.zeros(len(moments)) for name in SHAPES}
    for phone in phones:
        first, last = np.searchsorted(moments, (phone.start_s - _REACH_S, phone.end_s + _REACH_S))
        if first == last:
            continue
        near = slice(first, last)
        mouth = viseme(phone.symbol)
        targets = _targets(mouth, phone, moments[near])
        for name in SHAPES:
            pull = mouth.firmness.get(name, mouth.usual) * _falling(phone, name, moments[near])
            weights[name][near] += pull
            sums[name][near] += pull * targets[name]
    return {name: sums[name] / weights[name] for name in SHAPES}


def _targets(mouth: Viseme, phone: Phone, moments: np.ndarray) -> dict[str, float | np.ndarray]:
    """Stressed syllables open further; a diphthong goes from its first shape to its last."""
    size = 0.74 + 0.30 * phone.stress
    targets: dict[str, float | np.ndarray] = {}
    share = np.clip((moments - phone.start_s) / phone.duration_s, 0, 1) if mouth.glide else None
    for name in SHAPES:
        value: float | np.ndarray = mouth.targets.get(name, 0.0)
        if mouth.glide is not None and share is not None:
            value = value + share * share * (3 - 2 * share) * (mouth.glide.get(name, 0.0) - value)
        targets[name] = value * size if name in (*JAW, *LIPS) else value
    return targets


def _falling(phone: Phone, name: str, moments: np.ndarray) -> np.ndarray:
    """1 in the middle of the sound, falling exponentially from there; rounding reaches far ahead."""
    core = 0.25 * phone.duration_s
    ahead = np.maximum(phone.start_s + core - moments, 0)
    behind = np.maximum(moments - phone.end_s + core, 0)
    distance = np.sqrt(ahead**2 + _SMOOTH_S**2) - _SMOOTH_S, np.sqrt(behind**2 + _SMOOTH_S**2) - _SMOOTH_S
    return np.exp(-distance[0] / _AHEAD_S[name] - distance[1] / _BEHIND_S[name])


def _held(phones: Sequence[Phone], moments: np.ndarray, what: str) -> np.ndarray:
    """How far the lips meet ("closed") or tuck ("tucked"): all the way while the sound is held."""
    track = np.zeros(len(moments))
    for phone in phones:
        for start_s, end_s, size, name in _holds(phone):
            if name != what:
                continue
            near = slice(*np.searchsorted(moments, (start_s - _LIP_RAMP_S, end_s + _LIP_RAMP_S)))
            away = np.maximum(np.maximum(start_s - moments[near], moments[near] - end_s), 0) / _LIP_RAMP_S
            track[near] = np.maximum(track[near], size * (0.5 + 0.5 * np.cos(np.pi * np.minimum(away, 1))))
    return track


def _holds(phone: Phone) -> Iterable[tuple[float, float, float, str]]:
    """From when to when a sound holds the lips, how firmly and in which way."""
    if phone.symbol == PAUSE:
        return
    mouth, sound = viseme(phone.symbol), phoneme(phone.symbol)
    if mouth.closed:
        yield phone.start_s, release_s(phone) if sound.kind == "stop" else phone.end_s, mouth.closed, "closed"
    if mouth.tucked:
        start_s = phone.start_s
        if sound.kind == "affricate":
            start_s = release_s(phone)
            yield phone.start_s, start_s, 1.0, "closed"
        yield start_s + 0.01, phone.end_s - 0.01, mouth.tucked, "tucked"


def _with_lips(
    shapes: dict[str, np.ndarray], closed: np.ndarray, tucked: np.ndarray
) -> dict[str, np.ndarray]:
    """Close the lips over the open jaw, or tuck the lower one."""
    free = 1 - closed
    jaw = shapes["jawOpen"] * (1 - 0.25 * closed)
    jaw = jaw + tucked * (np.minimum(jaw, _TUCKED_JAW) - jaw)
    curves = dict(shapes)
    curves["jawOpen"] = jaw
    curves["mouthClose"] = jaw * closed
    curves["mouthPress"] = _PRESSED * closed
    curves["mouthFunnel"] = shapes["mouthFunnel"] * free * (1 - 0.7 * tucked)
    curves["mouthUpperUp"] = shapes["mouthUpperUp"] * free
    curves["mouthLowerDown"] = shapes["mouthLowerDown"] * free * (1 - tucked)
    curves["mouthStretch"] = shapes["mouthStretch"] * (1 - 0.6 * closed)
    curves["tongueOut"] = shapes["tongueOut"] * free * (1 - tucked)
    curves["mouthRollLower"] = _TUCKED_ROLL * tucked
    curves["mouthShrugLower"] = _TUCKED_RAISED * tucked
    return curves
