"""Answers into a document: a title, a lead with the main findings, a section for each answer. Pure.

A section is a heading, what there is to say of it, and the one picture that carries it; nothing is shown twice. Each
line of the lead belongs to one answer, so that it goes with its section.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace.artifact.bind import allowed_numerals, loose, queries_in
from workspace.artifact.commentary import change, headline, paragraph
from workspace.artifact.compose import as_heading, renamed
from workspace.artifact.model import Artifact, Block, Chart, Metric, NamedQuery, Param, Shown, Table, Text
from workspace.artifact.parametrize import without_param
from workspace.artifact.phrase import inside, join
from workspace.artifact.shape import Shape, shape
from workspace.database.catalog import Catalog
from workspace.database.result import Result
from workspace.errors import ArtifactInvalid
from workspace.question.plan import Plan

LEAD = 3  # lines
LARGE, SMALL = 10_000, 100  # an amount beside which cents say nothing, and the smallest that may stand beside it so
LONGEST_TITLE = 80  # characters, of a title that is made of headings


@dataclass(frozen=True, slots=True)
class Part:
    """An answer that goes into a document: its artifact of one query ``q1``, the result of it, and whose tables.

    ``before`` is, of large figures over a period, the same figures over it and the period before it.
    """

    answer: Artifact
    result: Result
    catalog: Catalog
    before: Part | None = None

    @property
    def shape(self) -> Shape:
        named = self.answer.queries[0]
        plan = Plan.from_dict(named.plan) if named.plan else None
        return shape(plan, self.result, self.catalog, named.question)


def report(title: str, parts: Sequence[Part]) -> Artifact:
    """A document of several answers.

    Args:
        title: of the document; "" for one made of its parts.
        parts: in the order they are read.

    Raises:
        ArtifactInvalid: when there is nothing to put together.
    """
    if not parts:
        raise ArtifactInvalid("There is no answer yet that could be put together.", hint="Ask a question first.")
    params: dict[str, Param] = {}
    for param in (param for part in parts for param in part.answer.params):
        params.setdefault(param.name, param)
    parts = [replace(part, answer=_within(part.answer, params)) for part in parts]
    made = [section(part, f"q{number}") for number, part in enumerate(parts, start=1)]
    queries = tuple(query for one in made for query in one.queries)
    blocks: list[Block] = []
    if len(parts) > 1:
        told = _told(parts, made)
        blocks.append(Text(template="\n".join(_rename(headline(parts[n].shape), f"q{n + 1}") for n in told)))
        made = [section(part, f"q{n + 1}", led=n in told) for n, part in enumerate(parts)]
    for one in made:
        blocks += wordless(one.blocks) if len(parts) > 1 else one.blocks[1:]
    derived = _title([one.title for one in made])
    allowed = frozenset().union(*(allowed_numerals(query) for query in queries))
    # A title that a person gave is theirs, whatever is in it.
    text = title.strip() or (made[0].title if loose(derived, allowed) else derived)
    return Artifact(title=text[:200], queries=queries, blocks=tuple(blocks), params=tuple(params.values()))


def results_of(parts: Sequence[Part]) -> dict[str, Result]:
    """The results of a document's queries by their names in `report`."""
    found: dict[str, Result] = {}
    for number, part in enumerate(parts, start=1):
        found[f"q{number}"] = part.result
        if part.before is not None:
            found[_before(f"q{number}")] = part.before.result
    return found


def _told(parts: Sequence[Part], made: Sequence[Artifact]) -> list[int]:
    """Which of the parts have a line in the lead: findings first of all, then lists, and what is one row or none.

    Large figures say themselves what they are, unless there is nothing else.
    """
    shapes = [part.shape for part in parts]
    ways = (
        [n for n, of in enumerate(shapes) if of.measures and len(parts[n].result.rows) > 1],
        [n for n, (of, one) in enumerate(zip(shapes, made, strict=True)) if of.measures and not of_figures(one.blocks)],
        [n for n, of in enumerate(shapes) if not of.measures],
    )
    return next((found for found in ways if found), list(range(len(parts))))[:LEAD]


def in_lead(artifact: Artifact, query: str) -> bool:
    """Does the text before the first heading speak of a query?"""
    for block in artifact.blocks:
        if isinstance(block, Text) and block.template.startswith("## "):
            return False
        if isinstance(block, Text) and query in queries_in(block.template):
            return True
    return False


def combined(title: str, documents: Sequence[Artifact]) -> Artifact:
    """Documents one after the other as one: the lead of each at the head, then their sections in their order.

    Args:
        title: of the whole; "" for one made of theirs.
        documents: at least one. A parameter that several have is one of the whole where it is the same; of two that are
            called the same and are not, the second stays at its default.
    """
    params: dict[str, Param] = {}
    for param in (param for document in documents for param in document.params):
        params.setdefault(param.name, param)
    queries: list[NamedQuery] = []
    blocks: list[Block] = []
    told: list[str] = []
    for document in (_within(document, params) for document in documents):
        names = {query.name: f"q{len(queries) + place}" for place, query in enumerate(document.queries, start=1)}
        queries += [query.model_copy(update={"name": names[query.name]}) for query in document.queries]
        own = [renamed(block, names) for block in document.blocks]
        first = own[0] if own else None
        if not any(isinstance(block, Text) and block.template.startswith("## ") for block in own):
            own.insert(0, Text(template=f"## {as_heading(document.title)}"))
        elif isinstance(first, Text) and not first.template.startswith("## "):
            told += first.template.splitlines()
            own = own[1:]
        blocks += own
    lead = [Text(template="\n".join(dict.fromkeys(told)))] if told else []
    named = title.strip() or _title([document.title for document in documents])
    return Artifact(title=named[:200], queries=tuple(queries), blocks=(*lead, *blocks), params=tuple(params.values()))


def section(part: Part, name: str, *, led: bool = False) -> Artifact:
    """One answer as a section: heading, text, picture; its query under ``name``. ``led`` is as for `paragraph`."""
    answer = part.answer
    of = part.shape
    queries = [in_whole(answer.queries[0], of, part.result).model_copy(update={"name": name})]
    blocks: list[Block] = [
        Text(template=f"## {as_heading(answer.title)}"),
        Text(template=_rename(paragraph(of, led=led), name)),
    ]
    blocks += [renamed(block, {"q1": name}) for block in pictures(answer, of)]
    if (before := part.before) is not None:
        beside, called = before.shape, _before(name)
        query = before.answer.queries[0].model_copy(update={"name": called, "bound": answer.queries[0].bound})
        queries.append(in_whole(query, beside, before.result))
        blocks = [
            block.model_copy(update={"note": _rename(change(beside, block.column), called)})
            if isinstance(block, Metric)
            else block
            for block in blocks
        ]
    return Artifact(title=answer.title, queries=tuple(queries), blocks=tuple(blocks), params=answer.params)


def _before(name: str) -> str:
    """What the query of the period before is called, beside the one of a large figure."""
    return f"{name}_before"


def in_whole(query: NamedQuery, of: Shape, result: Result) -> NamedQuery:
    """The query with amounts that are large throughout written without decimals, unless a person said otherwise.

    A page is read and not added up: beside `LARGE` the cents say nothing, and what is left out is under half a percent
    of the smallest.
    """
    measures = {column.name for column in of.measures}

    def large(shown: Shown) -> bool:
        if shown.name not in measures or shown.places is not None or shown.format == "percent":
            return False
        values = [abs(value) for value in result.column(shown.name) if isinstance(value, int | float) and value]
        return any(value % 1 for value in values) and max(values) >= LARGE and min(values) >= SMALL

    columns = tuple(shown.model_copy(update={"places": 0}) if large(shown) else shown for shown in query.columns)
    return query.model_copy(update={"columns": columns})


def of_figures(blocks: Sequence[Block]) -> bool:
    """Does a section show nothing but large figures?"""
    shown = [block for block in blocks if not isinstance(block, Text)]
    return bool(shown) and all(isinstance(block, Metric) for block in shown)


def wordless(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A section from `section`; of large figures without the sentence that says them once more."""
    return (*blocks[:1], *blocks[2:]) if of_figures(blocks) else tuple(blocks)


def pictures(answer: Artifact, of: Shape) -> list[Block]:
    """The blocks that carry an answer: a table beside its chart only where it shows more than the chart does."""
    found: list[Block] = [block for block in answer.blocks if not isinstance(block, Text)]
    chart = next((block for block in found if isinstance(block, Chart)), None)
    if chart is None:
        return found
    drawn = {chart.x, chart.y, chart.color}
    more = any(column.asked and column.name not in drawn for column in of.columns)
    return [block for block in found if more or not isinstance(block, Table)]


def chart(query: NamedQuery, result: Result, catalog: Catalog) -> Chart | None:
    """The chart that shows a query's result, None where there is nothing to draw."""
    from workspace.artifact.compose import draw

    plan = Plan.from_dict(query.plan) if query.plan else None
    found = draw(shape(plan, result, catalog, query.question), plan, result) if plan is not None else None
    drawn: Any = renamed(found, {"q1": query.name}) if found is not None else None
    return drawn


def _within(answer: Artifact, params: Mapping[str, Param]) -> Artifact:
    """The answer without those of its parameters whose name another one has: their queries stay at the default."""
    for param in answer.params:
        if params[param.name] != param:
            answer = without_param(answer, param.name)
    return answer


def _title(titles: Sequence[str]) -> str:
    """The headings in a row: "Revenue per month, top customers and returns"; the first alone where that is too long."""
    rest = [inside(title) for title in titles[1:]]
    for count in range(len(rest), -1, -1):
        text = join([titles[0], *rest[:count]]) if count == len(rest) else join([titles[0], *rest[:count], "more"])
        if len(text) <= LONGEST_TITLE:
            return text
    return titles[0]


def _rename(template: str, name: str) -> str:
    block: Any = renamed(Text(template=template), {"q1": name})
    return block.template


def title_of_request(noun: str, subject: str, scope: str, words: str = "") -> str:
    """What a document is called when nobody said: "Overview of sales in Germany"; "" where it is of nothing named.

    Example:
        >>> title_of_request("one-pager", "sales", "in Germany"), title_of_request("overview", "sales", "")
        ('Sales in Germany', 'Overview of sales')
        >>> title_of_request("report", "board", "in 2025", "a board report on 2025")
        'Board report in 2025'
    """
    if noun and subject and re.search(rf"\b{re.escape(f'{subject} {noun}')}\b", words, re.IGNORECASE):
        subject, noun = f"{subject} {noun}", ""  # called so by whoever asked for it
    about = " ".join(part for part in (subject, scope) if part)
    if noun in ("overview", "summary") and subject:
        about = f"{noun} of {about}"
    elif not subject and scope:
        about = f"{noun} {re.sub(r'^in (?=[0-9])', '', scope)}" if noun else scope
    return about[:1].upper() + about[1:]
