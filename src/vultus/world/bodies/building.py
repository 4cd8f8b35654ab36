"""Put a body together."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vultus.face.morphable import MorphableModel
from vultus.face.skinning import Skeleton
from vultus.world.anatomy import measured
from vultus.world.bodies.body import Body
from vultus.world.bodies.head import paint_head, part_head, seen_triangles
from vultus.world.bodies.parts import PART_INDEX
from vultus.world.bodies.piece import Piece
from vultus.world.bodies.teeth import behind_lips
from vultus.world.bodies.template import likeness
from vultus.world.bodies.torso import torso_share
from vultus.world.bodies.worn import worn_pieces
from vultus.world.people.person import Person


def build_body(person: Person, model: MorphableModel) -> Body:
    """The mesh of a person.

    Args:
        person: Drawn for `model`.
        model: Carries the face; its vertices and triangles come first.

    Raises:
        IncompatibleError: The person was drawn for another model.
    """
    alike = likeness(person.identity, model)
    alike = replace(alike, head=behind_lips(alike, model))
    pieces = worn_pieces(person, alike, model)
    paint = paint_head(person, alike, model)
    counts = [len(alike.head), *(len(piece.points) for piece in pieces)]
    starts = np.cumsum([0, *counts])
    rest = np.concatenate([alike.to_head(points) for points in (alike.head, *(p.points for p in pieces))])
    shown = seen_triangles(person, alike, model)
    faces = [model.faces.numpy()[shown], *(p.faces + at for p, at in zip(pieces, starts[1:], strict=False))]
    parts = [part_head(person, alike, model)[shown]]
    parts += [np.full(len(p.faces), PART_INDEX[p.part]) for p in pieces]
    strands = np.concatenate([np.zeros_like(alike.head), *(p.strand for p in pieces)]) @ alike.matrix.T
    length = np.linalg.norm(strands, axis=1, keepdims=True)
    torso = np.concatenate([torso_share(alike.design), *(p.torso for p in pieces)])
    spread = _spread(pieces, len(alike.head))
    return Body(
        faces=torch.from_numpy(np.concatenate(faces)).long(),
        part=torch.from_numpy(np.concatenate(parts)).long(),
        albedo=_float(np.concatenate([paint.albedo, *(p.albedo for p in pieces)])),
        gloss=_float(np.concatenate([paint.gloss, *(p.gloss for p in pieces)])),
        rest=_float(rest),
        strand=_float(strands / np.maximum(length, 1e-9)),
        torso=_float(torso),
        pivot=_float(measured(_float(rest)[None, : len(model.mean)], model).neck),
        eye_centres=_eye_centres(rest, model),
        iris=torch.tensor(person.complexion.iris),
        expression_basis=torch.cat([model.expression_basis, _mixed(spread, model.expression_basis)]),
        skeleton=_extended(model.skeleton, spread),
        joints=_joints(model, rest),
        model=model,
        identity=torch.tensor(person.identity),
    )


Spread = tuple[Int[Tensor, "n k"], Float[Tensor, "n k"]]


def _spread(pieces: list[Piece], count: int) -> Spread:
    """Anchors and their shares for all vertices after the head's, padded to one width."""
    width = max((piece.anchors.shape[1] for piece in pieces), default=1)
    anchors, shares = [np.zeros((0, width), dtype=np.int64)], [np.zeros((0, width))]
    for one in pieces:
        padding = ((0, 0), (0, width - one.anchors.shape[1]))
        anchors.append(np.clip(np.pad(one.anchors, padding), 0, count - 1))
        shares.append(np.pad(np.where(one.anchors < 0, 0.0, one.shares), padding))
    return torch.from_numpy(np.concatenate(anchors)).long(), _float(np.concatenate(shares))


def _mixed(spread: Spread, values: Float[Tensor, "v *c"]) -> Float[Tensor, "n *c"]:
    """Values of the anchors, weighted."""
    anchors, shares = spread
    return torch.einsum("nkc,nk->nc", values.flatten(1)[anchors], shares).unflatten(-1, values.shape[1:])


def _extended(skeleton: Skeleton | None, spread: Spread) -> Skeleton | None:
    """The skeleton with weights for all vertices; what follows no skin rides on the root."""
    if skeleton is None:
        return None
    weights = _mixed(spread, skeleton.weights)
    weights[:, 0] += 1 - weights.sum(1)
    regressor = torch.nn.functional.pad(skeleton.joint_regressor, (0, len(weights)))
    return Skeleton(skeleton.names, skeleton.parents, regressor, torch.cat([skeleton.weights, weights]))


def _joints(model: MorphableModel, rest: Float[np.ndarray, "v 3"]) -> Float[Tensor, "j 3"]:
    if model.skeleton is None:
        return torch.zeros(0, 3)
    return model.skeleton.joint_regressor @ _float(rest[: len(model.mean)])


def _eye_centres(rest: Float[np.ndarray, "v 3"], model: MorphableModel) -> Float[Tensor, "2 3"]:
    joints = _joints(model, rest)
    if model.skeleton is None:
        return torch.stack([_float(rest)[model.regions[f"eye_{side}"]].mean(0) for side in ("right", "left")])
    return torch.stack([joints[model.skeleton.names.index(f"eye_{side}")] for side in ("right", "left")])


def _float(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
