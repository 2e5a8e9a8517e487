"""`noapp share`, `shares`, `revoke`: what they print, and what they say when they cannot."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from tests.command import Run, with_a_page
from workspace.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return with_a_page(tmp_path, monkeypatch, capsys)


def test_a_link_is_made_listed_and_taken_back(run: Run) -> None:
    code, out, _ = run("share", "cities", "--expires", "7d", "--label", "the board")
    assert code == 0
    (token,) = re.findall(r"^http://localhost:8501/s/([a-z2-7]{32})$", out, re.M)
    (identifier,) = re.findall(r"noapp revoke ([0-9a-f]+)", out)
    assert "Living, until " in out
    code, out, _ = run("shares")
    assert code == 0 and "Cities (the board)" in out and "not opened yet" in out
    assert token[:4] in out and token not in out
    assert run("shares", "cities")[1] == out
    code, out, _ = run("revoke", identifier)
    assert code == 0 and "opens nothing any more" in out
    assert "Revoked on" in run("shares")[1]


def test_as_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("three blue herons\nmore\n"))
    code, out, _ = run(
        "share", "cities", "--frozen", "--password", "--downloads", "--embed", "https://a.example", "--json"
    )
    assert code == 1  # a password and a frame exclude each other
    monkeypatch.setattr("sys.stdin", io.StringIO("three blue herons\n"))
    code, out, _ = run("share", "cities", "--frozen", "--password", "--downloads", "--json")
    made = json.loads(out)
    assert code == 0 and made["password"] is True and made["downloads"] is True and made["frozen"]
    assert "blue herons" not in out
    (listed,) = json.loads(run("shares", "--json")[1])
    assert listed == {name: value for name, value in made.items() if name != "url"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("share", "nothing"), "There is no artifact 'nothing'."),
        (("share", "cities", "--expires", "soon"), "'soon' is no time for a link to end. Write 12h, 7d, 2w"),
        (("share", "cities", "--password", "short"), "A password has 8 to 200 characters."),
        (("share", "cities", "--password"), "No password was given."),
        (("share", "cities", "--embed", "*"), "'*' is no origin"),
        (("revoke", "nothing"), "There is no share 'nothing'."),
        (("shares", "nothing"), "There is no artifact 'nothing'."),
    ],
)
def test_what_cannot_be_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, out, err = run(*arguments)
    assert code == 1 and out == ""
    assert err.startswith("noapp: ") and said in err and "Traceback" not in err


def test_looking_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shares", "--workspace", str(tmp_path / "none")]) == 0
    assert "noapp share SLUG" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()
