"""Verification: what holds, what changed in the data, what was altered in a file; and files that mean harm."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from workspace import open_workspace
from workspace.api import Workspace
from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Param, Shown, Table, Text
from workspace.database.result import Result, digest
from workspace.errors import ArtifactInvalid, LooseClaim, LooseNumeral, NotFound, SourceUnsupported
from workspace.export.file import writer
from workspace.export.reading import READ, read
from workspace.store import artifacts

SQL = "select country, sum(total) as revenue, count(*) as n from sale group by country order by revenue desc"


def build(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("create table sale (id integer primary key, country text, placed text, total real);")
        rows = [(("Chile", "Peru", "=1+1")[n % 3], f"2025-{n % 12 + 1:02}-11", n * 7 % 31 + 0.15) for n in range(90)]
        db.executemany("insert into sale (country, placed, total) values (?, ?, ?)", rows)
        db.commit()
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return build(tmp_path / "shop.sqlite")


@pytest.fixture
def workspace(shop: Path, tmp_path: Path):
    with open_workspace(shop, folder=tmp_path / "kept") as made:
        yield made


def artifact(source: str = "shop") -> Artifact:
    return Artifact(
        title="Sales",
        queries=(
            NamedQuery(
                name="q1",
                source=source,
                sql=SQL,
                question="revenue per country",
                columns=(Shown(name="revenue", total=True),),
            ),
            NamedQuery(
                name="q2", source=source, sql="select placed, total from sale order by id", question="all sales"
            ),
        ),
        blocks=(
            Text(
                template="{{ q1.at_max('country', 'n') }} leads{% if q1.tied('n') %}, with as many sales as another{% endif %}."
            ),
            Metric(query="q1", column="revenue", label="Revenue of the first"),
            Chart(query="q1", mark="bar", x="country", y="revenue", horizontal=True),
            Table(query="q1"),
            Table(query="q2"),
        ),
    )


@pytest.fixture
def slug(workspace: Workspace) -> str:
    info = artifacts.save(workspace.store, artifact())
    workspace.open(info.slug)
    return info.slug


def change(shop: Path, sql: str) -> None:
    with closing(sqlite3.connect(shop)) as db:
        db.execute(sql)
        db.commit()


def check(workspace: Workspace, what: str, slug: str):
    if what == "slug":
        return workspace.verify(slug)
    return workspace.verify_file(workspace.export(slug, what).body, what)


@pytest.mark.parametrize("what", ["slug", *READ])
def test_what_nothing_happened_to_holds(workspace: Workspace, slug: str, what: str) -> None:
    found = check(workspace, what, slug)
    assert found.holds, found.findings
    assert (found.title, found.receipts) == ("Sales", 2)
    assert found.figures > 90


@pytest.mark.parametrize("what", ["slug", *READ])
def test_a_figure_that_no_longer_follows_is_named(workspace: Workspace, slug: str, shop: Path, what: str) -> None:
    body = workspace.export(slug, what).body if what != "slug" else b""
    change(shop, "update sale set total = total + 3 where id = 2")
    found = workspace.verify(slug) if what == "slug" else workspace.verify_file(body, what)
    assert not found.holds
    assert {finding.kind for finding in found.findings} == {"changed"}
    said = " ".join(f"{finding.place} {finding.before} {finding.after}" for finding in found.findings)
    old, new = ("452.5", "455.5") if what == "xlsx" else ("452.50", "455.50")
    assert old in said and new in said
    assert len(found.findings) < 10, "what did not change is not told"
    assert workspace.verify(slug).holds == (what != "slug") or what != "slug"


def test_a_change_that_no_figure_shows_is_told_all_the_same(workspace: Workspace, shop: Path) -> None:
    hidden = artifact().model_copy(update={"blocks": (Text(template="Nothing of it."),)})
    info = artifacts.save(workspace.store, hidden)
    body = workspace.export(info.slug, "html").body
    change(shop, "delete from sale where id = 90")
    found = workspace.verify_file(body, "html")
    assert [finding.place for finding in found.findings] == ["result of q1", "result of q2"]


def test_a_query_that_cannot_be_run_again_is_told(workspace: Workspace, slug: str, shop: Path) -> None:
    change(shop, "alter table sale rename column total to amount")
    found = workspace.verify(slug)
    assert [finding.kind for finding in found.findings] == ["failed", "failed"]
    assert "total" in found.findings[0].after


@pytest.mark.parametrize("extension", ["html", "xlsx"])
def test_what_changed_is_told_beside_a_query_that_fails(workspace: Workspace, shop: Path, extension: str) -> None:
    both = artifact()
    broken = both.queries[1].model_copy(update={"sql": "select count(*) as n from visit", "plan": None})
    change(shop, "create table visit (id integer)")
    info = artifacts.save(
        workspace.store,
        both.model_copy(update={"queries": (both.queries[0], broken), "blocks": (Text(template="Nothing of it."),)}),
    )
    body = workspace.export(info.slug, extension).body
    change(shop, "drop table visit")
    change(shop, "update sale set total = total + 3 where id = 2")
    found = workspace.verify_file(body, extension)
    assert [(finding.kind, finding.place) for finding in found.findings] == [
        ("failed", "result of q2"),
        ("changed", "result of q1"),
    ]


# ---------------------------------------------------------------------------------------------------------- altered
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('<td class="n">459.50</td>', '<td class="n">983.00</td>', "table 1, row 1, Revenue"),
        ('>459.50</span><span class="label">', '>999.00</span><span class="label">', "figure 1"),
        ("with as many sales", "with twice the sales", "text 1"),
        ('<td class="s">Peru</td>', '<td class="s">Perú</td>', "table 1, row"),
        ("sum(total) as revenue", "sum(total) * 2 as revenue", "receipt of q1, SQL"),
        ("</main>", "<p>Revenue doubled.</p></main>", "text"),
        ("</main>", "Revenue doubled.</main>", "page"),
        ("<h1>Sales</h1>", "<h1>Sales, audited</h1>", "title"),
    ],
)
def test_what_was_altered_in_a_page_is_named(workspace: Workspace, slug: str, old: str, new: str, place: str) -> None:
    text = workspace.export(slug, "html").body.decode()
    head, kept, rest = text.partition('<script type="application/json"')
    altered = head.replace(old, new, 1) + kept + rest
    assert altered != text, old
    found = workspace.verify_file(altered.encode(), "html")
    assert {finding.kind for finding in found.findings} == {"altered"}
    assert any(finding.place.startswith(place) for finding in found.findings), found.findings


def test_what_was_altered_in_a_workbook_is_named(workspace: Workspace, slug: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workspace.export(slug, "xlsx").body))
    sheet = book["Revenue per country"]
    sheet["B2"] = 9_999
    sheet["B3"].number_format = '"12,345"'
    book["Summary"]["A4"] = "Everything doubled."
    out = io.BytesIO()
    book.save(out)
    found = workspace.verify_file(out.getvalue(), "xlsx")
    places = {finding.place for finding in found.findings}
    assert {"Revenue per country, B2", "Revenue per country, B3", "Summary, A4"} <= places
    assert {finding.kind for finding in found.findings} == {"altered"}


def test_rows_that_are_not_those_of_their_receipt(workspace: Workspace, slug: str) -> None:
    data = json.loads(workspace.export(slug, "json").body)
    data["results"]["q1"]["rows"][0][1] = 1.0
    found = workspace.verify_file(json.dumps(data).encode(), "json")
    assert {finding.kind for finding in found.findings} == {"altered"}
    assert any("row 1, Revenue" in finding.place for finding in found.findings)
    data["results"]["q1"]["receipt"]["digest"] = "0" * 64
    assert not workspace.verify_file(json.dumps(data).encode(), "json").holds


# ------------------------------------------------------------------------------------- altered together with its origin
def edited(body: bytes, old: str, new: str) -> bytes:
    text = body.decode()
    assert old in text, old
    return text.replace(old, new).encode()


@pytest.mark.parametrize("extension", ["html", "json"])
@pytest.mark.parametrize(
    ("old", "new", "kind", "place"),
    [
        (" leads{%", " leads (profit 9,999,999){%", "refused", "words"),
        (" leads{%", " trails{%", "unlike", "template of block 1"),
        ("as many sales as another", "a few sales", "unlike", "template of block 1"),
        ("Sales", "Sales, audited", "unlike", "title"),
        ("all sales", "all audited sales", "unlike", "question of q2"),
        ("order by id", "order by id limit 9", "unlike", "SQL of q2"),
        ("Revenue of the first", "Profit of the first", "unlike", "label of block 2"),
    ],
)
def test_search_and_replace_through_a_whole_file_does_not_hold(
    workspace: Workspace, slug: str, extension: str, old: str, new: str, kind: str, place: str
) -> None:
    found = workspace.verify_file(edited(workspace.export(slug, extension).body, old, new), extension)
    assert (kind, place) in {(finding.kind, finding.place) for finding in found.findings}, found.findings
    assert all(finding.against for finding in found.findings if finding.kind == "unlike")


def test_a_page_from_elsewhere_is_held_to_what_every_page_is_held_to(
    workspace: Workspace, slug: str, shop: Path, tmp_path: Path
) -> None:
    body = workspace.export(slug, "json").body
    with open_workspace(shop, folder=tmp_path / "other") as other:
        found = other.verify_file(body, "json")
        assert found.holds and not found.unsure
        assert found.notes[0].startswith("There is no version 1 of sales here: its words were checked against its own")
        for old, new in (
            (" leads{%", " leads (profit 9,999,999){%"),
            ("{{ q1.at_max('country', 'n') }} leads", "Peru leads"),
        ):
            assert {f.kind for f in other.verify_file(edited(body, old, new), "json").findings} >= {"refused"}, new
    assert workspace.verify_file(body, "json").notes == ()


def test_an_older_version_is_compared_with_itself(workspace: Workspace, slug: str) -> None:
    body = workspace.export(slug, "html").body
    workspace.rename_artifact(slug, "Sales of all")
    assert workspace.verify_file(body, "html").holds
    found = workspace.verify_file(
        edited(body, ">Sales<", ">Sales of all<").replace(b'"Sales"', b'"Sales of all"'), "html"
    )
    assert [(f.place, f.before, f.after, f.against) for f in found.findings if f.kind == "unlike"] == [
        ("title", "Sales of all", "Sales", "version 1 of sales kept here")
    ]


def test_sql_that_is_not_that_of_its_receipt_does_not_hold(
    workspace: Workspace, slug: str, tmp_path: Path, shop: Path
) -> None:
    data = json.loads(workspace.export(slug, "json").body)
    for sql in ("attach '/etc/passwd' as x", "select readfile('/etc/passwd')", "delete from sale", "select 1 as n"):
        data["artifact"]["queries"][1]["sql"] = sql
        body = json.dumps(data).encode()
        found = workspace.verify_file(body, "json")
        assert ("unlike", "its receipt") in {(f.kind, f.against) for f in found.findings if f.place == "SQL of q2"}
        refused = [f.place for f in found.findings if f.kind == "refused"]
        assert refused == ([] if "select 1" in sql else ["SQL of q2"]), (sql, found.findings)
        with open_workspace(shop, folder=tmp_path / "other") as other:
            assert not other.verify_file(body, "json").holds


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("</style>", ".x{} main p::after{content:'profit 9,999,999'}</style>", "style"),
        ("</head>", "<style>main p{visibility:hidden}</style></head>", "style"),
        ("</body>", "<script>document.title = 'profit 9,999,999'</script></body>", "script"),
        ('aria-label="', 'aria-label="profit 9,999,999 ', "markup"),
        ("<main", '<main style="opacity:0"', "markup"),
        ("</main>", '</main><img alt="profit 9,999,999" src="data:,">', "markup"),
        ("default-src 'none'", "default-src *", "markup"),
        ('"artifact_version": 1', '"artifact_version": 1, "profit": 9999999', "markup"),
    ],
)
def test_what_no_text_shows_is_held_to_what_is_written(
    workspace: Workspace, slug: str, shop: Path, old: str, new: str, place: str
) -> None:
    body = workspace.export(slug, "html").body
    altered = edited(body, old, new)
    assert [(f.kind, f.place) for f in workspace.verify_file(altered, "html").findings] == [("written", place)]
    moved = body.replace(b"\n", b"\r\n")
    assert workspace.verify_file(moved, "html").holds, "a system's own line ends are no alteration"
    change(shop, "delete from sale where id = 90")
    if place in ("style", "script"):
        assert place in {f.place for f in workspace.verify_file(altered, "html").findings}, "in changed data as well"


def test_another_version_of_the_exporter_is_said_and_not_held_against_a_file(workspace: Workspace, slug: str) -> None:
    body = edited(workspace.export(slug, "html").body, "</style>", ".x{}</style>")
    older = edited(body, f'"writer": "{writer()}"', '"writer": "0123456789abcdef"')
    found = workspace.verify_file(older, "html")
    assert found.holds
    assert [sentence.partition(",")[0] for sentence in found.unsure] == [
        "It says that another version of the workspace wrote it"
    ]


def test_what_is_added_to_a_json_does_not_hold(workspace: Workspace, slug: str) -> None:
    body = workspace.export(slug, "json").body
    assert workspace.verify_file(json.dumps(json.loads(body)).encode(), "json").holds, "another layout is the same"
    for old, new, place in (
        ('"slug": "sales"', '"slug": "sales", "profit": 9999999', "profit"),
        ('"slug": "sales"', '"slug": "other", "slug": "sales"', "the entry slug"),
        ('"problems": {}', '"problems": {}, "results ": {"profit": 9999999}', "results "),
    ):
        found = workspace.verify_file(edited(body, old, new), "json")
        assert [(f.kind, f.place) for f in found.findings] == [("written", place)]


def test_a_workbook_that_was_saved_again_holds_as_far_as_it_can_be_compared(workspace: Workspace, slug: str) -> None:
    body = workspace.export(slug, "xlsx").body
    book = openpyxl.load_workbook(io.BytesIO(body))
    (place,) = [cell.coordinate for row in book["Revenue per country"] for cell in row if cell.data_type == "f"]
    for formula, holds in (("", True), ("=9999999", False)):
        if formula:
            book["Revenue per country"][place] = formula
        out = io.BytesIO()
        book.save(out)
        found = workspace.verify_file(out.getvalue(), "xlsx")
        assert found.holds == holds, found.findings
        assert found.unsure[0].startswith("1 total has no value to compare: the program that saved it")
        assert found.unsure[1].startswith("Another program or version saved it, so its charts")
    assert [f.place for f in found.findings] == [f"Revenue per country, {place}"]
    assert workspace.verify_file(body, "xlsx").unsure == ()


def packed_again(body: bytes, **parts: bytes) -> bytes:
    """A workbook packed by hand as its exporter packs it, with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            part = parts.get(name.rpartition("/")[2].removesuffix(".xml"))
            new.writestr(zipfile.ZipInfo(name), old.read(name) if part is None else part)
    return out.getvalue()


def test_that_another_program_saved_a_workbook_is_said_of_those_alone(
    workspace: Workspace, slug: str, shop: Path
) -> None:
    body = workspace.export(slug, "xlsx").body
    assert workspace.verify_file(packed_again(body), "xlsx").unsure == (), "the same parts, packed otherwise"
    saved, out = openpyxl.load_workbook(io.BytesIO(body)), io.BytesIO()
    saved.save(out)
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        core = packed.read("docProps/core.xml").replace(b"<cp:lastModifiedBy>", b"<cp:lastModifiedBy>Ann")
    named = packed_again(body, core=core)
    change(shop, "update sale set total = total + 3 where id = 2")
    for file, sentence in (
        (body, "Its charts, comments, shapes and hidden parts were not compared, because they are written"),
        (packed_again(body), "Its charts, comments, shapes and hidden parts were not compared, because they are"),
        (out.getvalue(), "Another program or version saved it"),
        (named, "Another program or version saved it"),
    ):
        found = workspace.verify_file(file, "xlsx")
        assert not found.holds and found.unsure[-1].startswith(sentence), found.unsure
    change(shop, "update sale set total = total - 3 where id = 2")
    assert workspace.verify_file(body, "xlsx").unsure == ()


def with_country(source: str) -> Artifact:
    offered = NamedQuery(name="c", source=source, sql="select distinct country from sale order by country")
    sql = "select count(*) as n from sale where country = :country"
    return Artifact(
        title="Sales of one",
        params=(Param(name="country", type="choice", query=offered, default="Chile"),),
        queries=(
            NamedQuery(name="q1", source=source, sql=sql, question="how many sales", params={"country": "Chile"}),
        ),
        blocks=(Text(template="{{ q1.value('n') }} sales."), Table(query="q1")),
    )


@pytest.mark.parametrize("extension", READ)
def test_the_values_of_parameters_are_read_anew(
    workspace: Workspace, shop: Path, tmp_path: Path, extension: str
) -> None:
    slug = artifacts.save(workspace.store, with_country("shop")).slug
    for given in ((), (("country", "Peru"),), (("country", ""),)):
        body = workspace.export(slug, extension, given=given).body
        found = workspace.verify_file(body, extension)
        assert found.holds and not found.unsure and not found.notes, (given, found)
        with open_workspace(shop, folder=tmp_path / "other") as other:
            assert other.verify_file(body, extension).holds
    body = workspace.export(slug, "json", given=[("country", "Peru")]).body
    for old, new in (('"words": "Peru"', '"words": "Chile"'), ('"country": "Peru"', '"country": "Chile"')):
        assert not workspace.verify_file(edited(body, old, new), "json").holds


# ------------------------------------------------------------------------------------------------------------- harm
@pytest.mark.parametrize(
    "sql",
    ["delete from sale", "select * from sale; drop table sale", "attach 'x' as y", "select load_extension('x')",
     "pragma query_only = 0", "select * from sqlite_master", "", "vacuum into 'copy'"],
)  # fmt: skip
def test_the_sql_of_a_file_goes_through_the_guard(workspace: Workspace, slug: str, shop: Path, sql: str) -> None:
    before = shop.read_bytes()
    data = json.loads(workspace.export(slug, "json").body)
    data["results"]["q1"]["receipt"]["sql"] = sql
    found = workspace.verify_file(json.dumps(data).encode(), "json")
    assert [finding.kind for finding in found.findings if finding.place == "result of q1"] == ["failed"]
    assert shop.read_bytes() == before
    assert not list(shop.parent.glob("copy*"))


@pytest.mark.parametrize(
    ("extension", "body"),
    [
        ("json", b"["), ("json", b"[" * 100_000), ("json", b"[]"), ("json", b"{}"), ("json", b"\xff\xfe"),
        ("json", b'{"version": 99}'), ("html", b"<p>Hello</p>"), ("html", b'<script id="noapp" type="application/json">{}</script>'),
        ("xlsx", b"no"), ("xlsx", b"PK\x05\x06" + b"\0" * 18), ("docx", b""), ("exe", b""), ("", b""),
    ],
)  # fmt: skip
def test_what_is_no_exported_file_is_said_in_a_sentence(extension: str, body: bytes) -> None:
    with pytest.raises(ArtifactInvalid) as problem:
        read(body, extension)
    assert problem.value.message.endswith(".")


def test_malformed_parts_of_a_file_are_said_in_a_sentence(workspace: Workspace, slug: str) -> None:
    whole = json.loads(workspace.export(slug, "json").body)
    for path, value in (
        (("results",), []), (("results", "q1", "rows"), 3), (("results", "q1", "receipt"), {}), (("as_of",), "yesterday"),
        (("results", "q9"), whole["results"]["q1"]), (("problems",), {"q1": {"code": 1}}), (("slug",), 7), (("offset",), 10**9),
        (("artifact", "queries"), "x"), (("results", "q1", "receipt", "ran_at"), "now"), (("artifact_version",), "x"),
        (("results", "q1", "rows"), [[1]]), (("results", "q1", "receipt", "rows"), "many"), (("results", "q1", "receipt", "params"), 5),
    ):  # fmt: skip
        data = json.loads(json.dumps(whole))
        target = data
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value
        with pytest.raises(ArtifactInvalid):
            read(json.dumps(data).encode(), "json")


def test_a_workbook_that_unpacks_without_end_is_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(9):
            packed.writestr(f"xl/{part}.xml", bytes(100_000_000))
    with pytest.raises(ArtifactInvalid, match="too large"):
        read(out.getvalue(), "xlsx")


# ----------------------------------------------------------------------------------------------------------- import
def test_an_exported_page_comes_back_equal(workspace: Workspace, slug: str, shop: Path, tmp_path: Path) -> None:
    body = workspace.export(slug, "json").body
    info = workspace.take_in(body).info
    assert info.slug != slug
    assert workspace.load(info.slug) == workspace.load(slug)
    with open_workspace(folder=tmp_path / "other") as other:
        with pytest.raises(NotFound):
            other.take_in(body)
        assert other.artifacts() == []
        assert other.load(other.take_in(body, shop).info.slug) == workspace.load(slug)
    with open_workspace(folder=tmp_path / "other") as other:  # the source is remembered
        assert other.open("sales").fresh
        assert other.verify("sales").holds


def test_another_source_of_that_name_keeps_it(workspace: Workspace, slug: str, tmp_path: Path) -> None:
    body = workspace.export(slug, "json").body
    (tmp_path / "elsewhere").mkdir()
    copy = build(tmp_path / "elsewhere" / "shop.sqlite")
    info = workspace.take_in(body, copy).info
    (source,) = {query.source for query in workspace.load(info.slug).queries}
    assert source != "shop"
    assert workspace.open(info.slug).fresh


def test_what_could_not_have_been_made_here_is_not_taken_in(workspace: Workspace, slug: str, shop: Path) -> None:
    whole = json.loads(workspace.export(slug, "json").body)
    for change_, problem in (
        ({"blocks": [{"kind": "text", "template": "Revenue was 5 million."}]}, LooseNumeral),
        ({"blocks": [{"kind": "text", "template": "{{ q1.__class__ }}"}]}, ArtifactInvalid),
        ({"blocks": [{"kind": "script", "template": "x"}]}, ArtifactInvalid),
        ({"format_version": 99}, ArtifactInvalid),
    ):
        with pytest.raises(problem):
            workspace.take_in(json.dumps(whole | {"artifact": whole["artifact"] | change_}).encode())
    two = whole["artifact"]
    two["queries"][1]["source"] = "other"
    with pytest.raises(SourceUnsupported):
        workspace.take_in(json.dumps(whole).encode(), shop)


def test_words_that_nothing_tests_are_kept_as_they_are_and_said(workspace: Workspace, slug: str) -> None:
    """A page from before such words were tested: who has only this file gets it, and is told what will not move."""
    whole = json.loads(workspace.export(slug, "json").body)
    old = "France leads with {{ q1.rows }} rows and **rose** up from it; at most it leads."
    whole["artifact"]["blocks"].insert(0, {"kind": "text", "template": old})
    taken = workspace.take_in(json.dumps(whole).encode())
    assert workspace.open(taken.info.slug).blocks[0].plain.startswith("France leads with ")
    assert workspace.load(taken.info.slug).blocks[0].template.count("|constant") == 4  # type: ignore[union-attr]
    assert [word.split(" ")[0] for word in taken.words] == ["“leads”", "“rose”", "“up”", "“leads”"]
    assert taken.note.startswith("Kept as the file has them, whatever the data says: “leads” (“France leads with")
    again = workspace.take_in(workspace.export(taken.info.slug, "json").body)
    assert again.note == "", "they are marked now"
    whole["artifact"]["blocks"][0]["template"] = "{{ 'it leads' if q1.one else 'it rose' }}"
    with pytest.raises(LooseClaim):
        workspace.take_in(json.dumps(whole).encode())


def test_the_figures_of_a_file_are_not_taken_over(workspace: Workspace, slug: str) -> None:
    data = json.loads(workspace.export(slug, "json").body)
    data["results"]["q1"]["rows"][0][1] = 1e9
    info = workspace.take_in(json.dumps(data).encode()).info
    with pytest.raises(ArtifactInvalid, match="no saved results"):
        workspace.verify(info.slug)


# ---------------------------------------------------------------------------------------------------------- digests
def test_files_keep_what_the_digest_is_of(workspace: Workspace, slug: str) -> None:
    """What an engine makes of a sum differs in its last bits from version to version; the digest does not."""
    for noise in (0.0, 5e-14):
        assert digest(1, [(483.1 + noise,), (0.1,)]) == digest(1, [(483.1,), (0.1 + noise / 1e4,)])
    assert digest(1, [(483.1,)]) != digest(1, [(483.100000001,)])
    result = workspace.open(slug).results["q1"]
    again = Result.from_dict(json.loads(workspace.export(slug, "json").body)["results"]["q1"])
    assert digest(len(again.columns), again.rows) == result.receipt.digest
