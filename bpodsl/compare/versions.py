"""The versions of a term under changes of the agreement, by the days from which they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpodsl.lean import evolve
from bpodsl.terms import Target
from bpodsl.terms import expressions as ex


def versions(value: Any) -> dict[str, Any]:
    """What applies, by `from 2026-04-01 on` and the like, the latest first; under "" what applies originally."""
    if isinstance(value, Target):
        return {since: evolve(value, level=level) for since, level in versions(value.level).items()}
    found: dict[str, Any] = {}
    while isinstance(value, ex.If) and (label := since(value.condition)):
        found.setdefault(label, value.then)
        value = value.otherwise
    return found | {"": value}


def since(condition: object) -> str:
    """From which day on something holds, in words, if a condition is that of a change; else ""."""
    parts = condition.parts if isinstance(condition, ex.AllOf) else (condition,)
    days = [each for each in parts if not isinstance(each, ex.Signed)]
    match days:
        case [ex.Compare(">=", ex.WindowDay() | ex.Moment(_, True), ex.Literal(day, kind))] if kind.base == "day":
            return f"from {day} on"
        case _:
            return ""


def moved(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, str]:
    """The days from which versions hold, where they are others but as many."""
    gone = [label for label in old if label not in new]
    come = [label for label in new if label not in old]
    return dict(zip(gone, come, strict=True)) if len(gone) == len(come) else {}
