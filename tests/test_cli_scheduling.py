"""`noapp schedule`, `schedules`, `unschedule`, `tick`: what they print, and what they say when they cannot."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command import Run, with_a_page
from tests.sending import Mailbox, mail_server, web_server
from workspace import api
from workspace.cli import main


class At:
    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command; its clock is `At.now`."""
    At.now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    monkeypatch.setattr(api, "_local_time", lambda: At.now)
    return with_a_page(tmp_path, monkeypatch, capsys)


def identifier(out: str) -> str:
    return re.findall(r"^id  ([0-9a-f]+)$", out, re.M)[0]


def test_it_is_made_listed_done_and_ended(run: Run) -> None:
    code, out, _ = run("schedule", "cities", "every Monday at 9", "--zone", "Europe/Berlin", "--label", "the board")
    assert code == 0 and "“Cities” is sent every Monday at 9:00 (Europe/Berlin) to the feed. First on " in out
    made = identifier(out)
    code, out, _ = run("schedules")
    assert code == 0 and made in out and "Cities (the board)" in out and "next " in out and "nothing yet" in out
    assert run("tick") == (0, "Nothing is due.\n", "")
    At.now += timedelta(days=8)
    assert run("tick") == (0, "Sent “Cities” to the feed.\n", "")
    assert "sent " in run("schedules")[1] and "sent " in run("schedules", "--deliveries")[1]
    assert run("schedules", "--pause", made)[1] == "“Cities” is held.\n"
    assert "paused" in run("schedules")[1]
    assert run("schedules", "--resume", made)[1] == "“Cities” is sent again.\n"
    assert run("unschedule", made)[:2] == (0, "“Cities” is not sent any more.\n")
    assert "Nothing is sent yet" in run("schedules")[1]


def test_a_condition(run: Run) -> None:
    code, out, _ = run("schedule", "cities", "--when", "number of customers exceeds 4")
    assert code == 0 and "looked at every 10 minutes" in out and "is 4 now" in out
    code, out, _ = run("schedule", "cities", "every hour", "--when", "this changes", "--json")
    assert code == 0 and json.loads(out)["condition"] == "this changes"


def test_what_fails_is_said_by_the_exit_code_and_tried_again(run: Run) -> None:
    with web_server() as hook:
        hook.status = 500
        assert run("schedule", "cities", "every hour", "--to", f"{hook.url}/token")[0] == 0
        At.now += timedelta(hours=1)
        code, out, _ = run("tick")
        assert code == 1 and out.startswith("Not sent yet: “Cities” to http://127.0.0.1") and "500" in out
        assert "token" not in out
        code, out, _ = run("schedules")
        assert "answered with 500" in out and "Tried once" in out and "token" not in out
        (entry,) = json.loads(run("schedules", "--deliveries", "--json")[1])
        assert entry["state"] == "failed" and entry["attempts"] == 1 and "token" not in json.dumps(entry)
        hook.status = 204
        assert run("schedules", "--retry", entry["id"])[0] == 0
        code, out, _ = run("tick", "--json")
        assert code == 0 and json.loads(out)[0]["kind"] == "sent"


def test_what_is_sent_leads_to_where_people_reach_it_though_no_server_ever_ran(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOAPP_URL", "https://data.example.org/")
    with web_server() as hook, mail_server() as box:
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://{box.host}:{box.port}")
        monkeypatch.setenv("NOAPP_MAIL_FROM", "workspace@example.org")
        run("schedule", "cities", "hourly", "--to", hook.url, "--to", "mailto:ada@example.org")
        At.now += timedelta(hours=1)
        assert run("tick")[0] == 0
        assert json.loads(hook.bodies[0])["url"] == "https://data.example.org/a/cities"
        bodies = [part.get_content() for part in box.mails[0].walk() if part.get_content_maintype() == "text"]
        assert len(bodies) == 2 and all("https://data.example.org/a/cities" in body for body in bodies)
        assert not any("localhost" in body for body in bodies)
    monkeypatch.setenv("NOAPP_URL", "data.example.org")
    At.now += timedelta(hours=1)
    code, _, err = run("tick")
    assert code == 1 and err.startswith("noapp: NOAPP_URL: ") and len(hook.bodies) == 1


def test_a_mail_with_a_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as box:
        assert isinstance(box, Mailbox)
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://{box.host}:{box.port}")
        monkeypatch.setenv("NOAPP_MAIL_FROM", "workspace@example.org")
        assert run("schedule", "cities", "hourly", "--to", "mailto:ada@example.org", "--attach", "xlsx")[0] == 0
        At.now += timedelta(hours=1)
        assert run("tick")[0] == 0
        assert [part.get_filename() for part in box.mails[0].iter_attachments()] == ["cities.xlsx"]
        out = run("doctor")[1]
        assert f"Mail is sent from workspace@example.org by smtp://127.0.0.1:{box.port}" in out
        assert "Schedules: 1, nothing failing" in out
    out = run("doctor")[1]
    assert "could not be reached" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("schedule", "cities"), "Say how often, too."),
        (("schedule", "cities", "sometimes"), "does not say how often"),
        (("schedule", "cities", "every day at 99"), "no time of the day"),
        (("schedule", "nothing", "daily"), "no artifact"),
        (("schedule", "cities", "daily", "--to", "nowhere"), "no place to send to"),
        (("schedule", "cities", "daily", "--zone", "Moon/Base"), "no time zone"),
        (("schedule", "cities", "daily", "--attach", "exe"), "no file of kind exe"),
        (("schedule", "cities", "--when", "happiness exceeds 5"), "names no figure"),
        (("schedule", "cities", "--when", "it is nice"), "no condition"),
        (("unschedule", "abc"), "no schedule 'abc'"),
        (("schedules", "--retry", "abc"), "no delivery 'abc'"),
        (("schedules", "nothing"), "no artifact"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert code == 1 and said in err and not out and "Traceback" not in err


def test_looking_makes_no_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOAPP_WORKSPACE", str(tmp_path / "other"))
    assert run("tick")[:2] == (0, "Nothing is due.\n")
    assert run("schedules")[0] == 0 and not (tmp_path / "other").exists()


def test_help_says_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    any_: Any = pytest.raises(SystemExit)
    with any_:
        main(["--help"])
    out = capsys.readouterr().out
    assert "sending it:" in out and "tick" in out
