"""A frame with settled names to a plan: what is shown, which rows, how gathered, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from workspace.question import plan as form
from workspace.question.conditions import date_column, happened
from workspace.question.frames import Frame, Hierarchy, Term
from workspace.question.linking import Item
from workspace.question.measures import additive, in_unit, line_total, revenue, usual
from workspace.question.narrow import Narrowing, narrowing
from workspace.question.parse import STRONG
from workspace.question.phrases import GRAIN_NOUNS
from workspace.question.resolve import Context, is_date, is_year, names_table
from workspace.question.schema import AMOUNTS, Link
from workspace.question.subject import alone, context_keys, each_row, infer_entity
from workspace.question.wording import gathered, plural, singular

HARD_GROUPS = (
    "per",
    "by",
    "broken",
    "break",
    "split",
    "grouped",
    "group",
    "across",
    "divided",
    "segmented",
    "aggregated",
)


@dataclass
class Shown:
    """A column of the result in the making."""

    expr: form.Expr
    label: str
    table: str
    asked: bool = True
    format: str = ""
    whole: str = ""  # the table this names a row of
    source: str = ""  # why it is there: target, group, entity, implied, sort
    item: Item | None = None  # where it was said

    @property
    def gathers(self) -> bool:
        return form.aggregates(self.expr)


@dataclass
class Builder:
    """Collects the parts of one plan."""

    context: Context
    shown: list[Shown] = field(default_factory=list)
    groups: list[Shown] = field(default_factory=list)
    order: list[form.Order] = field(default_factory=list)
    order_tables: set[str] = field(default_factory=set)
    limit: int | None = None
    superlative: bool = False
    key_groups: list[form.Expr] = field(default_factory=list)
    narrow: Narrowing = field(default_factory=Narrowing)
    base_function: form.Function | None = None

    @property
    def frame(self) -> Frame:
        return self.context.frame

    # ------------------------------------------------------------------------------------------- whole plan
    def build(self) -> form.Plan | None:
        """The plan, or None when the frame asks for nothing that can be shown."""
        context = self.context
        context.gather()
        infer_entity(context)
        self.narrow = narrowing(context)
        self._compare()
        self._add_groups()
        self._add_targets()
        self._implied()
        from workspace.question.sorting import add_sorts

        add_sorts(self)
        if not self.shown and not self.groups:
            return None
        from workspace.question.assemble import assemble

        return assemble(self)

    def _compare(self) -> None:
        """Comparing two values or two periods groups by what they are values of."""
        if not self.frame.compare or self.frame.groups:
            return
        for fact in self.narrow.facts:
            predicate = fact.predicate
            if isinstance(predicate, form.Among) and isinstance(predicate.of, form.Column):
                column = predicate.of
                self.groups.append(Shown(column, heading(column.name), column.table))
                return
            if isinstance(predicate, form.Any_) and all(isinstance(p, form.Between) for p in predicate.items):
                first = predicate.items[0]
                assert isinstance(first, form.Between) and isinstance(first.of, form.Column)
                grain = _common_grain(predicate.items)
                self.groups.append(Shown(form.Bucket(first.of, grain), grain, first.of.table, format="period"))
                return

    # --------------------------------------------------------------------------------------------- groups
    def _add_groups(self) -> None:
        for term in self.frame.groups:
            if term.grain is None and self._in_time(term):
                assert term.item is not None
                term.grain = GRAIN_NOUNS[term.item.lemma]
                self.context.forget(term.item)
            if term.grain is not None:
                continue  # placed in time once it is known what is gathered
            shown = self._dimension(term)
            if not (len(shown) == 1 and each_row(self.context, term, shown[0].expr)):
                self.groups.extend(_said(shown, "group", term))

    def _in_time(self, term: Term) -> bool:
        """ "per category and year": a part of the date, where no column near by is called that."""
        context = self.context
        if term.item is None or term.function or term.measure or term.owner or term.item.lemma not in GRAIN_NOUNS:
            return False
        link = context.column(term)
        if link is None or is_year(context.schema.column(link)):
            return link is None
        home = context.entity
        away = bool(home) and link.table != home and link.table not in context.schema.reach(home)
        dated = is_date(context.schema.column(link)) and link.score < STRONG and term.item.lemma not in ("date", "day")
        return away or dated

    def _add_grains(self, home: str) -> None:
        for term in self.frame.groups:
            if term.grain is not None:
                shown = self._bucket(term, home)
                if shown is not None:
                    self.groups.extend(_said([shown], "group", term))

    def _bucket(self, term: Term, home: str) -> Shown | None:
        assert term.grain is not None
        stated = next((fact for fact in self.narrow.facts if _is_date_fact(self.context, fact.column)), None)
        link: Link | None = None
        if stated is not None:
            link = Link(stated.column[0], stated.column[1], 0.9, "date")
            if term.grain != "year" and is_year(self.context.schema.column(link)):
                link = None
        finest = "year" if term.grain == "year" else "day"
        link = link or happened(self.context, home) or date_column(self.context, home, finest=finest)
        if link is None:
            self.context.penalize("no date to group by", 0.4)
            return None
        column = form.Column(link.table, link.column)
        if is_year(self.context.schema.column(link)) and not self.context.schema.column(link).profile.encoding:
            return Shown(column, heading(link.column), link.table)
        return Shown(form.Bucket(column, term.grain), term.grain.replace("_", " "), link.table, format="period")

    def _dimension(self, term: Term) -> list[Shown]:
        """What a group is called: the label of a table's row, or a column."""
        assert term.item is not None
        if term.measure is not None:
            self.context.penalize("a figure is no group", 0.3)
            return []
        if names_table(term.item) and term.owner is None:
            table = self.context.table(term.item)
            return self.label(table, term.item.text) if table else []
        link = self.context.column(term)
        if link is None:
            return []
        key = next((k for k in context_keys(self.context, link) if term.item.lemma not in ("id", "code", "key")), "")
        return self.label(key, term.item.text) if key else [self._column(link, term.item.text)]

    def label(self, table: str, text: str = "") -> list[Shown]:
        """The columns that name a row of ``table``."""
        info = self.context.schema.tables[table]
        title = heading(text) if text else heading(table)
        if self.frame.keyed and info.key:
            return [Shown(form.Column(table, name), heading(name), table, whole=table) for name in info.key]
        if len(info.label) == 2:
            parts = tuple(form.Column(table, name) for name in info.label)
            return [Shown(form.Joined(parts), title, table, whole=table)]
        if info.label:
            return [Shown(form.Column(table, info.label[0]), title, table, whole=table)]
        shown = [name for name in info.key if name in info.column_words]
        if shown:
            return [Shown(form.Column(table, name), heading(name), table, whole=table) for name in shown]
        names = [column.name for column in info.table.columns][:3]
        return [Shown(form.Column(table, name), heading(name), table, whole=table) for name in names]

    def _column(self, link: Link, text: str) -> Shown:
        info = self.context.schema.tables[link.table]
        whole = link.table if (link.column,) == info.label or (link.column,) == info.key else ""
        return Shown(form.Column(link.table, link.column), heading(text), link.table, whole=whole)

    # -------------------------------------------------------------------------------------------- targets
    def _add_targets(self) -> None:
        frame = self.frame
        if frame.everything and self.context.entity and not frame.targets:
            info = self.context.schema.tables[self.context.entity]
            self.shown += [
                Shown(form.Column(info.name, column.name), heading(column.name), info.name)
                for column in info.table.columns
            ]
            return
        if frame.hierarchy is not None and frame.hierarchy.shown:
            self._hierarchy(frame.hierarchy)
        if frame.label_entity and self.context.entity:
            label = self.label(self.context.entity, frame.entity.text if frame.entity else "")
            self.shown += _said(label, "entity", Term(item=frame.entity))
        for term in frame.targets:
            self.shown += _said(self._target(term), "target", term)

    def _hierarchy(self, hierarchy: Hierarchy) -> None:
        below = self.label(hierarchy.table)
        own = [shown for shown in self.shown if shown.table == hierarchy.table] or below
        if not hierarchy.above:
            self.shown += [shown for shown in own if shown not in self.shown]
        for shown in below:
            expr = form.replace_nodes(
                shown.expr, lambda node: replace(node, role="manager") if isinstance(node, form.Column) else node
            )
            self.shown.append(Shown(expr, heading(words(hierarchy.key)), hierarchy.table))

    def _target(self, term: Term) -> list[Shown]:
        if term.grain is not None:
            shown = self._bucket(term, self.context.entity)
            return [shown] if shown else []
        if term.function == "count":
            return self._counted(term)
        if term.adjective is not None:
            return self._degree(term)
        if term.measure is not None:
            found = self._revenue(term)
            if found is not None:
                return [found]
        if term.unit:
            expr = in_unit(self.context, term)
            if expr is not None:
                column = next(node for node in form.walk(expr) if isinstance(node, form.Column))
                function = term.function or ("sum" if self.frame.groups or self._ranked() else None)
                shown = form.Aggregate(function, expr) if function else expr
                return [Shown(self._shared(term, shown), heading(term.unit + "s"), column.table, format="decimal")]
        if term.item is None:
            return []
        if names_table(term.item) and term.owner is None:
            return self._table_target(term)
        return self._column_target(term)

    def _degree(self, term: Term) -> list[Shown]:
        """ "how long": the column that the adjective speaks of."""
        context = self.context
        starts = dict.fromkeys([context.entity, *context.pull])
        found = context.by_adjective(term, [table for table in starts if table])
        if found is None:
            context.penalize("nothing is so", 0.5)
            return []
        link = found[0]
        column = form.Column(link.table, link.column)
        if term.function is None:
            return [self._column(link, words(link.column))]
        label = gathered(term.function, words(link.column))
        return [Shown(form.Aggregate(term.function, column), heading(label), link.table)]

    def _ranked(self) -> bool:
        return self.limit_said and not self.context.entity

    @property
    def limit_said(self) -> bool:
        return self.frame.limit is not None

    def _table_target(self, term: Term) -> list[Shown]:
        assert term.item is not None
        table = self.context.table(term.item)
        if table is None:
            return []
        if term.function:
            amount = self.context.schema.tables[table].amount
            telling = AMOUNTS & set(self.context.schema.tables[table].column_words.get(amount, ()))
            lines = line_total(self.context.schema, table) if term.function in ("avg", "sum") else None
            if lines is not None and lines.table != table and not telling:
                total: form.Expr = form.Aggregate("sum", lines.expr)
                if term.function == "avg":
                    key = form.Column(lines.table, lines.how)
                    total = form.Arithmetic("/", total, form.Aggregate("count", key, distinct=True))
                label = gathered(term.function or "sum", f"{singular(words(table))} value")
                return [Shown(total, heading(label), lines.table, format="decimal")]
            if not amount:
                return self.label(table, term.item.text)
            if lines is not None and lines.table == table:  # rows with a price and a quantity of their own
                label = gathered(term.function, f"{singular(words(table))} value")
                return [Shown(form.Aggregate(term.function, lines.expr), heading(label), table, format="decimal")]
            label = gathered(term.function, f"{singular(words(table))} {words(amount)}")
            return [Shown(form.Aggregate(term.function, form.Column(table, amount)), heading(label), table)]
        return self.label(table, term.item.text)

    def _column_target(self, term: Term) -> list[Shown]:
        context = self.context
        need = "number" if term.function in ("sum", "avg") else ""
        link = context.column(term, need)
        if link is None:
            return []
        assert term.item is not None
        owner = context.table(term.owner) if term.owner is not None else context.entity
        key = context.schema.tables[owner].key if owner and term.item.lower in ("id", "ids") else ()
        if len(key) == 1 and link.table != owner and not term.function:
            link = replace(link, table=owner, column=key[0])  # "their ids": of the things themselves
        info = context.schema.tables[link.table]
        named = term.item.lower in ("name", "names", "full name", "full names")
        if named and owner and not term.function and context.schema.tables[owner].person:
            exact = any(words == ("name",) for words in context.schema.tables[owner].column_words.values())
            if not exact and (link.table == owner or link.score < 0.8):
                return self.label(owner, term.item.text)
        column = form.Column(link.table, link.column)
        if term.function:
            aggregate = form.Aggregate(term.function, column, distinct=term.distinct and term.function == "count")
            label = gathered(term.function, term.item.text)
            return [Shown(self._shared(term, aggregate), heading(label), link.table)]
        if term.share and info.table.column(link.column).numeric:
            expr = self._shared(term, form.Aggregate("sum", column))
            text = f"share of {term.item.text}" if isinstance(expr, form.Share) else term.item.text
            return [Shown(expr, heading(text), link.table, format="percent")]
        meta = info.table.column(link.column)
        plain = meta.numeric and not is_year(meta) and link.column not in (*info.key, *info.foreign)
        if plain and (self._hard() or alone(context, term, self.narrow.facts)):
            function = usual(info, link.column)
            label = gathered(function, term.item.text)
            return [Shown(form.Aggregate(function, column), heading(label), link.table)]
        days, events = term.item.lemma in ("day", "date"), term.item.lower.endswith("s")  # "signups per month"
        if (days or events) and meta.temporal and any(group.grain for group in self.frame.groups):
            aggregate = form.Aggregate("count", column, distinct=days)
            return [Shown(aggregate, heading(f"number of {plural(term.item.text)}"), link.table)]
        shown = self._column(link, term.item.text)
        if term.distinct:
            self.frame.distinct = True
        return [shown]

    def _hard(self) -> bool:
        """Grouped with a word that asks for figures ("per", "by"), not only "for each"."""
        return any(rule in self.frame.rules for rule in ("by", "grain")) or any(
            item.lower.startswith(HARD_GROUPS)
            for item, role, _ in self.frame.roles
            if role == "group" and item.has("each")
        )

    def _counted(self, term: Term) -> list[Shown]:
        context = self.context
        if term.item is None:
            label = "number" if not context.entity else f"number of {plural(words(context.entity))}"
            expr = self._shared(term, form.Aggregate("count", table=context.entity))
            return [Shown(expr, heading(label), context.entity)]
        share = term.share and bool(self.frame.groups)
        text, shape = f"{'share' if share else 'number'} of {plural(term.item.text)}", "percent" if share else ""
        if names_table(term.item) and term.owner is None:
            table = context.table(term.item)
            if table is None:
                return []
            self.base_function = term.outer
            expr = self._shared(term, form.Aggregate("count", table=table))
            return [Shown(expr, heading(text), table, format=shape)]
        link = context.column(term)
        if link is None:
            return []
        info = context.schema.tables[link.table]
        column = info.table.column(link.column)
        if additive(info, column) and not term.distinct:
            function = term.outer or "sum"
            return [Shown(form.Aggregate(function, form.Column(link.table, link.column)), heading(text), link.table)]
        if (link.column,) in (info.key, info.label) and not term.distinct:
            return [Shown(self._shared(term, form.Aggregate("count", table=link.table)), heading(text), link.table)]
        self.base_function = term.outer
        aggregate = form.Aggregate("count", form.Column(link.table, link.column), distinct=True)
        return [Shown(aggregate, heading(text), link.table)]

    def _shared(self, term: Term, expr: form.Expr) -> form.Expr:
        return form.Share(expr) if term.share and form.aggregates(expr) and (self.groups or self.frame.groups) else expr

    def needed(self) -> set[str]:
        """Tables that figures must not be multiplied by."""
        tables = {shown.table for shown in self.groups if shown.table}
        tables |= {fact.table for fact in self.narrow.facts if not fact.having and fact.table}
        if self.context.entity:
            tables.add(self.context.entity)
        return tables

    def _revenue(self, term: Term) -> Shown | None:
        assert term.measure is not None and term.item is not None
        found = revenue(self.context, term.measure, self.needed())
        if found is None:
            self.context.penalize("no such figure", 0.4)
            return None
        function = term.function if term.function not in (None, "count") else "sum"
        gathered = found.gathered(function)
        own = found.expr.function if isinstance(found.expr, form.Aggregate) else "sum"
        if form.aggregates(found.expr) and function not in ("sum", own):  # another way to gather than the one defined
            same = gathered == found.expr
            self.context.penalize("a figure gathered another way than defined", 0.6 if same else 0.2)
        expr = self._shared(term, gathered)
        share = isinstance(expr, form.Share)
        text = (
            f"share of {term.item.text}"
            if share
            else f"average {term.item.text}"
            if function == "avg"
            else term.item.text
        )
        figure = term.measure.figure
        shape = figure.format if figure is not None else "decimal"
        unit = f" ({figure.unit})" if figure is not None and figure.unit and not share else ""
        return Shown(expr, heading(text) + unit, found.table, format="percent" if share else shape)

    def _implied(self) -> None:
        """What is shown when nothing was said: the things themselves, or how many there are per group."""
        frame, context = self.frame, self.context
        home = next((shown.table for shown in self.shown if shown.gathers), context.entity)
        self._add_grains(home)
        if self.shown or not context.entity:
            return
        superlative = any(sort.superlative for sort in frame.sorts)
        if frame.exists or (self.groups and not superlative and self._only_counts()):
            expr: form.Expr = form.Aggregate("count", table=context.entity)
            share = any(term.share for term in frame.groups)
            label = f"{'share' if share else 'number'} of {plural(words(context.entity))}"
            shape = "percent" if share else ""
            self.shown.append(Shown(form.Share(expr) if share else expr, heading(label), context.entity, format=shape))
            return
        places = [(context.entity, name) for name in context.schema.tables[context.entity].place if frame.where]
        if frame.when and (dated := date_column(context, context.entity)) is not None:
            places = [(dated.table, dated.column)]
        if places:  # "where is the history department", "when was the first invoice"
            self.shown += [Shown(form.Column(table, name), heading(name), table) for table, name in places]
            return
        text = frame.entity.text if frame.entity is not None else ""
        self.shown += self.label(context.entity, text)

    def _only_counts(self) -> bool:
        """ "customers per country": one row per country, so that the customers are counted."""
        own = {shown.whole for shown in self.groups}
        return own != {self.context.entity}


def _said(shown: list[Shown], source: str, term: Term) -> list[Shown]:
    """Notes why the columns are shown, and where in the question that was said."""
    for one in shown:
        one.source, one.item = source, term.item
    return shown


def heading(text: str) -> str:
    """A column's heading out of an identifier or the person's words.

    Example:
        >>> heading("BillingCountry"), heading("average track length")
        ('Billing country', 'Average track length')
    """
    plain = text.strip().strip("'\"")
    spread = words(plain) if " " not in plain else plain
    return spread[:1].upper() + spread[1:]


def words(name: str) -> str:
    """An identifier as words, short forms kept as they are.

    Example:
        >>> words("InvoiceLine")
        'invoice line'
    """
    from workspace.question.tokens import split_name

    return " ".join(split_name(name)) or name


def _is_date_fact(context: Context, column: tuple[str, str]) -> bool:
    return bool(column[1]) and is_date(context.schema.catalog.column(*column))


def _common_grain(items: Iterable[form.Predicate]) -> form.Grain:
    """The grain that tells the compared stretches apart."""
    from datetime import date

    spans = []
    for item in items:
        assert isinstance(item, form.Between)
        low, high = (str(part.value)[:10] for part in (item.low, item.high) if isinstance(part, form.Literal))
        spans.append((date.fromisoformat(high) - date.fromisoformat(low)).days)
    longest = max(spans)
    return "year" if longest > 300 else "quarter" if longest > 80 else "month" if longest > 20 else "day"
