"""Chats and messages: what was said is kept before any work starts on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlmodel import Session, col, func, or_, select

from workspace.errors import NotFound
from workspace.store.records import ChatInfo, Role, StoredMessage
from workspace.store.store import Store, moment, now
from workspace.store.tables import ChatRow, MessageRow

TITLE_LENGTH = 80


def create(store: Store, source: str, title: str = "", *, artifact: str = "") -> ChatInfo:
    """A new, empty chat about ``source``, beside ``artifact`` where there is one."""
    at = now()
    row = ChatRow(id=new_id(), title=title, source=source, created=at, updated=at, artifact=artifact)
    with store.write() as session:
        session.add(row)
        session.flush()
        return _info(row)


def find(store: Store, chat: str) -> ChatInfo:
    """The chat with that id; raises `NotFound`."""
    with store.read() as session:
        return _info(_chat(session, chat))


def beside(store: Store, artifact: str) -> ChatInfo | None:
    """The chat beside an artifact in which something was said last, None when there is none."""
    spoken = select(MessageRow.chat).where(MessageRow.role == "person")
    query = select(ChatRow).where(ChatRow.artifact == artifact, col(ChatRow.id).in_(spoken))
    with store.read() as session:
        row = session.exec(query.order_by(col(ChatRow.updated).desc()).limit(1)).first()
        return None if row is None else _info(row)


def listed(store: Store, search: str = "") -> list[ChatInfo]:
    """All chats in which something was said, newest first; ``search`` looks in titles and in what people asked."""
    spoken = select(MessageRow.chat).where(MessageRow.role == "person")
    query = select(ChatRow).where(col(ChatRow.id).in_(spoken)).order_by(col(ChatRow.updated).desc())
    if search.strip():
        words = f"%{_escaped(search.strip().casefold())}%"
        said = select(MessageRow.chat).where(
            MessageRow.role == "person", func.folded(MessageRow.text).like(words, escape="\\")
        )
        query = query.where(or_(func.folded(ChatRow.title).like(words, escape="\\"), col(ChatRow.id).in_(said)))
    with store.read() as session:
        return [_info(row) for row in session.exec(query)]


def rename(store: Store, chat: str, title: str) -> ChatInfo:
    """Give a chat the title a person chose; raises `NotFound`."""
    with store.write() as session:
        row = _chat(session, chat)
        row.title, row.named = title.strip()[:200] or row.title, True
        session.add(row)
        return _info(row)


def remove(store: Store, chat: str) -> None:
    """Delete a chat with its messages; what was pinned from it stays. Raises `NotFound`."""
    with store.write() as session:
        session.delete(_chat(session, chat))


def say(store: Store, chat: str, text: str, worker: str) -> StoredMessage:
    """Keep what a person said, marked as being worked on; the first words become the chat's title."""
    with store.write() as session:
        owner = _chat(session, chat)
        row = MessageRow(id=new_id(), chat=chat, role="person", text=text, worker=worker, at=now())
        session.add(row)
        owner.title = owner.title or _title(text)
        owner.updated = row.at
        session.add(owner)
        session.flush()
        return _message(row)


def answer(
    store: Store, message: str, reply: Mapping[str, Any], *, text: str, verb: str = "", reply_id: str = ""
) -> StoredMessage | None:
    """Keep the reply to a person's message and end the work on it.

    Returns:
        The stored reply, or None when the chat was deleted meanwhile or the message has been answered already.
    """
    with store.write() as session:
        asked = session.exec(select(MessageRow).where(MessageRow.id == message)).first()
        if asked is None or not asked.worker:
            return None
        asked.worker, asked.verb = "", verb
        row = MessageRow(
            id=reply_id or new_id(), chat=asked.chat, role="workspace", text=text, reply=dict(reply),
            kind=str(reply.get("kind", "")), answers=message, verb=verb, at=now(),
        )  # fmt: skip
        session.add(asked)
        session.add(row)
        owner = _chat(session, asked.chat)
        owner.updated = row.at
        session.add(owner)
        session.flush()
        return _message(row)


def messages(store: Store, chat: str) -> list[StoredMessage]:
    """The messages of a chat in their order; raises `NotFound`."""
    with store.read() as session:
        _chat(session, chat)
        return [_message(row) for row in session.exec(_in_order(chat))]


def message(store: Store, identifier: str) -> StoredMessage:
    """One message; raises `NotFound`."""
    with store.read() as session:
        row = session.exec(select(MessageRow).where(MessageRow.id == identifier)).first()
        if row is None:
            raise NotFound("That message is not here any more.", hint="The chat may have been deleted.")
        return _message(row)


def unanswered(store: Store, chat: str | None = None) -> list[StoredMessage]:
    """What people said that somebody is, or was, at work on."""
    query = select(MessageRow).where(MessageRow.worker != "")
    if chat is not None:
        query = query.where(MessageRow.chat == chat)
    with store.read() as session:
        return [_message(row) for row in session.exec(query.order_by(col(MessageRow.position)))]


def newest(store: Store, chat: str, kind: str, *, unless: str = "") -> StoredMessage | None:
    """The newest reply of that kind, None when there is none or a message with the verb ``unless`` came after it."""
    query = (
        select(MessageRow)
        .where(
            MessageRow.chat == chat,
            MessageRow.role == "workspace",
            or_(MessageRow.kind == kind, MessageRow.verb == unless),
        )
        .order_by(col(MessageRow.position).desc())
        .limit(1)
    )
    with store.read() as session:
        row = session.exec(query).first()
        return None if row is None or row.kind != kind else _message(row)


def new_id() -> str:
    """A new id for a chat or a message."""
    return uuid4().hex[:16]


def _in_order(chat: str) -> Any:
    return select(MessageRow).where(MessageRow.chat == chat).order_by(col(MessageRow.position))


def _chat(session: Session, chat: str) -> ChatRow:
    row = session.get(ChatRow, chat)
    if row is None:
        raise NotFound("There is no such chat.", hint="It may have been deleted; the others are in the list.")
    return row


def _info(row: ChatRow) -> ChatInfo:
    return ChatInfo(row.id, row.title, row.source, moment(row.updated), row.artifact)


def _message(row: MessageRow) -> StoredMessage:
    role: Role = "person" if row.role == "person" else "workspace"
    return StoredMessage(row.id, row.chat, role, row.text, row.reply, moment(row.at), row.answers, row.verb, row.worker)


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
