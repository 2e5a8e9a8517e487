"""How people speak of pictures, as patterns: marks, axes, periods, orders. A blank stands for any white space.

The words themselves are in ``data/charts.txt``. `chart_words.py` applies the patterns in turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from workspace.question.lexicon import lines

MARKS = ("stacked", "bar", "line", "scatter", "pie", "area")
FUNCTIONS = ("total", "count", "avg", "sum", "min", "max")
GRAINS = ("weekday", "year", "quarter", "month", "week", "day", "hour", "time")
REACH = 90  # characters before a mark in which its opening words ("visualize the result with a") are looked for


def words(pattern: str) -> re.Pattern[str]:
    """The pattern compiled, its blanks any white space, its letters in either case."""
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE)


@cache
def said(name: str) -> str:
    """The phrases of a line of ``charts.txt`` as alternatives, longest first; what nothing matches without the line."""
    for line in lines("charts.txt"):
        key, _, phrases = line.partition(": ")
        if key == name:
            return "|".join(
                sorted((re.escape(p.strip()).replace("\\ ", " ") for p in phrases.split(" | ")), key=len)[::-1]
            )
    return r"(?!)"


@dataclass(frozen=True, slots=True)
class Frame:
    """Words that name both axes at once.

    Args:
        pattern: with the groups ``x`` and ``y``; ``c`` for what colours tell apart, ``intro`` and ``link`` for words
            that only introduce; ``x`` and ``y`` change places where ``turned`` and y is no figure.
        mark: what is drawn unless something else is said.
        needs: a word without which there is no need to look.
        each: x is what there is a figure for each of.
    """

    pattern: re.Pattern[str]
    mark: str
    needs: str
    turned: bool = False
    each: bool = False


# ----------------------------------------------------------------------------------------------------- small parts
_WISH = (
    r"(?:\b(?:can|could|would|will) you (?:please )?|\bplease |\bjust |\b(?:i|we) (?:want|would like|need) (?:to )?"
    r"|\blet me )*"
)
_DRAW = (
    r"\b(?:show(?:ing|n)?|draw(?:ing)?|give|return|plot(?:ting|ted)?|visuali[sz](?:e|ed|ing)|create|make|display(?:ed|ing)?"
    r"|present|using|use|tell|report|provide|get|see|have|need|illustrate|represent|compute)(?: (?:me|us)\b)?"
    r"(?: (?:them|it|this|that|these|(?:the|your|my) (?:results?|data|answer|information))\b)?"
)
_P = r"[^,.;?!]{1,80}?"
_END = r"(?=\s*(?:[,.;?!]|$)|\s{3,}| (?:and )?(?:group(?:ed|ing|s)? (?:by|them)|colou?red|split by|categori[sz])\b)"
_CLAUSE = r"(?:^|(?<=[,.;?!])|(?<=\s\s\s))\s*"
_ASK = rf"{_CLAUSE}(?:that )?(?:(?:plot|show|find|give|draw) (?:me )?)?"
_AX = r"(?:\s*-?\s*axis)?\b"
_IS = r"(?:\s*-?\s*axis (?:(?:is|shows|represents|for) |:\s*)?| is )"
_FIGURE = r"(?=(?:the )?(?:\w+ )?(?:number|average|total|sum|amount)\b|how many\b|what (?:is|are)\b)"
_EACH = r"(?=(?:the )?(?:each|every|different)\b)"
_PERIOD = r"(?:each|every|per|different) (?:\w+ )?(?:day|weekday|week|month|quarter|year|bucket|interval)(?: bucket)?"

# Nothing is said of a picture without one of these.
TRIGGER = words(
    r"chart|graph|plot|diagram|histogram|scatter|\bpie\b|donut|doughnut|\bstack|\bbars?\b|axis|\b(?:the|by) [xy]\b"
    r"|\b[xy] is\b|\b(?:bin|bins|binn(?:ed|ing)|bucket|bucketing)\b|trend|\bproportion|correlation"
    r"|relation(?:ship)?s?\b|distribution|comparison|^\s*compare\b"
    r"|\b(?:list|show|display|rank|order|sort) (?:by )?(?:the )?(?:[xy]|how many|(?:total )?number)\b"
    r"|[,;.?!]\s*(?:and )?(?:(?:could|can) you |i want to )?(?:list|show|display|rank|order|sort)\b"
    r"[^,.;?!]{1,80}?[.?!\s]*$"
)

# ------------------------------------------------------------------------------------------------------------ marks
OPENING = words(
    rf"(?:[,;]?\s*\b(?:and|then|also) )*{_WISH}(?:{_DRAW} )?(?:\b(?:as|by|in|with|using|via|through|on|into|to) )?"
    r"(?:\b(?:a|an|the|one|some|their) )?(?P<grouped>\b(?:group(?:ed|ing)?|multi(?:ple|-series)?) )?\Z"
)
CLOSING = words(
    r"(?: (?:(?:to|that|which|for) )?(?:show(?:s|ing)?|display(?:s|ing)?|illustrat(?:es|ing)|represent(?:s|ing)?"
    r"|find(?:ing)?|reflect(?:s|ing)?|list(?:ing)?"
    r"|visuali[sz](?:es?|ing))\b(?: me\b)?(?: (?:about|of)\b)?| (?:about|of|for|on)\b)?"
)
DRAWING = words(rf"{_DRAW}(?: (?:a|an|the|their) ?)?\s*\Z|\b(?:the|their|about) \Z")


@cache
def marks() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The words of each mark."""
    chart = r"(?:\s+|-)?(?:chart|graph|plot|diagram)s?"
    found = [(m, words(rf"\b(?:(?:{said(f'{m}, of chart')}){chart}|{said(f'{m}, alone')})\b")) for m in MARKS]
    alone = r"(?=\s*(?:[.,;?!]|$)| (?:on|about|to|for|of|that|showing)\b)"
    article = r"(?:(?<=\ba\s)|(?<=\bas\s))"
    return (*found, *((mark, words(rf"{article}{mark}\b{alone}")) for mark in ("pie", "scatter", "bar")))


@cache
def soft_marks() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Words that ask for a picture without naming it, at the end of a clause: "show the trend"."""
    return tuple((mark, words(rf"\b(?:{said(f'{mark}, soft')})\b(?=\s*(?:[,.;?!]|$)|\s{{3,}})")) for mark in MARKS)


BETWEEN = words(r"(?:the )?\b(?:correlations?|relationships?|relations?) (?:between|among)\b")
# mark ("" for words that only change in a picture), words, what stands for them
HINTS = (
    ("bar", words(r"(?:the )?\bdistributions? of "), ""),
    ("bar", words(r"^\s*compare (?=(?:the )?(?:total )?number of\b)"), ""),
    ("", words(rf"(?:the )?\b(?:proportions?|percentages?|shares?) of {_FIGURE}"), ""),
    ("", words(rf"(?:the )?\b(?:proportions?|percentages?|shares?) of {_EACH}"), "number of "),
    ("pie", words(rf"\b(?:want to know|show me|show|give me|give|tell me|draw) the proportions? of {_FIGURE}"), ""),
    (
        "pie",
        words(rf"\b(?:want to know|show me|show|give me|give|tell me|draw) the proportions? of {_EACH}"),
        "the number of ",
    ),
)

# ------------------------------------------------------------------------------------------------------------- axes
BEFORE = (  # ahead of the mark's own words
    Frame(words(rf"(?P<intro>\bfor )(?P<y>{_P})\s*,\s*(?P<x>{_P})\s*,\s*{_DRAW} the trends?\b"), "line", "trend"),
    Frame(words(rf"(?P<intro>\bfor )(?P<x>{_P})\s*,\s*(?P<y>{_P})\s*,\s*{_DRAW} the (?:relationship|correlation)s?\b"),
          "scatter", "relation"),
)  # fmt: skip
_ABOUT = r"(?P<intro>(?:about )?(?:the )?(?:general |overall )?\b"
_BY = rf"(?: by (?P<c>{_P}))?{_END}"
_ON = r"(?:as|on|is on) (?:the )?"
FRAMES = (
    Frame(words(rf"{_ASK}(?P<x>\w{_P}) {_ON}x{_AX}[\s,]*(?:and )?(?P<y>{_P}) {_ON}y{_AX}"), "", "axis"),
    Frame(words(rf"\bgroup and (?P<y>count) (?:the )?(?P<x>{_P})(?: for each {_P})?{_END}"), "bar", "group and"),
    Frame(words(rf"{_ABOUT}distributions? of )(?P<x>{_P}) and (?P<y>{_P}){_END}"), "bar", "distribution"),
    Frame(words(rf"{_ABOUT}comparisons? (?:about|of) )(?P<y>{_P}) over (?P<x>{_P}){_END}"), "bar", "comparison"),
    Frame(words(rf"{_ABOUT}(?:trends?|changes?) (?:(?:of|about|in|for) )?)(?P<y>{_P}) (?:over|along) (?P<x>{_P}){_BY}"),
          "line", "over"),
    Frame(words(rf"(?P<intro>\bhow )(?P<y>{_P}) changes? (?:over|along) (?P<x>{_P}){_BY}"), "line", "change"),
    Frame(words(rf"{_ABOUT}(?:correlations?|relationships?|relations?) (?:between|of|about) )(?P<x>{_P}) and "
                rf"(?P<y>{_P})(?: for each (?P<c>{_P}))?{_END}"), "scatter", "relation"),
    Frame(words(rf"{_ABOUT}proportions? of )(?P<x>{_P}) and (?P<y>{_P}){_END}"), "pie", "proportion"),
    Frame(words(rf"(?P<intro>\bx{_IS})(?P<x>{_P})[\s,;]+(?:and )?(?:the )?(?P<link>y{_IS})(?P<y>{_P}){_END}"), "", "x"),
    Frame(words(rf"(?P<intro>\by{_IS})(?P<y>{_P})[\s,;]+(?:and )?(?:the )?(?P<link>x{_IS})(?P<x>{_P}){_END}"), "", "x"),
    Frame(words(rf"{_CLAUSE}(?P<y>{_P}) for with each (?P<c>{_P}) in each (?P<x>{_P}){_END}"), "stacked", "with each"),
    Frame(words(rf"{_CLAUSE}(?P<y>{_P}) (?:vs\.?|versus) (?P<c>{_P}) based on (?P<x>{_P}){_END}"), "stacked", "based"),
)  # fmt: skip
LISTED = (  # only where the question draws
    Frame(words(rf"{_ASK}(?P<y>\w{_P}) over (?P<x>{_P}){_END}"), "line", " over "),
    Frame(words(rf"\b(?:find|show) (?P<x>{_P}) and (?P<y>(?:the )?(?:average|sum|amount) of {_P}){_END}"),
          "", " and "),
    Frame(words(rf"\b(?:find|show) (?P<x>{_P}) and (?P<y>{_P}){_END}"), "", " and "),
    Frame(words(rf"{_ASK}(?P<x>\w{_P}) and (?P<y>{_P})(?= colou?red by)"), "stacked", "red by"),
    Frame(words(rf"{_ASK}(?P<x>\w{_P}) (?:vs\.?|versus|against) (?P<y>{_P}){_BY}"), "scatter", " v"),
    Frame(words(rf"{_ASK}(?P<y>\w{_P}) (?:across|(?:from|across|for|of|in) (?:each|every|different)) (?P<x>{_P})"
                rf"{_END}"),
          "bar", " ", each=True),
    Frame(words(rf"{_ASK}(?P<x>\w{_P})\s*,? by (?:grouped by )?(?P<y>{_P}){_END}"), "bar", " by ", turned=True),
)  # fmt: skip


def single_axis(axis: str) -> tuple[re.Pattern[str], ...]:
    """ "the x-axis is season", "let class as x-axis": one axis named by itself, as ``what``."""
    return (
        words(rf"[,.;]?\s*(?:and )?(?:the )?\b{axis}{_IS}(?P<what>{_P}){_END}"),
        words(rf"[,.;]?\s*(?:and )?\b(?:let|where|with) (?P<what>{_P}) (?:as|is on|on|be) (?:the )?{axis}\s*-?\s*axis"),
    )


SINGLE = {axis: single_axis(axis) for axis in ("x", "y")}
APART = words(
    r"(?:[,;]?\s*\band )?(?:\bthen )?(?:\b(?:that|which) )?(?:\bpoints are )?"
    r"(?:\bgroups (?:by )?|\buse a different colou?r for each |\b(?:group(?:ed|ing)?(?: (?:them|it|the result))?"
    r"|colou?r(?:ed|s)?(?: (?:them|it|points))?|split(?:ted)?|stack(?:ed)?"
    r"|categori[sz](?:e|es|ed|ing)(?: (?:them|it))?) (?:by|based on|according to) )(?:the )?"
    rf"(?P<attribute>attribute )?(?P<c>{_P})(?=\s*(?:[,.;?!]|$)|\s{{3,}}| (?:and|with|in|then|using)\b)"
)
AXIS = words(r"(?:the )?(?:(?P<axis>[xy])(?:\s*-?\s*ax[ie]s)?|(?P<bars>bars?))\Z")
COUNTS = words(r"(?:the )?(?:how many|number of|total number)\b")

# -------------------------------------------------------------------------------------------------- periods, orders
_WAY = r"(?P<up>{up})|(?P<down>{down})"
_WHAT = r"(?P<what>(?:[\w()*%'/-]+ ){0,7}?[\w()*%'/-]+)"
_STOP = r"(?: please)?(?=\s*(?:[,.;?!]|$)|\s{3,}| (?:and|with|using|in an?|by an?)\b)"
_SORT = r"\b(?:sort|rank|order|list|show|display|arrange|organi[sz]e)(?P<done>ed)?(?:s|ing)? (?:(?:them|it) )?"
WISHING = words(rf"(?:[,;.?!]?\s*\b(?:and|then|also) |[,;]\s*)*{_WISH}\Z")


@cache
def orders() -> tuple[re.Pattern[str], ...]:
    """What a picture is ordered by, as ``what``, with its way up or down, in the places people put them."""
    way = rf"(?:an? |the )?(?:{_WAY.format(up=said('ascending'), down=said('descending'))})(?: order)?"
    return (
        words(rf"{_SORT}(?:by |on )?{_WHAT} (?:in )?{way}{_STOP}"),
        words(rf"{_SORT}(?:in )?{way} (?:by|of|on|for|according to) {_WHAT}{_STOP}"),
        words(rf"{_SORT}by (?P<what>(?:the )?[xy]\s*-?\s*axis)(?P<up>)(?P<down>(?!))?{_STOP}"),
        words(rf"(?P<done>)\b(?P<what>(?:the )?[xy]\s*-?\s*axis) (?:is )?(?:sorted |ordered )?(?:in )?{way}{_STOP}"),
    )


@cache
def bins() -> re.Pattern[str]:
    """A date to cut down, as ``what``, and the group of its grain."""
    grain = "|".join(f"(?P<{name}>{said(name)})" for name in GRAINS)
    return words(
        rf"[,(]?\s*(?:\band )?\b(?:bin|bins|binned|binning|bucket|bucketing) (?:all )?(?:the )?"
        r"(?P<what>(?:\S+ ){0,7}?)"
        rf"(?:by|into|in|to|at) (?:the |an? )?(?:{grain})\b(?: (?:interval|level|bucket|bin|group)s?)?\)?"
    )


COUNTED = words(
    r"(?:[,;]?\s*\b(?:and|then|them) )*\b(?:compute|calculate|count|show|sum) (?:the )?(?:total )?(?:number|amount) "
    rf"(?:of|in|for) {_PERIOD}"
)


@cache
def functions() -> re.Pattern[str]:
    """An aggregate before what it is of."""
    names = "|".join(f"(?P<{name}>{said(name)})" for name in FUNCTIONS)
    return words(rf"(?:the )*(?:{names})(?: |\s*\()(?:of |the |different )*(?P<of>.*)")
