"""What every law asks with: the engine over a case, and agreements changed throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import evolve, fields, frozen, has

from bpodsl.record import Event, Ledger, Posted
from bpodsl.terms import Contract
from bpodsl.values import Calendar, Zone
from tests.campaign.cases import Case
from tests.campaign.compare import line, related

if TYPE_CHECKING:
    from bpodsl.engine import Program


def ledger(contract: Contract, events: Sequence[Event], until: int) -> Ledger:
    """What the engine makes of it."""
    from bpodsl.engine import run

    return run(_planned(Same(contract)), related(contract, events, until), until)


@frozen(eq=False)
class Same:
    """Told apart by which it is, not by what is in it: to compare agreements takes longer than to plan one."""

    what: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.what is self.what

    def __hash__(self) -> int:
        return id(self.what)


@lru_cache(maxsize=2)
def _planned(contract: Same) -> Program:
    from bpodsl.engine import plan
    from bpodsl.graph import build

    return plan(build(contract.what))


def plain(case: Case) -> Ledger:
    """The ledger of a case as it was drawn: made once for all laws that hold another one against it."""
    return _plain(Same(case))


@lru_cache(maxsize=1)
def _plain(case: Same) -> Ledger:
    return ledger(case.what.contract, case.what.events, case.what.until)


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
