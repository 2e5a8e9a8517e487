"""What people said of answers: right ones are recalled, wrong ones are asked back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, delete

from workspace.store.chats import new_id
from workspace.store.records import VerifiedInfo
from workspace.store.store import Store, now
from workspace.store.tables import VerifiedRow


def keep(store: Store, info: VerifiedInfo, *, instead: Iterable[str] = ()) -> VerifiedInfo:
    """Keep what was said, in the place of what was said before (``instead``, and of the same answer)."""
    at = now()
    row = VerifiedRow(
        id=new_id(), source=info.source, verdict=info.verdict, question=info.question,
        plan=dict(info.plan) if info.plan is not None else None,
        query=dict(info.query) if info.query is not None else None,
        definitions=info.definitions, asked=info.asked, message=info.message, created=at,
    )  # fmt: skip
    with store.write() as session:
        session.exec(delete(VerifiedRow).where(col(VerifiedRow.id).in_(list(instead))))
        if info.message:
            session.exec(delete(VerifiedRow).where(col(VerifiedRow.message) == info.message))
        session.add(row)
    return replace(info, id=row.id, created=datetime.fromisoformat(at))


def forget(store: Store, identifiers: Iterable[str]) -> int:
    """Take back what was said; how many there were."""
    with store.write() as session:
        return session.exec(delete(VerifiedRow).where(col(VerifiedRow.id).in_(list(identifiers)))).rowcount
