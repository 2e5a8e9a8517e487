"""Conditions in words: "returns exceed 5 %", "stock of any product falls below 10", "there is an open ticket".

Pure text: what is looked at (`subject`, in words that name a figure), how it is compared, with which number. What the
words name is somebody else's to find. Only what holds now or will: "exceeded" tells of the past, and is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workspace.question.numbers import read_number
from workspace.question.tokens import tokenize
from workspace.question.wording import plural

Operator = Literal[">", ">=", "<", "<=", "=", "changes", "exists"]
Kind = Literal["figure", "each", "growth"]

_IS = r"(?:is|are|gets?|becomes?|goes|go|stays?|will\s+be|(?:has|have)\s+been)"
_MOVES_UP = r"(?:rises?|climbs?|grows?|goes|go|gets?|jumps?|moves?|increases?|shoots?|creeps?)"
_MOVES_DOWN = r"(?:falls?|drops?|sinks?|dips?|goes|go|gets?|declines?|decreases?|shrinks?|slips?|plunges?|moves?)"
_MORE, _LESS = r"(?:more|greater|higher|larger|bigger)", r"(?:less|fewer|lower|smaller)"
_WORDS: tuple[tuple[Operator, str], ...] = (
    (
        ">=",
        rf"(?:reach(?:es)?|hits?|attains?|>=|≥|(?:{_IS}|amounts?\s+to|comes?\s+to)\s+at\s+least|{_IS}\s+no\s+less\s+than"
        rf"|{_MOVES_UP}\s+(?:up\s+)?to(?:\s+at\s+least)?|has\s+at\s+least|have\s+at\s+least)",
    ),
    (
        "<=",
        rf"(?:<=|≤|(?:{_IS}|amounts?\s+to|comes?\s+to)\s+at\s+most|{_IS}\s+no\s+more\s+than"
        rf"|(?:falls?|drops?|sinks?|dips?|declines?|decreases?|shrinks?)\s+to)",
    ),
    (
        ">",
        rf"(?:exceeds?|surpass(?:es)?|tops?|pass(?:es)?|crosses|cross|overshoots?|>|{_IS}\s+(?:above|over|beyond|past"
        rf"|{_MORE}\s+than|in\s+excess\s+of)|{_MOVES_UP}\s+(?:up\s+)?(?:above|over|beyond|past|to\s+{_MORE}\s+than)"
        rf"|(?:has|have)\s+(?:more\s+than|over))",
    ),
    (
        "<",
        rf"(?:<|undercuts?|{_IS}\s+(?:below|under|beneath|{_LESS}\s+than)"
        rf"|{_MOVES_DOWN}\s+(?:down\s+)?(?:below|under|beneath|to\s+{_LESS}\s+than)|(?:has|have)\s+(?:{_LESS}\s+than|under))",
    ),
    ("=", rf"(?:equals?|=|{_IS}\s+(?:equal\s+to|exactly)|{_IS}(?=\s+(?:zero|nil|none|\d)))"),
)
_COMPARE = tuple((op, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)) for op, words in _WORDS)
_SIGNS = re.compile(r"(?P<op>>=|<=|≥|≤|>|<|=)")
_UP = r"(?:rises?|grows?|increases?|climbs?|jumps?|goes\s+up|go\s+up|improves?)"
_DOWN = r"(?:falls?|drops?|declines?|decreases?|shrinks?|goes\s+down|go\s+down|sinks?|plunges?)"
_GROWTH = re.compile(
    rf"(?<!\w)(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s*(?:\s+by)?(?:\s+(?P<least>more\s+than|over|at\s+least))?"
    r"(?P<rest>\s+.+)?\Z",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"(?<!\w)(?:changes|change|moves|is\s+(?:updated|different|changed)|are\s+(?:updated|different|changed)|differs?)\Z",
    re.IGNORECASE,
)
_GONE = re.compile(r"(?<!\w)(?:runs?\s+out|(?:is|are)\s+(?:used\s+up|sold\s+out|gone))\Z", re.IGNORECASE)
_THERE = re.compile(
    r"(?:there\s+(?:is|are|'s)|there's|we\s+(?:have|get|see|receive)|i\s+(?:have|get|see|receive))\s+(?!no\b)"
    r"(?:(?:any|an?|some|one|at\s+least\s+one|new)\s+)*(?P<what>.+)\Z",
    re.IGNORECASE,
)
_ANY = r"(?:any(?:\s+one)?(?:\s+of\s+the)?|some|one\s+of\s+(?:the|our|my)|an?|each|every|a\s+single)"
_OF_ANY = re.compile(rf"\s+(?:of|in|for|from|at|per|by)\s+{_ANY}\s+(?P<noun>.+)\Z", re.IGNORECASE)
_ANYS = re.compile(rf"{_ANY}\s+(?P<noun>.+?)(?:'s|’s|s'|s’)\s+(?P<what>.+)\Z", re.IGNORECASE)
_ANY_HAS = re.compile(rf"{_ANY}\s+(?P<noun>\w[\w\s-]*?)\s+(?:has|have)\s+(?P<what>.+)\Z", re.IGNORECASE)
_ANY_IS = re.compile(rf"{_ANY}\s+(?P<noun>.+)\Z", re.IGNORECASE)
_ADVERBS = re.compile(r"(?<!\w)(?:ever|again|suddenly|finally|once\s+more|first|actually|currently)(?!\w)\s*", re.I)
_ARTICLE = re.compile(r"(?:the|our|my|your|its)\s+", re.IGNORECASE)
_UNIT = re.compile(
    r"\s*(?:(?P<percent>%|percent\b|per\s+cent\b|pct\b)|(?:€|\$|£|eur\b|euros?\b|usd\b|dollars?\b|gbp\b|pounds?\b|chf\b"
    r"|units?\b|pieces?\b|pcs\b|items?\b))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A condition as it was said.

    Args:
        subject: what is looked at, in words: "returns", "stock per product"; "" for what was spoken of before.
        op: how it is compared; ``changes`` and ``exists`` need no number.
        number: with what; None for none.
        percent: whether the number was said in percent.
        kind: one ``figure``, ``each`` row of a list, or the ``growth`` of a figure from one period to the next.
        words: as written.
        problem: why it cannot be, in one sentence; "" where it can.
    """

    subject: str
    op: Operator
    number: float | None = None
    percent: bool = False
    kind: Kind = "figure"
    words: str = ""
    problem: str = ""


def threshold_in(text: str) -> Threshold | None:
    """The condition that a text says, None where it says none.

    Args:
        text: without "when" or "if" before it.

    Example:
        >>> found = threshold_in("revenue this month is above 200,000")
        >>> found.subject, found.op, found.number
        ('revenue this month', '>', 200000)
        >>> threshold_in("returns exceeded 5 %") is None
        True
    """
    words = " ".join(text.split()).strip(" .!,;:?")
    plain = _ADVERBS.sub("", re.sub(r"(?<=\w)['’]s(?=\s+(?:above|over|below|under|more|less|at)\b)", " is", words))
    found = _there(plain) or _changes(plain) or _compared(plain) or _grown(plain)
    if found is None:
        return None
    return Threshold(found.subject, found.op, found.number, found.percent, found.kind, words, found.problem)


def _there(text: str) -> Threshold | None:
    match = _THERE.match(text)
    if match is not None:
        return Threshold(match["what"], "exists", kind="each")
    match = _ANY_HAS.match(text)
    if match is not None:
        return Threshold(f"{plural(match['noun'])} with {match['what']}", "exists", kind="each")
    return None


def _changes(text: str) -> Threshold | None:
    match = _CHANGES.search(text)
    if match is not None:
        return Threshold(_subject(text[: match.start()]), "changes")
    match = _GONE.search(text)
    if match is None:
        return None
    subject, each = _each(_subject(text[: match.start()]))
    return Threshold(subject, "<=", 0, kind="each" if each else "figure")


def _compared(text: str) -> Threshold | None:
    at: tuple[Operator, int, int] | None = None
    for op, pattern in _COMPARE:
        match = pattern.search(text) or (_SIGNS.search(text) if op == "=" else None)
        if match is not None and (at is None or match.start() < at[1]):
            sign = match.groupdict().get("op") or ""
            known: dict[str, Operator] = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<", "=": "="}
            at = known.get(sign, op), match.start(), match.end()
    if at is None:
        return None
    op, start, end = at
    head, tail = _subject(text[:start]), text[end:].strip()
    number, percent, rest = _number(tail)
    if number is None:
        return Threshold(
            head, op, problem=f"“{tail}” is no number to compare with; say one, such as 10,000 or 5 %."
        ) if tail else None  # fmt: skip
    if (bare := _ANY_IS.match(head)) and not _OF_ANY.search(head) and not _ANYS.match(head):
        compared = {">": "over", ">=": "of at least", "<": "under", "<=": "of at most"}.get(op, "of")
        return Threshold(f"{plural(bare['noun'])} {compared} {tail}", "exists", kind="each")
    subject, each = _each(f"{head} {rest}".strip())
    op = "<=" if op == ">=" and not number else op  # what reaches nought comes from above
    return Threshold(subject, op, number, percent, "each" if each else "figure")


def _grown(text: str) -> Threshold | None:
    match = _GROWTH.search(text)
    if match is None or not match.start():
        return None
    number, percent, rest = _number((match["rest"] or "").strip())
    if match["rest"] and (number is None or not percent):
        return None
    subject = f"{_subject(text[: match.start()])} {rest}".strip()
    size = number or 0
    loose = bool(match["least"]) and match["least"].lower() != "at least"
    if match["up"]:
        return Threshold(subject, ">" if loose or not size else ">=", size, True, "growth")
    return Threshold(subject, "<" if loose or not size else "<=", -size, True, "growth")


def _each(subject: str) -> tuple[str, bool]:
    """ "stock of any product" and "any product's stock" are the stock per product."""
    if match := _OF_ANY.search(subject):
        return f"{subject[: match.start()]} per {match['noun']}", True
    if match := _ANYS.match(subject):
        return f"{match['what']} per {match['noun']}", True
    return subject, False


def _subject(text: str) -> str:
    return _ARTICLE.sub("", text.strip(" ,"), count=1) if _ARTICLE.match(text.strip(" ,")) else text.strip(" ,")


def _number(text: str) -> tuple[float | None, bool, str]:
    """The number that a text begins with, whether it is percent, and what follows it."""
    tokens = tokenize(text)
    found = read_number(tokens, 0) if tokens else None
    if found is None:
        if re.match(r"(?:zero|nil|none)\b", text, re.IGNORECASE):
            return 0, False, text.partition(" ")[2]
        return None, False, text
    value, length = found
    inside = [token.lower for token in tokens[:length]]
    rest = text[tokens[length - 1].end :]
    percent = inside[0].endswith("%") or "percent" in inside
    while match := _UNIT.match(rest):
        percent, rest = percent or bool(match["percent"]), rest[match.end() :]
    return value, percent, rest.strip()
