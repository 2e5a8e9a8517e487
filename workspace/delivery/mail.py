"""A message as a mail: the page as HTML and as plain text, a link to it, perhaps files.

How mail is sent is the operator's to say: ``NOAPP_SMTP=smtp://user:password@host:587`` (or ``smtps://``) and
``NOAPP_MAIL_FROM``. Where the server offers encryption it is used; a password is never sent without. Header fields are
set through `email.message`, which refuses line breaks; the title becomes one line before.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from workspace.delivery.message import lines
from workspace.delivery.place import Place, is_private, place_of
from workspace.errors import DeliveryFailed, ScheduleInvalid

if TYPE_CHECKING:
    from workspace.artifact.model import View
    from workspace.export.file import Exported

SERVER, SENDER = "NOAPP_SMTP", "NOAPP_MAIL_FROM"
TIMEOUT = 20.0  # seconds
_BODY = (
    "margin:0 auto;max-width:720px;padding:24px;font:16px/1.6 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,"
    "sans-serif;color:#1a1a1a;background:#ffffff;overflow-wrap:anywhere"
)
_TAGS = {
    "<table>": '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums;margin:8px 0 24px">',
    "<th>": '<th style="text-align:left;padding:4px 16px 4px 0;border-bottom:1px solid #e8e6e1;color:#6b6b6b">',
    "<td>": '<td style="padding:4px 16px 4px 0;border-bottom:1px solid #e8e6e1">',
    "<h1>": '<h1 style="font-size:26px;line-height:34px;margin:0 0 4px">',
    "<h2>": '<h2 style="font-size:18px;margin:32px 0 8px">',
    "<h3>": '<h3 style="font-size:15px;margin:24px 0 4px">',
    "<pre>": '<pre style="font-size:12px;line-height:1.5;color:#6b6b6b;white-space:pre-wrap">',
    "<blockquote>": '<blockquote style="margin:16px 0;padding:0 0 0 12px;border-left:3px solid #b42318">',
}
_ALIGN = re.compile(r'<(th|td) style="text-align:\s*right">')


@dataclass(frozen=True, slots=True)
class Smtp:
    """How mail is sent.

    Args:
        host, port: of the server.
        secure: encrypted from the start; otherwise as soon as the server offers it.
        user, password: "" for none.
        sender: what it is sent from.
    """

    host: str
    port: int
    secure: bool
    user: str
    password: str = field(repr=False)
    sender: str

    def __str__(self) -> str:
        return f"{'smtps' if self.secure else 'smtp'}://{self.host}:{self.port}"


def configured(environment: Mapping[str, str] = os.environ) -> Smtp | None:
    """How the operator says that mail is sent, None where nothing is said.

    Raises:
        DeliveryFailed: what is said cannot be so; without the password.
    """
    given, sender = environment.get(SERVER, "").strip(), environment.get(SENDER, "").strip()
    if not given:
        return None
    hint = f"Write {SERVER}=smtp://USER:PASSWORD@HOST:PORT, or smtps://."
    try:
        parts = urlsplit(given)
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme.lower()
    except ValueError:
        raise DeliveryFailed(f"{SERVER} is no address of a mail server.", hint=hint) from None
    if scheme not in ("smtp", "smtps") or not host or parts.path.strip("/") or parts.query:
        raise DeliveryFailed(f"{SERVER} is no address of a mail server.", hint=hint)
    try:
        kind = place_of(f"mailto:{sender}").kind if sender else ""
    except ScheduleInvalid:
        kind = ""
    if kind != "mail":
        raise DeliveryFailed(f"{SENDER} has to say which address mail is sent from.", hint=f"Set {SENDER}=NAME@HOST.")
    secure = scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(host, port or (465 if secure else 587), secure, user, password, sender)


def reach(smtp: Smtp) -> str:
    """What the server says of itself in a word or two: "with STARTTLS"; raises `DeliveryFailed`."""
    with _session(smtp) as session:
        return "encrypted" if isinstance(session.sock, ssl.SSLSocket) else "without encryption"


def send(
    place: Place, message: Mapping[str, Any], identifier: str, at: datetime, *, view: View | None,
    files: Sequence[Exported] = (), zone: tzinfo | None = None, smtp: Smtp | None = None,
) -> None:  # fmt: skip
    """Send a message as a mail.

    Args:
        place: to whom.
        message: from `workspace.delivery.message`.
        identifier: of the delivery; the same at every try.
        at: the time, with its zone.
        view: what the message is about; without it the mail has the message's sentences alone.
        files: attached.
        zone: of the times in it; the machine's by default.
        smtp: how; that of the environment by default.

    Raises:
        DeliveryFailed: why it was not taken.
    """
    known = smtp or configured()
    if known is None:
        raise DeliveryFailed("No mail server is configured.", hint=f"Set {SERVER} and {SENDER}.")
    mail = compose(place.address, known.sender, message, identifier, at, view=view, files=files, zone=zone)
    try:
        with _session(known) as session:
            session.send_message(mail)
    except smtplib.SMTPRecipientsRefused as problem:
        code, _ = next(iter(problem.recipients.values()), (0, b""))
        raise DeliveryFailed(f"{known} does not take mail to {place.address} ({code}).") from None
    except smtplib.SMTPResponseException as problem:
        raise DeliveryFailed(f"{known} did not take the mail ({problem.smtp_code}).") from None
    except (smtplib.SMTPException, OSError) as problem:
        raise DeliveryFailed(f"{known} broke off ({type(problem).__name__}).") from None


def compose(
    to: str, sender: str, message: Mapping[str, Any], identifier: str, at: datetime, *, view: View | None,
    files: Sequence[Exported] = (), zone: tzinfo | None = None,
) -> EmailMessage:  # fmt: skip
    """The mail of a message; see `send`."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(message["title"].split())[:200] or "Workspace"
    mail["From"], mail["To"] = sender, to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{identifier}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    text = _markdown(message, view, zone)
    mail.set_content(_text(message, text))
    mail.add_alternative(_html(message, text), subtype="html")
    for file in files:
        kind, _, subtype = file.media_type.partition(";")[0].partition("/")
        mail.add_attachment(file.body, maintype=kind, subtype=subtype, filename=file.filename)
    return mail


# ------------------------------------------------------------------------------------------------------------ parts
def _lead(message: Mapping[str, Any]) -> list[str]:
    """What stands before the page: why it came, what changed."""
    found = [message["why"]] if message["why"] else []
    if message["changes"] is not None:
        changed = message["changes"]["lines"]
        found.append("Since it was sent last:" if changed else "Nothing of it changed since it was sent last.")
        found += [f"- {line}" for line in changed]
    return found


def _markdown(message: Mapping[str, Any], view: View | None, zone: tzinfo | None) -> str:
    """The page as the export has it; without a view what the message says."""
    from workspace.export import md

    if view is not None:
        return md.write(view, zone=zone).body.decode()
    return "\n\n".join(["# " + md.escaped(message["title"]), *(md.escaped(line) for line in lines(message))])


def _text(message: Mapping[str, Any], markdown: str) -> str:
    plain = re.sub(r"\\([\\`*_{}\[\]<>#|~$&.+=-])", r"\1", markdown)
    return "\n".join(
        [*_lead(message), *([""] if _lead(message) else []), message["url"], "", plain, "", _foot(message)]
    )


def _html(message: Mapping[str, Any], markdown: str) -> str:
    from markdown_it import MarkdownIt

    page = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    page = _ALIGN.sub(lambda m: _TAGS[f"<{m[1]}>"].replace('style="', 'style="text-align:right;', 1), page)
    page = page.replace("text-align:right;text-align:left;", "text-align:right;")
    for tag, styled in _TAGS.items():
        page = page.replace(tag, styled)
    url = escape(message["url"], quote=True)
    lead = "".join(f'<p style="margin:0 0 4px">{escape(line)}</p>' for line in _lead(message))
    lead = f'<div style="margin:0 0 24px;padding:12px 16px;background:#f6f5f2">{lead}</div>' if lead else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(message["title"])}</title></head>'
        f'<body style="{_BODY}">{lead}<p style="margin:0 0 24px"><a style="color:#0f766e" href="{url}">Open the page'
        f"</a></p>{page}"
        f'<p style="margin:32px 0 0;color:#6b6b6b;font-size:13px">{escape(_foot(message))}</p></body></html>'
    )


def _foot(message: Mapping[str, Any]) -> str:
    return f"Sent {message['when']}. To end it: noapp unschedule {message['schedule']}"


class _session:
    """A session with the mail server, encrypted and signed in where that is due."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> smtplib.SMTP:
        known, context = self._smtp, ssl.create_default_context()
        try:
            if known.secure:
                self._open = smtplib.SMTP_SSL(known.host, known.port, timeout=TIMEOUT, context=context)
            else:
                self._open = smtplib.SMTP(known.host, known.port, timeout=TIMEOUT)
            self._open.ehlo()
            if not known.secure and self._open.has_extn("starttls"):
                self._open.starttls(context=context)
                self._open.ehlo()
            if known.user:
                self._sign_in(self._open)
            return self._open
        except DeliveryFailed:
            self._end()
            raise
        except ssl.SSLError as problem:
            self._end()
            reason = getattr(problem, "verify_message", "") or problem.reason
            raise DeliveryFailed(f"{known} could not prove who it is ({reason}).") from None
        except smtplib.SMTPAuthenticationError:
            self._end()
            raise DeliveryFailed(f"{known} does not know that user and password.", hint=f"Check {SERVER}.") from None
        except (smtplib.SMTPException, OSError) as problem:
            self._end()
            text = getattr(problem, "strerror", None) or type(problem).__name__
            raise DeliveryFailed(f"{known} could not be reached ({str(text).lower()}).") from None

    def _sign_in(self, session: smtplib.SMTP) -> None:
        known = self._smtp
        if not isinstance(session.sock, ssl.SSLSocket) and not _here(session):
            raise DeliveryFailed(
                f"{known} offers no encryption, so the password is not sent to it.",
                hint="Use smtps://, or another server.",
            )
        session.login(known.user, known.password)

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._open is not None:
            try:
                self._open.quit()
            except (smtplib.SMTPException, OSError):
                self._open.close()
            self._open = None


def _here(session: smtplib.SMTP) -> bool:
    """Is the server on this very machine?"""
    peer = session.sock.getpeername()[0] if session.sock is not None else ""
    return bool(peer) and is_private(peer) and (peer.startswith("127.") or peer == "::1")
