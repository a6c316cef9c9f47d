"""Words of paper, and how the language says what they mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bpodsl.language.names import an

ELSEWHERE: Final[Mapping[str, str]] = {
    "otherwise": "What follows when it is missed is said with `failing that …`.",
    "if": "What follows when it is missed is said with `failing that …`, what a trigger waits for with `when …`.",
    "unless": "What takes the fault away is said with `excused during STATE`, what stops the time with "
              "`suspended during STATE`.",
    "except": "What takes the fault away is said with `excused during STATE`, what is left out of a figure with "
              "`excluding STATE`.",
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


_MODELS: Final[Mapping[str, str]] = {
    "agreement": "`client NAME \"Full name\"`, `effective 2026-04-01 for 36 months`, `time zone Europe/London`",
    "calendar": "`mon-fri 09:00-17:00`, `closed holidays of GB-ENG`",
    "event": "`ticket key`, `priority one of P1, P2`, `amount money, optional`",
    "obligation": "`PARTY must EVENT for each EVENT`, and below it `within 4 hours of CALENDAR`",
    "measure": "`each month, counted when decided`, `share of DUTY fulfilled`, `target at least 95%`",
    "amount": "`each month`, `count of EVENT where CONDITION`",
    "charge": "`each month`, `PARTY pays PARTY 10 000 GBP`",
    "credit": "`credit NAME for MEASURE, of CHARGE`, and below it rows: `| at least 95% | 0% |`",
    "trigger": "`when MEASURE is missed in 3 of any 6 months`, `then escalate NAME`",
    "escalation": "`level 1 \"Manager\" of PARTY for 2 days`, `ends with EVENT`",
    "termination": "`by PARTY on TRIGGER`, `exercised by NOTICE`, `notice 30 days`",
    "right": "`PARTY may EVENT on TRIGGER`, `exercised within 30 days`",
    "change": "`CLAUSE: within 3 hours of CALENDAR`, `removes CLAUSE`",
    "test": "`2026-04-07T09:00 EVENT FIELD VALUE`, `expect CLAUSE for KEY fulfilled at 2026-04-07T12:00`",
}  # fmt: skip
"""What the lines of a clause read like."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})(?:,? (\d{4}))?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def lines_read_like(clause: str) -> str | None:
    """What the lines of such a clause read like, in a sentence."""
    found = _MODELS.get(clause)
    return None if found is None else f"The lines of {an(clause)} read like {found}."


def other_day(text: str) -> str | None:
    """The day that a text begins with, written in another way: as the language writes it, where that is certain; of
    `01/04/2026`, which may be two, a day that stands for any. A year that is left out is 2026."""
    named, plain = _NAMED_DAY.match(text), _DAY_FIRST.match(text)
    if named is not None and named[2][:3].lower() in _MONTHS:
        return f"{named[3] or 2026}-{_MONTHS.index(named[2][:3].lower()) + 1:02}-{int(named[1]):02}"
    if plain is not None and int(plain[1]) > 12 >= int(plain[2]) > 0:
        return f"{plain[3]}-{int(plain[2]):02}-{int(plain[1]):02}"
    return "2026-04-01" if re.match(r"\d{1,4}[/.]", text) else None


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
