"""Where parts stand: moved, swapped, copied, put in one, begun on a new page. Pure.

A section is a heading with what is said under it, and moves as one: when it is named, and when its only picture is. A
picture that is one of several moves among the others under its heading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workspace.artifact import edit as e
from workspace.artifact.compose import as_heading
from workspace.artifact.model import Break, Text
from workspace.artifact.outcome import MOST, Cannot, Choose, Outcome, Place, Ready
from workspace.artifact.phrase import inside, join
from workspace.artifact.pointing import Part, find, heading_of, is_heading, named

if TYPE_CHECKING:
    from workspace.artifact.wording import Wording


def move(wording: Wording, place: Place) -> Outcome:
    part = place.one(wording.object, "move")
    if not isinstance(part, Part):
        return part
    home = place.home(part)
    anchor = find(wording.anchor, place.artifact, place.touched) if wording.anchor else ()
    within = _beside(anchor, part, home)
    whole = part if within is not None else place.enlarged(part, wording.object)
    where = _spot(within, wording.place) if within is not None else before(wording, place, whole)
    if not isinstance(where, int):
        return where
    label = whole.label
    if whole.start <= where <= whole.stop:
        return Cannot(f"{label[:1].upper()}{label[1:]} {_there(wording.place, whole, place)}")
    if whole != part and part.kind != "heading":
        label = f"{whole.label}, with its heading and {part.label.partition(' of ')[0]},"
    return Ready(e.Move(whole.start, whole.stop, where), label)


def before(wording: Wording, place: Place, part: Part) -> int | Choose | Cannot:
    """The block before which a part is to stand."""
    blocks, sections = place.artifact.blocks, place.of_kind("section")
    if wording.place in ("before", "after"):
        beside = find(wording.anchor, place.artifact, place.touched)
        if not beside:
            return place.nothing(wording.anchor)
        if len(beside) > 1:
            return Choose(f"Which one do you mean by “{wording.anchor}”?", beside[:MOST], beside=True)
        anchor = beside[0]
        if part.kind == "section" and anchor.kind != "section":
            anchor = next((s for s in sections if s.start <= anchor.start < s.stop), anchor)
        return _spot(anchor, wording.place)
    first = sections[0].start if sections and part.kind == "section" else 0
    home = place.home(part) if part.kind not in ("section", "text") and part.stop > part.start else None
    if wording.place == "first":
        return home.start + 1 if home is not None else first
    if wording.place == "last":
        return home.stop if home is not None else len(blocks)
    if part.kind == "section" and part in sections:
        number = sections.index(part)
        if wording.place == "down":
            return sections[number + 1].stop if number + 1 < len(sections) else part.stop
        return sections[number - 1].start if number else part.start
    bounds = place.home(part)
    low, high = (bounds.start + 1, bounds.stop) if bounds is not None else (0, len(blocks))
    return max(part.start - 1, low) if wording.place == "up" else min(part.stop + 1, high)


def swap(wording: Wording, place: Place) -> Outcome:
    if not wording.anchor:
        both = place.parts(wording.object)
        if len(both) != 2:
            noun = "" if not both else f": “swap the first and the second {both[0].kind}”"
            return Cannot(f"There are {len(both)} of them; say which two{noun}.")
        return _swapped(both[0], both[1], wording, place)
    noun = f" {wording.anchor.split()[-1]}" if named(wording.anchor) and not named(wording.object) else ""
    one, other = place.one(wording.object + noun, "swap"), place.one(wording.anchor, "swap")
    for part in (one, other):
        if not isinstance(part, Part):
            return part
    assert isinstance(one, Part) and isinstance(other, Part)
    return _swapped(one, other, wording, place)


def _swapped(one: Part, other: Part, wording: Wording, place: Place) -> Outcome:
    if place.home(one) != place.home(other):
        one, other = place.enlarged(one, wording.object), place.enlarged(other, wording.anchor)
    first, second = sorted((one, other), key=lambda part: part.start)
    if first.stop > second.start:
        return Cannot("These two lie within each other, so they cannot change places.")
    blocks = place.artifact.blocks
    moved = (*blocks[second.start : second.stop], *blocks[first.stop : second.start], *blocks[first.start : first.stop])
    return Ready(e.Replace(first.start, second.stop, moved), f"{first.label} and {second.label}")


def keep(wording: Wording, place: Place) -> Outcome:
    """Only the parts that were named: the other sections go, what stands before them stays."""
    found = place.parts(wording.object)
    sections = [
        part for part in place.of_kind("section") if place.home(part) or is_heading(place.artifact.blocks[part.start])
    ]
    kept = [one for one in sections if any(one.start <= part.start < one.stop for part in found)]
    if not kept:
        return place.nothing(wording.object)
    gone = [part for part in sections if part not in kept]
    if not gone:
        return Cannot("It has no other part.")
    return Ready(e.Remove(tuple((part.start, part.stop) for part in gone)), join([part.label for part in gone]))


def copy(wording: Wording, place: Place) -> Outcome:
    """A part once more, below itself, to be drawn or asked otherwise."""
    part = place.one(wording.object, "copy")
    if not isinstance(part, Part):
        return part
    part = place.enlarged(part, wording.object) if part.kind == "heading" else part
    blocks = place.artifact.blocks[part.start : part.stop]
    title = heading_of(blocks[0])
    if title:
        level = blocks[0].template.split(" ", 1)[0] if isinstance(blocks[0], Text) else "##"
        blocks = (Text(template=f"{level} {as_heading(title)} (copy)"), *blocks[1:])
    return Ready(e.Insert(part.stop, blocks), f"a copy of {part.label}")


def merge(wording: Wording, place: Place) -> Outcome:
    """Two sections as one, under both their headings, where the first stood."""
    one, other = place.one(wording.object, "put into one"), place.one(wording.anchor, "put into one")
    for part in (one, other):
        if not isinstance(part, Part):
            return part
    assert isinstance(one, Part) and isinstance(other, Part)
    one, other = (place.home(part) if part.kind != "section" else part for part in (one, other))
    if one is None or other is None or one == other or not place.home(one) or not place.home(other):
        return Cannot("Two sections with headings can be put into one; these are not two.")
    first, second = sorted((one, other), key=lambda part: part.start)
    blocks = place.artifact.blocks
    titles = [heading_of(blocks[part.start]) for part in (first, second)]
    made = (
        Text(template=f"## {as_heading(f'{titles[0]} and {inside(titles[1])}')}"),
        *blocks[first.start + 1 : first.stop],
        *blocks[second.start + 1 : second.stop],
        *blocks[first.stop : second.start],
    )
    return Ready(e.Replace(first.start, second.stop, made), f"{first.label} and {second.label}")


def break_(wording: Wording, place: Place) -> Outcome:
    """A new page, or slide, before a part or after it."""
    part = place.one(wording.object, "begin on a new page")
    if not isinstance(part, Part):
        return part
    part = place.enlarged(part, wording.object)
    at, blocks = (part.start if wording.place == "before" else part.stop), place.artifact.blocks
    if at in (0, len(blocks)):
        return Cannot("A page begins and ends there already.")
    if any(isinstance(block, Break) for block in blocks[at - 1 : at + 1]):
        return Cannot("There is a page break already.")
    return Ready(e.Insert(at, (Break(),)), f"a page break {wording.place} {part.label}")


# ------------------------------------------------------------------------------------------------------- parts
def _beside(anchor: tuple[Part, ...], part: Part, home: Part | None) -> Part | None:
    """What a block is to stand beside, where that is under its own heading."""
    if home is None or part.kind == "section":
        return None
    inside = [one for one in anchor if one.kind != "section" and home.start <= one.start < home.stop and one != part]
    inside = inside if len(inside) <= 1 else [one for one in inside if one.kind != "heading"]
    return inside[0] if len(inside) == 1 else None


def _spot(anchor: Part, side: str) -> int:
    return anchor.start if side == "before" else anchor.stop


def _there(side: str, part: Part, place: Place) -> str:
    """Why a part does not move."""
    home = place.home(part)
    if side in ("up", "down") and home is not None and part.kind != "section":
        end = "first" if side == "up" else "last"
        title = heading_of(place.artifact.blocks[home.start])
        return f"is the {end} under its heading. “Move the part {re.sub(r'[“”]', '', title)} {side}” moves all of it."
    ends = {"up": "is the first part already.", "down": "is the last part already."}
    if side in ends and is_heading(place.artifact.blocks[part.start]):
        return ends[side]
    return "is there already."
