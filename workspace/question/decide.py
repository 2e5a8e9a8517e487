"""What to do with the candidates: answer when sure, ask back when it could be, decline when words are unknown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workspace.errors import PlanInvalid
from workspace.question.absent import absent, guessed
from workspace.question.attached import ROWS
from workspace.question.frames import Condition
from workspace.question.linking import Item
from workspace.question.plan import Aggregate, Column, Plan, Related, walk
from workspace.question.rank import Candidate
from workspace.question.reading import Option, Reading, Readings, Span, Values
from workspace.question.schema import Schema

# A reading is answered when nine of ten of its like were right, by folds of databases (see `evaluate/fitting.py`).
SURE, POSSIBLE = 0.784, 0.3
HOLDS = 0.5  # by the grammar's own measure, below which a reading is not even offered
HOME = 0.7  # how well the name of a table fits a word that is taken for its rows
CLOSE = 0.15  # a rival whose chance is at least so much is offered beside the first


def decide(text: str, found: list[Candidate], schema: Schema, values: Values | None) -> Readings:
    """What to do with the candidates: answer when sure, ask back when it could be, decline when words are unknown."""
    if not found:
        unused = tuple(_content_words(text))
        message = _nothing(unused) if len(unused) == 1 and _thing(unused[0]) else _not_understood(unused)
        return Readings(text, "decline", unused=unused, message=message)
    best = found[0]
    unused = tuple(item.text for item in best.frame.unused)
    readings = tuple(_reading(candidate) for candidate in found[:4])
    missed = [] if best.sure else missing_words(best)
    gone = () if best.sure else absent(best)
    if gone and not missed and best.confidence >= SURE:
        return _without(text, found, gone, readings, unused)
    if missed and best.confidence >= POSSIBLE:
        label = _choices([best])
        heads = [item for item in missed if _heads(best, item)]
        if heads and heads == missed:
            return Readings(text, "decline", readings, unused, _not_here(missed))
        if label and not heads and not guessed(best):
            message = f"{_not_understood(tuple(item.text for item in missed))} Show this without it?"
            rows = [item for item in missed if item.links and item.links[0].how == ROWS]
            if rows and len(missed) == 1:
                message = f"Are “{rows[0].text}” the rows of {rows[0].links[0].table}?"
            return Readings(text, "clarify", readings, unused, message, label)
        return Readings(text, "decline", readings, unused, _not_understood(tuple(item.text for item in missed)))
    confidence = best.confidence
    vague = () if best.sure else guessed(best)
    if vague and confidence >= SURE and not gone:
        message = f"{_not_here(vague)} Do you mean this?"
        return Readings(text, "clarify", readings, unused, message, _choices([best]))
    rivals = [] if best.sure else [other for other in found[1:] if other.chance >= CLOSE]
    aside = () if best.sure else left_out(best)
    if confidence >= SURE and not _coordinated(best, aside) and not _unsaid(best):
        return Readings(text, "answer", readings, unused)
    dropped = tuple(item.text for item in best.frame.dropped)
    lost = best.score < HOLDS or bool(dropped or aside or any(len(word) > 2 for word in unused))
    if confidence < POSSIBLE or lost or _stray(best):
        return Readings(text, "decline", readings, unused, _not_understood(unused or dropped or aside))
    choices = _choices([best, *rivals][:4])
    message = "Which of these do you mean?" if len(choices) > 1 else "Do you mean this?"
    return Readings(text, "clarify", readings, unused, message, choices)


def _without(
    text: str, found: list[Candidate], gone: tuple[Item, ...], readings: tuple[Reading, ...], unused: tuple[str, ...]
) -> Readings:
    """What to do where the best reading has nothing of what was asked for: another may have it."""
    homes = {link.table for item in gone for link in item.links if not link.column and link.score >= HOME}
    others = [other for other in found[1:] if other.plan.root in homes and not absent(other) and not other.senseless]
    if others and (choices := _choices(others[:1])):
        return Readings(text, "clarify", (_reading(others[0]), *readings), unused, "Do you mean this?", choices)
    words = tuple(item.text for item in gone)
    known = any(item.links for item in gone)
    return Readings(text, "decline", readings, words, _not_understood(words) if known else _not_here(gone))


# Verbs that only say that something is somewhere or is kept.
_PLAIN_VERBS = frozenset(
    {
        "locate", "list", "base", "hold", "place", "record", "register", "keep", "occur", "happen", "offer",
        "provide", "supply", "publish", "make", "create", "show", "have", "undergo", "exist", "belong", "get",
        "call", "store", "find", "name", "give", "contain", "involve", "associate", "relate", "display", "take",
        "put", "use",
    }
)  # fmt: skip


def missing_words(candidate: Candidate) -> list[Item]:
    """Words that carry meaning and that the reading does without; verbs of being somewhere carry none."""
    items = candidate.linked.items
    missed = [item for item in candidate.frame_items() if item.links and item.links[0].how == ROWS]
    for item in candidate.frame.unused:
        if len(item.text) < 3 and not item.text.isupper():
            continue
        place = next((n for n, other in enumerate(items) if other.start == item.start), -1)
        following = items[place + 1] if 0 <= place < len(items) - 1 else None
        verbal = item.lower.endswith(("ed", "ing", "en", "s")) and item.lemma != item.lower
        agent = following is not None and following.has("by") and item.lower.endswith(("ed", "en"))
        if item.lemma in _PLAIN_VERBS or (agent and verbal):
            continue
        missed.append(item)
    return missed


def _stray(candidate: Candidate) -> bool:
    """Is an everyday word taken for a value of things that nobody named ("*low* stock", of a ticket's priority)?"""
    found = candidate.evidence
    beside = found.get("t count") == 1 and bool(candidate.frame.targets)  # "rainy days": of what is shown
    conditions = [condition for condition in candidate.frame.conditions if isinstance(condition, Condition)]
    said = [
        operand.item.lower for condition in conditions for operand in condition.operands if operand.item is not None
    ]
    word = any(text.isalpha() for text in said)  # not "ac/dc"
    return bool(found.get("u value plain bare") and found.get("u value apart")) and word and not beside


def left_out(candidate: Candidate) -> tuple[str, ...]:
    """Tables that are named and of which the reading says nothing ("average days to resolve *tickets*")."""
    plan = candidate.plan
    nodes = [node for node in walk(plan, subplans=True) if isinstance(node, Column | Aggregate | Related | Plan)]
    tables = {node.root if isinstance(node, Plan) else node.table for node in nodes} | {plan.root}
    named = [item for item in candidate.frame_items() if item.table is not None and item.table.score >= 0.9]
    return tuple(
        i.text for i in named if not i.tags and not {link.table for link in i.links if link.score > 0.6} & tables
    )


def _unsaid(candidate: Candidate) -> bool:
    """Is a figure's own name left out ("average delivery *time*", of costs)?"""
    gathered = any(item.has("avg", "sum", "max", "min") for item in candidate.linked.items)
    return gathered and any(name == "drop target" and item is not None for name, item in candidate.changes)


def _coordinated(candidate: Candidate, aside: tuple[str, ...]) -> bool:
    """Was as much asked of what is left out as of the rest ("orders *and returns* per month")?"""
    items = candidate.linked.items
    return any(item.text in aside and before.has("and", "comma") for before, item in pairwise(items))


def _heads(candidate: Candidate, missed: Item) -> bool:
    """Is the word what was asked for ("average *rating*"), rather than something said of it?"""
    if missed.links:
        return False
    items = [item for item in candidate.linked.items if item.tags != {"filler"} and not item.has("of")]
    place = next((n for n, other in enumerate(items) if other.start == missed.start), 0)
    before, after = items[place - 1] if place else None, items[place + 1] if place + 1 < len(items) else None
    attached = after is not None and bool(after.links or after.matches) and after.start == missed.end
    asked = before is None or before.has(
        "open", "count", "avg", "sum", "max", "min", "each", "by", "order", "top", "bottom"
    )
    return asked and not attached


def _choices(candidates: list[Candidate]) -> tuple[Option, ...]:
    """The readings in words; those that read alike are one."""
    from workspace.question.explain import explain

    options: dict[str, Option] = {}
    for candidate in candidates:
        try:
            label = explain(candidate.plan, candidate.context.schema.catalog)
        except PlanInvalid:
            continue
        options.setdefault(label, Option(label, candidate.plan))
    return tuple(options.values())


def _reading(candidate: Candidate) -> Reading:
    spans = []
    tokens = candidate.linked.tokens
    targets = {d.item.start: d.link.target for d in candidate.context.decisions.values()}
    roles: dict[tuple[int, int], tuple[str, str]] = {}
    for item, role, target in candidate.frame.roles:
        if role:
            roles[item.start, item.end] = (role, target)
    for item in candidate.linked.items:
        role, target = roles.get((item.start, item.end), ("", ""))
        role = role or ("filler" if item.tags else "column" if item.links else "filler")
        start, end = tokens[item.start].start, tokens[item.end - 1].end
        said = candidate.linked.text[start:end]  # as it was written, also where it was mended
        spans.append(Span(start, end, said, role, target or targets.get(item.start, "")))
    free = [span for span in candidate.pictured if not any(s.start < span.end and span.start < s.end for s in spans)]
    spans = sorted([*spans, *free], key=lambda span: span.start)
    return Reading(
        candidate.plan,
        round(candidate.confidence, 3),
        tuple(spans),
        tuple(candidate.frame.rules),
        candidate.linked.notes,
    )


def _content_words(text: str) -> list[str]:
    from workspace.question import lexicon
    from workspace.question.tokens import tokenize

    tokens = tokenize(text)
    lower = [token.lower for token in tokens]
    known: set[int] = set()  # "many" of "how many" is structure too
    for start in range(len(tokens)):
        for length in range(min(lexicon.longest_cue(), len(tokens) - start), 0, -1):
            if tuple(lower[start : start + length]) in lexicon.cues():
                known.update(range(start, start + length))
                break
    return [t.text for place, t in enumerate(tokens) if t.kind == "word" and place not in known]


def _not_here(items: Sequence[Item]) -> str:
    """That things are not there, of words that can name one; of others, that they say nothing here."""
    words = tuple(item.text for item in items)
    if not all(item.lower in (item.lemma, f"{item.lemma}s") or item.links for item in items):
        return _not_understood(words)
    return _nothing(words)


def _nothing(words: Sequence[str]) -> str:
    return f"There is nothing called {' or '.join(f'“{word}”' for word in words[:4])} here."


def _thing(word: str) -> bool:
    """May the word name a thing, by its ending?"""
    return word.isalpha() and not word.lower().endswith(("ed", "ing", "ly"))


def _not_understood(unused: tuple[str, ...]) -> str:
    if not unused:
        return "I could not make out what to show."
    named = ", ".join(f"“{word}”" for word in unused[:4])
    return f"I do not know what {named} means here." if len(unused) == 1 else f"I do not know what {named} mean here."
