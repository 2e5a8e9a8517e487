"""What understanding a question yields: ranked readings, and what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from workspace.question.plan import Plan

Action = Literal["answer", "clarify", "decline"]


class Match(Protocol):
    """A cell value that words of the question may mean (see `workspace.database.values.ValueMatch`)."""

    @property
    def table(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def rows(self) -> int: ...


class Values(Protocol):
    """Lookup of cell values; the question room does no I/O of its own."""

    def find(self, phrase: str) -> tuple[Match, ...]: ...
    def near(self, phrase: str, limit: int = 5) -> tuple[Match, ...]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the question and what it was taken for.

    ``role`` is one of table, column, value, number, date, aggregate, group, order, limit, compare, negation, set,
    chart, filler, unknown; ``target`` says what it was linked to ("Invoice.Total").
    """

    start: int
    end: int
    text: str
    role: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take the question: its plan, how sure (0–1), why each word, and the rules that fired."""

    plan: Plan
    confidence: float
    spans: tuple[Span, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # said to the person: "I took 'custmers' as customers."

    def to_dict(self) -> dict[str, Any]:
        return {
            "plan": self.plan.to_dict(),
            "confidence": self.confidence,
            "spans": [[s.start, s.end, s.text, s.role, s.target] for s in self.spans],
            "rules": list(self.rules),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Reading:
        return cls(
            Plan.from_dict(data["plan"]),
            data["confidence"],
            tuple(Span(*span) for span in data["spans"]),
            tuple(data["rules"]),
            tuple(data["notes"]),
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A plan that can be chosen, the words on its button, and what it ``returns`` in a few words ("" for unknown)."""

    label: str
    plan: Plan
    returns: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"label": self.label, "plan": self.plan.to_dict(), "returns": self.returns}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Option:
        return cls(data["label"], Plan.from_dict(data["plan"]), data.get("returns", ""))


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a reading, shown as a chip that can be changed in place.

    Args:
        kind: measure, dimension, filter, order, limit, chart.
        text: what the chip says: "sum of Total", "per Country", "2023".
        options: other plans to choose from, each with its label ("average of Total").
        without: the plan with this part dropped, or None when it cannot be dropped.
    """

    kind: str
    text: str
    options: tuple[Option, ...] = ()
    without: Plan | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "options": [option.to_dict() for option in self.options],
            "without": self.without.to_dict() if self.without else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Chip:
        without = Plan.from_dict(data["without"]) if data.get("without") else None
        return cls(data["kind"], data["text"], tuple(Option.from_dict(o) for o in data["options"]), without)


@dataclass(frozen=True, slots=True)
class Readings:
    """The outcome of reading a question.

    Args:
        question: the text as given.
        action: answer with the first reading, ask which (``choices``), or decline.
        readings: best first; may be non-empty even when declining (the best guess, for measurement).
        unused: content words that no reading used, as written.
        message: for clarify the short question to ask; for decline what was not understood; else "".
        choices: up to four, for clarify.
        suggestions: questions near to this one that can be answered, for decline.
    """

    question: str
    action: Action
    readings: tuple[Reading, ...] = ()
    unused: tuple[str, ...] = ()
    message: str = ""
    choices: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def best(self) -> Reading | None:
        return self.readings[0] if self.readings else None
