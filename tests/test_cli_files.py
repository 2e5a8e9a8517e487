"""`noapp export`, `noapp import`, `noapp verify`: what they write and print, how they end, what they say when they cannot."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from agent_shop import make

from workspace.cli import main
from workspace.export import EXPORTS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("NOAPP_MODEL", "NOAPP_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(make(tmp_path / "shop.sqlite"))


@pytest.fixture
def slug(shop: Path, capsys: pytest.CaptureFixture[str]) -> str:
    code, out, _ = run(capsys, "pin", str(shop), "how many customers are there", "--json")
    assert code == 0
    return json.loads(out)["slug"]


@pytest.mark.parametrize("extension", EXPORTS)
def test_a_page_becomes_a_file_with_a_sensible_name(
    extension: str, slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "export", slug, "--as", extension.upper())
    assert (code, err) == (0, "")
    assert out == f"{slug}.{extension}\n"
    assert Path(out.strip()).stat().st_size > 5
    assert run(capsys, "export", slug, "--as", extension)[1] == f"{slug}-2.{extension}\n", (
        "nothing is overwritten unasked"
    )
    assert run(capsys, "export", slug, "--as", extension, "-o", "mine")[1] == "mine\n"


def test_a_file_goes_to_stdout(slug: str) -> None:
    command = [sys.executable, "-m", "workspace", "export", slug, "--as", "xlsx", "-o", "-"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONPATH": str(ROOT), "PATH": ""})
    assert done.stderr == b""
    assert openpyxl.load_workbook(io.BytesIO(done.stdout)).sheetnames[0] == "Summary"
    assert zipfile.is_zipfile(io.BytesIO(done.stdout))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "nothing", "--as", "pdf"), "There is no artifact 'nothing'."),
        (("export", "{slug}", "--as", "exe"), "There is no export as exe. Choose one of pdf, docx, xlsx"),
        (("export", "{slug}", "--as", "pdf", "-o", "no/such/place.pdf"), "no/such/place.pdf cannot be written"),
        (("export", "{slug}", "--as", "pdf", "-o", "."), ". cannot be written"),
        (("import", "absent.json"), "absent.json cannot be read: no such file or directory."),
        (("import", "{shop}"), "This file is not text in UTF-8."),
        (("verify", "nothing"), "There is no artifact 'nothing'."),
        (("verify", "absent.html"), "absent.html cannot be read: no such file or directory."),
        (("verify", "{shop}"), "A .sqlite file does not carry its receipts"),
        (("verify", "{slug}", "--source", "absent.sqlite"), "There is no file at absent.sqlite."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...], said: str, slug: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *(word.format(slug=slug, shop=shop) for word in arguments))
    assert (code, out) == (1, "")
    assert err.startswith(f"noapp: {said}")
    assert err.count("\n") == 1


def test_verify_says_what_changed_and_fails(slug: str, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for extension in ("json", "html", "xlsx"):
        run(capsys, "export", slug, "--as", extension, "-o", f"page.{extension}")
    for what in (slug, "page.json", "page.html", "page.xlsx"):
        code, out, _ = run(capsys, "verify", what)
        assert code == 0
        assert out.startswith("Holds: 1 receipt of “")
    with closing(sqlite3.connect(shop)) as db:
        (before,) = db.execute("select count(*) from customer").fetchone()
        db.execute("insert into customer (name) values ('Zoe')")
        db.commit()
    for what in (slug, "page.json", "page.html", "page.xlsx"):
        code, out, _ = run(capsys, "verify", what)
        assert code == 5
        assert out.startswith("Does not hold: 1 receipt of “")
        assert f"{before}; now {before + 1}" in out
    code, out, _ = run(capsys, "verify", "page.html", "--json")
    found = json.loads(out)
    assert code == 5 and found["holds"] is False
    assert {finding["kind"] for finding in found["findings"]} == {"changed"}


def test_verify_says_what_was_altered_and_what_it_could_not_compare(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for extension in ("html", "xlsx"):
        run(capsys, "export", slug, "--as", extension, "-o", f"page.{extension}")
    book = openpyxl.load_workbook("page.xlsx")
    book.save("again.xlsx")
    code, out, _ = run(capsys, "verify", "again.xlsx")
    assert code == 6 and out.startswith("Holds as far as it could be compared: 1 receipt of “")
    assert "Another program or version saved it, so its charts" in out
    page = Path("page.html").read_text(encoding="utf-8")
    Path("styled.html").write_text(page.replace("</style>", "p::after{content:'9'}</style>"), encoding="utf-8")
    code, out, _ = run(capsys, "verify", "styled.html")
    assert code == 5 and "\n  style: " in out and "; altered in the file; written was " in out
    Path("titled.html").write_text(page.replace("How many", "So many"), encoding="utf-8")
    code, out, _ = run(capsys, "verify", "titled.html")
    assert code == 5 and f"\n  title: not that of version 1 of {slug} kept here: " in out
    code, out, _ = run(
        capsys, "verify", "page.html", "--workspace", str(tmp_path / "third"), "--source", "../shop.sqlite"
    )
    assert code == 0 and f"There is no version 1 of {slug} here: its words were checked against its own queries" in out


def test_a_file_does_not_steer_the_terminal(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A title that wipes the line before it would turn "Does not hold" into anything."""
    run(capsys, "export", slug, "--as", "json", "-o", "page.json")
    data = json.loads(Path("page.json").read_text(encoding="utf-8"))
    data["artifact"]["title"] = "A\x1b[2K\rHolds\u202e: all of it"
    Path("page.json").write_text(json.dumps(data), encoding="utf-8")
    code, out, _ = run(capsys, "verify", "page.json")
    assert code == 5 and out.startswith("Does not hold: 1 receipt of “A\ufffd[2K Holds\ufffd: all of it” run")
    assert not set("\x1b\r\u202e") & set(out)


def test_an_exported_page_moves_to_another_workspace(
    slug: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "export", slug, "--as", "json", "-o", "page.json")
    other = str(tmp_path / "other")
    code, _, err = run(capsys, "import", "page.json", "--workspace", other)
    assert code == 1
    assert "There is no source called shop in this workspace." in err
    code, out, _ = run(capsys, "import", "page.json", "--source", str(shop), "--workspace", other, "--json")
    assert code == 0
    made = json.loads(out)
    assert made["slug"] == slug
    code, out, _ = run(capsys, "export", made["slug"], "--as", "md", "-o", "-", "--workspace", other)
    assert code == 0
    assert run(capsys, "verify", slug, "--workspace", other)[0] == 0
    assert run(capsys, "verify", "page.json", "--workspace", str(tmp_path / "third"))[0] == 5
    assert run(capsys, "verify", "page.json", "--source", str(shop), "--workspace", str(tmp_path / "third"))[0] == 0


@pytest.mark.parametrize("kind", ["database", "file"])
def test_an_imported_page_reads_its_source_from_every_folder(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the other folder lies a file of that name, with other rows."""
    kept, name = str(tmp_path / "kept"), "shop.sqlite" if kind == "database" else "customer.csv"
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        if kind == "database":
            make(name)
            with closing(sqlite3.connect(name)) as db:
                db.execute("insert into customer (name) values ('Zoe')" if folder == "two" else "select 1")
                db.commit()
        else:
            Path(name).write_text("name\nAda\nBob\n" + "Zoe\n" * (folder == "two"), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "one")
    code, out, _ = run(capsys, "pin", name, "how many customers are there", "--json", "--workspace", "first")
    assert code == 0
    slug = json.loads(out)["slug"]
    run(capsys, "export", slug, "--as", "json", "-o", "page.json", "--workspace", "first")
    run(capsys, "export", slug, "--as", "csv", "-o", "page.csv", "--workspace", "first")
    assert run(capsys, "import", "page.json", "--source", name, "--workspace", kept)[0] == 0
    monkeypatch.chdir(tmp_path / "two")
    code, out, err = run(capsys, "export", slug, "--as", "csv", "-o", "-", "--workspace", kept)
    assert (code, err) == (0, "")
    assert out == (tmp_path / "one" / "page.csv").read_bytes().decode()


def test_a_place_that_was_kept_without_its_folder_is_not_guessed(
    slug: str, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "here" / ".noapp" / "workspace.sqlite")) as db:
        db.execute("update source set target = ?", ['["shop.sqlite"]'])
        db.commit()
    monkeypatch.setenv("NOAPP_WORKSPACE", str(tmp_path / "here" / ".noapp"))
    monkeypatch.chdir(shop.parent)
    code, out, _ = run(capsys, "verify", slug)
    assert code == 5 and "was kept without its folder: shop.sqlite. Say it once more: noapp serve /PATH/TO/shop" in out
    assert run(capsys, "pin", str(shop), "how many customers are there")[0] == 0
    code, out, _ = run(capsys, "verify", slug)
    assert code == 0, out


def test_a_file_is_not_written_under_the_name_of_another_kind(
    slug: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, made, _ = run(capsys, "compose", str(shop), "customers per city, number of customers", "--json")
    several = json.loads(made)["slug"]
    code, out, err = run(capsys, "export", several, "--as", "csv", "-o", "sub.d/all.csv")
    assert (code, out) == (1, "")
    assert err == (
        "noapp: sub.d/all.csv would be a ZIP: this page has several queries, and a CSV file for each. "
        "Name it sub.d/all.zip.\n"
    )
    assert run(capsys, "export", several, "--as", "csv", "-o", "all.zip")[1] == "all.zip\n"
    assert len(zipfile.ZipFile("all.zip").namelist()) == 2
    assert run(capsys, "export", several, "--as", "csv")[1] == f"{several}.zip\n"
    err = run(capsys, "export", slug, "--as", "pdf", "-o", "page.docx")[2]
    assert err == "noapp: page.docx would be a PDF file under another name. Name it page.pdf, or say --as docx.\n"
    assert not Path("page.docx").exists() and not Path("all.csv").exists()
    assert run(capsys, "export", slug, "--as", "csv", "-o", "one.CSV")[1] == "one.CSV\n"
