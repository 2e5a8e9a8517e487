"""A living page of six blocks with a table of 1,000 rows: unchanged data, data that changes each second, a real browser.

The document has the first fifty rows of the table, the table face all of them. "Changes each second" means that another
process writes to the database, so that every query of the page runs again.
"""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.bench.pages import MEASURED, Load, load, ours, running, show, theirs
from tests.bench.peers import reruns, shown, streamlit
from tests.browser.conftest import CHROMIUM
from tests.conftest import data_folder

SETTLE = 2.0  # seconds that a server gets after its start, to warm up
OPENINGS = 5  # of a browser; the median counts
AIM_MS, AIM_KB = 200, 150
QUERIES = {
    "q1": ("how much revenue", "select round(sum(Total), 2) as revenue from Invoice"),
    "q2": (
        "revenue per month",
        "select strftime('%Y-%m', InvoiceDate) as month, sum(Total) as revenue from Invoice group by 1 order by 1",
    ),
    "q3": (
        "revenue per country",
        "select BillingCountry as country, sum(Total) as revenue from Invoice group by 1 order by 2 desc",
    ),
    "q4": (
        "tracks",
        "select TrackId, Name, Composer, Milliseconds, UnitPrice from Track order by TrackId limit 1000",
    ),
}


def main() -> None:
    data = data_folder()
    if data is None:
        print("The public sample data is not here; set NOAPP_DATA to the folder that has samples/chinook.sqlite.")
        return
    with tempfile.TemporaryDirectory() as folder:
        chinook = Path(shutil.copy(data / "samples" / "chinook.sqlite", folder))
        slug = kept(chinook, Path(folder) / "kept")
        with running(ours(chinook, Path(folder) / "kept"), "/healthz") as server:
            time.sleep(SETTLE)
            measured(server.port, f"/a/{slug}", seconds=1.0)  # what is made once for all pages: the drawing engine
            for face in ("document", "table", "app", "slides"):
                show(f"{face}, unchanged", measured(server.port, f"/a/{slug}/{face}"))
            still = measured(server.port, f"/a/{slug}/table")
            with changing(chinook):
                for face in ("document", "table"):
                    moving = measured(server.port, f"/a/{slug}/{face}")
                    show(f"{face}, changing each s", moving)
            in_browser(f"http://127.0.0.1:{server.port}/a/{slug}", ("document", "table", "app", "slides"))
            mine = opened(f"http://127.0.0.1:{server.port}/a/{slug}/table", "Tracks")
        against(chinook, Path(folder), still, moving, mine)


def against(chinook: Path, folder: Path, still: Load, moving: Load, mine: float) -> None:
    """The table face, which has all rows, beside datasette's page of the same rows and a bare Streamlit page."""
    if importlib.util.find_spec("datasette") is None:
        print("datasette is not installed: uv sync --group bench")
    else:
        address = f"/chinook?sql={quote(QUERIES['q4'][1])}"
        with running(theirs(chinook), "/-/versions.json") as server:
            time.sleep(SETTLE)
            other = measured(server.port, address)
            show("datasette, the table", other)
            with changing(chinook):
                busy = measured(server.port, address)
            show("datasette, changing", busy)
        print(
            f"{'table against datasette':<26} {still.rate / other.rate:5.1f}x unchanged, {moving.rate / busy.rate:.1f}x"
        )
    with streamlit(chinook, [sql for _, sql in QUERIES.values()], folder) as server:
        time.sleep(SETTLE)
        bare = reruns(server.port, MEASURED)
        show("bare Streamlit, runs", bare)
        print(f"{'table against Streamlit':<26} {still.rate / bare.rate:5.1f}x")
        if mine:
            theirs_ms = opened(f"http://127.0.0.1:{server.port}/", "All of it.")
            print(f"{'until it can be read':<26} {mine:5.0f} ms against {theirs_ms:.0f} ms, {theirs_ms / mine:.1f}x")


def opened(address: str, text: str) -> float:
    """Milliseconds until ``text`` stands in the page, in Chromium, the median of some; 0 without it."""
    if not CHROMIUM:
        return 0.0
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found = statistics.median(shown(browser, address, text) for _ in range(OPENINGS))
        browser.close()
    return found


def kept(database: Path, folder: Path) -> str:
    """The slug of the page: prose, a figure, two charts, a heading and the table."""
    from workspace.api import open_workspace
    from workspace.artifact.model import Artifact, Chart, Metric, NamedQuery, Shown, Table, Text
    from workspace.store import artifacts

    with open_workspace(database, folder=folder) as workspace:
        queries = tuple(
            NamedQuery(name=name, source="chinook", sql=sql, question=question, planner="person",
                       columns=(Shown(name="month", format="period"), Shown(name="revenue", total=True)))
            for name, (question, sql) in QUERIES.items()
        )  # fmt: skip
        blocks = (
            Text(
                template="{{ q3.first('country') }} leads with {{ q3.first('revenue') }} of {{ q1.value('revenue') }}."
            ),
            Metric(query="q1", column="revenue", label="Revenue"),
            Chart(query="q2", mark="line", x="month", y="revenue", x_type="temporal", caption="Revenue per month"),
            Chart(query="q3", mark="bar", x="country", y="revenue", horizontal=True, sort="-y", caption="Per country"),
            Text(template="## Tracks"),
            Table(query="q4"),
        )
        workspace.sources  # noqa: B018  # its place is remembered
        workspace._registry["chinook"]
        return artifacts.save(workspace.store, Artifact(title="Sales", queries=queries, blocks=blocks)).slug


def measured(port: int, address: str, seconds: float = MEASURED) -> Load:
    return asyncio.run(load(port, address, "accept-encoding: gzip\r\n", seconds))


@contextmanager
def changing(database: Path) -> Iterator[None]:
    """Another writer of the database: one committed change each second."""
    stop = threading.Event()

    def write() -> None:
        with sqlite3.connect(database, timeout=5) as db:
            number = 0
            while not stop.wait(1.0):
                number += 1
                db.execute("update Customer set Fax = ? where CustomerId = 1", (str(number),))
                db.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def in_browser(address: str, faces: tuple[str, ...]) -> None:
    """Bytes sent and time to content, with and without scripts."""
    if not CHROMIUM:
        print("Chromium is not installed; bytes and time to content were not measured.")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for face in faces:
            for scripts in (False, True):
                found = [_opened(browser, f"{address}/{face}", scripts) for _ in range(OPENINGS)]
                shown, sent = statistics.median(ms for ms, _ in found), found[0][1] / 1024
                name = f"{face}, {'with' if scripts else 'without'} scripts"
                print(f"{name:<26} content after {shown:5.0f} ms (aim {AIM_MS})   {sent:6.1f} kB (aim {AIM_KB})")
        browser.close()


def _opened(browser: object, address: str, scripts: bool) -> tuple[float, int]:
    context = browser.new_context(java_script_enabled=scripts)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(100)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
    sent = page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")
    context.close()
    return float(painted), int(sent)


if __name__ == "__main__":
    main()
