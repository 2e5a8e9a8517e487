"""What is around a page: the headers that keep it safe, and the pages that say why there is nothing to show."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from workspace.errors import NoAppError, NotFound, ShareEnded, ShareLocked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from starlette.requests import Request


SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}

NONE = "'none'"
_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 var(--font)}
main{max-width:60ch;margin:0 auto;padding:20vh 24px 64px}
h1{margin:0 0 8px;font-size:28px;line-height:36px;font-weight:650}
p{margin:0 0 24px;color:var(--muted)}
a{color:var(--accent);text-underline-offset:3px;margin-right:24px}
main:has(>ol,>ul){padding-top:48px}
ol{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
ol>li{padding:12px 0;border-bottom:1px solid var(--line)}
ul{margin:4px 0 0;padding-left:20px;color:var(--ink);font-size:15px}
ol ul{color:var(--muted);font-size:14px;line-height:22px}
.aside{font-size:14px;color:var(--muted);white-space:nowrap}
time{float:right;color:var(--muted);font-size:14px;line-height:26px;font-variant-numeric:tabular-nums}
@media (max-width:480px){time{float:none;display:block;line-height:20px}}
input,button{height:40px;border:1px solid var(--line);border-radius:var(--radius);font:inherit}
input{color:var(--ink);background:var(--paper)}
input{flex:1 1 200px;min-width:0;padding:0 12px}
button{padding:0 20px;border-color:var(--accent);background:var(--accent);color:var(--on-accent);cursor:pointer}
form{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
label{flex:1 0 100%;font-size:14px;color:var(--muted)}
.wrong{margin:12px 0 0;color:var(--wrong)}
:is(a,input,button):focus-visible{outline:2px solid var(--accent);outline-offset:2px}
"""


def policy(styles: Iterable[str] = (), scripts: Iterable[str] = (), frames: Iterable[str] = ()) -> str:
    """A content security policy under which only the given style sheets and scripts count.

    Nothing is fetched; with scripts, only from here.

    Args:
        styles, scripts: the exact texts between the tags.
        frames: origins whose pages may show this one in a frame.
    """
    parts = [
        "default-src 'none'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        f"frame-ancestors {' '.join(frames) or NONE}",
    ]
    if hashes := [_hash(text) for text in styles]:
        parts.append(f"style-src {' '.join(hashes)}")
    if hashes := [_hash(text) for text in scripts]:
        parts += [f"script-src {' '.join(hashes)}", "connect-src 'self'"]
    return "; ".join(parts)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def status(problem: NoAppError) -> int:
    """The HTTP status that says the same as an error: not there, or there and not to be shown just now."""
    if isinstance(problem, ShareLocked):
        return 429
    return 404 if isinstance(problem, NotFound) else 410 if isinstance(problem, ShareEnded) else 503


def problem(found: NoAppError, request: Request) -> Response:
    """An error as a page that says what happened and where to go on, or as JSON for a program."""
    headers = SECURE | {"cache-control": "no-store"}
    path = request.scope["path"]
    if path.endswith(".json"):
        return JSONResponse({"error": found.to_dict()}, status(found), headers)
    body, rule = _page(found.message, found.hint)
    headers |= {"content-security-policy": rule, "content-type": "text/html; charset=utf-8"}
    return Response(b"" if request.method == "HEAD" else body, status(found), headers)


async def defect(request: Request, _: Exception) -> Response:
    """A page for what should not have happened; the server's log has the rest."""
    body, rule = _page("This page could not be made.", "It is a defect of the workspace; its log says more.")
    headers = SECURE | {
        "cache-control": "no-store",
        "content-security-policy": rule,
        "content-type": "text/html; charset=utf-8",
    }
    return Response(b"" if request.method == "HEAD" else body, 500, headers)


@cache
def _sheet() -> str:
    from workspace.faces import theme

    return theme.css_variables() + _STYLE


def _page(message: str, hint: str) -> tuple[bytes, str]:
    links = '<a href="/">Ask something</a> <a href="/library">Library</a>'
    return whole(message, f"<h1>{escape(message)}</h1><p>{escape(hint)}</p>{links}")


def written(moment: datetime) -> str:
    """Date and time as people write them, in the machine's zone."""
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def whole(title: str, body: str) -> tuple[bytes, str]:
    """A small page of its own, and the policy it is sent with; ``body`` is markup."""
    from workspace.faces.theme import icon

    style = _sheet()
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" href="{icon()}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><main>{body}</main></body></html>"
    )
    return text.encode(), policy([style])
