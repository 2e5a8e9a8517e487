"""`noapp compose`: what it prints, what it keeps, how it ends when a part is missing."""

from __future__ import annotations

import json
from pathlib import Path

import agent_shop
import pytest
from agent_shop import make

from workspace.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NOAPP_MODEL", "NOAPP_MODEL_BASE_URL", "NOAPP_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(make(tmp_path / "shop.sqlite"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_a_document_is_kept_and_said(capsys: pytest.CaptureFixture[str], shop: str, tmp_path: Path) -> None:
    request = "a report with number of customers, customers per city"
    code, out, _ = run(capsys, "compose", shop, request, "--workspace", str(tmp_path / "kept"), "--title", "Heads")
    assert code == 0
    assert out.splitlines()[-2:] == ["slug  heads", "URL   http://localhost:8501/a/heads"]
    assert "  + customers per city" in out
    assert (tmp_path / "kept" / "workspace.sqlite").exists()
    code, out, _ = run(capsys, "artifacts", "--json", "--workspace", str(tmp_path / "kept"))
    assert [entry["slug"] for entry in json.loads(out)] == ["heads"]


def test_json_has_every_part_with_its_sql(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "compose", shop, "customers per city, number of customers, blarg", "--json")
    made = json.loads(out)
    assert code == 4
    assert made["slug"] and made["url"].endswith(made["slug"]) and made["version"] == 1
    assert [part["status"] for part in made["sections"]] == ["answered", "answered", "declined"]
    assert made["sections"][0]["sql"].startswith("SELECT") and made["sections"][2]["sql"] == ""
    assert "blarg" in made["sections"][2]["message"]


def test_nothing_understood_keeps_nothing(capsys: pytest.CaptureFixture[str], shop: str) -> None:
    code, out, _ = run(capsys, "compose", shop, "a report on blarg")
    assert code == 4 and out.startswith("Nothing was made.") and "slug" not in out
    code, _, err = run(capsys, "compose", "nowhere.sqlite", "an overview")
    assert code == 1 and "There is no file at" in err


def test_a_part_with_several_readings_names_them(
    capsys: pytest.CaptureFixture[str], shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_shop, "AMBIGUOUS", "berliners")
    agent_shop.make_ambiguous(monkeypatch)
    code, out, _ = run(capsys, "compose", shop, "a report with berliners; number of customers")
    assert code == 3
    assert (
        "  ? berliners" in out
        and "who come from Berlin" in out
        and "Say the part in the words of one of its readings" in out
    )
