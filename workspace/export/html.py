"""The document as one HTML file that needs nothing else: style, charts and receipts inline, tables that sort.

The file carries its own content security policy: the one script that runs in it is named by its hash, and nothing is
fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import tzinfo
from functools import cache
from pathlib import Path

from workspace.artifact.model import View
from workspace.artifact.snapshot import fixed, receipts_to_dict
from workspace.export.file import Exported, filename, writer
from workspace.faces import document
from workspace.faces.page import hover

KEPT = "noapp"  # id of the element that holds what `noapp verify` reads
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_SORT = (
    ".sort{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}"
    ".sort:hover{color:var(--ink)}th[aria-sort]{color:var(--ink)}"
    "th[aria-sort=ascending] .sort::after{content:' ↑'}th[aria-sort=descending] .sort::after{content:' ↓'}"
)
_HEAD = '<meta charset="utf-8">'


def write(view: View, *, zone: tzinfo | None = None) -> Exported:
    """The view as an offline page.

    Args:
        view: what is shown.
        zone: for its times; the machine's by default.
    """
    zone = fixed(view, zone)
    page = document.render(view, offline=True, zone=zone).replace("</head>", f"<style>{_SORT}</style>\n</head>", 1)
    allowed = f"style-src {_hashes(_STYLE.findall(page))}; script-src {_hashes([scripts := script() + hover(view)])}"
    rules = f"default-src 'none'; img-src data:; {allowed}"
    policy = f"<meta http-equiv=\"Content-Security-Policy\" content=\"{rules}; base-uri 'none'; form-action 'none'\">"
    made_of = json.dumps(receipts_to_dict(view, zone) | {"writer": writer()})
    kept = f'<script type="application/json" id="{KEPT}">{_inert(made_of)}</script>'
    head, _, rest = page.partition(_HEAD)
    body, _, end = rest.rpartition("</body>")
    whole = f"{head}{_HEAD}\n{policy}{body}{kept}\n<script>{scripts}</script>\n</body>{end}"
    return Exported(filename(view, "html"), "text/html; charset=utf-8", whole.encode("utf-8", "replace"))


@cache
def script() -> str:
    """The script that makes tables sort."""
    return (Path(__file__).parent / "templates" / "sort.js").read_text(encoding="utf-8")


def _inert(text: str) -> str:
    """JSON that no HTML parser sees a tag in; it reads back the same."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hashes(texts: list[str]) -> str:
    found = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{name}'" for name in found)
