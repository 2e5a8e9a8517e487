"""The parts of a document that was asked for, as questions: the person's words, with what they left unsaid.

"by region" in an overview of sales is "sales by region"; "customers in Germany and France" is one part, although it has
an "and"; a condition that all stands under is put to each. A part that cannot be read stays as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from workspace.database.catalog import Catalog
from workspace.question.overview import topics
from workspace.question.plan import Column, Plan
from workspace.question.read import read
from workspace.question.reading import Values
from workspace.question.request import Request
from workspace.question.schema import schema_of
from workspace.question.several import parts_of
from workspace.question.tokens import tokenize

MOST = 20  # parts
_RELATIVE = re.compile(r"(?:by|per|over|for\s+each|each|along|across)\s", re.IGNORECASE)
_RANKED = re.compile(
    r"(?:the\s+)?(?:top|best|worst|biggest|largest|smallest|leading|main|most\s+important)\s", re.IGNORECASE
)
_FIGURE = re.compile(r"\b(?:per|by|top|share|total|average|number\s+of|over\s+time|trend)\b", re.IGNORECASE)
_SIMPLE = {
    "trend": "per {grain}", "development": "per {grain}", "course": "per {grain}", "history": "per {grain}",
    "total": "", "the total": "", "trends": "per {grain}", "a trend": "per {grain}", "the trend": "per {grain}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One part: ``said`` as in the person's words, ``question`` as it is asked, ``title`` its heading."""

    said: str
    question: str
    title: str


def wanted(
    request: Request, catalog: Catalog, values: Values | None, clock: datetime, *, long: int = 30
) -> tuple[Wanted, ...]:
    """The parts of a request as questions.

    Args:
        request: with its subject and parts.
        catalog, values, clock: as for `read`.
        long: rows of a table from which on an overview of them says more than a list.
    """
    plan_of = _reader(catalog, values, clock)
    apart = parts_of(request.subject) if request.subject and not request.parts else ()
    if apart:  # "slides about revenue per year and top customers"
        request = replace(request, subject="", parts=apart)
    if not request.parts:
        found = topics(request.subject, catalog, values, clock, scope=request.scope, grain=request.grain)
        if not found and request.whole and plan_of(request.whole) is not None:
            return (Wanted(request.whole, request.whole, request.whole),)
        said = found or tuple(part for part in (request.subject or request.whole,) if part)
        return tuple(_scoped(part, part, request) for part in said)
    if len(request.parts) == 1 and _one_question(request, plan_of):
        return (Wanted(request.whole, request.whole, request.whole),)
    if _one_list(request, plan_of):
        return (Wanted(request.whole, request.whole, request.whole),)
    if own_part(request, plan_of):
        request = replace(request, subject="", parts=(request.subject, *request.parts))
    parts: list[tuple[str, str]] = []
    if request.subject and all(_completed(part, request, plan_of) is None for part in request.parts):
        # "an overview of sales with churn", where nothing is known of churn: the sales are there all the same
        found = topics(request.subject, catalog, values, clock, scope=request.scope, grain=request.grain)
        parts += [(topic, topic) for topic in found]
    for part in request.parts:
        about = request.subject or (_RELATIVE.split(f"{parts[-1][1]} ", maxsplit=1)[0].strip() if parts else "")
        question = _completed(part, replace(request, subject=about), plan_of)
        merged = f"{parts[-1][1]} and {part}" if parts else ""
        together = plan_of(merged) if merged and (question is None or _dangles(part, question)) else None
        if together is not None:
            parts[-1] = (f"{parts[-1][0]} and {part}", merged)
        else:
            parts.append((part, question or part))
    seen: dict[str, Wanted] = {}
    for said, question in parts:
        shown = _instead(question, request, catalog, values, clock, plan_of, long)
        seen.setdefault(shown.lower(), _scoped(said, shown, request))
    return tuple(seen.values())


def own_part(request: Request, plan_of: Callable[[str], Plan | None]) -> bool:
    """Is what the document is about a part of it as well: "a report of revenue per country with returns per reason"?"""
    return bool(request.parts and _FIGURE.search(request.subject)) and plan_of(request.subject) is not None


def _reader(catalog: Catalog, values: Values | None, clock: datetime) -> Callable[[str], Plan | None]:
    known: dict[str, Plan | None] = {}

    def plan_of(question: str) -> Plan | None:
        if question not in known:
            found = read(question, catalog, values, clock, nearby=False)
            clear = found.action == "answer" and not found.unused and found.best is not None
            known[question] = found.best.plan if clear and found.best is not None else None
        return known[question]

    return plan_of


def _one_question(request: Request, plan_of: Callable[[str], Plan | None]) -> bool:
    """Is "with …" a condition rather than a part: "customers with more than 5 orders"?"""
    part, of, whole = request.parts[0], plan_of(request.subject), plan_of(request.whole)
    if whole is None or _FIGURE.search(part):
        return False
    return plan_of(part) is None or (of is not None and not of.grouped and not of.where and bool(whole.where))


def _one_list(request: Request, plan_of: Callable[[str], Plan | None]) -> bool:
    """Are the parts columns of the things in question: "customers with name, email and city"?"""
    of, whole = plan_of(request.subject) if request.subject else None, plan_of(request.whole)
    if of is None or whole is None or of.grouped or whole.grouped or whole.root != of.root or of.base or whole.base:
        return False
    own = [output for output in whole.outputs if output.asked and isinstance(output.expr, Column)]
    return len(own) >= len(request.parts) > 1 and whole.where == of.where


def _completed(part: str, request: Request, plan_of: Callable[[str], Plan | None]) -> str | None:
    """The part as a question that can be read, None where it cannot."""
    grain = request.grain or "month"
    simple = _SIMPLE.get(part.lower())
    ways = [f"{request.subject} {simple.format(grain=grain)}".strip()] if simple is not None and request.subject else []
    if request.subject and _RELATIVE.match(part):
        ways.append(f"{request.subject} {part}")
    elif request.subject and _RANKED.match(part) and not re.search(r"\bby\b", part, re.IGNORECASE):
        ways += [f"{part} by {request.subject}", f"{part} by number of {request.subject}"]
    ways.append(part)
    if request.subject:
        ways += [f"{request.subject} {part}", f"{part} by {request.subject}"]
    return next((way for way in ways if plan_of(way) is not None), None)


def _dangles(part: str, question: str) -> bool:
    """A word alone that may belong to what was said before it: "revenue per month and *region*"."""
    single = len(part.split()) == 1 and not part.lower().endswith("s")
    return question == part and (single or (part[:1].isupper() and len(part.split()) == 1))


def _instead(
    question: str, request: Request, catalog: Catalog, values: Values | None, clock: datetime,
    plan_of: Callable[[str], Plan | None], long: int,
) -> str:  # fmt: skip
    """What is shown for the bare name of a large table: its course over time, not thousands of rows."""
    plan = plan_of(question)
    if plan is None or plan.grouped or plan.where or plan.limit is not None or plan.base or plan.top or plan.combine:
        return question
    lemmas = tuple(
        token.lemma for token in tokenize(question) if token.lower not in ("all", "the", "list", "of", "show")
    )
    named = any(not link.column and link.table == plan.root for link in schema_of(catalog).lookup(lemmas)[:3])
    if not named or catalog.table(plan.root).rows <= long:
        return question
    found = topics(question, catalog, values, clock, scope=request.scope, grain=request.grain)
    # Beside a single figure ("revenue and orders") its number is meant, not its course.
    alone = any(_single(plan_of(part)) for part in request.parts)
    return next((topic for topic in (found[:1] if alone else found[1:2] or found[:1])), question)


def _single(plan: Plan | None) -> bool:
    return plan is not None and plan.grouped and not plan.group and plan.limit is None


def _scoped(said: str, question: str, request: Request) -> Wanted:
    return Wanted(said, f"{question} {request.scope}".strip(), question)
