"""Reports: strict JSON, a table, and a page that needs nothing beside itself."""

import csv
import json
from html.parser import HTMLParser

import numpy as np
import pytest

from vultus.metrics.charts import Chart, Line
from vultus.metrics.evaluation import Evaluation
from vultus.metrics.report import (
    Ingredient,
    PictureRow,
    Report,
    angle_charts,
    report_of,
    write_csv,
    write_html,
    write_json,
)


class Page(HTMLParser):
    """Collects tags, their links and the text of a page, and checks that tags are closed."""

    VOID = ("meta", "img", "br", "line", "path")

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.open, self.text = [], [], [], ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def evaluation(clips):
    evaluation = Evaluation(["l1", "psnr", "ssim"])
    evaluation.update_all(*clips)
    return evaluation


def page_of(tmp_path, report):
    write_html(tmp_path / "report.html", report)
    return Page((tmp_path / "report.html").read_text(encoding="utf-8"))


def test_the_page_tells_every_score_with_unit_and_protocol(tmp_path, evaluation):
    page = page_of(tmp_path, report_of(evaluation, "Two clips", fps=25.0))
    for name, entry in evaluation.report()["metrics"].items():
        assert name in page.text
        assert entry["protocol"] in page.text
    assert "dB" in page.text
    assert "95 %" in page.text
    assert "frame 5" in page.text
    assert page.tags.count("img") == 2


def test_the_page_needs_nothing_beside_itself(tmp_path, evaluation):
    page = page_of(tmp_path, report_of(evaluation, "Two clips"))
    assert page.links
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert not {"script", "link", "iframe"} & set(page.tags)


def test_what_it_was_made_from_and_every_text_is_escaped(tmp_path):
    report = Report(
        title="<script>alert(1)</script>",
        summary="a & b",
        ingredients=[Ingredient("portrait", "<img src=x>.png", "sha256:00ff", "512 x 512")],
        facts={"Jitter": "<b>"},
        charts=[Chart("<i>", "deg", (Line("<u>", np.arange(3.0)),))],
        pictures=[PictureRow('"quoted"', {"<s>": np.zeros((700, 500, 3), np.uint8)})],
    )
    page = page_of(tmp_path, report)
    assert not {"script", "b", "i", "u", "s"} & set(page.tags)
    assert "sha256:00ff" in page.text
    assert "What these numbers do not say" in page.text


def test_infinite_and_missing_values_are_told_in_words(tmp_path, clips):
    evaluation = Evaluation(["psnr"])
    evaluation.update_all(clips[0], clips[0])
    page = page_of(tmp_path, report_of(evaluation, "Twice the same"))
    assert "identical" in page.text
    assert "nan" not in page.text.lower()


def test_requested_and_measured_angles_become_three_charts():
    angles = np.zeros((5, 3))
    charts = angle_charts(angles, angles + 1, 30.0)
    assert [chart.title for chart in charts] == ["Yaw", "Pitch", "Roll"]
    assert [line.name for line in charts[0].lines] == ["requested", "measured"]


def test_json_is_strict_and_whole(tmp_path, evaluation):
    write_json(tmp_path / "report.json", evaluation.report())
    assert json.loads((tmp_path / "report.json").read_text())["frames"] == 6
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "bad.json", {"x": float("nan")})
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_csv_has_a_row_for_each_frame_and_empty_cells(tmp_path):
    write_csv(tmp_path / "frames.csv", {"psnr": np.array([30.0, np.inf]), "ard": np.array([np.nan, 2.5])})
    with (tmp_path / "frames.csv").open() as file:
        assert list(csv.reader(file)) == [["frame", "psnr", "ard"], ["0", "30", ""], ["1", "", "2.5"]]
