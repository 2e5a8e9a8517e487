"""The blocks of a view as its faces want them: each with a place of its own, so that it can be exchanged by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from workspace.artifact.bind import queries_in
from workspace.artifact.figures import Figures
from workspace.artifact.model import (
    PENDING,
    BoundBlock,
    Break,
    Chart,
    Filter,
    Metric,
    Shows,
    Table,
    Text,
    View,
)
from workspace.faces import prose, svg, vega
from workspace.faces.drawing import draw, summary
from workspace.faces.grid import grid
from workspace.faces.page import Frame, moment, settable, stale_note, tips

MOST_ROWS = 50  # of a table within the document; the table face has all
FOLDED = 12  # a table longer than this that follows its own chart is folded
MOST_ROWS_OFFLINE = 1_000

Part = dict[str, Any]
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def parts(view: View, frame: Frame, *, most: int = MOST_ROWS) -> list[Part]:
    """The blocks as the templates want them: metrics that follow each other together, each problem said once.

    Args:
        view: what is shown.
        frame: where it stands.
        most: rows of a table.
    """
    words = tips(view, frame.zone)
    spoken = _spoken(view)
    found: list[Part] = []
    said: set[Any] = set()
    for number, bound in enumerate(view.blocks, start=1):
        problem = bound.problem
        if problem is not None and problem.code != PENDING and problem not in said:
            said.add(problem)
            note = stale_note(bound.stale_since, frame.zone)
            found.append({"kind": "problem", "id": f"w{number}", "problem": problem, "note": note, "queries": ()})
        part = _part(bound, view, frame, words, MOST_ROWS_OFFLINE if frame.offline else most, spoken)
        if part is None:
            continue
        part["id"] = f"b{number}"
        if part["kind"] == "table":
            drawn = bool(found) and found[-1]["kind"] == "chart" and found[-1]["query"] == part["query"]
            part |= {"drawn": drawn, "folded": drawn and part["grid"].count > FOLDED}
        part.setdefault("folded", False)
        part.setdefault("half", False)
        if part["kind"] == "metric" and found and found[-1]["kind"] == "metrics":
            found[-1]["metrics"].append(part)
        elif part["kind"] == "metric":
            found.append(part | {"kind": "metrics", "metrics": [part]})
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


def with_anchors(found: list[Part]) -> list[tuple[str, str]]:
    """Gives the headings of the text parts a place to be linked to; the places and words of all of them."""
    listed: list[tuple[str, str]] = []

    def anchored(match: re.Match[str]) -> str:
        listed.append((f"section-{len(listed) + 1}", _TAG.sub("", match[1])))
        return f'<h2 id="{listed[-1][0]}">{match[1]}</h2>'

    for part in found:
        if part["kind"] == "text":
            part["html"] = Markup(_HEADING.sub(anchored, str(part["html"])))
    return [(place, str(Markup(words))) for place, words in listed]


def at_headings(html: str) -> list[tuple[str, str]]:
    """Prose cut at its headings: (heading or "", what follows it)."""
    pieces = _HEADING.split(html)
    cut = [("", pieces[0].strip()), *zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True)]
    return [(heading, rest) for heading, rest in cut if heading or rest]


# ------------------------------------------------------------------------------------------------------------ one
def _spoken(view: View) -> frozenset[str]:
    """The queries that a text speaks of: it says, too, when they are empty."""
    texts = [bound.block.template for bound in view.blocks if isinstance(bound.block, Text) and bound.text]
    return frozenset(name for text in texts for name in queries_in(text))


def _part(
    bound: BoundBlock, view: View, frame: Frame, words: Mapping[str, str], most: int, spoken: frozenset[str]
) -> Part | None:
    block = bound.block
    pending = bound.problem is not None and bound.problem.code == PENDING
    stale = moment(bound.stale_since, frame.zone) if bound.stale_since else ""
    if isinstance(block, Break):
        return {"kind": "break", "queries": ()}
    if isinstance(block, Filter):
        shown = [control for control in settable(view, frame) if control["name"] == block.param]
        return {"kind": "filter", "controls": shown, "queries": ()} if shown else None
    if pending and not stale:
        return {"kind": "pending", "queries": (), "of": _named(bound, view)}
    if isinstance(block, Text):
        if not bound.text:
            return None
        html = prose.html(bound.text, words)
        queries = tuple(dict.fromkeys(segment.query for segment in bound.text if segment.query))
        return {"kind": "text", "html": Markup(html), "stale": stale, "queries": queries}
    if block.query not in view.results or (bound.problem is not None and not bound.stale_since):
        return None
    found = _figure(block, bound, view, words, most)
    if found is None and block.query not in spoken and not isinstance(block, Chart):
        found = {"kind": "empty"}
    return found | {"stale": stale, "query": block.query, "queries": (block.query,)} if found is not None else None


def _figure(block: Shows, bound: BoundBlock, view: View, words: Mapping[str, str], most: int) -> Part | None:
    """What a block shows of its query's rows, None where there are none."""
    query, result = view.artifact.query(block.query), view.results[block.query]
    if not result.rows:
        return None
    if isinstance(block, Metric):
        value = Figures(query, result).value(block.column).text
        return {"kind": "metric", "value": value, "label": block.label, "tip": words.get(block.query, "")}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "grid": grid(query, result, columns=block.columns, most=most),
            "caption": block.caption,
        }
    wide = chart_svg(block, view)
    if not wide:
        return None
    return {
        "kind": "chart",
        "wide": Markup(wide),
        "narrow": Markup(chart_svg(block, view, width=vega.NARROW)),
        "caption": Markup(prose.html(bound.text, inline=True)) if bound.text else "",
        "note": draw(block, query, result).note,
    }


def _named(bound: BoundBlock, view: View) -> str:
    """What is still being worked out, in the words it was asked for."""
    block = bound.block
    if isinstance(block, Text):
        names = [name for name in queries_in(block.template) if name in view.pending]
    else:
        names = [block.query] if isinstance(block, Shows) else []
    for name in names:
        return view.artifact.query(name).question or view.artifact.query(name).explanation
    return ""
