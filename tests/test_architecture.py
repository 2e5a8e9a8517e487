"""The shape of the code: imports go one way, libraries stay in their rooms, modules and functions stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for folder in ("workspace", "ui", "sample_db")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)

# Left never imports right. Rooms of one tuple stand side by side and do not import each other, except where said.
ORDER = [
    ("errors",),
    ("database",),
    ("question",),
    ("semantics",),
    ("artifact",),
    ("faces",),
    ("export",),
    ("delivery",),
    ("store",),
    ("agent",),
    ("evaluate",),
    ("api",),
    ("server",),
    ("cli",),
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
# `workspace/__init__.py` re-exports lazily, `__main__` starts the command line.
TOP = {"__init__", "__main__"}

CONFINED = {
    "sqlite3": ("workspace/database/", "workspace/store/", "workspace/agent/checkpoint.py", "sample_db/"),
    "sqlalchemy": ("workspace/database/", "workspace/store/"),
    "sqlmodel": ("workspace/store/",),
    "sqlite_utils": ("workspace/database/", "sample_db/"),
    "langgraph": ("workspace/agent/",),
    "langchain": ("workspace/agent/",),
    "langchain_core": ("workspace/agent/",),
    "streamlit": ("ui/", "workspace/server/"),
    "starlette": ("workspace/server/",),
    "uvicorn": ("workspace/server/",),
    "jinja2": ("workspace/artifact/bind.py", "workspace/artifact/claims.py", "workspace/faces/", "workspace/export/"),
    "vl_convert": ("workspace/faces/",),
    "xlsxwriter": ("workspace/export/xlsx",),
    "docx": ("workspace/export/docx.py",),
    "pptx": ("workspace/export/pptx",),
    "typst": ("workspace/export/pdf.py",),
    "openpyxl": ("workspace/database/", "workspace/export/reading"),
    "yaml": ("workspace/semantics/",),
    "smtplib": ("workspace/delivery/",),
}
MODULE_LINES = 500
FUNCTION_LINES = 60


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> list[tuple[str, int]]:
    """Absolute module names imported anywhere in the file, with their lines."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: imports are absolute"
            found.append((node.module or "", node.lineno))
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "workspace" and len(parts) > 1 and parts[1] in LEVEL else None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "sample_db":
        assert not [(m, line) for m, line in imports_of(path) if m.split(".")[0] in ("workspace", "ui")]
        return
    for module, line in imports_of(path):
        room = room_of(module)
        if parts[0] == "ui":
            foreign = module.startswith("workspace.") and room not in ("api", "server", "faces", "errors", None)
            assert not foreign, f"{name_of(path)}:{line}: ui uses the api, not {module}"
            continue
        assert module.split(".")[0] != "ui", f"{name_of(path)}:{line}: the workspace does not import the ui"
        if room is None or parts[1] in TOP:
            continue
        here = parts[1]
        assert here in LEVEL, f"{name_of(path)} is in no room of ORDER"
        assert here == room or LEVEL[room] < LEVEL[here], f"{name_of(path)}:{line}: {here} must not import {room}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for module, line in imports_of(path):
        allowed = CONFINED.get(module.split(".")[0])
        inside = allowed is None or any(name_of(path).startswith(place) for place in allowed)
        assert inside, f"{name_of(path)}:{line}: {module} belongs in {allowed}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MODULE_LINES, f"{name_of(path)} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{name_of(path)}:{node.lineno}: {node.name} has {length} lines"


def test_no_import_cycles_at_module_level() -> None:
    """Imports inside functions are for start-up time and do not count; those at the top must form no cycle."""
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in MODULES}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        targets = set()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inside = {f"{node.module}.{alias.name}" for alias in node.names} & names.keys()
                targets |= inside or {node.module}
        graph[name] = (targets & names.keys()) - {name}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "import cycle: " + " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def test_the_top_level_holds_what_the_readme_says() -> None:
    tracked = {"pyproject.toml", "uv.lock", "workspace", "ui", "tests", "sample_db", "README.md", "LICENSE"}
    assert tracked <= {path.name for path in ROOT.iterdir()}
