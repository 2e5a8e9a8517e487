"""`noapp params`: what a reader of a living page may set, listed, added and taken away."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workspace.cli.kept import library

if TYPE_CHECKING:
    from workspace.api import Workspace


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the verb and its options.

    Args:
        verbs: argparse's sub-parsers.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("params", help="what a reader of a page may set: list, add, drop")
    verb.add_argument("slug", metavar="SLUG", help="the last part of the page's address")
    change = verb.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="COLUMN", help="a column that becomes a parameter: table.column")
    change.add_argument("--change", metavar="NAME", help="a parameter that is changed by what follows")
    change.add_argument("--drop", metavar="NAME", help="a parameter that goes; its queries stay at the default")
    verb.add_argument("--query", action="append", metavar="NAME", help="a query that it decides (q1, …), not all")
    verb.add_argument("--several", action="store_true", default=None, help="several values may be chosen")
    verb.add_argument("--single", action="store_false", dest="several", help="with --change: one value at a time")
    verb.add_argument("--label", metavar="TEXT", help="with --change: what stands over it")
    verb.add_argument(
        "--default",
        metavar="VALUE",
        action="append",
        help="with --change: until somebody chooses; '' for all",
    )
    verb.add_argument("--json", action="store_true", help="print the parameters as JSON")
    workspace(verb)
    verb.set_defaults(run=params)


def params(options: argparse.Namespace) -> int:
    """Change the parameters of a page where that was asked for, then list them with an address that sets each."""
    with library(options) as workspace:
        return _changed(options, workspace)


def _changed(options: argparse.Namespace, workspace: Workspace) -> int:
    from workspace.api.parameters import AS_IT_IS
    from workspace.cli.show import print_json

    if options.add:
        workspace.add_param(options.slug, options.add, queries=options.query or (), several=bool(options.several))
    elif options.change:
        default = AS_IT_IS if options.default is None else [one for one in options.default if one] or None
        workspace.change_param(
            options.slug, options.change, label=options.label, several=options.several, queries=options.query,
            default=default,
        )  # fmt: skip
    elif options.drop:
        workspace.drop_param(options.slug, options.drop)
    view = workspace.open(options.slug)
    address = workspace.address(options.slug)
    found = [_described(setting, address) for setting in view.settings]
    if options.json:
        print_json({"slug": options.slug, "version": view.version, "params": found})
        return 0
    if not found:
        print("A reader of this page can set nothing yet. Add a column with --add table.column.")
    for entry in found:
        print(f"{entry['name']}  {entry['label']}, {entry['type']}, usually {entry['usually']}")
        if entry["offered"]:
            shown = ", ".join(str(value) for value in entry["offered"][:6])
            more = len(entry["offered"]) - 6
            print(f"  offered: {shown}{f' and {more:,} more' if more > 0 else ''}")
        print(f"  {entry['url']}")
    return 0


def _described(setting: Any, address: str) -> dict[str, Any]:
    from workspace.faces.controls import suffix

    param = setting.param
    values = [option.value for option in setting.options]
    example = {"daterange": "last month", "date": "2024-12-31", "number": "100", "bool": "1", "text": "words"}
    said = str(values[0]) if values else example.get(param.type, "")
    return {
        "name": param.name,
        "label": setting.label,
        "type": param.type,
        "usually": setting.words,
        "offered": values,
        "url": address + suffix(((param.name, said),)),
    }
