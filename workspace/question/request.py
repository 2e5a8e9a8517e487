"""Words that ask for a document rather than an answer: "an overview of sales with revenue per month and returns".

Pure text: which document, of what, with which parts, under which common condition. What the parts mean is read later,
each as the question that it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["document", "table", "slides", "app"]
Of = Literal["words", "this", "last", "chat", "any"]

NUMBERS = {
    "both": 2, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip

LONGEST = 2_000  # characters of a request

_DOCUMENT = (
    r"report|document|doc|write-?up|memo|brief(?:ing)?|one-?\s?pager|page|summary|overview|dossier|fact\s?sheet"
    r"|hand-?out"
)
_NOUNS: tuple[tuple[Kind, str], ...] = (
    ("slides", r"(?:set\s+of\s+)?slides?(?:\s+(?:deck|show))?|deck|presentation|slideshow|power\s?point(?:s|\s+\w+)?"),
    ("table", r"spread\s?sheet|work\s?book|excel(?:\s+(?:file|sheet|table|workbook))?"),
    ("app", r"(?:live\s+|small\s+)?app|dashboard"),
    ("document", _DOCUMENT),
)
_NOUN = "(?:" + "|".join(pattern for _, pattern in _NOUNS) + ")"
_ADJECTIVE = (
    r"(?:one-?\s?page|single-?\s?page|two-?\s?page|short|brief|quick|small|nice|simple|detailed|full|complete|little|good"
    r"|proper|executive|management|live|living|interactive|new|daily|weekly|monthly|quarterly|annual|yearly|concise"
    r"|compact|business|single|clean|printable)"
)
_MAKE = (
    r"(?:make|create|write|build|prepare|compose|draft|generate|produce|put\s+together|set\s+up|assemble|compile|do)"
    r"(?:\s+(?:me|us))?"
)
_WANT = (
    r"(?:give\s+(?:me|us)|show\s+(?:me|us)|get\s+(?:me|us)|send\s+(?:me|us)|i\s+(?:also\s+)?(?:need|want)|we\s+need"
    r"|i'd\s+like|i\s+would\s+like|let\s+(?:me|us)\s+have|(?:can|could|may)\s+(?:i|we)\s+(?:have|get|see))"
)
_POINT = (
    r"(?:(?P<this>this|that|it)(?:\s+(?:answer|result|one|chart|table|figure|question))?"
    r"|(?P<chat>(?:(?:this|the|our|that)\s+)?(?:whole\s+|entire\s+)?(?:chat|conversation|discussion|session|talk)"
    r"|everything(?:\s+(?:here|so\s+far|above))?|all\s+(?:of\s+)?(?:this|that|it|them|these|those|the\s+above|above)"
    r"|(?:all\s+)?(?:of\s+)?(?:the\s+|these\s+|those\s+|my\s+|our\s+)?(?:answers|results|findings)(?:\s+(?:so\s+far|above))?"
    r"|(?:what|all)\s+we(?:'ve|\s+have)?\s+(?:found|asked|discussed|seen|got)(?:\s+so\s+far)?|the\s+above"
    r"|all\s+(?:the\s+)?(?:questions|charts|tables))"
    r"|(?P<last>(?:(?:the|these|those|my|our|all)\s+)*(?:(?:last|previous|latest|recent|newest)\s+)?"
    r"(?P<count>\d{1,2}|both|two|three|four|five|six|seven|eight|nine|ten|couple|few)"
    r"(?:\s+(?:last|previous))?(?:\s+of\s+(?:them|these|those))?"
    r"(?:\s+(?:answers|results|questions|charts|tables|things|findings|ones))?|these|those|them))"
)
_CALLED = (
    r"(?:\s*,?\s*(?:called|named|titled|entitled|with\s+the\s+title)\s+(?P<title>[\"“‘'][^\"“”]+[\"”’']|[^\"“”]+))?"
)
_READER = re.compile(
    r"\s+for\s+(?:(?:the|my|our|a|this|next|monday|tomorrow)(?:'s)?\s+)*(?:board|boss|manager|managers|management|team|meeting"
    r"|ceo|cfo|coo|chief|director|directors|client|clients|investors|leadership|colleagues|me|us)\b(?:\s+meeting)?",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"(?:(?:please|ok|okay|now|and|then|great|good|thanks|thank\s+you|can\s+you|could\s+you|would\s+you|will\s+you|so|hi"
    r"|hello|i\s+want\s+you\s+to|i\s+want\s+to|i'd\s+like\s+(?:you\s+)?to|let's|lets|just|pls|plz|kindly)[,!.]?\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[\s,]+(?:please|pls|plz|now|thanks|thank\s+you|for\s+me|for\s+us))*[\s.!?]*\Z", re.IGNORECASE)
_ABOUT = r"(?:of|on|about|for|regarding|covering|over|around|from)"
_WITH = re.compile(
    r"(?:,\s*|\s+|\A)(?:with|including|containing|covering|showing|consisting\s+of|made\s+(?:up\s+)?of"
    r"|(?:that|which)\s+(?:shows?|has|have|contains?|includes?|covers?)|and\s+(?:include|show|cover|add))\b:?\s+"
    r"|\s*:\s+|\s*\n\s*",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"(?:\A|\s+)((?:in|for|during|from|since|before|after|between|within|across|until|as\s+of|at)\s+.+"
    r"|(?:last|this|previous|past|current|next)\s+(?:\w+\s+){0,2}(?:day|week|month|quarter|year)s?|(?:in\s+)?\d{4}|year\s+to\s+date)\Z",
    re.IGNORECASE,
)
GRAIN_ADJECTIVES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "annual": "year",
    "yearly": "year",
}
_QUOTES = "\"'“”‘’«»„`"


@dataclass(frozen=True, slots=True)
class Request:
    """A document that is asked for.

    Args:
        kind: which of its faces is wanted.
        of: what it is made of: ``words`` (subject and parts), ``this`` answer, the ``last`` answers, the whole
            ``chat``; ``any`` where it was not said.
        noun: what it was called: "overview", "report".
        subject: "sales"; "" for none.
        scope: a condition that all of it stands under: "in Germany".
        parts: what it is to show, each in the person's words; () leaves the choice.
        whole: subject and parts as one stretch of words, for where they are one question after all.
        count: of the last answers.
        title: as given by the person, "" for none.
        grain: of its time, "" for none said.
    """

    kind: Kind = "document"
    of: Of = "words"
    noun: str = "report"
    subject: str = ""
    scope: str = ""
    parts: tuple[str, ...] = ()
    whole: str = ""
    count: int = 0
    title: str = ""
    grain: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"parts": list(self.parts)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Request:
        given: dict[str, Any] = {**data, "parts": tuple(data["parts"])}
        return cls(**given)


def bare(text: str) -> str:
    """A message without what courtesy puts around it.

    Example:
        >>> bare("Could you please move the chart up?")
        'move the chart up'
    """
    return _TAIL.sub("", _POLITE.sub("", text.strip(), count=1) if _POLITE.match(text.strip()) else text.strip())


def request_in(text: str, taken: frozenset[str] = frozenset()) -> Request | None:
    """The document that a message asks for, None for any other message.

    Args:
        text: the message.
        taken: words that name things in the data, lower case: where there is a table of documents, "show me a document"
            asks for a row of it.

    Example:
        >>> request_in("a one-page overview of sales with revenue per month, top customers and returns").parts
        ('revenue per month', 'top customers', 'returns')
        >>> request_in("revenue per month") is None
        True
    """
    if len(text) > LONGEST:
        return None
    words = re.sub(r"[ \t]+", " ", bare(text)).replace("’", "'")
    for reader in (_turned, _combined, _as_face, _asked):
        found = reader(words, taken)
        if found is not None:
            return found
    return None


def split(text: str) -> tuple[str, ...]:
    """A list in words as its parts; the last "and" parts too. Whether it should have is for the reader to say.

    Example:
        >>> split("revenue per month, top customers and returns"), split("customers in Germany and France")
        (('revenue per month', 'top customers', 'returns'), ('customers in Germany', 'France'))
    """
    lines = [re.sub(r"\A\s*(?:[-*•–]|\d{1,2}[.)])\s*", "", line) for line in text.splitlines()]
    strong = [
        part for line in lines for part in re.split(r"\s*[,;]\s*(?!\d{3}\b)|\s+(?:plus|as well as|along with)\s+", line)
    ]
    parts: list[str] = []
    for part in strong:
        part = re.sub(r"\A(?:and|also|then)\s+", "", part.strip(), flags=re.IGNORECASE)
        parts += re.split(r"(?<!\bbetween \d{4})\s+(?:and(?:\s+also)?|&)\s+", part)
    return tuple(cleaned for part in parts if (cleaned := _plain(part)))


# ------------------------------------------------------------------------------------------------------ patterns
def _turned(words: str, taken: frozenset[str]) -> Request | None:
    """ "turn this chat into a document", "make that slides", "put these into a report"."""
    match = re.fullmatch(
        rf"(?:turn|make|convert|transform|change|put|bundle|collect|wrap|combine|merge|join|compile|pull|write|sum|save|keep)"
        rf"(?:\s+up)?\s+{_POINT}(?:\s+(?:together|up))?\s+(?:(?:into|in|to|as|onto|on)\s+)?"
        rf"(?:an?\s+|one\s+|some\s+)?(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN}){_CALLED}",
        words,
        re.IGNORECASE,
    )
    return _pointed(match) if match else None


def _combined(words: str, taken: frozenset[str]) -> Request | None:
    """ "put these three together"."""
    match = re.fullmatch(
        rf"(?:put|bring|bundle|collect|gather|pull|add)\s+{_POINT}\s+together(?:\s+(?:on|in|into|as)\s+(?:one|a)\s+"
        rf"(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN}))?{_CALLED}"
        rf"|(?:combine|merge|join)\s+{_POINT.replace('?P<', '?P<b_')}{_CALLED.replace('?P<', '?P<b_')}",
        words,
        re.IGNORECASE,
    )
    return _pointed(match) if match else None


def _as_face(words: str, taken: frozenset[str]) -> Request | None:
    """ "as a spreadsheet", "show it as slides", "make slides"."""
    match = (
        re.fullmatch(
            rf"(?:(?:{_MAKE}|{_WANT}|show|open|see|view|export|the\s+same)\s+)?(?:{_POINT}\s+)?(?:(?:as|in)\s+)"
            rf"(?:an?\s+|some\s+)?(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN})",
            words,
            re.IGNORECASE,
        )
        or re.fullmatch(
            rf"{_MAKE}\s+(?:an?\s+|some\s+|the\s+)?(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN})"
            rf"(?:\s+(?:of|from|out\s+of|with|for|about)\s+{_POINT})?{_CALLED}",
            words,
            re.IGNORECASE,
        )
        or re.fullmatch(
            rf"(?:{_WANT}\s+)?(?:an?\s+)(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN})\s+(?:of|from|out\s+of|with|for|about)\s+"
            rf"{_POINT}{_CALLED}",
            words,
            re.IGNORECASE,
        )
    )
    if match is None or (not re.match(_MAKE, words, re.IGNORECASE) and _named(match["noun"], taken)):
        return None
    return _pointed(match)


def _asked(words: str, taken: frozenset[str]) -> Request | None:
    """ "write a report on returns", "a dashboard of sales in Germany with …", "sales overview as slides"."""
    face = re.search(rf",?\s+as\s+(?:an?\s+|some\s+)?(?:{_ADJECTIVE}\s+)*(?P<noun>{_NOUN})\Z", words, re.IGNORECASE)
    words = words[: face.start()] if face is not None else words
    match = re.match(
        rf"(?:(?P<make>{_MAKE}|{_WANT})\s+)?(?P<article>an?\s+|one\s+|some\s+)?(?P<adjectives>(?:{_ADJECTIVE}\s+)*)"
        rf"(?:(?P<before>(?!(?:the|all|every|each|which|what|how|who)\b)\w+(?:\s+\w+)?)\s+)?(?P<noun>{_NOUN})\b(?P<rest>.*)\Z",
        words,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return None
    made, article = match["make"] or "", match["article"] or ""
    before, rest, noun = match["before"] or "", match["rest"].rstrip(), match["noun"].lower()
    sure = bool(re.match(_MAKE, made, re.IGNORECASE))
    named = re.match(
        r"\s+(?:called|named|titled|entitled)\s+[\"“‘'](?P<title>[^\"”’]+?)[\"”’'](?=\s|:|,|\Z)", rest, re.IGNORECASE
    )
    if not sure and (_named(noun, taken) or not (article or named or _speaks(noun, before, rest))):
        return None
    rest = rest[named.end() :] if named else rest
    about = re.match(rf"\s+{_ABOUT}\s+(?=\S)", rest, re.IGNORECASE)
    if rest and not about and not _WITH.match(rest) and not re.match(_SCOPE.pattern, rest, re.IGNORECASE):
        return None
    subject = " ".join(part for part in (before, rest[about.end() :] if about else rest) if part.strip())
    title = re.search(rf"{_CALLED[:-1]}\Z", subject, re.IGNORECASE)
    if title is not None:
        subject = subject[: title.start()]
    grain = next(
        (GRAIN_ADJECTIVES[word] for word in match["adjectives"].lower().split() if word in GRAIN_ADJECTIVES), ""
    )
    title = title or named
    kind = kind_of(face["noun"] if face is not None else noun)
    found = Request(kind, noun=noun, grain=grain, title=_plain(title["title"]).strip(_QUOTES) if title else "")
    return _filled(found, _READER.sub("", " " + subject, count=1).strip())


def _filled(request: Request, text: str) -> Request:
    """With subject, common condition and parts out of the words after the noun."""
    cut = _WITH.search(text)
    subject, listed = (text[: cut.start()], text[cut.end() :]) if cut is not None else (text, "")
    subject = re.sub(rf"\A{_ABOUT}\s+(?!\d|last|this)", "", subject.strip(), flags=re.IGNORECASE) if listed else subject
    scope = _SCOPE.search(subject.strip())
    condition = scope.group(1).strip() if scope else ""
    if scope is not None:
        subject = subject.strip()[: scope.start()]
    condition = f"in {condition}" if re.fullmatch(r"\d{4}", condition) else condition
    return replace(
        request,
        subject=_plain(subject),
        scope=condition,
        parts=split(listed) if listed else (),
        whole=_plain(text if subject.strip() or not listed else listed),
    )


def _pointed(match: re.Match[str]) -> Request:
    found = {name.removeprefix("b_"): value for name, value in match.groupdict().items() if value}
    noun = found.get("noun", "report").lower()
    made = Request(kind_of(noun), noun=noun, title=found.get("title", "").strip().strip(_QUOTES).strip())
    if "this" in found:
        return replace(made, of="this")
    if "last" in found:
        count = found.get("count", "").lower()
        return replace(made, of="last", count=NUMBERS.get(count) or (int(count) if count.isdigit() else 0))
    return replace(made, of="chat" if "chat" in found else "any")


def kind_of(noun: str) -> Kind:
    """Which face a document of that name is."""
    return next(kind for kind, pattern in _NOUNS if re.fullmatch(pattern, noun, re.IGNORECASE))


def _named(noun: str, taken: frozenset[str]) -> bool:
    return noun in taken or noun.rstrip("s") in taken


def _speaks(noun: str, before: str, rest: str) -> bool:
    """Is a noun without article a document: "sales overview", "report on returns"?"""
    alone = re.fullmatch(r"overview|dashboard|deck|presentation|slides|one-?\s?pager|briefing|report|summary", noun)
    linked = re.match(r"\s+(?:of|on|about)\s+\S", rest, re.IGNORECASE)
    dated = _SCOPE.match(_WITH.split(rest, maxsplit=1)[0]) or (_WITH.match(rest) and not before)
    return bool(alone and (linked or ((dated or (before and not rest)) and noun not in ("slides", "summary"))))


def _plain(text: str) -> str:
    return re.sub(r"\A(?:the|our|my|all)\s+(?=\S)", "", " ".join(text.split()).strip(" .,;:!?"), flags=re.IGNORECASE)
