"""The finding of an answer: one sentence or two for each shape of plan, as a template whose figures are expressions.

What depends on the data (which is first, rose or fell, one or many, nothing at all) is a test inside the template, so
that the sentence stays true when the data changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workspace.artifact.bind import literal
from workspace.artifact.format import heading, is_label, words
from workspace.artifact.numerals import numerals
from workspace.artifact.phrase import counted, singular, subject
from workspace.artifact.totals import additive
from workspace.database.catalog import Catalog
from workspace.database.result import Result
from workspace.question import plan as p

LINEAR = ("year", "quarter", "month", "week", "day")
_CYCLIC = {"month_of_year": "in", "weekday": "on", "hour": "at"}
_YES_NO = re.compile(r"\s*(is|are|was|were|do|does|did|has|have|had)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[\w ,&'’%()-]+\Z")


@dataclass(frozen=True, slots=True)
class Shown:
    """A result's column beside the plan's output that it shows (None for a query without a plan)."""

    name: str
    kind: str
    output: p.Output | None
    measure: bool
    total: bool = False

    @property
    def expr(self) -> Any:
        return self.output.expr if self.output else None


@dataclass(frozen=True, slots=True)
class Shape:
    """What a finding needs to know: the plan, the result's columns, the query's name in templates."""

    plan: p.Plan | None
    columns: tuple[Shown, ...]
    question: str = ""
    query: str = "q1"

    @property
    def measures(self) -> tuple[Shown, ...]:
        return tuple(column for column in self.columns if column.measure)

    @property
    def dimensions(self) -> tuple[Shown, ...]:
        return tuple(column for column in self.columns if not column.measure)

    def call(self, verb: str, *arguments: Any) -> str:
        """The call of a verb, to stand inside an expression or a test."""
        given = ", ".join(literal(a) if isinstance(a, str) else str(a) for a in arguments)
        return f"{self.query}.{verb}({given})"

    def put(self, verb: str, *arguments: Any, as_: str = "") -> str:
        """The expression that shows a verb's value."""
        return "{{ " + self.call(verb, *arguments) + (f"|{as_}" if as_ else "") + " }}"

    def name(self, column: Shown) -> str:
        """A column's name in prose; by expression where it holds what prose may not."""
        text = heading(column.name)
        return self.say(text if text[1:2].isupper() else text[:1].lower() + text[1:])

    def say(self, word: str) -> str:
        """A name in prose; by expression where it holds what prose may not."""
        if _PLAIN.match(word) and "_" not in word and not any(numerals(word)):
            return word
        return self.put("label", word)

    @property
    def where(self) -> str:
        return "{{ " + self.query + ".where }}" if self.plan else ""

    @property
    def rows(self) -> str:
        return "{{ " + self.query + ".rows }}"


def shape(
    plan: p.Plan | None, result: Result, catalog: Catalog, question: str = "", query: str = "q1"
) -> Shape:
    """The result's columns matched with the plan's outputs, by position."""
    outputs: Sequence[p.Output | None] = plan.outputs if plan else ()
    if len(outputs) != len(result.columns):
        outputs = (None,) * len(result.columns)
    columns = []
    for place, (column, output) in enumerate(zip(result.columns, outputs, strict=True)):
        if output is not None:
            measure = p.aggregates(output.expr) or (_from_base(plan, output) if plan else False)
        else:
            measure = column.kind in ("integer", "real") and not is_label(column.name) and (place > 0 or len(result.columns) == 1)
        total = plan is not None and output is not None and additive(plan, output.expr, catalog)
        columns.append(Shown(column.name, column.kind, output, measure, total))
    return Shape(plan, tuple(columns), question, query)


def finding(of: Shape) -> str:
    """The template that says what was found.

    Args:
        of: plan and columns.
    """
    body = _body(of)
    nothing = f"There are no {_nouns(of)}{of.where}."
    if _YES_NO.match(of.question):
        nothing = "No: there" + nothing[5:]
    return f"{{% if {of.query}.empty %}}{nothing}{{% else %}}{body}{{% endif %}}"


def counted_as(plan: p.Plan, count: p.Aggregate) -> str:
    """What an aggregate of the function count counts, in the plural."""
    return counted(plan, count)[1]


def bucket(column: Shown) -> p.Bucket | None:
    return column.expr if isinstance(column.expr, p.Bucket) else None


# ------------------------------------------------------------------------------------------------------ by shape
def _body(of: Shape) -> str:
    plan, measures, dimensions = of.plan, of.measures, of.dimensions
    if plan is not None and plan.top is not None:
        return _top_of_each(of)
    if measures and not dimensions:
        return _single(of)
    if not measures:
        return _list(of)
    time = next((column for column in dimensions if bucket(column)), None)
    ranked = plan is not None and (plan.limit is not None or _order(of) != 0)
    grain = bucket(time).grain if time and bucket(time) else ""  # ty: ignore[unresolved-attribute]
    if time and grain in LINEAR and not ranked:
        return _series(of, time, grain) if len(dimensions) == 1 else _many_series(of, time)
    if time and grain in _CYCLIC and not ranked:
        return _cycle(of, time, grain)
    if _compared(of):
        return _comparison(of)
    return _ranking(of)


def _single(of: Shape) -> str:
    if len(of.measures) > 1:
        parts = [f"{of.name(m)} {{{{ {of.call('value', m.name)} }}}}" for m in of.measures]
        head, rest = parts[0].replace(" {{", " is {{", 1), parts[1:]
        return capital(", ".join([head, *rest[:-1]]) + (f" and {rest[-1]}" if rest else "")) + of.where + "."
    measure = of.measures[0]
    value = of.call("value", measure.name)
    if _is_count(measure) and of.plan is not None:
        single, several = map(of.say, counted(of.plan, measure.expr))
        yes = _YES_NO.match(of.question)
        none, some = ("No: there are no ", "Yes: there ") if yes else ("There are no ", "There ")
        return (
            f"{{% if {value} == 0 %}}{none}{several}{{% elif {value} == 1 %}}{some}is {{{{ {value} }}}} {single}"
            f"{{% else %}}{some}are {{{{ {value} }}}} {several}{{% endif %}}{of.where}."
        )
    missing = f"There is no {of.name(measure)} to show{of.where}."
    said = f"{capital(_the(of.name(measure)))}{of.where} {_is(measure.name)} {{{{ {value} }}}}."
    return f"{{% if {of.call('missing', measure.name)} %}}{missing}{{% else %}}{said}{{% endif %}}"


def _series(of: Shape, time: Shown, grain: str) -> str:
    x, m = time.name, of.measures[0].name
    at = "on" if grain == "day" else "in"
    label = capital(_the(of.name(of.measures[0]))) + of.where
    start, end = f"{of.put('earliest', x, m)} {at} {of.put('earliest', x, x)}", f"{of.put('latest', x, m)} {at} {of.put('latest', x, x)}"
    ongoing = f"{{% if {of.call('partial', x)} %}}, which is not over yet{{% endif %}}"
    peak = of.call("at_max", x, m)
    inside = f"{peak} != {of.call('latest', x, x)} and {peak} != {of.call('earliest', x, x)}"
    return (
        f"{{% if {of.query}.one %}}{label} was {of.put('earliest', x, m)} {at} {of.put('earliest', x, x)}."
        f"{{% elif {of.call('equal', m)} %}}{label} was {of.put('earliest', x, m)} {at} every {grain} "
        f"from {of.put('earliest', x, x)} to {of.put('latest', x, x)}."
        f"{{% else %}}{label} {{% if {of.call('grew', x, m)} %}}rose from {{% elif {of.call('fell', x, m)} %}}fell from "
        f"{{% else %}}came back to where it was, from {{% endif %}}{start} to {end}{ongoing}"
        f"{{% if {inside} %}}; the peak was {of.put('max', m)} {at} {{{{ {peak} }}}}{{% endif %}}.{{% endif %}}"
    )


def _many_series(of: Shape, time: Shown) -> str:
    x, m = time.name, of.measures[0].name
    other = next(column for column in of.dimensions if column is not time)
    return (
        f"From {of.put('earliest', x, x)} to {of.put('latest', x, x)}, {of.name(of.measures[0])}{of.where} was highest for "
        f"{of.put('at_max', other.name, m)} with {of.put('max', m)} in {of.put('at_max', x, m)}."
    )


def _cycle(of: Shape, time: Shown, grain: str) -> str:
    x, m, at = time.name, of.measures[0].name, _CYCLIC[grain]
    return (
        f"{capital(_the(of.name(of.measures[0])))}{of.where} is highest {at} {of.put('at_max', x, m)} with {of.put('max', m)} "
        f"and lowest {at} {of.put('at_min', x, m)} with {of.put('min', m)}."
    )


def _comparison(of: Shape) -> str:
    d, m = of.dimensions[0].name, of.measures[0]
    high, low, ratio = of.put("at_max", d, m.name), of.put("at_min", d, m.name), of.call("ratio", m.name)
    large, small = _with(of, m, of.call("max", m.name)), of.put("min", m.name)
    return (
        f"{{% if {of.query}.one %}}Only {of.put('value', d)} is there, with {_with(of, m, of.call('value', m.name))}."
        f"{{% elif {of.call('equal', m.name)} %}}{of.put('list', d)} have the same {_measured(of, m)}, {of.put('max', m.name)}{{% if "
        f"{of.query}.rows > 2 %}} each{{% endif %}}."
        f"{{% else %}}{high} has {large}, {low} {small}"
        f"{{% if {of.query}.rows == 2 and not {of.call('missing_ratio', m.name)} %}}: {{{{ {ratio} }}}} times as much{{% endif %}}.{{% endif %}}"
    )


def _ranking(of: Shape) -> str:
    m = of.measures[0]
    order = _order(of)
    who, second = _naming(of, 0), _naming(of, 1)
    value, other = of.call("value", m.name), of.put("value", m.name, 1)
    best = _most(of, m, "highest" if order >= 0 else "lowest")
    alone = f"{who} has {best}: {of.put('value', m.name)}."
    share = ""
    if m.total and not isinstance(m.expr, p.Share):
        share = f", {of.put('share', m.name, 0)} of the total"
    if order > 0:
        tie = f"{of.put('leaders', of.dimensions[0].name, m.name)} share first place, with {_with(of, m, of.call('max', m.name))} each."
        lead = f"{who} leads with {_with(of, m, value)}{share}, ahead of {second} with {other}."
        return f"{{% if {of.query}.one %}}{alone}{{% elif {of.call('tied', m.name)} %}}{tie}{{% else %}}{lead}{{% endif %}}"
    if order < 0:
        tie = f"{who} is among those with {best}, {of.put('value', m.name)}."
        lead = f"{who} has {best}, {of.put('value', m.name)}, followed by {second} with {other}."
        same = f"{value} == {of.call('value', m.name, 1)}"
        return f"{{% if {of.query}.one %}}{alone}{{% elif {same} %}}{tie}{{% else %}}{lead}{{% endif %}}"
    d = of.dimensions[0].name
    least = _most(of, m, "lowest").removeprefix("the ")
    return (
        f"{{% if {of.query}.one %}}{alone}{{% elif {of.call('equal', m.name)} %}}All {of.rows} have the same {_measured(of, m)}, "
        f"{of.put('max', m.name)}.{{% elif {of.call('tied', m.name)} %}}{of.put('leaders', d, m.name)} share {best}, {of.put('max', m.name)} "
        f"each.{{% else %}}{of.put('at_max', d, m.name)} has {best}, {of.put('max', m.name)}"
        f"{share.replace(of.put('share', m.name, 0), of.put('share_of_max', m.name))}; "
        f"{of.put('at_min', d, m.name)} has the {least}, {of.put('min', m.name)}.{{% endif %}}"
    )


def _top_of_each(of: Shape) -> str:
    top = of.plan.top if of.plan else None
    by = next((c for c in of.columns if top and top.order and c.expr == top.order[0].expr), None)
    own = [c for c in of.columns if top and c.expr not in top.partition and c is not by and not is_label(c.name)]
    group = next((c for c in of.columns if top and c.expr in top.partition), None)
    each = f" for each {of.name(group)}" if group else ""
    if by is None or not own:
        return f"{of.rows} {_nouns(of)}{of.where}{each}."
    verb, word = ("at_max", "highest") if top and top.order[0].descending else ("at_min", "lowest")
    extreme = of.put("max" if verb == "at_max" else "min", by.name)
    place = f" ({of.put(verb, group.name, by.name)})" if group else ""
    return (
        f"Over all, {of.put(verb, own[0].name, by.name)}{place} has the {word} {of.name(by)}, {extreme}; "
        f"the table shows the {word}{each}."
    )


def _list(of: Shape) -> str:
    plan = of.plan
    named = next((c for c in of.columns if _shows(c) and not is_label(c.name) and c.kind == "text"), None)
    if plan is not None and plan.order and plan.limit is not None:
        by = next((c for c in of.columns if c.expr == plan.order[0].expr), None)
        who = named or next((c for c in of.columns if c is not by), None)
        if by is not None and who is not None and by is not who:
            names = _naming(of, 0, who), _naming(of, 1, who)
            return (
                f"{{% if {of.query}.one %}}{names[0]}, with {of.name(by)} {of.put('value', by.name)}.{{% else %}}{names[0]} comes first "
                f"with {of.name(by)} {of.put('value', by.name)}, then {names[1]} with {of.put('value', by.name, 1)}.{{% endif %}}"
            )
    yes = "Yes: " if _YES_NO.match(of.question) else ""
    single, several = _noun(of), _nouns(of)
    head = f"{yes}{of.rows} {{% if {of.query}.rows == 1 %}}{single}{{% else %}}{several}{{% endif %}}{of.where}"
    if named is None:
        return head + "."
    return f"{head}{{% if {of.query}.rows <= 8 %}}: {of.put('list', named.name)}{{% endif %}}."


# --------------------------------------------------------------------------------------------------------- parts
def _noun(of: Shape) -> str:
    return of.say(subject(of.plan)[0]) if of.plan else "row"


def _nouns(of: Shape) -> str:
    return of.say(subject(of.plan)[1]) if of.plan else "rows"


def _naming(of: Shape, row: int, column: Shown | None = None) -> str:
    """The name of a row; first and last name together where the plan shows them apart."""
    dimensions = [c for c in of.dimensions if _shows(c)] or list(of.dimensions)
    column = column or next((c for c in dimensions if not is_label(c.name)), dimensions[0])
    following = of.columns.index(column) + 1
    text = of.put("value", column.name, row)
    if "first" in words(column.name) and following < len(of.columns) and "last" in words(of.columns[following].name):
        text += " " + of.put("value", of.columns[following].name, row)
    return text


def _shows(column: Shown) -> bool:
    return column.output is None or column.output.asked


def _with(of: Shape, measure: Shown, value: str) -> str:
    """A figure with what it is of: "13 customers", "revenue of 523.06", "an average total of 5.65"."""
    if _is_count(measure) and of.plan is not None:
        single, several = map(of.say, counted(of.plan, measure.expr))
        return f"{{{{ {value} }}}} {{% if {value} == 1 %}}{single}{{% else %}}{several}{{% endif %}}"
    label = of.name(measure)
    if isinstance(measure.expr, p.Share):
        return f"{{{{ {value} }}}}"
    article = re.match(r"(average|mean|median|sum|share|number|total|highest|lowest|largest|smallest)\b", label)
    prefix = ("an " if label[:1] in "aeiou" else "a ") if article else ""
    return f"{prefix}{label} of {{{{ {value} }}}}"


def _most(of: Shape, measure: Shown, word: str) -> str:
    if _is_count(measure) and of.plan is not None:
        return f"the {'most' if word == 'highest' else 'fewest'} {of.say(counted(of.plan, measure.expr)[1])}"
    if isinstance(measure.expr, p.Share):
        return f"the {'largest' if word == 'highest' else 'smallest'} {of.name(measure)}"
    return f"the {word} {of.name(measure)}"


def _measured(of: Shape, measure: Shown) -> str:
    if _is_count(measure) and of.plan is not None:
        return f"number of {of.say(counted(of.plan, measure.expr)[1])}"
    return of.name(measure)


def _is_count(column: Shown) -> bool:
    return isinstance(column.expr, p.Aggregate) and column.expr.function == "count"


def _order(of: Shape) -> int:
    """1 when the rows come with the first measure's largest first, -1 smallest first, 0 otherwise."""
    if of.plan is None or not of.plan.order or not of.measures:
        return 0
    first, measure = of.plan.order[0], of.measures[0].expr
    same = first.expr == measure or (isinstance(measure, p.Share) and first.expr == measure.of)
    return (1 if first.descending else -1) if same else 0


def _compared(of: Shape) -> bool:
    if of.plan is None or len(of.dimensions) != 1:
        return False
    return any(
        isinstance(item, p.Among) and not item.negated and len(item.values) == 2 and item.of == of.dimensions[0].expr
        for item in of.plan.where
    )


def _from_base(plan: p.Plan, output: p.Output) -> bool:
    """Is the output a measure of the plan beneath?"""
    expr = output.expr
    if plan.base is None or not isinstance(expr, p.Column):
        return False
    return any(inner.label == expr.name and p.aggregates(inner.expr) for inner in plan.base.outputs)


def _the(label: str) -> str:
    article = re.match(r"(average|mean|median|sum|share|number|count|highest|lowest|largest|smallest|total [a-z])", label)
    return f"the {label}" if article else label


def _is(name: str) -> str:
    last = heading(name).lower().rpartition(" ")[2]
    return "are" if singular(last) != last and not re.match(r"(number|average|sum|share|total)\b", name.lower()) else "is"


def capital(text: str) -> str:
    """A template with its first letter large, also where it begins with an expression."""
    if text.startswith("{{ ") and " }}" in text:
        return text.replace(" }}", "|capital }}", 1)
    return text[:1].upper() + text[1:]


__all__ = ["LINEAR", "Shape", "Shown", "bucket", "capital", "counted_as", "finding", "literal", "shape"]
