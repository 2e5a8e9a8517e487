"""How the rows of a plan are ordered, and how many are kept."""

from __future__ import annotations

from dataclasses import replace

from workspace.question import plan as form
from workspace.question.build import Builder, Shown, heading, words
from workspace.question.conditions import Fact
from workspace.question.frames import Sort, Term
from workspace.question.lexicon import Adjective
from workspace.question.measures import Measure, adds_up, business, quantity, revenue, worth
from workspace.question.narrow import related_table
from workspace.question.resolve import names_table
from workspace.question.wording import plural


def add_sorts(builder: Builder) -> None:
    for sort in builder.frame.sorts:
        add_sort(builder, sort)
    said = builder.frame.limit
    if said is not None:
        builder.limit = said
        if not builder.order:
            rank_by_figure(builder)
        if not builder.order and builder.frame.outer_top:
            builder.context.penalize("the order was not named", 0.3)
    elif builder.superlative:
        builder.limit = 1


def rank_by_figure(builder: Builder) -> None:
    """top 10 of something gathered: by the figure, largest first."""
    figure = next((shown for shown in builder.shown if shown.gathers), None)
    expr = figure.expr if figure is not None and not builder.groups else None
    if isinstance(expr, form.Aggregate) and expr.function in ("max", "min") and expr.of is not None and figure:
        figure.expr = expr.of  # "the three highest totals"
        builder.order.append(form.Order(expr.of, expr.function == "max"))
        return
    if figure is not None:
        builder.order.append(form.Order(figure.expr, descending=True))
        return
    found = by_business(builder, Sort(None, descending=True)) if builder.frame.outer_top else None
    if found is not None:
        builder.order.append(form.Order(found[0], descending=True))
        builder.order_tables.add(found[1])
        counted = isinstance(found[0], form.Aggregate) and found[0].function == "count"
        label = figure_label(builder, Sort(None), found[0]) if counted else "Revenue"
        builder.shown.append(Shown(found[0], label, found[1], asked=False, format="" if counted else "decimal"))
        return
    table = builder.context.entity
    amount = builder.context.schema.tables[table].amount if table and builder.frame.outer_top else ""
    if amount:  # "top 5 invoices": by their own total
        builder.order.append(form.Order(form.Column(table, amount), descending=True))
        builder.context.penalize("the order was not named", 0.1)


def by_business(builder: Builder, sort: Sort) -> tuple[form.Expr, str, bool] | None:
    """ "largest customers", "top 10 products": things without a size of their own are ranked by their revenue."""
    adjective = sort.term.adjective if sort.term is not None else None
    found = worth(builder.context, adjective, builder.needed()) or _told_apart(builder, adjective)
    if found is None:
        return None
    builder.context.penalize("the order was not named", 0.1)
    largest = adjective is None or adjective.sign > 0
    return found.gathered("sum"), found.table, largest == sort.descending


def _told_apart(builder: Builder, adjective: Adjective | None) -> Measure | None:
    """ "top 3 products", where a single table says of each sale what was sold: by the revenue of all sales of each."""
    context, shown = builder.context, builder.shown[0] if len(builder.shown) == 1 else None
    if shown is None or shown.table != context.schema.sole or not isinstance(shown.expr, form.Column) or shown.whole:
        return None
    table = context.schema.catalog.table(shown.table)
    column = table.column(shown.expr.name)
    if column.kind != "text" or 2 * column.profile.distinct > table.rows or builder.frame.distinct:
        return None
    found = business(context, adjective, [table.name])
    if found is None and adjective is None:  # of rows without an amount those are leading that there are most of
        found = Measure(table.name, form.Aggregate("count", table=table.name), 0.5, "rows")
    if found is not None:
        known = form.Missing(shown.expr, negated=True)  # what has no name is not ranked
        builder.narrow.facts.append(Fact(table.name, known, column=(table.name, column.name)))
    return found


def add_sort(builder: Builder, sort: Sort) -> None:
    found = sort_expr(builder, sort)
    if found is None:
        if sort.superlative:
            builder.context.penalize("the order was not understood", 0.3)
        return
    expr, table, descending = found
    builder.order.append(form.Order(expr, descending))
    builder.order_tables.add(table)
    builder.superlative = builder.superlative or sort.superlative
    shown = [item.expr for item in (*builder.shown, *builder.groups)]
    told = sort.term is not None and sort.term.item is not None and not builder.frame.distinct  # "customers by city"
    if (sort.superlative or form.aggregates(expr) or told) and expr not in shown:
        label = figure_label(builder, sort, expr)
        builder.shown.append(Shown(expr, label, table, asked=False))


def figure_label(builder: Builder, sort: Sort, expr: form.Expr) -> str:
    if isinstance(expr, form.Aggregate) and expr.function == "count":
        return heading(f"number of {plural(words(expr.table))}" if expr.table else "count")
    if sort.selling:
        return "Sold"
    column = next((node for node in form.walk(expr) if isinstance(node, form.Column)), None)
    if sort.term is not None and sort.term.adjective is not None and form.aggregates(expr):
        mean = sort.term.function == "avg" and column is not None
        return heading(f"average {words(column.name)}") if mean else "Revenue"
    if sort.term is not None and sort.term.item is not None:
        figure = sort.term.measure.figure if sort.term.measure is not None else None
        unit = f" ({figure.unit})" if figure is not None and figure.unit else ""
        return heading(sort.term.item.text) + unit
    return heading(column.name) if column is not None else "Figure"


def sort_expr(builder: Builder, sort: Sort) -> tuple[form.Expr, str, bool] | None:
    if sort.term is None:
        return unnamed_sort(builder, sort)
    term = sort.term
    if term.adjective is not None:
        tables = dict.fromkeys([builder.context.entity, *(s.table for s in builder.shown), *builder.context.pull])
        if term.function == "avg":
            return averaged(builder, term, sort)
        hinted = builder.context.by_adjective(term, [table for table in tables if table])
        if hinted is not None:
            link, sign = hinted
            return form.Column(link.table, link.column), link.table, (sign > 0) == sort.descending
        return count_related(builder, sort) if term.adjective.sign == 0 else by_business(builder, sort)
    if term.measure is not None:
        found = revenue(builder.context, term.measure, builder.needed() | {s.whole or s.table for s in builder.shown})
        if found is not None:
            function = "avg" if term.function == "avg" else "sum"
            return found.gathered(function), found.table, sort.descending
    gathered = any(shown.gathers for shown in builder.shown)
    if gathered and builder.groups and term.item is not None and term.item.lemma == "name" and term.owner is None:
        return builder.groups[0].expr, builder.groups[0].table, sort.descending  # the groups' names
    rows = _rows_of_each(builder, term)
    if rows and sort.superlative:
        return form.Aggregate("count", table=rows), rows, sort.descending
    made = builder._target(replace(term, distinct=False))
    if not made:
        return None
    figure = made[0]
    if not figure.gathers and sort.superlative and repeated(builder, figure):
        named = builder.shown[0].expr
        assert isinstance(named, form.Column)
        known = form.Missing(named, negated=True)  # what has no name is not ranked
        builder.narrow.facts.append(Fact(figure.table, known, column=(named.table, named.name)))
        return form.Aggregate("sum", figure.expr), figure.table, sort.descending
    single = extreme_row(builder) and not _summed(builder, figure)  # "the country with the highest net amount": of all
    if not figure.gathers and sort.superlative and finer(builder, figure.table) and not single:
        return form.Aggregate("sum", figure.expr), figure.table, sort.descending
    return figure.expr, figure.table, sort.descending


def _summed(builder: Builder, figure: Shown) -> bool:
    """Is it an amount of what happened at a time, so that a thing's is that of all its rows?

    Not where the rows are spoken of: "who made the *order* with the largest amount".
    """
    expr, context = figure.expr, builder.context
    info = context.schema.tables[figure.table]
    dated = isinstance(expr, form.Column) and bool(info.dates) and figure.table not in context.pull
    return dated and adds_up(info, expr.name)


def _rows_of_each(builder: Builder, term: Term) -> str:
    """ "top 3 agents *by tickets*", where each says whose it is: the table whose rows count, "" for none."""
    shown, item = builder.shown[0] if len(builder.shown) == 1 else None, term.item
    if shown is None or item is None or term.function or term.owner or not names_table(item):
        return ""
    table, reach = builder.context.table(item), builder.context.schema.reach
    if table is None or not isinstance(shown.expr, form.Column | form.Joined):
        return ""
    if shown.whole:  # "top 5 customers by orders"
        return table if shown.whole in reach(table) and table not in reach(shown.whole) else ""
    return table if table == shown.table else ""


def averaged(builder: Builder, term: Term, sort: Sort) -> tuple[form.Expr, str, bool] | None:
    """ "which category is the most expensive on average": by the rows that belong to each, the nearest tables first."""
    context = builder.context
    whole = next((shown.whole or shown.table for shown in (*builder.shown, *builder.groups)), context.entity)
    near = context.schema.feeders(whole) if whole else {}
    places = [table for table in sorted(near, key=lambda table: (near[table], table)) if table != whole]
    hinted = context.by_adjective(term, [table for table in places if not context.schema.tables[table].table.view])
    if hinted is None:
        return None
    link, sign = hinted
    expr = form.Aggregate("avg", form.Column(link.table, link.column))
    return expr, link.table, (sign > 0) == sort.descending


def repeated(builder: Builder, figure: Shown) -> bool:
    """ "top 5 directors by gross" of a table of films: each director once, with all of theirs."""
    if "rank-by" not in builder.frame.rules or len(builder.shown) != 1 or builder.shown[0].whole:
        return False
    expr, schema = builder.shown[0].expr, builder.context.schema
    if not isinstance(expr, form.Column) or not isinstance(figure.expr, form.Column) or expr.table != figure.table:
        return False
    table, column = schema.catalog.table(expr.table), schema.catalog.column(expr.table, expr.name)
    number = schema.catalog.column(figure.table, figure.expr.name)
    return column.kind == "text" and number.numeric and column.profile.distinct < 0.8 * table.rows


def extreme_row(builder: Builder) -> bool:
    return "extreme" in builder.frame.rules or "superlative" in builder.frame.rules


def finer(builder: Builder, table: str) -> bool:
    """Has one of the things shown several rows of ``table``?"""
    homes = [shown.table for shown in (*builder.shown, *builder.groups) if not shown.gathers]
    return any(table != home and table not in builder.context.schema.reach(home) for home in homes if home)


def unnamed_sort(builder: Builder, sort: Sort) -> tuple[form.Expr, str, bool] | None:
    if sort.selling:
        tables = {shown.table for shown in (*builder.shown, *builder.groups)}
        found = quantity(builder.context, tables)
        if found is None:
            return None
        expr = found.expr if form.aggregates(found.expr) else form.Aggregate("sum", found.expr)
        return expr, found.table, sort.descending
    if sort.common or sort.nouns:
        return count_related(builder, sort)
    dimensions = [shown for shown in (*builder.groups, *builder.shown) if not shown.gathers]
    figures = [shown for shown in builder.shown if shown.gathers]
    if not sort.alphabetical and sort.descending and figures:
        return figures[0].expr, figures[0].table, True
    first = (dimensions or figures or [None])[0]
    if first is None:
        return None
    expr = first.expr.parts[-1] if isinstance(first.expr, form.Joined) else first.expr
    return expr, first.table, sort.descending


def count_related(builder: Builder, sort: Sort) -> tuple[form.Expr, str, bool] | None:
    """How many rows hang on what is shown: of the verb's table, of one that is named, of the nearest fact."""
    context = builder.context
    table = related_table(context, sort.nouns, [s.table for s in builder.shown]) if sort.nouns else None
    whole = next((shown.whole for shown in builder.shown if shown.whole), "")
    if table is None and whole:
        named = [name for name in context.pull if name != whole and whole in context.schema.near(name)]
        near = context.schema.near(whole)
        facts = [name for name in near if name != whole and whole in context.schema.reach(name)]
        table = (named or sorted(facts, key=lambda t: (near[t], -context.schema.tables[t].table.rows)) or [None])[0]
    if table is None:
        table = next((shown.table for shown in builder.shown), "") or None
    if table is None:
        return None
    if sort.common and whole == table:  # "the most common name": of all that are called so
        for shown in builder.shown:
            shown.whole = ""
    return form.Aggregate("count", table=table), table, sort.descending
