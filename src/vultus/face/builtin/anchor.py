"""The anchor of the built-in head: mean positions of MediaPipe's 468 face points and their triangles.

`python -m vultus.face.builtin.anchor REFERENCE.json` makes `anchor.npz` again from landmarks measured on
pictures and clips; it holds averages over all of them and no picture.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment
from scipy.spatial.transform import Rotation

ANCHOR_PATH = Path(__file__).with_name("anchor.npz")

INTER_PUPILLARY_MM = 63.0
"""Mean over adults."""

_COUNT = 468
_INNER_LIPS = (13, 14)
_MOUTH_CORNERS = (61, 291)
_LIDS = ((159, 145), (386, 374))
_EYE_CORNERS = ((33, 133), (362, 263))

Points = Float[np.ndarray, "468 3"]


def load_anchor() -> tuple[Points, Int[np.ndarray, " 468"], Int[np.ndarray, "t 3"]]:
    """Read the committed anchor.

    Returns:
        Points of a face at rest (head frame, mm, mirror-symmetric), the mirror index of each, and the face's
        triangles, eyes and mouth left open, counter-clockwise from outside.
    """
    with np.load(ANCHOR_PATH, allow_pickle=False) as data:
        return data["points_mm"].astype(np.float64), data["mirror"].astype(int), data["triangles"].astype(int)


def make_anchor(reference: Path) -> None:
    """Write `anchor.npz` from a reference file of landmarks."""
    names, faces = _read_points(reference)
    mirror = _mirror_indices(_generalised_mean(names, faces, None))
    mean = _generalised_mean(names, faces, mirror)
    rest = _rest_points(names, faces, mean, mirror)
    np.savez_compressed(
        ANCHOR_PATH,
        points_mm=rest.astype(np.float32),
        mirror=mirror.astype(np.int16),
        triangles=_mirror_half(_orient(_triangles(), rest), rest, mirror).astype(np.int16),
    )


def _read_points(reference: Path) -> tuple[list[str], Float[np.ndarray, "n 468 3"]]:
    """File name and points (view axes, px) of the first face of each item."""
    items = json.loads(reference.read_text())["items"]
    size = np.array([[i["width"], i["height"], i["width"]] for i in items])[:, None]
    points = np.array([np.array(i["mediapipe"][0])[:_COUNT] for i in items]) * size * [1, -1, -1]
    return [i["file"] for i in items], points


def _align(target: Points, points: Points) -> Points:
    """Points after the similarity that brings them nearest to `target`."""
    goal, moved = target - target.mean(0), points - points.mean(0)
    u, stretch, vt = np.linalg.svd(goal.T @ moved)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = (stretch * sign).sum() / (moved**2).sum()
    return scale * moved @ ((u * sign) @ vt).T + target.mean(0)


def _mean_by_file(names: list[str], faces: Float[np.ndarray, "n 468 3"]) -> Points:
    """Mean that gives each file one vote, however many of its frames there are."""
    files = np.array(names)
    return np.mean([faces[files == name].mean(0) for name in dict.fromkeys(names)], axis=0)


def _generalised_mean(
    names: list[str], faces: Float[np.ndarray, "n 468 3"], mirror: Int[np.ndarray, " 468"] | None
) -> Points:
    """Generalised Procrustes mean, RMS radius 1, symmetric where `mirror` is given."""
    mean = faces[0] - faces[0].mean(0)
    for _ in range(10):
        mean = _mean_by_file(names, np.array([_align(mean, face) for face in faces]))
        if mirror is not None:
            mean = _symmetrise(mean, mirror)
        mean -= mean.mean(0)
        mean /= np.sqrt((mean**2).sum() / _COUNT)
    return mean


def _mirror_indices(mean: Points) -> Int[np.ndarray, " 468"]:
    """For each point its mirror image's index, by optimal assignment onto the reflected mean."""
    reflected = mean * [-1, 1, 1]
    index = np.arange(_COUNT)
    for _ in range(20):
        distance = ((reflected[:, None] - mean[None]) ** 2).sum(-1)
        index = linear_sum_assignment(distance)[1]
        reflected = _align(mean[index], reflected)
    if not (index[index] == np.arange(_COUNT)).all():
        msg = "the mirror map is not its own inverse"
        raise ValueError(msg)
    return index


def _symmetrise(points: Points, mirror: Int[np.ndarray, " 468"]) -> Points:
    """Turn the plane of symmetry to x = 0, then average with the mirror image."""
    centred = points - points.mean(0)
    image = centred[mirror] * [-1, 1, 1]
    u, _, vt = np.linalg.svd(image.T @ centred)
    half = Rotation.from_rotvec(Rotation.from_matrix(u @ vt).as_rotvec() / 2)
    turned = half.apply(centred)
    return (turned + turned[mirror] * [-1, 1, 1]) / 2


def _rest_points(
    names: list[str], faces: Float[np.ndarray, "n 468 3"], mean: Points, mirror: Int[np.ndarray, " 468"]
) -> Points:
    """Mean over the faces at rest (mouth closed, not pursed, not wide; eyes open), mm, turned as `mean`."""
    aligned = np.array([_align(mean, face) for face in faces])
    scale = INTER_PUPILLARY_MM / _distance(*[mean[list(pair)].mean(0) for pair in _EYE_CORNERS])
    aligned *= scale
    gap = _distance(aligned[:, _INNER_LIPS[0]], aligned[:, _INNER_LIPS[1]])
    width = _distance(aligned[:, _MOUTH_CORNERS[0]], aligned[:, _MOUTH_CORNERS[1]])
    opening = np.min([_distance(aligned[:, a], aligned[:, b]) for a, b in _LIDS], axis=0)
    rest = (gap < 2.5) & (width > 43) & (width < 56) & (opening > 6)
    points = _mean_by_file([n for n, keep in zip(names, rest, strict=True) if keep], aligned[rest])
    return (points + points[mirror] * [-1, 1, 1]) / 2


def _distance(a: Float[np.ndarray, "*n 3"], b: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n"]:
    return np.asarray(np.linalg.norm(a - b, axis=-1))


def _triangles() -> Int[np.ndarray, "t 3"]:
    """Triangles of MediaPipe's tessellation: the 3-cycles of its edges.

    The table is read from its file, since importing the package starts its whole runtime.
    """
    package = importlib.util.find_spec("mediapipe")
    if package is None or package.origin is None:
        msg = "mediapipe is not installed; it holds the table of edges"
        raise ModuleNotFoundError(msg)
    path = Path(package.origin).parent / "python/solutions/face_mesh_connections.py"
    spec = importlib.util.spec_from_file_location("face_mesh_connections", path)
    if spec is None or spec.loader is None:
        msg = f"{path} is not there"
        raise ModuleNotFoundError(msg)
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    around: dict[int, set[int]] = {}
    for a, b in table.FACEMESH_TESSELATION:
        around.setdefault(a, set()).add(b)
        around.setdefault(b, set()).add(a)
    cycles = {(a, b, c) for a in around for b in around[a] if b > a for c in around[a] & around[b] if c > b}
    return _without_hollow(np.array(sorted(cycles)))


def _without_hollow(cycles: Int[np.ndarray, "t 3"]) -> Int[np.ndarray, "u 3"]:
    """Drop cycles that only go round a vertex: each of their edges already has a triangle on both sides."""
    edges = np.sort(cycles[:, [[0, 1], [1, 2], [2, 0]]], axis=-1)  # (t, 3, 2)
    _, group, count = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True, return_counts=True)
    return cycles[(count[group.ravel()].reshape(-1, 3) < 3).any(-1)]


def _mirror_half(
    triangles: Int[np.ndarray, "t 3"], points: Points, mirror: Int[np.ndarray, " 468"]
) -> Int[np.ndarray, "t 3"]:
    """Triangles of the subject's right side and their mirror images, so that diagonals are symmetric too."""
    right = triangles[points[triangles][:, :, 0].mean(1) < 0]
    return np.concatenate([right, mirror[right][:, ::-1]])


def _orient(triangles: Int[np.ndarray, "t 3"], points: Points) -> Int[np.ndarray, "t 3"]:
    """Make neighbours run opposite ways along their common edge, the whole facing outwards."""
    oriented = [tuple(t) for t in triangles]
    of_edge: dict[frozenset[int], list[int]] = {}
    for index, (a, b, c) in enumerate(oriented):
        for edge in ((a, b), (b, c), (c, a)):
            of_edge.setdefault(frozenset(edge), []).append(index)
    seen, queue = {0}, [0]
    while queue:
        current = queue.pop()
        a, b, c = oriented[current]
        for start, end in ((a, b), (b, c), (c, a)):
            for other in of_edge[frozenset((start, end))]:
                if other in seen:
                    continue
                x, y, z = oriented[other]
                if (start, end) in ((x, y), (y, z), (z, x)):
                    oriented[other] = (x, z, y)
                seen.add(other)
                queue.append(other)
    result = np.array(oriented)
    corner = points[result]
    area_z = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])[:, 2].sum()
    return result if area_z > 0 else result[:, ::-1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=make_anchor.__doc__)
    parser.add_argument("reference", type=Path)
    make_anchor(parser.parse_args(sys.argv[1:]).reference)
