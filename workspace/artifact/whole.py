"""Words about a document as a whole: "freeze it", "make a copy", "restore version 1", "what changed", "add a filter for
region". Pure text; which column or version is meant is for `workspace.api.whole`.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Verb = Literal["freeze", "fork", "restore", "since", "steer", "unsteer", "explain", "audience", "fit", "unfit", "edits"]
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
    (
        "edits",
        rf"what\s+(?:did|have|has)\s+(?:i|we|you|been)\s+(?:just\s+)?(?:changed?|done|edit(?:ed)?)"
        rf"(?:\s+(?:in|on|to)\s+{_IT}|\s+here)?(?:\s+so\s+far)?|(?:show|list)\s+(?:me\s+)?(?:my|all|our)\s+(?:changes|edits)",
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
    ("steer", rf"filter(?:\s+{_IT})?"),
    ("steer", rf"(?:filter|slice)(?:\s+{_IT})?\s+(?P<by>by|on|for|to)\s+(?P<column7>.+)"),
    (
        "explain",
        r"(?:explain|describe|interpret|define)\s+(?:to\s+(?:me|us)\s+|me\s+)?(?P<object>.+)"
        r"|(?:how\s+(?:is|are|was|were|do\s+you\s+get|did\s+you\s+get)\s+(?P<object2>.+?)(?:\s+(?:computed|calculated|worked\s+out|made|measured))"
        rf"|what\s+(?:is|are)\s+(?P<object3>{_IT}|(?:these|those|the)\s+(?:numbers|figures)|.+?)\s+based\s+on"
        rf"|where\s+(?:do|does|did)\s+(?P<object4>{_IT}|(?:this|these|those|the)\s+.+?)\s+come\s+from"
        r"|what\s+(?:does|do)\s+(?P<object5>(?:this|these|that|the)\s+.+?)\s+(?:mean|show|say|tell\s+(?:me|us)))",
    ),
    (
        "audience",
        rf"who\s+(?:all\s+)?(?:can|could|may|is\s+able\s+to|is\s+allowed\s+to)\s+(?:see|read|open|view|access)\s+{_IT}"
        rf"|who\s+(?:has|have|had)\s+(?:access(?:\s+to\s+{_IT})?|(?:seen|opened|read|viewed)\s+{_IT})"
        rf"|(?:who|whom)\s+is\s+{_IT}\s+shared\s+with|is\s+{_IT}\s+(?:shared|public|private)(?:\s+with\s+(?:anyone|anybody|someone))?"
        rf"|(?:with\s+)?whom?\s+(?:did|have)\s+i\s+shared?\s+{_IT}(?:\s+with)?",
    ),
    (
        "fit",
        rf"(?:(?:make|get|have|let|squeeze|put|press|fit|keep|bring|set|shorten|condense|cut)\s+(?:{_IT}|everything)\s+)?(?:down\s+)?"
        r"(?:fit\s+)?(?:(?:be|to|on|onto|into|in|all\s+on)\s+)*(?:just\s+|only\s+)?(?:one|a\s+single|1)[\s-](?:page|sheet|a4(?:\s+page)?)r?(?:\s+(?:only|long|please))?"
        rf"|(?:make\s+{_IT}\s+(?:a\s+(?:bit|little)\s+|much\s+)?(?:shorter|more\s+compact|denser|tighter|briefer)|(?:shorten|condense|compress|tighten)\s+{_IT})",
    ),
    (
        "unfit",
        rf"(?:let|make|have)\s+{_IT}\s+(?:run\s+|be\s+)?(?:(?:over|on|as)\s+)?(?:as\s+many\s+pages\s+as\s+(?:it\s+needs|needed)|longer(?:\s+again)?|several\s+pages)"
        r"|not\s+(?:on\s+)?one\s+page|(?:more|several)\s+pages",
    ),
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
        given = {name.rstrip("234567"): text.strip() for name, text in match.groupdict().items() if text}
        said = re.search(rf"\b{DOC}\b|\bversion\b", words, re.IGNORECASE) is not None
        if given.get("by"):
            return verb, _ARTICLE.sub("", given["column"]), False
        if verb in ("steer", "unsteer"):
            return verb, _ARTICLE.sub("", given.get("column", "")) or given.get("kind", ""), verb == "steer"
        if verb == "explain":
            return verb, given.get("object", ""), False
        if verb in ("audience", "fit", "unfit", "edits"):
            return verb, "", said
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
