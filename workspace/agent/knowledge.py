"""What a workspace knows of its sources beyond the data: the definitions of each.

Cheap where nothing is known: a source without definitions costs one look at the file system for a question.
"""

from __future__ import annotations

import threading
from pathlib import Path

from workspace.database.catalog import Catalog
from workspace.database.source import Source
from workspace.semantics.file import SemanticsFile, place
from workspace.semantics.model import Semantics
from workspace.store.lookup import registered


class Knowledge:
    """Definitions by source; safe to use from many threads.

    Args:
        folder: of the workspace.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._files: dict[str, SemanticsFile] = {}

    def path(self, source: Source) -> Path:
        """Where the definitions of a source are kept, whether there are any or not."""
        return self._file(source).path

    def semantics(self, source: Source) -> Semantics:
        """The definitions of a source as they are now; raises `SemanticsInvalid`."""
        return self._file(source).read() or Semantics(name=self.path(source).name)

    def catalog(self, source: Source) -> Catalog:
        """The catalog of a source as its definitions have it; raises `SemanticsInvalid`."""
        model = self._file(source).read()
        return model.over(source.catalog()) if model else source.catalog()

    def define(self, source: Source, model: Semantics) -> Catalog:
        """Keep these definitions, if they can be so; the catalog as they have it. Raises `SemanticsInvalid`."""
        made = Semantics(model.metrics, model.synonyms, model.descriptions, model.filters, model.hidden)
        catalog = made.over(source.catalog())
        self._file(source).write(made)
        return catalog

    def _file(self, source: Source) -> SemanticsFile:
        name = registered(self.folder, source.name, getattr(source, "files", None) or (source.path,))
        with self._lock:
            return self._files.setdefault(name, SemanticsFile(place(self.folder, name)))
