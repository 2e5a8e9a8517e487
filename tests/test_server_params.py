"""Parameters in addresses, sheets that are sorted by links, pages that do not wait for their slowest query."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import docx
import pptx
import pypdf
import pytest
from server_shop import make
from starlette.applications import Starlette
from starlette.testclient import TestClient

from workspace.api import Answer, Workspace, open_workspace
from workspace.artifact.model import Artifact, Break, Filter, Metric, NamedQuery, Param, Table, Text
from workspace.errors import ArtifactInvalid
from workspace.export import EXPORTS
from workspace.faces import FACES, page
from workspace.server import chrome, pages
from workspace.server.routes import routes
from workspace.store import artifacts


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path) -> Workspace:
    with open_workspace(shop, folder=tmp_path / "kept") as opened:
        yield opened


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    with TestClient(Starlette(routes=routes(workspace))) as made:
        yield made


@pytest.fixture
def slug(workspace: Workspace) -> str:
    """Customers in Germany, with the country as a parameter."""
    answer = workspace.ask("how many customers in Germany")
    assert isinstance(answer, Answer)
    info = workspace.pin_answer(answer)
    assert workspace.add_param(info.slug, "country").version == 2
    return info.slug


def figure(text: str) -> str:
    return re.findall(r'<span class="value">([^<]*)</span>', text)[0]


def test_values_stand_in_the_address(client: TestClient, slug: str) -> None:
    assert figure(client.get(f"/a/{slug}").text) == "2"
    france = client.get(f"/a/{slug}?country=France")
    assert figure(france.text) == "1"
    assert f'href="/a/{slug}/table?country=France"' in france.text
    assert figure(client.get(f"/a/{slug}/app?country=").text) == "3", "all"
    rows = client.get(f"/a/{slug}.csv?country=France")
    assert rows.text.splitlines()[1] == "1"
    shown = json.loads(client.get(f"/a/{slug}.json?country=France").text)
    assert shown["results"]["q1"]["receipt"]["params"] == {"country": "France"}


def test_what_is_not_offered_is_said_and_the_default_shown(client: TestClient, slug: str) -> None:
    answer = client.get(f"/a/{slug}", params={"country": "' or 1=1 --<script>"})
    assert answer.status_code == 200
    assert figure(answer.text) == "2"
    assert "is not among the values that are offered. Shown is Germany." in answer.text
    assert "<script>&#39;" not in answer.text
    assert client.get(f"/a/{slug}", params={"country": "x" * 5000}).status_code == 200


def test_the_form_is_a_plain_get_form(client: TestClient, slug: str) -> None:
    text = client.get(f"/a/{slug}/app").text
    (form,) = re.findall(r"<form class=\"bar\".*?</form>", text, re.DOTALL)
    assert f'method="get" action="/a/{slug}/app"' in form
    assert '<option value="Germany" selected>Germany</option>' in form
    assert '<option value="France">France</option>' in form
    assert 'type="submit"' in form


def test_scripts_are_the_ones_that_the_policy_allows(client: TestClient, slug: str) -> None:
    for face in ("document", "table", "slides", "app"):
        answer = client.get(f"/a/{slug}/{face}")
        (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        rule = answer.headers["content-security-policy"]
        assert f"script-src {chrome._hash(script)}" in rule
        assert "connect-src 'self'" in rule
        assert "unsafe" not in rule


def test_pages_are_kept_by_their_values_and_nothing_else(
    workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    real = workspace.open
    monkeypatch.setattr(workspace, "open", lambda *place: (opened.append(place[2]), real(*place))[1])
    with TestClient(Starlette(routes=routes(workspace))) as client:
        for address in ("", "?utm_source=x", "?country=France", "?country=France&q1.sort=n", "?country=France"):
            assert client.get(f"/a/{slug}{address}").status_code == 200
        assert opened == [(), (("country", "France"),)]
        for address in ("?q1.sort=-x", "?q1.sort=-x&nonsense=1", "?q9.sort=x"):
            assert client.get(f"/a/{slug}/table{address}").status_code == 200
    assert len(opened) == 4


def test_the_data_changes_under_a_value_too(client: TestClient, slug: str, shop: Path) -> None:
    assert figure(client.get(f"/a/{slug}?country=France").text) == "1"
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name, country) values ('Dan', 'France'), ('Eve', 'Chile')")
    again = client.get(f"/a/{slug}?country=France").text
    assert figure(again) == "2"
    assert '<option value="Chile">Chile</option>' in again, "what is offered is read again"


def test_kept_pages_have_a_size(workspace: Workspace, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "KEPT_BYTES", 40_000)
    made = pages.Pages(workspace)
    for number in range(5):
        made._keep(pages.Place(f"a{number}"), pages.Body("", b"x" * 15_000, b"", {}, 0.0))
    assert [kept.slug for kept in made._kept] == ["a3", "a4"]
    assert made._size == 30_000


def test_verbs(workspace: Workspace, slug: str) -> None:
    view = workspace.open(slug, given=[("country", "France"), ("other", "1")])
    assert view.results["q1"].rows == ((1,),)
    assert view.given == (("country", "France"),)
    with pytest.raises(ArtifactInvalid, match="There is no column colour"):
        workspace.add_param(slug, "colour")
    with pytest.raises(ArtifactInvalid, match="has no parameter x"):
        workspace.drop_param(slug, "x")
    assert workspace.drop_param(slug, "country").version == 3
    assert workspace.open(slug).results["q1"].rows == ((2,),)


def test_a_stale_figure_is_never_of_another_value(workspace: Workspace, slug: str, shop: Path) -> None:
    """The last good results are kept for the default values; under others a failing query shows none."""
    assert workspace.open(slug).results["q1"].rows == ((2,),)
    with sqlite3.connect(shop) as db:
        db.execute("alter table customer rename to client")
    assert workspace.open(slug).results["q1"].rows == ((2,),)
    assert "q1" not in workspace.open(slug, given=[("country", "")]).results


# -------------------------------------------------------------------------------------------------- slow queries
def slow(workspace: Workspace, steps: int) -> str:
    sql = (
        f"with recursive c(x) as (select 1 union all select x + 1 from c where x < {steps}) select count(*) as n from c"
    )
    queries = (
        NamedQuery(name="q1", source="shop", sql=sql, question="how many steps", planner="person"),
        NamedQuery(
            name="q2", source="shop", sql="select count(*) as customers from customer", question="how many customers"
        ),
    )
    blocks = (
        Text(template="There are {{ q1.value('n') }} steps."),
        Metric(query="q1", column="n", label="Steps"),
        Metric(query="q2", column="customers", label="Customers"),
        Table(query="q2"),
    )
    return artifacts.save(workspace.store, Artifact(title="Slow", queries=queries, blocks=blocks)).slug


def test_a_slow_query_leaves_the_rest_of_the_page_alone(
    workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.05)
    slug = slow(workspace, 3_000_000)
    for face in ("document", "app", "slides", "table"):
        for _ in range(40):  # on a busy machine the quick query takes longer than is waited for, too
            started = time.monotonic()
            answer = client.get(f"/a/{slug}/{face}")
            took = time.monotonic() - started
            if "data-pending" not in answer.text or ">3<" in answer.text:
                break
        if "data-pending" not in answer.text:  # it was ready before this face was asked for
            assert face != "document"
            continue
        assert answer.status_code == 200
        assert took < 10
        assert ">3<" in answer.text, "what is ready is shown"
        assert "could not be refreshed" not in answer.text
        assert "Live, parts of it still being worked out" in answer.text
        assert answer.text.count("data-late") >= 1, (
            "what the script waits for, also where an older result stands in its place"
        )
        place = f"/a/{slug}" if face == "document" else f"/a/{slug}/{face}"
        assert f'href="{place}?{page.WAIT}=1"' in answer.text, "a plain link"
        assert "<script>" in answer.text
    whole = client.get(f"/a/{slug}?{page.WAIT}=1").text
    assert "3,000,000" in whole
    assert "data-pending" not in whole
    assert "3,000,000" in client.get(f"/a/{slug}").text, "what was worked out meanwhile is there for the next reader"


def test_an_older_result_stands_in_for_a_slow_one(workspace: Workspace, shop: Path) -> None:
    slug = slow(workspace, 1_500_000)
    assert workspace.open(slug).fresh
    with sqlite3.connect(shop) as db:
        db.execute("insert into customer (name) values ('Dan')")
    view = workspace.open(slug, wait=0.0)
    assert "q1" in view.pending
    assert view.results["q1"].rows == ((1_500_000,),)
    text = FACES["document"](view)
    assert "data-late" in text
    assert "data-pending" not in text
    assert "1,500,000" in text


def test_the_same_slow_query_runs_once(workspace: Workspace) -> None:
    slug = slow(workspace, 1_500_000)
    first = workspace.open(slug, wait=0.0)
    second = workspace.open(slug, wait=30)
    assert first.pending == {"q1"} or first.pending == {"q1", "q2"}
    assert second.fresh
    assert workspace.open(slug).results["q1"].receipt.ran_at == second.results["q1"].receipt.ran_at
    assert not workspace._crew._running


def slow_options(workspace: Workspace, steps: int, **param: Any) -> str:
    """A page whose parameter offers values that take long to read; its queries are quick."""
    counted = f"with recursive c(x) as (select 1 union all select x + 1 from c where x < {steps})"
    offered = NamedQuery(name="offered", source="shop", planner="person", question="countries",
                         sql=f"{counted} select distinct country from customer where (select count(*) from c) > 0")  # fmt: skip
    queries = (
        NamedQuery(name="q1", source="shop", question="how many customers there", planner="person",
                   sql="select count(*) as n from customer where country = :country"),
        NamedQuery(name="q2", source="shop", question="how many customers", planner="person",
                   sql="select count(*) as n from customer"),
    )  # fmt: skip
    blocks = (Metric(query="q1", column="n", label="There"), Metric(query="q2", column="n", label="Everywhere"))
    wanted = Param(name="country", type="choice", query=offered, **param)
    artifact = Artifact(title="Slow values", queries=queries, blocks=blocks, params=(wanted,))
    return artifacts.save(workspace.store, artifact).slug


def test_values_that_take_long_to_read_do_not_hold_the_page(
    workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.4)
    slug = slow_options(workspace, 4_000_000, default="Germany")
    usual = client.get(f"/a/{slug}").text
    asked = client.get(f"/a/{slug}?country=France").text
    assert "Still being read" in usual and "data-pending" not in usual, "the default needs no list to hold"
    assert "Live, parts of it still being worked out" in usual and "data-late>" in usual
    assert '<option value="Germany" selected>' in usual
    assert "data-pending" in asked, "whether this value is offered is not known yet: nothing else is shown in its place"
    assert '<option value="France" selected>' in asked and "is not among the values" not in asked
    assert re.search(rf"href=\"/a/{slug}\?country=France&amp;{page.WAIT}=1\"", asked)
    whole = client.get(f"/a/{slug}?country=France&{page.WAIT}=1").text
    assert "data-pending" not in whole and "Still being read" not in whole and "data-late>" not in whole
    assert whole.count("<option") == 3, "all, and two countries"
    assert "Live, as of" in client.get(f"/a/{slug}").text, "read once, they are there for the next reader"


def test_where_a_value_is_needed_its_list_is_waited_for(workspace: Workspace) -> None:
    slug = slow_options(workspace, 3_000_000, required=True)
    view = workspace.open(slug, wait=0.0)
    assert view.settings[0].waiting == "value" and "q1" in view.pending and not view.fresh
    assert workspace.open(slug).settings[0].value == "France", "the first that is offered"


def test_a_list_that_cannot_be_read_is_said_and_the_default_holds(workspace: Workspace) -> None:
    slug = slow_options(workspace, 10, default="Germany")
    artifact = workspace.load(slug)
    (param,) = artifact.params
    assert param.query is not None
    broken = param.model_copy(update={"query": param.query.model_copy(update={"sql": "select town from customer"})})
    artifacts.edit(workspace.store, slug, artifact.model_copy(update={"params": (broken,)}))
    (setting,) = workspace.open(slug, given=[("country", "France")]).settings
    assert setting.problem == "The values that are offered cannot be read now. Shown is Germany."
    assert [option.label for option in setting.options] == ["Germany"]
    assert workspace.open(slug).settings[0].problem == ""


def test_files_have_everything(workspace: Workspace, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.0)
    assert "1000000" in client.get(f"/a/{slow(workspace, 1_000_000)}.json").text


# ---------------------------------------------------------------------------------------------------------- files
def test_files_have_the_values_that_were_chosen_and_hold(client: TestClient, workspace: Workspace, slug: str) -> None:
    artifact = workspace.load(slug)
    blocks = (*artifact.blocks, Filter(param="country"), Break(), Text(template="## After"), Text(template="The end."))
    artifacts.edit(workspace.store, slug, artifact.model_copy(update={"blocks": blocks}))
    links = re.findall(rf'href="(/a/{slug}\.[a-z]+[^"]*)" download', client.get(f"/a/{slug}?country=France").text)
    assert links == [f"/a/{slug}.{extension}?country=France" for extension in EXPORTS]
    files = {link.partition(".")[2].partition("?")[0]: client.get(link) for link in links}
    assert all(file.status_code == 200 for file in files.values())
    said = "Country: France"
    assert said in files["md"].text and said in files["html"].text and "\n---\n\n## After" in files["md"].text
    word = docx.Document(io.BytesIO(files["docx"].content))
    assert said in word.paragraphs[1].text and 'w:br w:type="page"' in word.element.xml
    pdf = pypdf.PdfReader(io.BytesIO(files["pdf"].content)).pages
    assert said in pdf[0].extract_text() and "After" in pdf[1].extract_text() and "After" not in pdf[0].extract_text()
    deck = pptx.Presentation(io.BytesIO(files["pptx"].content)).slides
    assert said in "\n".join(shape.text_frame.text for shape in deck[0].shapes if shape.has_text_frame)
    for extension in ("json", "html", "xlsx"):
        found = workspace.verify_file(files[extension].content, extension)
        assert found.holds and found.receipts == 1, (extension, found.findings)
    assert workspace.export(slug, "csv", given=[("country", "France")]).body == files["csv"].content


def test_a_setting_in_a_file_is_not_taken_for_granted(client: TestClient, workspace: Workspace, slug: str) -> None:
    made = client.get(f"/a/{slug}.json?country=France").json()
    for broken in ({"param": "none"}, {"value": {"a": 1}}, {"words": 7}, {"given": [["country", 1]]}, {"given": 3}):
        file = made | {"settings": [made["settings"][0] | broken]}
        with pytest.raises(ArtifactInvalid, match="malformed"):
            workspace.verify_file(json.dumps(file).encode(), "json")
