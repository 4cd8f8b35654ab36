import dataclasses
import io
import os

import numpy as np
import pytest
import torch

from vultus.data.track import Track
from vultus.errors import IncompatibleError, InputError
from vultus.face.morphable import LandmarkEmbedding, MorphableModel
from vultus.face.rotations import matrix_from_axis_angle
from vultus.face.skinning import Skeleton


@pytest.fixture
def model() -> MorphableModel:
    """A tetrahedron whose third corner is the jaw."""
    weights = torch.eye(2)[[0, 0, 1, 0]]
    return MorphableModel(
        name="tetrahedron",
        mean=torch.cat([torch.eye(3), torch.zeros(1, 3)]),
        identity_basis=torch.ones(4, 3, 2),
        expression_basis=torch.rand(4, 3, 1, generator=torch.Generator().manual_seed(0)),
        faces=torch.tensor([[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]]),
        expression_names=("jawOpen",),
        landmarks={"ibug68": LandmarkEmbedding(torch.zeros(68, dtype=torch.long), torch.ones(68, 3) / 3)},
        unit_mm=1.0,
        licence="CC0-1.0",
        skeleton=Skeleton(("root", "jaw"), (-1, 0), torch.full((2, 4), 0.25), weights),
    )


@pytest.fixture
def track(model) -> Track:
    rng = torch.Generator().manual_seed(1)
    count = 6
    return Track(
        identity=torch.randn(count, 2, generator=rng),
        expression=torch.rand(count, 1, generator=rng),
        rotation_rad=torch.randn(count, 3, generator=rng),
        jaw_rad=0.1 * torch.randn(count, 3, generator=rng),
        eyes_rad=torch.zeros(count, 2, 3),
        scale=torch.full((count,), 50.0),
        translation_px=torch.full((count, 2), 128.0),
        valid=torch.tensor([True, True, False, True, True, True]),
        confidence=torch.ones(count),
        time_s=torch.arange(count, dtype=torch.float64) / 25,
        fps=25.0,
        size_px=(480, 640),
        morphable=model.name,
        morphable_digest=model.digest,
    )


def same(first: Track, second: Track) -> bool:
    return all(
        torch.equal(a, b) and a.dtype == b.dtype if isinstance(a, torch.Tensor) else a == b
        for a, b in (
            (getattr(first, field.name), getattr(second, field.name)) for field in dataclasses.fields(Track)
        )
    )


def test_survives_bytes_and_files(track, tmp_path):
    assert same(Track.from_bytes(track.to_bytes()), track)
    track.save(tmp_path / "track.npz")
    assert same(Track.load(tmp_path / "track.npz"), track)
    assert [path.name for path in tmp_path.iterdir()] == ["track.npz"]
    with np.load(tmp_path / "track.npz", allow_pickle=False) as file:
        assert set(file) == {"header", *Track.tensor_names()}


def test_slices_and_their_sum(track):
    parts = [track[:2], track[2:5], track[5:]]
    assert [len(part) for part in parts] == [2, 3, 1]
    assert parts[1].time_s[0] == track.time_s[2]
    assert same(Track.concatenate(parts), track)
    assert [len(part) for part in track.parts(4)] == [4, 2]
    assert same(Track.concatenate(list(track.parts(4))), track)


def test_vertices_are_the_models_with_its_joints_turned(track, model):
    expected = model.pose(track.identity, track.expression, {"jaw": track.jaw_rad})
    torch.testing.assert_close(track.vertices(model), expected)
    assert not torch.allclose(expected, model.pose(track.identity, track.expression))


def test_cameras_are_the_tracks(track):
    assert torch.equal(track.camera.scale, track.scale)
    torch.testing.assert_close(track.camera.rotation, matrix_from_axis_angle(track.rotation_rad))


def test_another_model_is_incompatible(track, model):
    other = dataclasses.replace(model, mean=model.mean + 1)
    with pytest.raises(IncompatibleError, match="made with morphable model 'tetrahedron'"):
        track.vertices(other)


@pytest.mark.parametrize("data", [b"", b"not an archive", b"PK\x03\x04 cut"])
def test_other_files_are_refused_by_name(data, tmp_path):
    path = tmp_path / "thing.npz"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"thing\.npz is not a track"):
        Track.load(path)


def test_a_missing_file_and_an_archive_of_something_else(tmp_path, track):
    with pytest.raises(InputError, match=r"cannot read .*none\.npz"):
        Track.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="is not a track"):
        Track.load(tmp_path / "other.npz")


def test_a_pickle_in_the_archive_is_not_read(tmp_path):
    np.savez(tmp_path / "evil.npz", header=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="is not a track"):
        Track.load(tmp_path / "evil.npz")


def test_a_track_of_another_schema_says_so(track, monkeypatch):
    monkeypatch.setattr(Track, "SCHEMA", 2)
    data = track.to_bytes()
    monkeypatch.undo()
    with pytest.raises(InputError, match="schema 2, this program reads 1"):
        Track.from_bytes(data)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expression": torch.full((6, 1), torch.nan)}, "expression is not finite"),
        ({"time_s": torch.full((6,), torch.nan, dtype=torch.float64)}, "time_s is not finite"),
        ({"time_s": torch.zeros(6, dtype=torch.float64)}, "times do not rise"),
        ({"scale": torch.zeros(6)}, "scale is not above 0"),
        ({"scale": torch.ones(2)}, "has shape"),
        ({"jaw_rad": torch.zeros(6, 2)}, "jaw_rad has shape"),
        ({"fps": 0.0}, "no clip has 0.0 frames a second"),
        ({"fps": -5.0}, "no clip has -5.0 frames a second"),
        ({"fps": float("nan")}, "no clip has nan frames a second"),
        ({"fps": "fast"}, "is not a track"),
        ({"size_px": (1,)}, "is not a track"),
        ({"size_px": (0, 5)}, "no picture has the size"),
    ],
)
def test_values_that_cannot_be_are_refused(track, changes, message):
    fields = {field.name: getattr(track, field.name) for field in dataclasses.fields(Track)} | changes
    unchecked = object.__new__(Track)
    for name, value in fields.items():
        object.__setattr__(unchecked, name, value)
    with pytest.raises(InputError, match=message):
        Track.from_bytes(unchecked.to_bytes())


def test_an_empty_track_is_refused(track):
    with pytest.raises(InputError, match="no frames"):
        Track.from_bytes(track[:0].to_bytes())


@pytest.mark.parametrize("header", ["[]", "{}", "no json", '"text"'])
def test_a_header_of_another_kind_is_refused(track, header, tmp_path):
    with np.load(io.BytesIO(track.to_bytes())) as file:
        arrays = dict(file)
    np.savez(tmp_path / "odd.npz", **(arrays | {"header": np.array(header)}))
    with pytest.raises(InputError, match=r"odd\.npz is not a track"):
        Track.load(tmp_path / "odd.npz")


def test_a_bare_array_and_words_are_refused(track, tmp_path):
    np.save(tmp_path / "bare.npy", np.zeros(3))
    with pytest.raises(InputError, match="is not a track"):
        Track.load(tmp_path / "bare.npy")
    with np.load(io.BytesIO(track.to_bytes())) as file:
        arrays = dict(file)
    np.savez(tmp_path / "words.npz", **(arrays | {"expression": np.full((6, 1), "a")}))
    with pytest.raises(InputError, match="no numbers"):
        Track.load(tmp_path / "words.npz")


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(InputError, match="not an ordinary file"):
        Track.load(tmp_path / "pipe.npz")


def test_too_few_coefficients_are_incompatible(track, model):
    with pytest.raises(IncompatibleError, match=r"has \(1, 1\) coefficients .* has \(2, 1\)"):
        track.replace(identity=track.identity[:, :1]).check_model(model)
