"""The quality gate: who may be champion."""

import dataclasses
import json

import numpy as np
import pytest

from vultus.errors import IncompatibleError, InputError
from vultus.metrics.leaderboard.gate import decide
from vultus.metrics.leaderboard.gate_records import SIZE, SPEED, GatePolicy, Guard
from vultus.metrics.leaderboard.paired import Scores
from vultus.metrics.leaderboard.records import PairResult

PEOPLE = 12
POLICY = GatePolicy(
    primaries=("self/l1",),
    guards=(
        Guard("cross/identity", 0.02),
        Guard(SPEED, 0.2, fact=True, higher_is_better=True),
        Guard(SIZE, 0.25, fact=True),
    ),
    resamples=2000,
)
FACTS = {SPEED: 30.0, SIZE: 1000.0}


def score(value, *, higher=False, protocol="textbook"):
    return {"value": value, "unit": "1", "protocol": protocol, "higher_is_better": higher, "frames": 5}


def scores(name, l1, identity=0.2, facts=None, *, seed=0, protocol="textbook", people=PEOPLE):
    """Two pairs for each person, their values scattered far more than contestants differ."""
    rng = np.random.default_rng(seed)
    results = []
    for person in range(people):
        easy = rng.normal(0, 3)
        for take in range(2):
            value = 20 + easy + l1 + rng.normal(0, 0.05)
            results.append(pair(name, "self", person, take, {"l1": score(value, protocol=protocol)}))
            found = {"identity": score(identity + 0.01 * easy)}
            results.append(pair(name, "cross", person, take, found))
    return Scores.of(results, name, FACTS if facts is None else facts)


def pair(name, mode, person, take, found):
    number = f"{mode}/{2 * person + take:02}"
    return PairResult(name, number, mode, f"p{person}", "sha256:0", 5, 0, found)


def test_intervals_are_those_of_a_textbook_loop_over_people():
    ours, theirs = scores("new", -0.4, seed=1), scores("old", 0.0, seed=2)
    row = decide(ours, theirs, POLICY).rows[0]
    values = [
        {one.pair: one.scores["l1"]["value"] for one in side.results if one.mode == "self"}
        for side in (theirs, ours)
    ]
    gains = np.array(
        [
            [values[0][f"self/{2 * p + t:02}"] - values[1][f"self/{2 * p + t:02}"] for t in (0, 1)]
            for p in range(PEOPLE)
        ]
    )[sorted(range(PEOPLE), key=str)]
    draws = np.random.default_rng(0).integers(0, PEOPLE, (2000, PEOPLE))
    means = [gains[draw].mean() for draw in draws]
    assert row.gain == pytest.approx(gains.mean(), rel=1e-9)
    assert row.ci95 == pytest.approx(np.quantile(means, [0.025, 0.975]), rel=1e-9)


def test_a_small_gain_that_everybody_shares_is_seen_in_spite_of_large_scatter():
    decision = decide(scores("new", -0.1), scores("old", 0.0), POLICY)
    assert decision.promoted
    assert decision.rows[0].ci95[0] > 0
    spread = np.std([one.scores["l1"]["value"] for one in scores("old", 0).results if one.mode == "self"])
    assert spread > 1


@pytest.mark.parametrize("l1", [0.0, 0.3])
def test_a_challenger_that_is_no_better_is_refused(l1):
    decision = decide(scores("new", l1), scores("old", 0.0), POLICY)
    assert not decision.promoted
    assert decision.reason == "self/l1: not better beyond its interval"


def _faceless(side):
    """The same where nothing that needs a face came to a value."""
    found = [
        dataclasses.replace(one, scores={name: score(None) for name in one.scores}) for one in side.results
    ]
    return Scores(side.name, found, side.facts)


def test_a_champion_whose_frames_show_nobody_can_be_beaten():
    decision = decide(scores("new", 0.0), _faceless(scores("old", 0.0)), POLICY)
    assert decision.promoted
    assert decision.rows[0].verdict == "old has no value in any pair"
    assert (decision.rows[0].other, decision.rows[0].gain) == (None, None)
    assert json.loads(json.dumps(decision.to_json()))["rows"][0]["other"] is None


def test_of_two_that_show_nobody_the_old_one_stays():
    decision = decide(_faceless(scores("new", 0.0)), _faceless(scores("old", 0.0)), POLICY)
    assert not decision.promoted
    assert "no value in 24 of 24 pairs" in decision.reason


def test_what_was_never_measured_refuses():
    old = scores("old", 0.0)
    unmeasured = Scores("old", [one for one in old.results if one.mode == "self"], old.facts)
    decision = decide(scores("new", -1.0), unmeasured, POLICY)
    assert decision.reason == "cross/identity: not measured of old"


def test_higher_can_be_better():
    def turned(side):
        found = [
            dataclasses.replace(one, scores={"l1": one.scores["l1"] | {"higher_is_better": True}})
            for one in side.results
            if one.mode == "self"
        ]
        return Scores(side.name, found)

    policy = GatePolicy(primaries=("self/l1",), guards=())
    better, worse = turned(scores("new", 0.3)), turned(scores("new", -0.3))
    old = turned(scores("old", 0.0))
    assert decide(better, old, policy).promoted
    assert not decide(worse, old, policy).promoted


@pytest.mark.parametrize(
    ("identity", "facts", "named"),
    [
        (0.25, FACTS, "cross/identity"),
        (0.2, FACTS | {SPEED: 20.0}, SPEED),
        (0.2, FACTS | {SIZE: 1300.0}, SIZE),
    ],
)
def test_a_better_picture_does_not_buy_a_broken_guard(identity, facts, named):
    decision = decide(scores("new", -1.0, identity, facts), scores("old", 0.0), POLICY)
    assert not decision.promoted
    assert [row.metric for row in decision.rows if not row.passed] == [named]
    assert named in decision.reason


def test_guards_may_get_worse_within_their_margin():
    facts = {SPEED: 24.1, SIZE: 1249.0}
    decision = decide(scores("new", -1.0, 0.215, facts), scores("old", 0.0), POLICY)
    assert decision.promoted
    assert [round(row.gain, 3) for row in decision.rows[1:]] == [-0.015, -5.9, -249.0]


def test_a_guard_that_is_uncertain_is_judged_by_its_worse_end():
    ours, theirs = scores("new", -1.0), scores("old", 0.0)
    rng = np.random.default_rng(4)
    noisy = [
        dataclasses.replace(one, scores={"identity": score(rng.normal(0.2, 0.2))})
        if one.mode == "cross"
        else one
        for one in ours.results
    ]
    decision = decide(Scores("new", noisy, FACTS), theirs, POLICY)
    assert not decision.promoted
    assert decision.rows[1].gain > decision.rows[1].ci95[0]


def test_what_was_not_measured_is_said():
    bare = scores("new", -1.0, facts={})
    decision = decide(bare, scores("old", 0.0), POLICY)
    assert decision.promoted
    assert [row.verdict for row in decision.rows[2:]] == ["not measured", "not measured"]
    half = Scores("new", [one for one in bare.results if one.mode == "self"])
    assert (
        "cross/identity: no value in 24 of 24 pairs, cross/00 first"
        in decide(half, scores("old", 0.0), POLICY).reason
    )
    unknown = GatePolicy(primaries=("self/lpips",), guards=())
    assert decide(bare, scores("old", 0.0), unknown).reason == "self/lpips: not measured of old"


def test_pairs_that_a_challenger_did_not_finish_refuse_it():
    ours = scores("new", -1.0)
    decision = decide(dataclasses.replace(ours, results=ours.results[2:]), scores("old", 0.0), POLICY)
    assert not decision.promoted
    assert "self/l1: no value in 1 of 24 pairs, self/00 first" in decision.reason


def test_one_person_decides_nothing():
    decision = decide(scores("new", -1.0, people=1), scores("old", 0.0, people=1), POLICY)
    assert decision.reason.startswith("self/l1: one person is too few for an interval")


def test_two_protocols_are_never_compared():
    with pytest.raises(IncompatibleError, match="other and textbook"):
        decide(scores("new", -1.0, protocol="other"), scores("old", 0.0), POLICY)


def test_the_first_one_has_to_beat_the_baseline_unless_the_policy_says_otherwise():
    worse, better, warp = scores("new", 1.0), scores("new", -1.0, 0.9), scores("warp", 0.0)
    assert not decide(worse, warp, POLICY, "baseline").promoted
    found = decide(better, warp, POLICY, "baseline")
    assert (found.promoted, found.against, found.other) == (True, "baseline", "warp")
    assert [row.role for row in found.rows] == ["primary"]
    assert (POLICY.opponent(None), POLICY.opponent("old")) == ("warp", "old")
    for first, promoted in (("promote", True), ("register", False)):
        policy = dataclasses.replace(POLICY, first=first)
        assert (policy.opponent(None), policy.opponent("old")) == (None, "old")
        for other in (None, warp):
            decision = decide(worse, other, policy, "baseline")
            assert (decision.promoted, decision.against, decision.rows) == (promoted, "nothing", ())
    with pytest.raises(InputError, match="nobody to compare"):
        decide(worse, None, POLICY)


def test_a_decision_can_be_written_and_read():
    decision = decide(scores("new", -0.1, 0.5), scores("old", 0.0), POLICY)
    values = json.loads(json.dumps(decision.to_json(), allow_nan=False))
    assert GatePolicy.from_json(values["policy"]) == POLICY
    assert values["rows"][1]["passed"] is False
    page = decision.to_markdown()
    assert page.startswith("# Refused: new\n\ncross/identity: may be worse by more than its margin.")
    assert page.count("\n| ✓ ") == 3
    assert page.count("\n| ✗ guard | `cross/identity` | 0.4") == 1


def test_a_policy_is_written_as_a_json_object():
    assert GatePolicy.parse('{"first": "promote"}') == GatePolicy(first="promote")
    for text in ("", "[]", "{"):
        with pytest.raises(InputError, match="is no JSON object"):
            GatePolicy.parse(text)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"primary": ["self/l1"]}, "this is no policy"),
        ({"primaries": ["l1"]}, "no kind of pairs"),
        ({"primaries": []}, "no primary metric"),
        ({"first": "maybe"}, "first is 'maybe'"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(values, said):
    with pytest.raises(InputError, match=said):
        GatePolicy.from_json(values)


def test_nobody_without_results_is_judged():
    with pytest.raises(InputError, match="'else' finished no pair"):
        Scores.of(scores("new", 0.0).results, "else")
