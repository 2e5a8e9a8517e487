"""The pages: complete, safe, the same each time, readable without scripts."""

from __future__ import annotations

import dataclasses
import os
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from workspace.artifact.bind import literal
from workspace.artifact.model import (
    Artifact,
    Chart,
    Filter,
    Metric,
    NamedQuery,
    Param,
    Problem,
    Shown,
    Table,
    Text,
    View,
)
from workspace.artifact.refresh import bind_blocks, view_of
from workspace.artifact.settings import settle
from workspace.database.result import Reach, Receipt, Result, ResultColumn, digest
from workspace.faces import FACES, prose, svg, theme, vega
from workspace.faces.document import chart_svg
from workspace.faces.drawing import draw, summary
from workspace.faces.grid import grid
from workspace.faces.page import script

GOLDENS = Path(__file__).parent / "goldens" / "faces"
AS_OF = "2026-11-23T14:03:00Z"
COUNTRIES = [
    ("USA", 523.06, 91),
    ("Canada", 303.96, 56),
    ("France", 195.1, 35),
    ("Brazil", 190.1, 35),
    ("Germany", 156.48, 28),
]
MONTHS = [(f"2023-{month:02d}", 30.0 + (month * 7) % 11) for month in range(1, 13)]


def make(columns: dict[str, str], rows: list[tuple], *, truncated: bool = False) -> Result:
    receipt = Receipt(
        "shop", "9f2c", "select country, …", {"p1": "2023-01-01"}, "rule", len(rows), digest(len(columns), rows), AS_OF
    )
    return Result(tuple(ResultColumn(n, k) for n, k in columns.items()), tuple(rows), truncated, 0.001, receipt)


def named(name: str, question: str, **fields) -> NamedQuery:
    return NamedQuery(
        name=name, source="shop", sql="select country, …", question=question, explanation="As understood.", **fields
    )


def page_view(**fields) -> View:
    artifact = Artifact(
        title="Revenue per country",
        queries=(
            named(
                "q1",
                "revenue per country",
                columns=(Shown(name="revenue", total=True), Shown(name="n", asked=False, total=True)),
            ),
            named("q2", "monthly revenue", columns=(Shown(name="month", format="period"),)),
        ),
        blocks=(
            Text(template="{{ q1.first('Country') }} leads with **{{ q1.first('revenue') }}**."),
            Chart(
                query="q1",
                mark="bar",
                x="Country",
                y="revenue",
                horizontal=True,
                sort="-y",
                caption="Revenue per country",
            ),
            Table(query="q1"),
            Text(template="## Monthly revenue"),
            Metric(query="q2", column="revenue", label="Revenue at first"),
            Chart(query="q2", mark="line", x="month", y="revenue", x_type="temporal"),
        ),
    )
    results = {
        "q1": make({"Country": "text", "revenue": "real", "n": "integer"}, COUNTRIES),
        "q2": make({"month": "text", "revenue": "real"}, MONTHS),
    }
    return view_of(artifact, results, AS_OF, slug="revenue-per-country", version=2, **fields)


def spec_of(chart: Chart, query: NamedQuery, result: Result, *, width: int = vega.WIDE) -> vega.Spec:
    spec = vega.spec(chart, query, result, width=width)
    assert spec is not None
    return spec


class Reader(HTMLParser):
    """Collects what a browser would act on: tags, attributes, and whether every tag is closed."""

    VOID = frozenset({"meta", "br", "hr", "link", "img", "input"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if "script" in self.open[-1:]:
            self.scripts.append(data)
        elif "style" not in self.open[-1:]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def test_sections_of_an_app_stand_beside_each_other_with_their_pictures() -> None:
    view = page_view()
    line = view.artifact.blocks[-1]
    blocks = tuple(block for n in range(3) for block in (Text(template=f"## Part {['one', 'two', 'three'][n]}"), line))
    artifact = view.artifact.model_copy(update={"blocks": (*blocks, Text(template="## Head"), view.artifact.blocks[4])})
    page = FACES["app"](view_of(artifact, dict(view.results), AS_OF))
    sections = re.findall(
        r"<section( class=\"half\")?>(.*?)</section>\s*(?=<section|<div class=\"part row|</main>)", page, re.S
    )
    assert [bool(half) for half, _ in sections][:3] == [True, True, False], "the last is alone in its row"
    assert all("<svg" in inside and "<h2>Part" in inside for _, inside in sections[:3])
    assert page.count('class="part row"') == 1, "the figure with its heading"


# -------------------------------------------------------------------------------------------------------- goldens
@pytest.mark.parametrize("face", FACES)
def test_goldens(face: str) -> None:
    """The whole page, without the style sheet and the drawings (those have their own checks); NOAPP_GOLDENS=write renews."""
    page = FACES[face](page_view(), base_url="http://localhost:8501", nonce="n0", home="/", zone=UTC)
    page = re.sub(r"(<style[^>]*>).*?</style>", r"\1…</style>", page, flags=re.S)
    page = re.sub(r"(<script[^>]*>).*?</script>", r"\1…</script>", page, flags=re.S)
    page = re.sub(r"(<svg[^>]*class=\"chart\".*?</title>).*?</svg>", r"\1…</svg>", page, flags=re.S)
    page = re.sub(r"chart-[0-9a-f]{12}", "chart-0", page)
    golden = GOLDENS / f"{face}.html"
    if os.environ.get("NOAPP_GOLDENS") == "write":
        golden.write_text(page, encoding="utf-8")
    assert page == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("face", FACES)
def test_the_page_is_whole_and_needs_no_scripts(face: str) -> None:
    read = Reader(FACES[face](page_view(), nonce="abc", home="/"))
    assert read.open == []
    tags = [tag for tag, _ in read.tags]
    assert (read.scripts or [""]) == [script(page_view(), face)], "none but the face's own"
    assert ("svg.chart" in script(page_view(), face)) == (face in ("document", "app")), "charts answer to a pointer"
    assert tags.count("h1") == 1
    assert dict(read.tags)["html"] == {"lang": "en"}
    assert all(attrs.get("nonce") == "abc" for tag, attrs in read.tags if tag == "style")
    assert not [attrs for _, attrs in read.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {
        attrs["href"][1:] for tag, attrs in read.tags if tag == "a" and (attrs.get("href") or "").startswith("#")
    }
    assert targets <= set(ids)


def test_what_the_document_says() -> None:
    read = Reader(FACES["document"](page_view(), base_url="https://x.example/", zone=UTC))
    for words in (
        "Live, as of",
        "14:03",
        "shop",
        "version 2",
        "523.06",
        "Total",
        "1,368.70",
        "As understood.",
        "2023-01-01",
        "9f2c",
    ):
        assert words in read.text, words
    links = [attrs.get("href") for tag, attrs in read.tags if tag == "a"]
    assert "https://x.example/a/revenue-per-country/table" in links
    assert "https://x.example/a/revenue-per-country.csv" in links
    current = [attrs for _, attrs in read.tags if attrs.get("aria-current") == "page"]
    assert [attrs["href"] for attrs in current] == ["https://x.example/a/revenue-per-country/document"]
    figures = [attrs for tag, attrs in read.tags if tag == "a" and attrs.get("class") == "fig"]
    assert len(figures) == 2
    assert "receipt" in (figures[0]["data-tip"] or "")


def test_an_unsaved_view_has_no_links() -> None:
    view = view_of(page_view().artifact, page_view().results, AS_OF)
    read = Reader(FACES["document"](view))
    assert not [attrs for tag, attrs in read.tags if tag == "a" and not (attrs.get("href") or "").startswith("#")]


# -------------------------------------------------------------------------------------------- problems and emptiness
def test_problems_stand_in_their_place_once() -> None:
    view = page_view()
    problem = Problem("query_failed", "There is no table sale any more.", "Ask again.")
    stale = View(
        view.artifact, view.results, bind_blocks(view.artifact, view.results, {"q1": problem}), AS_OF, {"q1": problem}
    )
    for render in FACES.values():
        read = Reader(render(stale, zone=UTC))
        assert read.text.count("This part could not be refreshed.") == 1
        assert "There is no table sale any more. Ask again." in read.text
        assert "the last good result, of 23 Nov 2026, 14:03" in read.text
        assert "Partly out of date" in read.text
        assert "523.06" in read.text
    gone = View(
        view.artifact,
        {"q2": view.results["q2"]},
        bind_blocks(view.artifact, {"q2": view.results["q2"]}, {"q1": problem}),
        AS_OF,
        {"q1": problem},
    )
    read = Reader(FACES["document"](gone, zone=UTC))
    assert "USA" not in read.text
    assert "Revenue at first" in read.text
    assert Reader(FACES["table"](gone)).open == []


def test_empty_pages() -> None:
    nothing = view_of(Artifact(title="Empty"), {}, AS_OF)
    for render in FACES.values():
        assert "There is nothing on this page yet." in Reader(render(nothing)).text
    query = named("q1", "none")
    none = Artifact(
        title="None",
        queries=(query,),
        blocks=(
            Text(template="{% if q1.empty %}There are no sales.{% endif %}"),
            Chart(query="q1", mark="bar", x="a", y="b"),
            Table(query="q1"),
        ),
    )
    view = view_of(none, {"q1": make({"a": "text", "b": "integer"}, [])}, AS_OF)
    assert "There are no sales." in Reader(FACES["document"](view)).text
    assert "No rows match." in Reader(FACES["table"](view)).text


def test_long_results_are_cut_with_words() -> None:
    query = named("q1", "numbers")
    rows = [(f"row {number}", number) for number in range(500)]
    artifact = Artifact(title="Long", queries=(query,), blocks=(Table(query="q1"),))
    view = view_of(artifact, {"q1": make({"a": "text", "n": "integer"}, rows, truncated=True)}, AS_OF, slug="long")
    read = Reader(FACES["document"](view))
    assert "The first 50 of more than 500 rows" in read.text
    assert "row 51" not in read.text
    assert "row 499" in Reader(FACES["table"](view)).text


# ---------------------------------------------------------------------------------------------------------- safety
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus="',
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></pre></code><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example/track",
    "**bold** _it_ `code` # head",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "{{ 7 * 7 }} {% for x in y %}",
    "${alert(1)} #{x}",
    "\ue0000\ue001",
    "\u202eright to left",
    "<!-- --><b>x</b>",
    "]]><script>alert(1)</script>",
    "datum.x); alert(1); (",
    "a\x00<b>\x1b[31m",
    "\ud800 half a character",
]
SAFE_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h2", "p", "svg", "circle", "path", "time", "span", "nav", "a",
    "main", "strong", "figure", "figcaption", "desc", "g", "rect", "line", "text", "table", "caption", "thead", "tr", "th", "tbody", "td",
    "tfoot", "footer", "details", "summary", "dl", "dt", "dd", "code", "pre", "section", "defs", "em", "sup", "hr", "ol", "li", "script",
    "form", "input", "label", "select", "option", "button", "fieldset", "legend", "link",
}  # fmt: skip


def hostile(evil: str) -> View:
    first = evil.encode("utf-8", "replace").decode()[:60]
    columns = {first: "text", "n": "integer", "t": "text"}
    rows = [(evil, 3, "2023-01"), (evil + "2", 2, "2023-02"), (evil, 1, "2023-03")]
    result = make(columns, rows)
    evil = evil.encode("utf-8", "replace").decode()  # JSON, in which artifacts are kept, has no half characters
    query = NamedQuery(
        name="q1",
        source=evil,
        sql=f"select '{evil}'",
        question=evil,
        explanation=evil,
        params={"p": evil},
        planner=f"model:{evil}",
    )
    blocks = (
        Text(
            template="{{ q1.value() }} and **{{ q1.value() }}** and [{{ q1.value() }}]({{ q1.value() }} '{{ q1.value() }}')"
        ),
        Text(template="# {{ q1.value() }}\n\n`{{ q1.value() }}`\n\n<b>{{ q1.value() }}</b>\n\n    {{ q1.value() }}"),
        Metric(query="q1", column=first, label=evil),
        Chart(query="q1", mark="bar", x=first, y="n", horizontal=True, caption="{{ q1.value() }}"),
        Chart(query="q1", mark="bar", x=first, y="n"),
        Chart(query="q1", mark="line", x="t", y="n", color=first, x_type="temporal"),
        Chart(query="q1", mark="arc", x=first, y="n"),
        Table(query="q1", caption=evil),
    )
    problem = Problem("query_failed", evil, evil)
    params = (
        Param(name="one", label=evil[:80], type="choice", options=(evil, "b"), default="b"),
        Param(name="many", label=evil[:80], type="multi", options=(evil,)),
        Param(name="words", type="text"),
    )
    artifact = Artifact(
        title=evil[:200],
        queries=(query, query.model_copy(update={"name": "q2"})),
        blocks=(*blocks, Filter(param="many")),
        params=params,
    )
    said = (("one", evil + "?"), ("many", evil), ("words", evil))
    settings = settle(artifact, said, {}, date(2026, 11, 23))
    assert settings[0].problem and settings[1].value and settings[2].value
    view = view_of(artifact, {"q1": result}, AS_OF, slug=evil[:40], version=1)
    return View(artifact, view.results, view.blocks, AS_OF, {"q2": problem}, evil[:40], 1, settings)


@pytest.mark.parametrize("evil", XSS, ids=range(len(XSS)))
def test_nothing_that_a_cell_holds_is_markup(evil: str) -> None:
    view = hostile(evil)
    pages = {
        name: render(
            view,
            base_url="http://localhost",
            nonce="n",
            home="/",
            notice=view.artifact.title,
            asked=(("q1.find", view.artifact.title), ("q1.sort", view.artifact.title)),
        )
        for name, render in FACES.items()
    }
    pages["offline"] = FACES["document"](view, offline=True)
    for name, page in pages.items():
        page.encode("utf-8")
        read = Reader(page)
        assert read.open == [], name
        assert {tag for tag, _ in read.tags} <= SAFE_TAGS, name
        for tag, attrs in read.tags:
            assert not [
                key for key in attrs if key.startswith("on") or key in ("src", "srcdoc", "formaction", "autofocus")
            ], (name, tag)
            assert (attrs.get("action") or "http://localhost/a/").startswith("http://localhost/a/"), (name, tag)
            address = attrs.get("href") or ""
            if (tag, attrs.get("rel"), address) == ("link", "icon", theme.icon()):
                continue
            assert not address or address.startswith(("#receipt-", "#slide-", "#sheet-", "http://localhost/a/", "/")), (
                name,
                address,
            )
            assert "xlink:href" not in attrs


def bound(template: str) -> tuple[Any, ...]:
    return bind_blocks(Artifact(title="A", blocks=(Text(template=template),)), {}, {})[0].text


def test_words_of_a_person_are_markdown_and_nothing_else() -> None:
    page = prose.html(bound("**bold** <i>x</i> <a href='https://e.example'>l</a>\n\n* one\n* two"))
    assert "<strong>bold</strong>" in page
    assert "<ul>" in page
    assert "<i>" not in page
    assert "<a" not in page


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("[l](https://e.example/2024?a=1&b=2 'title')", "https://e.example/2024?a=1&amp;b=2"),
        ("[*l*](HTTP://e.example)", "HTTP://e.example"),
        ("[l](mailto:board@e.example)", "mailto:board@e.example"),
        ("<https://e.example/a>", "https://e.example/a"),
    ],
)
def test_a_person_can_link(written: str, leads: str) -> None:
    page = prose.html(bound(f"See {written}."))
    assert f'<a href="{leads}" rel="noopener noreferrer nofollow">' in page and page.count("<a") == 1
    assert "title" not in page


@pytest.mark.parametrize(
    "written",
    [
        "[l](javascript:alert)", "[l](JavaScript:alert)", "[l](java&#115;cript:alert)", "[l](data:text/html,x)", "[l](vbscript:x)",
        "[l](file:///etc/passwd)", "[l](//e.example)", "[l](/a/other)", "[l](other)", "[l](#x)", "[l](https:)", "[l]()", "[l](<>)",
        "<javascript:alert>", "[l]: https://e.example\n\n[l]",
    ],
)  # fmt: skip
def test_a_link_leads_to_the_web_or_to_a_mail_address(written: str) -> None:
    assert "<a" not in prose.html(bound(written))


def test_no_value_is_a_link_or_a_part_of_where_one_leads() -> None:
    from workspace.artifact.model import Segment

    evil = (
        "[x](https://evil.example)",
        "<https://evil.example>",
        "https://evil.example",
        "](https://evil.example)",
        ")",
        "\ue0001\ue001",
    )
    for text in evil:
        for value in (Segment(text, "q1"), Segment(text, put=True)):
            for around in (
                ("", ""),
                ("[a", ""),
                ("[a](", ")"),
                ("<", ">"),
                ("[a](https://e.example/", ")"),
                ("[a]", ""),
                ("# ", ""),
            ):
                segments = (Segment(around[0]), value, Segment(around[1]))
                assert "<a" not in prose.html(segments), segments
                assert not any(run.link for part in prose.paragraphs(segments) for run in part.runs), segments
    for value in (Segment(evil[0], "q1"), Segment(evil[0], put=True)):
        page = prose.html((Segment("[a "), value, Segment("](https://e.example)")), {"q1": "tip"})
        assert re.findall('href="(.*?)"', page) == ["https://e.example"], "the author's, and no figure's within it"


def test_what_a_filter_names_is_no_link() -> None:
    evil = "[x](https://evil.example) **b**"
    query = NamedQuery(
        name="q1", source="shop", sql="select :v as n", params={"v": evil}, question="n", planner="person"
    )
    template = (
        f"Of {{{{ q1.param('v') }}}} and {{{{ q1.label({literal(evil)}) }}}} and {{{{ {literal(evil)}|constant }}}}."
    )
    artifact = Artifact(title="A", queries=(query,), blocks=(Text(template=template),))
    text = bind_blocks(artifact, {"q1": make({"n": "integer"}, [(1,)])}, {})[0].text
    page = prose.html(text)
    assert page == f"<p>Of {evil} and {evil} and {evil}.</p>"


def test_where_a_link_leads_is_no_figure_what_it_is_called_is() -> None:
    from workspace.artifact.bind import loose_numerals

    assert loose_numerals("See [the report](https://e.example/2024/7) and <b>.") == []
    assert [found for found, _ in loose_numerals("See [5 reports](https://e.example/2024).")] == ["5"]
    assert [found for found, _ in loose_numerals("See (https://e.example/2024).")] != []


def test_prose_as_plain_and_as_markdown() -> None:
    from workspace.artifact.model import Segment

    segments = (Segment("**"), Segment("*x* <b>", "q1"), Segment("** leads"))
    assert prose.plain(segments) == "*x* <b> leads"
    assert prose.markdown(segments) == r"**\*x\* \<b\>** leads"


# ---------------------------------------------------------------------------------------------------------- charts
def chart_of(mark: Any, rows: list[tuple], *, color: str = "", **fields) -> tuple[Chart, NamedQuery, Result]:
    columns = {"a": "text", "n": "real"} | ({"c": "text"} if color else {})
    return Chart(query="q1", mark=mark, x="a", y="n", color=color, **fields), named("q1", "x"), make(columns, rows)


@pytest.mark.parametrize(
    ("mark", "rows", "fields"),
    [
        ("bar", [("a", 1.0), ("b", -2.0), ("c", None)], {"horizontal": True}),
        ("bar", [("a", -1.0), ("b", -2.0)], {}),
        ("bar", [("same", 1.0), ("same", 2.0)], {"horizontal": True}),
        ("bar", [("a", 0.0), ("b", 0.0)], {}),
        ("bar", [(None, 1.0), ("", 2.0)], {"horizontal": True}),
        ("bar", [(f"name {n}", float(n)) for n in range(200)], {"horizontal": True}),
        ("bar", [("a", 1.0, "x"), ("a", 2.0, "y"), ("b", 1.0, "x")], {"color": "c"}),
        ("bar", [(f"a long name {n}", 1.0, c) for n in range(9) for c in "xyz"], {"color": "c", "horizontal": True}),
        ("line", [("2023-01", 1.0), ("2023-02", 2.0)], {"x_type": "temporal"}),
        ("line", [("2023-Q1", 1.0), ("2023-Q3", 2.0)], {"x_type": "temporal"}),
        ("line", [("2023-W01", 1.0), ("2023-W33", 2.0)], {"x_type": "temporal"}),
        ("line", [(f"2023-01-{n:02d} 10:00:00", float(n)) for n in range(1, 29)], {"x_type": "temporal"}),
        ("line", [(str(2000 + n), 5.0) for n in range(20)], {"x_type": "temporal"}),
        ("line", [("2023-01", 1.0)], {"x_type": "temporal"}),
        ("line", [("not", 1.0), ("dates", 2.0)], {"x_type": "temporal"}),
        ("line", [(f"2023-{m:02d}", float(m), c) for m in range(1, 13) for c in "abc"], {"color": "c", "x_type": "temporal"}),
        ("line", [(f"2023-{m:02d}", float(m), str(c)) for m in range(1, 13) for c in range(12)], {"color": "c", "x_type": "temporal"}),
        ("area", [("2023-01", 1.0), ("2023-02", 2.0)], {"x_type": "temporal"}),
        ("area", [(f"2023-{m:02d}", float(m), c) for m in range(1, 13) for c in "ab"], {"color": "c", "x_type": "temporal"}),
        ("arc", [(f"slice {n}", float(n)) for n in range(20)], {}),
        ("arc", [("a", 1.0), ("b", -1.0)], {}),
        ("bar", [("a", float("inf")), ("b", 1e299), ("c", -1e299)], {}),
    ],
)  # fmt: skip
def test_every_chart_draws(mark: str, rows: list[tuple], fields: dict) -> None:
    chart, query, result = chart_of(mark, rows, **fields)
    for width in (vega.WIDE, vega.NARROW):
        spec = spec_of(chart, query, result, width=width)
        drawn = svg.render(spec, title="t", description=summary(chart, draw(chart, query, result)))
        assert Reader(drawn).open == []
        assert "NaN" not in drawn
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
        assert box
        assert float(box[1]) <= width + 40, "wider than its column"


def test_charts_of_numbers() -> None:
    chart = Chart(query="q1", mark="point", x="a", y="n", x_type="quantitative")
    result = make({"a": "real", "n": "integer"}, [(float(n), n * n) for n in range(50)])
    drawn = svg.render(spec_of(chart, named("q1", "x"), result), title="t", description="d")
    assert drawn.count("<circle") + drawn.count("aria-label") >= 50


@pytest.mark.parametrize("low", [-90_000.25, 5.0])
def test_figures_at_the_ends_of_bars_have_their_room_on_both_sides(low: float) -> None:
    chart, query, result = chart_of("bar", [("first", 610_966.75), ("a longer name", low)], horizontal=True, sort="-y")
    spec = spec_of(chart, query, result, width=372)
    names = spec["encoding"]["y"]["axis"]["labelLimit"]
    ends = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    px = (372 - names) / (ends[1] - ends[0])
    longest = max(len(mark.label) for mark in draw(chart, query, result).marks) * 6.6
    assert (ends[1] - 610_966.75) * px >= longest
    assert (min(low, 0.0) - ends[0]) * px >= (longest if low < 0 else 0)


def test_stacked_bars_stand_upon_each_other() -> None:
    rows = [("a", 3.0, "u"), ("b", 4.0, "u"), ("b", 2.5, "v"), ("a", 1.0, "v")]
    chart, query, result = chart_of("bar", rows, color="c", stacked=True, sort="-y")
    spec = spec_of(chart, query, result)
    assert spec["encoding"]["x"]["sort"] == ("b", "a"), "the highest stack first"
    assert spec["encoding"]["y"]["stack"] == "zero"
    assert spec["encoding"]["y"]["scale"]["domain"][1] >= 6.5, "the axis reaches as far as the stack"
    assert "xOffset" not in spec["encoding"]
    assert summary(chart, draw(chart, query, result)).startswith("Stacked bar chart of")
    beside = spec_of(chart.model_copy(update={"stacked": False}), query, result)
    assert "xOffset" in beside["encoding"]
    assert "stack" not in beside["encoding"]["y"]


@pytest.mark.parametrize(
    ("months", "width", "step"), [(6, vega.WIDE, 1), (35, vega.WIDE, 3), (35, vega.NARROW, 12), (200, vega.WIDE, 24)]
)
def test_months_on_an_axis_are_a_round_number_apart(months: int, width: int, step: int) -> None:
    rows = [(f"{2010 + month // 12}-{month % 12 + 1:02d}", 1_000.0 + month) for month in range(2, 2 + months)]
    spec = spec_of(*chart_of("line", rows, x_type="temporal"), width=width)
    axis = spec["encoding"]["x"]["axis"]
    shown = [datetime.fromtimestamp(at / 1000, UTC) for at in axis["values"]]
    numbers = [moment.year * 12 + moment.month - 1 for moment in shown]
    assert all(number % step == 0 for number in numbers)
    assert {later - sooner for sooner, later in pairwise(numbers)} == {step}
    january = any(moment.month == 1 for moment in shown)
    assert ("'%Y'" in axis["labelExpr"]) == january, (
        "a January says its year, other months their year where there is none"
    )
    assert january or "%Y" in axis["labelExpr"]


def test_a_line_starts_at_nought_unless_that_would_flatten_it() -> None:
    for lowest, start in ((0.7, True), (0.95, False)):
        rows = [(f"2024-{month:02d}", 100.0 * (lowest if month == 1 else 1.0)) for month in range(1, 13)]
        layers = spec_of(*chart_of("line", rows, x_type="temporal"))["layer"]
        low, _ = next(layer["encoding"]["y"]["scale"]["domain"] for layer in layers if "y" in layer.get("encoding", {}))
        assert (low == 0.0) == start


def test_time_runs_backwards_where_that_was_asked_for() -> None:
    chart, query, result = chart_of("line", MONTHS, x_type="temporal", sort="-x")
    spec = spec_of(chart, query, result)
    assert spec["encoding"]["x"]["scale"]["reverse"] is True
    label = next(layer for layer in spec["layer"] if "data" in layer)["data"]["values"][0]
    moments = [row["t"] for row in spec["data"]["values"]]
    assert label["t"] == min(moments), "the words stand at the right end, which is the first month"


def test_a_line_that_is_ordered_by_its_figure_has_no_axis_of_time() -> None:
    chart, query, result = chart_of("line", MONTHS, x_type="temporal", sort="y")
    drawing = draw(chart, query, result)
    assert drawing.grain == ""
    assert [mark.y for mark in drawing.marks] == sorted(mark.y for mark in drawing.marks)
    assert spec_of(chart, query, result)["encoding"]["x"]["type"] == "ordinal"


# ------------------------------------------------------------------------------------- a period that is not over
GOING = [*((f"2026-{month:02d}", 100.0 + month) for month in range(6, 11)), ("2026-11", 40.0)]  # as of 23 Nov 2026


def going(mark: Any, rows: list[tuple] = GOING, **fields) -> tuple[Chart, NamedQuery, Result]:
    chart, query, result = chart_of(mark, rows, **{"x_type": "temporal"} | fields)
    return chart, query.model_copy(update={"columns": (Shown(name="a", format="period"),)}), result


def layers_of(spec: vega.Spec, kind: str) -> list[vega.Spec]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def test_a_line_leads_dashed_to_a_period_that_is_not_over() -> None:
    chart, query, result = going("line")
    drawing = draw(chart, query, result)
    assert [mark.open for mark in drawing.marks] == [False] * 5 + [True]
    assert (drawing.warning, drawing.brief) == ("Nov 2026 is not over yet.", "Nov so far")
    spec = spec_of(chart, query, result)
    whole, dashed = layers_of(spec, "line")
    assert whole["transform"] == [{"filter": "!datum.u"}]
    assert dashed["mark"]["strokeDash"]
    assert [row["x"] for row in dashed["data"]["values"]] == ["Oct 2026", "Nov 2026 so far"]
    assert len(layers_of(spec, "point")) == 1, "hollow"
    (words,) = layers_of(spec, "text")
    assert words["data"]["values"][0]["word"] == "40\nNov so far"
    assert words["encoding"]["color"]["value"] == theme.LIGHT.muted
    drawn = chart_drawn(spec)
    assert "Nov so far" in drawn
    assert "stroke-dasharray" in drawn
    assert "<title>Nov 2026 so far: 40</title>" in drawn


@pytest.mark.parametrize("mark", ["line", "bar"])
def test_a_period_that_the_data_covers_in_part_is_no_whole_one_either(mark: str) -> None:
    old = [(f"2019-{month:02d}", 10.0 * month) for month in range(1, 6)]
    chart, query, result = going(mark, old)
    assert not any(one.open for one in draw(chart, query, result).marks), "nothing is known of its days"
    known = result.receipt.reaching((Reach("a", "2019-01-01", "2019-05-06", 1, 1),), {})
    result = dataclasses.replace(result, receipt=known)
    drawing = draw(chart, query, result)
    assert [one.open for one in drawing.marks] == [False] * 4 + [True]
    assert drawing.marks[-1].x == "May 2019 in part"
    assert drawing.warning == "May 2019 is counted only up to 6 May 2019."
    assert "in part" in chart_drawn(spec_of(chart, query, result))


def test_a_first_period_that_begins_late_is_drawn_as_a_part_too() -> None:
    known = Reach("a", "2026-06-20", "2026-11-23", 1, 1)

    def begun(mark: str, rows: list[tuple] = GOING, **fields) -> tuple[Chart, NamedQuery, Result]:
        chart, query, result = going(mark, rows, **fields)
        return chart, query, dataclasses.replace(result, receipt=result.receipt.reaching((known,), {}))

    drawing = draw(*begun("line"))
    assert [mark.open for mark in drawing.marks] == [True, False, False, False, False, True]
    assert (drawing.begun, drawing.brief) == ("Jun in part", "Nov so far")
    assert drawing.warning == "Jun 2026 is counted only from 20 Jun 2026 on. Nov 2026 is not over yet."
    dashed = layers_of(spec_of(*begun("line")), "line")[1]
    assert [(row["k"], row["x"]) for row in dashed["data"]["values"]] == [
        (0, "Jun 2026 in part"), (0, "Jul 2026"), (5, "Oct 2026"), (5, "Nov 2026 so far"),
    ]  # fmt: skip
    assert dashed["encoding"]["detail"] == {"field": "k"}, "two strokes, none between them"
    drawn = chart_drawn(spec_of(*begun("line")))
    assert "Jun in part" in drawn and "Nov so far" in drawn
    bars = chart_drawn(spec_of(*begun("bar", [GOING[0], *GOING[-2:]])))
    assert bars.count('fill-opacity="0.25"') == 2
    assert ">in part</t" in bars and ">so far</t" in bars, "each below its own name"


def chart_drawn(spec: vega.Spec) -> str:
    return svg.render(spec, title="t", description="d")


@pytest.mark.parametrize(
    ("latest", "brief"),
    [("2026-Q4", "Q4 so far"), ("2026", "2026 so far"), ("2026-W48", "week 48 so far"), ("2026-11-23", "23 Nov so far")],
)  # fmt: skip
def test_what_is_said_of_it_is_short(latest: str, brief: str) -> None:
    before = {"2026-Q4": "2026-Q3", "2026": "2025", "2026-W48": "2026-W47", "2026-11-23": "2026-11-22"}[latest]
    drawing = draw(*going("line", [(before, 2.0), (latest, 1.0)]))
    assert drawing.brief == brief
    assert [mark.open for mark in drawing.marks] == [False, True]


def test_its_words_stand_above_it_where_the_line_begins_low() -> None:
    texts = layers_of(spec_of(*going("line", [*GOING[:-1], ("2026-11", 1.0)])), "text")
    assert texts[0]["data"]["values"][0]["word"] == "Nov so far\n1", "below is the axis"


@pytest.mark.parametrize("fields", [{"color": "c"}, {"sort": "-x"}])
def test_its_words_stand_over_the_plot_where_the_end_of_the_line_says_something_else(fields: dict) -> None:
    rows: list[tuple] = [(*row, name) for name in "uv" for row in GOING] if "color" in fields else GOING
    spec = spec_of(*going("line", rows, **fields))
    assert layers_of(spec, "text")[-1]["data"]["values"][0]["word"] == "Nov so far"
    assert "Nov so far" in chart_drawn(spec)
    assert [row["c"] for row in layers_of(spec, "line")[1]["data"]["values"]] == ([""] * 2, list("uuvv"))[
        "color" in fields
    ]


@pytest.mark.parametrize("fields", [{}, {"horizontal": True}, {"color": "c"}, {"color": "c", "stacked": True}])
def test_bars_of_it_are_pale_and_named(fields: dict) -> None:
    rows: list[tuple] = [(*row, name) for name in "uv" for row in GOING[-3:]] if "color" in fields else GOING[-3:]
    spec = spec_of(*going("bar", rows, **fields))
    bars = spec["layer"][0] if "layer" in spec else spec
    assert bars["encoding"]["fillOpacity"]["condition"]["test"] == "datum.u"
    drawn = chart_drawn(spec)
    assert drawn.count('fill-opacity="0.25"') == (2 if "color" in fields else 1)
    assert drawn.count("so far</title>") == 0
    assert ">so far</t" in drawn or "Nov 2026 so far</text>" in drawn


def test_a_series_that_is_not_over_says_so_in_its_name() -> None:
    rows = [(name, 3.0, year) for year in (2025, 2026) for name in ("Lamp", "Chair")]
    chart, query, result = chart_of("bar", rows, color="c")
    query = query.model_copy(update={"columns": (Shown(name="c", format="period"),)})
    drawing = draw(chart, query, result)
    assert [(mark.c, mark.open) for mark in drawing.marks[1:3]] == [("2025", False), ("2026 so far", True)]
    assert summary(chart, drawing).endswith("2026 is not over yet.")
    months = query.model_copy(update={"columns": (*query.columns, Shown(name="a", format="period"))})
    assert not any(mark.open for mark in draw(chart, months, result).marks), "of its months most are over"


def test_only_the_latest_period_may_be_unfinished() -> None:
    for rows in (MONTHS, [*GOING, ("2026-12", 1.0)]):
        chart, query, result = going("line", rows)
        drawing = draw(chart, query, result)
        assert not any(mark.open for mark in drawing.marks)
        assert drawing.warning == ""
        assert "strokeDash" not in str(spec_of(chart, query, result))
    numbers = make({"a": "integer", "n": "real"}, [(2025, 1.0), (2026, 2.0)])
    chart = Chart(query="q1", mark="bar", x="a", y="n", horizontal=True)
    assert not draw(chart, named("q1", "x"), numbers).warning, "a number that is no year"


def test_the_text_of_a_chart_says_what_is_not_over() -> None:
    chart, query, result = going("line", [*((f"2025-{month:02d}", 1.0) for month in range(1, 13)), *GOING])
    words = summary(chart, draw(chart, query, result))
    assert words.endswith("and 6 more. Nov 2026 is not over yet.")


def test_points_may_stand_over_names_and_numbers_kept_as_text() -> None:
    chart, query, result = chart_of("point", [("a", ".5"), ("b", "2"), ("c", "none")])
    assert [(mark.x, mark.y) for mark in draw(chart, query, result).marks] == [("a", 0.5), ("b", 2.0)]
    assert spec_of(chart, query, result)["encoding"]["x"]["type"] == "ordinal"


def test_nothing_to_draw() -> None:
    chart, query, result = chart_of("bar", [("a", None)])
    assert vega.spec(chart, query, result) is None


def test_bars_begin_at_nought_and_say_their_values() -> None:
    chart, query, result = chart_of("bar", [("a", 1000.5), ("b", 1001.25)], horizontal=True)
    spec = spec_of(chart, query, result)
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] == 0
    drawn = svg.render(spec, title="t", description="d")
    assert "1,000.50" in drawn
    assert "1,001.25" in drawn


def test_two_rows_of_one_name_stay_two_bars() -> None:
    chart, query, result = chart_of("bar", [("same", 1.0), ("same", 2.0)], horizontal=True)
    assert len({mark.x for mark in draw(chart, query, result).marks}) == 2


def test_charts_have_words_and_the_pages_colours() -> None:
    view = page_view()
    chart = next(block for block in view.artifact.blocks if isinstance(block, Chart))
    drawn = chart_svg(chart, view)
    assert 'role="img"' in drawn
    assert "<title" in drawn
    assert "Bar chart of Revenue by Country: USA: 523.06;" in drawn
    assert "var(--series-1,#0f766e)" in drawn
    alone = chart_svg(chart, view, themed=False)
    assert "var(" not in alone


def test_svg_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import vl_convert

    chart, query, result = chart_of("bar", [("only here", 41.0)], horizontal=True)
    svg.render(spec_of(chart, query, result), title="t", description="d")
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", None)
    assert "only here" in svg.render(spec_of(chart, query, result), title="t", description="d")


# ---------------------------------------------------------------------------------------------------- grid and theme
def test_the_grid_aligns_and_adds_up() -> None:
    view = page_view()
    made = grid(view.artifact.queries[0], view.results["q1"])
    assert [(head.text, head.number) for head in made.headings] == [("Country", False), ("Revenue", True), ("N", True)]
    assert made.rows[0] == ("USA", "523.06", "91")
    assert made.totals == ("", "1,368.70", "245")
    cut = grid(view.artifact.queries[0], view.results["q1"], columns=("n",), most=2)
    assert (cut.rows, cut.left_out) == ((("91",), ("56",)), 3)


def test_years_and_ids_are_names_not_amounts() -> None:
    made = grid(named("q1", "x"), make({"year": "integer", "OrderId": "integer"}, [(2023, 10249)]))
    assert made.rows == (("2023", "10249"),)
    assert not any(head.number for head in made.headings)


def test_one_theme_feeds_all() -> None:
    options = theme.streamlit_options()
    assert options["theme.light.primaryColor"] == theme.LIGHT.accent
    assert f"--accent:{theme.DARK.accent}" in theme.css_variables()
    assert set(theme.vega_config()["range"]["category"]) == set(theme.LIGHT.series)
    from streamlit import config

    known = config.get_config_options()
    assert set(options) <= set(known)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_contrast(colours: theme.Colours) -> None:
    def contrast(one: str, other: str) -> float:
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    for ink in (colours.ink, colours.muted, colours.accent, colours.good, colours.warning, colours.wrong):
        assert contrast(ink, colours.paper) >= 4.5, ink
    assert contrast(colours.muted, colours.raised) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    for quiet in (colours.raised, colours.wash):  # the bar of an app, a row that is pointed at
        assert contrast(colours.ink, quiet) >= 4.5
    for surface in (colours.paper, colours.raised):  # the edge says that something can be used
        assert contrast(colours.edge, surface) >= 3, surface
    for series in colours.series:
        assert contrast(series, colours.paper) >= 2.4, series
    grey = sorted(luminance(series) for series in colours.series)
    assert all(above - below > 0.005 for below, above in pairwise(grey))
