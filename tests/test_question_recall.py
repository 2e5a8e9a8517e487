"""A settled question in other words and with other values is the same question; a near miss is another one."""

from __future__ import annotations

from datetime import datetime

import pytest

from workspace.database.source import Source
from workspace.question import recall
from workspace.question.plan import Plan
from workspace.question.read import read
from workspace.question.schema import schema_of


def fits(source: Source, clock: datetime, settled: str, asked: str, plan: Plan | None = None) -> Plan | None:
    catalog, values = source.catalog(), source.values()
    plan = plan or read(settled, catalog, values, clock).best.plan
    known = recall.settle(settled, plan, schema_of(catalog), values, clock)
    return recall.fit(known, recall.ask(asked, schema_of(catalog), values, clock))


SAME = [
    ("total in Germany in 2023", "in 2024 what was France's total"),
    ("total in Germany in 2023", "Germany total 2023"),
    ("total in Germany in 2023", "please show me the total for France in March 2024"),
    ("how many purchases in 2023", "number of purchases last year"),
    ("purchases per month in 2023", "monthly purchases in 2024"),
    ("how many purchases per store", "number of purchases by store"),
    ("customers from France", "customer of Germany"),
    ("top 2 customers by total in 2023", "in 2024, top 3 customers by total"),
    ("customers with more than 1 purchases", "customers with more than 5 purchases"),
]
OTHER = [
    ("total in Germany in 2023", "total in Germany"),
    ("total in Germany in 2023", "total per month in Germany in 2023"),
    ("total in Germany in 2023", "average total in Germany in 2023"),
    ("total in Germany in 2023", "total not in Germany in 2023"),
    ("total in Germany in 2023", "total in Germany before 2023"),
    ("total in Germany in 2023", "total in Kiel in 2023"),
    ("total in Germany in 2023", "total in Atlantis in 2023"),
    ("how many purchases per store", "how many stores per purchase"),
    ("how many purchases per store", "purchases per store"),
    ("how many purchases in 2023", "how many customers in 2023"),
    ("customers with more than 1 purchases", "customers with fewer than 1 purchases"),
    ("customers with more than 1 purchases", "customers without purchases"),
    ("top 2 customers by total in 2023", "bottom 2 customers by total in 2023"),
    ("purchases per month in 2023", "purchases per year in 2023"),
]


@pytest.mark.parametrize(("settled", "asked"), SAME)
def test_the_same_in_other_words(shop: Source, clock: datetime, settled: str, asked: str) -> None:
    assert fits(shop, clock, settled, asked) is not None


@pytest.mark.parametrize(("settled", "asked"), OTHER)
def test_a_near_miss_is_another_question(shop: Source, clock: datetime, settled: str, asked: str) -> None:
    assert fits(shop, clock, settled, asked) is None


@pytest.mark.parametrize(
    ("settled", "asked"),
    [
        ("total in Germany in 2023", "total in France in 2024"),
        ("how many purchases in 2023", "how many purchases last month"),
        ("top 2 customers by total in 2023", "top 3 customers by total in 2024"),
        ("customers with more than 1 purchases", "customers with more than 5 purchases"),
        ("purchases over 10", "purchases over 20"),
        ("customers from France", "customers from Germany"),
    ],
)
def test_the_values_are_those_that_were_asked_for(shop: Source, clock: datetime, settled: str, asked: str) -> None:
    """Where the planner itself reads both well, recalling the one for the other comes to the planner's own plan."""
    assert fits(shop, clock, settled, asked) == read(asked, shop.catalog(), shop.values(), clock).best.plan


def test_a_plan_of_a_persons_own_choice_is_kept(shop: Source, clock: datetime) -> None:
    chosen = read("number of customers from Germany", shop.catalog(), shop.values(), clock).best.plan
    again = fits(shop, clock, "clients of ours in Germany", "clients of ours in France", chosen)
    assert again == read("number of customers from France", shop.catalog(), shop.values(), clock).best.plan


def test_a_time_that_moves_is_read_on_the_day_it_is_asked(shop: Source, clock: datetime) -> None:
    plan = read("how many purchases last month", shop.catalog(), shop.values(), clock).best.plan
    catalog, values, later = shop.catalog(), shop.values(), datetime(2027, 3, 5)
    known = recall.settle("how many purchases last month", plan, schema_of(catalog), values, later)
    again = recall.fit(known, recall.ask("how many purchases last month", schema_of(catalog), values, later))
    assert again == read("how many purchases last month", catalog, values, later).best.plan


def test_values_that_could_stand_in_each_others_place_keep_their_order(music: Source, clock: datetime) -> None:
    settled = "tracks with more than 5 invoice lines and more than 1 playlists"
    plan = read(settled, music.catalog(), music.values(), clock).best.plan
    assert fits(music, clock, settled, settled, plan) in (plan, None)
    assert fits(music, clock, settled, "tracks with more than 1 playlists and more than 5 invoice lines", plan) is None
