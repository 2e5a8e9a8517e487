"""Values as people write them."""

from __future__ import annotations

from datetime import UTC

import pytest

from workspace.artifact.format import clock, day, formatter, heading, is_label, period, show


@pytest.mark.parametrize(
    ("value", "format", "name", "kind", "text"),
    [
        (None, "", "", "", "–"),
        (True, "", "", "", "Yes"),
        (0, "", "n", "integer", "0"),
        (1234567, "", "rows", "integer", "1,234,567"),
        (-1234.5, "", "change", "real", "−1,234.5"),
        (2328.6, "", "revenue", "real", "2,328.60"),
        (39.62000000000001, "", "Total", "real", "39.62"),
        (5.651941747572815, "", "average total", "real", "5.65"),
        (393599.2121039109, "", "avg length", "real", "393,599"),
        (0.000123456, "", "rate", "real", "0.000123"),
        (1e300, "", "x", "real", f"{1e300:,.0f}"),
        (float("inf"), "", "x", "real", "∞"),
        (float("nan"), "", "x", "real", "–"),
        (-0.0, "", "x", "real", "0"),
        (2023, "", "year", "integer", "2023"),
        (10249, "", "OrderID", "integer", "10249"),
        (10249, "", "order_id", "integer", "10249"),
        (94040, "", "PostalCode", "integer", "94040"),
        (1500, "", "paid", "integer", "1,500"),
        (0.2246, "percent", "", "real", "22.5%"),
        (0.5, "percent", "", "real", "50%"),
        (0.0004, "percent", "", "real", "0.04%"),
        (-0.103, "percent", "", "real", "−10.3%"),
        ("2023-01-05", "", "", "date", "5 Jan 2023"),
        ("2023-01-05 00:00:00", "", "", "datetime", "5 Jan 2023"),
        ("2023-01-05 14:03:09", "", "", "datetime", "5 Jan 2023, 14:03"),
        ("2023-01-05T14:03:09Z", "", "", "", "5 Jan 2023, 14:03"),
        ("2023-13-05", "", "", "date", "2023-13-05"),
        (1700000000, "date", "", "integer", "14 Nov 2023, 22:13"),
        ("2023-01", "period", "month", "text", "Jan 2023"),
        ("2023-Q1", "period", "", "text", "Q1 2023"),
        ("2024-W07", "period", "", "text", "week 7, 2024"),
        (2023, "period", "year", "integer", "2023"),
        (3, "period", "month of year", "integer", "March"),
        (7, "period", "weekday", "integer", "Sunday"),
        (9, "period", "hour", "integer", "09:00"),
        ("2023-01", "text", "", "text", "2023-01"),
        ("1-800", "", "", "text", "1-800"),
        (b"x" * 12_000, "", "", "blob", "binary, 12 kB"),
        (b"x", "", "", "blob", "binary, 1 B"),
        ("a\x00b", "", "", "text", "a\ufffdb"),
    ],
)
def test_show(value: object, format: str, name: str, kind: str, text: str) -> None:
    assert show(value, format, name=name, kind=kind) == text


def test_a_column_is_written_consistently() -> None:
    write = formatter((1, 2.5, 3.25), name="score", kind="real")
    assert [write(value) for value in (1, 2.5, 3.25, None)] == ["1.00", "2.50", "3.25", "–"]
    dates = formatter(("2023-01-05 00:00:00", "2023-01-06 08:30:00"), kind="datetime")
    assert dates("2023-01-05 00:00:00") == "5 Jan 2023, 00:00"
    mixed = formatter((12000.123456, 0.0001))
    assert mixed(0.0001) == "0.0001"  # not nought


def test_text_that_is_only_partly_dates_stays_as_it_is() -> None:
    assert formatter(("2023-01-05", "soon"))("2023-01-05") == "2023-01-05"


def test_headings_and_labels() -> None:
    assert heading("BillingCountry") == "Billing country"
    assert heading("number of tracks") == "Number of tracks"
    assert is_label("CustomerId")
    assert is_label("year")
    assert not is_label("paid")
    assert not is_label("bid")


def test_times_are_of_the_readers_zone() -> None:
    assert clock("2026-11-03T14:03:20Z", zone=UTC) == "14:03"
    assert day("2026-11-03T14:03:20Z", zone=UTC) == "3 Nov 2026"


def test_an_unknown_period_is_shown_as_stored() -> None:
    assert period("2023-99") == "2023-99"
    assert period("spring") == "spring"
