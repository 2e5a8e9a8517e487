"""`noapp export`, `noapp import`, `noapp verify`: what was kept as a file, back, and checked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspace.cli.kept import OK, library, say_kept
from workspace.errors import ArtifactInvalid, ExportFailed

if TYPE_CHECKING:
    from workspace.api import Workspace
    from workspace.database.source import Source
    from workspace.export.verify import Finding, Verification

DOES_NOT_HOLD, HOLDS_IN_PART = 5, 6
SHOWN = 20  # findings printed
WIDEST = 70  # characters of a value


def add(verbs: Any, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the three verbs to the command line's.

    Args:
        verbs: argparse's sub-parsers.
        workspace: adds ``--workspace``.
    """
    verb = verbs.add_parser("export", help="write a kept page as a file: pdf, docx, xlsx, pptx, html, md, csv, json")
    verb.add_argument("slug", metavar="SLUG", help="as `noapp artifacts` and the page's address have it")
    verb.add_argument("--as", dest="extension", required=True, metavar="KIND", help="pdf, docx, xlsx, pptx, html, …")
    verb.add_argument("-o", "--output", metavar="FILE", help="where to; - for stdout; a new file here by default")
    verb.add_argument(
        "--set", action="append", default=[], type=_pair, metavar="NAME=VALUE", dest="given",
        help="a value of a parameter, as `noapp params` lists them; may be repeated",
    )  # fmt: skip
    workspace(verb)
    verb.set_defaults(run=export)

    verb = verbs.add_parser("import", help="keep the page that an exported .json holds")
    verb.add_argument("file", type=Path, metavar="FILE", help="a .json from `noapp export` or from a page")
    verb.add_argument(
        "--source", metavar="PATH", help="the database or data file it is about, where it is not known here"
    )
    verb.add_argument("--json", action="store_true", help="print slug, URL, title and version as JSON")
    workspace(verb)
    verb.set_defaults(run=import_)

    verb = verbs.add_parser("verify", help="run the receipts of a kept page or an exported file again")
    verb.add_argument("what", metavar="SLUG|FILE", help="a kept page, or an exported .json, .html or .xlsx")
    verb.add_argument("--source", metavar="PATH", help="run them on this database or data file")
    verb.add_argument("--json", action="store_true", help="print what was found as JSON")
    workspace(verb)
    verb.set_defaults(run=verify)


def export(options: argparse.Namespace) -> int:
    """Write a kept page as a file."""
    with library(options) as workspace:
        made = workspace.export(options.slug, options.extension.lower().lstrip("."), given=_known(workspace, options))
    if options.output == "-":
        if made.filename.endswith(".zip"):
            print("noapp: Several queries are one ZIP, with a CSV file for each.", file=sys.stderr)
        sys.stdout.flush()
        sys.stdout.buffer.write(made.body)
        return OK
    # A name that is taken stays what it is: the slug may be that of the very file the page is about.
    path = _called(Path(options.output), made.filename) if options.output else _free(Path(made.filename))
    try:
        path.write_bytes(made.body)
    except OSError as problem:
        raise ExportFailed(f"{path} cannot be written: {(problem.strerror or 'no access').lower()}.") from problem
    print(path)
    return OK


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE, such as country=France")
    return name.strip(), value


def _known(workspace: Workspace, options: argparse.Namespace) -> list[tuple[str, str]]:
    """What was set; a file is refused rather than written with another value than was asked for."""
    if not options.given:
        return []
    known = workspace.given(options.slug, None, options.given)
    for pair in options.given:
        if pair not in known:
            raise ArtifactInvalid(f"{options.slug!r} has no parameter {pair[0]}.", hint="`noapp params` lists them.")
    for setting in workspace.open(options.slug, given=known).settings:
        if setting.problem:
            raise ArtifactInvalid(setting.problem, hint=f"`noapp params {options.slug}` says what is offered.")
    return list(known)


def _called(path: Path, made: str) -> Path:
    """The path, unless its ending is that of another kind of file than the one that was made."""
    from workspace.export import EXPORTS

    said, ending = path.suffix.lower().lstrip("."), made.rpartition(".")[2]
    if said == ending or said not in (*EXPORTS, "zip"):
        return path
    if ending == "zip":
        raise ExportFailed(
            f"{path} would be a ZIP: this page has several queries, and a CSV file for each.",
            hint=f"Name it {path.with_suffix('.zip')}.",
        )
    instead = f", or say --as {said}" if said in EXPORTS else ""
    raise ExportFailed(
        f"{path} would be a {ending.upper()} file under another name.",
        hint=f"Name it {path.with_suffix(f'.{ending}')}{instead}.",
    )


def _free(path: Path) -> Path:
    """The path, numbered where it is taken."""
    count, found = 1, path
    while found.exists():
        count += 1
        found = path.with_stem(f"{path.stem}-{count}")
    return found


def import_(options: argparse.Namespace) -> int:
    """Keep the page of an exported .json."""
    body = _read(options.file)
    with library(options) as workspace:
        taken = workspace.take_in(body, options.source)
        url = workspace.address(taken.info.slug)
    if taken.note:
        print(f"noapp: {taken.note}", file=sys.stderr)
    return say_kept(taken.info, url, "Kept", as_json=options.json)


def verify(options: argparse.Namespace) -> int:
    """Run receipts again; exit code 5 when something does not hold, 6 when a part could not be compared."""
    path = Path(options.what)
    with ExitStack() as open_:
        workspace = open_.enter_context(library(options))
        sources = _One(options.source, open_) if options.source else None
        if path.suffix or path.is_file():
            found = workspace.verify_file(_read(path), path.suffix.lower().lstrip("."), sources)
        else:
            found = workspace.verify(options.what, sources=sources)
    _tell(found, as_json=options.json)
    return DOES_NOT_HOLD if not found.holds else HOLDS_IN_PART if found.unsure else OK


class _One(Mapping[str, "Source"]):
    """One source, whatever it is called."""

    def __init__(self, target: str, open_: ExitStack) -> None:
        from workspace.database.source import open_source

        self._source = open_source(target)
        open_.callback(self._source.close)

    def __getitem__(self, name: str) -> Source:
        return self._source

    def __iter__(self) -> Any:
        return iter((self._source.name,))

    def __len__(self) -> int:
        return 1


def _tell(found: Verification, *, as_json: bool) -> None:
    from dataclasses import asdict

    from workspace.cli.show import plain, print_json

    if as_json:
        print_json(asdict(found) | {"holds": found.holds})
        return
    title = plain(found.title)
    receipts = f"{found.receipts:,} {'receipt' if found.receipts == 1 else 'receipts'}"
    if found.holds:
        far = "Holds as far as it could be compared" if found.unsure else "Holds"
        print(f"{far}: {receipts} of “{title}” run again, {found.figures:,} figures and texts as they were.")
    else:
        count = len(found.findings)
        differ = "1 place differs" if count == 1 else f"{count:,} places differ"
        print(f"Does not hold: {receipts} of “{title}” run again, {differ}.")
        for finding in found.findings[:SHOWN]:
            print(f"  {plain(_line(finding))}")
        if count > SHOWN:
            print(f"  … and {count - SHOWN:,} more; --json prints them all.")
    for sentence in (*found.unsure, *found.notes):
        print(plain(sentence))


def _line(finding: Finding) -> str:
    before, after = _cut(finding.before), _cut(finding.after)
    match finding.kind:
        case "failed":
            return f"{finding.place}: cannot be run again. {finding.after}"
        case "refused":
            return f"{finding.place}: would be refused on a page. {finding.after}"
        case "unlike":
            return f"{finding.place}: not that of {finding.against}: {before}; there {after}"
        case "altered":
            return f"{finding.place}: {before}; altered in the file; its query gives {after}"
        case "written":
            return f"{finding.place}: {before}; altered in the file; written was {after}"
        case _:
            return f"{finding.place}: {before}; now {after}"


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WIDEST else flat[: WIDEST - 1] + "…"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ExportFailed(f"{path} cannot be read: {(problem.strerror or 'no access').lower()}.") from problem
