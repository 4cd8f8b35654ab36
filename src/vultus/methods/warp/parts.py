"""Which triangles of a morphable model are skin, eyes and mouth interior, and how its neck bends."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from vultus.face.morphable import MorphableModel

NOTHING, SKIN, EYE, MOUTH = 0, 1, 2, 3
"""Labels of what a pixel shows."""

_EYES = ("eye_left", "eye_right")
_MOUTH = ("mouth_interior", "mouth", "teeth", "tongue")
_TEETH = (0.86, 0.83, 0.76)
_FLESH = (0.55, 0.25, 0.24)
_SKIN = (0.80, 0.62, 0.54)


@dataclass(frozen=True)
class HeadParts:
    """A morphable model's triangles by what they show, skin first."""

    faces: Int[np.ndarray, "f 3"]
    """Triangles that the warp draws."""

    label: Int[np.ndarray, " f"]
    """SKIN, EYE or MOUTH for each triangle."""

    eyes: tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"]]
    """Vertices of the left and the right eyeball; empty where the model has none."""

    lids: tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"]]
    """Vertices of the skin around the left and the right eye."""

    mouth: Int[np.ndarray, " _"]
    """Vertices of the mouth's interior."""

    lips: Int[np.ndarray, " _"]
    """Vertices of the skin that border on the mouth's opening."""

    head: Int[np.ndarray, " _"]
    """Vertices of the skin without the neck."""

    trust: Float32[np.ndarray, " v"]
    """How far a vertex of the skin may say where its pixels come from, [0, 1]; ears may not."""

    rim: Float32[np.ndarray, " v"]
    """Least cosine between normal and view from which a vertex is trusted: skin keeps away from the outline;
    hair need not, as what is behind it moves along."""

    neck: Bool[np.ndarray, " v"]
    """Vertices of the neck that are not the face's."""

    fixed: Float32[np.ndarray, " v"]
    """Share of each vertex that stays with the torso, [0, 1]: 0 on the head, 1 at the collar."""

    recess: Float32[np.ndarray, " v"]
    """How far vertices are moved away from the viewer before they are drawn, model units.

    Keeps eyeballs behind closed lids and teeth behind closed lips where the fit is a little off.
    """

    cover: Float32[np.ndarray, " v"]
    """[0, 1]. On the skin, how far a vertex belongs to the inside of an upper lid, which the open eye hides;
    in the mouth, whether it belongs to a tooth."""

    rest: Float32[np.ndarray, "v 3"]
    """The mean head, head frame, model units."""

    colours: Float32[np.ndarray, "v 3"]
    """Albedo, RGB [0, 1]."""


def head_parts(model: MorphableModel) -> HeadParts:
    """Sort a model's triangles; regions that it does not have stay empty."""
    count = len(model.mean)
    mean = model.mean.numpy().astype(np.float64)
    faces = model.faces.numpy().astype(np.int64)
    eyes = tuple(_region(model, name) for name in _EYES)
    mouth = _mouth(model)
    label = _labels(count, faces, _outer(model, count), np.concatenate(eyes), mouth)
    faces, label = faces[label > 0], label[label > 0]
    skin = np.unique(faces[label == SKIN])
    neck = _region(model, "neck")
    fixed = _fixed(mean, skin, neck, _region(model, "face"))
    trust = (1.0 - 4.0 * fixed).clip(0, 1)
    trust[_region(model, "ears")] = 0.0
    recess = np.zeros(count)
    recess[mouth] = 4.0 / model.unit_mm
    recess[np.concatenate(eyes)] = 1.0 / model.unit_mm
    return HeadParts(
        faces=faces,
        label=label,
        eyes=(eyes[0], eyes[1]),
        lids=(_around_eye(mean, skin, eyes[0]), _around_eye(mean, skin, eyes[1])),
        mouth=mouth,
        lips=_border_of_mouth(mean, skin, mouth),
        head=skin[fixed[skin] < 0.02],
        trust=trust.astype(np.float32),
        rim=np.where(np.isin(np.arange(count), _region(model, "scalp")), 0.0, 0.16).astype(np.float32),
        fixed=fixed.astype(np.float32),
        recess=recess.astype(np.float32),
        cover=_cover(model, skin, eyes, _region(model, "teeth")),
        neck=_only(neck, _region(model, "face"), count) & (mean[:, 1] < mean[skin, 1].mean()),
        rest=mean.astype(np.float32),
        colours=_colours(model, mouth),
    )


def _region(model: MorphableModel, name: str) -> Int[np.ndarray, " _"]:
    found = model.regions.get(name)
    return np.zeros(0, np.int64) if found is None else found.numpy().astype(np.int64)


def _mouth(model: MorphableModel) -> Int[np.ndarray, " _"]:
    """Vertices inside the mouth that are not lips."""
    inside = np.unique(np.concatenate([_region(model, name) for name in _MOUTH]))
    return np.setdiff1d(inside, np.union1d(_region(model, "lips"), _region(model, "face")))


def _outer(model: MorphableModel, count: int) -> Bool[np.ndarray, " v"]:
    """Vertices of the skin; all that are in no other region where the model does not say."""
    outer = np.zeros(count, bool)
    named = [_region(model, name) for name in ("face", "ears", "scalp", "neck", "lips", "eyelids")]
    outer[np.concatenate(named)] = True
    return outer if outer.any() else np.ones(count, bool)


def _labels(
    count: int,
    faces: Int[np.ndarray, "f 3"],
    outer: Bool[np.ndarray, " v"],
    eyes: Int[np.ndarray, " _"],
    mouth: Int[np.ndarray, " _"],
) -> Int[np.ndarray, " f"]:
    of_eye, of_mouth = np.zeros(count, bool), np.zeros(count, bool)
    of_eye[eyes], of_mouth[mouth] = True, True
    label = np.zeros(len(faces), np.int64)
    label[outer[faces].all(axis=1)] = SKIN
    label[of_mouth[faces].any(axis=1)] = MOUTH
    label[of_eye[faces].all(axis=1)] = EYE
    return label


def _only(
    inside: Int[np.ndarray, " _"], outside: Int[np.ndarray, " _"], count: int
) -> Bool[np.ndarray, " v"]:
    mask = np.zeros(count, bool)
    mask[inside] = True
    mask[outside] = False
    return mask


def _fixed(
    mean: Float[np.ndarray, "v 3"],
    skin: Int[np.ndarray, " _"],
    neck: Int[np.ndarray, " _"],
    face: Int[np.ndarray, " _"],
) -> Float[np.ndarray, " v"]:
    """A smooth step down the neck, from the chin's height to a third of a face below."""
    share = np.zeros(len(mean))
    if not len(neck) or not len(face):
        return share
    height = mean[:, 1]
    chin, brow = height[face].min(), height[face].max()
    high = min(float(height[neck].max()), chin + 0.05 * (brow - chin))
    low = max(float(np.quantile(height[neck], 0.05)), high - 0.35 * (brow - chin))
    down = ((high - height[neck]) / max(high - low, 1e-9)).clip(0, 1)
    share[neck] = down**2 * (3 - 2 * down)
    share[skin] = np.where(height[skin] < low, 1.0, share[skin])
    return share


def _around_eye(
    mean: Float[np.ndarray, "v 3"], skin: Int[np.ndarray, " _"], eye: Int[np.ndarray, " _"]
) -> Int[np.ndarray, " _"]:
    """The skin's vertices close to an eyeball."""
    if not len(eye):
        return eye
    low, high = mean[eye].min(axis=0), mean[eye].max(axis=0)
    radius = float((high - low)[:2].max()) / 2
    distance = np.linalg.norm(mean[skin] - (low + high) / 2, axis=1)
    return skin[distance < max(1.35 * radius, float(distance.min()) * 1.1)]


def _cover(
    model: MorphableModel,
    skin: Int[np.ndarray, " _"],
    eyes: tuple[Int[np.ndarray, " _"], ...],
    teeth: Int[np.ndarray, " _"],
) -> Float32[np.ndarray, " v"]:
    """Teeth, and skin that shutting the eye pulls down but for its margin, which carries the lashes."""
    cover = np.zeros(len(model.mean), np.float32)
    cover[teeth] = 1.0
    for name, eye in zip(("eyeBlinkLeft", "eyeBlinkRight"), eyes, strict=True):
        if name not in model.expression_names or not len(eye):
            continue
        shut = model.expression_basis[:, 1, model.expression_names.index(name)].numpy()
        down = np.zeros(len(cover), np.float32)
        down[skin] = np.maximum(-shut[skin], 0)
        down /= max(float(down.max()), 1e-9)
        cover = np.maximum(cover, ((down - 0.25) / 0.35).clip(0, 1) * ((1.0 - down) / 0.15).clip(0, 1))
    return cover


def _border_of_mouth(
    mean: Float[np.ndarray, "v 3"], skin: Int[np.ndarray, " _"], mouth: Int[np.ndarray, " _"]
) -> Int[np.ndarray, " _"]:
    """The skin's vertices nearest to the front of the mouth's interior."""
    if not len(mouth):
        return np.zeros(0, np.int64)
    inside = mean[mouth]
    front = inside[inside[:, 2] > np.quantile(inside[:, 2], 0.8)]
    low, high = front.min(axis=0), front.max(axis=0)
    reach = 0.3 * (high - low)[:2]
    near = ((mean[skin, :2] > low[:2] - reach) & (mean[skin, :2] < high[:2] + reach)).all(axis=1)
    chosen = skin[near & (mean[skin, 2] > low[2])]
    return chosen if len(chosen) else skin


def _colours(model: MorphableModel, mouth: Int[np.ndarray, " _"]) -> Float32[np.ndarray, "v 3"]:
    if model.colours is not None:
        return model.colours.numpy().astype(np.float32)
    colours = np.tile(np.array(_SKIN, np.float32), (len(model.mean), 1))
    colours[mouth] = _FLESH
    colours[_region(model, "teeth")] = _TEETH
    return colours
