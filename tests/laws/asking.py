"""What every law asks with: the engine over a case, and agreements changed throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, fields, has

from bpodsl.record import Event, Ledger, Posted
from bpodsl.terms import Contract
from bpodsl.values import Calendar, Zone
from tests.campaign.compare import line, related


def ledger(contract: Contract, events: Sequence[Event], until: int) -> Ledger:
    """What the engine makes of it."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    return run(plan(build(contract)), related(contract, events, until), until)


def shown(posted: Sequence[Posted]) -> str:
    """Postings, one a line."""
    return "\n".join(map(line, posted))


def parted(ours: str, theirs: str, what: str) -> str:
    """Where two texts part, "" where they do not."""
    if ours == theirs:
        return ""
    for a, b in zip([*ours.splitlines(), ""], [*theirs.splitlines(), ""], strict=False):
        if a != b:
            return f"{what}:\n  {a or '(no more)'}\n  {b or '(no more)'}"
    return what


def texts(value: Any, found: set[str]) -> set[str]:
    """All texts that stand anywhere in terms."""
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, tuple):
        for each in value:
            texts(each, found)
    elif has(type(value)) and not isinstance(value, Zone):
        for attribute in fields(type(value)):
            texts(getattr(value, attribute.name, None), found)
    return found


def mapped(value: Any, what: Callable[[Any], Any]) -> Any:
    """Terms in which each value is what `what` makes of it; of those that hold others first the inner ones."""
    if isinstance(value, tuple):
        return tuple(mapped(each, what) for each in value)
    if isinstance(value, Calendar):
        return Calendar(what(value.zone), mapped(value._plan, what))
    if not has(type(value)) or isinstance(value, Zone):
        return what(value)
    changed = {}
    for attribute in fields(type(value)):
        if not attribute.init:
            continue
        before = getattr(value, attribute.name)
        after = mapped(before, what)
        if after is not before and after != before:
            changed[attribute.name.lstrip("_")] = after
    return what(evolve(value, **changed) if changed else value)
