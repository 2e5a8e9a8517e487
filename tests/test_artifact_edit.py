"""Changing a document: the words for it, which part they mean, the edit they come to, and what it leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from workspace.artifact import edit as e
from workspace.artifact.beyond import BEYOND
from workspace.artifact.edit import in_place_of
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Shown, Table, Text
from workspace.artifact.pointing import find, parts_of
from workspace.artifact.resolve import Cannot, Choose, Ready, Wanted, resolve
from workspace.artifact.wording import Wording, wording_of
from workspace.errors import ArtifactInvalid, LooseClaim, LooseNumeral
from workspace.question.request import request_in

CORPUS = json.loads((Path(__file__).parent / "corpus" / "compose.json").read_text(encoding="utf-8"))


def query(name: str, question: str) -> NamedQuery:
    plan = {
        "is": "plan",
        "root": "orders",
        "outputs": [{"is": "output", "expr": {"is": "aggregate", "function": "count"}, "label": "n"}],
    }
    return NamedQuery(
        name=name, source="shop", sql="select 1", question=question, plan=plan,
        columns=(Shown(name="Month"), Shown(name="Region"), Shown(name="revenue")),
    )  # fmt: skip


PAPER = Artifact(
    title="Sales",
    queries=(query("q1", "revenue per month"), query("q2", "returns per reason"), query("q3", "number of orders")),
    blocks=(
        Text(template="Revenue was {{ q1.max('revenue') }}.\nReturns were {{ q2.max('revenue') }}."),
        Text(template="## Revenue per month"),
        Text(template="It was {{ q1.max('revenue') }} in {{ q1.at_max('Month', 'revenue') }}."),
        Chart(query="q1", mark="line", x="Month", y="revenue", x_type="ordinal"),
        Table(query="q1"),
        Text(template="## Returns per reason"),
        Text(template="Germany sent back {{ q2.max('revenue') }}."),
        Chart(query="q2", mark="bar", x="Region", y="revenue", sort="-y"),
        Table(query="q2"),
        Text(template="## Orders"),
        Metric(query="q3", column="revenue"),
    ),
)


def outline(artifact: Artifact) -> str:
    """One letter a block: h for a heading, t, c, b for a table, m."""
    letters = {"text": "t", "chart": "c", "table": "b", "metric": "m"}
    return "".join(
        "h" if block.kind == "text" and block.template.startswith("#") else letters[block.kind]
        for block in artifact.blocks
    )


def done(text: str, artifact: Artifact = PAPER, **given: Any) -> Artifact:
    wording = wording_of(text)
    assert wording is not None, text
    found = resolve(wording, artifact, **given)
    assert isinstance(found, Ready), found
    return e.apply(artifact, found.edit)


# ------------------------------------------------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("text", "expected"), CORPUS["edits"], ids=lambda value: value if isinstance(value, str) else ""
)
def test_words_that_change_a_document(text: str, expected: dict[str, Any]) -> None:
    found = wording_of(text)
    assert found is not None
    assert {name: getattr(found, name) for name in expected} == expected
    assert Wording.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize(
    "text",
    CORPUS["no edits"]
    + [
        t
        for t in CORPUS["questions"]
        if t
        not in (
            "only 2025",
            "by month instead",
            "as a pie chart",
            "show this as a line chart",
            "turn it into a line chart",
            "make it a bar chart",
        )
    ],
)
def test_a_question_is_never_an_edit(text: str) -> None:
    found = wording_of(text)
    assert found is None or not found.sure, found


# ------------------------------------------------------------------------------------------------------------ parts
@pytest.mark.parametrize(
    ("phrase", "starts"),
    [
        ("the second table", [8]), ("the last table", [8]), ("the first chart", [3]), ("the chart", [3, 7]),
        ("the part on Germany", [5]), ("the last paragraph", [6]), ("the intro", [0]), ("revenue per month", [1]),
        ("the returns chart", [7]), ("the chart of returns per reason", [7]), ("section 2", [5]), ("all tables", [4, 8]),
        ("the figure", [10]), ("the metric", [10]), ("the third table", []), ("bananas", []), ("returns per raeson", [5]),
        ("the second to last section", [5]), ("orders", [9]), ("the heading of the orders part", [9]),
    ],
)  # fmt: skip
def test_a_phrase_means_a_part(phrase: str, starts: list[int]) -> None:
    assert [part.start for part in find(phrase, PAPER)] == starts


def test_it_is_what_was_last_spoken_of() -> None:
    assert [part.start for part in find("it", PAPER, (7, 8))] == [7]
    assert [part.start for part in find("the chart", PAPER, (5, 9))] == [7]
    labels = [part.label for part in parts_of(PAPER)]
    assert "the chart of “Returns per reason”" in labels and "the figure" in labels


# ------------------------------------------------------------------------------------------------------------ edits
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("move the second table up", "thtcbhtbchm"),
        ("move returns per reason to the top", "thtcbhtcbhm"),
        ("put the first table above the first chart", "thtbchtcbhm"),
        ("remove the second table", "thtcbhtchm"),
        ("remove all tables", "thtchtchm"),
        ("no charts", "thtbhtbhm"),
        ("remove the part on returns", "thtcbhm"),
        ("orders should come first", "thmhtcbhtcb"),
        ("add a note: \"More will come.\"", "thtcbhtcbhmt"),
        ("add a heading \"Outlook\"", "thtcbhtcbhmh"),
        ("show the first chart as a table", "thtbhtcbhm"),
        ("move the figure up", "thtcbhmhtcb"),  # the only picture under its heading moves with it
        ("put the figure above the returns chart", "thtcbhmhtcb"),
        ("put the second chart above the text", "thtcbhctbhm"),
        ("move the second chart to the end", "thtcbhtbchm"),
        ("copy the first chart", "thtccbhtcbhm"),
        ("duplicate the last section", "thtcbhtcbhmhm"),
        ("merge the first two sections", "thtcbtcbhm"),
        ("remove the text of the first section", "thcbhtcbhm"),
        ("delete the retruns section", "thtcbhm"),
        ("delete everything about returns", "thtcbhm"),
    ],
)  # fmt: skip
def test_blocks_move_come_and_go(text: str, expected: str) -> None:
    assert outline(done(text)) == expected


def test_it_is_said_what_was_moved_where() -> None:
    def told(text: str) -> str:
        wording = wording_of(text)
        assert wording is not None
        found = resolve(wording, PAPER)
        assert isinstance(found, Ready), found
        return e.said(found.edit, PAPER, found.label)

    assert told("move the figure up") == (
        "The part “Orders”, with its heading and the figure, moved up: it stands before “Returns per reason” now."
    )
    assert told("move the second chart down") == (
        "The chart of “Returns per reason” moved down: it stands after the table of “Returns per reason” now."
    )
    ends = resolve(Wording("move", "the second table", place="down"), PAPER)
    assert isinstance(ends, Cannot) and "is the last under its heading" in ends.message


def test_pages_break_before_a_part_and_once() -> None:
    made = done("add a page break before the returns section")
    assert [block.kind for block in made.blocks].index("break") == 5
    again = resolve(Wording("break", "the returns section", place="before"), made)
    assert isinstance(again, Cannot) and "already" in again.message
    assert done("remove the page break", made) == PAPER


def test_bars_are_sorted_by_what_they_show() -> None:
    chart = done("sort the second chart by value ascending").blocks[7]
    assert isinstance(chart, Chart) and chart.sort == "y"
    by_name = resolve(Wording("sort", "the second chart", "name"), PAPER)
    assert isinstance(by_name, Wanted) and by_name.words == "sort by region"
    line = resolve(Wording("sort", "the first chart", "value"), PAPER)
    assert isinstance(line, Cannot) and "as bars" in line.message
    assert isinstance(resolve(Wording("sort", "the customers", "name", sure=False), PAPER), Cannot)


def test_the_rows_of_a_chart_stand_below_it_once() -> None:
    bare = done("remove all tables")
    assert outline(done("show the second chart as a table as well", bare)) == "thtchtcbhm"
    assert isinstance(resolve(Wording("add", form="table", place="after", anchor="the first chart"), PAPER), Cannot)
    which = resolve(Wording("add", form="table", place="after", anchor="the chart"), bare)
    assert isinstance(which, Choose) and which.beside and len(which.parts) == 2


def test_every_example_that_an_answer_gives_is_understood() -> None:
    for message in BEYOND.values():
        for example in re.findall(r"“([a-z][^“”]*[^“”… ])”", message):
            assert wording_of(example) is not None or request_in(example) is not None, example


def test_a_section_takes_its_query_and_its_line_of_the_lead_along() -> None:
    left = done("remove the part on returns")
    assert [q.name for q in left.queries] == ["q1", "q3"]
    lead = left.blocks[0]
    assert isinstance(lead, Text) and lead.template == "Revenue was {{ q1.max('revenue') }}."


def test_pictures_are_drawn_otherwise() -> None:
    line = done("show the second chart as a line instead").blocks[7]
    assert isinstance(line, Chart) and (line.mark, line.sort) == ("line", "")
    pie = done("turn the returns chart into a pie").blocks[7]
    assert isinstance(pie, Chart) and pie.mark == "arc"
    turned = done("flip the axes of the second chart").blocks[7]
    assert isinstance(turned, Chart) and turned.horizontal
    assert isinstance(resolve(Wording("draw", "the first chart", "line"), PAPER), Cannot)
    assert isinstance(resolve(Wording("draw", "the first chart", "stacked bar"), PAPER), Cannot)
    assert isinstance(
        resolve(
            Wording("draw", "the second table", "bar"),
            Artifact(title="x", queries=PAPER.queries, blocks=(Table(query="q1"), Table(query="q2"))),
        ),
        Wanted,
    )


def test_columns_are_hidden() -> None:
    table = done("hide the column Region in the first table").blocks[4]
    assert isinstance(table, Table) and table.columns == ("Month", "revenue")
    missing = resolve(Wording("hide", "", "Colour"), PAPER)
    assert isinstance(missing, Cannot) and "Colour" in missing.message
    assert isinstance(resolve(Wording("hide", "", "Month"), PAPER), Choose)


def test_titles_headings_and_texts_are_reworded() -> None:
    assert done("rename it to Sales review").title == "Sales review"
    heading = done("rename the section on returns to What comes back").blocks[5]
    assert isinstance(heading, Text) and heading.template == "## What comes back"
    text = done("change the last paragraph to \"Germany sends back {{ q2.max('revenue') }}.\"").blocks[6]
    assert isinstance(text, Text) and text.template.startswith("Germany sends back")


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("Revenue was 5,000.", LooseNumeral),
        ("Revenue rose.", LooseClaim),
        ("{{ q1.value('nothing'", ArtifactInvalid),
        ("{{ q9.value('revenue') }}", ArtifactInvalid),
        ("{% for x in q1 %}{% endfor %}", ArtifactInvalid),
        ("  ", ArtifactInvalid),
    ],
)
def test_a_text_that_no_query_backs_is_refused(template: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        e.apply(PAPER, e.Reword(2, template))


def test_what_cannot_be_done_is_said_and_what_is_unclear_is_asked() -> None:
    which = resolve(Wording("move", "the chart", place="up"), PAPER)
    assert isinstance(which, Choose) and [part.label for part in which.parts] == [
        "the chart of “Revenue per month”", "the chart of “Returns per reason”",
    ]  # fmt: skip
    chosen = resolve(Wording("move", "the chart", place="up"), PAPER, target=(7, 8))
    assert isinstance(chosen, Ready) and chosen.edit == e.Move(7, 8, 6)
    beside = resolve(Wording("add", value="x", place="after", anchor="the chart"), PAPER)
    assert isinstance(beside, Choose) and beside.beside and [part.start for part in beside.parts] == [3, 7]
    nothing = resolve(Wording("remove", "the third table"), PAPER)
    assert isinstance(nothing, Cannot) and not nothing.known and "Returns per reason" in nothing.message
    already = resolve(Wording("move", "revenue per month", place="first"), PAPER)
    assert isinstance(already, Cannot) and already.known
    with pytest.raises(ArtifactInvalid, match="Nothing would be left"):
        e.apply(PAPER, e.Remove(((0, 11),)))
    with pytest.raises(ArtifactInvalid, match="not there"):
        e.apply(PAPER, e.Draw(99, mark="bar"))


def test_questions_that_change_a_part_name_it() -> None:
    found = resolve(Wording("refine", "the first chart", "only 2025"), PAPER)
    assert isinstance(found, Wanted) and found.words == "only 2025" and found.parts[0].start == 3
    assert isinstance(resolve(Wording("refine", "", "split by region"), PAPER), Choose)
    touched = resolve(Wording("refine", "it", "split by region"), PAPER, touched=(5, 9))
    assert isinstance(touched, Wanted) and touched.parts[0].start == 5
    added = resolve(Wording("add", value="orders per month", place="after", anchor="the returns part"), PAPER)
    assert isinstance(added, Wanted) and added.at == 9


# ---------------------------------------------------------------------------------------------------- back and forth
def test_undo_and_redo_follow_from_the_versions() -> None:
    a, b, c = (Artifact(title=title) for title in "abc")
    assert e.steps([a]) == ([a], [])
    assert e.steps([a, b, c, b, a]) == ([a], [c, b])
    assert e.steps([a, b, a, b]) == ([a, b], [])
    assert e.steps([a, b, a, c]) == ([a, c], [])


def test_queries_keep_the_names_and_the_order_of_those_whose_place_they_take() -> None:
    def paper(*names: str) -> Artifact:
        queries = tuple(NamedQuery(name=name, source="s", sql="select 1", question=name) for name in names)
        blocks = tuple(Text(template=f"{{{{ {name}.rows }}}} of {name}.") for name in names)
        return Artifact(title="x", queries=queries, blocks=blocks)

    made, names = in_place_of(paper("q1", "q4", "q3"), {"q4": "q3", "q3": "q2"}, ["q1", "q2", "q3"])
    assert [(query.name, query.question) for query in made.queries] == [("q1", "q1"), ("q2", "q3"), ("q3", "q4")]
    assert [block.template for block in made.blocks] == [
        "{{ q1.rows }} of q1.", "{{ q3.rows }} of q4.", "{{ q2.rows }} of q3."
    ]  # fmt: skip
    assert names == {"q1": "q1", "q4": "q3", "q3": "q2"}
    kept, names = in_place_of(paper("q1", "q2"), {"q2": "q1"}, ["q1"])
    assert kept == paper("q1", "q2") and names == {"q1": "q1", "q2": "q2"}, "q1 is still there"
