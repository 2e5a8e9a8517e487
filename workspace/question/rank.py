"""Candidate plans of a question, scored by explicit features, and what follows from the scores."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files

from workspace.errors import PlanInvalid
from workspace.question.attached import settle
from workspace.question.build import Builder
from workspace.question.chart_words import ask_of
from workspace.question.evidence import Words, evidence
from workspace.question.forest import Forest
from workspace.question.frames import Frame, copied
from workspace.question.keys import Keys, keys_said, pin
from workspace.question.linking import Item, Linked, link
from workspace.question.numbers import digits
from workspace.question.parse import parse
from workspace.question.plan import (
    Aggregate,
    Arithmetic,
    Column,
    Compare,
    Literal,
    Output,
    Plan,
    Related,
    Share,
    aggregates,
    walk,
)
from workspace.question.reading import Span, Values
from workspace.question.resolve import Context, is_date, is_year
from workspace.question.schema import Schema
from workspace.question.sql import check
from workspace.question.tokens import lemma
from workspace.question.variants import Variant, variants

MARGIN = 0.6  # by how much another plan must lead to be taken for the grammar's own
UNREAD = 0.8  # what is left of the confidence for each word that carries meaning and was not used
SENSELESS = 5.0  # what a plan loses that cannot be meant
STEPS = 3  # how many changes away from the grammar's reading are looked at


@cache
def _confidence() -> Forest:
    return Forest.read("confidence.json")


@cache
def _ranker() -> dict[str, float]:
    return json.loads((files("workspace.question") / "data" / "ranker.json").read_text("utf-8"))["weights"]


@dataclass
class Candidate:
    """A plan with what speaks for and against it."""

    plan: Plan
    linked: Linked
    frame: Frame
    context: Context
    features: dict[str, float] = field(default_factory=dict)
    sure: bool = False  # a change of a plan that stands already
    start: Frame = field(default_factory=Frame)  # as it was before the plan was built
    changes: tuple[tuple[str, Item | None], ...] = ()  # from the grammar's reading
    evidence: dict[str, float] = field(default_factory=dict)
    chance: float = 0.0  # that it is right, as fitted
    understood: Plan | None = None  # the plan as the grammar read it, before the picture was laid out on it
    pictured: tuple[Span, ...] = ()  # the words about the picture

    def frame_items(self) -> tuple[Item, ...]:
        """The items as the grammar saw them."""
        return settle(self.linked, self.context.schema).items

    @property
    def score(self) -> float:
        """How well the plan holds by the grammar's own measure: 1 less what each feature takes."""
        return max(0.0, min(0.99, 1.0 - sum(self.features.values())))

    @cached_property
    def senseless(self) -> bool:
        """Can the plan not be meant?"""
        return senseless(self.plan, self.context.schema)

    @cached_property
    def rank(self) -> float:
        """What the candidates are ranked by: the fitted weights of its evidence."""
        weights = _ranker()
        lead = (0.0 if self.changes else MARGIN) - SENSELESS * self.senseless
        return lead + sum(weights.get(name, 0.0) * value for name, value in self.evidence.items())

    @property
    def confidence(self) -> float:
        """How likely the reading is right, from 0 to 1."""
        return self.score if self.sure else self.chance


@dataclass
class _Reader:
    """The plans of one question, each built once."""

    linked: Linked
    schema: Schema
    words: Words
    keys: Keys = field(default_factory=dict)
    found: list[Candidate] = field(default_factory=list)
    plans: set[Plan] = field(default_factory=set)

    def build(self, variant: Variant, before: Candidate | None = None) -> Candidate | None:
        """The candidate of a frame; None when it asks for nothing, or for what is known already."""
        start = variant.frame
        frame = copied(start)
        context = Context(self.schema, frame, forced=dict(variant.forced))
        builder = Builder(context)
        try:
            plan = builder.build()
        except (PlanInvalid, KeyError, IndexError, AssertionError):
            if before is None:
                raise
            return None
        plan = pin(plan, self.schema, self.keys) if plan is not None else None
        if plan is None or plan in self.plans:
            return None
        candidate = Candidate(plan, self.linked, frame, context, start=start)
        candidate.changes = (*(before.changes if before else ()), *(((variant.name, variant.about),) if before else ()))
        candidate.features = _features(candidate)
        candidate.evidence = evidence(plan, builder, self.words, candidate.changes)
        self.plans.add(plan)
        self.found.append(candidate)
        return candidate

    def widen(self, candidate: Candidate) -> None:
        """All candidates one change further."""
        for variant in variants(candidate.start, candidate.context, self.words.items, candidate.context.forced):
            self.build(variant, candidate)


def senseless(plan: Plan, schema: Schema) -> bool:
    """Must one column be two things at once, or is added up or compared what is no number?"""
    single = bool(plan.outputs) and not plan.group and all(aggregates(output.expr) for output in plan.outputs)
    if _senseless(plan, schema) or (single and any(aggregates(order.expr) for order in plan.order)):
        return True  # also the order of a single row
    key = {Column(plan.root, name) for name in schema.tables[plan.root].key} if plan.root in schema.tables else set()
    if (
        key
        and key <= set(plan.group)
        and any(order.expr == Aggregate("count", table=plan.root) for order in plan.order)
    ):
        return True  # "who has the most", where each row is one
    known: dict[object, object] = {}
    for node in walk(plan):
        if isinstance(node, Aggregate) and node.function in ("sum", "avg") and isinstance(node.of, Column):
            info = schema.tables.get(node.of.table)
            if info is not None and node.of.name in (*info.key, *info.foreign):
                return True
    bounds: dict[object, tuple[float, float]] = {}
    for item in plan.where:
        if isinstance(item, Related) and senseless(Plan(item.table, (), item.where), schema):
            return True
        if isinstance(item, Compare) and isinstance(item.right, Literal) and isinstance(item.right.value, int | float):
            if isinstance(item.left, Column) and not 1000 <= item.right.value < 3000 and _year(item.left, schema):
                return True  # "at least 3 built": no year
            low, high = bounds.get(item.left, (-math.inf, math.inf))
            low = max(low, item.right.value) if item.op in (">", ">=") else low
            high = min(high, item.right.value) if item.op in ("<", "<=") else high
            bounds[item.left] = low, high
            if low > high and plan.combine is None:
                return True
        equal = isinstance(item, Compare) and item.op == "=" and isinstance(item.right, Literal)
        if equal and known.setdefault(item.left, item.right) != item.right:
            return True
    return False


def _year(column: Column, schema: Schema) -> bool:
    return schema.catalog.has(column.table) and is_year(schema.catalog.column(column.table, column.name))


def candidates(text: str, schema: Schema, values: Values | None, clock: datetime) -> list[Candidate]:
    """Plans that the question may mean, best first; words about a picture are laid out on them (`picture.py`)."""
    ask = ask_of(text, lambda word: any(link.score >= 0.9 for link in schema.lookup((lemma(word),))))
    if ask is None:
        return _understood(text, schema, values, clock)
    from workspace.question.picture import drawn

    found = drawn(ask, schema, lambda words: _understood(words, schema, values, clock))
    spans = tuple(Span(start, end, text[start:end].strip(" ,.;"), "chart") for start, end in ask.spans)
    spans += tuple(Span(start, end, text[start:end].strip(), "column") for start, end in ask.named)
    return [replace(candidate, pictured=spans) for candidate in found]


def _understood(text: str, schema: Schema, values: Values | None, clock: datetime) -> list[Candidate]:
    linked = link(text, schema, values, clock)
    words = Words(settle(linked, schema).items)
    reader = _Reader(linked, schema, words, keys_said(schema, words.lemmas))
    first = reader.build(Variant("", parse(linked, schema)))
    if first is None:
        return []
    best = first
    for _ in range(STEPS):
        reader.widen(best)
        leading = max(reader.found, key=lambda candidate: candidate.rank)
        if leading is best:
            break
        best = leading
    found = sorted(reader.found, key=lambda candidate: -candidate.rank)
    while found and not _writable(found[0]):
        found.pop(0)
    if found:
        _weigh(found)
    return found


def _writable(candidate: Candidate) -> bool:
    """Can the plan be written as SQL, its tables joined by keys?"""
    try:
        check(candidate.plan, candidate.context.schema.catalog)
    except PlanInvalid:
        return False
    return True


def _weigh(found: list[Candidate]) -> None:
    """Says how likely each candidate is right: the first by the forest, the others by how far they are behind it."""
    ranks = [candidate.rank for candidate in found]
    first = found[0]
    values = {**first.evidence, **signals(first), **lead(ranks, [parts(c.plan) for c in found], not first.changes)}
    unread = [item for item in first.frame.unused if not item.lower.endswith(("ed", "ing"))]
    first.chance = _confidence().chance(values) * UNREAD ** len(unread)
    if first.senseless:
        first.chance = 0.0
    left = 1.0 - first.chance
    masses = [math.exp(rank - ranks[0]) for rank in ranks[1:]]
    for candidate, mass in zip(found[1:], masses, strict=True):
        candidate.chance = min(first.chance, left * mass / sum(masses))


AGREEMENT = ("shown", "tables", "conditions", "groups", "order", "count", "distinct")
Parts = tuple[Hashable, ...]


def parts(plan: Plan) -> Parts:
    """What readings may agree in though they differ elsewhere, in the order of `AGREEMENT`."""
    asked = tuple(output.expr for output in plan.outputs if output.asked)
    tables = frozenset(n.table for n in walk(plan, subplans=True) if isinstance(n, Column | Aggregate | Related))
    order = (plan.order, plan.limit, plan.top)
    return asked, tables, (plan.where, plan.having, plan.combine), plan.group, order, len(asked), plan.distinct


def lead(ranks: Sequence[float], made: Sequence[Parts], own: bool) -> dict[str, float]:
    """How clearly the highest of ``ranks`` leads, and how much of all there is agrees with it in each part.

    Args:
        ranks: of every reading.
        made: the `parts` of every reading.
        own: the highest is the grammar's own reading.

    Example:
        >>> lead([2.0, 1.0], [(1, 2), (1, 3)], own=True)["lead margin"]
        1.0
    """
    first = max(range(len(ranks)), key=ranks.__getitem__)
    ordered = sorted(ranks, reverse=True)
    masses = [math.exp(rank - ordered[0]) for rank in ranks]
    whole = sum(masses)
    found = {
        "lead share": 1.0 / whole,
        "lead margin": ordered[0] - ordered[1] if len(ordered) > 1 else 5.0,
        "lead count": float(len(ordered)),
        "lead rank": ordered[0],
        "lead own": float(own),
    }
    for place, name in enumerate(AGREEMENT[: len(made[first])]):
        same = (m for m, other in zip(masses, made, strict=True) if other[place] == made[first][place])
        found[f"agree {name}"] = sum(same) / whole
    return found


def _features(candidate: Candidate) -> dict[str, float]:
    frame, context = candidate.frame, candidate.context
    features: dict[str, float] = {}
    for item in frame.unused:
        weight = 0.45 if item.text[:1].isupper() and item.start > 0 else 0.22
        if item.lower.endswith(("ed", "ing")) and item.lemma != item.lower:
            weight = 0.1
        features[f"unused: {item.lower}"] = 0.1 if len(item.lower) < 3 else weight
    for item in frame.dropped:
        features[f"dropped: {item.lower}"] = 0.18
    for decision in context.decisions.values():
        chosen = decision.link
        loss = 0.3 * max(0.0, 0.92 - chosen.score) + 0.5 * (
            decision.options[0][1] - decision.options[decision.taken][1]
        )
        if loss > 0:
            features[f"link: {decision.item.lower}"] = loss
    for why, amount in context.penalties.items():
        features[why] = amount
    tables = {node.table for node in walk(candidate.plan) if isinstance(node, Column) and node.table}
    if _senseless(candidate.plan, context.schema):
        features["a figure of what is no number"] = 0.6
    if not frame.groups and _by_moment(candidate.plan, context.schema):
        features["a figure for each moment, which nobody asked for"] = 0.5
    if any(term.share for term in frame.targets) and not any(
        isinstance(node, Share) or (isinstance(node, Arithmetic) and node.op == "/") for node in walk(candidate.plan)
    ):
        features["a share of nothing"] = 0.5
    spoken = {
        node.table for node in walk(candidate.plan, subplans=True) if isinstance(node, Column | Aggregate | Related)
    }
    for item in frame.mentioned:
        named = {link.table for link in item.links if not link.column and link.score >= 0.9}
        if named and not named & (spoken | {candidate.plan.root}):
            features[f"named for nothing: {item.lower}"] = 0.2
    root = candidate.plan.root or (candidate.plan.base.root if candidate.plan.base is not None else "")
    if root and not tables <= context.schema.near(root).keys():
        features["tables that nothing connects"] = 0.7
    features["tables"] = 0.015 * max(0, len(tables) - 2)
    features["corrections"] = 0.05 * len(candidate.linked.notes)
    return features


def _senseless(plan: Plan, schema: Schema) -> bool:
    """Is a date or a text added up, averaged, or compared with a number?"""
    for node in walk(plan, subplans=True):
        if isinstance(node, Aggregate) and node.function in ("avg", "sum") and isinstance(node.of, Column):
            column = node.of
        elif isinstance(node, Compare) and isinstance(node.left, Column) and isinstance(node.right, Literal):
            if node.op in ("=", "!=", "like", "not like") or not isinstance(node.right.value, int | float):
                continue
            column = node.left
        else:
            continue
        if not column.table or not schema.catalog.has(column.table):
            continue
        meta = schema.catalog.column(column.table, column.name)
        if meta.numeric or is_year(meta):
            continue
        if digits(str(meta.profile.minimum)) is not None and not is_date(meta):
            continue  # numbers kept as text
        if isinstance(node, Compare) or is_date(meta) or meta.kind == "text":
            return True
    return False


def _by_moment(plan: Plan, schema: Schema) -> bool:
    """Is something gathered by a bare date ("average *days* to *resolve*")?"""
    dates = [
        output.expr
        for output in plan.outputs
        if isinstance(output.expr, Column) and output.expr.table and schema.catalog.has(output.expr.table)
    ]
    figures = any(isinstance(o.expr, Aggregate) and o.expr.function in ("avg", "sum") for o in plan.outputs if o.asked)
    columns = [schema.catalog.column(expr.table, expr.name) for expr in dates]
    return figures and plan.grouped and any(column.temporal and not is_year(column) for column in columns)


def signals(candidate: Candidate) -> dict[str, float]:
    """What tells right readings from wrong ones, as numbers; the weights are fitted (see `confidence`)."""
    frame, context, plan = candidate.frame, candidate.context, candidate.understood or candidate.plan
    decisions = list(context.decisions.values())
    links = [decision.link.score for decision in decisions]
    margins = [decision.margin for decision in decisions if len(decision.options) > 1]
    nodes = list(walk(plan, subplans=True))
    tables = {node.table for node in nodes if isinstance(node, Column) and node.table}
    asked = [output for output in plan.outputs if output.asked]
    dimensions = [output for output in asked if not aggregates(output.expr)]
    said = len(frame.groups) == len(dimensions) < len(asked)  # every dimension is a group that was asked for
    tokens = [token for token in candidate.linked.tokens if token.kind != "punct"]
    return {
        "bias": 1.0,
        "loss": min(2.0, sum(candidate.features.values())),
        "unused": min(3.0, len(frame.unused)),
        "dropped": min(2.0, len(frame.dropped)),
        "weakest": 1.0 - min(links, default=1.0),
        "weak": min(4.0, sum(score < 0.8 for score in links)),
        "close": sum(margin < 0.05 for margin in margins),
        "penalties": min(1.0, sum(context.penalties.values())),
        "tables": min(5.0, len(tables)),
        "asked": min(5.0, len(asked)),
        "apart": 0.0 if said else min(2.0, max(0, len(_tables(dimensions)) - 1 - bool(plan.top) - frame.label_entity)),
        "mixed": float(bool(dimensions) and not plan.group and any(o not in dimensions for o in asked)),
        "long": max(0.0, len(tokens) - 10) / 10,
        "words": min(30.0, len(tokens)) / 10,
        "conditions": min(4.0, len(frame.conditions)),
        "related": min(3.0, sum(isinstance(node, Related) for node in nodes)),
        "sorts": min(2.0, len(frame.sorts)),
        "groups": min(1.0 if said else 2.0, len(frame.groups)),
        "verbs": min(3.0, len(frame.hints)),
        "sentences": float("sentence" in frame.rules),
        "combined": float(plan.combine is not None or plan.top is not None or plan.base is not None),
        "mentioned": min(3.0, len(frame.mentioned)),
        "nothing": float(not frame.targets and not context.entity),
        "everything": float(frame.everything),
    }


def _tables(outputs: list[Output]) -> set[str]:
    return {node.table for output in outputs for node in walk(output) if isinstance(node, Column)}
