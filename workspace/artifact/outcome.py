"""What words come to over an artifact: an edit, a question to be asked first, a choice, or why it cannot be. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workspace.artifact import edit as e
from workspace.artifact.model import Artifact, Shows
from workspace.artifact.phrase import join
from workspace.artifact.pointing import Part, find, heading_of, is_heading, parts_of

Span = tuple[int, int]
MOST = 6  # choices


@dataclass(frozen=True, slots=True)
class Ready:
    """It can be done: ``edit``, and what its part is called."""

    edit: e.Edit
    label: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Which part is meant has to be said: the one it is done to, or with ``beside`` the one it is to stand beside."""

    message: str
    parts: tuple[Part, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something has to be answered first: a question that is added, or a part that is asked anew with ``words``.

    Args:
        kind: ``add`` a section or block, ``refine`` the parts, ``reask`` one with another question, ``draw`` a table
            as a chart, ``write`` figures.
        words: the question, what follows on the part's own question, the mark, or the format.
        at: before which block it is added.
        form: what is added.
        parts: what is refined or drawn.
        columns: of which query, those that are written otherwise, if they hold figures.
        all: it is meant of all the parts or has to be asked of which; nobody said a part.
    """

    kind: Literal["add", "refine", "reask", "draw", "write"]
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


@dataclass(frozen=True, slots=True)
class Place:
    """An artifact, what of it was last spoken of, and the part that was chosen."""

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

    def home(self, part: Part) -> Part | None:
        """The section under whose heading a block stands."""
        inside = (s for s in self.of_kind("section") if s.start <= part.start and part.stop <= s.stop)
        found = next(inside, None)
        return found if found is not None and is_heading(self.artifact.blocks[found.start]) else None

    def pictures(self, part: Part) -> list[int]:
        """The charts, tables and figures of a stretch."""
        return [n for n in range(part.start, part.stop) if isinstance(self.artifact.blocks[n], Shows)]

    def enlarged(self, part: Part, phrase: str = "") -> Part:
        """The section of a heading, or of the only picture in it, since that is read as one with it; else the part."""
        home = self.home(part)
        if home is None or part.kind == "section":
            return part
        named_so = re.search(r"\b(?:heading|headline|header|subtitle)\b", phrase, re.IGNORECASE)
        if part.kind == "heading":
            return part if named_so else home
        return home if self.pictures(home) == [part.start] else part

    def nothing(self, phrase: str) -> Cannot:
        sections = [heading_of(self.artifact.blocks[part.start]) for part in self.of_kind("section")]
        names = [f"“{name}”" for name in sections if name]
        held = f" Its parts are {join(names[:8])}." if names else ""
        said = re.sub(r"\A(?:the|a|an)\s+", "", phrase.strip(), flags=re.IGNORECASE)
        return Cannot(f"There is no “{said or 'such part'}” in “{self.artifact.title}”.{held}", known=False)
