"""The blocks of a view as its faces want them: each with a place of its own, so that it can be exchanged by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from workspace.artifact.bind import queries_in
from workspace.artifact.figures import Figures
from workspace.artifact.model import (
    PENDING,
    Block,
    BoundBlock,
    Break,
    Chart,
    Filter,
    Metric,
    Shows,
    Table,
    Text,
    View,
    template_of,
)
from workspace.faces import prose, svg, vega
from workspace.faces.drawing import draw, summary
from workspace.faces.glance import glanced
from workspace.faces.grid import Grid, grid
from workspace.faces.onepage import Sheet
from workspace.faces.page import Frame, moment, settable, stale_note, tips

MOST_ROWS = 50  # of a table within the document; the table face has all
FOLDED = 12  # a table longer than this that follows its own chart is folded
MOST_ROWS_OFFLINE = 1_000

Part = dict[str, Any]
# A whole tag with its attributes, which may hold any sign: what looks like a heading inside of one is none.
_TAG = re.compile(r"""(<[a-z][a-z0-9]*(?:\s+[a-z-]+="[^"]*")*\s*/?>|</[a-z][a-z0-9]*>)""")

_HEADING = re.compile(r"\s*<h2[^>]*>(?:(?!</?h2).)*</h2>\s*", re.DOTALL)


def parts(
    view: View,
    frame: Frame,
    *,
    most: int = MOST_ROWS,
    width: int = vega.WIDE,
    bars: int = vega.MOST_BARS,
    sheet: Sheet | None = None,
) -> list[Part]:
    """The blocks as the templates want them: metrics that follow each other together, each problem said once.

    Args:
        view: what is shown.
        frame: where it stands.
        most: rows of a table.
        width: px of a chart where there is room.
        bars: of bars that lie, the most that are drawn.
        sheet: how it is printed, where it is to be one sheet of paper.
    """
    rows = MOST_ROWS_OFFLINE if frame.offline else most
    maker = _Maker(view, frame, tips(view, frame.zone), _spoken(view), rows, width, bars, sheet)
    found: list[Part] = []
    said: set[Any] = set()
    waits: set[str] = set()
    over = ""  # the heading that the next chart stands below
    for number, bound in enumerate(view.blocks, start=1):
        problem = bound.problem
        if problem is not None and problem.code != PENDING and problem not in said:
            said.add(problem)
            note = stale_note(bound.stale_since, frame.zone)
            found.append({"kind": "problem", "id": f"w{number}", "problem": problem, "note": note, "queries": ()})
        part = maker.part(bound)
        if part is None:
            continue
        if part["kind"] == "pending":  # said in full once for each query
            part["again"] = (of := part["of"]) in waits
            waits.add(of)
        if part["kind"] == "text":
            over = next((heading for heading, _ in reversed(at_headings(str(part["html"]))) if heading), over)
        elif part["kind"] == "chart" and over and _same(part["caption"], over):
            part["caption"] = ""  # said right above
        part = dict[str, Any](id=f"b{number}", folded=False, half=False) | part
        if part["kind"] == "table":
            drawn = bool(found) and found[-1]["kind"] == "chart" and found[-1]["query"] == part["query"]
            part |= {"drawn": drawn, "folded": drawn and part["grid"].count > FOLDED}
            part["grid"] = maker.glanced(bound.block, part["grid"], bars=not drawn)  # the chart has them already
        if part["kind"] == "metric" and found and found[-1]["kind"] == "metrics":
            found[-1]["metrics"].append(part)
        elif part["kind"] == "metric":
            found.append(part | {"kind": "metrics", "metrics": [part]})
        else:
            found.append(part)
    return found


def _same(one: str, other: str) -> bool:
    return Markup(one).striptags().casefold() == Markup(other).striptags().casefold()


def chart_svg(
    chart: Chart, view: View, *, themed: bool = True, width: int = vega.WIDE, bars: int = vega.MOST_BARS
) -> str:
    """One chart of a view as SVG, "" where there is nothing to draw.

    Args:
        chart: one of the view's blocks.
        view: whose result it draws.
        themed: as in `workspace.faces.svg.render`.
        width: px.
        bars: of bars that lie, the most that are drawn.
    """
    query, result = view.artifact.query(chart.query), view.results[chart.query]
    spec = vega.spec(chart, query, result, width=width, bars=bars)
    if spec is None:
        return ""
    drawing = draw(chart, query, result, bars=bars)
    title = f"{drawing.y_title} by {drawing.x_title}"
    return svg.render(spec, title=title, description=summary(chart, drawing), themed=themed)


def with_anchors(found: list[Part]) -> list[tuple[str, str]]:
    """Gives the headings of the text parts a place to be linked to; the places and words of all of them."""
    listed: list[tuple[str, str]] = []
    for part in found:
        if part["kind"] != "text":
            continue
        written = ""
        for heading, rest in at_headings(str(part["html"])):
            if heading:
                listed.append((f"section-{len(listed) + 1}", Markup(heading).striptags()))
                written += f'<h2 id="{listed[-1][0]}">{heading}</h2>\n'
            written += rest
        part["html"] = Markup(written)
    return listed


def in_rows(found: list[Part]) -> list[Part]:
    """The parts of a page; sections that are nothing but a heading and large figures stand beside each other."""
    made: list[Part] = []
    place = 0
    while place < len(found):
        row = []
        while (figures := _figures(found, place + 2 * len(row))) is not None:
            row.append(figures)
        if not row:
            made.append(found[place])
            place += 1
            continue
        made.append(row[0] | {"kind": "row", "columns": row, "id": found[place]["id"]})
        place += 2 * len(row)
    return made


def _figures(found: list[Part], place: int) -> Part | None:
    """The large figures at a place, under their heading; None where the section there has anything else."""
    if [part["kind"] for part in found[place : place + 2]] != ["text", "metrics"]:
        return None
    heading, after = str(found[place]["html"]), found[place + 2 : place + 3]
    alone = not after or (after[0]["kind"] == "text" and str(after[0]["html"]).startswith("<h2"))
    return found[place + 1] | {"heading": Markup(heading)} if alone and _HEADING.fullmatch(heading) else None


def at_headings(html: str) -> list[tuple[str, str]]:
    """Sanitised prose cut at its headings: (heading or "", what follows it)."""
    cut: list[tuple[list[str], list[str]]] = [([], [])]
    inside = False
    for piece in _TAG.split(html):
        if piece == "<h2>":
            cut.append(([], []))
        elif piece != "</h2>":
            cut[-1][0 if inside else 1].append(piece)
        inside = piece != "</h2>" and (inside or piece == "<h2>")
    pieces = [("".join(heading).strip(), "".join(rest).strip()) for heading, rest in cut]
    return [(heading, rest) for heading, rest in pieces if heading or rest]


# ------------------------------------------------------------------------------------------------------------ one
def _spoken(view: View) -> frozenset[str]:
    """The queries that a text speaks of: it says, too, when they are empty."""
    texts = [bound.block.template for bound in view.blocks if isinstance(bound.block, Text) and bound.text]
    return frozenset(name for text in texts for name in queries_in(text))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the parts of one view; ``words`` are the tips of its queries, ``spoken`` those a text speaks of."""

    view: View
    frame: Frame
    words: Mapping[str, str]
    spoken: frozenset[str]
    most: int
    width: int
    bars: int
    sheet: Sheet | None

    def part(self, bound: BoundBlock) -> Part | None:
        block = bound.block
        stale = moment(bound.stale_since, self.frame.zone) if bound.stale_since else ""
        if isinstance(block, Break):
            return {"kind": "break", "queries": ()}
        if isinstance(block, Filter):
            shown = [control for control in settable(self.view, self.frame) if control["name"] == block.param]
            return {"kind": "filter", "controls": shown, "queries": ()} if shown else None
        if bound.problem is not None and not stale:
            return {"kind": "pending", "queries": (), "of": _named(bound, self.view)} if _waits(bound) else None
        if isinstance(block, Text):
            if not bound.text:
                return None
            queries = tuple(dict.fromkeys(segment.query for segment in bound.text if segment.query))
            html = Markup(prose.html(bound.text, self.words))
            return {"kind": "text", "html": html, "stale": stale, "queries": queries}
        if block.query not in self.view.results:
            return None
        found = self.figure(block, bound)
        if found is None and block.query not in self.spoken and not isinstance(block, Chart):
            found = {"kind": "empty"}
        queries = tuple(dict.fromkeys((block.query, *queries_in(template_of(block)))))
        return found | {"stale": stale, "query": block.query, "queries": queries} if found is not None else None

    def glanced(self, block: Block, written: Grid, *, bars: bool) -> Grid:
        """The table of a block with what lets it be read at a glance."""
        assert isinstance(block, Table)
        query, result = self.view.artifact.query(block.query), self.view.results[block.query]
        return glanced(written, query, result, block.columns, bars=bars)

    def figure(self, block: Shows, bound: BoundBlock) -> Part | None:
        """What a block shows of its query's rows, None where there are none."""
        query, result = self.view.artifact.query(block.query), self.view.results[block.query]
        if not result.rows:
            return None
        if isinstance(block, Metric):
            value = Figures(query, result).value(block.column).text
            note = Markup(prose.html(bound.text, self.words, inline=True)) if bound.text else ""
            tip = self.words.get(block.query, "")
            return {"kind": "metric", "value": value, "label": block.label, "tip": tip, "note": note}
        if isinstance(block, Table):
            written = grid(query, result, columns=block.columns, most=self.most)
            return {"kind": "table", "grid": written, "caption": block.caption, "begun": self._begun(written)}
        wide = chart_svg(block, self.view, width=self.width, bars=self.bars)
        if not wide:
            return None
        return {
            "kind": "chart",
            "wide": Markup(wide),
            "narrow": Markup(chart_svg(block, self.view, width=vega.NARROW, bars=self.bars)),
            "caption": Markup(prose.html(bound.text, inline=True)) if bound.text else "",
            "note": draw(block, query, result, bars=self.bars).note,
        } | self._printed(block)

    def _printed(self, block: Chart) -> Part:
        """A chart as it is drawn on a sheet of paper that has to hold all of the page."""
        if self.sheet is None:
            return {"sheet": "", "begun": ""}
        drawn = chart_svg(block, self.view, width=self.sheet.width, bars=self.sheet.bars)
        query, result = self.view.artifact.query(block.query), self.view.results[block.query]
        return {"sheet": Markup(drawn), "begun": draw(block, query, result, bars=self.sheet.bars).note}

    def _begun(self, written: Grid) -> str:
        """What is said on such a sheet of a table that is not all on it."""
        if self.sheet is None:
            return ""
        rows, columns = min(len(written.rows), self.sheet.rows), len(written.headings) - self.sheet.most
        said = [f"The first {rows} of {written.count:,} rows."] if rows < written.count else []
        said += [f"{columns} more {'column is' if columns == 1 else 'columns are'} on the page."] if columns > 0 else []
        return " ".join(said)


def _waits(bound: BoundBlock) -> bool:
    return bound.problem is not None and bound.problem.code == PENDING


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
