"""A view as a Word document: real headings and styles, tables whose headings repeat, charts with words for them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import tzinfo
from itertools import zip_longest
from typing import Any

from workspace.artifact.model import View
from workspace.export.file import Exported, describe, filename, settled
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
from workspace.faces.theme import LIGHT, OFFICE_CODE_FONT, OFFICE_FONT

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ROWS, MOST_COLUMNS = 200, 10
TEXT_WIDTH = 16.6  # cm, of A4
WHOLE = 24  # rows of a table that stays on one page
LONG = 40  # lines of SQL that may be parted
AT_ENDS = 2  # rows of a longer one that are not left alone, at its head and at its foot
_STYLES = {"p": "Normal", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3", "bullet": "List Bullet",
           "number": "List Number", "quote": "Quote"}  # fmt: skip
# Name, size in points, space before and after in points, bold, colour.
_LOOK = (
    ("Normal", 11, 0, 8, False, LIGHT.ink),
    ("Title", 24, 0, 4, True, LIGHT.ink),
    ("Subtitle", 10, 0, 18, False, LIGHT.muted),
    ("Heading 1", 16, 22, 6, True, LIGHT.ink),
    ("Heading 2", 13, 16, 4, True, LIGHT.ink),
    ("Heading 3", 11, 12, 4, True, LIGHT.ink),
    ("Caption", 10, 10, 4, False, LIGHT.muted),
    ("Quote", 11, 0, 8, False, LIGHT.muted),
    ("List Bullet", 11, 0, 4, False, LIGHT.ink),
    ("List Number", 11, 0, 4, False, LIGHT.ink),
)


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as a Word document.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    import docx

    made = outline(view, rows=MOST_ROWS, zone=zone)
    document = docx.Document()
    describe(document.core_properties, made.title, made.about, view.as_of)
    for name, relation in list(document.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # the template's, of an empty page
            del document.part.package.rels[name]
    _dress(document)
    document.add_paragraph(made.title, style="Title")
    document.add_paragraph(made.about, style="Subtitle")
    for part, following in zip_longest(made.parts, made.parts[1:]):
        _part(document, part)
        if isinstance(part, Words) and isinstance(following, Picture | Sheet | Large) and part.paragraphs:
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    _receipts(document, made)
    out = io.BytesIO()
    document.save(out)
    return Exported(filename(view, "docx"), MEDIA_TYPE, settled(out.getvalue(), view.as_of))


# ------------------------------------------------------------------------------------------------------------ look
def _dress(document: Any) -> None:
    """The styles in the theme's fonts and colours, on A4, with page numbers."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    for name, size, before, after, bold, colour in _LOOK:
        style = document.styles[name]
        _font(style.element.get_or_add_rPr(), OFFICE_FONT)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        for own in (
            ("pBdr", "spacing") if name in ("Title", "Subtitle") else ()
        ):  # the template's line, its wide letters
            for found in style.element.findall(f".//{_q(own)}"):
                if own == "pBdr" or found.getparent().tag == _q("rPr"):
                    found.getparent().remove(found)
    document.styles["Normal"].paragraph_format.line_spacing = 1.25
    document.styles["Caption"].paragraph_format.keep_with_next = True
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = foot.add_run()
    run.font.size = Pt(9)
    run.font.color.rgb = RGBColor.from_string(LIGHT.muted.lstrip("#"))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run._r.append(_element("instrText", text=text) if text else _element("fldChar", fldCharType=kind))


def _font(properties: Any, name: str) -> None:
    """A font for every script, in place of the template's theme fonts."""
    for old in properties.findall(_q("rFonts")):
        properties.remove(old)
    properties.insert(0, _element("rFonts", ascii=name, hAnsi=name, cs=name, eastAsia=name))


# ----------------------------------------------------------------------------------------------------------- parts
def _part(document: Any, part: Any) -> None:
    if isinstance(part, Words):
        for paragraph in part.paragraphs:
            made = document.add_paragraph(style=_STYLES[paragraph.kind])
            if paragraph.kind == "number" and paragraph.mark == "1.":
                _restart(document, made)
            _say(made, paragraph.runs, LIGHT.muted if part.stale else "")
    elif isinstance(part, Trouble):
        made = document.add_paragraph()
        _boxed(made)
        _say(made, (Run(part.text),), LIGHT.wrong)
    elif isinstance(part, Large):
        _large(document, part)
    elif isinstance(part, Picture):
        _picture(document, part)
    elif isinstance(part, Sheet):
        _sheet(document, part)
    elif isinstance(part, NewPage):
        document.add_page_break()


def _say(paragraph: Any, runs: Sequence[Run], colour: str = "") -> None:
    from docx.shared import RGBColor

    for run in runs:
        made = paragraph.add_run(legal(run.text).replace("\r", " "))
        made.bold, made.italic = run.bold or None, run.italic or None
        if colour or run.link:
            made.font.color.rgb = RGBColor.from_string((colour or LIGHT.accent).lstrip("#"))
        if run.link:
            _lead(paragraph, made, run.link)


def _lead(paragraph: Any, made: Any, address: str) -> None:
    """Have a run lead to an address, underlined."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    made.font.underline = True
    link = _element("hyperlink")
    known = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", known)
    made._r.addprevious(link)
    link.append(made._r)


def _old(text: str, stale: str) -> str:
    return f"{text} (not refreshed since {stale})".strip() if stale else text


def _large(document: Any, part: Large) -> None:
    """Up to four figures side by side, each over its label."""
    for start in range(0, len(part.figures), 4):
        figures = part.figures[start : start + 4]
        table = _new_table(document, [TEXT_WIDTH / 4] * len(figures))
        for size, bold, colour, texts in (
            (26, True, LIGHT.ink, [figure.text for figure in figures]),
            (10, False, LIGHT.muted, [_old(figure.label, figure.stale) for figure in figures]),
            (10, False, LIGHT.muted, [figure.said for figure in figures]),
        ):
            if not any(texts):
                continue
            keep = bold or any(figure.note for figure in figures)
            _row(table, texts, [False] * len(figures), size=size, bold=bold, colour=colour, border="", keep=keep)
    document.add_paragraph()


def _picture(document: Any, part: Picture) -> None:
    from docx.shared import Cm

    _say(document.add_paragraph(style="Caption"), part.caption or (Run(part.title),))
    if part.stale:
        _say(document.add_paragraph(style="Caption"), (Run(f"Not refreshed since {part.stale}"),), LIGHT.wrong)
    paragraph = document.add_paragraph()
    shape = paragraph.add_run().add_picture(io.BytesIO(svg.png(part.spec)), width=Cm(TEXT_WIDTH))
    described = shape._inline.docPr
    described.set("descr", legal(part.alt)[:2000])
    described.set("title", legal(part.title)[:250])
    if part.drawing.note:
        paragraph.paragraph_format.keep_with_next = True
        _foot(document, part.drawing.note)


def _foot(document: Any, text: str) -> None:
    """What is said below a picture or a table: it closes it, and leads to nothing."""
    document.add_paragraph(text, style="Caption").paragraph_format.keep_with_next = False


def _sheet(document: Any, part: Sheet) -> None:
    grid, foot = part.fitted(MOST_COLUMNS)
    if part.caption or part.stale:
        _say(document.add_paragraph(style="Caption"), (Run(_old(part.caption, part.stale)),))
    right = [head.number for head in grid.headings]
    size = 9.5 if len(right) <= 5 else 8 if len(right) <= 7 else 7
    texts = [[head.text for head in grid.headings], *grid.rows, *([_total(grid.totals)] if grid.totals else [])]
    table = _new_table(document, _widths(texts, size))
    count = len(texts) - 1
    keep = [count <= WHOLE or row < AT_ENDS or count - row <= AT_ENDS for row in range(count)]
    keep[-1:] = [bool(foot)] if keep else []
    _row(table, texts[0], right, size=size, colour=LIGHT.muted, border=LIGHT.muted, head=True, keep=True)
    for row, kept in zip(grid.rows, keep, strict=False):
        _row(table, row, right, size=size, colour=LIGHT.muted if part.stale else LIGHT.ink, keep=kept)
    if grid.totals:
        _row(table, texts[-1], right, size=size, bold=True, border="", keep=bool(foot))
    _foot(document, foot)


def _total(totals: Sequence[str]) -> list[str]:
    return [totals[0] or "Total", *totals[1:]]


def _receipts(document: Any, made: Outline) -> None:
    if not made.receipts:
        return
    head = document.add_paragraph("How this was computed", style="Heading 1")
    head.paragraph_format.page_break_before = True
    for entry in made.receipts:
        document.add_paragraph(legal(entry["question"] or entry["explanation"] or entry["name"]), style="Heading 2")
        table = _new_table(document, [4.0, TEXT_WIDTH - 4.0])
        for line in receipt_lines(entry):
            _row(table, line, (False, False), size=9, keep=True)
        _code(document.add_paragraph(), legal(entry["sql"]))


def _code(paragraph: Any, text: str) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.line_spacing = 1.1
    paragraph.paragraph_format.keep_together = text.count("\n") < LONG
    properties = paragraph._p.get_or_add_pPr()
    properties.append(_element("shd", val="clear", color="auto", fill=LIGHT.raised.lstrip("#")))
    run = paragraph.add_run(text)
    run.font.size = Pt(8.5)
    _font(run._r.get_or_add_rPr(), OFFICE_CODE_FONT)


def _boxed(paragraph: Any) -> None:
    """A bar at the left, so that a note differs from prose by more than its colour."""
    border = _element("pBdr")
    border.append(_element("left", val="single", sz="24", space="8", color=LIGHT.wrong.lstrip("#")))
    paragraph._p.get_or_add_pPr().append(border)


def _restart(document: Any, paragraph: Any) -> None:
    """Lets a numbered list begin with one; the template counts through the whole document."""
    numbering = document.part.numbering_part.numbering_definitions._numbering
    style = document.styles["List Number"].element
    known = style.find(f".//{_q('numId')}").get(_q("val"))
    abstract = next(n for n in numbering.num_lst if n.numId == int(known)).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number.numId


# ---------------------------------------------------------------------------------------------------------- tables
def _widths(rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """Columns in cm as wide as their texts ask for; where that is too much, the long texts give way."""
    letter = size * 0.0205  # cm; the mean width of a character, headings being a little wider
    asked = [max(len(row[place]) for row in rows[:80]) * letter + 0.45 for place in range(len(rows[0]))]
    most = max(asked)
    while sum(min(width, most) for width in asked) > TEXT_WIDTH and most > 1.2:
        most -= 0.1
    fitted = [min(width, most) for width in asked]
    return [width * min(1.0, TEXT_WIDTH / sum(fitted)) for width in fitted]


def _new_table(document: Any, widths: Sequence[float]) -> Any:
    table = document.add_table(rows=0, cols=len(widths))
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(_q("gridCol")), widths, strict=True):
        column.set(_q("w"), str(round(width * 567)))
    return table._tbl


def _row(
    table: Any,
    texts: Sequence[str],
    right: Sequence[bool],
    *,
    size: float,
    bold: bool = False,
    colour: str = LIGHT.ink,
    border: str = LIGHT.line,
    head: bool = False,
    keep: bool = False,
) -> None:
    """One row, made of elements: python-docx walks the whole table for each cell; kept with what follows if so said."""
    row = _element("tr")
    properties = _element("trPr")
    properties.append(_element("cantSplit"))
    if head:
        properties.append(_element("tblHeader"))
    row.append(properties)
    widths = [column.get(_q("w")) for column in table.tblGrid.findall(_q("gridCol"))]
    for text, at_right, width in zip(texts, right, widths, strict=True):
        cell = _element("tc")
        shape = _element("tcPr")
        shape.append(_element("tcW", w=width, type="dxa"))
        if border:
            lines = _element("tcBorders")
            lines.append(_element("bottom", val="single", sz="4", space="0", color=border.lstrip("#")))
            shape.append(lines)
        cell.append(shape)
        paragraph = _element("p")
        manner = _element("pPr")
        if keep:
            manner.append(_element("keepNext"))
        manner.append(_element("spacing", before="40", after="40", line="240", lineRule="auto"))
        manner.append(_element("jc", val="right" if at_right else "left"))
        paragraph.append(manner)
        for place, line in enumerate(legal(text).split("\n")):
            paragraph.append(_run(line, size, bold, colour, broken=place > 0))
        cell.append(paragraph)
        row.append(cell)
    table.append(row)


def _run(text: str, size: float, bold: bool, colour: str, *, broken: bool) -> Any:
    run, look = _element("r"), _element("rPr")
    if bold:
        look.append(_element("b"))
    look.append(_element("color", val=colour.lstrip("#")))
    look.append(_element("sz", val=str(round(size * 2))))
    run.append(look)
    if broken:
        run.append(_element("br"))
    words = _element("t", text=text.replace("\r", " ").replace("\t", " "))
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def _q(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{name}")


def _element(name: str, *, text: str = "", **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(_q(key), value)
    if text:
        made.text = text
    return made
