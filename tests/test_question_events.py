"""Questions about files of what happened, with the things it happened to in another; the SQL is worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.answered import answered, rounded
from workspace.api import Workspace, open_workspace
from workspace.database.result import Limits, Query
from workspace.question.read import read
from workspace.question.sql import to_query

NOON = datetime(2026, 11, 26, 12)
DAY_ONE = date(2024, 11, 1)


def _customers(random: Random) -> list[str]:
    lines = ["Customer no,Name,Country,Segment,Customer since"]
    for number in range(60):
        place, segment = random.choice(("Germany", "France", "Italy")), random.choice(("Retail", "Wholesale"))
        since = date(2020, 1, 1) + timedelta(days=random.randrange(1900))
        lines.append(f"K{number:03d},Firm {number},{place},{segment},{since}")
    return lines


def _orders(random: Random, header: str, delimiter: str = ",") -> list[str]:
    lines = [header]
    for number in range(500):
        day, customer = DAY_ONE + timedelta(days=number * 755 // 500), random.randrange(45)
        product, price = random.choice((("Olive oil", 42.5), ("Pasta", 14.2), ("Green tea", 16.4)))
        pieces, discount = random.randrange(1, 60), random.choice((0, 0, 5, 10))
        net = round(price * pieces * (1 - discount / 100), 2)
        channel, status = random.choice(("phone", "web")), random.choice(("delivered", "delivered", "cancelled"))
        cells = (
            f"A-{10_000 + number}",
            day,
            f"K{customer:03d}",
            product,
            pieces,
            price,
            discount,
            net,
            channel,
            status,
        )
        lines.append(delimiter.join(map(str, cells)))
    return lines


def _rows(name: str) -> dict[str, list[str]]:
    """The lines of each file; the second pair says the same of a table that is not called after its rows."""
    random = Random(11)
    columns = "order_no,order_date,customer_no,product,quantity,unit_price,discount_pct,net_amount,channel,status"
    titled = "Order no;Order date;Customer no;Product;Quantity;Unit price;Discount;Net amount;Channel;Status"
    orders = _orders(random, columns) if name == "orders" else _orders(random, titled, ";")
    return {name: orders, "customers": _customers(random)}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Workspace]]:
    """A workspace over each pair of files."""
    made = {}
    for name in ("orders", "auftraege"):
        folder = tmp_path_factory.mktemp(name)
        paths = [folder / f"{stem}.csv" for stem in _rows(name)]
        for path, lines in zip(paths, _rows(name).values(), strict=True):
            path.write_text("\n".join(lines), encoding="utf-8")
        made[name] = open_workspace(*paths, folder=Path(folder / "kept"))
    yield made
    for one in made.values():
        one.close()


_JOINED = 'orders join customers on "Customer no" = customer_no'


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("net amount by channel in 2025",
         "select channel, sum(net_amount) from orders where order_date like '2025%' group by 1"),
        ("quantity by product in 2026",
         "select product, sum(quantity) from orders where order_date like '2026%' group by 1"),
        ("net amount and quantity by channel last month",
         "select channel, sum(net_amount), sum(quantity) from orders where order_date like '2026-10%' group by 1"),
        ("net amount by channel since March 2026",
         "select channel, sum(net_amount) from orders where order_date >= '2026-03' group by 1"),
        ("net amount by channel in Germany",
         f"select channel, sum(net_amount) from {_JOINED} where Country = 'Germany' group by 1"),
        ("average net amount by channel in Germany",
         f"select channel, avg(net_amount) from {_JOINED} where Country = 'Germany' group by 1"),
        ("net amount by country and channel in 2026",
         f"select Country, channel, sum(net_amount) from {_JOINED} where order_date like '2026%' group by 1, 2"),
        ("net amount by country", f"select Country, sum(net_amount) from {_JOINED} group by 1"),
        ("customers by country in 2023",
         "select Country, count(*) from customers where \"Customer since\" like '2023%' group by 1"),
        ("orders by channel in Germany",
         f"select channel, count(*) from {_JOINED} where Country = 'Germany' group by 1"),
    ],
)  # fmt: skip
def test_a_figure_by_something_is_gathered_by_it_whatever_narrows_it(
    opened: dict[str, Workspace], question: str, sql: str
) -> None:
    answered(opened["orders"], question, sql, NOON)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("average net amount since 2026", "select avg(net_amount) from orders where order_date >= '2026-01-01'"),
        ("total net amount per channel before 2026",
         "select channel, sum(net_amount) from orders where order_date < '2026-01-01' group by 1"),
        ("quantity by product from 2025 to 2026",
         "select product, sum(quantity) from orders where order_date >= '2025-01-01' group by 1"),
        ("orders with a net amount of at least 2026", "select order_no from orders where net_amount >= 2026"),
        ("customers since 2023 per segment",
         'select Segment, count(*) from customers where "Customer since" >= \'2023-01-01\' group by 1'),
        ("how many customers since 2023", "select count(*) from customers where \"Customer since\" >= '2023-01-01'"),
        ("customers whose customer since is 2023", "select Name from customers where \"Customer since\" like '2023%'"),
    ],
)  # fmt: skip
def test_since_and_until_speak_of_dates(opened: dict[str, Workspace], question: str, sql: str) -> None:
    answered(opened["orders"], question, sql, NOON)


@pytest.mark.parametrize("name", ["orders", "auftraege"])
@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("net amount", "true"),
        ("net amount this month", "order_date like '2026-11%'"),
        ("net amount in the last 30 days", "order_date >= '2026-10-28'"),
        ("net amount since 2026", "order_date >= '2026-01-01'"),
        ("net amount between 2025 and 2026", "order_date >= '2025-01-01'"),
        ("net amount in Germany", "Country = 'Germany'"),
        ("what was the net amount last month", "order_date like '2026-10%'"),
        ("net amount for Pasta", "product = 'Pasta'"),
    ],
)
def test_an_amount_of_what_happened_is_added_up(
    opened: dict[str, Workspace], name: str, question: str, where: str
) -> None:
    other = {
        "orders": "auftraege",
        "order_no": '"Order no"',
        "order_date": '"Order date"',
        "net_amount": '"Net amount"',
    }
    sql = f'select sum(net_amount) from orders join customers on customers."Customer no" = {{}} where {where}'
    sql = sql.format("customer_no" if name == "orders" else 'auftraege."Customer no"')
    for said, spelled in other.items() if name == "auftraege" else ():
        sql = sql.replace(said, spelled)
    answered(opened[name], question, sql, NOON)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("net amount of A-10007", "select net_amount from orders where order_no = 'A-10007'"),
        ("net amount over 2000", "select net_amount from orders where net_amount > 2000"),
        ("list the net amount of orders in Germany",
         f"select net_amount from {_JOINED} where Country = 'Germany'"),
        ("what is the unit price of Pasta", "select unit_price from orders where product = 'Pasta'"),
        ("net amount and channel in Germany",
         f"select net_amount, channel from {_JOINED} where Country = 'Germany'"),
    ],
)  # fmt: skip
def test_of_one_thing_a_figure_is_looked_up(opened: dict[str, Workspace], question: str, sql: str) -> None:
    answered(opened["orders"], question, sql, NOON)


def test_a_condition_on_an_amount_is_on_its_total(opened: dict[str, Workspace]) -> None:
    found = opened["orders"].condition("net amount this month falls below 10,000")
    assert (found.condition.looks, found.condition.op) == ("value", "<")
    assert found.explanation.startswith("Sum of net amount this month")


_SOME = "select customer_no from orders where customer_no is not null"


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("customers who ordered nothing in 2026", f"\"Customer no\" not in ({_SOME} and order_date like '2026%')"),
        ("customers who bought nothing", f'"Customer no" not in ({_SOME})'),
        ("customers who ordered nothing in 2026 and are in Germany",
         f"\"Customer no\" not in ({_SOME} and order_date like '2026%') and Country = 'Germany'"),
        ("customers who have not ordered since June 2026",
         f"\"Customer no\" not in ({_SOME} and order_date >= '2026-06-01')"),
    ],
)  # fmt: skip
def test_who_did_nothing_in_a_time_has_no_row_of_that_time(
    opened: dict[str, Workspace], question: str, where: str
) -> None:
    answered(opened["orders"], question, f"select Name from customers where {where}", NOON)


@pytest.mark.parametrize(
    ("column", "share", "taken"),
    [
        ("Net amount", 0.9, True),
        ("Total", 1.19, True),
        ("Line total", 0.9, True),
        ("Nettobetrag", 0.9, True),
        ("Umsatz", 0.9, True),
        ("Tax amount", 0.19, False),
        ("Discount amount", 0.1, False),
        ("Net weight", 3.0, False),
        ("Net price", 0.9, False),
        ("Total", 0.001, False),  # no total of a row is less than its price
    ],
)
def test_revenue_is_the_amount_that_was_kept_before_price_times_quantity(
    tmp_path: Path, column: str, share: float, taken: bool
) -> None:
    lines = [f"Sold on,Product,Quantity,Unit price,{column}"]
    lines += [
        f"2026-0{n % 9 + 1}-11,Mug {n % 3},{n % 7 + 1},{7.5 + n},{(n % 7 + 1) * (7.5 + n) * share}" for n in range(60)
    ]
    (tmp_path / "verkauf.csv").write_text("\n".join(lines), encoding="utf-8")
    figure = f'"{column}"' if taken else '"Unit price" * Quantity'
    with open_workspace(tmp_path / "verkauf.csv", folder=tmp_path / "kept") as workspace:
        answered(workspace, "revenue per product", f"select Product, sum({figure}) from verkauf group by 1", NOON)
        answered(
            workspace, "revenue in March", f"select sum({figure}) from verkauf where \"Sold on\" like '2026-03%'", NOON
        )


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("how many orders in 2025", "select count(*) from auftraege where \"Order date\" like '2025%'"),
        ("orders with a net amount under 40", 'select "Order no" from auftraege where "Net amount" < 40'),
        ("share of cancelled orders", "select avg(Status = 'cancelled') from auftraege"),
        ("number of orders per weekday",
         'select (strftime(\'%w\', "Order date") + 6) % 7 + 1, count(*) from auftraege group by 1'),
        ("net amount per order", 'select "Order no", "Net amount" from auftraege'),
        ("average order value", 'select avg("Net amount") from auftraege'),
        ("best selling product",
         "select Product from auftraege group by 1 order by sum(Quantity) desc limit 1"),
        ("customers who ordered nothing in 2026",
         'select Name from customers where "Customer no" not in '
         "(select \"Customer no\" from auftraege where \"Order date\" like '2026%')"),
        ("how many customers ordered in 2025",
         "select count(distinct \"Customer no\") from auftraege where \"Order date\" like '2025%'"),
    ],
)  # fmt: skip
def test_the_rows_of_a_table_are_what_its_key_says(opened: dict[str, Workspace], question: str, sql: str) -> None:
    """Of a table auftraege, whose key is "Order no", they are orders."""
    answered(opened["auftraege"], question, sql, NOON)


@pytest.mark.parametrize("question", ["top 5 customers by orders", "customers by orders"])
def test_things_by_what_they_have_several_of_are_ranked_by_their_number(
    opened: dict[str, Workspace], question: str
) -> None:
    source = opened["orders"].source(None)
    best = read(question, source.catalog(), source.values(), NOON).best
    assert best is not None
    rows = source.execute(to_query(best.plan, source.catalog()), Limits()).rows
    counted = source.execute(Query("select count(*) from orders group by customer_no order by 1 desc"), Limits()).rows
    assert [row[-1] for row in rows] == [count for (count,) in counted][: len(rows)]


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("net amount without cancelled orders", "select sum(net_amount) from orders where status <> 'cancelled'"),
        ("net amount excluding cancelled orders", "select sum(net_amount) from orders where status <> 'cancelled'"),
        ("revenue without cancelled orders", "select sum(net_amount) from orders where status <> 'cancelled'"),
        ("share of Germany in net amount",
         f"select sum(iif(Country = 'Germany', net_amount, 0)) / sum(net_amount) from {_JOINED}"),
        ("Germany's share of net amount",
         f"select sum(iif(Country = 'Germany', net_amount, 0)) / sum(net_amount) from {_JOINED}"),
        ("compare net amount in 2025 and 2026",
         "select cast(strftime('%Y', order_date) as integer), sum(net_amount) from orders "
         "where order_date >= '2025-01-01' group by 1"),
        ("customers with net amount over 2000 in 2025",
         f"select distinct Name from {_JOINED} where net_amount > 2000 and order_date like '2025%'"),
        ("order with the highest net amount", "select order_no from orders order by net_amount desc limit 1"),
    ],
)  # fmt: skip
def test_amounts_with_what_is_said_of_other_columns(opened: dict[str, Workspace], question: str, sql: str) -> None:
    answered(opened["orders"], question, sql, NOON)


def test_the_highest_amount_of_a_country_is_that_of_all_its_rows(opened: dict[str, Workspace]) -> None:
    source = opened["orders"].source(None)
    best = read("which country had the highest net amount in 2025", source.catalog(), source.values(), NOON).best
    assert best is not None
    ((country, amount),) = source.execute(to_query(best.plan, source.catalog()), Limits()).rows
    expected = (
        f"select Country, sum(net_amount) from {_JOINED} where order_date like '2025%' group by 1 order by 2 desc"
    )
    assert rounded((country, amount)) == rounded(source.execute(Query(expected), Limits()).rows[0])
