"""A question to ranked readings, and what to do with them: answer, ask back, or say what was not understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from workspace.database.catalog import Catalog
from workspace.question.acts import asks_nothing, opening, reply_to, without_courtesies
from workspace.question.decide import decide
from workspace.question.plan import Plan
from workspace.question.rank import candidates
from workspace.question.reading import Readings, Values
from workspace.question.schema import schema_of
from workspace.question.tokens import tokenize

_CHANGES = frozenset({"delete", "update", "insert", "drop", "truncate", "alter", "rename", "overwrite", "erase"})


def read(
    text: str,
    catalog: Catalog,
    values: Values | None,
    clock: datetime,
    *,
    focus: Plan | None = None,
    semantics: Any = None,
    nearby: bool = True,
) -> Readings:
    """Understands a question.

    Args:
        text: what the person wrote.
        catalog: the tables that may be meant.
        values: lookup of cell values.
        clock: the moment that "today" and "last month" refer to.
        focus: the plan of the answer before, which a follow-up changes.
        semantics: definitions of the person's own.
        nearby: whether a question that is declined comes with others near to it.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> catalog = Catalog("x", (Table("artist", (Column("id", "integer"), Column("name", "text")), ("id",)),))
        >>> read("how many artists are there", catalog, None, datetime(2024, 5, 1)).action
        'answer'
    """
    courtesy = opening(text)
    if asks_nothing(text):
        return _in_kind(text, courtesy.acts, catalog, values, clock)
    if courtesy.acts:
        asked = without_courtesies(text)
        readings = read(asked, catalog, values, clock, focus=focus, semantics=semantics, nearby=nearby)
        return replace(readings, question=text)
    schema = schema_of(catalog)
    first = next((token.lower for token in tokenize(text) if token.kind == "word" and token.lower != "please"), "")
    if focus is None and first in _CHANGES:
        return Readings(text, "decline", message="I only read data; nothing is changed here.")
    if focus is not None:
        from workspace.question.followup import readings_in

        found = readings_in(text, schema, values, clock, focus)
    else:
        found = candidates(text, schema, values, clock)
    readings = decide(text, found, schema, values)
    if readings.action == "decline" and focus is None and nearby:
        from workspace.question.suggest import near_to

        return replace(readings, suggestions=near_to(found[0] if found else None, catalog, values, clock))
    return readings


def _in_kind(text: str, acts: tuple[str, ...], catalog: Catalog, values: Values | None, clock: datetime) -> Readings:
    """Thanks are no question: they are answered with a word; who says hello is shown what could be asked."""
    suggestions: tuple[str, ...] = ()
    if {"greeting", "about"} & set(acts):
        from workspace.question.suggest import suggest

        suggestions = tuple(suggest(catalog, values, clock))[:3]
    return Readings(text, "decline", message=reply_to(acts), suggestions=suggestions)
