"""The library: artifacts with immutable versions, and the last good result of each query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlmodel import Session, col, func, or_, select

from workspace.artifact.model import Artifact, load
from workspace.database.result import Result
from workspace.errors import NotFound
from workspace.store.records import ArtifactInfo, VersionInfo
from workspace.store.slugs import slug_of, unique
from workspace.store.store import Store, moment, now
from workspace.store.tables import ArtifactRow, ChatRow, LastGood, VersionRow


def save(store: Store, artifact: Artifact, *, origin: str = "") -> ArtifactInfo:
    """Keep a new artifact as version 1 under a slug of its own.

    Args:
        artifact: what to keep.
        origin: what it was made from; kept once more under the same origin it becomes a new version of the same
            artifact, or stays as it is when nothing differs.
    """
    with store.write() as session:
        known = _by_origin(session, origin)
        if known is not None:
            return _new_version(session, known, artifact)
        at = now()
        slug = unique(slug_of(artifact.title), lambda name: session.get(ArtifactRow, name) is not None)
        row = ArtifactRow(slug=slug, head=1, origin=origin, created=at, updated=at, **_listed(artifact))
        session.add(row)
        session.flush()
        session.add(VersionRow(slug=slug, number=1, title=artifact.title, created=at, body=artifact.to_dict()))
        return _info(row)


def edit(store: Store, slug: str, artifact: Artifact) -> ArtifactInfo:
    """Keep a new version and move the head to it; raises `NotFound`."""
    with store.write() as session:
        return _new_version(session, _row(session, slug), artifact)


def rename(store: Store, slug: str, title: str) -> ArtifactInfo:
    """A new version under another title; the address stays. Raises `NotFound`."""
    with store.write() as session:
        row = _row(session, slug)
        artifact = _body(session, slug, row.head)
        return _new_version(session, row, artifact.model_copy(update={"title": title.strip()[:200] or artifact.title}))


def remove(store: Store, slug: str) -> None:
    """Take an artifact out of the library; its address is not given to another one. Raises `NotFound`."""
    with store.write() as session:
        row = _row(session, slug)
        row.deleted = now()
        session.add(row)
        for chat in session.exec(select(ChatRow).where(ChatRow.artifact == slug)):
            chat.artifact = ""  # from now on a chat by itself
            session.add(chat)


def find(store: Store, slug: str) -> ArtifactInfo:
    """What the library says of an artifact; raises `NotFound`."""
    with store.read() as session:
        return _info(_row(session, slug))


def load_version(store: Store, slug: str, version: int | None = None) -> tuple[Artifact, int]:
    """An artifact and the number of its version, the head by default; raises `NotFound`, `ArtifactInvalid`."""
    with store.read() as session:
        row = _row(session, slug)
        number = row.head if version is None else version
        return _body(session, slug, number), number


def listed(store: Store, search: str = "") -> list[ArtifactInfo]:
    """The library, newest first; ``search`` looks in titles, questions and sources."""
    query = select(ArtifactRow).where(ArtifactRow.deleted == "").order_by(col(ArtifactRow.updated).desc())
    for word in search.casefold().split():
        like = f"%{word.replace(chr(92), chr(92) * 2).replace('%', chr(92) + '%').replace('_', chr(92) + '_')}%"
        places = (ArtifactRow.title, ArtifactRow.question, ArtifactRow.source)
        query = query.where(or_(*(func.folded(place).like(like, escape="\\") for place in places)))
    with store.read() as session:
        return [_info(row) for row in session.exec(query)]


def made_from(store: Store, origin: str) -> ArtifactInfo | None:
    """The artifact that was pinned from this message or chat, if it is still in the library."""
    with store.read() as session:
        row = _by_origin(session, origin)
        return _info(row) if row is not None else None


def history(store: Store, slug: str) -> list[VersionInfo]:
    """The versions of an artifact, newest first; raises `NotFound`."""
    with store.read() as session:
        _row(session, slug)
        rows = session.exec(
            select(VersionRow.number, VersionRow.created, VersionRow.title)
            .where(VersionRow.slug == slug)
            .order_by(col(VersionRow.number).desc())
        )
        return [VersionInfo(number, moment(created), title) for number, created, title in rows]


def keep_results(store: Store, slug: str, number: int, results: Mapping[str, Result]) -> None:
    """Remember the good results of a version; a result whose digest is the kept one is not written again."""
    if not results:
        return
    with store.read() as session:
        kept = {row.query: row.digest for row in _kept(session, slug, number)}
    fresh = {name: result for name, result in results.items() if kept.get(name) != result.receipt.digest}
    if not fresh:
        return
    with store.write() as session:
        for name, result in fresh.items():
            row = LastGood(slug=slug, number=number, query=name, digest=result.receipt.digest,
                           result=result.to_dict(), at=result.receipt.ran_at)  # fmt: skip
            session.merge(row)


def kept_results(store: Store, slug: str, number: int) -> dict[str, Result]:
    """The last good result of each query of a version; the receipt in it has its date."""
    with store.read() as session:
        return {row.query: Result.from_dict(row.result) for row in _kept(session, slug, number)}


class LastResults(Mapping[str, Result]):
    """`kept_results`, read when first looked at: a page whose queries all run needs none of them."""

    def __init__(self, store: Store, slug: str, number: int) -> None:
        self._read: Callable[[], dict[str, Result]] = lambda: kept_results(store, slug, number)

    @cached_property
    def _results(self) -> dict[str, Result]:
        return self._read()

    def __getitem__(self, name: str) -> Result:
        return self._results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


def head(store: Store, slug: str) -> int:
    """The number of the newest version; raises `NotFound`. About 20 µs, for a page that is asked for often."""
    row = store.first("SELECT head FROM artifact WHERE slug = ? AND deleted = ''", (slug,))
    if row is None:
        raise _unknown(slug)
    return row[0]


def _kept(session: Session, slug: str, number: int) -> list[LastGood]:
    return list(session.exec(select(LastGood).where(LastGood.slug == slug, LastGood.number == number)))


def _new_version(session: Session, row: ArtifactRow, artifact: Artifact) -> ArtifactInfo:
    if _body(session, row.slug, row.head) == artifact:
        return _info(row)
    row.head += 1
    row.updated = now()
    for name, value in _listed(artifact).items():
        setattr(row, name, value)
    session.add(row)
    session.add(
        VersionRow(slug=row.slug, number=row.head, title=artifact.title, created=row.updated, body=artifact.to_dict())
    )
    return _info(row)


def _listed(artifact: Artifact) -> dict[str, Any]:
    first = artifact.queries[0] if artifact.queries else None
    return {
        "title": artifact.title,
        "source": first.source if first else "",
        "question": first.question if first else "",
        "kinds": " ".join(dict.fromkeys(block.kind for block in artifact.blocks)),
    }


def _by_origin(session: Session, origin: str) -> ArtifactRow | None:
    if not origin:
        return None
    return session.exec(select(ArtifactRow).where(ArtifactRow.origin == origin, ArtifactRow.deleted == "")).first()


def _row(session: Session, slug: str) -> ArtifactRow:
    row = session.get(ArtifactRow, slug)
    if row is None or row.deleted:
        raise _unknown(slug)
    return row


def _unknown(slug: str) -> NotFound:
    return NotFound(f"There is no artifact {slug!r}.", hint="It may have been deleted; the library has the others.")


def _body(session: Session, slug: str, number: int) -> Artifact:
    version = session.get(VersionRow, (slug, number))
    if version is None:
        raise NotFound(f"The artifact {slug!r} has no version {number}.", hint="Its history lists the versions.")
    return load(version.body)


def _info(row: ArtifactRow) -> ArtifactInfo:
    return ArtifactInfo(
        row.slug, row.title, row.head, moment(row.created), moment(row.updated), row.source, row.question,
        tuple(row.kinds.split()),
    )  # fmt: skip
