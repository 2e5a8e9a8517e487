"""What differs between two views: figures, sentences, rows by what names them; and the marks of views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from workspace.artifact.model import Artifact, Chart, Filter, Metric, NamedQuery, Param, Shown, Table, Text, View
from workspace.artifact.refresh import view_of
from workspace.artifact.since import CellChange, RowChange, compare, mark, summary
from workspace.database.result import Receipt, Result, ResultColumn

SALES = NamedQuery(name="q1", source="shop", sql="select 1", question="revenue per country")
KINDS = {
    "country": "text",
    "region": "text",
    "year": "integer",
    "month": "text",
    "revenue": "real",
    "orders": "integer",
    "n": "integer",
}


def result(columns: str, *rows: Sequence[Any], truncated: bool = False, planner: str = "rule") -> Result:
    names = columns.split()
    receipt = Receipt.of(len(names), [tuple(row) for row in rows], source="shop", fingerprint="f", sql="select 1", params={},
                         planner=planner, ran_at="2026-11-23T12:00:00Z")  # fmt: skip
    return Result(
        tuple(ResultColumn(name, KINDS[name]) for name in names),
        tuple(tuple(row) for row in rows),
        truncated,
        0.0,
        receipt,
    )


def view(
    found: Result, *blocks: Any, query: NamedQuery = SALES, at: str = "2026-11-23T12:00:00Z", version: int = 1
) -> View:
    return view_of(
        Artifact(title="Sales", queries=(query,), blocks=blocks), {query.name: found}, at, slug="sales", version=version
    )


def rows(before: Result, after: Result, query: NamedQuery = SALES) -> list[tuple[str, str, tuple[CellChange, ...]]]:
    found = compare(view(before, Table(query="q1"), query=query), view(after, Table(query="q1"), query=query))
    return [(row.kind, row.name, row.cells) for table in found.tables for row in table.rows]


def test_a_large_figure_and_a_sentence() -> None:
    blocks = (Metric(query="q1", column="n", label="Orders"), Text(template="## There are **{{ q1.value('n') }}** orders."),
              Text(template="No figure here."))  # fmt: skip
    before, after = view(result("n", [1204]), *blocks), view(result("n", [1250]), *blocks, at="2026-11-24T08:00:00Z")
    found = compare(before, after)
    assert [(c.place, c.before, c.after) for c in found.figures] == [
        ("Orders", "1,204", "1,250"), ("", "There are 1,204 orders.", "There are 1,250 orders."),
    ]  # fmt: skip
    assert (found.before, found.after) == ("2026-11-23T12:00:00Z", "2026-11-24T08:00:00Z")
    assert summary(found) == "1 figure and 1 sentence"
    assert not compare(before, before) and summary(compare(before, before)) == "nothing that is shown here"


def test_rows_by_the_column_that_names_them() -> None:
    before = result("country revenue", ["France", 10.0], ["Spain", 5.0], ["Italy", 1.5])
    after = result("country revenue", ["France", 12.25], ["Italy", 1.5], ["Peru", 3.0])
    assert rows(before, after) == [
        ("changed", "France", (CellChange("Revenue", "10.00", "12.25"),)),
        ("new", "Peru", (CellChange("Revenue", "", "3.00"),)),
        ("gone", "Spain", (CellChange("Revenue", "5.00", ""),)),
    ]


def test_another_order_of_the_same_rows_is_no_change() -> None:
    assert (
        rows(result("country revenue", ["A", 1.0], ["B", 2.0]), result("country revenue", ["B", 2.0], ["A", 1.0])) == []
    )


def test_two_columns_where_one_does_not_tell_rows_apart() -> None:
    before = result("country region revenue", ["US", "North", 1.0], ["US", "South", 2.0])
    after = result("country region revenue", ["US", "North", 1.0], ["US", "South", 3.0])
    assert [entry[:2] for entry in rows(before, after)] == [("changed", "South")]  # the second alone does
    after = result("country region revenue", ["US", "North", 1.0], ["US", "South", 2.0], ["CA", "South", 9.0])
    assert [entry[:2] for entry in rows(before, after)] == [("new", "CA, South")]


def test_a_year_names_a_row_and_a_count_does_not() -> None:
    assert [
        entry[:2] for entry in rows(result("year n", [2024, 5], [2025, 6]), result("year n", [2024, 5], [2025, 7]))
    ] == [("changed", "2025")]
    # Nothing names these rows: each is compared as a whole, also where one is there twice.
    found = rows(result("n orders", [1, 1], [2, 2], [2, 2]), result("n orders", [1, 1], [2, 2], [3, 4]))
    assert found == [("new", "3, 4", ()), ("gone", "2, 2", ())]


def test_periods_name_rows_whatever_they_are_kept_as() -> None:
    query = SALES.model_copy(update={"columns": (Shown(name="n", format="period"),)})
    assert [
        entry[:2]
        for entry in rows(
            result("n orders", [202401, 1], [202402, 1]), result("n orders", [202401, 1], [202402, 3]), query
        )
    ] == [("changed", "202402")]


def test_the_one_row_of_a_result_is_the_same_row() -> None:
    assert rows(result("n orders", [1, 4]), result("n orders", [2, 4])) == [
        ("changed", "", (CellChange("N", "1", "2"),))
    ]
    assert [entry[0] for entry in rows(result("n orders"), result("n orders", [2, 4]))] == ["new"]


def test_what_reads_the_same_is_no_change() -> None:
    before, after = (
        result("country revenue", ["A", 1.001], ["B", 2.0]),
        result("country revenue", ["A", 1.002], ["B", 2.0]),
    )
    query = SALES.model_copy(update={"columns": (Shown(name="revenue", format="integer"),)})
    assert rows(before, after, query) == []


def test_nothing_is_named_by_a_missing_value() -> None:
    before = result("country revenue", [None, 1.0], ["B", 2.0])
    assert [entry[:2] for entry in rows(before, result("country revenue", [None, 3.0], ["B", 2.0]))] == [
        ("changed", "–")
    ]


def test_other_columns_are_another_table() -> None:
    assert rows(result("country revenue", ["A", 1.0]), result("country orders", ["A", 1])) == []


def test_only_what_both_have_is_compared() -> None:
    before = view(result("n", [1]), Metric(query="q1", column="n", label="Old"))
    after = view(result("n", [2]), Metric(query="q1", column="n", label="New"), version=2)
    assert not compare(before, after)
    twice = (Metric(query="q1", column="n", label="Orders"),) * 2
    assert len(compare(view(result("n", [1]), *twice), view(result("n", [2]), *twice)).figures) == 2


def test_a_cut_result_says_so_and_rows_are_counted() -> None:
    chart = Chart(query="q1", mark="bar", x="country", y="revenue")
    before = view(result("country revenue", ["A", 1.0], ["B", 1.0]), chart, Table(query="q1"))
    after = view(result("country revenue", ["A", 2.0], ["C", 1.0], truncated=True), chart, Table(query="q1"))
    (table,) = compare(before, after).tables
    assert table.cut and table.title == "Revenue per country"
    assert [table.count(kind) for kind in ("new", "gone", "changed")] == [1, 1, 1]
    assert isinstance(table.rows[0], RowChange)


def test_blocks_without_rows_are_left_alone() -> None:
    param = Param(name="country", type="choice", options=("A", "B"))
    artifact = Artifact(
        title="A", queries=(SALES,), params=(param,), blocks=(Filter(param="country"), Table(query="q1"))
    )
    one = view_of(artifact, {"q1": result("country revenue", ["A", 1.0])}, "2026-11-23T12:00:00Z")
    other = view_of(artifact, {"q1": result("country revenue", ["A", 2.0])}, "2026-11-23T12:00:00Z")
    assert len(compare(one, other).tables) == 1


@pytest.mark.parametrize(
    ("other", "same_page", "same_results"),
    [
        (view(result("n", [1]), at="2027-01-01T00:00:00Z"), True, True),
        (view(result("n", [2])), True, False),
        (view(result("n", [1]), version=2), False, True),
        (view(result("n", [1], planner="person")), True, True),
    ],
)
def test_a_mark_names_what_is_shown(other: View, same_page: bool, same_results: bool) -> None:
    one, two = mark(view(result("n", [1]))).split("-"), mark(other).split("-")
    assert (one[0] == two[0], one[1] == two[1]) == (same_page, same_results)
    assert [len(part) for part in one] == [10, 20]
