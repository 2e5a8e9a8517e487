"""Figures that a schema does not hold as such: revenue, minutes of a column in milliseconds, how many were sold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from workspace.database.catalog import Column
from workspace.question import plan as form
from workspace.question.frames import Term
from workspace.question.lexicon import Adjective, MeasureWord, measure_words
from workspace.question.resolve import Context, is_year, unit_divisor
from workspace.question.schema import Schema, TableInfo

# A quantity that is kept is not one that was sold.
_KEPT = {"stock", "inventory", "hand", "reorder", "available", "warehouse", "minimum", "maximum", "target"}

_PAID = frozenset({"price", "fare", "charge"})

_SIZED = frozenset({"size", "rating"})


_COUNTING = frozenset(
    {"number", "count", "total", "quantity", "amount", "stock", "enrollment", "size", "capacity", "population"}
)

# Of many of these the mean says something, their sum nothing.
_MEANT = frozenset(
    {
        "rating",
        "satisfaction",
        "grade",
        "gpa",
        "age",
        "temperature",
        "humidity",
        "pressure",
        "percent",
        "percentage",
        "rate",
        "ratio",
        "price",
    }
)

_MEANT_ENDS = ("preis", "quote", "prozent", "temperatur", "bewertung", "durchschnitt")  # of compounds: einzelpreis

# Amounts of what happened: of many of them the sum is wanted, and a mean only where it is asked for.
_ADDED = frozenset(
    {
        "amount", "total", "subtotal", "revenue", "sales", "sale", "turnover", "net", "gross", "sum", "payment", "paid",
        "income", "profit", "expense", "fee", "cost", "freight", "quantity", "qty", "pieces", "piece", "betrag",
        "umsatz", "netto", "brutto", "summe", "menge", "anzahl", "einnahmen", "kosten", "erlös",
    }
)  # fmt: skip
_ADDED_ENDS = ("betrag", "umsatz", "summe", "menge", "kosten", "erlös")  # of compounds: rechnungsbetrag

# What amounts of money are called, and what may be said with it.
_TELLING = frozenset(
    {
        "net",
        "total",
        "amount",
        "subtotal",
        "revenue",
        "turnover",
        "gross",
        "netto",
        "brutto",
        "summe",
        "erlös",
        "gesamt",
    }
)
_TELLING_ENDS = ("betrag", "umsatz", "gesamtpreis")
_TOLD_OF = frozenset(
    {
        "sum", "value", "line", "row", "item", "order", "invoice", "sale", "sales", "final", "grand", "sub", "position",
        "eur", "euro", "usd", "dollar", "gbp", "chf", "in",
    }
)  # fmt: skip

# What is wanted or planned is no revenue.
_PLANNED = frozenset({"target", "budget", "plan", "planned", "forecast", "quota", "goal", "limit"})


@dataclass(frozen=True, slots=True)
class Measure:
    """An expression over the rows of ``table``; ``score`` is how well it fits the question."""

    table: str
    expr: form.Expr
    score: float
    how: str

    def gathered(self, function: form.Function) -> form.Expr:
        """The figure over many rows; one that a person defined is gathered as defined, unless asked for otherwise."""
        if not form.aggregates(self.expr):
            return form.Aggregate(function, self.expr)
        if function != "sum" and isinstance(self.expr, form.Aggregate) and self.expr.of is not None:
            return replace(self.expr, function=function)
        return self.expr


def revenue(context: Context, word: MeasureWord, needed: Iterable[str]) -> Measure | None:
    """The amount of the right grain: a total where everything needed hangs on it, else price times quantity.

    Args:
        context: the question's tables.
        word: which figure.
        needed: tables that the figure is grouped or filtered by.
    """
    schema, needed = context.schema, set(needed)
    figure = word.figure or schema.figures.get((word.name,))
    if figure is not None:
        return Measure(figure.table, figure.expr, 1.0, "defined")
    best: Measure | None = None
    for found in _amounts(schema, word):
        here = 0.25 * (found.table == context.entity)
        if best is not None and found.score + here <= best.score:
            continue
        missing = [table for table in needed if not _reaches(schema, found.table, table)]
        far = sum(schema.near(table).get(found.table, 12) for table in missing)
        apart = far + sum(schema.feeders(table)[found.table] for table in needed.difference(missing))
        score = found.score - 0.5 * bool(missing) - 0.2 * len(missing) - 0.08 * apart
        score += here
        if best is None or score > best.score:
            best = Measure(found.table, found.expr, score, found.how)
    return best


def _reaches(schema: Schema, table: str, needed: str) -> bool:
    """Has each row of ``table`` at most one of ``needed``? The few tables that may have are known from there."""
    return table in schema.feeders(needed) and needed in schema.reach(table)


def worth(context: Context, adjective: Adjective | None, needed: Iterable[str]) -> Measure | None:
    """ "largest customers", "best product": the revenue of things without a size or a rating of their own.

    Args:
        context: the question's tables.
        adjective: what they are said to be; None for "top 10".
        needed: as in `revenue`.
    """
    entity = context.entity
    found = business(context, adjective, needed) if entity else None
    if found is None or found.table == entity or entity not in context.schema.reach(found.table):
        return None
    return found


def business(context: Context, adjective: Adjective | None, needed: Iterable[str]) -> Measure | None:
    """The revenue that things are ranked by, where they are said to be large or good, or "top" alone."""
    if adjective is not None and not _SIZED & {hint for hint, _ in adjective.hints}:
        return None
    return revenue(context, next(word for word in measure_words() if word.name == "revenue"), needed)


_known: WeakKeyDictionary[Schema, dict[str, tuple[Measure, ...]]] = WeakKeyDictionary()


def _amounts(schema: Schema, word: MeasureWord) -> tuple[Measure, ...]:
    """Whatever may be the figure in a schema, in the order of its tables; worked out once."""
    known = _known.setdefault(schema, {})
    if word.name not in known:
        known[word.name] = tuple(_found(schema, word))
    return known[word.name]


def _found(schema: Schema, word: MeasureWord) -> Iterable[Measure]:
    for info in schema.tables.values():
        if info.table.view or not info.table.rows:
            continue
        event = bool(info.dates) or len(info.foreign) >= 1
        line = _line_amount(schema, info) or _paid(info)
        if line is not None:
            yield line
        for column in info.numeric():
            name = "_".join(info.column_words[column.name])
            bare = "_".join(w for w in info.column_words[column.name] if w not in info.words)
            rank = next((n for n, option in enumerate(word.columns) if option in (name, bare)), None)
            rank = len(word.columns) if rank is None and event and _tells_amount(info, column.name) else rank
            planned = _PLANNED & {*info.words, *info.column_words[column.name]}
            if rank is None or planned:
                continue
            score = (1.0 if event else 0.6) - 0.01 * rank - 0.15 * (line is not None)
            if line is not None and _tells_amount(info, column.name) and _covers(column, line, info):
                score = 0.97 - 0.004 * rank  # what was paid after a discount, before what its price would come to
            yield Measure(info.name, form.Column(info.name, column.name), score, "amount")


def _tells_amount(info: TableInfo, column: str) -> bool:
    """Is it called an amount of money: "Net amount", "order total", "Nettobetrag"; not "tax amount", "net weight"?"""
    words = [word for word in info.column_words[column] if word not in info.words] or [*info.column_words[column]]
    telling = [word for word in words if word in _TELLING or word.endswith(_TELLING_ENDS)]
    return bool(telling) and all(word in telling or word in _TOLD_OF for word in words)


def _covers(column: Column, line: Measure, info: TableInfo) -> bool:
    """Can it be what a row's price and quantity amount to: is the largest no smaller than the largest price?"""
    price = next((node for node in form.walk(line.expr) if isinstance(node, form.Column)), None)
    if price is None or price.table != info.name or price.name == column.name:
        return False
    most, single = column.profile.maximum, info.table.column(price.name).profile.maximum
    return isinstance(most, int | float) and isinstance(single, int | float) and most >= single


def _line_amount(schema: Schema, info: TableInfo) -> Measure | None:
    """price * quantity * (1 - discount) of an order's lines; the price may be the product's."""
    quantity = _find(info, ("quantity",), ("unit", "count"))
    if quantity is None or not (info.foreign or info.dates) or _KEPT & set(info.column_words[quantity]):
        return None
    price = _find(info, ("price",), ("list", "cost")) or _find(info, ("cost",), ())
    table, penalty = info.name, 0.0
    if price is None:
        for key in info.outgoing:
            other = schema.tables[key.ref_table]
            price = _find(other, ("price",), ("cost",))
            if price is not None:
                table, penalty = other.name, 0.25
                break
    if price is None:
        return None
    amount: form.Expr = form.Arithmetic("*", form.Column(table, price), form.Column(info.name, quantity))
    discount = _find(info, ("discount",), ("amount",))
    if discount is not None:
        top = info.table.column(discount).profile.maximum
        if isinstance(top, int | float) and 0 < top <= 1:
            kept = form.Arithmetic("-", form.Literal(1), form.Column(info.name, discount))
            amount = form.Arithmetic("*", amount, kept)
    return Measure(info.name, amount, 0.9 - penalty, "price × quantity")


def _paid(info: TableInfo) -> Measure | None:
    """The one price of what happened once, at a time and without a name of its own: a rental's, a ride's."""
    if info.label or not info.dates or _find(info, ("quantity",), ()) is not None:
        return None
    prices = [column.name for column in info.numeric() if _PAID & set(info.column_words[column.name])]
    return Measure(info.name, form.Column(info.name, prices[0]), 0.5, "price") if len(prices) == 1 else None


def line_total(schema: Schema, table: str) -> Measure | None:
    """What the lines of ``table``'s rows amount to; ``how`` is the lines' column that points at it, "" for own ones."""
    own = _line_amount(schema, schema.tables[table])
    if own is not None and "price" in schema.tables[table].column_words.get(schema.tables[table].amount, ()):
        return Measure(table, own.expr, own.score, "")
    for info in schema.tables.values():
        keys = [key for key in info.outgoing if key.ref_table == table and len(key.columns) == 1]
        line = _line_amount(schema, info) if keys and not info.table.view else None
        if line is not None and set(schema.tables[table].words) & {*info.words, *info.column_words[keys[0].columns[0]]}:
            return Measure(line.table, line.expr, line.score, keys[0].columns[0])
    return None


def _find(info: TableInfo, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> str | None:
    options = []
    for position, column in enumerate(info.table.columns):
        words = info.column_words[column.name]
        if column.numeric and set(wanted) & set(words) and column.name not in info.foreign:
            options.append((bool(set(unwanted) & set(words)), len(words), position, column.name))
    return min(options)[3] if options else None


def quantity(context: Context, needed: Iterable[str]) -> Measure | None:
    """How much was sold: the quantity of the lines that the needed tables hang on, else their number."""
    schema, needed = context.schema, set(needed)
    best: Measure | None = None
    sold = {"order", "invoice", "sale", "purchase", "transaction", "item", "line", "detail", "rental"}
    for info in schema.tables.values():
        alone = schema.sole == info.name and bool(info.dates)
        if info.table.view or not (info.foreign or alone):
            continue
        column = _find(info, ("quantity",), ("unit",))
        if column is not None and _KEPT & set(info.column_words[column]):
            continue
        named = bool(sold & info.nouns) or (alone and column is not None)
        if not named and not any(sold & schema.tables[key.ref_table].nouns for key in info.outgoing):
            continue
        if column is None and not named:
            continue
        near = [schema.near(table).get(info.name) for table in needed]
        if None in near:
            continue
        missing = sum(not _reaches(schema, info.name, table) for table in needed)
        score = (0.9 if column else 0.6) - 0.4 * missing - 0.03 * sum(steps or 0 for steps in near)
        if best is None or score > best.score:
            expr = form.Column(info.name, column) if column else form.Aggregate("count", table=info.name)
            best = Measure(info.name, expr, score, "quantity")
    return best


def additive(info: TableInfo, column: Column) -> bool:
    """Do a column's values count something, so that "how many" adds them up?"""
    if not column.numeric or column.name in (*info.foreign, *info.key) or is_year(column):
        return False
    names = set(info.column_words[column.name])
    plural = column.name.lower().rstrip("0123456789_").endswith("s")
    return column.kind == "real" or plural or bool(names & _COUNTING)


def usual(info: TableInfo, column: str) -> form.Function:
    """How a figure is gathered where nobody says it ("satisfaction per priority", "weight per shipment")."""
    words = info.column_words[column]
    return "avg" if _MEANT & set(words) or words[-1].endswith(_MEANT_ENDS) else "sum"


def adds_up(info: TableInfo, column: str) -> bool:
    """Is it an amount of money or a quantity of what happened, so that many of them are wanted together?

    Args:
        info: its table; one of events, which have a date or belong to something.
        column: "net amount" is one, "unit price" is not, nor is a stock or a budget.
    """
    words = {*info.column_words[column]}
    said = _ADDED & words or any(word.endswith(_ADDED_ENDS) for word in words)
    happened = bool(info.dates) or (bool(info.foreign) and not info.label)
    number = any(known.name == column for known in info.numeric())
    return bool(said) and happened and number and usual(info, column) == "sum" and not words & (_KEPT | _PLANNED)


def in_unit(context: Context, term: Term) -> form.Expr | None:
    """ "minutes" of a table that keeps milliseconds."""
    owner = context.table(term.owner) if term.owner is not None else None
    tables = [owner] if owner else []
    tables += [context.entity] if context.entity else []
    tables += sorted(context.pull, key=lambda table: -context.pull[table])
    start = tables[0] if tables else ""
    near = context.schema.near(start) if start else {}
    rest = sorted(near, key=lambda table: near[table])
    for table in dict.fromkeys([*tables, *rest, *context.schema.tables]):
        info = context.schema.tables[table]
        for column in info.numeric():
            divisor = unit_divisor(info.column_words[column.name], term.unit)
            if divisor:
                return form.Arithmetic("/", form.Column(table, column.name), form.Literal(int(divisor)))
    return None
