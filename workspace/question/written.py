"""Plans that compute with what is text: SQLite adds "14,2 %" up as 14, and takes "9,9 %" for more than "29,9 %"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workspace.database.catalog import Catalog, Column
from workspace.database.clean import amount_in
from workspace.errors import PlanInvalid
from workspace.question import plan as form

_SAID = {"sum": "total", "avg": "average", "max": "highest", "min": "lowest"}


@dataclass(frozen=True, slots=True)
class Text:
    """A column of text and how it writes amounts, "" where it does not."""

    name: str
    amount: str = ""


def misread_text(plan: form.Plan, catalog: Catalog) -> str:
    """Why a plan cannot be answered soundly: one sentence, "" where nothing is wrong.

    Sums and averages want numbers. Amounts that are kept as text with a unit or a decimal comma have neither an order
    nor a size; other text has an order, and is left alone.

    Args:
        plan: what was understood.
        catalog: its tables, with the values that are common in each column.
    """
    for column, wants_number, said in _computed(plan):
        text = _text(column, catalog) if wants_number else _amounts(column, catalog)
        if text is not None:
            kept = f", such as “{text.amount}”" if text.amount else ""
            return f"{text.name} is kept as text{kept}, so its {said}."
    return ""


def computed(plan: form.Plan) -> frozenset[tuple[str, str]]:
    """The columns that a plan computes with, adds up or compares by size, as (table, column) in lower case."""
    return frozenset((column.table.lower(), column.name.lower()) for column, _, _ in _computed(plan))


def _computed(plan: form.Plan) -> Iterator[tuple[form.Column, bool, str]]:
    """Each column that is computed with; whether it has to be a number; what cannot be said of it otherwise."""
    for node in form.walk(plan, subplans=True):
        match node:
            case form.Aggregate(function="sum" | "avg" as function, of=of) if of is not None:
                for column in form.walk(of):
                    if isinstance(column, form.Column):
                        yield column, True, f"{_SAID[function]} cannot be worked out"
            case form.Aggregate(function="max" | "min" as function, of=form.Column() as column):
                yield column, False, f"{_SAID[function]} is not known"
            case form.Order(expr=form.Column() as column):
                yield column, False, "order by size is not known"
            case (
                form.Compare(
                    left=form.Column() as column, op="<" | "<=" | ">" | ">=", right=form.Literal(value=int() | float())
                )
                | form.Between(of=form.Column() as column, low=form.Literal(value=int() | float()))
            ):
                yield column, False, "values cannot be compared with a number"


def _amounts(column: form.Column, catalog: Catalog) -> Text | None:
    text = _text(column, catalog)
    return text if text is not None and text.amount else None


def _text(column: form.Column, catalog: Catalog) -> Text | None:
    """The column where it is text that holds no plain numbers; None for any other."""
    try:
        known = catalog.column(column.table, column.name) if column.table else None
    except PlanInvalid:
        return None
    if known is None or known.kind != "text":
        return None
    values = [value.strip() for value, _ in known.profile.common if isinstance(value, str) and value.strip()]
    if not values or len(values) < len(known.profile.common) / 2 or _plain(known, values):
        return None
    amounts = [value for value in values if amount_in(value) is not None]
    return Text(known.name, amounts[0] if 2 * len(amounts) > len(values) else "")


def _plain(column: Column, values: list[str]) -> bool:
    """Are there numbers among the values that the database reads as such ("150" of horsepower beside "null")?"""
    return 2 * sum(_number(value) for value in values) >= len(values) or isinstance(column.profile.minimum, int | float)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
