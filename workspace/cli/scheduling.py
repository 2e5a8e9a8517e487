"""`noapp schedule`, `schedules`, `unschedule`, `tick`: what is sent again and again, and what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from workspace.cli.kept import OK, library, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from workspace.api import DeliveryInfo, ScheduleInfo, Workspace

NOT_SENT = 1


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the verbs.

    Args:
        verbs: of the command line.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("schedule", help="send a page again and again, or when something comes true")
    verb.add_argument("slug", metavar="SLUG", help="of the page; `noapp artifacts` lists them")
    verb.add_argument(
        "often",
        nargs="?",
        default="",
        metavar="HOW_OFTEN",
        help='"every Monday at 9", "weekdays at 8:30", "monthly on the 1st"',
    )
    verb.add_argument(
        "--when", default="", metavar="CONDITION", help='tell when it becomes so: "returns exceed 5 %%", "this changes"'
    )
    verb.add_argument(
        "--to", action="append", default=[], metavar="PLACE",
        help="feed (if nothing is said), https://HOST/PATH, or mailto:ADDRESS; may be repeated",
    )  # fmt: skip
    verb.add_argument("--attach", action="append", default=[], metavar="KIND", help="attach to a mail: pdf, xlsx, …")
    verb.add_argument("--label", default="", metavar="TEXT", help="a note for your list")
    verb.add_argument("--zone", default="", metavar="NAME", help="time zone, such as Europe/Berlin; this machine's")
    verb.add_argument("--json", action="store_true", help="print the schedule as JSON")
    workspace(verb)
    verb.set_defaults(run=schedule)

    verb = verbs.add_parser("schedules", help="list what is sent, when next, and what went wrong")
    verb.add_argument("slug", nargs="?", metavar="SLUG", help="only of this page")
    verb.add_argument("--deliveries", action="store_true", help="list what was sent and what was not instead")
    verb.add_argument("--pause", metavar="ID", help="hold one")
    verb.add_argument("--resume", metavar="ID", help="let one go on that is held")
    verb.add_argument("--retry", metavar="ID", help="try a delivery again that was not sent")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    workspace(verb)
    verb.set_defaults(run=schedules)

    verb = verbs.add_parser("unschedule", help="end a schedule")
    verb.add_argument("id", metavar="ID", help="of the schedule; `noapp schedules` lists them")
    workspace(verb)
    verb.set_defaults(run=unschedule)

    verb = verbs.add_parser("tick", help="do what is due now, for cron; a server does it by itself")
    verb.add_argument("--json", action="store_true", help="print what was done as JSON")
    workspace(verb)
    verb.set_defaults(run=tick)


def schedule(options: argparse.Namespace) -> int:
    """Make a schedule."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        made = workspace.schedule(
            options.slug, options.often, condition=options.when or None, to=options.to or ("feed",),
            files=options.attach, label=options.label, zone=options.zone, operator=True,
        )  # fmt: skip
        if options.json:
            print_json(_dict(workspace, made.info))
        else:
            print(f"{made.said}\nid  {made.info.id}")
    return OK


def schedules(options: argparse.Namespace) -> int:
    """List the schedules or the deliveries, or do something to one."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        if options.pause or options.resume:
            info = workspace.pause(options.pause or options.resume, paused=bool(options.pause))
            print(f"“{info.title}” is {'held' if options.pause else 'sent again'}.")
            return OK
        if options.retry:
            found = workspace.retry(options.retry)
            print(f"“{found.title}” is tried again at the next tick.")
            return OK
        kept = (workspace.folder / "workspace.sqlite").exists()  # looking makes no folder
        if kept and options.slug:
            workspace.info(options.slug)
        listed = workspace.schedules(options.slug) if kept else []
        if options.deliveries:
            return _deliveries(workspace, listed, as_json=options.json)
        if options.json:
            print_json([_dict(workspace, info) for info in listed])
        elif not listed:
            print(f'Nothing is sent yet in {workspace.folder}. Begin with: noapp schedule SLUG "every Monday at 9"')
        for info in () if options.json else listed:
            print(_entry(workspace, info))
    return OK


def unschedule(options: argparse.Namespace) -> int:
    """End a schedule."""
    with library(options) as workspace:
        info = workspace.unschedule(options.id)
    print(f"“{info.title}” is not sent any more.")
    return OK


def tick(options: argparse.Namespace) -> int:
    """Do what is due; exit code 1 where something could not be done."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        kept = (workspace.folder / "workspace.sqlite").exists()
        done = workspace.tick() if kept else []
    if options.json:
        print_json([{"kind": one.kind, "said": one.said, "schedule": one.schedule} for one in done])
    elif not done:
        print("Nothing is due.")
    for one in () if options.json else done:
        print(one.said)
    return OK if all(one.well for one in done) else NOT_SENT


def _deliveries(workspace: Workspace, listed: list[ScheduleInfo], *, as_json: bool) -> int:
    from workspace.cli.show import print_json

    found = [one for info in listed for one in workspace.deliveries(info.id)]
    found.sort(key=lambda one: one.due, reverse=True)
    if as_json:
        print_json([_delivery(one) for one in found])
    elif not found:
        print("Nothing was due yet.")
    for one in () if as_json else found:
        print(f"{one.id}  {one.title} to {_shown(one.place)}, due {written(one.due)}\n  {_became(one)}")
    return OK


def _entry(workspace: Workspace, info: ScheduleInfo) -> str:
    from workspace.api.ticking import in_words

    label = f" ({info.label})" if info.label else ""
    to = ", ".join(_shown(place) for place in info.places)
    following = f"next {written(info.due)}" if info.state == "active" and info.due else info.state
    return f"{info.id}  {info.title}{label}\n  {in_words(info)}, to {to}\n  {following}; {workspace.standing(info)}"


def _became(one: DeliveryInfo) -> str:
    if one.state == "sent":
        return f"sent {written(one.sent)}"
    if one.state == "pending" and not one.attempts:
        return "waiting"
    again = f"tried again {written(one.next_try)}" if one.next_try else "given up"
    return f"{one.problem} Tries: {one.attempts}, {again}."


def _shown(place: str) -> str:
    from workspace.delivery.place import place_of

    return place_of(place).shown


def _dict(workspace: Workspace, info: ScheduleInfo) -> dict[str, Any]:
    return {
        "id": info.id, "slug": info.slug, "title": info.title, "label": info.label, "state": info.state,
        "recurrence": dict(info.recurrence), "condition": (info.condition or {}).get("words"),
        "to": [_shown(place) for place in info.places], "attach": list(info.files), "created": _iso(info.created),
        "next": _iso(info.due), "last": _iso(info.last), "problem": workspace.trouble(info),
    }  # fmt: skip


def _delivery(one: DeliveryInfo) -> dict[str, Any]:
    return {
        "id": one.id, "schedule": one.schedule, "slug": one.slug, "to": _shown(one.place), "due": _iso(one.due),
        "why": one.why, "state": one.state, "attempts": one.attempts, "next_try": _iso(one.next_try),
        "problem": one.problem, "sent": _iso(one.sent),
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
