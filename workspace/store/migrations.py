"""The store's schema, one numbered step at a time, guarded by ``PRAGMA user_version``.

Plain SQL in order rather than Alembic: an up-to-date store costs one PRAGMA to open and no further import, and each
step is one transaction in the only engine the store runs on. A step is never edited once released; a change is a new
step at the end.
"""

from __future__ import annotations

import sqlite3

from workspace.errors import StoreUnusable

STEPS: tuple[tuple[str, ...], ...] = (
    # 1: chats and their messages, artifacts and their versions
    (
        """CREATE TABLE chat (
            id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, named BOOLEAN NOT NULL, source TEXT NOT NULL,
            created TEXT NOT NULL, updated TEXT NOT NULL)""",
        "CREATE INDEX ix_chat_updated ON chat (updated)",
        """CREATE TABLE message (
            position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE, role TEXT NOT NULL, text TEXT NOT NULL,
            reply JSON, kind TEXT NOT NULL, answers TEXT NOT NULL, verb TEXT NOT NULL, worker TEXT NOT NULL,
            at TEXT NOT NULL)""",
        "CREATE INDEX ix_message_chat ON message (chat)",
        """CREATE TABLE artifact (
            slug TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, head INTEGER NOT NULL, source TEXT NOT NULL,
            question TEXT NOT NULL, kinds TEXT NOT NULL, origin TEXT NOT NULL, created TEXT NOT NULL,
            updated TEXT NOT NULL, deleted TEXT NOT NULL)""",
        "CREATE INDEX ix_artifact_origin ON artifact (origin)",
        "CREATE INDEX ix_artifact_updated ON artifact (updated)",
        """CREATE TABLE version (
            slug TEXT NOT NULL REFERENCES artifact (slug), number INTEGER NOT NULL, title TEXT NOT NULL,
            created TEXT NOT NULL, body JSON NOT NULL, PRIMARY KEY (slug, number))""",
    ),
    # 2: where each source is, so that an artifact opens whatever is served today; the last good result of its queries
    (
        "CREATE TABLE source (name TEXT NOT NULL PRIMARY KEY, target TEXT NOT NULL UNIQUE, added TEXT NOT NULL)",
        """CREATE TABLE last_good (
            slug TEXT NOT NULL, number INTEGER NOT NULL, "query" TEXT NOT NULL, digest TEXT NOT NULL,
            result JSON NOT NULL, at TEXT NOT NULL, PRIMARY KEY (slug, number, "query"))""",
    ),
    # 3: what a person said of an answer, so that the question is recalled, or asked back, next time
    (
        """CREATE TABLE verified (
            id TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL, verdict TEXT NOT NULL, question TEXT NOT NULL,
            "plan" JSON, "query" JSON, definitions TEXT NOT NULL, asked TEXT NOT NULL, message TEXT NOT NULL,
            created TEXT NOT NULL)""",
        "CREATE INDEX ix_verified_source ON verified (source)",
        "CREATE INDEX ix_verified_message ON verified (message)",
    ),
    # 4: what an artifact showed at a moment; links for readers who have nothing else of the workspace
    (
        """CREATE TABLE snapshot (
            id TEXT NOT NULL PRIMARY KEY, slug TEXT NOT NULL REFERENCES artifact (slug), number INTEGER NOT NULL,
            mark TEXT NOT NULL, kept BOOLEAN NOT NULL, at TEXT NOT NULL, body JSON NOT NULL)""",
        "CREATE INDEX ix_snapshot_slug ON snapshot (slug)",
        """CREATE TABLE share (
            id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, begins TEXT NOT NULL,
            slug TEXT NOT NULL REFERENCES artifact (slug), snapshot TEXT NOT NULL, label TEXT NOT NULL,
            password TEXT NOT NULL, downloads BOOLEAN NOT NULL, embed TEXT NOT NULL, created TEXT NOT NULL,
            expires TEXT NOT NULL, revoked TEXT NOT NULL, openings INTEGER NOT NULL, first_opened TEXT NOT NULL,
            last_opened TEXT NOT NULL, tries INTEGER NOT NULL, tries_since TEXT NOT NULL)""",
        "CREATE INDEX ix_share_slug ON share (slug)",
    ),
    # 5: what is sent again and again, each time that something was due, and what became of it at each place
    (
        """CREATE TABLE schedule (
            id TEXT NOT NULL PRIMARY KEY, slug TEXT NOT NULL REFERENCES artifact (slug), label TEXT NOT NULL,
            recurrence JSON NOT NULL, condition JSON, places JSON NOT NULL, files TEXT NOT NULL,
            created TEXT NOT NULL, due TEXT NOT NULL, paused TEXT NOT NULL, ended TEXT NOT NULL,
            reason TEXT NOT NULL, held JSON, looked TEXT NOT NULL, problem TEXT NOT NULL, shown JSON)""",
        "CREATE INDEX ix_schedule_slug ON schedule (slug)",
        "CREATE INDEX ix_schedule_due ON schedule (due)",
        """CREATE TABLE occasion (
            id TEXT NOT NULL PRIMARY KEY, schedule TEXT NOT NULL REFERENCES schedule (id), due TEXT NOT NULL,
            why TEXT NOT NULL, message JSON, body JSON, UNIQUE (schedule, due))""",
        """CREATE TABLE delivery (
            id TEXT NOT NULL PRIMARY KEY, occasion TEXT NOT NULL REFERENCES occasion (id), place TEXT NOT NULL,
            state TEXT NOT NULL, attempts INTEGER NOT NULL, next_try TEXT NOT NULL, worker TEXT NOT NULL,
            problem TEXT NOT NULL, sent TEXT NOT NULL, UNIQUE (occasion, place))""",
        "CREATE INDEX ix_delivery_next_try ON delivery (next_try)",
    ),
    # 6: the artifact that a chat stands beside
    (
        "ALTER TABLE chat ADD COLUMN artifact TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX ix_chat_artifact ON chat (artifact)",
    ),
    # 7: wrong passwords by who typed them, so that one reader of a link cannot lock it for the others
    (
        """CREATE TABLE guess (
            share TEXT NOT NULL REFERENCES share (id), who TEXT NOT NULL, tries INTEGER NOT NULL, since TEXT NOT NULL,
            PRIMARY KEY (share, who))""",
        "CREATE INDEX ix_guess_since ON guess (since)",
    ),
)


def upgrade(connection: sqlite3.Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> int:
    """Bring a store to today's schema; the number of steps taken.

    Two processes may open an old store at once: the version is read again once the write lock is held.

    Args:
        connection: in autocommit mode (``isolation_level=None``).
        steps: the known steps, in order.

    Raises:
        StoreUnusable: the store was written by a newer version of the workspace.

    Example:
        >>> upgrade(sqlite3.connect(":memory:", isolation_level=None)) == len(STEPS)
        True
    """
    taken = 0
    while (version := _version(connection)) != len(steps):
        if version > len(steps):
            raise StoreUnusable(
                f"The workspace folder was written by a newer version (state {version}, this one knows {len(steps)}).",
                hint="Update the workspace, or choose another folder with --workspace.",
            )
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == version:
                for statement in steps[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1:d}")
                taken += 1
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return taken


def engine_version() -> tuple[int, ...]:
    """The version of the SQLite library."""
    return sqlite3.sqlite_version_info


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]
