"""The table face: every query of an artifact in full, a sheet each, sorted by plain links, searched by plain forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace.artifact.compose import title_for
from workspace.artifact.model import Artifact, NamedQuery, View
from workspace.database.result import Result
from workspace.faces.controls import suffix
from workspace.faces.glance import ranks
from workspace.faces.grid import Grid, grid
from workspace.faces.page import Frame, address, linked, moment, render_page, stale_note

MOST_ROWS = 10_000
Asked = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader asked of one sheet: ``sort`` is a column, ``-`` before it for downwards; ``find`` words, ``at`` a
    column to look in, "" for all.
    """

    sort: str = ""
    find: str = ""
    at: str = ""


def render(view: View, **place: Any) -> str:
    """The artifact's results as one complete HTML page: all columns, all rows up to the limit.

    Args:
        view: what is shown.
        place: as in `workspace.faces.page.Frame`; ``asked`` has ``q1.sort``, ``q1.find`` and ``q1.in``.
    """
    frame = Frame.of(place)
    return render_page(
        "table.html", view, "table", frame, sections=[_sheet(q, view, frame) for q in view.artifact.queries]
    )


def asks(artifact: Artifact, items: Sequence[tuple[str, str]]) -> Asked:
    """Those parts of an address that ask something of a sheet, in the order of the sheets."""
    known = [f"{query.name}.{verb}" for query in artifact.queries for verb in ("sort", "find", "in")]
    said = {name: text[:200] for name, text in items if text}
    return tuple((name, said[name]) for name in known if name in said)


def picked(result: Result, ask: Ask, written: Grid) -> list[int]:
    """The rows that are shown, in their order.

    Args:
        result: all rows.
        ask: what is wanted.
        written: all rows as text; words are looked for in what is seen.
    """
    rows = list(range(len(written.rows)))
    words = ask.find.casefold().split()
    if words:
        at = [result.index(ask.at)] if ask.at in result.names else list(range(len(result.columns)))
        texts = {row: " ".join(written.rows[row][place] for place in at).casefold() for row in rows}
        rows = [row for row in rows if all(word in texts[row] for word in words)]
    name = ask.sort.removeprefix("-")
    if name in result.names:
        place = result.index(name)
        filled = [row for row in rows if result.rows[row][place] is not None]
        filled.sort(key=lambda row: _rank(result.rows[row][place]), reverse=ask.sort.startswith("-"))
        rows = filled + [row for row in rows if result.rows[row][place] is None]  # what is missing comes last
    return rows


# ----------------------------------------------------------------------------------------------------------- sheets
def _sheet(query: NamedQuery, view: View, frame: Frame) -> dict[str, Any]:
    result, problem = view.results.get(query.name), view.problems.get(query.name)
    stale = result.receipt.ran_at if result is not None and problem is not None else ""
    asked = dict(asks(view.artifact, frame.asked))
    ask = Ask(*(asked.get(f"{query.name}.{verb}", "") for verb in ("sort", "find", "in")))
    sheet: dict[str, Any] = {
        "query": query.name,
        "title": title_for(query.question) if query.question else query.explanation or query.name,
        "explanation": query.explanation,
        "grid": None,
        "pending": query.name in view.pending,
        "problem": None if query.name in view.pending else problem,
        "note": stale_note(stale, frame.zone),
        "stale": moment(stale, frame.zone) if stale else "",
        "ask": ask,
        "sorts": [],
    }
    if result is None or not result.columns:
        return sheet
    written, places = grid(query, result, most=MOST_ROWS), ranks(query, result)
    if ask != Ask():
        rows = picked(result, ask, written)
        written = grid(query, result, most=MOST_ROWS, rows=rows)
        places = tuple(places[row] for row in rows) if places else ()  # a place goes where its row goes
    written = replace(written, ranks=places[: len(written.rows)])
    others = tuple(
        (name, text) for name, text in asks(view.artifact, frame.asked) if not name.startswith(f"{query.name}.")
    )
    return sheet | {
        "grid": written,
        "all": len(result.rows),
        "columns": [(column.name, head.text) for column, head in zip(result.columns, written.headings, strict=True)],
        "sorts": _sorts(query.name, result, written, ask, view, frame, others),
        "kept": (*view.given, *others, *(((f"{query.name}.sort", ask.sort),) if ask.sort else ())),
    }


def _sorts(
    name: str, result: Result, written: Grid, ask: Ask, view: View, frame: Frame, others: Asked
) -> list[Mapping[str, str]]:
    """Per column the address that sorts by it and what it is sorted by now: figures downwards first, then upwards."""
    found: list[Mapping[str, str]] = []
    if not linked(view, frame) or len(result.rows) < 2:
        return found
    looked: Asked = tuple((f"{name}.{verb}", text) for verb, text in (("find", ask.find), ("in", ask.at)) if text)
    for place, (column, head) in enumerate(zip(result.columns, written.headings, strict=True), start=1):
        up, down = column.name, f"-{column.name}"
        turns = ("", down, up) if head.number else ("", up, down)
        now = ask.sort if ask.sort in turns else ""
        turn = turns[(turns.index(now) + 1) % 3]
        wanted = ((f"{name}.sort", turn),) if turn else ()
        state = "descending" if now == down else "ascending" if now == up else ""
        href = f"{address(view, frame, 'table')}{suffix(view.given, others, looked, wanted)}#sheet-{name}"
        found.append({"href": href, "state": state, "id": f"sort-{name}-{place}"})
    return found


def _rank(value: Any) -> tuple[int, Any]:
    """Numbers before text before the rest, as SQLite has it; text whatever its case."""
    if isinstance(value, int | float):
        return 0, value
    return (1, value.casefold()) if isinstance(value, str) else (2, bytes(value))
