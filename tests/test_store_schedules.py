"""What is due is claimed by one process, whatever the number of them that look at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sending import Clock, shop, web_server
from workspace.question.recurrence import Recurrence
from workspace.store import schedules
from workspace.store.store import Store
from workspace.store.tables import ScheduleRow

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
# A process that waits for a sign, so that all begin at the same moment, then does what is due.
TICK = """
import sys, time
from datetime import datetime
from pathlib import Path
from workspace.api import open_workspace
folder, go, at = Path(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
with open_workspace(folder=folder, clock=lambda: at) as workspace:
    workspace.store
    print("ready", flush=True)
    while not go.exists():
        time.sleep(0.001)
    print(len(workspace.tick()), flush=True)
"""


def test_processes_that_tick_at_once_send_everything_once(tmp_path: Path) -> None:
    clock = Clock()
    with web_server() as hook, shop(tmp_path, clock) as workspace:
        for number in range(12):
            workspace.schedule("purchases", "every hour", to=[f"{hook.url}/{number}"], operator=True)
        at = (clock.now + timedelta(hours=1)).isoformat()
        go = tmp_path / "go"
        command = [sys.executable, "-c", TICK, str(tmp_path / "kept"), str(go), at]
        running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        for process in running:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        go.touch()
        counts = [int(process.communicate(timeout=60)[0]) for process in running]
        assert sum(counts) == len(hook.bodies) == 12
        assert len({json.loads(body)["id"] for body in hook.bodies}) == 12
        assert len({json.loads(body)["schedule"] for body in hook.bodies}) == 12


def test_what_a_process_was_sending_when_it_died_is_taken_up(tmp_path: Path) -> None:
    clock = Clock()
    with web_server() as hook, shop(tmp_path, clock) as workspace:
        workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
        at = clock.now + timedelta(hours=1)
        go = tmp_path / "go"
        go.touch()
        import threading

        hook.wait = threading.Event()
        command = [sys.executable, "-c", TICK, str(tmp_path / "kept"), str(go), at.isoformat()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            deadline = time.monotonic() + 30
            while not hook.bodies:
                assert time.monotonic() < deadline, "nothing was sent"
                time.sleep(0.01)
            clock.now = at
            assert workspace.tick() == [], "somebody is at it"
            process.kill()
        hook.wait.set()
        assert [done.kind for done in workspace.tick()] == ["sent"]
        first, second = hook.headers
        assert first["idempotency-key"] == second["idempotency-key"], "the receiver can tell that it is the same"
        assert workspace.deliveries()[0].attempts == 2


def test_looks_that_overlap_tell_once(tmp_path: Path) -> None:
    clock = Clock()
    with shop(tmp_path, clock) as workspace:
        made = workspace.schedule("purchases", condition="it exceeds 6")
        store = workspace.store
        clock.on(minutes=10)
        (first,) = schedules.claim(store, clock.now)
        assert schedules.claim(store, clock.now) == []
        clock.on(minutes=10)
        (second,) = schedules.claim(store, clock.now)
        assert schedules.tell(store, second, [""], lambda _: "It is so.", clock.now) == [""]
        early = clock.now - timedelta(minutes=10)
        assert schedules.tell(store, first, [""], lambda _: "It is so.", early) == []
        assert schedules.tell(store, first, [], lambda _: "", early) == [], "what was seen earlier counts no more"
        later = clock.now + timedelta(minutes=10)
        assert schedules.tell(store, second, [""], lambda _: "It is so.", later) == []
        assert len(workspace.deliveries(made.info.id)) == 1


def test_asking_whether_anything_is_due_is_cheap(tmp_path: Path) -> None:
    with shop(tmp_path, Clock()) as workspace:
        for _ in range(50):
            workspace.schedule("purchases", "every day at 9")
        store = workspace.store
        start = time.perf_counter()
        for _ in range(200):
            schedules.waiting(store, NOON)
        assert (time.perf_counter() - start) / 200 < 0.005


def test_what_is_wrong_is_counted_as_it_is_said(tmp_path: Path) -> None:
    clock = Clock()
    with web_server() as hook, shop(tmp_path, clock) as workspace:
        assert workspace.schedules_count() == (0, 0)
        hook.status = 500
        workspace.schedule("purchases", "every hour", to=[hook.url], operator=True)
        workspace.schedule("purchases", "every hour")
        clock.on(hours=1)
        workspace.tick()
        wrong = [info for info in workspace.schedules() if workspace.trouble(info)]
        assert workspace.schedules_count() == (2, len(wrong)) == (2, 1)
        hook.status = 200
        clock.on(hours=1)
        workspace.tick()
        assert workspace.schedules_count() == (2, 0)


def test_a_schedule_whose_zone_is_gone_ends_and_says_so_and_harms_no_other(tmp_path: Path) -> None:
    clock = Clock()
    with web_server() as hook, shop(tmp_path, clock) as workspace:
        made = workspace.schedule("purchases", "every day at 13", to=[hook.url], operator=True)
        workspace.schedule("purchases", "every day at 13")
        with workspace.store.write() as session:
            row = session.get(ScheduleRow, made.info.id)
            assert row is not None
            row.recurrence = {**row.recurrence, "zone": "Moon/Base"}
            session.add(row)
        clock.on(hours=2)
        assert [done.kind for done in workspace.tick()] == ["sent", "sent"]
        (info,) = [info for info in workspace.schedules() if info.id == made.info.id]
        assert info.state == "ended" and "Moon/Base" in workspace.trouble(info)
        assert "cannot be due any more" in json.loads(hook.bodies[0])["why"]


def test_a_page_that_is_not_there_has_no_schedule(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(schedules.NotFound):
        schedules.create(store, "none", Recurrence("hour"), condition=None, places=["feed"], held=None, at=NOON)
    for act in (schedules.find, lambda s, i: schedules.end(s, i, NOON), lambda s, i: schedules.retry(s, i, NOON)):
        with pytest.raises(schedules.NotFound):
            act(store, "none")
