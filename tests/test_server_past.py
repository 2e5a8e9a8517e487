"""Versions, snapshots and what changed since a reader looked, as pages and as what an open page asks for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from server_shop import Clock, make
from starlette.applications import Starlette
from starlette.testclient import TestClient

from workspace.api import Answer, Workspace, open_workspace
from workspace.artifact.model import Text
from workspace.server.routes import middleware, routes
from workspace.store import artifacts, snapshots


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = make(tmp_path / "shop.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("create table other (n integer)")
    return path


@pytest.fixture
def workspace(shop: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with open_workspace(shop, folder=tmp_path / "kept", clock=clock) as opened:
        yield opened


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(workspace), middleware=middleware())) as made:
        yield made


@pytest.fixture
def slug(workspace: Workspace) -> str:
    answer = workspace.ask("number of customers per country")
    assert isinstance(answer, Answer)
    return workspace.pin_answer(answer, "Customers <here>").slug


def add(shop: Path, country: str = "Spain") -> None:
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name, country) values ('Dan', ?)", (country,))


def seen(client: TestClient, address: str) -> tuple[str, str]:
    """The mark and the time that a page carries."""
    page = client.get(address).text
    found = re.search(r'data-mark="([^"]+)" data-as-of="([^"]+)"', page)
    assert found is not None, address
    return found[1], found[2]


def edit(workspace: Workspace, slug: str, words: str) -> None:
    artifact = workspace.load(slug)
    artifacts.edit(
        workspace.store, slug, artifact.model_copy(update={"blocks": (*artifact.blocks, Text(template=words))})
    )


# ------------------------------------------------------------------------------------------------------ is it fresh?
def test_an_open_page_learns_that_its_figures_changed(client: TestClient, slug: str, shop: Path) -> None:
    mark, _ = seen(client, f"/a/{slug}")
    answer = client.get(f"/a/{slug}/state")
    assert answer.headers["content-type"] == "application/json" and answer.json()["mark"] == mark
    again = client.get(f"/a/{slug}/state", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    with sqlite3.connect(shop) as db:
        db.execute("insert into other values (1)")  # nothing that is shown
    assert client.get(f"/a/{slug}/state").json()["mark"] == mark
    add(shop)
    changed = client.get(f"/a/{slug}/state").json()["mark"]
    assert changed != mark and changed.split("-")[0] == mark.split("-")[0]
    assert seen(client, f"/a/{slug}")[0] == seen(client, f"/a/{slug}/table")[0] == changed


def test_an_edit_shows_in_the_first_part_of_the_mark(client: TestClient, workspace: Workspace, slug: str) -> None:
    mark, _ = seen(client, f"/a/{slug}")
    edit(workspace, slug, "A note.")
    page, results = client.get(f"/a/{slug}/state").json()["mark"].split("-")
    assert page != mark.split("-")[0] and results == mark.split("-")[1]


def test_an_unchanged_database_costs_no_query(
    client: TestClient, workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    real = workspace.open
    monkeypatch.setattr(workspace, "open", lambda *place: (opened.append(place), real(*place))[1])
    for _ in range(5):
        assert client.get(f"/a/{slug}/state").status_code == 200
    assert len(opened) == 1


def test_pages_that_stay_as_they_are_do_not_ask(client: TestClient, workspace: Workspace, slug: str) -> None:
    info = workspace.freeze(slug)
    for address in (f"/a/{slug}@1", f"/a/{slug}/at/{info.id}"):
        page = client.get(address).text
        assert "data-mark" not in page and "noapp-seen" not in page
    for address in (f"/a/{slug}@1/state", f"/a/{slug}/at/{info.id}/state", f"/a/{slug}@1/changes", f"/a/{slug}/news"):
        assert client.get(address).status_code == 404


# ----------------------------------------------------------------------------------------------- since they last looked
def test_who_comes_back_is_told_what_changed(client: TestClient, slug: str, shop: Path, clock: Clock) -> None:
    mark, at = seen(client, f"/a/{slug}")
    assert client.get(f"/a/{slug}/news", params={"since": mark, "before": at}).json()["nothing"] is True
    clock.on(hours=3)
    add(shop), add(shop, "France")
    news = client.get(f"/a/{slug}/news", params={"since": mark, "before": at}).json()
    assert news["summary"].endswith("2 rows")
    assert "Number of customers per country: 1 new, 1 changed" in news["lines"]
    page = client.get(news["href"])
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert "Spain" in page.text and "Customers &lt;here&gt;" in page.text and "<script" not in page.text
    assert re.search(r'<span class="was">1</span> → <span class="now">2</span>', page.text)


def test_two_readers_are_told_different_things(client: TestClient, slug: str, shop: Path, clock: Clock) -> None:
    first = seen(client, f"/a/{slug}")
    add(shop)
    clock.on(minutes=5)
    second = seen(client, f"/a/{slug}")
    add(shop, "Peru")
    clock.on(minutes=5)
    lines = [
        client.get(f"/a/{slug}/news", params={"since": mark, "before": at}).json()["lines"]
        for mark, at in (first, second)
    ]
    assert "Number of customers per country: 2 new" in lines[0] and "Number of customers per country: 1 new" in lines[1]


def test_what_was_edited_is_said_too(client: TestClient, workspace: Workspace, slug: str) -> None:
    mark, at = seen(client, f"/a/{slug}")
    edit(workspace, slug, "A note on *returns*.")
    news = client.get(f"/a/{slug}/news", params={"since": mark, "before": at}).json()
    assert news["summary"] == "the page itself" and news["lines"] == ["Paragraph added: “A note on returns.”"]
    assert "Paragraph added: “A note on returns.”" in client.get(news["href"]).text


def test_nothing_is_told_of_before_what_was_seen(client: TestClient, slug: str, shop: Path, clock: Clock) -> None:
    """What they saw is not remembered: what is of before says nothing of since then, the first of after does."""
    other = "0" * 10 + "-" + "1" * 20

    def told(at: str, place: str = "news") -> Response:
        return client.get(f"/a/{slug}/{place}", params={"since": other, "before": at})

    _, first = seen(client, f"/a/{slug}")
    add(shop)
    clock.on(minutes=14)
    visit = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told(visit).json()["lines"] == [], "nothing is remembered of since then"
    _, second = seen(client, f"/a/{slug}")
    assert told(visit).json()["lines"] == [], "nor of that very second, which may have been before"
    assert told(first).json()["nothing"] is True, "the first of after is as it is now"
    add(shop, "Peru")
    clock.on(hours=2)
    news = told(first).json()
    assert "Number of customers per country: 1 new" in news["lines"] and news["since"]
    page = client.get(news["href"]).text
    assert "compares with the first after it" in page and "Peru" in page
    assert told(second).json()["lines"] == []
    assert "not remembered any more" in told(second, "changes").text


def test_what_was_seen_is_of_when_it_was_seen(client: TestClient, slug: str, shop: Path, clock: Clock) -> None:
    mark, _ = seen(client, f"/a/{slug}")
    clock.on(minutes=14)
    again, at = seen(client, f"/a/{slug}")  # shown as it was, remembered as of the first time
    assert again == mark
    add(shop)
    clock.on(seconds=15)
    news = client.get(f"/a/{slug}/news", params={"since": mark, "before": at}).json()
    assert news["since"] == "", "the reader knows"
    assert "Number of customers per country: 1 new" in news["lines"]


@pytest.mark.parametrize("since", ["", "x", "0" * 31, "0000000000-" + "1" * 19 + "'", "../../etc", "<script>"])
def test_what_is_no_mark_is_not_there(client: TestClient, slug: str, since: str) -> None:
    page = client.get(f"/a/{slug}/changes", params={"since": since})
    assert page.status_code == 404 and "<script>" not in page.text


def test_little_is_remembered_for_long(workspace: Workspace, slug: str, shop: Path, clock: Clock) -> None:
    for number in range(40):
        add(shop, f"C{number}")
        clock.on(minutes=10)
        workspace.note(workspace.open(slug))
    with workspace.store.read() as session:
        kept = session.connection().exec_driver_sql("select at from snapshot order by at desc").scalars().all()
    assert snapshots.NEWEST <= len(kept) <= snapshots.NEWEST + 12 + 14 + 12
    assert (
        kept[0] == "2026-11-23T18:40:00Z" and kept[-1] == "2026-11-23T12:10:00Z"
    )  # the newest and the oldest of the day


def test_a_large_or_stale_view_is_not_remembered(
    workspace: Workspace, slug: str, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workspace.api import past

    monkeypatch.setattr(past, "MOST_CELLS", 1)
    workspace.note(workspace.open(slug))
    with sqlite3.connect(shop) as db:
        db.execute("alter table customer rename to person")
    monkeypatch.setattr(past, "MOST_CELLS", 50_000)
    workspace.note(workspace.open(slug))
    with workspace.store.read() as session:
        assert session.connection().exec_driver_sql("select count(*) from snapshot").scalar() == 0


# -------------------------------------------------------------------------------------------------------- of a share
def test_readers_of_a_share_learn_what_they_saw_and_no_more(
    client: TestClient, workspace: Workspace, slug: str, shop: Path, clock: Clock
) -> None:
    early, _ = seen(client, f"/a/{slug}")
    clock.on(hours=1)
    add(shop)
    address = workspace.share(slug).url.removeprefix(workspace.url)
    clock.on(seconds=1)
    mark, at = seen(client, address)
    clock.on(hours=1)
    add(shop, "Peru")
    edit(workspace, slug, "Something about the edit.")
    assert client.get(f"{address}/state").json()["mark"] != mark
    news = client.get(f"{address}/news", params={"since": mark, "before": at}).json()
    assert news["href"].startswith(f"{address}/changes?") and any("1 new" in line for line in news["lines"])
    assert not any("Paragraph" in line for line in news["lines"])
    page = client.get(news["href"])
    assert (
        page.status_code == 200
        and "Peru" in page.text
        and "/a/" not in page.text
        and "version" not in page.text.lower()
    )
    assert page.headers["referrer-policy"] == "no-referrer"
    # What was shown before there was a share, or what a reader never saw, is not for them.
    for other in (early, "0" * 10 + "-" + "1" * 20):
        told = client.get(f"{address}/news", params={"since": other, "before": "2026-11-23T23:00:00Z"}).json()
        assert told == {"since": "", "summary": "", "lines": [], "href": ""}


def test_a_frozen_share_does_not_ask_and_a_locked_one_does_not_tell(
    client: TestClient, workspace: Workspace, slug: str
) -> None:
    frozen = workspace.share(slug, frozen=True).url.removeprefix(workspace.url)
    assert "data-mark" not in client.get(frozen).text
    locked = workspace.share(slug, password="three blue herons").url.removeprefix(workspace.url)
    mark, _ = seen(client, f"/a/{slug}")
    for page in (client.get(f"{locked}/state"), client.get(f"{locked}/news", params={"since": mark})):
        assert "mark" not in page.text and "asks for a password" in page.text


# ------------------------------------------------------------------------------------------------ versions, snapshots
def test_the_history_says_what_each_version_changed(client: TestClient, workspace: Workspace, slug: str) -> None:
    workspace.rename_artifact(slug, "Everybody")
    edit(workspace, slug, "A note.")
    page = client.get(f"/a/{slug}/history").text
    assert "Title changed from “Customers &lt;here&gt;” to “Everybody”" in page
    assert page.index("Paragraph added: “A note.”") < page.index("Title changed") < page.index("First version")
    between = client.get(f"/a/{slug}@1/history").text
    assert "From version 1 to version 3" in between and "Title changed" in between and "Paragraph added" in between
    assert "They are equal." in client.get(f"/a/{slug}@3/history").text
    assert client.get(f"/a/{slug}@9/history").status_code == 404


def test_a_snapshot_has_an_address_and_is_compared_with_now(
    client: TestClient, workspace: Workspace, slug: str, shop: Path, clock: Clock
) -> None:
    info = workspace.freeze(slug)
    add(shop)
    clock.on(days=1)
    address = f"/a/{slug}/at/{info.id}"
    page = client.get(address).text
    assert "Frozen on" in page and "23 Nov 2026" in page and "Spain" not in page
    assert "Spain" not in client.get(f"{address}/table").text
    assert "Spain" not in client.get(f"{address}.csv").text and "Spain" in client.get(f"/a/{slug}.csv").text
    for target in re.findall(r'href="(/a/[^"]*)"', page):
        assert target.startswith(address), target
    changes = client.get(f"{address}/changes").text
    assert "Spain" in changes and f'href="{address}"' in changes
    assert address in client.get(f"/a/{slug}/history").text
    assert client.get(f"/a/{slug}/at/{'0' * 16}").status_code == 404
    other = workspace.fork(slug)
    assert client.get(f"/a/{other.slug}/at/{info.id}").status_code == 404  # of another artifact
    workspace.forget_snapshot(slug, info.id)
    assert client.get(address).status_code == 404


def test_an_older_version_is_restored_as_a_new_one(workspace: Workspace, slug: str) -> None:
    workspace.rename_artifact(slug, "Everybody")
    restored = workspace.restore(slug, 1)
    assert restored.version == 3 and workspace.load(slug) == workspace.load(slug, 1)
    assert workspace.restore(slug, 1).version == 3  # it is so already
    assert [entry.changes for entry in workspace.revisions(slug)] == [
        ("title changed from “Everybody” to “Customers <here>”",), ("title changed from “Customers <here>” to “Everybody”",), (),
    ]  # fmt: skip


def test_a_copy_goes_its_own_way(workspace: Workspace, slug: str, shop: Path) -> None:
    workspace.open(slug)
    copy = workspace.fork(slug, title="Mine")
    assert copy.slug == "mine" and copy.version == 1
    assert workspace.fork(slug).title == "Customers <here> (copy)"
    with sqlite3.connect(shop) as db:
        db.execute("alter table customer rename to person")
    view = workspace.open("mine")
    assert view.problems and view.results  # the last good result came along
    workspace.rename_artifact("mine", "Ours")
    assert workspace.info(slug).title == "Customers <here>"
