"""Schedules end to end: what is due is sent, once, to real servers; what fails is tried again and can be seen."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.agent_shop import change
from tests.sending import Clock, Hook, Mailbox, buy, free_port, mail_server, shop, web_server
from workspace.api import Answer, Told, Workspace
from workspace.delivery import mail, webhook
from workspace.delivery.place import place_of
from workspace.errors import DeliveryFailed, NotFound, ScheduleInvalid


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOAPP_SMTP", "NOAPP_MAIL_FROM", "NOAPP_SEND_TO", "NOAPP_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> Clock:  # type: ignore[override]
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with shop(tmp_path, clock) as made:
        yield made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as made:
        yield made


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as made:
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://{made.host}:{made.port}")
        monkeypatch.setenv("NOAPP_MAIL_FROM", "workspace@example.org")
        yield made


# ------------------------------------------------------------------------------------------------------ at its time
def test_a_page_is_sent_at_its_time_with_its_figures_and_receipts(
    workspace: Workspace, clock: Clock, hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOAPP_WEBHOOK_SECRET", "a secret")
    made = workspace.schedule("purchases", "every Monday at 14:00", to=[f"{hook.url}/in?key=1"], operator=True)
    assert "every Monday at 14:00 (Europe/Berlin)" in made.said and "key=1" not in made.said
    assert workspace.tick() == [] and hook.bodies == []
    clock.on(hours=3)
    (done,) = workspace.tick()
    assert done.kind == "sent" and "key=1" not in done.said
    (body,) = hook.bodies
    said = json.loads(body)
    assert said["title"] == "Purchases" and said["url"].endswith("/a/purchases") and said["changes"] is None
    assert said["findings"] == ["There are 5 purchases."]
    assert [figure["value"] for figure in said["figures"]] == [5]
    assert said["receipts"][0]["sql"].lower().startswith("select") and said["receipts"][0]["digest"]
    (headers,) = hook.headers
    assert headers["idempotency-key"] == headers["webhook-id"] == said["id"] == workspace.deliveries()[0].id
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(b"a secret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert workspace.tick() == [] and len(hook.bodies) == 1


def test_what_was_missed_is_sent_once_and_what_changed_is_said(
    workspace: Workspace, clock: Clock, hook: Hook, tmp_path: Path
) -> None:
    workspace.schedule("purchases", "every day at 9", to=[hook.url], operator=True)
    clock.on(days=1)
    assert len(workspace.tick()) == 1
    buy(tmp_path, 10, count=2)
    clock.on(days=30)
    assert [done.kind for done in workspace.tick()] == ["sent"]
    first, second = (json.loads(body) for body in hook.bodies)
    assert first["due"].startswith("2026-11-24T08:00") and second["due"].startswith("2026-11-25T08:00")
    assert second["findings"] == ["There are 7 purchases."]
    assert any("5" in line and "7" in line for line in second["changes"]["lines"])
    assert workspace.schedules()[0].due is not None and workspace.schedules()[0].due > clock.now


def test_paused_is_not_sent_and_what_was_missed_then_is_not_either(workspace: Workspace, clock: Clock) -> None:
    made = workspace.schedule("purchases", "every day at 9")
    workspace.pause(made.info.id)
    clock.on(days=3)
    assert workspace.tick() == [] and not workspace.waiting()
    workspace.pause(made.info.id, paused=False)
    assert workspace.tick() == []
    clock.on(days=1)
    assert [done.kind for done in workspace.tick()] == ["sent"]


def test_the_feed_has_what_came(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    made = workspace.schedule("purchases", "every day at 9")
    workspace.rename_artifact("purchases", "Purchases <b>&\x00 co")
    for _ in range(2):
        clock.on(days=1)
        workspace.tick()
    names = {"a": "http://www.w3.org/2005/Atom"}
    for body in (workspace.feed(), workspace.feed(made.info.id)):
        feed = ElementTree.fromstring(body)
        entries = feed.findall("a:entry", names)
        assert [entry.findtext("a:title", "", names) for entry in entries] == ["Purchases <b>&� co"] * 2
        assert entries[0].findtext("a:updated", "", names) > entries[1].findtext("a:updated", "", names)
        assert "There are 5 purchases." in entries[0].findtext("a:content", "", names)
        assert len({entry.findtext("a:id", "", names) for entry in entries}) == 2
    with pytest.raises(NotFound):
        workspace.feed("no such")


# -------------------------------------------------------------------------------------------------------- conditions
def test_a_condition_is_told_once_each_time_it_becomes_true(
    workspace: Workspace, clock: Clock, hook: Hook, tmp_path: Path
) -> None:
    made = workspace.schedule("purchases", condition="number of purchases exceeds 6", to=[hook.url], operator=True)
    assert made.now == "Number of purchases is 5 now" and not made.holds

    def after(minutes: int = 10) -> list[str]:
        clock.on(minutes=minutes)
        return [done.kind for done in workspace.tick()]

    assert after() == ["looked"]
    buy(tmp_path, 1, count=2)
    assert after() == ["looked", "sent"]
    assert after() == after() == ["looked"]
    change(tmp_path / "shop.sqlite", "delete from purchase where id > 6")
    assert after() == ["looked"]
    buy(tmp_path, 1, count=3)
    assert after() == ["looked", "sent"]
    whys = [json.loads(body)["why"] for body in hook.bodies]
    assert whys == ["Number of purchases is 7, above 6.", "Number of purchases is 9, above 6."]


def test_what_holds_already_is_said_and_not_told(workspace: Workspace, clock: Clock) -> None:
    made = workspace.schedule("purchases", condition="it is above 3")
    assert made.holds and "is 5 now" in made.said
    clock.on(minutes=10)
    assert [done.kind for done in workspace.tick()] == ["looked"]


def test_of_a_list_each_row_is_told_by_itself(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    workspace.schedule("purchases", condition="price of any product falls below 30")
    sql = "update product set price = {} where name = '{}'"

    def after(price: float, name: str) -> str:
        change(tmp_path / "shop.sqlite", sql.format(price, name))
        clock.on(minutes=10)
        workspace.tick()
        return workspace.deliveries(most=1)[0].why if workspace.deliveries() else ""

    assert after(19, "Lamp") == ""  # it was below before
    chair = after(25, "Chair")
    assert "Chair" in chair and "Lamp" not in chair and "below 30" in chair
    table = after(5, "Table")
    assert "Table" in table and "Chair" not in table
    assert after(50, "Chair") == table
    again = after(29, "Chair")
    assert "Chair" in again and "Table" not in again


def test_rows_that_come_are_told(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    workspace.schedule("purchases", condition="there is a customer in Rome")
    change(tmp_path / "shop.sqlite", "insert into customer values (9, 'Eve', 'Rome', 'Rome')")
    clock.on(minutes=10)
    workspace.tick()
    assert "Eve" in workspace.deliveries()[0].why and "Dan" not in workspace.deliveries()[0].why


def test_a_change_of_the_page_is_told(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    workspace.schedule("purchases", "every hour", condition="this changes")
    clock.on(hours=1)
    assert [done.kind for done in workspace.tick()] == ["looked"]
    change(tmp_path / "shop.sqlite", "update customer set name = 'Ida' where id = 1")  # nothing that is shown
    clock.on(hours=1)
    assert [done.kind for done in workspace.tick()] == ["looked"]
    buy(tmp_path, 1)
    clock.on(hours=1)
    assert [done.kind for done in workspace.tick()] == ["looked", "sent"]
    assert workspace.deliveries()[0].why == "“Purchases” changed."


def test_a_percentage_needs_a_figure_in_percent(workspace: Workspace) -> None:
    with pytest.raises(ScheduleInvalid, match="no percentage"):
        workspace.schedule("purchases", condition="total exceeds 5 %")
    made = workspace.schedule("purchases", condition="share of customers in Berlin exceeds 60 %")
    assert made.info.condition is not None and made.info.condition["threshold"] == pytest.approx(0.6)
    with pytest.raises(ScheduleInvalid, match="in percent"):
        workspace.schedule("purchases", condition="share of customers in Berlin exceeds 60")


@pytest.mark.parametrize(
    "words", ["happiness exceeds 5", "purchases exceed the target", "purchases exceeded 5", "nonsense", "it is blue"]
)
def test_what_cannot_be_bound_is_said_in_a_sentence(workspace: Workspace, words: str) -> None:
    with pytest.raises(ScheduleInvalid) as problem:
        workspace.schedule("purchases", condition=words)
    assert problem.value.message.endswith(".") and workspace.schedules() == []


# ------------------------------------------------------------------------------------------------------ what goes wrong
def test_a_failing_delivery_is_tried_again_and_then_given_up(workspace: Workspace, clock: Clock, hook: Hook) -> None:
    hook.status = 500
    made = workspace.schedule("purchases", "every Monday at 14:00", to=[f"{hook.url}/secret", "feed"], operator=True)
    clock.on(hours=2)
    kinds = sorted(done.kind for done in workspace.tick())
    assert kinds == ["failed", "sent"], "the feed does not wait for the webhook"
    for minutes, kind in ((1, "failed"), (5, "failed"), (30, "failed"), (120, "given up")):
        clock.on(minutes=minutes - 0.5)
        assert workspace.tick() == []
        assert "answered with 500" in workspace.trouble(workspace.schedules()[0])
        clock.on(minutes=0.5)
        assert [done.kind for done in workspace.tick()] == [kind]
    clock.on(hours=5)
    assert workspace.tick() == [] and len(hook.bodies) == 5
    assert len(set(hook.bodies)) == 1 and len({headers["idempotency-key"] for headers in hook.headers}) == 1
    (failing,) = workspace.deliveries(failing=True)
    assert (failing.state, failing.attempts) == ("given up", 5) and "secret" not in failing.problem
    assert "given up" in workspace.standing(workspace.schedules()[0])
    hook.status = 200
    workspace.retry(failing.id)
    assert [done.kind for done in workspace.tick()] == ["sent"]
    assert workspace.trouble(made.info) == ""
    assert hook.bodies[-1] == hook.bodies[0], "what is sent is what was due"


def test_a_redirect_is_not_followed(workspace: Workspace, clock: Clock, hook: Hook) -> None:
    hook.status = 302
    workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
    clock.on(hours=1)
    assert "302" in workspace.tick()[0].said
    assert b"GET" not in hook.bodies


def test_nobody_who_answers_and_names_that_are_not_there(workspace: Workspace, clock: Clock) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/x"
    workspace.schedule("purchases", "every hour", to=[nobody, "http://no-such-host.invalid/x"], operator=True)
    clock.on(hours=1)
    said = " ".join(done.said for done in workspace.tick())
    assert "could not be reached (connection refused)" in said and "its name is not known" in said


def test_a_failing_query_is_said_in_what_is_sent(
    workspace: Workspace, clock: Clock, hook: Hook, tmp_path: Path
) -> None:
    workspace.open("purchases")
    workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
    change(tmp_path / "shop.sqlite", "alter table purchase rename to bought")
    clock.on(hours=1)
    assert [done.kind for done in workspace.tick()] == ["sent"]
    said = json.loads(hook.bodies[0])
    assert said["problems"] and "purchase" in said["problems"][0]


def test_a_condition_that_cannot_be_looked_at_is_told_once_and_stands_in_the_list(
    workspace: Workspace, clock: Clock, hook: Hook, tmp_path: Path
) -> None:
    workspace.schedule("purchases", condition="it exceeds 6", to=[hook.url], operator=True)
    change(tmp_path / "shop.sqlite", "alter table purchase rename to bought")
    for _ in range(3):
        clock.on(minutes=10)
        assert workspace.tick()[0].kind == "not looked"
    assert len(hook.bodies) == 1 and json.loads(hook.bodies[0])["why"].startswith("It could not be looked at:")
    assert workspace.trouble(workspace.schedules()[0]).startswith("It could not be looked at:")
    change(tmp_path / "shop.sqlite", "alter table bought rename to purchase")
    clock.on(minutes=10)
    assert workspace.tick()[0].kind == "looked" and workspace.trouble(workspace.schedules()[0]) == ""


def test_a_page_that_was_deleted_ends_its_schedule_and_says_so(workspace: Workspace, clock: Clock, hook: Hook) -> None:
    made = workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
    workspace.delete_artifact("purchases")
    clock.on(hours=1)
    assert [done.kind for done in workspace.tick()] == ["sent"]
    assert json.loads(hook.bodies[0])["why"] == "Its page was deleted. Nothing more is sent."
    (info,) = workspace.schedules()
    assert info.state == "ended" and "deleted" in workspace.standing(info)
    clock.on(hours=5)
    assert workspace.tick() == []
    workspace.unschedule(made.info.id)
    assert workspace.schedules() == []


def test_what_is_removed_is_not_sent_any_more(workspace: Workspace, clock: Clock, hook: Hook) -> None:
    hook.status = 503
    made = workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
    clock.on(hours=1)
    workspace.tick()
    workspace.unschedule(made.info.id)
    hook.status = 200
    clock.on(hours=5)
    assert workspace.tick() == [] and len(hook.bodies) == 1


# --------------------------------------------------------------------------------------------------------------- mail
def test_a_mail_has_the_page_as_text_and_html_a_link_and_files(
    workspace: Workspace, clock: Clock, box: Mailbox, tmp_path: Path
) -> None:
    workspace.rename_artifact("purchases", "Purchases <i>&\r\nBcc: all@example.org")
    workspace.schedule("purchases", "every hour", to=["mailto:ada@example.org"], files=["pdf", "xlsx"], operator=True)
    clock.on(hours=1)
    assert next(done.said for done in workspace.tick()).endswith("to ada@example.org.")
    (sent,) = box.mails
    assert box.to == [["ada@example.org"]] and sent["bcc"] is None
    assert sent["subject"] == "Purchases <i>& Bcc: all@example.org" and sent["from"] == "workspace@example.org"
    assert sent["message-id"].startswith(f"<{workspace.deliveries()[0].id}@")
    text, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None and page is not None
    assert "There are 5 purchases." in text.get_content() and "/a/purchases" in text.get_content()
    html = page.get_content()
    assert "There are 5 purchases." in html and 'href="http' in html and "<i>" not in html
    files = {part.get_filename(): part.get_content() for part in sent.iter_attachments()}
    assert files["purchases.pdf"].startswith(b"%PDF") and files["purchases.xlsx"].startswith(b"PK")


def test_cells_are_text_in_a_mail(workspace: Workspace, clock: Clock, box: Mailbox, tmp_path: Path) -> None:
    change(
        tmp_path / "shop.sqlite", "update customer set name = '<script>alert(1)</script>', city = '[x](javascript:1)'"
    )
    answer = workspace.ask("name and city of customers")
    assert isinstance(answer, Answer)
    slug = workspace.pin_answer(answer, "Names").slug
    workspace.schedule(slug, "every hour", to=["ada@example.org"], operator=True)
    clock.on(hours=1)
    workspace.tick()
    page = box.mails[0].get_body(("html",))
    assert page is not None
    html = page.get_content()
    assert "<script" not in html and 'href="javascript' not in html and "&lt;script&gt;" in html and "<table" in html


def test_a_mail_that_is_refused_is_tried_again(workspace: Workspace, clock: Clock, box: Mailbox) -> None:
    box.refuse = "451 later"
    workspace.schedule("purchases", "every day at 13", to=["ada@example.org"], operator=True)
    clock.on(hours=1)
    assert "did not take the mail (451)" in workspace.tick()[0].said
    box.refuse = ""
    clock.on(minutes=1)
    assert [done.kind for done in workspace.tick()] == ["sent"] and len(box.mails) == 1


def test_without_a_mail_server_it_is_said(workspace: Workspace, clock: Clock) -> None:
    workspace.schedule("purchases", "every hour", to=["ada@example.org"], operator=True)
    clock.on(hours=1)
    assert "No mail server is configured." in workspace.tick()[0].said


def test_encryption_is_used_where_it_is_offered_and_who_is_there_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ssl

    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    with mail_server(tls_context=context, require_starttls=True) as box:
        monkeypatch.setenv("NOAPP_MAIL_FROM", "workspace@example.org")
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://{box.host}:{box.port}")
        known = mail.configured()
        assert known is not None
        with pytest.raises(DeliveryFailed, match="could not prove who it is"):
            mail.reach(known)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert mail.reach(known) == "encrypted"


def test_passwords_are_given_where_it_is_safe_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(auth_required=True, auth_require_tls=False) as box:
        monkeypatch.setenv("NOAPP_MAIL_FROM", "workspace@example.org")
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://ada:right@{box.host}:{box.port}")
        known = mail.configured()
        assert known is not None and mail.reach(known) == "without encryption" and box.users == [(b"ada", b"right")]
        assert "right" not in f"{known} {known!r}"
        monkeypatch.setenv("NOAPP_SMTP", f"smtp://ada:wrong-one@{box.host}:{box.port}")
        wrong = mail.configured()
        assert wrong is not None
        with pytest.raises(DeliveryFailed) as problem:
            mail.reach(wrong)
        assert "does not know that user" in str(problem.value) and "wrong-one" not in str(problem.value)
    for given in ("smtp://ada:pa ss@", "http://ada:secret@x", "smtp://ada:secret@host:99999", "secret"):
        monkeypatch.setenv("NOAPP_SMTP", given)
        with pytest.raises(DeliveryFailed) as problem:
            mail.configured()
        assert "secret" not in str(problem.value) and "pa ss" not in str(problem.value)


# ------------------------------------------------------------------------------------------------------------- places
def test_who_uses_the_workspace_chooses_of_what_the_operator_offers(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("http://169.254.169.254/latest", "http://127.0.0.1:22/", "https://evil.example/x", "a@evil.example"):
        with pytest.raises(ScheduleInvalid, match="none of the places"):
            workspace.schedule("purchases", "every hour", to=[place])
    monkeypatch.setenv("NOAPP_SEND_TO", "ada@example.org https://hooks.example.org/T0/key")
    assert workspace.schedule("purchases", "every hour", to=["mailto:ada@example.org", "webhook"]).info.places == (
        "mailto:ada@example.org", "https://hooks.example.org/T0/key",
    )  # fmt: skip


def test_a_name_that_means_a_machine_within_is_refused_unless_it_was_allowed(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    import socket

    real = socket.getaddrinfo
    port = hook.url.rpartition(":")[2]
    monkeypatch.setattr(
        webhook.socket, "getaddrinfo",
        lambda host, *args, **kw: real("127.0.0.1" if host == "intranet.example" else host, *args, **kw),
    )  # fmt: skip
    place = place_of(f"http://intranet.example:{port}/x")
    with pytest.raises(DeliveryFailed, match="within this network"):
        webhook.post(place, {}, "id", clock.now)
    assert hook.bodies == []
    webhook.post(place_of(f"private:http://intranet.example:{port}/x"), {}, "id", clock.now)
    assert hook.headers[0]["host"] == f"intranet.example:{port}"


@pytest.mark.parametrize(
    "text",
    [
        "ftp://x/y", "http://", "http://user:pw@host/", "https://x/#y", "http://x/\r\nHost: y", "nobody", "a@b\nBcc: c@d",
        "mailto:", "a b@c.de", "private:a@b.de", "http://x:0/", "https://x:99999/", "javascript:alert(1)",
        "file:///etc/passwd", "a@b.de,c@d.de", "“x”@y.de",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ScheduleInvalid):
        place_of(text)


# --------------------------------------------------------------------------------------------------------------- chat
def test_in_a_chat_it_is_said_made_listed_and_ended(workspace: Workspace, clock: Clock) -> None:
    chat = workspace.new_chat()

    def say(text: str) -> object:
        *_, reply = workspace.stream(chat, text)
        return reply

    assert "Ask something first" in say("send me this every Monday").text
    say("total per product")
    assert "every Monday at 9:00 (Europe/Berlin) to the feed" in say("send me this every Monday at 9").text
    assert "has no figure" not in say("tell me when the number of customers exceeds 4").text
    listed = say("what do I get sent")
    assert isinstance(listed, Told) and len(listed.rows) == 2
    assert "none of the places" in say("send this to evil@example.org every day").text
    assert "names no figure" in say("tell me when happiness exceeds 5").text
    assert isinstance(say("number of purchases per month"), Answer)
    pages = len(workspace.artifacts())
    assert "by mail" in say("mail me this every day").text and len(workspace.artifacts()) == pages
    assert "is not sent any more" in say("stop sending total per product").text
    assert len(workspace.schedules()) == 1
    clock.on(days=8)
    assert [done.kind for done in workspace.tick()] == ["looked"]


def test_beside_a_page_this_is_the_page(workspace: Workspace) -> None:
    reply = workspace.say("purchases", "send me this every weekday")
    assert "“Purchases” is sent every weekday" in reply.text
    reply = workspace.say("purchases", "tell me when it exceeds 10")
    assert "when it exceeds 10" in reply.text and "is 5 now" in reply.text
    assert "is not sent any more" in workspace.say("purchases", "stop sending this").text
    assert workspace.schedules() == []


def test_the_most_is_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from workspace.api import scheduling

    monkeypatch.setattr(scheduling, "MOST", 2)
    for _ in range(2):
        workspace.schedule("purchases", "every hour")
    with pytest.raises(ScheduleInvalid, match="2 schedules already"):
        workspace.schedule("purchases", "every hour")


def test_what_is_old_is_let_go_of(workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from workspace.store import schedules

    monkeypatch.setattr(schedules, "KEPT", 3)
    workspace.schedule("purchases", "every hour")
    for _ in range(6):
        clock.now += timedelta(hours=1)
        workspace.tick()
    assert len(workspace.deliveries()) == 3
