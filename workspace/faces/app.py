"""The app face: the parameters in one bar, below it the blocks side by side, each exchanged when it changes."""

from __future__ import annotations

from typing import Any

from workspace.artifact.model import View
from workspace.faces.page import Frame, render_page
from workspace.faces.parts import Part, in_rows, parts

MOST_ROWS = 200
WIDTH = 560  # px of a chart: half of the page
NARROW = 4  # columns of a table that may stand beside something


def render(view: View, **place: Any) -> str:
    """The artifact as one complete HTML page, to be used rather than read.

    Args:
        view: what is shown.
        place: as in `workspace.faces.page.Frame`.
    """
    frame = Frame.of(place)
    found = parts(view, frame, most=MOST_ROWS, width=WIDTH)
    shown = [part for part in found if part["kind"] not in ("filter", "break")]
    return render_page("app.html", view, "app", frame, parts=_placed(shown))


def _placed(found: list[Part]) -> list[Part]:
    """The parts with their width, each section together: what fits beside its neighbour is half as wide as the page."""
    for part in found:
        part["folded"] = False
        part["half"] = part["kind"] == "chart" or (part["kind"] == "table" and len(part["grid"].headings) <= NARROW)
    placed = _in_sections(in_rows(found))
    row: list[Part] = []
    for part in [*placed, {"half": False}]:
        if part["half"] and len(row) < 2:
            row.append(part)
            continue
        if len(row) == 1:  # alone in its row: it has the whole width
            row[0]["half"] = False
        row = [part] if part["half"] else []
    return placed


def _in_sections(found: list[Part]) -> list[Part]:
    """What belongs to a heading, under it as one part; half as wide where its pictures are."""
    made: list[Part] = []
    for part in found:
        if part["kind"] == "text" and str(part["html"]).startswith("<h2"):
            made.append({"kind": "section", "parts": [part], "half": True, "id": f"s-{part['id']}"})
        elif part["kind"] != "row" and made and made[-1]["kind"] == "section":
            made[-1]["parts"].append(part)
            made[-1]["half"] &= part["kind"] not in ("table", "metrics") or part["half"]
        else:
            made.append(part)
    for section in made:
        for part in section["parts"] if section["kind"] == "section" else ():
            part["half"] = False
    return made
