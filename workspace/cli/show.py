"""A reply on the terminal: sentences, an aligned table, SQL, CSV or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from workspace.agent.reply import Answer, Clarify, Decline, Failed, Reply, Told
from workspace.database.result import Result, legible

Form = Literal["text", "sql", "csv", "json"]
OK, ERROR, CLARIFY, DECLINE = 0, 1, 3, 4
SHOWN_ROWS = 40
WIDEST = 60  # characters of a cell


def show(reply: Reply, form: Form = "text") -> int:
    """Print a reply; the exit code for it.

    Args:
        reply: anything but a failure goes to stdout; with ``sql`` and ``csv`` only what was asked for does.
        form: what to print of an answer.
    """
    if isinstance(reply, Failed):
        return complain(reply.message, reply.hint)
    if isinstance(reply, Answer):
        _answer(reply, form)
        return OK
    code = CLARIFY if isinstance(reply, Clarify) else DECLINE if isinstance(reply, Decline) else OK
    if form == "json":
        print_json(reply.to_dict())
        return code
    # What was asked for on stdout (rows, SQL) is not there: the rest of a pipe gets nothing.
    where = sys.stderr if form in ("sql", "csv") else sys.stdout
    print(reply.text, file=where)
    if isinstance(reply, Clarify):
        for number, choice in enumerate(reply.choices, start=1):
            print(f"  {number}. {choice.label}", file=where)
            if choice.returns:
                print(f"     {choice.returns}", file=where)
        print("Ask again in the words of one of these.", file=where)
    if isinstance(reply, Told) and reply.rows:
        print("\n".join(["", *_aligned([reply.headings, *reply.rows], [False] * len(reply.headings))]), file=where)
    if isinstance(reply, Decline | Told) and reply.suggestions:
        print("You could ask:", file=where)
        for suggestion in reply.suggestions:
            print(f"  {suggestion}", file=where)
    return code


def _answer(answer: Answer, form: Form) -> None:
    named = answer.view.artifact.query("q1")
    result = answer.view.results["q1"]
    if form == "sql":
        from workspace.agent.statement import runnable

        print(runnable(named.query))
    elif form == "csv":
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(result.names)
        writer.writerows([_csv(value) for value in row] for row in result.rows)
    elif form == "json":
        print_json(
            {
                "kind": "answer",
                "question": answer.question,
                "finding": answer.text,
                "explanation": answer.explanation,
                "notes": list(answer.notes),
                "columns": [column.name for column in result.columns],
                "rows": [[legible(value) for value in row] for row in result.to_dict()["rows"]],
                "truncated": result.truncated,
                "sql": named.sql,
                "params": named.params,
                "receipt": result.receipt.to_dict(),
            }
        )
    else:
        _print_answer(answer, result)


def _print_answer(answer: Answer, result: Result) -> None:
    parts = [answer.text]
    if len(result.rows) > 1 or (result.rows and len(result.columns) > 1):
        parts.append("\n".join(_table(answer, result)))
    parts.append("\n".join([answer.explanation, *answer.notes]))
    print("\n\n".join(part for part in parts if part))


def _table(answer: Answer, result: Result) -> Iterable[str]:
    """The rows as an aligned table, numbers to the right."""
    from workspace.artifact.format import heading

    named = answer.view.artifact.query("q1")
    shown = result.rows[:SHOWN_ROWS]
    right, columns = [], []
    for place, column in enumerate(result.columns):
        write = named.writer(column, [row[place] for row in result.rows])
        cells = [" ".join(write(row[place]).split()) for row in shown]
        columns.append([_cut(cell) for cell in (heading(column.name), *cells)])
        right.append(column.kind in ("integer", "real"))
    yield from _aligned(list(zip(*columns, strict=True)), right)
    if len(result.rows) > len(shown):
        more = f"{len(result.rows) - len(shown):,}{'+' if result.truncated else ''}"
        yield f"… and {more} more rows; --csv prints them all."


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterable[str]:
    """Lines of a table, the first of its rows its heading."""
    cut = [[_cut(cell) for cell in row] for row in rows]
    widths = [max(_width(row[place]) for row in cut) for place in range(len(right))]
    for line, row in enumerate(cut):
        cells = (_pad(cell, width, at_right) for cell, width, at_right in zip(row, widths, right, strict=True))
        yield "  ".join(cells).rstrip()
        if line == 0:
            yield "  ".join("─" * width for width in widths)


def _width(text: str) -> int:
    """Columns that the text takes on a terminal."""
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _pad(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def _csv(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else legible(value)


def print_json(data: Any) -> None:
    """Print data as JSON that people can read."""
    import json

    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def plain(text: str) -> str:
    """Text out of a file or a database, on one line, without what would steer a terminal.

    Example:
        >>> plain("Sales\\x1b[2K\\x1b[1A of\\n 2024")
        'Sales�[2K�[1A of 2024'
    """
    flat = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in flat)


def complain(message: str, hint: str = "") -> int:
    """One sentence on stderr; the exit code for it."""
    print(f"noapp: {plain(f'{message} {hint}')}", file=sys.stderr)
    return ERROR
