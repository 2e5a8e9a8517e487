"""The parts of an artifact, and which of them words mean: "the second table", "the part on Germany", "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from workspace.artifact.bind import words_of
from workspace.artifact.format import words
from workspace.artifact.model import Artifact, Block, Chart, Filter, Metric, NamedQuery, Shows, Table, Text
from workspace.question.tokens import tokenize

Kind = Literal["section", "heading", "text", "chart", "table", "metric", "filter", "break"]

NOUNS: dict[str, Kind] = {
    "section": "section", "part": "section", "chapter": "section", "block": "section", "bit": "section",
    "passage": "section", "topic": "section", "heading": "heading", "headline": "heading", "header": "heading",
    "subtitle": "heading", "paragraph": "text", "text": "text", "sentence": "text", "prose": "text", "wording": "text",
    "comment": "text", "note": "text", "introduction": "text", "intro": "text", "lead": "text", "opening": "text",
    "finding": "text", "chart": "chart", "graph": "chart", "plot": "chart", "diagram": "chart", "picture": "chart",
    "curve": "chart", "line": "chart", "bar": "chart", "pie": "chart", "visualization": "chart", "table": "table",
    "grid": "table", "list": "table", "rows": "table", "metric": "metric", "kpi": "metric", "figure": "metric",
    "number": "metric", "tile": "metric", "filter": "filter", "control": "filter", "break": "break",
}  # fmt: skip
_INTRO = frozenset({"introduction", "intro", "lead", "opening"})
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "6th": 5, "seventh": 6, "7th": 6, "eighth": 7, "8th": 7, "ninth": 8, "9th": 8, "tenth": 9, "10th": 9,
    "top": 0, "last": -1, "final": -1, "bottom": -1, "penultimate": -2,
}  # fmt: skip
_NUMBERS = {"one": 0, "two": 1, "three": 2, "four": 3, "five": 4, "six": 5}
_EVERY = frozenset({"all", "every", "each", "both"})
_IT = frozenset({"it", "this", "that", "one", "them", "these", "those"})
_IDLE = frozenset(
    {
        "the", "a", "an", "of", "on", "about", "for", "with", "in", "to", "from", "that", "which", "is", "are", "says",
        "say", "shows", "show", "my", "our", "its", "report", "document", "page", "and", "please", "showing",
        "regarding", "concerning", "there", "where", "it", "this", "these", "those", "them", "one", "again",
        "whole", "entire",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an artifact's blocks, from ``start`` to before ``stop``, and what a person is told it is."""

    kind: Kind
    start: int
    stop: int
    label: str
    said: frozenset[str] = frozenset()  # the words it can be known by, as lemmas


def parts_of(artifact: Artifact) -> tuple[Part, ...]:
    """Every section and block of an artifact, sections first, each in reading order."""
    heads = [number for number, block in enumerate(artifact.blocks) if is_heading(block)]
    sections: list[Part] = []
    bounds = [*heads, len(artifact.blocks)]
    for start, stop in zip(heads, bounds[1:], strict=True):
        title = heading_of(artifact.blocks[start])
        sections.append(Part("section", start, stop, f"the part “{title}”", _known(artifact, start, stop)))
    if not heads and artifact.blocks:
        sections.append(
            Part("section", 0, len(artifact.blocks), "all of it", _known(artifact, 0, len(artifact.blocks)))
        )
    single: list[Part] = []
    for number, block in enumerate(artifact.blocks):
        kind: Kind = "heading" if is_heading(block) else block.kind
        home = next((part for part in sections if part.start <= number < part.stop), None)
        known = _known(artifact, number, number + 1) | (
            lemmas(heading_of(artifact.blocks[home.start])) if home else set()
        )
        single.append(Part(kind, number, number + 1, "", known))
    return (*sections, *(_labelled(part, single, sections) for part in single))


def find(phrase: str, artifact: Artifact, touched: tuple[int, int] | None = None) -> tuple[Part, ...]:
    """The parts that a phrase may mean: one when it is clear, several when it is not, none when there is no such part.

    Args:
        phrase: "the second table", "the part on Germany", "it".
        artifact: whose parts they are.
        touched: the blocks that were last spoken of, which "it" means.
    """
    inside = _within_another(phrase, artifact, touched)
    if inside is not None:
        return inside
    tokens = [token.lower for token in tokenize(phrase) if token.kind in ("word", "number")]
    every = any(word in _EVERY for word in tokens)
    kind, noun = _head(tokens)
    place, rest = _ordinal(tokens, noun)
    beside = {noun, *(word for word, of in NOUNS.items() if of == "section")} if noun else set()
    topic = [word for word in rest if word not in _IDLE | _EVERY and _noun(word) not in beside]
    parts = parts_of(artifact)
    if kind is None and not topic:
        if touched is not None and place is None and (not tokens or set(tokens) & _IT):
            return _within(parts, touched)
        kind = "section" if place is not None or every else None
    if noun in _INTRO and not topic:
        return tuple(part for part in parts if part.kind == "text")[:1]
    wanted = [part for part in parts if part.kind == (kind or "section")]
    found = _about(topic, wanted, phrase) if topic else wanted
    if topic and not found and kind is None:
        found = _about(topic, [part for part in parts if part.kind not in ("section", "heading")], phrase)
    if every:
        return tuple(found) if place is None else tuple(found)[:1]
    if place is not None:
        return (found[place],) if -len(found) <= place < len(found) else ()
    if len(found) > 1 and touched is not None and not topic:
        inside = [part for part in found if touched[0] <= part.start < touched[1]]
        inside = inside or [part for part in found if part.start <= touched[0] and touched[1] <= part.stop]
        found = inside if len(inside) == 1 else found
    return tuple(found)


def phrase_for(part: Part, artifact: Artifact) -> str:
    """Words that mean this part and no other: "section 2", "chart 1"."""
    alike = [one.start for one in parts_of(artifact) if one.kind == part.kind]
    return f"{'paragraph' if part.kind == 'text' else part.kind} {alike.index(part.start) + 1}"


def means_every(phrase: str) -> bool:
    """Does a phrase speak of all parts of its kind: "all tables", "both charts"; or of several, "the tables"?"""
    found = [token.lower for token in tokenize(phrase)]
    plural = bool(found) and found[-1] in ("charts", "tables", "paragraphs", "texts", "sections", "headings", "graphs")
    return plural or any(word in _EVERY for word in found)


def named(phrase: str) -> bool:
    """Does a phrase name a part of a document: a chart, a paragraph, a section?"""
    return any(_noun(token.lower) for token in tokenize(phrase))


def is_heading(block: Block) -> bool:
    return isinstance(block, Text) and re.match(r" {0,3}#{1,6}(\s|\Z)", block.template) is not None


def heading_of(block: Block) -> str:
    """The words of a heading, "" for any other block."""
    if not isinstance(block, Text) or not is_heading(block):
        return ""
    first = block.template.strip().splitlines()[0]
    return re.sub(r"\\(.)", r"\1", first.lstrip("# ").strip())


def queries_of(artifact: Artifact, start: int, stop: int) -> tuple[NamedQuery, ...]:
    """The queries that charts, tables and figures of a stretch show; those of its text where it has none of them."""
    from workspace.artifact.bind import queries_in

    blocks = artifact.blocks[start:stop]
    names = [block.query for block in blocks if isinstance(block, Shows)]
    names = names or [name for block in blocks if isinstance(block, Text) for name in queries_in(block.template)]
    return tuple(artifact.query(name) for name in dict.fromkeys(names))


# ------------------------------------------------------------------------------------------------------- words
def _noun(word: str) -> str:
    """The noun for a part that a word is, in the singular, "" for any other word."""
    return next((form for form in (word, word.removesuffix("s"), word.removesuffix("es")) if form in NOUNS), "")


def _head(tokens: Sequence[str]) -> tuple[Kind | None, str]:
    """The noun that says which kind of part is meant: the first before an "of" or "on", else the last."""
    nouns = [(place, noun) for place, word in enumerate(tokens) if (noun := _noun(word))]
    if not nouns:
        return None, ""
    _, noun = nouns[0] if tokens[nouns[0][0] + 1 : nouns[0][0] + 2] in (["of"], ["on"], ["about"]) else nouns[-1]
    return NOUNS[noun], noun


def _ordinal(tokens: Sequence[str], noun: str) -> tuple[int | None, list[str]]:
    """Which one: "second", "last", "section 2"; and the words that are left."""
    for place, word in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        if word in _ORDINALS and (word != "top" or not after.isdigit()):
            for tail in (["last"], ["to", "last"]):  # "the second last", "the next to last"
                if tokens[place + 1 : place + 1 + len(tail)] == tail:
                    return -1 - _ORDINALS[word], [*tokens[:place], *tokens[place + 1 + len(tail) :]]
            return _ORDINALS[word], [w for n, w in enumerate(tokens) if n != place]
        if noun and _noun(word) == noun and (after.isdigit() or after in _NUMBERS):
            number = int(after) - 1 if after.isdigit() else _NUMBERS[after]
            return number, [w for n, w in enumerate(tokens) if n not in (place, place + 1)]
    return None, list(tokens)


def _about(topic: Sequence[str], parts: Sequence[Part], phrase: str) -> list[Part]:
    """The parts that know all words of the topic; of those the one whose heading is just that, or has them."""
    wanted = lemmas(" ".join(topic))
    found = [part for part in parts if wanted <= part.said]
    if not found:
        found = _spelled_alike(" ".join(topic), parts) or _slipped(wanted, parts)
    headings = {part: lemmas(part.label.partition("“")[2].rstrip("”")) for part in found}
    exact = [part for part, heading in headings.items() if heading == wanted]
    having = [part for part, heading in headings.items() if wanted <= heading]
    return next((narrowed for narrowed in (exact, having) if len(narrowed) == 1), found)


def _spelled_alike(topic: str, parts: Sequence[Part]) -> list[Part]:
    from rapidfuzz import fuzz

    scored = [(fuzz.ratio(topic.lower(), part.label.partition("“")[2].rstrip("”").lower()), part) for part in parts]
    return [part for score, part in scored if score >= 85]


def _slipped(wanted: frozenset[str], parts: Sequence[Part]) -> list[Part]:
    """The parts that know all words of the topic, each taken for the one word of the page that is a slip away."""
    from workspace.artifact.spelling import nearest

    known = frozenset().union(*(part.said for part in parts))
    right = {word if word in known or len(word) < 5 else nearest(word, known) for word in wanted}
    return [part for part in parts if right <= part.said] if all(right) else []


def _within_another(phrase: str, artifact: Artifact, touched: tuple[int, int] | None) -> tuple[Part, ...] | None:
    """ "The text of the first section", "the second chart in the returns part"; None for what is no part of a part."""
    match = re.fullmatch(
        r"(?P<one>.+?)\s+(?:of|in|from|under)\s+(?P<home>(?:the|this|that)\s+.+)", phrase.strip(), re.IGNORECASE
    )
    if match is None or not named(match["one"]):
        return None
    kind, noun = _head([token.lower for token in tokenize(match["home"]) if token.kind in ("word", "number")])
    if kind != "section" or not noun:
        return None
    homes = find(match["home"], artifact, touched)
    if len(homes) != 1:
        return None
    home = homes[0]
    tokens = [token.lower for token in tokenize(match["one"]) if token.kind in ("word", "number")]
    kind, noun = _head(tokens)
    place, rest = _ordinal(tokens, noun)
    topic = [word for word in rest if word not in _IDLE | _EVERY and _noun(word) != noun]
    found = [part for part in parts_of(artifact) if part.kind == kind and home.start <= part.start < home.stop]
    found = _about(topic, found, match["one"]) if topic else found
    if place is not None:
        return (found[place],) if -len(found) <= place < len(found) else ()
    return tuple(found)


def _within(parts: Sequence[Part], touched: tuple[int, int]) -> tuple[Part, ...]:
    exact = [part for part in parts if (part.start, part.stop) == touched]
    if exact and exact[0].kind == "heading":  # what was renamed is the section, whose name it is
        exact = [part for part in parts if part.kind == "section" and part.start == touched[0]] or exact
    inside = [
        part for part in parts if part.start == touched[0] or (part.start < touched[0] and part.stop >= touched[1])
    ]
    return tuple((exact or inside)[:1])


def _known(artifact: Artifact, start: int, stop: int) -> frozenset[str]:
    """The lemmas by which a stretch can be known: headings, questions, captions, plain words of its text."""
    said: list[str] = []
    for block in artifact.blocks[start:stop]:
        if isinstance(block, Text):
            said.append(words_of(block.template))
        elif isinstance(block, Chart):
            said += [words_of(block.caption), block.mark, words(block.x), words(block.y), words(block.color)]
        elif isinstance(block, Metric):
            said += [block.label, words(block.column)]
        elif isinstance(block, Table):
            said.append(block.caption)
        elif isinstance(block, Filter):
            said.append(artifact.param(block.param).label or words(block.param))
    said += [query.question for query in queries_of(artifact, start, stop)]
    return frozenset(lemmas(" ".join(said)))


@cache
def lemmas(text: str) -> frozenset[str]:
    """What the words of a text are known by, without those that tell nothing apart."""
    skipped = _IDLE | {"per", "by", "{", "}"}
    return frozenset(
        token.lemma for token in tokenize(text) if token.kind not in ("punct",) and token.lower not in skipped
    )


def _labelled(part: Part, all_: Sequence[Part], sections: Sequence[Part]) -> Part:
    """What a block is called: "the chart" where there is one, "the chart of “Revenue”", "the second table"."""
    from dataclasses import replace

    alike = [other for other in all_ if other.kind == part.kind]
    noun = {"text": "paragraph", "metric": "figure", "break": "page break"}.get(part.kind, part.kind)
    home = next((s for s in sections if s.start <= part.start < s.stop and s.label != "all of it"), None)
    if len(alike) == 1:
        label = f"the {noun}"
    elif home is not None:
        here = [other.start for other in alike if home.start <= other.start < home.stop]
        if len(here) > 1 and part.kind != "heading":
            noun = f"{next((word for word, n in _ORDINALS.items() if n == here.index(part.start)), 'last')} {noun}"
        label = f"the {noun} of {home.label.removeprefix('the part ')}"
    else:
        number = alike.index(part)
        label = f"the {next((word for word, n in _ORDINALS.items() if n == number), 'last')} {noun}"
    return replace(part, label=label)
