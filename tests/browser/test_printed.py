"""What a browser prints of a page that is to be one sheet: as its PDF, one sheet of A4 and of Letter, and no text is cut."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC
from typing import Any

import pypdf
import pytest

from tests.test_faces_pages import AS_OF, make, named
from workspace.artifact.model import Artifact, Chart, Metric, Table, Text, View
from workspace.artifact.refresh import view_of
from workspace.export.pdf import one_page
from workspace.faces import document
from workspace.faces.onepage import sheet_of

LEAD = "Department 1 leads by far; the rest follows at some distance, as in the years before."
ROWS = [(f"Department {n} and its offices", 100.0 - 2 * n, f"manager {n}", n, n, n, "note") for n in range(1, 31)]


def overview(sections: int, *, fit: str = "page") -> View:
    """A lead, a row of figures, then sections with a ranking of 30, each second one with a table of 30 rows."""
    query = named("q1", "budget per department")
    blocks: list[Any] = [Text(template=LEAD), Text(template="## Budget"), Metric(query="q1", column="b", label="most")]
    for number in range(1, sections + 1):
        blocks.append(Text(template=f"## Section number {number}\n\n{LEAD}"))
        blocks.append(Chart(query="q1", mark="bar", x="d", y="b", horizontal=True, sort="-y", caption="What each has"))
        blocks += [Table(query="q1")] if number % 2 else []
    kinds = {"d": "text", "b": "real", "m": "text", "n": "integer", "o": "integer", "p": "integer", "q": "text"}
    artifact = Artifact(title="Overview of budgets", queries=(query,), blocks=tuple(blocks), fit=fit)
    return view_of(artifact, {"q1": make(kinds, ROWS)}, AS_OF)


def printed(browser: Any, view: View, paper: str) -> list[str]:
    """The text of each sheet of paper."""
    page = browser.new_page()
    try:
        page.set_content(document.render(view, zone=UTC))
        body = page.pdf(format=paper, prefer_css_page_size=True)
    finally:
        page.close()
    texts = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(body)).pages]
    return [" ".join(unicodedata.normalize("NFKC", text).split()) for text in texts]  # "fi" is one sign in some fonts


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("sections", [1, 2, 4])
def test_a_page_that_is_one_sheet_as_a_pdf_is_one_from_a_browser(browser: Any, sections: int, paper: str) -> None:
    view = overview(sections)
    assert one_page(view, zone=UTC)[0] is not None
    sheets = printed(browser, view, paper)
    assert len(sheets) == 1, "one sheet"
    (said,), sheet = sheets, sheet_of(view)
    assert sheet is not None
    assert said.count(LEAD) == 1 + sections, "no words are cut"
    assert said.count(f"The first {sheet.rows} of 30 rows.") == (sections + 1) // 2, "of each table"
    assert said.count(f"The first {sheet.bars} of 30.") == sections, "of each ranking"
    assert "Receipts: on the living page" in said


@pytest.mark.parametrize(("sections", "fit"), [(2, ""), (9, "page")])
def test_a_page_that_need_not_or_cannot_be_one_sheet_is_printed_whole(browser: Any, sections: int, fit: str) -> None:
    sheets = printed(browser, overview(sections, fit=fit), "A4")
    assert len(sheets) > 1 and "The first 5 of" not in " ".join(sheets)
    assert all(row[0] in " ".join(sheets) for row in ROWS)


def test_what_is_for_paper_is_not_on_the_screen(browser: Any) -> None:
    page = browser.new_page()
    try:
        page.set_content(document.render(overview(2), zone=UTC))
        assert page.locator(".forsheet").count() == 2
        assert not [one for one in page.locator(".forsheet, .onpaper").all() if one.is_visible()]
        assert page.locator(".wide svg.chart").first.is_visible()
    finally:
        page.close()
