"""Stretches of an artifact's blocks, from the first to before the last: what an edit touched, what belongs together."""

from __future__ import annotations

from workspace.artifact import edit as edits
from workspace.artifact.edit import Edit
from workspace.artifact.model import Artifact
from workspace.artifact.pointing import parts_of, queries_of

Span = tuple[int, int]


def touched_by(edit: Edit) -> Span:
    """The blocks that "it" means after an edit."""
    match edit:
        case edits.Move():
            size = edit.stop - edit.start
            start = edit.before if edit.before <= edit.start else edit.before - size
            return (start, start + size)
        case edits.Insert():
            return (edit.at, edit.at + len(edit.blocks))
        case edits.Reword() | edits.Draw() | edits.Columns():
            return (edit.block, edit.block + 1)
        case edits.Replace():
            return (edit.start, edit.start + len(edit.blocks))
    return (0, 0)


def place_of(artifact: Artifact, section: int) -> int:
    """The block before which the section number ``section`` stands, the end where there are not so many."""
    starts = [part.start for part in parts_of(artifact) if part.kind == "section"]
    return starts[section] if section < len(starts) else len(artifact.blocks)


def whole(artifact: Artifact, span: Span) -> Span:
    """The section that a chart or table makes up, so that its text is asked anew with it."""
    own = queries_of(artifact, *span)
    for part in parts_of(artifact):
        inside = part.kind == "section" and part.start <= span[0] and span[1] <= part.stop
        asked = queries_of(artifact, part.start, part.stop) if inside else ()
        if len(asked) == 1 and own in ((), asked):
            return (part.start, part.stop)
    return span
