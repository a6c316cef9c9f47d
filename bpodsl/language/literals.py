"""Literals: lengths, sums, roundings, days and instants as the agreement writes them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed, open_length, plain, told
from bpodsl.language.names import nearest
from bpodsl.language.problems import OutOfRange, UnknownData, Unstated, WrongCurrency, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import Kind, Length, Rounding
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, TEXT, YES_NO, money, period
from bpodsl.terms.lengths import MOST
from bpodsl.values import (
    HOUR,
    LAST_DAY,
    MINUTE,
    ROUNDINGS,
    SECOND,
    TimeError,
    add_days,
    add_months,
    parse_instant,
    parse_period,
)

_TICKS: Final = {"second": SECOND, "minute": MINUTE, "hour": HOUR}
_LIMITS: Final = MOST
_LONGEST: Final = 84_000 * 24 * HOUR


def one(unit: str) -> str:
    """The singular of a unit as written: `hours` is `hour`."""
    return unit[:-1] if unit.endswith("s") else unit


# ---------------------------------------------------------------------------------------- lengths
def length(ctx: Context, node: ast.Length, nothing: bool = False, same_day: bool = False) -> Length | None:
    """A length of time as the terms hold it, or None if it is none; `nothing`: whether it may be 0 by the clock,
    `same_day`: whether it may be 0 days or working days, which is the day itself.
    """
    unit = one(node.unit)
    calendar = None if node.calendar is None else ctx.calendar(node.calendar)
    may_be_0 = (nothing and unit in _TICKS) or (same_day and unit in ("day", "working day"))
    if node.amount.value < 0 or (node.amount.value == 0 and not may_be_0):
        ctx.report(OutOfRange(node.span, "A length of time is more than nothing.", "Write a positive number."))
        return None
    if unit in _TICKS:
        return _by_clock(ctx, node, node.amount.value * _TICKS[unit], calendar)
    many = f"{unit}s"
    if node.amount.value.denominator != 1:
        ctx.report(OutOfRange(node.span, f"{many.capitalize()} are counted whole.", "Write a whole number."))
        return None
    if node.amount.value > _LIMITS[many]:
        ctx.report(OutOfRange(node.span, f"This is longer than {_LIMITS[many]} {many}."))
        return None
    if unit == "working day":
        if node.calendar is None:
            ctx.report(Unstated(node.span, "Working days of which calendar?", "Write `working days of CALENDAR`."))
        return None if calendar is None else Length(int(node.amount.value), many, calendar)
    if node.calendar is not None:
        advice = f"Write `{node.amount.value} working days of {node.calendar.text}`." if unit == "day" else None
        ctx.report(WrongKind(node.span, f"{many} of a calendar", "open hours or working days of it", advice))
        return None
    return Length(int(node.amount.value), many)


def _by_clock(ctx: Context, node: ast.Length, ticks: int | Fraction, calendar: str | None) -> Length | None:
    if node.calendar is not None and calendar is None:
        return None
    if ticks.denominator != 1 or ticks > _LONGEST:
        why = "finer than a microsecond" if ticks.denominator != 1 else "longer than 230 years"
        ctx.report(OutOfRange(node.span, f"This length is {why}."))
        return None
    return Length(int(ticks), "elapsed" if calendar is None else "open", calendar)


def in_days(ctx: Context, node: ast.Length, what: str) -> Length | None:
    """A length counted in days or longer; `what` says of what."""
    found = length(ctx, node)
    if found is not None and found.by_clock:
        ctx.report(WrongKind(node.span, "a length by the clock", needed(what)))
        return None
    return found


def needed(what: str) -> str:
    """What must stand where a length in days is asked for."""
    return f"a number of days, weeks or months for {what}"


def end_of(ctx: Context, node: ast.Node, first: date, span: Length) -> date | None:
    """The last day of a stretch of days that begins with `first`, or None if it lies beyond the calendar."""
    try:
        match span.unit:
            case "months" | "years":
                after = add_months(first, span.amount * (12 if span.unit == "years" else 1))
            case _:
                after = add_days(first, span.amount * (7 if span.unit == "weeks" else 1))
    except TimeError:
        after = None
    if after is None or after > LAST_DAY:
        ctx.report(OutOfRange(node.span, "This ends after 2199."))
        return None
    return add_days(after, -1)


# ---------------------------------------------------------------------------------------- roundings
def rounding(ctx: Context, node: ast.Rounding, kind: Kind | None) -> Rounding | None:
    """A rounding whose step is of this kind (None: any kind will do)."""
    if node.rule not in ROUNDINGS:
        near = nearest(node.rule, ROUNDINGS)
        ctx.report(UnknownData(node.span, "rounding", node.rule, () if near is None else (near,)))
        return None
    step, its = _step(ctx, node.step, kind)
    if step is None:
        return None
    if kind is not None and its != plain(kind):
        advice = f"Write `{node.step.span.text.strip()}%`." if kind == SHARE and its == NUMBER else None
        ctx.report(WrongKind(node.step.span, told(its), f"a step that is {told(kind)}", advice))
        return None
    if step <= 0:
        ctx.report(OutOfRange(node.step.span, "A rounding step is more than nothing."))
        return None
    return Rounding(step, node.rule)


def _step(ctx: Context, node: ast.Node, kind: Kind | None) -> tuple[int | Fraction | None, Kind | None]:
    match node:
        case ast.Percent(value=value):
            return value, SHARE
        case ast.Money():
            amount = sum_of_money(ctx, node)
            return (None, None) if amount is None else (amount, money(node.currency.text))
        case ast.Length():
            found = length(ctx, node)
            return (None, None) if found is None else (found.amount, LENGTH)
        case ast.Number(value=value):
            # A step of money is written without its currency: `rounded half up to 0.01`.
            return value, kind if kind is not None and kind.base == "money" else NUMBER
    return None, None


# ---------------------------------------------------------------------------------------- money
def sum_of_money(ctx: Context, node: ast.Money) -> int | Fraction | None:
    """The amount of a sum in a currency that the agreement names, or None (reported) if it is in another."""
    if ctx.currency and node.currency.text not in ctx.currencies:
        ctx.report(WrongCurrency(node.currency.span, node.currency.text, ctx.currency))
        return None
    return node.amount.value


def sum_kind(ctx: Context, node: ast.SumIn) -> Kind | None:
    """The kind of sums in a currency that the agreement names; None (reported) if it does not."""
    code = node.currency.text
    if code not in ctx.currencies:
        if ctx.currency:
            ctx.report(WrongCurrency(node.currency.span, code, ctx.currency))
        return None
    return money(code)


# ---------------------------------------------------------------------------------------- instants
def instant(ctx: Context, node: ast.Instant) -> int | None:
    """An instant in ticks, read in the zone of the agreement where it has no offset; None if there is none."""
    if ctx.zone is None:
        return None
    try:
        return parse_instant(node.text, ctx.zone).instant
    except TimeError as error:
        ctx.report(OutOfRange(node.span, str(error)))
        return None


# ---------------------------------------------------------------------------------------- as expressions
def number_literal(ctx: Context, node: ast.Number, scope: Scope) -> Typed:
    return Typed(ex.Literal(node.value, NUMBER), NUMBER, node.span)


def percent_literal(ctx: Context, node: ast.Percent, scope: Scope) -> Typed:
    return Typed(ex.Literal(node.value, SHARE), SHARE, node.span)


def money_literal(ctx: Context, node: ast.Money, scope: Scope) -> Typed:
    amount = sum_of_money(ctx, node)
    if amount is None or not ctx.currency:
        return UNKNOWN
    kind = money(node.currency.text)
    return Typed(ex.Literal(amount, kind), kind, node.span)


def length_literal(ctx: Context, node: ast.Length, scope: Scope) -> Typed:
    found = length(ctx, node, nothing=True)
    if found is None:
        return UNKNOWN
    if not found.by_clock:
        hours = {"days": 24, "weeks": 168}.get(found.unit)
        advice = None if hours is None else f"Write `{found.amount * hours} hours` if elapsed time is meant."
        ctx.report(WrongKind(node.span, f"a number of {found.unit}", "a length by the clock", advice))
        return UNKNOWN
    return Typed(ex.Literal(found.amount, LENGTH), open_length(found.calendar), node.span)


def counted_days(ctx: Context, node: ast.CountedDays, scope: Scope) -> Typed:
    """`payment_days days` by itself: only after a day does it mean something."""
    advice = "Write it after a day: `DAY + n days`."
    ctx.report(WrongKind(node.span, "a number of days that is worked out", "a value", advice))
    return UNKNOWN


def text_literal(ctx: Context, node: ast.Text, scope: Scope) -> Typed:
    return Typed(ex.Literal(node.value, TEXT), TEXT, node.span)


def day_literal(ctx: Context, node: ast.Day, scope: Scope) -> Typed:
    day = ctx.day(node)
    return UNKNOWN if day is None else Typed(ex.Literal(day, DAY), DAY, node.span)


def instant_literal(ctx: Context, node: ast.Instant, scope: Scope) -> Typed:
    at = instant(ctx, node)
    return UNKNOWN if at is None else Typed(ex.Literal(at, INSTANT), INSTANT, node.span)


def period_literal(ctx: Context, node: ast.Period, scope: Scope) -> Typed:
    try:
        found = parse_period(node.text)
    except TimeError as error:
        ctx.report(OutOfRange(node.span, str(error)))
        return UNKNOWN
    kind = period(found.unit)
    return Typed(ex.Literal(found, kind), kind, node.span)


def yes_no_literal(ctx: Context, node: ast.YesNo, scope: Scope) -> Typed:
    return Typed(ex.Literal(node.word == "yes", YES_NO), YES_NO, node.span)
