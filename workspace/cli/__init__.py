"""`noapp`: the verbs of the workspace on the command line.

Nothing but argparse is imported before the arguments are read, and each verb imports what it needs: `--help` costs no
more than Python itself, `noapp ask` neither the server nor LangGraph nor the store.

Exit codes: 0 answered or done, 1 an error (one sentence on stderr), 2 wrong usage, 3 the question has several readings,
4 it was not understood, 5 something that was verified does not hold.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspace.cli import composing, files, params, past, scheduling, sharing
from workspace.cli.kept import library, say_kept
from workspace.errors import NoAppError, ServeError, SourceUnsupported

if TYPE_CHECKING:
    from workspace.api import Workspace

OK = 0
PORT = 8501

# Above which verb of the help stands what it and those below it are for.
GROUPS = {
    "serve": "ask",
    "artifacts": "what was kept",
    "history": "its past",
    "share": "giving it to others",
    "schedule": "sending it",
    "verified": "the workspace itself",
}
DESCRIPTION = "Talk to a database; keep what is worth keeping as a living page with a URL."
EXAMPLES = """\
examples:
  noapp                                         try it on a sample business
  noapp serve chinook.sqlite                    ask a database in the browser; or: noapp FILE
  noapp serve sales.csv people.xlsx             ... or data files
  noapp ask chinook.sqlite "revenue per year"   ... or right here
  noapp ask chinook.sqlite "top 5 customers by revenue" --csv
  noapp pin chinook.sqlite "revenue per year"   keep the answer; prints its address
  noapp compose chinook.sqlite "an overview of sales with revenue per year and top customers"

`noapp VERB --help` says more about one verb.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line.

    Args:
        arguments: without the program's name; those of the process by default.

    Returns:
        the exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character is no reason to fail
    options = parser().parse_args(spelled_out(sys.argv[1:] if arguments is None else arguments))
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except NoAppError as problem:
        from workspace.cli.show import complain

        return complain(problem.message, problem.hint)
    except KeyboardInterrupt:
        return OK if options.run is serve else 130
    except BrokenPipeError:  # `noapp ask … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


# ----------------------------------------------------------------------------------------------------- arguments
def spelled_out(arguments: Sequence[str]) -> Sequence[str]:
    """With the verb `serve` where there is none, only what to serve or how.

    Example:
        >>> spelled_out(["--port", "9000"]), spelled_out(["ask", "shop.sqlite", "how many orders"])
        (['serve', '--port', '9000'], ['ask', 'shop.sqlite', 'how many orders'])
    """
    first = arguments[0] if arguments else "-h"
    option = first.startswith("-") and first not in ("-h", "--help", "--version")
    source = "." in first or "/" in first or os.sep in first  # no verb has any of these; most paths and addresses do
    return ["serve", *arguments] if option or source else arguments


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(prog="noapp", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=_Grouped)
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    top.set_defaults(run=serve, source=[], workspace=None, host="127.0.0.1", port=PORT, browser=True, schedules=True)
    top.set_defaults(hosts=[], url=None)
    verbs = top.add_subparsers(title="verbs", metavar="VERB")
    _asking(verbs)
    _keeping(verbs)
    past.add(verbs, _workspace)
    sharing.add(verbs, _workspace)
    scheduling.add(verbs, _workspace)
    _upkeep(verbs)
    return top


class _Grouped(argparse.RawDescriptionHelpFormatter):
    """Help in which the verbs stand under what they are for."""

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        head = GROUPS.get(action.dest, "") if action.metavar == action.dest and not action.option_strings else ""
        return f"\n  {head}:\n{text}" if head else text


def _asking(verbs: Any) -> None:
    """The verbs that make something of a question."""
    verb = verbs.add_parser("serve", help="serve the workspace in the browser (the sample database without SOURCE)")
    verb.add_argument(
        "source", nargs="*", metavar="SOURCE", help="SQLite databases, or CSV, TSV, JSON, XLSX, Parquet files"
    )
    _workspace(verb)
    verb.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s: only this machine)")
    verb.add_argument(
        "--allow-host", dest="hosts", action="append", default=[], metavar="NAME",
        help="answer to this name too, such as the one a proxy shows to the world; may be repeated ($NOAPP_HOSTS)",
    )  # fmt: skip
    verb.add_argument(
        "--url", help="the address under which people reach it, such as https://data.example.org; links begin with it"
        " ($NOAPP_URL, else where it listens)",
    )  # fmt: skip
    verb.add_argument("--port", type=_port, default=PORT, help="port to listen on (%(default)s)")
    verb.add_argument("--no-browser", dest="browser", action="store_false", help="do not open the browser")
    verb.add_argument(
        "--no-schedules", dest="schedules", action="store_false", help="leave what is due to `noapp tick` from cron"
    )
    verb.set_defaults(run=serve)

    verb = verbs.add_parser("ask", help="answer one question here")
    _question(verb)
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--sql", action="store_true", help="print the SQL instead of the answer")
    form.add_argument("--json", action="store_true", help="print everything as JSON")
    form.add_argument("--csv", action="store_true", help="print the rows as CSV")
    verb.add_argument("--strict", action="store_true", help="only the columns that were asked for")
    _workspace(verb)
    verb.set_defaults(run=ask)

    verb = verbs.add_parser("pin", help="answer one question and keep it as a living page")
    _question(verb)
    verb.add_argument("--title", help="what it is called; made from the question by default")
    verb.add_argument("--json", action="store_true", help="print slug, URL, title and version as JSON")
    _workspace(verb)
    verb.set_defaults(run=pin)
    composing.add(verbs, _workspace)


def _keeping(verbs: Any) -> None:
    """The verbs for what was kept."""
    verb = verbs.add_parser("artifacts", help="list what was kept")
    verb.add_argument("search", nargs="?", default="", help="words to look for")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    _workspace(verb)
    verb.set_defaults(run=artifacts)
    params.add(verbs, _workspace)
    files.add(verbs, _workspace)


def _upkeep(verbs: Any) -> None:
    """The verbs for the workspace itself."""
    verb = verbs.add_parser("verified", help="list what was said of answers, or forget it")
    verb.add_argument("--forget", metavar="ID", help="take back what was said under this id")
    verb.add_argument("--json", action="store_true", help="print the list as JSON")
    _workspace(verb)
    verb.set_defaults(run=verified)

    verb = verbs.add_parser("doctor", help="what is installed, reachable and configured, and what to do about the rest")
    _workspace(verb)
    verb.set_defaults(run=doctor)

    verb = verbs.add_parser("eval", help="measure the planner on questions with known SQL")
    verb.add_argument("questions", type=Path, metavar="QUESTIONS", help='JSON: [{"db_id", "question", "query"}]')
    verb.add_argument("databases", type=Path, metavar="DATABASES_DIR", help="holds <db_id>/<db_id>.sqlite")
    verb.add_argument("--predictions", type=Path, metavar="OUT.jsonl", help="write one line per question")
    verb.add_argument("--errors", type=Path, metavar="OUT.html", help="write a page that groups the failures")
    verb.add_argument("--workers", type=int, default=1, metavar="N", help="processes to use (%(default)s)")
    verb.set_defaults(run=evaluate)


def _question(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", metavar="SOURCE", help="a SQLite database, or CSV, TSV, JSON, XLSX, Parquet files")
    verb.add_argument("question", nargs="+", metavar="QUESTION", help="in plain words")


def _workspace(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--workspace", type=Path, metavar="DIR", help="where chats and pages are kept ($NOAPP_WORKSPACE, else ./.noapp)"
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number up to 65535 (0 for any that is free)")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import version

        print(f"noapp {version('noapp-workspace')}")
        raise SystemExit(OK)


# --------------------------------------------------------------------------------------------------------- serve
def serve(options: argparse.Namespace) -> int:
    """Serve the workspace until Ctrl-C."""
    from workspace.agent.models import configured
    from workspace.cli.show import plain

    model = configured()
    targets = options.source or [_sample(_folder(options))]
    with _open(targets, options) as workspace:
        for name in workspace.sources:
            workspace.look(_tell, name)
            print(f"{name}: {workspace.describe(name)}")
            for remark in workspace.remarks(name):
                print(f"  {plain(str(remark))}")
        if model is not None:
            problem = model.missing()
            print(f"Model: {model}" + (f". {problem}" if problem else ""))
        sys.stdout.flush()
        from workspace.server.app import serve as run

        allowed = [*options.hosts, *os.environ.get("NOAPP_HOSTS", "").split()]
        run(workspace, options.host, options.port, options.browser, options.schedules, allowed, options.url)
    return OK


def _sample(folder: Path) -> Path:
    """The sample database in the workspace folder, built when it is missing or not of today."""
    from datetime import date

    from sample_db.build import SampleError, build, built_on

    path = folder / "sample.sqlite"
    try:
        if built_on(path) != date.today():
            print("Building the sample database ...", flush=True)
            build(path)
    except SampleError as problem:
        raise ServeError(problem.message, hint=problem.hint) from problem
    return path


def _folder(options: argparse.Namespace) -> Path:
    from workspace.api import workspace_folder

    return workspace_folder(options.workspace)


def _open(targets: Sequence[str | Path], options: argparse.Namespace) -> Workspace:
    from workspace.api import open_workspace

    return open_workspace(*targets, folder=options.workspace)


def _tell(text: str) -> None:
    """Says on a terminal what takes its time, beside what is asked for."""
    if sys.stderr.isatty():
        print(f"{text} ...", file=sys.stderr, flush=True)


# ----------------------------------------------------------------------------------------------------------- ask
def _targets(options: argparse.Namespace) -> list[str]:
    """The source of a question; several data files are one source, but only one database can be asked at a time."""
    targets = [options.source]
    while len(options.question) > 1 and Path(options.question[0]).suffix and Path(options.question[0]).is_file():
        targets.append(options.question.pop(0))
    if len(targets) > 1:
        from workspace.database.source import is_database

        for target in map(Path, targets):
            if target.is_file() and is_database(target):
                raise SourceUnsupported(
                    f"{target.name} is a database, and a question goes to one database alone.",
                    hint="Ask each by itself, or serve them together: noapp serve SOURCE...",
                )
    return targets


def opened(options: argparse.Namespace) -> Workspace:
    """The workspace over the source of a question, its catalog read; of files that were read now, what was odd."""
    from workspace.cli.show import plain

    workspace = _open(_targets(options), options)
    workspace.look(_tell)
    read = {item.table for item in getattr(workspace.source(), "ingested", ())}
    for remark in workspace.remarks() if read else ():
        if remark.table in read:
            print(f"noapp: {plain(str(remark))}", file=sys.stderr)
    return workspace


def ask(options: argparse.Namespace) -> int:
    """Answer one question on the terminal."""
    from workspace.cli.show import show

    with opened(options) as workspace:
        reply = workspace.ask(" ".join(options.question), strict=options.strict)
    return show(reply, "sql" if options.sql else "csv" if options.csv else "json" if options.json else "text")


def pin(options: argparse.Namespace) -> int:
    """Answer one question and keep it."""
    from workspace.agent.reply import Answer
    from workspace.cli.show import show

    with opened(options) as workspace:
        reply = workspace.ask(" ".join(options.question))
        if not isinstance(reply, Answer):
            return show(reply, "json" if options.json else "text")
        info = workspace.pin_answer(reply, options.title)
        url = workspace.address(info.slug)
    return say_kept(info, url, "Pinned as", as_json=options.json)


# ------------------------------------------------------------------------------------------------------- library
def artifacts(options: argparse.Namespace) -> int:
    """List the library."""
    from workspace.cli.show import print_json

    with library(options) as workspace:
        kept = (workspace.folder / "workspace.sqlite").exists()  # looking makes no folder
        found = workspace.artifacts(options.search) if kept else []
        if options.json:
            print_json(
                [
                    {
                        "slug": info.slug,
                        "title": info.title,
                        "version": info.version,
                        "updated": info.updated.isoformat(),
                        "source": info.source,
                        "question": info.question,
                        "url": workspace.address(info.slug),
                    }
                    for info in found
                ]
            )
        elif not found:
            what = f"Nothing kept matches “{options.search}”" if options.search else "Nothing has been kept yet"
            print(f'{what} in {workspace.folder}. Keep an answer with: noapp pin SOURCE "QUESTION"')
        else:
            for info in found:
                print(
                    f"{info.title}\n  {workspace.address(info.slug)}  version {info.version}, {info.updated:%d %b %Y}"
                )
    return OK


def verified(options: argparse.Namespace) -> int:
    """List what was said of answers, or forget one of it."""
    from workspace.cli.show import print_json
    from workspace.store.lookup import Lookup

    folder = _folder(options)
    if options.forget:
        with library(options) as workspace:
            workspace.knowledge.forget(options.forget)
        print("Forgotten.")
        return OK
    found = Lookup(folder).verified()
    if options.json:
        print_json([{"id": i.id, "source": i.source, "verdict": i.verdict, "question": i.question} for i in found])
    elif not found:
        print(f"Nothing was said of an answer yet in {folder}. In the chat, press Right or Wrong under one.")
    for info in () if options.json else found:
        print(f"{info.id}  {info.verdict:5}  {info.source}: {info.question}")
    return OK


def evaluate(options: argparse.Namespace) -> int:
    """Measure the planner."""
    from workspace.evaluate import evaluate as measure

    measure(
        options.questions,
        options.databases,
        predictions=options.predictions,
        errors=options.errors,
        workers=options.workers,
    )
    return OK


def doctor(options: argparse.Namespace) -> int:
    """Say what is installed, reachable and configured."""
    from workspace.cli.checkup import examine

    return examine(_folder(options))
