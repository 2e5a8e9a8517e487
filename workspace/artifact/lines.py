"""The lines of bound prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workspace.artifact.model import Segment


def once(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Without the lines that tests chose and that are there already: of several empty parts it is said once.

    Example:
        >>> [part.text for part in once((Segment("Nothing.\\nNothing in "), Segment("May"), Segment("\\nNothing.")))]
        ['Nothing.', '\\n', 'Nothing in ', 'May']
    """
    lines: list[list[Segment]] = [[]]
    for segment in segments:
        for place, text in enumerate(segment.text.split("\n")):
            lines += [[]] if place else []
            lines[-1] += [replace(segment, text=text)] if text else []
    kept: dict[Any, list[Segment]] = {}
    for place, line in enumerate(lines):
        kept.setdefault("".join(segment.text for segment in line).strip() or place, line)
    if len(kept) == len(lines):
        return tuple(segments)
    joined = [segment for line in kept.values() for segment in (*line, Segment("\n"))]
    return tuple(joined[:-1])
