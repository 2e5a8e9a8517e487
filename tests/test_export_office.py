"""Word, Excel, PowerPoint, PDF and Markdown files, read back by other libraries than those that wrote them where there
are any: every block kind is in every file, with the figures of the page."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pypdf
import pytest

from tests.export_view import ORDER_KINDS, ORDERS, every_block
from tests.test_export_files import rows_of, single
from tests.test_faces_pages import AS_OF, XSS, Reader, hostile, make, named
from workspace.artifact.model import Artifact, Chart, Metric, Shown, Table, Text
from workspace.artifact.refresh import view_of
from workspace.export import EXPORTS, xlsx
from workspace.export.cells import cells
from workspace.export.outline import outline
from workspace.export.slides import arrange
from workspace.faces.drawing import draw
from workspace.faces.grid import grid

VIEW = every_block()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {
        extension: write(VIEW, **({} if extension in ("csv", "json") else {"zone": UTC})).body
        for extension, write in EXPORTS.items()
    }


# ------------------------------------------------------------------------------------------- what a file says, as text
def words_of_docx(body: bytes) -> str:
    document = docx.Document(io.BytesIO(body))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts += [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    return "\n".join(texts)


def words_of_pptx(body: bytes) -> str:
    texts = []
    for slide in pptx.Presentation(io.BytesIO(body)).slides:
        for shape in slide.shapes:
            texts += [shape.text_frame.text] if shape.has_text_frame else []
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                texts += [shape._element.nvGraphicFramePr.cNvPr.get("descr")]
    return "\n".join(texts)


def words_of_pdf(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).replace("\u200b", "")


def words_of_csv(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())


WORDS: dict[str, Callable[[bytes], str]] = {
    "docx": words_of_docx,
    "pptx": words_of_pptx,
    "pdf": words_of_pdf,
    "html": lambda body: Reader(body.decode()).text,
    "md": lambda body: body.decode().replace("\\", ""),
    "csv": words_of_csv,
    "json": lambda body: body.decode(),
}


def figures_of(number: int) -> list[str]:
    """The figures that block ``number`` shows on the page, as the page writes them."""
    bound = VIEW.blocks[number]
    block = bound.block
    if isinstance(block, Text):
        return [segment.text for segment in bound.text if segment.query]
    if block.query not in VIEW.results:
        return []
    query, result = VIEW.artifact.query(block.query), VIEW.results[block.query]
    if isinstance(block, Metric):
        return [cells(query, result, result.index(block.column)).texts[0]]
    if isinstance(block, Table):
        return [cell for row in grid(query, result, most=30).rows for cell in row[1:7]]
    return [mark.label for mark in draw(block, query, result).marks[:8]]


def plain_numbers(texts: list[str]) -> list[str]:
    """As a machine writes them: no separators, and no figure that is rounded or a date."""
    return [text.replace(",", "").rstrip("0").rstrip(".") for text in texts if re.fullmatch(r"[\d,]+\.\d\d", text)]


@pytest.mark.parametrize("extension", WORDS)
@pytest.mark.parametrize("number", range(len(VIEW.blocks)), ids=lambda n: f"{n}-{VIEW.blocks[n].block.kind}")
def test_every_block_shows_its_figures_in_every_file(extension: str, number: int, files: dict[str, bytes]) -> None:
    said, expected = WORDS[extension](files[extension]), figures_of(number)
    block = VIEW.blocks[number].block
    if extension in ("csv", "json"):
        if isinstance(block, Text) or block.query in ("q4", "q5"):
            return  # rounded on the page, whole in the file
        expected = plain_numbers(expected)
    if extension == "pdf" and isinstance(block, Chart):
        # The drawing has only some of the figures as text; its words are in the file's tags.
        expected = expected if block.mark == "bar" and not block.color else []
    if isinstance(block, Table) and block.query == "q4" and extension == "pptx":
        expected = expected[: 11 * 6]
    missing = [text for text in dict.fromkeys(expected) if text not in said]
    assert not missing


@pytest.mark.parametrize("extension", [extension for extension in WORDS if extension not in ("csv", "json")])
def test_what_is_stale_or_failing_says_so_in_its_place(extension: str, files: dict[str, bytes]) -> None:
    said = " ".join(WORDS[extension](files[extension]).split())
    for words in ("There is no column b in the table orders.", "the last good result, of 23 Nov 2026, 14:03", "There is no table refunds.",
                  "Partly out of date" if extension != "html" else "As of", "4,711"):  # fmt: skip
        assert words in said, words
    assert "Live" not in said


@pytest.mark.parametrize("extension", ["docx", "pptx", "pdf", "md", "html"])
def test_receipts_are_in_the_file(extension: str, files: dict[str, bytes]) -> None:
    said = WORDS[extension](files[extension])
    if extension == "pptx":
        deck = pptx.Presentation(io.BytesIO(files["pptx"]))
        said = "\n".join(slide.notes_slide.notes_text_frame.text for slide in list(deck.slides)[1:])
    said = re.sub(r"\s", "", said)
    assert VIEW.results["q4"].receipt.digest in said
    assert "selectcountry,…" in said
    assert "p1=2023-01-01" in said


@pytest.mark.parametrize("extension", EXPORTS)
def test_the_same_view_gives_the_same_bytes(extension: str, files: dict[str, bytes]) -> None:
    again = EXPORTS[extension](VIEW, **({} if extension in ("csv", "json") else {"zone": UTC})).body
    assert again == files[extension]


@pytest.mark.parametrize("evil", XSS, ids=range(len(XSS)))
def test_hostile_content_is_text_in_office_files(evil: str) -> None:
    view = hostile(evil)
    book = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](view).body))
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.hyperlink and c.hyperlink.target]
    for extension in ("docx", "pptx"):
        body = EXPORTS[extension](view).body
        WORDS[extension](body)
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            outside = [
                name
                for name in packed.namelist()
                if name.endswith(".rels") and b'TargetMode="External"' in packed.read(name)
            ]
        assert not outside
    assert EXPORTS["pdf"](view).body.startswith(b"%PDF")
    marked = EXPORTS["md"](view).body.decode()
    assert not re.search(r"(?<!\\)<(script|img|svg|b)\b", re.sub(r"```.*?```", "", marked, flags=re.S))


@pytest.mark.parametrize("extension", [extension for extension in EXPORTS if extension != "csv"])
def test_an_empty_page_and_an_empty_result(extension: str) -> None:
    assert EXPORTS[extension](view_of(Artifact(title="Nothing"), {}, "2026-11-23T14:03:00Z")).body
    assert EXPORTS[extension](single({"a": "text", "n": "integer"}, [])).body


# ------------------------------------------------------------------------------------------------------------ xlsx
@pytest.fixture(scope="module")
def book(files: dict[str, bytes]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(files["xlsx"]), data_only=True)


def test_a_workbook_has_a_sheet_per_query(book: Any) -> None:
    assert book.sheetnames == [
        "Summary", "Revenue per country in 2023", "Monthly revenue", "Revenue per month and channel",
        "Orders with their dates", "Weight and price", "An old one", "Chart data", "Receipts", "noapp",
    ]  # fmt: skip
    assert book["noapp"].sheet_state == "veryHidden"
    sheet = book["Orders with their dates"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:H231")
    assert [cell.value for cell in sheet[1]] == [
        "Order ID",
        "Customer",
        "Placed",
        "Shipped",
        "Share",
        "Total",
        "Delta",
        "Note",
    ]
    assert sheet.max_row == len(ORDERS) + 1, "all rows, however many the page shows"


def test_cells_are_numbers_dates_and_texts(book: Any) -> None:
    sheet = book["Orders with their dates"]
    for row, order in zip(sheet.iter_rows(min_row=2), ORDERS, strict=True):
        number, customer, placed, shipped, share, total, delta, note = row
        assert number.value == order[0] and number.number_format.startswith("0;")
        assert customer.value == order[1] and customer.data_type == "s"
        assert placed.value == datetime.fromisoformat(order[2]) and placed.number_format == "[$-409]d mmm yyyy"
        assert shipped.value == datetime.fromisoformat(order[3])
        assert share.value == pytest.approx(order[4]) and share.number_format.startswith("0.0%")
        assert total.value == pytest.approx(order[5])
        assert delta.value == order[6]
        assert note.value == order[7]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}, "no cell of the database is a formula"
    totals = book["Revenue per country in 2023"]
    assert [cell.value for cell in totals[7]] == ["Total", 1368.7, 245]
    formulas = openpyxl.load_workbook(io.BytesIO(xlsx.write(VIEW).body))["Revenue per country in 2023"]
    assert formulas["B7"].value == "=SUBTOTAL(109,B2:B6)"


def test_stale_rows_are_marked(book: Any) -> None:
    sheet = book["An old one"]
    assert sheet["A1"].value.startswith("Not refreshed: these rows are the last good result, of 23 Nov 2026")
    assert sheet.freeze_panes == "A3"
    assert [cell.value for cell in sheet[3]] == ["x", 4711]


def test_native_charts_draw_the_figures(files: dict[str, bytes], book: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as packed:
        charts = [packed.read(name).decode() for name in sorted(packed.namelist()) if "/charts/chart" in name]
    kinds = {re.search(r"<c:(bar|line|area|pie|scatter)Chart>", chart)[1] for chart in charts}  # type: ignore[index]
    assert kinds == {"bar", "line", "area", "pie", "scatter"}
    drawn = []
    for chart in charts:
        for reference in re.findall(r"<c:(?:val|yVal)><c:numRef><c:f>(.*?)</c:f>", chart):
            sheet, _, area = reference.rpartition("!")
            drawn += [row[0].value for row in book[sheet.strip("'")][area.replace("$", "")]]
    for number, bound in enumerate(VIEW.blocks):
        if isinstance(bound.block, Chart):
            query, result = VIEW.artifact.query(bound.block.query), VIEW.results[bound.block.query]
            assert all(
                any(value == pytest.approx(mark.y) for value in drawn if value is not None)
                for mark in draw(bound.block, query, result).marks
            ), number


def test_native_charts_tell_the_period_that_is_not_over() -> None:
    months = [(f"2026-{month:02d}", 10.0 * month) for month in range(8, 12)]  # as of 23 Nov 2026
    query = named("q1", "monthly revenue", columns=(Shown(name="month", format="period"),))
    blocks = tuple(Chart(query="q1", mark=mark, x="month", y="revenue", x_type="temporal") for mark in ("bar", "line"))
    artifact = Artifact(title="Going on", queries=(query,), blocks=blocks)
    view = view_of(artifact, {"q1": make({"month": "text", "revenue": "real"}, months)}, AS_OF)
    deck = pptx.Presentation(io.BytesIO(EXPORTS["pptx"](view, zone=UTC).body))
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert [list(chart.plots[0].categories)[-1] for chart in drawn] == ["Nov 2026 so far"] * 2
    pale = [re.findall(r'<c:dPt>\s*<c:idx val="(\d)"/>', chart.part.blob.decode()) for chart in drawn]
    assert pale == [["3"], ["3"]]
    ends = [re.findall(r'<c:dLbl>\s*<c:idx val="(\d)"/>', chart.part.blob.decode()) for chart in drawn]
    assert ends == [[], ["3"]], "a line has its last figure"
    assert all(chart.plots[0].series[0].points[3].format.line.dash_style for chart in drawn)
    body = EXPORTS["xlsx"](view, zone=UTC).body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert '<c:dPt><c:idx val="3"/>' in packed.read("xl/charts/chart1.xml").decode()
    said = [row[0] for row in openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True)]
    assert said.count("Nov 2026 is not over yet.") == 2


def test_sheet_names_are_valid_and_unique() -> None:
    view = single({"a": "text"}, [("x",)])
    query = view.artifact.queries[0]
    questions = [
        "a/b:c*d?[e]",
        "summary",
        "Summary",
        "x" * 50,
        "x" * 60,
        "'quoted'",
        "history",
        "  ",
        "[]",
        "é" * 40,
        "receipts",
    ]
    queries = tuple(query.model_copy(update={"name": f"q{n}", "question": text}) for n, text in enumerate(questions))
    artifact = Artifact(title="Many", queries=queries)
    many = view_of(artifact, {query.name: view.results["q1"] for query in queries}, "2026-11-23T14:03:00Z")
    names = xlsx.sheet_names(many)
    assert len({name.casefold() for name in names.values()}) == len(questions)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in names.values())
    assert openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](many).body)).sheetnames[1] == "A b c d e"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("real", 1234567.891, "#,##0"), ("integer", 2**60, "text"), ("integer", 0, "#,##0"), ("real", float("inf"), "text"),
        ("text", "1899-01-01", "text"), ("text", "2023-02-31", "text"), ("text", "2023-01-01T10:00:00Z", "text"),
        ("text", "+49 30", "text"), ("text", "x" * 40_000, "text"), ("blob", b"\x00", "text"), ("text", "a\x00b", "text"),
    ],
)  # fmt: skip
def test_odd_values_are_cells_all_the_same(kind: str, value: Any, code: str) -> None:
    view = single({"x": kind}, [(value,), (None,)])
    sheet = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](view).body))["One"]
    cell = sheet["A2"]
    assert cell.data_type == ("s" if code == "text" else "n")
    assert code == "text" or cell.number_format.startswith(code)
    assert sheet["A3"].value is None


# ---------------------------------------------------------------------------------------------------- docx, pptx, pdf
def test_a_document_has_styles_headings_and_repeating_table_heads(files: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(files["docx"]))
    styles = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.text]
    assert styles[0] == ("Title", "Sales in 2023")
    heads = [text for style, text in styles if style == "Heading 1"]
    assert heads == ["Countries", "Months", "How this was computed"]
    assert ("List Bullet", "First point") in styles
    assert document.paragraphs[2].runs[2].bold
    orders = next(table for table in document.tables if table.rows[0].cells[0].text == "Order ID")
    assert orders.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert len(orders.rows) == 201
    assert any("The first 200 of 230 rows." in text for _, text in styles)
    assert len(document.inline_shapes) == 6
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)


def test_a_deck_has_one_idea_a_slide(files: dict[str, bytes]) -> None:
    deck = pptx.Presentation(io.BytesIO(files["pptx"]))
    slides = list(deck.slides)
    assert slides[0].shapes.title.text == "Sales in 2023"
    assert all(sum(shape.has_chart + shape.has_table for shape in slide.shapes) <= 1 for slide in slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert "Who buys" in titles and "The best month was Mar 2023." in titles
    assert titles.count("Orders of the year (4 of 4)") == 1
    kinds = [shape.chart.chart_type.name for slide in slides for shape in slide.shapes if shape.has_chart]
    assert kinds == ["BAR_CLUSTERED", "LINE", "COLUMN_STACKED", "AREA", "PIE", "XY_SCATTER"]
    bar = next(shape.chart for slide in slides for shape in slide.shapes if shape.has_chart)
    assert list(bar.plots[0].categories) == ["USA", "Canada", "France", "Brazil", "Germany"]
    assert list(bar.plots[0].series[0].values) == [523.06, 303.96, 195.1, 190.1, 156.48]
    for slide in slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, (
                slide.shapes.title.text,
                shape.name,
            )
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, (
                slide.shapes.title.text,
                shape.name,
            )


def ranking(count: int, *, low: float = 1.0, words: str = "") -> Any:
    """A page of one chart of bars that lie: ``count`` long names, the lowest with the figure ``low``."""
    rows = [(f"Department of things number {n} and of some others", float(count - n)) for n in range(count - 1)]
    query = named("q1", "budget per department")
    chart = Chart(query="q1", mark="bar", x="department", y="budget", horizontal=True, sort="-y")
    blocks = (Text(template=f"## Budget\n\n{words or 'What there is.'}"), chart)
    artifact = Artifact(title="Budgets", queries=(query,), blocks=blocks)
    result = make({"department": "text", "budget": "real"}, [*rows, ("Department of nothing", low)])
    return view_of(artifact, {"q1": result}, AS_OF)


def charts_of(view: Any) -> list[Any]:
    deck = pptx.Presentation(io.BytesIO(EXPORTS["pptx"](view, zone=UTC).body))
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_every_bar_on_a_slide_has_its_name_and_figure() -> None:
    (chart,) = charts_of(ranking(25, words="What there is.\n\nAnd what there is not."))
    xml = chart.part.blob.decode()
    assert '<c:tickLblSkip val="1"/>' in xml and len(chart.plots[0].categories) == 25
    assert chart.plots[0].has_data_labels and not chart.value_axis.visible
    assert 8 <= chart.font.size.pt < charts_of(ranking(5))[0].font.size.pt == 12
    assert chart.category_axis.reverse_order and '<c:crosses val="max"/>' in xml


def test_bars_that_do_not_fit_on_a_slide_are_on_the_next_at_the_same_scale() -> None:
    first, second = charts_of(ranking(27))
    names = [list(chart.plots[0].categories) for chart in (first, second)]
    assert [len(part) for part in names] == [14, 13] and len({*names[0], *names[1]}) == 27
    assert first.value_axis.maximum_scale == second.value_axis.maximum_scale >= 27
    deck = pptx.Presentation(io.BytesIO(EXPORTS["pptx"](ranking(27), zone=UTC).body))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[1:] == ["What there is. (1 of 2)", "What there is. (2 of 2)"]


def test_names_stand_clear_of_bars_below_nought() -> None:
    (below,), (above,) = charts_of(ranking(6, low=-4.0)), charts_of(ranking(6))
    assert below.category_axis.tick_label_position.name == "LOW" != above.category_axis.tick_label_position.name
    assert below.value_axis.minimum_scale < -4 and above.value_axis.minimum_scale == 0
    with zipfile.ZipFile(io.BytesIO(EXPORTS["xlsx"](ranking(6, low=-4.0)).body)) as packed:
        assert '<c:tickLblPos val="low"/>' in packed.read("xl/charts/chart1.xml").decode()


def test_periods_that_stand_too_close_are_named_in_round_steps() -> None:
    months = [(f"{2023 + n // 12}-{n % 12 + 1:02d}", 10.0 + n) for n in range(36)]
    query = named("q1", "monthly revenue", columns=(Shown(name="month", format="period"),))
    line = Chart(query="q1", mark="line", x="month", y="revenue", x_type="temporal")
    view = view_of(Artifact(title="Long", queries=(query,), blocks=(line,)),
                   {"q1": make({"month": "text", "revenue": "real"}, months)}, AS_OF)  # fmt: skip
    (chart,) = charts_of(view)
    assert re.findall(r'<c:tickLblSkip val="(\d+)"/>', chart.part.blob.decode()) == ["3"]


def test_words_under_a_figure_are_smaller_where_they_are_many_and_large_where_they_stand_alone() -> None:
    def size(view: Any, holding: str) -> float:
        deck = pptx.Presentation(io.BytesIO(EXPORTS["pptx"](view, zone=UTC).body))
        frames = [shape.text_frame for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
        return next(f.paragraphs[0].runs[0].font.size.pt for f in frames if f.text.startswith(holding))

    assert size(ranking(5, words="Said at length. " * 20), "Said") == 14
    assert size(ranking(5, words="Said at length. " * 9), "Said") == 16
    alone = view_of(Artifact(title="Words", blocks=(Text(template="Said in short."),)), {}, AS_OF)
    assert size(alone, "Said") == 28


def kept(element: Any) -> bool:
    return bool(element.xpath(".//w:keepNext[not(@w:val='0')]"))


def test_what_leads_to_a_figure_is_not_parted_from_it_in_a_document() -> None:
    document = docx.Document(io.BytesIO(EXPORTS["docx"](ranking(40), zone=UTC).body))
    said = {paragraph.text: paragraph for paragraph in document.paragraphs}
    assert kept(said["What there is."]._p), "the last words before a picture"
    note = said["The first 30 of 40."]
    assert kept(note._p.getprevious()) and not note.paragraph_format.keep_with_next
    receipt = document.tables[-1]
    assert all(kept(row._tr) for row in receipt.rows)


@pytest.mark.parametrize(("count", "apart"), [(10, 0), (60, 56)])
def test_a_table_is_parted_between_its_rows_if_it_has_to_be(count: int, apart: int) -> None:
    view = single({"a": "text", "n": "integer"}, [(f"row {n}", n) for n in range(count)])
    rows = docx.Document(io.BytesIO(EXPORTS["docx"](view, zone=UTC).body)).tables[0].rows
    assert rows[0]._tr.xpath("w:trPr/w:tblHeader") and all(row._tr.xpath("w:trPr/w:cantSplit") for row in rows)
    free = [not kept(row._tr) for row in rows]
    assert not any(free[:3]) and free[-1] and not free[-2]
    assert sum(free[:-1]) == apart


def test_a_short_table_is_whole_on_a_page_of_the_pdf() -> None:
    words = "\n\n".join(["Words that take their place on the page."] * 26)
    table = single({"a": "text", "n": "integer"}, [(f"row {n}", n) for n in range(20)])
    artifact = table.artifact.model_copy(update={"blocks": (Text(template=words), *table.artifact.blocks)})
    reader = pypdf.PdfReader(io.BytesIO(EXPORTS["pdf"](view_of(artifact, table.results, AS_OF), zone=UTC).body))
    pages = [re.findall(r"row \d+", page.extract_text()) for page in reader.pages]
    assert [len(found) for found in pages if found] == [20]


def test_the_summary_of_a_workbook_is_parted_between_its_charts_on_paper() -> None:
    query = named("q1", "budget per department")
    part = (Text(template="## Budget"), Chart(query="q1", mark="bar", x="d", y="n", horizontal=True, sort="-y"))
    result = make({"d": "text", "n": "real"}, [(f"d {n}", 1.0 + n) for n in range(5)])
    view = view_of(Artifact(title="Four", queries=(query,), blocks=part * 4), {"q1": result}, AS_OF)
    sheet = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"](view).body))["Summary"]
    heads = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "Budget"]
    (at,) = [found.id for found in sheet.row_breaks.brk]
    assert at + 1 in [row - 1 for row in heads[1:]], "before the empty line over a heading"


def test_words_without_a_figure_are_split_over_slides() -> None:
    text = "\n\n".join(f"Paragraph of words that says something {'and more ' * 12}" for _ in range(9))
    view = view_of(Artifact(title="Long", blocks=(Text(template=text),)), {}, "2026-11-23T14:03:00Z")
    slides = arrange(outline(view, rows=10))
    assert len(slides) > 2
    assert sum(len(slide.words) for slide in slides) == 9


def test_a_pdf_is_tagged_and_has_our_font(files: dict[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    assert reader.metadata is not None and reader.metadata.title == "Sales in 2023"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert any("LiberationSans" in font for font in fonts)
    assert "Łódź" in words_of_pdf(files["pdf"])
    assert "The first 200 of 230 rows." in words_of_pdf(files["pdf"])


def test_markdown_reads_as_tables(files: dict[str, bytes]) -> None:
    lines = files["md"].decode().splitlines()
    at = lines.index("| Country | Revenue | N |")
    assert lines[at + 1 : at + 3] == ["| --- | ---: | ---: |", "| USA | 523.06 | 91 |"]
    assert "| Total | 1,368.70 | 245 |" in lines
    assert "## Countries" in lines
    assert r"| 10249 | =HYPERLINK(1) | 1 Jan 2023 | 1 May 2023, 10:30 | 0.0% | 0.00 | 0.0 | @note |" in lines


# ------------------------------------------------------------------------------------------- by the programs themselves
@pytest.fixture(scope="module")
def converted(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What LibreOffice makes of the files: each sheet as CSV as it is shown, documents and decks as PDF."""
    if not shutil.which("soffice"):
        packages = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
        pytest.skip(f"LibreOffice is not installed; on Debian: apt-get install --no-install-recommends {packages}")
    folder = tmp_path_factory.mktemp("office")
    for extension in ("xlsx", "docx", "pptx"):
        (folder / f"page.{extension}").write_bytes(files[extension])
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    home = f"-env:UserInstallation=file://{folder}/home"
    for name, form in (("page.xlsx", sheets), ("page.docx", "pdf"), ("page.pptx", "pdf")):
        command = ["soffice", home, "--headless", "--convert-to", form, "--outdir", name.replace(".", "-"), name]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
    return folder


def test_libreoffice_shows_the_page_s_figures_in_the_workbook(converted: Path) -> None:
    for query in VIEW.artifact.queries:
        if query.name not in VIEW.results or query.name in VIEW.problems:
            continue
        name = xlsx.sheet_names(VIEW)[query.name]
        (path,) = converted.rglob(f"*{name}.csv")
        shown = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        table = grid(query, VIEW.results[query.name])
        assert shown[0] == [head.text for head in table.headings]
        for line, row in zip(shown[1:], table.rows, strict=False):
            assert [cell or "–" for cell in line] == list(row)


@pytest.mark.parametrize("name", ["page-docx", "page-pptx"])
def test_libreoffice_opens_documents_and_decks(converted: Path, name: str) -> None:
    (path,) = (converted / name).glob("*.pdf")
    said = words_of_pdf(path.read_bytes())
    for text in ("Sales in 2023", "523.06", "1,368.70", "4,711", "Customer 3, Łódź", "There is no column b"):
        assert text in said
    assert len(pypdf.PdfReader(path).pages) > 5


def test_figures_of_json_and_csv_are_whole(files: dict[str, bytes]) -> None:
    rows = json.loads(files["json"])["results"]["q4"]["rows"]
    with zipfile.ZipFile(io.BytesIO(files["csv"])) as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("q4")]
        lines = rows_of(archive.read(name))
    assert lines[0] == list(ORDER_KINDS)
    for row, line, order in zip(rows, lines[1:], ORDERS, strict=True):
        assert row[5] == pytest.approx(order[5], rel=1e-14)
        assert float(line[5]) == pytest.approx(order[5], rel=1e-14)
    assert lines[1][1] == "'=HYPERLINK(1)"


def test_only_what_is_shown_of_a_view_is_in_an_offline_page() -> None:
    view = single({"shown": "text", "kept_back": "text"}, [("a", "secret")])
    artifact = view.artifact.model_copy(update={"blocks": (Table(query="q1", columns=("shown",)),)})
    page = EXPORTS["html"](view_of(artifact, view.results, view.as_of)).body.decode()
    assert "secret" not in page


# ---------------------------------------------------------------------------------------------------------- links
def test_links_of_an_author_lead_there_in_every_file_that_can() -> None:
    written = "Read [the *whole* report](https://e.example/r?a=1&b=<2>) or [write](mailto:board@e.example), not [this](javascript:x)."
    view = view_of(Artifact(title="Notes", blocks=(Text(template=written),)), {}, "2026-11-23T12:00:00Z")
    made = {name: EXPORTS[name](view).body for name in ("docx", "pptx", "pdf", "md", "html")}
    leads = {"https://e.example/r?a=1&b=%3C2%3E", "mailto:board@e.example"}
    document = docx.Document(io.BytesIO(made["docx"]))
    linked = [link for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert {link.address for link in linked} == leads
    assert "".join(link.text for link in linked) == "the whole reportwrite"
    said = "Read the whole report or write, not [this](javascript:x)."
    assert said in [paragraph.text for paragraph in document.paragraphs]
    slides = pptx.Presentation(io.BytesIO(made["pptx"])).slides
    frames = [shape.text_frame for slide in slides for shape in slide.shapes if shape.has_text_frame]
    runs = [run for frame in frames for paragraph in frame.paragraphs for run in paragraph.runs]
    assert {run.hyperlink.address for run in runs} - {None} == leads
    pages = pypdf.PdfReader(io.BytesIO(made["pdf"])).pages
    notes = [note.get_object() for page in pages for note in page.get("/Annots", [])]
    assert {str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})} == leads
    text = made["md"].decode()
    assert "(<https://e.example/r?a=1&b=%3C2%3E>)" in text and "](<mailto:" in text
    page = Reader(made["html"].decode())
    outward = [attrs for tag, attrs in page.tags if tag == "a" and ":" in (attrs.get("href") or "")]
    assert {attrs["href"] for attrs in outward} == leads
    assert all(attrs["rel"] == "noopener noreferrer nofollow" for attrs in outward)
