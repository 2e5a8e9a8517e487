"""The sources that were served from a folder, under names that stay."""

from __future__ import annotations

import json
from pathlib import Path

from sqlmodel import select

from workspace.store.slugs import unique
from workspace.store.store import Store, now
from workspace.store.tables import SourceRow


def remember(store: Store, name: str, target: str) -> str:
    """Keep where a source is; the name it has in this folder (another one when ``name`` is somebody else's).

    Args:
        store: of the folder.
        name: what it would be called.
        target: the absolute paths of its files, as JSON.
    """
    with store.read() as session:
        known = session.exec(select(SourceRow).where(SourceRow.target == target)).first()
        if known is not None:
            return known.name
    with store.write() as session:
        known = session.exec(select(SourceRow).where(SourceRow.target == target)).first()
        if known is not None:
            return known.name
        named = session.get(SourceRow, name)
        if named is not None and _without_folders(named.target, target):
            named.target = target
            session.add(named)
            return name
        free = unique(name, lambda candidate: session.get(SourceRow, candidate) is not None)
        session.add(SourceRow(name=free, target=target, added=now()))
        return free


def _without_folders(old: str, new: str) -> bool:
    """Is ``old`` of the time when a path was kept as it was typed, and ``new`` the same file with its folder?"""
    try:
        was, now = ([Path(path) for path in json.loads(place)] for place in (old, new))
    except ValueError:  # not a place of files
        return False
    return not any(path.is_absolute() for path in was) and [path.name for path in was] == [path.name for path in now]


def whereabouts(store: Store, name: str) -> str | None:
    """Where the source of that name was when it was last served, or None."""
    with store.read() as session:
        row = session.get(SourceRow, name)
        return row.target if row is not None else None
