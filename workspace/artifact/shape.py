"""What a finding needs to know of an answer: the plan beside the result's columns, and how to name them in prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace.artifact.bind import literal
from workspace.artifact.calendar import LINEAR as LINEAR
from workspace.artifact.format import heading, is_label, words
from workspace.artifact.numerals import numerals
from workspace.artifact.phrase import counted, names_row, noun, subject
from workspace.artifact.totals import additive, partners
from workspace.database.catalog import Catalog
from workspace.database.result import Result
from workspace.question import plan as p

CYCLIC = {"month_of_year": "in", "weekday": "on", "hour": "at"}
NUMBERS = ("integer", "real")
# Verbs that can leave out the rows without a name, with what their other arguments are by default.
_RANKING: dict[str, tuple[Any, ...]] = {
    "value": ("", 0), "max": ("",), "min": ("",), "share_of_max": ("",), "at_max": ("", ""), "at_min": ("", ""),
    "leaders": ("", "", 5), "count_min": ("",), "leading": ("", "", 3), "share_of_leading": ("", 3),
    "portion": ("", 1), "lead": ("",), "tied": ("",), "tied_min": ("",),
}  # fmt: skip
_PLAIN = re.compile(r"[\w ,&'’%()-]+\Z")


@dataclass(frozen=True, slots=True)
class Shown:
    """A result's column beside the plan's output that it shows (None for a query without a plan).

    ``measure`` says that it is a figure about the other columns, ``total`` that its values may be added up;
    ``partners`` are the tables without a row of which a row of it is left out, ``gaps`` says that rows may have nothing
    in it.
    """

    name: str
    kind: str
    output: p.Output | None
    measure: bool
    total: bool = False
    partners: tuple[str, ...] = ()
    gaps: bool = False

    @property
    def expr(self) -> Any:
        return self.output.expr if self.output else None

    @property
    def asked(self) -> bool:
        return self.output is None or self.output.asked

    @property
    def counts(self) -> bool:
        return isinstance(self.expr, p.Aggregate) and self.expr.function == "count"

    @property
    def share(self) -> bool:
        return isinstance(self.expr, p.Share)

    @property
    def grain(self) -> str:
        """The grain of a bucket of time, "" for any other column."""
        return self.expr.grain if isinstance(self.expr, p.Bucket) else ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan, the columns of its result, and the name of its query in templates."""

    plan: p.Plan | None
    columns: tuple[Shown, ...]
    question: str = ""
    query: str = "q1"
    among: str = ""

    def ranking(self, label: Shown) -> Shape:
        """The shape whose expressions rank those that have a name, where rows may be without one."""
        return replace(self, among=label.name) if label.gaps else self

    @property
    def measures(self) -> tuple[Shown, ...]:
        return tuple(column for column in self.columns if column.measure)

    @property
    def dimensions(self) -> tuple[Shown, ...]:
        return tuple(column for column in self.columns if not column.measure)

    # ---------------------------------------------------------------------------------------------- templates
    def call(self, verb: str, *arguments: Any) -> str:
        """The call of a verb, to stand inside an expression or a test."""
        if self.among and verb in _RANKING:
            arguments = (*arguments, *_RANKING[verb][len(arguments) :], self.among)
        given = ", ".join(literal(a) if isinstance(a, str) else str(a) for a in arguments)
        return f"{self.query}.{verb}({given})"

    def put(self, verb: str, *arguments: Any) -> str:
        """The expression that shows a verb's value."""
        return show(self.call(verb, *arguments))

    @property
    def where(self) -> str:
        return show(f"{self.query}.where") if self.plan else ""

    @property
    def within(self) -> str:
        """As `where`, for a sentence that names one of the periods of the rows."""
        return show(f"{self.query}.within") if self.plan else ""

    @property
    def rows(self) -> str:
        return show(f"{self.query}.rows")

    @property
    def one(self) -> str:
        return f"{self.query}.one"

    # -------------------------------------------------------------------------------------------------- names
    def name(self, column: Shown) -> str:
        """A column's name in prose."""
        text = heading(column.name)
        for node in p.walk(column.expr) if column.output else ():
            if isinstance(node, p.Column) and node.name != text:
                text = text.replace(node.name, words(node.name))
        return self.say(text if text[1:2].isupper() else text[:1].lower() + text[1:])

    def say(self, word: str) -> str:
        """A name in prose; by expression where it holds what prose may not."""
        if _PLAIN.match(word) and "_" not in word and not any(numerals(word)):
            return word
        return self.put("label", word)

    def counted(self, measure: Shown) -> tuple[str, str]:
        """Singular and plural of what a measure counts; its name twice where it does not count."""
        if not measure.counts or self.plan is None:
            return self.name(measure), self.name(measure)
        single, several = counted(self.plan, measure.expr)
        when = self._happened(measure, single)
        return f"{self.say(single)}{when}", f"{self.say(several)}{when}"

    def _happened(self, measure: Shown, thing: str) -> str:
        """What the things of each period did in it: employees *hired*, customers *signed up*; orders say it already."""
        time = next((c.expr.of for c in self.dimensions if isinstance(c.expr, p.Bucket)), None)
        table = getattr(measure.expr, "table", "") or (self.plan.root if self.plan is not None else "")
        if time is None or time.table != table:
            return ""
        said = words(time.name).split()
        said = said[:-1] if said[-1] in ("on", "at", "date") else said
        verb = said[0] if said and said[0].endswith("ed") else ""
        return f" {' '.join(said)}" if verb and not any(word.startswith(verb[:4]) for word in thing.split()) else ""

    @property
    def nouns(self) -> tuple[str, str]:
        """Singular and plural of what the rows are, or for figures about them were before they were gathered."""
        if self.plan is None:
            return "row", "rows"
        gathered = self.measures and self.plan.grouped and self.plan.root
        single, several = noun(self.plan.root) if gathered else subject(self.plan)
        return self.say(single), self.say(several)

    def last_name(self, first: Shown) -> Shown | None:
        """The column of last names that follows one of first names."""
        following = self.columns.index(first) + 1
        if "first" not in words(first.name) or following >= len(self.columns):
            return None
        return self.columns[following] if "last" in words(self.columns[following].name) else None

    @property
    def naming(self) -> Shown | None:
        """The column that names the rows of a list, if one does."""
        asked = [column for column in self.columns if column.asked]
        for column in asked:
            if names_row(column.expr) or isinstance(column.expr, p.Joined) or "first name" in words(column.name):
                return column
        return asked[0] if asked and asked[0].kind == "text" and not is_label(asked[0].name) else None


def shape(plan: p.Plan | None, result: Result, catalog: Catalog, question: str = "", query: str = "q1") -> Shape:
    """The result's columns matched with the plan's outputs, by position."""
    outputs: Sequence[p.Output | None] = plan.outputs if plan else ()
    if len(outputs) != len(result.columns):
        outputs = (None,) * len(result.columns)
    columns = []
    for place, (column, output) in enumerate(zip(result.columns, outputs, strict=True)):
        if output is not None and plan is not None:
            measure = p.aggregates(output.expr) or _from_base(plan, output)
            total, needed = additive(plan, output.expr, catalog), partners(plan, output.expr)
        else:
            alone = len(result.columns) == 1
            measure = column.kind in NUMBERS and not is_label(column.name) and (place > 0 or alone)
            total, needed = False, ()
        gaps = not measure and any(value is None or value == "" for value in (row[place] for row in result.rows))
        columns.append(Shown(column.name, column.kind, output, measure, total, needed, gaps))
    return Shape(plan, tuple(columns), question, query)


def show(call: str) -> str:
    """A call as an expression that shows its value."""
    return "{{ " + call + " }}"


def when(*branches: tuple[str, str], other: str = "") -> str:
    """Text that depends on tests: the first branch whose test holds, else ``other``.

    Example:
        >>> when(("q1.one", "a row"), other="rows")
        '{% if q1.one %}a row{% else %}rows{% endif %}'
    """
    tests = "".join(f"{{% {'elif' if place else 'if'} {test} %}}{text}" for place, (test, text) in enumerate(branches))
    return tests + (f"{{% else %}}{other}" if other else "") + "{% endif %}"


def capital(text: str) -> str:
    """A template with its first letter large, also where it begins with an expression."""
    if text.startswith("{{ ") and " }}" in text:
        return text.replace(" }}", "|capital }}", 1)
    return text[:1].upper() + text[1:]


def _from_base(plan: p.Plan, output: p.Output) -> bool:
    """Is the output a measure of the plan beneath?"""
    expr = output.expr
    if plan.base is None or not isinstance(expr, p.Column):
        return False
    return any(inner.label == expr.name and p.aggregates(inner.expr) for inner in plan.base.outputs)
