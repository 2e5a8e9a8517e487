"""Files of exactly what is shown: each export takes a `View`. A new export is one module and one line."""

from workspace.export import csv, html, json
from workspace.export.file import Exported

EXPORTS = {"html": html.write, "csv": csv.write, "json": json.write}

__all__ = ["EXPORTS", "Exported"]
