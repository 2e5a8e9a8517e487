"""Words for the parts of a plan: nouns for its tables, phrases for its filters. Pure; no result is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workspace.artifact.format import heading, show, words
from workspace.database.names import invariable, parts_of
from workspace.question import plan as p

_PLACES = ("country", "city", "state", "region", "continent", "county", "province", "town", "territory", "district")
_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "datum": "data",
    "medium": "media", "index": "indexes", "analysis": "analyses", "life": "lives",
    "movie": "movies", "bonus": "bonuses", "taxi": "taxis",
}  # fmt: skip
_SAME = {"staff", "series", "species", "media", "data", "sales", "news", "equipment", "stock", "information", "music"}
_MASS = {"weather", "traffic", "feedback", "inventory", "data", "information", "music", "equipment", "news"}
_SINGULAR = {plural: single for single, plural in _IRREGULAR.items()}
_MANY = {">": "more than", ">=": "at least", "<": "fewer than", "<=": "at most", "=": "exactly"}
_COMPARE = {">": "above", ">=": "of at least", "<": "below", "<=": "of at most"}
# Words that a period starts with and that need no "in" before them.
_BARE_PERIOD = re.compile(
    r"(last|this|next|previous|past|prior|current|coming|following|today|yesterday|tomorrow|since|before|after|between"
    r"|from|until|till|up to|in|on|during|the)\b",
    re.IGNORECASE,
)


def plural(noun: str) -> str:
    """The plural of an English noun phrase; its last word is the one that changes.

    Example:
        >>> plural("customer"), plural("invoice line"), plural("city"), plural("people"), plural("address")
        ('customers', 'invoice lines', 'cities', 'people', 'addresses')
    """
    head, _, last = noun.rpartition(" ")
    return noun if invariable(noun) else f"{head} {_plural(last)}".strip()


def singular(noun: str) -> str:
    """The singular of an English noun phrase.

    Example:
        >>> singular("customers"), singular("categories"), singular("people"), singular("address"), singular("status")
        ('customer', 'category', 'person', 'address', 'status')
    """
    head, _, last = noun.rpartition(" ")
    return noun if invariable(noun) else f"{head} {_singular(last)}".strip()


def noun(name: str) -> tuple[str, str]:
    """Singular and plural of what a table's (or column's) rows are called.

    Example:
        >>> noun("InvoiceLine"), noun("customers"), noun("weather")
        (('invoice line', 'invoice lines'), ('customer', 'customers'), ('row of weather', 'rows of weather'))
    """
    if invariable(name):  # a file's name, as it is: "Verkäufe 2026 final"
        text = " ".join(parts_of(name))
        return text, text
    single = singular(words(name))
    if single.rpartition(" ")[2] in _MASS:  # it cannot be counted, its rows can
        return f"row of {single}", f"rows of {single}"
    return single, plural(single)


def subject(plan: p.Plan) -> tuple[str, str]:
    """Singular and plural of what the rows of a plan's result are.

    Example:
        >>> subject(p.Plan("Album", (p.Output(p.Column("Album", "Title"), "Title"),)))
        ('album', 'albums')
    """
    if plan.base is not None:
        return subject(plan.base)
    first = plan.outputs[0].expr if plan.outputs else None
    if isinstance(first, p.Column) and first.table:
        own = first.table == plan.root or first.role
        if own and not plan.distinct and not plan.group:
            return noun(plan.root)
        return noun(first.table) if names_row(first) else noun(first.name)
    return noun(plan.root)


def counted(plan: p.Plan, count: p.Aggregate) -> tuple[str, str]:
    """Singular and plural of what an aggregate of the function count counts."""
    if isinstance(count.of, p.Column) and count.distinct and not _is_key(count.of):
        return noun(count.of.table) if names_row(count.of) else noun(count.of.name)
    table = count.table or (count.of.table if isinstance(count.of, p.Column) else plan.root)
    if not table and plan.base is not None:
        return subject(plan.base)
    return noun(table or "row")


def where(plan: p.Plan, *, timed: bool = True) -> str:
    """The plan's filters as words that follow its noun, with a leading space; "" when it has none.

    Args:
        plan: what is asked.
        timed: with the stretch of time that its periods lie in; they say it themselves where each is named.

    Example:
        >>> invoices = p.Plan("Invoice", (), where=(
        ...     p.Compare(p.Column("Invoice", "Total"), ">", p.Literal(10)),
        ...     p.Compare(p.Column("Invoice", "BillingCountry"), "=", p.Literal("Germany"))))
        >>> where(invoices)
        ' with total above 10 in Germany'
    """
    inner = plan.base if plan.base is not None and not plan.where else plan
    along = () if timed else tuple(expr.of for expr in inner.group if isinstance(expr, p.Bucket))
    said = [item for item in inner.where if not (isinstance(item, p.Between) and item.of in along)]
    # That groups without a name are left out is no condition that a person put.
    said = [i for i in said if not (isinstance(i, p.Missing) and i.negated and i.of in inner.group)]
    parts = [predicate(item, inner.root) for item in (*said, *inner.having)]
    known = [part for part in parts if part]
    if len(known) < len(parts):
        known.append("under the conditions asked for")
    joined = ""
    for number, part in enumerate(known):
        # "with A and with B" reads better than "with A with B"; places and times just follow.
        linked = number and part.split(" ")[0] in ("with", "without") and known[number - 1].startswith("with")
        joined += (" and " if linked else " ") + part
    return joined


def predicate(item: Any, root: str = "") -> str:
    """A filter as words that follow a noun; "" when it cannot be said shortly. ``root`` is what is counted."""
    match item:
        case p.Compare():
            return _compare(item, root)
        case p.Between():
            return _between(item)
        case p.Among(plan=None) if len(item.values) <= 4:
            return _among(item)
        case p.Missing():
            return f"{'with' if item.negated else 'without'} {_article(_name(item.of))}" if _name(item.of) else ""
        case p.Related():
            return _related(item)
        case p.Any_() | p.All_() if 1 < len(item.items) <= 3:
            parts = [predicate(part) for part in item.items]
            word = " or " if isinstance(item, p.Any_) else " and "
            return word.join(parts) if all(parts) else ""
        case p.Not_():
            inner = predicate(item.item)
            return f"not {inner}" if inner else ""
    return ""


def constants(plan: p.Plan | None) -> Iterator[Any]:
    """Every constant of a plan, nested plans included: literals, limits, the words for periods."""
    if plan is None:
        return
    for node in p.walk(plan, subplans=True):
        match node:
            case p.Literal():
                yield node.value
            case p.Between() if node.period:
                yield node.period
            case p.Plan() if node.limit is not None:
                yield node.limit
            case p.Top():
                yield node.n
            case p.Related() if node.count is not None:
                yield node.count


def prose_name(column: str) -> str:
    """A column's heading inside a sentence.

    Example:
        >>> prose_name("Country"), prose_name("VAT rate")
        ('country', 'VAT rate')
    """
    return inside(heading(column))


def inside(text: str) -> str:
    """Words that begin with a capital, as they stand within a sentence: "VAT rate" stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def join(items: list[str], word: str = "and") -> str:
    """A list in a sentence: "A, B and C"."""
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else "".join(items)


# ------------------------------------------------------------------------------------------------------- parts
def _compare(item: p.Compare, root: str = "") -> str:
    name = _name(item.left, root)
    if not name:
        return ""
    if isinstance(item.right, p.Scalar):
        outputs = item.right.plan.outputs
        inner = outputs[0].expr if outputs else None
        if isinstance(inner, p.Aggregate) and inner.function == "avg" and item.op in (">", ">=", "<", "<="):
            return f"with {_article(name)} {'above' if item.op[0] == '>' else 'below'} the average"
        return ""
    if not isinstance(item.right, p.Literal):
        return ""
    value = item.right.value
    text = _value(item.left, value)
    if isinstance(item.left, p.Aggregate) and item.left.function == "count" and item.op in _MANY:
        return f"with {_MANY[item.op]} {text} {name if value == 1 else plural(name)}"
    if item.op == "=":
        return _equal(item.left, name, [text])
    if item.op == "!=":
        return f"outside of {text}" if _is_place(item.left) else f"with {_article(name)} other than {text}"
    if item.op in ("like", "not like"):
        core = str(value).strip("%")
        return f"with {core} {'' if item.op == 'like' else 'not '}in the {name}" if core else ""
    if isinstance(item.left, p.Column | p.Bucket) and isinstance(value, str):
        return f"{'before' if item.op[0] == '<' else 'since'} {text}"
    return f"with {_article(name)} {_COMPARE[item.op]} {text}"


def _between(item: p.Between) -> str:
    if item.period:
        return item.period if _BARE_PERIOD.match(item.period) else f"in {item.period}"
    low, high = (side.value if isinstance(side, p.Literal) else None for side in (item.low, item.high))
    name = _name(item.of)
    if low is None or high is None or not name:
        return ""
    if isinstance(low, str):
        return f"from {show(low, 'date')} to before {show(high, 'date')}"
    return f"with {_article(name)} between {_value(item.of, low)} and {_value(item.of, high)}"


def _among(item: p.Among) -> str:
    name = _name(item.of)
    values = [_value(item.of, literal.value) for literal in item.values]
    if not name or not values:
        return ""
    if item.negated:
        listed = join(values, "or")
        return f"outside of {listed}" if _is_place(item.of) else f"with {_article(name)} other than {listed}"
    return _equal(item.of, name, values)


def _equal(of: Any, name: str, values: list[str]) -> str:
    listed = join(values, "or")
    if _is_place(of):
        return f"in {listed}"
    if isinstance(of, p.Column) and names_row(of):
        return f"of {listed}"
    return f"with {name} {listed}"


def _related(item: p.Related) -> str:
    single, several = noun(item.table)
    inner = " ".join(part for part in map(predicate, item.where) if part)
    if item.where and not inner:
        return ""
    tail = f" {inner}" if inner else ""
    if item.negated:
        return f"without {several}{tail}"
    if item.op and item.count is not None:
        word = _MANY.get(item.op, "")
        return f"with {word} {item.count} {single if item.count == 1 else several}{tail}" if word else ""
    return f"with {several}{tail}"


def _name(expr: Any, root: str = "") -> str:
    match expr:
        case p.Column():
            return words(expr.name) if not names_row(expr) else noun(expr.table)[0] if expr.table else words(expr.name)
        case p.Bucket():
            return expr.grain.replace("_", " ")
        case p.Aggregate(function="count"):
            table = expr.table or (expr.of.table if isinstance(expr.of, p.Column) else "")
            return noun(table or root or "row")[0]
        case p.Aggregate():
            inner = _name(expr.of)
            said = {"sum": "total", "avg": "average", "min": "smallest", "max": "largest"}[expr.function]
            return f"{said} {inner}" if inner and inner != "total" else inner
    return ""


def _value(of: Any, value: Any) -> str:
    name = of.name if isinstance(of, p.Column) else ""
    if isinstance(value, str):
        return show(value, "date") if re.match(r"\d{4}-\d{2}-\d{2}", value) else value
    return show(value, name=name)


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}" if name.startswith(("average", "total of")) else name


def names_row(column: Any) -> bool:
    """Is it the column by which a table's rows are called: a name, a title?"""
    if not isinstance(column, p.Column):
        return False
    return (
        words(column.name) in ("name", "title", "full name", "label")
        or words(column.name) == f"{words(column.table)} name"
    )


def _is_key(column: p.Column) -> bool:
    return words(column.name).rpartition(" ")[2] == "id"


def _is_place(expr: Any) -> bool:
    return isinstance(expr, p.Column) and words(expr.name).rpartition(" ")[2] in _PLACES


def _plural(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SAME or word in _SINGULAR or (word.endswith("s") and _singular(word) != word):
        return word
    if re.search(r"[^aeiou]y\Z", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)\Z", word):
        return word + "es"
    return word + "s"


def _singular(word: str) -> str:
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word in _SAME or re.search(r"(ss|us|is)\Z", word) or len(word) < 4:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(sses|xes|ches|shes|tuses|buses)\Z", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word
