"""Which address is answered by what, beside Streamlit's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from workspace.errors import NotFound
from workspace.server import chrome
from workspace.server.answers import Answers
from workspace.server.feeds import Feeds
from workspace.server.pages import Pages
from workspace.server.shares import Shares, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from workspace.api import Workspace

# The first part of every address that Streamlit answers: its pages, then its own machinery.
STREAMLIT = frozenset(
    {"", "library", "links", "data", "artifact", "deliveries", "_stcore", "static", "media", "component", "favicon.png",
     "index.html", "manifest.json", "robots.txt", "oauth2callback", "auth"}
)  # fmt: skip
OURS = frozenset({"a", "s", "chat", "feed", "healthz"})


def routes(workspace: Workspace) -> list[Any]:
    """The routes of ``workspace``."""
    pages, answers, shares, feeds = Pages(workspace), Answers(workspace), Shares(workspace), Feeds(workspace)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "sources": list(workspace.sources)}, headers={"cache-control": "no-store"})

    async def library(_: Request) -> Response:
        return RedirectResponse("/library", status_code=307)

    async def nothing(request: Request) -> Response:
        return chrome.problem(NotFound("There is no page at this address."), request)

    async def gone(request: Request) -> Response:
        return refuse(NotFound("There is nothing at this address."), request)

    return [
        Route("/healthz", health),
        Route("/healthz/{rest:path}", nothing),
        Route("/a", library),
        Route("/a/", library),
        Route("/a/{rest:path}", pages.answer),
        Route("/s", gone),
        Route("/s/{rest:path}", shares.answer, methods=["GET", "POST"]),
        Route("/feed", feeds.answer),
        Route("/feed/{schedule}", feeds.answer),
        Route("/feed/{rest:path}", nothing),
        Route("/chat", nothing),
        Route("/chat/{chat}", answers.chat),
        Route("/chat/{chat}/{name}", answers.download),
        Route("/chat/{rest:path}", nothing),
    ]


class Unknown:
    """Answers 404 where Streamlit would answer any address with its start page and 200."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            first = scope["path"].removeprefix("/").partition("/")[0]
            if first not in STREAMLIT and first not in OURS:
                problem = NotFound("There is no page at this address.")
                await chrome.problem(problem, Request(scope))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def middleware() -> list[Middleware]:
    return [Middleware(Unknown)]
