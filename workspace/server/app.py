"""One process, one ASGI app: the pages at `/a/…` and the chat, side by side.

`build` makes the app, `serve` runs it. Streamlit is told all it needs here, so that no file has to lie beside it.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workspace.errors import NoAppError, ServeError
from workspace.server import use

if TYPE_CHECKING:
    import streamlit as st

    from workspace.api import Workspace
    from workspace.server.hosts import Hosts

UPLOAD_MB = 200
GRACE = 3  # seconds that open requests get when the server stops


def build(workspace: Workspace, *, schedules: bool = True, answered: Hosts | None = None) -> st.App:
    """The ASGI app that serves ``workspace``; one to a process, because Streamlit's runtime is one.

    Args:
        workspace: from `workspace.api.open_workspace`.
        schedules: whether what is due is done here.
        answered: the names it is reached by; those of this machine, from this machine, by default.
    """
    import streamlit as st
    from starlette.concurrency import run_in_threadpool
    from starlette.middleware import Middleware

    from workspace.server import chrome
    from workspace.server.hosts import Hosts, Named
    from workspace.server.proxy import Https
    from workspace.server.routes import middleware, routes
    from workspace.server.ticker import Ticker

    use(workspace)
    public = workspace.served.public

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncGenerator[None]:
        threading.Thread(target=_warm, args=(workspace,), name="warm-up", daemon=True).start()
        ticker = Ticker(workspace) if schedules else None
        try:
            yield
        finally:
            if ticker is not None:
                await run_in_threadpool(ticker.stop)

    app = st.App(
        _script(),
        routes=routes(workspace),
        middleware=[Middleware(Named, hosts=answered or Hosts()), Middleware(Https, public=public), *middleware()],
        lifespan=lifespan,
        exception_handlers={Exception: chrome.defect},
    )
    _configure(urlsplit(public).hostname or "")
    return app


def _script() -> Path:
    """Where the ui is installed; it imports the workspace, so the workspace does not import it."""
    found = find_spec("ui")
    if found is None or not found.submodule_search_locations:
        raise ServeError("The pages of the workspace are not installed.", hint="Install noapp-workspace again.")
    return Path(next(iter(found.submodule_search_locations))) / "app.py"


def _warm(workspace: Workspace) -> None:
    """What the first question and the first page would otherwise wait for."""
    from workspace.faces import svg

    try:
        workspace.warm()
        svg.warm()
    except NoAppError:
        return  # said to the person who asks, where a hint can be read


def _configure(public: str) -> None:
    """Streamlit's options, after any file of the person's own, which is for their other apps.

    Args:
        public: the host whose pages may talk to it, though a proxy passes on another name; "" for none.
    """
    from streamlit import config

    from workspace.faces import theme

    options: dict[str, Any] = {
        "browser.gatherUsageStats": False,
        # In runs of the page. The browser keeps what was large and is sent its hash the next time; where it has let go
        # of it between asking and being told, the page stands still for good, so it lets go of little.
        "global.maxCachedMessageAge": 200,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showSidebarNavigation": False,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.maxUploadSize": UPLOAD_MB,
        "server.runOnSave": False,
        "server.showEmailPrompt": False,
        "logger.hideWelcomeMessage": True,
    }
    if public:
        options["browser.serverAddress"] = public
    for name, value in (options | theme.streamlit_options()).items():
        config.set_option(name, value)


def serve(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 8501,
    open_browser: bool = True,
    schedules: bool = True,
    allowed: Iterable[str] = (),
    url: str | None = None,
) -> None:
    """Serve ``workspace`` until it is stopped with Ctrl-C.

    Args:
        host: the address to listen on; ``0.0.0.0`` for every one.
        port: from 1 to 65535; 0 for any that is free.
        open_browser: whether to open the workspace in the person's browser.
        schedules: whether what is due is done here, or left to `noapp tick`.
        allowed: names that it answers to, beside its own (see `workspace.server.hosts`).
        url: the address under which people reach it, where a proxy gives it one; links begin with it.
            ``$NOAPP_URL``, or where it listens, by default.

    Raises:
        ServeError: the port is taken, or not ours to take; a name or the address is none.
    """
    from workspace.server import hosts, proxy
    from workspace.store.address import Address, configured, web_address

    public = configured() if url is None else web_address(url)
    answered = hosts.hosts(host, filter(None, [*allowed, urlsplit(public).hostname]), socket.gethostname())
    taken = _listen(host, port)
    port = taken.getsockname()[1]
    seen = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1", "") else host
    local = f"http://{f'[{seen}]' if ':' in seen else seen}:{port}"
    workspace.served = Address(local, public)
    import uvicorn

    app = build(workspace, schedules=schedules, answered=answered)
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=UPLOAD_MB * 1024 * 1024,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        forwarded_allow_ips=os.environ.get(proxy.TRUSTED, proxy.OWN),
        server_header=False,
    )
    server = uvicorn.Server(config)
    _say(workspace, hosts.said(answered))
    if open_browser:
        threading.Thread(target=_open, args=(server, local), name="browser", daemon=True).start()
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        pass
    finally:
        taken.close()
        use(None)


def _say(workspace: Workspace, answers: str) -> None:
    """Print what is served and where; ``answers`` are the names it answers to, in words."""
    at = workspace.served
    print(f"Serving {', '.join(workspace.sources)} at {at.links}")
    if at.public:
        print(f"Listening at {at.listens}")
    print(f"Workspace folder: {workspace.folder}")
    if answers:
        print(answers)
    print("Stop with Ctrl-C.", flush=True)


def _open(server: Any, url: str) -> None:
    """Open the browser once there is something to see."""
    import time

    for _ in range(200):
        if server.started:
            webbrowser.open(url)
            return
        time.sleep(0.05)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that a taken port is said before anything is loaded."""
    if not 0 <= port <= 65535:
        raise ServeError(f"{port} is not a port.", hint="Choose one from 1024 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise ServeError(f"{host}:{port} is not an address to serve at.", hint="Try --host 127.0.0.1.") from None
    taken = socket.socket(family, kind, protocol)
    if sys.platform != "win32":
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
        taken.listen(512)
    except OSError as problem:
        taken.close()
        raise _refused(problem, host, port) from None
    taken.set_inheritable(True)
    return taken


def _refused(problem: Exception, host: str, port: int) -> ServeError:
    import errno

    number = getattr(problem, "errno", None)
    if number == errno.EADDRINUSE:
        hint = f"Choose another one with --port {port + 1 if port < 65535 else 8501}, or stop that program."
        return ServeError(f"Port {port} is taken by another program.", hint=hint)
    if number == errno.EACCES:
        return ServeError(f"Port {port} needs the rights of an administrator.", hint="Choose one above 1023.")
    if number == errno.EADDRNOTAVAIL:
        return ServeError(f"{host} is not an address of this machine.", hint="Try --host 127.0.0.1.")
    return ServeError(f"The server cannot listen at {host}:{port}.", hint="Choose another --host or --port.")
