"""What an edit did, in sentences: one table of edits and what is said of each."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from workspace.artifact.difference import difference
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Shown, Table, Text

MONTHS = NamedQuery(
    name="q1", source="shop", sql="select month, revenue, orders from m", question="revenue per month",
    explanation="Sum of total per month", columns=(Shown(name="month"), Shown(name="revenue", total=True), Shown(name="orders")),
)  # fmt: skip
COUNTRIES = NamedQuery(
    name="q2", source="shop", sql="select country, revenue from c", question="show me the revenue per country?",
    columns=(Shown(name="country"), Shown(name="revenue")),
)  # fmt: skip
LEAD = Text(template="Revenue rose from {{ q1.first('revenue') }} to {{ q1.last('revenue') }}, a good year.")
SECOND = Text(template="Most of it comes from {{ q2.first('country') }}.")
HEADING = Text(template="## By country")
LINE = Chart(query="q1", mark="line", x="month", y="revenue")
BARS = Chart(query="q2", mark="bar", x="country", y="revenue", sort="-y")
SHEET = Table(query="q1")
FIGURE = Metric(query="q1", column="revenue", label="Revenue this month")
BASE = Artifact(
    title="Sales", queries=(MONTHS, COUNTRIES), blocks=(FIGURE, LEAD, LINE, SHEET, HEADING, SECOND, BARS)
)  # fmt: skip


def put(block: Any, **changes: Any) -> Callable[[Artifact], Artifact]:
    """The same artifact with one block changed."""
    made = block.model_copy(update=changes)
    return lambda a: a.model_copy(update={"blocks": tuple(made if b == block else b for b in a.blocks)})


def ask(query: NamedQuery, **changes: Any) -> Callable[[Artifact], Artifact]:
    made = query.model_copy(update=changes)
    return lambda a: a.model_copy(update={"queries": tuple(made if q == query else q for q in a.queries)})


def blocks(change: Callable[[list[Any]], list[Any]]) -> Callable[[Artifact], Artifact]:
    return lambda a: a.model_copy(update={"blocks": tuple(change(list(a.blocks)))})


def without(block: Any) -> Callable[[Artifact], Artifact]:
    return blocks(lambda all_: [b for b in all_ if b != block])


def at(place: int, block: Any) -> Callable[[Artifact], Artifact]:
    return blocks(lambda all_: [*all_[:place], block, *all_[place:]])


EDITS: list[tuple[str, Callable[[Artifact], Artifact], tuple[str, ...]]] = [
    ("nothing", lambda a: a, ()),
    ("title", lambda a: a.model_copy(update={"title": "Trade"}), ("title changed from “Sales” to “Trade”",)),
    # charts
    ("mark", put(LINE, mark="bar"), ("chart “Revenue per month” changed from line to bar",)),
    ("axis", put(LINE, y="orders"), ("chart “Revenue per month” has Orders on its vertical axis instead of Revenue",)),
    ("colour", put(BARS, color="segment_name"), ("chart “Revenue per country” is coloured by Segment name",)),
    ("lying", put(BARS, horizontal=True), ("bars of chart “Revenue per country” lie",)),
    ("stacked", put(BARS, stacked=True), ("bars of chart “Revenue per country” stand upon each other",)),
    ("sort", put(BARS, sort="x"), ("chart “Revenue per country” is ordered by place",)),
    ("caption", put(LINE, caption="Peak in {{ q1.at_max('month','revenue') }}."), ("caption of chart “Revenue per month” added: “Peak in ….”",)),
    ("type of axis", put(LINE, x_type="temporal"), ("chart “Revenue per month” changed",)),
    ("two at once", put(LINE, mark="area", y="orders"),
     ("chart “Revenue per month” changed from line to area", "chart “Revenue per month” has Orders on its vertical axis instead of Revenue")),
    # tables
    ("hide", put(SHEET, columns=("month", "orders")), ("column Revenue of table “Revenue per month” hidden",)),
    ("hide two", put(SHEET, columns=("month",)), ("columns Revenue, Orders of table “Revenue per month” hidden",)),
    ("order", put(SHEET, columns=("orders", "month", "revenue")),
     ("columns of table “Revenue per month” put in another order: Orders, Month, Revenue",)),
    ("table caption", put(SHEET, caption="All months"), ("caption of table “Revenue per month” added: “All months”",)),
    # figures
    ("figure", put(FIGURE, column="orders"), ("figure “Revenue this month” shows Orders instead of Revenue",)),
    ("label", put(FIGURE, label="Now"), ("label of figure “Revenue this month” changed to “Now”",)),
    ("no label", put(FIGURE, label=""), ("label of figure “Revenue this month” removed",)),
    # prose
    ("word", put(LEAD, template=LEAD.template.replace("good", "bad")),
     ("paragraph changed from “…to …, a good year.” to “…to …, a bad year.”",)),
    ("expression", put(LEAD, template=LEAD.template.replace("first", "min")),
     ("the figures of the paragraph “Revenue rose from … to …, a good year.” are worked out in another way",)),
    ("another text", lambda a: at(5, Text(template="Returns are a matter of their own."))(without(SECOND)(a)),
     ("paragraph added: “Returns are a matter of their own.”", "paragraph removed: “Most of it comes from ….”")),
    # the order of blocks
    ("paragraph added", at(2, Text(template="A note on **VAT**.")), ("paragraph added: “A note on VAT.”",)),
    ("heading added", at(2, Text(template="## Months")), ("heading added: “Months”",)),
    ("chart added", at(7, LINE.model_copy(update={"query": "q2", "x": "country"})), ("chart added: “Revenue per country”",)),
    ("removed", without(SHEET), ("table removed: “Revenue per month”",)),
    ("removed text", without(SECOND), ("paragraph removed: “Most of it comes from ….”",)),
    ("to the top", blocks(lambda all_: [all_[2], *all_[:2], *all_[3:]]), ("chart “Revenue per month” moved to the top",)),
    ("to the end", blocks(lambda all_: [*all_[:3], *all_[4:], all_[3]]), ("table “Revenue per month” moved to the end",)),
    ("down", blocks(lambda all_: [all_[0], *all_[2:6], all_[1], all_[6]]),
     ("paragraph “Revenue rose from … to …, a good year.” moved below paragraph “Most of it comes from ….”",)),
    ("table for chart", lambda a: blocks(lambda all_: [Table(query="q2") if b == BARS else b for b in all_])(a),
     ("chart “Revenue per country” became a table",)),
    ("moved and changed", lambda a: put(LINE, mark="bar")(blocks(lambda all_: [*all_[:2], *all_[3:], all_[2]])(a)),
     ("chart “Revenue per month” changed from line to bar",)),
    # questions
    ("meaning", ask(MONTHS, explanation="Sum of total per month in 2025", sql="select 2"),
     ("“Revenue per month” asks for “Sum of total per month in 2025” instead of “Sum of total per month”",)),
    ("sql", ask(MONTHS, sql="select 2"), ("“Revenue per month” is computed in another way",)),
    ("source", ask(MONTHS, source="shop-2"), ("“Revenue per month” reads from shop-2 instead of shop",)),
    ("format", ask(COUNTRIES, columns=(Shown(name="country"), Shown(name="revenue", format="percent"))),
     ("column Revenue of “Revenue per country” written as percentages instead of as it comes",)),
    ("total", ask(MONTHS, columns=(Shown(name="month"), Shown(name="revenue"), Shown(name="orders"))),
     ("column Revenue of “Revenue per month” has no total any more",)),
    ("words", ask(MONTHS, question="turnover per month"), ("“Revenue per month” is called “Turnover per month”",)),
    ("query without a block", lambda a: a.model_copy(update={"queries": (*a.queries, COUNTRIES.model_copy(update={"name": "q3", "question": "returns"}))}),
     ("question added: “Returns”",)),
    ("query order", lambda a: a.model_copy(update={"queries": a.queries[::-1]}), ("questions put in another order",)),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), [entry[1:] for entry in EDITS], ids=[entry[0] for entry in EDITS])
def test_an_edit_is_said(edit: Callable[[Artifact], Artifact], said: tuple[str, ...]) -> None:
    assert difference(BASE, edit(BASE)) == said


@pytest.mark.parametrize("edit", [entry[1] for entry in EDITS], ids=[entry[0] for entry in EDITS])
def test_taking_an_edit_back_is_said_too(edit: Callable[[Artifact], Artifact]) -> None:
    changed = edit(BASE)
    assert bool(difference(changed, BASE)) == (changed != BASE)


def test_a_paragraph_whose_words_depend_on_the_data_is_known_by_what_it_is_about() -> None:
    months = "{% if q1.empty %}There is nothing.{% else %}The most was {{ q1.max('revenue') }}.{% endif %}"
    countries = "{% if q2.empty %}Nobody.{% else %}{{ q2.leaders('country', 'revenue') }} leads.{% endif %}"

    def of(*texts: str) -> Artifact:
        return BASE.model_copy(update={"blocks": tuple(Text(template=text) for text in texts)})

    both = of(f"{months}\n{countries}")
    assert difference(both, of(months)) == (
        "paragraph on “Revenue per month” no longer speaks of “Revenue per country”",
    )
    assert difference(of(months), both) == ("paragraph on “Revenue per month” also speaks of “Revenue per country”",)
    assert difference(of(months), of()) == ("paragraph on “Revenue per month” removed",)
    assert difference(of(), both) == ("paragraph on “Revenue per month” and “Revenue per country” added",)
    assert difference(of(months), of(months.replace("max", "min"))) == (
        "the figures of the paragraph on “Revenue per month” are worked out in another way",
    )
    (said,) = difference(of(months), of(months.replace("most", "best month")))
    assert said.startswith("paragraph changed from “") and "to “" in said and "……" not in said
    assert difference(of("## Months"), of("## Months of last year")) == (
        "heading changed from “Months” to “Months of last year”",
    )


def test_any_two_versions_can_be_compared() -> None:
    for one, other in itertools.combinations([entry[1] for entry in EDITS[1:]], 2):
        a, b = one(BASE), other(BASE)
        found = difference(a, b)
        assert bool(found) == (a != b)
        assert all(sentence and not sentence.endswith(".") and "{{" not in sentence for sentence in found)


def test_a_new_artifact_against_an_empty_one() -> None:
    empty = Artifact(title="Sales")
    assert difference(empty, BASE)[0] == "figure added: “Revenue this month”"
    assert len(difference(empty, BASE)) == len(BASE.blocks)
    assert len(difference(BASE, empty)) == len(BASE.blocks)


def test_the_same_block_twice() -> None:
    twice = at(7, BARS)(BASE)
    assert difference(BASE, twice) == ("chart added: “Revenue per country”",)
    assert difference(twice, BASE) == ("chart removed: “Revenue per country”",)


def test_what_is_new_here_is_at_least_said() -> None:
    """A field or a kind of block that this module knows nothing of: a newer part of the workspace may bring it."""
    from workspace.artifact import difference as module

    old, new = BASE.to_dict(), BASE.to_dict()
    new["theme"] = "dark"
    new["blocks"] = [
        *new["blocks"],
        {"kind": "break"},
        {"kind": "filter", "param": "region"},
        {"kind": "gauge", "level": 1},
    ]
    new["params"] = [
        {"name": "region", "label": "", "type": "choice", "default": None, "options": ["EU"], "required": False}
    ]

    class Both:
        def __init__(self, data: dict[str, Any]) -> None:
            self.to_dict = lambda: data

    found = module.difference(Both(old), Both(new))  # type: ignore[arg-type]
    assert found == (
        "parameter added: Region",
        "page break added",
        "filter added: “Region”",
        "gauge added",
        "theme changed",
    )
    later = {**new, "params": [{**new["params"][0], "default": "EU", "options": ["EU", "US"], "label": "Where"}],
             "blocks": [*new["blocks"][:-1], {"kind": "gauge", "level": 2}]}  # fmt: skip
    assert module.difference(Both(new), Both(later)) == (  # type: ignore[arg-type]
        "parameter “Region” is called “Where”", "parameter “Region” starts at EU instead of all", "parameter “Region” offers other values",
        "gauge changed",
    )  # fmt: skip
