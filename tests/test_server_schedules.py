"""The server does what is due, in the background; the feed has its address; a share's reader has none of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.serving import free_port
from tests.sending import Clock, shop, web_server
from workspace.api import Workspace
from workspace.server.routes import middleware, routes
from workspace.server.ticker import Ticker


@pytest.fixture
def clock() -> Clock:  # type: ignore[override]
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with shop(tmp_path, clock) as made:
        yield made


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    return TestClient(Starlette(routes=routes(workspace), middleware=middleware()), raise_server_exceptions=False)


def until(true: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)


def test_what_is_due_is_done_in_the_background_and_ends_with_it(workspace: Workspace, clock: Clock) -> None:
    with web_server() as hook:
        workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
        ticker = Ticker(workspace, interval=0.02)
        time.sleep(0.1)
        assert hook.bodies == []
        clock.on(hours=1)
        until(lambda: hook.bodies)
        ticker.stop()
        clock.on(hours=1)
        time.sleep(0.1)
        assert len(hook.bodies) == 1


def test_a_place_that_is_slow_holds_up_no_page_and_no_end(
    workspace: Workspace, clock: Clock, client: TestClient
) -> None:
    with web_server() as hook:
        hook.wait = threading.Event()
        workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
        clock.on(hours=1)
        ticker = Ticker(workspace, interval=0.02)
        until(lambda: hook.bodies)
        start = time.monotonic()
        assert client.get("/a/purchases").status_code == 200
        assert time.monotonic() - start < 2
        hook.wait.set()
        ticker.stop()


def test_a_defect_does_not_end_the_looking(workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken() -> bool:
        calls.append(1)
        raise RuntimeError

    monkeypatch.setattr(workspace, "waiting", broken)
    ticker = Ticker(workspace, interval=0.01)
    until(lambda: len(calls) > 2)
    ticker.stop()


def test_the_feed(workspace: Workspace, clock: Clock, client: TestClient) -> None:
    made = workspace.schedule("purchases", "every hour")
    clock.on(hours=1)
    workspace.tick()
    for address in ("/feed", f"/feed/{made.info.id}"):
        found = client.get(address)
        assert found.status_code == 200 and found.headers["content-type"].startswith("application/atom+xml")
        assert "sandbox" in found.headers["content-security-policy"]
        assert len(ElementTree.fromstring(found.content).findall("{http://www.w3.org/2005/Atom}entry")) == 1
        again = client.get(address, headers={"if-none-match": found.headers["etag"]})
        assert again.status_code == 304 and not again.content
    assert client.get("/feed/none").status_code == 404
    assert client.get(f"/feed/{made.info.id}/more").status_code == 404
    assert client.post("/feed").status_code == 405


def test_the_feed_leads_to_where_people_reach_the_workspace_now(
    workspace: Workspace, clock: Clock, client: TestClient
) -> None:
    workspace.schedule("purchases", "every hour")
    clock.on(hours=1)
    workspace.tick()
    assert b"http://localhost:8501/a/purchases" in client.get("/feed").content
    workspace.url = "https://data.example.org"
    feed = ElementTree.fromstring(client.get("/feed").content)
    links = [node.get("href") for node in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert links == [f"https://data.example.org/{place}" for place in ("feed", "deliveries", "a/purchases")]


def test_who_has_a_share_has_nothing_of_schedules(workspace: Workspace, client: TestClient) -> None:
    made = workspace.schedule("purchases", "every hour", label="for the board")
    share = "/s/" + workspace.share("purchases").url.rpartition("/")[2]
    page = client.get(share).text
    assert made.info.id not in page and "for the board" not in page and "/feed" not in page
    for path in (f"{share}/feed", f"{share}/deliveries", f"{share}/schedule", f"/s/feed/{made.info.id}"):
        assert client.get(path).status_code == 404
        client.post(path, data={"when": "every minute", "to": "http://127.0.0.1/"})
    client.post(share, data={"when": "every minute", "to": "http://127.0.0.1/", "password": "x"})
    client.get(share, params={"schedule": "every minute", "to": "http://127.0.0.1/"})
    assert len(workspace.schedules()) == 1


@pytest.mark.parametrize("options", [(), ("--no-schedules",)])
def test_a_real_server_does_what_is_due_unless_it_is_told_not_to(tmp_path: Path, options: tuple[str, ...]) -> None:
    import os
    import subprocess
    import sys

    from workspace.question.recurrence import Recurrence
    from workspace.store import schedules

    with web_server() as hook:
        clock = Clock()
        with shop(tmp_path, clock) as workspace:  # due since 2026, which is over or about to be
            from datetime import UTC, datetime, timedelta

            schedules.create(
                workspace.store, "purchases", Recurrence("hour"), condition=None, places=[hook.url.replace("http", "private:http", 1)],
                held=None, at=datetime.now(UTC) - timedelta(days=2),
            )  # fmt: skip
        port = free_port()
        command = [sys.executable, "-m", "workspace", "serve", str(tmp_path / "shop.sqlite"), "--no-browser"]
        command += ["--workspace", str(tmp_path / "kept"), "--port", str(port), *options]
        with subprocess.Popen(command, env=os.environ | {"NOAPP_CACHE": "off"}, stdout=subprocess.DEVNULL) as process:
            try:
                until(lambda: _answers(port), 60)
                if options:
                    time.sleep(7)
                    assert hook.bodies == []
                else:
                    until(lambda: hook.bodies, 30)
            finally:
                start = time.monotonic()
                process.terminate()
                process.wait(20)
                assert time.monotonic() - start < 10


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.HTTPError:
        return False
