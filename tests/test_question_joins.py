"""The cheapest tree over the keys, and which tables it multiplies."""

from __future__ import annotations

import gc
import random
import time
from itertools import combinations

import pytest

from workspace.database.catalog import Catalog, Column, ForeignKey, Profile, Table
from workspace.database.source import Source
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question import routes
from workspace.question.joins import Link, connect, draw, fans_out, unique
from workspace.question.plan import Output, Plan, Role, Step


def build(keys: str, *, inferred: str = "") -> Catalog:
    """A catalog from "child>parent" pairs; "child.column>parent" names the key's column."""
    names: dict[str, dict[str, None]] = {}
    found = []
    for text, declared in ((keys, True), (inferred, False)):
        for pair in text.split():
            child, parent = pair.split(">")
            child, _, column = child.partition(".")
            column = column or f"{parent}_id"
            names.setdefault(child, {})[column] = None
            names.setdefault(parent, {})
            found.append(ForeignKey(child, (column,), parent, ("id",), declared))
    tables = [
        Table(
            name,
            (Column("id", "integer", primary=True, unique=True), *(Column(c, "integer") for c in columns)),
            ("id",),
            9,
        )
        for name, columns in names.items()
    ]
    return Catalog("test", tuple(tables), tuple(found))


def shape(links: tuple[Link, ...]) -> list[str]:
    return [f"{link.source}{'<' if link.many else '>'}{link.table}" for link in links]


CHAIN = build("item>purchase purchase>customer item>product product>category")


def test_the_tree_spans_root_and_tables_with_the_bridges_between() -> None:
    assert shape(connect(CHAIN, "customer", ["category"])) == [
        "customer<purchase", "purchase<item", "item>product", "product>category",
    ]  # fmt: skip
    assert connect(CHAIN, "customer", []) == ()
    assert connect(CHAIN, "customer", ["customer"]) == ()


def test_names_are_taken_whatever_their_case() -> None:
    assert shape(connect(CHAIN, "Customer", ["PURCHASE"])) == ["customer<purchase"]


def test_each_link_finds_its_source_there() -> None:
    catalog = build("a>b c>b c>d e>d f>a g>f")
    for count in (2, 3, 4, 5, 6):
        for wanted in combinations("abcdefg", count):
            there = {wanted[0]}
            for link in connect(catalog, wanted[0], wanted[1:]):
                assert link.source in there
                assert link.table not in there
                there.add(link.table)
            assert set(wanted) <= there


def test_declared_keys_win_over_inferred_ones() -> None:
    catalog = build("a>m m>b", inferred="a>b")
    assert shape(connect(catalog, "a", ["b"])) == ["a>b"]
    catalog = build("a.x>b", inferred="a.b_id>b")
    assert connect(catalog, "a", ["b"])[0].source_columns == ("x",)


def test_a_way_over_events_wins_over_a_shared_lookup() -> None:
    catalog = build("customer>city supplier>city purchase>customer item>purchase item>product product>supplier")
    assert [link.table for link in connect(catalog, "customer", ["supplier"])][:2] == ["purchase", "item"]
    short = build("customer>city employee>city purchase>customer purchase>employee")
    assert [link.table for link in connect(short, "customer", ["employee"])] == ["purchase", "employee"]
    # when the city itself is asked about, it may connect
    assert len(connect(short, "customer", ["city"])) == 1


def test_several_keys_between_two_tables() -> None:
    catalog = build("flight.source>airport flight.airport_id>airport")
    assert connect(catalog, "flight", ["airport"])[0].source_columns == ("airport_id",)
    pinned = connect(catalog, "flight", ["airport"], (Step("airport", "flight", "source"),))
    assert pinned[0].source_columns == ("source",)


def test_steps_pin_and_the_rest_grows_from_there() -> None:
    catalog = build("flight.source>airport flight.target>airport airport>country")
    links = connect(catalog, "flight", ["country"], (Step("airport", "flight", "target"),))
    assert [link.source_columns for link in links] == [("target",), ("country_id",)]
    with pytest.raises(PlanInvalid, match="does not lead"):
        connect(catalog, "flight", [], (Step("airport", "flight", "id"),))
    with pytest.raises(PlanInvalid, match="does not connect"):
        connect(catalog, "country", [], (Step("flight", "flight", "source"),))


def test_composite_keys_join_on_all_columns() -> None:
    lines = Table("line", (Column("order_no", "integer"), Column("pos", "integer")), ("order_no", "pos"), 5)
    notes = Table(
        "note", (Column("id", "integer", primary=True), Column("o", "integer"), Column("p", "integer")), ("id",), 5
    )
    catalog = Catalog("x", (lines, notes), (ForeignKey("note", ("o", "p"), "line", ("order_no", "pos")),))
    assert connect(catalog, "note", ["line"]) == (Link("note", "line", ("o", "p"), ("order_no", "pos"), many=False),)
    assert connect(catalog, "line", ["note"])[0].many


def test_a_link_to_a_unique_column_meets_one_row() -> None:
    one = Table(
        "passport", (Column("id", "integer", primary=True), Column("person_id", "integer", unique=True)), ("id",), 3
    )
    person = Table("person", (Column("id", "integer", primary=True, unique=True),), ("id",), 3)
    catalog = Catalog("x", (one, person), (ForeignKey("passport", ("person_id",), "person", ("id",)),))
    assert not connect(catalog, "person", ["passport"])[0].many


def test_content_makes_the_end_a_key_points_at_unique_but_not_the_other() -> None:
    plain = Table("t", (Column("code", "text", profile=Profile(distinct=9)),), (), 9)
    assert unique(plain, ["code"], by_content=True)
    assert not unique(plain, ["code"])
    assert not unique(
        Table("t", (Column("code", "text", profile=Profile(distinct=8)),), (), 9), ["code"], by_content=True
    )


def test_tables_without_a_key_between_them_are_named() -> None:
    catalog = build("a>b c>d")
    with pytest.raises(PlanInvalid, match=r"No key connects d with a\."):
        connect(catalog, "a", ["b", "d"])
    with pytest.raises(PlanInvalid, match="There is no table nowhere"):
        connect(catalog, "a", ["nowhere"])


def test_optional_tables_make_their_bridges_and_what_hangs_on_them_optional() -> None:
    links = connect(CHAIN, "customer", ["item", "category"], optional=["purchase", "item", "category"])
    assert all(link.optional for link in links)
    links = connect(CHAIN, "customer", ["item"], optional=["item"])
    assert [link.optional for link in links] == [True, True], "the bridge would throw the customer out"
    links = connect(CHAIN, "customer", ["purchase", "item"], optional=["item"])
    assert [link.optional for link in links] == [False, True]


def _cheapest(catalog: Catalog, wanted: set[str]) -> float:
    """The cost of the cheapest tree, by trying every set of tables."""
    names = [table.name for table in catalog.tables]
    best = float("inf")
    costs: dict[frozenset[str], float] = {}
    for key in catalog.foreign_keys:
        pair = frozenset((key.table, key.ref_table))
        costs[pair] = min(costs.get(pair, 9e9), routes.DECLARED if key.declared else routes.INFERRED)
    for size in range(len(wanted), len(names) + 1):
        for chosen in combinations(names, size):
            if not wanted <= set(chosen):
                continue
            tree, total = {chosen[0]}, 0.0
            while len(tree) < size:
                steps = [(cost, pair) for pair, cost in costs.items() if len(pair & tree) == 1 and pair <= set(chosen)]
                if not steps:
                    total = float("inf")
                    break
                cost, pair = min(steps, key=lambda step: (step[0], sorted(step[1])))
                tree |= pair
                total += cost
            best = min(best, total)
    return best


def test_up_to_four_terminals_the_tree_is_the_cheapest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "THROUGH_LOOKUP", 0.0)
    rng = random.Random(7)
    for _ in range(60):
        names = "abcdefg"
        pairs = {(rng.choice(names), rng.choice(names)) for _ in range(11)}
        text = [f"{x}>{y}" for x, y in sorted(pairs) if x != y]
        cut = rng.randrange(len(text))
        catalog = build(" ".join(text[:cut]), inferred=" ".join(text[cut:]))
        present = [table.name for table in catalog.tables]
        wanted = rng.sample(present, min(len(present), rng.randint(2, 5)))
        expected = _cheapest(catalog, set(wanted))
        if expected == float("inf"):
            with pytest.raises(PlanInvalid):
                connect(catalog, wanted[0], wanted[1:])
            continue
        links = connect(catalog, wanted[0], wanted[1:])
        declared = {frozenset((k.table, k.ref_table)) for k in catalog.foreign_keys if k.declared}
        found = sum(
            routes.DECLARED if frozenset((link.source, link.table)) in declared else routes.INFERRED for link in links
        )
        assert found == pytest.approx(expected, abs=0.02), (text, wanted, shape(links))


def test_a_thousand_tables_are_fast_and_the_answer_is_kept() -> None:
    rng = random.Random(3)
    text = " ".join(f"t{n}>t{rng.randrange(n)}" for n in range(1, 1000))
    catalog = build(text)
    connect(catalog, "t0", ["t1"])  # builds the graph
    start = time.perf_counter()
    links = connect(catalog, "t999", ["t500", "t250", "t750", "t10"])
    first = time.perf_counter() - start
    assert {"t500", "t250", "t750", "t10"} <= {link.table for link in links}
    assert connect(catalog, "t999", ["t500", "t250", "t750", "t10"]) == links
    many = connect(catalog, "t0", [f"t{n}" for n in range(1, 1000, 90)])
    assert {f"t{n}" for n in range(1, 1000, 90)} <= {link.table for link in many}
    assert first < 2.0


def test_the_graph_goes_with_its_catalog() -> None:
    catalog = build("a>b")
    connect(catalog, "a", ["b"])
    number = id(catalog)
    assert number in routes._graphs
    del catalog
    gc.collect()
    assert number not in routes._graphs


# ------------------------------------------------------------------------------------------------ multiplied tables
def total(table: str, column: str) -> Output:
    return Output(form.Aggregate("sum", form.Column(table, column)), "total")


def test_the_side_that_is_pointed_at_is_multiplied() -> None:
    plan = Plan("customer", (total("purchase", "id"), total("item", "id")), group=(form.Column("customer", "id"),))
    assert fans_out(CHAIN, plan) == {"customer", "purchase"}
    per_category = Plan("item", (total("item", "id"),), group=(form.Column("category", "id"),))
    assert fans_out(CHAIN, per_category) == {"product", "category"}


def test_a_fixed_key_stops_the_repetition(shop: Source) -> None:
    catalog = build("entry>playlist entry>track")
    per_key = Plan("playlist", (total("track", "id"),), group=(form.Column("playlist", "id"),))
    assert "track" in fans_out(catalog, per_key), "an entry's own key says nothing of the pair"
    entry = Table(
        "entry", (Column("playlist_id", "integer"), Column("track_id", "integer")), ("playlist_id", "track_id"), 9
    )
    paired = Catalog("x", (entry, *(t for t in catalog.tables if t.name != "entry")), catalog.foreign_keys)
    assert "track" not in fans_out(paired, per_key)
    assert "track" in fans_out(paired, Plan("playlist", (total("track", "id"),)))
    one = Plan(
        "playlist", (total("track", "id"),), where=(form.Compare(form.Column("playlist", "id"), "=", form.Literal(1)),)
    )
    assert "track" not in fans_out(paired, one)


def test_roles_join_on_their_key(shop: Source) -> None:
    catalog = shop.catalog()
    friend = form.Column("customer", "first_name", "friend")
    plan = Plan("customer", (Output(friend, "friend"),), roles=(Role("friend", "customer", "customer", "friend_id"),))
    drawn = draw(catalog, plan)
    assert drawn.links == (Link("customer", "friend", ("friend_id",), ("id",), many=False, optional=True),)
    with pytest.raises(PlanInvalid, match="no role called"):
        draw(catalog, Plan("customer", (Output(friend, "friend"),)))
