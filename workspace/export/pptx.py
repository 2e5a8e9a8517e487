"""A view as a PowerPoint deck: one idea a slide, the program's own charts and tables, receipts in the notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from workspace.artifact.model import View
from workspace.export.file import Exported, describe, filename, settled
from workspace.export.outline import Large, Outline, Picture, Sheet, legal, outline, receipt_lines
from workspace.export.slides import MOST_COLUMNS, MOST_ROWS, Slide, arrange
from workspace.faces.prose import Paragraph, Run
from workspace.faces.theme import LIGHT, OFFICE_FONT

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WIDE, HIGH = 13.333, 7.5  # inches
EDGE = 0.75
TEXT = WIDE - 2 * EDGE
_BLANK, _TITLE_ONLY, _TITLE_SLIDE = 6, 5, 0  # layouts of the template
_MARKS = {"bullet": "•  ", "quote": "", "p": "", "h3": "", "h4": ""}


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as a PowerPoint deck.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    import pptx
    from pptx.util import Inches

    made = outline(view, rows=MOST_ROWS, zone=zone)
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(HIGH)
    describe(deck.core_properties, made.title, made.about, view.as_of)
    package = deck.part.package
    for name, relation in list(package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # the template's, of an empty deck
            package.drop_rel(name)
    codes = _codes(view)
    _opening(deck, made)
    for number, slide in enumerate(arrange(made), start=2):
        _slide(deck, slide, made, codes, number)
    out = io.BytesIO()
    deck.save(out)
    return Exported(filename(view, "pptx"), MEDIA_TYPE, settled(out.getvalue(), view.as_of))


def _codes(view: View) -> dict[tuple[str, str], str]:
    """Per query and column the number format under which a chart writes what the page writes."""
    from workspace.export.cells import cells

    wanted = {(block.query, block.y) for block in (bound.block for bound in view.blocks) if block.kind == "chart"}
    found = {}
    for name, column in wanted:
        result = view.results.get(name)
        if result is not None and column in result.names:
            made = cells(view.artifact.query(name), result, result.index(column), looked_at=1)
            found[name, column] = made.code or "General"
    return found


# ---------------------------------------------------------------------------------------------------------- slides
def _opening(deck: Any, made: Outline) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_SLIDE])
    title, about = slide.shapes.title, slide.placeholders[1]
    _place(title, EDGE, 2.3, TEXT, 1.9)
    _place(about, EDGE, 4.35, TEXT, 0.6)
    _text(title.text_frame, (Paragraph("p", (Run(made.title, bold=True),)),), 40, anchor="bottom")
    _text(about.text_frame, (Paragraph("p", (Run(made.about),)),), 16, LIGHT.muted)
    _line(slide, EDGE, 4.25, 1.2)


def _slide(deck: Any, slide: Slide, made: Outline, codes: dict[tuple[str, str], str], number: int) -> None:
    page = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    title = page.shapes.title
    _place(title, EDGE, 0.45, TEXT, 1.0)
    size = 28 if len(slide.title) <= 60 else 22
    _text(title.text_frame, (Paragraph("p", (Run(slide.title, bold=True),)),), size, anchor="middle")
    top, bottom = 1.55, HIGH - 0.65
    notes = [*slide.notes, *([f"Not refreshed since {slide.stale}"] if slide.stale and not slide.notes else [])]
    if notes:
        box = page.shapes.add_textbox(0, 0, 0, 0)
        _place(box, EDGE, top, TEXT, 0.5)
        _text(box.text_frame, tuple(Paragraph("p", (Run(f"▲ {note}"),)) for note in notes), 13, LIGHT.wrong)
        top += 0.35 * (1 + max(len(note) for note in notes) // 120) * len(notes) + 0.1
    if slide.words:
        size, lines = _fitting(slide)
        high = lines * size * 0.0175 + 0.15 if slide.body is not None else bottom - top
        box = page.shapes.add_textbox(0, 0, 0, 0)
        _place(box, EDGE, bottom - high if slide.body is not None else top, TEXT, high)
        _text(box.text_frame, slide.words, size)
        bottom -= high + 0.1
    if isinstance(slide.body, Picture):
        _picture(page, slide.body, slide.rows, codes, (top, bottom))
    elif isinstance(slide.body, Sheet):
        _sheet(page, slide.body, slide.rows, (top, bottom))
    elif isinstance(slide.body, Large):
        _large(page, slide.body, (top, bottom))
    foot = page.shapes.add_textbox(0, 0, 0, 0)
    _place(foot, EDGE, HIGH - 0.5, TEXT, 0.35)
    _text(foot.text_frame, (Paragraph("p", (Run(f"{made.about}   {number}"),)),), 10, LIGHT.muted)
    page.notes_slide.notes_text_frame.text = _notes(slide, made)


def _fitting(slide: Slide) -> tuple[int, int]:
    """The size of a slide's words, pt, and how many lines they take: large where they are all there is."""
    sizes, most = ((28, 24, 20), 5) if slide.body is None else ((16, 14), 2)
    for size in sizes:
        lines = sum(max(1, -(-len(paragraph.text) * size // 1440)) for paragraph in slide.words)
        if lines <= most:
            break
    return size, lines


def _notes(slide: Slide, made: Outline) -> str:
    """Where the figures of a slide come from."""
    said = []
    for entry in made.receipts:
        if entry["name"] in slide.queries:
            lines = [f"{head}: {text}" for head, text in receipt_lines(entry)]
            said.append("\n".join([legal(entry["question"] or entry["name"]), *lines, "SQL:", legal(entry["sql"])]))
    return "\n\n".join(said)


def _large(page: Any, part: Large, room: tuple[float, float]) -> None:
    """Figures in a row, up to four; more stand in further rows."""
    across = min(4, len(part.figures))
    rows = -(-len(part.figures) // across)
    high, wide = min(2.6, (room[1] - room[0]) / rows), TEXT / across
    longest = max(len(figure.text) for figure in part.figures)
    size = max(20, min(60, int(wide * 110 / max(longest, 4))))
    for place, figure in enumerate(part.figures):
        box = page.shapes.add_textbox(0, 0, 0, 0)
        top = room[0] + (place // across) * high + (room[1] - room[0] - high * rows) / 3
        _place(box, EDGE + (place % across) * wide, top, wide - 0.1, high)
        label = f"{figure.label} (not refreshed since {figure.stale})" if figure.stale else figure.label
        _text(box.text_frame, (Paragraph("p", (Run(figure.text, bold=True),)),), size)
        if label:
            _say(box.text_frame.add_paragraph(), (Run(label),), 16, LIGHT.muted)
        if figure.note:
            _say(box.text_frame.add_paragraph(), figure.note, 14, LIGHT.muted)


def _picture(
    page: Any, part: Picture, rows: tuple[int, int], codes: dict[tuple[str, str], str], room: tuple[float, float]
) -> None:
    from workspace.export.pptx_charts import draw_native

    foot = 0.35 if part.drawing.note else 0.0
    frame = draw_native(page, part, codes.get((part.query, part.chart.y), "General"),
                        (EDGE, room[0], TEXT, room[1] - room[0] - foot), rows)  # fmt: skip
    described = frame._element.nvGraphicFramePr.cNvPr
    described.set("descr", legal(part.alt)[:2000])
    if foot:
        box = page.shapes.add_textbox(0, 0, 0, 0)
        _place(box, EDGE, room[1] - foot, TEXT, foot)
        _text(box.text_frame, (Paragraph("p", (Run(part.drawing.note),)),), 12, LIGHT.muted)


# ---------------------------------------------------------------------------------------------------------- tables
def _sheet(page: Any, part: Sheet, rows: tuple[int, int], room: tuple[float, float]) -> None:
    from pptx.util import Inches

    grid, foot = part.fitted(MOST_COLUMNS)
    last = rows[1] == len(grid.rows)
    lines = [[head.text for head in grid.headings], *grid.rows[rows[0] : rows[1]]]
    if last and grid.totals:
        lines.append([grid.totals[0] or "Total", *grid.totals[1:]])
    high = min(0.42, (room[1] - room[0] - (0.4 if foot else 0)) / len(lines))
    widths = _widths([[head.text for head in grid.headings], *grid.rows, *([grid.totals] if grid.totals else [])])
    frame = page.shapes.add_table(
        len(lines), len(widths), Inches(EDGE), Inches(room[0]), Inches(sum(widths)), Inches(high * len(lines))
    )
    table = frame.table
    _plain(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for place, line in enumerate(lines):
        table.rows[place].height = Inches(high)
        total = bool(grid.totals) and last and place == len(lines) - 1
        cut = [_cut(text, width) for text, width in zip(line, widths, strict=True)]
        for cell, text, head in zip(table.rows[place].cells, cut, grid.headings, strict=True):
            colour = LIGHT.muted if place == 0 or part.stale else LIGHT.ink
            _cell(cell, text, head.number, colour, bold=total, border=LIGHT.muted if place == 0 else LIGHT.line)
    if foot and last:
        box = page.shapes.add_textbox(0, 0, 0, 0)
        _place(box, EDGE, room[0] + high * len(lines) + 0.05, TEXT, 0.35)
        _text(box.text_frame, (Paragraph("p", (Run(foot),)),), 12, LIGHT.muted)


def _cut(text: str, width: float) -> str:
    """A text as much of it as stands on one line: a row that grows would run off the slide."""
    most = max(4, int((width - 0.16) / 0.088))
    return text if len(text) <= most else text[: most - 1] + "…"


def _widths(lines: Sequence[Sequence[str]]) -> list[float]:
    asked = [min(44, max(len(line[place]) for line in lines)) * 0.095 + 0.25 for place in range(len(lines[0]))]
    most = max(asked)
    while sum(min(width, most) for width in asked) > TEXT and most > 0.8:
        most -= 0.05
    fitted = [min(width, most) for width in asked]
    return [width * min(1.0, TEXT / sum(fitted)) for width in fitted]


def _plain(table: Any) -> None:
    """Without the template's bands and fills: thin rules, as on the page."""
    from pptx.oxml.ns import qn

    properties = table._tbl.tblPr
    properties.set("bandRow", "0")
    style = properties.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", which every PowerPoint knows


def _cell(cell: Any, text: str, right: bool, colour: str, *, bold: bool, border: str) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Inches

    cell.margin_left, cell.margin_right = Inches(0.08), Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    _text(
        cell.text_frame,
        (Paragraph("p", (Run(" ".join(text.split()), bold=bold),)),),
        12,
        colour,
        right=right,
        tight=True,
    )
    rule = f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{border.lstrip("#")}"/></a:solidFill></a:lnB>'
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(rule))


# ------------------------------------------------------------------------------------------------------------ text
def _text(
    frame: Any, paragraphs: Sequence[Paragraph], size: float, colour: str = LIGHT.ink, *, right: bool = False,
    anchor: str = "top", tight: bool = False,
) -> None:  # fmt: skip
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    frame.word_wrap = True
    if not tight:
        frame.margin_left = frame.margin_right = 0
    frame.vertical_anchor = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}[anchor]
    for place, paragraph in enumerate(paragraphs):
        made = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        made.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        mark = f"{paragraph.mark} " if paragraph.mark else _MARKS.get(paragraph.kind, "")
        head = paragraph.kind in ("h3", "h4")
        runs = [Run(mark), *paragraph.runs] if mark else paragraph.runs
        _say(made, [replace(r, bold=r.bold or head) for r in runs], size, colour)


def _say(paragraph: Any, runs: Sequence[Run], size: float, colour: str) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    for run in runs:
        made = paragraph.add_run()
        made.text = legal(" ".join(run.text.split("\n")))
        made.font.name, made.font.size, made.font.bold, made.font.italic = OFFICE_FONT, Pt(size), run.bold, run.italic
        made.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        if run.link:
            made.hyperlink.address = run.link


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _line(slide: Any, left: float, top: float, width: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Inches, (left, top, width, 0.05)))
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(LIGHT.accent.lstrip("#"))
    bar.line.fill.background()
