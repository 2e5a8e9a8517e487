"""Words that claim something of the data ("rose", "most"), and whether what they claim is tested at each opening.

A claim is bound by a test around it (``{% if q1.rose('month', 'revenue') %}rose{% endif %}``); one of an extreme also
by a figure of its sentence that is that extreme (``{{ q1.at_max('country', 'revenue') }} has the most``). Any other one
would stay as it is written when the data says the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jinja2 import nodes

_RISE = (
    "rose risen rises rising grew grown grows growing increased increases increasing climbed climbs climbing gained"
    " surged surges soared soars jumped improved improves rallied rebounded strengthened"
    " accelerated accelerates boomed booms"
)
_FALL = (
    "fell fallen falls falling declined declines declining decreased decreases decreasing dropped drops dropping shrank"
    " shrinks shrinking sank plunged plunges plummeted plummets slumped worsened tumbled"
    " collapsed collapses dwindled dwindles weakened"
)
_MOST = (
    "highest lowest most fewest least largest smallest biggest greatest leads peaked majority minority best worst"
    " strongest weakest"
)
_STILL = "stagnated stagnates stagnating plateaued flattened unchanged negligible nobody"
RISE, FALL, MOST = frozenset(_RISE.split()), frozenset(_FALL.split()), frozenset(_MOST.split())
_WORD = re.compile(
    r"(?<![\w-])(?:(?:more|less|fewer|higher|lower)\s+than|exceed(?:s|ed)|surpass(?:es|ed)|outsells?|outsold|outperform(?:s|ed)"
    r"|up(?=\s+(?:by|from|on)\b|\s*\0)|down(?=\s+(?:by|from|on)\b|\s*\0)"
    r"|no\s+one|(?:record|all-time)(?:\s+|-)(?:highs?|lows?|breaking|year|month|quarter|week|day|sales|revenues?)"
    rf"|{'|'.join(sorted({*RISE, *FALL, *MOST, *_STILL.split()}))})(?![\w-])",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bat\s+\Z", re.IGNORECASE)  # "at most five", "at least" are limits
_END = re.compile(r"[.!?](?=\s|\Z)|\n")

_GROWS = frozenset({"rising", "grew", "rose", "year_rose", "sum_rose", "rose_over_all"})
_FALLS = frozenset({"falling", "fell", "dropped", "year_dropped", "sum_dropped", "dropped_over_all"})
_EXTREMES = frozenset(
    {
        "max", "min", "at_max", "at_min", "leaders", "leading", "share_of_max", "share_of_first", "share_of_leading",
        "portion", "lead", "ratio", "high", "high_at", "low", "low_at",
        "settled_leader", "settled_most", "count_min",
    }
)  # fmt: skip
_SAYS_LITTLE = frozenset({"empty", "one", "missing", "rows"})  # tests that tell nothing of the figures


def loose_claims(tree: nodes.Template) -> list[tuple[str, str]]:
    """The claims of a template that no test binds, each with the words around it."""
    found: list[tuple[str, str]] = []
    for text, tests, near in _texts(tree.body, (), ((), ())):
        for match in _WORD.finditer(text):
            word = match.group().lower()
            if not _FREE.search(text[: match.start()]) and not _bound(word, match.span(), text, tests, near):
                found.append((match.group(), _around(text, *match.span())))
    return found


def claims_in(text: str) -> list[str]:
    """The claiming words of a plain text, lower case.

    Example:
        >>> claims_in("Sales rose most in May, at least there")
        ['rose', 'most']
    """
    return [m.group().lower() for m in _WORD.finditer(text) if not _FREE.search(text[: m.start()])]


# --------------------------------------------------------------------------------------------------------- walking
Near = tuple[
    Sequence[nodes.Node], Sequence[nodes.Node]
]  # what stands before and after, as far as it may be one sentence
Test = tuple[nodes.Node, bool]  # a test around a text, and whether it held


def _texts(
    body: Sequence[nodes.Node], tests: tuple[Test, ...], near: Near
) -> Iterator[tuple[str, tuple[Test, ...], Near]]:
    """Every plain stretch, with the tests around it and what stands beside it. An expression is a ``\\0`` after it."""
    flat = [part for node in body for part in (node.nodes if isinstance(node, nodes.Output) else (node,))]
    for place, node in enumerate(flat):
        beside: Near = ((*near[0], *flat[:place]), (*flat[place + 1 :], *near[1]))
        if isinstance(node, nodes.TemplateData):
            follows = place + 1 < len(flat) and not isinstance(flat[place + 1], nodes.TemplateData | nodes.If)
            yield node.data + ("\0" if follows else ""), tests, beside
        elif isinstance(node, nodes.CondExpr):
            for held, part in ((True, node.expr1), (False, node.expr2)):
                if isinstance(part, nodes.Const):
                    yield str(part.value), (*tests, (node.test, held)), beside
        elif isinstance(node, nodes.If):
            failed: tuple[Test, ...] = ()
            for branch in (node, *node.elif_):
                yield from _texts(branch.body, (*tests, *failed, (branch.test, True)), beside)
                failed = (*failed, (branch.test, False))
            yield from _texts(node.else_, (*tests, *failed), beside)


def _bound(word: str, span: tuple[int, int], text: str, tests: Sequence[Test], near: Near) -> bool:
    held = [verb for test, truth in tests if truth and not isinstance(test, nodes.Not) for verb in _verbs(test)]
    rise, fall = word in RISE or word == "up", word in FALL or word == "down"
    if (rise and set(held) & _FALLS and not set(held) & _GROWS) or (
        fall and set(held) & _GROWS and not set(held) & _FALLS
    ):
        return False  # says the opposite of its own test
    compared = any(True for test, _ in tests for _ in test.find_all(nodes.Compare)) or any(
        isinstance(test, nodes.Compare) for test, _ in tests
    )
    telling = {verb for test, _ in tests for verb in _verbs(test)} - _SAYS_LITTLE
    if rise or fall:
        return bool(telling & (_GROWS | _FALLS)) or (compared and bool(telling))
    return bool(telling) or (compared and word not in MOST) or bool(_sentence(span, text, near) & _EXTREMES)


def _sentence(span: tuple[int, int], text: str, near: Near) -> set[str]:
    """The verbs of the expressions in the sentence that a stretch of text stands in."""
    verbs: set[str] = set()
    if not _END.search(text[: span[0]]):
        for node in reversed(near[0]):
            if isinstance(node, nodes.TemplateData):
                if _END.search(node.data):
                    break
            else:
                verbs |= set(_verbs(node))
    if not _END.search(text[span[1] :].rstrip("\0")):
        for node in near[1]:
            if isinstance(node, nodes.TemplateData):
                if _END.search(node.data):
                    break
            else:
                verbs |= set(_verbs(node))
    return verbs


def _verbs(node: nodes.Node) -> list[str]:
    inner = list(node.find_all(nodes.Getattr))
    return [part.attr for part in ([node] if isinstance(node, nodes.Getattr) else []) + inner]


def _around(text: str, start: int, end: int) -> str:
    left, right = max(0, start - 32), min(len(text), end + 32)
    shown = re.sub("\0+", "…", text[left:right]).strip()
    return ("…" if left else "") + " ".join(shown.split()) + ("…" if right < len(text) else "")
