"""What a workspace knows of its sources beyond the data: the definitions of each.

Cheap where nothing is known: a source without definitions costs one look at the file system for a question.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from workspace.database.catalog import Catalog
from workspace.database.source import Source
from workspace.errors import SemanticsInvalid
from workspace.semantics.file import SemanticsFile, place
from workspace.semantics.model import Semantics
from workspace.semantics.text import from_yaml, to_yaml
from workspace.semantics.unheard import unheard
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
        """Keep these definitions, if they can be so; the catalog as they have it.

        Raises:
            SemanticsInvalid: they name what the database does not have, or a value that a column surely lacks now.
        """
        made = Semantics(model.metrics, model.synonyms, model.descriptions, model.filters, model.hidden)
        catalog = self._checked(made, source)
        self._file(source).write(to_yaml(made))
        return catalog

    def text(self, source: Source) -> str:
        """The file of a source as it is, or as it would begin."""
        return self._file(source).text() or to_yaml(Semantics())

    def define_text(self, source: Source, text: str) -> Catalog:
        """Keep definitions as they are written, comments and all; raises as `define` does, with line and key."""
        catalog = self._checked(from_yaml(text, ""), source)
        self._file(source).write(text if text.endswith("\n") else f"{text}\n")
        return catalog

    def _checked(self, model: Semantics, source: Source) -> Catalog:
        catalog, before = model.over(source.catalog()), ()
        with contextlib.suppress(SemanticsInvalid):  # what the file says already is no reason to refuse more
            before = unheard(self.catalog(source))
        fresh = [sentence for sentence in unheard(catalog) if sentence not in before]
        if fresh:
            raise SemanticsInvalid(fresh[0], hint="A value that is to come can be written into the file by hand.")
        return catalog

    def _file(self, source: Source) -> SemanticsFile:
        name = registered(self.folder, source.name, getattr(source, "files", None) or (source.path,))
        with self._lock:
            return self._files.setdefault(name, SemanticsFile(place(self.folder, name)))
