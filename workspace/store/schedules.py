"""Schedules, and what became of each time that one was due.

Any number of processes (the server, `noapp tick`) may do this at once: what is due is claimed in one transaction, which
moves the schedule to its next time and writes down what is to be sent where. So each time is sent once; times that
passed while nobody looked are one, not many. What is written down and not sent is taken up by whoever looks next,
once the process that had it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, delete, func, or_, select, update

from workspace.errors import NotFound
from workspace.question.recurrence import Recurrence
from workspace.store.chats import new_id
from workspace.store.records import DeliveryInfo, ScheduleInfo
from workspace.store.store import Store, moment
from workspace.store.tables import ArtifactRow, DeliveryRow, OccasionRow, ScheduleRow

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))  # before the second try, the third, …
KEPT = 100  # occasions of a schedule
DELETED = "Its page was deleted."
_OPEN = ("pending", "failed")


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery to be sent now, with all that is needed for it."""

    delivery: DeliveryInfo
    schedule: ScheduleInfo
    body: Mapping[str, Any] | None
    shown: Mapping[str, Any] | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A schedule whose condition is to be looked at: ``due`` is the time it was due at."""

    schedule: ScheduleInfo
    due: str


def create(
    store: Store, slug: str, recurrence: Recurrence, *, condition: Mapping[str, Any] | None, places: Sequence[str],
    held: Sequence[str] | None, label: str = "", files: Sequence[str] = (), at: datetime,
) -> ScheduleInfo:  # fmt: skip
    """A new schedule.

    Args:
        slug: of the page.
        recurrence: when it is due.
        condition: what has to be so, as JSON; None for nothing.
        places: where it goes.
        held: what the condition holds for already, which is not told.
        label, files: as in `ScheduleInfo`.
        at: the time, with its zone.

    Raises:
        NotFound: no such page.
    """
    row = ScheduleRow(
        id=new_id(), slug=slug, label=label, recurrence=recurrence.to_dict(),
        condition=dict(condition) if condition else None, places=list(places), files=" ".join(files),
        created=_text(at), due=_text(recurrence.after(at)), held=list(held) if held is not None else None,
        looked=_text(at) if held is not None else "",
    )  # fmt: skip
    with store.write() as session:
        owner = session.get(ArtifactRow, slug)
        if owner is None or owner.deleted:
            raise NotFound(f"There is no artifact {slug!r}.", hint="The library lists those there are.")
        session.add(row)
        session.flush()
        return _info(row, owner.title, "")


def listed(store: Store, slug: str | None = None, *, ended: bool = False) -> list[ScheduleInfo]:
    """All schedules, or those of one page, the newest first; those that ended only with ``ended``.

    One that ended by itself is listed until a person removes it, so that this is not missed.
    """
    query = _ALL.order_by(col(ScheduleRow.created).desc())
    if slug is not None:
        query = query.where(ScheduleRow.slug == slug)
    if not ended:
        query = query.where(or_(col(ScheduleRow.ended) == "", col(ScheduleRow.reason) != ""))
    with store.read() as session:
        return [_info(*found) for found in session.exec(query)]


def count(store: Store) -> tuple[int, int]:
    """How many schedules are listed, and of how many something is wrong now; a small read."""
    found = store.first(
        "SELECT count(*), sum(reason != '' OR problem != '' OR EXISTS (SELECT 1 FROM occasion o JOIN delivery d "
        "ON d.occasion = o.id WHERE o.schedule = s.id AND d.state IN ('failed', 'given up') AND o.due = "
        "(SELECT max(due) FROM occasion WHERE schedule = s.id))) FROM schedule s WHERE ended = '' OR reason != ''", (),
    )  # fmt: skip
    return found[0], found[1] or 0


def find(store: Store, identifier: str) -> ScheduleInfo:
    """One schedule; raises `NotFound`."""
    with store.read() as session:
        return _found(session, identifier)


def pause(store: Store, identifier: str, at: datetime, *, paused: bool) -> ScheduleInfo:
    """Hold a schedule, or let it go on from its next time; what was missed meanwhile is not sent. Raises `NotFound`."""
    with store.write() as session:
        row = _row(session, identifier)
        row.paused = (row.paused or _text(at)) if paused else ""
        if not paused and not row.ended:
            row.due = _text(Recurrence.from_dict(row.recurrence).after(at))
        session.add(row)
        session.flush()
        return _found(session, identifier)


def end(store: Store, identifier: str, at: datetime) -> ScheduleInfo:
    """End a schedule; what of it was not sent yet is given up. Raises `NotFound`."""
    with store.write() as session:
        row = _row(session, identifier)
        row.ended, row.reason, row.due = row.ended or _text(at), "", ""
        session.add(row)
        session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.occasion).in_(_occasions(identifier)), col(DeliveryRow.state).in_(_OPEN))
            .values(state="given up", next_try="", problem="Its schedule was removed.")
        )
        session.flush()
        return _found(session, identifier)


# ------------------------------------------------------------------------------------------------------ what is due
def waiting(store: Store, at: datetime) -> bool:
    """Is anything due, or to be tried again? About 0.1 ms; a server asks often."""
    now = _text(at)
    found = store.first(
        "SELECT 1 FROM schedule WHERE due != '' AND due <= ? AND paused = '' AND ended = '' UNION ALL "
        "SELECT 1 FROM delivery WHERE next_try != '' AND next_try <= ? LIMIT 1", (now, now),
    )  # fmt: skip
    return found is not None


def claim(store: Store, at: datetime) -> list[Look]:
    """Claim all that is due: deliveries are written down, conditions to be looked at are given back.

    Args:
        at: the time, with its zone.
    """
    now, looks = _text(at), []
    with store.write() as session:
        due = _ALL.where(
            ScheduleRow.due != "", ScheduleRow.due <= now, ScheduleRow.paused == "", ScheduleRow.ended == ""
        )
        for row, title, deleted, last in session.exec(due.order_by(col(ScheduleRow.due))).all():
            was = row.due
            if deleted:
                row.ended, row.reason, row.due = now, DELETED, ""
                _write_down(session, row, was, DELETED, now)
            else:
                row.due = _following(row, at)
                if row.condition is None or row.ended:
                    _write_down(session, row, was, row.reason, now)
                else:
                    looks.append(Look(_info(row, title, deleted, last), was))
            session.add(row)
    return looks


def tell(
    store: Store, look: Look, held: Collection[str], why: Callable[[Sequence[str]], str], at: datetime
) -> Sequence[str]:
    """Keep what a condition holds for, and write down that it is to be told where something of it is new.

    Args:
        look: from `claim`.
        held: ids of what it holds for.
        why: makes the sentence for those that are new.
        at: when the look began.

    Returns:
        what is new.
    """
    with store.write() as session:
        row = _row(session, look.schedule.id)
        new = _new(row, held, _text(at))
        session.add(row)
        if new and not row.paused and not row.ended:
            _write_down(session, row, look.due, why(new), _text(at))
        return new


def failed_look(store: Store, look: Look, problem: str, at: datetime) -> bool:
    """Keep why a look failed; it is told the first time, not at each look. Was it told?"""
    with store.write() as session:
        row = _row(session, look.schedule.id)
        first = not row.problem
        row.problem, row.looked = problem, _text(at)
        session.add(row)
        if first and not row.paused and not row.ended:
            _write_down(session, row, look.due, f"It could not be looked at: {problem}", _text(at))
        return first


# ------------------------------------------------------------------------------------------------------- deliveries
def take(store: Store, at: datetime, worker: str, alive: Callable[[str], bool]) -> Taken | None:
    """The next delivery that is to be sent, which nobody else gets meanwhile; None for none.

    Args:
        at: the time, with its zone.
        worker: names this process.
        alive: is the process of that name still there?
    """
    now = _text(at)
    with store.write() as session:
        found = _WHOLE.where(col(DeliveryRow.state).in_(_OPEN), DeliveryRow.next_try != "", DeliveryRow.next_try <= now)
        for row, occasion, schedule, owner in session.exec(found.order_by(col(DeliveryRow.next_try))):
            if row.worker and alive(row.worker):
                continue
            row.worker, row.attempts = worker, row.attempts + 1
            session.add(row)
            info = _delivery(row, occasion, schedule, owner)
            about = _info(schedule, owner.title, owner.deleted)
            return Taken(info, about, occasion.body, schedule.shown, bool(owner.deleted))
    return None


def compose(
    store: Store, occasion: str, message: Mapping[str, Any], body: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Keep what an occasion sends; where another process was first, what that one made."""
    with store.write() as session:
        row = session.get(OccasionRow, occasion)
        assert row is not None, "a delivery has its occasion"
        if row.message is not None:
            return row.message, row.body
        row.message, row.body = dict(message), dict(body) if body is not None else None
        session.add(row)
        schedule = session.get(ScheduleRow, row.schedule)
        if schedule is not None and body is not None:
            schedule.shown = dict(body)
            session.add(schedule)
        return row.message, row.body


def sent(store: Store, identifier: str, at: datetime) -> None:
    """It was sent; a view that nobody needs any more is let go of."""
    with store.write() as session:
        row = session.get(DeliveryRow, identifier)
        assert row is not None
        row.state, row.sent, row.next_try, row.worker, row.problem = "sent", _text(at), "", "", ""
        session.add(row)
        session.flush()
        _settle(session, row.occasion)


def failed(store: Store, identifier: str, problem: str, at: datetime) -> bool:
    """It was not sent; is it tried again?"""
    with store.write() as session:
        row = session.get(DeliveryRow, identifier)
        assert row is not None
        if row.state == "given up":  # removed while it was being sent
            row.worker = ""
            session.add(row)
            return False
        again = row.attempts <= len(BACK_OFF)
        row.state, row.worker, row.problem = "failed" if again else "given up", "", problem
        row.next_try = _text(at + BACK_OFF[row.attempts - 1]) if again else ""
        session.add(row)
        session.flush()
        _settle(session, row.occasion)
        return again


def retry(store: Store, identifier: str, at: datetime) -> DeliveryInfo:
    """Try a delivery that failed or was given up again, at once and with all its tries. Raises `NotFound`."""
    with store.write() as session:
        row = session.get(DeliveryRow, identifier)
        if row is None:
            raise NotFound(f"There is no delivery {identifier!r}.", hint="List them with: noapp schedules --deliveries")
        if row.state in ("failed", "given up"):
            row.state, row.attempts, row.next_try = "pending", 0, _text(at)
            session.add(row)
            session.flush()
        found = session.exec(_DELIVERIES.where(DeliveryRow.id == identifier)).one()
        return _delivery(*found)


def deliveries(
    store: Store, schedule: str | None = None, *, place: str | None = None, states: Sequence[str] = (), most: int = 50
) -> list[DeliveryInfo]:
    """What was sent and what was not, the newest first; of all schedules, or of one, or to one place."""
    query = _DELIVERIES.order_by(col(OccasionRow.due).desc(), col(DeliveryRow.id)).limit(most)
    if schedule is not None:
        query = query.where(OccasionRow.schedule == schedule)
    if place is not None:
        query = query.where(DeliveryRow.place == place)
    if states:
        query = query.where(col(DeliveryRow.state).in_(states))
    with store.read() as session:
        return [_delivery(*found) for found in session.exec(query)]


# ------------------------------------------------------------------------------------------------------------ parts
_LAST = (
    select(func.max(DeliveryRow.sent))
    .join(OccasionRow, col(OccasionRow.id) == col(DeliveryRow.occasion))
    .where(col(OccasionRow.schedule) == col(ScheduleRow.id))
    .correlate(ScheduleRow)
    .scalar_subquery()
)
# Views are large, and needed only to send one.
_ALL: Any = (
    select(ScheduleRow, ArtifactRow.title, ArtifactRow.deleted, _LAST)
    .join(ArtifactRow, col(ArtifactRow.slug) == col(ScheduleRow.slug))
    .options(defer(ScheduleRow.shown, raiseload=True))  # ty: ignore[invalid-argument-type]
)
_WHOLE: Any = (
    select(DeliveryRow, OccasionRow, ScheduleRow, ArtifactRow)
    .join(OccasionRow, col(OccasionRow.id) == col(DeliveryRow.occasion))
    .join(ScheduleRow, col(ScheduleRow.id) == col(OccasionRow.schedule))
    .join(ArtifactRow, col(ArtifactRow.slug) == col(ScheduleRow.slug))
)
_DELIVERIES: Any = _WHOLE.options(
    defer(ScheduleRow.shown, raiseload=True),  # ty: ignore[invalid-argument-type]
    defer(OccasionRow.body, raiseload=True),  # ty: ignore[invalid-argument-type]
)


def _following(row: ScheduleRow, at: datetime) -> str:
    """When a schedule is due next; one that cannot be any more ends and says why."""
    try:
        return _text(Recurrence.from_dict(row.recurrence).after(at))
    except (ValueError, OverflowError) as problem:
        row.ended, row.reason = _text(at), f"It cannot be due any more: {problem}."
        return ""


def _write_down(session: Session, row: ScheduleRow, due: str, why: str, now: str) -> None:
    """That something is to be sent to each place of a schedule; once for each time it was due."""
    known = session.exec(
        select(OccasionRow.id).where(OccasionRow.schedule == row.id, OccasionRow.due == due)
    ).first()  # fmt: skip
    if known is not None:
        return
    occasion = OccasionRow(id=new_id(), schedule=row.id, due=due, why=why)
    session.add(occasion)
    session.flush()
    for place in row.places:
        session.add(DeliveryRow(id=new_id(), occasion=occasion.id, place=place, next_try=now))
    session.flush()
    _thin(session, row.id)


def _thin(session: Session, schedule: str) -> None:
    """Let go of the oldest occasions, with what became of them."""
    older = session.exec(
        select(OccasionRow.id)
        .where(OccasionRow.schedule == schedule)
        .order_by(col(OccasionRow.due).desc())
        .offset(KEPT)
    ).all()
    if older:
        session.exec(delete(DeliveryRow).where(col(DeliveryRow.occasion).in_(older)))
        session.exec(delete(OccasionRow).where(col(OccasionRow.id).in_(older)))


def _settle(session: Session, occasion: str) -> None:
    """The view of an occasion is kept only as long as somebody may be sent it."""
    open_ = session.exec(
        select(DeliveryRow.id).where(DeliveryRow.occasion == occasion, col(DeliveryRow.state).in_(_OPEN))
    ).first()
    row = session.get(OccasionRow, occasion)
    if open_ is None and row is not None:
        row.body = None
        session.add(row)


def _new(row: ScheduleRow, held: Collection[str], began: str) -> list[str]:
    if row.looked > began:
        return []
    before = set(row.held) if row.held is not None else set(held)
    row.held, row.looked, row.problem = list(held), began, ""
    return [key for key in held if key not in before]


def _occasions(schedule: str) -> Any:
    return select(OccasionRow.id).where(OccasionRow.schedule == schedule)


def _row(session: Session, identifier: str) -> ScheduleRow:
    row = session.get(ScheduleRow, identifier)
    if row is None:
        raise NotFound(f"There is no schedule {identifier!r}.", hint="List them with: noapp schedules")
    return row


def _found(session: Session, identifier: str) -> ScheduleInfo:
    _row(session, identifier)
    return _info(*session.exec(_ALL.where(ScheduleRow.id == identifier)).one())


def _info(row: ScheduleRow, title: str, _deleted: str, last: str | None = None) -> ScheduleInfo:
    return ScheduleInfo(
        row.id, row.slug, title, row.label, row.recurrence, row.condition, tuple(row.places),
        tuple(row.files.split()), moment(row.created), _moment(row.due), _moment(row.paused), _moment(row.ended),
        row.reason, _moment(row.looked), row.problem, _moment(last),
    )  # fmt: skip


def _delivery(row: DeliveryRow, occasion: OccasionRow, schedule: ScheduleRow, owner: ArtifactRow) -> DeliveryInfo:
    state: Any = row.state
    return DeliveryInfo(
        row.id, schedule.id, occasion.id, schedule.slug, owner.title, moment(occasion.due), occasion.why, row.place,
        state, row.attempts, _moment(row.next_try), row.problem, _moment(row.sent), occasion.message,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
