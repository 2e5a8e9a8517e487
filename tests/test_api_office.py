"""A file as an office keeps it: decimal commas, units in cells and names, umlauts, empty cells, an apostrophe."""

from __future__ import annotations

import pytest

from workspace import Answer, Workspace, open_workspace
from workspace.faces.drawing import draw

ROWS = """Datum;Verkäufer;Ort;Umsatz (€);Rabatt %;Gewicht kg;Fracht
31.12.2026;O'Brien;Köln;1.234,56;14,2 %;10,5;3,50 €
15.06.2026;Müller;;4.000,00;9,9 %;2,0;1.200,00 €
02.01.2026;O'Brien;;500,44;29,9 %;7,25;12,00-
03.03.2026;Łukasz;=1+1;100,00;3 %;1,0;(8,00 €)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("office")
    file = folder / "Verkäufe 2026 (final).csv"
    file.write_text(ROWS, encoding="utf-8")
    return open_workspace(file, folder=folder / "kept")


def answer(office: Workspace, question: str) -> Answer:
    found = office.ask(question)
    assert isinstance(found, Answer), found
    return found


def said(office: Workspace, question: str) -> str:
    return answer(office, question).view.blocks[0].plain


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("maximum rabatt", 29.9),
        ("average rabatt for O'Brien", 22.05),
        ("total umsatz", 5835.0),
        ("total fracht", 1183.5),
        ("average gewicht", 5.1875),
        ("how many verkäufe have a rabatt over 10", 2),
    ],
)
def test_figures_are_those_of_the_file(office: Workspace, question: str, value: float) -> None:
    assert answer(office, question).view.results["q1"].rows[0][-1] == pytest.approx(value)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("maximum rabatt", "The highest rabatt is 29.9%."),
        ("average rabatt for O'Brien", "is 22.05%."),
        ("total fracht", "The total fracht is €1,183.50."),
        ("total gewicht", "The total gewicht is 20.75\xa0kg."),
        ("total umsatz per verkäufer", "Müller leads with a total umsatz of €4,000 (68.6% of the total)"),
        ("share of umsatz per verkäufer", "leads with 68.6%"),
    ],
)
def test_figures_have_the_unit_of_their_column(office: Workspace, question: str, text: str) -> None:
    assert text in said(office, question)


def test_the_unit_is_on_the_chart_and_in_every_file(office: Workspace) -> None:
    import io

    from openpyxl import load_workbook

    from workspace.export import EXPORTS

    found = answer(office, "total umsatz per verkäufer").view
    chart = next(block.block for block in found.blocks if block.block.kind == "chart")
    assert draw(chart, found.artifact.queries[0], found.results["q1"]).unit == "€"
    assert "€4,000" in EXPORTS["md"](found).body.decode()
    assert "€4,000" in EXPORTS["html"](found).body.decode()
    book = load_workbook(io.BytesIO(EXPORTS["xlsx"](found).body))
    assert any("€" in cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row)


def test_what_has_no_name_does_not_lead(office: Workspace) -> None:
    text = said(office, "total umsatz per ort")
    assert text.startswith("Without ort: ") and "77.1% of the total" in text
    assert "of the others, Köln leads with a total umsatz of " in text and "ahead of =1+1" in text


def test_names_are_not_cut_at_an_umlaut_nor_made_plural(office: Workspace) -> None:
    assert said(office, "how many rows are there") == "There are 4 Verkäufe 2026 final."
    found = office.ask("average quux per ort")
    assert not isinstance(found, Answer)
    assert "verk äu" not in str(found) and "finals" not in str(found)


def test_a_chart_says_what_a_bar_without_a_name_is(office: Workspace) -> None:
    found = answer(office, "total umsatz per ort").view
    chart = next(block.block for block in found.blocks if block.block.kind == "chart")
    drawing = draw(chart, found.artifact.queries[0], found.results["q1"])
    assert [mark.x for mark in drawing.marks] == ["Without ort", "Köln", "=1+1"]
