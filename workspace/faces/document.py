"""The document face: an artifact as a well-set page, with contents where it is long and notes that lead to receipts."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from workspace.artifact.model import View
from workspace.faces.page import Frame, render_page
from workspace.faces.parts import MOST_ROWS, Part, chart_svg, parts, with_anchors

__all__ = ["MOST_ROWS", "chart_svg", "parts", "render"]

CONTENTS = 5  # sections from which on they are listed
_HEADING = re.compile(r"\s*<h2[^>]*>(?:(?!</?h2).)*</h2>\s*", re.DOTALL)


def render(view: View, **place: Any) -> str:
    """The artifact as one complete HTML page.

    Args:
        view: what is shown.
        place: as in `workspace.faces.page.Frame`.
    """
    frame = Frame.of(place)
    found = parts(view, frame)
    sections = with_anchors(found)
    contents = sections if len(sections) >= CONTENTS else []
    return render_page("document.html", view, "document", frame, parts=in_rows(found), contents=contents)


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
