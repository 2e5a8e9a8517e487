"""Words that change a document: "move the chart up", "split it by region", "add a paragraph on Germany". Pure text.

A message is taken apart into a verb, what it is done to, and where or how; which part that is, and whether it can be
done, is for `resolve`. A question is never such a message: it asks, or names figures, and changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from workspace.artifact.arranging import arranged
from workspace.artifact.beyond import about_part, beyond
from workspace.artifact.pointing import named
from workspace.artifact.spelling import mended
from workspace.artifact.styles import style_of
from workspace.artifact.whole import DOC as _DOC
from workspace.artifact.whole import Verb as WholeVerb
from workspace.artifact.whole import whole
from workspace.question.request import GRAIN_ADJECTIVES, bare

LONGEST = 1_000  # characters of a change in words
Verb = (
    Literal["add", "remove", "move", "swap", "draw", "refine", "retitle", "reword", "hide", "write", "undo", "redo"]
    | Literal["copy", "sort", "merge", "break", "reask", "keep", "beyond"]
    | WholeVerb
)
Form = Literal["", "section", "paragraph", "chart", "table", "metric", "heading"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A change in words.

    Args:
        verb: what is to be done.
        object: the words for the part it is done to, "" where it was not said.
        value: the title, text, question, mark, axis, condition, number format, version or column that it is done with.
        place: where to: up, down, first, last, before, after, "" for none.
        anchor: the words for the part that ``place`` is beside.
        form: what is added.
        explicit: does it speak of a document, so that it cannot be about an answer?
        sure: is it an edit even if there is no such part? "drop shipments" may ask for data.
    """

    verb: Verb
    object: str = ""
    value: str = ""
    place: Literal["", "up", "down", "first", "last", "before", "after"] = ""
    anchor: str = ""
    form: Form = ""
    explicit: bool = False
    sure: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Wording:
        return cls(**data)


_ASKS = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|will|am|should|tell\s+me)\b",
    re.IGNORECASE,
)
_IN_DOC = rf"(?:\s+(?:from|in|to|into|on|of|at\s+the\s+end\s+of)\s+(?:the|this|my|our)\s+{_DOC})?"
_QUOTED = r"[\"“‘'«](?P<quoted>.+?)[\"”’'»]"
_AN = (
    r"(?:an?\s+|another\s+|one\s+more\s+|some\s+|the\s+)?(?:new\s+|short\s+|small\s+|further\s+|brief\s+|separate\s+)*"
)
_PLACE = (
    r"(?P<place>(?:one\s+)?(?:further\s+)?(?:up|down|higher|lower)(?:\s+(?:a\s+bit|one|once|by\s+one|one\s+(?:place|position|step)))?"
    rf"|(?:to|at|in)\s+the\s+(?:very\s+)?(?:top|start|beginning|front|bottom|end|back)(?:\s+of\s+(?:the|this)\s+{_DOC})?"
    r"|first|last|(?:right\s+|directly\s+|just\s+)?(?P<side>above|before|over|ahead\s+of|in\s+front\s+of|below|after|under|underneath"
    r"|behind|next\s+to|beside|following)\s+(?P<anchor>.+))"
)
_MARK = (
    r"(?P<mark>(?:stacked\s+)?(?:horizontal\s+)?(?:lines?|bars?|columns?|areas?|pies?|donut|doughnut|scatter|points?|dots?)"
    r"(?:\s+(?:chart|graph|plot|diagram)s?)?|tables?|(?:chart|graph|plot|diagram))"
)
_MARKS = {
    "line": "line", "bar": "bar", "column": "bar", "area": "area", "pie": "pie", "donut": "pie", "doughnut": "pie",
    "scatter": "scatter", "point": "scatter", "dot": "scatter", "table": "table", "chart": "chart", "graph": "chart",
    "plot": "chart", "diagram": "chart",
}  # fmt: skip
_INSTEAD = r"\s+(?:instead|again|rather)(?:\s+of\s+.+)?"
_DRAW = re.compile(
    r"(?:show|draw|make|turn|display|plot|change|switch|convert|render|present|put|i\s+want|have)\s+(?P<object>.+?)\s+"
    rf"(?:(?:as|into|to|in|be|with)\s+)?(?:an?\s+|the\s+)?{_MARK}(?P<instead>{_INSTEAD})?"
    rf"|(?:use|try|take|do|make\s+that)\s+(?:an?\s+)?{_MARK.replace('P<mark>', 'P<mark2>')}"
    rf"(?:\s+(?:for|in)\s+(?P<object2>.+?))?(?P<instead2>{_INSTEAD})?"
    rf"|(?:as\s+)?(?:an?\s+)?{_MARK.replace('P<mark>', 'P<mark3>')}\s+(?:chart\s+)?"
    r"(?P<instead3>instead|please|rather)(?:\s+of\s+.+)?",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"(?:and\s+)?(?:also\s+)?(?:add(?!\s+up\b)|include|insert|append|attach|put\s+in|bring\s+in|throw\s+in|work\s+in|write)"
    r"(?:\s+in)?\s+(?:also\s+)?(?P<value>.+?)"
    rf"(?P<docs>{_IN_DOC.removesuffix('?')}|\s+to\s+(?:it|this|that)|\s+as\s+well|\s+too)?(?:\s*,?\s+{_PLACE})?"
    r"|extend\s+(?:it|this|that|the\s+\w+)\s+(?:with|by)\s+(?P<value2>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ANY = r"(?:it|this|that|them|these|those|everything|all|all\s+of\s+it)"
_IT = re.compile(rf"{_ANY}\Z", re.IGNORECASE)
_UNDO = re.compile(
    r"(?:undo|revert|take\s+(?:it|that|this)\s+back|go\s+back(?:\s+one\s+(?:step|version))?|roll\s*back|never\s*mind\s+that"
    r"|change\s+it\s+back|(?:bring|get)\s+(?:it|that|them)\s+back|put\s+it\s+back(?:\s+as\s+it\s+was)?)"
    r"(?:\s+(?:it|that|this|(?:the|my)\s+(?:last\s+)?(?:change|edit|step|version|one)|to\s+the\s+(?:last|previous)\s+version))?",
    re.IGNORECASE,
)
_REDO = re.compile(
    r"(?:redo|do\s+it\s+again\s+after\s+all|undo\s+the\s+undo)(?:\s+(?:it|that|the\s+(?:last\s+)?change))?", re.I
)
_ONLY = re.compile(
    r"(?:(?:limit|restrict|filter|narrow)\s+(?P<a>.+?)\s+(?:down\s+)?(?:to|by|on|for)\s+(?P<b>.+)"
    r"|(?:only|just)\s+(?P<c>.+?)(?:\s+(?:in|for)\s+(?P<d>(?:the|that|this|every|both|all)\s+.*))?)\Z",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?:split|break|divide|separate|slice|group|regroup)(?:\s+(?P<a>(?!by\b|per\b|down\b|up\b|into\b).+?))?(?:\s+(?:up|down|out))?\s+"
    r"(?:by|per|into|for\s+each|along|according\s+to)\s+(?P<b>(?:(?!\s(?:by|into|for\s+each)\s).)+)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:show|make|do|have)\s+(?P<a>it|this|that|(?:the|that|this)\s+.+?)\s+)?(?:by|per)\s+(?P<b>.+?)(?P<instead>\s+instead)?\Z",
    re.IGNORECASE,
)
_GRAIN = re.compile(
    r"(?:make|show|do|turn)\s+(?P<a>it|this|that|.+?)\s+(?:in\s*to\s+)?(?P<b>daily|weekly|monthly|quarterly|yearly|annual)",
    re.IGNORECASE,
)


_WRITE = re.compile(
    r"(?:show|write|format|display|give|print|express|present|render|put|set|make|turn|change|convert|round|have|keep|i\s+want)"
    r"\s+(?:me\s+)?",
    re.IGNORECASE,
)
_STYLED = re.compile(
    r"(?:use\s+|(?P<out>remove|drop|hide|lose|leave\s+out|take\s+off|get\s+rid\s+of)\s+)?(?P<style>.+?)"
    r"(?:\s+(?:for|in|on|of|from)\s+(?P<object>.+))?",
    re.IGNORECASE,
)


def wording_of(text: str) -> Wording | None:
    """The change that a message asks for, None for any other message.

    Example:
        >>> found = wording_of("Could you move the second table above the chart?")
        >>> found.verb, found.object, found.place, found.anchor
        ('move', 'the second table', 'before', 'the chart')
        >>> wording_of("which table is the largest") is None
        True
    """
    words = re.sub(r"[ \t]+", " ", bare(text[: LONGEST + 1])).replace("’", "'")
    if len(text) > LONGEST or not words:
        return None
    found = _read(words)
    if found is None and not _ASKS.match(words):
        only = re.match(r"(?:please\s+)?just\s+(?!show|give|tell|list|me\b)", text.strip(), re.IGNORECASE)
        found = _split(f"only {words}") if only else None  # "just Germany": the courtesy is a condition
        right = mended(words)
        if found is None and right != words:
            found = _read(right)
            # A slip that was put right is an edit only where it speaks of a page.
            found = found if found is not None and (found.explicit or found.verb in ("retitle", "undo")) else None
        if found is None and about_part(right):
            return Wording("beyond", right, "part", explicit=True, sure=False)
    return found


def _read(words: str) -> Wording | None:
    of_it = whole(words)
    if of_it is not None:
        return Wording(of_it[0], value=of_it[1], explicit=of_it[2], sure=of_it[0] != "explain")
    if _ASKS.match(words):
        return None
    topic = beyond(words) if _back(words) is None else None
    if topic is not None:
        return Wording("beyond", value=topic, explicit=named(words) or topic == "delete")
    readers = (_back, _titled, _worded, _written, _arranged, _moved, _removed, _drawn, _reasked, _split, _added)
    for reader in readers:
        found = reader(words)
        if found is not None:
            return replace(found, explicit=found.explicit or named(found.object) or named(found.anchor))
    return None


def _arranged(words: str) -> Wording | None:
    given = arranged(words)
    return Wording(**given) if given is not None else None


def _back(words: str) -> Wording | None:
    if _UNDO.fullmatch(words):
        return Wording("undo", explicit=True)
    return Wording("redo", explicit=True) if _REDO.fullmatch(words) else None


def _titled(words: str) -> Wording | None:
    match = re.fullmatch(
        rf"(?:rename|retitle)\s+(?P<object>.+?)\s+(?:to|as|into|:)\s+(?P<value>.+)"
        r"|(?:rename|retitle)\s+(?P<object5>[^\"“]+?)\s*:?\s*(?P<value5>[\"“].+[\"”])"
        rf"|(?:call|name|title)\s+(?P<object2>it|this|that|(?:the|this)\s+{_DOC}|(?:the|this|that)\s+.*?(?:section|part|chapter)(?:\s+on\s+\S+)?)"
        r"\s+(?P<value2>.+)"
        r"|(?:change|set|make|edit|put)\s+(?:the\s+|its\s+)?(?:title|name|heading|headline)(?:\s+(?:of|for)\s+(?P<object3>.+?))?"
        r"\s*(?:\s(?:to|into|as|be)|:)\s+(?P<value3>.+)"
        r"|(?:the\s+|its\s+)?title\s+(?:should\s+be|shall\s+be|is)\s*:?\s+(?P<value4>.+)",
        words,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return None
    found = {name[:5].rstrip("0123456789") if name.startswith("value") else "object": value
             for name, value in match.groupdict().items() if value}  # fmt: skip
    about = found.get("object", "").strip()
    whole = (
        not about
        or _IT.match(about)
        or re.fullmatch(rf"(?:the|this|my|our)\s+(?:title\s+of\s+(?:the|this)\s+)?(?:{_DOC}|title)", about, re.I)
    )
    value = found["value"].strip().strip("\"'“”‘’«»„`").strip()
    return Wording("retitle", "" if whole else about, value, explicit=bool(about and not _IT.match(about)))


def _worded(words: str) -> Wording | None:
    match = re.fullmatch(
        rf"(?:change|replace|rewrite|reword|edit|set)\s+(?P<object>.+?)\s*(?:\s(?:to|with|by|as|so\s+that\s+it\s+says|to\s+say|to\s+read)|:)"
        rf"\s*:?\s*{_QUOTED}",
        words,
        re.IGNORECASE | re.DOTALL,
    )
    return Wording("reword", match["object"].strip(), match["quoted"].strip(), explicit=True) if match else None


def _written(words: str) -> Wording | None:
    """Another number format: "show revenue as euros without decimals", "no decimals for the price"."""
    if re.fullmatch(r"(?:show|use|give|write)\s+(?:me\s+)?percentages?(?:\s+instead)?", words, re.IGNORECASE):
        return Wording("write", "", "as percentages")
    if re.fullmatch(
        rf"round\s+(?:{_ANY}|(?:all\s+)?the\s+(?:numbers|figures|values))",
        words,
        re.I,
    ):
        return Wording("write", "", "without decimals")
    verb = _WRITE.match(words)
    rest = words[verb.end() :] if verb else words
    sure = bool(verb and re.match(r"format|round|write", verb[0], re.IGNORECASE))
    for match in re.finditer(r"(?:^|\s)(?=(?:as|in|with|without|to|using|at|no)\s)", rest, re.IGNORECASE):
        about, style = rest[: match.start()].strip(), rest[match.end() :]
        if style_of(style) is not None and (about or verb or not re.match(r"to\b|at\b", style, re.IGNORECASE)):
            pointed = not about or bool(_IT.match(about))
            return Wording("write", about, style, explicit=sure, sure=sure or pointed)
    match = _STYLED.fullmatch(words)
    style = f"{'without ' if match['out'] else ''}{match['style']}" if match is not None else ""
    if match is not None and style_of(style) is not None:
        return Wording("write", (match["object"] or "").strip(), style, sure=not match["object"])
    return None


def _moved(words: str) -> Wording | None:
    match = re.fullmatch(
        rf"(?:move|put|place|shift|bring|push|drag|take|send)\s+(?P<object>.+?)\s+{_PLACE}{_IN_DOC}",
        words,
        re.IGNORECASE,
    ) or re.fullmatch(
        rf"(?P<object>(?:the|that|this)\s+.+?|.+?)\s+(?:should|must|has\s+to|needs\s+to|ought\s+to|shall)\s+"
        rf"(?:come|go|be|stand|move)\s+{_PLACE}",
        words,
        re.IGNORECASE,
    )
    if match is not None:
        return _placed(Wording("move", _topic(match["object"])), match["place"], match["side"], match["anchor"])
    match = re.fullmatch(
        rf"(?:i'd\s+like|i\s+would\s+like|i\s+want|have)\s+(?P<object>.+?)\s+{_PLACE}", words, re.IGNORECASE
    )
    if match is not None:
        wished = Wording("move", match["object"].strip(), sure=named(match["object"]))
        return _placed(wished, match["place"], match["side"], match["anchor"])
    match = re.fullmatch(r"(?:start|begin|open|lead)\s+with\s+(?P<object>.+)", words, re.IGNORECASE)
    if match is not None:
        return Wording("move", match["object"].strip(), place="first")
    match = re.fullmatch(r"end\s+with\s+(?P<object>.+)", words, re.IGNORECASE)
    if match is not None:
        return Wording("move", match["object"].strip(), place="last")
    match = re.fullmatch(
        r"(?:swap|switch|exchange)\s+the\s+(?P<end>first|last)\s+two\s+(?P<noun>\w+?)s?(?:\s+around|\s+over)?",
        words,
        re.IGNORECASE,
    )
    if match is not None:
        one, other = ("first", "second") if match["end"].lower() == "first" else ("last", "second last")
        return Wording("swap", f"the {one} {match['noun']}", anchor=f"the {other} {match['noun']}")
    match = re.fullmatch(
        r"(?:swap|switch|exchange)\s+(?:(?:the|these)\s+two|both)\s+(?P<noun>\w+)", words, re.IGNORECASE
    )
    if match is not None and named(match["noun"]):
        return Wording("swap", f"both {match['noun']}")
    match = re.fullmatch(
        r"(?:swap|switch|exchange)\s+(?P<object>.+?)\s+(?:and|with)\s+(?P<anchor>.+)", words, re.IGNORECASE
    )
    if match is None or re.search(r"\bax[ei]s\b|^x$", match["object"] + match["anchor"], re.IGNORECASE):
        return None
    return Wording("swap", match["object"].strip(), anchor=match["anchor"].strip())


def _topic(about: str, part: str = "the part on ") -> str:
    """ "Everything about returns" as words for parts."""
    every = r"\A(?:everything|all|anything)\s+(?:about|on|regarding|concerning|related\s+to|to\s+do\s+with)\s+"
    return re.sub(every, part, about.strip(), flags=re.IGNORECASE)


def _placed(wording: Wording, place: str | None, side: str | None, anchor: str | None) -> Wording:
    text = (place or "").lower()
    if side:
        before = re.match(r"above|before|over|ahead|in\s+front", side, re.IGNORECASE)
        return replace(wording, place="before" if before else "after", anchor=(anchor or "").strip())
    if re.search(r"top|start|beginning|front|first", text):
        return replace(wording, place="first")
    if re.search(r"bottom|end|back|last", text):
        return replace(wording, place="last")
    return replace(wording, place="up" if re.search(r"up|higher", text) else "down" if text else "")


def _removed(words: str) -> Wording | None:
    hidden = re.fullmatch(
        r"(?:hide|remove|drop|delete|leave\s+out|take\s+out|do\s+not\s+show|don't\s+show)\s+(?:the\s+)?columns?\s+(?P<value>.+?)"
        r"(?:\s+(?:in|from|of)\s+(?P<object>(?:the|that|this|every|all)\s+.+))?"
        r"|(?:hide|remove|drop|leave\s+out)\s+(?:the\s+)?(?P<value2>.+?)\s+columns?(?:\s+(?:in|from|of)\s+(?P<object2>.+))?"
        r"|hide\s+(?P<value3>.+?)\s+(?:in|from)\s+(?P<object3>(?:the|that|this|every|all)\s+.*\btables?\b.*)",
        words,
        re.IGNORECASE,
    )
    if hidden is not None:
        given = {name.rstrip("23"): value.strip() for name, value in hidden.groupdict().items() if value}
        return Wording("hide", given.get("object", ""), given["value"], explicit=True)
    match = re.fullmatch(
        r"(?P<verb>remove|delete|drop|cut|kill|erase|omit|strike|skip|lose|scrap|hide|take\s+out|leave\s+out|get\s+rid\s+of|throw\s+out"
        rf"|do\s+without|cut\s+out)\s+(?P<object>.+?)(?:\s+again)?{_IN_DOC}"
        r"|(?:i|we)\s+(?:do\s+not|don'?t)\s+(?:need|want)\s+(?P<object2>.+?)(?:\s+any\s*more|\s+in\s+(?:it|there))?"
        r"|(?P<object3>(?:the|that|this|all|both)\s+.+?)\s+(?:can|should|may|must|has\s+to)\s+(?:go|be\s+(?:removed|deleted|dropped))"
        rf"|(?:no|without)\s+(?P<object4>(?:the\s+)?(?:charts?|tables?|paragraphs?|texts?|graphs?)){_IN_DOC}"
        r"|take\s+(?P<object5>.+?)\s+out(?:\s+again)?",
        words,
        re.IGNORECASE,
    )
    if match is None:
        return None
    verb = (match["verb"] or "remove").lower()
    about = next(value for name, value in match.groupdict().items() if value and name.startswith("object"))
    about = _topic(about, "all parts on ")
    sure = verb in (
        "remove",
        "delete",
        "erase",
        "get rid of",
        "take out",
        "leave out",
        "scrap",
        "strike",
        "omit",
        "throw out",
    )
    return Wording(
        "remove", about.strip(), sure=sure or named(about), explicit=bool(re.search(rf"\b{_DOC}\Z", words, re.I))
    )


def _drawn(words: str) -> Wording | None:
    match = re.fullmatch(
        r"(?:flip|swap|switch|turn|exchange|transpose)\s+(?:the\s+)?(?:x\s+and\s+y(?:\s+ax[ei]s)?|ax[ei]s)(?:\s+(?:of|in|on)\s+(?P<object>.+))?"
        r"|(?:turn|flip)\s+(?P<object2>.+?)\s+(?:sideways|on\s+its\s+side|around)",
        words,
        re.IGNORECASE,
    )
    if match is not None:
        return Wording("draw", (match["object"] or match["object2"] or "").strip(), "axes", explicit=True)
    alone = re.fullmatch(rf"as\s+(?:an?\s+)?{_MARK}", words, re.IGNORECASE)
    if alone is not None:
        return Wording("draw", "", _mark(alone["mark"].lower()), sure=False)
    match = _DRAW.fullmatch(words)
    if match is None:
        return None
    about = (match["object"] or match["object2"] or "").strip()
    mark = next(match[name] for name in ("mark", "mark2", "mark3") if match[name]).lower()
    instead = any(match[name] for name in ("instead", "instead2", "instead3"))
    about = re.sub(r"\s+(?:as|into|to|in|be|with)\Z|\Ame\s+(?=the\s+\w)", "", about)
    if re.fullmatch(r"(?:me\s+)?(?:the|a|an|me|us)", about, re.IGNORECASE):
        return None
    pointed = not about or bool(_IT.match(about)) or named(about)
    return Wording("draw", about, _mark(mark), explicit=bool(about) and named(about), sure=pointed or instead)


def _reasked(words: str) -> Wording | None:
    """ "Replace the second chart with revenue per category": another question in the place of a part."""
    match = re.fullmatch(
        r"(?:replace|change|exchange|swap|switch|turn)\s+(?P<object>(?:the|this|that)\s+.+?)\s+(?:with|by|for|to|into)\s+(?P<value>[^\"“«].+)",
        words,
        re.IGNORECASE,
    )
    if match is None or not named(match["object"]) or named(match["value"]):
        return None
    value = re.sub(r"\A(?:an?|the)\s+(?=\w+\s+(?:of|per|by)\b)", "", match["value"].strip(), flags=re.IGNORECASE)
    return Wording("reask", match["object"].strip(), value, explicit=True)


def _mark(text: str) -> str:
    kind = next((mark for word in text.split() if (mark := _MARKS.get(word.removesuffix("s")))), "chart")
    turned = [extra for extra in ("stacked", "horizontal") if extra in text]
    return " ".join([*turned, kind])


def _split(words: str) -> Wording | None:
    match = _SPLIT.fullmatch(words)
    if match is not None:
        return Wording("refine", (match["a"] or "").strip(), f"split by {match['b'].strip()}")
    match = _GRAIN.fullmatch(words)
    if match is not None:
        about = match["a"].strip()
        sure = _IT.match(about) is not None or about.lower().startswith("the ")
        return Wording("refine", about, f"by {GRAIN_ADJECTIVES[match['b'].lower()]} instead", sure=sure)
    match = _BY.fullmatch(words)
    if match is not None:
        return Wording("refine", (match["a"] or "").strip(), f"by {match['b'].strip()}{match['instead'] or ''}")
    match = _ONLY.fullmatch(words)
    if match is not None:
        about = match["a"] or match["d"] or ""
        return Wording(
            "refine", about.strip(), f"only {(match['b'] or match['c']).strip()}", sure=bool(about and named(about))
        )
    return None


def _added(words: str) -> Wording | None:
    match = _ADD.fullmatch(words)
    if match is None:
        return None
    value = (match["value"] or match["value2"]).strip()
    writes = re.match(r"write\b", words, re.IGNORECASE)
    made = Wording("add", value=value, explicit=bool(match["docs"] and re.search(_DOC, match["docs"], re.I)))
    made = _placed(made, match["place"], match["side"], match["anchor"])
    form = re.match(
        rf"{_AN}(?P<form>paragraph|text|sentence|note|comment|section|part|chapter|chart|graph|plot|diagram|table|list|metric|kpi|figure"
        r"|number|heading|headline|subtitle|title)s?\b(?:\s+(?:on|about|for|of|with|showing|saying|that\s+says|that\s+shows|covering|regarding"
        r"|called|titled|which\s+says|reading)\b|\s*:)?\s*",
        value,
        re.IGNORECASE,
    )
    if form is None:
        return None if writes else made
    kind = form["form"].lower()
    rest = value[form.end() :].strip()
    forms: dict[str, Form] = {
        "paragraph": "paragraph", "text": "paragraph", "sentence": "paragraph", "note": "paragraph",
        "comment": "paragraph",
        "chart": "chart", "graph": "chart", "plot": "chart", "diagram": "chart", "table": "table", "list": "table",
        "metric": "metric", "kpi": "metric", "figure": "metric", "number": "metric", "heading": "heading",
        "headline": "heading", "subtitle": "heading", "title": "heading",
    }  # fmt: skip
    if kind in ("number", "figure") and re.match(rf"{_AN}(?:number|figure)s?\s+of\b", value, re.IGNORECASE):
        return made  # "add the number of orders": a question of its own
    if not rest:
        return replace(made, value="", form=forms.get(kind, "section"), explicit=True)
    return replace(made, value=rest, form=forms.get(kind, "section"), explicit=True)
