"""Files of exactly what is shown: each export takes a `View`. A new export is one module and one line."""

from collections.abc import Callable

from workspace.export import csv, docx, html, json, md, pdf, pptx, xlsx
from workspace.export.file import Exported

EXPORTS: dict[str, Callable[..., Exported]] = {
    "pdf": pdf.write,
    "docx": docx.write,
    "xlsx": xlsx.write,
    "pptx": pptx.write,
    "html": html.write,
    "md": md.write,
    "csv": csv.write,
    "json": json.write,
}

__all__ = ["EXPORTS", "Exported"]
