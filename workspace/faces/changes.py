"""What changed between two moments, as a page: figures, sentences and rows, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from workspace.artifact.since import Changes, TableChange, summary
from workspace.faces.page import environment, moment, style
from workspace.faces.theme import icon

MOST_ROWS = 200  # of one table; how many there are more is said
KINDS = {"new": "New", "gone": "Gone", "changed": "Changed"}


def render(
    title: str,
    changes: Changes | None,
    *,
    back: str,
    frozen: str = "",
    exact: bool = True,
    edits: Sequence[str] = (),
    zone: tzinfo | None = None,
) -> str:
    """The whole HTML page.

    Args:
        title: of the artifact.
        changes: None where nothing of the earlier moment is remembered.
        back: address of the artifact's page.
        frozen: address of the earlier one, where a person froze it.
        exact: whether the earlier one is what this reader saw, and not the first that is remembered of after then.
        edits: what was changed of the page itself.
        zone: for times; the machine's by default.
    """
    return (
        environment()
        .get_template("changes.html")
        .render(
            title=title,
            changes=changes,
            back=back,
            frozen=frozen,
            exact=exact,
            edits=[sentence[:1].upper() + sentence[1:] for sentence in edits],
            before=moment(changes.before, zone) if changes else "",
            after=moment(changes.after, zone) if changes else "",
            summary=summary(changes) if changes is not None else "",
            figures=[change for change in changes.figures if change.place] if changes is not None else [],
            sentences=[change for change in changes.figures if not change.place] if changes is not None else [],
            tables=[_table(table) for table in changes.tables] if changes is not None else [],
            kinds=KINDS,
            icon=icon(),
            style=style("changes"),
        )
    )


def said(changes: Changes, most: int = 6) -> list[str]:
    """The changes that matter most, one plain line each: figures, then how many rows of which table.

    Example:
        >>> from workspace.artifact.since import FigureChange
        >>> said(Changes("", "", (FigureChange("q1", "Orders", "1,204", "1,250"),)))
        ['Orders: 1,204 → 1,250']
    """
    lines = [f"{change.place}: {change.before} → {change.after}" for change in changes.figures if change.place]
    for table in changes.tables:
        counts = [f"{table.count(kind):,} {word.lower()}" for kind, word in KINDS.items() if table.count(kind)]
        lines.append(f"{table.title}: {', '.join(counts)}")
    if not lines:
        lines = [change.after for change in changes.figures]
    return lines[:most]


def _table(table: TableChange) -> dict[str, Any]:
    shown = table.rows[:MOST_ROWS]
    return {
        "title": table.title,
        "rows": shown,
        "more": len(table.rows) - len(shown),
        "cut": table.cut,
        "counts": ", ".join(
            f"{table.count(kind):,} {word.lower()}" for kind, word in KINDS.items() if table.count(kind)
        ),
    }
