"""The pages at `/a/…`, in a plain ASGI app around the real routes: what is sent, when it is worked out anew, what is refused."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from server_shop import make
from starlette.applications import Starlette
from starlette.testclient import TestClient

from workspace.api import Answer, Workspace, open_workspace
from workspace.errors import ServeError
from workspace.faces import theme
from workspace.server import app, chrome
from workspace.server.pages import Pages, Place, place
from workspace.server.routes import middleware, routes


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path) -> Workspace:
    with open_workspace(shop, folder=tmp_path / "kept") as opened:
        yield opened


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    with TestClient(Starlette(routes=routes(workspace), middleware=middleware())) as made:
        yield made


@pytest.fixture
def slug(workspace: Workspace) -> str:
    answer = workspace.ask("how many customers are there")
    assert isinstance(answer, Answer)
    return workspace.pin_answer(answer, "Our customers").slug


def test_a_place_is_read_from_its_address() -> None:
    assert place("sales") == Place("sales")
    assert place("sales@12") == Place("sales", 12)
    assert place("sales@2/table") == Place("sales", 2, "table")
    assert place("sales.csv") == Place("sales", None, "", "csv")
    assert place("sales/history") == Place("sales", None, "history")
    for wrong in (
        "",
        "sales@0",
        "sales@x",
        "../etc/passwd",
        "sales/table/more",
        "Sales",
        "sales@1@2",
        "sales.csv/table",
    ):
        assert place(wrong) is None, wrong


def test_the_page_shows_the_figure_without_scripts(client: TestClient, slug: str) -> None:
    page = client.get(f"/a/{slug}")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    text = page.text
    assert "Our customers" in text
    assert re.search(r">3<", text)
    assert re.search(r">3<", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))


def test_pages_carry_strict_headers(client: TestClient, slug: str) -> None:
    for address in (f"/a/{slug}", f"/a/{slug}/table", f"/a/{slug}/history", "/a/nothing-here", "/nowhere"):
        headers = client.get(address).headers
        rule = headers["content-security-policy"]
        assert rule.startswith("default-src 'none'"), address
        assert "frame-ancestors 'none'" in rule
        assert "unsafe" not in rule
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_the_style_sheet_is_the_one_that_the_policy_allows(client: TestClient, slug: str) -> None:
    for address in (f"/a/{slug}", f"/a/{slug}/table", f"/a/{slug}/history", "/a/nothing-here"):
        page = client.get(address)
        styles = re.findall(r"<style[^>]*>(.*?)</style>", page.text, re.DOTALL)
        assert styles
        assert (
            f"style-src {' '.join(chrome._hash(style) for style in styles)}" in page.headers["content-security-policy"]
        )
        assert " style=" not in re.sub(r"<style.*?</style>", "", page.text, flags=re.DOTALL)


def test_every_page_has_its_icon_in_it(client: TestClient, workspace: Workspace, slug: str) -> None:
    """Without one a browser asks for /favicon.ico, and a proxy that passes on `/s/` alone has none."""
    frozen = workspace.freeze(slug)
    link = workspace.share(slug, password="three blue herons").url.removeprefix(workspace.url)
    pages = [f"/a/{slug}{face}" for face in ("", "/table", "/slides", "/app", "/history", "@1", f"/at/{frozen.id}")]
    pages += [f"/a/{slug}/at/{frozen.id}/changes", f"/a/{slug}.html", "/a/nothing-here", "/nowhere", link, "/s/nothing"]
    for address in pages:
        page = client.get(address)
        assert page.text.count(f'<link rel="icon" href="{theme.icon()}">') == 1, address
        if not address.endswith(".html"):
            assert "img-src 'self' data:" in page.headers["content-security-policy"]
    assert base64.b64decode(theme.icon().partition(",")[2]).startswith(b"<svg")


def test_an_unchanged_page_is_not_sent_twice(client: TestClient, slug: str) -> None:
    first = client.get(f"/a/{slug}")
    again = client.get(f"/a/{slug}", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    since = client.get(f"/a/{slug}", headers={"if-modified-since": first.headers["last-modified"]})
    assert since.status_code == 304
    other = client.get(f"/a/{slug}", headers={"if-none-match": '"another"'})
    assert other.status_code == 200


def test_a_changed_database_is_never_shown_stale(client: TestClient, slug: str, shop: Path) -> None:
    first = client.get(f"/a/{slug}")
    assert re.search(r">3<", first.text)
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name, country) values ('Dan', 'Spain')")
    again = client.get(f"/a/{slug}", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 200
    assert re.search(r">4<", again.text)


def test_an_unchanged_database_costs_no_query(workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    real = workspace.open
    monkeypatch.setattr(workspace, "open", lambda *place: (opened.append(place), real(*place))[1])
    with TestClient(Starlette(routes=routes(workspace))) as client:
        for _ in range(5):
            assert client.get(f"/a/{slug}").status_code == 200
    assert len(opened) == 1


def test_as_of_moves_with_the_clock(workspace: Workspace, slug: str) -> None:
    now = [1_000_000.0]
    pages = Pages(workspace, clock=lambda: now[0])

    async def bodies() -> list[object]:
        found = [await pages._body(Place(slug)), await pages._body(Place(slug))]
        now[0] += 60
        return [*found, await pages._body(Place(slug))]

    with ThreadPoolExecutor(1) as thread:  # away from the loop that a browser test of the same run keeps open
        first, same, later = thread.submit(asyncio.run, bodies()).result()
    assert first is same
    assert later is not first


def test_compressed_for_those_who_ask(client: TestClient, slug: str) -> None:
    packed = client.get(f"/a/{slug}", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    plain = client.get(f"/a/{slug}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == packed.text
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_head_is_the_page_without_its_body(client: TestClient, slug: str) -> None:
    page, head = client.get(f"/a/{slug}"), client.head(f"/a/{slug}")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == page.headers["etag"]
    assert client.head("/a/nothing-here").status_code == 404


def test_downloads(client: TestClient, slug: str) -> None:
    rows = client.get(f"/a/{slug}.csv")
    assert rows.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{slug}.csv"' in rows.headers["content-disposition"]
    assert rows.text.splitlines()[1] == "3"
    data = json.loads(client.get(f"/a/{slug}.json").text)
    assert "3" in json.dumps(data)
    file = client.get(f"/a/{slug}.html")
    assert "attachment" in file.headers["content-disposition"]
    assert "Our customers" in file.text


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("pdf", "application/pdf"),
        ("md", "text/markdown; charset=utf-8"),
    ],
)
def test_office_downloads(client: TestClient, slug: str, extension: str, media_type: str) -> None:
    """The page offers them; each is a file to keep, sent as what it is, and not sent twice."""
    assert f'href="/a/{slug}.{extension}" download' in client.get(f"/a/{slug}").text
    file = client.get(f"/a/{slug}.{extension}")
    assert file.headers["content-type"] == media_type
    assert file.headers["content-disposition"] == f'attachment; filename="{slug}.{extension}"'
    assert file.headers["x-content-type-options"] == "nosniff"
    assert ("content-encoding" in file.headers) == (extension == "md" and len(file.content) >= 500)
    assert file.content[:2] in (b"PK", b"%P", b"# ")
    again = client.get(f"/a/{slug}.{extension}", headers={"if-none-match": file.headers["etag"]})
    assert again.status_code == 304
    old = client.get(f"/a/{slug}@1.{extension}")
    assert old.headers["content-disposition"] == f'attachment; filename="{slug}.{extension}"'


def test_versions_have_addresses(client: TestClient, workspace: Workspace, slug: str) -> None:
    workspace.rename_artifact(slug, "All customers")
    assert "All customers" in client.get(f"/a/{slug}").text
    old = client.get(f"/a/{slug}@1").text
    assert "Our customers" in old
    assert "This is version 1 of 2." in old
    (table,) = re.findall(r'href="([^"]+/table)"', old)
    assert "Our customers" in client.get(table).text
    history = client.get(f"/a/{slug}/history").text
    assert f'href="/a/{slug}@1"' in history
    assert f'href="/a/{slug}@2"' in history


@pytest.mark.parametrize(
    "address",
    ["/a/nothing-here", "/a/{slug}@9", "/a/{slug}/spreadsheet", "/a/{slug}.exe", "/a/{slug}/table/x", "/a/%2e%2e/x", "/chat/none",
     "/chat/none/x.csv", "/chat", "/chat/a/b/c", "/healthz/x", "/nowhere", "/admin/login", "/wp-login.php"],
)  # fmt: skip
def test_what_is_not_there_is_404_in_plain_words(client: TestClient, slug: str, address: str) -> None:
    page = client.get(address.replace("{slug}", slug), follow_redirects=False)
    assert page.status_code == 404
    assert re.search(r"<h1>[^<]+\.</h1>", page.text)
    assert "Traceback" not in page.text


def test_a_wrong_json_address_answers_in_json(client: TestClient) -> None:
    page = client.get("/a/nothing-here.json")
    assert page.status_code == 404
    assert page.json()["error"]["code"] == "not_found"


def test_a_chat_has_an_address(client: TestClient, workspace: Workspace) -> None:
    chat = workspace.new_chat()
    list(workspace.stream(chat, "how many customers are there"))
    page = client.get(f"/chat/{chat}", follow_redirects=False)
    assert page.status_code == 307
    assert page.headers["location"] == f"/?chat={chat}"
    message = workspace.messages(chat)[-1].id
    rows = client.get(f"/chat/{chat}/{message}.csv")
    assert rows.text.splitlines()[1] == "3"
    assert "attachment" in rows.headers["content-disposition"]
    assert client.get(f"/chat/{chat}/{message}.exe").status_code == 404


def test_health_and_library(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "sources": ["shop"]}
    assert client.get("/a", follow_redirects=False).headers["location"] == "/library"
    assert client.post("/healthz").status_code == 405


def test_a_database_that_is_gone_leaves_the_page_standing(client: TestClient, slug: str, shop: Path) -> None:
    assert client.get(f"/a/{slug}").status_code == 200
    shop.unlink()
    page = client.get(f"/a/{slug}")
    assert page.status_code == 200
    assert "Our customers" in page.text
    assert "Traceback" not in page.text
    assert not shop.exists()


def test_a_lock_that_passes_leaves_no_trace(workspace: Workspace, client: TestClient, slug: str, shop: Path) -> None:
    """The state of the file is the same before and after: the page made while it was locked must not be kept."""
    keeper = sqlite3.connect(shop, isolation_level=None)
    keeper.execute("begin exclusive")
    locked = client.get(f"/a/{slug}")
    keeper.execute("rollback")
    keeper.close()
    assert locked.status_code == 200
    assert "Live, as of" not in locked.text
    assert "Live, as of" in client.get(f"/a/{slug}").text


def test_a_taken_port_is_said_before_anything_starts(workspace: Workspace) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError) as said:
            app.serve(workspace, port=port, open_browser=False)
    assert said.value.message == f"Port {port} is taken by another program."
    assert "--port" in said.value.hint


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("203.0.113.7", 8600)])
def test_an_address_that_cannot_be_served_is_one_sentence(workspace: Workspace, host: str, port: int) -> None:
    with pytest.raises(ServeError) as said:
        app.serve(workspace, host=host, port=port, open_browser=False)
    assert said.value.message.endswith(".")
    assert said.value.hint
