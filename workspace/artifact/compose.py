"""Answers into artifacts: the finding, then the figure, picture or table that carries it. Pure."""

from __future__ import annotations

import re
from typing import Any

from workspace.artifact.bind import allowed_numerals, loose
from workspace.artifact.findings import finding
from workspace.artifact.format import heading, is_label, number
from workspace.artifact.measured import unit_in
from workspace.artifact.model import (
    TEMPLATES,
    Artifact,
    Block,
    Chart,
    Metric,
    NamedQuery,
    Shown,
    Shows,
    Table,
    Text,
    template_of,
)
from workspace.artifact.phrase import singular, where
from workspace.artifact.shape import Shape, capital, shape
from workspace.artifact.shape import Shown as Column
from workspace.database.catalog import Catalog
from workspace.database.result import Query, Result
from workspace.question import plan as p
from workspace.question.chart_words import ask_of

FORMATS = ("", "integer", "decimal", "percent", "date", "period", "text")
MOST_METRICS = 4
_FIELDS = ("mark", "x", "y", "color", "horizontal", "sort", "x_type", "y_type", "stacked")

_OPENING = re.compile(
    r"(please\s+|can you\s+|could you\s+|show( me)?\s+|give( me)?\s+|list( me)?( all)?\s+|tell me\s+"
    r"|i want( to see)?\s+|what (is|are|was|were)\s+|draw( me)?\s+|plot\s+|display\s+)+(the\s+)?",
    re.IGNORECASE,
)

# How an explanation ends when an order or a picture was asked for.
_MANNER = re.compile(r"(, (highest|lowest|oldest|newest|latest|earliest) first|, as an? [a-z ]+)+\Z")


def compose_answer(
    question: str,
    plan: p.Plan | None,
    catalog: Catalog,
    result: Result,
    *,
    source: str,
    query: Query,
    explanation: str = "",
    planner: str = "rule",
    alone: bool = True,
) -> Artifact:
    """One answer as an artifact with the single query ``q1``: the finding, then whichever of figure, chart, table fits.

    Args:
        question: the person's words.
        plan: what was understood; None for a query that a model or a person wrote.
        catalog: of the source.
        result: of the query; decides which blocks fit, its figures are not copied.
        source: name of the source.
        query: what ran.
        explanation: the plain sentence that says what was understood.
        planner: who wrote the query.
        alone: the question says it all; the words of a follow-up do not, and are neither title nor label.
    """
    of = shape(plan, result, catalog, question)
    title = title_for(question, plan) if alone else title_of(of, explanation)
    named = NamedQuery(
        name="q1",
        source=source,
        sql=query.sql,
        params={name: value for name, value in query.params.items() if not isinstance(value, bytes)},
        dialect=query.dialect,
        question=question if alone else title,
        explanation=explanation,
        plan=plan.to_dict() if plan else None,
        planner=planner,
        columns=tuple(_shown(column, plan, catalog) for column in of.columns),
    )
    blocks: list[Block] = [Text(template=finding(of)), *_pictures(of, plan, result)]
    if loose(title, allowed_numerals(named)):
        title = "Answer"
    return Artifact(title=title[:200], queries=(named,), blocks=tuple(blocks))


def title_for(question: str, plan: p.Plan | None = None) -> str:
    """A title out of a question: without the asking and without words about its picture, with a capital.

    Example:
        >>> title_for("show me the revenue per country?"), title_for("top 5 customers by revenue")
        ('Revenue per country', 'Top 5 customers by revenue')
    """
    ask = ask_of(question)
    drawn = re.sub(r" +(?=[,.;?!])", "", " ".join(ask.text.split())) if ask is not None else ""
    text = " ".join((drawn if len(drawn) > 2 else question).split()).rstrip(" ?!.;:,")
    text = _OPENING.sub("", text, count=1) if _OPENING.match(text) else text
    text = re.sub(r"\s+as an? (line|bar|pie|area|scatter|column)? ?(chart|graph|plot)\Z", "", text, flags=re.IGNORECASE)
    if not text and plan is not None and plan.outputs:
        text = heading(plan.outputs[-1].label)
    text = text or "Answer"
    if len(text) > 120:
        text = text[:119].rsplit(" ", 1)[0] + "…"
    return text[:1].upper() + text[1:]


def title_of(of: Shape, explanation: str) -> str:
    """A title out of what was understood, for words that say only what is to change: "by month instead"."""
    plan = of.plan
    if plan is not None and of.measures and of.dimensions and plan.limit is None and plan.top is None:
        parts = of.name(of.measures[0]), "per", " and ".join(of.name(column) for column in of.dimensions)
        text = " ".join(parts) + where(plan)
    else:
        text = _MANNER.sub("", explanation)
    text = "Answer" if not text or "{{" in text else text
    return text[:1].upper() + text[1:]


# -------------------------------------------------------------------------------------------------------- blocks
def _shown(column: Column, plan: p.Plan | None, catalog: Catalog) -> Shown:
    output = column.output
    if output is None or plan is None:
        return Shown(name=column.name)
    format = output.format if output.format in FORMATS else ""
    if not format:
        format = "period" if column.grain else "percent" if column.share else ""
    unit = unit_in(output.expr, plan, catalog) if format != "percent" else ""
    return Shown(name=column.name, format=format, asked=output.asked, total=column.total, unit=unit)


def _pictures(of: Shape, plan: p.Plan | None, result: Result) -> list[Block]:
    alone = len(result.rows) <= 1 and not of.dimensions and of.measures
    if alone and len(of.measures) <= MOST_METRICS:
        return [Metric(query="q1", column=m.name, label=_label(of, m)) for m in of.measures]
    table = Table(query="q1")
    chart = draw(of, plan, result) if plan is not None and len(set(result.names)) == len(result.names) else None
    return [chart, table] if chart is not None else [table]


def _label(of: Shape, measure: Column) -> str:
    text = heading(of.counted(measure)[1] if measure.counts else measure.name)
    return "" if "{{" in text or loose(text, frozenset()) else text


def draw(of: Shape, plan: p.Plan, result: Result) -> Chart | None:
    from workspace.question.chart import choose

    columns = [(column.name, _drawn_kind(column.name, column.kind, plan, result)) for column in result.columns]
    spec: Any = choose(plan, columns, max(len(result.rows), 2) if not result.rows else len(result.rows))
    if spec is None:
        return None
    fields = {name: getattr(spec, name) for name in _FIELDS}
    if not {fields["x"], fields["y"]} <= set(result.names) or (fields["color"] and fields["color"] not in result.names):
        return None
    if fields["color"] and not plan.chart and len({*result.column(fields["x"])}) == len(result.rows):
        # Each bar has a colour of its own: the colours tell nothing apart, but one of the two names the bars better.
        fields["x"] = fields["color"] if is_label(fields["x"]) else fields["x"]
        fields["color"] = ""
    if fields["mark"] == "bar" and fields["x_type"] == "nominal" and not plan.order and not fields["color"]:
        fields["sort"] = fields["sort"] or "-y"  # no order was asked for: the longest bar first
    caption = _caption(of, fields["y"], fields["x"], fields["color"], "against" if fields["mark"] == "point" else "per")
    return Chart(query="q1", caption=caption, **{key: value for key, value in fields.items() if value is not None})


def _drawn_kind(name: str, kind: str, plan: p.Plan, result: Result) -> str:
    """Text that holds nothing but numbers is drawn as numbers where a chart was asked for."""
    if kind != "text" or not plan.chart:
        return kind
    values = [value for value in result.column(name) if value is not None]
    return "real" if values and all(number(value) is not None for value in values) else kind


def _caption(of: Shape, y: str, x: str, color: str, link: str) -> str:
    """What the picture shows; the finding itself is the sentence above it."""
    said = {column.name: of.name(column) for column in of.columns}
    said |= {name: singular(word) for name, word in said.items() if name != y and "{{" not in word}
    parts = capital(said[y]), link, said[x], *(("and" if link == "per" else "per", said[color]) if color else ())
    return " ".join(parts) + of.where


def as_heading(title: str) -> str:
    """A title as the text of a Markdown heading inside a template."""
    text = re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", " ".join(title.split()))
    return re.sub(r"\{(?=[{%#])", "{ ", text)


def renamed(block: Block, names: dict[str, str]) -> Block:
    updates: dict[str, Any] = {"query": names[block.query]} if isinstance(block, Shows) else {}
    if block.kind in TEMPLATES:
        updates[TEMPLATES[block.kind]] = _rename(template_of(block), names)
    return block.model_copy(update=updates) if updates else block


def _rename(template: str, names: dict[str, str]) -> str:
    """The template with its queries under their new names; string literals are left alone."""

    def inside(match: re.Match[str]) -> str:
        return re.sub(
            r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|\b([a-z][a-z0-9_]*)(?=\.)",
            lambda m: names.get(m[1], m[0]) if m[1] else m[0],
            match[0],
        )

    strings = r"(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[^'\"])*?"
    return re.sub(r"\{\{" + strings + r"\}\}|\{%" + strings + r"%\}", inside, template, flags=re.DOTALL)
