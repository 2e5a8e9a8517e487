"""Chats and messages in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace.errors import NotFound
from workspace.store import chats
from workspace.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def exchange(store: Store, chat: str, text: str) -> str:
    said = chats.say(store, chat, text, "worker")
    reply = chats.answer(store, said.id, {"kind": "said", "text": "Done."}, text="Done.")
    assert reply is not None
    return reply.id


def test_the_first_words_name_a_chat_until_a_person_does(store: Store) -> None:
    chat = chats.create(store, "shop").id
    exchange(store, chat, "customers   per\ncountry")
    exchange(store, chat, "only Germany")
    assert chats.find(store, chat).title == "customers per country"
    chats.rename(store, chat, "  Countries ")
    exchange(store, chat, "top 3")
    assert chats.find(store, chat).title == "Countries"
    chats.rename(store, chat, "   ")
    assert chats.find(store, chat).title == "Countries"


def test_a_long_first_question_is_cut_at_a_word(store: Store) -> None:
    chat = chats.create(store, "shop").id
    exchange(store, chat, "word " * 60)
    assert chats.find(store, chat).title.endswith("word…")
    assert len(chats.find(store, chat).title) <= chats.TITLE_LENGTH


def test_what_a_person_said_is_there_before_it_is_answered(store: Store) -> None:
    chat = chats.create(store, "shop").id
    said = chats.say(store, chat, "how many", "worker-1")
    assert [(m.role, m.text, m.worker) for m in chats.messages(store, chat)] == [("person", "how many", "worker-1")]
    assert [m.id for m in chats.unanswered(store, chat)] == [said.id]
    chats.answer(store, said.id, {"kind": "said", "text": "Two."}, text="Two.", reply_id="r1")
    assert chats.unanswered(store) == []
    assert chats.message(store, "r1").answers == said.id


def test_a_message_is_answered_once(store: Store) -> None:
    chat = chats.create(store, "shop").id
    said = chats.say(store, chat, "how many", "w")
    assert chats.answer(store, said.id, {"kind": "said"}, text="first") is not None
    assert chats.answer(store, said.id, {"kind": "said"}, text="second") is None
    assert [m.text for m in chats.messages(store, chat)] == ["how many", "first"]


def test_a_reply_to_a_deleted_chat_is_dropped_quietly(store: Store) -> None:
    chat = chats.create(store, "shop").id
    said = chats.say(store, chat, "how many", "w")
    chats.remove(store, chat)
    assert chats.answer(store, said.id, {"kind": "said"}, text="late") is None
    with pytest.raises(NotFound):
        chats.messages(store, chat)
    with pytest.raises(NotFound):
        chats.message(store, said.id)


def test_search_finds_titles_and_questions_whatever_the_case_and_takes_signs_literally(store: Store) -> None:
    first, second, empty = (chats.create(store, "shop").id for _ in range(3))
    exchange(store, first, "Umsatz nach GRÖSSE")
    exchange(store, first, "nur 100% davon")
    exchange(store, second, "customers per country")
    assert [chat.id for chat in chats.listed(store)] == [second, first]
    assert [chat.id for chat in chats.listed(store, "größe")] == [first]
    assert [chat.id for chat in chats.listed(store, "100%")] == [first]
    assert [chat.id for chat in chats.listed(store, "%")] == [first]
    assert chats.listed(store, "_") == []
    assert empty not in {chat.id for chat in chats.listed(store)}


def test_unknown_chats_are_not_found(store: Store) -> None:
    for call in (
        lambda: chats.find(store, "x"),
        lambda: chats.rename(store, "x", "y"),
        lambda: chats.remove(store, "x"),
        lambda: chats.say(store, "x", "y", "w"),
    ):
        with pytest.raises(NotFound):
            call()
