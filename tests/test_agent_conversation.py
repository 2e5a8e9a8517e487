"""Conversations: nothing said is lost, a pause survives a restart, words do what buttons do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from agent_shop import AMBIGUOUS, PER_CITY, change, in_berlin, make, make_ambiguous

from workspace.agent.reply import (
    INTERRUPTED,
    STOPPED,
    Answer,
    Clarify,
    Decline,
    Failed,
    Reply,
    Said,
    Step,
    reply_from_dict,
)
from workspace.api import Workspace, open_workspace
from workspace.database.source import open_source
from workspace.errors import NotFound


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    make_ambiguous(monkeypatch)
    with open_workspace(shop, folder=tmp_path / "folder") as opened:
        yield opened


def last(events: Iterator[Step | Reply]) -> Reply:
    *steps, reply = events
    assert all(isinstance(step, Step) for step in steps)
    assert not isinstance(reply, Step)
    return reply


def rows(reply: Reply) -> tuple:
    assert isinstance(reply, Answer), reply
    return reply.view.results["q1"].rows


# -------------------------------------------------------------------------------------------------------- turns
def test_steps_come_one_by_one_and_then_the_answer(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    *steps, answer = workspace.stream(chat, "how many customers are there")
    assert [step.stage for step in steps if isinstance(step, Step)] == ["reading", "checking", "running", "presenting"]
    assert isinstance(answer, Answer)
    assert rows(answer) == ((4,),)
    assert answer.view.results["q1"].receipt.planner == "rule"
    said, replied = workspace.messages(chat)
    assert (said.role, said.text, said.reply) == ("person", "how many customers are there", None)
    assert replied.reply == answer and replied.text == answer.text
    assert reply_from_dict(answer.to_dict()) == answer


def test_reading_a_large_database_shows_how_far_it_is_and_can_be_stopped(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace.database.reader.LARGE", 2)
    asked: list[Step] = []
    events = workspace.stream(workspace.new_chat(), "how many customers are there", cancelled=lambda: bool(asked))
    for event in events:
        if isinstance(event, Step) and event.stage == "looking":
            asked.append(event)
    # Small tables may be through before the one who asked sees the first step; whatever was seen, it ends there.
    assert asked and all(step.text.startswith("Looking at ") for step in asked)
    assert event == STOPPED
    assert rows(workspace.ask("how many customers are there")) == ((4,),)


def test_what_was_said_is_kept_before_any_work(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    events = workspace.stream(chat, "how many customers are there")
    assert isinstance(next(events), Step)
    (said,) = workspace.messages(chat)
    assert (said.role, said.text) == ("person", "how many customers are there")
    assert isinstance(last(events), Answer)


def test_a_consumer_that_goes_away_leaves_a_reply(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    events = workspace.stream(chat, "how many customers are there")
    next(events)
    assert isinstance(events, Generator)
    events.close()
    assert workspace.messages(chat)[-1].reply == STOPPED


def test_stop_ends_the_work(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    assert last(workspace.stream(chat, "how many customers are there", cancelled=lambda: True)) == STOPPED
    assert [message.reply for message in workspace.messages(chat)] == [None, STOPPED]


def test_what_is_not_understood_is_said_with_the_words(workspace: Workspace) -> None:
    reply = last(workspace.stream(workspace.new_chat(), "which flurbs grommeted the zorkmid"))
    assert isinstance(reply, Decline)
    assert "zorkmid" in reply.message
    assert reply_from_dict(reply.to_dict()) == reply


def test_a_source_that_fails_is_a_reply_not_a_crash(workspace: Workspace, shop: Path) -> None:
    chat = workspace.new_chat()
    shop.unlink()
    reply = last(workspace.stream(chat, "how many customers are there"))
    assert isinstance(reply, Failed) and reply.code == "source_gone"
    make(shop)
    assert rows(last(workspace.stream(chat, "how many customers are there"))) == ((4,),)


def test_a_defect_of_ours_is_a_reply_and_a_line_in_the_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("not for people")

    monkeypatch.setattr("workspace.question.sql.to_query", broken)
    chat = workspace.new_chat()
    reply = last(workspace.stream(chat, "how many customers are there"))
    assert isinstance(reply, Failed) and reply.code == "bug" and "not for people" not in reply.text
    assert "not for people" in caplog.text
    assert workspace.messages(chat)[-1].reply == reply


def test_unknown_chats_and_messages_are_not_found(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    for call in (
        lambda: workspace.stream("nowhere", "hello"),
        lambda: workspace.choose(chat, "nothing", 0),
        lambda: workspace.refine(chat, "nothing", PER_CITY, "x"),
        lambda: workspace.messages("nowhere"),
        lambda: workspace.pin("nothing"),
        lambda: workspace.chat("nowhere"),
    ):
        with pytest.raises(NotFound):
            call()


# ----------------------------------------------------------------------------------------------------- follow-ups
def test_a_picked_plan_is_answered_and_becomes_the_focus(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, "how many customers are there"))
    answer = last(workspace.refine(chat, workspace.messages(chat)[-1].id, PER_CITY, "per city"))
    assert rows(answer) == (("Berlin", 2), ("Paris", 1), ("Rome", 1)) or len(rows(answer)) == 3
    assert isinstance(answer, Answer) and answer.plan == PER_CITY and answer.chips
    assert [message.text for message in workspace.messages(chat)][2] == "per city"
    shown = last(workspace.stream(chat, "show me the SQL"))
    assert isinstance(shown, Said) and "GROUP BY" in shown.sql


def test_every_chip_of_an_answer_can_be_picked(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    answer = last(workspace.stream(chat, "customers per city"))
    assert isinstance(answer, Answer)
    picked = [option for chip in answer.chips for option in chip.options]
    picked += answer.follow_ups
    assert picked
    message = workspace.messages(chat)[-1].id
    for option in picked[:8]:
        assert isinstance(last(workspace.refine(chat, message, option.plan, option.label)), Answer), option.label


def test_start_over_forgets_the_focus(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, "how many customers are there"))
    assert isinstance(last(workspace.stream(chat, "start over")), Said)
    assert "no answer yet" in last(workspace.stream(chat, "pin this")).text
    last(workspace.stream(chat, "how many customers are there"))
    assert "Pinned" in last(workspace.stream(chat, "pin this")).text


# -------------------------------------------------------------------------------------------------- verbs in words
def test_pin_share_rename_and_save_in_words(workspace: Workspace) -> None:
    workspace.url = "http://example.test:9000"
    chat = workspace.new_chat()
    last(workspace.stream(chat, "how many customers are there"))
    pinned = last(workspace.stream(chat, "pin this as Head count"))
    assert pinned == Said("Pinned as “Head count”.", url="http://example.test:9000/a/head-count")
    assert "Already pinned" in last(workspace.stream(chat, "pin it")).text
    shared = last(workspace.stream(chat, "give me the link"))
    assert isinstance(shared, Said) and shared.url == pinned.url
    renamed = last(workspace.stream(chat, "call it Customers today"))
    assert isinstance(renamed, Said) and renamed.url == pinned.url
    assert workspace.info("head-count").title == "Customers today"
    last(workspace.stream(chat, "customers per city"))
    saved = last(workspace.stream(chat, "save this chat as Q1 review"))
    assert isinstance(saved, Said) and saved.url.endswith("/a/q1-review")
    document = workspace.load("q1-review")
    assert [query.question for query in document.queries] == ["how many customers are there", "customers per city"]
    assert "Planning" in last(workspace.stream(chat, "rename this chat to Planning")).text
    assert workspace.chat(chat).title == "Planning"


def test_share_pins_first(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, "how many customers are there"))
    shared = last(workspace.stream(chat, "share it"))
    assert isinstance(shared, Said)
    assert [workspace.address(info.slug) for info in workspace.artifacts()] == [shared.url]


def test_a_chat_without_answers_cannot_be_saved(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    reply = last(workspace.stream(chat, "save this chat"))
    assert "no answer yet" in reply.text
    last(workspace.stream(chat, "which flurbs grommeted the zorkmid"))
    assert "no answer yet" in last(workspace.stream(chat, "save this chat")).text


# -------------------------------------------------------------------------------------------------------- pauses
def test_a_pause_asks_and_a_choice_goes_on(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    asked = last(workspace.stream(chat, AMBIGUOUS))
    assert isinstance(asked, Clarify)
    assert reply_from_dict(asked.to_dict()) == asked
    message = workspace.messages(chat)[-1]
    *steps, answer = workspace.choose(chat, message.id, 1)
    assert "who come from Berlin" in str(steps)
    assert not isinstance(answer, Step)
    assert rows(answer) == (("Bob",),)
    assert isinstance(answer, Answer) and answer.question == AMBIGUOUS
    assert [m.text for m in workspace.messages(chat)][2] == "who come from Berlin"


def test_each_choice_says_what_it_would_return(workspace: Workspace, shop: Path) -> None:
    asked = last(workspace.stream(workspace.new_chat(), AMBIGUOUS))
    assert isinstance(asked, Clarify)
    assert [choice.returns for choice in asked.choices] == ["2 rows, first: Ada", "1 row: Bob"]
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)"
    change(shop, f"DELETE FROM customer; {many} INSERT INTO customer (name, city) SELECT 'x' || i, 'Berlin' FROM n")
    asked = workspace.ask(AMBIGUOUS)
    assert isinstance(asked, Clarify)
    assert [choice.returns for choice in asked.choices] == ["1,000+ rows, first: x1", "no rows"]


def test_a_choice_that_fails_or_takes_too_long_is_offered_without(workspace: Workspace, shop: Path) -> None:
    from workspace.agent.preview import previews
    from workspace.agent.tools import Run

    with closing(open_source(shop)) as source:
        run = Run(source, clock=datetime.now)
        plans = [in_berlin("city"), in_berlin("home_city")]
        assert previews(plans, run) == ("2 rows, first: Ada", "1 row: Bob")
        assert previews(plans, run, patience=0.0) == ("", "")
        stopped = Run(source, clock=datetime.now, cancelled=lambda: True)
        assert previews(plans, stopped) == ("", "")
        assert previews([in_berlin("nowhere"), plans[1]], run) == ("", "1 row: Bob")


def test_another_choice_can_be_taken_afterwards(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, AMBIGUOUS))
    message = workspace.messages(chat)[-1].id
    assert rows(last(workspace.choose(chat, message, 1))) == (("Bob",),)
    assert rows(last(workspace.choose(chat, message, 0))) == (("Ada",), ("Cleo",))
    assert rows(last(workspace.choose(chat, message, 1))) == (("Bob",),)


def test_choices_that_were_not_offered_are_not_found(workspace: Workspace) -> None:
    chat, other = workspace.new_chat(), workspace.new_chat()
    last(workspace.stream(chat, AMBIGUOUS))
    message = workspace.messages(chat)[-1].id
    for wrong in ((chat, message, 2), (chat, message, -1), (other, message, 0)):
        with pytest.raises(NotFound):
            workspace.choose(*wrong)


def test_a_pause_survives_a_restart(workspace: Workspace, shop: Path) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, AMBIGUOUS))
    workspace.close()
    with open_workspace(shop, folder=workspace.folder) as again:
        message = again.messages(chat)[-1]
        assert isinstance(message.reply, Clarify)
        assert rows(last(again.choose(chat, message.id, 0))) == (("Ada",), ("Cleo",))


def test_a_pause_whose_checkpoint_is_lost_is_taken_up_from_the_store(workspace: Workspace, shop: Path) -> None:
    chat = workspace.new_chat()
    last(workspace.stream(chat, AMBIGUOUS))
    workspace.close()
    for path in workspace.folder.glob("agent.sqlite*"):
        path.unlink()
    with open_workspace(shop, folder=workspace.folder) as again:
        assert rows(last(again.choose(chat, again.messages(chat)[-1].id, 0))) == (("Ada",), ("Cleo",))


def test_an_answered_question_leaves_no_checkpoint(workspace: Workspace) -> None:
    import sqlite3

    chat = workspace.new_chat()
    last(workspace.stream(chat, "how many customers are there"))
    last(workspace.stream(chat, AMBIGUOUS))
    last(workspace.choose(chat, workspace.messages(chat)[-1].id, 0))
    workspace.close()
    with sqlite3.connect(workspace.folder / "agent.sqlite") as connection:
        assert connection.execute("select count(*) from checkpoints").fetchone() == (0,)
        assert connection.execute("select count(*) from writes").fetchone() == (0,)
    connection.close()


def test_outside_of_a_chat_a_pause_is_a_reply(workspace: Workspace) -> None:
    asked = workspace.ask(AMBIGUOUS)
    assert isinstance(asked, Clarify)
    assert [choice.plan for choice in asked.choices] == [in_berlin("city"), in_berlin("home_city")]


# ------------------------------------------------------------------------------------------------- killed servers
CHILD = """
import sys
sys.path.insert(0, {tests!r})
import pytest
from agent_shop import AMBIGUOUS, make_ambiguous
from workspace.api import open_workspace
make_ambiguous(pytest.MonkeyPatch())
workspace = open_workspace({shop!r}, folder={folder!r})
chat = workspace.new_chat()
for _ in workspace.stream(chat, "customers per city"):
    pass
"""


def run_child(code: str, shop: Path, folder: Path) -> tuple[subprocess.Popen, str]:
    """Start a process that prints a chat's id and is then at work, or waits."""
    tests = str(Path(__file__).parent)
    # A folder as text: the child gets it as it would from the command line.
    text = CHILD.format(tests=tests, shop=str(shop), folder=str(folder)).replace(
        f"folder={str(folder)!r}", f"folder=__import__('pathlib').Path({str(folder)!r})"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", text + code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    )
    assert child.stdout is not None
    chat = child.stdout.readline().strip()
    assert chat, "the child did not get to its work"
    return child, chat


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_a_server_killed_in_the_middle_of_an_answer_loses_nothing(workspace: Workspace, shop: Path) -> None:
    code = """
events = workspace.stream(chat, "how many customers are there")
next(events)
print(chat, flush=True)
__import__("time").sleep(60)
"""
    child, chat = run_child(code, shop, workspace.folder)
    at_work = workspace.messages(chat)
    assert [message.role for message in at_work] == ["person", "workspace", "person"], "the other process is at work"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=20)
    messages = workspace.messages(chat)
    assert [message.role for message in messages] == ["person", "workspace"] * 2
    assert messages[2].text == "how many customers are there"
    assert messages[3].reply == INTERRUPTED and "Ask it again" in INTERRUPTED.text
    assert workspace.messages(chat) == messages, "it is said once"
    assert rows(last(workspace.stream(chat, messages[2].text))) == ((4,),)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_a_pause_survives_kill_minus_9(workspace: Workspace, shop: Path) -> None:
    code = """
list(workspace.stream(chat, AMBIGUOUS))
print(chat, flush=True)
__import__("time").sleep(60)
"""
    child, chat = run_child(code, shop, workspace.folder)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=20)
    message = workspace.messages(chat)[-1]
    assert isinstance(message.reply, Clarify)
    from workspace.agent.graph import waiting

    assert waiting(workspace._talk.graph(), message.id), "the pause itself is there, not only what was stored of it"
    assert rows(last(workspace.choose(chat, message.id, 1))) == (("Bob",),)


# ------------------------------------------------------------------------------------------------------ ten users
def test_ten_people_at_once(workspace: Workspace, shop: Path) -> None:
    failures: list[BaseException] = []

    def person(number: int) -> None:
        try:
            chat = workspace.new_chat()
            for _ in range(3):
                assert len(rows(last(workspace.stream(chat, "customers per city")))) == 3
                assert rows(last(workspace.stream(chat, "how many customers are there")))[0][0] >= 4
            assert isinstance(last(workspace.stream(chat, AMBIGUOUS)), Clarify)
            assert isinstance(last(workspace.choose(chat, workspace.messages(chat)[-1].id, number % 2)), Answer)
            assert "Pinned" in last(workspace.stream(chat, f"pin this as Page {number}")).text
            assert len(workspace.messages(chat)) == 18
        except BaseException as problem:
            failures.append(problem)

    people = [threading.Thread(target=person, args=(number,)) for number in range(10)]
    for thread in people:
        thread.start()
    change(shop, "insert into customer values (5, 'Eve', 'Rome', 'Rome')")
    for thread in people:
        thread.join()
    assert not failures, failures[0]
    assert len(workspace.chats()) == 10
    assert {info.title for info in workspace.artifacts()} == {f"Page {number}" for number in range(10)}


# ------------------------------------------------------------------------------------------- words as they may come
@pytest.mark.parametrize(
    "text", ["", "   ", "?", "\ud800 half a character", "x" * 50_000, "'; drop table customer; --", "\x00", "🙂" * 20]
)
def test_odd_words_get_a_friendly_reply(workspace: Workspace, text: str) -> None:
    chat = workspace.new_chat()
    for _ in range(2):
        reply = last(workspace.stream(chat, text))
        assert isinstance(reply, Decline | Answer | Clarify), reply
    assert isinstance(workspace.ask(text), Decline | Answer | Clarify)
    last(workspace.stream(chat, "how many customers are there"))
    assert isinstance(last(workspace.stream(chat, text)), Decline | Answer | Clarify)
    assert len(workspace.messages(chat)) == 8


def test_follow_ups_in_words_edit_the_answer_before(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    assert len(rows(last(workspace.stream(chat, "customers per city")))) == 3
    assert len(rows(last(workspace.stream(chat, "top 2")))) == 2
    assert rows(last(workspace.stream(chat, "how many products are there"))) == ((3,),), "a question of its own"
    assert len(rows(last(workspace.stream(chat, "customers per city")))) == 3
    only = rows(last(workspace.stream(chat, "only Berlin")))
    assert only in ((("Berlin", 2),), ((2,),))


def test_results_that_json_has_no_word_for_are_kept(workspace: Workspace, shop: Path) -> None:
    change(shop, "update purchase set total = 9e999 where id = 1; update purchase set total = null where id = 2")
    chat = workspace.new_chat()
    answer = last(workspace.stream(chat, "total per purchase"))
    assert isinstance(answer, Answer)
    assert workspace.messages(chat)[-1].reply == answer
    assert "Pinned" in last(workspace.stream(chat, "pin this")).text
    workspace.close()
    with open_workspace(shop, folder=workspace.folder) as again:
        assert isinstance(again.messages(chat)[1].reply, Answer)
        assert isinstance(last(again.stream(chat, "how many customers are there")), Answer)


def test_what_follows_up_is_called_by_what_it_shows_not_by_its_words(workspace: Workspace) -> None:
    """ "per city" and "only Berlin" say nothing on a page of their own, where nobody has read what went before."""
    chat = workspace.new_chat("shop")
    first = last(workspace.stream(chat, "show me how many customers there are per city"))
    then = last(workspace.stream(chat, "only Berlin"))
    titles = [reply.view.artifact.title for reply in (first, then)]
    assert titles[0] == "How many customers there are per city"
    assert "Berlin" in titles[1] and "customers" in titles[1].lower(), titles[1]
    assert then.view.artifact.queries[0].question == titles[1] and then.question == "only Berlin"
    afresh = last(workspace.stream(chat, "how many purchases are there"))
    assert afresh.view.artifact.title == "How many purchases are there"
    assert workspace.pin_chat(chat).title.startswith(titles[0])
