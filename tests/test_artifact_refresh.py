"""Living: figures follow the data, problems stay in their place, nothing is shown stale, nothing runs twice."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workspace.artifact.bind import check
from workspace.artifact.compose import compose_answer, title_for
from workspace.artifact.model import Artifact, Metric, NamedQuery, Table, Text, load
from workspace.artifact.refresh import ResultCache, moves_with_clock, refresh, view_of
from workspace.artifact.report import Part, report
from workspace.artifact.running import Crew
from workspace.artifact.snapshot import view_from_dict, view_to_dict
from workspace.database.execute import query as run_query
from workspace.database.source import Source, open_source
from workspace.errors import ArtifactInvalid, QueryPending
from workspace.faces.prose import plain
from workspace.question import plan as p
from workspace.question.sql import to_query

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)
SETUP = """
create table country (id integer primary key, name text);
create table sale (id integer primary key, country_id integer references country(id), total real, day text);
insert into country values (1, 'USA'), (2, 'Canada'), (3, 'France'), (4, 'Norway');
insert into sale (country_id, total, day) values
  (1, 300.5, '2026-08-03'), (1, 222.56, '2026-10-09'), (2, 303.96, '2026-09-01'), (3, 195.1, '2026-10-20'), (3, 5, '2026-11-02');
"""
COUNTRY = p.Column("country", "name")
REVENUE = p.Aggregate("sum", p.Column("sale", "total"))
MONTH = p.Bucket(p.Column("sale", "day"), "month")
RANKING = p.Plan(
    "sale",
    (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue")),
    group=(COUNTRY,),
    order=(p.Order(REVENUE, True),),
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


def change(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(sql)


def answer(source: Source, plan: p.Plan, question: str = "the question") -> Artifact:
    catalog = source.catalog()
    query = to_query(plan, catalog)
    result = run_query(source, query.sql, query.params)
    artifact = compose_answer(question, plan, catalog, result, source=source.name, query=query, explanation="As said.")
    check(artifact)
    assert load(artifact.to_dict()) == artifact
    return artifact


def finding(artifact: Artifact, source: Source) -> str:
    view = refresh(artifact, {source.name: source}, now=NOW)
    assert view.fresh, view.problems
    return plain(view.blocks[0].text)


# -------------------------------------------------------------------------------------------------- the data moves
def test_the_sentence_stays_true_while_the_data_changes(source: Source, path: Path) -> None:
    artifact = answer(source, RANKING, "revenue per country")
    assert finding(artifact, source) == (
        "USA leads with revenue of 523.06 (50.9% of the total), ahead of Canada with 303.96."
    )
    change(path, "update sale set total = 303.96 where id = 1; delete from sale where id = 2")
    assert finding(artifact, source) == "USA and Canada share first place, with revenue of 303.96 each."
    change(path, "delete from sale where country_id <> 3")
    assert finding(artifact, source) == "Only France is there, with revenue of 200.10."
    change(path, "delete from sale")
    assert finding(artifact, source) == "There are no sales."


def test_words_that_depend_on_the_data(source: Source, path: Path) -> None:
    series = p.Plan(
        "sale", (p.Output(MONTH, "month"), p.Output(REVENUE, "revenue")), group=(MONTH,), order=(p.Order(MONTH),)
    )
    artifact = answer(source, series, "monthly revenue")
    assert finding(artifact, source) == (
        "Revenue rose from 300.50 in Aug 2026 to 417.66 in Oct 2026; Nov 2026 is not over yet, with 5.00 so far."
    )
    change(path, "update sale set total = 900 where id = 5")
    assert (
        finding(artifact, source)
        == "Revenue rose from 300.50 in Aug 2026 to 417.66 in Oct 2026; Nov 2026 is not over yet, with 900.00 so far."
    )
    change(path, "delete from sale where day > '2026-09'")
    assert finding(artifact, source) == "Revenue was 300.50 in Aug 2026."


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "There are no sales in Norway."), (1, "There is 1 sale in Norway."), (2, "There are 2 sales in Norway.")],
)
def test_none_one_and_many(source: Source, path: Path, count: int, text: str) -> None:
    change(path, "alter table sale add column country text; update sale set country = 'USA'")
    change(path, f"update sale set country = 'Norway' where id <= {count}")
    where = (p.Compare(p.Column("sale", "country"), "=", p.Literal("Norway")),)
    artifact = answer(source, p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),), where=where))
    assert finding(artifact, source) == text
    assert [block.kind for block in artifact.blocks] == ["text", "metric"]


SALE = p.Column("sale", "total")
PLANS = {
    "There are 5 sales.": p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),)),
    "The average total is 205.42.": p.Plan("sale", (p.Output(p.Aggregate("avg", SALE), "average total"),)),
    "Revenue with total above 300 is 604.46.": p.Plan(
        "sale", (p.Output(REVENUE, "revenue"),), where=(p.Compare(SALE, ">", p.Literal(300)),)
    ),
    "There is no revenue to show with total above 3,000.": p.Plan(
        "sale", (p.Output(REVENUE, "revenue"),), where=(p.Compare(SALE, ">", p.Literal(3000)),)
    ),
    "The average total is 205.42 and sales 5.": p.Plan(
        "sale", (p.Output(p.Aggregate("avg", SALE), "average total"), p.Output(p.Aggregate("count"), "sales"))
    ),
    "4 countries: USA, Canada, France and Norway.": p.Plan("country", (p.Output(COUNTRY, "Country"),)),
    "1 country without sales: Norway.": p.Plan(
        "country", (p.Output(COUNTRY, "Country"),), where=(p.Related("sale", negated=True),)
    ),
    "There are no countries of Nowhere.": p.Plan(
        "country", (p.Output(COUNTRY, "Country"),), where=(p.Compare(COUNTRY, "=", p.Literal("Nowhere")),)
    ),
    "2 sales with total above 300; total from 300.50 to 303.96.": p.Plan(
        "sale",
        (p.Output(p.Column("sale", "id"), "id"), p.Output(SALE, "total")),
        where=(p.Compare(SALE, ">", p.Literal(300)),),
    ),
    "USA has revenue of 523.06, Canada 303.96: 1.7 times as much.": p.Plan(
        "sale",
        (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue")),
        group=(COUNTRY,),
        where=(p.Among(COUNTRY, (p.Literal("USA"), p.Literal("Canada"))),),
    ),
    "USA has the largest share of revenue, 50.9%; France has the smallest, 19.5%.": p.Plan(
        "sale", (p.Output(COUNTRY, "Country"), p.Output(p.Share(REVENUE), "share of revenue")), group=(COUNTRY,)
    ),
    "France and USA share the most sales, 2 each; Canada has the fewest, 1.": p.Plan(
        "sale", (p.Output(COUNTRY, "Country"), p.Output(p.Aggregate("count"), "sales")), group=(COUNTRY,)
    ),
    "France has the lowest revenue, 200.10, followed by Canada with 303.96.": p.Plan(
        "sale",
        (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue")),
        group=(COUNTRY,),
        order=(p.Order(REVENUE),),
        limit=2,
    ),
    "USA has the highest revenue: 523.06.": p.Plan(
        "sale",
        (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue", asked=False)),
        group=(COUNTRY,),
        order=(p.Order(REVENUE, True),),
        limit=1,
    ),
    "Revenue of Canada is 303.96.": p.Plan(
        "sale",
        (p.Output(COUNTRY, "Country"), p.Output(REVENUE, "revenue")),
        group=(COUNTRY,),
        where=(p.Compare(COUNTRY, "=", p.Literal("Canada")),),
        order=(p.Order(REVENUE, True),),
    ),
    "5 days with exactly 1 sale.": p.Plan(
        "sale",
        (p.Output(p.Column("sale", "day"), "day"),),
        group=(p.Column("sale", "day"),),
        having=(p.Compare(p.Aggregate("count"), "=", p.Literal(1)),),
    ),
    "Sales with total 300.50 were 300.50 in Aug 2026.": p.Plan(
        "sale", (p.Output(MONTH, "month"), p.Output(REVENUE, "sales")), group=(MONTH,),
        where=(p.Compare(SALE, "=", p.Literal(300.5)),),
    ),
    "Canada comes first with total 303.96, then USA with 300.50.": p.Plan(
        "sale", (p.Output(COUNTRY, "Country"), p.Output(SALE, "total")), order=(p.Order(SALE, True),), limit=3
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PLANS)
def test_findings(source: Source, text: str) -> None:
    assert finding(answer(source, PLANS[text]), source) == text


def test_a_total_only_where_there_is_one(source: Source) -> None:
    """Counting customers under each of their genres gives no total; a limit cuts it off as well."""
    assert answer(source, RANKING).queries[0].shown("revenue").total
    limited = p.Plan(RANKING.root, RANKING.outputs, group=RANKING.group, order=RANKING.order, limit=2)
    assert not answer(source, limited).queries[0].shown("revenue").total
    upward = p.Plan("country", (p.Output(MONTH, "month"), p.Output(p.Aggregate("count"), "countries")), group=(MONTH,))
    assert not answer(source, upward).queries[0].shown("countries").total


def test_yes_and_no(source: Source) -> None:
    def ask(name: str) -> str:
        where = (p.Compare(COUNTRY, "=", p.Literal(name)),)
        return finding(
            answer(source, p.Plan("country", (p.Output(COUNTRY, "Country"),), where=where), "is there one"), source
        )

    assert ask("Norway") == "Yes: 1 country of Norway: Norway."
    assert ask("Peru") == "No: there are no countries of Peru."


def test_names_with_numerals_go_in_by_expression(path: Path) -> None:
    change(
        path,
        "create table league2 (name text, \"points 2023\" integer); insert into league2 values ('U2', 7), ('B', 5)",
    )
    source = open_source(path)
    points = p.Aggregate("sum", p.Column("league2", "points 2023"))
    name = p.Column("league2", "name")
    plan = p.Plan(
        "league2",
        (p.Output(name, "name"), p.Output(points, "points 2023")),
        group=(name,),
        order=(p.Order(points, True),),
    )
    artifact = answer(source, plan, "points")
    assert finding(artifact, source).startswith("U2 leads with points 2023 of 7")


def test_a_query_without_a_plan(source: Source) -> None:
    result = run_query(
        source, "select c.name, sum(s.total) as revenue from sale s join country c on c.id = s.country_id group by 1"
    )
    artifact = compose_answer(
        "revenue", None, source.catalog(), result, source=source.name, query=result_query(result), planner="model:x"
    )
    check(artifact)
    assert finding(artifact, source) == "USA has the highest revenue, 523.06; France has the lowest, 200.10."


def result_query(result):
    from workspace.database.result import Query

    return Query(result.receipt.sql, dict(result.receipt.params))


# ------------------------------------------------------------------------------------------------ a chat as a document
def test_a_chat_becomes_one_document(source: Source) -> None:
    answers = [
        answer(source, RANKING, "revenue per country"),
        answer(source, PLANS["There are 5 sales."], "how many sales"),
        answer(source, p.Plan("country", (p.Output(COUNTRY, "q1.first"),)), "top 5 {{ q1.rows }} <b>"),
    ]
    parts = [Part(one, refresh(one, {source.name: source}, now=NOW).results["q1"], source.catalog()) for one in answers]
    both = report("Our sales", parts)
    check(both)
    view = refresh(both, {source.name: source}, now=NOW)
    assert view.fresh
    assert [query.name for query in both.queries] == ["q1", "q2", "q3"]
    texts = [plain(bound.text) for bound in view.blocks if isinstance(bound.block, Text)]
    assert texts[0].startswith("By country, USA leads with ")
    assert texts[1] == "Revenue per country"
    assert texts[2].startswith("USA leads with revenue of 523.06")
    assert "{ { q1.rows }}" in texts[4], "the number of sales is large enough to speak for itself"
    assert texts[5].startswith("4 countries")
    assert {segment.query for bound in view.blocks for segment in bound.text if segment.query} == {"q1", "q3"}
    with pytest.raises(ArtifactInvalid):
        report("Empty", [])


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Show me the revenue per country, please", "Revenue per country, please"),
        ("what is the average total?", "Average total"),
        ("monthly revenue in 2023 as a line chart", "Monthly revenue in 2023"),
        ("  ", "Answer"),
        ("x" * 500, "X" + "x" * 118 + "…"),
    ],
)
def test_titles(question: str, title: str) -> None:
    assert title_for(question) == title


# ------------------------------------------------------------------------------------------------------- robustness
def test_a_dropped_table_is_a_problem_in_its_place(source: Source, path: Path) -> None:
    artifact = Artifact(
        title="Two",
        queries=(
            NamedQuery(name="q1", source=source.name, sql="select name from country"),
            NamedQuery(name="q2", source=source.name, sql="select count(*) as n from sale"),
        ),
        blocks=(
            Text(template="{{ q1.rows }} countries."),
            Text(template="{{ q2.value('n') }} sales."),
            Metric(query="q2", column="n"),
        ),
    )
    before = refresh(artifact, {source.name: source}, now=NOW)
    change(path, "drop table sale")
    gone = refresh(artifact, {source.name: source}, now=NOW)
    assert gone.blocks[0].plain == "4 countries."
    assert gone.blocks[0].problem is None
    assert gone.blocks[1].problem is not None
    assert "sale" in gone.blocks[1].problem.message
    assert gone.blocks[1].plain == ""
    later = refresh(artifact, {source.name: source}, now=NOW, last_good=before.results)
    assert later.blocks[1].plain == "5 sales."
    assert later.blocks[1].stale_since == before.results["q2"].receipt.ran_at
    assert not later.fresh
    assert later.blocks[0].stale_since == ""


@pytest.mark.parametrize(
    "sql", ["delete from sale", "drop table sale", "attach 'x.db' as x", "select 1; select 2", "pragma user_version"]
)
def test_a_saved_statement_that_is_no_read_is_refused(source: Source, path: Path, sql: str) -> None:
    artifact = Artifact(
        title="A", queries=(NamedQuery(name="q1", source=source.name, sql=sql),), blocks=(Table(query="q1"),)
    )
    view = refresh(artifact, {source.name: source}, now=NOW)
    assert view.problems["q1"].code == "query_refused"
    assert len(run_query(source, "select * from sale").rows) == 5


def test_a_source_that_is_not_open_or_gone(source: Source, path: Path) -> None:
    artifact = Artifact(
        title="A", queries=(NamedQuery(name="q1", source="other", sql="select 1"),), blocks=(Table(query="q1"),)
    )
    assert "other" in refresh(artifact, {source.name: source}).problems["q1"].message
    mine = Artifact(title="A", queries=(NamedQuery(name="q1", source=source.name, sql="select 1 as n"),))
    path.unlink()
    assert refresh(mine, {source.name: source}).problems["q1"].code == "source_gone"


def test_a_column_that_is_no_longer_there(source: Source) -> None:
    artifact = Artifact(
        title="A",
        queries=(NamedQuery(name="q1", source=source.name, sql="select name from country"),),
        blocks=(
            Metric(query="q1", column="gone"),
            Text(template="{{ q1.value('gone') }}"),
            Table(query="q1", columns=("gone",)),
        ),
    )
    view = refresh(artifact, {source.name: source})
    assert all(bound.problem and "gone" in bound.problem.message for bound in view.blocks)


# ----------------------------------------------------------------------------------------------------------- cache
def test_an_unchanged_database_costs_no_query_and_a_changed_one_is_never_stale(source: Source, path: Path) -> None:
    artifact, cache = answer(source, RANKING), ResultCache()
    first = refresh(artifact, {source.name: source}, cache=cache, now=NOW)
    again = refresh(artifact, {source.name: source}, cache=cache, now=NOW)
    assert again.results["q1"] is first.results["q1"]
    change(path, "insert into sale (country_id, total, day) values (4, 1000, '2026-11-03')")
    after = refresh(artifact, {source.name: source}, cache=cache, now=NOW)
    assert after.results["q1"].rows[0][0] == "Norway"


def test_the_cache_is_bounded(source: Source) -> None:
    cache = ResultCache(entries=3, cells=20)
    for limit in range(1, 8):
        query = NamedQuery(name="q1", source=source.name, sql=f"select id from sale limit {limit}")
        refresh(Artifact(title="A", queries=(query,)), {source.name: source}, cache=cache)
    assert len(cache) == 3
    cache.put(("big",), run_query(source, "select s.id, t.id from sale s, sale t"))
    assert cache.get(("big",)) is None


def test_many_readers_at_once(source: Source) -> None:
    artifact, cache, found = answer(source, RANKING), ResultCache(entries=2), []

    def read() -> None:
        for _ in range(10):
            found.append(plain(refresh(artifact, {source.name: source}, cache=cache, now=NOW).blocks[0].text))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert len(set(found)) == 1


# ------------------------------------------------------------------------------------------------ clock and snapshot
def test_relative_dates_move_with_the_clock(source: Source) -> None:
    between = p.Between(p.Column("sale", "day"), p.Literal("2026-08-01"), p.Literal("2026-09-01"), period="last month")
    artifact = answer(
        source, p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),), where=(between,)), "sales last month"
    )
    assert moves_with_clock(artifact)
    view = refresh(artifact, {source.name: source}, now=NOW)
    assert plain(view.blocks[0].text) == "There are 2 sales last month."
    assert "2026-10-01" in view.results["q1"].receipt.params.values()
    fixed = p.Between(p.Column("sale", "day"), p.Literal("2026-01-01"), p.Literal("2027-01-01"), period="2026")
    still = answer(source, p.Plan("sale", (p.Output(p.Aggregate("count"), "sales"),), where=(fixed,)), "sales in 2026")
    assert not moves_with_clock(still)
    assert finding(still, source) == "There are 5 sales in 2026."


def test_a_view_survives_as_json(source: Source) -> None:
    import json

    view = refresh(answer(source, RANKING), {source.name: source}, now=NOW, slug="sales", version=3)
    assert view_from_dict(json.loads(json.dumps(view_to_dict(view)))) == view
    assert view_of(view.artifact, view.results, view.as_of, slug="sales", version=3) == view
    for broken in ({}, {"version": 99}, {"version": 1, "artifact": {}}, {**view_to_dict(view), "results": {"q1": {}}}):
        with pytest.raises(ArtifactInvalid):
            view_from_dict(broken)


def test_what_runs_already_is_waited_for_and_not_run_again() -> None:
    crew, go = Crew(), threading.Event()

    def slow() -> Any:
        go.wait(30)
        return "the result"

    pending = crew.within(0.0).begin("query", slow)
    with pytest.raises(QueryPending):
        pending()
    joined = crew.joined().begin("query", lambda: pytest.fail("it runs already"))
    other = crew.joined().begin("another", lambda: "its own")
    assert other() == "its own"
    go.set()
    assert joined() == "the result"
    crew.close()
