"""A view as a deck: one idea a slide. Pure; the writer of PowerPoint files draws what is arranged here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workspace.export.outline import Large, NewPage, Outline, Picture, Sheet, Trouble, Words
from workspace.faces.prose import Paragraph

ROWS = 11  # of a table on one slide
MOST_ROWS = 44  # of a table, over several slides
MOST_COLUMNS = 7
LINES = 9  # of prose on one slide
LINE = 78  # characters of a line at the size of prose
TITLE = 110  # characters that still stand as a title in two lines
BESIDE = 420  # characters of prose that fit under a figure
BARS = 25  # that lie on one slide, each with its name


@dataclass(frozen=True, slots=True)
class Slide:
    """A title; the words under it; the figure it is about, if any; for a split table or chart which rows it has.

    ``queries`` are those whose receipts stand in the notes.
    """

    title: str
    words: tuple[Paragraph, ...] = ()
    body: Picture | Sheet | Large | None = None
    rows: tuple[int, int] = (0, 0)
    queries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stale: str = ""


def arrange(made: Outline) -> tuple[Slide, ...]:
    """The slides after the title slide.

    Args:
        made: outlined with `MOST_ROWS` rows.
    """
    slides: list[Slide] = []
    waiting: list[Paragraph] = []
    notes: list[str] = []
    heading, stale, used = made.title, "", False

    def flush() -> None:
        nonlocal stale, used
        if waiting:
            slides.extend(_prose(heading, waiting, stale))
            used = True
        waiting.clear()
        stale = ""

    for part in made.parts:
        if isinstance(part, Words):
            stale = stale or part.stale
            for paragraph in part.paragraphs:
                if paragraph.kind == "h2":
                    flush()
                    heading, used = paragraph.text, False
                    continue
                waiting.append(paragraph)
        elif isinstance(part, NewPage):
            flush()
        elif isinstance(part, Trouble):
            notes.append(part.text)
        else:
            if sum(len(paragraph.text) for paragraph in waiting) > BESIDE:
                flush()
            plain = isinstance(part, Picture) and used  # a second picture under a heading has a title of its own
            slides += _figure(part, "" if plain else heading, tuple(waiting), tuple(notes), stale)
            used = True
            waiting.clear()
            notes.clear()
            stale = ""
    flush()
    if notes:
        slides.append(Slide(heading, notes=tuple(notes)))
    return tuple(slides)


def _figure(
    part: Picture | Sheet | Large, heading: str, words: tuple[Paragraph, ...], notes: tuple[str, ...], stale: str
) -> Iterator[Slide]:
    """A figure with the words before it; a short sentence is the title, because it is the idea."""
    title = heading
    if isinstance(part, Picture | Sheet):
        own = part.said if isinstance(part, Picture) else part.caption
        if not own and len(words) == 1 and words[0].kind == "p" and len(words[0].text) <= TITLE:
            title, words = words[0].text, ()
        else:
            title = own or heading or (part.title if isinstance(part, Picture) else "")
    if isinstance(part, Large):
        queries = tuple(dict.fromkeys(figure.query for figure in part.figures))
        yield Slide(title, words, part, queries=queries, notes=notes, stale=stale)
        return
    slide = Slide(title, words, part, queries=(part.query,), notes=notes, stale=part.stale or stale)
    if isinstance(part, Picture):
        count = len(part.places)
        several = -(-count // BARS) if part.lies else 1
        most = -(-count // several)  # bars, about as many on each
    else:
        count, most = len(part.grid.rows), ROWS
    starts = range(0, count, most)
    for number, start in enumerate(starts, start=1):
        of = f" ({number} of {len(starts)})" if len(starts) > 1 else ""
        first = slide if number == 1 else replace(slide, words=(), notes=())
        yield replace(first, title=title + of, rows=(start, min(count, start + most)))


def _prose(title: str, paragraphs: Sequence[Paragraph], stale: str) -> Iterator[Slide]:
    """Words without a figure, over as many slides as they need."""
    page: list[Paragraph] = []
    lines = 0
    for paragraph in paragraphs:
        need = max(1, -(-len(paragraph.text) // LINE)) + (paragraph.kind in ("p", "h3", "h4"))
        if page and lines + need > LINES:
            yield Slide(title, tuple(page), queries=_queries(page), stale=stale)
            page, lines = [], 0
        page.append(paragraph)
        lines += need
    if page:
        yield Slide(title, tuple(page), queries=_queries(page), stale=stale)


def _queries(paragraphs: Sequence[Paragraph]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.query for paragraph in paragraphs for run in paragraph.runs if run.query))
