"""What came of a verification: what does not hold, and what could not be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["changed", "altered", "written", "failed", "refused", "unlike"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: where it stands, what it says, what there should be.

    ``kind`` is ``changed`` (the data is another), ``altered`` (a figure or text is not what the file's own receipts
    give), ``written`` (style, script or markup is not what is written of them), ``failed`` (the receipt cannot be run
    again; ``after`` says why), ``refused`` (no page may say this; ``after`` says why) or ``unlike`` (it is not that of
    what ``against`` names).
    """

    kind: Kind
    place: str
    before: str
    after: str
    against: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it.

    Args:
        title: of what was verified.
        receipts: how many were run again.
        figures: how many figures and texts were compared.
        findings: what does not hold.
        unsure: what of the file could not be compared, a sentence each.
        notes: what it was not compared with, a sentence each.
    """

    title: str
    receipts: int
    figures: int
    findings: tuple[Finding, ...]
    unsure: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Does all of it hold that could be compared?"""
        return not self.findings
