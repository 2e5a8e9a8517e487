"""The document face: an artifact as a well-set page."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from markupsafe import Markup

from workspace.artifact.figures import Figures
from workspace.artifact.model import BoundBlock, Chart, Metric, Table, Text, View
from workspace.faces import prose, svg, vega
from workspace.faces.drawing import draw, summary
from workspace.faces.grid import grid
from workspace.faces.page import Frame, Site, moment, render_page, stale_note, tips

MOST_ROWS = 50  # of a table within the document; the table face has all
FOLDED = 12  # a table longer than this that follows its own chart is folded
MOST_ROWS_OFFLINE = 1_000


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
    """The artifact as one complete HTML page.

    Args:
        view: what is shown.
        base_url, nonce, home, notice, zone, offline, site: as in `workspace.faces.page.Frame`.
    """
    frame = Frame(base_url, nonce or "", home, notice, zone, offline, site)
    return render_page("document.html", view, "document", frame, parts=parts(view, frame))


def parts(view: View, frame: Frame) -> list[dict[str, Any]]:
    """The blocks as the template wants them: metrics that follow each other together, each problem said once."""
    words = tips(view, frame.zone)
    found: list[dict[str, Any]] = []
    said: set[Any] = set()
    for bound in view.blocks:
        problem = bound.problem
        if problem is not None and problem not in said:
            said.add(problem)
            found.append({"kind": "problem", "problem": problem, "note": stale_note(bound.stale_since, frame.zone)})
        part = _part(bound, view, frame, words)
        if part is None:
            continue
        if part["kind"] == "table":
            drawn = bool(found) and found[-1]["kind"] == "chart" and found[-1]["query"] == part["query"]
            part["folded"] = drawn and part["grid"].count > FOLDED
        if part["kind"] == "metric" and found and found[-1]["kind"] == "metrics":
            found[-1]["metrics"].append(part)
        elif part["kind"] == "metric":
            found.append({"kind": "metrics", "metrics": [part]})
        else:
            found.append(part)
    return found


def chart_svg(chart: Chart, view: View, *, themed: bool = True, width: int = vega.WIDE) -> str:
    """One chart of a view as SVG, "" where there is nothing to draw.

    Args:
        chart: one of the view's blocks.
        view: whose result it draws.
        themed: as in `workspace.faces.svg.render`.
        width: px.
    """
    query, result = view.artifact.query(chart.query), view.results[chart.query]
    spec = vega.spec(chart, query, result, width=width)
    if spec is None:
        return ""
    drawing = draw(chart, query, result)
    title = f"{drawing.y_title} by {drawing.x_title}"
    return svg.render(spec, title=title, description=summary(chart, drawing), themed=themed)


def _part(bound: BoundBlock, view: View, frame: Frame, words: dict[str, str]) -> dict[str, Any] | None:
    block = bound.block
    stale = moment(bound.stale_since, frame.zone) if bound.stale_since else ""
    if isinstance(block, Text):
        return {"kind": "text", "html": Markup(prose.html(bound.text, words)), "stale": stale} if bound.text else None
    if block.query not in view.results or (bound.problem is not None and not bound.stale_since):
        return None
    query, result = view.artifact.query(block.query), view.results[block.query]
    if isinstance(block, Metric):
        if not result.rows:
            return None
        value = Figures(query, result).value(block.column).text
        return {
            "kind": "metric",
            "value": value,
            "label": block.label,
            "query": block.query,
            "tip": words.get(block.query, ""),
        }
    if not result.rows:
        return None
    if isinstance(block, Table):
        most = MOST_ROWS_OFFLINE if frame.offline else MOST_ROWS
        table = grid(query, result, columns=block.columns, most=most)
        return {"kind": "table", "grid": table, "caption": block.caption, "query": block.query, "stale": stale}
    wide = chart_svg(block, view)
    if not wide:
        return None
    return {
        "kind": "chart",
        "wide": Markup(wide),
        "narrow": Markup(chart_svg(block, view, width=vega.NARROW)),
        "caption": Markup(prose.html(bound.text, inline=True)) if bound.text else "",
        "note": draw(block, query, result).note,
        "query": block.query,
        "stale": stale,
    }
