"""The pages at `/s/…`: who sees what, for how long, and that nothing leads from there to the rest of the workspace."""

from __future__ import annotations

import http.client
import re
import sqlite3
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from server_shop import Clock, make
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.serving import served
from workspace.api import Answer, Workspace, open_workspace
from workspace.errors import ShareInvalid, ShareLocked
from workspace.export import EXPORTS
from workspace.server import chrome
from workspace.server.routes import middleware, routes
from workspace.store import shares as store_shares

PASSWORD = "three blue herons"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0"
NOTHING = "There is nothing at this address."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with open_workspace(shop, folder=tmp_path / "kept", clock=clock) as opened:
        yield opened


@pytest.fixture
def new_client(workspace: Workspace) -> Iterator[Callable[..., TestClient]]:
    made = Starlette(routes=routes(workspace), middleware=middleware())
    clients: list[TestClient] = []

    def new(address: str = "203.0.113.1") -> TestClient:
        """Another reader, with a browser of their own."""
        clients.append(TestClient(made, headers={"user-agent": BROWSER}, client=(address, 50_000)))
        return clients[-1]

    yield new
    for client in clients:
        client.close()


@pytest.fixture
def client(new_client: Callable[[], TestClient]) -> TestClient:
    return new_client()


@pytest.fixture
def slug(workspace: Workspace) -> str:
    answer = workspace.ask("how many customers are there")
    assert isinstance(answer, Answer)
    return workspace.pin_answer(answer, "Our <customers>").slug


def share(workspace: Workspace, slug: str, **terms: Any) -> str:
    """The address of a new share, without its host."""
    url = workspace.share(slug, **terms).url
    return url.removeprefix(workspace.url)


def add_customer(shop: Path) -> None:
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name, country) values ('Dan', 'Spain')")


# ------------------------------------------------------------------------------------------------ living and frozen
def test_a_living_share_shows_what_is_true_now(client: TestClient, workspace: Workspace, slug: str, shop: Path) -> None:
    address = share(workspace, slug)
    page = client.get(address)
    assert page.status_code == 200
    assert re.search(r">3<", page.text) and "Live, as of" in page.text
    add_customer(shop)
    assert re.search(r">4<", client.get(address).text)
    workspace.rename_artifact(slug, "Everybody")
    assert "<h1>Everybody</h1>" in client.get(address).text  # the newest version


def test_a_frozen_share_stays_and_says_its_date(
    client: TestClient, workspace: Workspace, slug: str, shop: Path, clock: Clock
) -> None:
    address = share(workspace, slug, frozen=True)
    add_customer(shop)
    workspace.rename_artifact(slug, "Everybody")
    clock.on(days=2)
    page = client.get(address).text
    assert re.search(r">3<", page) and "<h1>Our &lt;customers&gt;</h1>" in page
    assert "Frozen on" in page and "23 Nov 2026" in page and "Live" not in page


def test_what_cannot_be_refreshed_is_not_frozen(workspace: Workspace, slug: str, shop: Path) -> None:
    with sqlite3.connect(shop) as db:
        db.execute("alter table customer rename to person")
    with pytest.raises(ShareInvalid, match="cannot be frozen"):
        workspace.share(slug, frozen=True)


# ----------------------------------------------------------------------------------------------- nothing else
def test_nothing_leads_from_a_share_to_the_workspace(client: TestClient, workspace: Workspace, slug: str) -> None:
    for terms in ({}, {"downloads": True}, {"frozen": True}, {"password": PASSWORD}):
        address = share(workspace, slug, **terms)
        for page in (client.get(address), client.get(f"{address}/table"), client.get(f"{address}zz")):
            for target in re.findall(r'(?:href|src|action|content)="([^"]*)"', page.text):
                assert not target.startswith("/") or target.startswith(address), target
            assert f"/a/{slug}" not in page.text
            assert "/library" not in page.text
            assert "version" not in page.text.lower().replace("conversion", "")


@pytest.mark.parametrize(
    "rest",
    ["/history", "/chat", "/a", "/library", "@1", "@1/table", "/table/x", "/../a/our-customers", "/%2e%2e/a/our-customers", ".sqlite",
     "/preview", "/preview.jpg", ".exe", "/slides.html", "//", "/document/document", "?x=1#"],
)  # fmt: skip
def test_below_a_share_there_is_nothing_but_its_faces(
    client: TestClient, workspace: Workspace, slug: str, rest: str
) -> None:
    address = share(workspace, slug, downloads=True)
    page = client.get(address + rest, follow_redirects=False)
    if rest.startswith("?"):
        assert page.status_code == 200
    else:
        assert page.status_code == 404
        assert NOTHING in page.text


def test_files_only_where_they_are_allowed(client: TestClient, workspace: Workspace, slug: str) -> None:
    bare, full = share(workspace, slug), share(workspace, slug, downloads=True)
    for extension in EXPORTS:
        assert client.get(f"{bare}.{extension}").status_code == 404
        file = client.get(f"{full}.{extension}")
        assert file.status_code == 200
        assert file.headers["content-disposition"].startswith("attachment; filename=")
        assert file.headers["referrer-policy"] == "no-referrer"
    assert client.get(f"{full}.csv").text.splitlines()[1] == "3"
    assert "<code>SELECT" not in client.get(bare).text and " download>" not in client.get(bare).text
    assert "<code>SELECT" in client.get(full).text and f'href="{full}.csv"' in client.get(full).text


def test_parameters_take_what_is_offered_and_nothing_else(client: TestClient, workspace: Workspace, slug: str) -> None:
    workspace.add_param(slug, "customer.country")
    address, frozen = share(workspace, slug), share(workspace, slug, frozen=True)
    page = client.get(address, params={"country": "Germany"})
    assert re.search(r">2<", page.text) and f'action="{address}' in page.text
    assert re.search(r">3<", client.get(address, params={"country": "Spain' or 1=1 --"}).text)
    assert re.search(r">3<", client.get(address, params={"sql": "select 9", "version": "1", "slug": "x"}).text)
    still = client.get(frozen, params={"country": "Germany"})
    assert re.search(r">3<", still.text) and "<form" not in still.text and "<select" not in still.text
    sheet = client.get(f"{address}/table", params={"country": "Germany", "q1.sort": "name"})
    assert sheet.status_code == 200 and "/a/" not in re.sub(
        r"<style.*?</style>|<script.*?</script>", "", sheet.text, flags=re.S
    )


def test_files_of_a_share_have_the_values_that_its_readers_may_set(
    client: TestClient, workspace: Workspace, slug: str
) -> None:
    workspace.add_param(slug, "customer.country")
    address = share(workspace, slug, downloads=True)
    links = re.findall(r'href="([^"]*)" download', client.get(address, params={"country": "Germany"}).text)
    assert links == [f"{address}.{extension}?country=Germany" for extension in EXPORTS]
    assert "Country: Germany" in client.get(f"{address}.md?country=Germany").text
    assert client.get(f"{address}.csv?country=Germany").text.splitlines()[1] == "2"
    assert client.get(f"{address}.csv", params={"country": "Spain' or 1=1 --"}).text.splitlines()[1] == "3"
    frozen = share(workspace, slug, downloads=True, frozen=True)
    assert client.get(f"{frozen}.csv?country=Germany").text.splitlines()[1] == "3"


def test_words_to_search_for_are_the_owners(client: TestClient, workspace: Workspace) -> None:
    """A free text would be a query of the reader's own: who may type "A%" may try out what is in the database."""
    from workspace.artifact.model import Artifact, Filter, NamedQuery, Param, Table
    from workspace.store import artifacts

    artifact = Artifact(
        title="Named", params=(Param(name="name", type="text", default="Ada"),),
        queries=(NamedQuery(name="q1", source="shop", sql="select country from customer where name = :name", planner="person"),),
        blocks=(Filter(param="name"), Table(query="q1")),
    )  # fmt: skip
    info = artifacts.save(workspace.store, artifact)
    address = share(workspace, info.slug)
    assert "Germany" in client.get(f"/a/{info.slug}", params={"name": "Bob"}).text
    for url in (address, f"{address}/table", f"{address}/app", f"{address}/slides"):
        page = client.get(url, params={"name": "Bob"})
        assert page.status_code == 200 and "Germany" not in page.text and 'type="search" name="name"' not in page.text
    assert "France" in client.get(address).text


def test_of_what_went_wrong_a_reader_learns_only_that_it_did(
    client: TestClient, workspace: Workspace, slug: str, shop: Path
) -> None:
    address = share(workspace, slug)
    client.get(address)
    with sqlite3.connect(shop) as db:
        db.execute("alter table customer rename to secret_table")
    page = client.get(address)
    assert page.status_code == 200
    assert "This part could not be refreshed." in page.text and "last good result" in page.text
    assert "no such" not in page.text and "secret_table" not in page.text
    shop.unlink()
    page = client.get(address)
    assert page.status_code == 200
    assert str(shop.parent) not in page.text and "shop.sqlite" not in page.text


def test_the_rest_of_the_workspace_is_as_before(client: TestClient, workspace: Workspace, slug: str) -> None:
    address = share(workspace, slug)
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.request(method, address).status_code == 405
    assert client.get(f"/a/{address.rpartition('/')[2]}").status_code == 404


# ------------------------------------------------------------------------------------------------- what opens nothing
def test_what_opens_nothing_looks_the_same_whatever_the_reason(
    client: TestClient, workspace: Workspace, slug: str
) -> None:
    revoked = workspace.share(slug)
    workspace.revoke(revoked.info.id)
    locked = workspace.share(slug, password=PASSWORD)
    workspace.revoke(locked.info.id)
    other = workspace.pin_answer(_answer(workspace, "how many countries"), "Countries")
    gone, frozen = workspace.share(other.slug), workspace.share(other.slug, frozen=True)
    workspace.delete_artifact(other.slug)
    unfrozen = workspace.share(slug, frozen=True)
    workspace.forget_snapshot(slug, unfrozen.info.snapshot)
    urls = [made.url.removeprefix(workspace.url) for made in (revoked, locked, gone, frozen, unfrozen)]
    urls += ["/s/" + "a" * 32, "/s/", "/s", "/s/x", "/s/" + "A" * 32, "/s/" + "a" * 5000, "/s/%00", "/s/" + "ä" * 32]
    pages = [client.get(url) for url in urls]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert len({tuple(sorted(page.headers.items())) for page in pages}) == 1
    assert {client.post(url, data={"password": PASSWORD}).text for url in urls[:6]} == {pages[0].text}


def _answer(workspace: Workspace, question: str) -> Answer:
    answer = workspace.ask(question)
    assert isinstance(answer, Answer)
    return answer


def test_who_holds_the_token_learns_that_its_time_is_over(
    client: TestClient, workspace: Workspace, slug: str, clock: Clock
) -> None:
    made = workspace.share(slug, expires="7d")
    address = made.url.removeprefix(workspace.url)
    assert client.get(address).status_code == 200
    clock.on(days=7)
    page = client.get(address)
    assert page.status_code == 410
    assert "The time of this link is over." in page.text and "customers" not in page.text
    workspace.revoke(made.info.id)
    assert client.get(address).status_code == 404


def test_expiry_and_revocation_reach_a_page_that_is_kept(client: TestClient, workspace: Workspace, slug: str) -> None:
    made = workspace.share(slug)
    address = made.url.removeprefix(workspace.url)
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    workspace.revoke(made.info.id)
    assert client.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 404


# ----------------------------------------------------------------------------------------------------------- password
def test_a_password_is_asked_before_anything_is_shown(
    new_client: Callable[[], TestClient], workspace: Workspace, slug: str
) -> None:
    address = share(workspace, slug, password=PASSWORD, downloads=True)
    reader, other = new_client(), new_client()
    for suffix in ("", "/table", ".csv", ".json", "/preview.png"):
        asked = reader.get(address + suffix)
        assert "customers" not in asked.text.lower() and ">3<" not in asked.text and "og:" not in asked.text
        assert asked.headers["cache-control"] == "no-store"
    wrong = reader.post(address, data={"password": "three blue hens"})
    assert wrong.status_code == 403 and "That is not the password." in wrong.text
    assert reader.post(address, data={"password": ""}).status_code == 403
    right = reader.post(address, data={"password": PASSWORD}, follow_redirects=False)
    assert right.status_code == 303
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/s/" in cookie and PASSWORD not in cookie
    assert ">3<" in reader.get(address).text
    assert reader.get(f"{address}.csv").text.splitlines()[1] == "3"
    assert ">3<" not in other.get(address).text
    assert reader.get(f"{address}/preview.png").status_code == 404  # messengers get none, nobody does


def test_the_proof_of_a_password_is_for_one_share_and_some_hours(
    client: TestClient, workspace: Workspace, slug: str, clock: Clock
) -> None:
    first, second = (workspace.share(slug, password=PASSWORD) for _ in range(2))
    proof = workspace.unlock(first.info, PASSWORD)
    assert workspace.unlocked(first.info, proof)
    assert not workspace.unlocked(second.info, proof)
    until, _, mac = proof.partition(".")
    for forged in ("", ".", f"{int(until) + 9}.{mac}", f"{until}.{'0' * 64}", f"{until}.", "９.x", f"{until}.é"):
        assert not workspace.unlocked(first.info, forged), forged
    clock.on(hours=13)
    assert not workspace.unlocked(first.info, proof)


def wrong(client: TestClient, address: str, times: int) -> list[int]:
    return [client.post(address, data={"password": f"guess {n}"}).status_code for n in range(times)]


def test_wrong_passwords_from_one_address_are_limited(
    new_client: Callable[..., TestClient], workspace: Workspace, slug: str, clock: Clock
) -> None:
    made = workspace.share(slug, password=PASSWORD)
    address = made.url.removeprefix(workspace.url)
    guesser, reader = new_client("203.0.113.5"), new_client("203.0.113.6")
    let_in = workspace.unlock(made.info, PASSWORD, "203.0.113.5")
    assert wrong(guesser, address, 7) == [403] * 5 + [429] * 2
    clock.on(minutes=1)
    locked = guesser.post(address, data={"password": PASSWORD}, follow_redirects=False)
    assert locked.status_code == 429
    assert "There were too many wrong passwords from where you are. Try again in 14 minutes." in locked.text
    assert workspace.unlocked(made.info, let_in)  # who is in stays in
    assert reader.post(address, data={"password": PASSWORD}, follow_redirects=False).status_code == 303
    other = share(workspace, slug, password=PASSWORD)  # what was typed for one link says nothing of another
    assert guesser.post(other, data={"password": PASSWORD}, follow_redirects=False).status_code == 303
    assert wrong(guesser, address, 60) == [429] * 60  # what is not looked at locks nobody else
    assert reader.post(address, data={"password": PASSWORD}, follow_redirects=False).status_code == 303
    clock.on(minutes=15)
    assert guesser.post(address, data={"password": PASSWORD}, follow_redirects=False).status_code == 303


def test_wrong_passwords_for_one_link_are_limited_from_wherever_they_come(
    workspace: Workspace, slug: str, clock: Clock
) -> None:
    made = workspace.share(slug, password=PASSWORD)
    for number in range(store_shares.TRIES):
        assert workspace.unlock(made.info, "a guess", f"203.0.113.{number % 20}") == ""
    with pytest.raises(ShareLocked, match="There were too many wrong passwords"):
        workspace.unlock(made.info, PASSWORD, "198.51.100.1")
    clock.on(minutes=15)
    assert workspace.unlock(made.info, PASSWORD, "198.51.100.1")


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.5", "::ffff:203.0.113.5", True),
        ("::ffff:203.0.113.5", "::ffff:203.0.113.6", False),
        ("unknown", "unknown", True),
    ],
)
def test_who_has_many_addresses_counts_once(
    workspace: Workspace, slug: str, first: str, second: str, one: bool
) -> None:
    made = workspace.share(slug, password=PASSWORD)
    for _ in range(store_shares.OWN_TRIES):
        assert workspace.unlock(made.info, "a guess", first) == ""
    if one:
        with pytest.raises(ShareLocked):
            workspace.unlock(made.info, PASSWORD, second)
    else:
        assert workspace.unlock(made.info, PASSWORD, second)


def test_no_address_is_kept_and_nothing_longer_than_it_counts(
    workspace: Workspace, slug: str, clock: Clock, tmp_path: Path
) -> None:
    made = workspace.share(slug, password=PASSWORD)
    workspace.unlock(made.info, "a guess", "203.0.113.5")
    with sqlite3.connect(tmp_path / "kept" / "workspace.sqlite") as db:
        ((who, tries),) = db.execute("select who, tries from guess").fetchall()
        assert tries == 1 and re.fullmatch("[0-9a-f]{64}", who)
        clock.on(minutes=16)
        workspace.unlock(made.info, "a guess", "203.0.113.6")
        assert [row for (row,) in db.execute("select who from guess")] != [who]
        assert db.execute("select count(*) from guess").fetchone() == (1,)


def test_right_passwords_are_not_limited(workspace: Workspace, slug: str) -> None:
    made = workspace.share(slug, password=PASSWORD)
    assert all(workspace.unlock(made.info, PASSWORD, "203.0.113.5") for _ in range(store_shares.OWN_TRIES + 2))


@pytest.mark.parametrize(("address", "most"), [("203.0.113.5", 5), ("", 6)])
def test_many_guesses_at_once_are_limited_too(
    workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch, address: str, most: int
) -> None:
    monkeypatch.setattr(store_shares, "TRIES", 6)
    made = workspace.share(slug, password=PASSWORD)

    def guess(number: int) -> str:
        try:
            return "looked at" if workspace.unlock(made.info, f"guess number {number}", address) == "" else "in"
        except ShareLocked:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(guess, range(16)))
    assert ends.count("looked at") == most
    assert ends.count("refused") == 16 - most


def test_a_proxy_is_believed_only_where_it_is_trusted(tmp_path: Path, shop: Path) -> None:
    with open_workspace(shop, folder=tmp_path / "kept") as workspace:
        answer = workspace.ask("how many customers are there")
        assert isinstance(answer, Answer)
        made = workspace.share(workspace.pin_answer(answer, "Customers").slug, password=PASSWORD)
    path = f"/s/{made.url.rpartition('/')[2]}"

    def typed(url: str, password: str, of: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]), timeout=20)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-forwarded-for": of}
        connection.request("POST", path, f"password={password.replace(' ', '+')}", headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with served(shop, tmp_path / "kept") as url:  # a proxy of this machine
        # What the reader wrote into the header stands left of what the proxy saw, and counts for nothing.
        assert [typed(url, "a guess", f"10.9.8.{n}, 203.0.113.5") for n in range(6)] == [403] * 5 + [429]
        assert typed(url, PASSWORD, "203.0.113.6") == 303
    with served(shop, tmp_path / "kept", FORWARDED_ALLOW_IPS="192.0.2.1") as url:  # a proxy elsewhere
        assert [typed(url, "a guess", f"203.0.113.{n + 10}") for n in range(6)] == [403] * 5 + [429]


def test_a_large_or_odd_form_is_no_password(client: TestClient, workspace: Workspace, slug: str) -> None:
    address = share(workspace, slug, password=PASSWORD)
    assert client.post(address, data={"password": "x" * 100_000}).status_code == 403
    assert client.post(address, json={"password": PASSWORD}).status_code == 403
    assert (
        client.post(
            address, content=b"\xff\xfe", headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 403
    )
    assert (
        client.post(
            address, content=b"&".join([b"a=1"] * 900), headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 403
    )
    open_one = share(workspace, slug)
    assert client.post(open_one, data={"password": "x"}, follow_redirects=False).status_code == 303


# ------------------------------------------------------------------------------------------------------------ headers
def test_every_answer_keeps_the_token_to_itself(client: TestClient, workspace: Workspace, slug: str) -> None:
    address, locked = share(workspace, slug), share(workspace, slug, password=PASSWORD)
    for url in (address, f"{address}/table", f"{address}/preview.png", locked, "/s/" + "b" * 32):
        headers = client.get(url).headers
        assert headers["referrer-policy"] == "no-referrer", url
        assert "noindex" in headers["x-robots-tag"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] in ("private, no-cache", "no-store")
        assert headers["x-frame-options"] == "DENY"
        if "png" not in url:
            rule = headers["content-security-policy"]
            assert "default-src 'none'" in rule and "frame-ancestors 'none'" in rule and "unsafe" not in rule


def test_a_frame_only_where_it_is_allowed(client: TestClient, workspace: Workspace, slug: str) -> None:
    address = share(workspace, slug, embed=("https://Example.org/", "https://*.intra.example:8443"))
    headers = client.get(address).headers
    assert (
        "frame-ancestors https://example.org https://*.intra.example:8443;" in headers["content-security-policy"] + ";"
    )
    assert "x-frame-options" not in headers


@pytest.mark.parametrize(
    "origin", ["*", "https://a.example; script-src *", "https://a.example https://b.example", "javascript:x", "example.org",
               "https://a.example/path", "https://user@a.example", "https://*", "", "data:", "https://a.example\nX: y"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(workspace: Workspace, slug: str, origin: str) -> None:
    with pytest.raises(ShareInvalid, match="no origin"):
        workspace.share(slug, embed=(origin,))


@pytest.mark.parametrize(
    "terms",
    [{"password": "short"}, {"password": "x" * 201}, {"password": PASSWORD, "embed": ("https://a.example",)}, {"expires": "soon"},
     {"expires": "0d"}, {"expires": "2020-01-01"}, {"expires": "99999w"}, {"expires": "-3d"}, {"expires": ""}],
)  # fmt: skip
def test_terms_that_cannot_be_are_said_in_a_sentence(workspace: Workspace, slug: str, terms: dict[str, Any]) -> None:
    with pytest.raises(ShareInvalid) as said:
        workspace.share(slug, **terms)
    assert said.value.message.endswith(".") and said.value.hint.endswith(".")
    assert workspace.shares() == []


# ----------------------------------------------------------------------------------------------------------- previews
def test_messengers_get_a_title_a_sentence_and_a_picture(client: TestClient, workspace: Workspace) -> None:
    answer = _answer(workspace, "number of customers per country")
    address = share(workspace, workspace.pin_answer(answer, 'Per "country" <b>').slug)
    page = client.get(address).text
    tags = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', page))
    assert unescape(tags["og:title"]) == 'Per "country" <b>'
    assert "Germany" in tags["og:description"]
    assert tags["og:image"] == f"http://testserver{address}/preview.png"
    assert tags["og:url"] == f"http://testserver{address}"
    picture = client.get(f"{address}/preview.png")
    assert picture.headers["content-type"] == "image/png"
    assert struct.unpack(">II", picture.content[16:24]) == (1200, 630)


def test_messengers_are_led_to_where_people_reach_the_workspace(client: TestClient, workspace: Workspace) -> None:
    slug = workspace.pin_answer(_answer(workspace, "number of customers per country")).slug
    workspace.add_param(slug, "customer.country")
    workspace.url = "https://data.example.org"
    url = workspace.share(slug).url
    assert url.startswith("https://data.example.org/s/")
    for suffix in ("", "/table", "?country=Germany", "/slides?country=Germany"):
        page = client.get(url.removeprefix(workspace.url) + suffix).text
        tags = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', page))
        assert (tags["og:url"], tags["og:image"]) == (f"{url}{suffix}", f"{url}/preview.png")


@pytest.mark.parametrize("host", ['evil"><script>', "a b", "x" * 300, "evil.example/path"])
def test_a_made_up_host_gets_nowhere(client: TestClient, workspace: Workspace, slug: str, host: str) -> None:
    page = client.get(share(workspace, slug), headers={"host": host})
    assert "og:image" not in page.text and "evil" not in page.text


def test_the_style_sheet_is_the_one_that_the_policy_allows(client: TestClient, workspace: Workspace, slug: str) -> None:
    for url in (share(workspace, slug), share(workspace, slug, password=PASSWORD), "/s/" + "c" * 32):
        page = client.get(url)
        (style,) = re.findall(r"<style[^>]*>(.*?)</style>", page.text, re.DOTALL)
        assert chrome._hash(style) in page.headers["content-security-policy"]


# ------------------------------------------------------------------------------------------------------------ counting
def test_openings_by_people_are_counted(client: TestClient, workspace: Workspace, slug: str, clock: Clock) -> None:
    address = share(workspace, slug)

    def openings() -> int:
        (info,) = workspace.shares(slug)
        return info.openings

    client.get(address)
    assert openings() == 1
    for agent in ("Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "facebookexternalhit/1.1", "Twitterbot/1.0",
                  "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Discordbot/2.0)", "curl/8.5", "",
                  "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"):  # fmt: skip
        client.get(address, headers={"user-agent": agent})
    client.head(address)
    client.get(address, headers={"sec-purpose": "prefetch"})
    client.get(f"{address}/table")
    client.get(address, headers={"sec-fetch-site": "same-origin"})  # back from another face
    client.get(f"{address}/preview.png")
    assert openings() == 1
    client.get(address, headers={"sec-fetch-site": "cross-site"})
    (info,) = workspace.shares(slug)
    assert info.openings == 2
    assert info.first_opened is not None and info.last_opened is not None and info.first_opened < info.last_opened


def test_an_opening_with_a_password_counts_once_it_is_given(
    client: TestClient, workspace: Workspace, slug: str
) -> None:
    address = share(workspace, slug, password=PASSWORD)
    client.get(address)
    client.post(address, data={"password": "wrong wrong"})
    assert workspace.shares()[0].openings == 0
    client.post(address, data={"password": PASSWORD})
    assert workspace.shares()[0].openings == 1


# --------------------------------------------------------------------------------------------------------------- store
def test_the_token_is_nowhere_in_the_folder(workspace: Workspace, slug: str, client: TestClient) -> None:
    made = workspace.share(slug, password=PASSWORD, frozen=True)
    token = made.url.rpartition("/")[2]
    assert re.fullmatch(r"[a-z2-7]{32}", token)
    client.get(f"/s/{token}")
    for file in workspace.folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert token.encode() not in data, file
            assert PASSWORD.encode() not in data, file
    assert token not in repr(made.info) and made.info.key not in repr(made.info)


def test_tokens_and_salts_are_never_the_same(workspace: Workspace, slug: str) -> None:
    made = [workspace.share(slug, password=PASSWORD) for _ in range(3)]
    assert len({one.url for one in made}) == len({one.info.key for one in made}) == 3


def test_digests_and_proofs_are_compared_in_constant_time(
    workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hmac

    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: (compared.append(len(a)), real(a, b))[1])
    made = workspace.share(slug, password=PASSWORD)
    workspace.share_of(made.url.rpartition("/")[2])
    workspace.unlocked(made.info, workspace.unlock(made.info, PASSWORD))
    assert len(compared) == 3
