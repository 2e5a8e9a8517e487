"""The page of an artifact against datasette's page of the same query; start to healthy; memory idle and with 20 sessions.

Both servers run in the same minute on the same file, one after the other, and are asked by the same client over 16
connections that are kept open. The client is bare asyncio streams, so that it is not what is measured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.browser.serving import free_port
from tests.conftest import data_folder

CONNECTIONS = 16
SETTLE = 2.0  # seconds that a server gets after its start, to warm up
WARM, MEASURED = 1.0, 4.0  # seconds
SESSIONS = 20
QUESTION = "revenue per country"


def main() -> None:
    data = data_folder()
    if data is None:
        print("The public sample data is not here; set NOAPP_DATA to the folder that has samples/chinook.sqlite.")
        return
    with tempfile.TemporaryDirectory() as folder:
        chinook = Path(shutil.copy(data / "samples" / "chinook.sqlite", folder))
        slug, sql = pin(chinook, Path(folder) / "kept")
        starts = []
        for last in (False, False, True):
            with running(ours(chinook, Path(folder) / "kept"), "/healthz") as server:
                starts.append(server.seconds)
                if last:
                    time.sleep(SETTLE)
                    idle = server.memory()
                    mine = asyncio.run(load(server.port, f"/a/{slug}"))
                    packed = asyncio.run(load(server.port, f"/a/{slug}", "accept-encoding: gzip\r\n"))
                    served = server.memory()
                    asyncio.run(sessions(server.port))
                    full = server.memory()
        first, usual = starts[0], statistics.median(starts[1:])
        print(f"start to healthy           {usual:7.2f} s      (aim 2 s; the first of all, {first:.2f} s)")
        print(f"memory, idle               {idle:7.0f} MB")
        print(f"memory, after the pages    {served:7.0f} MB")
        print(f"memory, {SESSIONS} sessions        {full:7.0f} MB")
        show(f"/a/{slug}", mine)
        show("the same, compressed", packed)
        if importlib.util.find_spec("datasette") is None:
            print("datasette is not installed: uv sync --group bench")
            return
        with running(theirs(chinook), "/-/versions.json") as server:
            time.sleep(SETTLE)
            other = asyncio.run(load(server.port, f"/chinook?sql={quote(sql)}"))
        show("datasette, same query", other)
        print(f"ratio                      {mine.rate / other.rate:7.1f}x     (aim 3x)")


def pin(database: Path, folder: Path) -> tuple[str, str]:
    """The slug of a pinned answer, and its SQL with the values written in, for a server that takes no parameters."""
    from workspace.api import Answer, Clarify, open_workspace

    with open_workspace(database, folder=folder) as workspace:
        chat = workspace.new_chat()
        *_, answer = workspace.stream(chat, QUESTION)
        if isinstance(answer, Clarify):
            *_, answer = workspace.choose(chat, workspace.messages(chat)[-1].id, 0)
        assert isinstance(answer, Answer), answer
        receipt = answer.view.results["q1"].receipt
        assert not receipt.params, "the question was chosen to have none"
        return workspace.pin_answer(answer).slug, receipt.sql


# --------------------------------------------------------------------------------------------------------- servers
def ours(database: Path, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "workspace", "serve", str(database), "--workspace", str(folder), "--no-browser"]
    return [*command, "--port", "{port}"]


def theirs(database: Path) -> list[str]:
    return [sys.executable, "-m", "datasette", "serve", str(database), "--port", "{port}"]


class Server:
    """A server in a process of its own. ``seconds`` from its start to its first good answer."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.seconds = 0.0

    def memory(self) -> float:
        """Resident memory of the process and its children, MB."""
        if importlib.util.find_spec("psutil") is None:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(status.split("VmRSS:")[1].split()[0]) / 1024
        import psutil

        parent = psutil.Process(self.process.pid)
        return sum(one.memory_info().rss for one in [parent, *parent.children(recursive=True)]) / 1e6


@contextmanager
def running(command: list[str], health: str) -> Iterator[Server]:
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        cwd=Path(__file__).resolve().parent.parent.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != "NOAPP_MODEL"},
    )
    server = Server(process, port)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=2):
                    break
            except OSError:
                if process.poll() is not None or time.perf_counter() - start > 60:
                    raise
                time.sleep(0.01)
        server.seconds = time.perf_counter() - start
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# ------------------------------------------------------------------------------------------------------------ load
class Load:
    """What a load gave: answers per second, and how long each took, in ms."""

    def __init__(self, rate: float, times: list[float], size: int) -> None:
        self.rate = rate
        self.p50 = statistics.median(times)
        self.p99 = sorted(times)[int(len(times) * 0.99)]
        self.size = size


def show(name: str, found: Load) -> None:
    figures = (
        f"{found.rate:7.0f} req/s   p50 {found.p50:6.1f} ms   p99 {found.p99:6.1f} ms   {found.size / 1024:6.1f} KB"
    )
    print(f"{name:<26} {figures}")


async def load(port: int, path: str, headers: str = "", seconds: float = MEASURED) -> Load:
    """Ask for one page over all connections at once, each asking again as soon as it has its answer."""
    request = f"GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\n{headers}\r\n".encode()
    begin = time.perf_counter() + WARM
    end = begin + seconds
    times: list[float] = []
    sizes: list[int] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (sent := time.perf_counter()) < end:
            writer.write(request)
            size = await answer(reader)
            if sent >= begin:
                times.append((time.perf_counter() - sent) * 1000)
                sizes.append(size)
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return Load(len(times) / seconds, times, sizes[0])


async def answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; the size of its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head[:200]
    if b"content-length: " in head:
        size = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(size)
        return size
    size = 0
    while length := int(await reader.readline(), 16):
        await reader.readexactly(length + 2)
        size += length
    await reader.readexactly(2)
    return size


async def sessions(port: int) -> None:
    """Open the chat in several browsers at once, as its own pages do it: a WebSocket that runs the page."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect

    opened = []
    for _ in range(SESSIONS):
        socket = await connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=20
        )
        opened.append(socket)
        message = BackMsg()
        message.rerun_script.query_string = ""
        await socket.send(message.SerializeToString())
        async with asyncio.timeout(30):
            while True:
                received = ForwardMsg()
                received.ParseFromString(await socket.recv())
                if received.WhichOneof("type") == "script_finished":
                    break
    await asyncio.sleep(0.5)
    for socket in opened:
        await socket.close()


if __name__ == "__main__":
    main()
