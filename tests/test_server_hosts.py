"""The names that the server answers to: its own and those that its operator named, whatever the route."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest
from server_shop import make
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.browser.serving import served
from workspace.api import Answer, open_workspace
from workspace.errors import ServeError
from workspace.server.hosts import REFUSED, Hosts, Named, hosts, said

STRANGERS = (
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "evil.example#localhost",
    "localhost@evil.example",
    "localhost evil.example",
    "127.0.0.1.evil.example",
    "[::1].evil.example",
    "[::1",
    "::1",
    "xlocalhost",
    "localhost:port",
    "ſlocalhost",
    "",
    ".",
)
OWN = ("localhost", "localhost:8501", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8501")


@pytest.mark.parametrize("listening", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_on_this_machine_only_its_own_names_count(listening: str) -> None:
    answered = hosts(listening, machine="box")
    assert [host for host in OWN if not answered.answers(host)] == []
    assert [
        host for host in (*STRANGERS, "box", "10.0.0.7", "[2001:db8::1]", "0.0.0.0") if answered.answers(host)
    ] == []
    assert said(answered) == ""


@pytest.mark.parametrize("listening", ["0.0.0.0", "::", "", "10.0.0.7"])
def test_for_others_addresses_in_figures_and_the_machines_name_count(listening: str) -> None:
    answered = hosts(listening, machine="Box.lan")
    others = ("10.0.0.7:8501", "[2001:db8::1]:8501", "box", "box.lan", "box.local:8501")
    assert [host for host in (*OWN, *others) if not answered.answers(host)] == []
    assert [host for host in (*STRANGERS, "lan", "other.lan", "a.box.lan") if answered.answers(host)] == []
    assert said(answered) == (
        "Answers as localhost, any IP address, box, box.lan, box.local; allow other names with --allow-host NAME."
    )


def test_the_name_it_listens_at_counts() -> None:
    assert hosts("shop.intern").answers("shop.intern:8501")


def test_the_operator_names_more() -> None:
    answered = hosts(
        "127.0.0.1", ["Pages.Example.org", "*.shop.example", "10.0.0.7", "bücher.example", "[2001:DB8:0::1]"]
    )
    for host in ("pages.example.org", "a.shop.example:443", "a.b.shop.example", "10.0.0.7", "xn--bcher-kva.example"):
        assert answered.answers(host), host
    assert answered.answers("[2001:db8::1]:80")
    for host in ("example.org", "a.pages.example.org", "shop.example", "eshop.example", "10.0.0.8"):
        assert not answered.answers(host), host
    assert "pages.example.org" in said(answered)


@pytest.mark.parametrize(
    "wrong",
    ["", "*", "http://pages.example.org", "pages.example.org:80", "a b", "*.*.org", "*.10.0.0.7", "a..b", "é" * 99],
)
def test_what_is_no_name_is_said(wrong: str) -> None:
    with pytest.raises(ServeError, match="is no name of a host"):
        hosts("127.0.0.1", [wrong])


def test_no_name_and_two_names_are_refused() -> None:
    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("secret")

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(Named, hosts=Hosts())])
    client = TestClient(app, base_url="http://localhost")
    assert client.get("/").text == "secret"
    refused = client.get("/", headers=[("host", "localhost"), ("host", "evil.example")])
    assert (refused.status_code, refused.text) == (421, REFUSED)
    assert client.get("/", headers=[("host", "")]).status_code == 421


def test_a_real_server_answers_no_strangers_name_on_any_route(tmp_path: Path) -> None:
    database = make(tmp_path / "shop.sqlite")
    with open_workspace(database, folder=tmp_path / "kept") as workspace:
        answer = workspace.ask("how many customers are there")
        assert isinstance(answer, Answer)
        slug = workspace.pin_answer(answer, "Customers").slug
        share = workspace.share(slug, downloads=True).url.rpartition("/s/")[2]
    upgrade = {
        "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    with served(database, tmp_path / "kept") as url:
        port = int(url.rpartition(":")[2])

        def status(path: str, host: str, **more: str) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                connection.request("GET", path, headers={"host": host, **more})
                return connection.getresponse().status
            finally:
                connection.close()

        pages = [
            f"/a/{slug}",
            f"/a/{slug}.xlsx",
            f"/a/{slug}/state",
            f"/s/{share}",
            f"/s/{share}.csv",
            "/feed",
            "/healthz",
        ]
        streamlit = ["/", "/library", "/_stcore/health", "/_stcore/host-config"]
        for path in (*pages, *streamlit):
            assert status(path, f"localhost:{port}") == 200, path
            for host in ("evil.example", f"evil.example:{port}"):
                assert status(path, host) == 421, path
        own, evil = f"localhost:{port}", f"evil.example:{port}"
        assert status("/_stcore/stream", own, origin=f"http://{own}", **upgrade) == 101
        assert status("/_stcore/stream", evil, origin=f"http://{evil}", **upgrade) == 421
        assert status("/_stcore/stream", own, origin=f"http://{evil}", **upgrade) == 403
        assert status("/media/x.png", evil) == status("/component/x/y.js", evil) == status("/static/x.js", evil) == 421
