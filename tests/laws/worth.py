"""Laws about time and money."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from attrs import evolve

from bpodsl.record import Event, Posted
from bpodsl.terms import Account, Clause, Contract, Due, EventField, Figure, Group, Length, Line, expressions, levels
from bpodsl.terms.kinds import NUMBER, Kind
from bpodsl.values import Grid, Zone, round_to, window_at, window_on, windows
from bpodsl.values.hours import Until
from tests.campaign.cases import Case
from tests.laws.asking import ledger, mapped, parted, plain, texts


# ---------------------------------------------------------------------------------------------- weeks later
def weeks_later(case: Case, dice: Random) -> str | None:
    """An agreement in UTC that reckons in weeks, days and shorter lengths gives the same ledger some weeks later.

    Of the agreement drawn, months become four weeks, every zone UTC, and the year of interest one of 365 days.
    """
    contract = _in_weeks(case.contract)
    if contract is None:
        return None
    shift = timedelta(weeks=dice.choice((1, 3, 50, -20)))
    later = _Later(contract, shift)
    moved = later.contract()
    events = [later.event(each) for each in case.events]
    ours = [_at(p, 0) for p in ledger(contract, case.events, case.until)]
    theirs = [_at(p, later.ticks) for p in ledger(moved, events, case.until + later.ticks)]
    return parted("\n".join(ours), "\n".join(theirs), f"{shift.days} days later")


def _in_weeks(contract: Contract) -> Contract | None:
    """The same reckoning in weeks and in UTC, or None."""

    def four_weeks(value: Any) -> Any:
        if isinstance(value, Length) and value.unit in ("months", "years"):
            return evolve(value, amount=value.amount * (4 if value.unit == "months" else 52), unit="weeks")
        if isinstance(value, Grid) and value.unit == "month":
            # Counted from a Monday, so that the cells lie where they did, seen from the events.
            anchor = value.anchor or date(2020, 1, 6)
            return evolve(value, unit="week", n=4 * value.n, anchor=anchor)
        if isinstance(value, expressions.Interest) and value.basis in ("actual", "30/360"):
            # Else a day of a leap year is less than one of another, or a month has thirty days.
            return evolve(value, basis="365")
        return Zone.load("UTC") if isinstance(value, Zone) else value

    try:
        found: Contract = mapped(evolve(contract, zone="UTC"), four_weeks)
        levels(found)
    except ValueError:
        return None
    if any(due.day_of_month or due.fixed or due.weekday for due in dues(found)):
        return None
    civil = re.compile("month|quarter|year|period|30/360")
    asked = any(civil.search(text) for text in texts(found, set()))
    return None if asked or contract.series else found


def dues(contract: Contract) -> list[Due]:
    """Every time that it gives to anybody."""
    found: list[Due] = []

    def seen(value: Any) -> Any:
        if isinstance(value, Due):
            found.append(value)
        return value

    mapped(contract, seen)
    return found


class _Later:
    """A contract and its events, moved by whole weeks."""

    def __init__(self, contract: Contract, shift: timedelta) -> None:
        self.before, self.shift = contract, shift
        self.ticks = shift // timedelta(microseconds=1)
        self.kinds = {(e.name, f.name): f.kind.base for e in contract.events for f in e.fields}

    def contract(self) -> Contract:
        made: Contract = mapped(self.before, self._moved)
        return made

    def _moved(self, value: Any) -> Any:
        if isinstance(value, date):
            return value + self.shift
        if isinstance(value, expressions.Literal) and value.kind.base == "instant":
            return evolve(value, value=value.value + self.ticks)  # type: ignore[operator]
        return evolve(value, instant=value.instant + self.ticks) if isinstance(value, Until) else value

    def event(self, event: Event) -> Event:
        told = {name: self._told(self.kinds.get((event.kind, name), ""), value) for name, value in event.fields.items()}
        day = None if event.day is None else event.day + self.shift
        ends = None if event.ends is None else event.ends + self.ticks
        return evolve(event, time=event.time + self.ticks, known=event.known + self.ticks, day=day, fields=told,
                      acts=event.acts + self.ticks, ends=ends)  # fmt: skip

    def _told(self, base: str, value: Any) -> Any:
        if base == "instant" and isinstance(value, int):
            return value + self.ticks
        return value + self.shift if isinstance(value, date) else value


def _at(posted: Posted, ticks: int) -> str:
    e = posted.entry
    numbers = [(n.name, n.text) for n in e.numbers if n.base in ("number", "share", "money", "yes_no", "length")]
    return f"{posted.kind} {e.clause} {e.at - ticks} {posted.known - ticks} {e.event_causes} {numbers}"


# ---------------------------------------------------------------------------------------------- larger sums
def larger_sums(case: Case, dice: Random) -> str | None:
    """With every sum of the agreement and of its events so many times as large, and its steps of rounding too, so is
    every sum of the ledger; nothing else in it differs."""
    times = dice.choice((3, 7, 100))
    contract = case.contract
    if _rounds_alone(contract) or "money" not in texts(contract, set()):
        return None
    bases: dict[str, set[str]] = {}
    for each in contract.events:
        for told_of in each.fields:
            bases.setdefault(told_of.name, set()).add(told_of.kind.base)
    sums = {name for name, of in bases.items() if "money" in of}
    if any(len(bases[name]) > 1 for name in sums):
        return None

    def larger(value: Any) -> Any:
        if isinstance(value, expressions.Literal) and value.kind.base == "money":
            return evolve(value, value=value.value * times)  # type: ignore[operator]
        if isinstance(value, EventField) and value.kind.base == "money" and value.default is not None:
            return evolve(value, default=value.default * times)  # type: ignore[operator]
        by_sums = (Line, Account, Contract, expressions.Interest)
        if isinstance(value, by_sums) or (isinstance(value, Figure) and value.kind.base == "money"):
            rounding = value.rounding
            if rounding is not None:
                return evolve(value, rounding=evolve(rounding, step=rounding.step * times))
        return value

    def told(event: Event) -> Event:
        return evolve(event, fields={
            name: value * times if name in sums and isinstance(value, int | Fraction) else value
            for name, value in event.fields.items()
        })  # fmt: skip

    drawn = plain(case)
    grown = ledger(mapped(contract, larger), [told(each) for each in case.events], case.until)
    if not any(n.base == "money" for p in drawn for n in p.entry.numbers):
        return None
    # Where sums tell groups apart, these come in another order.
    ours, theirs = (sorted(_worth(p, by) for p in each) for each, by in ((drawn, times), (grown, 1)))
    return parted("\n".join(ours), "\n".join(theirs), "larger sums")


def _rounds_alone(contract: Contract) -> bool:
    """Whether it rounds or shares out anywhere within a formula, or matches by sums."""
    found = []

    def seen(value: Any) -> Any:
        if isinstance(value, expressions.Rounded | expressions.SharedOut):
            found.append(value)
        return value

    mapped(contract, seen)
    return bool(found)


def _worth(posted: Posted, times: int) -> str:
    e = posted.entry
    numbers = [
        (n.name, Fraction(n.value) * times if n.base == "money" and isinstance(n.value, int | Fraction) else n.text)
        for n in e.numbers
    ]
    return f"{posted.kind} {e.clause} {e.period} {e.at} {posted.known} {e.event_causes} {numbers}"


# ---------------------------------------------------------------------------------------------- caps
def may_be_capped(contract: Contract) -> bool:
    """Whether it pays anything, and for a time that is known."""
    return bool(contract.lines) and contract.term.last is not None


def caps_bind(case: Case, dice: Random) -> str | None:
    """What is posted above nought under a cap comes to no more than the cap in any of its windows.

    Of the agreement drawn, without renewal; with one cap of a fixed amount on all that it pays, in windows of one cell:
    its own, or one by months.
    """
    if not may_be_capped(case.contract) or case.contract.term.last is None:
        return None
    every = tuple(line.name for line in case.contract.lines)
    currency = Kind("money", (case.contract.currency,))
    by_months = Account(
        "z_cap", Clause("z_cap", "cap"), Grid("month"), expressions.Literal(0, currency), every, case.contract.rounding
    )  # fmt: skip
    caps = tuple(
        evolve(cap, by=(), lines=every, limit=expressions.Literal(dice.choice((0, 5, Fraction(201, 4), 400)), currency),
               grid=evolve(cap.grid, span=1, later=(), anchor_from=None, begins_from=None, begins=None, times=None))
        for cap in case.contract.accounts[:1] or (by_months,)
    )  # fmt: skip
    contract = evolve(case.contract, accounts=caps, term=evolve(case.contract.term, renewal=None))
    try:
        levels(contract)
    except ValueError:
        return None
    zone, first = Zone.load(contract.zone), contract.term.effective
    end = contract.term.last + timedelta(days=1)
    found = ledger(contract, case.events, case.until)
    if any(e.kind == "Ended" and e.clause == contract.name and e.at < zone.start_of(end) for e in found.outcome):
        return None
    figures = {f.name: f for f in contract.figures}
    lines = {line.name: line for line in contract.lines}
    said = None
    for cap in caps:
        sums: dict[str, Fraction] = {}
        for e in found.outcome:
            amount = e.number("amount")
            if e.kind != "Accrued" or e.clause not in cap.lines or not isinstance(amount, int | Fraction):
                continue
            figure = lines[e.clause].figure
            if figure is None:
                window = window_at(cap.grid, zone, first, end, e.at)
            else:
                own = next((w for w in windows(figures[figure].grid, zone, first, end) if w.label == e.period), None)
                window = None if own is None else window_on(cap.grid, zone, first, end, own.last)
            if window is not None and amount > 0:
                sums[window.label] = sums.get(window.label, Fraction(0)) + Fraction(amount)
        limit = round_to(Fraction(cap.limit.value), cap.rounding.step, cap.rounding.rule)  # type: ignore[union-attr,arg-type]
        for label, total in sums.items():
            said = said or ""
            if total > max(limit, 0):
                return f"{cap.name} in {label}: {total} of {limit}"
    return said


# ---------------------------------------------------------------------------------------------- months and quarters
def quarters_are_months(case: Case, dice: Random) -> str | None:
    """A count, and a sum, of events over each quarter is that of its months; of the agreement drawn, by two figures
    besides its own."""
    contract = case.contract
    if contract.changes or contract.term.renewal or contract.term.last is None:
        return None
    kind = dice.choice(contract.events)
    added = [f.name for f in kind.fields if f.kind.base == "number"]
    value = expressions.FieldOf(dice.choice(added)) if added else None
    groups = [f.name for f in kind.fields if f.kind.base == "one_of" and not f.optional]
    monthly = Figure(
        "z_by_month", Clause("z_by_month", "amount"), "amount", NUMBER, Grid("month"),
        expressions.Aggregate("sum" if value else "count", expressions.EventRows(kind.name), value=value),
        tuple(Group(name) for name in groups[:1]),
    )  # fmt: skip
    quarterly = evolve(monthly, name="z_by_quarter", clause=Clause("z_by_quarter", "amount"), grid=Grid("month", 3))
    zone, first = Zone.load(contract.zone), contract.term.effective
    end = contract.term.last + timedelta(days=1)
    found = ledger(evolve(contract, figures=(*contract.figures, monthly, quarterly)), case.events, case.until)
    if any(e.kind == "Ended" and e.clause == contract.name and e.at < zone.start_of(end) for e in found.outcome):
        return None
    values = {
        (e.clause, e.period, e.key): Fraction(each) for e in found.outcome
        if e.kind == "Settled" and isinstance(each := e.number("value"), int | Fraction)
    }  # fmt: skip
    months = list(windows(monthly.grid, zone, first, end))
    said = None
    for window in windows(quarterly.grid, zone, first, end):
        for key in {k for clause, period, k in values if clause == quarterly.name and period == window.label}:
            inside = [m.label for m in months if window.start <= m.start and m.end <= window.end]
            parts = [values.get((monthly.name, label, key)) for label in inside]
            if None in parts:
                continue
            said = said or ""
            if sum(parts) != values[quarterly.name, window.label, key]:  # type: ignore[arg-type]
                return f"{kind.name} in {window.label} of {key}: by months {parts}, else"
    return said
