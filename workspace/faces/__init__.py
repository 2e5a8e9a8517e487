"""The faces of an artifact: each makes a `View` a complete HTML page. A new face is one module and one line."""

from workspace.faces import app, document, slides, table

FACES = {"document": document.render, "table": table.render, "slides": slides.render, "app": app.render}

__all__ = ["FACES"]
