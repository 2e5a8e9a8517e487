"""The open sources of a workspace by name, together with those that were served from its folder before."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from workspace.database.source import Source, open_source
from workspace.errors import NotFound, SourceGone, SourceMissing
from workspace.store.sources import remember, whereabouts
from workspace.store.store import Store

OWN = "files"


def files_of(source: Source) -> tuple[Path, ...]:
    """The files a source was made of."""
    return tuple(getattr(source, "files", None) or (path for path in [source.path] if path is not None))


class Sources(Mapping[str, Source]):
    """Sources by name; asking for one that is not open opens it when the folder remembers where it was, and otherwise
    raises what can be said about it.

    The names listed are those of the open ones. Safe to use from many threads.

    Args:
        store: where names and places are remembered.
        folder: the workspace folder, in which data files become databases.
        opened: the sources that are open, the default one first, each with the files it was made of.
    """

    def __init__(self, store: Store, folder: Path, opened: Iterable[tuple[Source, tuple[Path, ...]]]) -> None:
        self._store = store
        self._folder = folder
        self._lock = threading.RLock()
        self._open: dict[str, Source] = {}
        self._others: dict[str, Source] = {}
        for source, files in opened:
            self.add(source, files)

    def add(self, source: Source, files: tuple[Path, ...]) -> Source:
        """Take a source in under the name it keeps in this folder.

        Args:
            source: an open one.
            files: what it was made of; kept as absolute paths, because it is opened later from any folder.
        """
        place = json.dumps([str(path.expanduser().resolve()) for path in files])
        source.name = remember(self._store, source.name, place)
        with self._lock:
            self._open[source.name] = source
        return source

    def add_own(self, path: Path) -> Source:
        """Take in the database of the files that people added to this workspace, once."""
        with self._lock:
            for source in self._open.values():
                if source.path == path:
                    return source
            return self.add(open_source(path, name=OWN), (path,))

    def opened(self) -> dict[str, Source]:
        """The open sources by name, the default one first."""
        with self._lock:
            return dict(self._open)

    def __getitem__(self, name: str) -> Source:
        with self._lock:
            found = self._open.get(name) or self._others.get(name)
            if found is None:
                found = self._others[name] = self._reopen(name)
            return found

    def _reopen(self, name: str) -> Source:
        place = whereabouts(self._store, name)
        if place is None:
            raise NotFound(
                f"There is no source called {name} in this workspace.", hint="Open it with: noapp serve FILE"
            )
        files = [Path(path) for path in json.loads(place)]
        if loose := [path for path in files if not path.is_absolute()]:
            # A file of that name in whatever folder this runs in may be another one.
            raise SourceGone(
                f"Where the source {name} is was kept without its folder: {loose[0]}.",
                hint=f"Say it once more: noapp serve /PATH/TO/{loose[0].name}",
            )
        try:
            return open_source(files if len(files) > 1 else files[0], folder=self._folder, name=name)
        except SourceMissing as problem:
            raise SourceGone(
                f"The source {name} is not where it was: {problem.message}",
                hint="Put the file back and open this again.",
            ) from problem

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, name: object) -> bool:
        return name in self._open

    def close(self) -> None:
        with self._lock:
            for source in (*self._open.values(), *self._others.values()):
                source.close()
