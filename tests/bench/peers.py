"""What others make of the content of the living page: datasette's page of the same query, and a bare Streamlit script."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.pages import CONNECTIONS, WARM, Load, Server, running

SCRIPT = """
import sqlite3
import pandas as pd
import streamlit as st

db = sqlite3.connect({database!r})
q1, q2, q3, q4 = (pd.read_sql(sql, db) for sql in {queries!r})
st.title("Sales")
st.write(f"{{q3.country[0]}} leads with {{q3.revenue[0]:,.2f}} of {{q1.revenue[0]:,.2f}}.")
st.metric("Revenue", f"{{q1.revenue[0]:,.2f}}")
st.line_chart(q2, x="month", y="revenue")
st.bar_chart(q3, x="country", y="revenue", horizontal=True)
st.header("Tracks")
st.dataframe(q4)
st.write("All of it.")
"""


@contextmanager
def streamlit(database: Path, queries: list[str], folder: Path) -> Iterator[Server]:
    """A server of the same six blocks as a script that reads the database at each run."""
    script = folder / "bare.py"
    script.write_text(SCRIPT.format(database=str(database), queries=queries), encoding="utf-8")
    options = ["--server.headless=true", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port={port}", *options]
    with running(command, "/_stcore/health") as server:
        yield server


def reruns(port: int, seconds: float) -> Load:
    """How fast the script is run again by as many sessions as there are connections."""
    return asyncio.run(_reruns(port, seconds))


async def _reruns(port: int, seconds: float) -> Load:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from websockets.asyncio.client import connect

    begin = time.perf_counter() + WARM
    end = begin + seconds
    times: list[float] = []
    sizes: list[int] = []

    async def one() -> None:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        async with connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=30) as socket:
            while (sent := time.perf_counter()) < end:
                message = BackMsg()
                message.rerun_script.query_string = ""
                await socket.send(message.SerializeToString())
                size = await _finished(socket)
                if sent >= begin:
                    times.append((time.perf_counter() - sent) * 1000)
                    sizes.append(size)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return Load(len(times) / seconds, times, int(statistics.median(sizes)))


async def _finished(socket: Any) -> int:
    """Read one run of the script to its end; the bytes that it sent."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    size = 0
    async with asyncio.timeout(60):
        while True:
            data = await socket.recv()
            size += len(data)
            received = ForwardMsg()
            received.ParseFromString(data)
            if received.WhichOneof("type") == "script_finished":
                return size


def shown(browser: Any, address: str, text: str) -> float:
    """Milliseconds from asking for a page in a new profile until ``text`` stands in it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("text => document.body && document.body.innerText.includes(text)", arg=text, timeout=60_000)
    found = page.evaluate("performance.now()")
    context.close()
    return float(found)
