"""`noapp share`, `noapp shares`, `noapp revoke`: links for readers who have nothing else of the workspace."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from workspace.cli.kept import OK, library, written
from workspace.errors import ShareInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workspace.api import ShareInfo

ASKED = ""  # --password without its text


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the verbs.

    Args:
        verbs: of the command line.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("share", help="make a link to one page, for readers who have nothing else of the workspace")
    verb.add_argument("slug", metavar="SLUG", help="of the page; `noapp artifacts` lists them")
    verb.add_argument("--frozen", action="store_true", help="show the figures of now for ever, with their date")
    verb.add_argument("--expires", metavar="WHEN", help="when it ends: 12h, 7d, 2w, or a date such as 2026-12-24")
    verb.add_argument(
        "--password", nargs="?", const=ASKED, metavar="TEXT", help="readers have to give it; asked for without TEXT"
    )
    verb.add_argument("--downloads", action="store_true", help="allow downloads; files hold the SQL, and it is shown")
    verb.add_argument(
        "--embed", action="append", default=[], metavar="ORIGIN", help="pages that may show it in a frame: https://HOST"
    )
    verb.add_argument("--label", default="", metavar="TEXT", help="a note for your list, such as whom it is for")
    verb.add_argument("--json", action="store_true", help="print the link and its terms as JSON")
    workspace(verb)
    verb.set_defaults(run=share)

    verb = verbs.add_parser("shares", help="list the links that were made, and how often they were opened")
    verb.add_argument("slug", nargs="?", metavar="SLUG", help="only those to this page")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    workspace(verb)
    verb.set_defaults(run=shares)

    verb = verbs.add_parser("revoke", help="take a link back")
    verb.add_argument("id", metavar="ID", help="of the link; `noapp shares` lists them")
    workspace(verb)
    verb.set_defaults(run=revoke)


def share(options: argparse.Namespace) -> int:
    """Make a link."""
    from workspace.cli.show import print_json

    password = _password() if options.password == ASKED else options.password or ""
    with library(options) as workspace:
        made = workspace.share(
            options.slug, frozen=options.frozen, expires=options.expires, password=password, embed=options.embed,
            downloads=options.downloads, label=options.label,
        )  # fmt: skip
        terms = _terms(made.info)
    if options.json:
        print_json({"url": made.url} | _dict(made.info))
    else:
        print(
            f"{made.url}\n{terms}. Keep the link, it is not shown again; take it back with: noapp revoke {made.info.id}"
        )
    return OK


def shares(options: argparse.Namespace) -> int:
    """List the links."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        kept = (workspace.folder / "workspace.sqlite").exists()  # looking makes no folder
        if kept and options.slug:
            workspace.info(options.slug)
        found = workspace.shares(options.slug) if kept else []
        if options.json:
            print_json([_dict(info) for info in found])
        elif not found:
            print(f"No link was made yet in {workspace.folder}. Make one with: noapp share SLUG")
        for info in () if options.json else found:
            label = f" ({info.label})" if info.label else ""
            print(f"{info.id}  {info.title}{label}\n  /s/{info.begins}…  {_terms(info)}; {_opened(info)}")
    return OK


def revoke(options: argparse.Namespace) -> int:
    """Take a link back."""
    with library(options) as workspace:
        info = workspace.revoke(options.id)
    print(f"The link to “{info.title}” opens nothing any more.")
    return OK


def _password() -> str:
    """From the terminal, unseen and twice; from a pipe, its first line."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        from getpass import getpass

        given = getpass("Password: ")
        if getpass("Once more: ") != given:
            raise ShareInvalid("The two passwords differ.", hint="Try again.")
    if not given:
        raise ShareInvalid("No password was given.", hint="Type it, or pipe it in, or leave out --password.")
    return given


def _terms(info: ShareInfo) -> str:
    from datetime import UTC, datetime

    state = info.state(datetime.now(UTC))
    if state == "revoked":
        return f"Revoked on {written(info.revoked)}"
    parts = [f"Frozen on {written(info.frozen)}" if info.frozen else "Living"]
    if info.expires:
        parts.append(f"{'ended' if state == 'ended' else 'until'} {written(info.expires)}")
    if info.locked:
        parts.append("with a password")
    if info.downloads:
        parts.append("downloads allowed")
    if info.embed:
        parts.append(f"in frames of {', '.join(info.embed)}")
    return ", ".join(parts)


def _opened(info: ShareInfo) -> str:
    if not info.openings:
        return "not opened yet"
    return f"opened {info.openings:,} time{'s' if info.openings > 1 else ''}, last on {written(info.last_opened)}"


def _dict(info: ShareInfo) -> dict[str, Any]:
    def iso(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": info.id, "slug": info.slug, "title": info.title, "label": info.label, "frozen": iso(info.frozen),
        "password": info.locked, "downloads": info.downloads, "embed": list(info.embed), "created": iso(info.created),
        "expires": iso(info.expires), "revoked": iso(info.revoked), "openings": info.openings,
        "first_opened": iso(info.first_opened), "last_opened": iso(info.last_opened),
    }  # fmt: skip
