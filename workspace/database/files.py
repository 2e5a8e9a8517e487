"""Data files served as a source: stored as a database beside the workspace's state, and again when they change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from workspace.database.ingest import Ingested, forget, ingest, made_here
from workspace.database.sqlite import SqliteSource, State


class FilesSource(SqliteSource):
    """One or several data files as a `Source`.

    A file that changes while it is served is read again before the next answer; one that is deleted goes on being
    served from what was read of it.

    Args:
        files: paths of CSV, TSV, JSON, XLSX or Parquet files.
        folder: where ``<name>.sqlite`` is kept.
        name: what the source is called.
        progress: called with a short sentence before each file that is read.

    Raises:
        SourceError: which file cannot be read, and why.
    """

    def __init__(
        self,
        files: Sequence[Path],
        folder: Path,
        *,
        name: str,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.files = tuple(files)
        self._paths = [os.fspath(path) for path in files]
        self._reading_files = threading.Lock()
        target = folder / f"{name}.sqlite"
        if target.exists() and not made_here(target):
            target = folder / f"{name}-files.sqlite"  # somebody else's database stays untouched
        self._marks = self._stat()
        self.ingested: tuple[Ingested, ...] = tuple(ingest(self.files, target, progress=progress))
        forget([str(path.resolve()) for path in self.files], target)
        super().__init__(target, name=name, location=", ".join(str(path) for path in self.files))

    def state(self) -> State:
        marks = self._stat()
        if marks != self._marks:
            with self._reading_files:
                marks = self._stat()
                if marks != self._marks:
                    ingest([path for path in self.files if path.exists()], self.path)
                    self._marks = marks
        return super().state()

    def _stat(self) -> list[tuple[int, int] | None]:
        marks: list[tuple[int, int] | None] = []
        for path in self._paths:
            try:
                info = os.stat(path)  # noqa: PTH116 - at each question
                marks.append((info.st_size, info.st_mtime_ns))
            except OSError:
                marks.append(None)
        return marks
