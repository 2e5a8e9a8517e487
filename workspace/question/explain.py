"""Plan -> one plain sentence that a person can check, and the same words for its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workspace.database.catalog import Catalog
from workspace.question import plan as form
from workspace.question.plan import Order, Output, Plan
from workspace.question.speech import GRAINS, Speaker
from workspace.question.wording import listed, number, plural, singular, title

_COMBINED = {"union": "together with", "intersect": "but only those that are also among", "except": "leaving out"}
_TIMES = ("in ", "on ", "from ", "before ", "after ", "up to ", "last ", "this ", "yesterday", "today", "since ")
_CHARTS = {
    "bar": "a bar chart",
    "stacked": "a stacked bar chart",
    "line": "a line chart",
    "area": "an area chart",
    "scatter": "a scatter chart",
    "pie": "a pie chart",
}


def explain(plan: Plan, catalog: Catalog) -> str:
    """What a plan means, in one plain sentence without a full stop.

    Args:
        plan: a plan.
        catalog: the tables it speaks of.

    Example:
        >>> from workspace.database.catalog import Catalog, Column, Table
        >>> from workspace.question.plan import Aggregate, Output, Plan
        >>> catalog = Catalog("x", (Table("artist", (Column("id", "integer"),), ("id",)),))
        >>> explain(Plan("artist", (Output(Aggregate("count"), "artists"),)), catalog)
        'Number of artists'
    """
    sentence = _Sentence(catalog, _as_asked(plan)).sentence()
    if plan.chart in _CHARTS:
        sentence += f", as {_CHARTS[plan.chart]}"
    return sentence[:1].upper() + sentence[1:]


def _as_asked(plan: Plan) -> Plan:
    """Without the names that only help to read its rows (`beside.legible`)."""
    beside = {
        output.expr
        for output in plan.outputs
        if not output.asked and isinstance(output.expr, form.Joined | form.Column)
    }
    beside -= {order.expr for order in plan.order}
    if not beside or len(beside) == len(plan.outputs) or plan.base is not None:
        return plan
    tables = {node.table for expr in beside for node in form.walk(expr) if isinstance(node, form.Column)}
    return replace(
        plan,
        outputs=tuple(output for output in plan.outputs if output.expr not in beside),
        group=tuple(expr for expr in plan.group if expr not in beside),
        optional=tuple(table for table in plan.optional if table not in tables),
    )


def phrase(node: Any, catalog: Catalog, plan: Plan | None = None) -> str:
    """The words for one expression or predicate: "sum of total", "country is Germany".

    Args:
        node: an expression or a predicate.
        catalog: the tables it speaks of.
        plan: the plan it stands in, so that its own table need not be named.
    """
    speaker = _Sentence(catalog, plan or Plan("", ()))
    if isinstance(
        node, form.Compare | form.Between | form.Among | form.Missing | form.Related | form.Any_ | form.All_ | form.Not_
    ):
        return speaker.predicate(node)
    return speaker.expr(node)


def names_rows(expr: form.Expr, catalog: Catalog) -> bool:
    """Is ``expr`` the name by which the rows of its table are known: a genre's name, a person's first and last name?"""
    return _Sentence(catalog, Plan("", ())).identifies(expr, anywhere=True)


def per(expr: form.Expr, catalog: Catalog, plan: Plan) -> str:
    """What follows "per": a key or a name stands for its table, a date for its grain."""
    return _Sentence(catalog, plan).dimension(expr)


class _Sentence(Speaker):
    def inner(self, plan: Plan) -> str:
        return _lower(_Sentence(self.catalog, plan).sentence())

    # --------------------------------------------------------------------------------------------- the sentence
    def sentence(self) -> str:
        plan = self.plan
        if plan.top is not None:
            text = self.tops()
        elif plan.grouped:
            text = self.figures()
        else:
            text = self.rows()
        if plan.base is not None:
            text += f", over this result: {_Sentence(self.catalog, plan.base).sentence()}"
        if plan.combine is not None:
            other = self.inner(plan.combine.plan)
            other = f"({other})" if "," in other else other
            text += f", {_COMBINED.get(plan.combine.kind, 'with')} {other}"
            text += self.order_words(plan.order) + self.limit_words()
        return text

    def figures(self) -> str:
        """A plan with figures: "sum of total per country, in 2023, highest first"."""
        plan = self.plan
        asked = [output for output in plan.measures if output.asked] or ([] if plan.having else plan.measures)
        measures = [self.output(output) for output in asked]
        dims = self.dimensions()
        figure = next((order for order in plan.order if form.aggregates(order.expr)), None)
        if dims and plan.limit is not None and figure is not None and plan.order[0] is figure and plan.combine is None:
            many = plan.limit != 1
            noun = listed([plural(dims[0]) if many else dims[0], *dims[1:]])
            count = f"{number(plan.limit)} " if many else ""
            text = f"the {count}{noun} with the {_extreme(figure)} {self.expr(figure.expr)}"
            others = [self.output(o) for o in plan.measures if o.expr != figure.expr and o.asked]
            text += f" (and {listed(others)})" if others else ""
            return text + self.conditions() + self.having() + self.order_words(plan.order[1:])
        if not measures:
            text = f"{listed([plural(dim) for dim in dims[:1]] + dims[1:])}" if dims else self.subject()
            if dims and plan.root and not plan.having and not self.speaks_of_root(plan.group):
                text += f" of {self.subject()}"
        else:
            text = listed(measures) + (f" per {listed(dims)}" if dims else "")
        text += self.conditions() + self.having()
        if plan.combine is None:
            text += self.order_words(plan.order) + self.limit_words()
        return text

    def rows(self) -> str:
        """A plan that lists rows: "artists without any album, by name"."""
        plan = self.plan
        shown = [output for output in plan.outputs if output.asked] or list(plan.outputs)
        subject, showing = self.listing(shown, one=plan.limit == 1 and bool(plan.order))
        first = plan.order[0] if plan.order else None
        if plan.limit is not None and first is not None and plan.combine is None and not self.named(first.expr):
            one = plan.limit == 1
            count = "" if one else f"{number(plan.limit)} "
            text = (
                f"the {count}{subject} with the {_extreme(first, dated=self.dated(first.expr))} {self.expr(first.expr)}"
            )
            return text + self.conditions() + showing + self.order_words(plan.order[1:])
        if plan.distinct:
            subject = f"different {subject}"
        text = subject + self.conditions() + showing
        if plan.combine is None:
            text += self.order_words(plan.order) + self.limit_words()
        return text

    def tops(self) -> str:
        """ "for each genre, the track with the highest length"."""
        plan, top = self.plan, self.plan.top
        assert top is not None
        each = listed([self.dimension(expr) for expr in top.partition]) or "result"
        order = top.order[0] if top.order else None
        what = ""
        if order is not None:
            what = f" with the {_extreme(order, dated=self.dated(order.expr))} {self.expr(order.expr)}"
        if plan.grouped:
            inner = [dim for dim in self.dimensions() if dim not in [self.dimension(expr) for expr in top.partition]]
            noun = listed(inner) or "result"
        else:
            noun = singular(self.subject())
        count = "" if top.n == 1 else f"{number(top.n)} "
        noun = noun if top.n == 1 else plural(noun)
        text = f"for each {each}, the {count}{noun}{what}" + self.conditions() + self.having()
        if not plan.grouped:
            own = {order.expr for order in top.order} | set(top.partition)
            further = [o for o in plan.outputs if o.asked and o.expr not in own and not self.identifies(o.expr)]
            further = [o for o in further if not self.is_own_key(o.expr)]
            further = [o for o in further if not self.about(o.expr, top.partition)]
            text += f", showing {listed([self.output(o) for o in further])}" if further else ""
        return text + self.order_words(plan.order) + self.limit_words()

    # ------------------------------------------------------------------------------------------ parts of it
    def subject(self) -> str:
        return plural(title(self.plan.root)) if self.plan.root else "rows"

    def dimensions(self) -> list[str]:
        """What the figures are per; a table's key stands for everything shown of the table."""
        plan = self.plan
        exprs = list(plan.group) or [output.expr for output in plan.dimensions]
        keyed = {
            expr.role or expr.table.lower() for expr in exprs if isinstance(expr, form.Column) and self.is_key(expr)
        }
        names = []
        for expr in exprs:
            owner = (expr.role or expr.table.lower()) if isinstance(expr, form.Column) else ""
            if owner in keyed and not self.is_key(expr):
                continue
            names.append(self.dimension(expr))
        return list(dict.fromkeys(names))

    def dimension(self, expr: Any) -> str:
        if isinstance(expr, form.Bucket):
            return GRAINS.get(expr.grain, expr.grain)
        if self.is_key(expr):
            return expr.role or singular(title(expr.table))
        if isinstance(expr, form.Joined | form.Column) and self.identifies(expr, anywhere=True):
            column = expr.parts[0] if isinstance(expr, form.Joined) else expr
            return column.role or singular(title(column.table))
        return self.expr(expr)

    def about(self, expr: Any, partition: Sequence[Any]) -> bool:
        tables = {part.table.lower() for item in partition for part in form.walk(item) if isinstance(part, form.Column)}
        return self.identifies(expr, anywhere=True) and isinstance(expr, form.Column) and expr.table.lower() in tables

    def speaks_of_root(self, exprs: Sequence[Any]) -> bool:
        return any(isinstance(p, form.Column) and self.own(p) for expr in exprs for p in form.walk(expr))

    def listing(self, shown: Sequence[Output], *, one: bool = False) -> tuple[str, str]:
        """The subject of a list, and what is shown of it when that is not plain from the subject."""
        subject = singular(self.subject()) if one else self.subject()
        further = [output for output in shown if not self.identifies(output.expr)]
        if not further:
            return subject, ""
        if len(shown) == 1 and not self.is_key(shown[0].expr):
            words = self.output(shown[0])
            if words == singular(self.subject()):
                return subject, ""
            whose = f"{words} of the {subject}" if one else f"{plural(words)} of {subject}"
            return (whose if self.plan.root else words), ""
        further = [output for output in further if not self.is_own_key(output.expr)]
        if not further or not self.plan.root:
            return subject, ""
        return subject, f", showing {listed([self.output(output) for output in shown])}"

    def output(self, output: Output) -> str:
        if self.plan.base is not None and isinstance(output.expr, form.Column) and not output.expr.table:
            return output.label
        return self.expr(output.expr)

    def conditions(self) -> str:
        """Times and related rows follow the subject directly, the rest after "where"."""
        plain, placed = [], []
        for item in self.plan.where:
            words = self.predicate(item) if len(self.plan.where) == 1 else self.grouped(item)
            if isinstance(item, form.Related) or words.startswith(_TIMES):
                placed.append(words)
            else:
                plain.append(words)
        text = "".join(f" {words}" for words in placed[:1]) + "".join(f" and {words}" for words in placed[1:])
        if plain:
            text += f" where {listed(plain)}"
        for table in self.plan.optional:
            text += f", also those without {plural(title(table))}" if table == self.plan.optional[0] else ""
        return text

    def having(self) -> str:
        counts, figures = [], []
        for item in self.plan.having:
            counted = isinstance(item, form.Compare) and isinstance(item.left, form.Aggregate)
            counted = counted and item.left.function == "count" and isinstance(item.right, form.Literal)
            (counts if counted else figures).append(self.predicate(item))
        text = f" with {listed(counts)}" if counts else ""
        return text + (f" where {listed(figures)}" if figures else "")

    def order_words(self, orders: Sequence[Order]) -> str:
        words = []
        for order in orders:
            if self.dated(order.expr):
                word = "newest first" if order.descending else "oldest first"
            elif form.aggregates(order.expr):
                word = "highest first" if order.descending else "lowest first"
                if len([o for o in self.plan.measures if o.asked]) != 1 or order.expr != self.plan.measures[0].expr:
                    word = f"{'highest' if order.descending else 'lowest'} {self.expr(order.expr)} first"
            elif self.numeric(order.expr):
                word = f"{'highest' if order.descending else 'lowest'} {self.expr(order.expr)} first"
            else:
                word = f"by {self.expr(order.expr)}" + (" from Z to A" if order.descending else "")
            words.append(word)
        return f", {', then '.join(words)}" if words else ""

    def limit_words(self) -> str:
        if self.plan.limit is None:
            return ""
        return ", the first only" if self.plan.limit == 1 else f", the first {number(self.plan.limit)}"


def _extreme(order: Order, *, dated: bool = False) -> str:
    if dated:
        return "latest" if order.descending else "earliest"
    return "highest" if order.descending else "lowest"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
