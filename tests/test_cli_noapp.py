"""`noapp` on the command line: what it prints, how it ends, what it says when it cannot."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from agent_shop import AMBIGUOUS, make, make_ambiguous

from workspace.cli import main

ROOT = Path(__file__).resolve().parent.parent
MANY = "how many customers are there"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs in a folder of its own, with no model."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("NOAPP_MODEL", "NOAPP_MODEL_BASE_URL", "NOAPP_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(make(tmp_path / "shop.sqlite"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def noapp(*arguments: str) -> subprocess.Popen[str]:
    """The command as a process of its own, in its own process group."""
    return subprocess.Popen(
        [sys.executable, "-m", "workspace", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


# --------------------------------------------------------------------------------------------------------- help
def test_help_shows_verbs_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    for verb in ("serve", "ask", "pin", "compose", "artifacts", "eval", "doctor"):
        assert re.search(rf"^    {verb}\b", text, re.MULTILINE), verb
    assert 'noapp ask chinook.sqlite "revenue per year"' in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("verb", ["serve", "ask", "pin", "artifacts", "eval", "doctor"])
def test_each_verb_has_help(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0 and f"noapp {verb}" in capsys.readouterr().out


def test_without_a_verb_it_serves(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing.sqlite")
    for arguments in ([missing], [missing, "--port", "0", "--no-browser"], ["--no-browser", missing]):
        assert main(arguments) == 1
        assert "There is no file at" in capsys.readouterr().err
    assert main(["postgresql://host/shop"]) == 1
    assert "server databases come later" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom workspace.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = ('pydantic', 'sqlglot', 'sqlmodel', 'langgraph', 'streamlit', 'jinja2', 'asyncio', 'sqlite3')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "wrong", [["ask"], ["ask", "x.sqlite"], ["nonsense"], ["serve", "--port", "99999"], ["serve", "--port", "x"]]
)
def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "usage: noapp" in capsys.readouterr().err


def test_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"noapp \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


# ---------------------------------------------------------------------------------------------------------- ask
def test_an_answer_is_a_sentence_a_table_and_the_reading(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, err = run(capsys, "ask", shop, "customers", "per", "city")
    assert (code, err) == (0, "")
    finding, table, reading = out.rstrip("\n").split("\n\n")
    assert "Berlin" in finding and finding.endswith(".")
    lines = table.splitlines()
    assert len(lines) == 5 and set(lines[1]) == {"─", " "}
    assert all(line.endswith(str(number)) for line, number in zip(sorted(lines[2:]), (2, 1, 1), strict=True))
    assert len({len(line) for line in lines[1:]}) == 1, "figures line up at the right"
    assert "city" in reading


def test_one_figure_needs_no_table(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "ask", shop, MANY)
    assert code == 0 and out.startswith("There are 4 customers.\n") and "─" not in out


def test_wide_text_and_foreign_scripts_line_up(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table customer (name text, city text)")
        connection.executemany(
            "insert into customer values (?, ?)", [("日本語", "x"), ("Ada " * 60, "y"), ("a\nb", None)]
        )
    connection.close()
    code, out, _ = run(capsys, "ask", str(path), "all customers with name and city")
    assert code == 0
    table = next(part for part in out.split("\n\n") if "─" in part)
    assert len(table.splitlines()) == 5, "a line break in a cell does not break the table"
    assert "…" in table and "日本語" in table


def test_rows_as_csv(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "ask", shop, "customers per city", "--csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert code == 0 and len(rows) == 4 and sorted(rows[1:]) == [["Berlin", "2"], ["Paris", "1"], ["Rome", "1"]]


def test_everything_as_json(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "ask", shop, MANY, "--json")
    data = json.loads(out)
    assert code == 0 and data["rows"] == [[4]] and data["kind"] == "answer"
    assert data["receipt"]["planner"] == "rule" and len(data["receipt"]["digest"]) == 64
    assert data["sql"] == data["receipt"]["sql"]


def test_sql_runs_elsewhere_as_it_is_printed(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "ask", shop, "customers in Berlin", "--sql")
    assert code == 0 and ":p1" not in out and "'Berlin'" in out
    with sqlite3.connect(shop) as connection:
        assert len(connection.execute(out).fetchall()) == 2
    connection.close()


def test_strict_prints_only_the_asked_columns(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    _, loose, _ = run(capsys, "ask", shop, "best selling product", "--csv")
    code, strict, _ = run(capsys, "ask", shop, "best selling product", "--csv", "--strict")
    assert code == 0 and len(strict.splitlines()[0]) <= len(loose.splitlines()[0])


@pytest.mark.parametrize("form", ["--sql", "--csv", "--json", ""])
def test_two_readings_are_code_3(
    capsys: pytest.CaptureFixture[str], shop: str, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    make_ambiguous(monkeypatch)
    code, out, err = run(capsys, "ask", shop, AMBIGUOUS, *([form] if form else []))
    assert code == 3
    if form == "--json":
        assert [choice["label"] for choice in json.loads(out)["choices"]] == [
            "who live in Berlin",
            "who come from Berlin",
        ]
        return
    said = err if form else out
    assert "Which city do you mean?" in said and "1. who live in Berlin" in said
    assert not (out if form else err), "nothing goes down a pipe that expects rows"


def test_not_understood_is_code_4(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "ask", shop, "which flurbs grommeted the zorkmid")
    assert code == 4 and "zorkmid" in out
    code, out, _ = run(capsys, "ask", shop, "which flurbs grommeted the zorkmid", "--json")
    assert code == 4 and json.loads(out)["kind"] == "decline"


def test_data_files_are_asked_directly(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,age\nAda,36\nBob,41\n")
    code, out, _ = run(capsys, "ask", str(tmp_path / "people.csv"), "how many people are there", "--csv")
    assert code == 0 and out.splitlines()[1:] == ["2"]


def test_a_reader_that_goes_away_is_no_error(shop: str) -> None:
    process = noapp("ask", shop, "customers per city", "--csv")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert "Traceback" not in process.stderr.read()


# -------------------------------------------------------------------------------------------------------- errors
BROKEN = [
    ("gone.sqlite", None, "There is no file at"),
    ("empty.sqlite", b"", "is empty"),
    ("words.sqlite", b"words " * 1000, "not a"),
    ("bare.sqlite", "bare", "without tables"),
    ("bad.xlsx", b"nonsense", "bad.xlsx"),
    ("broken.csv", b"\x00\x01\x02" * 100, "broken.csv"),
    ("deck.pptx", b"x", "deck.pptx"),
]


@pytest.mark.parametrize("verb", ["ask", "pin", "serve"])
@pytest.mark.parametrize(("name", "content", "words"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_what_cannot_be_opened_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: str, name: str, content: bytes | str | None, words: str
) -> None:
    path = tmp_path / name
    if content == "bare":
        sqlite3.connect(path).executescript("create table t (x); drop table t; vacuum").close()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    rest = [MANY] if verb != "serve" else ["--no-browser", "--port", "0"]
    code, out, err = run(capsys, verb, str(path), *rest)
    assert code == 1 and out == ""
    assert err.startswith("noapp: ") and words in err and err.count("\n") == 1, err
    assert "Traceback" not in err and "error occurred" not in err.lower()


def test_server_databases_are_said_to_come_later(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "ask", "postgresql://me@host/db", MANY)
    assert code == 1 and "later" in err


def test_a_malformed_model_setting_is_said(
    capsys: pytest.CaptureFixture[str], shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOAPP_MODEL", "gpt")
    for arguments in (["ask", shop, MANY], ["serve", shop, "--port", "0", "--no-browser"]):
        code, _, err = run(capsys, *arguments)
        assert code == 1 and "provider:name" in err


def test_a_workspace_that_cannot_be_used_is_said(capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    code, _, err = run(capsys, "pin", shop, MANY, "--workspace", str(tmp_path / "taken"))
    assert code == 1 and "taken" in err and "--workspace" in err
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "workspace.sqlite").write_bytes(b"damaged " * 1000)
    code, _, err = run(capsys, "artifacts", "--workspace", str(tmp_path / "folder"))
    assert code == 1 and "damaged" in err


# ------------------------------------------------------------------------------------------------------- library
def test_params_are_listed_added_and_dropped(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    assert run(capsys, "pin", shop, "how many customers are there", "--title", "Count")[0] == 0
    code, out, _ = run(capsys, "params", "count")
    assert code == 0 and "can set nothing yet" in out
    code, out, _ = run(capsys, "params", "count", "--add", "customer.city", "--several", "--json")
    (found,) = json.loads(out)["params"]
    assert (code, found["name"], found["type"], found["usually"]) == (0, "city", "multi", "all")
    assert found["url"].startswith("http://localhost:8501/a/count?city=")
    code, out, _ = run(capsys, "params", "count")
    assert "city  City, multi, usually all\n  offered: " in out
    for wrong in (["--add", "customer.colour"], ["--drop", "colour"], ["--add", "city", "--query", "q9"]):
        code, out, err = run(capsys, "params", "count", *wrong)
        assert code == 1 and err.startswith("noapp: ") and not out
    changed = ("--change", "city", "--label", "Town", "--single", "--default", "Berlin")
    code, out, _ = run(capsys, "params", "count", *changed)
    assert code == 0 and "city  Town, choice, usually Berlin" in out
    code, out, _ = run(capsys, "params", "count", "--change", "city", "--default", "")
    assert code == 0 and "city  Town, choice, usually all" in out
    code, out, err = run(capsys, "params", "count", "--change", "city", "--default", "Atlantis")
    assert code == 1 and "not among the values that are offered" in err and not out
    assert "can set nothing yet" in run(capsys, "params", "count", "--drop", "city")[1]


def test_pin_prints_slug_and_url_and_artifacts_lists_it(
    capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "artifacts")
    assert code == 0 and "Nothing has been kept yet" in out and not Path(".noapp").exists()
    code, out, _ = run(capsys, "pin", shop, MANY)
    assert code == 0 and "slug  how-many-customers-are-there" in out
    assert "URL   http://localhost:8501/a/how-many-customers-are-there" in out
    assert Path(".noapp/workspace.sqlite").exists()
    code, out, _ = run(capsys, "pin", shop, "customers per city", "--json", "--title", "Cities")
    assert json.loads(out) == {
        "slug": "cities",
        "url": "http://localhost:8501/a/cities",
        "title": "Cities",
        "version": 1,
    }
    code, out, _ = run(capsys, "artifacts", "cit", "--json")
    (found,) = json.loads(out)
    assert (found["slug"], found["question"], found["source"]) == ("cities", "customers per city", "shop")
    code, out, _ = run(capsys, "artifacts")
    assert "Cities\n  http://localhost:8501/a/cities  version 1" in out
    code, out, _ = run(capsys, "pin", shop, "which flurbs grommeted the zorkmid")
    assert code == 4


def test_the_workspace_is_chosen_by_option_or_variable(
    capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "pin", shop, MANY, "--workspace", str(tmp_path / "one"))
    monkeypatch.setenv("NOAPP_WORKSPACE", str(tmp_path / "two"))
    run(capsys, "pin", shop, MANY)
    assert (tmp_path / "one" / "workspace.sqlite").exists() and (tmp_path / "two" / "workspace.sqlite").exists()
    assert not Path(".noapp").exists()


# -------------------------------------------------------------------------------------------------------- doctor
def test_doctor_reports_and_names_remedies(
    capsys: pytest.CaptureFixture[str], shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(capsys, "doctor")
    assert code == 0 and "SQLite 3" in out and "streamlit" in out and "No language model is configured" in out
    assert "WRONG" not in out and not Path(".noapp").exists()
    run(capsys, "pin", shop, MANY)
    assert "chats 0, artifacts 1" in run(capsys, "doctor")[1]
    monkeypatch.setenv("NOAPP_MODEL", "nosuchvendor:x")
    assert "pip install langchain-nosuchvendor" in run(capsys, "doctor")[1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("NOAPP_MODEL", "openai:x")
        monkeypatch.setenv("NOAPP_MODEL_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}/v1")
    assert "nobody answers" in run(capsys, "doctor")[1]
    Path(".noapp/workspace.sqlite").write_bytes(b"damaged " * 1000)
    code, out, _ = run(capsys, "doctor")
    assert code == 1 and "WRONG" in out and "damaged" in out


def test_what_is_odd_in_a_data_file_is_said_where_it_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, sound = Path("lead.csv"), "id,name,n\n1,Ann,2\n2,Bob,3\n"
    lead.write_text(sound + "3,Cid\n")
    said = "lead.csv: 1 row has fewer cells than the header (line 4); what is missing was left empty."
    code, out, err = run(capsys, "ask", "lead.csv", "how many leads are there")
    assert code == 0 and f"noapp: {said}" in err and said not in out
    assert said not in run(capsys, "ask", "lead.csv", "how many leads are there")[2], "the file was not read again"
    monkeypatch.setattr("workspace.server.app.serve", lambda *_: None)
    assert said in run(capsys, "serve", "lead.csv", "--no-browser")[1]
    code, out, _ = run(capsys, "doctor")
    assert code == 0 and f"note   Data file {said}" in out
    lead.write_text(sound + "3 Cid,4\n")
    damaged = "lead.csv, line 4, has 2 cells where the header has 3"
    for verb in (("ask", "lead.csv", "how many leads are there"), ("serve", "lead.csv", "--no-browser")):
        code, out, err = run(capsys, *verb)
        assert code == 1 and err.startswith(f"noapp: {damaged}") and "Put in the separator that is missing" in err
    code, out, _ = run(capsys, "doctor")
    assert code == 1 and f"WRONG  Data file {lead.resolve()}: {damaged}" in out and "Put in the separator" in out
    assert said not in out, "the lines of the file as it was"
    lead.write_text(sound)
    run(capsys, "ask", "lead.csv", "how many leads are there")
    code, out, _ = run(capsys, "doctor")
    assert code == 0 and "Data files: nothing odd in those that were read" in out


# --------------------------------------------------------------------------------------------------------- serve
def wait_for(url: str | Request, process: subprocess.Popen, seconds: float = 60) -> bytes:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.stderr and process.stderr.read()}")
        try:
            with urlopen(url, timeout=5) as reply:
                return reply.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_named_with_another_one(shop: str) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        process = noapp("serve", shop, "--port", str(port), "--no-browser")
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} is taken" in err and "--port" in err and "Traceback" not in err and err.count("\n") == 1


def test_a_name_that_is_none_is_said_before_anything_is_served(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, _, err = run(capsys, "serve", shop, "--port", "0", "--no-browser", "--allow-host", "http://pages.example")
    assert code == 1 and "'http://pages.example' is no name of a host" in err and err.count("\n") == 1


@pytest.mark.parametrize("given", ["pages.example", "https://pages.example/noapp", "https://pages.example:x", ""])
def test_a_public_address_that_is_none_is_said_before_anything_is_served(
    capsys: pytest.CaptureFixture[str], shop: str, given: str
) -> None:
    code, _, err = run(capsys, "serve", shop, "--port", "0", "--no-browser", "--url", given)
    assert code == 1 and f"noapp: {given!r} " in err and "https://data.example.org" in err and err.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C as a signal is of POSIX")
def test_links_begin_with_the_public_address_also_those_made_beside_the_server(
    capsys: pytest.CaptureFixture[str], shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Links begin with http://localhost:8501, the server's own address" in run(capsys, "doctor")[1]
    port = free_port()
    process = noapp("serve", shop, "--port", str(port), "--no-browser", "--url", "https://Pages.example/")
    try:
        wait_for(Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "pages.example"}), process)
        said = run(capsys, "doctor")[1]
        assert "Links begin with https://pages.example, as `noapp serve --url` was told" in said
        assert f"A workspace is served at http://localhost:{port} (shop)" in said
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert f"at https://pages.example\nListening at http://localhost:{port}\n" in out and "pages.example." in out, err
    _, out, _ = run(capsys, "pin", shop, MANY, "--json")
    assert json.loads(out)["url"].startswith("https://pages.example/a/")
    slug = json.loads(out)["slug"]
    assert run(capsys, "artifacts")[1].splitlines()[1].startswith(f"  https://pages.example/a/{slug}")
    assert run(capsys, "share", slug)[1].startswith("https://pages.example/s/")
    assert json.loads(run(capsys, "share", slug, "--json")[1])["url"].startswith("https://pages.example/s/")
    assert f"https://pages.example/a/{slug}@1" in run(capsys, "history", slug)[1]
    made = run(capsys, "compose", shop, "an overview with how many customers are there and customers per city")[1]
    assert "URL   https://pages.example/a/" in made
    monkeypatch.setenv("NOAPP_URL", "https://intern.example")
    assert f"https://intern.example/a/{slug}" in run(capsys, "artifacts")[1]
    assert "Links begin with https://intern.example, as NOAPP_URL says" in run(capsys, "doctor")[1]
    monkeypatch.setenv("NOAPP_URL", "intern.example")
    code, out, err = run(capsys, "pin", shop, MANY)
    assert code == 1 and not out and err.startswith("noapp: NOAPP_URL: 'intern.example' is no address")
    code, out, _ = run(capsys, "doctor")
    assert code == 1 and "WRONG  NOAPP_URL: 'intern.example'" in out


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C as a signal is of POSIX")
def test_serve_answers_and_ctrl_c_ends_it_quietly(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("NOAPP_HOSTS", "intern.example *.shop.example")
    process = noapp("serve", shop, "--port", str(port), "--no-browser", "--allow-host", "pages.example")
    try:
        assert json.loads(wait_for(f"http://127.0.0.1:{port}/healthz", process))["sources"] == ["shop"]
        for name in ("pages.example", "intern.example", "eu.shop.example"):
            wait_for(Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": name}), process)
        with pytest.raises(HTTPError, match="421"):
            urlopen(Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "evil.example"}), timeout=5)
        pinned = noapp("pin", shop, MANY, "--json").communicate(timeout=60)[0]
        page = wait_for(json.loads(pinned)["url"], process)
        assert f":{port}/a/" in json.loads(pinned)["url"]
        assert b"4" in page and b"How many customers" in page
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in err and "KeyboardInterrupt" not in err, err
    assert str(Path(".noapp").absolute()) in out and "shop: 3 tables" in out


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C as a signal is of POSIX")
def test_alone_it_serves_the_sample_database_of_today(tmp_path: Path) -> None:
    port = free_port()
    process = noapp("serve", "--port", str(port), "--no-browser")
    try:
        assert json.loads(wait_for(f"http://127.0.0.1:{port}/healthz", process))["sources"] == ["sample"]
    finally:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert "Building the sample database" in out and "today" in out
    assert Path(".noapp/sample.sqlite").exists()


# ---------------------------------------------------------------------------------------------------------- eval
def test_eval_measures_a_small_set(capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path) -> None:
    pytest.importorskip("workspace.evaluate")
    (tmp_path / "databases" / "shop").mkdir(parents=True)
    make(tmp_path / "databases" / "shop" / "shop.sqlite")
    questions = [
        {"db_id": "shop", "question": MANY, "query": "SELECT count(*) FROM customer"},
        {"db_id": "shop", "question": "which flurbs grommeted the zorkmid", "query": "SELECT 1"},
    ]
    (tmp_path / "questions.json").write_text(json.dumps(questions))
    out = tmp_path / "out.jsonl"
    code, printed, _ = run(
        capsys, "eval", str(tmp_path / "questions.json"), str(tmp_path / "databases"), "--predictions", str(out)
    )
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert code == 0 and printed
    assert [line["action"] for line in lines] == ["answer", "decline"]
    assert set(lines[0]) >= {"index", "db_id", "question", "sql", "action", "confidence", "seconds"}


def test_a_question_to_several_files(capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,age\nAda,36\nBob,41\n")
    (tmp_path / "pets.csv").write_text("pet,weight\nRex,9\nTom,4\nIda,3\n")
    files = [str(tmp_path / "people.csv"), str(tmp_path / "pets.csv")]
    code, out, _ = run(capsys, "ask", *files, "how many pets are there", "--csv")
    assert code == 0 and out.splitlines()[1:] == ["3"]
    code, out, err = run(capsys, "ask", files[0], shop, "how many people are there")
    assert code == 1 and not out and "one database alone" in err


def test_the_reading_of_a_large_database_is_told_on_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "big.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, channel TEXT)")
        connection.executemany("INSERT INTO sale (channel) VALUES (?)", [("web",), ("shop",)] * 20)
        connection.commit()
    monkeypatch.setattr("workspace.database.reader.LARGE", 10)
    monkeypatch.setattr("workspace.database.collect.LARGE", 10)
    ask = ["ask", str(path), "how many sales", "--workspace", str(tmp_path / "w")]
    assert main(ask) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(ask) == 0
    said = capsys.readouterr()
    assert said.err == "Looking at sale, 40 rows ...\nLooking at the words in sale, 40 rows ...\n"
    assert "40" in said.out
