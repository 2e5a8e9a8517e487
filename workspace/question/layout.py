"""The picture that a question asks for, laid out on its plan: what goes along the axes, periods, order.

A plan with a chart shows along x what it shows first, then the figure, then what is told apart by colour (`chart.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workspace.question import plan as form
from workspace.question.build import heading
from workspace.question.chart_words import Ask
from workspace.question.plan import Aggregate, Bucket, Column, Expr, Order, Output, Plan
from workspace.question.resolve import is_date, is_year
from workspace.question.schema import Link, Schema, name_words
from workspace.question.tokens import lemma, tokenize

GOOD = 0.74  # from here on a name is what was said
NUMBERS = ("integer", "real")
_MORE = re.compile(r"\b(?:per|each|every|who|whose|which|that|with|for)\b", re.I)  # says more than what it is called
_OF = re.compile(r"^number of (?:different )?", re.I)
_NAMED = frozenset({"name", "names", "title", "bar", "bars", "category", "categories", "label", "labels"})
_FIGURE = frozenset(
    {"number", "total", "amount", "count", "sum", "average", "mean", "how", "many", "minimal", "maximal"}
)


def column_of(text: str, schema: Schema, tables: Sequence[str] = ()) -> Column | None:
    """The column that words name, None when none is called so.

    Args:
        text: as a person or an identifier has it: "hire date", "HIRE_DATE", "name of the customer".
        schema: of the catalog.
        tables: where it is looked for first, the likeliest first.
    """
    links = links_of(text, schema) or links_of(re.sub(r"^all\s+", "", text, flags=re.I), schema)
    if not links:
        head, _, owner = re.sub(r"\bthe\s+", "", text).partition(" of ")
        owners = [link.table for link in links_of(owner, schema, columns=False)] if owner else []
        return column_of(head, schema, [*owners, *tables]) if owners else None
    best = max(links, key=lambda link: link.score + _nearness(link.table, schema, tables))
    return Column(best.table, best.column)


def links_of(text: str, schema: Schema, *, columns: bool = True) -> list[Link]:
    words = tuple(lemma(word) for word in name_words("_".join(re.findall(r"\w+", text))))
    exact = re.sub(r"\W|_", "", text).lower()
    found = [link for link in schema.lookup(words) if bool(link.column) is columns and link.score >= GOOD]
    same = [link for link in found if re.sub(r"\W|_", "", link.column or link.table).lower() == exact]
    return same or ([] if _MORE.search(text) else found)


def _nearness(table: str, schema: Schema, tables: Sequence[str]) -> float:
    if table in tables:
        return 0.4 - 0.1 * tables.index(table)
    steps = schema.reach(tables[0]).get(table) if tables else 0
    if steps is None:
        steps = schema.near(tables[0]).get(table, 9) + 2
    return -0.03 * steps


# ----------------------------------------------------------------------------------------------------- any plan
def dressed(plan: Plan, ask: Ask, schema: Schema, *, several: bool = True) -> Plan:
    """The plan with what the question says about its picture.

    Args:
        plan: as the grammar read it.
        ask: what is said about the picture.
        schema: of the catalog.
        several: whether it was said to be gathered by several things ("for each rank and gender").
    """
    chart = ask.mark
    if plan.combine is not None or plan.base is not None or plan.top is not None or not plan.outputs:
        return replace(plan, chart=chart or plan.chart)
    plan = _counting_rows(plan, ask, schema)
    plan = _without_keys(plan, ask, schema)
    plan = _of_one_kind(plan, ask, several)
    plan = _cut(plan, ask, schema)
    plan = _with_colour(plan, ask, schema)
    plan = _with_figure(plan, ask, schema)
    plan = _along_x(plan, ask, schema)
    order = ordered(plan, ask, schema)
    if order is not None:
        plan = replace(plan, order=(order,))
    return replace(plan, chart=chart or plan.chart)


def _counting_rows(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """ "the number of countries for each country" counts rows: there is one country in each."""
    grouped = {part.of if isinstance(part, Bucket) else part for part in plan.group}
    rows = Aggregate("count", table=plan.root)

    def settled(node: object) -> object:
        own = isinstance(node, Aggregate) and node.function == "count" and node.of in grouped
        return rows if own else node

    plan = replace(
        plan,
        outputs=tuple(form.replace_nodes(output, settled) for output in plan.outputs),
        order=tuple(form.replace_nodes(order, settled) for order in plan.order),
    )
    alone = plan.outputs[0].expr if len(plan.outputs) == 1 and not plan.group else None
    drawn = bool(ask.mark or ask.order)
    if drawn and isinstance(alone, Aggregate) and alone.function == "count":
        # "a bar chart of the number of countries": one bar each
        named: Expr | None = alone.of
        if named is None:
            column = _compared(plan) or column_of(_OF.sub("", plan.outputs[0].label), schema, [plan.root])
            named = column if column is not None and column.table == plan.root else _label(plan.root, schema)
        if named is not None:
            first = Output(named, heading(named.name if isinstance(named, Column) else plan.root))
            plan = replace(plan, outputs=(first, replace(plan.outputs[0], expr=rows)), group=(named,))
    elif drawn and alone is not None and form.aggregates(alone) and (compared := _compared(plan)) is not None:
        plan = replace(plan, outputs=(Output(compared, heading(compared.name)), *plan.outputs), group=(compared,))
    return plan


def _compared(plan: Plan) -> Column | None:
    """ "the average age of male and female students": the column of which several values are named."""
    for item in plan.where:
        if isinstance(item, form.Among) and len(item.values) > 1 and isinstance(item.of, Column) and not item.negated:
            return item.of
    return None


def _without_keys(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """A bar stands for all rows of a name: gathered by the key of those very rows as well, it would gather nothing."""
    shown = {output.expr for output in plan.outputs}
    own = {Column(plan.root, name) for name in schema.tables[plan.root].key} if plan.root in schema.tables else set()
    kept = tuple(part for part in plan.group if part in shown or part not in own)
    return replace(plan, group=kept) if ask.mark and kept and kept != plan.group else plan


def _of_one_kind(plan: Plan, ask: Ask, several: bool) -> Plan:
    """Bars that nobody asked to be coloured are told apart by one thing, unless more were said to tell them apart."""
    dimensions = [output for output in plan.outputs if not form.aggregates(output.expr)]
    if ask.coloured or several or not plan.grouped or ask.mark not in ("bar", "pie", "line") or len(dimensions) < 2:
        return plan
    gone = {output.expr for output in dimensions[1:]}
    kept = dimensions[0].expr
    tables = {node.table for node in form.walk(kept) if isinstance(node, Column)}
    silent = [part for part in plan.group if part not in gone and part != kept]
    group = (kept, *(part for part in silent if isinstance(part, Column) and part.table in tables))
    outputs = tuple(output for output in plan.outputs if output.expr not in gone)
    order = tuple(order for order in plan.order if order.expr not in gone)
    return replace(plan, outputs=outputs, group=group, order=order)


def _cut(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """Dates cut into the periods that were asked for."""
    if ask.bin is None:
        return plan
    said, grain = ask.bin
    dates = [_date(output.expr, schema) for output in plan.outputs if not form.aggregates(output.expr)]
    known = [date for date in dates if date is not None]
    tables = [plan.root, *(date.table for date in known)]
    column = column_of(said, schema, tables) if said else None
    if column is None or (_date(column, schema) is None) or (known and column.table not in schema.reach(plan.root)):
        column = known[0] if known else _only_date(plan, schema)
    if column is None:
        return plan
    bucket = Bucket(column, _grain(column, grain, schema))
    if is_year(schema.catalog.column(column.table, column.name)) and bucket.grain != "year":
        return plan
    outputs = [output for output in plan.outputs if _date(output.expr, schema) != column]
    gathered = [output for output in outputs if form.aggregates(output.expr)]
    if not gathered:
        outputs = [Output(Aggregate("count", table=plan.root), "Number")]
    others = [output for output in outputs if not form.aggregates(output.expr)] if gathered and ask.coloured else []
    figures = [output for output in outputs if form.aggregates(output.expr)]
    shown = (Output(bucket, str(bucket.grain), format="period"), *figures, *others)
    group = (bucket, *(output.expr for output in others))
    order = tuple(order for order in plan.order if form.aggregates(order.expr) and plan.limit) or (Order(bucket),)
    return replace(plan, outputs=shown, group=group, order=order, distinct=False)


def _date(expr: Expr, schema: Schema) -> Column | None:
    column = expr.of if isinstance(expr, Bucket) else expr
    if not isinstance(column, Column) or not column.table or not schema.catalog.has(column.table):
        return None
    meta = schema.catalog.column(column.table, column.name)
    return column if is_date(meta) or is_year(meta) else None


def _only_date(plan: Plan, schema: Schema) -> Column | None:
    dates = schema.tables[plan.root].dates if plan.root in schema.tables else ()
    return Column(plan.root, dates[0]) if dates else None


def _grain(column: Column, grain: str, schema: Schema) -> form.Grain:
    """A grain that gives a few dozen periods at most where only "time" was said."""
    if grain != "time":
        return grain  # ty: ignore[invalid-explicit-return]
    profile = schema.catalog.column(column.table, column.name).profile
    first, last = str(profile.minimum or "")[:7], str(profile.maximum or "")[:7]
    if not (re.match(r"\d{4}", first) and re.match(r"\d{4}", last)):
        return "year"
    return "year" if int(last[:4]) - int(first[:4]) > 2 else "month" if last != first else "day"


def _with_colour(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """What is told apart by colour is shown last, and gathered by where anything is."""
    for name in ask.apart:
        tables = [plan.root, *(node.table for node in form.walk(plan) if isinstance(node, Column))]
        column = told_apart(name, schema, list(dict.fromkeys(tables)))
        if column is None:
            continue
        known = next((output for output in plan.outputs if output.expr == column), None)
        if known is not None:
            others = tuple(output for output in plan.outputs if output is not known)
            if any(not form.aggregates(output.expr) for output in others):
                plan = replace(plan, outputs=(*others, known))
        elif column.table in schema.near(plan.root):
            group = (*plan.group, column) if plan.grouped else ()
            plan = replace(plan, outputs=(*plan.outputs, Output(column, heading(name))), group=group)
    return plan


def told_apart(name: str, schema: Schema, tables: Sequence[str]) -> Column | None:
    """The column whose values the colours stand for; of a table, what its rows are called."""
    column = column_of(name, schema, tables)
    if column is None:
        named = [link.table for link in links_of(name, schema, columns=False)]
        label = _label(named[0], schema) if named else None
        column = label if isinstance(label, Column) else None
    return column


def _with_figure(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """Things of one kind in a chart are counted: "the countries of all airlines as a bar chart"."""
    asked = [output for output in plan.outputs if output.asked]
    if not ask.mark or ask.mark == "scatter" or plan.grouped or not asked:
        return plan
    if any(_numeric(output.expr, schema) for output in (asked if len(asked) > 1 else asked[1:])):
        return plan
    alone = asked[0].expr
    if isinstance(alone, Column) and figure_of(alone, schema) and (label := _label(plan.root, schema)) is not None:
        return replace(plan, outputs=(Output(label, heading(plan.root)), *asked))  # "the budget of each department"
    figure = Output(Aggregate("count", table=plan.root), "Number")
    outputs = (asked[0], figure, *(asked[1:2] if ask.coloured else ()))
    group = tuple(output.expr for output in outputs if not form.aggregates(output.expr))
    order = tuple(order for order in plan.order if order.expr in group)
    return replace(plan, outputs=outputs, group=group, order=order, distinct=False)


def _numeric(expr: Expr, schema: Schema) -> bool:
    if form.aggregates(expr) or isinstance(expr, form.Arithmetic):
        return True
    if not isinstance(expr, Column) or not expr.table or not schema.catalog.has(expr.table):
        return False
    meta = schema.catalog.column(expr.table, expr.name)
    ends = (meta.profile.minimum, meta.profile.maximum)
    return meta.numeric or all(re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", str(end)) for end in ends)


def figure_of(column: Column, schema: Schema) -> bool:
    """Is the column a figure of its row, rather than a key, a year or a rank by which rows are told apart?"""
    info, meta = schema.tables[column.table], schema.catalog.column(column.table, column.name)
    known = column.name in info.foreign or column.name in info.key or is_year(meta)
    return meta.numeric and not known and column.table == info.name


def _label(table: str, schema: Schema) -> Expr | None:
    """What a row of the table is called."""
    label = schema.tables[table].label
    if not label:
        return None
    return Column(table, label[0]) if len(label) == 1 else form.Joined(tuple(Column(table, name) for name in label))


def _along_x(plan: Plan, ask: Ask, schema: Schema) -> Plan:
    """What was said to go along x comes first, else the first that is no figure."""
    if ask.mark == "scatter" and ask.x is None:
        return plan
    outputs = list(plan.outputs)
    if ask.x is not None and ask.y is None:
        best = max(outputs, key=lambda output: _likeness(ask.x.text if ask.x else "", output))
        if _likeness(ask.x.text, best) > 0:
            outputs.sort(key=lambda output: output is not best)
    elif ask.x is None and plan.grouped:
        outputs.sort(key=lambda output: form.aggregates(output.expr))
        places = [output for output in outputs if not form.aggregates(output.expr)]
        figures = [output for output in outputs if form.aggregates(output.expr)]
        outputs = [*places[:1], *figures, *places[1:]]
    elif ask.x is None and len(outputs) == 2 and _date(outputs[0].expr, schema) is None:
        first, second = (_numeric(output.expr, schema) for output in outputs)
        if first and not second:
            outputs.reverse()  # "the ids and names": what is called so stands along x
    return replace(plan, outputs=tuple(outputs))


# -------------------------------------------------------------------------------------------------------- order
def ordered(plan: Plan, ask: Ask, schema: Schema) -> Order | None:
    """The order of the picture; None when none was said or it is by nothing that is shown."""
    if ask.order is None:
        return None
    said, descending = ask.order
    asked = [output for output in plan.outputs if output.asked]
    x = next((output for output in asked if not form.aggregates(output.expr)), None)
    if ask.mark == "scatter" or (ask.x is not None and ask.y is not None):
        x = asked[0] if asked else None
    rest = [output for output in asked if output is not x]
    y = next((output for output in rest if _numeric(output.expr, schema)), None)
    chosen = {"x": x, "y": y}.get(said) if said in ("x", "y") else _named(said, x, y, asked)
    return Order(chosen.expr, descending) if chosen is not None else None


def _named(said: str, x: Output | None, y: Output | None, asked: Iterable[Output]) -> Output | None:
    words = {token.lower for token in tokenize(said.replace("_", " "))} - {"the"}
    if words <= _NAMED:
        return x
    if words & _FIGURE and y is not None:
        return y
    likely = max(asked, key=lambda output: _likeness(said, output), default=None)
    if likely is not None and _likeness(said, likely) > 0:
        return likely
    return x if words & _NAMED else None


def _likeness(said: str, output: Output) -> float:
    """How many of the words are those of an output, by its heading or its column."""
    wanted = _word_set(said)
    names = [output.label] + [node.name for node in form.walk(output.expr) if isinstance(node, Column)]
    shares = [len(wanted & _word_set(name)) / max(len(wanted | _word_set(name)), 1) for name in names]
    return max(shares)


def _word_set(text: str) -> set[str]:
    words = {lemma(word) for word in name_words("_".join(re.findall(r"\w+", text)))}
    return words - {"the", "a", "of"}
