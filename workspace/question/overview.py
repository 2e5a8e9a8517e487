"""Which questions make an overview of something: its total, its course over time, who leads, how it is shared out.

In the manner of `suggest`: each question is read back before it is chosen, so that all of them can be answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice

from workspace.database.catalog import Catalog
from workspace.question import plan as form
from workspace.question.measures import usual
from workspace.question.offers import dimension_name, dimensions
from workspace.question.plan import Plan
from workspace.question.read import read
from workspace.question.reading import Values
from workspace.question.resolve import is_year
from workspace.question.schema import Schema, TableInfo, schema_of
from workspace.question.suggest import plural, subjects
from workspace.question.wording import gathered

MOST = 6
LONG, SHORT = 60, 3  # months of data from which years, and up to which days, are the grain of a course


def topics(
    subject: str, catalog: Catalog, values: Values | None, clock: datetime, *, scope: str = "", grain: str = ""
) -> tuple[str, ...]:
    """The questions of an overview of ``subject``, () where it means nothing here.

    Args:
        subject: a figure ("sales"), a table ("returns"), a question of its own, or "" for the data as a whole.
        catalog: its tables.
        values: lookup of cell values.
        clock: the moment that "this year" means.
        scope: a condition that all of them are to stand under: "in Germany".
        grain: of the course over time, "" for what suits the data.
    """
    schema = schema_of(catalog)

    def plan_of(question: str) -> Plan | None:
        readings = read(f"{question} {scope}".strip(), catalog, values, clock, nearby=False)
        best = readings.best
        return best.plan if best is not None and readings.action == "answer" and not readings.unused else None

    subject = subject or next((one for one in _main(schema) if plan_of(one) is not None), "")
    plan = plan_of(subject) if subject else None
    if plan is not None and (gathered := _gathered(schema, subject, plan)):
        subject, plan = gathered, plan_of(gathered)
    if plan is None or plan.base is not None or not plan.root:
        return (subject,) if plan is not None else ()
    if plan.group or plan.limit is not None or plan.top is not None or plan.combine is not None:
        return (subject,)
    if plan.grouped:
        kinds = _of_figure(schema, subject, plan, grain) if len(plan.outputs) == 1 else iter(())
    else:
        kinds = _of_rows(schema, schema.tables[plan.root], plan, grain)
    return _chosen(kinds, plan_of) or (subject,)


def _chosen(kinds: Iterator[Iterator[str]], plan_of: Callable[[str], Plan | None]) -> tuple[str, ...]:
    """Of each kind the first that can be answered, and no two that mean the same."""
    found: dict[Plan, str] = {}
    for kind in kinds:
        for question in islice(kind, 5):
            plan = plan_of(question)
            if plan is not None and plan not in found:
                found[plan] = question
                break
        if len(found) == MOST:
            break
    return tuple(found.values())


def _gathered(schema: Schema, subject: str, plan: Plan) -> str:
    """ "umsatz", which reads as a list of a column's numbers: an overview is of their sum, or of their mean."""
    asked = [output.expr for output in plan.outputs if output.asked]
    if plan.grouped or plan.base is not None or len(asked) != 1 or not isinstance(asked[0], form.Column):
        return ""
    info, name = schema.tables[asked[0].table], asked[0].name
    if all(column.name != name for column in info.numeric()) or is_year(info.table.column(name)):
        return ""
    return gathered(usual(info, name), subject)


def _main(schema: Schema) -> Iterator[str]:
    """What a database is mostly about: a figure that was defined, the amounts of its busiest table, or its rows."""
    yield from dict.fromkeys(figure.name for figure in schema.figures.values())
    known = subjects(schema)
    if any(info.dates for info in known):
        yield "revenue"
    yield from (plural(info.name) for info in known)


def _of_figure(schema: Schema, subject: str, plan: Plan, grain: str) -> Iterator[Iterator[str]]:
    info = schema.tables[plan.root]
    figure = plan.outputs[0].expr
    ways = [subject]
    if isinstance(figure, form.Aggregate) and (said := gathered(figure.function, subject)) != subject:
        ways.append(said)  # where "fees per plan" is not clear
    yield iter((subject,))
    yield (question for way in ways for question in _course(way, info, plan, grain))
    groups = list(islice(dimensions(schema, plan.root), 8))
    used: set[str] = set()
    for column in _varied(groups, plan):
        name = dimension_name(schema, column).lower()
        if name.split()[-1] not in used:  # "billing country" and "country" tell the same
            used.add(name.split()[-1])
            yield (f"{way} per {name}" for way in ways)
        if len(used) == 2:
            break
    yield (f"top 10 {plural(name)} by {subject}" for name in _things(schema, plan.root))


def _of_rows(schema: Schema, info: TableInfo, plan: Plan, grain: str) -> Iterator[Iterator[str]]:
    rows = plural(info.name)
    yield iter((f"number of {rows}",))
    yield _course(f"number of {rows}", info, plan, grain)
    used: set[str] = set()
    for column in _varied(list(islice(dimensions(schema, info.name), 8)), plan):
        name = dimension_name(schema, column).lower()
        if name.split()[-1] not in used:  # "billing country" and "country" tell the same
            used.add(name.split()[-1])
            yield iter((f"number of {rows} per {name}",))
        if len(used) == 3:
            break
    yield (f"top 10 {plural(name)} by number of {rows}" for name in _things(schema, info.name))


def _course(subject: str, info: TableInfo, plan: Plan, grain: str) -> Iterator[str]:
    if info.dates:
        best = grain or _grain(info, plan)
        yield from (f"{subject} per {name}" for name in dict.fromkeys((best, "month", "year")))
    elif grain or not info.dates:
        yield f"{subject} per {grain or 'month'}"


def _grain(info: TableInfo, plan: Plan) -> str:
    """Months, unless the data or the condition is very long or very short."""
    column = info.table.column(info.dates[0])
    edges = (column.profile.minimum, column.profile.maximum)
    for item in plan.where:
        if isinstance(item, form.Between) and not item.closed:
            sides = (side.value if isinstance(side, form.Literal) else None for side in (item.low, item.high))
            edges = tuple(side or edge for side, edge in zip(sides, edges, strict=True))
    try:
        low, high = (date.fromisoformat(str(edge)[:10]) for edge in edges)
    except ValueError:
        return "year" if any(word == "year" for word in info.column_words.get(info.dates[0], ())) else "month"
    months = (high - low).days / 30.5
    return "year" if months > LONG else "day" if months < SHORT else "month"


def _varied(groups: list[form.Column], plan: Plan) -> list[form.Column]:
    """One group of each table before a second one of any, and none that a condition leaves one value of."""
    fixed = {item.left for item in plan.where if isinstance(item, form.Compare) and item.op == "="}
    open_ = [column for column in groups if column not in fixed]
    first: dict[str, form.Column] = {}
    for column in open_:
        first.setdefault(column.table, column)
    return [*first.values(), *(column for column in open_ if column not in first.values())]


def _things(schema: Schema, root: str) -> Iterator[str]:
    """Tables of named things that the rows belong to, those with the most first: customers, products."""
    near = [schema.tables[name] for name in schema.reach(root) if name != root]
    named = [info for info in near if info.label and info.table.rows > 10]
    yield from (info.name for info in sorted(named, key=lambda info: -info.table.rows))
