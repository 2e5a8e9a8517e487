"""How long the command line takes to answer: `noapp --help`, and one question asked from a cold start."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.sqlite"
        build = seconds([sys.executable, "-m", "sample_db.build", str(sample)], folder)
        bare = statistics.median(seconds([sys.executable, "-c", "pass"], folder) for _ in range(7))
        help_ = statistics.median(seconds([sys.executable, "-m", "workspace", "--help"], folder) for _ in range(7))
        ask = [sys.executable, "-m", "workspace", "ask", str(sample), "how many customers are there"]
        asked = statistics.median(seconds(ask, folder) for _ in range(5))
    print(f"sample database built      {build:6.2f} s")
    print(f"python -c pass             {bare * 1000:6.0f} ms")
    print(f"noapp --help               {help_ * 1000:6.0f} ms   {help_ / bare:.1f}x of python alone")
    print(f"noapp ask (cold, sample)   {asked * 1000:6.0f} ms")
