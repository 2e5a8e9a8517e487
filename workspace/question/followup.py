"""A turn of a conversation: does it change the answer in focus, ask about what that showed, or stand on its own?

revise   "only 2023", "by month instead", "add their city"      the focus changed in place (`revise`)
refer    "what are their names", "which of those is oldest"     a question about the rows in focus (`refer`)
alone    "how many albums are there"                            a question of its own
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Literal

from workspace.database.catalog import Catalog
from workspace.question import lexicon
from workspace.question.frames import Frame, Term
from workspace.question.linking import Item, Linked, link
from workspace.question.parse import parse
from workspace.question.plan import Column, Plan, walk
from workspace.question.pointing import Pointing, blank, named_before, pointing
from workspace.question.rank import Candidate, candidates
from workspace.question.reading import Option, Values
from workspace.question.refer import narrows, refer
from workspace.question.resolve import names_table
from workspace.question.revise import revise
from workspace.question.schema import Schema, schema_of
from workspace.question.tokens import Token, tokenize

UNUSED = 0.5  # what a word that nothing explains takes: such a reading is not answered
Way = Literal["revise", "refer"]

# What may stand before a command: "can you please *add* …".
_LEAD = frozenset(
    {"can", "could", "would", "will", "you", "please", "now", "and", "then", "i", "want", "to", "d", "'", "like", "let",
     "us", "me", "ok", "so", "but", "we", "need", "also", "just", "show", "display", "give", "list", "see"}
)  # fmt: skip
_ASKING = frozenset(
    {"what", "which", "who", "whose", "where", "when", "how", "is", "are", "does", "do", "did", "was", "were", "has",
     "have"}
)  # fmt: skip
# What words of change do to the focus when a text begins with them, and wherever they stand.
_CHANGING = frozenset({"also", "both", "remove", "exclude", "instead"})
_CHANGING_ANYWHERE = frozenset({"instead", "reverse", "chart_off"})
_ALL = frozenset({"all", "every", "different", "distinct", "unique", "total", "each", "overall", "any", "various"})


@dataclass(frozen=True, slots=True)
class Said:
    """A text's words of change.

    Args:
        tags: what they ask for.
        head: those of the words it begins with.
        text: the text without the words it begins with and without those that only point back.
        words: the words of change themselves, lower case.
    """

    tags: frozenset[str]
    head: frozenset[str]
    text: str
    words: frozenset[str]


class Turn:
    """A text said with an answer in focus, and the three ways to take it."""

    def __init__(self, text: str, schema: Schema, values: Values | None, clock: datetime, focus: Plan) -> None:
        self.text, self.schema, self.values, self.clock, self.focus = text, schema, values, clock, focus
        self.said = said(text)

    def take(self, way: Way) -> Candidate | None:
        """The reading of that way, None where there is none."""
        return self._revised if way == "revise" else self._referring

    # ------------------------------------------------------------------------------------------------ the ways
    @cached_property
    def alone(self) -> list[Candidate]:
        """The readings of the text as a question of its own."""
        return candidates(self.text, self.schema, self.values, self.clock)

    @cached_property
    def pointed(self) -> Pointing:
        """How the text points back; "artists and their albums" points at what it named itself."""
        found = pointing(self.text)
        if found.kind in ("many", "one") and found.start > 0:
            whole = self._link(self.text)
            before = named_before(whole, found.start)
            if before is not None and found.possessive:
                return Pointing(self.text)
        return found

    def _link(self, text: str) -> Linked:
        return link(text, self.schema, self.values, self.clock)

    @cached_property
    def bare(self) -> tuple[Linked, Frame]:
        """The text without words that point back, taken apart."""
        text = self.pointed.text
        if self.pointed.phrases:
            text = blank(text, tokenize(self.text), self._shown_before())
        linked = self._link(text)
        return linked, parse(linked, self.schema)

    def _shown_before(self) -> Iterator[tuple[int, int]]:
        """ "… *from those states*", where the focus shows states: it only points."""
        outputs = {
            (node.table, node.name)
            for part in (*self.focus.outputs, *self.focus.group)
            for node in walk(part)
            if isinstance(node, Column)
        }
        for item in self._link(self.text).items:
            for start, end in self.pointed.phrases:
                if item.start == end and any((link.table, link.column) in outputs for link in item.links):
                    yield start, item.end

    @cached_property
    def _referring(self) -> Candidate | None:
        linked, frame = self.bare
        found = refer(linked, frame, self.schema, self.focus, points=self.pointed.points)
        return self._noted(found, frame, "follow-up: refers back")

    @cached_property
    def _revised(self) -> Candidate | None:
        linked = self._link(self.said.text)
        frame = parse(linked, self.schema)
        found = revise(linked, frame, self.schema, self.said.tags, self.focus)
        return self._noted(found, frame, "")

    def _noted(self, found: Candidate | None, frame: Frame, rule: str) -> Candidate | None:
        if found is None:
            return None
        frame.unused = [item for item in frame.unused if item.lower not in self.said.words]
        for item in frame.unused:
            found.features[f"unused: {item.lower}"] = 0.1 if len(item.lower) < 3 or _verbal(item) else UNUSED
        for decision in found.context.decisions.values():
            found.features[f"link: {decision.item.lower}"] = 0.5 * max(0.0, 0.9 - decision.link.score)
        found.sure = True
        if rule:
            frame.rules.append(rule)
        return found

    # ------------------------------------------------------------------------------------------------ the choice
    def ways(self) -> Sequence[Way]:
        """The ways in which the text leans on the focus, the likeliest first; none when it stands on its own."""
        linked, frame = self.bare
        head, tags = self.said.head, self.said.tags
        columns = [term for term in frame.targets if term.item is not None and term.item.links]
        named = frame.entity is not None and names_table(frame.entity)
        asking = _first(linked) in _ASKING
        arranging = frame.limit is not None or frame.sorts or frame.chart or any(term.grain for term in frame.groups)
        fragment = not columns and not named and not asking and bool(arranging or frame.groups or frame.conditions)
        if frame.targets and all(term.unit for term in frame.targets) and not named and not asking:
            return ("revise", "refer")  # "in minutes"
        pointed = self.pointed.kind in ("many", "one")
        if pointed and (asking or not head & _CHANGING) and not (fragment and arranging):
            return ("refer", "revise")
        whole = named and (frame.sorts or (frame.conditions and (columns or asking)) or (frame.groups and columns))
        if whole and not self.pointed.points:
            return ()  # a whole question, whatever it begins with
        measured = any(term.measure is not None for term in frame.targets) and frame.groups
        if measured and not head and not tags & _CHANGING_ANYWHERE and not self.pointed.points:
            return ()  # "revenue per month": as whole as "orders per month"
        if tags & _CHANGING_ANYWHERE or (head & _CHANGING and not asking):
            return ("revise", "refer")
        plain = not named and not frame.conditions and all(not (t.function or t.measure) for t in columns)
        figures = "about" in head and plain and self.focus.measures
        if head & {"about", "only"} and (not columns or (figures and not self.pointed.points)):
            return ("revise", "refer")
        if fragment:
            return ("revise", "refer")
        if self.pointed.points or head & {"about", "only"} or (not columns and not named):
            return ("refer", "revise")
        return ("refer",) if self._lists(frame, columns) else ()

    def _lists(self, frame: Frame, columns: Sequence[Term]) -> bool:
        """ "give me the train number": columns of the rows in focus, where nothing says that all are meant."""
        if not columns or frame.conditions or frame.groups or frame.sorts or frame.limit is not None:
            return False
        if any(term.function or term.measure for term in columns) or not narrows(self.focus):
            return False
        words = {token.lower for token in tokenize(self.text)}
        return not words & _ALL and (frame.entity is None or "the" in words)


def _first(linked: Linked) -> str:
    for token in linked.tokens:
        if token.kind == "word" and token.lower not in ("and", "so", "ok", "then", "but", "now", "of", "also"):
            return token.lower
    return ""


def readings_in(text: str, schema: Schema, values: Values | None, clock: datetime, focus: Plan) -> list[Candidate]:
    """What a text means with an answer in focus, the likeliest first.

    Args:
        text: what was said.
        schema: of the catalog.
        values: lookup of cell values.
        clock: what "today" means.
        focus: the plan of the answer before.
    """
    turn = Turn(text, schema, values, clock, focus)
    leaning = turn.ways()
    spare: Candidate | None = None
    for way in leaning:
        found = turn.take(way)
        if found is not None and not _missed(found):
            return [found]
        spare = spare or found  # a word that it has no use for: another way may have one
    if spare is not None and (turn.pointed.points or not turn.alone or _missed(spare) <= _missed(turn.alone[0])):
        return [spare]
    if turn.alone:
        if turn.pointed.kind in ("many", "one"):
            for candidate in turn.alone:
                candidate.chance *= UNUSED  # it points at what is not there
        return turn.alone
    found = turn.take("refer") or turn.take("revise")
    return [found] if found is not None else []


def _missed(candidate: Candidate) -> int:
    """How many words that carry meaning the reading does without."""
    return sum(len(item.lower) > 2 and not _verbal(item) for item in candidate.frame.unused)


def _verbal(item: Item) -> bool:
    return item.lower.endswith(("ed", "ing")) and item.lemma != item.lower


# --------------------------------------------------------------------------------------------------------- words
@cache
def _phrases() -> dict[tuple[str, ...], frozenset[str]]:
    table: dict[tuple[str, ...], set[str]] = {}
    for line in lexicon.lines("followups.txt"):
        tag, _, phrases = line.partition(": ")
        for phrase in phrases.split(" | "):
            table.setdefault(tuple(phrase.split()), set()).add(tag)
    return {words: frozenset(tags) for words, tags in table.items()}


def said(text: str) -> Said:
    """The words of change in a text.

    Example:
        >>> sorted(said("can you add the city").head), said("can you add the city").text.strip()
        (['also'], 'city')
        >>> sorted(said("by month instead").tags)
        ['instead']
    """
    pointed = pointing(text)
    tokens = tokenize(pointed.text)
    start = 0
    while start < len(tokens) and tokens[start].lower in _LEAD and not _at(tokens, start, head=True):
        start += 1
    head: frozenset[str] = frozenset()
    words: set[str] = set()
    blanked = pointed.text
    found = _at(tokens, start, head=True)
    if found is not None:
        head, end = found
        words |= {token.lower for token in tokens[start:end]}
        if head & {"also", "about", "only"}:
            last = tokens[end - 1].end
            blanked = " " * last + blanked[last:]
    tags = set(head)
    for place in range(len(tokens)):
        within = _at(tokens, place, head=False)
        if within is not None:
            tags |= within[0]
            words |= {token.lower for token in tokens[place : within[1]]}
    words |= {token.lower for token in tokens[:start]}
    return Said(frozenset(tags), head, blanked, frozenset(words))


def _at(tokens: Sequence[Token], place: int, *, head: bool) -> tuple[frozenset[str], int] | None:
    """The tags of the longest phrase at ``place``, those that only begin a text where that is the ``head``."""
    for length in range(min(6, len(tokens) - place), 0, -1):
        found = _phrases().get(tuple(token.lower for token in tokens[place : place + length]))
        if found:
            tags = frozenset(tag.lower() for tag in found if head or tag.islower())
            if tags:
                return tags, place + length
    return None


# --------------------------------------------------------------------------------------------- what to ask next
def follow_ups(
    plan: Plan, catalog: Catalog, values: Values | None = None, clock: datetime | None = None
) -> tuple[Option, ...]:
    """Up to three ways to go on from an answer, each a plan of its own.

    Args:
        plan: the answer's.
        catalog: its tables.
        values, clock: unused by the present offers; taken so that callers need not change when they are.
    """
    from workspace.question.offers import offers

    return offers(plan, schema_of(catalog))
