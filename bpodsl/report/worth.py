"""What an agreement can come to: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from bpodsl.bounds import Bounds, Owed, Range, Side, owed, sides
from bpodsl.report.screen import fits, print_table, table_of
from bpodsl.terms import Contract
from bpodsl.text import Trace
from bpodsl.values import Grid, Money, show_exact

_NONE: Final[Mapping[str, Trace]] = MappingProxyType({})


def print_worth(
    contract: Contract, console: Console, from_zero: bool = False, events: Mapping[str, Trace] = _NONE
) -> None:
    """Print what each clause and each party can come to in a month and in a year. `events`: by line, those that lead to
    its most."""
    bounds = Bounds(contract, from_zero=from_zero)
    lines = owed(bounds)
    console.print(Text(contract.clause.shown, style="bold"))
    _say(console, "What can be owed at the least and at the most, whatever is reported. Windows, months and years are")
    _say(console, "taken to lie wholly within the agreement, with every clause in force.")
    if from_zero:
        _say(console, "Numbers and sums that are reported are taken to be 0 or more.")
    if not lines:
        _say(console, "\nNo clause says that anything is owed.")
    for side in sides(bounds, lines):
        own = [each for each in lines if _key(each) == (side.payer, side.payee, side.currency)]
        _table(console, side, own)
        for said in _notes(own, side):
            _say(console, said)
        for each in own:
            if each.line.name in events:
                _say(console, f"\n  {each.clause.shown}, shown by:")
                for said in events[each.line.name].told():
                    _say(console, f"    {said}")


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _key(each: Owed) -> tuple[str, str, str]:
    return each.line.payer, each.line.payee, each.line.currency


def _table(console: Console, side: Side, own: Sequence[Owed]) -> None:
    _say(console, "")
    console.print(Text(f"{side.payer} pays {side.payee}, in {side.currency}", style="bold"))
    table = table_of("")
    table.add_column("owed")
    table.add_column("each", justify="right")
    table.add_column("a month", justify="right")
    table.add_column("a year", justify="right")
    for each in own:
        clause = each.clause
        name = clause.shown + (f" [{clause.reference}]" if clause.reference else "")
        told = [_amounts(amounts, side.currency) for amounts in (each.each, each.month, each.year)]
        table.add_row(name, when(each), *told)
    if len(own) > 1:
        together = [Text(_amounts(amounts, side.currency), style="bold") for amounts in (side.month, side.year)]
        table.add_section()
        table.add_row(Text("together", style="bold"), "", "", *together)
    fits(console, table)
    print_table(console, table)


def when(each: Owed) -> str:
    """For what it is owed: its windows, or the outcome."""
    if each.grid is None:
        return "each time"
    grid: Grid = each.grid
    if grid.unit == "term":
        return "over the term"
    return ", then ".join(_each(one) for one in grid.each)


def _each(grid: Grid) -> str:
    if grid.unit == "listed":
        return "each period"
    unit, n = (grid.unit, grid.n)
    word = {3: "quarter", 12: "year"}.get(n) if unit == "month" else None
    return f"each {word or unit}" if n == 1 or word else f"each {n} {unit}s"


def _amounts(of: Range, currency: str) -> str:
    """`0.00 – 30 000.00`; one sum where there is no other."""
    low, high = (None if end is None else _amount(end, currency) for end in (of.low, of.high))
    if low is None or high is None:
        return "not bounded" if low == high else f"up to {high}" if low is None else f"{low} or more"
    return low if low == high else f"{low} – {high}"


def _amount(value: int | Fraction, currency: str) -> str:
    return Money(value, currency).show().removesuffix(f" {currency}")


def _notes(own: Sequence[Owed], side: Side) -> Iterator[str]:
    """What leads to the most of each clause; and why there is none."""
    for each in own:
        ways = each.each.at_high
        if ways and each.each.high is not None and each.each.single is None:
            yield f"  {each.clause.shown}: {Money(each.each.high, side.currency).show()} when {reached(ways)}"
    for word, reasons in (("most", _reasons(own, True)), ("least", _reasons(own, False))):
        for name, why in reasons:
            yield f"  {name} has no {word}: {why}"
    for cap in side.capped:
        month, year = (Money(most, side.currency).show() for most in (cap.month, cap.year))
        yield f"  {cap.account.clause.shown} holds {_listed(cap.account.lines)} down to {month} a month, {year} a year"


def reached(ways: Sequence[tuple[str, str]]) -> str:
    """What must be so for an end of a range to be reached, in words."""
    return " and ".join(f"{_named(name)} is {value}" for name, value in ways)


def _named(name: str) -> str:
    name, before, _ = name.partition(" before")
    return (name if name.startswith("the ") else f"`{name}`") + (" of the window before" if before else "")


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _reasons(own: Sequence[Owed], above: bool) -> Iterator[tuple[str, str]]:
    for each in own:
        end = each.year.high if above else each.year.low
        if end is None:
            why = each.year.above if above else each.year.below
            yield each.clause.shown, "; ".join(why) or "nothing in the agreement limits it"


# ------------------------------------------------------------------------------------ for programs
def worth_json(contract: Contract, from_zero: bool = False, events: Mapping[str, Trace] = _NONE) -> str:
    """`{"format": 1, "agreement": …, "clauses": […], "together": […]}`. Sums are exact, as texts (`"1250"`, `"10/3"`);
    `least` and `most` are null where there is no end, and `why_no_least`, `why_no_most` say why. `most_shown`: events
    that lead to the most, as far as they are handed in."""
    bounds = Bounds(contract, from_zero=from_zero)
    lines = owed(bounds)
    whole = {
        "format": 1,
        "agreement": contract.name,
        "from_zero": from_zero,
        "clauses": [
            {
                "line": each.line.name,
                "clause": each.clause.name,
                "title": each.clause.shown,
                "reference": each.clause.reference,
                "payer": each.line.payer,
                "payee": each.line.payee,
                "currency": each.line.currency,
                "owed": when(each),
                "each": _range(each.each),
                "month": _range(each.month),
                "year": _range(each.year),
                **_shown(events.get(each.line.name)),
            }
            for each in lines
        ],
        "together": [
            {
                "payer": side.payer,
                "payee": side.payee,
                "currency": side.currency,
                "month": _range(side.month),
                "year": _range(side.year),
                "caps": [
                    {"cap": cap.account.name, "month": show_exact(cap.month), "year": show_exact(cap.year)}
                    for cap in side.capped
                ],
            }
            for side in sides(bounds, lines)
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _shown(trace: Trace | None) -> dict[str, Any]:
    if trace is None:
        return {}
    return {"most_shown": {"events": list(trace.lines), "until": trace.until or None, "finds": trace.finds}}


def _range(of: Range) -> dict[str, Any]:
    found: dict[str, Any] = {
        "least": None if of.low is None else show_exact(of.low),
        "most": None if of.high is None else show_exact(of.high),
    }
    if of.low is None:
        found["why_no_least"] = list(of.below)
    if of.high is None:
        found["why_no_most"] = list(of.above)
    elif of.at_high:
        found["most_when"] = dict(of.at_high)
    return found
