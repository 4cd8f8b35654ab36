"""Figures of the papers."""

import re
from pathlib import Path

from vultus.metrics.leaderboard.published import published_tables
from vultus.metrics.protocols.record import PROTOCOLS

REFERENCES = Path(__file__).parents[5] / "docs" / "references.bib"


def test_every_table_cites_a_reference_and_a_named_protocol():
    known = set(re.findall(r"@\w+\{(\w+),", REFERENCES.read_text("utf-8")))
    for table in published_tables():
        assert table.citation.split(",")[0] in known
        assert table.protocol in PROTOCOLS
        assert "able" in table.citation


def test_every_row_has_a_number_for_each_column():
    for table in published_tables():
        for row in table.rows:
            assert len(row) == len(table.columns) + 1
            assert all(re.fullmatch(r"-?\d+(\.\d+)?", number) for number in row[1:])


def test_figures_are_those_that_the_papers_print(shared):
    """Every row's numbers stand side by side in one of the papers' texts."""
    papers = [
        re.sub(r"<[^>]*>|[*|\t]", " ", path.read_text("utf-8")) for path in (shared / "papers").glob("0*.txt")
    ]
    texts = [" ".join(text.split()) for text in papers]
    apart = [table for table in published_tables() if table.protocol != "posegan"]  # printed column by column
    for table in apart:
        for row in table.rows:
            numbers = " ".join(row[1:])
            assert any(numbers in text for text in texts), row
