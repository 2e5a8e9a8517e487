"""Words that point back at the answer before: "those", "their", "that company", "of them"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workspace.question import lexicon
from workspace.question.linking import Item, Linked
from workspace.question.resolve import names_table
from workspace.question.tokens import Token, tokenize

_MANY = frozenset({"those", "these", "them", "they", "their", "theirs", "themselves"})
_ONE = frozenset({"its", "his", "her", "him", "he", "she", "hers", "it"})
_DETERMINERS = frozenset({"those", "these", "this", "that"})
_COUNTS = frozenset({"one", "ones", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
_PLACING = frozenset({"of", "for", "from", "in", "with", "at", "on", "by", "having", "about", "under", "has", "have"})
_NEAR = frozenset({"its", "his", "her", "their", "them", "they", "it", "he", "she", "him"})
_HELPING = frozenset({"do", "does", "did", "is", "are", "was", "were", "have", "has", "had", "can", "will", "would"})
# What may be done to an answer as a whole: "sort *them* by name", "break *it* down".
_DONE_TO = frozenset(
    {"break", "split", "group", "sort", "order", "filter", "limit", "restrict", "narrow", "rank", "arrange", "plot",
     "draw", "turn", "reverse", "compare", "cut"}
)  # fmt: skip
_THIS = frozenset({"that", "this"})
_PARTS = frozenset(
    {"which", "how many", "many", "any", "some", "all", "most", "each", "one", "none", "who", "what", "two", "three",
     "both", "ones", "number", "percentage", "share", "count", "half"}
)  # fmt: skip
_AMONG = frozenset({"of", "among", "from", "in", "amongst", "between", "out", "into", "to", "on"})
# Words before "that" after which it stands for a thing, rather than beginning a clause.
_BEFORE = frozenset(
    {"of", "for", "in", "by", "from", "is", "at", "with", "does", "has", "have", "did", "on", "about", "was", "to",
     "and", "are", "do", "were", "than", "had", "under", "over", "into", "per", "what", "where", "when", "besides",
     "except", "show", "list", "sort", "order", "filter", "update", "include", "only", "group", "add"}
)  # fmt: skip
_TIMES = frozenset({"year", "month", "week", "quarter", "morning", "time", "day", "decade", "season"})
_RESULT = frozenset(
    {"result", "results", "list", "table", "answer", "output", "chart", "data", "query", "set", "lists"}
)


@dataclass(frozen=True, slots=True)
class Pointing:
    """How a text points back.

    Args:
        text: the text without the words that only point, every other word at its place.
        kind: "" (not at all), ``many`` (those, their), ``one`` (its, that company), ``result`` (this list).
        start: token at which it first points; -1 when it does not.
    """

    text: str
    kind: str = ""
    start: int = -1
    possessive: bool = False  # it first points by "their", "its", "them": at what may have been named just before
    phrases: tuple[tuple[int, int], ...] = ()  # "*from those* states": the preposition's token, and the next one's

    @property
    def points(self) -> bool:
        return bool(self.kind)


def pointing(text: str) -> Pointing:
    """Finds and blanks the words of ``text`` that point at what was said before.

    Example:
        >>> pointing("how many of those are female").text.split(), pointing("what is its price").kind
        (['how', 'many', 'are', 'female'], 'one')
        >>> pointing("tracks that are longer than 5 minutes").kind
        ''
    """
    tokens = tokenize(text)
    gone: list[tuple[int, int]] = []
    phrases: list[tuple[int, int]] = []
    kind, first = "", -1
    for place in range(len(tokens)):
        found = _kind(tokens, place)
        if not found:
            continue
        start, end = _extent(tokens, place, found)
        gone.append((start, end))
        if found == "result" and tokens[start].lower in _AMONG:
            continue  # "in this table": where it is kept
        if tokens[place].lower in _DETERMINERS and start == place and place and tokens[place - 1].lower in _PLACING:
            phrases.append((place - 1, end))
        kind = kind or found
        first = start if first < 0 else first
    near = tokens[first : first + 2] if first >= 0 else ()
    asked = first > 0 and tokens[first - 1].lower in _HELPING  # "how many tracks *do they* have"
    possessive = any(token.lower in _NEAR for token in near) and not asked
    return Pointing(blank(text, tokens, gone), kind, first, possessive, tuple(phrases))


def blank(text: str, tokens: Sequence[Token], spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with spaces in place of the tokens of each span, so that all others keep their places."""
    for start, end in spans:
        first, last = tokens[start].start, tokens[end - 1].end
        text = text[:first] + " " * (last - first) + text[last:]
    return text


def _extent(tokens: Sequence[Token], place: int, kind: str) -> tuple[int, int]:
    """The tokens that only point: "of those 6", "out of them", "this list", "that one"."""
    start, end = place, place + 1
    following = tokens[end] if end < len(tokens) else None
    if following is not None and kind == "result" and following.lower in _RESULT:
        end += 1
    elif following is not None and tokens[place].lower in _DETERMINERS:
        counted = following.kind == "number" or following.lower in _COUNTS
        end += counted and (end + 1 < len(tokens) or following.lower in ("one", "ones"))
    among = start > 0 and tokens[start - 1].lower in _AMONG
    if among and (kind == "result" or _partitive(tokens, start - 1, end)):
        start -= 1
        if start and tokens[start - 1].lower == "out":
            start -= 1
    return start, end


def _kind(tokens: Sequence[Token], place: int) -> str:
    token = tokens[place]
    if token.kind != "word":
        return ""
    word = token.lower
    before = tokens[place - 1].lower if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    following = after.lower if after is not None else ""
    if (word in _THIS or word in ("the", "these", "those", "your")) and following in _RESULT:
        return "result" if word != "the" or _ends_there(tokens, place + 2) else ""
    if before in _DONE_TO and word in ("it", "them", "those", "these", "this", "that") and following not in _RESULT:
        return "result"
    if word in _MANY:
        return "" if word in ("those", "these") and following in ("who", "that", "which", "with") else "many"
    if word in _ONE:
        return "" if word == "it" and (following == "'s" or before in ("as", "make", "put")) else "one"
    if word == "there":
        here = after is None or after.kind == "punct"
        return "one" if here and before not in ("is", "are", "was", "were", "be", "exist", "hi", "hello") else ""
    if word in ("same", "former", "latter", "previous"):
        return "one" if word != "same" and before == "the" else ""
    if word not in _THIS:
        return ""
    if after is None or after.kind == "punct":
        return "one" if place else ""
    if word == "this":
        return "" if following in _TIMES else "one"
    placed = before in _BEFORE or place == 0 or tokens[place - 1].kind == "punct"
    verbal = lexicon.cues().get((following,), ())
    return "one" if placed and "eq" not in verbal and following not in ("have", "has", "had", "do", "does") else ""


def _partitive(tokens: Sequence[Token], of: int, end: int) -> bool:
    """Is it "how many *of those* …", "which *of these* races", "*out of them*": a part of what was shown?"""
    before = tokens[of - 1].lower if of else ""
    after = tokens[end].lower if end < len(tokens) else ""
    return of == 0 or before in _PARTS or before in ("out", ",", "and", "only") or after in ("", "?", ",", ".", "who")


def _ends_there(tokens: Sequence[Token], place: int) -> bool:
    return (
        place >= len(tokens)
        or tokens[place].kind == "punct"
        or tokens[place].lower in ("by", "to", "in", "please", "as", "with", "for", "so", "and", "but")
    )


def named_before(linked: Linked, place: int) -> Item | None:
    """The thing that is named before the word at ``place``, which "their" may then stand for."""
    for item in linked.items:
        if item.start >= place:
            return None
        if item.links and names_table(item):
            return item
    return None
