"""`noapp history`, `changes`, `restore`, `fork`, `freeze`: the past of a page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from workspace.cli.kept import OK, library, say_kept, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from workspace.api import Revision
    from workspace.artifact.since import Changes

MOST_ROWS = 20  # of a table that changed


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the verbs.

    Args:
        verbs: of the command line.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("history", help="list the versions of a page with what each changed, and its snapshots")
    verb.add_argument("slug", metavar="SLUG", help="of the page; `noapp artifacts` lists them")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    workspace(verb)
    verb.set_defaults(run=history)

    verb = verbs.add_parser("changes", help="say what changed of a page and of what it shows since a moment")
    verb.add_argument("slug", metavar="SLUG", help="of the page")
    verb.add_argument(
        "--since", default="", metavar="WHEN", help="a version's number, a snapshot's id, or a day; else when last seen"
    )
    verb.add_argument("--json", action="store_true", help="print the changes as JSON")
    workspace(verb)
    verb.set_defaults(run=changes)

    verb = verbs.add_parser("restore", help="make a new version that equals an older one")
    verb.add_argument("slug", metavar="SLUG", help="of the page")
    verb.add_argument("version", type=int, metavar="VERSION", help="its number; `noapp history` lists them")
    workspace(verb)
    verb.set_defaults(run=restore)

    verb = verbs.add_parser("fork", help="make a page of its own out of a copy of another")
    verb.add_argument("slug", metavar="SLUG", help="of the page to copy")
    verb.add_argument("--version", type=int, metavar="N", help="which version of it; the newest by default")
    verb.add_argument("--title", help="what the copy is called")
    verb.add_argument("--json", action="store_true", help="print slug, URL, title and version as JSON")
    workspace(verb)
    verb.set_defaults(run=fork)

    verb = verbs.add_parser("freeze", help="keep what a page shows now, with its date")
    verb.add_argument("slug", metavar="SLUG", help="of the page")
    workspace(verb)
    verb.set_defaults(run=freeze)


def history(options: argparse.Namespace) -> int:
    """List the versions, newest first."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        revisions, snapshots = workspace.revisions(options.slug), workspace.snapshots(options.slug)
        urls = [workspace.address(options.slug, entry.info.number) for entry in revisions]
        if options.json:
            versions = [_dict(entry) | {"url": url} for entry, url in zip(revisions, urls, strict=True)]
            frozen = [{"id": entry.id, "version": entry.version, "at": entry.at.isoformat()} for entry in snapshots]
            print_json({"versions": versions, "snapshots": frozen})
            return OK
        for entry, url in zip(revisions, urls, strict=True):
            print(f"version {entry.info.number}  {written(entry.info.created)}  {url}")
            print("\n".join(f"  - {said}" for said in entry.changes or [_silent(entry.info.number)]))
        for entry in snapshots:
            print(f"frozen     {written(entry.at)}  {workspace.address(options.slug)}/at/{entry.id}")
    return OK


def changes(options: argparse.Namespace) -> int:
    """Say what changed since a moment."""
    from dataclasses import asdict

    from workspace.cli.show import print_json

    with library(options) as workspace:
        title, found = workspace.info(options.slug).title, workspace.changes(options.slug, options.since)
    then = found.then
    assert then is not None, "a moment of which nothing is known is said instead"
    if options.json:
        shown = asdict(found.changes) if found.changes is not None else None
        print_json({"slug": options.slug, "since": then.at.isoformat(), "version": then.version,
                    "edits": list(found.edits), "changes": shown})  # fmt: skip
        return OK
    print(f"“{title}” since {written(then.at)}, version {then.version}")
    print("\n".join(f"  - {said}" for said in found.edits), end="\n" if found.edits else "")
    if found.changes is None:
        print("What it showed then is not remembered.")
    elif not found.changes:
        print("Nothing that it shows changed.")
    else:
        _print(found.changes)
    return OK


def _print(found: Changes) -> None:
    """Figures and sentences before and after, then the rows."""
    for change in found.figures:
        print(f"{change.place or 'Text'}: {change.before} → {change.after}")
    for table in found.tables:
        print(f"{table.title}:")
        for row in table.rows[:MOST_ROWS]:
            cells = [
                f"{cell.column} {' → '.join(text for text in (cell.before, cell.after) if text)}" for cell in row.cells
            ]
            print(f"  {row.kind:<8}{row.name}{'  ' if cells else ''}{', '.join(cells)}")
        if len(table.rows) > MOST_ROWS:
            print(f"  and {len(table.rows) - MOST_ROWS:,} more; --json has them all")


def restore(options: argparse.Namespace) -> int:
    """Make an older version the newest."""
    with library(options) as workspace:
        before = workspace.info(options.slug).version
        said = workspace.difference(options.slug, before, options.version)
        info = workspace.restore(options.slug, options.version)
        if info.version == before:
            print(f"“{info.title}” is as it was in version {options.version} already.")
        else:
            print(f"“{info.title}” is as it was in version {options.version}, now version {info.version}.")
            print("\n".join(f"  - {sentence}" for sentence in said))
    return OK


def fork(options: argparse.Namespace) -> int:
    """Copy a page."""
    with library(options) as workspace:
        info = workspace.fork(options.slug, options.version, options.title)
        url = workspace.address(info.slug)
    return say_kept(info, url, "Copied as", as_json=options.json)


def freeze(options: argparse.Namespace) -> int:
    """Keep what a page shows now."""
    with library(options) as workspace:
        info = workspace.freeze(options.slug)
        print(f"Frozen on {written(info.at)}.\nURL  {workspace.address(options.slug)}/at/{info.id}")
    return OK


def _dict(entry: Revision) -> dict[str, Any]:
    info = entry.info
    created = info.created.isoformat()
    return {"version": info.number, "title": info.title, "created": created, "changes": list(entry.changes)}


def _silent(number: int) -> str:
    return "first version" if number == 1 else "nothing that is shown changed"
