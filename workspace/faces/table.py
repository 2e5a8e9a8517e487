"""The table face: every query of an artifact in full, one section each."""

from __future__ import annotations

from datetime import tzinfo

from workspace.artifact.compose import title_for
from workspace.artifact.model import View
from workspace.faces.grid import grid
from workspace.faces.page import Frame, Site, moment, render_page, stale_note

MOST_ROWS = 10_000


def render(
    view: View,
    *,
    base_url: str = "",
    nonce: str | None = None,
    home: str = "",
    notice: str = "",
    zone: tzinfo | None = None,
    offline: bool = False,
    site: Site = Site(),  # noqa: B008 - frozen
) -> str:
    """The artifact's results as one complete HTML page: all columns, all rows up to the limit.

    Args:
        view: what is shown.
        base_url, nonce, home, notice, zone, offline, site: as in `workspace.faces.page.Frame`.
    """
    frame = Frame(base_url, nonce or "", home, notice, zone, offline, site)
    sections = []
    for query in view.artifact.queries:
        result, problem = view.results.get(query.name), view.problems.get(query.name)
        stale = result.receipt.ran_at if result is not None and problem is not None else ""
        sections.append(
            {
                "query": query.name,
                "title": title_for(query.question) if query.question else query.explanation or query.name,
                "explanation": query.explanation,
                "grid": grid(query, result, most=MOST_ROWS) if result is not None and result.columns else None,
                "problem": problem,
                "note": stale_note(stale, zone),
                "stale": moment(stale, zone) if stale else "",
            }
        )
    return render_page("table.html", view, "table", frame, sections=sections)
