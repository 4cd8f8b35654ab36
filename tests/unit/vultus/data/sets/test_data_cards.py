import json

import pytest

from vultus.data.sets import ClipSet, data_card, open_set
from vultus.data.sets.data_cards import facts, markdown, overlap
from vultus.data.sets.splits import assign_by_clip, assign_by_person


def test_a_finished_set_has_its_card(stored_once):
    card = data_card(open_set(stored_once))
    assert json.loads((stored_once / "card.json").read_text()) == json.loads(json.dumps(card.to_json()))
    assert (card.total.people, card.total.clips, card.total.frames) == (4, 10, 300)
    assert card.total.hours == pytest.approx(12 / 3600)
    assert card.languages == pytest.approx({"en": 9.6 / 3600, "unknown": 2.4 / 3600})
    assert card.sizes == {"64 x 64": 10}
    assert card.rates == {"25": 10}
    assert card.licences == {"CC0-1.0": 10}
    assert card.rejected == {"blurred": 2}
    assert card.digest == ClipSet.open(stored_once).digest
    stored = ClipSet.open(stored_once).card
    assert (stored.clips, stored.frames, stored.duration_s) == (10, 300, pytest.approx(12.0))


def test_the_page_says_what_the_card_says(stored_once):
    card = data_card(open_set(stored_once))
    page = (stored_once / "card.md").read_text()
    assert page == markdown(card)
    for text in (
        "10 clips of 4 people, 12.0 s, 300 frames",
        "| unassigned | 4 | 10 | 300 | 12.0 s |",
        "- blurred: 2",
    ):
        assert text in page
    assert facts(card)["recipe"] == "tiny-1"
    assert "not divided" in page


def test_splits_are_counted_and_people_in_several_named(stored):
    clip_set = ClipSet.open(stored)
    cards = [clip.card for clip in clip_set.clips()]
    clip_set.assign(assign_by_person(cards, (2, 1, 1)), {"by": "person"})
    card = data_card(clip_set)
    assert {name: part.people for name, part in card.splits.items()} == {"train": 2, "val": 1, "test": 1}
    assert sum(part.clips for part in card.splits.values()) == 10
    assert overlap(card) == "No person is in two splits."
    assert "| val | 1 |" in (stored / "card.md").read_text()
    clip_set.assign(assign_by_clip(cards, (1, 0, 1)), {"by": "clip"})
    assert data_card(clip_set).people_in_several == ("ada", "ben", "cleo", "dan")
    assert overlap(data_card(clip_set)).startswith("4 people are in more than one split: ada, ben")


def test_clips_that_cannot_be_used_are_on_the_card(stored):
    (stored / "clips" / "dan" / "0.talk" / "clip.json").write_text("{}")
    card = ClipSet.open(stored).finish()
    assert card.clips == 9
    assert card.rejected == {"blurred": 2}
    assert "dan/0.talk/clip.json: this is no clip card of schema 1: None" in (stored / "card.md").read_text()
