"""What a model is told: the rules, an excerpt of the schema, the question, and what went wrong before.

Values of the data go into the prompt only as quoted JSON strings, few and short; whatever they try to say, the guard
decides about the SQL that comes back.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from string import Template

from workspace.database.catalog import Catalog, Column, Table

LENGTH = 12_000  # characters of schema; about 3,000 tokens
VALUES = 4
VALUE_LENGTH = 40
FEW = 25  # a text column with at most this many distinct values shows some of them


@cache
def _rules() -> Template:
    return Template((Path(__file__).parent / "prompts" / "sql.md").read_text(encoding="utf-8"))


def messages(
    question: str,
    catalog: Catalog,
    *,
    before: tuple[str, str] | None = None,
    rejected: tuple[str, str] | None = None,
    today: str = "",
) -> list[tuple[str, str]]:
    """The conversation to send, as ``(role, text)`` pairs.

    Args:
        question: the words of the person.
        catalog: of the source.
        before: question and SQL of the answer in focus, for a follow-up.
        rejected: the model's SQL that failed, and why.
        today: the date, ISO 8601.
    """
    system = _rules().safe_substitute(dialect=catalog.dialect, schema=excerpt(catalog, question))
    asked = f"Question: {question}" + (f"\nToday is {today}." if today else "")
    if before is not None:
        asked = f"The question before was: {before[0]}\nIts SQL was: {before[1]}\n\n{asked}"
    sent = [("system", system), ("user", asked)]
    if rejected is not None:
        sql, problem = rejected
        sent += [
            ("assistant", json.dumps({"sql": sql})),
            ("user", f"That did not work: {problem}\nGive a corrected query in the same JSON form."),
        ]
    return sent


def excerpt(catalog: Catalog, question: str) -> str:
    """The schema in lines, tables that the question names first, cut at `LENGTH`.

    Example:
        >>> shop = Catalog("shop", (Table("item", (Column("name", "text"),), rows=3),))
        >>> print(excerpt(shop, "items"))
        item (3 rows): name text
    """
    words = {word[:4] for word in re.findall(r"[a-z]{3,}", question.casefold())}

    def fits(table: Table) -> int:
        names = [table.name, *(column.name for column in table.columns)]
        return -sum(any(word in name.casefold() for name in names) for word in words)

    lines: list[str] = []
    used = 0
    for table in sorted(catalog.tables, key=fits):
        line = _table(table)
        if used + len(line) > LENGTH:
            continue
        lines.append(line)
        used += len(line)
    keys = [
        f"{key.table}.{key.columns[0]} -> {key.ref_table}.{key.ref_columns[0]}"
        for key in catalog.foreign_keys
        if len(key.columns) == 1 and key.ref_columns
    ]
    figures = [f"{figure.name} = {figure.words}" for figure in getattr(catalog.definitions, "figures", ())]
    lines += ["Keys: " + ", ".join(keys)] if keys else []
    return "\n".join(lines + (["Figures as defined here: " + "; ".join(figures)] if figures else []))


def _table(table: Table) -> str:
    about = f", {' '.join(table.description.split())[:200]}" if table.description else ""
    return f"{table.name} ({table.rows} rows{about}): " + ", ".join(_column(column) for column in table.columns)


def _column(column: Column) -> str:
    text = f"{column.name} {column.kind}"
    if column.description:
        text += f" ({' '.join(column.description.split())[:200]})"
    profile = column.profile
    if column.kind == "text" and 0 < profile.distinct <= FEW:
        shown = [str(value)[:VALUE_LENGTH] for value, _ in profile.common[:VALUES]]
        text += " like " + json.dumps(shown, ensure_ascii=False)
    elif column.temporal and profile.minimum is not None:
        text += f" from {json.dumps(str(profile.minimum)[:20])} to {json.dumps(str(profile.maximum)[:20])}"
    return text
