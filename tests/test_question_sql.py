"""Plans become SQL that gives the rows worked out by hand: on a small shop, and on Chinook against SQL of one's own."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from workspace.database.catalog import Catalog, Column, Profile, Table
from workspace.database.execute import query
from workspace.database.result import Query
from workspace.database.source import Source
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.plan import (
    Aggregate,
    All_,
    Among,
    Any_,
    Arithmetic,
    Between,
    Bucket,
    Combine,
    Compare,
    Joined,
    Literal,
    Missing,
    Not_,
    Order,
    Output,
    Plan,
    Related,
    Role,
    Scalar,
    Share,
    Step,
    Top,
)
from workspace.question.sql import check, column_names, to_query, to_text


def col(name: str, role: str = "") -> form.Column:
    table, _, column = name.rpartition(".")
    return form.Column(table, column, role)


def show(*exprs: Any) -> tuple[Output, ...]:
    return tuple(Output(expr, f"c{place}") for place, expr in enumerate(exprs, start=1))


def total(name: str) -> Aggregate:
    return Aggregate("sum", col(name))


def rows(source: Source, plan: Plan, **options: Any) -> list[tuple]:
    """The plan's rows, through the guard like everything else; a plan also survives JSON, and both texts agree."""
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
    written = to_query(plan, source.catalog(), **options)
    found = list(query(source, written.sql, written.params).rows)
    assert list(query(source, to_text(plan, source.catalog(), **options)).rows) == found
    return found


COUNT = Aggregate("count")
SPENT = total("purchase.total")
NAME = col("customer.first_name")


# -------------------------------------------------------------------------------------------------- plain questions
def test_a_list_has_each_thing_once_though_its_rows_are_joined(shop: Source) -> None:
    buyers = Plan("purchase", show(NAME))
    many, once = rows(shop, buyers, strict=True), rows(shop, buyers)
    assert len(many) > len(once) == len(set(many)), "as asked, and as a person reads it"
    assert rows(shop, replace(buyers, limit=2)) == rows(shop, replace(buyers, limit=2), strict=True)


def test_a_count(shop: Source) -> None:
    assert rows(shop, Plan("customer", show(COUNT))) == [(4,)]


def test_figures_per_group_in_order(shop: Source) -> None:
    plan = Plan("purchase", show(col("store.name"), SPENT), group=(col("store.name"),), order=(Order(SPENT, True),))
    assert rows(shop, plan) == [("North", 35.0), ("South", 10.0)]


def test_a_dimension_that_is_shown_groups_by_itself(shop: Source) -> None:
    assert rows(shop, Plan("purchase", show(col("store.name"), COUNT), order=(Order(col("store.name")),))) == [
        ("North", 2),
        ("South", 1),
    ]


def test_what_was_asked_and_what_helps(shop: Source) -> None:
    outputs = (Output(NAME, "name"), Output(SPENT, "spent", asked=False))
    plan = Plan("customer", outputs, group=(col("customer.id"),), order=(Order(SPENT, True),), limit=1)
    assert rows(shop, plan) == [("Cleo", 100.0)]
    assert rows(shop, plan, strict=True) == [("Cleo",)]
    assert column_names(plan) == ("name", "spent")
    assert column_names(plan, strict=True) == ("name",)


def test_values_are_bound_and_names_quoted_only_where_needed(shop: Source) -> None:
    plan = Plan(
        "odd table",
        (Output(col("odd table.order"), "select"), Output(col("odd table.two words"), 'a "b"')),
        where=(Compare(col("odd table.Group"), "=", Literal("x'); drop table t --")),),
    )
    written = to_query(plan, shop.catalog())
    assert '"odd table"' in written.sql and '"select"' in written.sql and '"a ""b"""' in written.sql
    assert "drop" not in written.sql
    assert dict(written.params) == {"p1": "x'); drop table t --"}
    assert rows(shop, plan) == []
    simple = to_query(Plan("customer", (Output(NAME, "first_name"),)), shop.catalog()).sql
    assert '"' not in simple


def test_the_same_value_is_bound_once_and_keeps_its_type(shop: Source) -> None:
    where = (Compare(col("customer.id"), ">", Literal(1)), Compare(col("customer.friend_id"), "=", Literal(1)))
    written = to_query(Plan("customer", show(NAME), where=(*where, Compare(NAME, "!=", Literal("1")))), shop.catalog())
    assert dict(written.params) == {"p1": 1, "p2": "1"}


def test_equal_headings_are_told_apart(shop: Source) -> None:
    plan = Plan("purchase", (Output(col("store.name"), "name"), Output(col("store.city"), "Name")))
    assert column_names(plan) == ("name", "Name 2")
    assert query(shop, to_query(plan, shop.catalog()).sql).names == ("name", "Name 2")


def test_an_order_by_a_column_is_not_mistaken_for_a_heading(shop: Source) -> None:
    outputs = (Output(NAME, "id"),)  # the heading is called like another column
    assert [name for (name,) in rows(shop, Plan("customer", outputs, order=(Order(col("customer.id"), True),)))] == [
        "Dan", "Cleo", "Ben", "Ada",
    ]  # fmt: skip


def test_an_order_by_a_shown_column_that_several_tables_have(shop: Source) -> None:
    plan = Plan(
        "product",
        (Output(col("product.name"), "name"), Output(col("category.id"), "id")),
        order=(Order(col("product.name")),),
    )
    assert rows(shop, plan)[0] == ("Assam", 1)


# ------------------------------------------------------------------------------------------- joins never inflate
def test_rows_of_the_root_are_counted_once(shop: Source) -> None:
    tea = (Compare(col("category.name"), "=", Literal("Tea")),)
    assert rows(shop, Plan("purchase", show(COUNT), where=tea)) == [(3,)]
    assert rows(shop, Plan("customer", show(COUNT), where=tea)) == [(2,)]


def test_a_sum_above_the_joined_rows_is_taken_once_per_row(shop: Source) -> None:
    tea = (Compare(col("category.name"), "=", Literal("Tea")),)
    plan = Plan("purchase", show(SPENT, Aggregate("avg", col("purchase.total"))), where=tea)
    assert rows(shop, plan) == [(140.0, pytest.approx(140 / 3))]
    assert "id IN (" in to_query(plan, shop.catalog()).sql


def test_figures_of_several_tables_at_once(shop: Source) -> None:
    figures = (
        COUNT,
        Aggregate("count", table="purchase"),
        SPENT,
        total("item.quantity"),
        Arithmetic("/", SPENT, COUNT),
    )
    plan = Plan("customer", show(col("country.name"), *figures), group=(col("country.name"),), order=(Order(SPENT),))
    assert rows(shop, plan) == [("Germany", 2, 3, 45.0, 6, 22.5), ("France", 1, 1, 100.0, 10, 100.0)]


def test_two_branches_do_not_multiply_each_other(shop: Source) -> None:
    hours = total("ticket.hours")
    plan = Plan(
        "customer", show(NAME, SPENT, hours, Aggregate("avg", col("ticket.hours"))),
        group=(col("customer.id"),), order=(Order(NAME),), optional=("purchase", "ticket"),
    )  # fmt: skip
    assert rows(shop, plan) == [
        ("Ada", 40.0, 5.0, 2.5), ("Ben", 5.0, 0, None), ("Cleo", 100.0, 1.0, 1.0), ("Dan", 0, 0, None),
    ]  # fmt: skip


def test_figures_taken_once_may_be_ordered_filtered_and_ranked(shop: Source) -> None:
    plan = Plan(
        "customer", show(NAME, SPENT, total("item.quantity")), group=(col("customer.id"), NAME),
        having=(Compare(SPENT, ">", Literal(5)),), order=(Order(Arithmetic("-", SPENT, COUNT), True),), limit=1,
    )  # fmt: skip
    assert rows(shop, plan) == [("Cleo", 100.0, 10)]


def test_a_share_of_figures_taken_once(shop: Source) -> None:
    plan = Plan(
        "customer", show(NAME, Share(SPENT), total("item.quantity")), group=(col("customer.id"),), order=(Order(NAME),)
    )
    assert [row[1] for row in rows(shop, plan)] == [pytest.approx(x / 145) for x in (40, 5, 100)]


def test_tables_without_a_key_are_counted_by_row(tmp_path: Any) -> None:
    from workspace.database.source import open_source

    path = tmp_path / "bare.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "create table a (k integer, v real); create table b (a_k integer references a(k), w text);"
            "insert into a values (1, 2.0), (2, 3.0); insert into b values (1,'x'), (1,'x'), (2,'y');"
        )
    source = open_source(path)
    plan = Plan("a", show(COUNT, total("a.v"), Aggregate("count", table="b")))
    assert rows(source, plan) == [(2, 5.0, 3)]


def _by_hand(connection: sqlite3.Connection, table: str, dims: Sequence[str], condition: str) -> Counter:
    """Sums over distinct rows of ``table`` per dimension, computed in Python from the joined rows."""
    sql = (
        f"select distinct {', '.join([*dims, f'{table}.rowid', f'{table}.v'])} from a join b on b.a_id = a.id"
        f" join c on c.b_id = b.id where {condition}"
    )
    found: Counter = Counter()
    for *key, _, value in connection.execute(sql):
        found[tuple(key)] += value
    return found


def test_sums_over_random_rows_match_a_sum_over_distinct_rows(tmp_path: Any) -> None:
    from workspace.database.source import open_source

    path = tmp_path / "random.sqlite"
    rng = random.Random(11)
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table a (id integer primary key, g text, v integer);"
        "create table b (id integer primary key, a_id integer references a(id), g text, v integer);"
        "create table c (id integer primary key, b_id integer references b(id), g text, v integer);"
    )
    for name, count, parent in (("a", 12, 0), ("b", 40, 12), ("c", 120, 40)):
        for number in range(1, count + 1):
            values = [number, *([rng.randint(1, parent)] if parent else []), rng.choice("xyz"), rng.randint(1, 50)]
            connection.execute(f"insert into {name} values ({', '.join('?' * len(values))})", values)
    connection.commit()
    source = open_source(path)
    for _ in range(60):
        table = rng.choice("abc")
        dims = rng.sample(["a.g", "b.g", "c.g"], rng.randint(0, 2))
        filtered = rng.choice("abc")
        figure = Aggregate("sum", col(f"{table}.v"))
        needed = Aggregate("count", table="c"), Aggregate("count", table="b"), Aggregate("count", table="a")
        plan = Plan(
            rng.choice("abc"), show(*map(col, dims), figure, *needed), group=tuple(map(col, dims)),
            where=(Compare(col(f"{filtered}.g"), "!=", Literal("x")),),
        )  # fmt: skip
        expected = _by_hand(connection, table, dims, f"{filtered}.g != 'x'")
        found = {row[: len(dims)]: row[len(dims)] for row in rows(source, plan)}
        assert {key: value for key, value in found.items() if value} == dict(expected), to_query(
            plan, source.catalog()
        ).sql
    connection.close()


# ------------------------------------------------------------------------------------------------ optional and roles
def test_optional_tables_keep_rows_and_count_zero(shop: Source) -> None:
    bought = Aggregate("count", table="purchase")
    plan = Plan(
        "customer", show(NAME, bought, SPENT), group=(col("customer.id"),), optional=("purchase",), order=(Order(NAME),)
    )
    assert rows(shop, plan) == [("Ada", 2, 40.0), ("Ben", 1, 5.0), ("Cleo", 1, 100.0), ("Dan", 0, 0)]


def test_a_condition_on_an_optional_table_does_not_throw_rows_out(shop: Source) -> None:
    recent = Between(col("purchase.placed"), Literal("2024-01-01"), Literal("2025-01-01"))
    plan = Plan(
        "customer",
        show(NAME, SPENT),
        group=(col("customer.id"),),
        where=(recent,),
        optional=("purchase",),
        order=(Order(NAME),),
    )
    assert rows(shop, plan) == [("Ada", 0), ("Ben", 5.0), ("Cleo", 100.0), ("Dan", 0)]


def test_a_condition_far_along_an_optional_branch(shop: Source) -> None:
    cups = Compare(col("category.name"), "=", Literal("Cups"))
    sold = total("item.quantity")
    plan = Plan(
        "customer", show(NAME, sold), group=(col("customer.id"),), where=(cups,), order=(Order(NAME),),
        optional=("purchase", "item", "product", "category"),
    )  # fmt: skip
    assert rows(shop, plan) == [("Ada", 1), ("Ben", 1), ("Cleo", 0), ("Dan", 0)]


def test_a_missing_partner_can_be_asked_for(shop: Source) -> None:
    plan = Plan("customer", show(NAME), where=(Missing(col("purchase.id")),), optional=("purchase",))
    assert rows(shop, plan) == [("Dan",)]


def test_roles_are_further_occurrences(shop: Source) -> None:
    friend, theirs = (
        Role("friend", "customer", "customer", "friend_id"),
        Role("theirs", "customer", "customer", "friend_id", "friend"),
    )
    plan = Plan(
        "customer", show(NAME, col("customer.first_name", "friend"), col("customer.first_name", "theirs")),
        roles=(friend, theirs), order=(Order(col("customer.id")),),
    )  # fmt: skip
    assert rows(shop, plan) == [
        ("Ada", None, None),
        ("Ben", "Ada", None),
        ("Cleo", "Ada", None),
        ("Dan", "Cleo", "Ada"),
    ]
    strict = replace(plan, roles=(replace(friend, optional=False), theirs))
    assert [row[0] for row in rows(shop, strict)] == ["Ben", "Cleo", "Dan"]


def test_a_role_beside_the_plain_table(shop: Source) -> None:
    gift = Role("receiver", "customer", "purchase", "gift_for", optional=False)
    plan = Plan(
        "purchase",
        show(NAME, col("customer.first_name", "receiver")),
        roles=(gift,),
        order=(Order(col("purchase.id")),),
    )
    assert rows(shop, plan) == [("Ada", "Ben"), ("Ben", "Cleo")]


def test_a_pinned_join(shop: Source) -> None:
    pinned = Plan("purchase", show(NAME), joins=(Step("customer", "purchase", "gift_for"),), order=(Order(NAME),))
    assert rows(shop, pinned) == [("Ben",), ("Cleo",)]


# ------------------------------------------------------------------------------------------------- related rows
def test_with_and_without_related_rows(shop: Source) -> None:
    def who(*where: form.Predicate) -> list[str]:
        return [name for (name,) in rows(shop, Plan("customer", show(NAME), where=where, order=(Order(NAME),)))]

    assert who(Related("purchase", negated=True)) == ["Dan"]
    assert who(Related("purchase")) == ["Ada", "Ben", "Cleo"]
    assert who(Related("ticket"), Related("purchase", op=">=", count=2)) == ["Ada"]
    assert who(Related("purchase", op="=", count=0)) == ["Dan"]
    assert who(Related("purchase", op="<", count=2)) == ["Ben", "Cleo", "Dan"]
    cups, tea = (Related("item", (Compare(col("category.name"), "=", Literal(name)),)) for name in ("Cups", "Tea"))
    assert who(cups, tea) == ["Ada"]
    assert who(Not_(cups), tea) == ["Cleo"]
    assert who(Any_((Not_(Related("purchase")), cups))) == ["Ada", "Ben", "Dan"]
    assert who(Related("product", op=">=", count=3)) == ["Ada"]
    assert who(Related("category", via=("purchase", "item", "product"), op=">=", count=2)) == ["Ada"]


def test_related_rows_may_speak_of_the_row_itself(shop: Source) -> None:
    same = Related("purchase", (Compare(col("purchase.total"), ">", Arithmetic("*", Literal(10), col("customer.id"))),))
    assert rows(shop, Plan("customer", show(NAME), where=(same,))) == [("Ada",), ("Cleo",)]


def test_rows_of_the_same_table(shop: Source) -> None:
    befriended = Related("customer", negated=True)
    assert rows(shop, Plan("customer", show(NAME), where=(befriended,), order=(Order(NAME),))) == [("Ben",), ("Dan",)]
    named = Related("customer", (Compare(NAME, "=", Literal("Dan")),))
    assert rows(shop, Plan("customer", show(NAME), where=(named,))) == [("Cleo",)]


def test_there_and_back_takes_the_other_key(shop: Source) -> None:
    given = Related("customer", via=("purchase",))
    plan = Plan("customer", show(NAME), where=(given,), order=(Order(NAME),))
    assert rows(shop, plan) == [("Ada",), ("Ben",)], "those who gave a present"


def test_related_to_another_table_than_the_root(shop: Source) -> None:
    plan = Plan("purchase", show(col("purchase.id")), where=(Related("ticket", source="customer", negated=True),))
    assert rows(shop, plan) == [(3,)]
    in_role = Plan(
        "purchase", show(col("purchase.id")), roles=(Role("receiver", "customer", "purchase", "gift_for", optional=False),),
        where=(Related("ticket", source="receiver"),),
    )  # fmt: skip
    assert rows(shop, in_role) == [(3,)]


# ---------------------------------------------------------------------------------------------------- conditions
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Compare(NAME, "like", Literal("%a%")), [1, 4]),
        (Compare(NAME, "not like", Literal("%a%")), [2, 3]),
        (Compare(col("customer.last_name"), "!=", Literal("Curie")), [1, 4]),
        (Compare(col("customer.last_name"), "=", Literal(None)), [2]),
        (Compare(col("customer.last_name"), "!=", Literal(None)), [1, 3, 4]),
        (Missing(col("customer.last_name"), negated=True), [1, 3, 4]),
        (Among(NAME, (Literal("Ada"), Literal("Dan"))), [1, 4]),
        (Among(NAME, (Literal("Ada"), Literal("Dan")), negated=True), [2, 3]),
        (Any_((Compare(NAME, "=", Literal("Ada")), All_((Related("ticket"), Related("purchase"))))), [1, 3]),
        (Not_(Any_((Compare(NAME, "=", Literal("Ada")), Compare(NAME, "=", Literal("Ben"))))), [3, 4]),
        (Between(col("customer.id"), Literal(2), Literal(3), closed=True), [2, 3]),
        (Between(col("customer.id"), Literal(2), Literal(3)), [2]),
        (Between(col("customer.joined"), Literal("2022-01-05"), Literal("2022-03-01")), [1]),
        (Between(col("customer.joined"), Literal("2022-01-05"), Literal("2022-03-01"), closed=True), [1, 2]),
        (Compare(col("customer.joined"), ">", Literal("2023-07-14")), [4]),
        (Compare(Bucket(col("customer.joined"), "year"), "=", Literal("2022")), [1, 2]),
        (Compare(Bucket(col("customer.joined"), "month_of_year"), "=", Literal(7)), [3]),
        (Compare(col("customer.friend_id"), "<", col("customer.id")), [2, 3, 4]),
        (Among(col("customer.joined"), (Literal("2022-01-05"), Literal("2024-02-29"))), [1, 4]),
        (Among(col("customer.id"), plan=Plan("customer", show(col("customer.friend_id")))), [1, 3]),
        (Among(col("customer.id"), plan=Plan("customer", show(col("customer.friend_id"))), negated=True), [2, 4]),
        (Compare(col("customer.id"), ">", Scalar(Plan("customer", show(Aggregate("avg", col("customer.id")))))), [3, 4]),
    ],
)  # fmt: skip
def test_conditions(shop: Source, condition: form.Predicate, found: list[int]) -> None:
    plan = Plan("customer", show(col("customer.id")), where=(condition,), order=(Order(col("customer.id")),))
    assert [number for (number,) in rows(shop, plan)] == found


@pytest.mark.parametrize(("pattern", "found"), [("%\\%%", ["Mug 100%"]), ("%\\_%", ["Big_Mug"]), ("%_%", 4)])
def test_wildcards_can_be_meant_literally(shop: Source, pattern: str, found: Any) -> None:
    names = [
        name
        for (name,) in rows(
            shop,
            Plan("product", show(col("product.name")), where=(Compare(col("product.name"), "like", Literal(pattern)),)),
        )
    ]
    assert names == found if isinstance(found, list) else len(names) == found


@pytest.mark.parametrize(
    ("op", "found"),
    [("=", [2]), ("!=", [1, 3, 4]), ("<", [1]), ("<=", [1, 2]), (">", [3, 4]), (">=", [2, 3, 4])],
)
def test_a_day_is_the_stretch_of_its_moments(shop: Source, op: Any, found: list[int]) -> None:
    plan = Plan(
        "purchase", show(col("purchase.id")), where=(Compare(col("purchase.placed"), op, Literal("2023-12-31")),)
    )
    assert [number for (number,) in rows(shop, plan)] == found


# ----------------------------------------------------------------------------------------------- dates and encodings
def encoded(catalog: Catalog, table: str, name: str, **profile: Any) -> Catalog:
    """The catalog with one column said to hold dates in another way."""

    def change(column: Column) -> Column:
        return replace(column, kind="datetime", profile=Profile(**profile)) if column.name == name else column

    tables = tuple(replace(t, columns=tuple(map(change, t.columns))) if t.name == table else t for t in catalog.tables)
    return Catalog(catalog.source, tables, catalog.foreign_keys, catalog.dialect)


def run(source: Source, plan: Plan, catalog: Catalog) -> list[tuple]:
    written = to_query(plan, catalog)
    return list(query(source, written.sql, written.params).rows)


def test_grains(shop: Source) -> None:
    grains: list[form.Grain] = ["year", "quarter", "month", "week", "day", "month_of_year", "weekday", "hour"]
    plan = Plan(
        "purchase",
        show(*(Bucket(col("purchase.placed"), grain) for grain in grains)),
        order=(Order(col("purchase.id")),),
    )
    assert rows(shop, plan)[:2] == [
        (2023, "2023-Q1", "2023-01", "2022-W52", "2023-01-01", 1, 7, 0),
        (2023, "2023-Q4", "2023-12", "2023-W52", "2023-12-31", 12, 7, 23),
    ]


def test_weeks_and_weekdays_agree_with_the_calendar(shop: Source) -> None:
    from sqlglot import exp

    from workspace.question.periods import bucket

    meta = Column("d", "date", profile=Profile(encoding="iso"))
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (d)")
    days = [date(2014, 12, 20) + timedelta(days=step) for step in range(4500)]
    connection.executemany("insert into t values (?)", [(day.isoformat(),) for day in days])
    week, weekday = (bucket(exp.column("d"), meta, grain, "sqlite").sql("sqlite") for grain in ("week", "weekday"))
    found = connection.execute(f"select {week}, {weekday} from t").fetchall()
    connection.close()
    assert found == [(day.strftime("%G-W%V"), day.isoweekday()) for day in days]


@pytest.mark.parametrize(
    ("stored", "encoding"),
    [
        ("paid_epoch", "epoch"),
        ("paid_epoch * 1000", "epoch_ms"),
        ("julianday(paid_epoch, 'unixepoch')", "julian"),
        ("strftime('%d/%m/%Y %H:%M:%S', paid_epoch, 'unixepoch')", "other:%d/%m/%Y %H:%M:%S"),
        ("strftime('%Y%m%d', paid_epoch, 'unixepoch')", "other:%Y%m%d"),
        ("strftime('%m-%d-', paid_epoch, 'unixepoch') || substr(strftime('%Y', paid_epoch, 'unixepoch'), 3)", "other:%m-%d-%y"),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Any, shop: Source, stored: str, encoding: str) -> None:
    from workspace.database.source import open_source

    path = tmp_path / "encoded.sqlite"
    assert shop.path is not None
    with sqlite3.connect(path) as connection:
        connection.execute(f"attach '{shop.path}' as shop")
        connection.execute(f"create table pay as select id, {stored} as paid from shop.purchase")
    source = open_source(path)
    catalog = encoded(source.catalog(), "pay", "paid", encoding=encoding)
    paid, number = col("pay.paid"), col("pay.id")
    months = Plan(
        "pay", show(Bucket(paid, "month"), COUNT), group=(Bucket(paid, "month"),), order=(Order(Bucket(paid, "month")),)
    )
    assert run(source, months, catalog) == [("2023-01", 1), ("2023-12", 1), ("2024-01", 1), ("2024-03", 1)]
    late = Plan("pay", show(number), where=(Between(paid, Literal("2023-12-31"), Literal("2024-02-01")),))
    assert run(source, late, catalog) == [(2,), (3,)]
    after = Plan("pay", show(number), where=(Compare(paid, ">=", Literal("2024-01-01")),))
    assert run(source, after, catalog) == [(3,), (4,)]


def test_years_compare_with_years(shop: Source) -> None:
    year, number = col("purchase.year"), col("purchase.id")

    def found(*where: form.Predicate) -> list[int]:
        return [n for (n,) in rows(shop, Plan("purchase", show(number), where=where))]

    assert found(Between(year, Literal("2023-01-01"), Literal("2024-01-01"))) == [1, 2]
    assert found(Between(year, Literal("2023-01-01"), Literal("2025-01-01"))) == [1, 2, 3, 4]
    assert found(Compare(year, "=", Literal("2024"))) == [3, 4]
    assert found(Compare(year, ">", Literal(2023))) == [3, 4]
    assert found(Compare(year, "<", Literal("2024-01-01"))) == [1, 2]
    per_year = Plan("purchase", show(Bucket(year, "year"), COUNT), order=(Order(Bucket(year, "year")),))
    assert rows(shop, per_year) == [(2023, 2), (2024, 2)]
    with pytest.raises(PlanInvalid, match="years only"):
        to_query(Plan("purchase", show(Bucket(year, "month"))), shop.catalog())


# ------------------------------------------------------------------------- shares, firsts, nesting, set operations
def test_shares_add_up_also_behind_a_limit(shop: Source) -> None:
    plan = Plan(
        "purchase",
        show(col("customer.id"), Share(SPENT)),
        group=(col("customer.id"),),
        order=(Order(Share(SPENT), True),),
    )
    assert sum(share for _, share in rows(shop, plan)) == pytest.approx(1.0)
    assert rows(shop, replace(plan, limit=1)) == [(3, pytest.approx(100 / 145))]
    over = replace(plan, having=(Compare(Share(SPENT), ">", Literal(0.25)),))
    assert [number for number, _ in rows(shop, over)] == [3, 1]
    both = replace(over, having=(*over.having, Compare(COUNT, ">", Literal(1))))
    assert [number for number, _ in rows(shop, both)] == [1]


def test_the_first_of_each(shop: Source) -> None:
    dearest = Top((col("customer.id"),), (Order(col("purchase.total"), True),))
    plan = Plan("purchase", show(NAME, col("purchase.total")), top=dearest, order=(Order(NAME),))
    assert rows(shop, plan) == [("Ada", 30.0), ("Ben", 5.0), ("Cleo", 100.0)]
    assert len(rows(shop, replace(plan, top=replace(dearest, n=2)))) == 4
    ordered = replace(plan, order=(Order(col("purchase.placed"), True),), limit=1)
    assert rows(shop, ordered) == [("Cleo", 100.0)]
    per_store = Top((col("store.name"),), (Order(SPENT, True),))
    grouped = Plan("purchase", show(col("store.name"), NAME, SPENT), group=(col("store.name"), NAME), top=per_store)
    assert sorted(rows(shop, grouped)) == [("North", "Ada", 30.0), ("South", "Ada", 10.0)]


def test_equals_of_the_first_stay_unless_told_otherwise(shop: Source) -> None:
    top = Top((col("product.category_id"),), (Order(col("product.category_id")),))
    plan = Plan("product", show(col("product.name")), top=top)
    assert len(rows(shop, plan)) == 4
    assert len(rows(shop, replace(plan, top=replace(top, ties=False)))) == 2


def test_missing_values_do_not_win_a_lowest(shop: Source) -> None:
    plan = Plan("customer", show(NAME), order=(Order(col("customer.friend_id")),), limit=1)
    assert rows(shop, plan) == [("Ben",)]
    assert rows(shop, replace(plan, limit=None))[0] == ("Ada",), "without a limit the order is the engine's"


def test_joined_text_leaves_out_what_is_missing(shop: Source) -> None:
    full = Joined((NAME, col("customer.last_name")))
    assert rows(shop, Plan("customer", show(full), order=(Order(full),), limit=2)) == [("Ada Ahrens",), ("Ben",)]


def test_division_is_real_division(shop: Source) -> None:
    plan = Plan(
        "item",
        show(
            Arithmetic("/", total("item.quantity"), Literal(7)),
            Arithmetic("/", total("item.quantity"), Aggregate("count")),
        ),
    )
    assert rows(shop, plan) == [(pytest.approx(16 / 7), pytest.approx(16 / 6))]
    nested = Arithmetic("*", Arithmetic("+", col("item.price"), Literal(1)), Arithmetic("-", Literal(3), Literal(1)))
    assert rows(shop, Plan("item", show(Aggregate("max", nested)))) == [(22.0,)]
    apart = Arithmetic("-", Literal(10), Arithmetic("-", Literal(3), Literal(1)))
    assert rows(shop, Plan("store", show(apart), limit=1)) == [(8,)]


def test_a_plan_over_the_result_of_a_plan(shop: Source) -> None:
    spent = Plan("purchase", (Output(col("customer.id"), "who"), Output(SPENT, "spent")), group=(col("customer.id"),))
    inner = form.Column("", "spent")
    average = Plan("", show(Aggregate("avg", inner)), base=spent)
    assert rows(shop, average) == [(pytest.approx(145 / 3),)]
    assert rows(shop, Plan("", show(COUNT), base=spent, where=(Compare(inner, ">", Literal(10)),))) == [(2,)]
    above = Plan("", show(form.Column("", "who")), base=spent, where=(Compare(inner, ">", Scalar(average)),))
    assert rows(shop, above) == [(3,)]
    with pytest.raises(PlanInvalid, match="no column nothing"):
        to_query(Plan("", show(form.Column("", "nothing")), base=spent), shop.catalog())


def test_set_operations(shop: Source) -> None:
    def of(*where: form.Predicate, **more: Any) -> Plan:
        return Plan(
            "customer", (Output(NAME, "name"), Output(col("customer.id"), "id", asked=False)), where=where, **more
        )

    buyers, askers = of(Related("purchase")), of(Related("ticket"))
    order = {"order": (Order(NAME, True),)}
    assert rows(shop, replace(buyers, combine=Combine("except", askers))) == [("Ben",)]
    assert sorted(rows(shop, replace(buyers, combine=Combine("intersect", askers)))) == [("Ada",), ("Cleo",)]
    union = replace(of(Compare(NAME, "=", Literal("Dan")), **order), combine=Combine("union", buyers), limit=2)
    assert rows(shop, union) == [("Dan",), ("Cleo",)]
    chained = replace(
        buyers,
        combine=Combine("except", replace(askers, combine=Combine("except", of(Compare(NAME, "=", Literal("Ada")))))),
    )
    assert sorted(rows(shop, chained)) == [("Ada",), ("Ben",)]
    first = replace(buyers, combine=Combine("union", replace(askers, order=(Order(NAME),), limit=1)))
    assert sorted(rows(shop, first)) == [("Ada",), ("Ben",), ("Cleo",)]
    with pytest.raises(PlanInvalid, match="different columns"):
        to_query(
            replace(buyers, combine=Combine("union", Plan("store", show(col("store.id"), col("store.name"))))),
            shop.catalog(),
        )


def test_equal_rows_once(shop: Source) -> None:
    plan = Plan("customer", show(col("customer.country")), distinct=True, order=(Order(col("customer.country")),))
    assert rows(shop, plan) == [("DE",), ("FR",)]
    assert rows(shop, Plan("customer", show(Aggregate("count", col("customer.country"), distinct=True)))) == [(2,)]


# ---------------------------------------------------------------------------------------------------------- errors
@pytest.mark.parametrize(
    "plan",
    [
        Plan("nothing", show(COUNT)),
        Plan("customer", show(col("customer.nothing"))),
        Plan("customer", ()),
        Plan("customer", show(col("store.nothing"))),
        Plan("customer", show(Aggregate("sum"))),
        Plan("customer", show(Aggregate("median", col("customer.id")))),  # type: ignore[arg-type]
        Plan("customer", show(Aggregate("sum", Aggregate("count")))),
        Plan("customer", show(COUNT), where=(Compare(NAME, "~", Literal("x")),)),  # type: ignore[arg-type]
        Plan("customer", show(COUNT), where=(Related("odd table"),)),
        Plan("customer", show(COUNT), where=(Related("store"), Related("store", source="nobody"))),
        Plan("store", show(COUNT), where=(Related("store"),)),
        Plan("customer", show(COUNT), where=(Among(NAME),)),
        Plan("customer", show(COUNT), where=(Any_(()),)),
        Plan("customer", show(COUNT), where=(Compare(NAME, "=", Literal(("a",))),)),  # type: ignore[arg-type]
        Plan("customer", show(NAME), limit="5; drop table customer"),  # type: ignore[arg-type]
        Plan("customer", show(NAME), limit=-1),
        Plan("customer", show(Bucket(NAME, "year"))),
        Plan("customer", show(Bucket(col("customer.joined"), "decade"))),  # type: ignore[arg-type]
        Plan("customer", show(col("odd table.order"))),
        Plan("customer", show(NAME), combine=Combine("minus", Plan("customer", show(NAME)))),  # type: ignore[arg-type]
        Plan("customer", show(NAME), order=(Order(col("customer.id")),), combine=Combine("union", Plan("store", show(col("store.name"))))),
        Plan("customer", show(NAME), top=Top((), ())),
        Plan("customer", (None,)),  # type: ignore[arg-type]
        Plan("customer", "outputs"),  # type: ignore[arg-type]
        Plan("", show(COUNT)),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_used_says_so(shop: Source, plan: Plan) -> None:
    with pytest.raises(PlanInvalid) as caught:
        to_query(plan, shop.catalog())
    assert caught.value.message.endswith(".")
    with pytest.raises(PlanInvalid):
        check(plan, shop.catalog())


def test_values_written_in_are_escaped(shop: Source) -> None:
    hard = ["O'Brien", '"; --', "100%", "back\\slash", "new\nline", "ünï", ""]
    for value in [*hard, 5, -3, 2.5, 1e-7, True]:
        plan = Plan("store", (Output(Literal(value), "v"),), limit=1)
        assert query(shop, to_text(plan, shop.catalog())).rows == ((value,),)


def test_a_view_without_keys_is_counted_by_its_columns() -> None:
    view = Table("v", (Column("a", "integer"), Column("b", "integer")), (), 3, view=True)
    catalog = Catalog("x", (view,))
    assert isinstance(to_query(Plan("v", show(Aggregate("count", distinct=True))), catalog), Query)
