"""A real web server and a real mail server on this machine, which keep what they are sent; a shop and a clock that moves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.agent_shop import change, make
from workspace.api import Answer, Workspace, open_workspace

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # a Monday


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Hook:
    """What a web server was sent: headers and bodies; it answers with ``status``."""

    url: str = ""
    status: int = 200
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    wait: threading.Event | None = None


@contextmanager
def web_server() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.headers.append({name.lower(): value for name, value in self.headers.items()})
            hook.bodies.append(body)
            if hook.wait is not None:
                hook.wait.wait(5)
            self.send_response(hook.status)
            if 300 <= hook.status < 400:
                self.send_header("location", f"{hook.url}/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:  # a redirect that is followed would come here
            hook.bodies.append(b"GET")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Mailbox:
    """What a mail server took; ``refuse`` is what it says to the next ones instead."""

    host: str = "127.0.0.1"
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    refuse: str = ""
    users: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuse:
            return self.refuse
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.to.append(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[Mailbox]:
    box = Mailbox(port=free_port())

    class Server(Controller):
        def factory(self) -> SMTP:
            return SMTP(self.handler, **options)

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        box.users.append((login.login, login.password))
        return AuthResult(success=login.password == b"right", handled=False)

    if options.get("auth_required") or options.get("auth_require_tls") is False:
        options["authenticator"] = known
    server = Server(box, hostname=box.host, port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def shop(folder: Path, clock: Clock) -> Workspace:
    """A workspace over a small shop, in which one page is kept: purchases."""
    workspace = open_workspace(make(folder / "shop.sqlite"), folder=folder / "kept", clock=clock)
    answer = workspace.ask("how many purchases are there")
    assert isinstance(answer, Answer)
    assert workspace.pin_answer(answer, "Purchases").slug == "purchases"
    return workspace


def buy(folder: Path, total: float, count: int = 1) -> None:
    """What another program does to the shop: that many purchases of ``total`` each."""
    rows = ",".join(f"(1, 1, {total}, '2026-11-20')" for _ in range(count))
    change(folder / "shop.sqlite", f"insert into purchase (customer_id, product_id, total, purchased_on) values {rows}")
