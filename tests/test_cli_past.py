"""`noapp history`, `restore`, `fork`, `freeze`: what they print, and what they say when they cannot."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import Run, with_a_page
from workspace.api import open_workspace


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, the page in two versions."""
    made = with_a_page(tmp_path, monkeypatch, capsys)
    with open_workspace() as workspace:
        workspace.rename_artifact("cities", "Towns")
    return made


def test_the_history_is_read_and_an_older_version_restored(run: Run) -> None:
    code, out, _ = run("history", "cities")
    assert code == 0
    assert re.search(
        r"^version 2  .*/a/cities@2\n  - title changed from “Cities” to “Towns”\nversion 1  .*\n  - first version$",
        out,
        re.M,
    )
    code, out, _ = run("restore", "cities", "1")
    assert (
        code == 0
        and out == "“Cities” is as it was in version 1, now version 3.\n  - title changed from “Towns” to “Cities”\n"
    )
    assert "already" in run("restore", "cities", "1")[1]
    entries = json.loads(run("history", "cities", "--json")[1])
    assert [entry["version"] for entry in entries["versions"]] == [3, 2, 1] and entries["snapshots"] == []


def test_a_copy_and_a_snapshot(run: Run) -> None:
    made = json.loads(run("fork", "cities", "--version", "1", "--title", "Mine", "--json")[1])
    assert made["slug"] == "mine" and made["version"] == 1
    code, out, _ = run("freeze", "cities")
    assert code == 0
    (identifier,) = re.findall(r"/a/cities/at/([0-9a-f]{16})$", out, re.M)
    assert f"/at/{identifier}" in run("history", "cities")[1]


def test_what_changed_is_said_figure_by_figure(run: Run, tmp_path: Path) -> None:
    identifier = run("freeze", "cities")[1].strip().rpartition("/")[2]
    code, out, _ = run("changes", "cities")
    assert code == 0 and re.fullmatch(r"“Towns” since .*, version 2\nNothing that it shows changed.\n", out)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as db:
        db.execute("insert into customer (name, city) values ('Zoe', 'Ulm')")
        db.execute("insert into customer (name, city) select 'New', city from customer where city = 'Berlin' limit 1")
        db.commit()
    for since in (identifier, "", "today", "2"):
        code, out, _ = run("changes", "cities", *(("--since", since) if since else ()))
        assert code == 0 and " version 2\n" in out, since
        assert re.search(r"^  new +Ulm  Number of customers 1$", out, re.M), out
        assert re.search(r"^  changed Berlin  Number of customers \d → \d$", out, re.M)
        if since == "2":
            break
    code, out, _ = run("changes", "cities", "--since", "1")
    assert "  - title changed from “Cities” to “Towns”" in out and "Ulm" in out
    made = json.loads(run("changes", "cities", "--since", identifier, "--json")[1])
    assert made["version"] == 2 and made["edits"] == []
    assert {row["kind"] for table in made["changes"]["tables"] for row in table["rows"]} == {"new", "changed"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("changes", "nothing"), "There is no artifact 'nothing'."),
        (("changes", "cities", "--since", "9"), "has no version 9."),
        (("changes", "cities", "--since", "the dawn of time"), "is no version, snapshot or day of its past"),
        (("changes", "cities", "--since", "0123456789abcdef"), "There is no such snapshot."),
        (("changes", "cities", "--since", "2020-01-01"), "was not kept yet then; its first version is of"),
        (("history", "nothing"), "There is no artifact 'nothing'."),
        (("restore", "cities", "9"), "has no version 9."),
        (("fork", "nothing"), "There is no artifact 'nothing'."),
        (("freeze", "nothing"), "There is no artifact 'nothing'."),
    ],
)
def test_what_is_not_there_is_one_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert code == 1 and out == "" and said in err and "Traceback" not in err
