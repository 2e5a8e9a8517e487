"""The sources that were served from a folder, under names that stay."""

from __future__ import annotations

from sqlmodel import select

from workspace.store.slugs import unique
from workspace.store.store import Store, now
from workspace.store.tables import SourceRow


def remember(store: Store, name: str, target: str) -> str:
    """Keep where a source is; the name it has in this folder (another one when ``name`` is somebody else's)."""
    with store.read() as session:
        known = session.exec(select(SourceRow).where(SourceRow.target == target)).first()
        if known is not None:
            return known.name
    with store.write() as session:
        known = session.exec(select(SourceRow).where(SourceRow.target == target)).first()
        if known is not None:
            return known.name
        free = unique(name, lambda candidate: session.get(SourceRow, candidate) is not None)
        session.add(SourceRow(name=free, target=target, added=now()))
        return free


def whereabouts(store: Store, name: str) -> str | None:
    """Where the source of that name was when it was last served, or None."""
    with store.read() as session:
        row = session.get(SourceRow, name)
        return row.target if row is not None else None
