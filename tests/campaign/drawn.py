"""Which terms a contract is made of: what the campaign draws, and what it leaves out, with the reason."""

from __future__ import annotations

from collections import Counter
from inspect import isclass
from typing import Any

from attrs import NOTHING, Factory, fields, has

from bpodsl import terms
from bpodsl.terms import Contract, dates, expressions

DOOR = "read at the door, before any evaluator"
WORDS = "printed or stated; nothing is computed from it"
NO_TERM = "no term of a contract"
LEFT_OUT = {
    "Closing": DOOR, "Contract.closings": DOOR,
    "Column": DOOR, "Condition": DOOR, "Mapping": DOOR, "RowMapping": DOOR, "DeemedRow": DOOR, "EventKind.deemed": DOOR,
    "Answer.by": DOOR, "EventField.worked": DOOR, "Question.claimants": DOOR, "Contract.mappings": DOOR,
    "Assumption": WORDS, "Service": WORDS, "Stated": WORDS, "CalendarTerm.holidays": WORDS, "Clause.prose": WORDS,
    "Clause.reference": WORDS, "Clause.span": WORDS, "Contract.assumptions": WORDS, "Contract.digest": WORDS,
    "Contract.law": WORDS, "Contract.pins": WORDS, "Contract.services": WORDS, "Contract.stated": WORDS,
    "Contract.version": WORDS,
    "Renewal.clause": WORDS,
    "Contract.worlds": "events are parted by world before any evaluator",
    "Example": "tried one by one by the trials of an agreement", "ExampleEvent": "part of an example",
    "Expectation": "part of an example", "Contract.examples": "examples",
    "Edge": NO_TERM, "NotMeasured": NO_TERM, "Pending": NO_TERM,
}  # fmt: skip
"""Why a term, or what one may say, is not drawn."""


def known() -> set[str]:
    """The names of all terms, and of all that each may say and need not (`Term.what`)."""
    found = {c for m in (terms, dates, expressions) for c in vars(m).values() if isclass(c) and has(c)}
    optional = {f"{c.__name__}.{a.name}" for c in found for a in fields(c) if a.default is not NOTHING}
    dead = {name for name in optional if name.partition(".")[0] in LEFT_OUT}
    return ({c.__name__ for c in found} | optional) - dead


def said(contract: Contract) -> Counter[str]:
    """How often a contract has each term, and says what it need not."""
    found: Counter[str] = Counter()
    waiting: list[Any] = [contract]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting += value
        elif has(type(value)):
            name = type(value).__name__
            found[name] += 1
            for attribute in fields(type(value)):
                given, default = getattr(value, attribute.name), attribute.default
                if isinstance(default, Factory):  # type: ignore[arg-type]
                    default = default.factory()  # type: ignore[union-attr]
                found[f"{name}.{attribute.name}"] += default is not NOTHING and given != default
                waiting.append(given)
    return found
