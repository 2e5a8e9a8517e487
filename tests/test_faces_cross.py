"""One object, four faces: every kind of block in every face, and the same query shows the same figures in each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from workspace.artifact.model import Artifact, Break, Chart, Filter, Metric, NamedQuery, Param, Shown, Table, Text, View
from workspace.artifact.refresh import refresh
from workspace.artifact.settings import given
from workspace.database.source import Source, open_source
from workspace.faces import FACES
from workspace.faces.grid import grid
from workspace.faces.page import Frame
from workspace.faces.parts import at_headings, parts
from workspace.faces.slides import slides
from workspace.faces.table import Ask, asks, picked

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)
SETUP = """
create table sale (country text, region text, total real);
insert into sale values ('Germany', 'EU', 1234.5), ('France', 'EU', 310.25), ('Chile', 'South', 77), ('Germany', 'EU', 10);
"""
PER = "select country, sum(total) as revenue from sale where region = :region group by country order by 2 desc"
FIGURES = {  # per region what each query shows, as a person reads it
    "EU": {"total": "1,554.75", "rows": (("Germany", "1,244.50"), ("France", "310.25")), "first": "Germany"},
    "South": {"total": "77", "rows": (("Chile", "77"),), "first": "Chile"},
}


def named(name: str, sql: str, question: str) -> NamedQuery:
    return NamedQuery(
        name=name, source="shop", sql=sql, question=question, columns=(Shown(name="revenue", total=True),)
    )


ARTIFACT = Artifact(
    title="Sales",
    queries=(
        named("q1", "select sum(total) as revenue from sale where region = :region", "how much revenue"),
        named("q2", PER, "revenue per country"),
        named("q3", PER, "revenue per country as a list"),
    ),
    params=(Param(name="region", label="Region", type="choice", options=("EU", "South"), default="EU"),),
    blocks=(
        Text(template="## How much\n\n{{ q2.first('country') }} leads with {{ q2.first('revenue') }}."),
        Metric(
            query="q1",
            column="revenue",
            label="Revenue",
            note="{{ q2.first('country') }} has {{ q2.first('revenue') }}",
        ),
        Filter(param="region"),
        Text(template="## Where"),
        Chart(query="q2", mark="bar", x="country", y="revenue", horizontal=True, caption="Revenue per country"),
        Break(),
        Table(query="q3"),
    ),
)


class Read(HTMLParser):
    """The words of a page, those of its charts, and its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "script"):
            self.words.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("cross") / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(SETUP)
    opened = open_source(path)
    yield opened
    opened.close()


def view_of(source: Source, region: str, artifact: Artifact = ARTIFACT) -> View:
    view = refresh(
        artifact, {"shop": source}, now=NOW, given=given(artifact, [("region", region)]), slug="sales", version=1
    )
    assert view.fresh, view.problems
    return view


@pytest.mark.parametrize("region", FIGURES)
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("kind", ["text", "metric", "table", "chart", "break", "filter"])
def test_every_face_shows_every_block_with_the_same_figures(source: Source, face: str, kind: str, region: str) -> None:
    """The table face shows the queries behind the blocks: its figures are theirs, its prose and pictures are not there."""
    view = view_of(source, region)
    read = Read(FACES[face](view, home="/"))
    found = FIGURES[region]
    names = [attrs.get("class") or "" for _, attrs in read.tags]
    if kind == "text":
        expected = f"{found['first']} leads with {found['rows'][0][1]} ." if face != "table" else found["rows"][0][1]
        assert expected in read.text
    elif kind == "metric":
        assert found["total"] in read.text
        assert ("value" in names) == (face != "table")
        assert (f"{found['first']} has {found['rows'][0][1]}" in read.text) == (face != "table"), "beneath it"
    elif kind == "chart":
        drawn = [attrs for tag, attrs in read.tags if tag == "svg" and attrs.get("class") == "chart"]
        assert bool(drawn) == (face != "table")
        values = "; ".join(f"{country}: {figure}" for country, figure in found["rows"])
        assert (f"Bar chart of Revenue by Country: {values}." in read.text) == (face != "table"), "a text alternative"
    elif kind == "table":
        for row in found["rows"]:
            assert " ".join(row) in read.text
        if len(found["rows"]) > 1:
            assert f"Total {found['total']}" in read.text
    elif kind == "filter":
        fields = [attrs for tag, attrs in read.tags if tag == "select" and attrs.get("name") == "region"]
        assert len(fields) == (face != "slides"), "one control, in slides the value in words"
        assert f"Region: {region}" in read.text
    else:
        breaks = [attrs for tag, attrs in read.tags if tag == "hr" and attrs.get("class") == "break"]
        assert len(breaks) == (face == "document")
    assert "Germany" not in read.text or region == "EU"


@pytest.mark.parametrize("face", FACES)
def test_links_and_downloads_keep_the_values(source: Source, face: str) -> None:
    read = Read(FACES[face](view_of(source, "South"), home="/"))
    links = {attrs["href"] for tag, attrs in read.tags if tag == "a" and (attrs.get("href") or "").startswith("/a/")}
    assert {f"/a/sales/{name}?region=South" for name in FACES} <= links
    assert {"/a/sales.csv?region=South", "/a/sales.html?region=South", "/a/sales.json?region=South"} <= links
    usual = Read(FACES[face](view_of(source, "EU"), home="/"))
    assert "/a/sales.csv" in {attrs.get("href") for _, attrs in usual.tags}


@pytest.mark.parametrize("face", FACES)
def test_a_value_that_is_not_offered_is_one_sentence_on_the_page(source: Source, face: str) -> None:
    text = Read(FACES[face](view_of(source, "<b>Mars</b>"), home="/")).text
    assert text.count("“<b>Mars</b>” is not among the values that are offered. Shown is EU.") == 1
    assert FIGURES["EU"]["total"] in text


def test_slides_have_one_figure_each_and_the_heading_they_belong_to(source: Source) -> None:
    made = slides(parts(view_of(source, "EU"), Frame(), most=8))
    assert [(str(slide["heading"]), slide["figure"] and slide["figure"]["kind"]) for slide in made] == [
        ("How much", "metrics"), ("Where", "chart"), ("", "table"),
    ]  # fmt: skip
    assert "leads with" in made[0]["prose"][0]["html"], "the prose stands with its figure"


def test_a_long_document_has_contents(source: Source) -> None:
    blocks = tuple(Text(template=f"## {name}\n\nWords.") for name in ("One", "<Two> & more", "Three", "Four", "Five"))
    page = FACES["document"](view_of(source, "EU", ARTIFACT.model_copy(update={"blocks": blocks})))
    assert '<a href="#section-2">&lt;Two&gt; &amp; more</a>' in page
    assert '<h2 id="section-2">&lt;Two&gt; &amp; more</h2>' in page
    assert "Contents" not in FACES["document"](view_of(source, "EU"))


def test_a_chart_does_not_repeat_the_heading_it_stands_below(source: Source) -> None:
    chart = next(block for block in ARTIFACT.blocks if block.kind == "chart")
    for heading, times in ((chart.caption, 1), ("Otherwise", 2)):
        blocks = (Text(template=f"## {heading}\n\nWords."), Text(template="More words."), chart)
        page = FACES["document"](view_of(source, "EU", ARTIFACT.model_copy(update={"blocks": blocks})))
        assert page.count("<h2") + page.count("<figcaption") == times + 1, "the receipts have a heading of their own"


def test_what_looks_like_a_heading_in_a_tip_is_none() -> None:
    html = '<h2>a <a class="fig" data-tip="x</h2><h2> <img src=y>">v</a></h2>\n<p>"rest"</p>'
    assert at_headings(html) == [('a <a class="fig" data-tip="x</h2><h2> <img src=y>">v</a>', '<p>"rest"</p>')]


def test_receipts_are_numbered_like_footnotes(source: Source) -> None:
    page = FACES["document"](view_of(source, "EU"))
    assert page.count('href="#receipt-q2" aria-label="Receipt 2">2</a>') == 2, "the sentence and the chart"
    assert "country, where" not in page
    for name in ("q1", "q2", "q3"):
        assert f'id="receipt-{name}"' in page


# ---------------------------------------------------------------------------------------------------------- sheets
ROWS = "select * from (values ('b', 2.0, null), ('A', 10.5, 'x'), ('c', null, 'Xylophone'), ('a%', -1, 'x y'))"


def sheet(source: Source, *items: tuple[str, str]) -> tuple[list[str], str]:
    query = NamedQuery(name="q1", source="shop", sql=f"select column1 as name, column2 as amount, column3 as note from ({ROWS})",
                       columns=(Shown(name="amount", total=True),))  # fmt: skip
    artifact = Artifact(title="Sheet", queries=(query,))
    view = refresh(artifact, {"shop": source}, now=NOW, slug="sheet")
    result = view.results["q1"]
    said = dict(asks(artifact, items))
    ask = Ask(said.get("q1.sort", ""), said.get("q1.find", ""), said.get("q1.in", ""))
    rows = picked(result, ask, grid(artifact.queries[0], result))
    return [str(result.rows[row][0]) for row in rows], FACES["table"](view, asked=asks(artifact, items))


@pytest.mark.parametrize(
    ("items", "names"),
    [
        ((), "b A c a%"),
        ((("q1.sort", "name"),), "A a% b c"),
        ((("q1.sort", "-amount"),), "A b a% c"),
        ((("q1.sort", "amount"),), "a% b A c"),
        ((("q1.sort", "nothing"),), "b A c a%"),
        ((("q1.find", "X"),), "A c a%"),
        ((("q1.find", "x y"),), "c a%"),
        ((("q1.find", "%"),), "a%"),
        ((("q1.find", "10.5"), ("q1.in", "amount")), "A"),
        ((("q1.find", "x"), ("q1.sort", "-name"), ("q9.sort", "name"), ("q1.drop", "table")), "c a% A"),
    ],
)
def test_sheets_are_sorted_and_searched(source: Source, items: tuple, names: str) -> None:
    found, page = sheet(source, *items)
    assert found == names.split()
    cells = [name for name in ("b", "A", "c", "a%") if f'<td class="s">{name}</td>' in page]
    assert sorted(cells) == sorted(found)


def test_a_searched_sheet_adds_up_what_it_shows(source: Source) -> None:
    _, page = sheet(source, ("q1.find", "x"))
    assert '<tfoot><tr><td class="s">Total</td><td class="n">9.50</td>' in page
    assert "3 rows of 4." in page
    _, page = sheet(source, ("q1.sort", "-amount"))
    assert 'aria-sort="descending"' in page
    assert "q1.sort=amount#sheet-q1" in page, "the next turn"
    _, page = sheet(source, ("q1.find", "<none>"))
    assert "No row has “&lt;none&gt;”." in page
