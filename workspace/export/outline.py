"""A view as what a written document is made of: paragraphs, figures, pictures, tables, notes. Shared by the writers.

It follows the document face block by block, so that a file says what the page says, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from workspace.artifact.figures import Figures
from workspace.artifact.format import clock, day
from workspace.artifact.model import BoundBlock, Break, Chart, Metric, Table, Text, View
from workspace.faces import prose, vega
from workspace.faces.controls import chosen
from workspace.faces.drawing import Drawing, draw, summary
from workspace.faces.grid import Grid, grid
from workspace.faces.page import moment, receipts, stale_note
from workspace.faces.prose import Paragraph, Run

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Words:
    """Prose; ``stale`` is the moment of the older result its figures come from, "" when they are fresh."""

    paragraphs: tuple[Paragraph, ...]
    stale: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One large figure, as it reads; ``value`` is what is behind it, ``unit`` what it is written in.

    ``note`` is what is said beneath it: how it changed from the period before.
    """

    text: str
    label: str
    query: str
    column: str
    value: Any
    stale: str = ""
    unit: str = ""
    note: tuple[Run, ...] = ()

    @property
    def said(self) -> str:
        """The note as plain text."""
        return "".join(run.text for run in self.note)


@dataclass(frozen=True, slots=True)
class Large:
    """Large figures that follow each other."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: what is drawn, how it is drawn on a page, and the same in words."""

    chart: Chart
    drawing: Drawing
    spec: dict[str, Any]
    alt: str
    caption: tuple[Run, ...]
    query: str
    stale: str = ""

    @property
    def title(self) -> str:
        return f"{self.drawing.y_title} by {self.drawing.x_title}"

    @property
    def said(self) -> str:
        """The caption as plain text."""
        return "".join(run.text for run in self.caption)

    @property
    def lies(self) -> bool:
        """Do its bars lie, as they do on the page?"""
        return self.chart.mark == "bar" and self.spec["usermeta"]["by"] == "y"

    @property
    def places(self) -> tuple[str, ...]:
        """The places along its axis, in their order."""
        return self.drawing.places or tuple(dict.fromkeys(mark.x for mark in self.drawing.marks))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as text."""

    grid: Grid
    caption: str
    query: str
    stale: str = ""

    @property
    def foot(self) -> str:
        """What is said under a table that has not all rows, "" otherwise."""
        if self.grid.left_out:
            more = "more than " if self.grid.truncated else ""
            return f"The first {len(self.grid.rows):,} of {more}{self.grid.count:,} rows."
        return f"The result was cut at {self.grid.count:,} rows." if self.grid.truncated else ""

    def fitted(self, columns: int) -> tuple[Grid, str]:
        """The table with as many columns as a page takes, and what is said under it.

        Args:
            columns: at most.
        """
        wide = len(self.grid.headings) - columns
        if wide <= 0:
            return self.grid, self.foot
        cut = replace(
            self.grid,
            headings=self.grid.headings[:columns],
            rows=tuple(row[:columns] for row in self.grid.rows),
            totals=self.grid.totals[:columns] if any(self.grid.totals[:columns]) else (),
        )
        more = f"{wide} more {'column is' if wide == 1 else 'columns are'} in the workbook (.xlsx)."
        return cut, f"{self.foot} {more}".strip()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a part is not as it should be, said in its place."""

    text: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page of its own, where there are pages."""


Part = Words | Large | Picture | Sheet | Trouble | NewPage


@dataclass(frozen=True, slots=True)
class Outline:
    """A view, ready to be written.

    Args:
        title: of the artifact.
        about: one line: as of when, from which sources, which version.
        parts: in the order of the blocks.
        receipts: as on the page (`workspace.faces.page.receipts`).
    """

    title: str
    about: str
    parts: tuple[Part, ...]
    receipts: tuple[dict[str, Any], ...]


def outline(
    view: View, *, rows: int, zone: tzinfo | None = None, width: int = vega.WIDE, bars: int = vega.MOST_BARS
) -> Outline:
    """What is written of a view.

    Args:
        view: what is shown.
        rows: of a table at most; what is left out is said under it.
        zone: for times; the machine's by default.
        width: px of the charts.
        bars: of bars that lie, the most that are drawn.
    """
    return Outline(
        legal(view.artifact.title),
        about(view, zone),
        tuple(_parts(view, rows, zone, width, bars)),
        tuple(receipts(view, zone)),
    )


def receipt_lines(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A receipt as named lines, its SQL apart; what there is nothing to say of is left out.

    Args:
        entry: from `workspace.faces.page.receipts`.
    """
    problem = entry["problem"]
    rows = f"{entry['rows']}, cut at the limit" if entry["truncated"] else entry["rows"]
    lines = [
        ("Understood as", entry["explanation"]),
        ("Source", entry["source"]),
        ("State of the source", entry["fingerprint"]),
        ("Planned by", entry["planner"]),
        ("Result", rows),
        ("Days that it covers", entry["covers"]),
        ("Time", entry["ran_at"]),
        ("Receipt (SHA-256)", entry["digest"]),
        ("Parameters", "\n".join(f"{name} = {value}" for name, value in entry["params"])),
        ("Problem", f"{problem.message} {problem.hint}".strip() if problem else ""),
    ]
    return [(head, legal(text)) for head, text in lines if text]


def about(view: View, zone: tzinfo | None = None) -> str:
    """The line under a title: as of when, from what, which version; what was chosen for its parameters."""
    head = "As of" if view.fresh else "Partly out of date, as of"
    said = [f"{head} {day(view.as_of, zone=zone)}, {clock(view.as_of, zone=zone)}"]
    said += sorted({legal(query.source) for query in view.artifact.queries})
    said += [f"version {view.version}"] if view.version else []
    return " · ".join([*said, legal(chosen(view))] if view.settings else said)


def trouble(bound: BoundBlock, zone: tzinfo | None) -> Trouble | None:
    """What is wrong with a block, in words."""
    if bound.problem is None:
        return None
    said = ["This part could not be refreshed.", bound.problem.message, bound.problem.hint]
    return Trouble(legal(" ".join(text for text in [*said, stale_note(bound.stale_since, zone)] if text)))


def legal(text: str) -> str:
    """``text`` without the characters that no XML may hold; a visible mark stands for each.

    Example:
        >>> legal("a\\x00b")
        'a\\ufffdb'
    """
    return _ILLEGAL.sub("\ufffd", text)


def _parts(view: View, rows: int, zone: tzinfo | None, width: int, bars: int) -> Iterator[Part]:
    said: set[Any] = set()
    figures: list[Figure] = []
    for bound in view.blocks:
        problem = trouble(bound, zone) if bound.problem not in said else None
        said.add(bound.problem)
        part = _part(bound, view, rows, zone, width, bars)
        if figures and (problem is not None or (part is not None and not isinstance(part, Figure))):
            yield Large(tuple(figures))
            figures.clear()
        if problem is not None:
            yield problem
        if isinstance(part, Figure):
            figures.append(part)
        elif part is not None:
            yield part
    if figures:
        yield Large(tuple(figures))


def _part(bound: BoundBlock, view: View, rows: int, zone: tzinfo | None, width: int, bars: int) -> Part | Figure | None:
    block = bound.block
    stale = moment(bound.stale_since, zone) if bound.stale_since else ""
    if isinstance(block, Text):
        return Words(prose.paragraphs(bound.text), stale) if bound.text else None
    if isinstance(block, Break):
        return NewPage()
    if not isinstance(block, Metric | Table | Chart):
        return None
    if block.query not in view.results or (bound.problem is not None and not bound.stale_since):
        return None
    query, result = view.artifact.query(block.query), view.results[block.query]
    if not result.rows:
        return None
    if isinstance(block, Metric):
        said = Figures(query, result).value(block.column)
        unit = query.shown(block.column).unit
        note = prose.runs(bound.text)
        return Figure(said.text, legal(block.label), block.query, block.column, said.value, stale, unit, note)
    if isinstance(block, Table):
        return Sheet(grid(query, result, columns=block.columns, most=rows), legal(block.caption), block.query, stale)
    spec = vega.spec(block, query, result, width=width, bars=bars)
    if spec is None:
        return None
    drawing = draw(block, query, result, bars=bars)
    return Picture(block, drawing, spec, summary(block, drawing), prose.runs(bound.text), block.query, stale)
