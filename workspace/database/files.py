"""Data files served as a source: stored as a database beside the workspace's state, and again when they change."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from workspace.database.ingest import Ingested, forget, ingest, made_here, refusals, remarks
from workspace.database.sqlite import SqliteSource, State
from workspace.errors import SourceError

log = logging.getLogger(__name__)


class FilesSource(SqliteSource):
    """One or several data files as a `Source`.

    A file that changes while it is served is read again before the next answer; one that is deleted goes on being
    served from what was read of it. One that cannot be read any more ends each answer with why, until it changes again.

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
        self._refused: tuple[list[tuple[int, int] | None], SourceError] | None = None
        self.ingested: tuple[Ingested, ...] = tuple(ingest(self.files, target, progress=progress))
        forget([str(path.resolve()) for path in self.files], target)
        super().__init__(target, name=name, location=", ".join(str(path) for path in self.files))

    def state(self) -> State:
        marks = self._stat()
        if marks != self._marks:
            with self._reading_files:
                marks = self._stat()
                if marks != self._marks:
                    self._read(marks)
        return super().state()

    def _read(self, marks: list[tuple[int, int] | None]) -> None:
        """Read what changed; what cannot be read is not read again at each question."""
        if self._refused is not None and self._refused[0] == marks:
            problem = self._refused[1]
            raise type(problem)(problem.message, hint=problem.hint)
        try:
            made = ingest([path for path in self.files if path.exists()], self.path)
        except SourceError as problem:
            log.warning("%s", problem)
            if any(refusal.message == problem.message for refusal in refusals(self.path)):
                self._refused = marks, problem
            raise
        self._marks, self._refused = marks, None
        tables = {item.table for item in made}
        for remark in remarks(self.path):
            if remark.table in tables:
                log.warning("%s", remark)

    def _stat(self) -> list[tuple[int, int] | None]:
        marks: list[tuple[int, int] | None] = []
        for path in self._paths:
            try:
                info = os.stat(path)  # noqa: PTH116 - at each question
                marks.append((info.st_size, info.st_mtime_ns))
            except OSError:
                marks.append(None)
        return marks
