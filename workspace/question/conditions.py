"""Conditions of a frame as predicates of a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from workspace.question import plan as form
from workspace.question.dates import Period
from workspace.question.frames import Condition, Operand, Term
from workspace.question.numbers import digits
from workspace.question.resolve import Context, is_date, is_year, names_table, unit_factor
from workspace.question.schema import AMOUNTS, Link

_FLIP = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "like": "not like", "not like": "like"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A predicate with the table it is about; ``having`` when it holds for groups."""

    table: str
    predicate: form.Predicate
    negated: bool = False
    both: bool = False
    either: bool = False
    having: bool = False
    every: bool = False
    column: tuple[str, str] = ("", "")


def fact(context: Context, condition: Condition, home: str) -> Fact | None:
    """One condition over a column, without its negation, which decides later between "is not" and "has none".

    Args:
        context: the question's tables.
        condition: of the frame.
        home: the table that is meant where the condition names no column ("invoices *over 10*").
    """
    operands = condition.operands
    first = operands[0]
    if condition.op == "is":
        return _flagged(context, condition)
    if condition.op == "missing":
        link = context.column(condition.term) if condition.term is not None else None
        return _make(condition, link, form.Missing(_expr(context, link))) if link is not None else None
    if condition.op in ("like", "starts", "ends"):
        return _pattern(context, condition, home)
    if first.average is not None:
        return _average(context, condition, home)
    if first.term is not None:
        return _columns(context, condition, home)
    if first.period is not None and not _numeric_meant(context, condition, home):
        return _dated(context, condition, home)
    if first.number is not None and not _textual(context, condition):
        return _number(context, condition, home)
    return _valued(context, condition, home)


def _make(condition: Condition, link: Link, predicate: form.Predicate, *, having: bool = False) -> Fact:
    column = (link.table, link.column)
    return Fact(
        link.table, predicate, condition.negated, condition.both, condition.either, having, condition.every, column
    )


def _expr(context: Context, link: Link) -> form.Column:
    return form.Column(link.table, link.column)


# --------------------------------------------------------------------------------------------------- by value
def _textual(context: Context, condition: Condition) -> bool:
    """A number that is the text of a cell: room "12", zip code 94107."""
    first = condition.operands[0]
    if condition.op != "=" or not first.matches:
        return False
    if condition.term is None:
        return True
    link = context.column(condition.term, among={(m.table, m.column) for m in first.matches})
    return link is not None and not context.schema.column(link).numeric


def _valued(context: Context, condition: Condition, home: str) -> Fact | None:
    term = condition.term
    link = context.value_column(condition.operands, term)
    if link is None and home and context.schema.tables[home].label:
        link = Link(home, context.schema.tables[home].label[0], 0.5, "label")
        context.penalize("the value was not found", 0.25)
    if link is None:
        return None
    column = context.schema.column(link)
    values = []
    for operand in condition.operands:
        spellings = [m for m in operand.matches if (m.table, m.column) == (link.table, link.column)]
        match = spellings[0] if spellings else None
        spellings = [other for other in spellings if other is match or not _dotted(other.value, spellings[0].value)]
        quoted = operand.item is not None and operand.item.quoted
        values += [form.Literal(other.value) for other in spellings[1:4] if not quoted]
        if match is None and operand.matches == () and term is None:
            context.penalize("the value was not found", 0.25)
        value: str | int | float = match.value if match is not None else operand.text or str(operand.number)
        if column.numeric and isinstance(value, str):
            number = digits(value)
            value = number if number is not None else value
        values.append(form.Literal(value))
    of = _expr(context, link)
    if len(values) == 1:
        op: form.Operator = "!=" if condition.op == "!=" else "="
        return _make(condition, link, form.Compare(of, op, values[0]))
    return _make(condition, link, form.Among(of, tuple(dict.fromkeys(values)), negated=condition.op == "!="))


def _dotted(value: str, other: str) -> bool:
    """Do the two differ in signs only ("Russia]]"), so that one is a slip of the data?"""
    plain = ("".join(sign for sign in text.casefold() if sign.isalnum()) for text in (value, other))
    return value.casefold() != other.casefold() and len(set(plain)) == 1


def _flagged(context: Context, condition: Condition) -> Fact | None:
    """A yes/no column has the value that means yes (or no), in the type the data keeps it in."""
    link = context.column(condition.term) if condition.term is not None else None
    if link is None:
        return None
    text = condition.operands[0].text
    column = context.schema.column(link)
    stored = next((value for value, _ in column.profile.common if str(value) == text), text)
    return _make(condition, link, form.Compare(_expr(context, link), "=", form.Literal(stored)))


def _pattern(context: Context, condition: Condition, home: str) -> Fact | None:
    term = condition.term
    link = context.column(term) if term is not None and term.item is not None and not names_table(term.item) else None
    if link is None:
        table = home or context.entity
        label = context.schema.tables[table].label if table else ()
        if not label:
            return None
        link = Link(table, label[-1], 0.7, "label")
    text = condition.operands[0].text
    shape = {"like": f"%{text}%", "starts": f"{text}%", "ends": f"%{text}"}[condition.op]
    return _make(condition, link, form.Compare(_expr(context, link), "like", form.Literal(shape)))


# ------------------------------------------------------------------------------------------------- by number
def _numeric_meant(context: Context, condition: Condition, home: str) -> bool:
    """Is 2000 a number here rather than a year?"""
    first = condition.operands[0]
    if first.number is None:
        return False
    term = condition.term
    if term is None or term.item is None or names_table(term.item):
        if term is not None and term.adjective is not None:
            found = context.by_adjective(term, _places(context, home))
            return found is not None and not is_date(context.schema.column(found[0]))
        if term is not None and (term.measure or term.unit):
            return True
        if term is None and condition.op == "in":
            return False
        return not any(context.schema.tables[table].dates or _years(context, table) for table in _places(context, home))
    link = context.column(term)
    return link is None or not is_date(context.schema.column(link))


def _places(context: Context, home: str) -> list[str]:
    """Tables by how near they are to where the condition stands."""
    start = home or context.entity or next(iter(context.pull), "")
    if not start:
        return list(context.schema.tables)
    reach, near = context.schema.reach(start), context.schema.near(start)
    named = [table for table in context.pull if table in near]
    return list(dict.fromkeys([start, *sorted(named, key=lambda t: near[t]), *sorted(reach, key=lambda t: reach[t])]))


def figure(context: Context, term: Term | None, home: str, need: str = "number") -> tuple[form.Expr, Link] | None:
    """The expression that a number is compared with: a column, an adjective's column, or the table's own amount."""
    if term is not None and term.measure is not None:
        from workspace.question.measures import revenue

        found = revenue(context, term.measure, [home] if home else [])
        if found is not None:
            return found.expr, Link(found.table, "", found.score, "measure")
    if (
        term is not None
        and term.unit
        and term.adjective is None
        and term.item is not None
        and term.item.lemma == term.unit
    ):
        from workspace.question.measures import in_unit

        expr = in_unit(context, term)
        if expr is not None:
            column = next(node for node in form.walk(expr) if isinstance(node, form.Column))
            return expr, Link(column.table, column.name, 0.8, "unit")
    if term is not None and term.adjective is not None:
        hinted = context.by_adjective(term, _places(context, home))
        if hinted is None and "height" not in {hint for hint, _ in term.adjective.hints[:1]}:
            return None
        if hinted is not None:
            return _expr(context, hinted[0]), hinted[0]
    if term is not None and term.item is not None and not names_table(term.item):
        link = context.column(term, need)
        return (_expr(context, link), link) if link is not None else None
    table = context.table(term.item) if term is not None and term.item is not None else home or context.entity
    amount = context.schema.tables[table].amount if table else ""
    if not amount:
        return None
    telling = AMOUNTS & set(context.schema.tables[table or ""].column_words[amount])
    context.penalize("the figure was not named", 0.05 if telling else 0.3)
    link = Link(table or "", amount, 0.7, "amount")
    return _expr(context, link), link


def _number(context: Context, condition: Condition, home: str) -> Fact | None:
    term = condition.term
    if term is None and condition.op == "=":
        return _keyed(context, condition, home)
    if term is not None and term.item is not None and names_table(term.item) and condition.op == "=" and not term.owner:
        return _keyed(context, condition, context.table(term.item) or home)
    found = figure(context, term, home)
    if found is None:
        return None
    expr, link = found
    having = bool(term is not None and term.function) or form.aggregates(expr)
    if term is not None and term.function and not form.aggregates(expr):
        expr = form.Aggregate(term.function, expr, distinct=term.distinct and term.function == "count")
    if term is not None and term.measure is not None and not term.function and link.table != context.entity:
        expr, having = form.Aggregate("sum", expr), True  # "countries with revenue above 100": of all their orders
    numbers = [operand.number for operand in condition.operands]
    if term is not None and term.unit and isinstance(expr, form.Column):
        factor = unit_factor(context.schema.tables[link.table].column_words[link.column], term.unit)
        numbers = [number * factor if number is not None else None for number in numbers]
    column = context.schema.column(link) if link.column else None
    texts = column is not None and column.kind == "text" and isinstance(expr, form.Column)
    literals = [form.Literal(_text(n) if texts and condition.op == "=" else _plain(n)) for n in numbers]
    predicate: form.Predicate
    if condition.op == "between":
        predicate = form.Between(expr, literals[0], literals[1], closed=True)
    elif len(literals) > 1:
        predicate = form.Among(expr, tuple(literals))
    else:
        predicate = form.Compare(expr, _operator(condition.op, column), literals[0])
    return _make(condition, link, predicate, having=having)


def _operator(op: str, column: object) -> form.Operator:
    return op if op in _FLIP else "="  # ty: ignore[invalid-explicit-return]


def _plain(number: int | float | None) -> int | float | None:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _text(number: int | float | None) -> str:
    return str(_plain(number))


def _keyed(context: Context, condition: Condition, home: str) -> Fact | None:
    """ "customer 5": the row with that key."""
    table = home or context.entity
    key = context.schema.tables[table].key if table else ()
    if len(key) != 1:
        return None
    link = Link(table, key[0], 0.6, "key")
    context.penalize("a bare number", 0.2)
    literals = tuple(form.Literal(_plain(operand.number)) for operand in condition.operands)
    of = _expr(context, link)
    predicate = form.Compare(of, "=", literals[0]) if len(literals) == 1 else form.Among(of, literals)
    return _make(condition, link, predicate)


def _average(context: Context, condition: Condition, home: str) -> Fact | None:
    """above the average: the same column's average over all rows of its table"""
    operand = condition.operands[0]
    term = condition.term or operand.term
    found = figure(context, term, home)
    if found is None:
        return None
    expr, link = found
    named = operand.term if operand.term is not None and not _things(operand.term) else None
    averaged = figure(context, named, home) if named is not None else None
    over = averaged[0] if averaged is not None else expr
    table = averaged[1].table if averaged is not None else link.table
    assert operand.average is not None
    function = operand.average
    each = operand.item is not None and named is None and not operand.item.has("max", "min", "avg", "average_of")
    if each and condition.op in ("<", "<="):  # less than every one of them
        function = "min"
    inner = form.Plan(
        table, (form.Output(form.Aggregate(function, over), "average"),), where=_subset(context, operand, table)
    )
    op = condition.op if condition.op in _FLIP else "="
    return _make(condition, link, form.Compare(expr, op, form.Scalar(inner)))  # ty: ignore[invalid-argument-type]


def _things(term: Term) -> bool:
    return term.item is not None and names_table(term.item) and term.owner is None


def _subset(context: Context, operand: Operand, table: str) -> tuple[form.Predicate, ...]:
    """The rows that the figure to compare with is taken over."""
    from workspace.question.narrow import settled

    where: list[form.Predicate] = []
    reach = context.schema.reach(table)
    for condition in operand.inner:
        made = fact(context, condition, table) if isinstance(condition, Condition) else None
        if made is None:
            context.penalize("a condition was not understood", 0.4)
        elif made.table in reach:
            where.append(settled(made))
        else:
            where.append(form.Related(made.table, (made.predicate,), negated=made.negated))
    return tuple(where)


def _columns(context: Context, condition: Condition, home: str) -> Fact | None:
    term = condition.operands[0].term
    right = context.column(term) if term is not None else None
    left = context.column(condition.term) if condition.term is not None else None
    if right is None or left is None or condition.op not in _FLIP:
        return None
    predicate = form.Compare(_expr(context, left), condition.op, _expr(context, right))  # ty: ignore[invalid-argument-type]
    return _make(condition, left, predicate)


# --------------------------------------------------------------------------------------------------- by date
def _years(context: Context, table: str) -> list[str]:
    return [column.name for column in context.schema.tables[table].table.columns if is_year(column)]


def _event_places(context: Context, home: str) -> list[str]:
    """Where what happened was written down: the order of an order's lines before the product or what was named."""
    schema = context.schema
    own, reach = set(schema.tables[home].words), schema.reach(home)
    aside = set(schema.reach(context.entity)) if context.entity not in ("", home) else set()

    def rank(table: str) -> tuple[bool, int, bool, int]:
        info = schema.tables[table]
        return table in aside, reach[table], not own & set(info.words), -len(info.foreign)

    return sorted(reach, key=rank)


def date_column(context: Context, home: str, *, finest: str = "day") -> Link | None:
    """Where a date without a column belongs: the table itself, else the nearest that has dates."""
    places = _places(context, home)
    if home and (home != context.entity or home == context.measured) and not context.schema.tables[home].dates:
        places = _event_places(context, home)
    start = home or context.entity
    for table in places:
        info = context.schema.tables[table]
        if info.person and table not in (start, context.entity):
            continue  # when somebody was hired or born says nothing of other things
        names = [name for name in info.dates if finest == "year" or not is_year(info.table.column(name))]
        if finest == "year":
            names += [name for name in _years(context, table) if name not in names]
        if names:
            return Link(table, names[0], 0.9, "date")
    near = context.schema.near(start) if start else {}
    for table in sorted(near, key=lambda name: (near[name], name)):
        info = context.schema.tables[table]
        if info.dates and near[table] == 1 and not info.person:
            return Link(table, info.dates[0], 0.6, "date")
    return None


def happened(context: Context, home: str) -> Link | None:
    """ "orders *shipped* per month": the date that a verb speaks of."""
    near = context.schema.near(home) if home else {}
    return next((link for link in context.frame.happened if link.table in near), None)


def _dated(context: Context, condition: Condition, home: str) -> Fact | None:
    term = condition.term
    yearly = all(operand.period is not None and operand.period.grain == "year" for operand in condition.operands)
    link: Link | None = None
    if term is not None and term.item is not None and not names_table(term.item):
        link = context.column(term, "date")
    elif term is not None and term.adjective is not None:
        hinted = context.by_adjective(term, _places(context, home))
        link = hinted[0] if hinted and is_date(context.schema.column(hinted[0])) else None
    if link is None or not is_date(context.schema.column(link)):
        if link is None and term is not None and term.item is not None and names_table(term.item):
            home = context.table(term.item) or home
        home = link.table if link is not None else home
        link = happened(context, home) or date_column(context, home, finest="year" if yearly else "day")
    if link is None:
        return None
    column = context.schema.column(link)
    of = _expr(context, link)
    sign = 1
    if condition.adjective is not None and condition.op in ("<", ">"):
        hinted = context.by_adjective(Term(adjective=condition.adjective), [link.table])
        sign = hinted[1] if hinted else 1
        default = 1 if condition.adjective.sign > 0 else -1
        sign = sign * default
    op = condition.op if sign > 0 else {"<": ">", ">": "<"}[condition.op]
    year = is_year(column) and not column.profile.encoding
    parts = [_stretch(of, op, operand, year=year, text=column.kind == "text") for operand in condition.operands]
    if op == "between":
        low, high = condition.operands[0].period, condition.operands[-1].period
        assert low is not None and high is not None
        parts = [_range(of, low, high, year=year, text=column.kind == "text")]
    predicate = parts[0] if len(parts) == 1 else form.Any_(tuple(parts))
    return _make(condition, link, predicate)


def _iso(day: date | datetime | None) -> str | None:
    if isinstance(day, datetime):
        return day.isoformat(sep=" ")
    return day.isoformat() if day is not None else None


def _stretch(of: form.Column, op: str, operand: Operand, *, year: bool, text: bool) -> form.Predicate:
    period = operand.period
    assert period is not None
    if year and period.low is not None:
        value = form.Literal(str(period.low.year) if text else period.low.year)
        last = form.Literal((period.high.year - 1) if period.high is not None else period.low.year)
        if op in ("=", "in") and last.value != period.low.year and period.grain == "year":
            return form.Between(of, value, last, closed=True, period=period.words)
        return form.Compare(of, "=" if op == "in" else op, value)  # ty: ignore[invalid-argument-type]
    low, high = form.Literal(_iso(period.low)), form.Literal(_iso(period.high))
    if op in (">=", ">"):
        return form.Compare(of, ">=", low if op == ">=" else high)
    if op in ("<", "<="):
        return form.Compare(of, "<", low if op == "<" else high)
    return form.Between(of, low, high, period=period.words)


def _range(of: form.Column, low: Period, high: Period, *, year: bool, text: bool) -> form.Predicate:
    words = f"{low.words} to {high.words}"
    if year and low.low is not None and high.low is not None:
        ends = (low.low.year, high.low.year)
        first, last = (form.Literal(str(end) if text else end) for end in ends)
        return form.Between(of, first, last, closed=True, period=words)
    return form.Between(of, form.Literal(_iso(low.low)), form.Literal(_iso(high.high)), period=words)


def negate(predicate: form.Predicate) -> form.Predicate:
    """The opposite, said as directly as possible."""
    if isinstance(predicate, form.Compare):
        return replace(predicate, op=_FLIP[predicate.op])
    if isinstance(predicate, form.Among | form.Related | form.Missing):
        return replace(predicate, negated=not predicate.negated)
    return form.Not_(predicate)
