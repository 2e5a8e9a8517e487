"""Behind a proxy: who is believed of how a reader came, cookies over https, and one name more that is answered."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from server_shop import make
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests.browser.serving import served
from workspace.api import Answer, open_workspace
from workspace.server.proxy import OWN, Https

PUBLIC = "https://data.example.org"
PASSWORD = "three blue herons"


def client(public: str, base_url: str = "http://localhost") -> TestClient:
    async def page(request: Request) -> PlainTextResponse:
        made = PlainTextResponse(request.url.scheme)
        made.set_cookie("plain", "1")
        made.set_cookie("kept", "1", secure=True)
        return made

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(Https, public=public)])
    return TestClient(app, base_url=base_url)


@pytest.mark.parametrize(
    ("public", "host", "scheme"),
    [
        (PUBLIC, "data.example.org", "https"),
        (PUBLIC, "Data.Example.org:443", "https"),
        (PUBLIC, "data.example.org:8501", "http"),
        (PUBLIC, "localhost:8501", "http"),
        (f"{PUBLIC}:8443", "data.example.org:8443", "https"),
        (f"{PUBLIC}:8443", "data.example.org", "http"),
        ("http://data.example.org", "data.example.org", "http"),
        ("", "data.example.org", "http"),
    ],
)
def test_what_came_under_the_public_address_came_as_that_says(public: str, host: str, scheme: str) -> None:
    answer = client(public).get("/", headers={"host": host})
    assert answer.text == scheme
    plain, already = answer.headers.get_list("set-cookie")
    assert ("; Secure" in plain) is (scheme == "https")
    assert already.count("Secure") == 1


def test_over_https_every_cookie_is_kept_to_it_also_where_nothing_was_said() -> None:
    answer = client("", "https://localhost").get("/")
    assert [cookie.count("Secure") for cookie in answer.headers.get_list("set-cookie")] == [1, 1]


@pytest.mark.parametrize("proxy", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1", "10.0.0.7", "::ffff:10.0.0.7"])
def test_proxies_on_this_machine_are_believed_however_it_is_written(proxy: str) -> None:
    async def page(request: Request) -> PlainTextResponse:
        assert request.client is not None
        return PlainTextResponse(f"{request.url.scheme} {request.client.host}")

    app = ProxyHeadersMiddleware(Starlette(routes=[Route("/", page)]), OWN)  # type: ignore[arg-type]
    said = TestClient(app, client=(proxy, 50_000)).get(
        "/", headers={"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    )
    assert said.text == (f"http {proxy}" if "10." in proxy else "https 203.0.113.9")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("proxied") / "shop.sqlite")


@pytest.fixture(scope="module")
def links(shop: Path) -> tuple[str, str]:
    """The paths of a share without and of one with a password."""
    with open_workspace(shop, folder=shop.parent / "kept") as workspace:
        answer = workspace.ask("how many customers are there")
        assert isinstance(answer, Answer)
        slug = workspace.pin_answer(answer, "Customers").slug
        made = [workspace.share(slug, password=password).url for password in ("", PASSWORD)]
        return urlsplit(made[0]).path, urlsplit(made[1]).path


@pytest.fixture(scope="module")
def port(shop: Path, links: tuple[str, str]) -> Iterator[int]:
    with served(shop, shop.parent / "kept", NOAPP_URL=PUBLIC) as url:
        yield int(url.rpartition(":")[2])


def ask(port: int, path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, list[str], str]:
    """The status, the cookies and the text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        cookies = answer.headers.get_all("set-cookie") or []
        return answer.status, cookies, "" if answer.status == 101 else answer.read().decode()
    finally:
        connection.close()


def test_the_public_name_is_answered_and_no_other(port: int) -> None:
    for host, status in (("data.example.org", 200), ("localhost", 200), ("example.org", 421), ("evil.example", 421)):
        assert ask(port, "/healthz", host=host)[0] == status, host


def test_links_lead_to_the_public_address_whatever_the_proxy_passes_on(port: int, links: tuple[str, str]) -> None:
    for host in ("data.example.org", f"127.0.0.1:{port}"):
        _, _, page = ask(port, links[0], host=host)
        assert re.findall(r'property="og:(?:url|image)" content="([^"]*)"', page) == [
            f"{PUBLIC}{links[0]}", f"{PUBLIC}{links[0]}/preview.png",
        ]  # fmt: skip
        assert f'href="{PUBLIC}/feed"' in ask(port, "/feed", host=host)[2]


@pytest.mark.parametrize(
    ("headers", "secure"),
    [
        ({"host": "data.example.org"}, True),
        ({"host": "data.example.org", "x_forwarded_proto": "http"}, True),
        ({"host": "localhost", "x_forwarded_proto": "https"}, True),
        ({"host": "localhost"}, False),
    ],
)
def test_cookies_of_people_who_come_by_https_are_kept_to_it(
    port: int, links: tuple[str, str], headers: dict[str, str], secure: bool
) -> None:
    form = {"content_type": "application/x-www-form-urlencoded", "user_agent": "Mozilla/5.0"}
    status, proof, _ = ask(port, links[1], "POST", f"password={PASSWORD.replace(' ', '+')}", **headers, **form)
    assert status == 303 and len(proof) == 1
    _, own, _ = ask(port, "/_stcore/health", **headers)
    for cookie in (*proof, *own):
        assert ("; Secure" in cookie) is secure, cookie


def test_the_chat_is_reached_from_the_public_address_alone(port: int) -> None:
    upgrade = {
        "connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13",
        "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    for host in ("data.example.org", f"127.0.0.1:{port}"):  # the second where the proxy passes on no name
        assert ask(port, "/_stcore/stream", host=host, origin=PUBLIC, **upgrade)[0] == 101
        assert ask(port, "/_stcore/stream", host=host, origin="https://evil.example", **upgrade)[0] == 403
