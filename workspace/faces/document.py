"""The document face: an artifact as a well-set page, with contents where it is long and notes that lead to receipts."""

from __future__ import annotations

from typing import Any

from workspace.artifact.model import View
from workspace.faces.onepage import sheet_of
from workspace.faces.page import Frame, render_page
from workspace.faces.parts import MOST_ROWS, chart_svg, in_rows, parts, with_anchors

__all__ = ["MOST_ROWS", "chart_svg", "parts", "render"]

CONTENTS = 5  # sections from which on they are listed


def render(view: View, **place: Any) -> str:
    """The artifact as one complete HTML page.

    Args:
        view: what is shown.
        place: as in `workspace.faces.page.Frame`.
    """
    frame = Frame.of(place)
    sheet = sheet_of(view)
    found = parts(view, frame, sheet=sheet)
    sections = with_anchors(found)
    contents = sections if len(sections) >= CONTENTS else []
    return render_page(
        "document.html", view, "document", frame,
        parts=in_rows(found), contents=contents, printed=sheet.name if sheet else "",
    )  # fmt: skip
