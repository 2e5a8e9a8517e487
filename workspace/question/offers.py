"""What could be asked next of an answer: finer in time, the time before, the leading values, another dimension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from heapq import heappop, heappush
from itertools import islice

from workspace.question import plan as form
from workspace.question.build import heading, words
from workspace.question.plan import Plan
from workspace.question.reading import Option
from workspace.question.resolve import is_year
from workspace.question.schema import Schema

NEARNESS = 1.75  # joins that being a label and having several values make up for, at most
_FINER: dict[str, form.Grain] = {"year": "quarter", "quarter": "month", "month": "week", "week": "day"}
_NAMES = {"year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day"}


def offers(plan: Plan, schema: Schema, count: int = 3) -> tuple[Option, ...]:
    """Up to ``count`` plans that go on from ``plan``, each with the words on its button."""
    found: list[Option] = []
    if plan.base is not None or not plan.root or plan.root not in schema.tables:
        return ()
    for make in (_finer, _leading, _before, _over_time, _split, _how_many, _per, _share):
        for option in make(plan, schema):
            if all(option.plan != known.plan for known in found) and option.plan != plan:
                found.append(option)
                break
        if len(found) == count:
            break
    return tuple(found)


def _finer(plan: Plan, schema: Schema) -> Iterator[Option]:
    bucket = next((o.expr for o in plan.outputs if isinstance(o.expr, form.Bucket)), None)
    if bucket is None or bucket.grain not in _FINER or is_year(schema.catalog.column(bucket.of.table, bucket.of.name)):
        return
    grain = _FINER[bucket.grain]

    finer = replace(bucket, grain=grain)

    def change(node: object) -> object:
        return finer if node == bucket else node

    changed = form.replace_nodes(plan, change)
    outputs = tuple(replace(o, label=grain) if isinstance(o.expr, form.Bucket) else o for o in changed.outputs)
    yield Option(f"by {_NAMES[grain]}", replace(changed, outputs=outputs, limit=None))


def _leading(plan: Plan, schema: Schema) -> Iterator[Option]:
    """The largest groups only."""
    figure = next((o for o in plan.outputs if form.aggregates(o.expr)), None)
    dated = any(isinstance(o.expr, form.Bucket) for o in plan.outputs)
    if figure is None or not plan.group or plan.limit is not None or dated or plan.combine is not None:
        return
    yield Option("only the top 5", replace(plan, order=(form.Order(figure.expr, descending=True),), limit=5, top=None))


def _before(plan: Plan, schema: Schema) -> Iterator[Option]:
    """The stretch before, beside the one that was asked for."""
    for number, predicate in enumerate(plan.where):
        ends = _ends(predicate)
        if ends is None or not isinstance(predicate, form.Between) or not isinstance(predicate.of, form.Column):
            continue
        low, high = ends
        earlier = _earlier(low, high)
        before = form.Between(
            predicate.of, form.Literal(earlier.isoformat()), form.Literal(low.isoformat()), period=f"before {low}"
        )
        where = list(plan.where)
        where[number] = before
        yield Option(f"the same for the {_stretch(low, high)} before", replace(plan, where=tuple(where)))


def _ends(predicate: form.Predicate) -> tuple[date, date] | None:
    if not isinstance(predicate, form.Between) or predicate.closed:
        return None
    values = [part.value for part in (predicate.low, predicate.high) if isinstance(part, form.Literal)]
    try:
        low, high = (date.fromisoformat(str(value)[:10]) for value in values)
    except ValueError:
        return None
    return low, high


def _earlier(low: date, high: date) -> date:
    if low.day == high.day == 1:
        months = low.year * 12 + low.month - (high.year * 12 + high.month)
        year, month = divmod(low.year * 12 + low.month - 1 + months, 12)
        return date(year, month + 1, 1)
    return low - (high - low)


def _stretch(low: date, high: date) -> str:
    days = (high - low).days
    return "year" if 364 < days < 368 else "quarter" if 88 < days < 94 else "month" if 27 < days < 32 else "period"


def _over_time(plan: Plan, schema: Schema) -> Iterator[Option]:
    """The figure by year or month instead."""
    figures = tuple(o for o in plan.outputs if form.aggregates(o.expr) and not isinstance(o.expr, form.Share))
    if not figures or any(isinstance(o.expr, form.Bucket) for o in plan.outputs) or plan.top or plan.combine:
        return
    for table in sorted(schema.reach(plan.root), key=lambda name: schema.reach(plan.root)[name])[:3]:
        for name in schema.tables[table].dates[:1]:
            column = schema.catalog.column(table, name)
            if is_year(column) or not column.temporal:
                continue
            bucket = form.Bucket(form.Column(table, name), "month" if _narrow(plan) else "year")
            output = form.Output(bucket, bucket.grain, format="period")
            yield Option(
                f"by {bucket.grain}",
                Plan(
                    plan.root, (output, *figures), where=plan.where, group=(bucket,), order=(form.Order(bucket),),
                    roles=plan.roles, joins=plan.joins,
                ),
            )  # fmt: skip
            return


def _narrow(plan: Plan) -> bool:
    """Is at most a year of dates asked for?"""
    ends = [found for predicate in plan.where if (found := _ends(predicate))]
    return any((high - low).days < 370 for low, high in ends)


def _split(plan: Plan, schema: Schema) -> Iterator[Option]:
    """The figure by another property."""
    figures = tuple(o for o in plan.outputs if form.aggregates(o.expr) and not isinstance(o.expr, form.Share))
    if not figures or plan.top or plan.combine:
        return
    shown = {node for o in plan.outputs for node in form.walk(o.expr)}
    fixed = {node for predicate in plan.where for node in form.walk(predicate) if isinstance(node, form.Column)}
    for column in dimensions(schema, plan.root):
        if column in shown or column in fixed:
            continue
        output = form.Output(column, dimension_name(schema, column))
        dated = tuple(o for o in plan.outputs if isinstance(o.expr, form.Bucket))
        group = (*(o.expr for o in dated), column)
        order = tuple(form.Order(o.expr) for o in dated)
        order = order or (form.Order(figures[0].expr, descending=True),)
        yield Option(
            f"by {output.label.lower()}",
            Plan(plan.root, (*dated, output, *figures), where=plan.where, group=group, order=order, roles=plan.roles),
        )


def dimensions(schema: Schema, root: str) -> Iterator[form.Column]:
    """Properties that make readable groups of a table's rows: few values, or the name of a row it points at.

    The best first, worked out as far as they are asked for: of 1,000 tables, those nearby are enough.
    """
    waiting: list[tuple[float, str, str]] = []
    rows = max(schema.tables[root].table.rows, 1)
    for table, distance in schema.reach(root).items():  # nearest first
        while waiting and waiting[0][0] < distance - NEARNESS:
            _, owner, name = heappop(waiting)
            yield form.Column(owner, name)
        info = schema.tables[table]
        for position, column in enumerate(info.table.columns):
            distinct = column.profile.distinct
            if (
                column.kind not in ("text", "boolean")
                or not 1 < distinct <= min(40, rows // 2)
                or column.name in info.foreign
            ):
                continue
            if info.person and column.name in info.person:
                continue
            if column.profile.mean_length > 25 or column.profile.encoding or column.name in info.key:
                continue
            label = column.name in info.label
            score = distance + 0.1 * position - 1.2 * label - 0.5 * (distinct >= 4) + 0.6 * (column.profile.nulls > 0)
            heappush(waiting, (score, table, column.name))
    while waiting:
        _, owner, name = heappop(waiting)
        yield form.Column(owner, name)


def dimension_name(schema: Schema, column: form.Column) -> str:
    """What a group is called: the table for its label ("genre"), else the column."""
    info = schema.tables[column.table]
    if (column.name,) == info.label:
        return heading(singular(words(column.table)))
    return heading(words(column.name))


def singular(text: str) -> str:
    """The last word of a name as one thing: "media types" is "media type"."""
    from workspace.question.tokens import lemma

    *before, last = text.split()
    single = lemma(last)
    return " ".join([*before, single if last.startswith(single[:3]) else last])


def _how_many(plan: Plan, schema: Schema) -> Iterator[Option]:
    """Of a list: how many there are."""
    if plan.grouped or plan.limit is not None or plan.top or plan.combine:
        return
    output = form.Output(form.Aggregate("count"), heading(f"number of {words(plan.root)}"))
    yield Option("how many are there", Plan(plan.root, (output,), where=plan.where, roles=plan.roles, joins=plan.joins))


def _per(plan: Plan, schema: Schema) -> Iterator[Option]:
    """Of a list: how many per property."""
    if plan.grouped or plan.top or plan.combine:
        return
    count = form.Aggregate("count")
    for column in islice(dimensions(schema, plan.root), 3):
        name = dimension_name(schema, column)
        outputs = (form.Output(column, name), form.Output(count, heading(f"number of {words(plan.root)}")))
        order = (form.Order(count, descending=True),)
        yield Option(
            f"how many per {name.lower()}", Plan(plan.root, outputs, where=plan.where, group=(column,), order=order)
        )


def _share(plan: Plan, schema: Schema) -> Iterator[Option]:
    found = next(((o, o.expr) for o in plan.outputs if isinstance(o.expr, form.Aggregate)), None)
    if found is None or not plan.group or found[1].function not in ("sum", "count") or plan.top or plan.combine:
        return
    figure, expr = found
    share = form.Output(form.Share(expr), heading(f"share of {figure.label.lower()}"), format="percent")
    outputs = tuple(o if not form.aggregates(o.expr) else share for o in plan.outputs)
    order = tuple(replace(o, expr=share.expr) if form.aggregates(o.expr) else o for o in plan.order)
    yield Option("as a share of the whole", replace(plan, outputs=outputs, order=order, having=()))
