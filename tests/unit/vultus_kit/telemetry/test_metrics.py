import re
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from vultus_api.fitting.v1 import fitting_service_pb2 as pb
from vultus_api.fitting.v1 import fitting_service_pb2_grpc as rpc

from vultus.errors import FaceNotFoundError
from vultus_kit.clients.channel import our_errors, stream
from vultus_kit.telemetry.metrics import REGISTRY, counter, serve_metrics
from vultus_kit.telemetry.schema import SCHEMA

LABELS = {"room": "fitting", "grpc_service": "vultus_api.fitting.v1.FittingService"}


def value(name, **labels):
    return REGISTRY.get_sample_value(name, LABELS | labels) or 0.0


def test_what_is_exported_is_what_the_schema_says():
    with (
        serve_metrics("127.0.0.1", 0) as port,
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response,
    ):
        families = {
            family.name: family for family in text_string_to_metric_families(response.read().decode())
        }
    expected = {spec.name.removesuffix("_total"): spec for spec in SCHEMA}
    assert set(families) == set(expected)
    for name, spec in expected.items():
        assert families[name].type == spec.kind
        for sample in families[name].samples:
            assert set(sample.labels) - {"le"} == set(spec.labels)


def test_no_endpoint_without_a_port():
    with serve_metrics("127.0.0.1", None) as port:
        assert port is None


@pytest.mark.parametrize("spec", SCHEMA, ids=lambda spec: spec.name)
def test_names_follow_the_rules(spec):
    assert re.fullmatch(r"(grpc_server|vultus)_[a-z_]+", spec.name)
    assert spec.name.endswith("_total") == (spec.kind == "counter")
    assert (spec.kind == "histogram") == bool(spec.buckets)
    assert "room" in spec.labels
    assert not {"id", "request_id", "avatar_id"} & set(spec.labels)
    assert spec.description.endswith(".")


def test_a_name_outside_the_schema_or_of_another_kind_is_an_error():
    with pytest.raises(KeyError):
        counter("vultus_surprises_total", room="fitting")
    with pytest.raises(TypeError):
        counter("vultus_calls_in_flight", room="fitting")


def test_calls_are_counted_by_shape_and_code(serve):
    unary = {"grpc_type": "unary", "grpc_method": "DescribeMorphable"}
    bidi = {"grpc_type": "bidi_stream", "grpc_method": "StreamFit"}

    def counts():
        return [
            value("grpc_server_started_total", **unary),
            value("grpc_server_handled_total", **unary, grpc_code="OK"),
            value("grpc_server_handled_total", **unary, grpc_code="FAILED_PRECONDITION"),
            value("grpc_server_handling_seconds_count", **unary),
            value("grpc_server_msg_received_total", **bidi),
            value("grpc_server_msg_sent_total", **bidi),
        ]

    with serve() as rooms:
        before = counts()
        stub = rpc.FittingServiceStub(rooms.channel("fitting"))
        stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="x"))
        with pytest.raises(FaceNotFoundError), our_errors("fitting"):
            stub.DescribeMorphable(pb.DescribeMorphableRequest(morphable="no face"))
        assert len(list(stream("fitting", stub.StreamFit, [pb.StreamFitRequest()] * 3))) == 3
    assert [after - was for was, after in zip(before, counts(), strict=True)] == [2, 1, 1, 2, 3, 3]
    assert REGISTRY.get_sample_value("vultus_calls_in_flight", {"room": "fitting"}) == 0
