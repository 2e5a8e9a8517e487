"""Plan -> one plain sentence that a person can check, and the same words for its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.plan import Order, Output, Plan
from workspace.question.wording import listed, moment, number, plural, singular, span, title

GRAINS = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day",
    "month_of_year": "month of the year", "weekday": "day of the week", "hour": "hour of the day",
}  # fmt: skip
_NUMBERS = {"=": "is", "!=": "is not", "<": "under", "<=": "at most", ">": "over", ">=": "at least"}
_DATES = {"=": "is", "!=": "not on", "<": "before", "<=": "up to", ">": "after", ">=": "from"}
_COUNTS = {"=": "exactly", "!=": "not exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least"}
_GENERIC = {
    "name",
    "title",
    "description",
    "code",
    "type",
    "date",
    "number",
    "id",
    "label",
    "full name",
    "status",
    "total",
    "amount",
    "price",
    "quantity",
    "value",
}
_UNCOUNTED = {"year", "id", "code", "number", "zip", "no", "years", "phone"}  # numbers that are names
_COMBINED = {"union": "together with", "intersect": "but only those that are also among", "except": "leaving out"}
_TIMES = ("in ", "on ", "from ", "before ", "after ", "up to ", "last ", "this ", "yesterday", "today", "since ")
_CHARTS = {
    "bar": "a bar chart",
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
    sentence = _Speaker(catalog, plan).sentence()
    if plan.chart in _CHARTS:
        sentence += f", as {_CHARTS[plan.chart]}"
    return sentence[:1].upper() + sentence[1:]


def phrase(node: Any, catalog: Catalog, plan: Plan | None = None) -> str:
    """The words for one expression or predicate: "sum of total", "country is Germany".

    Args:
        node: an expression or a predicate.
        catalog: the tables it speaks of.
        plan: the plan it stands in, so that its own table need not be named.
    """
    speaker = _Speaker(catalog, plan or Plan("", ()))
    if isinstance(
        node, form.Compare | form.Between | form.Among | form.Missing | form.Related | form.Any_ | form.All_ | form.Not_
    ):
        return speaker.predicate(node)
    return speaker.expr(node)


def names_rows(expr: form.Expr, catalog: Catalog) -> bool:
    """Is ``expr`` the name by which the rows of its table are known: a genre's name, a person's first and last name?"""
    return _Speaker(catalog, Plan("", ())).identifies(expr, anywhere=True)


@dataclass
class _Speaker:
    catalog: Catalog
    plan: Plan

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
            text += f", over this result: {_Speaker(self.catalog, plan.base).sentence()}"
        if plan.combine is not None:
            other = _Speaker(self.catalog, plan.combine.plan).sentence()
            text += f", {_COMBINED.get(plan.combine.kind, 'with')} {_lower(other)}"
            text += self.order_words(plan.order) + self.limit_words()
        return text

    def figures(self) -> str:
        """A plan with figures: "sum of total per country, in 2023, highest first"."""
        plan = self.plan
        measures = [self.output(output) for output in plan.measures]
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
            text = f"{text} of {self.subject()}" if dims and plan.root and not self.speaks_of_root(plan.group) else text
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
        subject, showing = self.listing(shown)
        first = plan.order[0] if plan.order else None
        if plan.limit is not None and first is not None and plan.combine is None and not self.named(first.expr):
            one = plan.limit == 1
            count = "" if one else f"{number(plan.limit)} "
            subject = singular(subject) if one and " of " not in subject else subject
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
        keyed = {expr.role or expr.table.lower() for expr in exprs if self.is_key(expr)}
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

    def is_key(self, expr: Any) -> bool:
        if not isinstance(expr, form.Column) or not self.catalog.has(expr.table):
            return False
        key = self.catalog.table(expr.table).primary_key
        return len(key) == 1 and key[0].lower() == expr.name.lower()

    def identifies(self, expr: Any, *, anywhere: bool = False) -> bool:
        """Is it the name by which rows of the root (or of any table) are known?"""
        if isinstance(expr, form.Joined):
            return all("name" in part.name.lower() and (anywhere or self.own(part)) for part in expr.parts)
        if not isinstance(expr, form.Column) or not (anywhere or self.own(expr)) or not expr.table:
            return False
        words = title(expr.name)
        return words in ("name", "title", f"{singular(title(expr.table))} name", f"{singular(title(expr.table))} title")

    def own(self, column: form.Column) -> bool:
        return not column.role and column.table.lower() == self.plan.root.lower()

    def about(self, expr: Any, partition: Sequence[Any]) -> bool:
        tables = {part.table.lower() for item in partition for part in form.walk(item) if isinstance(part, form.Column)}
        return self.identifies(expr, anywhere=True) and isinstance(expr, form.Column) and expr.table.lower() in tables

    def speaks_of_root(self, exprs: Sequence[Any]) -> bool:
        return any(isinstance(p, form.Column) and self.own(p) for expr in exprs for p in form.walk(expr))

    def listing(self, shown: Sequence[Output]) -> tuple[str, str]:
        """The subject of a list, and what is shown of it when that is not plain from the subject."""
        further = [output for output in shown if not self.identifies(output.expr)]
        if not further:
            return self.subject(), ""
        if len(shown) == 1 and not self.is_key(shown[0].expr):
            words = self.output(shown[0])
            if words == singular(self.subject()):
                return self.subject(), ""
            return (f"{words} of {self.subject()}" if self.plan.root else words), ""
        further = [output for output in further if not (self.is_key(output.expr) and self.own(output.expr))]
        if not further or not self.plan.root:
            return self.subject(), ""
        return self.subject(), f", showing {listed([self.output(output) for output in shown])}"

    def output(self, output: Output) -> str:
        if self.plan.base is not None and isinstance(output.expr, form.Column) and not output.expr.table:
            return output.label
        return self.expr(output.expr)

    def conditions(self) -> str:
        """Times and related rows follow the subject directly, the rest after "where"."""
        plain, placed = [], []
        for item in self.plan.where:
            words = self.predicate(item)
            if isinstance(item, form.Related) or words.startswith(_TIMES):
                placed.append(words)
            else:
                plain.append(words)
        text = "".join(f" {words}" for words in placed[:1]) + "".join(f" and {words}" for words in placed[1:])
        if plain:
            text += f" where {listed(plain)}"
        for table in self.plan.optional:
            text += f", also without {plural(title(table))}" if table == self.plan.optional[0] else ""
        return text

    def having(self) -> str:
        if not self.plan.having:
            return ""
        return f" with {listed([self.predicate(item) for item in self.plan.having])}"

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

    # ----------------------------------------------------------------------------------------- expressions
    def expr(self, node: Any) -> str:
        match node:
            case form.Column():
                return self.column(node)
            case form.Literal():
                return self.value(node.value)
            case form.Aggregate():
                return self.aggregate(node)
            case form.Arithmetic():
                return self.arithmetic(node)
            case form.Bucket():
                return GRAINS.get(node.grain, node.grain)
            case form.Share():
                return f"share of {self.expr(node.of)}"
            case form.Joined():
                return self.joined(node)
            case form.Scalar():
                return f"the {_lower(_Speaker(self.catalog, node.plan).sentence())}"
        raise PlanInvalid("The plan has a part that is no expression.")

    def column(self, column: form.Column) -> str:
        words = title(column.name)
        if not column.table:
            return column.name
        if column.role:
            return f"{column.role} {words}"
        owner = singular(title(column.table))
        if self.is_key(column) and words in (owner, "id"):
            return f"{owner} id" if words == "id" else owner
        if words in _GENERIC and owner not in words.split():
            return f"{owner} {words}"
        if not self.own(column) and self.plan.root and not set(owner.split()) & set(words.split()):
            return f"{owner} {words}" if self.shared(column) else words
        return words

    def shared(self, column: form.Column) -> bool:
        """Have other tables a column of the same name?"""
        return sum(table.has(column.name) for table in self.catalog.tables) > 1

    def joined(self, node: form.Joined) -> str:
        column = node.parts[0]
        if all("name" in part.name.lower() for part in node.parts):
            return f"{column.role or singular(title(column.table))} name"
        return listed([self.column(part) for part in node.parts])

    def aggregate(self, node: form.Aggregate) -> str:
        if node.of is None:
            return f"number of {self.counted(node)}"
        inner = self.expr(node.of)
        if node.function == "count":
            return f"number of {'different ' if node.distinct else ''}{plural(inner)}"
        dated = self.dated(node.of)
        words = {
            "sum": "sum of",
            "avg": "average",
            "min": "earliest" if dated else "lowest",
            "max": "latest" if dated else "highest",
        }
        return f"{words.get(node.function, node.function)} {inner}"

    def counted(self, node: form.Aggregate) -> str:
        table = node.table or self.plan.root
        return plural(title(table)) if table else "rows"

    def arithmetic(self, node: form.Arithmetic) -> str:
        if node.op == "/" and isinstance(node.right, form.Literal):
            unit = {1000: "in seconds", 60000: "in minutes", 3600000: "in hours"}.get(node.right.value)  # type: ignore[call-overload]
            if unit and any(isinstance(p, form.Column) and "milli" in p.name.lower() for p in form.walk(node.left)):
                return f"{self.expr(node.left)} {unit}"
        sign = {"*": "×", "/": "per" if isinstance(node.right, form.Aggregate) else "÷", "-": "−", "+": "+"}.get(
            node.op, node.op
        )
        return f"{self.operand(node.left, node.op)} {sign} {self.operand(node.right, node.op)}"

    def operand(self, node: Any, op: str) -> str:
        words = self.expr(node)
        inner = isinstance(node, form.Arithmetic) and node.op in "+-" and op in "*/"
        return f"({words})" if inner else words

    def value(self, value: Any) -> str:
        if value is None:
            return "nothing"
        if isinstance(value, bool | int | float):
            return number(value)
        return moment(value) if value.strip() else f"“{value}”"

    # ------------------------------------------------------------------------------------------ predicates
    def predicate(self, node: Any) -> str:
        match node:
            case form.Compare():
                return self.compare(node)
            case form.Between():
                return self.between(node)
            case form.Among():
                return self.among(node)
            case form.Missing():
                return f"{self.expr(node.of)} is {'known' if node.negated else 'missing'}"
            case form.Related():
                return self.related(node)
            case form.Any_():
                return listed([self.predicate(item) for item in node.items], "or")
            case form.All_():
                return listed([self.predicate(item) for item in node.items])
            case form.Not_():
                return f"not ({self.predicate(node.item)})"
        raise PlanInvalid("The plan has a part that is no condition.")

    def compare(self, node: form.Compare) -> str:
        right = node.right
        if node.op in ("like", "not like"):
            return self.like(node)
        if isinstance(node.left, form.Aggregate) and node.left.function == "count" and isinstance(right, form.Literal):
            left = node.left
            counted = self.counted(left) if left.of is None else self.expr(left).removeprefix("number of ")
            counted = singular(counted) if right.value == 1 else counted
            return f"{_COUNTS.get(node.op, node.op)} {self.expr(right)} {counted}"
        left_words = self.expr(node.left)
        if isinstance(right, form.Literal) and isinstance(node.left, form.Bucket):
            return self.bucket_value(node, right)
        if isinstance(right, form.Literal) and self.dated(node.left):
            return self.compare_date(node, right.value)
        right_words = self.expr(right)
        if (
            isinstance(right, form.Literal)
            and isinstance(right.value, int | float)
            and not isinstance(right.value, bool)
        ):
            if isinstance(node.left, form.Share):
                right_words = f"{number(right.value * 100)}%"
            elif isinstance(node.left, form.Column) and title(node.left.name).split()[-1] in _UNCOUNTED:
                right_words = str(right.value)
        if isinstance(right, form.Literal) and isinstance(right.value, str) and node.op in ("<", ">", "<=", ">="):
            words = {"<": "before", ">": "after", "<=": "up to", ">=": "from"}
            return f"{left_words} {words[node.op]} {right_words}"
        return f"{left_words} {_NUMBERS.get(node.op, node.op)} {right_words}"

    def bucket_value(self, node: form.Compare, right: form.Literal) -> str:
        assert isinstance(node.left, form.Bucket)
        value = str(right.value)
        if node.left.grain in ("year", "quarter", "month", "day", "week") and node.op == "=":
            return f"in {value}"
        names = {
            "month_of_year": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
                              "October", "November", "December"),
            "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        }.get(node.left.grain)  # fmt: skip
        if names and value.isdigit() and 1 <= int(value) <= len(names):
            value = names[int(value) - 1]
        return f"{self.expr(node.left)} {_NUMBERS.get(node.op, node.op)} {value}"

    def compare_date(self, node: form.Compare, value: Any) -> str:
        when = str(value) if isinstance(value, int) else self.value(value)
        word = _DATES.get(node.op, node.op)
        if node.op in ("=", "!="):
            word = f"{'not ' if node.op == '!=' else ''}{'in' if when.isdigit() else 'on'}"
        if self.only_date(node.left):
            return f"{word} {when}"
        return f"{self.expr(node.left)} {word} {when}"

    def like(self, node: form.Compare) -> str:
        left = self.expr(node.left)
        no = node.op == "not like"
        if not isinstance(node.right, form.Literal):
            return f"{left} {'is not like' if no else 'is like'} {self.expr(node.right)}"
        pattern = str(node.right.value)
        bare = pattern.strip("%").replace("\\", "")
        if pattern.startswith("%") and pattern.endswith("%"):
            return f"{left} {'does not contain' if no else 'contains'} {bare}"
        if pattern.endswith("%"):
            return f"{left} {'does not start' if no else 'starts'} with {bare}"
        if pattern.startswith("%"):
            return f"{left} {'does not end' if no else 'ends'} with {bare}"
        return f"{left} is {'not ' if no else ''}{bare}"

    def between(self, node: form.Between) -> str:
        left = self.expr(node.of)
        if self.dated(node.of) and isinstance(node.low, form.Literal) and isinstance(node.high, form.Literal):
            when = span(str(node.low.value), str(node.high.value), closed=node.closed)
            if (
                node.period
                and node.period.lower().removeprefix("in ") not in when.lower()
                and not node.period.isdigit()
            ):
                when = f"{node.period} ({when.removeprefix('in ').removeprefix('on ').removeprefix('from ')})"
            return when if self.only_date(node.of) else f"{left} {when}"
        low, high = self.expr(node.low), self.expr(node.high)
        return f"{left} between {low} and {high}" if node.closed else f"{left} from {low} to below {high}"

    def only_date(self, node: Any) -> bool:
        """Has the root's table, or the column's own, no other date that could be meant?"""
        if not isinstance(node, form.Column) or node.role or not self.catalog.has(node.table):
            return False
        return (
            sum(self.dated(form.Column(node.table, column.name)) for column in self.catalog.table(node.table).columns)
            == 1
        )

    def among(self, node: form.Among) -> str:
        left = self.expr(node.of)
        if node.plan is not None:
            inner = _lower(_Speaker(self.catalog, node.plan).sentence())
            return f"{left} is {'not ' if node.negated else ''}among the {inner}"
        values = [self.value(value.value) for value in node.values]
        if node.negated:
            return f"{left} is not {listed(values, 'or')}"
        return f"{left} is {listed(values, 'or')}"

    def related(self, node: form.Related) -> str:
        words = title(node.table)
        source = node.source or self.plan.root
        if source.lower() == node.table.lower():
            words = f"other {singular(words)}"
        inner = _Speaker(self.catalog, Plan(node.table, ()))
        conditions = [inner.predicate(item) for item in node.where]
        where = f" where {listed(conditions)}" if conditions else ""
        if node.count is not None:
            counted = singular(words) if node.count == 1 else plural(words)
            amount = f"{_COUNTS.get(node.op or '>=', 'at least')} {number(node.count)}"
            return f"{'not ' if node.negated else ''}with {amount} {counted}{where}"
        if node.negated:
            return f"without any {singular(words)}{where}"
        return f"with at least one {singular(words)}{where}"

    # --------------------------------------------------------------------------------------------- kinds
    def kind(self, node: Any) -> str:
        if isinstance(node, form.Column) and node.table and self.catalog.has(node.table):
            table = self.catalog.table(node.table)
            if table.has(node.name):
                column = table.column(node.name)
                return "date" if column.temporal or column.profile.encoding else column.kind
        return ""

    def dated(self, node: Any) -> bool:
        if isinstance(node, form.Aggregate) and node.function in ("min", "max"):
            return self.dated(node.of)
        if isinstance(node, form.Bucket):
            return node.grain in ("year", "quarter", "month", "week", "day")
        return self.kind(node) == "date"

    def numeric(self, node: Any) -> bool:
        return isinstance(node, form.Arithmetic) or self.kind(node) in ("integer", "real")

    def named(self, node: Any) -> bool:
        """Is it ordered like words?"""
        return not self.numeric(node) and not self.dated(node) and not form.aggregates(node)


def _extreme(order: Order, *, dated: bool = False) -> str:
    if dated:
        return "latest" if order.descending else "earliest"
    return "highest" if order.descending else "lowest"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
