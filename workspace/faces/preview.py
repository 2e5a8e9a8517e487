"""What messengers show of a link: a picture of 1200 by 630 px, and one sentence."""

from __future__ import annotations

import re
from html import escape

from workspace.artifact.figures import Figures
from workspace.artifact.model import BoundBlock, Chart, Metric, Shows, Text, View
from workspace.faces import document, prose, svg
from workspace.faces.theme import CHART_FONT, LIGHT

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
_WIDTHS = re.compile(r'viewBox="([^"]+)" width="[^"]*"')


def sentence(view: View, most: int = 200) -> str:
    """The lead sentence of a view, as plain text; "" where it has none.

    Args:
        view: what is shared.
        most: characters.
    """
    for bound in view.blocks:
        if isinstance(bound.block, Text) and bound.text:
            lines = [line.strip() for line in prose.plain(bound.text).splitlines() if line.strip()]
            # A heading is no sentence; the first line that ends like one is.
            lead = next((line for line in lines if line[-1] in ".!?"), "")
            if lead:
                return lead if len(lead) <= most else lead[: most - 1].rsplit(" ", 1)[0] + "…"
    return ""


def picture(view: View) -> bytes:
    """The title above the first chart, else above the first large figure, else above the lead sentence; as PNG."""
    title = _lines(view.artifact.title, 42, 2)
    top = MARGIN + 40
    parts = [_text(line, MARGIN, top + 56 * place, 44, LIGHT.ink, 650) for place, line in enumerate(title)]
    top += 56 * len(title)
    parts.append(_shown(view, top))
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{LIGHT.paper}"/>'
        f'<rect width="{WIDTH}" height="8" fill="{LIGHT.accent}"/>{"".join(parts)}</svg>'
    )
    return svg.raster(text)


def _shown(view: View, top: int) -> str:
    for bound in view.blocks:
        if isinstance(bound.block, Chart) and _whole(bound, view):
            drawn = document.chart_svg(bound.block, view, themed=False)
            if drawn:
                return _placed(drawn, top)
    for bound in view.blocks:
        if isinstance(bound.block, Metric) and _whole(bound, view) and view.results[bound.block.query].rows:
            query, result = view.artifact.query(bound.block.query), view.results[bound.block.query]
            value = Figures(query, result).value(bound.block.column).text
            size = min(180, int(1500 / max(len(value), 1)))
            label = _text(bound.block.label, MARGIN, top + 300, 36, LIGHT.muted) if bound.block.label else ""
            return _text(value, MARGIN, top + 230, size, LIGHT.ink, 620) + label
    lines = _lines(sentence(view, 400), 54, 5)
    return "".join(_text(line, MARGIN, top + 60 + 52 * place, 36, LIGHT.muted) for place, line in enumerate(lines))


def _whole(bound: BoundBlock, view: View) -> bool:
    return bound.problem is None and isinstance(bound.block, Shows) and bound.block.query in view.results


def _placed(drawn: str, top: int) -> str:
    """A chart in the room that is left, as large as it can be."""
    found = _WIDTHS.search(drawn)
    if found is None:
        return ""
    room = f'x="{MARGIN}" y="{top + 8}" width="{WIDTH - 2 * MARGIN}" height="{HEIGHT - top - 48}"'
    fit = 'preserveAspectRatio="xMinYMin meet"'
    return drawn[: found.start()] + f'viewBox="{found[1]}" {room} {fit}' + drawn[found.end() :]


def _text(words: str, x: int, y: int, size: int, fill: str, weight: int = 400) -> str:
    # Fonts that come with charts have two weights.
    bold = "bold" if weight > 500 else "normal"
    return (
        f'<text x="{x}" y="{y}" font-family="{CHART_FONT}" font-size="{size}" font-weight="{bold}" fill="{fill}">'
        f"{escape(words)}</text>"
    )


def _lines(words: str, width: int, most: int) -> list[str]:
    """The words in lines of about ``width`` characters, the last one cut where there are more than ``most``.

    Example:
        >>> _lines("Revenue per country and month", 12, 2)
        ['Revenue per', 'country and…']
    """
    lines: list[str] = []
    for word in words.split():
        word = word if len(word) <= width else word[: width - 1] + "…"
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        elif len(lines) == most:
            lines[-1] = lines[-1].rstrip("…") + "…"
            break
        else:
            lines.append(word)
    return lines
