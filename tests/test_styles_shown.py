"""Figures in a chosen format: in every face and every file the same words, in a workbook a number format."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import openpyxl
import pytest

from tests.test_export_office import words_of_docx, words_of_pdf, words_of_pptx
from workspace.artifact.edit import Write, apply
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Shown, Table, Text, View
from workspace.artifact.refresh import refresh
from workspace.artifact.since import compare
from workspace.artifact.styles import Style
from workspace.database.source import open_source
from workspace.export import EXPORTS
from workspace.export.reading import read
from workspace.faces import FACES

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)
SETUP = """
create table sale (country text, total real, part real);
insert into sale values ('Germany', 123456.5, 0.30281), ('France', 310.25, 0.6), ('Chile', -77.4, 0.0004), ('Peru', -0.3, 0);
"""
PLAIN = Artifact(
    title="Sales",
    queries=(
        NamedQuery(name="q1", source="shop", sql="select sum(total) as revenue from sale", question="revenue",
                   columns=(Shown(name="revenue"),)),
        *(NamedQuery(name=name, source="shop", sql="select country, total as revenue, part from sale order by 2 desc",
                     question=question,
                     columns=(Shown(name="country"), Shown(name="revenue", total=True), Shown(name="part")))
          for name, question in (("q2", "revenue per country"), ("q3", "all countries"))),
    ),
    blocks=(
        Text(template="## Where\n\n{{ q2.first('country') }} has {{ q2.first('revenue') }}, {{ q2.first('part') }}; "
                      "on average {{ q2.mean('revenue') }}."),
        Metric(query="q1", column="revenue", label="Revenue"),
        Chart(query="q2", mark="bar", x="country", y="revenue", horizontal=True, caption="Revenue per country"),
        Table(query="q3"),
    ),
)  # fmt: skip
EUROS = Style(unit="€", places=0)
STYLED = apply(
    apply(PLAIN, Write((("q1", "revenue"), ("q2", "revenue"), ("q3", "revenue")), EUROS)),
    Write((("q2", "part"), ("q3", "part")), Style(percent=True, places=2)),
)
SHOWN = {"prose": ("€123,457", "30.28%", "€30,922"), "metric": ("€123,689",), "chart": ("−€77", "€310"),
         "table": ("€123,457", "€310", "−€77", "€0", "60.00%", "0.04%")}  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Artifact], View]]:
    path = tmp_path_factory.mktemp("styles") / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(SETUP)
    source = open_source(path)
    yield lambda artifact: refresh(artifact, {"shop": source}, now=NOW, slug="sales", version=1)
    source.close()


def plain(page: str) -> str:
    return " ".join(unescape(re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", " ", page, flags=re.S)).split())


@pytest.mark.parametrize("face", FACES)
def test_every_face_writes_the_figures_so(seen: Callable[[Artifact], View], face: str) -> None:
    page = FACES[face](seen(STYLED))
    for part in SHOWN if face != "table" else ("table", "metric"):
        for figure in SHOWN[part]:
            assert figure in plain(page), (part, figure)
    assert "123,456" not in plain(page), "nowhere as it came"


@pytest.mark.parametrize(
    ("extension", "words", "parts"),
    [
        ("html", lambda body: plain(body.decode()), SHOWN),
        ("md", lambda body: body.decode(), SHOWN),
        ("docx", words_of_docx, ("prose", "metric", "table")),
        ("pptx", words_of_pptx, ("prose", "metric", "table")),
        ("pdf", words_of_pdf, SHOWN),
    ],
)
def test_every_file_writes_the_figures_so(
    seen: Callable[[Artifact], View], extension: str, words: Callable[[bytes], str], parts: Any
) -> None:
    text = words(EXPORTS[extension](seen(STYLED)).body)
    for part in parts:
        for figure in SHOWN[part]:
            assert figure in text, (part, figure)


def test_a_workbook_has_numbers_in_that_format(seen: Callable[[Artifact], View]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](seen(STYLED)).body))
    sheet = book["Revenue per country"]
    cells = {sheet.cell(row, 1).value: (sheet.cell(row, 2), sheet.cell(row, 3)) for row in range(2, 6)}
    euros, parts = cells["Germany"]
    assert (euros.value, euros.number_format) == (123456.5, '"€"#,##0;"−€"#,##0')
    assert (parts.value, parts.number_format) == (0.30281, '0.00%;"−"0.00%')
    assert cells["Peru"][0].number_format == '"€"#,##0;"€"#,##0', "what is rounded to nought has no sign"
    total = sheet.cell(6, 2)
    assert (total.value, total.number_format) == ("=SUBTOTAL(109,B2:B5)", '"€"#,##0;"−€"#,##0')
    large = next(cell for row in book["Summary"].iter_rows() for cell in row if cell.value == pytest.approx(123689.05))
    assert large.number_format == '"€"#,##0;"−€"#,##0'
    single = STYLED.model_copy(update={"queries": STYLED.queries[2:], "blocks": STYLED.blocks[3:]})
    assert "123456.5" in EXPORTS["csv"](seen(single)).body.decode(), "a machine reads it as stored"


def test_a_unit_stands_behind_and_is_no_part_of_the_number(seen: Callable[[Artifact], View]) -> None:
    kilos = apply(PLAIN, Write((("q3", "revenue"),), Style(unit="p.a.", places=1)))
    assert "123,456.5 p.a." in plain(FACES["document"](seen(kilos))).replace("\xa0", " ")
    book = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](seen(kilos)).body))
    cell = book["All countries"].cell(2, 2)
    assert (cell.value, cell.number_format) == (123456.5, '#,##0.0"\xa0p.a.";"−"#,##0.0"\xa0p.a."')


@pytest.mark.parametrize("extension", ["html", "xlsx"])
def test_the_format_is_part_of_what_is_verified(seen: Callable[[Artifact], View], extension: str) -> None:
    one, other = (read(EXPORTS[extension](seen(made)).body, extension).shown for made in (STYLED, PLAIN))
    assert one != other


def test_a_format_is_no_change_of_a_figure(seen: Callable[[Artifact], View]) -> None:
    assert not compare(seen(PLAIN), seen(STYLED))


def test_the_axis_of_a_chart_has_the_unit(seen: Callable[[Artifact], View]) -> None:
    line = STYLED.blocks[2].model_copy(update={"mark": "line", "horizontal": False})
    upright = STYLED.model_copy(update={"blocks": (line,)})
    page = FACES["document"](seen(upright))
    assert ">€40k<" in page, "a tick"
    assert ">−€20k<" in page
