"""Questions about one table out of a file, as somebody who has just opened theirs asks them; the SQL is worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.answered import answered
from workspace.api import Workspace, open_workspace
from workspace.question.overview import topics
from workspace.question.read import read
from workspace.question.request import request_in
from workspace.question.request_parts import wanted

NOON = datetime(2026, 11, 26, 12)


def _days(random: Random, first: date, length: int) -> date:
    return first + timedelta(days=random.randrange(length))


def _members(random: Random) -> list[str]:
    lines = ["member_id,name,email,plan,monthly_fee,club,joined,cancelled,newsletter"]
    for number in range(200):
        joined = _days(random, date(2024, 1, 1), 1000)
        cancelled = joined + timedelta(days=random.randrange(30, 400)) if number % 3 == 0 else None
        plan, fee = random.choice((("Basic", 19.9), ("Plus", 29.9), ("Premium", 49.9)))
        club, letter = random.choice(("Downtown", "Airport")), random.choice(("yes", "no"))
        ended = cancelled or ""
        lines.append(f"{number},Kim {number},k{number}@x.test,{plan},{fee},{club},{joined},{ended},{letter}")
    return lines


def _tickets(random: Random) -> list[str]:
    lines = ["ticket_id,priority,status,agent,customer,opened_at,closed_at,satisfaction"]
    for number in range(300):
        opened = datetime(2026, 3, 1, 8) + timedelta(minutes=random.randrange(60 * 24 * 260))
        status = random.choice(("open", "closed", "closed"))
        closed = opened + timedelta(minutes=random.randrange(30, 9000)) if status == "closed" else ""
        happy = random.randrange(1, 6) if status == "closed" else ""
        priority, agent = random.choice(("low", "urgent")), random.choice(("Maria Lopez", "Tom Weber", "Jon Berg"))
        customer = random.choice(("Acme", "Globex"))
        lines.append(f"{number},{priority},{status},{agent},{customer},{opened},{closed},{happy}")
    return lines


def _rentals(random: Random) -> list[str]:
    lines = ["rental_id,bike,bike_type,user_type,started_at,duration_min,price_eur"]
    for number in range(300):
        started = datetime(2026, 4, 1, 6) + timedelta(minutes=random.randrange(60 * 24 * 230))
        minutes, bike = random.randrange(4, 180), f"BK{random.randrange(20):03d}"
        kind, user = random.choice(("city", "cargo")), random.choice(("member", "casual"))
        lines.append(f"{number},{bike},{kind},{user},{started:%Y-%m-%d %H:%M},{minutes},{1 + minutes * 0.12:.2f}")
    return lines


def _orders(random: Random) -> list[str]:
    lines = ["Bestellnummer;Datum;Kunde;Produkt;Einzelpreis;Umsatz;Filiale;bezahlt"]
    for number in range(300):
        day, amount = _days(random, date(2026, 1, 2), 320), random.randrange(1, 20)
        customer, product = random.choice(("Müller", "Café Lünen")), random.choice(("Brötchen", "Mohnschnecke"))
        money = f"{amount * 2.4:.2f}".replace(".", ",")
        place, paid = random.choice(("Köln", "Münster")), random.choice(("ja", "nein"))
        lines.append(f"B{number:04d};{day:%d.%m.%Y};{customer};{product};2,40;{money};{place};{paid}")
    return lines


def _sales(random: Random) -> list[str]:
    lines = ["date,customer,product,quantity,unit_price"]
    for _ in range(200):
        product, price = random.choice((("Mug", 7.5), ("Shirt", 19.9), ("Poster", 12.0)))
        day, customer = _days(random, date(2025, 1, 1), 600), random.choice(("Ann", "Ben", "Cal"))
        lines.append(f"{day},{customer},{product},{random.randrange(1, 9)},{price}")
    return lines


def _regions(random: Random) -> list[str]:
    places = [(region, category) for region in ("North", "South") for category in ("Food", "Toys", "Books")]
    return ["region,category,revenue"] + [f"{a},{b},{random.randrange(1000, 90000)}" for a, b in places]


def _invoices(random: Random) -> list[str]:
    lines = ["invoice_no,client,issued_on,paid_on,net,gross,cancelled"]
    for number in range(200):
        issued = _days(random, date(2026, 1, 3), 300)
        paid = issued + timedelta(days=random.randrange(5, 20)) if number % 4 else ""
        net, void = round(random.uniform(80, 4000), 2), random.choice(("TRUE", "FALSE"))
        lines.append(f"INV-{number},{random.choice(('Acme', 'Hooli'))},{issued},{paid},{net},{net * 1.19:.2f},{void}")
    return lines


def _staff(random: Random) -> list[str]:
    lines = ["employee_no,name,department,gender,hired,left,salary,hours_per_week"]
    for number in range(120):
        hired = _days(random, date(2015, 1, 1), 3000)
        left = hired + timedelta(days=random.randrange(200, 900)) if number % 5 == 0 else ""
        place, sex = random.choice(("Sales", "IT")), random.choice(("f", "m"))
        pay, hours, name = random.randrange(28, 120) * 1000, random.choice((20, 32, 40)), max(number % 7, number % 11)
        lines.append(f"E{number},Ana {name},{place},{sex},{hired},{left},{pay},{hours}")
    return lines


FILES = {
    "members": _members, "tickets": _tickets, "rentals": _rentals, "bestellungen": _orders, "sales": _sales,
    "regions": _regions, "invoices": _invoices, "staff": _staff,
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory):
    """A workspace over each file."""
    folder, random, made = tmp_path_factory.mktemp("flat"), Random(7), {}
    for name, lines in FILES.items():
        path = folder / f"{name}.csv"
        path.write_text("\n".join(lines(random)), encoding="utf-8")
        made[name] = open_workspace(path, folder=Path(folder / f"kept-{name}"))
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize(
    ("name", "question", "sql"),
    [
        ("regions", "number of rows per region", "select region, count(*) from regions group by 1"),
        ("regions", "how many entries per category", "select category, count(*) from regions group by 1"),
        ("tickets", "total number of records by priority", "select priority, count(*) from tickets group by 1"),
        ("members", "members with name, email, plan, club, joined, cancelled and newsletter",
         "select name, email, plan, club, joined, cancelled, newsletter from members"),
        ("members", "how many people joined in 2025", "select count(*) from members where joined like '2025%'"),
        ("members", "how many cancelled this year", "select count(*) from members where cancelled like '2026%'"),
        ("members", "cancelled members per club",
         "select club, count(*) from members where cancelled is not null group by 1"),
        ("members", "how many members are still active", "select count(*) from members where cancelled is null"),
        ("members", "members who did not cancel", "select name from members where cancelled is null"),
        ("tickets", "how many tickets were closed in October",
         "select count(*) from tickets where closed_at like '2026-10%'"),
        ("tickets", "which agent closed the most tickets",
         "select agent from tickets where closed_at is not null group by 1 order by count(*) desc limit 1"),
        ("tickets", "tickets closed per month",
         "select strftime('%Y-%m', closed_at), count(*) from tickets where closed_at is not null group by 1"),
        ("tickets", "how many tickets did Jon Berg close",
         "select count(*) from tickets where agent = 'Jon Berg' and closed_at is not null"),
        ("tickets", "top 2 agents by tickets", "select agent from tickets group by 1 order by count(*) desc limit 2"),
        ("tickets", "top 2 agents", "select agent from tickets group by 1 order by count(*) desc limit 2"),
        ("tickets", "tickets per hour of day",
         "select cast(strftime('%H', opened_at) as integer), count(*) from tickets group by 1"),
        ("rentals", "how many rentals are longer than 2 hours", "select count(*) from rentals where duration_min > 120"),
        ("rentals", "share of members", "select avg(user_type = 'member') from rentals"),
        ("rentals", "average price per rental", "select avg(price_eur) from rentals"),
        ("rentals", "revenue per bike type", "select bike_type, sum(price_eur) from rentals group by 1"),
        ("rentals", "price in July", "select avg(price_eur) from rentals where started_at like '2026-07%'"),
        ("bestellungen", "how many bestellungen are not bezahlt",
         "select count(*) from bestellungen where bezahlt = 'nein'"),
        ("bestellungen", "umsatz last month", "select sum(Umsatz) from bestellungen where Datum like '2026-10%'"),
        ("bestellungen", "umsatz of B0007", "select Umsatz from bestellungen where Bestellnummer = 'B0007'"),
        ("bestellungen", "umsatz over 40", "select Umsatz from bestellungen where Umsatz > 40"),
        ("bestellungen", "average umsatz per bestellung", "select avg(Umsatz) from bestellungen"),
        ("bestellungen", "revenue per filiale", "select Filiale, sum(Umsatz) from bestellungen group by 1"),
        ("bestellungen", "einzelpreis per filiale", "select Filiale, avg(Einzelpreis) from bestellungen group by 1"),
        ("sales", "revenue per product", "select product, sum(quantity * unit_price) from sales group by 1"),
        ("sales", "top 2 products",
         "select product from sales group by 1 order by sum(quantity * unit_price) desc limit 2"),
        ("sales", "best selling product", "select product from sales group by 1 order by sum(quantity) desc limit 1"),
        ("sales", "average sale", "select avg(quantity * unit_price) from sales"),
        ("invoices", "how many unpaid invoices", "select count(*) from invoices where paid_on is null"),
        ("invoices", "how many cancelled invoices", "select count(*) from invoices where cancelled = 'TRUE'"),
        ("invoices", "number of unpaid invoices per client",
         "select client, count(*) from invoices where paid_on is null group by 1"),
        ("invoices", "how many invoices were paid in October",
         "select count(*) from invoices where paid_on like '2026-10%'"),
        ("invoices", "invoices paid in October", "select invoice_no from invoices where paid_on like '2026-10%'"),
        ("invoices", "average invoice", "select avg(gross) from invoices"),
        ("staff", "employees who left", "select name from staff where left is not null"),
        ("staff", "how many people left in 2020", "select count(*) from staff where left like '2020%'"),
        ("staff", "number of employees per gender", "select gender, count(*) from staff group by 1"),
        ("staff", "average hours per week per department",
         "select department, avg(hours_per_week) from staff group by 1"),
        ("staff", "most common name", "select name from staff group by 1 order by count(*) desc limit 1"),
        ("regions", "revenue in North", "select sum(revenue) from regions where region = 'North'"),
    ],
)  # fmt: skip
def test_a_question_of_one_table(opened: dict[str, Workspace], name: str, question: str, sql: str) -> None:
    answered(opened[name], question, sql, NOON)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("tickets", "oldest open ticket"),  # was the latest of all moments of opening
        ("rentals", "price of rental 12"),  # a rental's own, not a mean
    ],
)
def test_what_is_not_sure_is_not_another_figure(opened: dict[str, Workspace], name: str, question: str) -> None:
    source = opened[name].source(None)
    readings = read(question, source.catalog(), source.values(), NOON)
    assert readings.best is not None
    assert not readings.best.plan.grouped and readings.best.plan.where


def test_each_row_is_not_counted_against_the_others(opened: dict[str, Workspace]) -> None:
    source = opened["staff"].source(None)
    readings = read("who earns the most", source.catalog(), source.values(), NOON)
    assert readings.action != "answer"  # was: whose name stands in the most rows, which is one for each


@pytest.mark.parametrize(
    ("name", "subject", "expected"),
    [
        ("bestellungen", "umsatz", ("umsatz", "umsatz per month", "umsatz per kunde", "umsatz per produkt")),
        ("bestellungen", "revenue", ("revenue", "revenue per month", "revenue per kunde", "revenue per produkt")),
        ("bestellungen", "", ("revenue", "revenue per month", "revenue per kunde", "revenue per produkt")),
        ("regions", "revenue", ("revenue", "revenue per region", "revenue per category")),
        ("members", "fees", ("fees", "fees per month", "fees per plan", "fees per club")),
        ("tickets", "satisfaction of tickets",
         ("satisfaction of tickets", "satisfaction of tickets per month", "satisfaction of tickets per priority",
          "satisfaction of tickets per status")),
    ],
)  # fmt: skip
def test_an_overview_of_a_figure_is_of_that_figure(
    opened: dict[str, Workspace], name: str, subject: str, expected: tuple[str, ...]
) -> None:
    source = opened[name].source(None)
    found = topics(subject, source.catalog(), source.values(), NOON)
    assert found == expected
    for question in found:
        plan = read(question, source.catalog(), source.values(), NOON).readings[0].plan
        assert any(getattr(output.expr, "function", "") in ("sum", "avg") for output in plan.outputs), question


def test_columns_of_the_things_are_one_list(opened: dict[str, Workspace]) -> None:
    source = opened["members"].source(None)
    request = request_in("an overview of members with name, email, plan, club and newsletter")
    assert request is not None
    parts = wanted(request, source.catalog(), source.values(), NOON)
    assert [part.question for part in parts] == ["members with name, email, plan, club and newsletter"]
