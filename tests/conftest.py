"""Shared fixtures: the public sample data where it is there, and a clock that stands still."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path | None:
    """The folder of public databases, or None: `$NOAPP_DATA`, else ``shared/data`` beside the repository."""
    for place in (os.environ.get("NOAPP_DATA"), ROOT.parent / "shared" / "data"):
        if place and (Path(place) / "samples").is_dir():
            return Path(place)
    return None


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public databases; skips where it is absent."""
    folder = data_folder()
    if folder is None:
        pytest.skip("The public sample data is not here; set NOAPP_DATA to the folder that has samples/chinook.sqlite.")
    return folder


def _copy(source: Path, folder: Path) -> Path:
    if not source.exists():
        pytest.skip(f"{source.name} is not among the public sample data.")
    return Path(shutil.copy(source, folder / source.name))


@pytest.fixture
def chinook(data: Path, tmp_path: Path) -> Path:
    """A copy of Chinook that the test may write to."""
    return _copy(data / "samples" / "chinook.sqlite", tmp_path)


@pytest.fixture
def northwind(data: Path, tmp_path: Path) -> Path:
    """A copy of Northwind that the test may write to."""
    return _copy(data / "samples" / "northwind.sqlite", tmp_path)


@pytest.fixture
def clock() -> datetime:
    """Noon of 23 November 2026."""
    return datetime(2026, 11, 23, 12)
