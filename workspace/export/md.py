"""A view as Markdown: prose, tables as GitHub's flavour has them, charts as the table of what they draw, receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from workspace.artifact.format import heading
from workspace.artifact.model import View
from workspace.export.file import Exported, filename
from workspace.export.outline import (
    Figure,
    Large,
    NewPage,
    Outline,
    Picture,
    Sheet,
    Trouble,
    Words,
    outline,
    receipt_lines,
)
from workspace.faces.prose import Paragraph, Run

MOST_ROWS = 1_000
_MARKS = {"p": "", "h2": "## ", "h3": "### ", "h4": "#### ", "bullet": "- ", "quote": "> "}
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$&]")
_START = re.compile(r"([-+](?=\s|\Z)|=+\Z|-+\Z|\d+(?=[.)](\s|\Z)))")  # what begins a list or underlines a heading


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as Markdown.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    made = outline(view, rows=MOST_ROWS, zone=zone)
    text = "\n\n".join(["# " + escaped(made.title), escaped(made.about), *_parts(made), *_receipts(made)])
    return Exported(filename(view, "md"), "text/markdown; charset=utf-8", f"{text}\n".encode("utf-8", "replace"))


def escaped(text: str) -> str:
    """``text`` as it stands, whatever Markdown would make of it, on one line.

    Example:
        >>> escaped("a|b *c* <i>"), escaped("2,328.60"), escaped("- x")
        ('a\\\\|b \\\\*c\\\\* \\\\<i\\\\>', '2,328.60', '\\\\- x')
    """
    line = _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    if start := _START.match(line):
        number, rest = (start[0], line[start.end() :]) if start[0].isdigit() else ("", line)
        return f"{number}\\{rest}"
    return line


def _parts(made: Outline) -> Iterator[str]:
    shown = {part.query for part in made.parts if isinstance(part, Sheet)}
    for part in made.parts:
        stale = getattr(part, "stale", "")
        if stale:
            yield f"*Not refreshed since {escaped(stale)}:*"
        if isinstance(part, Words):
            yield _prose(part.paragraphs)
        elif isinstance(part, Trouble):
            yield f"> **{escaped(part.text)}**"
        elif isinstance(part, Large):
            yield "\n".join(_large(figure) for figure in part.figures)
        elif isinstance(part, NewPage):
            yield "---"
        elif isinstance(part, Picture):
            yield _picture(part, told=part.query in shown)
        else:
            yield _sheet(part)


def _large(figure: Figure) -> str:
    label = f" {escaped(figure.label)}" if figure.label else ""
    note = f" ({_said(figure.note)})" if figure.note else ""
    return f"- **{escaped(figure.text)}**{label}{note}"


def _prose(paragraphs: Sequence[Paragraph]) -> str:
    """Paragraphs apart, entries of a list under each other."""
    text = ""
    for before, paragraph in zip((None, *paragraphs), paragraphs, strict=False):
        listed = before is not None and paragraph.kind in ("bullet", "number") and before.kind == paragraph.kind
        text += ("\n" if listed else "\n\n" if before else "") + _paragraph(paragraph)
    return text


def _paragraph(paragraph: Paragraph) -> str:
    mark = f"{paragraph.mark} " if paragraph.mark else _MARKS[paragraph.kind]
    return mark + _said(paragraph.runs)


def _said(runs: Sequence[Run]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    inner = run.text.strip()
    if not inner:
        return " " if run.text else ""
    marks = ("**" if run.bold else "") + ("*" if run.italic else "")
    before = " " * (len(run.text) > len(run.text.lstrip()))
    after = " " * (len(run.text) > len(run.text.rstrip()))
    said = f"[{escaped(inner)}](<{run.link}>)" if run.link else escaped(inner)
    return f"{before}{marks}{said}{marks[::-1]}{after}"


def _picture(part: Picture, *, told: bool) -> str:
    """A caption; and the figures themselves, unless a table has them."""
    said = f"**{_said(part.caption) if part.caption else escaped(part.title)}**"
    if told:
        return said
    drawing = part.drawing
    several = any(mark.c for mark in drawing.marks)
    heads = [drawing.x_title, *([heading(part.chart.color)] if several else []), drawing.y_title]
    rows = [[mark.x, *([mark.c] if several else []), mark.label] for mark in drawing.marks]
    table = _table(heads, [False] * (len(heads) - 1) + [True], rows)
    return "\n\n".join(text for text in (said, table, escaped(drawing.note)) if text)


def _sheet(part: Sheet) -> str:
    grid = part.grid
    rows = [*grid.rows, *([[grid.totals[0] or "Total", *grid.totals[1:]]] if grid.totals else [])]
    table = _table([head.text for head in grid.headings], [head.number for head in grid.headings], rows)
    caption = f"**{escaped(part.caption)}**" if part.caption else ""
    return "\n\n".join(text for text in (caption, table, escaped(part.foot)) if text)


def _table(heads: Sequence[str], right: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    lines = [" | ".join(escaped(head) or " " for head in heads), " | ".join("---:" if at else "---" for at in right)]
    lines += [" | ".join(escaped(cell.replace("\u200b", "")) or " " for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _receipts(made: Outline) -> Iterator[str]:
    if made.receipts:
        yield "## How this was computed"
    for entry in made.receipts:
        yield "### " + escaped(entry["question"] or entry["explanation"] or entry["name"])
        yield "\n".join(f"- {head}: {escaped(text)}" for head, text in receipt_lines(entry))
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", entry["sql"])), default=0))
        yield f"{fence}sql\n{entry['sql']}\n{fence}"
