"""Revisions: a few words change the answer in focus in place ("only 2023", "by month instead", "also the city")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workspace.question import plan as form
from workspace.question.alter import with_measure
from workspace.question.arrange import as_shown, cut, kept
from workspace.question.assemble import finest
from workspace.question.build import Builder, Shown, heading
from workspace.question.conditions import Fact
from workspace.question.frames import Frame, Sort, Term
from workspace.question.linking import Linked
from workspace.question.measures import in_unit
from workspace.question.narrow import narrowing, settled
from workspace.question.plan import Plan
from workspace.question.rank import Candidate
from workspace.question.resolve import ENTITY, NAMED, Context, is_date
from workspace.question.schema import Schema
from workspace.question.sorting import figure_label, sort_expr
from workspace.question.wording import gathered


def revise(linked: Linked, frame: Frame, schema: Schema, tags: frozenset[str], focus: Plan) -> Candidate | None:
    """The focus changed as the text says; None when nothing changes.

    Args:
        linked: the text, without the words that only say that something is to change.
        frame: the same, taken apart.
        schema: of the catalog.
        tags: what the words of change ask for (see `turns.Turn`).
        focus: the plan of the answer before.
    """
    revision = Revision(schema, linked, frame, tags, focus)
    plan = revision.apply()
    if plan is None or not revision.changes:
        return None
    if any(rule.startswith("follow-up: limit") for rule in revision.changes):
        frame.unused = [item for item in frame.unused if item.number is None]
    candidate = Candidate(plan, linked, frame, revision.context, sure=True)
    candidate.features = dict(revision.context.penalties)
    frame.rules.extend(revision.changes)
    return candidate


@dataclass
class Revision:
    """One follow-up being applied; ``changes`` names what it did."""

    schema: Schema
    linked: Linked
    frame: Frame
    tags: frozenset[str]
    focus: Plan

    def __post_init__(self) -> None:
        self.changes: list[str] = []
        self.inner = self.focus.base is not None
        self.plan = self.focus.base if self.focus.base is not None else self.focus
        self.context = Context(self.schema, self.frame)
        self.context.gather()
        named = self.context.entity
        self.context.entity = self.plan.root
        figures = [node for output in self.plan.measures for node in form.walk(output.expr)]
        if any(isinstance(node, form.Column) and node.table == self.plan.root for node in figures):
            self.context.measured = self.plan.root
        for node in form.walk(self.plan):
            if isinstance(node, form.Column) and node.table:
                self.context.favoured.add((node.table, node.name))
                self.context.pull[node.table] = max(self.context.pull.get(node.table, 0.0), NAMED)
        self.context.pull[self.plan.root] = ENTITY
        self.named = named if named != self.plan.root else ""
        self.builder = Builder(self.context)
        self.builder.narrow = narrowing(self.context)
        self.cut = cut(self.linked, self.frame, self.tags, self.plan)
        outputs = self.plan.outputs
        self.builder.shown = [
            Shown(o.expr, o.label, _table(o.expr, self.plan.root), o.asked, o.format) for o in outputs
        ]

    def apply(self) -> Plan | None:
        self._remove()
        if self.changes and self.tags & {"limitword", "filterword", "orderword", "reverse"}:
            return replace(self.focus, base=self.plan) if self.inner else self.plan
        self._swap()
        self._filters()
        self._functions()
        self._groups()
        if not self._units():
            self._outputs()
        self._order()
        self._limit()
        if self.frame.chart:
            self._change("chart", chart="" if self.frame.chart == "auto" else self.frame.chart)
        elif "chart_off" in self.tags and not self.changes:
            self._change("chart", chart="")
        return replace(self.focus, base=self.plan) if self.inner else self.plan

    def _change(self, what: str, **values: object) -> None:
        self.plan = replace(self.plan, **values)
        self.changes.append(f"follow-up: {what}")

    # ------------------------------------------------------------------------------------------- taking away
    def _remove(self) -> None:
        if self.tags & {"remove", "exclude", "all"}:
            if "limitword" in self.tags or (
                "all" in self.tags and self.plan.limit is not None and not self.frame.conditions
            ):
                self._change("no limit", limit=None)
            if "filterword" in self.tags:
                self._unfilter()
            if "orderword" in self.tags:
                self._change("no order", order=())
        if "reverse" in self.tags and not self.plan.order:
            figure = next((o for o in self.plan.outputs if form.aggregates(o.expr)), None)
            shown = figure or self.plan.outputs[0]
            self.plan = replace(self.plan, order=(form.Order(shown.expr, descending=figure is None),))
            self.changes.append("follow-up: reverse")
        elif "reverse" in self.tags:
            turned = tuple(replace(order, descending=not order.descending) for order in self.plan.order)
            self._change("reverse", order=turned)

    def _unfilter(self) -> None:
        """ "remove the filter", "remove the *date* filter", "drop the *Canada* filter"."""
        words = {token.lemma for token in self.linked.tokens}
        dated = bool(words & {"date", "time", "period", "year", "month", "day"})
        spoken = [term.item for term in self.frame.targets if term.item is not None]
        links = {(link.table, link.column) for item in spoken for link in item.links}
        values = {match.value for item in self.linked.items for match in item.matches}

        def meant(predicate: form.Predicate) -> bool:
            columns = _columns((predicate,))
            if dated and any(c.table and is_date(self.schema.catalog.column(c.table, c.name)) for c in columns):
                return True
            held = {node.value for node in form.walk(predicate) if isinstance(node, form.Literal)}
            return bool(values & held) or any((column.table, column.name) in links for column in columns)

        where = tuple(predicate for predicate in self.plan.where if not meant(predicate))
        if len(where) == len(self.plan.where):
            if spoken or values:
                return
            where = ()
        self._change("no filter", where=where, having=() if not where else self.plan.having)

    # ------------------------------------------------------------------------------------------- other things
    def _swap(self) -> None:
        """ "same for albums": the same figures of other things."""
        if not self.named or not self.tags & {"about", "instead"} or self.frame.groups or "both" in self.tags:
            return
        new, plan = self.named, self.plan
        counts = [
            o
            for o in plan.outputs
            if isinstance(o.expr, form.Aggregate) and o.expr.function == "count" and o.expr.of is None
        ]
        whole = any(_table(expr, "") == plan.root for expr in plan.group)
        if plan.group and counts and not whole:
            self._count_others(new, counts[0])
            return
        if plan.group:
            label = self.builder.label(new, self.frame.entity.text if self.frame.entity else "")
            key = tuple(form.Column(new, name) for name in self.schema.tables[new].key)
            kept = [o for o in plan.outputs if form.aggregates(o.expr)]
            outputs = tuple(form.Output(s.expr, s.label) for s in label) + tuple(kept)
            group = (*key, *(s.expr for s in label))
            self._change("other things", outputs=outputs, group=group)
            return
        counted = [o for o in plan.outputs if isinstance(o.expr, form.Aggregate) and o.expr.of is None]
        if counted and len(plan.outputs) == 1:
            output = form.Output(form.Aggregate("count", table=new), heading(f"number of {new}"))
            self._change("other things", root=new, outputs=(output,), where=self._kept_for(new))
        elif not plan.grouped:
            label = self.builder.label(new, self.frame.entity.text if self.frame.entity else "")
            outputs = tuple(form.Output(s.expr, s.label) for s in label)
            self._change("other things", root=new, outputs=outputs, where=self._kept_for(new), order=(), top=None)

    def _count_others(self, new: str, counted: form.Output) -> None:
        expr = form.Aggregate("count", table=new)
        plan = self.plan
        root = finest(self.schema, {_table(g, "") for g in plan.group} | {new}, new) or plan.root
        outputs = tuple(
            replace(o, expr=expr, label=heading(f"number of {new}")) if o == counted else o for o in plan.outputs
        )
        order = tuple(replace(o, expr=expr) if o.expr == counted.expr else o for o in plan.order)
        self._change("other things", root=root, outputs=outputs, order=order)

    def _kept_for(self, table: str) -> tuple[form.Predicate, ...]:
        reach = self.schema.reach(table)
        return tuple(p for p in self.plan.where if all(t in reach for t in _tables(p)))

    # ------------------------------------------------------------------------------------------------ filters
    def _filters(self) -> None:
        if self.tags & {"remove", "exclude"} and self._hidden():
            return
        facts = self.builder.narrow.facts
        excluded = "exclude" in self.tags and not self.tags & {"only", "about"}
        for made in facts:
            self._filter(replace(made, negated=made.negated or excluded))
        if self.builder.narrow.presences and "about" in self.tags:
            tables = {presence.table for presence in self.builder.narrow.presences}
            same = [p for p in self.plan.where if isinstance(p, form.Related) and p.table in tables]
            self.plan = replace(self.plan, where=tuple(p for p in self.plan.where if p not in same), having=())
        for presence in self.builder.narrow.presences:
            where = tuple(settled(made) for made in presence.facts)
            if presence.count is not None and self.plan.grouped and not where:
                count = form.Aggregate("count", table=presence.table)
                op = presence.op or ">="
                test = form.Compare(count, op, form.Literal(presence.count))  # ty: ignore[invalid-argument-type]
                self._change("filter", having=(*self.plan.having, test))
            elif presence.table != self.plan.root:
                count = int(presence.count) if presence.count is not None else None
                related = form.Related(presence.table, where, presence.negated, op=presence.op or None, count=count)  # ty: ignore[invalid-argument-type]
                self._change("filter", where=(*self.plan.where, related))

    def _hidden(self) -> bool:
        """ "without the company": a column that is shown is left out."""
        links = {(x.table, x.column) for item in self.linked.items if not item.matches for x in item.links if x.column}
        for output in self.plan.outputs:
            column = output.expr
            if isinstance(column, form.Column) and (column.table, column.name) in links:
                self._hide(Shown(column, output.label, column.table))
        return bool(self.changes)

    def _filter(self, made: Fact) -> None:
        if made.having:
            self._change("filter", having=(*self.plan.having, settled(made)))
            return
        column = form.Column(*made.column)
        predicate = settled(made)
        reach = self.schema.reach(self.plan.root)
        used = {table for output in self.plan.outputs for table in _tables(output.expr)}
        if made.table not in reach and made.table not in used:
            predicate = form.Related(made.table, (made.predicate,), negated=made.negated)
        kept: list[form.Predicate] = []
        place: int | None = None
        for known in self.plan.where:
            if not made.negated and _about(known, column, self.schema):
                place = len(kept) if place is None else place
                if self.frame.compare or "also" in self.tags:
                    both = known.items if isinstance(known, form.Any_) else (known,)
                    predicate = form.Any_((*both, predicate))
                continue
            kept.append(known)
        kept.insert(len(kept) if place is None else place, predicate)
        self._change("filter", where=tuple(kept))

    # ------------------------------------------------------------------------------------------------ figures
    def _functions(self) -> None:
        """ "average instead": another way to gather the same column."""
        if self.cut is not None:
            return
        terms = [t for t in self.frame.targets if t.function and (t.item is None or not t.item.links)]
        wanted = terms[0].function if terms else self._bare_function()
        if wanted is None:
            return
        first = next((o for o in self.plan.outputs if form.aggregates(o.expr)), None)
        if first is None:
            return

        def change(node: object) -> object:
            if isinstance(node, form.Aggregate) and node.of is not None and wanted != "count":
                return replace(node, function=wanted)
            if isinstance(node, form.Aggregate) and wanted == "count":
                return form.Aggregate("count", table=node.table or self.plan.root)
            return node

        outputs = []
        for output in self.plan.outputs:
            expr = form.replace_nodes(output.expr, change)
            label = output.label if expr == output.expr else heading(_called(wanted, _bare(output.label)))
            outputs.append(replace(output, expr=expr, label=label))
        order = tuple(form.replace_nodes(item, change) for item in self.plan.order)
        if tuple(outputs) != self.plan.outputs:
            self._change(wanted, outputs=tuple(outputs), order=order)

    def _bare_function(self) -> form.Function | None:
        if "instead" not in self.tags and "about" not in self.tags:
            return None
        if any(term.item is not None for term in self.frame.targets) or self.frame.sorts:
            return None
        for item in self.linked.items:
            for tag, function in (("avg", "avg"), ("sum", "sum"), ("max", "max"), ("min", "min"), ("count", "count")):
                if item.has(tag):
                    return function
        return None

    # ----------------------------------------------------------------------------------------------- grouping
    def _groups(self) -> None:
        groups: list[Shown] = []
        for term in self._group_terms():
            if term.grain is not None:
                shown = self._bucket(term)
                groups += [shown] if shown else []
            else:
                groups += self.builder._dimension(term)
        if not groups:
            return
        plan = self.plan
        figures = [o for o in plan.outputs if form.aggregates(o.expr)]
        if not figures:
            figures = [form.Output(form.Aggregate("count", table=plan.root), heading(f"number of {plan.root}"))]
        dims = [o for o in plan.outputs if not form.aggregates(o.expr)] if plan.grouped else []
        timed = any(isinstance(shown.expr, form.Bucket) for shown in groups)
        if "also" in self.tags:
            kept = dims
        elif timed and any(isinstance(o.expr, form.Bucket) for o in dims):
            kept = [o for o in dims if not isinstance(o.expr, form.Bucket)]
        else:
            kept = []
        new = [form.Output(s.expr, s.label, format=s.format) for s in groups]
        group: list[form.Expr] = []
        for output in kept:
            group += [expr for expr in plan.group if _table(expr, "") == _table(output.expr, "") or expr == output.expr]
        for shown in groups:
            info = self.schema.tables.get(shown.whole)
            group += [form.Column(shown.whole, name) for name in info.key] if info is not None else []
            group.append(shown.expr)
        order = tuple(form.Order(s.expr) for s in groups if isinstance(s.expr, form.Bucket))
        order = order or tuple(o for o in plan.order if form.aggregates(o.expr))
        limit = None if order and not form.aggregates(order[0].expr) else plan.limit
        outputs = (*kept, *new, *figures)
        self._change("group", outputs=outputs, group=tuple(dict.fromkeys(group)), order=order, limit=limit, top=None)

    def _group_terms(self) -> list[Term]:
        terms = list(self.frame.groups)
        for sort in list(self.frame.sorts):
            by = "by" in self.frame.rules and not sort.superlative and sort.term is not None
            if by and not any(item.has("order") for item in self.linked.items) and self.plan.grouped:
                assert sort.term is not None
                if sort.term.function is None and sort.term.measure is None:
                    terms.append(sort.term)
                    self.frame.sorts.remove(sort)
        return terms

    def _bucket(self, term: Term) -> Shown | None:
        assert term.grain is not None
        for node in form.walk(self.plan):
            if isinstance(node, form.Bucket):
                return Shown(replace(node, grain=term.grain), term.grain, node.of.table, format="period")
        for predicate in self.plan.where:
            for node in form.walk(predicate):
                if isinstance(node, form.Column) and is_date(self.schema.catalog.column(node.table, node.name)):
                    return Shown(form.Bucket(node, term.grain), term.grain, node.table, format="period")
        return self.builder._bucket(term, self.plan.root)

    # ------------------------------------------------------------------------------------------------ columns
    def _outputs(self) -> None:
        """ "also show the city": more columns, or fewer."""
        named = [term for term in self.frame.targets if term.item is not None and (term.item.links or term.measure)]
        shown_things = [shown for term in named for shown in self.builder._target(term)]
        if not named and self.named and self.tags & {"also", "both"}:
            shown_things = self.builder.label(self.named, self.frame.entity.text if self.frame.entity else "")
        if self._other_figure(shown_things):
            return
        for shown in shown_things:
            if "remove" in self.tags or "exclude" in self.tags:
                self._hide(shown)
            elif all(output.expr != shown.expr for output in self.plan.outputs):
                output = form.Output(shown.expr, shown.label, format=shown.format)
                group = self.plan.group
                if self.plan.grouped and not shown.gathers:
                    group = (*group, shown.expr)
                kept = () if "instead" in self.tags and shown.gathers else self.plan.outputs
                if not kept:
                    kept = tuple(o for o in self.plan.outputs if not form.aggregates(o.expr))
                    self._reorder(shown.expr)
                self._change("column", outputs=(*kept, output), group=group)
            elif "instead" in self.tags and shown.gathers:  # figures that differ in their conditions only
                named = replace(form.Output(shown.expr, shown.label), format=shown.format)
                same = (named if o.expr == shown.expr else o for o in self.plan.outputs)
                self._change("column", outputs=tuple(same))

    def _units(self) -> bool:
        """ "in minutes", after a figure in milliseconds."""
        for term in self.frame.targets:
            expr = in_unit(self.context, term) if term.unit else None
            if expr is None:
                continue
            column = next((node for node in form.walk(expr) if isinstance(node, form.Column)), None)
            used = [output for output in self.plan.outputs if column in form.walk(output.expr)]
            if not used or any(isinstance(n, form.Arithmetic) for o in used for n in form.walk(o.expr)):
                continue

            def change(node: object, column: form.Column | None = column, expr: form.Expr = expr) -> object:
                return expr if node == column else node

            plan, unit = self.plan, f" in {term.unit}s"
            outputs = tuple(
                replace(form.replace_nodes(o, change), label=o.label + unit, format="decimal") if o in used else o
                for o in plan.outputs
            )
            order = tuple(form.replace_nodes(item, change) for item in plan.order)
            self._change("unit", outputs=outputs, order=order)
            return True
        return False

    def _other_figure(self, asked: Sequence[Shown]) -> bool:
        """ "what about international passengers", after a total of others: gathered, or put first, in the same way."""
        if "about" not in self.tags or "both" in self.tags or len(asked) != 1:
            return False
        new = asked[0].expr
        numeric = isinstance(new, form.Column) and self.schema.catalog.column(new.table, new.name).numeric
        figures = [output.expr for output in self.plan.measures]
        if not numeric or len(figures) != 1 or not isinstance(figures[0], form.Aggregate) or figures[0].of is None:
            return False
        old = figures[0]
        if not isinstance(old.of, form.Column) or old.function == "count":
            return False
        label = heading(_called(old.function, asked[0].label.lower()))
        self.plan = with_measure(self.plan, replace(old, of=new), label=label, old=old)
        self.changes.append("follow-up: another figure")
        return True

    def _reorder(self, expr: form.Expr) -> None:
        order = tuple(replace(o, expr=expr) if form.aggregates(o.expr) else o for o in self.plan.order)
        self.plan = replace(self.plan, order=order)

    def _hide(self, shown: Shown) -> None:
        kept = tuple(output for output in self.plan.outputs if output.expr != shown.expr)
        if kept and len(kept) < len(self.plan.outputs):
            self._change("fewer columns", outputs=kept)

    # -------------------------------------------------------------------------------------------------- order
    def _order(self) -> None:
        orders: list[form.Order] = []
        for sort in self.frame.sorts:
            shown = None if sort.superlative else as_shown(self.plan, sort)
            found = (shown, "", sort.descending) if shown is not None else sort_expr(self.builder, sort)
            if found is not None:
                expr, _, descending = found
                orders.append(form.Order(expr, descending))
                if sort.superlative and self.frame.limit is None and not self.frame.listed:
                    self._change("first", limit=1)
                self._rank_by(sort, expr)
        if orders:
            self._change("order", order=tuple(orders))

    def _rank_by(self, sort: Sort, expr: form.Expr) -> None:
        """ "by number of invoices instead", after a ranking by revenue: the figure ranked by is the one shown."""
        plan = self.plan
        if not plan.grouped or not form.aggregates(expr) or any(output.expr == expr for output in plan.outputs):
            return
        new = form.Output(expr, figure_label(self.builder, sort, expr))
        ranked = plan.order[0].expr if plan.order else None
        if any(output.expr == ranked for output in plan.measures):
            outputs = tuple(new if output.expr == ranked else output for output in plan.outputs)
        else:
            outputs = (*plan.outputs, new)
        self._change("another figure", outputs=outputs)

    def _limit(self) -> None:
        if self.cut is not None:
            changed = kept(self.plan, self.cut, self.frame, self.linked.items)
            self._change("limit", limit=changed.limit, order=changed.order)


_WAYS = ("average", "total", "lowest", "highest", "number")


def _called(function: str, name: str) -> str:
    return f"number {name}" if function == "count" else gathered(function, name)


def _bare(label: str) -> str:
    """A figure's heading without the word for how it is gathered."""
    words = label.lower().split()
    while len(words) > 1 and words[0] in _WAYS:
        del words[0]
    return " ".join(words)


def _about(predicate: form.Predicate, column: form.Column, schema: Schema) -> bool:
    """Is the predicate on that column, or both on dates?"""
    columns = list(_columns((predicate,)))
    if isinstance(predicate, form.Related) and not predicate.where:
        return False
    if column in columns:
        return True
    if not columns or not column.table:
        return False
    dated = is_date(schema.catalog.column(column.table, column.name))
    return dated and any(c.table and is_date(schema.catalog.column(c.table, c.name)) for c in columns)


def _columns(predicates: tuple[form.Predicate, ...]) -> list[form.Column]:
    return [node for p in predicates for node in form.walk(p) if isinstance(node, form.Column)]


def _tables(node: object) -> set[str]:
    return {part.table for part in form.walk(node) if isinstance(part, form.Column | form.Related) and part.table}


def _table(expr: form.Expr, default: str) -> str:
    return next((node.table for node in form.walk(expr) if isinstance(node, form.Column) and node.table), default)
