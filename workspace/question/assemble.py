"""From parts to a plan: its root, which conditions hold for rows, related rows or groups, and what is gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workspace.question import plan as form
from workspace.question.conditions import Fact
from workspace.question.frames import Exists
from workspace.question.narrow import Presence, compatible, each_value, rules_out, settled
from workspace.question.schema import Schema
from workspace.question.wording import gathered

if TYPE_CHECKING:
    from workspace.question.build import Builder, Shown


def assemble(builder: Builder) -> form.Plan | None:
    """The plan of a builder whose parts are all there."""
    return _Assembly(builder).plan()


def finest(schema: Schema, tables: Iterable[str], preferred: str = "") -> str | None:
    """The table of which every one of ``tables`` has at most one row; one of them if possible, the preferred first."""
    wanted = {table for table in tables if table}
    if not wanted:
        return preferred or None
    if preferred and wanted <= schema.reach(preferred).keys():
        return preferred
    inside = [table for table in sorted(wanted) if wanted <= schema.reach(table).keys()]
    if inside:
        return min(inside, key=lambda table: sum(schema.reach(table)[other] for other in wanted))
    feeders = [schema.feeders(table) for table in wanted]
    places = [
        (sum(near[table] for near in feeders), table)
        for table in min(feeders, key=len)
        if all(table in near for near in feeders) and not schema.tables[table].table.view
    ]
    return next((table for _, table in sorted(places) if wanted <= schema.reach(table).keys()), None)


class _Assembly:
    def __init__(self, builder: Builder) -> None:
        self.builder, self.context = builder, builder.context
        self.schema, self.frame = builder.context.schema, builder.frame
        self.shown: list[Shown] = list(builder.shown)
        self.having: list[form.Predicate] = []
        self.where: list[form.Predicate] = []
        self.root = ""
        self.in_play: set[str] = set()
        self.silent: list[form.Expr] = []
        self.excluded: list[Fact] = []  # what is shown must not occur with any of these
        self.crossing: list[Fact] = []  # must each hold for some row with the same shown values

    # ------------------------------------------------------------------------------------------- the whole
    def plan(self) -> form.Plan | None:
        builder = self.builder
        self._counting_presences()
        having = any(made.having for made in builder.narrow.facts) or bool(self.having)
        ordered = any(form.aggregates(order.expr) for order in builder.order)
        grouped = any(shown.gathers for shown in self.shown) or ordered or having
        top = self._top(grouped)
        outputs = self._outputs(grouped or top is not None)
        self.in_play = {table for shown in outputs for table in _tables(shown.expr)} | {
            table for order in builder.order for table in _tables(order.expr)
        }
        self.root = self._root(outputs, grouped) or ""
        if not self.root:
            return None
        self._find_crossing(outputs, grouped)
        self._conditions()
        group = self._group(outputs) if grouped else ()
        if not outputs:
            return None
        plan = form.Plan(
            root=self.root,
            outputs=tuple(form.Output(s.expr, s.label, s.asked, s.format) for s in outputs),
            where=tuple(self.where),
            group=group,
            having=tuple(self.having),
            order=() if top else tuple(dict.fromkeys(self._order(outputs, grouped))),
            limit=None if top else builder.limit,
            distinct=self._distinct(outputs, grouped),
            top=top,
            roles=self._roles(),
            chart=self.frame.chart if self.frame.chart != "auto" else "",
        )
        return self._averaged(_groups_counted(self._fraction(self._crossed(plan))))

    # ------------------------------------------------------------------------------------- what is gathered
    def _counting_presences(self) -> None:
        """ "cities with at least 2 customers": the groups are asked for, so that their rows are counted."""
        builder = self.builder
        kept: list[Presence] = []
        for presence in builder.narrow.presences:
            if not presence.negated and any(made.having for made in presence.facts):
                # "whose products have an average price above 100": a figure over all of them
                builder.narrow.facts.extend(made for made in presence.facts if made.having)
                presence = replace(presence, facts=tuple(made for made in presence.facts if not made.having))
            wholes = {shown.whole for shown in self.shown}
            tables = {shown.table for shown in self.shown}
            counted = any(isinstance(shown.expr, form.Aggregate) for shown in self.shown) or any(
                isinstance(order.expr, form.Aggregate) for order in builder.order
            )
            own = presence.table == self.context.entity or (presence.table in tables and presence.table not in wholes)
            plain = bool(self.shown) and not any(wholes)
            if presence.count is not None and (own or plain or counted) and not presence.facts:
                expr: form.Expr = form.Aggregate("count", table=presence.table)
                if presence.column is not None:
                    expr = form.Aggregate("count", form.Column(presence.table, presence.column.column), distinct=True)
                op = presence.op if presence.op else ">="
                self.having.append(form.Compare(expr, op, form.Literal(presence.count)))  # ty: ignore[invalid-argument-type]
                self.builder.order_tables.add(presence.table)
            elif presence.table == self.context.entity and not presence.negated and presence.count is None:
                builder.narrow.facts.extend(presence.facts)
            else:
                kept.append(presence)
        builder.narrow.presences = kept

    def _outputs(self, grouped: bool) -> list[Shown]:
        """Groups first, then what was asked for; nothing twice."""
        seen: dict[form.Expr, Shown] = {}
        named = {shown.table for shown in self.shown if not shown.gathers and shown.asked}
        leading: list[Shown] = []
        for shown in self.builder.groups:
            if shown.whole and shown.whole in named and grouped:
                # "the account id and the number of transactions for each account" says how to name an account
                self.silent += [form.Column(shown.whole, name) for name in self.schema.tables[shown.whole].key]
            else:
                leading.append(shown)
        for shown in (*leading, *self.shown):
            if shown.expr not in seen:
                seen[shown.expr] = shown
        return list(seen.values())

    def _group(self, outputs: Sequence[Shown]) -> tuple[form.Expr, ...]:
        group: list[form.Expr] = list(self.silent)
        for shown in outputs:
            if shown.gathers:
                continue
            info = self.schema.tables.get(shown.whole)
            if info is not None and info.key and shown.whole:
                group += [form.Column(shown.whole, name) for name in info.key]
            group.append(shown.expr)
        return tuple(dict.fromkeys(group))

    def _top(self, grouped: bool) -> form.Top | None:
        """ "the longest track of each genre": the first of each group instead of the first of all."""
        builder = self.builder
        if not builder.groups or not builder.superlative or not builder.order:
            return None
        dimensions = [shown for shown in self.shown if not shown.gathers and shown.asked]
        if grouped and not dimensions:
            return None
        partition: list[form.Expr] = []
        for shown in builder.groups:
            info = self.schema.tables.get(shown.whole)
            key = [form.Column(shown.whole, name) for name in info.key] if info is not None else []
            partition += key or [shown.expr]
        return form.Top(tuple(partition), tuple(builder.order), n=builder.limit or 1)

    def _order(self, outputs: Sequence[Shown], grouped: bool) -> list[form.Order]:
        order = list(self.builder.order)
        if not order and grouped:
            dated = [shown for shown in outputs if isinstance(shown.expr, form.Bucket)]
            order = [form.Order(shown.expr) for shown in dated]
            order += self._by_figure(outputs)
        return order

    def _by_figure(self, outputs: Sequence[Shown]) -> list[form.Order]:
        """Groups that nobody ordered: numbers in their order, anything else by its figure, highest first."""
        figure = next((shown for shown in outputs if shown.gathers), None)
        plain = [shown for shown in outputs if not shown.gathers and not isinstance(shown.expr, form.Bucket)]
        if figure is None or not plain or self.frame.hierarchy is not None:
            return []
        first = plain[0].expr
        if (
            isinstance(first, form.Column)
            and not plain[0].whole
            and self.schema.catalog.column(first.table, first.name).kind not in ("text", "boolean")
        ):
            return [form.Order(first)]
        return [form.Order(figure.expr, descending=True)]

    def _roles(self) -> tuple[form.Role, ...]:
        hierarchy = self.frame.hierarchy
        if hierarchy is None:
            return ()
        optional = hierarchy.everyone and hierarchy.shown
        return (form.Role("manager", hierarchy.table, hierarchy.table, hierarchy.key, optional=optional),)

    def _distinct(self, outputs: Sequence[Shown], grouped: bool) -> bool:
        if grouped:
            return False
        return self.frame.distinct or any(term.distinct and not term.function for term in self.frame.targets)

    # ----------------------------------------------------------------------------------------------- root
    def _root(self, outputs: Sequence[Shown], grouped: bool) -> str | None:
        entity = self.context.entity
        figures = [shown for shown in outputs if shown.gathers]
        tables = set(self.in_play)
        for order in self.builder.order:
            figures_in_order = [n for n in form.walk(order.expr) if isinstance(n, form.Aggregate) and n.table]
            tables |= {node.table for node in figures_in_order}
        tables |= {
            n.table
            for p in self.having
            for n in form.walk(p)
            if isinstance(n, form.Aggregate | form.Column) and n.table
        }
        if grouped:
            for shown in figures:
                tables |= {n.table for n in form.walk(shown.expr) if isinstance(n, form.Aggregate) and n.table}
            preferred = figures[0].table if figures else entity
            if entity and self._kind_of(entity, preferred):
                tables.add(entity)
                preferred = entity
            found = finest(self.schema, tables or {entity}, preferred)
            if found is None:
                self.context.penalize("the tables hang together only loosely", 0.15)
            return found or preferred or entity
        tables.discard("")
        if self.frame.joined:
            tables |= self._narrowing_tables()
        if entity and tables <= self.schema.reach(entity).keys():
            return entity
        found = finest(self.schema, tables | ({entity} if entity else set()), entity)
        found = found or finest(self.schema, tables, entity)
        return found or entity or next(iter(sorted(tables)), None)

    def _kind_of(self, entity: str, table: str) -> bool:
        """Are the things rows of ``table``, told by their key ("the average age of *gymnasts*", who are people)?"""
        info = self.schema.tables[entity]
        return len(info.key) == 1 and any(key.columns == info.key and key.ref_table == table for key in info.outgoing)

    def _narrowing_tables(self) -> set[str]:
        """Tables of conditions that a row joined to its own fulfils."""
        narrow = self.builder.narrow
        tables = {made.table for made in narrow.facts if made.table and not (made.both or made.negated or made.having)}
        for presence in narrow.presences:
            if presence.count is None and not presence.negated:
                tables |= {presence.table, *(made.table for made in presence.facts if made.table)}
        return tables

    # ----------------------------------------------------------------------------------------- conditions
    def _conditions(self) -> None:
        reach = self.schema.reach(self.root)
        apart: list[Fact] = []
        # "stores with revenue above 200,000 *this year*": the rows that are added up are those of this year.
        joined = self.in_play | {made.table for made in self.builder.narrow.facts if made.having}
        for made in self.builder.narrow.facts:
            if made in self.crossing or made in self.excluded:
                continue
            if made.having:
                self.having.append(settled(made))
            elif made.table in reach or (made.table in joined and not made.both and not made.negated):
                self._plain(made)
            else:
                apart.append(made)
                self._far(made)
        apart = [part for made in apart for part in each_value(made)]
        self._related([made for made in apart if not (made.both or made.negated)])
        for made in apart:
            if made.both or made.negated:
                self.where.append(form.Related(self._tie(made.table), (made.predicate,), negated=made.negated))
        for presence in self.builder.narrow.presences:
            self._presence(presence)

    def _far(self, made: Fact) -> None:
        """An everyday word that only a far table holds as a value ("low" of a ticket) was hardly meant so."""
        table, column = made.column
        value = made.predicate.right if isinstance(made.predicate, form.Compare) else None
        plain = isinstance(value, form.Literal) and isinstance(value.value, str) and value.value.islower()
        if plain and column and column not in self.schema.tables[table].label and not self.frame.nouns:
            self.context.penalize("a value of something else", 0.4)

    def _find_crossing(self, outputs: Sequence[Shown], grouped: bool) -> None:
        """ "countries with both managers over 50 and managers under 46": no single row can be both."""
        if grouped or any(shown.whole for shown in outputs):
            return
        reach = self.schema.reach(self.root)
        inside = [made for made in self.builder.narrow.facts if made.table in reach and not made.having]
        if self.frame.setwise == "except":
            self.excluded = [made for made in inside if made.negated]
            return
        if self.frame.setwise == "intersect":
            parts = [part for made in inside for part in each_value(replace(made, every=True))]
            self.crossing = [made for made in parts if sum(other.column == made.column for other in parts) > 1]
            self.builder.narrow.facts = [made for made in self.builder.narrow.facts if made not in inside] + parts
            return
        if any(made.either for made in inside):
            return
        both = [made for made in inside if made.both or any(rules_out(made, other) for other in inside)]
        columns = {made.column for made in both}
        if len(both) >= 2 and len(columns) == 1:
            self.crossing = both

    def _crossed(self, plan: form.Plan) -> form.Plan:
        if self.excluded:
            where = (*plan.where, *(made.predicate for made in self.excluded))
            other = replace(plan, where=where, order=(), limit=None, chart="")
            return replace(plan, combine=form.Combine("except", other))
        for made in self.crossing:
            where = (*plan.where, settled(made))
            if made is self.crossing[0]:
                base = replace(plan, where=where)
                crossed = base
            else:
                other = replace(plan, where=where, order=(), limit=None, chart="")
                combined = form.Combine("intersect", replace(other, combine=crossed.combine))
                crossed = replace(base, combine=combined)
        return crossed if self.crossing else plan

    def _plain(self, made: Fact) -> None:
        predicate = settled(made)
        if made.either and self.where:
            before = self.where.pop()
            items = before.items if isinstance(before, form.Any_) else (before,)
            self.where.append(form.Any_((*items, predicate)))
        elif predicate not in self.where:
            self.where.append(predicate)

    def _related(self, facts: list[Fact]) -> None:
        """Facts about related rows hold for the same row where one table ties them together."""
        if not facts:
            return
        if any(made.either for made in facts):
            parts = tuple(form.Related(made.table, (made.predicate,)) for made in facts)
            self.where.append(form.Any_(parts))
            return
        groups = compatible(facts)
        if len(groups) > 1:  # "rated 3 stars and 4 stars": no single row is both
            for group in groups:
                self._related(group)
            return
        tables = {made.table for made in facts}
        common = self._tie(facts[0].table) if len(tables) == 1 else finest(self.schema, tables)
        if common is None:
            self.where += [form.Related(made.table, (made.predicate,)) for made in facts]
        else:
            self.where.append(form.Related(common, tuple(made.predicate for made in facts)))

    def _tie(self, table: str) -> str:
        """The table of events that a verb speaks of ("bought": the order's items), when it ties the two together."""
        nouns, best = self._nouns(), None
        if not nouns.isdisjoint(self.schema.tables[table].nouns):
            return table  # it is the events themselves
        for name in self.schema.feeders(table) if nouns else ():
            info = self.schema.tables[name]
            if nouns.isdisjoint(info.nouns):
                continue
            hits = len(nouns & info.nouns)
            reach = self.schema.reach(name)
            if name != self.root and self.root in reach and table in reach and not info.table.view:
                rank = (-hits, reach[self.root] + reach[table], name)
                best = min(best, (rank, name)) if best else (rank, name)
        return best[1] if best else table

    def _presence(self, presence: Presence) -> None:
        where = tuple(settled(made) for made in presence.facts)
        table = presence.table
        reach, via = self.schema.reach(self.root), self._via(table)
        if presence.count is not None:
            op, count = presence.op or ">=", int(presence.count)
            self.where.append(form.Related(table, where, presence.negated, via=via, op=op, count=count))  # ty: ignore[invalid-argument-type]
            return
        if table == self.root:
            self._self_presence(presence, where)
            return
        if presence.negated:
            self.where.append(form.Related(table, where, negated=True, via=via))
            return
        if table in reach or table in self.in_play:
            for made in presence.facts:
                if made.table in reach or made.table in self.in_play:
                    self._plain(made)
                else:
                    self.where.append(form.Related(made.table, (settled(made),)))
            return
        implied = [p for p in self.where if isinstance(p, form.Related) and not p.negated]
        if not where and any(self._passes(p.table, table) for p in implied):
            return
        if implied and where and any(p.table == table for p in implied):
            place = next(n for n, p in enumerate(self.where) if isinstance(p, form.Related) and p.table == table)
            known = self.where[place]
            assert isinstance(known, form.Related)
            self.where[place] = replace(known, where=(*known.where, *where))
            return
        groups = compatible([part for made in presence.facts for part in each_value(made)])
        for facts in groups or [()]:
            self.where.append(form.Related(table, tuple(settled(made) for made in facts), via=via))

    def _via(self, table: str) -> tuple[str, ...]:
        """The events by which the things have rows of ``table``, where a shorter way has nothing to do with a verb."""
        tie = table if table == self.root else self._tie(table)
        return () if tie == table or self._passes(table, tie) else (tie,)

    def _nouns(self) -> frozenset[str]:
        """Words of the tables that hold what the verbs say."""
        return self.frame.nouns.union(*(part.nouns for part in self.frame.conditions if isinstance(part, Exists)))

    def _passes(self, target: str, table: str) -> bool:
        """Does the way from the root to ``target`` touch ``table``?"""
        near, there = self.schema.near(self.root), self.schema.near(table)
        return target in near and table in near and near[table] + there.get(target, 99) <= near[target]

    def _self_presence(self, presence: Presence, where: tuple[form.Predicate, ...]) -> None:
        if presence.negated and self.frame.setwise == "except" and presence.facts:
            self.excluded += list(presence.facts)
            return
        for made in presence.facts:
            self._plain(replace(made, negated=made.negated != presence.negated))
        loops = [key for key in self.schema.catalog.keys_of(self.root) if key.table == key.ref_table]
        if presence.negated and not where and loops:
            self.where.append(form.Related(self.root, (), negated=True))

    # ------------------------------------------------------------------------------------------- fractions
    def _fraction(self, plan: form.Plan) -> form.Plan:
        """ "what share of customers is from the USA": those that fulfil the conditions over all."""
        asked = any(term.share for term in self.frame.targets)
        if not asked or plan.group or any(isinstance(o.expr, form.Share) for o in plan.outputs) or not plan.where:
            return plan
        outputs = []
        for output in plan.outputs:
            if isinstance(output.expr, form.Aggregate):
                whole = form.Plan(plan.root, (form.Output(output.expr, "all"),))
                expr = form.Arithmetic("/", output.expr, form.Scalar(whole))
                label = f"Share of {output.label.removeprefix('Number of ')}"
                output = replace(output, expr=expr, label=label, format="percent")
            outputs.append(output)
        return replace(plan, outputs=tuple(outputs))

    def _averaged(self, plan: form.Plan) -> form.Plan:
        """ "the average number of tracks per album": a figure over the groups' figures."""
        function = self.builder.base_function
        if function is None or not plan.group:
            return plan
        inner = replace(plan, order=(), limit=None, chart="")
        figure = next((o for o in inner.outputs if form.aggregates(o.expr)), None)
        if figure is None:
            return plan
        outer = form.Aggregate(function, form.Column("", figure.label))
        label = gathered(function, f"{figure.label[:1].lower()}{figure.label[1:]}")
        return form.Plan("", (form.Output(outer, f"{label[:1].upper()}{label[1:]}"),), base=inner)


def _groups_counted(plan: form.Plan) -> form.Plan:
    """ "how many cities have at least 2 customers": the groups that hold are counted, not their rows."""
    only = plan.outputs[0].expr if len(plan.outputs) == 1 else None
    counts = isinstance(only, form.Aggregate) and only.function == "count" and only.distinct and only.of is not None
    if not counts or plan.group or not plan.having or plan.combine is not None:
        return plan
    assert isinstance(only, form.Aggregate) and only.of is not None
    label = plan.outputs[0].label.removeprefix("Number of ")
    inner = replace(plan, outputs=(form.Output(only.of, label),), group=(only.of,), order=(), chart="")
    counted = form.Aggregate("count", form.Column("", label))  # rows without one are no group
    return form.Plan("", (replace(plan.outputs[0], expr=counted),), base=inner)


def _tables(expr: form.Expr) -> set[str]:
    return {node.table for node in form.walk(expr) if isinstance(node, form.Column) and node.table}
