"""Candidate plans of a question, scored by explicit features, and what follows from the scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from workspace.question.build import Builder
from workspace.question.frames import Frame
from workspace.question.linking import Linked, link
from workspace.question.parse import parse
from workspace.question.plan import Column, Plan, walk
from workspace.question.reading import Action, Option, Reading, Readings, Span, Values
from workspace.question.resolve import Context
from workspace.question.schema import Schema

SURE, POSSIBLE, CLOSE = 0.62, 0.45, 0.05


@dataclass
class Candidate:
    """A plan with what speaks for and against it."""

    plan: Plan
    linked: Linked
    frame: Frame
    context: Context
    features: dict[str, float] = field(default_factory=dict)
    varied: str = ""  # what was taken another way than in the first candidate

    @property
    def score(self) -> float:
        """Confidence from 0 to 1: 1 less what each feature takes."""
        return max(0.0, min(0.99, 1.0 - sum(self.features.values())))


def candidates(text: str, schema: Schema, values: Values | None, clock: datetime) -> list[Candidate]:
    """Plans that the question may mean, best first."""
    linked = link(text, schema, values, clock)
    first = _candidate(linked, schema, {})
    if first is None:
        return []
    found = [first]
    for forced, name in _variations(first):
        other = _candidate(linked, schema, forced)
        if other is not None and all(other.plan != known.plan for known in found):
            other.varied = name
            found.append(other)
    return sorted(found, key=lambda candidate: -candidate.score)


def _candidate(linked: Linked, schema: Schema, forced: dict[tuple[int, int], int]) -> Candidate | None:
    frame = parse(linked, schema)
    context = Context(schema, frame, forced=forced)
    plan = Builder(context).build()
    if plan is None:
        return None
    candidate = Candidate(plan, linked, frame, context)
    candidate.features = _features(candidate)
    return candidate


def _variations(first: Candidate) -> Iterator[tuple[dict[tuple[int, int], int], str]]:
    """The closest other choices, one at a time."""
    decisions = sorted(first.context.decisions.items(), key=lambda item: item[1].margin)
    for key, decision in decisions[:3]:
        first_link, second = decision.options[0][0], decision.options[1][0] if len(decision.options) > 1 else None
        if second is not None and decision.margin < 0.25 and second.score >= first_link.score - 0.06:
            yield {key: 1}, decision.item.text


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
    features["tables"] = 0.015 * max(0, len(tables) - 2)
    features["corrections"] = 0.05 * len(candidate.linked.notes)
    return features


def decide(text: str, found: list[Candidate], schema: Schema, values: Values | None) -> Readings:
    """What to do with the candidates."""
    if not found:
        unused = tuple(_content_words(text))
        return Readings(text, "decline", unused=unused, message=_not_understood(unused))
    best = found[0]
    unused = tuple(item.text for item in best.frame.unused)
    readings = tuple(_reading(candidate) for candidate in found[:4])
    action: Action = "answer" if best.score >= SURE else "decline"
    choices: tuple[Option, ...] = ()
    message = ""
    rivals = [other for other in found[1:] if best.score - other.score < CLOSE and other.score >= POSSIBLE]
    if rivals and best.score >= POSSIBLE and best.score < 0.9:
        action = "clarify"
        choices = tuple(Option(_choice_label(c, best), c.plan) for c in (best, *rivals)[:4])
        message = "What do you mean?"
        if len({choice.label for choice in choices}) < len(choices):
            action, choices, message = ("answer" if best.score >= SURE else "decline"), (), ""
    if action == "decline":
        message = _not_understood(unused)
    return Readings(text, action, readings, unused, message, choices)


def _choice_label(candidate: Candidate, best: Candidate) -> str:
    for key, decision in candidate.context.decisions.items():
        other = best.context.decisions.get(key)
        rivals = [candidate, best]
        if other is not None and (other.taken != decision.taken or candidate is best):
            target = decision.link
            if candidate is best and not any(d.taken for d in candidate.context.decisions.values()):
                continue
            return f"{decision.item.text}: {target.column or target.table} of {target.table}" if rivals else ""
    from workspace.question.explain import explain

    return explain(candidate.plan, candidate.context.schema.catalog)


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
        candidate.plan, round(candidate.score, 3), tuple(spans), tuple(candidate.frame.rules), candidate.linked.notes
    )


def _content_words(text: str) -> list[str]:
    from workspace.question import lexicon
    from workspace.question.tokens import tokenize

    return [t.text for t in tokenize(text) if t.kind == "word" and (t.lower,) not in lexicon.cues()]


def _not_understood(unused: tuple[str, ...]) -> str:
    if not unused:
        return "I could not make out what to show."
    named = ", ".join(f"“{word}”" for word in unused[:4])
    return f"I do not know what {named} means here." if len(unused) == 1 else f"I do not know what {named} mean here."
