"""Candidate plans of a question, scored by explicit features, and what follows from the scores."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files

from workspace.errors import PlanInvalid
from workspace.question.attached import ROWS, settle
from workspace.question.build import Builder
from workspace.question.evidence import Words, evidence
from workspace.question.frames import Frame, copied
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
from workspace.question.reading import Action, Option, Reading, Readings, Span, Values
from workspace.question.resolve import Context, is_date, is_year
from workspace.question.schema import Schema
from workspace.question.variants import Variant, variants

SURE, POSSIBLE, CLOSE = 0.52, 0.35, 0.05
MARGIN = 0.6  # by how much another plan must lead to be taken for the grammar's own
STEPS = 3  # how many changes away from the grammar's reading are looked at


@cache
def _weights() -> dict[str, float]:
    return json.loads((files("workspace.question") / "data" / "confidence.json").read_text("utf-8"))["weights"]


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
    varied: str = ""  # what was taken another way than in the first candidate
    start: Frame = field(default_factory=Frame)  # as it was before the plan was built
    changes: tuple[tuple[str, Item | None], ...] = ()  # from the grammar's reading
    evidence: dict[str, float] = field(default_factory=dict)

    def frame_items(self) -> tuple[Item, ...]:
        """The items as the grammar saw them."""
        return settle(self.linked, self.context.schema).items

    @property
    def score(self) -> float:
        """What the candidates are ranked by: 1 less what each feature takes."""
        return max(0.0, min(0.99, 1.0 - sum(self.features.values())))

    @cached_property
    def rank(self) -> float:
        """What the candidates are ranked by: the fitted weights of its evidence."""
        weights = _ranker()
        lead = 0.0 if self.changes else MARGIN
        return lead + sum(weights.get(name, 0.0) * value for name, value in self.evidence.items())

    @property
    def confidence(self) -> float:
        """How likely the reading is right, from 0 to 1."""
        if self.sure:
            return self.score
        total = sum(_weights().get(name, 0.0) * value for name, value in signals(self).items())
        return min(self.score, 1.0 / (1.0 + math.exp(-total)))


@dataclass
class _Reader:
    """The plans of one question, each built once."""

    linked: Linked
    schema: Schema
    words: Words
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
        if plan is None or plan in self.plans:
            return None
        candidate = Candidate(plan, self.linked, frame, context, start=start)
        candidate.changes = (*(before.changes if before else ()), *(((variant.name, variant.about),) if before else ()))
        candidate.varied = variant.about.text if variant.about is not None else ""
        candidate.features = _features(candidate)
        candidate.evidence = evidence(plan, builder, self.words, candidate.changes)
        self.plans.add(plan)
        self.found.append(candidate)
        return candidate

    def widen(self, candidate: Candidate) -> None:
        """All candidates one change further."""
        for variant in variants(candidate.start, candidate.context, self.words.items, candidate.context.forced):
            self.build(variant, candidate)


def candidates(text: str, schema: Schema, values: Values | None, clock: datetime) -> list[Candidate]:
    """Plans that the question may mean, best first."""
    linked = link(text, schema, values, clock)
    reader = _Reader(linked, schema, Words(settle(linked, schema).items))
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
    return sorted(reader.found, key=lambda candidate: -candidate.rank)


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
        if isinstance(node, Compare) and digits(str(meta.profile.minimum)) is not None:
            continue  # numbers kept as text
        if isinstance(node, Compare) or is_date(meta):
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
    frame, context, plan = candidate.frame, candidate.context, candidate.plan
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


def decide(text: str, found: list[Candidate], schema: Schema, values: Values | None) -> Readings:
    """What to do with the candidates: answer when sure, ask back when it could be, decline when words are unknown."""
    if not found:
        unused = tuple(_content_words(text))
        return Readings(text, "decline", unused=unused, message=_not_understood(unused))
    best = found[0]
    unused = tuple(item.text for item in best.frame.unused)
    readings = tuple(_reading(candidate) for candidate in found[:4])
    missed = [] if best.sure else missing_words(best)
    if missed and best.confidence >= POSSIBLE:
        label = _choices([best])
        if label and not any(_heads(best, item) for item in missed):
            message = f"{_not_understood(tuple(item.text for item in missed))} Show this without it?"
            rows = [item for item in missed if item.links and item.links[0].how == ROWS]
            if rows and len(missed) == 1:
                message = f"Are “{rows[0].text}” the rows of {rows[0].links[0].table}?"
            return Readings(text, "clarify", readings, unused, message, label)
        return Readings(text, "decline", readings, unused, _not_understood(tuple(item.text for item in missed)))
    confidence = best.confidence
    rivals = [other for other in found[1:] if best.score - other.score < CLOSE]
    if confidence >= SURE and not (rivals and best.score < 0.9):
        return Readings(text, "answer", readings, unused)
    if confidence < POSSIBLE or any(len(word) > 2 for word in unused):
        action: Action = "answer" if confidence >= SURE else "decline"
        return Readings(text, action, readings, unused, "" if action == "answer" else _not_understood(unused))
    choices = _choices([best, *rivals][:4])
    if len(choices) < 2 and confidence >= SURE:
        return Readings(text, "answer", readings, unused)
    message = "Which of these do you mean?" if len(choices) > 1 else "Do you mean this?"
    return Readings(text, "clarify", readings, unused, message, choices)


# Verbs that only say that something is somewhere or is kept.
_PLAIN_VERBS = frozenset(
    {
        "locate", "list", "base", "hold", "place", "record", "register", "keep", "occur", "happen", "offer",
        "provide", "supply", "publish", "make", "create", "show", "have", "undergo", "exist", "belong", "get",
        "call", "store", "find", "name", "give", "contain", "involve", "associate", "relate", "display", "take",
        "put", "use",
    }
)  # fmt: skip


def missing_words(candidate: Candidate) -> list[Item]:
    """Words that carry meaning and that the reading does without; verbs of being somewhere carry none."""
    items = candidate.linked.items
    missed = [item for item in candidate.frame_items() if item.links and item.links[0].how == ROWS]
    for item in candidate.frame.unused:
        if len(item.text) < 3 and not item.text.isupper():
            continue
        place = next((n for n, other in enumerate(items) if other.start == item.start), -1)
        following = items[place + 1] if 0 <= place < len(items) - 1 else None
        verbal = item.lower.endswith(("ed", "ing", "en", "s")) and item.lemma != item.lower
        agent = following is not None and following.has("by") and item.lower.endswith(("ed", "en"))
        if item.lemma in _PLAIN_VERBS or (agent and verbal):
            continue
        missed.append(item)
    return missed


def _heads(candidate: Candidate, missed: Item) -> bool:
    """Is the word what was asked for ("average *rating*"), rather than something said of it?"""
    if missed.links:
        return False
    items = [item for item in candidate.linked.items if item.tags != {"filler"} and not item.has("of")]
    place = next((n for n, other in enumerate(items) if other.start == missed.start), 0)
    before, after = items[place - 1] if place else None, items[place + 1] if place + 1 < len(items) else None
    attached = after is not None and bool(after.links or after.matches) and after.start == missed.end
    asked = before is None or before.has("open", "count", "avg", "sum", "max", "min", "each", "by", "order")
    return asked and not attached


def _choices(candidates: list[Candidate]) -> tuple[Option, ...]:
    """The readings in words; those that read alike are one."""
    from workspace.question.explain import explain

    options: dict[str, Option] = {}
    for candidate in candidates:
        try:
            label = explain(candidate.plan, candidate.context.schema.catalog)
        except PlanInvalid:
            continue
        options.setdefault(label, Option(label, candidate.plan))
    return tuple(options.values())


def _reading(candidate: Candidate) -> Reading:
    spans = []
    tokens = candidate.linked.tokens
    targets = {d.item.start: d.link.target for d in candidate.context.decisions.values()}
    roles: dict[tuple[int, int], tuple[str, str]] = {}
    for item, role, target in candidate.frame.roles:
        if role:
            roles[item.start, item.end] = (role, target)
    for item in candidate.linked.items:
        role, target = roles.get((item.start, item.end), ("", ""))
        role = role or ("filler" if item.tags else "column" if item.links else "filler")
        start, end = tokens[item.start].start, tokens[item.end - 1].end
        spans.append(Span(start, end, item.text, role, target or targets.get(item.start, "")))
    return Reading(
        candidate.plan,
        round(candidate.confidence, 3),
        tuple(spans),
        tuple(candidate.frame.rules),
        candidate.linked.notes,
    )


def _content_words(text: str) -> list[str]:
    from workspace.question import lexicon
    from workspace.question.tokens import tokenize

    tokens = tokenize(text)
    lower = [token.lower for token in tokens]
    known: set[int] = set()  # "many" of "how many" is structure too
    for start in range(len(tokens)):
        for length in range(min(lexicon.longest_cue(), len(tokens) - start), 0, -1):
            if tuple(lower[start : start + length]) in lexicon.cues():
                known.update(range(start, start + length))
                break
    return [t.text for place, t in enumerate(tokens) if t.kind == "word" and place not in known]


def _not_understood(unused: tuple[str, ...]) -> str:
    if not unused:
        return "I could not make out what to show."
    named = ", ".join(f"“{word}”" for word in unused[:4])
    return f"I do not know what {named} means here." if len(unused) == 1 else f"I do not know what {named} mean here."
