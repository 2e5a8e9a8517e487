"""Parameters: read from an address, checked, always bound; a plan's filter becomes one; formats are upgraded."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from workspace.artifact.compose import compose_answer
from workspace.artifact.model import Artifact, Bound, Break, Filter, Metric, NamedQuery, Param, Table, Text, load
from workspace.artifact.parametrize import parametrize, without_param
from workspace.artifact.refresh import moves_with_clock, refresh
from workspace.artifact.report import Part, report
from workspace.artifact.settings import given, settle
from workspace.artifact.snapshot import view_from_dict, view_to_dict
from workspace.database.execute import query as run_query
from workspace.database.source import Source, open_source
from workspace.errors import ArtifactInvalid
from workspace.question import plan as p
from workspace.question.sql import to_query

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)
TODAY = NOW.date()
SETUP = """
create table country (id integer primary key, name text not null unique);
create table sale (id integer primary key, country_id integer references country(id), total real, day date, paid boolean);
insert into country values (1, 'USA'), (2, 'Canada'), (3, 'France'), (4, '100%_Norway');
insert into sale (country_id, total, day, paid) values
  (1, 300.5, '2025-08-03', 1), (1, 222.5, '2026-10-09', 0), (2, 300, '2026-09-01', 1), (3, 195, '2026-10-20', 1),
  (3, 5, '2026-11-02', 0);
"""
COUNTRY, DAY, TOTAL = p.Column("country", "name"), p.Column("sale", "day"), p.Column("sale", "total")
REVENUE = p.Aggregate("sum", TOTAL)
IN_FRANCE = p.Plan(
    "sale",
    (p.Output(p.Bucket(DAY, "year"), "year"), p.Output(REVENUE, "revenue")),
    where=(p.Compare(COUNTRY, "=", p.Literal("France")),),
    group=(p.Bucket(DAY, "year"),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "shop.sqlite"
    with sqlite3.connect(file) as db:
        db.executescript(SETUP)
    return file


@pytest.fixture
def source(path: Path) -> Source:
    return open_source(path)


def answer(source: Source, plan: p.Plan, question: str) -> Artifact:
    query = to_query(plan, source.catalog())
    result = run_query(source, query.sql, query.params)
    return compose_answer(question, plan, source.catalog(), result, source=source.name, query=query)


def shown(artifact: Artifact, source: Source, *items: tuple[str, str]) -> tuple[Any, Any]:
    """The rows of the first query and the parameters, under the values of an address."""
    view = refresh(artifact, {source.name: source}, now=NOW, given=given(artifact, items))
    assert view.fresh, view.problems
    return view.results[artifact.queries[0].name].rows, view.settings


# -------------------------------------------------------------------------------------------------- from an address
def read(param: Param, *texts: str, end: str = "") -> Any:
    artifact = Artifact(title="A", params=(param,))
    (setting,) = settle(artifact, given(artifact, [(param.name + end, text) for text in texts]), {}, TODAY)
    return setting.value, setting.problem


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("choice", "EU", "EU"), ("choice", "7", 7), ("choice", "", None), ("choice", " EU ", "EU"),
        ("number", "1,200.5", 1200.5), ("number", "-3", -3), ("date", "2024-02-29", "2024-02-29"), ("bool", "0", False),
        ("bool", "yes", True), ("text", "50% off'; drop table sale", "50% off'; drop table sale"),
        ("daterange", "2024-01-01/2024-01-31", ("2024-01-01", "2024-01-31")), ("daterange", "2024-01-01/", ("2024-01-01", None)),
        ("daterange", "last month", ("2026-10-01", "2026-10-31")), ("multi", "EU", ("EU",)),
    ],
)  # fmt: skip
def test_values_are_read_by_their_type(kind: Any, text: str, value: Any) -> None:
    assert read(Param(name="x", type=kind, options=("EU", "US", 7)), text) == (value, "")


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("choice", "Atlantis", "“Atlantis” is not among the values that are offered. Shown is US."),
        ("multi", "' or 1=1 --", "“' or 1=1 --” is not among the values that are offered."),
        ("number", "nan", "“nan” is not a number."), ("number", "1e300", "is not a number."), ("date", "2024-02-30", "is not a day"),
        ("bool", "perhaps", "is neither yes nor no."), ("daterange", "the dawn of time", "is not a stretch of time."),
        ("daterange", "2024-02-01/2024-01-01", "The first day is after the last one."), ("text", "x" * 201, "up to 200 characters"),
    ],
)  # fmt: skip
def test_what_does_not_fit_leaves_the_default_and_says_so(kind: Any, text: str, words: str) -> None:
    default = {"choice": "US", "multi": ("US",)}.get(kind)
    value, problem = read(Param(name="x", type=kind, options=("EU", "US"), default=default), text)
    assert value == default
    assert words in problem
    assert problem.endswith(".")


def test_several_values_stand_in_the_order_in_which_they_are_offered() -> None:
    param = Param(name="x", type="multi", options=("EU", "US", "AS"))
    assert read(param, "", "AS", "EU", "AS")[0] == ("EU", "AS")
    assert read(param, "")[0] is None
    assert read(Param(name="x", type="multi", options=("EU",), default=("EU",)), "")[0] is None, "all, not the default"


def test_a_needed_value_is_the_first_that_is_offered() -> None:
    param = Param(name="x", type="choice", options=("EU", "US"), required=True)
    assert read(param) == ("EU", "")
    assert read(param, "")[0] == "EU"
    assert "A value is needed" in read(param, "")[1]


def test_the_address_has_what_differs_from_the_default_and_nothing_foreign() -> None:
    params = Param(name="a", type="choice", options=("x", "y"), default="x"), Param(name="b", type="daterange")
    artifact = Artifact(title="A", params=params)
    items = [("b.to", "2024-01-31"), ("utm", "1"), ("a", "y"), ("b.from", "2024-01-01"), ("c", "1")]
    said = given(artifact, items)
    assert said == (("a", "y"), ("b.to", "2024-01-31"), ("b.from", "2024-01-01"))
    written = tuple(part for setting in settle(artifact, said, {}, TODAY) for part in setting.given)
    assert written == (("a", "y"), ("b.from", "2024-01-01"), ("b.to", "2024-01-31"))
    assert settle(artifact, given(artifact, [("a", "x")]), {}, TODAY)[0].given == ()
    assert settle(artifact, given(artifact, [("a", "")]), {}, TODAY)[0].given == (("a", ""),)


# ------------------------------------------------------------------------------------------------------------ plans
def test_a_filter_becomes_a_choice(source: Source) -> None:
    artifact = parametrize(
        answer(source, IN_FRANCE, "revenue per year in France"), ("q1",), "country.name", source.catalog()
    )
    (param,) = artifact.params
    assert (param.name, param.label, param.type, param.default) == ("country", "Country", "choice", "France")
    assert artifact.title == "Revenue per year"
    assert load(artifact.to_dict()) == artifact
    rows, (setting,) = shown(artifact, source)
    assert rows == ((2026, 200.0),)
    assert [option.value for option in setting.options] == ["100%_Norway", "Canada", "France", "USA"]
    assert shown(artifact, source, ("country", "USA"))[0] == ((2025, 300.5), (2026, 222.5))
    assert shown(artifact, source, ("country", ""))[0] == ((2025, 300.5), (2026, 722.5))
    view = refresh(artifact, {source.name: source}, now=NOW, given=(("country", "Canada"),))
    assert view.artifact.queries[0].params == {"country": "Canada"}
    assert "Canada" not in view.artifact.queries[0].sql
    assert "Revenue of Canada was 300 in 2026, which is not over yet." in view.blocks[0].plain
    assert "country is Canada" in view.artifact.queries[0].explanation
    assert view_from_dict(view_to_dict(view)).settings[0].words == "Canada"


def test_several_values_are_each_bound(source: Source) -> None:
    made = answer(source, IN_FRANCE, "revenue per year in France")
    artifact = parametrize(made, (), "country.name", source.catalog(), several=True)
    assert artifact.params[0].default == ("France",)
    view = refresh(artifact, {source.name: source}, now=NOW, given=(("country", "USA"), ("country", "Canada")))
    assert view.results["q1"].rows == ((2025, 300.5), (2026, 522.5))
    assert view.artifact.queries[0].params == {"country_1": "Canada", "country_2": "USA"}


def test_a_stretch_of_days(source: Source) -> None:
    plan = p.Plan("sale", (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue")), group=(COUNTRY,),
                  where=(p.Between(DAY, p.Literal("2026-10-01"), p.Literal("2026-11-01"), period="last month"),))  # fmt: skip
    artifact = parametrize(answer(source, plan, "revenue per country last month"), ("q1",), "day", source.catalog())
    assert (artifact.params[0].type, artifact.params[0].default) == ("daterange", "last month")
    assert moves_with_clock(artifact)
    assert shown(artifact, source)[0] == (("France", 195.0), ("USA", 222.5))
    rows, (setting,) = shown(artifact, source, ("day.from", "2026-11-02"), ("day.to", "2026-11-02"))
    assert rows == (("France", 5.0),)
    assert setting.words == "2 Nov 2026"
    assert shown(artifact, source, ("day.from", "2026-10-20"))[0] == (("France", 200.0),)
    assert shown(artifact, source, ("day.to", "2025-12-31"))[0] == (("USA", 300.5),)
    later = refresh(artifact, {source.name: source}, now=datetime(2026, 12, 5, tzinfo=UTC))
    assert later.results["q1"].rows == (("France", 5.0),), "the default moves with the clock"


def test_other_kinds_of_columns(source: Source) -> None:
    total = p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),), where=(p.Compare(TOTAL, ">", p.Literal(200)),))
    artifact = parametrize(answer(source, total, "sales above 200"), ("q1",), "total", source.catalog())
    assert (artifact.params[0].type, artifact.params[0].default) == ("number", 200)
    assert shown(artifact, source)[0] == ((3,),)
    assert shown(artifact, source, ("total", "300"))[0] == ((1,),)
    assert shown(artifact, source, ("total", ""))[0] == ((5,),)
    paid = parametrize(artifact, ("q1",), "paid", source.catalog())
    assert paid.params[1].type == "bool"
    assert shown(paid, source, ("total", ""), ("paid", "0"))[0] == ((2,),)


def test_text_is_searched_as_it_is_written(source: Source) -> None:
    listed = p.Plan("country", (p.Output(COUNTRY, "name"),))
    query = to_query(listed, source.catalog())
    named = NamedQuery(name="q1", source=source.name, sql=query.sql, plan=listed.to_dict(),
                       bound=(Bound(param="t", table="country", column="name", op="like"),))  # fmt: skip
    artifact = Artifact(title="A", queries=(named,), params=(Param(name="t", type="text"),))
    assert shown(artifact, source, ("t", "%_"))[0] == (("100%_Norway",),)
    assert shown(artifact, source, ("t", "' or '1'='1"))[0] == ()


def test_one_parameter_for_every_query_that_it_fits(source: Source) -> None:
    first = answer(source, IN_FRANCE, "revenue per year in France")
    count = answer(source, p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),)), "how many sales are there")
    both = first.model_copy(update={"queries": (*first.queries, count.queries[0].model_copy(update={"name": "q2"}))})
    artifact = parametrize(both, (), "country.name", source.catalog())
    view = refresh(artifact, {source.name: source}, now=NOW)
    assert (view.results["q1"].rows, view.results["q2"].rows) == (((2026, 200.0),), ((2,),))
    assert shown(artifact, source, ("country", "USA"))[0] == ((2025, 300.5), (2026, 222.5))
    plain = without_param(artifact, "country")
    assert not plain.params
    assert not any(query.bound for query in plain.queries)
    with pytest.raises(ArtifactInvalid, match="has no parameter region"):
        without_param(artifact, "region")


MORE = """
create table product (id integer primary key, kind text not null);
create table item (id integer primary key, sale_id integer references sale(id), product_id integer references product(id));
create table complaint (id integer primary key, country_id integer references country(id), product_id integer references product(id));
insert into product values (1, 'chair'), (2, 'lamp');
insert into item (sale_id, product_id) values (1, 1), (1, 2), (2, 1), (3, 2);
insert into complaint (country_id, product_id) values (3, 1);
"""
LISTED = p.Plan("country", (p.Output(COUNTRY, "Country"),))


def test_a_row_of_a_list_is_there_once_however_often_it_has_what_was_chosen(source: Source) -> None:
    artifact = parametrize(answer(source, LISTED, "list the countries"), (), "sale.day", source.catalog())
    assert shown(artifact, source, ("day.from", "2025-01-01"))[0] == (("USA",), ("Canada",), ("France",))
    artifact = parametrize(artifact, (), "sale.paid", source.catalog())
    assert shown(artifact, source, ("paid", "0"), ("day.from", "2025-01-01"))[0] == (("USA",), ("France",))


def test_figures_do_not_follow_what_a_row_can_have_several_of(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(MORE)
    source = open_source(path)
    revenue = answer(source, p.Plan("sale", (p.Output(REVENUE, "revenue"),)), "revenue")
    with pytest.raises(ArtifactInvalid, match="a row of sale can have more than one kind of product"):
        parametrize(revenue, (), "product.kind", source.catalog())
    counted = answer(source, p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),)), "number of sales")
    chairs = parametrize(counted, (), "product.kind", source.catalog())
    assert shown(chairs, source, ("kind", "chair"))[0] == ((2,),), "sales with a chair"
    listed = answer(source, LISTED, "list the countries")
    with pytest.raises(ArtifactInvalid, match="in more than one way, over complaint and otherwise"):
        parametrize(listed, (), "product.kind", source.catalog())
    with_a_chair = p.Plan("sale", (p.Output(REVENUE, "revenue"),), where=(p.Compare(p.Column("product", "kind"), "=", p.Literal("chair")),))  # fmt: skip
    asked = parametrize(
        answer(source, with_a_chair, "revenue of sales with chairs"), (), "product.kind", source.catalog()
    )
    assert shown(asked, source, ("kind", "lamp"))[0] == ((600.5,),), "the question said which sales are meant"


@pytest.mark.parametrize(
    ("query", "column", "words"),
    [("q9", "name", "has no query q9"), ("q1", "colour", "There is no column colour"), ("q1", "id", "Several columns are called id")],
)  # fmt: skip
def test_what_cannot_be_a_parameter_is_one_sentence(source: Source, query: str, column: str, words: str) -> None:
    artifact = answer(source, p.Plan("sale", (p.Output(p.Aggregate("count"), "n"),)), "sales")
    with pytest.raises(ArtifactInvalid, match=words):
        parametrize(artifact, (query,) if query else (), column, source.catalog())


def test_what_is_put_together_keeps_its_parameters(source: Source) -> None:
    made = answer(source, IN_FRANCE, "revenue per year in France")
    one = parametrize(made, ("q1",), "country.name", source.catalog())
    other = parametrize(made, ("q1",), "country.name", source.catalog(), several=True)
    made_of = (one, other, parametrize(one, ("q1",), "day", source.catalog()))
    both = report("Both", [Part(of, run_query(source, "select 1"), source.catalog()) for of in made_of])
    assert [(param.name, param.type) for param in both.params] == [("country", "choice"), ("day", "daterange")]
    assert [len(query.bound) for query in both.queries] == [1, 0, 2]
    assert load(both.to_dict()) == both
    assert shown(both, source, ("country", "USA"))[0] == ((2025, 300.5), (2026, 222.5))


# -------------------------------------------------------------------------------------------------------------- SQL
def of_sql(source: Source, sql: str, *params: Param) -> Artifact:
    query = NamedQuery(name="q1", source=source.name, sql=sql, planner="person")
    return Artifact(title="A", queries=(query,), blocks=(Table(query="q1"),), params=params)


def test_sql_names_its_parameters(source: Source) -> None:
    sql = (
        "select count(*) from sale s join country c on c.id = s.country_id where c.name in (:names) and s.total > :least"
        " and day >= :period_from and day < :period_to and s.id > 0"
    )
    params = (
        Param(name="names", type="multi", options=("USA", "Canada", "France")),
        Param(name="least", type="number"),
        Param(name="period", type="daterange"),
    )
    artifact = of_sql(source, sql, *params)
    assert shown(artifact, source)[0] == ((5,),), "without values every condition falls away"
    assert shown(artifact, source, ("names", "USA"), ("names", "France"))[0] == ((4,),)
    assert shown(artifact, source, ("least", "200"))[0] == ((3,),)
    assert shown(artifact, source, ("period.to", "2026-10-09"))[0] == ((3,),), "the last day is meant too"
    view = refresh(artifact, {source.name: source}, now=NOW, given=(("names", "USA"), ("names", "France")))
    assert view.artifact.queries[0].params == {"names_1": "USA", "names_2": "France"}


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select * from sale limit :n", "The parameter n needs a value here."),
        ("select :n as n", "The parameter n needs a value here."),
        ("select * from sale where id in (select id from sale limit :n)", "The parameter n needs a value here."),
    ],
)
def test_where_a_value_is_needed_the_block_says_so(source: Source, sql: str, words: str) -> None:
    artifact = of_sql(source, sql, Param(name="n", type="number"))
    view = refresh(artifact, {source.name: source}, now=NOW)
    assert view.problems["q1"].message == words
    assert refresh(artifact, {source.name: source}, now=NOW, given=(("n", "2"),)).fresh


def test_a_negated_condition_falls_away_as_a_whole(source: Source) -> None:
    artifact = of_sql(
        source, "select count(*) from sale where not (total > :n) or id = 1", Param(name="n", type="number")
    )
    assert shown(artifact, source)[0] == ((5,),)
    assert shown(artifact, source, ("n", "100"))[0] == ((2,),)


# ------------------------------------------------------------------------------------------------------------ format
def test_an_older_format_is_upgraded() -> None:
    old = {
        "format_version": 1,
        "title": "Customers",
        "queries": [{"name": "q1", "source": "shop", "sql": "select 1 as n"}],
        "blocks": [{"kind": "metric", "query": "q1", "column": "n", "label": ""}],
    }
    artifact = load(old)
    assert (artifact.format_version, artifact.params, artifact.queries[0].bound) == (5, (), ())
    assert old["format_version"] == 1, "what was given is left alone"
    assert load(artifact.to_dict()) == artifact


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"blocks": [{"kind": "filter", "param": "x"}]}, "the parameter x is not there"),
        ({"params": [{"name": "p1", "type": "text"}]}, "may not be called p and a number"),
        ({"params": [{"name": "a_from", "type": "text"}, {"name": "a", "type": "daterange"}]}, "the same name"),
        ({"params": [{"name": "a", "type": "colour"}]}, "params.0.type"),
        ({"params": [{"name": "A b", "type": "text"}]}, "params.0.name"),
        ({"format_version": 6}, "reads up to 5"),
        ({"format_version": 0}, "reads up to 5"),
    ],
)
def test_a_malformed_one_is_refused(fields: dict, words: str) -> None:
    with pytest.raises(ArtifactInvalid, match=words):
        load({"title": "A", **fields})


def test_blocks_without_a_query_are_bound_too() -> None:
    artifact = Artifact(
        title="A", params=(Param(name="x", type="text"),), blocks=(Filter(param="x"), Break(), Text(template="Hello"))
    )
    view = refresh(artifact, {}, now=NOW)
    assert [bound.block.kind for bound in view.blocks] == ["filter", "break", "text"]
    assert load(artifact.to_dict()) == artifact
    assert date.fromisoformat(view.as_of[:10]) == TODAY
    assert Metric(query="q1", column="n").kind == "metric"
