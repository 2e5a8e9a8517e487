"""The words for the parts of a plan: expressions and conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from workspace.database.catalog import Catalog
from workspace.errors import PlanInvalid
from workspace.question import plan as form
from workspace.question.definitions import figure_of
from workspace.question.plan import Plan
from workspace.question.wording import listed, moment, number, plural, singular, span, title

GRAINS = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "day": "day",
    "month_of_year": "month of the year", "weekday": "day of the week", "hour": "hour of the day",
}  # fmt: skip
_NUMBERS = {"=": "is", "!=": "is not", "<": "is under", "<=": "is at most", ">": "is over", ">=": "is at least"}
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
_UNITS = {"1000": "in seconds", "60000": "in minutes", "3600000": "in hours"}
_SIGNS = {"*": "×", "/": "÷", "-": "−", "+": "+"}
_UNCOUNTED = {"year", "id", "code", "number", "zip", "no", "years", "phone"}  # numbers that are names


@dataclass
class Speaker:
    """Says parts of ``plan``; what belongs to the plan's own table is said without naming it."""

    catalog: Catalog
    plan: Plan

    def inner(self, plan: Plan) -> str:
        """A plan within the plan, in words that can follow "the"."""
        raise NotImplementedError

    # --------------------------------------------------------------------------------------- keys and names
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
        if (
            words == "title"
            and self.catalog.has(expr.table)
            and any(title(column.name) == "last name" for column in self.catalog.table(expr.table).columns)
        ):
            return False  # a person's title names no one
        return words in ("name", "title", f"{singular(title(expr.table))} name", f"{singular(title(expr.table))} title")

    def is_own_key(self, expr: Any) -> bool:
        return isinstance(expr, form.Column) and self.own(expr) and self.is_key(expr)

    def own(self, column: form.Column) -> bool:
        return not column.role and column.table.lower() == self.plan.root.lower()

    # ----------------------------------------------------------------------------------------- expressions
    def expr(self, node: Any) -> str:
        if self.catalog.definitions is not None and (figure := figure_of(self.catalog, node)) is not None:
            return figure.name
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
                return f"the {self.inner(node.plan)}"
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
        if node.op == "/" and isinstance(node.right, form.Scalar) and node.right.plan.outputs[0].expr == node.left:
            return f"share of {self.expr(node.left).removeprefix('number of ')}"
        if node.op == "/" and isinstance(node.right, form.Literal):
            unit = _UNITS.get(str(node.right.value).removesuffix(".0"), "")
            if unit and any(isinstance(p, form.Column) and "milli" in p.name.lower() for p in form.walk(node.left)):
                return f"{self.expr(node.left)} {unit}"
        between = "per" if node.op == "/" and isinstance(node.right, form.Aggregate) else _SIGNS.get(node.op, node.op)
        right = self.operand(node.right, node.op)
        named = next((part.table for part in form.walk(node.left) if isinstance(part, form.Column)), "")
        if isinstance(node.right, form.Column) and node.right.table == named and not node.right.role:
            right = title(node.right.name)  # the table was named with the left side
        return f"{self.operand(node.left, node.op)} {between} {right}"

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
                return self.either(node)
            case form.All_():
                return listed([self.grouped(item) for item in node.items])
            case form.Not_():
                return self.opposite(node.item)
        raise PlanInvalid("The plan has a part that is no condition.")

    def known_as(self, node: Any) -> str:
        """A thing of another table is called by that table where its name is compared: "artist is AC/DC"."""
        if isinstance(node, form.Column) and not self.own(node) and self.identifies(node, anywhere=True):
            return node.role or singular(title(node.table))
        return self.expr(node)

    def either(self, node: form.Any_) -> str:
        """ "country is France or Spain" where the items only differ in the value."""
        items = [item for item in node.items if isinstance(item, form.Compare) and item.op == "="]
        values = tuple(item.right for item in items if isinstance(item.right, form.Literal))
        if len(values) == len(node.items) and len({item.left for item in items}) == 1:
            return self.predicate(form.Among(items[0].left, values))
        return listed([self.grouped(item) for item in node.items], "or")

    def grouped(self, node: Any) -> str:
        words = self.predicate(node)
        return f"({words})" if isinstance(node, form.Any_ | form.All_) and len(node.items) > 1 else words

    def opposite(self, node: Any) -> str:
        match node:
            case form.Among() | form.Missing() | form.Related():
                return self.predicate(replace(node, negated=not node.negated))
            case form.Compare(op="=" | "like"):
                return self.predicate(replace(node, op="!=" if node.op == "=" else "not like"))
            case form.Not_():
                return self.predicate(node.item)
        return f"not ({self.predicate(node)})"

    def compare(self, node: form.Compare) -> str:
        right = node.right
        if node.op in ("like", "not like"):
            return self.like(node)
        if isinstance(node.left, form.Aggregate) and node.left.function == "count" and isinstance(right, form.Literal):
            left = node.left
            counted = self.counted(left) if left.of is None else self.expr(left).removeprefix("number of ")
            counted = singular(counted) if right.value == 1 else counted
            return f"{_COUNTS.get(node.op, node.op)} {self.expr(right)} {counted}"
        left_words = self.known_as(node.left)
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
        begins, ends = not pattern.startswith("%"), re.search(r"(?<!\\)%$", pattern) is None
        bare = re.sub(r"(?<!\\)%", " … ", re.sub(r"^%|(?<!\\)%$", "", pattern)).replace("\\", "")
        if begins and ends:
            return f"{left} is {'not ' if no else ''}{bare}"
        if begins:
            return f"{left} {'does not start' if no else 'starts'} with {bare}"
        if ends:
            return f"{left} {'does not end' if no else 'ends'} with {bare}"
        return f"{left} {'does not contain' if no else 'contains'} {bare}"

    def between(self, node: form.Between) -> str:
        left = self.expr(node.of)
        if self.dated(node.of) and isinstance(node.low, form.Literal) and isinstance(node.high, form.Literal):
            when = span(str(node.low.value), str(node.high.value), closed=node.closed)
            if (
                node.period
                and node.period.lower().removeprefix("in ") not in when.lower()
                and not node.period.isdigit()
            ):
                said = node.period if not node.period[:1].isdigit() else f"in {node.period}"
                when = f"{said} ({when.removeprefix('in ').removeprefix('on ').removeprefix('from ')})"
            return when if self.only_date(node.of) else f"{left} {when}"
        low, high = self.expr(node.low), self.expr(node.high)
        return f"{left} is between {low} and {high}" if node.closed else f"{left} is from {low} to below {high}"

    def only_date(self, node: Any) -> bool:
        """Has the root's table, or the column's own, no other date that could be meant?"""
        if not isinstance(node, form.Column) or node.role or not self.catalog.has(node.table):
            return False
        return (
            sum(self.dated(form.Column(node.table, column.name)) for column in self.catalog.table(node.table).columns)
            == 1
        )

    def among(self, node: form.Among) -> str:
        left = self.known_as(node.of)
        if node.plan is not None:
            return f"{left} is {'not ' if node.negated else ''}among the {self.inner(node.plan)}"
        values = [self.value(value.value) for value in node.values]
        if node.negated:
            return f"{left} is not {listed(values, 'or')}"
        return f"{left} is {listed(values, 'or')}"

    def related(self, node: form.Related) -> str:
        words = title(node.table)
        source = node.source or self.plan.root
        if source.lower() == node.table.lower():
            words = f"other {singular(words)}"
        inner = type(self)(self.catalog, Plan(node.table, ()))
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
