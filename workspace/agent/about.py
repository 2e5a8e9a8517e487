"""What is said about the data itself: out of the catalog, its profiles and the definitions, or by a query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.agent.outline import outline
from workspace.agent.reply import Clarify, Told
from workspace.database.catalog import Catalog, Column, Table
from workspace.database.source import Source
from workspace.faces.profile import KINDS, holds
from workspace.question.about import Inquiry, fresh_plan, meanings, values_plan
from workspace.question.definitions import Definitions
from workspace.question.plan import Plan
from workspace.question.reading import Option, Values
from workspace.question.schema import Link, Schema, schema_of
from workspace.question.suggest import suggest

MOST = 4  # choices


def told(
    asked: Inquiry, question: str, catalog: Catalog, values: Values | None, clock: datetime
) -> Told | Clarify | Plan | None:
    """What to say to a question about the data itself, or the plan whose result says it.

    Args:
        asked: what is asked.
        question: the person's words.
        catalog: with its definitions.
        values: lookup of cell values, for questions that can be asked.
        clock: what "today" is.

    Returns:
        None where the data has nothing to tell it by, so that the question is read as any other one.
    """
    schema = schema_of(catalog)
    if asked.kind in ("values", "fresh"):
        return _queried(asked, question, catalog, schema)
    if asked.kind == "tables":
        return _tables(question, catalog, clock)
    if asked.kind == "table":
        return _table(question, catalog, catalog.table(asked.links[0].table))
    if asked.kind == "help":
        return _help(question, catalog, values, clock)
    return _meaning(asked, question, catalog, schema)


def changed(source: Source, clock: datetime) -> str:
    """When the files of a source last changed, as a sentence; "" where that cannot be known."""
    files: Sequence[Path] = getattr(source, "files", None) or ([source.path] if source.path else [])
    try:
        newest = max(path.stat().st_mtime for path in files)
    except (OSError, ValueError):
        return ""
    moment = datetime.fromtimestamp(newest, clock.tzinfo)
    what = "The file was" if len(files) == 1 else "The newest of the files was"
    return f"{what} last changed on {moment.day} {moment:%b %Y} at {moment:%H:%M}."


def _queried(asked: Inquiry, question: str, catalog: Catalog, schema: Schema) -> Clarify | Plan | None:
    if asked.kind == "fresh":
        return fresh_plan(schema, asked.links[0].table if asked.links else "")
    plans = [values_plan(schema, link) for link in asked.links[:MOST]]
    if len(plans) == 1:
        return plans[0]
    options = tuple(
        Option(f"values of {link.column} in {link.table}", plan) for link, plan in zip(asked.links, plans, strict=False)
    )
    return Clarify(question, f"Several tables have {asked.said}. Which one do you mean?", options)


def _tables(question: str, catalog: Catalog, clock: datetime) -> Told:
    rows = tuple((table.name, f"{table.rows:,}", table.description or _columns(table)) for table in catalog.tables)
    return Told(
        question, f"{catalog.source}: {outline(catalog, clock.date())}.", ("Table", "Rows", "What is in it"), rows
    )


def _columns(table: Table, most: int = 7) -> str:
    names = [column.name for column in table.columns]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _table(question: str, catalog: Catalog, table: Table) -> Told:
    kind = "view" if table.view else "table"
    parts = [f"{table.name} is a {kind} of {table.rows:,} {'row' if table.rows == 1 else 'rows'}"]
    parts[0] += f": {table.description}." if table.description else "."
    others = {name for key in catalog.keys_of(table.name) for name in (key.table, key.ref_table)} - {table.name}
    if others:
        parts.append(f"It hangs together with {_listed(sorted(others))}.")
    rows = tuple((column.name, _kind(table, column), holds(column, table.rows)) for column in table.columns)
    return Told(question, " ".join(parts), ("Column", "Kind", "What it holds"), rows)


def _kind(table: Table, column: Column) -> str:
    return KINDS.get(column.kind, column.kind) + (", key" if column.primary or column.name in table.primary_key else "")


def _meaning(asked: Inquiry, question: str, catalog: Catalog, schema: Schema) -> Told:
    if asked.figure is not None:
        figure = asked.figure
        return Told(question, f"{figure.name[:1].upper()}{figure.name[1:]} is {figure.words}, as it was defined here.")
    defined = meanings(schema, asked.said)
    said = "".join(f"“{words}” means {meaning} here. " for words, meaning in defined)
    links = [link for link in asked.links if link.column]
    if not links:
        table = _table(question, catalog, catalog.table(asked.links[0].table))
        return Told(question, said + table.message, table.headings, table.rows)
    rows = tuple((link.target, *_about(catalog, link)) for link in links)
    if len(links) > 1:
        return Told(
            question, f"{said}{len(links)} tables have {asked.said}.", ("Column", "Kind", "What it holds"), rows
        )
    target, kind, what = rows[0]
    column = catalog.column(links[0].table, links[0].column)
    undescribed = "" if column.description or defined else " Nobody has described it yet; the page Data is where to."
    return Told(question, f"{said}{target} ({kind}) holds {what or 'nothing'}.{undescribed}")


def _about(catalog: Catalog, link: Link) -> tuple[str, str]:
    table, column = catalog.table(link.table), catalog.column(link.table, link.column)
    key = next((k for k in catalog.keys_of(table.name) if k.table == table.name and column.name in k.columns), None)
    leads = f" · names a row of {key.ref_table}" if key is not None else ""
    return _kind(table, column), holds(column, table.rows) + leads


def _help(question: str, catalog: Catalog, values: Values | None, clock: datetime) -> Told:
    tables = [table.name for table in sorted(catalog.tables, key=lambda table: -table.rows) if not table.view][:5]
    parts = [
        f"Ask in plain words about {_listed(tables)}: how many, how much, which, when, per what, the most, the least."
    ]
    figures: Any = catalog.definitions.figures if isinstance(catalog.definitions, Definitions) else ()
    if figures:
        parts.append(f"Defined here: {_listed([figure.name for figure in figures])}.")
    parts.append("A question can follow on the answer before it: “only this year”, “by month”, “top 3”.")
    return Told(question, " ".join(parts), suggestions=suggest(catalog, values, clock))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "the data"
