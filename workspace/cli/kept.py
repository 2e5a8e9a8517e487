"""What the verbs for kept pages share: the folder they are in, a time as people write it, a page that was just kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from workspace.api import ArtifactInfo, Workspace

OK = 0


def library(options: argparse.Namespace) -> Workspace:
    """The workspace of ``--workspace``, with no source of its own."""
    from workspace.api import open_workspace

    return open_workspace(folder=options.workspace)


def written(moment: datetime | None) -> str:
    """A time on this machine's clock: "3 Dec 2026, 00:14"."""
    assert moment is not None
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def say_kept(info: ArtifactInfo, url: str, done: str, *, as_json: bool) -> int:
    """Print a page that was just kept, after what was done ("Pinned as"); the exit code for it."""
    from workspace.cli.show import print_json

    if as_json:
        print_json({"slug": info.slug, "url": url, "title": info.title, "version": info.version})
    else:
        print(f"{done} “{info.title}”.\nslug  {info.slug}\nURL   {url}")
    return OK
