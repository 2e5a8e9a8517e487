"""Conversations in the formats they come in, and what the planner did with each act of a person in them.

Three forms are read:

    {"db_id", "turns": [{"utterance", "query"}]}                       turns with their gold
    {"database_id", "interaction": [{"utterance", "query"}]}           the same, as CoSQL and SParC have it
    {"db_name", "turns": [{"isUser", "text", "type"}, {"isUser", "query", "label"}]}   a dialogue with acts

In the last, a person's turn carries its act (INFORM_SQL, AMBIGUOUS, CANNOT_ANSWER, IMPROPER, …) and the reply that
follows it carries the gold, if it was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workspace.question.acts import affirms

HELD = ("AMBIGUOUS", "CANNOT_ANSWER", "IMPROPER")  # acts that must not be answered as if they were clear


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person said, the gold of it ("" for none), and its act ("" where the format has none)."""

    text: str
    gold: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What the planner did with the turns of one act.

    Args:
        turns: how many there are.
        answered: those it answered.
        measured: those whose gold runs.
        right: those of them that were answered with the gold's rows.
    """

    turns: int
    answered: int
    measured: int = 0
    right: int = 0


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Is the entry of a questions file a conversation rather than a single question?"""
    return "turns" in item or "interaction" in item


def turns_of(item: Mapping[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    """The database and the person's turns of a conversation in any of the forms.

    Raises:
        KeyError, TypeError: the entry has another form.

    Example:
        >>> turns_of({"database_id": "shop", "interaction": [{"utterance": "how many", "query": "SELECT 1"}]})
        ('shop', (Turn(text='how many', gold='SELECT 1', act=''),))
    """
    if "interaction" in item:
        return str(item["database_id"]), _plain(item["interaction"])
    if "db_name" in item:
        return str(item["db_name"]), tuple(_said(item["turns"]))
    return str(item["db_id"]), _plain(item["turns"])


def _plain(turns: Iterable[Mapping[str, Any]]) -> tuple[Turn, ...]:
    return tuple(Turn(str(turn["utterance"]), str(turn["query"])) for turn in turns)


def _said(turns: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    replies = (*turns[1:], {"isUser": True})
    for turn, reply in zip(turns, replies, strict=True):
        if turn["isUser"]:
            gold = "" if reply["isUser"] else str(reply.get("query") or "")
            yield Turn(str(turn["text"]), gold, str(turn["type"]))


def exchanged(text: str) -> tuple[str, ...]:
    """What the person said in a turn that was asked back about, in order; one text for any other turn.

    CoSQL has such a turn as "question | what was asked back | reply"; a bare "yes" leaves the question as it was.

    Example:
        >>> exchanged("capacity of Lambert? | Did you mean Lamberton? | yes")
        ('capacity of Lambert?',)
        >>> exchanged("which games are there | What do you want to know? | their names")
        ('which games are there', 'their names')
    """
    parts = text.split(" | ")
    if len(parts) < 3 or len(parts) % 2 == 0:
        return (text,)
    said = parts[::2]
    return tuple(part for place, part in enumerate(said) if place == 0 or not affirms(part))


def acts(outcomes: Iterable[tuple[str, str, bool | None]]) -> dict[str, Act]:
    """Per act what became of its turns, most frequent first.

    Args:
        outcomes: act, action of the planner, and whether the rows were the gold's (None: no gold that runs).

    Example:
        >>> acts([("INFORM_SQL", "answer", True), ("INFORM_SQL", "decline", False)])
        {'INFORM_SQL': Act(turns=2, answered=1, measured=2, right=1)}
    """
    groups: dict[str, list[tuple[str, bool | None]]] = {}
    for act, action, right in outcomes:
        groups.setdefault(act, []).append((action, right))
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return {
        act: Act(
            len(turns),
            sum(action == "answer" for action, _ in turns),
            sum(right is not None for _, right in turns),
            sum(action == "answer" and bool(right) for action, right in turns),
        )
        for act, turns in ordered
    }


def lines(found: Mapping[str, Act]) -> Iterator[str]:
    """The figures of the acts as a person reads them."""
    held = [found[name] for name in HELD if name in found]
    if held:
        turns, answered = sum(act.turns for act in held), sum(act.answered for act in held)
        yield f"{', '.join(HELD)} not answered as if clear {_share(turns - answered, turns)} of {turns:,}"
    for name, act in found.items():
        said = f"  {name:<14}{act.turns:>6,} turns, answered {_share(act.answered, act.turns)}"
        if act.measured and name not in HELD:
            said += f", answered and right {_share(act.right, act.measured)} of {act.measured:,}"
        yield said


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"
