"""Identity: eigenmodes of a Gaussian process over the head [luthi2018gpmm].

The kernel sums smooth deformations at several scales, finer near eyes, nose and mouth, with a few measures of
anthropometry. What landmarks do not see (skull, ears, neck) follows through the kernel's long scales.
"""

import numpy as np
from jaxtyping import Float, Int

from vultus.face.builtin.meshing import Vertices, smoothstep

COUNT = 80

# Length of the kernel (mm), standard deviation (mm), and how much of it the skull and neck keep.
_SCALES = ((130.0, 2.6, 1.0), (65.0, 2.2, 0.8), (32.0, 1.5, 0.25), (17.0, 0.9, 0.0))
_FINE_CENTRES = np.array(
    [(-31, 36, -5), (31, 36, -5), (0, 0, 25), (-18, -38, 5), (18, -38, 5), (0, -40, 14)], float
)
_ASYMMETRY = 0.35
_CANDIDATES = 130
_NOISE_MM = 2.5
"""Noise of the landmarks that skull, ears and neck are inferred from."""
_FLOOR_MM = 0.12
"""No mode is smaller, so that coefficients of measured faces stay of order one."""

_EQUAL = 1 - 1e-4
"""From which share of the largest entry on an entry counts as large."""
_LAST_OF_EQUALS = (0, 7, 10, 27, 34, 36, 44, 52, 55, 65, 75)
"""Modes whose last largest entry is the positive one. Either would do; the world's people hang on it."""

_UNLIKE_EXPRESSIONS = 0.6
"""Part of what expressions can do as well that identity leaves to them."""


def identity_columns(
    guides: Vertices,
    landmarks: int,
    expression: Float[np.ndarray, "v 3 e"],
) -> Float[np.ndarray, "v 3 i"]:
    """Displacements at one standard deviation, mm; largest first.

    Args:
        guides: Where each vertex reads the deformation, head frame, mm.
        landmarks: The first so many vertices are seen by fits; the process is sampled there.
        expression: Expression columns.
    """
    right = np.flatnonzero(guides[:landmarks, 0] < 1e-6)
    modes = [_modes(guides, right, 1.0), _ASYMMETRY * _modes(guides, right, -1.0)]
    stacked = np.concatenate(modes, -1)
    strongest = np.argsort(-(stacked[:landmarks] ** 2).sum((0, 1)), kind="stable")[:_CANDIDATES]
    stacked = _without_similarity(stacked[..., strongest], guides, landmarks)
    stacked = _unlike(stacked, expression, landmarks)
    turned = _principal(stacked, landmarks)
    return _fix_signs(turned)


def _kernel(a: Float[np.ndarray, "n 3"], b: Float[np.ndarray, "m 3"]) -> Float[np.ndarray, "n m"]:
    square = ((a[:, None] - b[None]) ** 2).sum(-1)
    total = np.zeros(square.shape)
    for number, (length, deviation, kept) in enumerate(_SCALES):
        gain_a, gain_b = (_gain(points, number, kept) for points in (a, b))
        total += deviation**2 * gain_a[:, None] * gain_b[None] * np.exp(-square / (2 * length**2))
    return total


def _gain(points: Float[np.ndarray, "n 3"], number: int, kept: float) -> Float[np.ndarray, " n"]:
    """How strongly a scale acts at a place."""
    face = (
        smoothstep(points[:, 2], -85, -45)
        * smoothstep(points[:, 1], -120, -80)
        * (1 - smoothstep(points[:, 1], 90, 130))
    )
    gain = kept + (1 - kept) * face
    if number == len(_SCALES) - 1:
        square = ((points[:, None] - _FINE_CENTRES[None]) ** 2).sum(-1).min(-1)
        gain = gain * (0.35 + 0.65 * np.exp(-square / (2 * 22.0**2)))
    return gain


def _beyond(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
    """0 on the face, 1 on skull, ears and neck."""
    face = smoothstep(points[:, 2], -100, -60) * smoothstep(points[:, 1], -112, -82)
    return 1 - face * (1 - smoothstep(points[:, 1], 88, 118))


def _measures(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3 k"]:
    """Symmetric anthropometric deformations, one standard deviation each, mm."""
    x, y, z = points.T
    zero = np.zeros_like(x)
    low = smoothstep(-y, 0, 60) * smoothstep(z, -95, -40)
    high = smoothstep(y, 45, 110)
    nose = np.exp(-((points - [0, 0, 22]) ** 2).sum(-1) / (2 * 18.0**2))
    fields = [
        (0.035 * x, zero, zero),
        (zero, 0.035 * (y - 20), zero),
        (zero, zero, 0.035 * (z + 40)),
        (0.06 * x * low, zero, zero),
        (zero, -3.0 * low, zero),
        (zero, zero, 3.0 * low),
        (zero, 4.0 * high, -3.0 * high),
        (0.08 * x * nose, 0.08 * y * nose, 2.5 * nose),
        (0.05 * x * high, zero, zero),
    ]
    return np.stack([np.stack(f, -1) for f in fields], -1)


def _modes(guides: Vertices, right: Int[np.ndarray, " n"], parity: float) -> Float[np.ndarray, "v 3 k"]:
    """Modes of the symmetric (+1) or antisymmetric (-1) deformations, scaled to one standard deviation."""
    points = guides[right]
    reflect = np.array([-1.0, 1.0, 1.0])
    size = len(right)

    def covariance(a: Float[np.ndarray, "a 3"]) -> Float[np.ndarray, "a 3 n 3"]:
        block = np.zeros((len(a), 3, size, 3))
        direct, crossed = _kernel(a, points), _kernel(a, points * reflect)
        for axis in range(3):
            block[:, axis, :, axis] = (direct + parity * reflect[axis] * crossed) / 2
        if parity > 0:
            block += np.einsum("axk,nyk->axny", _measures(a), _measures(points))
        return block

    matrix = covariance(points).reshape(3 * size, 3 * size)
    values, vectors = np.linalg.eigh(matrix)
    keep = np.argsort(-values)[:_CANDIDATES]
    weights = vectors[:, keep] / np.sqrt(values[keep])  # K_vn u / sqrt(λ): Nyström
    modes = np.concatenate(
        [covariance(chunk).reshape(3 * len(chunk), -1) @ weights for chunk in np.array_split(guides, 8)]
    ).reshape(len(guides), 3, -1)
    # Posterior mean given noisy landmarks: what the face hardly shows says little about the skull.
    trust = values[keep] / (values[keep] + _NOISE_MM**2)
    return modes * (1 - _beyond(guides)[:, None, None] * (1 - trust))


def _without_similarity(
    modes: Float[np.ndarray, "v 3 k"], guides: Vertices, landmarks: int
) -> Float[np.ndarray, "v 3 k"]:
    """Take the landmarks' shift, turn and scaling, which a fit cannot see, out of the whole head."""
    basis = [np.broadcast_to(axis, guides.shape) for axis in np.eye(3)]
    centred = guides - guides[:landmarks].mean(0)
    basis += [np.cross(axis, centred) for axis in np.eye(3)] + [centred]
    stacked = np.stack(basis, -1)  # (v, 3, 7)
    seen = stacked[:landmarks].reshape(-1, 7)
    share = np.linalg.lstsq(seen, modes[:landmarks].reshape(len(seen), -1), rcond=None)[0]
    return modes - np.einsum("vxs,sk->vxk", stacked, share)


def _unlike(
    modes: Float[np.ndarray, "v 3 k"], expression: Float[np.ndarray, "v 3 e"], landmarks: int
) -> Float[np.ndarray, "v 3 k"]:
    """Lessen what expressions explain, so that the two bases are far from collinear."""
    seen = expression[:landmarks].reshape(3 * landmarks, -1)
    share = np.linalg.pinv(seen, rcond=0.02) @ modes[:landmarks].reshape(3 * landmarks, -1)
    return modes - _UNLIKE_EXPRESSIONS * np.einsum("vxe,ek->vxk", expression, share)


def _principal(modes: Float[np.ndarray, "v 3 k"], landmarks: int) -> Float[np.ndarray, "v 3 i"]:
    """Turn the modes among themselves so that they are orthogonal at the landmarks, strongest first."""
    gram = np.einsum("vxk,vxl->kl", modes[:landmarks], modes[:landmarks])
    values, vectors = np.linalg.eigh(gram)
    order = np.argsort(-values)[:COUNT]
    size = np.sqrt(values[order] / landmarks)  # mm, RMS over the landmarks
    return (modes @ vectors[:, order]) * (np.hypot(size, _FLOOR_MM) / size)


def _fix_signs(modes: Float[np.ndarray, "v 3 k"]) -> Float[np.ndarray, "v 3 k"]:
    """Make each mode's largest entry positive, since eigenvectors come with either sign.

    Of entries that are equally large, as left and right are, rounding must not choose.
    """
    flat = modes.reshape(-1, modes.shape[-1])
    size = np.abs(flat)
    equals = size >= _EQUAL * size.max(0)
    first, last = equals.argmax(0), len(flat) - 1 - equals[::-1].argmax(0)
    column = np.arange(flat.shape[-1])
    largest = flat[np.where(np.isin(column, _LAST_OF_EQUALS), last, first), column]
    return modes * np.where(largest < 0, -1.0, 1.0)
