"""Requests to the workspace itself, in words: "pin this", "save it as Q1 review", "give me the link", "start over".

Each pattern covers the whole message, so that "share of revenue per genre" and "pin codes per city" stay questions.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

Name = Literal["pin", "pin_chat", "share", "share_chat", "download", "sql", "rename", "rename_chat", "forget"]


@dataclass(frozen=True, slots=True)
class Verb:
    """What is asked of the workspace.

    ``title`` is in the person's own spelling, "" when none was given; of a ``download`` it is the format.
    """

    name: Name
    title: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


_THIS = (
    r"(?:(?:this|that|it|the)(?:\s+(?:answer|result|table|chart|one|page|figure|number|query|artifact|report))?|answer)"
)
_CHAT = r"(?:(?:this|the|our)\s+)?(?:whole\s+|entire\s+)?(?:chat|conversation|discussion|session)"
_AS = r"(?:\s+(?:as|under(?:\s+the\s+name)?|called|named|with\s+the\s+(?:title|name))\s+(?P<title>.+))?"
_TO_LIBRARY = r"(?:\s+(?:to|in)\s+(?:the|my)\s+(?:library|artifacts|workspace))?"
_SHOW = r"(?:(?:show|give|get|tell|send)\s+(?:me\s+)?|what\s+is\s+|what's\s+|whats\s+)?"

FORMATS = {
    "pdf": ("pdf", "a PDF"), "word": ("docx", "a Word document"), "docx": ("docx", "a Word document"),
    "excel": ("xlsx", "an Excel workbook"), "xlsx": ("xlsx", "an Excel workbook"), "csv": ("csv", "a CSV file"),
    "powerpoint": ("pptx", "a PowerPoint deck"), "pptx": ("pptx", "a PowerPoint deck"), "markdown": ("md", "Markdown"),
    "html": ("html", "an HTML file"), "json": ("json", "a JSON file"),
}  # fmt: skip
_FORMAT = (
    rf"(?:(?:as|to|into|in)\s+)?(?:an?\s+)?(?P<title>{'|'.join(FORMATS)}|power\s+point)"
    r"(?:\s+(?:document|file|workbook|presentation|deck|sheet|page|version))?"
)

_PATTERNS: tuple[tuple[Name, str], ...] = (
    (
        "download",
        rf"(?:download|export|save|convert|turn|make|get|give\s+me|send\s+me)\s+(?:{_THIS}\s+)?{_FORMAT}",
    ),
    ("download", rf"(?:{_THIS}\s+)?(?=(?:as|into|in)\s){_FORMAT}"),
    ("pin_chat", rf"(?:pin|save|keep|store)\s+{_CHAT}{_TO_LIBRARY}{_AS}"),
    ("share_chat", rf"(?:share|publish)\s+{_CHAT}"),
    ("pin", rf"(?:pin|save|keep|store|bookmark)(?:\s+{_THIS})?{_TO_LIBRARY}{_AS}"),
    ("share", rf"(?:share|publish)(?:\s+{_THIS})?(?:\s+with\s+(?:me|us|others|my\s+\w+|the\s+team))?"),
    (
        "share",
        rf"{_SHOW}(?:the|a|its|me\s+the|me\s+a)\s+(?:share\s+|sharing\s+|shareable\s+)?(?:link|url|address)"
        rf"(?:\s+(?:to|of|for)\s+{_THIS})?",
    ),
    ("share", rf"(?:link|url|get\s+link|share\s+link|copy\s+(?:the\s+)?link)(?:\s+(?:to|of|for)\s+{_THIS})?"),
    (
        "sql",
        rf"{_SHOW}(?:the\s+|its\s+|that\s+as\s+|this\s+as\s+)?(?:sql|sql\s+query|query|statement)"
        rf"(?:\s+(?:for|of|behind|to)\s+{_THIS})?",
    ),
    ("sql", rf"how\s+(?:was|is|did\s+you\s+(?:compute|calculate|get))\s+{_THIS}(?:\s+(?:computed|calculated|made))?"),
    ("rename_chat", rf"(?:rename|call|name|title)\s+{_CHAT}\s+(?:(?:to|as)\s+)?(?P<title>.+)"),
    ("rename", rf"(?:rename|retitle)\s+{_THIS}\s+(?:(?:to|as)\s+)?(?P<title>.+)"),
    ("rename", r"(?:call|name)\s+(?:it|this|that)\s+(?P<title>.+)"),
    (
        "forget",
        r"(?:start\s+(?:over|again|afresh|anew|fresh)|new\s+question|forget\s+(?:it|that|this|everything)|reset)",
    ),
)
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for name, pattern in _PATTERNS)
_POLITE = re.compile(
    r"^(?:(?:please|ok|okay|now|and|then|great|good|thanks|thank\s+you|can\s+you|could\s+you|would\s+you|i\s+want\s+to|"
    r"i'd\s+like\s+to|let's|lets)[,!.]?\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[\s,]+(?:please|now|thanks|thank\s+you))*[\s.!?]*$", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»„`"


def verb_of(text: str) -> Verb | None:
    """What the message asks of the workspace itself, None for a question about the data.

    Example:
        >>> verb_of("Please save it as Q1 review.")
        Verb(name='pin', title='Q1 review')
        >>> verb_of("share of revenue per genre") is None
        True
    """
    words = _TAIL.sub("", _POLITE.sub("", " ".join(text.split())))
    for name, pattern in _COMPILED:
        match = pattern.fullmatch(words)
        if match:
            title = match.groupdict().get("title") or ""
            return Verb(name, title.strip().strip(_QUOTES).strip())
    return None
