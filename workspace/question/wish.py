"""Words that ask to be sent something again and again, or to be told when something holds.

"send me this every Monday at 9", "tell me when returns exceed 5 %", "stop sending this", "what do I get sent". Pure
text. A question stays a question: "orders every Monday", "revenue per month" and "tell me when Ada ordered" ask to be
answered now; only words for sending or telling, together with a recurrence or a condition that may come true, do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from workspace.question.recurrence import Recurrence
from workspace.question.recurrence_words import Found, recurrence_in
from workspace.question.threshold import Threshold, threshold_in
from workspace.question.wording import singular

Act = Literal["send", "watch", "stop", "pause", "resume", "list"]
LONGEST = 500  # characters

_POLITE = re.compile(
    r"^(?:(?:please|pls|ok|okay|now|and|then|great|good|thanks|thank\s+you|can\s+you|could\s+you|would\s+you|will\s+you"
    r"|i\s+want\s+you\s+to|i'd\s+like\s+you\s+to|i\s+would\s+like\s+you\s+to|let's|lets|also|hi|hello)[,!.]?\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[\s,]+(?:please|now|thanks|thank\s+you|from\s+now\s+on))*[\s.!?]*$", re.IGNORECASE)
_ME = r"(?:me|us|myself|everyone|everybody)"
_SEND = (
    r"(?:send|mail|e-?mail|deliver|forward|post|push|schedule|subscribe|remind"
    r"|(?:i|we)\s+(?:want|need|would\s+like|'d\s+like|wish)\s+to\s+(?:get|receive|be\s+sent|be\s+mailed|have)"
    r"|(?:i|we)(?:'d|\s+would)\s+like\s+to\s+(?:get|receive|be\s+sent|be\s+mailed|have))"
)
_WEAK = r"(?:tell|show|give|get|report|update|bring)"
_LEAD = re.compile(
    rf"(?:(?P<strong>{_SEND})|(?P<weak>{_WEAK}))(?!\w)(?P<me>\s+{_ME}(?!\w))?(?:\s+(?:to|of|about|with|on)(?!\w))?\s*",
    re.IGNORECASE,
)
_TELL = (
    r"(?:(?:tell|notify|alert|warn|inform|ping|text|message|mail|e-?mail|remind|write(?:\s+to)?|signal(?:\s+to)?)\s+"
    rf"{_ME}|let\s+{_ME}\s+know|(?:give|send|drop)\s+{_ME}\s+(?:a\s+|an\s+)?(?:heads-?\s?up|note|notice|message|mail"
    r"|e-?mail|alert|warning|shout|sign|signal|notification|line)"
    r"|(?:i|we)\s+(?:want|need|would\s+like|'d\s+like|wish)\s+to\s+(?:know|hear|be\s+(?:told|notified|alerted|warned"
    r"|informed))|(?:i|we)(?:'d|\s+would)\s+like\s+to\s+(?:know|hear|be\s+(?:told|notified|alerted|warned|informed))"
    r"|(?:set\s+(?:up\s+)?|make\s+|create\s+|raise\s+|sound\s+)?(?:an?\s+)?(?:alert|alarm|notification|warning)|watch\s+out)"
)
_WHEN = (
    r"(?:when(?:ever)?|if(?:\s+ever)?|once|as\s+soon\s+as|in\s+case|every\s+time|each\s+time|any\s+time|anytime|for\s+when"
    r"|the\s+(?:moment|minute)|should)"
)
_TELL_WHEN = re.compile(rf"{_TELL}(?P<how>[^,]*?)\s*,?\s+(?P<when>{_WHEN})\s+(?P<that>.+)\Z", re.IGNORECASE)
_WHEN_TELL = re.compile(
    rf"(?P<when>{_WHEN})\s+(?P<that>.+?)\s*,\s*(?:then\s+|please\s+)*{_TELL}(?P<how>.*)\Z", re.IGNORECASE
)
_CLAUSE = re.compile(rf"\s*,?\s+(?P<when>{_WHEN})\s+(?P<that>.+)\Z", re.IGNORECASE)
_NOUN = (
    r"(?:answer|result|table|chart|report|page|figure|number|document|deck|list|overview|summary|one|artifact|update|copy"
    r"|slides|numbers|figures)"
)
_THIS = re.compile(
    rf"(?:a\s+copy\s+of\s+|an\s+update\s+(?:of|on)\s+)?(?:(?:this|that|it|these|those|them|the\s+same)(?:\s+{_NOUN})?"
    rf"|(?:the|my|our|an?)\s+{_NOUN})?(?:\s+again)?",
    re.IGNORECASE,
)
_ADDRESS = r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_TO = re.compile(
    rf"\s*,?\s+(?:(?:to|at|via|into|in|on)\s+(?P<place>{_ADDRESS}|https?://\S+)|(?:by|via|per|as|with)\s+(?:an?\s+)?"
    r"(?P<mail>e-?mails?|mail|webhook)|(?:to|in|into|via|on)\s+(?:the|my|our)\s+(?P<feed>feed|atom\s+feed|rss(?:\s+feed)?"
    r"|inbox)|to\s+(?P<name>(?:the|my|our)\s+\w+(?:\s+\w+)?|[A-Z]\w+))(?=\s|,|\.|\Z)",
)
_RELATIVE = re.compile(r"(?<!\w)(?:who|that|which|whose|where|when)\s+(?:\S+\s+){0,5}\Z", re.IGNORECASE)
_SENDING = r"(?:sending|mailing|e-?mailing|delivering|telling|notifying|alerting|warning|informing|posting|watching)"
_SUBSCRIPTION = r"(?P<noun>schedules?|subscriptions?|alerts?|notifications?|reminders?|deliver(?:y|ies)|sendings?)"
_STOP = re.compile(
    rf"(?:stop\s+{_SENDING}(?:\s+{_ME})?(?P<what>(?:\s+.+)?)|(?:do\s+not|don't|dont|never)\s+(?:send|mail|e-?mail|tell|alert"
    rf"|notify)(?:\s+{_ME})?(?P<what2>\s+.+?)?\s+(?:any\s?more|again|any\s+longer)|unsubscribe(?:\s+{_ME})?(?:\s+from)?"
    rf"(?P<what3>(?:\s+.+)?)|(?:cancel|delete|remove|end|drop|stop|switch\s+off|turn\s+off)\s+(?:this|that|the|my|our|all)"
    rf"\s+(?:my\s+)?{_SUBSCRIPTION}(?:\s+(?:of|for|on|about)(?P<what4>\s+.+))?|no\s+more\s+(?:mails?|e-?mails?|alerts?"
    r"|notifications?)(?:\s+(?:of|for|on|about)(?P<what5>\s+.+))?)",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    rf"(?:pause|suspend|hold)\s+(?:{_SENDING}(?:\s+{_ME})?(?P<what>(?:\s+.+)?)|(?:this|that|the|my|our|all)\s+"
    rf"{_SUBSCRIPTION}(?:\s+(?:of|for|on|about)(?P<what2>\s+.+))?)",
    re.IGNORECASE,
)
_RESUME = re.compile(
    rf"(?:(?:resume|restart|continue|go\s+on)\s+{_SENDING}(?:\s+{_ME})?(?P<what>(?:\s+.+)?)|(?:resume|restart)\s+"
    rf"(?:this|that|the|my|our|all)\s+{_SUBSCRIPTION}(?:\s+(?:of|for|on|about)(?P<what2>\s+.+))?"
    rf"|start\s+{_SENDING}(?:\s+{_ME})?(?P<what3>\s+.+?)?\s+again)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:what\s+(?:do|will)\s+(?:i|we)\s+get(?:\s+sent)?(?:\s+(?:by\s+mail|when|and\s+when|every\s+\w+))?(?<!get)"
    r"|what\s+(?:am\s+i|are\s+we)\s+(?:being\s+|getting\s+)?(?:sent|told|subscribed\s+to)(?:\s+and\s+when)?"
    r"|what\s+(?:is|gets|are)\s+(?:being\s+)?sent(?:\s+to\s+(?:me|us))?(?:\s+and\s+when|\s+when)?"
    r"|what\s+is\s+scheduled|what\s+are\s+you\s+(?:watching|sending)(?:\s+(?:me|us|for\s+me))?"
    r"|(?:show|list|what\s+are|which\s+are|give\s+me|see)(?:\s+(?:me|us))?(?:\s+all)?(?:\s+(?P<own>my|our))?"
    rf"(?:\s+(?:the|all))?\s+{_SUBSCRIPTION}"
    r"|(?:which|what)\s+(?P<noun2>schedules|subscriptions|alerts|notifications|reminders)\s+(?:are\s+there|do\s+(?:i|we)\s+"
    r"have|have\s+(?:i|we)|exist|are\s+(?:on|active)))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Args:
        act: to be sent something, to be told when something holds, or what is to become of what was asked before.
        of: what is to be sent, as a question; "" for what was spoken of, "this".
        recurrence: when; None for none said.
        threshold: the condition; None for none.
        to: places as they were said: an address, "mail", "feed".
        name: somebody it is to go to, whom nothing here knows.
        noun: what it was called ("alerts"), where only that tells it from a question about a table of that name.
        problem: why it cannot be, in one sentence.
    """

    act: Act
    of: str = ""
    recurrence: Recurrence | None = None
    threshold: Threshold | None = None
    to: tuple[str, ...] = ()
    name: str = ""
    noun: str = ""
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in ("act", "of", "name", "noun", "problem")},
            "to": list(self.to),
            "recurrence": self.recurrence.to_dict() if self.recurrence else None,
            "threshold": asdict(self.threshold) if self.threshold else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Wish:
        """Inverse of `to_dict`."""
        plain = {name: data[name] for name in ("act", "of", "name", "noun", "problem")}
        recurrence = Recurrence.from_dict(data["recurrence"]) if data["recurrence"] else None
        threshold = Threshold(**data["threshold"]) if data["threshold"] else None
        return cls(**plain, to=tuple(data["to"]), recurrence=recurrence, threshold=threshold)


def wish_in(
    text: str, zone: str = "UTC", today: date | None = None, taken: Collection[str] = frozenset()
) -> Wish | None:
    """What a message asks to be sent or told, None where it is something else, a question above all.

    Args:
        text: the whole message.
        zone: IANA name of the zone that times of the day are of.
        today: what every second week is counted from.
        taken: words that name tables; where there is one of alerts, "the alerts" are its rows.

    Example:
        >>> wish_in("send me this every Monday at 9").recurrence.said()
        'every Monday at 9:00'
        >>> wish_in("tell me when returns exceed 5 %").threshold.subject
        'returns'
        >>> wish_in("revenue per month") is None and wish_in("tell me when Ada ordered") is None
        True
    """
    if len(text) > LONGEST:
        return None
    words = _TAIL.sub("", _POLITE.sub("", " ".join(text.replace("’", "'").split())))
    found = _kept(words) or _told(words, zone, today) or _sent(words, zone, today)
    if found is not None and found.noun and {found.noun, singular(found.noun)} & set(taken):
        return None
    return found


# --------------------------------------------------------------------------------------- what was asked for before
def _kept(words: str) -> Wish | None:
    patterns: tuple[tuple[Act, re.Pattern[str]], ...] = (("stop", _STOP), ("pause", _PAUSE), ("resume", _RESUME))
    for act, pattern in patterns:
        match = pattern.fullmatch(words)
        if match is not None:
            named = match.groupdict()
            said = next((value for key, value in named.items() if key.startswith("what") and value), "").strip()
            found = recurrence_in(said)
            said = (said[: found.start] + said[found.end :]).strip() if found else said
            return Wish(act, "" if _THIS.fullmatch(said) else said, noun=(named.get("noun") or "").lower())
    match = _LIST.fullmatch(words)
    if match is None:
        return None
    own = match["own"] or ""
    return Wish("list", noun="" if own else (match["noun"] or match["noun2"] or "").lower())


# ------------------------------------------------------------------------------------------------------ conditions
def _told(words: str, zone: str, today: date | None) -> Wish | None:
    match = _TELL_WHEN.fullmatch(words) or _WHEN_TELL.fullmatch(words)
    if match is None:
        return None
    that, how = match["that"], match["how"] or ""
    found = recurrence_in(how, zone, today) or _how_often(that, zone, today)
    if found is not None and not how.strip():
        that = that[: found.start].rstrip(" ,(")
        that = re.sub(r"[\s,(]+(?:check(?:ed|ing)?|look(?:ed|ing)?(?:\s+at)?)(?:\s+(?:it|this))?\Z", "", that)
    elif how.strip() and found is None and not _TO.match(f" {how.strip()}"):
        return None
    threshold = threshold_in(_without_places(that)[0])
    asks = re.match(r"(?:tell|let)\b", words, re.IGNORECASE) and match["when"].lower() == "if"
    if threshold is None or (asks and threshold.op == "exists"):  # "let me know if there are any" asks for now
        return None
    places, name = _places(f"{how} {that}")
    places = places or _by_mail(words if match.re is _TELL_WHEN else "")
    recurrence = found.recurrence if found else None
    return Wish("watch", "", recurrence, threshold, places, name, problem=(found.problem if found else ""))


def _how_often(text: str, zone: str, today: date | None) -> Found | None:
    """How often it is looked at, at the end of a condition: "…, check every hour"."""
    found = recurrence_in(text, zone, today)
    if found is None or text[found.end :].strip(" ).") or not re.search(r"check|look|,\s*\Z", text[: found.start]):
        return None
    return found


# --------------------------------------------------------------------------------------------------------- sending
def _sent(words: str, zone: str, today: date | None) -> Wish | None:
    clause = _CLAUSE.search(words)
    threshold = threshold_in(_without_places(clause["that"])[0]) if clause is not None else None
    body = words[: clause.start()] if clause is not None and threshold is not None else words
    found = recurrence_in(body, zone, today)
    if found is None and threshold is None:
        return _unsaid(body)
    first = found is not None and not body[: found.start].strip()
    rest = body[found.end :].lstrip(" ,") if found is not None and first else body
    rest = _POLITE.sub("", rest)
    lead = _LEAD.match(rest)
    if lead is None:
        return None
    what, after_lead = rest[lead.end() :], False
    if found is not None and not first:
        shift = len(body) - len(rest)
        begin, end = found.start - shift - lead.end(), found.end - shift - lead.end()
        if begin < 0:
            return None
        after_lead = not what[:begin].strip()
        if _RELATIVE.search(what[:begin]):  # "customers who ordered every month"
            return None
        what = f"{what[:begin].rstrip(' ,')} {what[end:].lstrip(' ,')}".strip()
    where = f" {what} {clause['that']}" if clause is not None and threshold is not None else f" {what}"
    what = re.sub(rf"(?:\A|\s+)(?:for|to\s+{_ME})\Z", "", _without_places(what)[0].strip(" ,"))
    places, name = _places(where)
    this = _THIS.fullmatch(what.strip(" ,")) is not None
    timed = found is not None and found.timed
    said = this and what.strip() and threshold is not None
    if lead["weak"] and not (after_lead or (timed and (this or first)) or said):
        return None
    addressed = lead["me"] or lead["weak"] or places or lead.group().lower().startswith(("send", "i ", "i'd", "we"))
    if not this and not addressed:  # "mail sent every Monday", "schedule changes every month"
        return None
    if not this and (name or re.match(r"(?:out|back|off|in)\b", what)):
        return None
    places = places or _by_mail(lead.group())
    wish = Wish("send", "" if this else what.strip(" ,"), found.recurrence if found else None, threshold, places, name)
    return replace(wish, problem=found.problem if found else "")


def _unsaid(words: str) -> Wish | None:
    """Asked to be subscribed, but not how often."""
    if re.fullmatch(rf"(?:subscribe\s+{_ME}(?:\s+to\s+.+)?|schedule\s+(?:this|it|that))", words, re.IGNORECASE):
        return Wish("send", problem="Say how often, too: every Monday at 9, for instance.")
    return None


# ---------------------------------------------------------------------------------------------------------- places
def _places(text: str) -> tuple[tuple[str, ...], str]:
    """Where it is to go, as it was said, and a name that is no address."""
    found: list[str] = []
    name = ""
    for match in _TO.finditer(text):
        if match["place"]:
            found.append(match["place"])
        elif match["mail"]:
            found.append("webhook" if match["mail"].lower() == "webhook" else "mail")
        elif match["feed"]:
            found.append("mail" if match["feed"].lower() == "inbox" else "feed")
        else:
            name = match["name"]
    return tuple(dict.fromkeys(found)), name


def _by_mail(lead: str) -> tuple[str, ...]:
    """ "mail me …" is by mail."""
    return ("mail",) if re.match(r"e?-?mail\b", lead, re.IGNORECASE) else ()


def _without_places(text: str) -> tuple[str, bool]:
    left = _TO.sub("", f" {text}").strip()
    return left, left != text.strip()
