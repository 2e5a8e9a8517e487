"""Edits of an artifact as data: what words and the controls of a page both come to. Pure: artifact in, artifact out.

Blocks are named by their place in the artifact that is edited. A query that nothing shows any more goes, and with it
the line of the lead that spoke of it, and the parameter that decided nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workspace.artifact.asked import uses
from workspace.artifact.bind import check_block, queries_in
from workspace.artifact.compose import as_heading, renamed
from workspace.artifact.format import heading
from workspace.artifact.model import Artifact, Block, Chart, Filter, NamedQuery, Param, Shows, Table, Text, template_of
from workspace.artifact.phrase import join
from workspace.artifact.pointing import heading_of, is_heading, parts_of
from workspace.artifact.styles import Style
from workspace.artifact.styles import said as written
from workspace.errors import ArtifactInvalid

MARKS = {"line": "line", "bar": "bar", "area": "area", "scatter": "point", "pie": "arc"}
NAMES = {
    "line": "a line chart",
    "bar": "a bar chart",
    "area": "an area chart",
    "point": "a scatter chart",
    "arc": "a pie chart",
}


@dataclass(frozen=True, slots=True)
class Retitle:
    """Another title for all of it."""

    title: str


@dataclass(frozen=True, slots=True)
class Move:
    """The blocks from ``start`` to before ``stop`` stand before the block ``before`` from now on."""

    start: int
    stop: int
    before: int


@dataclass(frozen=True, slots=True)
class Remove:
    """These stretches of blocks, each from its start to before its stop, are gone."""

    stretches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reword:
    """Another template for a text, or words for a heading."""

    block: int
    template: str


@dataclass(frozen=True, slots=True)
class Insert:
    """New blocks before the block ``at``, with the queries that they speak of."""

    at: int
    blocks: tuple[Block, ...]
    queries: tuple[NamedQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """Another picture in a chart: its mark, or what goes along its axes. None leaves a part as it is."""

    block: int
    mark: str | None = None
    x: str | None = None
    y: str | None = None
    color: str | None = None
    horizontal: bool | None = None
    stacked: bool | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a table shows, in order."""

    block: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replace:
    """Other blocks in the place of a stretch, with their queries; ``line`` takes the place of its line in the lead."""

    start: int
    stop: int
    blocks: tuple[Block, ...]
    queries: tuple[NamedQuery, ...] = ()
    line: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Columns of queries, each as query and name, are written in a style wherever they are shown."""

    columns: tuple[tuple[str, str], ...]
    style: Style


Edit = Retitle | Move | Remove | Reword | Insert | Draw | Columns | Write | Replace


def apply(artifact: Artifact, edit: Edit) -> Artifact:
    """The artifact with the edit made.

    Raises:
        ArtifactInvalid: it names a block, column or mark that is not there, or would leave nothing.
        LooseNumeral: a new text has a figure that no query backs.

    Example:
        >>> artifact = Artifact(title="Notes", blocks=(Text(template="Old words."), Text(template="More.")))
        >>> apply(artifact, Move(1, 2, 0)).blocks[0].template
        'More.'
    """
    blocks, queries, title = list(artifact.blocks), list(artifact.queries), artifact.title
    new: Sequence[Block] = ()
    match edit:
        case Retitle():
            title = " ".join(edit.title.split())[:200] or artifact.title
        case Move():
            blocks = _moved(blocks, edit)
        case Remove():
            gone = {number for start, stop in edit.stretches for number in range(start, stop)}
            blocks = [block for number, block in enumerate(blocks) if number not in gone]
        case Reword():
            new = (_reworded(_at(blocks, edit.block), edit.template),)
            blocks[edit.block] = new[0]
        case Insert():
            new = edit.blocks
            blocks[edit.at : edit.at] = new
            queries += edit.queries
        case Draw():
            blocks[edit.block] = _drawn(_at(blocks, edit.block), edit, artifact)
        case Columns():
            blocks[edit.block] = _columns(_at(blocks, edit.block), edit, artifact)
        case Write():
            queries = [_written(query, edit) for query in queries]
        case Replace():
            new = edit.blocks
            blocks[edit.start : edit.stop] = new
            queries += edit.queries
    if not blocks:
        raise ArtifactInvalid("Nothing would be left of it.", hint="Delete it in the library instead.")
    line = edit.line if isinstance(edit, Replace) else ""
    made = _tidied(title, queries, blocks, artifact.params, line).model_copy(update={"fit": artifact.fit})
    for block in new:
        check_block(block, made)
    return made


def fresh_name(artifact: Artifact, *others: str) -> str:
    """A name for a further query, that is none of ``others`` either.

    Example:
        >>> fresh_name(Artifact(title="x", queries=(NamedQuery(name="q1", source="s", sql="select 1"),)))
        'q2'
    """
    taken = {query.name for query in artifact.queries} | set(others)
    return next(name for number in range(1, len(taken) + 2) if (name := f"q{number}") not in taken)


def in_place_of(artifact: Artifact, names: Mapping[str, str], order: Sequence[str]) -> tuple[Artifact, dict[str, str]]:
    """Queries under the names of those they replaced, where these are gone, and all in the order of before.

    Args:
        artifact: after the edits.
        names: of a new query -> of the one whose place it took.
        order: the names of all queries before.

    Returns:
        The artifact, and the name of each of its queries by the one it had.
    """
    given = {query.name: names.get(query.name, query.name) for query in artifact.queries}
    while twice := [name for name, to in given.items() if name != to and list(given.values()).count(to) > 1]:
        given |= {name: name for name in twice}  # what was replaced is still there, or two took its place
    queries = [query.model_copy(update={"name": given[query.name]}) for query in artifact.queries]
    queries.sort(key=lambda query: order.index(query.name) if query.name in order else len(order))
    blocks = tuple(renamed(block, given) for block in artifact.blocks)
    return artifact.model_copy(update={"queries": tuple(queries), "blocks": blocks}), given


def tidied(artifact: Artifact) -> Artifact:
    """The artifact without what belongs to nothing any more."""
    made = _tidied(artifact.title, artifact.queries, artifact.blocks, artifact.params, "")
    return made.model_copy(update={"fit": artifact.fit})


def said(edit: Edit, before: Artifact, label: str = "") -> str:
    """What an edit did, in one sentence.

    Args:
        edit: as applied.
        before: the artifact it was applied to.
        label: what the part it was about is called.
    """
    part = label[:1].upper() + label[1:] or "It"
    match edit:
        case Retitle():
            return f"It is now called “{' '.join(edit.title.split())[:200]}”."
        case Move():
            return (
                f"{part} moved {'up' if edit.before <= edit.start else 'down'}: it stands {_beside(edit, before)} now."
            )
        case Remove():
            return f"{part} {'are' if len(edit.stretches) > 1 else 'is'} removed."
        case Reword() if title := heading_of(before.blocks[edit.block]):
            return f"“{title}” is called “{edit.template.strip().lstrip('# ')}” now."
        case Reword():
            return f"{part} says something else now."
        case Insert():
            title = next((heading_of(block) for block in edit.blocks if is_heading(block)), "")
            where = f", {label}" if title and label.startswith("a copy of ") else ""
            return f"“{title}” is added{where}." if title else f"{part} is added."
        case Draw(mark=str(mark)):
            return f"{part} is drawn as {NAMES[mark]} now."
        case Draw(sort=str(order)):
            return f"{part} is sorted now, the {'highest' if order == '-y' else 'lowest'} first."
        case Draw():
            return f"{part} is drawn otherwise now."
        case Columns():
            block = before.blocks[edit.block]
            shown = (
                (block.columns or [c.name for c in before.query(block.query).columns])
                if isinstance(block, Table)
                else ()
            )
            hidden = [name for name in shown if name not in edit.columns]
            return f"{part} no longer shows {', '.join(hidden)}." if hidden else f"{part} shows other columns now."
        case Write():
            names = dict.fromkeys(heading(name) for _, name in edit.columns)
            query, column = edit.columns[0]
            how = written(edit.style.over(before.query(query).shown(column)))
            return f"{join(list(names))} {'is' if len(names) == 1 else 'are'} written {how} now."
        case Replace():
            title = next((heading_of(block) for block in edit.blocks if is_heading(block)), "")
            if sorted(map(str, edit.blocks)) == sorted(map(str, before.blocks[edit.start : edit.stop])):
                return f"{part} have changed places."
            if len(edit.blocks) == 1 and isinstance(edit.blocks[0], Table):
                return f"{part} is a table now."
            is_ = "are" if " and the " in label else "is"
            return f"{part} {is_} now “{title}”." if title and title not in label else f"{part} {is_} changed."


def steps(bodies: Sequence[Artifact]) -> tuple[list[Artifact], list[Artifact]]:
    """What can be undone and what can be made again, the newest last, out of all versions in their order.

    A version equal to the one before the last step took that step back; one equal to what was taken back made it again.

    Example:
        >>> a, b = Artifact(title="a"), Artifact(title="b")
        >>> [one.title for one in steps([a, b, a])[1]]
        ['b']
    """
    done: list[Artifact] = []
    undone: list[Artifact] = []
    for body in bodies:
        if len(done) > 1 and body == done[-2]:
            undone.append(done.pop())
        elif undone and body == undone[-1]:
            done.append(undone.pop())
        elif not done or body != done[-1]:
            done.append(body)
            undone = []
    return done, undone


# -------------------------------------------------------------------------------------------------------- parts
def _beside(edit: Move, before: Artifact) -> str:
    """Where a stretch stands after it moved: before what it passed last on its way up, after what on its way down."""
    up = edit.before <= edit.start
    number = edit.before if up else edit.before - 1
    section = is_heading(before.blocks[edit.start])
    found = [part for part in parts_of(before) if part.start <= number < part.stop]
    passed = [part for part in found if (part.kind == "section") == section] or found
    if section and number < next((n for n, block in enumerate(before.blocks) if is_heading(block)), 0):
        return "at the top"
    title = heading_of(before.blocks[passed[0].start]) if passed else ""
    return f"{'before' if up else 'after'} {f'“{title}”' if title else passed[0].label}"


def _at(blocks: Sequence[Block], number: int) -> Block:
    if not 0 <= number < len(blocks):
        raise ArtifactInvalid("That part is not there any more.", hint="Look at it again, it was changed meanwhile.")
    return blocks[number]


def _moved(blocks: list[Block], edit: Move) -> list[Block]:
    _at(blocks, edit.start)
    taken = blocks[edit.start : edit.stop]
    if edit.start <= edit.before <= edit.stop:
        return blocks
    before = edit.before if edit.before <= edit.start else edit.before - len(taken)
    rest = blocks[: edit.start] + blocks[edit.stop :]
    return rest[:before] + taken + rest[before:]


def _reworded(block: Block, template: str) -> Text:
    if not isinstance(block, Text):
        raise ArtifactInvalid("Only a text can be reworded.")
    text = template.strip()
    if not text:
        raise ArtifactInvalid("A text cannot be empty.", hint="Remove it instead.")
    if is_heading(block) and not text.startswith("#"):
        level = block.template.lstrip()[: len(block.template.lstrip()) - len(block.template.lstrip().lstrip("#"))]
        text = f"{level} {as_heading(text)}"
    return Text(template=text)


def _drawn(block: Block, edit: Draw, artifact: Artifact) -> Chart:
    if not isinstance(block, Chart):
        raise ArtifactInvalid("Only a chart can be drawn otherwise.")
    changes: dict[str, Any] = {}
    for name in ("mark", "x", "y", "color", "horizontal", "stacked", "sort"):
        value = getattr(edit, name)
        if value is not None:
            changes[name] = value
    mark = changes.get("mark", block.mark)
    if mark == "arc" and (changes.get("color", block.color)):
        raise ArtifactInvalid("A pie shows one figure for each part, and this chart has two groups.")
    if mark in ("line", "area", "arc", "point"):
        changes |= {"horizontal": False, "stacked": bool(mark == "area" and block.color)}
    if mark in ("line", "area") and block.sort in ("y", "-y"):
        changes["sort"] = ""
    if "x" in changes or "y" in changes:
        swapped = changes.get("x") == block.y and changes.get("y") == block.x
        if swapped:
            changes |= {"x_type": block.y_type, "y_type": block.x_type}
        elif changes.get("x", block.x) != block.x:
            timed = artifact.query(block.query).shown(changes["x"]).format == "period"
            changes |= {"x_type": "ordinal" if timed else "nominal", "sort": "" if timed else block.sort}
    return block.model_copy(update=changes)


def _columns(block: Block, edit: Columns, artifact: Artifact) -> Table:
    if not isinstance(block, Table):
        raise ArtifactInvalid("Only a table has columns to hide.")
    if not edit.columns:
        raise ArtifactInvalid("A table needs a column.", hint="Remove the table instead.")
    return block.model_copy(update={"columns": tuple(edit.columns)})


def _written(query: NamedQuery, edit: Write) -> NamedQuery:
    names = [name for of, name in edit.columns if of == query.name]
    known = {shown.name: shown for shown in query.columns}
    known |= {name: edit.style.over(query.shown(name)) for name in names}
    return query.model_copy(update={"columns": tuple(known.values())}) if names else query


def alike(query: NamedQuery, before: NamedQuery) -> NamedQuery:
    """A query that takes the place of another, its figures written as those of the other were.

    A figure that is a percentage now and was none, or the other way round, is another figure.
    """
    columns = tuple(
        shown.model_copy(update={"places": was.places, "unit": was.unit})
        if (was := before.shown(shown.name)).format == shown.format
        else shown
        for shown in query.columns
    )
    return query.model_copy(update={"columns": columns})


def _tidied(
    title: str, queries: Sequence[NamedQuery], blocks: Sequence[Block], params: Sequence[Param], line: str
) -> Artifact:
    """Without what belongs to nothing any more: queries that are not shown, their parameters and lines of the lead."""
    first = next((number for number, block in enumerate(blocks) if is_heading(block)), 0)
    lead, body = list(blocks[:first]), list(blocks[first:])
    used = {name for block in body for name in _queries(block)}
    used |= {block.query for block in lead if isinstance(block, Shows)}
    if first:
        lead = [kept for block in lead if (kept := _without_gone(block, used, line)) is not None]
    else:
        used |= {name for block in lead for name in _queries(block)}
    kept = [query for query in queries if query.name in used] or list(queries)[:1]
    left = [p for p in params if any(uses(q, p) for q in kept) or not any(uses(q, p) for q in queries)]
    names = {param.name for param in left}
    shown = [block for block in (*lead, *body) if not isinstance(block, Filter) or block.param in names]
    return _validated(title, kept, shown, left)


def _without_gone(block: Block, used: set[str], line: str) -> Block | None:
    if not isinstance(block, Text):
        return block
    lines: list[str] = []
    for text in block.template.split("\n"):
        try:
            names = set(queries_in(text))
        except ArtifactInvalid:  # an expression over several lines: the template is one piece
            names = set(queries_in(block.template))
            return block if names <= used else None
        if names <= used:
            lines.append(text)
        elif line and line not in lines:
            lines.append(line)
    template = "\n".join(lines)
    if template.strip():
        return block.model_copy(update={"template": template})
    return None


def _queries(block: Block) -> tuple[str, ...]:
    return (*((block.query,) if isinstance(block, Shows) else ()), *queries_in(template_of(block)))


def _validated(title: str, queries: Sequence[NamedQuery], blocks: Sequence[Block], params: Sequence[Param]) -> Artifact:
    try:
        return Artifact(title=title, queries=tuple(queries), blocks=tuple(blocks), params=tuple(params))
    except ValidationError as problem:
        raise ArtifactInvalid(f"This change cannot be made: {problem.errors()[0]['msg']}.") from problem
