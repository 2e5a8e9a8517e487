"""What came, as an Atom feed: `/feed` of the whole workspace, `/feed/<id>` of one schedule."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from workspace.errors import NoAppError
from workspace.server import chrome

if TYPE_CHECKING:
    from workspace.api import Workspace


class Feeds:
    """Serves `/feed…` of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    async def answer(self, request: Request) -> Response:
        """The feed; a reader that has it already is told so."""
        from workspace.delivery.feed import MEDIA_TYPE

        try:
            body = await run_in_threadpool(self.workspace.feed, request.path_params.get("schedule"))
        except NoAppError as problem:
            return chrome.problem(problem, request)
        mark = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers = chrome.SECURE | {
            "cache-control": "no-cache", "etag": mark, "content-security-policy": "sandbox; " + chrome.policy(),
        }  # fmt: skip
        if mark in [given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        content = b"" if request.method == "HEAD" else body
        return Response(content, headers=headers | {"content-type": MEDIA_TYPE})
