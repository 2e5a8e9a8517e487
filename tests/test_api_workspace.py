"""The verbs: library, refreshed pages, sources that come and go, several workspaces on one folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from agent_shop import change, make

import workspace as public
from workspace.api import Answer, Failed, Workspace, open_workspace
from workspace.errors import NotFound, SourceEmpty, SourceGone, SourceMissing, SourceUnreadable, SourceUnsupported


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    with open_workspace(shop, folder=tmp_path / "folder") as opened:
        yield opened


def answered(workspace: Workspace, question: str = "how many customers are there") -> Answer:
    reply = workspace.ask(question)
    assert isinstance(reply, Answer), reply
    return reply


# ------------------------------------------------------------------------------------------------------- opening
def test_one_question_makes_no_folder_and_needs_no_store(workspace: Workspace) -> None:
    assert answered(workspace).view.results["q1"].rows == ((4,),)
    assert not workspace.folder.exists()


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("gone.sqlite", None, SourceMissing),
        ("empty.sqlite", b"", SourceEmpty),
        ("text.sqlite", b"no database at all " * 100, SourceUnreadable),
        ("cut.xlsx", b"PK\x03\x04 cut off", SourceUnreadable),
    ],
)
def test_what_cannot_be_opened_is_said(
    tmp_path: Path, name: str, content: bytes | None, error: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=name.partition(".")[0]):
        open_workspace(tmp_path / name, folder=tmp_path / "folder").describe()


def test_server_databases_are_said_to_come_later(tmp_path: Path) -> None:
    with pytest.raises(SourceUnsupported, match="later"):
        open_workspace("postgresql://localhost/shop", folder=tmp_path)


def test_describe_and_suggest_come_from_the_data(workspace: Workspace) -> None:
    assert workspace.describe() == "3 tables, 12 rows, purchases from Jan 2025 to Mar 2026"
    suggested = workspace.suggest()
    assert suggested and len(set(suggested)) == len(suggested)
    for question in suggested:
        assert isinstance(workspace.ask(question), Answer), question


def test_strict_leaves_only_what_was_asked_for(workspace: Workspace) -> None:
    loose = workspace.ask("best selling product")
    strict = workspace.ask("best selling product", strict=True)
    assert isinstance(loose, Answer) and isinstance(strict, Answer)
    assert len(strict.view.results["q1"].columns) <= len(loose.view.results["q1"].columns)
    asked = [output for output in (strict.plan.outputs if strict.plan else ()) if output.asked]
    assert len(strict.view.results["q1"].columns) == len(asked)


# ------------------------------------------------------------------------------------------------------- library
def test_a_pinned_answer_is_refreshed_at_each_opening(workspace: Workspace, shop: Path) -> None:
    info = workspace.pin_answer(answered(workspace))
    before, state = workspace.open(info.slug), workspace.state(info.slug)
    assert (before.results["q1"].rows, before.slug, before.version) == (((4,),), info.slug, 1)
    assert workspace.state(info.slug) == state
    assert workspace.open(info.slug).results["q1"] is before.results["q1"], "nothing changed: nothing ran"
    change(shop, "insert into customer (name) values ('Eve')")
    assert workspace.state(info.slug) != state
    after = workspace.open(info.slug)
    assert after.results["q1"].rows == ((5,),)
    assert after.results["q1"].receipt.fingerprint != before.results["q1"].receipt.fingerprint
    assert "5" in after.blocks[0].plain


def test_pinning_a_message_twice_is_one_artifact(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    list(workspace.stream(chat, "how many customers are there"))
    message = workspace.messages(chat)[-1].id
    first = workspace.pin(message)
    assert workspace.pin(message) == first
    workspace.rename_artifact(first.slug, "Heads")
    assert workspace.pin(message).title == "Heads"
    assert workspace.pinned(message) == workspace.info(first.slug)
    with pytest.raises(NotFound):
        workspace.pin(workspace.messages(chat)[0].id)


def test_a_chat_saved_again_is_a_new_version(workspace: Workspace) -> None:
    chat = workspace.new_chat()
    list(workspace.stream(chat, "how many customers are there"))
    first = workspace.pin_chat(chat, "Everything, 2 parts")
    list(workspace.stream(chat, "customers per city"))
    second = workspace.pin_chat(chat)
    assert (second.slug, second.version, second.title) == (first.slug, 2, "Everything, 2 parts")
    assert len(workspace.load(first.slug, 1).queries) == 1
    view = workspace.open(first.slug)
    assert len(view.artifact.queries) == 2 and view.fresh
    assert [version.number for version in workspace.history(first.slug)] == [2, 1]
    assert workspace.open(first.slug, 1).version == 1
    assert workspace.state(first.slug, 1) != workspace.state(first.slug)


def test_renaming_keeps_the_address_and_deleting_ends_it(workspace: Workspace) -> None:
    workspace.url = "http://host:1234/"
    info = workspace.pin_answer(answered(workspace), "Heads")
    assert workspace.address(info.slug) == "http://host:1234/a/heads"
    assert workspace.address(info.slug, 2) == "http://host:1234/a/heads@2"
    renamed = workspace.rename_artifact(info.slug, "People")
    assert (renamed.slug, renamed.title, renamed.version) == ("heads", "People", 2)
    assert workspace.open("heads").artifact.title == "People"
    assert [found.slug for found in workspace.artifacts("people")] == ["heads"]
    workspace.delete_artifact("heads")
    for call in (workspace.open, workspace.state, workspace.info, workspace.load, workspace.history):
        with pytest.raises(NotFound):
            call("heads")


def test_the_url_is_found_by_other_processes(workspace: Workspace, shop: Path) -> None:
    workspace.url = "http://host:1234"
    with open_workspace(shop, folder=workspace.folder) as other:
        assert other.address("x") == "http://host:1234/a/x"
    (workspace.folder / "address").write_text("javascript:alert(1)")
    with open_workspace(shop, folder=workspace.folder) as other:
        assert other.url == "http://localhost:8501"


def test_chats_are_listed_searched_renamed_and_deleted(workspace: Workspace) -> None:
    first, second = workspace.new_chat(), workspace.new_chat()
    assert workspace.chats() == []
    list(workspace.stream(first, "how many customers are there"))
    list(workspace.stream(second, "customers per city"))
    assert [chat.id for chat in workspace.chats()] == [second, first]
    assert [chat.id for chat in workspace.chats("how MANY")] == [first]
    assert workspace.rename_chat(first, "Heads").title == workspace.chat(first).title == "Heads"
    slug = workspace.pin(workspace.messages(first)[-1].id).slug
    workspace.delete_chat(first)
    with pytest.raises(NotFound):
        workspace.messages(first)
    assert workspace.open(slug).fresh, "what was pinned stays"


# ------------------------------------------------------------------------------------------------- data that moves
def test_a_dropped_table_shows_the_last_good_result_with_its_date(workspace: Workspace, shop: Path) -> None:
    slug = workspace.pin_answer(answered(workspace)).slug
    change(shop, "alter table customer rename to people")
    view = workspace.open(slug)
    assert not view.fresh
    assert view.results["q1"].rows == ((4,),)
    assert view.blocks[0].stale_since and view.blocks[0].problem
    change(shop, "alter table people rename to customer")
    assert workspace.open(slug).fresh


def test_a_source_that_is_gone_shows_the_last_good_result_also_after_a_restart(
    workspace: Workspace, shop: Path
) -> None:
    slug = workspace.pin_answer(answered(workspace)).slug
    workspace.open(slug)
    shop.rename(shop.with_suffix(".away"))
    assert workspace.open(slug).problems["q1"].code == "source_gone"
    state = workspace.state(slug)
    workspace.close()
    with open_workspace(folder=workspace.folder) as again:
        view = again.open(slug)
        assert view.problems["q1"].code == "source_gone" and view.results["q1"].rows == ((4,),)
        assert again.state(slug) == state
        shop.with_suffix(".away").rename(shop)
        assert again.open(slug).fresh


def test_a_replaced_file_is_read_as_it_is_now(workspace: Workspace, shop: Path, tmp_path: Path) -> None:
    slug = workspace.pin_answer(answered(workspace)).slug
    workspace.open(slug)
    other = make(tmp_path / "other.sqlite")
    change(other, "delete from customer where id > 1")
    other.replace(shop)
    assert workspace.open(slug).results["q1"].rows == ((1,),)


def test_a_locked_database_is_said(workspace: Workspace, shop: Path) -> None:
    import sqlite3

    holder = sqlite3.connect(shop, isolation_level=None)
    holder.execute("begin exclusive")
    try:
        reply = workspace.ask("how many customers are there")
        assert isinstance(reply, Failed) and reply.code == "source_locked"
    finally:
        holder.execute("rollback")
        holder.close()
    assert isinstance(workspace.ask("how many customers are there"), Answer)


def test_relative_dates_move_with_the_clock(shop: Path, tmp_path: Path) -> None:
    day = [datetime(2025, 2, 20, 12, tzinfo=UTC)]
    with open_workspace(shop, folder=tmp_path / "folder", clock=lambda: day[0]) as workspace:
        info = workspace.pin_answer(answered(workspace, "how many purchases this month"))
        assert workspace.open(info.slug).results["q1"].rows == ((2,),)
        state = workspace.state(info.slug)
        day[0] = datetime(2026, 3, 20, 12, tzinfo=UTC)
        assert workspace.state(info.slug) != state
        view = workspace.open(info.slug)
        assert view.results["q1"].rows == ((2,),) and "2026-03" in str(view.results["q1"].receipt.params)


# -------------------------------------------------------------------------------------------------------- sources
def test_sources_have_names_and_the_first_is_the_default(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,age\nAda,36\nBob,41\nCleo,29\n")
    with open_workspace(shop, tmp_path / "people.csv", folder=tmp_path / "folder") as workspace:
        assert list(workspace.sources) == ["shop", "people"]
        reply = workspace.ask("how many people are there", source="people")
        assert isinstance(reply, Answer) and reply.view.results["q1"].rows == ((3,),)
        chat = workspace.new_chat("people")
        assert workspace.chat(chat).source == "people"
        reply = workspace.ask("how many people are there", chat=chat)
        assert isinstance(reply, Answer) and reply.view.results["q1"].receipt.source == "people"
        assert isinstance(workspace.ask("hello", source="nowhere"), Failed)


def test_two_files_of_one_name_stay_apart_over_restarts(shop: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other" / "shop.sqlite") if (tmp_path / "other").mkdir() is None else shop
    change(other, "delete from customer where id > 2")
    folder = tmp_path / "folder"
    with open_workspace(shop, folder=folder) as workspace:
        slug = workspace.pin_answer(answered(workspace)).slug
    with open_workspace(other, folder=folder) as workspace:
        assert list(workspace.sources) == ["shop-2"]
        second = workspace.pin_answer(answered(workspace)).slug
        assert workspace.open(second).results["q1"].rows == ((2,),)
        assert workspace.open(slug).results["q1"].rows == ((4,),), "the first one opens from where it was"
    with open_workspace(folder=folder) as workspace:
        assert workspace.open(second).results["q1"].rows == ((2,),)
        assert isinstance(workspace.ask("hello"), Failed), "nothing is served, so there is nothing to ask"


def test_files_added_in_the_browser_become_a_source_that_stays(workspace: Workspace, shop: Path) -> None:
    made = workspace.add_files([("Sales 2024.csv", b"region,amount\nNorth,10\nSouth,20\n")])
    assert [(table.rows, table.columns) for table in made] == [(2, ("region", "amount"))]
    assert list(workspace.sources) == ["shop", "files"]
    workspace.add_files([("more.csv", b"a,b\n1,2\n")])
    assert len(workspace.sources["files"].catalog().tables) == 2
    reply = workspace.ask("total amount per region", source="files")
    assert isinstance(reply, Answer) and set(reply.view.results["q1"].rows) == {("North", 10), ("South", 20)}
    with pytest.raises(SourceUnreadable):
        workspace.add_files([("bad.xlsx", b"nonsense")])
    with pytest.raises(SourceUnsupported):
        workspace.add_files([("more.csv", b"a,b\n1,2\n")], source="shop")
    workspace.close()
    with open_workspace(shop, folder=workspace.folder) as again:
        assert list(again.sources) == ["shop", "files"]
        assert len(again.sources["files"].catalog().tables) == 2


def test_two_processes_on_one_folder_see_each_other(workspace: Workspace, shop: Path) -> None:
    with open_workspace(shop, folder=workspace.folder) as other:
        slug = other.pin_answer(answered(other)).slug
        assert [info.slug for info in workspace.artifacts()] == [slug]
        assert workspace.open(slug).fresh
        chat = workspace.new_chat()
        list(workspace.stream(chat, "how many customers are there"))
        assert len(other.messages(chat)) == 2
        other.rename_artifact(slug, "Changed")
        assert workspace.open(slug).artifact.title == "Changed"


def test_many_threads_open_pages_while_the_data_changes(workspace: Workspace, shop: Path) -> None:
    slugs = [
        workspace.pin_answer(answered(workspace, q)).slug
        for q in ("how many customers are there", "customers per city")
    ]
    failures: list[BaseException] = []

    def reader() -> None:
        try:
            for _ in range(20):
                for slug in slugs:
                    assert workspace.open(slug).fresh
                    assert workspace.state(slug)
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=reader) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(10):
        change(shop, f"insert into customer (name, city) values ('N{number}', 'Rome')")
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    assert workspace.open(slugs[0]).results["q1"].rows == ((14,),)


# --------------------------------------------------------------------------------------------------- public names
def test_the_public_names_are_there_and_load_late() -> None:
    import subprocess
    import sys

    for name in public.__all__:
        assert getattr(public, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = public.nothing_of_that_name
    code = "import sys, workspace; print(sorted(m for m in sys.modules if m.startswith('workspace.')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_asking_imports_neither_langgraph_nor_sqlmodel_nor_streamlit(shop: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from workspace import open_workspace; from pathlib import Path\n"
        f"print(type(open_workspace({str(shop)!r}, folder=Path({str(tmp_path)!r})).ask('how many customers are there')).__name__)\n"
        "print([m for m in ('langgraph', 'langchain', 'sqlmodel', 'sqlalchemy', 'streamlit', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["Answer", "[]"]


def test_source_gone_is_raised_for_a_page_whose_source_never_was(workspace: Workspace) -> None:
    with pytest.raises((NotFound, SourceGone)):
        workspace.describe("nowhere")
