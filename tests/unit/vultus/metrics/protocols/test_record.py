"""Named evaluations."""

import json

import pytest

from vultus.errors import InputError
from vultus.metrics import METRICS
from vultus.metrics.protocols import PROTOCOLS, Protocol

NAMES = {
    "directions-cross",
    "directions-self",
    "gdpw-cross",
    "gdpw-same",
    "goha-cross",
    "goha-portrait",
    "goha-same",
    "headgan-reconstruction",
    "headgan-reenactment",
    "posegan",
}


def test_every_evaluation_of_the_papers_has_a_name():
    assert set(PROTOCOLS) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_protocol_measures_metrics_that_exist_and_have_a_meaning_in_its_mode(name):
    protocol = PROTOCOLS[name]
    assert protocol.name == name
    for column in protocol.columns:
        assert column.metrics
        for metric in column.metrics:
            assert protocol.mode in METRICS[metric].info.modes, metric
    for text in (protocol.source, protocol.pairs, protocol.crop, protocol.alignment, protocol.frames):
        assert text.strip()
    assert json.loads(json.dumps(protocol.to_json()))["name"] == name


def test_cross_reenactment_compares_identity_with_the_source():
    for protocol in (PROTOCOLS[name] for name in NAMES):
        wanted = "source" if protocol.mode == "cross" else "driver"
        assert all(c.against == wanted for c in protocol.columns if c.heading == "CSIM"), protocol.name


def test_gdpw_goes_both_ways():
    assert PROTOCOLS["gdpw-same"].directions == ("forward", "backward")


def test_a_protocol_without_columns_and_an_unknown_name_are_refused():
    with pytest.raises(InputError, match="measures nothing"):
        Protocol("empty", "nowhere", "self", "none", "none", "none", ())
    with pytest.raises(InputError, match="did you mean 'gdpw-same'"):
        PROTOCOLS["gdpw-sam"]
