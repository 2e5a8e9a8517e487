"""A condition in words bound to a figure: of the artifact it is said of, or of a query of its own.

`named` finds the figure of a page that words name; `condition_on` makes the condition on a query, by the shape of its
result: one figure is compared itself, a course over time by its latest finished period, a list row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workspace.artifact.condition import OWN, Condition, Looks
from workspace.artifact.format import heading, is_label
from workspace.artifact.model import Metric, NamedQuery, Shows, View
from workspace.artifact.shape import CYCLIC, NUMBERS, Shape, Shown, shape
from workspace.database.catalog import Catalog
from workspace.database.result import Result
from workspace.errors import ScheduleInvalid
from workspace.question import plan as p
from workspace.question.threshold import Threshold
from workspace.question.tokens import tokenize

_THIS = re.compile(
    r"(?:(?:it|this|that|these|they|the)(?:\s+(?:figure|number|value|answer|result|page|report|table|chart|list|one))?)?",
    re.IGNORECASE,
)
_FILLER = frozenset({"the", "a", "an", "of", "total", "number", "sum", "amount", "our", "my"})
_PERCENT_NAME = re.compile(r"(?:^|[^a-z])(?:percent|percentage|pct|perc)(?:$|[^a-z])|%", re.IGNORECASE)


def of_the_page(threshold: Threshold) -> bool:
    """Is the whole page meant, not a figure: "when this changes"?"""
    return threshold.op == "changes" and is_this(threshold)


def is_this(threshold: Threshold) -> bool:
    """Is what was spoken of before meant: "when it exceeds 5"?"""
    return _THIS.fullmatch(threshold.subject) is not None


def named(threshold: Threshold, view: View, catalog: Catalog) -> tuple[NamedQuery, str] | None:
    """The query and the column of a page that a condition's words name, None where they name none of it.

    Args:
        threshold: the words.
        view: the page as of now.
        catalog: of its source.
    """
    found = list(_figures(view, catalog))
    if is_this(threshold):
        return found[0][:2] if found else None
    if threshold.op == "exists":
        return None
    wanted = _content(threshold.subject)
    for query, column, names in found:
        if wanted and any(_content(name) == wanted for name in names):
            return query, column
    return None


def shares_of(threshold: Threshold, view: View, catalog: Catalog) -> list[tuple[NamedQuery, str]]:
    """The figures of a page whose names hold the words of a condition: "share of orders with returns" for returns."""
    wanted = set(_content(threshold.subject))
    return [
        (query, column)
        for query, column, names in _figures(view, catalog)
        if wanted and any(wanted <= set(_content(name)) for name in names)
    ]


def condition_on(
    threshold: Threshold, query: NamedQuery, result: Result, catalog: Catalog, *, column: str = "", own: bool = False
) -> Condition:
    """The condition on a query.

    Args:
        threshold: how it is compared, and with what.
        query: what is looked at.
        result: of it, as of now.
        catalog: of its source.
        column: which of its columns; by default its first measure.
        own: whether it is none of the artifact's.

    Raises:
        ScheduleInvalid: the query has no figure to compare, or not of this kind.
    """
    known = _shape(query, result, catalog)
    name = OWN if own else query.name
    base = Condition("rows", threshold.op, None, name, words=threshold.words, asked=_owned(query) if own else None)
    if threshold.op == "exists":
        if known.measures and not known.dimensions:
            raise ScheduleInvalid(f"“{threshold.subject}” is a figure, not a list.", hint="Say a threshold, such as 5.")
        return base
    figure = next((c for c in known.columns if c.name == column), None) or _measure(known)
    if figure is None:
        raise ScheduleInvalid(
            f"“{threshold.subject}” is a list without a figure to compare.",
            hint=f"Say “number of {threshold.subject}”, for instance.",
        )
    looks, x = _looks(threshold, known, figure, result)
    if looks == "value" and figure.share:
        raise ScheduleInvalid(f"“{query.question}” is always all of it.", hint="Say of what it is a share.")
    base = replace(base, looks=looks, column=figure.name, x=x)
    if threshold.op == "changes":
        return base
    assert threshold.number is not None, "a comparison has its number"
    limit, percent = _limit(threshold, query, figure, looks)
    return replace(base, threshold=limit, percent=percent)


def counts_rows(query: NamedQuery, result: Result, catalog: Catalog) -> bool:
    """Is the result a list of things, with no figure in it: "returns" are to be counted?"""
    return _measure(_shape(query, result, catalog)) is None


# ----------------------------------------------------------------------------------------------------------- parts
def _shape(query: NamedQuery, result: Result, catalog: Catalog) -> Shape:
    return shape(p.Plan.from_dict(query.plan) if query.plan else None, result, catalog, query.question, query.name)


def _figures(view: View, catalog: Catalog) -> Iterator[tuple[NamedQuery, str, tuple[str, ...]]]:
    """The figures of a page, the first one first: query, column, and what it is called there."""
    shown = [bound.block for bound in view.blocks if isinstance(bound.block, Shows)]
    large = [block for block in shown if isinstance(block, Metric)]
    order = dict.fromkeys([block.query for block in (*large, *shown)] + [q.name for q in view.artifact.queries])
    for name in order:
        query, result = view.artifact.query(name), view.results.get(name)
        if result is None:
            continue
        known = _shape(query, result, catalog)
        measures = known.measures or tuple(c for c in known.columns if c is _measure(known))
        for column in measures:
            labels = [block.label for block in large if block.query == name and block.column == column.name]
            names = [heading(column.name), *labels]
            if len(measures) == 1:
                names += [query.question, *([view.artifact.title] if len(order) == 1 else [])]
            yield query, column.name, tuple(filter(None, names))


def _measure(known: Shape) -> Shown | None:
    """The figure of a result: its first measure, or of a plain list its first column of numbers that measure."""
    if known.measures:
        return known.measures[0]
    numbers = [c for c in known.columns if c.kind in NUMBERS and not is_label(c.name) and not _keyed(c)]
    return next((c for c in numbers if c.asked), None)


def _keyed(column: Shown) -> bool:
    return isinstance(column.expr, p.Column) and column.expr.name.lower().endswith("id")


def _looks(threshold: Threshold, known: Shape, figure: Shown, result: Result) -> tuple[Looks, str]:
    others = [column for column in known.columns if column is not figure and not column.measure]
    periods = [column for column in others if column.grain and column.grain not in CYCLIC]
    course = len(periods) == 1 and len(others) == 1
    if threshold.kind == "growth":
        if not course:
            raise ScheduleInvalid(
                f"“{threshold.subject}” has no periods to compare.",
                hint=f"Say “{threshold.subject} per month”, for instance.",
            )
        return "moved", periods[0].name
    if course and threshold.kind == "figure":
        return "settled", periods[0].name
    if figure.measure and not others:
        return "value", ""
    if not figure.measure and len(result.rows) == 1 and len(known.columns) == 1 and known.plan is None:
        return "value", ""
    if threshold.op == "changes":
        raise ScheduleInvalid(
            f"“{threshold.subject}” is a list; only one figure, or the whole page, can be watched for a change.",
            hint="Say “when this changes” for the page.",
        )
    return "each", ""


def _limit(threshold: Threshold, query: NamedQuery, figure: Shown, looks: Looks) -> tuple[float, bool]:
    """The number to compare with, and whether it is a fraction."""
    number = float(threshold.number or 0)
    if looks == "moved":
        return number / 100, True
    if query.shown(figure.name).format == "percent" or figure.share or _ratio(figure.expr):
        if not threshold.percent and abs(number) > 1:
            raise ScheduleInvalid(
                f"{heading(figure.name)} is in percent.", hint=f"Say {threshold.number:g} % if that is meant."
            )
        return number / 100 if threshold.percent else number, True
    if threshold.percent and not _PERCENT_NAME.search(figure.name):
        raise ScheduleInvalid(
            f"{heading(figure.name)} is no percentage, so {threshold.number:g} % of what is not clear.",
            hint="Name a share, “share of … with …”, say a plain number, or define a share on the page Data.",
        )
    return number, False


def _ratio(expr: Any) -> bool:
    """One count over another."""
    if not isinstance(expr, p.Arithmetic) or expr.op != "/":
        return False
    return all(isinstance(side, p.Aggregate) and side.function == "count" for side in (expr.left, expr.right))


def _owned(query: NamedQuery) -> NamedQuery:
    return query.model_copy(update={"name": OWN})


def _content(text: str) -> tuple[str, ...]:
    """The words that tell: lemmas without those that name no figure."""
    words = [token.lemma for token in tokenize(text) if token.kind in ("word", "number", "date", "quoted")]
    return tuple(word for word in words if word not in _FILLER)
