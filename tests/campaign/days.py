"""Random days, instants, and times between them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attrs import evolve

from bpodsl.terms import Length
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, TIME, one_of
from bpodsl.values import HOUR, MINUTE, WEEKDAYS
from tests.campaign.scopes import RowScope, Scope

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
if TYPE_CHECKING:
    from tests.campaign.formulas import Formulas


class Days:
    """Draws what is asked of days and clocks."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self.world = formulas.world
        self.draw = formulas.draw
        self.beside = formulas.draw.aside("counted days")
        self.cells = formulas.draw.aside("days of months")

    def day(self, scope: Scope, depth: int = 1) -> ex.Expression:
        """A day: of the row, the window, the term or a field, or so long before or after one."""
        draw = self.draw
        if depth > 0 and draw.chance(0.35):
            made = ex.DayAfter(self.day(scope, depth - 1), self._length_in_days(), draw.pick([1, 1, -1]))
            return evolve(made, count=self._times(scope)) if self.beside.chance(0.25) else made
        ways: list[ex.Expression] = [self.formulas.literal(DAY)]
        if isinstance(scope, RowScope):
            if scope.instant:
                ways += [ex.Moment("row", True)] * 2 + [ex.DayOf(self.instant(scope, 0), "first")]
            if scope.outcome:
                ways += [ex.Moment(of, True) for of in ("opened", "due", "decided", "performed") for _ in "ab"]
            for found in scope.fields.values():
                if found.kind.base in ("day", "period"):
                    of = ex.FieldOf(found.name)
                    ways.append(of if found.kind == DAY else ex.DayOf(of, draw.pick(["first", "last"])))
        else:
            ways += [ex.WindowDay("first"), ex.WindowDay("last"), ex.TermEnd()]
        found = draw.pick(ways)
        if isinstance(found, ex.WindowDay) and self.cells.chance(0.3):
            found = evolve(found, whole=True)
        return self._in_cell(found) if self.cells.chance(0.15) else found

    def _in_cell(self, day: ex.Expression) -> ex.Expression:
        """A day of the week, month or the like in which a day lies, or of another."""
        draw = self.cells
        unit, n, anchor = draw.pick([
            ("weeks", 1, date(1970, 1, 5)), ("months", 1, date(1970, 1, 1)), ("months", 3, date(1970, 1, 1)),
            ("months", 12, date(2024, 2, 29)), ("months", 12, date(2026, 1, 15)),
        ])  # fmt: skip
        nth = draw.pick([None, None, 1, 20, 31])
        return ex.CellDay(day, unit, n, anchor, draw.pick(["first", "last"]), draw.pick([-1, 0, 0, 1]), nth)

    def instant(self, scope: RowScope, depth: int = 1) -> ex.Expression:
        """An instant of a row."""
        draw = self.draw
        if depth > 0 and draw.chance(0.3):
            calendar = draw.pick(self.world.calendars).name if draw.chance(0.5) else None
            length = self.formulas.literal(LENGTH)
            if calendar is None and draw.chance(0.4):
                length = ex.Arithmetic("/", length, ex.Literal(-7, NUMBER))
            return ex.InstantAfter(self.instant(scope, depth - 1), length, calendar)
        ways: list[ex.Expression] = [self.formulas.literal(INSTANT), ex.Moment("row", False)]
        if scope.outcome:
            ways += [ex.Moment(of, False) for of in ("opened", "due", "decided", "performed")]
        ways += [ex.FieldOf(f.name) for f in scope.fields.values() if f.kind == INSTANT]
        return draw.pick(ways)

    def _times(self, scope: Scope) -> ex.Expression:
        """How many of a length: a number that is written, a field, or what comes of reckoning."""
        draw = self.beside
        ways: list[ex.Expression] = [ex.Literal(draw.between(-3, 9), NUMBER)]
        if isinstance(scope, RowScope):
            ways += [ex.FieldOf(f.name) for f in scope.fields.values() if f.kind == NUMBER] * 2
        found = draw.pick(ways)
        if draw.chance(0.3):
            found = ex.Arithmetic(draw.pick(["/", "*"]), found, ex.Literal(draw.pick([2, -1]), NUMBER))
        return found

    def _length_in_days(self) -> Length:
        draw = self.draw
        unit = draw.pick(["days", "days", "weeks", "months", "years", "working days"])
        if unit == "working days":
            return Length(draw.between(1, 6), unit, draw.pick(self.world.calendars).name)
        return Length(draw.pick([1, 2, 3, 12, 30, 4000]), unit)

    def of_the_clock(self, scope: RowScope) -> ex.Expression:
        draw, at = self.draw, self.instant(scope)
        if draw.chance(0.6):
            time = draw.pick([0, HOUR, 9 * HOUR, 12 * HOUR, 17 * HOUR, 23 * HOUR + 59 * MINUTE])
            return ex.Compare(draw.pick(COMPARISONS), ex.TimeOfDay(at), ex.Literal(time, TIME))
        day = ex.DayOf(at, "first") if draw.chance(0.5) else self.day(scope)
        return ex.Compare("=", ex.Weekday(day), ex.Literal(draw.pick(WEEKDAYS), one_of(*WEEKDAYS)))

    def between(self, scope: Scope) -> ex.Expression:
        """How many days or months lie between two days."""
        draw = self.draw
        unit = draw.pick(["days", "days", "working days", "months", "calendar months", "30/360"])
        calendar = draw.pick(self.world.calendars).name if unit == "working days" else None
        return ex.Between(unit, self.day(scope), self.day(scope), unit != "30/360" and draw.chance(0.4), calendar)
