"""The view as JSON: the artifact, its results with their receipts. The artifact in it loads back to an equal one."""

from __future__ import annotations

import json
import math
from typing import Any

from workspace.artifact.model import View
from workspace.artifact.snapshot import view_to_dict
from workspace.database.result import legible
from workspace.export.file import Exported, filename


def write(view: View) -> Exported:
    """The view as a JSON file; `workspace.artifact.snapshot.view_from_dict` reads it.

    Args:
        view: what is shown.
    """
    data = view_to_dict(view)
    for result in data["results"].values():
        result["rows"] = [[legible(value) for value in row] for row in result["rows"]]
    strict = _strict(data)
    body = json.dumps(strict, ensure_ascii=False, indent=2, allow_nan=False)
    try:
        written = body.encode()
    except UnicodeEncodeError:  # half characters have no UTF-8; escaped they read back as they were
        written = json.dumps(strict, indent=2, allow_nan=False).encode()
    return Exported(filename(view, "json"), "application/json", written)


def _strict(value: Any) -> Any:
    """Infinite figures have no place in JSON; they become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return value
