"""A page that is to be one sheet of paper, as a browser prints it: parts side by side, rankings and tables begun.

The PDF of such a page is measured (`workspace.export.pdf.one_page`); a browser prints a style sheet, and what it would
take is reckoned here from the very drawings, for the shorter and narrower of A4 and Letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workspace.artifact.model import Chart, Metric, Table, Text, View
from workspace.faces.vega import WIDE as WIDEST

PX = 96 / 25.4  # per mm
MARGIN, GAP = 13, 7  # mm, of the sheet and between its columns; as in page.css
WIDE, HIGH = (210 - 2 * MARGIN) * PX, (279 - 2 * MARGIN) * PX
HEAD = 90  # px of the title, the line under it and what is said at the foot
LOSS = 0.92  # of the columns is filled: a part is not broken, and a heading stays with what follows it
LETTER = 0.5  # of the size of a text; the mean width of its letters
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """A setting, on paper and in the PDF.

    Args:
        across: parts that stand side by side.
        size: of the text, pt.
        width: px that a chart is drawn for.
        rows, most: of a table, rows and columns at most.
        bars: of bars that lie, the most that are drawn.
    """

    across: int
    size: float
    width: int
    rows: int
    most: int
    bars: int

    @property
    def name(self) -> str:
        """The classes that page.css has for it."""
        return f"onepage across{self.across} rows{self.rows} most{self.most}"


SHEETS = (
    Sheet(1, 10, WIDEST, 12, 10, 12),
    Sheet(2, 9.5, 372, 10, 5, 10),
    Sheet(2, 8.5, 384, 5, 5, 6),
    Sheet(3, 8, 280, 5, 4, 5),
)  # no smaller: 8 pt is what reads well


def sheet_of(view: View) -> Sheet | None:
    """The widest setting in which a view is about one sheet; None where it need not be one, or is more in all of them.

    Args:
        view: what is shown.
    """
    if not view.artifact.fit:
        return None
    return next((one for one in SHEETS if _high(view, one) <= one.across * (HIGH - HEAD) * LOSS), None)


def _high(view: View, sheet: Sheet) -> float:
    """px that the blocks take, one below the other."""
    from workspace.faces.parts import chart_svg

    wide = (WIDE - GAP * PX * (sheet.across - 1)) / sheet.across
    line = sheet.size * 4 / 3 * 1.4
    taken = 0.0
    for bound in view.blocks:
        block = bound.block
        if isinstance(block, Text):
            texts = [text for text in bound.plain.split("\n") if text.strip()]
            lines = sum(len(text) * sheet.size * 4 / 3 * LETTER // wide + 1 for text in texts)
            taken += (lines + bound.plain.count("## ")) * line + 8
        elif isinstance(block, Metric):
            taken += 60 / sheet.across
        elif isinstance(block, Chart) and block.query in view.results:
            box = _BOX.search(chart_svg(block, view, width=sheet.width, bars=sheet.bars))
            taken += float(box[2]) * wide / float(box[1]) + 2 * line + 8 if box else 0
        elif isinstance(block, Table) and block.query in view.results:
            taken += (min(len(view.results[block.query].rows), sheet.rows) + 3) * line * 1.2
    return taken
