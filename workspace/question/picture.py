"""Reading a question that asks for a picture: what the grammar makes of the rest, with the picture laid out on it.

Where both axes are named by columns ("the average of price over country"), the grammar reads only whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workspace.question import plan as form
from workspace.question.assemble import finest
from workspace.question.build import heading
from workspace.question.build import words as spoken
from workspace.question.chart_words import Ask, Field
from workspace.question.frames import Frame
from workspace.question.layout import column_of, dressed, figure_of, links_of, ordered, told_apart
from workspace.question.linking import Linked
from workspace.question.plan import Aggregate, Expr, Output, Plan
from workspace.question.rank import Candidate
from workspace.question.resolve import Context
from workspace.question.schema import Schema
from workspace.question.tokens import tokenize
from workspace.question.wording import gathered

SURE = 0.9  # from here on a table is what was said
_FOR = re.compile(r"\s*(?:for\s+)?(?:(?:those|these|all|the|each|every)\s+)*(?:records\s+(?:from|of|in)\s+)?", re.I)
_SHOW = re.compile(
    r"[,\s]*(?:\b(?:show|give|tell|find|visuali[sz]e|draw|return|plot|what\s+is)(?:\s+me)?(?:\s+about)?)?[\s,.?!]*\Z",
    re.I,
)
_BESIDE = re.compile(r"\s+and\s+(?:each|every|their|its)\s+(?P<with>.*)", re.I)


def drawn(ask: Ask, schema: Schema, understand: Callable[[str], list[Candidate]]) -> list[Candidate]:
    """The candidates of a question that asks for a picture, laid out as it says.

    Args:
        ask: what it says about the picture.
        schema: of the catalog.
        understand: reads words into candidates, best first.
    """
    if ask.x is not None and ask.y is not None and ask.subject:
        found = _by_fields(ask, schema, understand)
        if found:
            return found
        found = _along(ask, schema, understand)
        if found:
            return found
    if ask.x is not None and ask.y is not None:
        ask = replace(ask, x=None, y=None)  # more than columns: the grammar reads what is shown, and where it goes
    found = understand(ask.text)
    if ask.kept and found and ordered(dressed(found[0].plan, replace(ask, order=None), schema), ask, schema) is None:
        found = understand(ask.kept)
        ask = replace(ask, order=None)
    return [_dressed(candidate, ask, schema) for candidate in found]


def _dressed(candidate: Candidate, ask: Ask, schema: Schema) -> Candidate:
    several = len(candidate.frame.groups) > 1
    plan = dressed(candidate.plan, ask, schema, several=several)
    return replace(candidate, plan=plan, understood=candidate.plan)


# -------------------------------------------------------------------------------------------------- named axes
@dataclass(frozen=True, slots=True)
class _Placed:
    expr: Expr
    label: str
    table: str


def _by_fields(ask: Ask, schema: Schema, understand: Callable[[str], list[Candidate]]) -> list[Candidate]:
    """Both axes are named: the grammar reads only whose they are."""
    assert ask.x is not None and ask.y is not None
    if ask.each and any(link.score >= SURE for link in links_of(ask.x.text, schema, columns=False)):
        return []  # "per department": the grammar knows what its rows are called
    subject, beside = _subject(ask.subject)
    found = understand(subject) if subject.strip(" .,?!") else []
    base = found[0] if found else None
    if base is not None and base.frame.entity is None:
        base = None  # "show me the general": whose axes they are is not said
    if base is not None and not _plain(base.plan):
        return []
    home = base.plan.root if base is not None else ""
    tables = [home] if home else []
    tables += _tables_named(beside, schema)
    if not tables:
        tables = _common(ask, schema)
    placed = _placed(ask, schema, tables)
    if placed is None:
        return []
    plan = _field_plan(ask, schema, base.plan if base is not None else None, placed)
    if plan is None:
        return []
    if base is not None:
        return [replace(base, plan=plan, understood=base.plan)]
    frame = Frame()
    return [Candidate(plan, Linked(ask.text, tokenize(ask.text), ()), frame, Context(schema, frame), sure=True)]


def _along(ask: Ask, schema: Schema, understand: Callable[[str], list[Candidate]]) -> list[Candidate]:
    """ "the trend of revenue over order date": a figure that the grammar knows, along a column."""
    placed = []
    for candidate in understand(ask.figure) if ask.figure else ():
        plan = candidate.plan
        figures = [output for output in plan.outputs if form.aggregates(output.expr)]
        if not _plain(replace(plan, outputs=())) or len(figures) != 1 or plan.group:
            continue
        near = sorted(schema.reach(plan.root), key=lambda table: schema.reach(plan.root)[table])
        assert ask.x is not None
        x = _place(ask.x, schema, near) if not ask.x.function else None
        if x is None or x.table not in near:
            continue
        laid = replace(plan, outputs=(Output(x.expr, x.label), figures[0]), group=(x.expr,), order=())
        placed.append(replace(candidate, plan=dressed(laid, ask, schema), understood=plan))
    return placed


def _subject(text: str) -> tuple[str, str]:
    """Whose axes they are, and what is named beside: "the products and each product's *manufacturer*"."""
    text = _SHOW.sub("", text)
    start = _FOR.match(text)
    if start is not None:
        text = " " * start.end() + text[start.end() :]
    beside = _BESIDE.search(text)
    if beside is None:
        return text, ""
    return text[: beside.start()], beside["with"]


def _plain(plan: Plan) -> bool:
    return bool(plan.root) and not (plan.grouped or plan.combine or plan.base or plan.top or plan.limit or plan.having)


def _tables_named(text: str, schema: Schema) -> list[str]:
    found = []
    for token in tokenize(text):
        found += [link.table for link in schema.lookup((token.lemma,)) if not link.column and link.score >= 0.9]
    return found


def _common(ask: Ask, schema: Schema) -> list[str]:
    """The table that has what goes along the axes, the best first."""
    total: dict[str, float] = {}
    for field in (ask.x, ask.y, *map(Field, ask.apart)):
        best: dict[str, float] = {}
        for link in links_of(field.text, schema) if field is not None and field.text else ():
            best[link.table] = max(best.get(link.table, 0.0), link.score)
        for table, score in best.items():
            total[table] = total.get(table, 0.0) + score
    return sorted(total, key=lambda table: -total[table])[:1]


def _placed(ask: Ask, schema: Schema, tables: Sequence[str]) -> list[_Placed] | None:
    """x, y, and the colour; None when one of the axes is no column."""
    placed = []
    for field in (ask.x, ask.y):
        assert field is not None
        found = _place(field, schema, tables)
        if found is None:
            return None
        placed.append(found)
    x, y = placed
    if form.aggregates(x.expr) and not form.aggregates(y.expr) and ask.mark != "scatter":
        x, y = y, x  # "average price by category", "category by average price": the figure stands on the other axis
    for name in ask.apart:
        column = told_apart(name, schema, tables)
        near = finest(schema, {x.table, y.table, column.table if column else ""}, y.table or x.table)
        if column is not None and column not in (x.expr, y.expr) and near in (x.table, y.table, *tables[:1]):
            return [x, y, _Placed(column, heading(name), column.table)]
    return placed


def _place(field: Field, schema: Schema, tables: Sequence[str]) -> _Placed | None:
    if not field.text.strip("* ") and field.function in ("count", "total"):
        return _Placed(Aggregate("count"), "Number", "")
    named = links_of(field.text, schema, columns=False)
    rows = field.function in ("count", "total") and named and named[0].table in tables[:1]
    if rows and named[0].score >= SURE:
        return _Placed(Aggregate("count", table=named[0].table), heading(f"number of {field.text}"), named[0].table)
    column = column_of(field.text, schema, tables)
    if column is None:
        return None
    meta = schema.catalog.column(column.table, column.name)
    name = column.name if re.search(r"_|\bof\b", field.text) else field.text
    if not field.function:
        return _Placed(column, heading(name), column.table)
    function = field.function
    if function == "total":
        function = "sum" if figure_of(column, schema) else "count"
    if function in ("avg", "sum") and not meta.numeric:
        return None
    label = heading(gathered(function, spoken(name)))
    return _Placed(Aggregate(function, column), label, column.table)  # ty: ignore[invalid-argument-type]


def _field_plan(ask: Ask, schema: Schema, base: Plan | None, placed: Sequence[_Placed]) -> Plan | None:
    home = base.root if base is not None else ""
    tables = {item.table for item in placed if item.table}
    root = finest(schema, tables | ({home} if home else set()), home or placed[1].table or placed[0].table)
    if root is None:
        return None
    where = base.where if base is not None else ()
    if home and root != home:
        where = tuple(form.replace_nodes(item, lambda node: _from_home(node, home)) for item in where)
    outputs = tuple(Output(item.expr, item.label) for item in placed)
    gathered = any(form.aggregates(output.expr) for output in outputs)
    group = tuple(output.expr for output in outputs if not form.aggregates(output.expr)) if gathered else ()
    roles = base.roles if base is not None else ()
    return dressed(Plan(root, outputs, where, group, roles=roles), replace(ask, apart=()), schema)


def _from_home(node: object, home: str) -> object:
    return replace(node, source=home) if isinstance(node, form.Related) and not node.source else node
