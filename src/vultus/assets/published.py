"""Published formats of models and formulae as callables."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from vultus.errors import InputError
from vultus.face.bounded import BoundedSolver
from vultus.face.camera_adaptation import MODES, adapt_camera
from vultus.face.models import flame
from vultus.face.procrustes import affine, align
from vultus.face.rotations import matrix_from_axis_angle
from vultus.face.skinning import skin
from vultus.face.smoothing import one_euro
from vultus.metrics.landmarks import nme_compute, nme_update
from vultus.metrics.pixels import l1_update, psnr_pooled_compute, squared_error_update
from vultus.registry import Registry

Answer = dict[str, Tensor]
Network = Callable[..., Answer]

PUBLISHED: Registry[Callable[[Mapping[str, Tensor]], Network]] = Registry(
    "published format",
    "vultus.published",
    modules=(
        "vultus.assets.formats.extractors",
        "vultus.assets.formats.formulae",
        "vultus.assets.formats.gdpw",
        "vultus.assets.formats.headgan",
    ),
)
"""Each entry makes a callable of a published state dict; formulae have an empty one."""


def load(kind: str, state: Mapping[str, Tensor]) -> Network:
    """Make the published network or formula `kind` of its state.

    Args:
        kind: A name of `PUBLISHED`.
        state: The published state dict, or the arrays of a published model file; empty for a formula.

    Returns:
        A callable that takes inputs by name and answers outputs by name. An unknown kind, or a state that
        lacks entries, raises `InputError`.
    """
    network = PUBLISHED[kind]
    try:
        return network(state)
    except KeyError as error:
        raise InputError(
            f"the state of {kind!r} lacks {error}", remedy="give the whole published state dict"
        ) from error


@PUBLISHED.register("calc_headgan_fit")
def _headgan_fit(state: Mapping[str, Tensor]) -> Network:
    """HeadGAN's released fitting of one frame: bounded, camera rows normalised one by one."""
    del state
    return headgan_fit


@PUBLISHED.register("calc_headgan_camera")
def _headgan_camera(state: Mapping[str, Tensor]) -> Network:
    del state
    return headgan_camera


@PUBLISHED.register("calc_one_euro")
def _one_euro(state: Mapping[str, Tensor]) -> Network:
    del state
    return gdpw_one_euro


def headgan_fit(mean: Tensor, id_basis: Tensor, exp_basis: Tensor, points: Tensor) -> Answer:
    """Fit one frame as HeadGAN's released code does.

    Args:
        mean: x̄, (l, 3).
        id_basis: U_id, (3 l, i); rows x, y, z of each point in turn.
        exp_basis: U_exp, (3 l, e).
        points: (l, 3), image frame, px.
    """
    mean, id_basis, exp_basis, points = (value.double() for value in (mean, id_basis, exp_basis, points))
    flipped = (points * points.new_tensor([1.0, -1.0, -1.0]))[None]
    similarity = align(mean[None], flipped)
    aligned = similarity.apply(flipped)
    counts = torch.tensor([id_basis.shape[1], exp_basis.shape[1]])
    bound = torch.tensor([0.8, 1.5]).double().repeat_interleave(counts)
    basis = torch.cat([id_basis, exp_basis], dim=1)
    coefficients = BoundedSolver(basis, bound)((aligned - mean).flatten(1))[0]
    scale, rotation, translation = _headgan_camera_parts(affine(mean[None], points[None])[0])
    face = mean + (basis @ coefficients).unflatten(0, (-1, 3))
    return {
        "identity": coefficients[: counts[0]],
        "expression": coefficients[counts[0] :],
        "aligned": aligned[0],
        "procrustes_scale": similarity.scale,
        "scale": scale[None],
        "rotation": rotation,
        "translation": translation / 100,
        "posed": face @ rotation.mT + translation / scale,
    }


def _headgan_camera_parts(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """P (3, 4) to scale, rotation and translation; the rotation's rows need not be quite orthogonal."""
    length = matrix[:2, :3].norm(dim=-1)
    rows = matrix[:2, :3] / length[:, None]
    return length.mean(), torch.stack([*rows, torch.linalg.cross(rows[0], rows[1])]), matrix[:, 3]


def headgan_camera(
    driving_scale: Tensor, driving_translation: Tensor, reference_scale: Tensor, reference_translation: Tensor
) -> Answer:
    """Adapt a driver's camera in the three modes of HeadGAN's released code."""
    driving = (driving_scale.double(), driving_translation.double())
    reference = (reference_scale.double(), reference_translation.double())
    answer: Answer = {}
    for mode in MODES:
        scale, translation = adapt_camera(*driving, *reference, mode)
        answer |= {f"scale_{mode}": scale, f"translation_{mode}": translation}
    return answer


def gdpw_one_euro(values: Tensor) -> Answer:
    """Smooth (t, n) as the demo of GDPW does, and with a speed coefficient."""
    values = values.double()
    return {
        "smoothed": one_euro(values, min_cutoff_hz=0.5),
        "smoothed_beta": one_euro(values, min_cutoff_hz=0.5, beta=0.3),
    }


@PUBLISHED.register("metric_l1_psnr")
def _l1_psnr(state: Mapping[str, Tensor]) -> Network:
    del state
    return headgan_l1_psnr


@PUBLISHED.register("metric_nme")
def _nme(state: Mapping[str, Tensor]) -> Network:
    del state
    return directions_nme


def headgan_l1_psnr(real: Tensor, noise: Tensor) -> Answer:
    """L1 and PSNR of five frames to which growing noise was added.

    Args:
        real: uint8, (5, h, w, 3).
        noise: (5, h, w, 3), [-1, 1); frame k gets 3, 8, 20, 60 or 120 times as much.
    """
    amplitude = noise.new_tensor([3.0, 8.0, 20.0, 60.0, 120.0])[:, None, None, None]
    generated = (real.float() + (noise * amplitude).floor()).clamp(0, 255).to(torch.uint8).numpy()
    absolute, squared = (update(generated, real.numpy()) for update in (l1_update, squared_error_update))
    ones = np.ones(len(squared.values))
    own = psnr_pooled_compute(squared.values, ones)
    pooled = psnr_pooled_compute(squared.values.sum(keepdims=True), ones.sum(keepdims=True))
    return {
        "l1": torch.tensor([absolute.values.mean()]),
        "psnr_pooled": torch.from_numpy(pooled),
        "psnr_per_frame_mean": torch.tensor([own.mean()]),
        "psnr_per_frame": torch.from_numpy(own),
        "l1_per_frame": torch.from_numpy(absolute.values),
    }


def directions_nme(predicted: Tensor, truth: Tensor, box_size: Tensor) -> Answer:
    """Normalised mean error of each frame and of all.

    Args:
        predicted: (t, 68, 2), px.
        truth: (t, 68, 2), px.
        box_size: (t, 2), width and height of the face box, px.
    """
    terms = nme_update(predicted.numpy(), truth.numpy(), box_size.numpy()).values
    mean = nme_compute(terms.sum(keepdims=True), np.array([float(len(terms))]))
    return {"nme_per_frame": torch.from_numpy(terms), "nme": torch.from_numpy(mean)}


@PUBLISHED.register("flame_lbs")
class FlameDecoder:
    """DECA's use of FLAME: 100 shape and 50 expression coefficients, neck and eyes at rest.

    Joints are regressed from the shape with its expression, as DECA's code does; the paper's own
    definition, from the identity alone, is what `MorphableModel.pose` follows.

    Args:
        state: The arrays of `generic_model.pkl` and `landmark_embedding.npy`.
    """

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self._mean = state["v_template"].float()
        self._bases = torch.cat(flame.bases(state, 100, 50), dim=-1)  # (v, 3, 150)
        self._faces = state["f"].long()
        self._skeleton = flame.skeleton(state)
        self._inner = flame.static_landmarks(state, "static")
        self._all = flame.static_landmarks(state, "full")
        self._outline = flame.dynamic_contour(state)

    def __call__(
        self, shape: Tensor, expression: Tensor, pose: Tensor, scale: Tensor, translation: Tensor
    ) -> Answer:
        """Vertices, landmarks and their projection, y and z negated.

        Args:
            shape: (b, 100).
            expression: (b, 50).
            pose: (b, 6), axis-angle of the root and of the jaw, rad.
            scale: (b, 1).
            translation: (b, 2).
        """
        coefficients = torch.cat([shape, expression], dim=1)
        shaped = self._mean + torch.einsum("vxc,bc->bvx", self._bases, coefficients)
        rest = self._skeleton.joint_regressor @ shaped  # (b, 5, 3)
        vertices = skin(self._skeleton, shaped, rest, {"root": pose[:, :3], "jaw": pose[:, 3:]})
        outline = self._outline.on(vertices, self._faces, matrix_from_axis_angle(pose[:, :3]))
        seen = torch.cat([outline, self._inner.on(vertices, self._faces)], dim=1)  # (b, 68, 3)
        camera = (scale[:, None], torch.nn.functional.pad(translation, (0, 1))[:, None])
        return {
            "vertices": vertices,
            "landmarks2d": seen,
            "landmarks3d": self._all.on(vertices, self._faces),
            "projected_vertices": _deca_projection(vertices, *camera),
            "projected_landmarks2d": _deca_projection(seen, *camera)[..., :2],
        }


def _deca_projection(points: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Scaled orthographic, s (x + t), then y and z negated."""
    return scale * (points + shift) * points.new_tensor([1.0, -1.0, -1.0])
