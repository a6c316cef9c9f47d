"""Where expressions are evaluated, and what they find there."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from attrs import field, frozen

from bpodsl.reference.rows import show
from bpodsl.reference.state import Cause, Fields, Interval, Posting, Row, Settled, World
from bpodsl.terms import NotMeasured, Rounding
from bpodsl.values import Window, round_to


@frozen
class Scope:
    """Where an expression is evaluated: a window and its group, a row, or both. `past`: a row of a window.

    `final`: a point of a series that is not there is not measured; else it is pending.
    """

    world: World
    window: Window | None = None
    group: Fields = field(factory=dict)
    row: Row | None = None
    past: bool = False
    final: bool = True
    day: date | None = None
    """For which interest is reckoned."""
    outer: Scope | None = None
    """Of a row, the scope in which the aggregate stands whose row it is; of an account, that of the sum."""


def scope_of(world: World, cause: Cause) -> Scope:
    """Where what an effect says is evaluated: a settled window and its group, else the row of its cause."""
    return Scope(world, row=cause.row) if cause.window is None else Scope(world, cause.window, cause.key)


def rounded(value: object, rounding: Rounding | None) -> object:
    """A number rounded; anything else as it is."""
    if rounding is None or isinstance(value, bool) or not isinstance(value, int | Fraction):
        return value
    return round_to(value, rounding.step, rounding.rule)  # type: ignore[arg-type]


def stands(settled: Settled, how: str) -> bool:
    """Whether a result stands so."""
    if how == "below minimum":
        return settled.below
    if how == "not measured":
        return isinstance(settled.value, NotMeasured)
    return settled.standing == how


def postings_in(world: World, line: str, scope: Scope) -> list[Posting]:
    """What a line has posted for the window and group in scope."""
    found = []
    for posting in world.postings:
        window = scope.window
        if posting.line.name != line or window is None:
            continue
        if posting.window is None:
            inside = window.start <= posting.moment < window.end
        else:
            inside = (posting.window.first, posting.window.last) == (window.first, window.last)
        key = posting.key
        if inside and all(show(key[name]) == show(value) for name, value in scope.group.items() if name in key):
            found.append(posting)
    return found


def of_group(world: World, state: str, group: Fields) -> list[Interval]:
    """The intervals of a state whose keys agree with a group; one without a key agrees with none."""

    def agrees(interval: Interval) -> bool:
        names = [name for name in interval.state.by if name in group]
        return all(name in interval.key and show(interval.key[name]) == show(group[name]) for name in names)

    return [interval for interval in world.intervals.get(state, ()) if agrees(interval)]
