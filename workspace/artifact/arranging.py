"""Further words that change a document: copies, orders, the first few, page breaks, two sections in one.

Pure text, as `wording`, whose `Wording` is made of what these give: the fields that are not as by default.
"""

from __future__ import annotations

import re
from typing import Any

from workspace.artifact.pointing import NOUNS, named

Fields = dict[str, Any]
IT = r"(?:it|this|that|them|these|those)"
_NUMBER = r"(?P<n>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_TOP = (
    rf"(?:the\s+)?(?P<end>top|first|best|highest|bottom|last|lowest)\s+{_NUMBER}"
    rf"(?:\s+(?:rows?|lines?|entries|ones|of\s+{IT}))?"
)
_MANNER = (
    r"(?P<manner>ascending(?:ly)?|descending(?:ly)?|alphabetical(?:ly)?|backwards|in\s+reverse|reversed"
    r"|(?:in\s+)?(?:ascending|descending|alphabetical)(?:\s+order)?|(?:the\s+)?(?:highest|largest|biggest|lowest|smallest)\s+first"
    r"|from\s+(?:high(?:est)?\s+to\s+low(?:est)?|low(?:est)?\s+to\s+high(?:est)?|a\s+to\s+z|z\s+to\s+a)|a\s*-\s*z|z\s*-\s*a)"
)
_DOWN = re.compile(
    r"descend|backwards|revers|highest\s+first|largest|biggest|high(?:est)?\s+to|z\s+to|z\s*-", re.IGNORECASE
)
_TIMES = r"(?:days?|weeks?|months?|quarters?|years?)"


def arranged(words: str) -> Fields | None:
    """What a message asks of a part: a copy, an order, its first rows, a page of its own; None for any other.

    Example:
        >>> arranged("sort the first chart by name descending")
        {'verb': 'sort', 'object': 'the first chart', 'value': '-name', 'sure': True}
    """
    for reader in (_kept, _copied, _paged, _topped, _sorted, _merged, _tabled, _narrowed):
        found = reader(words)
        if found is not None:
            return found
    return None


# ------------------------------------------------------------------------------------------------------- readers
def _kept(words: str) -> Fields | None:
    """ "Delete all but the first section", "only show revenue per month": the other parts go."""
    match = re.fullmatch(
        r"(?:remove|delete|drop|hide|cut)\s+(?:everything|all(?:\s+(?:parts|sections))?)\s+(?:but|except(?:\s+for)?|other\s+than"
        r"|apart\s+from)\s+(?P<object>.+)|(?:only\s+(?:show|keep)|keep\s+(?:only|just))\s+(?P<object2>.+)",
        words,
        re.IGNORECASE,
    )
    if match is None:
        return None
    about = (match["object"] or match["object2"]).strip()
    return {"verb": "keep", "object": about, "sure": bool(match["object"]) or named(about)}


def _copied(words: str) -> Fields | None:
    match = re.fullmatch(
        r"(?:(?:make|create|add|insert)\s+(?:an?\s+|another\s+)?(?:copy|duplicate)\s+of|copy|duplicate|clone|repeat|double)\s+(?P<object>.+?)",
        words,
        re.IGNORECASE,
    )
    if match is None or (not named(match["object"]) and not re.fullmatch(IT, match["object"], re.I)):
        return None
    return {"verb": "copy", "object": match["object"].strip(), "explicit": True}


def _paged(words: str) -> Fields | None:
    new = r"(?:an?\s+)?(?:new|next|separate|own|its\s+own|another)\s+(?:page|slide|sheet)(?:\s+of\s+its\s+own)?"
    match = re.fullmatch(
        r"(?:add|insert|put|make|set)(?:\s+in)?\s+(?:an?\s+)?(?:page|slide)[\s-]?break\s+(?P<side>before|after|above|below|ahead\s+of)\s+(?P<object>.+)"
        rf"|(?:start|begin|put|move|set|have)\s+(?P<object2>.+?)\s+(?:on|to|onto|at)\s+(?:{new}|(?:an?\s+|its\s+)?page\s+of\s+its\s+own)",
        words,
        re.IGNORECASE,
    )
    if match is None:
        return None
    side = "after" if (match["side"] or "").lower() in ("after", "below") else "before"
    return {"verb": "break", "object": (match["object"] or match["object2"]).strip(), "place": side, "explicit": True}


def _topped(words: str) -> Fields | None:
    match = re.fullmatch(
        rf"(?:make|let|have)\s+(?P<object>.+?)\s+(?:only\s+|just\s+)?(?:show|list|have)\s+(?:only\s+|just\s+)?{_TOP}(?:\s+only)?",
        words,
        re.IGNORECASE,
    ) or re.fullmatch(
        rf"(?:limit|cut|shorten|reduce|trim|restrict)\s+(?P<object>.+?)\s+(?:down\s+)?(?:to|at)\s+(?:only\s+|just\s+)?{_TOP}",
        words,
        re.IGNORECASE,
    ) or re.fullmatch(
        rf"(?:(?:show|keep|list|display)\s+(?:me\s+)?)?(?:only\s+|just\s+){_TOP}(?:\s+(?:in|of|for)\s+(?P<object>.+))?"
        rf"|{_TOP.replace('?P<', '?P<d_')}"
        rf"|(?:(?:show|keep)\s+)?(?:me\s+)?(?:only\s+|just\s+){_TOP.replace('?P<', '?P<e_')}\s+(?P<e_object>[a-z]+)"
        rf"|(?:(?:show|keep|list)\s+)?(?:me\s+)?(?:only\s+|just\s+)(?:the\s+)?{_NUMBER.replace('?P<', '?P<f_')}\s+"
        r"(?P<f_end>biggest|largest|best|highest|lowest|smallest)\s+(?P<f_object>[a-z]+)"
        rf"|(?:(?:show|keep|list|display)\s+)?{_TOP.replace('?P<', '?P<b_')}\s+only"
        r"(?:\s+(?:in|of|for)\s+(?P<b_object>.+))?"
        rf"|(?:show|keep|list)\s+{_TOP.replace('?P<', '?P<c_')}\s+(?:in|of|for)\s+(?P<c_object>(?:the|that|this)\s+.+)",
        words,
        re.IGNORECASE,
    )  # fmt: skip
    if match is None:
        return None
    given = {re.sub(r"\A[bcdef]_", "", name): text for name, text in match.groupdict().items() if text}
    about = given.get("object", "").strip()
    end = "bottom" if given["end"].lower() in ("bottom", "last", "lowest", "smallest") else "top"
    pointed = not about or named(about) or re.fullmatch(IT, about, re.IGNORECASE) is not None
    return {"verb": "refine", "object": about, "value": f"{end} {given['n']}", "sure": pointed}


def _sorted(words: str) -> Fields | None:
    match = re.fullmatch(
        rf"(?:please\s+)?(?:sort|order|arrange|rank|reorder|re-order)\s+(?P<object>(?!by\b).+?\s+)??by\s+(?P<value>.+?)(?:,?\s+{_MANNER})?"
        rf"|(?:sort|order|arrange|rank|reorder)\s+(?P<object2>.+?),?\s+{_MANNER.replace('?P<manner>', '?P<manner2>')}",
        words,
        re.IGNORECASE,
    )
    if match is None:
        return None
    about, manner = (match["object"] or match["object2"] or "").strip(), match["manner"] or match["manner2"] or ""
    value = re.sub(r"\A(?:the|its|their)\s+", "", (match["value"] or "").strip(), flags=re.IGNORECASE)
    letters = re.search(r"alphabet|\ba\b", manner, re.IGNORECASE) is not None
    value = value or ("name" if letters else "value")
    turned = _DOWN.search(manner) is not None
    sign = "-" if turned else "+" if manner else ""
    pointed = named(about) or re.fullmatch(IT, about, re.IGNORECASE) is not None
    return {"verb": "sort", "object": about, "value": f"{sign}{value}", "sure": pointed}


def _merged(words: str) -> Fields | None:
    noun = "|".join(word for word, kind in NOUNS.items() if kind == "section")
    match = re.fullmatch(
        rf"(?:merge|combine|join|unite|put\s+together)\s+the\s+(?P<end>first|last)\s+two\s+(?P<noun>{noun})s?(?:\s+(?:into|in|to)\s+one)?",
        words,
        re.IGNORECASE,
    )
    if match is not None:
        first = match["end"].lower() == "first"
        one, other = ("first", "second") if first else ("second last", "last")
        return {"verb": "merge", "object": f"the {one} {match['noun']}", "anchor": f"the {other} {match['noun']}"}
    match = re.fullmatch(
        r"(?:merge|combine|join|unite)\s+(?P<object>.+?)\s+(?:and|with|into)\s+(?P<anchor>.+?)(?:\s+(?:into|in|to)\s+one(?:\s+\w+)?)?",
        words,
        re.IGNORECASE,
    )
    if match is None or not re.search(rf"\b(?:{noun})s?\b", f"{match['object']} {match['anchor']}", re.IGNORECASE):
        return None
    return {"verb": "merge", "object": match["object"].strip(), "anchor": match["anchor"].strip(), "explicit": True}


def _tabled(words: str) -> Fields | None:
    """The rows of a chart as a table beside it."""
    match = re.fullmatch(
        r"(?:show|give|add|include|list)\s+(?:me\s+|us\s+)?(?:the\s+)?(?:numbers?|figures?|data|values?|rows|table)\s+"
        r"(?:behind|under|underneath|below|beneath|of|for|to|with)\s+(?P<anchor>.+)"
        r"|(?:show|add|have|draw)\s+(?P<anchor2>.+?)\s+(?:also\s+as\s+a\s+table|as\s+a\s+table\s+(?:as\s+well|too|also))",
        words,
        re.IGNORECASE,
    )
    anchor = (match["anchor"] or match["anchor2"]).strip() if match is not None else ""
    if not re.search(r"\b(?:charts?|graphs?|plots?|pictures?|diagrams?)\b", anchor, re.IGNORECASE) and not re.fullmatch(
        IT, anchor, re.IGNORECASE
    ):
        return None
    return {"verb": "add", "form": "table", "place": "after", "anchor": anchor, "sure": named(anchor)}


def _narrowed(words: str) -> Fields | None:
    """ "2025 only", "the last 12 months", "without Germany": a condition for a part, or for all of it."""
    match = re.fullmatch(
        rf"(?:show\s+|use\s+|take\s+)?(?:for\s+|in\s+|over\s+)?(?P<time>(?:the\s+)?(?:last|past|previous|this)\s+(?:\d{{1,3}}\s+)?{_TIMES})(?:\s+only)?"
        r"|(?:in|for|from|of)\s+(?P<only2>(?!(?:the|it|this|that|all)\b)\w+(?:\s+\w+){0,2})(?:\s+only)?"
        r"|(?:show\s+)?(?P<only>(?!(?:me|us|only)\b)\w+(?:\s+\w+){0,2})\s+only"
        r"|(?:exclude|excluding|except(?:\s+for)?|without|not\s+counting|ignore|filter\s+out)\s+(?:the\s+)?(?P<out>\w+(?:\s+\w+){0,3})",
        words,
        re.IGNORECASE,
    )
    if match is None or (match["out"] and named(match["out"])):
        return None
    if match["out"]:
        return {"verb": "refine", "value": f"without {match['out'].strip()}", "sure": False}
    only = match["time"] or match["only"] or match["only2"]
    return {"verb": "refine", "value": f"only {only.strip()}", "sure": False}
