"""Number formats: in words, in an edit, in what is said of it."""

from __future__ import annotations

import pytest

from workspace.artifact.difference import difference
from workspace.artifact.edit import Write, apply, said
from workspace.artifact.format import formatter
from workspace.artifact.model import Artifact, NamedQuery, Shown, Table, Text
from workspace.artifact.resolve import Wanted, resolve
from workspace.artifact.styles import Style, style_of
from workspace.artifact.wording import wording_of
from workspace.errors import ArtifactInvalid

ARTIFACT = Artifact(
    title="Sales",
    queries=(
        NamedQuery(name="q1", source="shop", sql="select 1", question="revenue per country",
                   columns=(Shown(name="country"), Shown(name="Revenue", total=True))),
        NamedQuery(name="q2", source="shop", sql="select 2", question="returns per reason",
                   columns=(Shown(name="reason"), Shown(name="Number of returns"))),
        NamedQuery(name="q3", source="shop", sql="select 3", question="revenue per year",
                   columns=(Shown(name="year", format="period"), Shown(name="Revenue"))),
    ),
    blocks=(
        Text(template="## Countries"), Table(query="q1"), Text(template="## Returns"), Table(query="q2"),
        Text(template="## Years"), Table(query="q3"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("as euros without decimals", Style(unit="€", places=0)),
        ("as a percentage with one decimal", Style(percent=True, places=1)),
        ("in US dollars, with 2 decimal places", Style(unit="$", places=2)),
        ("to the nearest integer", Style(places=0)),
        ("without the euro sign", Style(unit="")),
        ("with the unit kg", Style(unit="kg")),
        ("as it was", Style(plain=True)),
        ("in CHF and without cents", Style(unit="CHF", places=0)),
        ("in %", Style(percent=True)),
    ],
)
def test_words_are_a_style(text: str, style: Style) -> None:
    assert style_of(text) == style


@pytest.mark.parametrize("text", ["in Germany", "as a table", "in the first table", "", "as", "in full", "with tax"])
def test_other_words_are_none(text: str) -> None:
    assert style_of(text) is None


@pytest.mark.parametrize(
    ("text", "object", "value"),
    [
        ("show revenue as euros without decimals", "revenue", "as euros without decimals"),
        ("returns as a percentage with one decimal", "returns", "as a percentage with one decimal"),
        ("Please write the revenue in the first table in €.", "the revenue in the first table", "in €"),
        ("round revenue to whole numbers", "revenue", "to whole numbers"),
        ("no decimals for the revenue", "the revenue", "no decimals"),
        ("remove the decimals from revenue", "revenue", "without the decimals"),
        ("use euros for revenue", "revenue", "euros"),
        ("without decimals", "", "without decimals"),
        ("show it in percent", "it", "in percent"),
    ],
)
def test_a_message_asks_for_a_format(text: str, object: str, value: str) -> None:
    found = wording_of(text)
    assert found is not None
    assert (found.verb, found.object, found.value) == ("write", object, value)


@pytest.mark.parametrize(
    "text",
    ["show revenue in Germany", "revenue in euros per month", "which revenue is in euros", "show it as a table",
     "use a pie chart for revenue", "remove the second table", "hide the column revenue"],
)  # fmt: skip
def test_other_messages_do_not(text: str) -> None:
    found = wording_of(text)
    assert found is None or found.verb != "write"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("show revenue in euros", {("q1", "Revenue"), ("q3", "Revenue")}),
        ("show returns without decimals", {("q2", "Number of returns")}),
        ("show the revenue in the first table in euros", {("q1", "Revenue")}),
        ("show the part on years without decimals", {("q3", "year"), ("q3", "Revenue")}),
    ],
)
def test_words_name_columns_wherever_they_are(text: str, columns: set[tuple[str, str]]) -> None:
    wording = wording_of(text)
    assert wording is not None
    found = resolve(wording, ARTIFACT)
    assert isinstance(found, Wanted)
    assert set(found.columns) == columns


def test_an_edit_writes_columns_and_the_history_says_so() -> None:
    edit = Write((("q1", "Revenue"), ("q3", "Revenue")), Style(unit="€", places=0))
    made = apply(ARTIFACT, edit)
    assert made.query("q1").shown("Revenue") == Shown(name="Revenue", total=True, unit="€", places=0)
    assert made.query("q2") == ARTIFACT.query("q2")
    assert said(edit, ARTIFACT) == "Revenue is written in € without decimals now."
    assert difference(ARTIFACT, made) == (
        "column Revenue of “Revenue per country” written in € without decimals instead of as it comes",
        "column Revenue of “Revenue per year” written in € without decimals instead of as it comes",
    )
    back = apply(made, Write(edit.columns, Style(plain=True)))
    assert back == ARTIFACT


@pytest.mark.parametrize("unit", ["3 kg", 'a"b', "<b>", "x" * 13, "a;b", "{{1}}", "a\nb\x00", "[Red]", "1", "²", "٣"])
def test_what_cannot_be_a_unit_is_said(unit: str) -> None:
    with pytest.raises(ArtifactInvalid, match="cannot be a unit"):
        apply(ARTIFACT, Write((("q1", "Revenue"),), Style(unit=unit)))


def test_too_many_decimals_are_said() -> None:
    with pytest.raises(ArtifactInvalid, match="up to 6 decimals"):
        apply(ARTIFACT, Write((("q1", "Revenue"),), Style(places=12)))


@pytest.mark.parametrize(
    ("value", "places", "unit", "text"),
    [
        (1234.5, 0, "€", "€1,235"), (-1234.5, None, "€", "−€1,234.50"), (-0.2, 0, "€", "€0"), (2.675, 2, "", "2.68"),
        (3, 2, "kg", "3.00\xa0kg"), (12, None, "%", "12%"), (10**18 + 1, 0, "", "1,000,000,000,000,000,001"),
        (7, None, "CHF", "CHF\xa07"), (None, 2, "€", "–"), ("n/a", 2, "€", "n/a"), (True, 0, "€", "Yes"),
    ],
)  # fmt: skip
def test_values_in_a_format(value: object, places: int | None, unit: str, text: str) -> None:
    assert formatter((value,), places=places, unit=unit, name="x")(value) == text


def test_a_percentage_has_the_decimals_that_were_asked_for() -> None:
    assert formatter((0.30281,), "percent", places=2)(0.30281) == "30.28%"
    assert formatter((0.30281,), "percent", places=0)(0.0004) == "0%"
