"""The wheel is complete: unpacked elsewhere it serves the workspace, chat page and templates included."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("uv"):
        pytest.skip("uv is not on the PATH: the wheel is not built")
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        ["uv", "build", "--wheel", "--quiet", "--out-dir", str(folder / "dist"), str(ROOT)],
        capture_output=True,
        text=True,
    )
    if built.returncode and "network" in built.stderr.lower():
        pytest.skip(f"the build backend cannot be fetched: {built.stderr.strip().splitlines()[-1]}")
    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_elsewhere(site: Path, folder: Path, *words: str, **options) -> subprocess.Popen:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOAPP_")}
    environment = {**kept, "PYTHONPATH": str(site), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def test_the_wheel_holds_every_file_that_is_not_a_test(unpacked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "workspace", "ui", "sample_db"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    missing = [name for name in tracked if name and not (unpacked / name).exists()]
    assert not missing


def test_the_unpacked_wheel_serves_from_another_folder(unpacked: Path, tmp_path: Path) -> None:
    where = run_elsewhere(unpacked, tmp_path, "-c", "import workspace, ui; print(workspace.__file__, ui.__file__)")
    assert where.communicate(timeout=60)[0].count(str(unpacked)) == 2, "the test must run the wheel, not the checkout"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = run_elsewhere(unpacked, tmp_path, "-m", "workspace", "serve", "--no-browser", "--port", str(port))
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                for address in ("healthz", ""):
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{address}", timeout=5) as answer:
                        assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.stdout and server.stdout.read()
                assert time.monotonic() < deadline, "not healthy within 60 s"
                time.sleep(0.1)
    finally:
        server.terminate()
        server.communicate(timeout=20)
