"""A view as a PDF: set by Typst out of `templates/document.typ`, charts as vectors, tagged for those who do not see it.

Typst was taken over reportlab and fpdf2: it breaks lines, tables and pages as a typesetter would, reads SVG, writes
tagged PDF, and needs nothing of the system. It comes without a sans serif, so the font that charts are measured with
lies beside this module; scripts that font lacks are taken from the system's fonts where those have them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from workspace.artifact.model import View
from workspace.errors import ArtifactInvalid
from workspace.export.file import Exported, filename
from workspace.export.layout import FLOWING, FOOT, ONE_PAGE, Layout, beside
from workspace.export.outline import (
    Large,
    NewPage,
    Outline,
    Picture,
    Sheet,
    Trouble,
    Words,
    legal,
    outline,
    receipt_lines,
)
from workspace.faces import svg
from workspace.faces.prose import Run
from workspace.faces.theme import CHART_FONT, LIGHT

HERE = Path(__file__).parent
LONG = 26  # characters; a column with longer texts takes what room is left


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as a PDF.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.

    Raises:
        ArtifactInvalid: it cannot be set.
    """
    import typst

    try:
        layout = one_page(view, zone=zone)[0] if view.artifact.fit else None
        body = _compiler(view, layout or FLOWING, zone).compile(format="pdf", timestamp=_at(view))
    except typst.TypstError as problem:
        raise ArtifactInvalid(f"This page could not be set as a PDF: {problem.message}.") from problem
    assert isinstance(body, bytes)
    return Exported(filename(view, "pdf"), "application/pdf", body)


def one_page(view: View, *, zone: tzinfo | None = None) -> tuple[Layout | None, int]:
    """The widest setting in which a view is one page, None where there is none; how many pages the tightest has.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    count = 0
    for layout in ONE_PAGE:
        count = int(json.loads(_compiler(view, layout, zone).query("<pages>", field="value", one=True)))
        if count == 1:
            return layout, 1
    return None, count


def _compiler(view: View, layout: Layout, zone: tzinfo | None) -> Any:
    import typst

    made = outline(view, rows=layout.rows, zone=zone, width=layout.width, bars=layout.bars)
    return typst.Compiler(
        HERE / "templates" / "document.typ", root=HERE / "templates", font_paths=_fonts(),
        sys_inputs={"data": json.dumps(_data(made, layout))},
    )  # fmt: skip


def _at(view: View) -> datetime:
    at = datetime.fromisoformat(view.as_of)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@cache
def _fonts() -> Any:
    """Our font first, then what Typst and the system have; read once a process."""
    import typst

    return typst.Fonts(font_paths=[HERE / "fonts"])


def _data(made: Outline, layout: Layout) -> dict[str, Any]:
    shown = [part for part in made.parts if layout.columns == 0 or not isinstance(part, NewPage)]
    lead, sections = (shown, []) if layout.columns < 2 else beside(shown)
    return {
        "title": made.title,
        "about": made.about,
        "parts": [_part(part, layout) for part in lead],
        "sections": [[_part(part, layout) for part in section] for section in sections],
        "layout": {
            "columns": layout.columns,
            "scale": layout.size / FLOWING.size,
            "margin": layout.margin,
            "gap": layout.gap,
            "foot": FOOT if layout.columns else "",
        },
        "receipts": []
        if layout.columns
        else [
            {
                "title": legal(entry["question"] or entry["explanation"] or entry["name"]),
                "lines": receipt_lines(entry),
                "sql": legal(entry["sql"]),
            }
            for entry in made.receipts
        ],
        "colours": {name: getattr(LIGHT, name) for name in ("ink", "muted", "line", "wrong", "raised", "accent")},
        "fonts": [name.strip() for name in CHART_FONT.split(",")][:1],
    }


def _part(part: Any, layout: Layout) -> dict[str, Any]:
    if isinstance(part, Words):
        paragraphs = [{"kind": p.kind, "mark": p.mark, "runs": _runs(p.runs)} for p in part.paragraphs]
        return {"kind": "words", "paragraphs": paragraphs, "stale": part.stale}
    if isinstance(part, Large):
        figures = [{"text": f.text, "label": f.label, "stale": f.stale, "note": _runs(f.note)} for f in part.figures]
        return {"kind": "large", "figures": figures}
    if isinstance(part, Picture):
        drawn = svg.render(part.spec, title=legal(part.title), description=legal(part.alt), themed=False)
        return {"kind": "picture", "svg": legal(drawn), "alt": legal(part.alt), "caption": _runs(part.caption),
                "note": part.drawing.note, "stale": part.stale}  # fmt: skip
    if isinstance(part, Sheet):
        return _sheet(part, layout)
    if isinstance(part, NewPage):
        return {"kind": "break"}
    assert isinstance(part, Trouble)
    return {"kind": "trouble", "text": part.text}


def _sheet(part: Sheet, layout: Layout) -> dict[str, Any]:
    grid, foot = part.fitted(layout.most)
    columns = list(zip(*grid.rows, strict=True))
    longest = [max(map(len, column), default=0) for column in columns]
    return {
        "kind": "sheet",
        "caption": part.caption,
        "heads": [{"text": legal(head.text), "number": head.number} for head in grid.headings],
        "rows": [[_breakable(cell) for cell in row] for row in grid.rows],
        "totals": [grid.totals[0] or "Total", *grid.totals[1:]] if grid.totals else [],
        "widths": [0 if length > LONG else 1 for length in longest],
        "foot": foot,
        "stale": part.stale,
    }


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [{"text": legal(run.text), "bold": run.bold, "italic": run.italic, "link": run.link} for run in runs]


def _breakable(text: str) -> str:
    """A cell, with places at which a very long word may be broken."""
    words = legal(text).split(" ")
    return " ".join("\u200b".join(word[at : at + 24] for at in range(0, max(len(word), 1), 24)) for word in words)
