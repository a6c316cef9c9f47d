"""Words of paper, and how the language says what they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

ELSEWHERE: Final[Mapping[str, str]] = {
    "otherwise": "What follows when it is missed is said with `failing that …`.",
    "if": "What follows when it is missed is said with `failing that …`, what a trigger waits for with `when …`.",
    "unless": "What takes the fault away is said with `excused during STATE`, what stops the time with "
              "`suspended during STATE`.",
    "the": "A line begins with the name of a party, as the agreement declares it, or with a word of the language.",
    "each": "A duty of each window is said at the end of its `must` line: `… must report_sent each month`.",
    "every": "A duty of each window is said at the end of its `must` line: `… must report_sent each month`.",
}  # fmt: skip
"""What paper says at the beginning of a line, and where it is said here."""

NOT_THERE: Final = {
    "if": "The condition comes first: `if CONDITION then … else …`.",
    "business": "The days on which a calendar is open are its working days: `5 working days of CALENDAR`.",
    "unless": "Say when it holds: `if … then … else …`, `where not …`, or `excused during STATE`.",
}
"""Words of paper that stand elsewhere here, or nowhere."""

JOINTS: Final = ("or", "and", "else", "then", "where", "but")
"""Words with which a line goes on."""

DUTIES: Final = ("shall", "will", "should", "may", "has", "agrees", "undertakes")
"""What paper says in other words where a line begins."""

_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    # when and how long
    "every": ("each",), "per": ("each",), "any": ("each",), "in": ("within",), "during": ("within",),
    "until": ("by", "before"), "after": ("from",), "since": ("from",), "hrs": ("hours",), "hr": ("hours",),
    "mins": ("minutes",), "secs": ("seconds",), "wd": ("working",), "if": ("when",), "whenever": ("when",),
    "once": ("when",), "on": ("when", "by"), "upon": ("when", "on"),
    "monday": ("mon",), "tuesday": ("tue",), "wednesday": ("wed",), "thursday": ("thu",), "friday": ("fri",),
    "saturday": ("sat",), "sunday": ("sun",), "weekdays": ("mon",), "daily": ("all",), "everyday": ("all",),
    # comparing
    "least": ("at",), "greater": ("more",), "above": ("more",), "over": ("more",), "exceeds": ("more",),
    "under": ("less",), "below": ("less",), "fewer": ("less",), "minimum": ("at",), "maximum": ("at",),
    "equals": ("is",), "equal": ("is",), "are": ("is",), "was": ("is",),
    # figures
    "percentage": ("share",), "percent": ("share",), "proportion": ("share",), "ratio": ("share",),
    "average": ("mean",), "avg": ("mean",), "number": ("count",), "total": ("sum",), "goal": ("target",),
    "threshold": ("target",), "objective": ("target",), "floor": ("minimum",), "except": ("excluding",),
    # conduct
    "pauses": ("stops",), "paused": ("stops",), "stop": ("stops",), "start": ("starts",), "begins": ("starts",),
    "owes": ("pays",), "charges": ("pays",), "remedied": ("cured",), "cure": ("cured",), "waives": ("waived",),
    "met": ("fulfilled",), "performed": ("fulfilled",), "breach": ("breached",), "failed": ("missed",),
    "notify": ("tell",), "notifies": ("tell",), "email": ("tell",), "else": ("otherwise",), "default": ("otherwise",),
    "rest": ("otherwise",), "others": ("otherwise",), "stage": ("level",), "tier": ("level",), "step": ("level",),
    "by": ("from", "with"), "reported": ("from",), "when": ("with",), "with": ("by",), "starting": ("effective",),
    "starts": ("effective",), "supplier": ("provider",), "vendor": ("provider",), "customer": ("client",),
    "timezone": ("time",), "zone": ("time",), "governing": ("law",), "extends": ("renews",), "key_field": ("key",),
    "mandatory": ("key",), "boolean": ("yes",), "string": ("text",), "integer": ("number",), "amount": ("money",),
    "date": ("day",), "timestamp": ("instant",), "datetime": ("instant",), "enum": ("one",),
}  # fmt: skip
"""Other words for words of the language; where several could be meant, the first that may stand there."""

_WINDOWS: Final[Mapping[str, str]] = {
    "daily": "each day", "weekly": "each week", "monthly": "each month", "quarterly": "each quarter",
    "yearly": "each year", "annually": "each year", "annual": "each year",
}  # fmt: skip

_HEADS: Final[Mapping[str, str]] = {
    "duty": "obligation", "task": "obligation", "requirement": "obligation", "sla": "measure", "kpi": "measure",
    "metric": "measure", "level": "measure", "indicator": "measure", "fee": "charge", "price": "charge",
    "payment": "charge", "invoice": "charge", "rate": "charge", "penalty": "credit", "rebate": "credit",
    "limit": "cap", "maximum": "cap", "hours": "calendar", "holidays": "calendar", "timetable": "calendar",
    "amendment": "change", "variation": "change", "rule": "trigger", "when": "trigger", "contract": "agreement",
    "incident": "event", "terminate": "termination", "ladder": "escalation", "annex": "document",
    "schedule": "document", "include": "use", "import": "use", "example": "test", "scenario": "test", "table": "list",
    "formula": "amount", "assumption": "assume", "define": "definition", "term": "definition", "means": "definition",
    "option": "right", "period": "state", "index": "series",
}  # fmt: skip


def same(word: str, words: Iterable[str]) -> str | None:
    """The word of the language, of those that may stand there, that a word of paper means."""
    there = set(words)
    return next((each for each in _SAME.get(word.lower(), ()) if each in there), None)


def window(word: str) -> str | None:
    """A window as the language says it: `each month` for `monthly`."""
    return _WINDOWS.get(word.lower())


def head(word: str, clauses: Collection[str]) -> str | None:
    """The clause that says what a word of paper means."""
    found = _HEADS.get(word.lower())
    return found if found in clauses else None
