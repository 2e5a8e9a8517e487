"""Addresses of a conversation: `/chat/<id>`, and the rows of one answer as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from workspace.errors import NoAppError, NotFound
from workspace.server import chrome

if TYPE_CHECKING:
    from workspace.api import Workspace
    from workspace.export import Exported


class Answers:
    """Serves `/chat/…` of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    async def chat(self, request: Request) -> Response:
        """`/chat/<id>` is the conversation in the chat."""
        chat = request.path_params["chat"]
        try:
            await run_in_threadpool(self.workspace.chat, chat)
        except NoAppError as problem:
            return chrome.problem(problem, request)
        return RedirectResponse(f"/?chat={quote(chat, safe='')}", status_code=307)

    async def download(self, request: Request) -> Response:
        """`/chat/<id>/<message>.csv` is the rows of an answer, all that the answer has."""
        chat, name = request.path_params["chat"], request.path_params["name"]
        try:
            made = await run_in_threadpool(self._file, chat, name)
        except NoAppError as problem:
            return chrome.problem(problem, request)
        headers = {"content-disposition": f'attachment; filename="{made.filename}"', "cache-control": "no-store"}
        return Response(made.body, media_type=made.media_type, headers=headers | chrome.SECURE)

    def _file(self, chat: str, name: str) -> Exported:
        from workspace.export import EXPORTS

        message, _, extension = name.rpartition(".")
        if extension not in EXPORTS:
            raise NotFound("There is no page at this address.")
        for entry in self.workspace.messages(chat):
            view = getattr(entry.reply, "view", None)
            if entry.id == message and view is not None:
                return EXPORTS[extension](view)
        raise NotFound("There is no answer at this address.", hint="It may have been deleted.")
