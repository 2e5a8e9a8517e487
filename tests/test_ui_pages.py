"""The pages of the ui without a browser: what they show, what their buttons do, what the address keeps."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ui
from ui import running
from ui.components import chips, pin, sidebar
from ui.state import Wish
from workspace import server
from workspace.api import Answer, Workspace, open_workspace
from workspace.errors import ServeError

APP = Path(next(iter(ui.__path__))) / "app.py"
SECONDS = 30


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(
            "create table customer (id integer primary key, name text, country text);"
            "create table orders (id integer primary key, customer_id integer references customer(id), placed date, total real);"
            "insert into customer (name, country) values ('Ada', 'France'), ('Bob', 'Germany'), ('Cleo', 'Germany');"
            "insert into orders (customer_id, placed, total) values (1, '2025-01-03', 10.5), (2, '2025-02-07', 20), (2, '2026-02-09', 5);"
        )
    with open_workspace(path, folder=tmp_path / "kept") as opened:
        server.use(opened)
        yield opened
        server.use(None)


def page(**address: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    """Everything that the page says in HTML."""
    return " ".join(str(getattr(node.proto, "body", "")) for node in app.main if node.type == "html") + " ".join(
        str(getattr(node.proto, "body", "")) for node in everything(app.main) if node.type == "html"
    )


def everything(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from everything(child)


def address(app: AppTest) -> dict[str, str]:
    """What the address says; AppTest gives a value as text or as a list of texts."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in dict(app.query_params).items()}


def ask(app: AppTest, question: str) -> AppTest:
    app.chat_input[0].set_value(question)
    app.run()
    assert not app.exception
    return app


def test_without_a_workspace_the_reason_is_said() -> None:
    server.use(None)
    with pytest.raises(ServeError):
        server.current()


def test_the_empty_state_says_what_is_there_and_what_could_be_asked(workspace: Workspace) -> None:
    app = page()
    assert not app.exception
    said = words(app)
    assert "shop" in said
    assert workspace.describe() in said
    suggested = [button.label for button in app.button if (button.key or "").startswith("suggestion-")]
    assert 1 <= len(suggested) <= 6


def test_a_question_is_answered_and_the_address_names_the_chat(workspace: Workspace) -> None:
    app = ask(page(), "how many customers are there")
    assert '<span class="fig">3</span>' in words(app)
    assert address(app)["chat"] == workspace.chats()[0].id


def test_links_to_pass_on_begin_as_the_operator_said_else_as_the_browser_has_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pin.address("sales") == "http://localhost:8501/a/sales"
    monkeypatch.setattr(st, "context", SimpleNamespace(url="http://10.0.0.7:8501/library?q=x"))
    assert pin.address("sales") == "http://10.0.0.7:8501/a/sales"
    workspace.url = "https://data.example.org/"
    assert pin.address("sales") == "https://data.example.org/a/sales"


def test_a_reload_of_the_address_shows_the_same_answer(workspace: Workspace) -> None:
    app = ask(page(), "customers per country")
    chat = address(app)["chat"]
    again = page(chat=chat)
    assert "customers per country" in words(again)
    assert len(workspace.messages(chat)) == 2


def test_a_suggestion_is_one_click(workspace: Workspace) -> None:
    app = page()
    next(button for button in app.button if (button.key or "").startswith("suggestion-")).click()
    app.run()
    assert not app.exception
    (info,) = workspace.chats()
    assert isinstance(workspace.messages(info.id)[-1].reply, Answer)


def test_a_chat_that_is_not_there_is_said_plainly(workspace: Workspace) -> None:
    app = page(chat="nothing")
    assert not app.exception
    assert "There is no such chat" in words(app)


def test_panels_open_and_close(workspace: Workspace) -> None:
    app = ask(page(), "customers per country")

    def button(label: str) -> Any:
        return next(found for found in app.button if found.label == label)

    button("SQL").click()
    app.run()
    assert any("select" in block.value.lower() for block in app.code)
    button("How was this computed?").click()
    app.run()
    said = words(app)
    assert "Receipt" in said
    assert "Result hash" in said
    assert "What was understood" in said
    button("How was this computed?").click()
    app.run()
    assert "Result hash" not in words(app)


def test_the_table_is_there_beside_the_chart(workspace: Workspace) -> None:
    app = ask(page(), "customers per country")
    next(found for found in app.button if found.label == "Table").click()
    app.run()
    assert "<table" in words(app)
    assert "Germany" in words(app)


def test_what_is_not_understood_is_declined_with_a_way_on(workspace: Workspace) -> None:
    app = ask(page(), "flurbs of the gnax")
    said = words(app)
    assert "flurbs" in said
    assert not app.exception


def test_the_same_link_twice_in_a_chat(workspace: Workspace) -> None:
    """Each reply about something kept shows its link; all of them, and the dialog's, may be the same."""
    app = ask(page(), "how many customers are there")
    for request in ("pin this", "share it", "pin this", "save this chat", "save this chat"):
        ask(app, request)
        assert "could not be shown" not in words(app)


def visit(name: str, **address: str) -> AppTest:
    """A page other than the first."""
    app = page()
    for key, value in address.items():
        app.query_params[key] = value
    app.switch_page(f"views/{name}.py").run()
    assert not app.exception
    return app


def test_the_data_page_lists_the_tables(workspace: Workspace) -> None:
    said = words(visit("data"))
    assert "3 rows" in said
    assert "placed" in said


def test_one_table_shows_columns_relations_and_rows(workspace: Workspace) -> None:
    said = words(visit("data", table="orders"))
    assert "2025-01-03 to 2026-02-09" in said
    assert "each row here names one there" in said
    assert "10.5" in said
    assert "There is no table" in words(visit("data", table="nothing"))


def test_a_file_that_is_dropped_becomes_a_table_to_ask_about(workspace: Workspace) -> None:
    app = visit("data")
    app.file_uploader[0].upload("staff.csv", b"name,salary\nAda,100\nBob,200\n", "text/csv")
    app.run()
    assert not app.exception
    assert "2 rows" in words(app)
    added = list(workspace.sources)[-1]
    assert workspace.sources[added].catalog().has("staff")


def test_what_is_odd_in_a_file_stays_on_the_data_page(workspace: Workspace) -> None:
    workspace.add_files([("<i>.csv", b"id,name,n\n1,Ann,2\n2,Bob\n"), ("sound.csv", b"a,b\n1,2\n")])
    added = list(workspace.sources)[-1]
    said = "&lt;i&gt;.csv: 1 row has fewer cells than the header (line 3); what is missing was left empty."
    assert said in words(visit("data", source=added))
    assert said in words(visit("data", source=added, table="i"))
    assert "fewer cells" not in words(visit("data", source=added, table="sound")) + words(visit("data"))


def test_a_file_that_cannot_be_read_is_said_and_nothing_is_added(workspace: Workspace) -> None:
    app = visit("data")
    before = list(workspace.sources)
    app.file_uploader[0].upload("broken.xlsx", b"this is no workbook", "application/octet-stream")
    app.run()
    assert not app.exception
    assert "broken.xlsx" in words(app)
    assert list(workspace.sources) == before


def test_the_library_finds_by_words(workspace: Workspace) -> None:
    assert "Nothing is kept yet" in words(visit("library"))
    for question, title in (
        ("how many customers are there", "Head count"),
        ("customers per country", "Where they live"),
    ):
        answer = workspace.ask(question)
        assert isinstance(answer, Answer)
        workspace.pin_answer(answer, title)
    assert [link.label for link in everything(visit("library").main) if link.type == "page_link"][:2]
    app = visit("library", q="live")
    links = [node.proto.label for node in everything(app.main) if node.type == "page_link"]
    assert links == ["Where they live"]
    assert "Nothing kept has these words" in words(visit("library", q="zebra"))


def test_an_artifact_opens_with_the_figures_of_now(workspace: Workspace, tmp_path: Path) -> None:
    answer = workspace.ask("how many customers are there")
    assert isinstance(answer, Answer)
    slug = workspace.pin_answer(answer, "Head count").slug
    assert "<b>3</b>" in words(visit("artifact", id=slug))
    with sqlite3.connect(tmp_path / "shop.sqlite") as db:
        db.execute("insert into customer (name, country) values ('Dan', 'Spain')")
    said = words(visit("artifact", id=slug))
    assert "<b>4</b>" in said
    assert "live, as of" in said
    assert "There is no" in words(visit("artifact", id="nothing"))


def test_a_change_of_the_chips_becomes_a_wish() -> None:
    plan, other = object(), object()
    chip = SimpleNamespace(text="2023", options=(SimpleNamespace(label="2024", plan=plan),), without=other)
    assert chips.wish("m1", [chip], {"chip": 0, "option": 0}) == Wish("refine", "2024", "m1", plan)
    assert chips.wish("m1", [chip], {"chip": 0, "option": -1}) == Wish("refine", "without 2023", "m1", other)
    for nonsense in (None, {}, {"chip": 7, "option": 0}, {"chip": 0, "option": 9}, {"chip": "x", "option": 0}):
        assert chips.wish("m1", [chip], nonsense) is None


def test_chats_stand_under_their_day() -> None:
    today = date(2026, 11, 23)
    assert sidebar.day_name(datetime(2026, 11, 23, 9), today) == "Today"
    assert sidebar.day_name(datetime(2026, 11, 22, 23), today) == "Yesterday"
    assert sidebar.day_name(datetime(2026, 11, 18), today) == "This week"
    assert sidebar.day_name(datetime(2026, 9, 1), today) == "September"
    assert sidebar.day_name(datetime(2025, 9, 1), today) == "September 2025"


def test_names_of_the_database_are_never_markup() -> None:
    assert sidebar.plain("a*b_[c](d) :red[x] $y$") == r"a\*b\_\[c\](d) \:red\[x\] \$y\$"


def test_a_run_goes_on_without_its_page_and_stops_when_told(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    run = running.start(workspace, chat, Wish("ask", "how many customers are there"))
    for _ in range(200):
        if run.done:
            break
        run.wait(0.1)
    assert run.done
    assert run.problem is None
    assert isinstance(workspace.messages(chat)[-1].reply, Answer)
    assert running.of(chat) is run
    running.forget(run)
    assert running.of(chat) is None


def test_a_defect_is_told_without_its_details() -> None:
    def broken(_: Any) -> Any:
        raise RuntimeError("secret detail")

    run = running.Run("c", "anything", broken)
    for _ in range(100):
        if run.done:
            break
        run.wait(0.05)
    assert run.problem is not None
    assert "secret" not in run.problem.message + run.problem.hint


@pytest.mark.parametrize("kind", ["refine", "choose"])
def test_stop_reaches_the_query_of_a_chip_and_of_a_choice(kind: str) -> None:
    ended: list[str] = []

    def work(*_: Any, cancelled: Callable[[], bool]) -> Iterator[Any]:
        while not cancelled():
            time.sleep(0.01)
        ended.append(kind)
        yield from ()

    workspace: Any = SimpleNamespace(**{kind: work})
    run = running.start(workspace, f"chat-{kind}", Wish(kind, "x", "m1"))
    run.stop()
    run.wait(5)
    running.forget(run)
    assert ended == [kind]


def test_a_column_of_amounts_has_two_decimals_throughout() -> None:
    from ui.components.blocks import _style

    assert _style(["1,000.50", "", "3.00"], [1000.5, None, 3]) == "accounting"
    assert _style(["1.25", "-3.00"], [1.25, -3]) == "localized"
    assert _style(["12", "7"], [12, 7]) == "localized"
    assert _style([], []) == "localized"
