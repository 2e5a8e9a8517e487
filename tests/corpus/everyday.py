"""The everyday questions of this folder as a file of questions with their databases, for fitting and measuring.

    python -m tests.corpus.everyday OUT_DIR

writes ``OUT_DIR/questions.json`` (``[{"db_id", "question", "query", "today"}]``) and ``OUT_DIR/<db_id>/<db_id>.sqlite``.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import date
from pathlib import Path

from tests.conftest import data_folder
from tests.test_question_corpus import CLOCKS, cases


def write(folder: Path) -> int:
    """Writes the folder and returns how many questions it holds; databases that are not here are left out."""
    from sample_db.build import build

    data, entries = data_folder(), []
    for name, clock in CLOCKS.items():
        target = folder / name / f"{name}.sqlite"
        target.parent.mkdir(parents=True, exist_ok=True)
        known = data / "samples" / target.name if data is not None else target
        if name == "sample":
            build(target, today=date(clock.year, clock.month, clock.day))
        elif known.exists():
            shutil.copyfile(known, target)
        else:
            print(f"{target.name} is not here: left out. NOAPP_DATA may name the folder that has it.", file=sys.stderr)
            continue
        today = clock.isoformat()
        entries += [
            {"db_id": name, "question": question, "query": case["sql"], "today": today}
            for own, question, case in cases()
            if own == name
        ]
    (folder / "questions.json").write_text(json.dumps(entries, indent=1), encoding="utf-8")
    return len(entries)


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1])):,} questions")
