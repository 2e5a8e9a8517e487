"""Links for readers who have nothing else of the workspace: made, found by their token, counted, revoked.

A token has 160 random bits in letters that survive any messenger. Only its hash is kept: who reads the store cannot
open a share, and looking it up by its hash tells nobody who measures the time how near a guess was.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlmodel import col, delete, select, update

from workspace.errors import NotFound, ShareEnded, ShareLocked
from workspace.store.chats import new_id
from workspace.store.passwords import hashed, matches
from workspace.store.records import ShareInfo
from workspace.store.store import Store, moment, now
from workspace.store.tables import ArtifactRow, GuessRow, ShareRow, SnapshotRow

TOKEN = r"[a-z2-7]{32}"
BEGINS = 4  # characters of a token that are kept to tell links apart; the others have 140 bits
WINDOW = timedelta(minutes=15)
TRIES, OWN_TRIES = 50, 5  # wrong passwords in it for one share, and of these from one address


def create(
    store: Store, slug: str, *, snapshot: str = "", label: str = "", password: str = "", downloads: bool = False,
    embed: tuple[str, ...] = (), expires: datetime | None = None, at: datetime,
) -> tuple[ShareInfo, str]:  # fmt: skip
    """A new share and its token, which cannot be had again.

    Args:
        slug: of the artifact.
        snapshot: id of what a frozen one shows.
        label, downloads, embed, expires: as in `ShareInfo`.
        password: in clear; "" for none.
        at: the time, with its zone.

    Raises:
        NotFound: no such artifact.
    """
    token = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    row = ShareRow(
        id=new_id(), digest=_digest(token), begins=token[:BEGINS], slug=slug, snapshot=snapshot, label=label,
        password=hashed(password) if password else "", downloads=downloads, embed=" ".join(embed),
        created=at.astimezone(UTC).isoformat(timespec="microseconds"),
        expires=expires.astimezone(UTC).isoformat(timespec="microseconds") if expires else "",
    )  # fmt: skip
    with store.write() as session:
        owner = session.get(ArtifactRow, slug)
        if owner is None or owner.deleted:
            raise NotFound(f"There is no artifact {slug!r}.", hint="The library lists those there are.")
        session.add(row)
        taken = session.get(SnapshotRow, snapshot) if snapshot else None
        return _info(row, owner.title, taken.at if taken else ""), token


def listed(store: Store, slug: str | None = None) -> list[ShareInfo]:
    """All shares, or those of one artifact, the newest first; revoked and ended ones too."""
    query = _ALL.order_by(col(ShareRow.created).desc())
    if slug is not None:
        query = query.where(ShareRow.slug == slug)
    with store.read() as session:
        return [_info(*found) for found in session.exec(query)]


def find(store: Store, token: str, at: datetime) -> ShareInfo:
    """The share of a token that can be opened at this time.

    Args:
        token: as a reader gave it.
        at: the time, with its zone.

    Raises:
        NotFound: never made, revoked, or its artifact was deleted; which of these is not said.
        ShareEnded: its time is over; only who holds the token learns so.
    """
    digest = _digest(token)
    with store.read() as session:
        found = session.exec(_ALL.where(ShareRow.digest == digest)).first()
    if found is None or not hmac.compare_digest(found[0].digest, digest):
        raise unknown()
    info = _info(*found)
    state = info.state(at)
    if state == "revoked" or (info.snapshot and info.frozen is None):
        raise unknown()
    if state == "ended":
        raise ShareEnded("The time of this link is over.", hint="Ask the person who sent it for a new one.")
    return info


def unknown() -> NotFound:
    """What is said of every token that opens nothing, whatever the reason."""
    return NotFound("There is nothing at this address.", hint="Check the link, or ask the person who sent it.")


def revoke(store: Store, identifier: str) -> ShareInfo:
    """Take a share back; what its readers gave as password counts no more. Raises `NotFound`."""
    with store.write() as session:
        found = session.exec(_ALL.where(ShareRow.id == identifier)).first()
        if found is None:
            raise NotFound(f"There is no share {identifier!r}.", hint="List them with: noapp shares")
        row, title, at = found
        row.revoked = row.revoked or now()
        session.add(row)
        return _info(row, title, at)


def opened(store: Store, identifier: str) -> None:
    """Count one opening."""
    at = now()
    with store.write() as session:
        own = update(ShareRow).where(col(ShareRow.id) == identifier)
        session.exec(own.where(col(ShareRow.first_opened) == "").values(first_opened=at))
        session.exec(own.values(openings=col(ShareRow.openings) + 1, last_opened=at))


def try_password(store: Store, identifier: str, password: str, at: datetime, address: str = "") -> bool:
    """Is it the password of the share?

    A try is counted before it is looked at, so that many at once are limited as well, and given back when it was right.

    Args:
        identifier: of the share.
        password: as a person typed it.
        at: the time, with its zone.
        address: of who typed it, "" where that is not known; has a limit of its own, so that one cannot lock out all.

    Raises:
        ShareLocked: too many wrong ones; the right one is not looked at either until some time has passed.
    """
    start = at.astimezone(UTC).isoformat(timespec="microseconds")
    over = (at - WINDOW).astimezone(UTC).isoformat(timespec="microseconds")
    with store.write() as session:
        row = session.get(ShareRow, identifier)
        if row is None:
            raise unknown()
        session.exec(delete(GuessRow).where(col(GuessRow.since) <= over))
        if row.tries_since <= over:
            row.tries, row.tries_since = 0, start
        who = _who(row, address)
        own = session.get(GuessRow, (identifier, who)) or GuessRow(share=identifier, who=who, since=start)
        if address and own.tries >= OWN_TRIES:
            raise _locked("There were too many wrong passwords from where you are.", own.since, at)
        if row.tries >= TRIES:
            raise _locked("There were too many wrong passwords.", row.tries_since, at)
        row.tries += 1
        own.tries += 1
        session.add(row)
        if address:
            session.add(own)
        kept = row.password
    right = bool(kept) and matches(password, kept)
    if right:
        with store.write() as session:
            theirs = (col(GuessRow.share) == identifier, col(GuessRow.who) == who, col(GuessRow.tries) > 0)
            session.exec(update(GuessRow).where(*theirs).values(tries=col(GuessRow.tries) - 1))
            link = (col(ShareRow.id) == identifier, col(ShareRow.tries) > 0)
            session.exec(update(ShareRow).where(*link).values(tries=col(ShareRow.tries) - 1))
    return right


def _locked(message: str, since: str, at: datetime) -> ShareLocked:
    minutes = int(-(-(moment(since) + WINDOW - at).total_seconds() // 60))
    return ShareLocked(message, hint=f"Try again in {minutes} minute{'s' if minutes != 1 else ''}.")


def _who(row: ShareRow, address: str) -> str:
    """Somebody's address as it is kept: a hash that differs from share to share, of all that one household is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return _digest(f"{row.digest} {address}")
    found = getattr(found, "ipv4_mapped", None) or found
    return _digest(f"{row.digest} {ip_network((found, 64), strict=False) if found.version == 6 else found}")


_ALL = (
    select(ShareRow, ArtifactRow.title, SnapshotRow.at)
    .join(ArtifactRow, (col(ArtifactRow.slug) == col(ShareRow.slug)) & (col(ArtifactRow.deleted) == ""))
    .join(SnapshotRow, col(SnapshotRow.id) == col(ShareRow.snapshot), isouter=True)
)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _info(row: ShareRow, title: str, frozen: str | None) -> ShareInfo:
    return ShareInfo(
        row.id, row.begins, row.slug, title, row.snapshot, _moment(frozen), row.label, bool(row.password),
        row.downloads, tuple(row.embed.split()), moment(row.created), _moment(row.expires), _moment(row.revoked),
        row.openings, _moment(row.first_opened), _moment(row.last_opened), row.password,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
