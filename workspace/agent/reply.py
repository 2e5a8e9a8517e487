"""What comes back for a message: steps while it works, then one reply.

    Reply
    ├── Answer      the view of one query, how it was understood, and what else could be asked
    ├── Clarify     two readings are close: a short question with buttons
    ├── Decline     not understood: which words, and what could be asked instead
    ├── Said        something was done: "Pinned as …", the link, the SQL
    ├── Composed    a document was made or changed, or which part of it is meant has to be said
    ├── Told        something about the data itself: its tables, what a column means, what can be asked
    └── Failed      an error as a reply

All of them are frozen and round-trip through JSON: `reply_from_dict(reply.to_dict()) == reply`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from workspace.artifact.model import View
from workspace.errors import NoAppError, StoreError
from workspace.question.plan import Plan
from workspace.question.reading import Chip, Option, Reading
from workspace.semantics.learned import Learned

Stage = Literal["looking", "reading", "checking", "running", "asking a model", "presenting"]


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done right now, for a line that changes while the person waits."""

    stage: Stage
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "step", "stage": self.stage, "text": self.text}


@dataclass(frozen=True, slots=True)
class Recalled:
    """What an answer was recalled from: a person marked the one to ``question`` right; ``id`` is for forgetting it."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Args:
        question: the words it answers.
        explanation: what was understood, in one sentence.
        view: an artifact of one query ``q1`` with its result and receipt; its first block is the finding.
        chips: the parts of the reading that can be changed.
        reading: why each word was taken the way it was; None for a plan that was chosen and for a model's SQL.
        follow_ups: what could be asked next.
        notes: said beside it ("I took 'custmers' as customers.").
        plan: the logical form; None for a model's SQL.
        recalled: what was recalled for it, None when it was worked out.
        learned: what the choice it came from says of a word, to be kept if the person says so.
    """

    question: str
    explanation: str
    view: View
    chips: tuple[Chip, ...] = ()
    reading: Reading | None = None
    follow_ups: tuple[Option, ...] = ()
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    recalled: Recalled | None = None
    learned: Learned | None = None

    @property
    def text(self) -> str:
        """The finding as plain words."""
        return next((block.plain for block in self.view.blocks if block.plain), self.explanation)

    def to_dict(self) -> dict[str, Any]:
        from workspace.artifact.snapshot import view_to_dict

        return {
            "kind": "answer",
            "question": self.question,
            "explanation": self.explanation,
            "view": view_to_dict(self.view),
            "chips": [chip.to_dict() for chip in self.chips],
            "reading": self.reading.to_dict() if self.reading else None,
            "follow_ups": [option.to_dict() for option in self.follow_ups],
            "notes": list(self.notes),
            "plan": self.plan.to_dict() if self.plan else None,
            "recalled": asdict(self.recalled) if self.recalled else None,
            "learned": asdict(self.learned) if self.learned else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        from workspace.artifact.snapshot import view_from_dict

        return cls(
            question=data["question"],
            explanation=data["explanation"],
            view=view_from_dict(data["view"]),
            chips=tuple(Chip.from_dict(chip) for chip in data["chips"]),
            reading=Reading.from_dict(data["reading"]) if data["reading"] else None,
            follow_ups=tuple(Option.from_dict(option) for option in data["follow_ups"]),
            notes=tuple(data["notes"]),
            plan=Plan.from_dict(data["plan"]) if data["plan"] else None,
            recalled=Recalled(**data["recalled"]) if data.get("recalled") else None,
            learned=Learned(**data["learned"]) if data.get("learned") else None,
        )


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two readings are close: ``message`` asks which, ``choices`` are the buttons."""

    question: str
    message: str
    choices: tuple[Option, ...]

    @property
    def text(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        choices = [choice.to_dict() for choice in self.choices]
        return {"kind": "clarify", "question": self.question, "message": self.message, "choices": choices}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Clarify:
        return cls(data["question"], data["message"], tuple(Option.from_dict(c) for c in data["choices"]))


@dataclass(frozen=True, slots=True)
class Decline:
    """Not understood: ``unused`` are the words that were not, ``suggestions`` what could be asked instead."""

    question: str
    message: str
    unused: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "decline",
            "question": self.question,
            "message": self.message,
            "unused": list(self.unused),
            "suggestions": list(self.suggestions),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decline:
        return cls(data["question"], data["message"], tuple(data["unused"]), tuple(data["suggestions"]))


@dataclass(frozen=True, slots=True)
class Said:
    """Something was done or is shown: ``url`` is the address it is about, ``sql`` the statement it shows."""

    text: str
    url: str = ""
    sql: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "said", "text": self.text, "url": self.url, "sql": self.sql}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Said:
        return cls(data["text"], data["url"], data["sql"])


@dataclass(frozen=True, slots=True)
class Told:
    """Something about the data itself: a sentence, perhaps a small table of texts, and what could be asked.

    Args:
        question: the words it answers.
        message: the sentence.
        headings, rows: the table, () for none.
        suggestions: questions that can be answered.
    """

    question: str
    message: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "told",
            "question": self.question,
            "message": self.message,
            "headings": list(self.headings),
            "rows": [list(row) for row in self.rows],
            "suggestions": list(self.suggestions),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Told:
        rows = tuple(tuple(row) for row in data["rows"])
        return cls(data["question"], data["message"], tuple(data["headings"]), rows, tuple(data["suggestions"]))


@dataclass(frozen=True, slots=True)
class Section:
    """What became of one part of a document that was asked for.

    Args:
        said: the part in the person's words.
        question: as it was asked.
        status: whether it is in the document, has several readings, was not understood, or failed.
        message: why it is not in it; for what is, what was made of it.
        sql: what ran.
    """

    said: str
    question: str
    status: Literal["answered", "ambiguous", "declined", "failed"]
    message: str = ""
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done next, on a button: ``request`` is what is done, as the stage that does it takes it."""

    label: str
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Composed:
    """A document was made or changed; or, with ``offers`` and nothing done, it has to be said which part is meant.

    Args:
        question: the words that asked for it.
        message: what was done, and what was not.
        slug, title, version, url: of the document, "" and 0 where there is none.
        sections: what became of each part that was asked for.
        offers: readings of the parts that have several, or the parts that words may have meant.
        done: was anything made or changed?
        touched: the blocks that it was about, from the first to before the second; "it" means them in what comes next.
    """

    question: str
    message: str
    slug: str = ""
    title: str = ""
    version: int = 0
    url: str = ""
    sections: tuple[Section, ...] = ()
    offers: tuple[Offer, ...] = ()
    done: bool = True
    touched: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "composed", **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Composed:
        plain = {name: data[name] for name in ("question", "message", "slug", "title", "version", "url", "done")}
        sections = tuple(Section(**section) for section in data["sections"])
        touched = (int(data["touched"][0]), int(data["touched"][1]))
        return cls(
            **plain, touched=touched, sections=sections, offers=tuple(Offer(**offer) for offer in data["offers"])
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """An error as a reply; the same three things a `NoAppError` says."""

    code: str
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        return f"{self.message} {self.hint}".strip()

    @classmethod
    def of(cls, error: NoAppError) -> Failed:
        return cls(error.code, error.message, error.hint)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "failed", "code": self.code, "message": self.message, "hint": self.hint}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Failed:
        return cls(data["code"], data["message"], data["hint"])


Reply = Answer | Clarify | Decline | Said | Told | Composed | Failed


@dataclass(frozen=True, slots=True)
class Message:
    """What was said in a chat; ``reply`` is there for the workspace's messages. ``at`` is UTC."""

    id: str
    chat: str
    role: Literal["person", "workspace"]
    text: str
    reply: Reply | None
    at: datetime


_KINDS = {
    "answer": Answer, "clarify": Clarify, "decline": Decline, "said": Said, "told": Told, "composed": Composed,
    "failed": Failed,
}  # fmt: skip

INTERRUPTED = Failed("interrupted", "This was interrupted before it was answered.", "Ask it again.")
STOPPED = Failed("stopped", "Stopped.", "Ask again whenever you like.")


def reply_from_dict(data: Mapping[str, Any]) -> Reply:
    """A reply from its JSON.

    Raises:
        StoreError: of a kind this version does not know.

    Example:
        >>> reply_from_dict({"kind": "said", "text": "Pinned.", "url": "", "sql": ""})
        Said(text='Pinned.', url='', sql='')
    """
    kind = _KINDS.get(str(data.get("kind")))
    if kind is None:
        raise StoreError(f"A saved reply has an unknown kind: {data.get('kind')!r}.", hint="Update the workspace.")
    return kind.from_dict(data)
