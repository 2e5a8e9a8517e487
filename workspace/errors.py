"""Every error the workspace raises on purpose, as one tree.

    NoAppError
    ├── SourceError              the ground truth cannot be opened or read
    │   ├── SourceMissing            no file at that path
    │   ├── SourceUnreadable         not a database, or a file that cannot be parsed
    │   │   └── SourceDamaged            rows of a data file that are cut wrongly
    │   ├── SourceEmpty              opened, but nothing to ask about
    │   ├── SourceLocked             another program holds a lock
    │   ├── SourceGone               deleted or replaced while it was served
    │   └── SourceUnsupported        an engine or file kind that is not served (yet)
    ├── QueryError               a statement did not give rows
    │   ├── QueryRefused             the guard said no
    │   ├── QueryFailed              the engine said no (a column is gone, …)
    │   ├── QueryTimeout             stopped at its deadline
    │   ├── QueryTooLarge            stopped at its size limit
    │   ├── QueryPending             still running when the page was sent
    │   └── QueryStopped             stopped by the person who asked
    ├── QuestionError            a question or a plan cannot be used
    │   └── PlanInvalid              a plan that names what the catalog does not have
    ├── SemanticsInvalid         a file of definitions says something that cannot be so
    ├── ArtifactError            a living artifact cannot be made or shown
    │   ├── ArtifactInvalid          malformed, or of a newer format
    │   ├── LooseNumeral             prose with a figure that no query backs
    │   ├── LooseClaim               prose with a word that says what the data need not
    │   └── ExportFailed             a file cannot be written or read
    ├── StoreError               the workspace's own state
    │   ├── NotFound                 no such chat, artifact, version or share
    │   ├── ShareInvalid             a link cannot be made on these terms
    │   ├── ShareEnded               the time of a link is over
    │   ├── ShareLocked              a link wants its password, or was given too many wrong ones
    │   ├── ScheduleInvalid          nothing can be sent, or watched for, on these terms
    │   └── StoreUnusable            the workspace folder cannot be read or written
    ├── DeliveryFailed           something that was due could not be sent
    ├── ModelError               a language model did not help
    └── ServeError               the server cannot start (port taken, …)

Each carries what a person needs and nothing a person must not see: ``message`` is one sentence (what, where),
``hint`` says what to do, ``code`` is stable for programs, ``phase`` names the stage that failed.
"""

from __future__ import annotations

from typing import ClassVar


class NoAppError(Exception):
    """Base of all deliberate errors.

    Args:
        message: one plain sentence that says what happened and where.
        hint: one plain sentence that says what to do, or "".

    Example:
        >>> error = SourceMissing("There is no file at sales.db.", hint="Check the path.")
        >>> error.to_dict()["code"]
        'source_missing'
    """

    code: ClassVar[str] = "error"
    phase: ClassVar[str] = "workspace"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_dict(self) -> dict[str, str]:
        """The error as JSON: ``{"code", "phase", "message", "hint"}``."""
        return {"code": self.code, "phase": self.phase, "message": self.message, "hint": self.hint}


class SourceError(NoAppError):
    code, phase = "source", "source"


class SourceMissing(SourceError):
    code = "source_missing"


class SourceUnreadable(SourceError):
    code = "source_unreadable"


class SourceDamaged(SourceUnreadable):
    code = "source_damaged"


class SourceEmpty(SourceError):
    code = "source_empty"


class SourceLocked(SourceError):
    code = "source_locked"


class SourceGone(SourceError):
    code = "source_gone"


class SourceUnsupported(SourceError):
    code = "source_unsupported"


class QueryError(NoAppError):
    code, phase = "query", "query"


class QueryRefused(QueryError):
    code, phase = "query_refused", "guard"


class QueryFailed(QueryError):
    code = "query_failed"


class QueryTimeout(QueryError):
    code = "query_timeout"


class QueryTooLarge(QueryError):
    code = "query_too_large"


class QueryPending(QueryError):
    code = "query_pending"


class QueryStopped(QueryError):
    code = "query_stopped"


class QuestionError(NoAppError):
    code, phase = "question", "question"


class PlanInvalid(QuestionError):
    code = "plan_invalid"


class SemanticsInvalid(NoAppError):
    code, phase = "semantics_invalid", "definitions"


class ArtifactError(NoAppError):
    code, phase = "artifact", "artifact"


class ArtifactInvalid(ArtifactError):
    code = "artifact_invalid"


class LooseNumeral(ArtifactError):
    code = "loose_numeral"


class LooseClaim(ArtifactError):
    code = "loose_claim"


class ExportFailed(ArtifactError):
    code = "export_failed"


class StoreError(NoAppError):
    code, phase = "store", "store"


class NotFound(StoreError):
    code = "not_found"


class ShareInvalid(StoreError):
    code = "share_invalid"


class ShareEnded(StoreError):
    code = "share_ended"


class ShareLocked(StoreError):
    code = "share_locked"


class ScheduleInvalid(StoreError):
    code = "schedule_invalid"


class StoreUnusable(StoreError):
    code = "store_unusable"


class DeliveryFailed(NoAppError):
    code, phase = "delivery_failed", "delivery"


class ModelError(NoAppError):
    code, phase = "model", "model"


class ServeError(NoAppError):
    code, phase = "serve", "serve"
