"""The slides face: one idea a slide, its figure first; complete as a sequence of pages without scripts."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from workspace.artifact.model import View
from workspace.faces.page import Frame, render_page
from workspace.faces.parts import Part, at_headings, parts

MOST_ROWS = 8
MOST_BARS = 12
LONG = 420  # characters of prose from which on it is set smaller
FIGURES = ("metrics", "chart", "table", "problem", "pending", "empty")


def render(view: View, **place: Any) -> str:
    """The artifact as one complete HTML page of slides.

    Args:
        view: what is shown.
        place: as in `workspace.faces.page.Frame`.
    """
    frame = Frame.of(place)
    found = parts(view, frame, most=MOST_ROWS, bars=MOST_BARS)
    return render_page("slides.html", view, "slides", frame, slides=slides(found))


def slides(found: list[Part]) -> list[dict[str, Any]]:
    """The parts as slides: a heading or a break begins one, and every figure has one of its own.

    The prose before a figure stands with it. A table that only repeats the chart before it is left to the table face.
    """
    made: list[dict[str, Any]] = []
    heading = ""
    open_ = False  # has the last slide begun, and room for its figure?
    for part in found:
        if part["kind"] == "break":
            heading, open_ = "", False
        elif part["kind"] == "text":
            for title, rest in at_headings(str(part["html"])):
                if title:
                    heading, open_ = title, False
                if title or not open_:
                    made.append(_slide(heading))
                    open_ = True
                if rest:
                    made[-1]["prose"].append({"id": part["id"], "html": Markup(rest), "stale": part["stale"]})
                    made[-1]["long"] = sum(len(Markup(p["html"]).striptags()) for p in made[-1]["prose"]) > LONG
        elif part["kind"] in FIGURES:
            if part["kind"] == "table" and part["drawn"] and made:
                made[-1]["more"] = part["grid"]
                continue
            if not open_:
                made.append(_slide(heading))
            said = Markup(part["caption"]).striptags() if part.get("caption") else ""
            repeated = said.casefold() == Markup(heading).striptags().casefold()
            made[-1]["figure"] = part | {"folded": False} | ({"caption": ""} if repeated else {})
            open_ = False
    return made


def _slide(heading: str) -> dict[str, Any]:
    return {"heading": Markup(heading), "prose": [], "figure": None, "more": None, "long": False}
