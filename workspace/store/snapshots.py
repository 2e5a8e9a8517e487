"""What artifacts showed at a moment: frozen by a person, or remembered for readers who come back.

Of what is merely remembered the newest few stay, then one an hour, a day, a month: somebody who comes back after a
minute finds what they saw, somebody after a week something of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from workspace.errors import NotFound
from workspace.store.chats import new_id
from workspace.store.records import SnapshotInfo
from workspace.store.store import Store, moment
from workspace.store.tables import ArtifactRow, ShareRow, SnapshotRow

NEWEST = 4
SPANS = ((timedelta(hours=1), 12), (timedelta(days=1), 14), (timedelta(days=30), 12))  # one for each of so many spans


def keep(
    store: Store, slug: str, version: int, mark: str, at: str, body: Mapping[str, Any], *, kept: bool, after: str = ""
) -> SnapshotInfo:
    """Keep what an artifact shows.

    Args:
        slug, version: of what.
        mark: names what is shown.
        at: UTC, ISO 8601.
        body: the view as JSON.
        kept: frozen by a person; otherwise it is not written when the newest remembered one has the same mark.
        after: unless that one is from before this time (UTC, ISO 8601).
    """
    with store.write() as session:
        row = SnapshotRow(id=new_id(), slug=slug, number=version, mark=mark, kept=kept, at=at, body=dict(body))
        if not kept:
            older = _remembered(session, slug)
            if older and older[0][1] == mark and older[0][2] >= after:
                return find_in(session, slug, older[0][0])
            gone = set(thinned([(row.id, moment(at)), *((known, moment(when)) for known, _, when in older)]))
            for known in gone - {row.id}:
                session.delete(session.get(SnapshotRow, known))
        session.add(row)
        return _info(row)


def thinned(entries: Iterable[tuple[str, datetime]]) -> list[str]:
    """Which of the remembered ones can go: ids, of entries with their time, the newest first.

    Example:
        >>> start = datetime(2026, 11, 3, 12)
        >>> len(thinned((str(n), start - timedelta(seconds=n)) for n in range(50)))
        45
    """
    listed = list(entries)
    stays = {known for known, _ in listed[:NEWEST]}
    for span, most in SPANS:
        seen: dict[int, str] = {}
        for known, at in listed:  # the oldest of a span stays, so that its place does not move as newer ones come
            seen[int(at.timestamp() // span.total_seconds())] = known
        stays |= set(list(seen.values())[:most])
    return [known for known, _ in listed if known not in stays]


def listed(store: Store, slug: str) -> list[SnapshotInfo]:
    """The frozen ones of an artifact, newest first."""
    with store.read() as session:
        rows = session.exec(
            select(*_COLUMNS).where(SnapshotRow.slug == slug, SnapshotRow.kept).order_by(col(SnapshotRow.at).desc())
        )
        return [_of(row) for row in rows]


def find(store: Store, slug: str, identifier: str) -> SnapshotInfo:
    """One snapshot of an artifact; raises `NotFound`."""
    with store.read() as session:
        return find_in(session, slug, identifier)


def find_in(session: Session, slug: str, identifier: str) -> SnapshotInfo:
    row = session.exec(select(*_COLUMNS).where(SnapshotRow.slug == slug, SnapshotRow.id == identifier)).first()
    if row is None:
        raise NotFound("There is no such snapshot.", hint="The history lists those there are.")
    return _of(row)


def seen(store: Store, slug: str, mark: str, after: str = "") -> SnapshotInfo | None:
    """The newest snapshot with that mark; else the oldest of after that time (UTC, ISO 8601), where that is said."""
    with store.read() as session:
        own = select(*_COLUMNS).where(SnapshotRow.slug == slug)
        row = session.exec(own.where(SnapshotRow.mark == mark).order_by(col(SnapshotRow.at).desc())).first()
        if row is None and after:
            row = session.exec(own.where(SnapshotRow.at > after).order_by(col(SnapshotRow.at))).first()
        return _of(row) if row is not None else None


def until(store: Store, slug: str, at: str) -> SnapshotInfo | None:
    """The newest snapshot of until a time (UTC, ISO 8601), None when there is none."""
    with store.read() as session:
        own = select(*_COLUMNS).where(SnapshotRow.slug == slug, SnapshotRow.at <= at)
        row = session.exec(own.order_by(col(SnapshotRow.at).desc())).first()
        return _of(row) if row is not None else None


def first(store: Store, slug: str, version: int) -> SnapshotInfo | None:
    """The oldest snapshot of a version, None when there is none."""
    with store.read() as session:
        own = select(*_COLUMNS).where(SnapshotRow.slug == slug, SnapshotRow.number == version)
        row = session.exec(own.order_by(col(SnapshotRow.at)).limit(1)).first()
        return _of(row) if row is not None else None


def body(store: Store, identifier: str) -> dict[str, Any]:
    """The view of a snapshot as JSON; raises `NotFound`, also where the artifact was deleted."""
    with store.read() as session:
        row = session.get(SnapshotRow, identifier)
        owner = session.get(ArtifactRow, row.slug) if row is not None else None
        if row is None or owner is None or owner.deleted:
            raise NotFound("There is no such snapshot.", hint="The history lists those there are.")
        return row.body


def remove(store: Store, slug: str, identifier: str) -> None:
    """Delete a frozen one, and revoke the shares that show it. Raises `NotFound`."""
    from workspace.store.store import now

    with store.write() as session:
        find_in(session, slug, identifier)
        for share in session.exec(select(ShareRow).where(ShareRow.snapshot == identifier, ShareRow.revoked == "")):
            share.revoked = now()
            session.add(share)
        session.delete(session.get(SnapshotRow, identifier))


# Everything but the results, which are large.
_COLUMNS: Any = (
    SnapshotRow.id,
    SnapshotRow.slug,
    SnapshotRow.number,
    SnapshotRow.mark,
    SnapshotRow.kept,
    SnapshotRow.at,
)


def _remembered(session: Session, slug: str) -> list[tuple[str, str, str]]:
    rows = session.exec(
        select(SnapshotRow.id, SnapshotRow.mark, SnapshotRow.at)
        .where(SnapshotRow.slug == slug, ~col(SnapshotRow.kept))
        .order_by(col(SnapshotRow.at).desc())
    )
    return [(known, mark, at) for known, mark, at in rows]


def _of(row: Any) -> SnapshotInfo:
    known, slug, number, mark, kept, at = row
    return SnapshotInfo(known, slug, number, mark, kept, moment(at))


def _info(row: SnapshotRow) -> SnapshotInfo:
    return SnapshotInfo(row.id, row.slug, row.number, row.mark, row.kept, moment(row.at))
