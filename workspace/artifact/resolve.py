"""A change in words, over the artifact it is about: an edit, a question to be asked first, or a choice. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workspace.artifact import edit as e
from workspace.artifact.compose import as_heading
from workspace.artifact.format import heading, words
from workspace.artifact.model import Artifact, Chart, NamedQuery, Table, Text
from workspace.artifact.phrase import join
from workspace.artifact.pointing import (
    Part,
    find,
    heading_of,
    is_heading,
    lemmas,
    means_every,
    named,
    parts_of,
    queries_of,
)
from workspace.artifact.wording import Wording

Span = tuple[int, int]
MOST = 6  # choices
_LEFT_OUT = re.compile(r"(?:it|this|that|them)?", re.IGNORECASE)
_WHATEVER = (
    r"(?:it|this|that|them|these|those|all(?: of (?:it|them))?|everything"
    r"|(?:all |the |these |its )*(?:figures?|numbers?|values?))"
)
_COUNTING = frozenset({"number", "sum", "total", "count"})
_QUOTED = re.compile(r"\A\s*[\"“‘'«](.+)[\"”’'»]\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ready:
    """It can be done: ``edit``, and what its part is called."""

    edit: e.Edit
    label: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Which part is meant has to be said."""

    message: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something has to be answered first: a question that is added, or a part that is asked anew with ``words``.

    Args:
        kind: ``add`` a section or block, ``refine`` the parts, ``draw`` a table as a chart, ``write`` figures.
        words: the question, what follows on the part's own question, the mark, or the format.
        at: before which block it is added.
        form: what is added.
        parts: what is refined or drawn.
        columns: of which query, those that are written otherwise, if they hold figures.
        all: it is meant of all the parts or has to be asked of which; nobody said a part.
    """

    kind: Literal["add", "refine", "draw", "write"]
    words: str
    at: int = 0
    form: str = ""
    parts: tuple[Part, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    all: bool = False


@dataclass(frozen=True, slots=True)
class Cannot:
    """It cannot be done; ``message`` says why. ``known`` is False where there is no such part."""

    message: str
    known: bool = True


Outcome = Ready | Choose | Wanted | Cannot


def resolve(
    wording: Wording, artifact: Artifact, *, touched: Span | None = None, target: Span | None = None
) -> Outcome:
    """What is to be done.

    Args:
        wording: the change, but not back and forth between versions.
        artifact: what it is about.
        touched: the blocks that were last spoken of, which "it" means.
        target: the part it is done to, where that was chosen.
    """
    ways = {"retitle": _retitle, "reword": _reword, "remove": _remove, "move": _move, "swap": _swap, "draw": _draw,
            "hide": _hide, "write": _write, "refine": _refine, "add": _add}  # fmt: skip
    return ways[wording.verb](wording, _Place(artifact, touched, target))


@dataclass(frozen=True, slots=True)
class _Place:
    artifact: Artifact
    touched: Span | None
    target: Span | None

    def parts(self, phrase: str) -> tuple[Part, ...]:
        if self.target is not None:
            return tuple(part for part in parts_of(self.artifact) if (part.start, part.stop) == self.target)[:1]
        return find(phrase, self.artifact, self.touched)

    def of_kind(self, kind: str) -> tuple[Part, ...]:
        return tuple(part for part in parts_of(self.artifact) if part.kind == kind)

    def one(self, phrase: str, verb: str) -> Part | Choose | Cannot:
        """The one part that a phrase means, or what is to be said where it means none or several."""
        found = self.parts(phrase)
        if len(found) == 1:
            return found[0]
        if not found:
            return self.nothing(phrase)
        return Choose(f"Which one do you want to {verb}?", found[:MOST])

    def nothing(self, phrase: str) -> Cannot:
        sections = [heading_of(self.artifact.blocks[part.start]) for part in self.of_kind("section")]
        names = [f"“{name}”" for name in sections if name]
        held = f" Its parts are {join(names[:8])}." if names else ""
        said = re.sub(r"\A(?:the|a|an)\s+", "", phrase.strip(), flags=re.IGNORECASE)
        return Cannot(f"There is no “{said or 'such part'}” in “{self.artifact.title}”.{held}", known=False)


# --------------------------------------------------------------------------------------------------------- words
def _retitle(wording: Wording, place: _Place) -> Outcome:
    if not wording.value:
        return Cannot("Say what it is to be called.")
    if not wording.object and place.target is None:
        return Ready(e.Retitle(wording.value))
    part = place.one(wording.object, "rename")
    if not isinstance(part, Part):
        return part
    section = part if part.kind in ("section", "heading") else None
    if section is None or not is_heading(place.artifact.blocks[section.start]):
        return Cannot(f"{part.label.capitalize()} has no heading of its own.")
    return Ready(e.Reword(section.start, wording.value), part.label)


def _reword(wording: Wording, place: _Place) -> Outcome:
    part = place.one(wording.object, "change")
    if not isinstance(part, Part):
        return part
    texts = [
        number
        for number in range(part.start, part.stop)
        if isinstance(place.artifact.blocks[number], Text)
        and (part.stop - part.start == 1 or not _heads(place, number))
    ]
    if not texts:
        return Cannot(f"{part.label.capitalize()} has no text.")
    return Ready(e.Reword(texts[0], wording.value), part.label)


def _heads(place: _Place, number: int) -> bool:
    return is_heading(place.artifact.blocks[number])


# -------------------------------------------------------------------------------------------------------- places
def _remove(wording: Wording, place: _Place) -> Outcome:
    found = place.parts(wording.object)
    if not found:
        return place.nothing(wording.object)
    if len(found) > 1 and not means_every(wording.object):
        return Choose("Which one do you want to remove?", found[:MOST])
    label = found[0].label if len(found) == 1 else f"all {len(found)} of them"
    return Ready(e.Remove(tuple((part.start, part.stop) for part in found)), label)


def _move(wording: Wording, place: _Place) -> Outcome:
    part = place.one(wording.object, "move")
    if not isinstance(part, Part):
        return part
    before = _before(wording, place, part)
    if not isinstance(before, int):
        return before
    if part.start <= before <= part.stop:
        return Cannot(f"{part.label[:1].upper()}{part.label[1:]} is there already.")
    return Ready(e.Move(part.start, part.stop, before), part.label)


def _before(wording: Wording, place: _Place, part: Part) -> int | Choose | Cannot:
    """The block before which a part is to stand."""
    blocks, sections = place.artifact.blocks, place.of_kind("section")
    if wording.place in ("before", "after"):
        beside = find(wording.anchor, place.artifact, place.touched)
        if len(beside) != 1:
            return (
                Choose(f"Which one do you mean by “{wording.anchor}”?", ()) if beside else place.nothing(wording.anchor)
            )
        anchor = beside[0]
        if part.kind == "section" and anchor.kind != "section":
            anchor = next((s for s in sections if s.start <= anchor.start < s.stop), anchor)
        return anchor.start if wording.place == "before" else anchor.stop
    first = sections[0].start if sections and part.kind == "section" else 0
    if wording.place == "first":
        return first
    if wording.place == "last":
        return len(blocks)
    if part.kind == "section" and part in sections:
        number = sections.index(part)
        if wording.place == "down":
            return sections[number + 1].stop if number + 1 < len(sections) else part.stop
        return sections[number - 1].start if number else part.start
    return max(part.start - 1, 0) if wording.place == "up" else min(part.stop + 1, len(blocks))


def _swap(wording: Wording, place: _Place) -> Outcome:
    noun = "" if named(wording.object) else f" {wording.anchor.split()[-1]}"
    one, other = place.one(wording.object + noun, "swap"), place.one(wording.anchor, "swap")
    for part in (one, other):
        if not isinstance(part, Part):
            return part
    assert isinstance(one, Part) and isinstance(other, Part)
    first, second = sorted((one, other), key=lambda part: part.start)
    if first.stop > second.start:
        return Cannot("These two lie within each other, so they cannot change places.")
    blocks = place.artifact.blocks
    moved = (*blocks[second.start : second.stop], *blocks[first.stop : second.start], *blocks[first.start : first.stop])
    return Ready(e.Replace(first.start, second.stop, moved), f"{first.label} and {second.label}")


# ------------------------------------------------------------------------------------------------------ pictures
def _draw(wording: Wording, place: _Place) -> Outcome:
    found = _pictured(wording, place)
    if not isinstance(found, Part):
        return found
    block = place.artifact.blocks[found.start]
    turned, _, mark = wording.value.rpartition(" ")
    if wording.value == "axes" and isinstance(block, Chart):
        if block.mark == "bar":
            return Ready(e.Draw(found.start, horizontal=not block.horizontal), found.label)
        return Ready(e.Draw(found.start, x=block.y, y=block.x), found.label)
    if mark == "table":
        return _as_table(found, place)
    if isinstance(block, Table):
        return Wanted("draw", wording.value, parts=(found,))
    if mark == "chart":
        return Cannot("It is a chart already; say which kind: line, bar, area, pie or scatter.")
    assert isinstance(block, Chart), "only pictures are drawn"
    changes: dict[str, Any] = {"mark": e.MARKS[mark]}
    if mark == "bar":
        changes |= {"horizontal": "horizontal" in turned or block.horizontal, "stacked": "stacked" in turned}
        if "stacked" in turned and not block.color:
            return Cannot("Bars are stacked by a second group, and this chart has only one.")
    edit = e.Draw(found.start, **changes)
    try:
        same = e.apply(place.artifact, edit) == place.artifact
    except e.ArtifactInvalid as problem:
        return Cannot(problem.message)
    return (
        Cannot(f"{found.label[:1].upper()}{found.label[1:]} is drawn so already.") if same else Ready(edit, found.label)
    )


def _pictured(wording: Wording, place: _Place) -> Part | Choose | Cannot:
    """The chart that is meant, or the table that could be one."""
    to_table = wording.value == "table"
    kinds = ("chart",) if to_table or wording.value == "axes" else ("chart", "table")
    found = list(place.parts(wording.object or "it"))
    inside = [
        part
        for part in parts_of(place.artifact)
        if part.kind in kinds and any(whole.start <= part.start and part.stop <= whole.stop for whole in found)
    ]
    if not inside and _LEFT_OUT.fullmatch(wording.object.strip()):
        inside = [part for kind in kinds for part in place.of_kind(kind)]
    charts = [part for part in inside if part.kind == "chart"]
    inside = charts or inside
    if len(inside) == 1:
        return inside[0]
    if inside:
        return Choose("Which one do you want to draw otherwise?", tuple(inside[:MOST]))
    if found:
        return Cannot(f"{found[0].label[:1].upper()}{found[0].label[1:]} has no chart.")
    return place.nothing(wording.object)


def _as_table(found: Part, place: _Place) -> Outcome:
    block, blocks = place.artifact.blocks[found.start], place.artifact.blocks
    assert isinstance(block, Chart), "only a chart is shown as a table instead"
    beside = any(isinstance(other, Table) and other.query == block.query for other in blocks)
    if beside:
        return Ready(e.Remove(((found.start, found.stop),)), found.label)
    return Ready(e.Replace(found.start, found.stop, (Table(query=block.query),)), found.label)


def _hide(wording: Wording, place: _Place) -> Outcome:
    tables = place.parts(wording.object) if wording.object or place.target is not None else place.of_kind("table")
    tables = tuple(part for part in tables if part.kind == "table") or place.of_kind("table")
    fitting = [(part, name) for part in tables if (name := _column(wording.value, _table(place, part)[1]))]
    if not fitting:
        return Cannot(f"No table here has a column “{wording.value}”.")
    if len(fitting) > 1:
        return Choose("In which table?", tuple(part for part, _ in fitting[:MOST]))
    part, name = fitting[0]
    block, query = _table(place, part)
    shown = block.columns or tuple(column.name for column in query.columns)
    left = tuple(column for column in shown if column != name)
    if not left:
        return Cannot("It is the only column of that table.")
    return Ready(e.Columns(part.start, left), part.label)


def _table(place: _Place, part: Part) -> tuple[Table, NamedQuery]:
    block = place.artifact.blocks[part.start]
    assert isinstance(block, Table), "only a table has columns"
    return block, place.artifact.query(block.query)


def _write(wording: Wording, place: _Place) -> Outcome:
    """The columns that words name; all of a part, or of all parts, where they name none."""
    about, queries = wording.object.strip(), list(place.artifact.queries)
    inside = re.fullmatch(
        r"(?P<column>.+?)\s+(?:in|of|from)\s+(?P<part>(?:the|that|this|all|both|every)\s+.+)", about, re.I
    )
    if inside is not None and named(inside["part"]):
        parts = place.parts(inside["part"])
        if not parts:
            return place.nothing(inside["part"])
        about, queries = inside["column"], _queries_of(place, parts)
    found = _called(about, queries)
    if not found and (not about or re.fullmatch(_WHATEVER, about, re.IGNORECASE)):
        touched = place.parts("it") if place.touched is not None and about else ()
        queries = _queries_of(place, touched) or queries
        found = [(query.name, column.name) for query in queries for column in query.columns]
    if not found and (parts := place.parts(about)):
        found = [(query.name, column.name) for query in _queries_of(place, parts) for column in query.columns]
    return Wanted("write", wording.value, columns=tuple(found)) if found else place.nothing(about)


def _queries_of(place: _Place, parts: tuple[Part, ...]) -> list[NamedQuery]:
    found = {query.name: query for part in parts for query in queries_of(place.artifact, part.start, part.stop)}
    return list(found.values())


def _called(said: str, queries: list[NamedQuery]) -> list[tuple[str, str]]:
    """The columns of that name in all queries; else those known by these words: "returns", a number of them."""
    exact = [(query.name, name) for query in queries if (name := _column(said, query))]
    if exact:
        return exact
    wanted = lemmas(said)
    for fits in (lambda known: known - _COUNTING == wanted - _COUNTING, lambda known: wanted <= known):
        columns = [(q.name, c.name) for q in queries for c in q.columns if wanted and fits(lemmas(words(c.name)))]
        if len({name for _, name in columns}) == 1:
            return columns
    return []


def _column(said: str, query: NamedQuery) -> str:
    wanted = re.sub(r"\A(?:the|column)\s+", "", said.strip().strip("\"'“”").lower())
    for column in query.columns:
        if wanted in (column.name.lower(), words(column.name), heading(column.name).lower()):
            return column.name
    return ""


# ------------------------------------------------------------------------------------------------------ questions
def _refine(wording: Wording, place: _Place) -> Outcome:
    asked = [part for part in place.of_kind("section") if _refinable(place, part)]
    found: list[Part] = []
    if wording.object or place.target is not None or place.touched is not None:
        said = place.parts(wording.object or "it")
        found = [part for part in said if _refinable(place, part)]
        if said and not found:
            return Cannot(f"{said[0].label[:1].upper()}{said[0].label[1:]} has no question of its own to change.")
        if wording.object and not found and not re.fullmatch(r"it|this|that|them|everything", wording.object, re.I):
            return place.nothing(wording.object)
    every = means_every(wording.object) or wording.object.lower() == "everything"
    found = found or (asked if len(asked) == 1 or every else [])
    if found and (len(found) == 1 or every):
        return Wanted("refine", wording.value, parts=tuple(found))
    if not asked:
        return Cannot("There is no part here that could be asked otherwise.")
    if not found and wording.value.startswith("only "):
        return Wanted("refine", wording.value, parts=tuple(asked), all=True)  # "only 2025" of a whole document
    return which(wording, (found or asked)[:MOST])


def which(wording: Wording, parts: Sequence[Part]) -> Choose:
    """Of which part a question is to be asked otherwise has to be said."""
    return Choose(f"Which part do you mean with “{wording.value}”?", tuple(parts))


def _refinable(place: _Place, part: Part) -> bool:
    queries = queries_of(place.artifact, part.start, part.stop)
    return len(queries) == 1 and queries[0].plan is not None


def _add(wording: Wording, place: _Place) -> Outcome:
    at = len(place.artifact.blocks)
    whole = Part("section" if wording.form in ("", "section") else "text", at, at, "")
    if wording.place:
        before = _before(wording, place, whole)
        if not isinstance(before, int):
            return before
        at = before
    text = _QUOTED.match(wording.value)
    if wording.form == "heading":
        words_ = text[1] if text else wording.value
        return Ready(e.Insert(at, (Text(template=f"## {as_heading(words_)}"),)), "the heading") if words_ else _what()
    if text is not None and wording.form in ("", "paragraph"):
        return Ready(e.Insert(at, (Text(template=text[1].strip()),)), "the paragraph")
    return Wanted("add", wording.value, at, wording.form) if wording.value else _what()


def _what() -> Cannot:
    return Cannot("Say what it is to show: “add revenue per category”, or a text in quotation marks.")
