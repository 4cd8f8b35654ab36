import json
import logging

from vultus_kit.telemetry.logs import JsonLines, log_event


def test_an_event_is_one_json_line(caplog):
    with caplog.at_level(logging.INFO, "vultus.test"):
        log_event(logging.getLogger("vultus.test"), "call", room="fitting", duration_s=0.25)
    line = JsonLines().format(caplog.records[0])
    assert "\n" not in line
    event = json.loads(line)
    assert (event["event"], event["room"], event["duration_s"]) == ("call", "fitting", 0.25)
    assert event["level"] == "INFO"
    assert event["time"].endswith("Z")


def test_a_traceback_stays_on_the_line():
    try:
        raise ValueError("odd")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("vultus", logging.ERROR, __file__, 1, "bug", None, info)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: odd" in json.loads(line)["traceback"]
