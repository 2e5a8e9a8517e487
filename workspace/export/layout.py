"""How a view is set on paper: as long as it is, or as one sheet of paper, each setting tighter than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workspace.export.outline import Figure, Large, Part, Words
from workspace.faces.drawing import MOST_BARS
from workspace.faces.onepage import SHEETS
from workspace.faces.vega import WIDE

FOOT = "Receipts: on the living page, in its .html and .xlsx."


@dataclass(frozen=True, slots=True)
class Layout:
    """A setting.

    Args:
        columns: parts that stand side by side; 0 for a document that is as long as it is, with its receipts.
        size: of the text, pt.
        margin: of the paper, mm.
        gap: between the parts, of what a long document has.
        width: px of a chart.
        rows, most: of a table, rows and columns at most.
        bars: of bars that lie, the most that are drawn.
        said: what was done to fit it, in words.
    """

    columns: int
    size: float
    margin: float
    gap: float
    width: int
    rows: int
    most: int
    bars: int
    said: str = ""


FLOWING = Layout(0, 10.5, 22, 1.0, WIDE, 200, 10, MOST_BARS)
_SET = (
    (18, 0.7, "closer set, and without the receipts"),
    (15, 0.6, "two parts stand side by side, and tables show their first 10 rows"),
    (13, 0.45, "two parts stand side by side, and tables show their first 5 rows"),
    (12, 0.4, "three parts stand side by side, and tables show their first 5 rows"),
)
ONE_PAGE = tuple(
    Layout(sheet.across, sheet.size, margin, gap, sheet.width, sheet.rows, sheet.most, sheet.bars, said)
    for sheet, (margin, gap, said) in zip(SHEETS, _SET, strict=True)
)


def beside(parts: Sequence[Part]) -> tuple[list[Part], list[list[Part]]]:
    """What stands before the first heading, and the sections; figures that come first stand in one row."""
    lead: list[Part] = []
    sections: list[list[Part]] = []
    for part in parts:
        if isinstance(part, Words) and part.paragraphs and part.paragraphs[0].kind == "h2":
            sections.append([part])
        elif sections:
            sections[-1].append(part)
        else:
            lead.append(part)
    first = next((number for number, section in enumerate(sections) if not _figures(section)), len(sections))
    figures = [figure for section in sections[:first] for figure in _figures(section)]
    return [*lead, Large(tuple(figures))] if figures else lead, sections[first:]


def _figures(section: Sequence[Part]) -> list[Figure]:
    """The large figures of a section that has nothing else; a single one is called by its heading."""
    if len(section) != 2 or not isinstance(section[1], Large) or not isinstance(section[0], Words):
        return []
    if len(section[0].paragraphs) != 1:
        return []
    title = "".join(run.text for run in section[0].paragraphs[0].runs)
    found = section[1].figures
    return [replace(found[0], label=title)] if len(found) == 1 else list(found)
