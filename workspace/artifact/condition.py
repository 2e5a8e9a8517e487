"""A condition on a figure of an artifact, as data: "revenue this month > 200,000"; and whether it holds of a view.

What a condition looks at is one of: the ``value`` of a single figure, the figure of the latest finished period
(``settled``), its growth from the period before (``moved``), ``each`` row of a list, whether there are ``rows`` at all,
or the whole ``page``. It never holds code: the figures are those of `workspace.artifact.figures`.

It is told when it *becomes* true. `look` gives what it holds for, by name; what was not among these at the look before
is new. So a product whose stock stays low is told once, another that follows it is told as well, and the first again
after it was up in between.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workspace.artifact.figures import Figures
from workspace.artifact.format import heading, is_label, show
from workspace.artifact.model import Artifact, NamedQuery, View
from workspace.artifact.phrase import join
from workspace.artifact.since import mark
from workspace.errors import ArtifactInvalid
from workspace.question.threshold import Operator
from workspace.question.wording import number

Looks = Literal["value", "settled", "moved", "each", "rows", "page"]
OWN = "watched"  # the name of a condition's own query
MOST = 2_000  # rows that it may hold for
NAMED = 8  # rows that are named in a sentence
_WORDS: dict[str, str] = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "=": "exactly"}
_TESTS: dict[str, Callable[[float, float], bool]] = {
    ">": lambda value, least: value > least and not _same(value, least),
    ">=": lambda value, least: value >= least or _same(value, least),
    "<": lambda value, most: value < most and not _same(value, most),
    "<=": lambda value, most: value <= most or _same(value, most),
    "=": lambda value, other: _same(value, other),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What is looked at, and what has to be so.

    Args:
        looks: see the module's docstring.
        op: how the figure is compared; ``changes`` and ``exists`` with nothing.
        threshold: with what; a fraction for a figure in percent.
        query: the query it is a figure of, by its name in the artifact, or `OWN`.
        column: of that query's result; "" for ``rows`` and ``page``.
        x: the column of its periods, for ``settled`` and ``moved``.
        words: as a person said it.
        percent: whether the threshold is a fraction.
        asked: the query itself, where it is none of the artifact's.
    """

    looks: Looks
    op: Operator
    threshold: float | None = None
    query: str = ""
    column: str = ""
    x: str = ""
    words: str = ""
    percent: bool = False
    asked: NamedQuery | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "looks": self.looks, "op": self.op, "threshold": self.threshold, "query": self.query,
            "column": self.column, "x": self.x, "words": self.words, "percent": self.percent,
            "asked": self.asked.model_dump(mode="json") if self.asked else None,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Condition:
        """Inverse of `to_dict`."""
        asked = NamedQuery.model_validate(data["asked"]) if data["asked"] else None
        return cls(
            data["looks"], data["op"], data["threshold"], data["query"], data["column"], data["x"], data["words"],
            data["percent"], asked,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found.

    Args:
        held: what the condition holds for: ids, with how each reads ("Mug: 3"; the figure alone where there is one).
        now: the figure as it is, whether it holds or not; "" for a list.
        name: what the figure is called.
    """

    held: Mapping[str, str]
    now: str
    name: str


def watched(artifact: Artifact, condition: Condition) -> Artifact:
    """The part of an artifact that has to run for a look; with its parameters, at their defaults.

    Raises:
        ArtifactInvalid: the artifact has that query no more.
    """
    if condition.looks == "page":
        return artifact
    if condition.asked is not None:
        return Artifact(title=artifact.title, queries=(condition.asked,))
    try:
        query = artifact.query(condition.query)
    except KeyError:
        raise ArtifactInvalid(
            f"“{artifact.title}” has no longer the figure that was looked at.", hint="Say anew what to look at."
        ) from None
    return Artifact(title=artifact.title, queries=(query,), params=artifact.params)


def look(condition: Condition, view: View) -> Seen:
    """Whether a condition holds, and for what.

    Args:
        condition: what has to be so.
        view: of what `watched` gave, as of now.

    Raises:
        ArtifactInvalid: the figure is not there, or not fresh; or it holds for too many rows.
    """
    for problem in view.problems.values():
        raise ArtifactInvalid(problem.message, hint=problem.hint)
    if condition.looks == "page":
        return Seen({mark(view): "It changed"}, "", view.artifact.title)
    query = view.artifact.query(OWN if condition.asked is not None else condition.query)
    figures = Figures(query, view.results[query.name])
    if condition.looks == "rows":
        return Seen(_rows(figures, None, condition), "", query.explanation)
    if condition.looks == "each":
        return Seen(_rows(figures, condition.column, condition), "", heading(condition.column))
    name = heading(condition.column)
    if condition.looks == "value":
        said = figures.value(condition.column)
    elif condition.looks == "settled":
        said = figures.settled(condition.x, condition.column)
        name = f"{name} of {figures.settled(condition.x, condition.x).text}"
    else:
        said = figures.moved(condition.x, condition.column)
        name = f"Change of {name[:1].lower()}{name[1:]} in {figures.settled(condition.x, condition.x).text}"
    if condition.op == "changes":
        return Seen({_digest(repr(said.value)): said.text}, said.text, name)
    holds = _holds(said.value, condition)
    return Seen({"": said.text} if holds else {}, said.text, name)


def told(condition: Condition, seen: Seen, new: Collection[str]) -> str:
    """One sentence that says what came true.

    Args:
        condition: what was looked at.
        seen: by `look`.
        new: those of ``seen.held`` that are told.

    Example:
        >>> told(Condition("value", ">", 300.0, "q1", "total"), Seen({"": "345.50"}, "345.50", "Total"), [""])
        'Total is 345.50, above 300.'
    """
    if condition.looks == "page":
        return f"“{seen.name}” changed."
    if condition.op == "changes":
        return f"{seen.name} changed: it is {seen.now} now."
    names = [seen.held[key] for key in seen.held if key in new]
    if condition.looks in ("each", "rows"):
        shown = names[:NAMED] + ([f"{len(names) - NAMED:,} more"] if len(names) > NAMED else [])
        if condition.looks == "rows":
            return f"{seen.name or condition.words}: {join(shown)}."
        return f"{seen.name} is {limit(condition)} for {join(shown)}."
    return f"{seen.name} is {seen.now}, {limit(condition)}."


def limit(condition: Condition) -> str:
    """What the figure is compared with, in words: "above 5%"."""
    if condition.threshold is None:
        return condition.op
    text = show(condition.threshold, "percent") if condition.percent else number(condition.threshold)
    return f"{_WORDS[condition.op]} {text}"


def _rows(figures: Figures, column: str | None, condition: Condition) -> dict[str, str]:
    """The rows for which it holds: what names each, and how that reads."""
    result = figures.result
    at = result.index(column) if column is not None and column in result.names else None
    if column is not None and at is None:
        raise ArtifactInvalid(f"The result has no longer a column {column}.", hint="Say anew what to look at.")
    if result.truncated:
        raise ArtifactInvalid("The list is too long to be watched row by row.", hint="Narrow it down.")
    numbers = [c.kind in ("integer", "real") and not is_label(c.name) for c in result.columns]
    names = [place for place in range(len(numbers)) if place != at and not numbers[place]]
    names = names or [place for place in range(len(numbers)) if place != at]
    held: dict[str, str] = {}
    for place, row in enumerate(result.rows):
        if at is not None and not _holds(row[at], condition):
            continue
        label = ", ".join(figures.value(result.names[one], place).text for one in names if row[one] is not None)
        text = f"{label} ({figures.value(result.names[at], place).text})" if at is not None and label else label
        known = [row[one] for one in names] or [row[at if at is not None else 0]]
        held[_digest(repr(known))] = text or figures.value(column or "", place).text
    if len(held) > MOST:
        raise ArtifactInvalid(f"It holds for more than {MOST:,} rows.", hint="Narrow it down.")
    return held


def _holds(value: Any, condition: Condition) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or condition.threshold is None:
        return False
    return _TESTS[condition.op](float(value), condition.threshold)


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
