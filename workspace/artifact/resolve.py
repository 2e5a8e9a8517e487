"""A change in words, over the artifact it is about: which part is meant, and what it comes to (`outcome`). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from workspace.artifact import edit as e
from workspace.artifact.beyond import BEYOND
from workspace.artifact.compose import as_heading
from workspace.artifact.format import heading, words
from workspace.artifact.model import Artifact, Chart, NamedQuery, Table, Text
from workspace.artifact.moving import before, break_, copy, keep, merge, move, swap
from workspace.artifact.outcome import MOST, Cannot, Choose, Outcome, Place, Ready, Span, Wanted
from workspace.artifact.phrase import join
from workspace.artifact.pointing import (
    Part,
    is_heading,
    lemmas,
    means_every,
    named,
    parts_of,
    queries_of,
)
from workspace.artifact.wording import Wording

_LEFT_OUT = re.compile(r"(?:it|this|that|them)?", re.IGNORECASE)
_WHATEVER = (
    r"(?:it|this|that|them|these|those|all(?: of (?:it|them))?|everything"
    r"|(?:all |the |these |its )*(?:figures?|numbers?|values?))"
)
_COUNTING = frozenset({"number", "sum", "total", "count"})
_QUOTED = re.compile(r"\A\s*[\"“‘'«](.+)[\"”’'»]\s*\Z", re.DOTALL)


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
    ways = {"retitle": _retitle, "reword": _reword, "remove": _remove, "move": move, "swap": swap, "draw": _draw,
            "hide": _hide, "write": _write, "refine": _refine, "add": _add, "copy": copy, "merge": merge,
            "break": break_, "sort": sort, "beyond": _beyond, "reask": _reask, "keep": keep}  # fmt: skip
    return ways[wording.verb](wording, Place(artifact, touched, target))


# --------------------------------------------------------------------------------------------------------- words
def _retitle(wording: Wording, place: Place) -> Outcome:
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


def _reword(wording: Wording, place: Place) -> Outcome:
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


def _heads(place: Place, number: int) -> bool:
    return is_heading(place.artifact.blocks[number])


# -------------------------------------------------------------------------------------------------------- places
def _remove(wording: Wording, place: Place) -> Outcome:
    found = place.parts(wording.object)
    if not found:
        return place.nothing(wording.object)
    if len(found) > 1 and not means_every(wording.object):
        return Choose("Which one do you want to remove?", found[:MOST])
    if len(found) == 1:
        found = (place.enlarged(found[0], wording.object),) if found[0].kind == "heading" else found
    label = found[0].label if len(found) == 1 else f"all {len(found)} of them"
    return Ready(e.Remove(tuple((part.start, part.stop) for part in found)), label)


# ------------------------------------------------------------------------------------------------------ pictures
def _draw(wording: Wording, place: Place) -> Outcome:
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


def _pictured(wording: Wording, place: Place) -> Part | Choose | Cannot:
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


def _as_table(found: Part, place: Place) -> Outcome:
    block, blocks = place.artifact.blocks[found.start], place.artifact.blocks
    assert isinstance(block, Chart), "only a chart is shown as a table instead"
    beside = any(isinstance(other, Table) and other.query == block.query for other in blocks)
    if beside:
        return Ready(e.Remove(((found.start, found.stop),)), found.label)
    return Ready(e.Replace(found.start, found.stop, (Table(query=block.query),)), found.label)


def _hide(wording: Wording, place: Place) -> Outcome:
    tables = place.parts(wording.object) if wording.object or place.target is not None else place.of_kind("table")
    tables = tuple(part for part in tables if part.kind == "table") or place.of_kind("table")
    fitting = [(part, name) for part in tables if (name := _column(wording.value, _table(place, part)[1]))]
    if not fitting and not place.of_kind("table"):
        return Cannot("There is no table here, so no column to hide: “show the first chart as a table” makes one.")
    if not fitting:
        names = list(dict.fromkeys(heading(c.name) for part in tables for c in _table(place, part)[1].columns))
        return Cannot(f"No table here has a column “{wording.value}”: there are {join(names[:MOST])}.")
    if len(fitting) > 1:
        return Choose("In which table?", tuple(part for part, _ in fitting[:MOST]))
    part, name = fitting[0]
    block, query = _table(place, part)
    shown = block.columns or tuple(column.name for column in query.columns)
    left = tuple(column for column in shown if column != name)
    if not left:
        return Cannot("It is the only column of that table.")
    return Ready(e.Columns(part.start, left), part.label)


def _table(place: Place, part: Part) -> tuple[Table, NamedQuery]:
    block = place.artifact.blocks[part.start]
    assert isinstance(block, Table), "only a table has columns"
    return block, place.artifact.query(block.query)


def _write(wording: Wording, place: Place) -> Outcome:
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


def _queries_of(place: Place, parts: tuple[Part, ...]) -> list[NamedQuery]:
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


def sort(wording: Wording, place: Place) -> Outcome:
    """Another order: of a chart's bars by what they show; by name, and of a table's rows, by asking anew."""
    found = place.parts(wording.object or "it") if wording.object or place.touched or place.target else ()
    shown = [part for part in parts_of(place.artifact) if part.kind in ("chart", "table")]
    inside = [part for part in shown if any(one.start <= part.start < one.stop for one in found)]
    if not inside and (found or (wording.object and not _LEFT_OUT.fullmatch(wording.object))):
        return Cannot(f"{found[0].label.capitalize()} has no order.") if found else place.nothing(wording.object)
    said = wording.value.lstrip("+-")
    known = [(part, by) for part in inside or shown if (by := _by(said, _picture(place, part)[1], place))]
    if not known:
        return Cannot(f"Nothing there can be sorted by “{said}”.", known=bool(inside))
    able = [one for one in known if not isinstance(_in_order(wording, place, *one), Cannot)]
    if len(known) > 1 and not able:
        return Cannot(
            "Each of them is sorted so already, or runs along its axis, or shows only the first of a ranking."
        )
    known = able or known
    if len(known) > 1:
        homes = {place.home(part) or part for part, _ in known}
        if len(homes) > 1:
            return Choose("Which one do you want to sort?", tuple(part for part, _ in known[:MOST]))
    return _in_order(wording, place, *known[0])


def _in_order(wording: Wording, place: Place, part: Part, by: str) -> Outcome:
    block, query = _picture(place, part)
    label, turned = f"{part.label[:1].upper()}{part.label[1:]}", wording.value[:1]
    if isinstance(block, Chart) and by == block.y:
        if block.mark == "arc":
            return Cannot(f"{label} is a pie, which always begins with the largest part.")
        if block.mark in ("line", "area"):
            return Cannot(f"{label} is a line along its axis; as bars it can be sorted: “make it a bar chart”.")
        order = "y" if turned == "+" else "-y"
        return (
            Cannot(f"{label} is sorted so already.")
            if block.sort == order
            else Ready(e.Draw(part.start, sort=order), part.label)
        )
    plan = query.plan or {}
    if plan.get("limit") or plan.get("top"):
        return Cannot(f"{label} shows only the first of a ranking, and in another order these would be others.")
    if not query.plan:
        return Cannot(f"{label} was not asked in words, so its order is that of its SQL.")
    if isinstance(block, Chart) and block.mark in ("line", "area"):
        return Cannot(f"{label} runs along its axis already.")
    whole = place.home(part) or part
    return Wanted("refine", f"sort by {words(by)}{' descending' if turned == '-' else ''}", parts=(whole,))


def _picture(place: Place, part: Part) -> tuple[Any, NamedQuery]:
    block: Any = place.artifact.blocks[part.start]
    return block, place.artifact.query(block.query)


def _by(said: str, query: NamedQuery, place: Place) -> str:
    """The column that words for an order mean: its name, "name" for what the rows are called, "value" for a figure."""
    block = next(
        block for block in place.artifact.blocks if isinstance(block, Chart | Table) and block.query == query.name
    )
    names = [column.name for column in query.columns]
    label, figure = (block.x, block.y) if isinstance(block, Chart) else (names[0] if names else "", "")
    wanted = lemmas(said)
    if said.lower() in ("name", "names", "label", "title", "place", "category"):
        return label
    if said.lower() in ("value", "values", "amount", "figure", "number", "size", "height", "length", "count"):
        return figure
    exact = _column(said, query)
    if exact:
        return exact
    found = [name for name in names if wanted and wanted <= lemmas(words(name))]
    if len(found) == 1:
        return found[0]
    measured = re.split(r"\b(?:per|by|of each|for each)\b", query.question, maxsplit=1)[0]
    return figure if wanted and wanted <= lemmas(measured) else ""


# ------------------------------------------------------------------------------------------------------ questions
CONDITIONS = ("only ", "without ")


def _refine(wording: Wording, place: Place) -> Outcome:
    asked = [part for part in place.of_kind("section") if _refinable(place, part)]
    if wording.value.startswith(("top ", "bottom ")):  # of what is along time, the first five are no ranking
        asked = [part for part in asked if '"bucket"' not in json.dumps(_plan_of(place, part))] or asked
    found: list[Part] = []
    bare = not wording.object and wording.value.startswith(CONDITIONS)  # "only 2025" is said of all of a page
    if not wording.object and place.target is None and (pictured := [part for part in asked if place.pictures(part)]):
        # "By region" after a paragraph was added: what has a picture is split, not a sentence.
        asked, bare = pictured, bare or not any(map(place.pictures, place.parts("it")))
    if wording.object or place.target is not None or (place.touched is not None and not bare):
        said = place.parts(wording.object or "it")
        found = [part for part in said if _refinable(place, part)]
        if len(said) == 1 and not found:  # a part of several questions: each of its pictures has its own
            found = [
                part
                for part in parts_of(place.artifact)
                if part.kind in ("chart", "table") and said[0].start <= part.start < said[0].stop
                and _refinable(place, part)
            ]  # fmt: skip
        if said and not found and (wording.object or place.target is not None):
            return Cannot(f"{said[0].label[:1].upper()}{said[0].label[1:]} has no question of its own to change.")
        if wording.object and not found and not re.fullmatch(r"it|this|that|them|everything", wording.object, re.I):
            return place.nothing(wording.object)
    every = means_every(wording.object) or wording.object.lower() == "everything"
    found = found or (asked if len(asked) == 1 or every else [])
    if found and (len(found) == 1 or every):
        return Wanted("refine", wording.value, parts=tuple(found))
    if not asked:
        return Cannot("There is no part here that could be asked otherwise.", known=wording.sure)
    if not found and wording.value.startswith(CONDITIONS):  # "only 2025" of a whole document
        return Wanted("refine", wording.value, parts=of_all(place.artifact), all=True)
    return which(wording, (found or asked)[:MOST])


def of_all(artifact: Artifact) -> tuple[Part, ...]:
    """The parts that a condition for all of a document is asked of: sections, and what in them has another question."""
    place = Place(artifact, None, None)
    sections = [part for part in place.of_kind("section") if _refinable(place, part)]
    taken = {query.name for part in sections for query in queries_of(artifact, part.start, part.stop)}
    others: list[Part] = []
    for kind in ("chart", "table", "metric", "text"):
        for part in place.of_kind(kind):
            if not _refinable(place, part) or (kind == "text" and place.home(part) is None and sections):
                continue  # the lines of the lead follow the sections that they speak of
            (name,) = (query.name for query in queries_of(artifact, part.start, part.stop))
            if name not in taken:
                taken.add(name)
                others.append(part)
    return tuple(sorted((*sections, *others), key=lambda part: part.start))


def _reask(wording: Wording, place: Place) -> Outcome:
    """Another question in the place of a part."""
    part = place.one(wording.object, "replace")
    if not isinstance(part, Part):
        return part
    if not queries_of(place.artifact, part.start, part.stop):
        return Cannot(
            f"{part.label[:1].upper()}{part.label[1:]} shows no figure; put words of your own in quotation marks."
        )
    return Wanted("reask", wording.value, parts=(part,))


def _plan_of(place: Place, part: Part) -> Any:
    return queries_of(place.artifact, part.start, part.stop)[0].plan


def which(wording: Wording, parts: Sequence[Part]) -> Choose:
    """Of which part a question is to be asked otherwise has to be said."""
    return Choose(f"Which part do you mean with “{wording.value}”?", tuple(parts))


def _refinable(place: Place, part: Part) -> bool:
    queries = queries_of(place.artifact, part.start, part.stop)
    return len(queries) == 1 and queries[0].plan is not None


def _add(wording: Wording, place: Place) -> Outcome:
    at = len(place.artifact.blocks)
    whole = Part("section" if wording.form in ("", "section") else "text", at, at, "")
    if wording.place:
        found = before(wording, place, whole)
        if not isinstance(found, int):
            return found
        at = found
    if wording.form == "table" and not wording.value:
        return _rows_of(wording, place)
    text = _QUOTED.match(wording.value)
    if wording.form == "heading" and not wording.value:
        return Cannot(
            "Say what it is to say: “add a heading “Outlook””; the page itself is renamed with “rename it to …”."
        )
    if wording.form == "heading":
        words_ = text[1] if text else wording.value
        return Ready(e.Insert(at, (Text(template=f"## {as_heading(words_)}"),)), "the heading")
    if text is not None and wording.form in ("", "paragraph"):
        return Ready(e.Insert(at, (Text(template=text[1].strip()),)), "the paragraph")
    return Wanted("add", wording.value, at, wording.form) if wording.value else _what()


def _rows_of(wording: Wording, place: Place) -> Outcome:
    """The rows that a chart draws, as a table below it."""
    if place.target is None and not wording.anchor:
        return _what()
    charts = [part for part in place.parts(wording.anchor) if part.kind == "chart"] or [
        part
        for whole in place.parts(wording.anchor)
        for part in place.of_kind("chart")
        if whole.start <= part.start < whole.stop
    ]
    if not charts:
        return place.nothing(wording.anchor) if not place.parts(wording.anchor) else _what()
    if len(charts) > 1:
        return Choose("The rows of which chart?", tuple(charts[:MOST]), beside=True)
    block, blocks = place.artifact.blocks[charts[0].start], place.artifact.blocks
    assert isinstance(block, Chart), "only charts were looked for"
    if any(isinstance(other, Table) and other.query == block.query for other in blocks):
        return Cannot("Its rows are on the page as a table already.")
    table = Table(query=block.query)
    return Ready(e.Insert(charts[0].stop, (table,)), f"a table with the rows of {charts[0].label}")


def _beyond(wording: Wording, place: Place) -> Outcome:
    return Cannot(BEYOND[wording.value])


def _what() -> Cannot:
    return Cannot("Say what it is to show: “add revenue per category”, or a text in quotation marks.")
