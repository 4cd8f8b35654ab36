import json
from dataclasses import replace

import numpy as np
import pytest

from vultus.errors import InputError
from vultus.world.people import (
    BACKDROP_KINDS,
    BEARD_STYLES,
    CLOTHES_STYLES,
    GLASSES_STYLES,
    HAIR_STYLES,
    Hair,
    Person,
    draw_person,
)
from vultus.world.people.records import from_values, to_values


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return [draw_person(seed) for seed in range(200)]


def test_a_seed_names_one_person(people):
    assert draw_person(7) == people[7]
    assert len({person.name for person in people}) == len(people)
    assert len({person.identity for person in people}) == len(people)


def test_people_survive_a_json_file(people):
    for person in people[:40]:
        assert Person.from_json(json.loads(json.dumps(person.to_json()))) == person


def test_every_look_is_drawn(people):
    assert {person.hair.style for person in people} == set(HAIR_STYLES)
    assert {person.beard.style for person in people} == set(BEARD_STYLES)
    assert {person.clothes.style for person in people} == set(CLOTHES_STYLES)
    assert {person.backdrop.kind for person in people} == set(BACKDROP_KINDS)
    assert {person.glasses.style for person in people if person.glasses} == set(GLASSES_STYLES)


def test_some_wear_glasses_and_most_do_not(people):
    share = np.mean([person.glasses is not None for person in people])
    assert 0.12 < share < 0.45


def test_beards_grow_with_low_voices_only(people):
    bearded = [person for person in people if person.beard.style != "none"]
    assert bearded
    assert all(person.voice.pitch_hz < 170 for person in bearded)


def test_skin_spans_pale_to_dark_and_is_always_warm(people):
    skins = np.array([person.complexion.skin for person in people])
    luminance = skins @ [0.2126, 0.7152, 0.0722]
    assert luminance.min() < 0.08
    assert luminance.max() > 0.5
    assert (skins[:, 0] > skins[:, 1]).all()
    assert (skins[:, 1] > skins[:, 2]).all()


def test_brows_are_seen_against_the_skin(people):
    for person in people:
        looks = person.complexion
        assert (np.array(looks.brow) <= 0.4 * np.array(looks.skin) + 1e-9).all()


def test_what_is_no_record_is_named():
    values = draw_person(1).to_json()
    with pytest.raises(InputError, match="person cannot be read, missing or unknown fields: hat"):
        Person.from_json(values | {"hat": 1})
    with pytest.raises(InputError, match="seed is 'x'"):
        Person.from_json(values | {"seed": "x"})
    with pytest.raises(InputError, match="hair cannot be read, volume is nan"):
        Person.from_json(values | {"hair": values["hair"] | {"volume": float("nan")}})
    with pytest.raises(InputError, match="all"):
        from_values(Hair, 3)


def test_a_record_without_glasses_reads_back():
    person = replace(draw_person(1), glasses=None)
    assert Person.from_json(to_values(person)).glasses is None
