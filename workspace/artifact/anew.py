"""A part that was asked anew in the place of what it was; what a person made of it, or wrote beside it, stays. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workspace.artifact.bind import check_block, queries_in
from workspace.artifact.compose import as_heading, renamed, title_for
from workspace.artifact.model import Artifact, Block, Break, Chart, Filter, NamedQuery, Shows, Table, Text, template_of
from workspace.artifact.phrase import where
from workspace.artifact.pointing import heading_of, is_heading, queries_of
from workspace.artifact.report import of_figures
from workspace.artifact.resolve import CONDITIONS
from workspace.artifact.spans import Span, whole
from workspace.errors import NoAppError
from workspace.question import plan as p


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: its stretch, the query it shows, whether it has a heading, and shows nothing but that."""

    span: Span
    query: NamedQuery
    headed: bool
    alone: bool


def place_of(artifact: Artifact, span: Span) -> Place | None:
    """What is to be exchanged for a part that is asked anew: its section, or its own blocks in a mixed one.

    Returns:
        None where the stretch shows no query.
    """
    start, stop = whole(artifact, span)
    asked = queries_of(artifact, start, stop)
    if not asked:
        return None
    headed = is_heading(artifact.blocks[start])
    alone = headed or (start, stop) == (0, len(artifact.blocks))
    before = artifact.blocks[start - 1] if start and not alone else None
    if isinstance(before, Text) and not is_heading(before) and _speaks(before) == {asked[0].name}:
        start -= 1  # the sentence of this picture
    return Place((start, stop), asked[0], headed, alone)


def blocks_of(artifact: Artifact, place: Place, fresh: Artifact, title: str = "") -> tuple[Block, ...]:
    """The blocks of a part that was asked anew, with what a person made of the old ones.

    Args:
        artifact: before.
        place: from `place_of`.
        fresh: the new section: heading, text, pictures; its only query has a name that is new in the artifact.
        title: of the section; that of the new one by default.
    """
    old = artifact.blocks[slice(*place.span)]
    name, before = fresh.queries[0].name, place.query.name
    texts = [block for block in old if isinstance(block, Text) and not is_heading(block)]
    own = next((block for block in texts if _speaks(block) == {before}), None)
    heading, text, *shown = fresh.blocks
    pictures = [_as_made(block, old, fresh.queries[0]) for block in shown]
    if not any(isinstance(block, Shows) for block in old):
        pictures = []  # a paragraph stays one
    head: list[Block] = [Text(template=f"## {as_heading(title)}") if title else heading] if place.headed else []
    wordless = place.headed and (texts or of_figures(pictures))
    if own is not None or not pictures or ((place.headed or place.alone) and not wordless):
        head.append(text)
    kept = [(n, block) for n, block in enumerate(old) if _is_kept(block, own, before)]
    drawn = next((n for n, block in enumerate(old) if isinstance(block, Shows)), len(old))
    made = [renamed(block, _names(block, before, name)) for _, block in kept]
    early = sum(n < drawn for n, _ in kept)
    return (*head, *made[:early], *pictures, *made[early:])


def title_in_place(artifact: Artifact, place: Place, plan: p.Plan | None, change: str) -> str:
    """The heading of a part under another condition: that which it had, with the condition; "" for one made anew."""
    old = name_of(artifact, place)
    if change.startswith("sort "):
        return old
    if plan is None or place.query.plan is None or not change.startswith(CONDITIONS) or not old:
        return ""
    was, now = where(p.Plan.from_dict(place.query.plan)), where(plan)
    if "under the conditions" in now:
        return ""
    return f"{old.removesuffix(was)}{now}"


def name_of(artifact: Artifact, place: Place) -> str:
    """What a part is called: by its heading, its page, or the question behind it."""
    if place.headed:
        return heading_of(artifact.blocks[place.span[0]])
    return artifact.title if place.alone else title_for(place.query.question)


def same_figures(before: Any, after: p.Plan | None) -> bool:
    """Does a plan still show what another one did, so that nothing but a condition changed?"""
    if before is None or after is None:
        return False
    old = p.Plan.from_dict(before)

    def measured(plan: p.Plan) -> list[Any]:
        inner = plan if plan.base is None else plan.base
        return [output.expr for output in inner.outputs if p.aggregates(output.expr)]

    if (old.limit, old.top) != (after.limit, after.top):
        return False
    return old.root == after.root and measured(old) == measured(after) and bool(measured(old) or not measured(after))


def followed(artifact: Artifact, names: dict[str, str]) -> tuple[Artifact, list[str]]:
    """The artifact with paragraphs that speak of old queries speaking of the new ones, where these have the figures.

    Args:
        artifact: with both.
        names: of the old queries -> of the new ones.

    Returns:
        The artifact, and how the paragraphs begin that could not follow.
    """
    blocks, left = list(artifact.blocks), []
    for number, block in enumerate(blocks):
        if not isinstance(block, Text) or not _speaks(block) & set(names):
            continue
        other: Any = renamed(block, {**{query.name: query.name for query in artifact.queries}, **names})
        try:
            check_block(other, artifact)
        except NoAppError:
            left.append(said(block))
        else:
            blocks[number] = other
    return artifact.model_copy(update={"blocks": tuple(blocks)}), left


def unmoved(artifact: Artifact) -> list[str]:
    """How the paragraphs begin that follow no data: a person's own words."""
    return [
        said(block)
        for block in artifact.blocks
        if isinstance(block, Text) and not is_heading(block) and not _speaks(block)
    ]


def said(block: Text) -> str:
    """The first words of a paragraph."""
    from workspace.artifact.bind import words_of

    words = " ".join(words_of(block.template).split())
    return words if len(words) <= 50 else f"{words[:49].rsplit(' ', 1)[0]}…"


# ------------------------------------------------------------------------------------------------------- parts
def _speaks(block: Text) -> set[str]:
    return set(queries_in(block.template))


def _is_kept(block: Block, own: Text | None, before: str) -> bool:
    """Is a block of the old part none of what is made anew: words of a person, a control, another question?"""
    if isinstance(block, Text):
        return block is not own and not is_heading(block)
    if isinstance(block, Shows):
        return block.query != before
    return isinstance(block, Break | Filter)


def _names(block: Block, before: str, name: str) -> dict[str, str]:
    used = {getattr(block, "query", before), *queries_in(template_of(block)), before}
    return {one: name if one == before else one for one in used}


def _as_made(block: Block, old: Sequence[Block], query: NamedQuery) -> Block:
    """A new picture, drawn as the old one was where it shows the same columns."""
    if isinstance(block, Chart):
        was = next((one for one in old if isinstance(one, Chart)), None)
        if was is not None and (was.x, was.y, was.color) == (block.x, block.y, block.color):
            drawn = {"mark": was.mark, "horizontal": was.horizontal, "stacked": was.stacked}
            return block.model_copy(update=drawn)
        tables = [one for one in old if isinstance(one, Table)]
        if was is None and tables:
            return _as_made(Table(query=block.query), old, query)
    if isinstance(block, Table):
        was = next((one for one in old if isinstance(one, Table)), None)
        names = {column.name for column in query.columns}
        if was is not None and was.columns and set(was.columns) <= names:
            return block.model_copy(update={"columns": was.columns, "caption": was.caption})
    return block
