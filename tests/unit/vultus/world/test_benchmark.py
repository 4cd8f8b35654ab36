"""The benchmark is what was frozen, and a world that changed is noticed."""

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.world.benchmark import NEWEST, BenchmarkSplit, benchmark
from vultus.world.clips import ClipSpec, WorldClip
from vultus.world.fingerprints import envelope, fingerprint_of, thumbnail
from vultus.world.freezing import calmest
from vultus.world.splits import split_of


@pytest.fixture(scope="module")
def split():
    return benchmark()


def test_twenty_test_people_with_ten_seconds_each(split):
    assert len(set(split.people)) == 20
    assert all(split_of(seed) == "test" for seed in split.people)
    assert [spec.person_seed for spec in split.clips] == list(split.people)
    assert {(spec.frame_count, spec.fps, spec.size_px) for spec in split.clips} == {(250, 25.0, (256, 256))}


def test_every_clip_is_its_own_driver_once(split):
    assert [pair.source for pair in split.self_pairs] == [spec.id for spec in split.clips]
    assert all(pair.source == pair.driving for pair in split.self_pairs)


def test_across_people_everybody_is_shown_twice_and_drives_twice(split):
    ids = [spec.id for spec in split.clips]
    assert all(pair.source != pair.driving for pair in split.cross_pairs)
    for side in ("source", "driving"):
        assert sorted(getattr(pair, side) for pair in split.cross_pairs) == sorted(ids * 2)
    assert len({(pair.source, pair.driving) for pair in split.cross_pairs}) == 40
    names = [pair.id for pair in (*split.self_pairs, *split.cross_pairs)]
    assert len(set(names)) == len(names)


def test_portraits_are_of_one_frame_for_each_person(split):
    chosen = {(pair.source, pair.source_frame) for pair in (*split.self_pairs, *split.cross_pairs)}
    assert len(chosen) == 20
    assert all(0 <= frame < 250 for _, frame in chosen)


def test_survives_json_and_keeps_its_digest(split):
    again = BenchmarkSplit.from_json(split.to_json())
    assert again == split
    assert again.digest == split.digest
    other = replace(split, self_pairs=split.self_pairs[1:])
    assert other.digest != split.digest


def test_the_file_in_the_package_is_read(split):
    assert files("vultus.world").joinpath(f"benchmark_v{NEWEST}.json").is_file()
    with pytest.raises(InputError, match="no benchmark has version 0"):
        benchmark(0)
    with pytest.raises(InputError, match="no clip 'p/c'"):
        split.spec("p/c")


@pytest.mark.parametrize("which", [0, 11])
def test_the_world_is_still_the_one_that_was_frozen(split, which):
    """A change of the world that moves the benchmark must become a new version of it."""
    spec = split.clips[which]
    assert split.fingerprints[spec.id].differences(fingerprint_of(WorldClip(spec))) == []


@pytest.mark.slow
def test_all_of_the_world_is_still_the_one_that_was_frozen(split):
    assert list(split.changed(lambda spec: fingerprint_of(WorldClip(spec)))) == []


def test_the_portrait_is_a_frame_that_looks_into_the_camera(split):
    clip = WorldClip(split.clips[0])
    assert calmest(clip) == split.self_pairs[0].source_frame
    names, calm = clip.model.expression_names, clip.track.expression[calmest(clip)]
    assert float(calm[names.index("eyeBlinkLeft")]) < 0.3
    assert float(calm[names.index("jawOpen")]) < 0.2


def test_a_pair_across_people_has_a_true_answer(split):
    pair = split.cross_pairs[3]
    truth, source, driving = (
        WorldClip(spec) for spec in (split.truth(pair), *map(split.spec, (pair.source, pair.driving)))
    )
    assert truth.person == source.person
    assert truth.stage == source.stage
    np.testing.assert_array_equal(truth.track.rotation_rad, driving.track.rotation_rad)
    np.testing.assert_array_equal(truth.track.expression, driving.track.expression)
    assert split.truth(split.self_pairs[3]) == split.spec(split.self_pairs[3].source)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person_seed": 12}, "pose differs"),
        ({"clip": 1}, "envelope differs"),
        ({"stage_seed": 3}, "thumbnails differs"),
        ({"duration_s": 2.0}, "envelope has shape"),
    ],
)
def test_another_clip_has_another_fingerprint(change, said):
    spec = ClipSpec(person_seed=5, duration_s=1.0, size_px=(64, 64))
    one, other = (fingerprint_of(WorldClip(which)) for which in (spec, spec.replace(**change)))
    assert one.differences(one) == []
    assert said in " ".join(one.differences(other))


def test_what_processors_differ_by_is_no_difference():
    spec = ClipSpec(person_seed=5, duration_s=1.0, size_px=(64, 64))
    one = fingerprint_of(WorldClip(spec))
    pose = tuple(value + 5e-4 for value in one.pose)
    thumbnails = tuple(tuple(byte + 1 for byte in picture) for picture in one.thumbnails)
    assert one.differences(replace(one, pose=pose, thumbnails=thumbnails)) == []


def test_envelopes_and_thumbnails_are_those_of_a_textbook_loop():
    sound = np.random.default_rng(0).uniform(-1, 1, 1050).astype(np.float32)
    expected = [np.sqrt(np.mean(sound[i : i + 100].astype(float) ** 2)) for i in range(0, 1000, 100)]
    np.testing.assert_allclose(envelope(sound, 100), expected, rtol=1e-12)
    rgb = np.random.default_rng(1).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    means = rgb.reshape(8, 8, 8, 8, 3).mean((1, 3))
    np.testing.assert_allclose(thumbnail(rgb), means, atol=1.01)  # rounded twice
