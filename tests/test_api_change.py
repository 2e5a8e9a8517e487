"""Large figures over a period with their change against the one before: out of a query, true at each opening."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.test_export_office import WORDS
from workspace.api import Composed, Workspace, open_workspace
from workspace.artifact.model import Metric

SQL = """
create table customer (id integer primary key, name text not null, city text);
create table purchase (id integer primary key, customer_id integer not null references customer (id), total real not null,
    purchased_on text not null);
insert into customer values (1, 'Ada', 'Berlin'), (2, 'Bob', 'Paris');
"""
SALES = [("2024-03-01", 1, 40.0), ("2024-05-01", 2, 60.0), ("2025-02-01", 1, 90.0), ("2025-07-01", 2, 45.5),
         ("2026-01-09", 1, 20.0), ("2026-02-10", 1, 30.0)]  # fmt: skip
REQUEST = "an overview of 2025 with total of purchases, number of purchases and total per city"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(SQL)
        _sell(db, SALES)
    return path


def _sell(db: sqlite3.Connection, sales: list[tuple[str, int, float]]) -> None:
    db.executemany("insert into purchase (purchased_on, customer_id, total) values (?, ?, ?)", sales)


@pytest.fixture
def at(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Workspace]]:
    """The workspace as it is at a moment; the same folder each time."""
    monkeypatch.delenv("NOAPP_MODEL", raising=False)
    opened: list[Workspace] = []

    def workspace(*day: int) -> Workspace:
        now = datetime(*day, 12, tzinfo=UTC)
        opened.append(open_workspace(database, folder=database.parent / "kept", clock=lambda: now))
        return opened[-1]

    yield workspace
    for one in opened:
        one.close()


def notes(workspace: Workspace, slug: str, given: tuple[tuple[str, str], ...] = ()) -> list[str]:
    return [bound.plain for bound in workspace.open(slug, None, given).blocks if isinstance(bound.block, Metric)]


def tell(workspace: Workspace, slug: str, text: str) -> None:
    *_, reply = workspace.stream(workspace.new_chat(beside=slug), text)
    assert isinstance(reply, Composed) and reply.done, reply


def test_a_figure_says_how_it_changed(at: Callable[..., Workspace]) -> None:
    workspace = at(2026, 3, 10)
    slug = workspace.compose(REQUEST).slug
    assert notes(workspace, slug) == ["Up 35.5% from 2024 (100.00)", "As in 2024"]
    view = workspace.open(slug)
    assert [query.name for query in view.artifact.queries] == ["q1", "q1_before", "q2", "q2_before", "q3"]
    assert view.results["q1_before"].rows == ((2024, 100.0), (2025, 135.5)), "a receipt of its own"
    assert "2025 and the one before (2024 to 2025)" in view.artifact.query("q1_before").explanation
    assert workspace.verify(slug).holds


def words_of_xlsx(body: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return " ".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None)


@pytest.mark.parametrize("kind", ["html", "md", "docx", "pptx", "pdf", "xlsx"])
def test_every_file_says_it_too(at: Callable[..., Workspace], kind: str) -> None:
    workspace = at(2026, 3, 10)
    body = workspace.export(workspace.compose(REQUEST).slug, kind).body
    words = words_of_xlsx(body) if kind == "xlsx" else WORDS[kind](body)
    assert "Up35.5%from2024(100.00)" in "".join(words.split())


def test_it_is_true_at_each_opening(at: Callable[..., Workspace], database: Path) -> None:
    workspace = at(2026, 3, 10)
    slug = workspace.compose("an overview of last month with total of purchases and number of purchases").slug
    assert notes(workspace, slug) == ["Up 50% from Jan 2026 (20)", "As in Jan 2026"]
    with sqlite3.connect(database) as db:
        _sell(db, [("2026-01-20", 1, 40.0), ("2026-03-03", 2, 70.0)])
    assert notes(workspace, slug) == ["Down 50% from Jan 2026 (60)", "Down 50% from Jan 2026 (2)"]
    assert notes(at(2026, 4, 2), slug) == ["Up 133.3% from Feb 2026 (30)", "As in Feb 2026"]


def test_a_period_that_is_not_over_is_compared_with_nothing(at: Callable[..., Workspace]) -> None:
    workspace = at(2026, 3, 10)
    slug = workspace.compose("an overview of this year with total of purchases and number of purchases").slug
    assert notes(workspace, slug) == [
        "Not over yet; 135.50 in the whole of 2025",
        "Not over yet; 2 in the whole of 2025",
    ]
    slug = workspace.compose("an overview of 2024 with total of purchases and number of purchases").slug
    assert notes(workspace, slug) == ["", ""], "nothing is known of 2023"


def test_of_nothing_no_percentage_is_told(at: Callable[..., Workspace], database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute("update purchase set total = 0 where purchased_on < '2025'")
    workspace = at(2026, 3, 10)
    assert notes(workspace, workspace.compose(REQUEST).slug)[0] == "0.00 in 2024"


def test_edits_and_parameters_reach_both(at: Callable[..., Workspace]) -> None:
    workspace = at(2026, 3, 10)
    slug = workspace.compose(REQUEST).slug
    tell(workspace, slug, "only Berlin")
    assert notes(workspace, slug)[0] == "Up 125% from 2024 (40)"
    workspace.undo(slug)
    workspace.add_param(slug, "purchase.purchased_on")
    assert notes(workspace, slug)[0] == "Up 35.5% from 2024 (100.00)"
    assert notes(workspace, slug, (("purchased_on", "2026"),))[0] == "Not over yet; 135.50 in the whole of 2025"
    assert notes(workspace, slug, (("purchased_on", "last month"),)) == ["", ""], "the rows are years"
    tell(workspace, slug, "remove the part on the number of purchases")
    assert [query.name for query in workspace.load(slug).queries] == ["q1", "q1_before", "q3"]


def test_the_figure_stands_where_the_one_before_cannot_be_had(at: Callable[..., Workspace]) -> None:
    workspace = at(2026, 3, 10)
    slug = workspace.compose(REQUEST).slug
    artifact = workspace.load(slug)
    broken = [
        query.model_copy(update={"sql": "select gone from purchase", "plan": None, "params": {}})
        if query.name == "q1_before"
        else query
        for query in artifact.queries
    ]
    body = json.dumps({"artifact": artifact.model_copy(update={"queries": tuple(broken)}).to_dict()}).encode()
    bound = next(
        one for one in workspace.open(workspace.take_in(body).info.slug).blocks if isinstance(one.block, Metric)
    )
    assert (bound.problem, bound.plain) == (None, "")
