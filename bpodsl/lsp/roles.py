"""What the names in each part of the tree stand for.

One table serves both whoever asks what a name means and whoever asks which names could stand at a place. A part that is
not listed is judged by what it is called, so that a new clause needs a line here only where that says too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from attrs import frozen

from bpodsl.language.ast import Clause
from bpodsl.language.names import EVENTS, FIGURES, LINES, QUESTIONS, RIGHTS


@frozen
class Role:
    """What a name is: `declares` a thing, or `refers` to one of `things` (any, if none is listed), in a `room`.

    "name" is the room of all clauses, "field" that of the fields of events. An "expression" may name either, a "value"
    is a word of the data, and "plain" (a zone, a currency) is no name at all.
    """

    does: str
    room: str
    things: tuple[str, ...] = ()


def _refers(*things: str) -> Role:
    return Role("refers", "name", things)


EXPRESSION: Final = Role("refers", "expression", (*FIGURES, "definition", *QUESTIONS))
FIELD: Final = Role("refers", "field")
VALUE: Final = Role("refers", "value")
PLAIN: Final = Role("", "plain")
DECLARES: Final = Role("declares", "name")
ANY: Final = _refers()
TIMES: Final = _refers("state", "calendar")
PARTY: Final = _refers("party")
EVENT: Final = _refers(*EVENTS)
CALENDAR: Final = _refers("calendar")
STATE: Final = _refers("state")
FIGURE: Final = _refers(*FIGURES)
NORM: Final = _refers("obligation", *QUESTIONS)
TRIGGER: Final = _refers("trigger")
ROWS: Final = _refers(*EVENTS, "state")
SERVICE: Final = Role("refers", "service", ("service",))
DOCUMENT: Final = Role("refers", "document", ("document",))
TEMPLATE: Final = Role("refers", "template", ("template",))
PARAMETER: Final = Role("refers", "parameter")
COLUMN: Final = Role("refers", "column")

APART: Final = ("service", "document", "template", "reads", "stated")
"""Clauses whose names are in a room of their own."""

_BY_NAME: Final[Mapping[str, Role]] = {
    "event": EVENT, "calendar": CALENDAR, "calendars": CALENDAR, "state": STATE, "states": STATE, "party": PARTY,
    "parties": PARTY, "payer": PARTY, "payee": PARTY, "old": PARTY, "new": PARTY, "field": FIELD, "fields": FIELD,
    "keys": FIELD, "by": FIELD, "figure": FIGURE, "measure": FIGURE, "norm": NORM, "obligation": NORM,
    "obligations": NORM, "trigger": TRIGGER, "ladder": _refers("escalation"), "service": SERVICE, "services": SERVICE,
    "document": DOCUMENT, "documents": DOCUMENT, "template": TEMPLATE, "currency": PLAIN, "zone": PLAIN,
    "region": PLAIN,
    "times": TIMES, "of": TIMES, "against": TIMES, "less": TIMES, "series": _refers("series"), "list": _refers("list"),
    "periods": _refers("periods"),
    "change": _refers("change"), "line": _refers(*LINES), "column": COLUMN, "value": EXPRESSION,
    "otherwise": EXPRESSION,
    "first": EXPRESSION, "day": EXPRESSION, "start": EXPRESSION, "end": EXPRESSION, "left": EXPRESSION,
    "right": EXPRESSION, "condition": EXPRESSION, "where": EXPRESSION, "amount": EXPRESSION, "total": EXPRESSION,
    "count": EXPRESSION, "limit": EXPRESSION, "weight": EXPRESSION, "rate": EXPRESSION, "level": EXPRESSION,
    "result": EXPRESSION, "base": EXPRESSION, "then": EXPRESSION, "misses": EXPRESSION, "instant": EXPRESSION,
    "parts": EXPRESSION, "part": EXPRESSION, "published": EXPRESSION, "before": EXPRESSION,
}  # fmt: skip

_ROLES: Final[Mapping[tuple[str, str], Role]] = {
    ("Event", "names"): DECLARES, ("Notice", "names"): DECLARES, ("PartyLine", "name"): DECLARES,
    ("EventField", "name"): Role("declares", "field"), ("WorkedField", "name"): Role("declares", "field"),
    ("WorkedField", "value"): EXPRESSION, ("EventField", "parts"): VALUE, ("DefaultFlag", "value"): VALUE,
    ("FieldFrom", "name"): FIELD, ("NamedBy", "field"): FIELD, ("NamedBy", "other"): FIELD,
    ("SeriesSource", "value"): FIELD, ("SeriesSource", "at"): FIELD, ("LastsLine", "start"): FIELD,
    ("LastsLine", "end"): FIELD, ("ByLine", "when"): FIELD, ("ByBackLine", "anchor"): FIELD,
    ("NamedRows", "name"): ROWS, ("FieldValue", "value"): VALUE, ("RowKeys", "values"): VALUE,
    ("GroupOf", "members"): Role("refers", "value", ("list",)), ("WorldLine", "world"): VALUE,
    ("PointRow", "cells"): VALUE,
    ("ListCell", "value"): VALUE, ("ValueAs", "word"): Role("refers", "value", ("party",)), ("RuledAs", "value"): VALUE,
    ("PeriodRow", "label"): VALUE, ("RuledWithinLine", "otherwise"): VALUE,
    ("AnsweredWithinLine", "otherwise"): VALUE, ("Lookup", "keys"): EXPRESSION, ("SeriesLookup", "key"): EXPRESSION,
    ("OneOf", "values"): EXPRESSION, ("ExpectPays", "value"): VALUE, ("ExpectValue", "value"): VALUE,
    ("NamedLength", "name"): _refers("definition"), ("NamedNumber", "name"): _refers("definition"),
    ("NamedPercent", "name"): _refers("definition"), ("NamedDay", "name"): _refers("definition"),
    ("NamedStep", "name"): _refers("definition"),
    ("Each", "anchor"): _refers(*EVENTS, "periods"), ("Assignment", "since"): EVENT, ("Novation", "since"): EVENT,
    ("Changed", "name"): ANY, ("RemovesLine", "names"): ANY, ("AsInLine", "name"): ANY,
    ("Begins", "state"): STATE, ("Ends", "name"): Role("refers", "name", ("state", "service")),
    ("Cap", "lines"): _refers(*LINES), ("ClosedHolidays", "region"): PLAIN, ("FactLine", "word"): PLAIN,
    ("Ground", "name"): _refers("trigger", "obligation"), ("Selector", "event"): EVENT,
    ("OnTrigger", "trigger"): TRIGGER, ("OnAnyTrigger", "triggers"): TRIGGER,
    ("WhenLastsLine", "state"): STATE, ("UseFile", "document"): DOCUMENT,
    ("UseTemplate", "suffix"): PLAIN, ("Parameters", "names"): Role("declares", "parameter"),
    ("FilledIn", "name"): PARAMETER, ("FilledIn", "value"): EXPRESSION, ("InCurrency", "amount"): EXPRESSION,
    ("ExpectStatus", "name"): _refers("obligation", *QUESTIONS, *RIGHTS, "state"), ("ExpectValue", "name"): FIGURE,
    ("ExpectPays", "name"): _refers("obligation", "trigger", *RIGHTS), ("ExpectLevel", "name"): _refers("escalation"),
    ("ExpectFired", "name"): _refers("trigger", *RIGHTS, "escalation", "state"),
    ("ExpectNoStatus", "name"): _refers("obligation", *QUESTIONS, *RIGHTS, "state"), ("ExpectOther", "name"): FIGURE,
    ("ExpectNoLevel", "name"): _refers("escalation"), ("ExpectNoStatus", "keys"): VALUE, ("ExpectOther", "keys"): VALUE,
    ("ExpectNoLevel", "keys"): VALUE, ("ExpectOther", "value"): VALUE,
    ("ExpectNone", "name"): _refers("trigger", *RIGHTS, "escalation", "state"),
    ("ExpectStatus", "keys"): VALUE,
    ("CountedLength", "count"): Role("refers", "expression", ("definition",)),
    ("ExpectValue", "keys"): VALUE, ("ExpectPays", "keys"): VALUE,
    ("ExpectFired", "keys"): VALUE, ("ExpectNone", "keys"): VALUE, ("ExpectLevel", "keys"): VALUE,
    ("Parties", "names"): PARTY, ("NewParties", "name"): PARTY,
    ("EarnedBack", "credit"): _refers(*LINES), ("Reporters", "parties"): PARTY,
    ("ShareOfOutcomes", "norm"): NORM,
    ("ShareOfAny", "parts"): NORM,
    ("EitherTimes", "parts"): TIMES, ("BothTimes", "parts"): TIMES, ("DayOf", "value"): EXPRESSION,
    ("FirstDay", "of"): EXPRESSION, ("LastDay", "of"): EXPRESSION,
    ("FirstIn", "of"): EXPRESSION, ("LastIn", "of"): EXPRESSION, ("NthIn", "of"): EXPRESSION,
    ("PercentOf", "of"): EXPRESSION, ("LevelsLine", "of"): EXPRESSION, ("PaysTableLine", "of"): EXPRESSION,
    ("PaysTable", "of"): EXPRESSION,
    ("PaysLevelsLine", "of"): EXPRESSION, ("PaysLevels", "of"): EXPRESSION, ("BandsLine", "of"): EXPRESSION,
    ("State", "by"): FIELD, ("SharedValue", "by"): EXPRESSION, ("GroupValue", "member"): VALUE,
}  # fmt: skip

_CLAUSES: Final = frozenset(each.__name__ for each in get_args(Clause)) | {"Template"}


def role(node: str, part: str) -> Role:
    """What names in this part of a node of this class are."""
    found = _ROLES.get((node, part)) or _BY_NAME.get(part)
    if part == "name" and node in _CLAUSES:
        word = node.lower()
        return Role("declares", word) if word in APART else DECLARES
    return found or ANY
