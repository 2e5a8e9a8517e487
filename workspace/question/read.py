"""A question to ranked readings, and what to do with them: answer, ask back, or say what was not understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question.acts import asks_nothing, opening, reply_to, without_courtesies
from workspace.question.decide import decide
from workspace.question.definitions import (
    Figure,
    applied,
    figures_in,
    hidden_name,
    known_values,
    mixed,
    tables_of,
    without_gone,
)
from workspace.question.plan import Plan
from workspace.question.rank import Candidate, candidates
from workspace.question.reading import Readings, Values
from workspace.question.schema import schema_of
from workspace.question.several import asked_apart
from workspace.question.tokens import tokenize
from workspace.question.written import misread_text


class Semantics(Protocol):
    """Definitions of a person's own, in whatever form they are kept (see `workspace.semantics`)."""

    def over(self, catalog: Catalog) -> Catalog:
        """The catalog as they have it: hidden things gone, what words mean settled; the same one each time."""
        ...


_CHANGES = frozenset({"delete", "update", "insert", "drop", "truncate", "alter", "rename", "overwrite", "erase"})


def read(
    text: str,
    catalog: Catalog,
    values: Values | None,
    clock: datetime,
    *,
    focus: Plan | None = None,
    semantics: Semantics | None = None,
    nearby: bool = True,
) -> Readings:
    """Understands a question.

    Args:
        text: what the person wrote.
        catalog: the tables that may be meant.
        values: lookup of cell values.
        clock: the moment that "today" and "last month" refer to.
        focus: the plan of the answer before, which a follow-up changes.
        semantics: definitions of the person's own; those that the catalog carries by default.
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
    catalog = semantics.over(catalog) if semantics is not None else catalog
    values = known_values(catalog, values)
    schema = schema_of(catalog)
    first = next((token.lower for token in tokenize(text) if token.kind == "word" and token.lower != "please"), "")
    if focus is None and first in _CHANGES:
        return Readings(text, "decline", message="I only read data; nothing is changed here.")
    if focus is not None:
        from workspace.question.followup import readings_in

        found = readings_in(text, schema, values, clock, focus)
    else:
        found = candidates(text, schema, values, clock)
    if catalog.definitions is not None:
        found = _by_definition(found, catalog, focus)
        withheld = hidden_name(text, found[0].context.entity if found else "", catalog)
        if withheld:
            return Readings(text, "decline", message=f"{withheld} is hidden here, so it is not shown.")
    readings = decide(text, found, schema, values)
    readings = asked_apart(text, readings, lambda part: read(part, catalog, values, clock, nearby=False))
    readings = _soundly(readings, catalog)
    if readings.action == "decline" and focus is None and nearby:
        from workspace.question.suggest import near_to

        return replace(readings, suggestions=near_to(found[0] if found else None, catalog, values, clock))
    return readings


def _soundly(readings: Readings, catalog: Catalog) -> Readings:
    """The readings, declined where one of them would compute with text."""
    plans = [reading.plan for reading in readings.readings[:1]] + [choice.plan for choice in readings.choices]
    wrong = next(filter(None, (misread_text(plan, catalog) for plan in plans)), "")
    return replace(readings, action="decline", message=wrong, choices=()) if wrong else readings


def _in_kind(text: str, acts: tuple[str, ...], catalog: Catalog, values: Values | None, clock: datetime) -> Readings:
    """Thanks are no question: they are answered with a word; who says hello is shown what could be asked."""
    suggestions: tuple[str, ...] = ()
    if {"greeting", "about"} & set(acts):
        from workspace.question.suggest import suggest

        suggestions = tuple(suggest(catalog, values, clock))[:3]
    return Readings(text, "decline", message=reply_to(acts), suggestions=suggestions)


def _by_definition(found: list[Candidate], catalog: Catalog, focus: Plan | None) -> list[Candidate]:
    """The candidates with the filters that hold by definition; one that they cannot hold for is none."""
    from workspace.question.explain import phrase

    kept: list[Candidate] = []
    for candidate in found:
        said, known = _figures(candidate), frozenset()
        try:
            if candidate.sure and focus is not None:
                known = tables_of(focus, catalog)
                candidate.plan = without_gone(candidate.plan, focus, catalog, said)
                shown = (f for f in figures_in(candidate.plan, catalog) if all(f.expr != o.expr for o in said))
                said = tuple(dict.fromkeys([*said, *shown]))
            plan, added = applied(candidate.plan, catalog, said, known=known)
        except PlanInvalid:
            continue
        if mixed(candidate.plan, catalog, said):
            candidate.features["figures with different conditions"] = 0.7
            candidate.chance = min(candidate.chance, 0.3)
        notes = list(candidate.linked.notes)
        if added:
            notes.append(
                f"By definition only those where {' and '.join(phrase(item, catalog, plan) for item in added)}."
            )
        notes += [f"{figure.name[:1].upper()}{figure.name[1:]} is {figure.words}." for figure in said if figure.words]
        candidate.plan = plan
        candidate.linked = replace(candidate.linked, notes=tuple(notes))
        kept.append(candidate)
    return sorted(kept, key=lambda candidate: -candidate.confidence)


def _figures(candidate: Candidate) -> tuple[Figure, ...]:
    """The metrics that the question names."""
    found = {}
    for item in candidate.linked.items:
        figure = item.measure.figure if item.measure is not None else None
        if figure is not None:
            found[figure.name] = figure
    return tuple(found.values())
