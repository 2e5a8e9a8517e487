"""What is said to a page and no edit can do, each with what comes nearest to it. Pure text."""

from __future__ import annotations

import re

from workspace.artifact.arranging import IT
from workspace.artifact.pointing import NOUNS
from workspace.artifact.whole import DOC

# What no words can do, each with what comes nearest to it.
BEYOND: dict[str, str] = {
    "translate": "It cannot be translated: what it says is worked out in English from the data. Words of your own can"
    " be in any language: “change the first paragraph to “…””.",
    "colour": "Its colours are those of the workspace, so that they tell apart for everybody, on paper too. What can be"
    " chosen is the kind of chart: “show it as a bar chart”.",
    "size": "Every chart is as wide as the page, and as high as can be read well. It can stand first (“move it to the"
    " top”), or on a page of its own (“add a page break before it”).",
    "type": "Type and weight are the same on every page. Words of your own can have **bold** and *italic*: “add a"
    " paragraph “**Note:** …””.",
    "look": "It is set by one style, so that every page reads alike. Say what is to be different: another kind of"
    " chart, another order, fewer parts (“remove the second section”), or “make it fit one page”.",
    "beside": "Parts stand below each other on this page; where it is made to fit one sheet, two stand side by side in"
    " the PDF: “make it fit one page”.",
    "overlaid": "Two charts cannot be laid over each other. Two sections can be one (“merge the first two sections”),"
    " and figures of the same rows can be asked for in one question (“add revenue and orders per month”).",
    "compare": "A part cannot be set beside another time as it is. Add the other time as a part of its own: “add"
    " revenue per month in 2024”.",
    "delete": "A whole page is deleted in the library, where it can be seen what links to it. Here its parts can be"
    " removed: “remove the last section”.",
    "thousands": "Figures are written in full; cents can go: “show it without decimals”.",
    "summary": "It begins with its main findings, which follow the data. Words of your own are added with “add a"
    " paragraph “…” at the top”.",
    "now": "It is worked out anew each time it is opened, so it shows the data as of now. “what changed since"
    " yesterday” says what moved.",
    "paper": "On paper it is set as A4, upright, with page numbers, and shows the data: text, figures, charts"
    " and tables. “make it fit one page” sets parts side by side; “as slides” is the way for a wide sheet.",
    "back": "“undo” takes the last change back, and once more the one before. What an earlier version had comes back"
    " with “restore version 1”, or out of its history.",
    "title": "Say what it is to be called: “rename it to …”, “rename the second section to …”.",
    "part": "That cannot be done to a part of a page. It can be moved, copied, removed, renamed, drawn as another chart"
    " or a table, sorted, cut to its top 5, split, or limited to a year or a country.",
}  # fmt: skip
_CHART = r"(?:the\s+|its\s+|all\s+|those\s+)?(?:\w+\s+){0,2}(?:charts?|graphs?|bars?|lines?|plots?|pies?|diagrams?)"
_COLOURS = (
    r"(?:red|green|blue|black|white|grey|gray|orange|purple|pink|teal|yellow|brown|violet|colou?rful|dark|bright)"
)
_BEYOND: tuple[tuple[str, str], ...] = (
    ("translate", rf"(?:translate|put|write|show|render)\s+(?:{IT}|everything|the\s+.+?)\s+(?:in|to|into)\s+"
                  r"(?:german|french|italian|dutch|portuguese|chinese|japanese|russian|arabic|\w+ish)"
                  rf"|translate\b.*|(?:{IT}|the\s+{DOC})\s+in\s+(?:german|french|spanish|italian|english)"),
    ("colour", rf"(?:make|colou?r|paint|turn|draw|show)\s+(?:{IT}|{_CHART})\s+(?:in\s+|more\s+)?{_COLOURS}"
               r"|(?:change|set|pick|choose|use)\s+(?:the\s+|its\s+|other\s+|different\s+|another\s+)?colou?rs?\b.*"
               rf"|use\s+{_COLOURS}\b.*|.*\bcolou?rs?\s+(?:to|of)\s+(?:the\s+)?{_COLOURS}.*"),
    ("size", rf"(?:make|draw|show|render)\s+(?:{IT}|{_CHART}|the\s+.+?)\s+(?:a\s+(?:bit|little)\s+|much\s+|even\s+)?"
             r"(?:bigger|larger|smaller|wider|taller|higher|narrower|full\s+width|half\s+(?:the\s+)?(?:size|width)|big|large"
             r"|small|huge)|(?:enlarge|resize|shrink|widen|stretch|scale|zoom)\b"
             rf"(?:\s+(?:in\s+|up\s+|down\s+|out\s+)?(?:on\s+)?(?:{IT}|the\s+.+|{_CHART}))?"),
    ("type", r"(?:(?:make|set|put|show)\s+.+?\s+(?:in\s+)?)?(?:bold(?:\s+type)?|italics?|underlined?|highlighted)"
             r"|(?:bold|italici[sz]e|underline|highlight)\s+(?:it|this|that|the\s+.+)"
             r"|(?:change|use|set|pick)\s+(?:the\s+|an?other\s+|a\s+(?:different|bigger|larger|smaller)\s+)?"
             r"(?:font|typeface|text\s+size)\b.*"),
    ("look", rf"make\s+(?:{IT}|the\s+{DOC}|everything)\s+(?:look\s+)?(?:more\s+|a\s+bit\s+|much\s+)?"
             r"(?:nicer|prettier|better|beautiful|modern|professional|cleaner|fancier|pretty|nice|good|clearer|simpler)"),
    ("beside", r"(?:put|place|show|set|arrange|have)\s+.+?\s+"
               r"(?:side\s+by\s+side|next\s+to\s+each\s+other|in\s+(?:two\s+)?columns|beside\s+each\s+other)"),
    ("overlaid", r"(?:combine|merge|join|overlay|unite)\s+(?:(?:the|both|all|these|those|first|last)\s+)*"
                 r"(?:two\s+|three\s+)?(?:charts|graphs|plots|diagrams|lines|bars)"
                 r"(?:\s+(?:into|in|to)\s+one(?:\s+\w+)?|\s+together)?"
                 r"|(?:put|show|draw)\s+(?:the\s+|both\s+)*(?:two\s+)?(?:charts|graphs|lines)\s+(?:into|in|on)\s+one(?:\s+\w+)?"),
    ("compare", rf"compare\s+(?:{IT}\s+|the\s+{DOC}\s+)?(?:with|to|against)\s+.+"),
    ("delete", rf"(?:delete|erase|discard|trash|remove)\s+(?:the|this|my)\s+(?:whole\s+|entire\s+)?{DOC}"),
    ("thousands", r"(?:(?:show|write|give|display|put)\s+(?:.+?\s+)?)?in\s+(?:thousands|millions|billions)"),
    ("now", rf"(?:please\s+)?(?:refresh|reload|update|recalculate|recompute)"
            rf"(?:\s+(?:{IT}|the\s+(?:{DOC}|data|numbers|figures)))?"),
    ("paper", rf"(?:make|set|print|turn)\s+{IT}\s+(?:in\s+|to\s+|into\s+)?(?:landscape|portrait|a3|a5|letter|sideways)"
              r"|(?:add|put|insert|include|show)\s+(?:in\s+)?(?:an?\s+|our\s+|the\s+|my\s+)?(?:page\s+numbers?|logo|picture|image|photo"
              r"|map|footer|header|watermark|cover(?:\s+page)?)(?:\s+.*)?|(?:make|use|set)\s+(?:it\s+in\s+)?(?:two|2|three|3)\s+columns"),
    ("back", r"(?:bring|get|put)\s+back\s+.+|(?:bring|get)\s+.+\s+back"
             r"|(?:restore|show|undelete|unhide)\s+the\s+(?:\w+\s+)?(?:hidden|deleted|removed)\s.+|(?:undelete|unhide)\s+.+"),
    ("title", r"(?:make|change|edit|shorten|improve)\s+(?:the\s+|its\s+)(?:title|name|headings?|headlines?)"
              r"(?:\s+(?!to\b|of\b)\w+){0,3}"),
    ("summary", r"(?:add|write|insert|include|put\s+in)\s+(?:an?\s+|the\s+)?(?:short\s+|executive\s+|brief\s+)*"
                r"(?:summary|introduction|intro|conclusion|lead|abstract)(?:\s+(?:at|to|in|on)\s+.+)?"
                rf"|(?:summari[sz]e|sum\s+up|recap)(?:\s+(?:{IT}|the\s+(?:whole\s+)?{DOC}))?"
                r"|(?:shorten|summari[sz]e|simplify)\s+the\s+(?:\w+\s+)?(?:text|paragraph|sentence|intro|introduction)s?"),
)  # fmt: skip
_BEYOND_COMPILED = tuple((topic, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for topic, pattern in _BEYOND)
_DOES = re.compile(
    r"(?:make|change|set|edit|adjust|fix|format|align|rotate|animate|zoom|resize|tilt|blur|invert|link|lock|pin|freeze|group"
    r"|merge|combine|join|copy|duplicate|turn|flip|expand|collapse|split|clean\s+up|tidy|improve|update|redo|redraw|refresh|modify)\s",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"\b(?:the|this|that|its|these|those|both|all|every|each)\s+(?:\w+\s+){{0,2}}(?:{'|'.join(NOUNS)})s?\b",
    re.IGNORECASE,
)


def beyond(words: str) -> str | None:
    """The key in `BEYOND` of what a message asks for and no edit can do; None for any other message."""
    for topic, pattern in _BEYOND_COMPILED:
        if pattern.fullmatch(words):
            return topic
    return None


def about_part(words: str) -> bool:
    """Is something to be done to a part, whatever it is: "animate the second chart"?"""
    return _DOES.match(words) is not None and _PART.search(words) is not None
