"""`noapp compose`: a document out of a request, kept as a living page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the verb and its options.

    Args:
        verbs: argparse's sub-parsers.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("compose", help="make a document of several answers and keep it as a living page")
    verb.add_argument("source", metavar="SOURCE", help="a SQLite database, or CSV, TSV, JSON, XLSX, Parquet files")
    verb.add_argument("question", nargs="+", metavar="REQUEST", help='"an overview of sales with revenue per month, …"')
    verb.add_argument("--title", help="what it is called; made from the request by default")
    verb.add_argument("--json", action="store_true", help="print slug, URL and every part with its SQL as JSON")
    workspace(verb)
    verb.set_defaults(run=compose)


def compose(options: argparse.Namespace) -> int:
    """Make a document; the exit code says whether every part of it is there."""
    from workspace import cli
    from workspace.cli.show import CLARIFY, DECLINE, ERROR, OK, print_json

    with cli.opened(options) as workspace:
        made = workspace.compose(" ".join(options.question), title=options.title)
    missing = {section.status for section in made.sections if section.status != "answered"}
    code = ERROR if "failed" in missing else DECLINE if "declined" in missing else CLARIFY if missing else OK
    code = code if made.slug or missing else DECLINE
    if options.json:
        sections = [
            {
                "part": section.said,
                "question": section.question,
                "status": section.status,
                "message": section.message,
                "sql": section.sql,
                "choices": [offer.label for offer in made.offers if offer.request.get("said") == section.said],
            }
            for section in made.sections
        ]
        print_json(
            {"kind": "composed", "slug": made.slug, "url": made.url, "title": made.title, "version": made.version,
             "message": made.message, "sections": sections}
        )  # fmt: skip
        return code
    print(made.message)
    for section in made.sections:
        mark = {"answered": "+", "ambiguous": "?", "declined": "-", "failed": "!"}[section.status]
        print(f"  {mark} {section.question}")
        for offer in made.offers:
            if offer.request.get("said") == section.said:
                print(f"      {offer.label}")
    if made.offers:
        print("Say the part in the words of one of its readings, and compose it again.")
    if made.slug:
        print(f"slug  {made.slug}\nURL   {made.url}")
    return code
