"""Words about a document as a whole: "freeze it", "make a copy", "restore version 1", "what changed", "add a filter for
region". Pure text; which column or version is meant is for `workspace.api.whole`.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Verb = Literal["freeze", "fork", "restore", "since", "steer", "unsteer"]
VERBS: frozenset[str] = frozenset(get_args(Verb))

DOC = r"(?:report|document|doc|page|overview|summary|artifact|deck|slides|dashboard|spreadsheet|one-?pager|memo)"
_IT = rf"(?:it|this|that|(?:the|this|my|our)\s+(?:whole\s+)?{DOC})"
_ORDINAL = {"first": "1", "original": "1", "initial": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_CONTROL = r"(?:filter|parameter|control|drop-?down|slicer|selector|picker|switcher|choice)"

_PATTERNS: tuple[tuple[Verb, str], ...] = (
    ("freeze", rf"freeze(?:\s+{_IT})?(?:\s+(?:now|as\s+it\s+is(?:\s+now)?|as\s+of\s+(?:now|today)))?"),
    ("freeze", rf"(?:make|take|keep|save|create)\s+(?:an?\s+)?(?:snapshot|frozen\s+copy)(?:\s+of\s+{_IT})?"),
    (
        "fork",
        rf"(?:(?:make|create|save|give\s+me|i\s+want)\s+(?:an?|another)\s+(?:separate\s+)?(?:copy|duplicate)(?:\s+of\s+{_IT})?"
        rf"|(?:copy|duplicate|fork|clone)(?:\s+{_IT})?)"
        r"(?:\s+(?:as|called|named|under\s+the\s+name(?:\s+of)?)\s+(?P<title>.+))?",
    ),
    (
        "restore",
        r"(?:restore|bring\s+back|go\s+back\s+to|get\s+back|return\s+to|revert\s+to|roll\s*back\s+to|back\s+to|use)"
        r"\s+(?:(?:the\s+)?version\s+(?:number\s+|no\.?\s+)?(?P<number>\d{1,6})|v(?P<short>\d{1,6})"
        r"|the\s+(?P<ordinal>first|original|initial|second|third|fourth|fifth)(?:\s+(?:version|one))?)",
    ),
    (
        "since",
        rf"(?:show\s+me\s+)?what(?:\s+has|'s|\s+is|\s+was)?\s+(?:changed|new|different)(?:\s+(?:in|on|of)\s+{_IT}|\s+here)?"
        r"(?:\s+(?:since|compared\s+(?:to|with)|from)\s+(?P<since>.+))?",
    ),
    ("since", rf"(?:show|list|tell)\s+(?:me\s+)?(?:the\s+)?(?:changes|differences)(?:\s+(?:in|of|to)\s+{_IT})?"
              r"(?:\s+(?:since|compared\s+(?:to|with)|from)\s+(?P<since2>.+))?"),
    (
        "steer",
        rf"(?:add|insert|include|put\s+in|i\s+(?:want|need)|give\s+(?:me|us|it|them|readers)|make|create)\s+(?:in\s+)?(?:an?|another)\s+"
        rf"(?P<kind>\w+\s+)?{_CONTROL}(?:\s+(?:for|on|by|over|of|to\s+(?:choose|pick|select)|with)\s+(?P<column>.+?))?"
        rf"(?:\s+(?:to|on|in)\s+(?:it|(?:the|this)\s+{DOC}))?",
    ),
    (
        "steer",
        r"(?:let|allow)\s+(?:me|us|them|people|readers|everyone|the\s+readers?|whoever\s+reads\s+it)\s+(?:to\s+)?"
        r"(?:choose|pick|select|change|filter\s+(?:it\s+)?by|switch|set)\s+(?P<column2>.+)",
    ),
    ("steer", rf"make\s+(?P<column3>.+?)\s+(?:an?\s+)?(?:{_CONTROL}|selectable|choosable|adjustable|filterable)"),
    (
        "unsteer",
        r"(?:remove|delete|drop|hide|lose|take\s+(?:out|away)|get\s+rid\s+of)\s+(?:the\s+|that\s+)?"
        rf"(?P<column5>(?!{_CONTROL}\b).+?\s+)??{_CONTROL}(?:\s+(?:for|on|by|over|of)\s+(?P<column6>.+))?",
    ),
    ("steer", rf"make\s+{_IT}\s+filterable(?:\s+by\s+(?P<column4>.+))?"),
)  # fmt: skip
_COMPILED = tuple((verb, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for verb, pattern in _PATTERNS)
_ARTICLE = re.compile(r"\A(?:the|an?|their|its|which|every)\s+", re.IGNORECASE)
_LOOKED = re.compile(
    r"(?:i|we)\s+(?:last\s+)?(?:looked|saw|opened|was\s+here|were\s+here|visited)(?:\s+(?:at\s+)?(?:it|this))?(?:\s+last)?"
    r"|(?:the\s+)?last\s+(?:time|look|visit)(?:\s+.+)?|my\s+last\s+(?:look|visit)|then|before",
    re.IGNORECASE,
)


def whole(words: str) -> tuple[Verb, str, bool] | None:
    """What is said of a document as a whole: the verb, what it is done with, whether it can be meant of nothing else.

    Args:
        words: of the message, without its courtesies.

    Returns:
        with the title of a copy, the number of a version, the moment since when, the words for a column; "" where it
        was not said. None for any other message.

    Example:
        >>> whole("add a filter for region"), whole("what changed since yesterday")
        (('steer', 'region', True), ('since', 'yesterday', False))
    """
    for verb, pattern in _COMPILED:
        match = pattern.fullmatch(words)
        if match is None:
            continue
        given = {name.rstrip("23456"): text.strip() for name, text in match.groupdict().items() if text}
        said = re.search(rf"\b{DOC}\b|\bversion\b", words, re.IGNORECASE) is not None
        if verb in ("steer", "unsteer"):
            return verb, _ARTICLE.sub("", given.get("column", "")) or given.get("kind", ""), verb == "steer"
        if verb == "restore":
            number = given.get("number") or given.get("short") or _ORDINAL[given["ordinal"].lower()]
            return verb, number.lstrip("0") or "0", True
        if verb == "since":
            since = given.get("since", "")
            looked = _LOOKED.fullmatch(since) is not None
            return verb, "" if looked else re.sub(r"\A(?:the\s+)?version\s+", "v", since, flags=re.I), said or looked
        title = given.get("title", "").strip("\"'“”‘’«»„` ")
        return verb, title, said or verb == "freeze" or bool(title)
    return None
