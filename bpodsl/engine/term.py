"""The term: when the agreement begins, is extended and ends, and when its windows do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from bpodsl.engine.acts import Act
from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import holds
from bpodsl.engine.scopes import Position
from bpodsl.engine.windows import FAR
from bpodsl.record import BEGIN, OPEN, SETTLE, STRUCTURE, TERM_END, Number
from bpodsl.record.sides import effect
from bpodsl.terms import Assignment, Begin, Change, Length, Norm, Once, OnPeriod, Renewal, Terminate
from bpodsl.values import LAST, Grid, TimeError, add_days, add_months, day_of, window_on

if TYPE_CHECKING:
    from bpodsl.engine.world import World


class TermMachine:
    """The agreement itself."""

    def __init__(self, world: World) -> None:
        self.world = world
        contract = world.program.contract
        self.name = contract.name
        self.level = world.program.level
        self.term = contract.term
        self.last = contract.term.last
        # Each last day that the term has had, with the position from which it was known.
        self._lasts: list[tuple[Position, date | None]] = [((0, 0), self.last)]
        self.begun = False
        self.ended: int | None = None
        self.ended_pos: Position | None = None
        # After the end: the norms that go on.
        self._going: set[str] = set()
        self._number = 1
        self._notice_given = ""
        self._unless = [
            [(s.event, holds(s.where, world.no_rows)) for s in renewal.unless] for renewal in self.term.renewals
        ]
        self._grids: dict[Grid, int] = {}
        self._periods: dict[Grid, tuple[list[Norm], int]] = {}

    @property
    def in_force(self) -> bool:
        """Whether it has begun and not ended."""
        return self.begun and self.ended is None

    def lives(self, norm: Norm) -> bool:
        """Whether a norm may still open: while in force, and after the end if it survives and for as long."""
        return self.begun and (self.ended is None or norm.name in self._going)

    def _lapse(self, name: str, place: int) -> None:
        """The time is over for which a norm survives."""
        self._going.discard(name)
        self.world.norms[name].end_all(place)

    @property
    def renewable(self) -> bool:
        """Whether a renewal may follow the term that runs."""
        return self.last is not None and self._renewal is not None

    @property
    def _renewal(self) -> Renewal | None:
        """What applies to the term that runs."""
        return self.term.renewal_after(self._number - 1)

    def last_at(self, seen: Position) -> date | None:
        """The last day of the term as seen from a position."""
        return next((last for pos, last in reversed(self._lasts) if pos <= seen), self.term.last)

    def _amend(self, change: Change, place: int) -> None:
        """A change takes effect."""
        if not self.in_force:
            return
        days = Number("effective", "day", change.effective), Number("signed", "day", change.signed)
        made = self.world.emit("Amended", change.name, BEGIN, self.level, numbers=days)
        if change.moves:
            for norm in self.world.norms.values():
                norm.amend(made, place)

    def _assign(self, assignment: Assignment, place: int) -> None:
        """From this day on another party stands in the place of one."""
        if self.in_force:
            self.world.emit("Amended", assignment.name, BEGIN, self.level, numbers=effect(assignment))

    # ------------------------------------------------------------------ beginning
    def start(self, norms: Iterable[Norm], figure_grids: Iterable[Grid]) -> None:
        """Put the beginning and what follows from it on the agenda."""
        world = self.world
        begin = world.windows.begin
        world.push_at(begin, BEGIN, self.level, self.name, "", self._begin, None)
        for change in world.program.contract.changes:
            if change.name in world.signed:
                at = world.zone.start_of(change.effective)
                world.push_at(at, BEGIN, self.level, self.name, change.name, self._amend, change)
        for each in world.program.contract.assignments:
            if each.day is not None:
                at = world.zone.start_of(each.day)
                world.push_at(at, BEGIN, self.level, self.name, each.name, self._assign, each)
        for norm in norms:
            if any(isinstance(way, Once) for way in norm.opening):
                world.push_at(
                    begin, BEGIN, world.norms[norm.name].opening_level, norm.name, "term", self._once, norm.name
                )
            for grid in dict.fromkeys(way.grid for way in norm.opening if isinstance(way, OnPeriod)):
                self._periods.setdefault(grid, ([], 0))[0].append(norm)
        self._grids = dict.fromkeys(figure_grids, 0)
        self._schedule_end()
        for grid in self._grids:
            self._schedule_window(grid)
        for grid in self._periods:
            self._schedule_period(grid)

    def _begin(self, _: None, place: int) -> None:
        # The end of a term that ends as it begins has been passed already.
        if self.ended is None:
            self.world.emit("Opened", self.name, BEGIN, self.level)

    def mark(self, instant: int) -> None:
        """The sweep has come to an instant."""
        if instant >= self.world.windows.begin:
            self.begun = True

    def _once(self, norm: str, place: int) -> None:
        if self.ended is None:
            self.world.norms[norm].openings.by_window(None, place)

    # ------------------------------------------------------------------ windows
    def _schedule_period(self, grid: Grid) -> None:
        windows = self.world.windows
        norms, index = self._periods[grid]
        while not grid.waits and windows.exists(grid, index):
            window = windows.window(grid, index)
            if window is not None:
                if window.start >= windows.end_of_term:
                    break
                for norm in norms:
                    machine = self.world.norms[norm.name]
                    self.world.push_at(
                        window.start, BEGIN, machine.opening_level, norm.name, window.label, self._period,
                        (grid, index, norm.name),
                    )  # fmt: skip
                break
            index += 1
        self._periods[grid] = (norms, index)

    def _period(self, what: tuple[Grid, int, str], place: int) -> None:
        grid, index, name = what
        if self.ended is None:
            window = self.world.windows.window(grid, index)
            if window is not None:
                self.world.norms[name].openings.by_window(window, place)
        norms, current = self._periods[grid]
        if current == index:
            self._periods[grid] = (norms, index + 1)
            self._schedule_period(grid)

    def _schedule_window(self, grid: Grid) -> None:
        """The next window end of a grid, if the end of the term as known does not come before."""
        windows = self.world.windows
        index = self._grids[grid]
        # A grid that waits for an event has no window, however far the term reaches.
        while not grid.waits and windows.exists(grid, index):
            window = windows.window(grid, index)
            if window is not None:
                self._grids[grid] = index
                self.world.push_at(window.end, SETTLE, 0, "", "", self._window_over, (grid, index))
                return
            index += 1
        self._grids[grid] = index

    def _window_over(self, what: tuple[Grid, int], place: int) -> None:
        grid, index = what
        windows = self.world.windows
        if (self.ended is not None and not grid.goes_on) or self._grids[grid] != index:
            return
        window = windows.window(grid, index)
        if window is None or window.end != self.world.now or (
            window.end == windows.end_of_term and windows.at_end(grid, index, window.end)
        ):
            return
        self.world.figures.close(grid, index, SETTLE)
        self._grids[grid] = index + 1
        self._schedule_window(grid)

    # ------------------------------------------------------------------ end by date
    def _schedule_end(self) -> None:
        if self.last is not None:
            at = self.world.zone.start_of(add_days(self.last, 1))
            # An end by act at the same place comes first: the order puts "" before this.
            self.world.push_at(at, TERM_END, self.level, self.name, "~date", self._over, self._number)

    def _over(self, number: int, place: int) -> None:
        if self.ended is not None or number != self._number:
            return
        renewal = self._renewal
        if self.renewable and renewal is not None and bool(self._notice_given) == renewal.if_given:
            self._number += 1
            self.last = self._extended(self._number - 1)
            self._lasts.append(((self.world.now, place), self.last))
            causes = (self._notice_given,) if self._notice_given else ()
            self._notice_given = ""
            self.world.windows.changed(None if self.last is None else add_days(self.last, 1), self.renewable)
            self.world.emit(
                "Extended", self.name, TERM_END, self.level, f"term {self._number}", entry_causes=causes,
                numbers=(Number("last", "day", self.last),),
            )  # fmt: skip
            self.world.figures.extended()
            self._schedule_end()
            for grid in self._grids:
                self._schedule_window(grid)
            for grid in self._periods:
                self._schedule_period(grid)
        else:
            self._end(TERM_END, (self._notice_given,) if self._notice_given else ())

    def _extended(self, times: int) -> date | None:
        """The last day after so many renewals, each kind counted from the day after the last before."""
        last = self.term.last
        for renewal in self.term.renewals:
            own = times if renewal.times is None else min(times, renewal.times)
            times -= own
            if own and last is not None:
                last = self._further(last, renewal.length, own)
        return last

    def _further(self, last: date, length: Length, times: int) -> date | None:
        many = Length(length.amount * times, length.unit, length.calendar)
        try:
            if length.unit in ("months", "years"):
                months = many.amount * (12 if length.unit == "years" else 1)
                return add_days(add_months(add_days(last, 1), months), -1)
            return self.world.days.after(last, many)
        except TimeError:
            return None

    def notice(self, act: Act, place: int) -> None:
        """OPEN: a notice that the term is not to be extended."""
        world, renewal = self.world, self._renewal
        if renewal is None or self.last is None:
            return
        unless = self._unless[self.term.renewals.index(renewal)]
        if not any(event == act.event.kind and (w is None or w(act.scope()) is True) for event, w in unless):
            return
        latest: date | None = self.last
        if renewal.notice is not None:
            latest = world.days.after(self.last, renewal.notice, -1)
        if latest is not None and world.zone.day(world.now) <= latest:
            name = world.emit(
                "Noticed", self.name, OPEN, self.level, act.ref, event_causes=(act.ref,),
                numbers=(Number("last", "day", self.last),),
            )  # fmt: skip
            self._notice_given = self._notice_given or name
        else:
            world.note(self.name, OPEN, self.level, act.ref, "too late", (), (act.ref,))

    # ------------------------------------------------------------------ end by act
    def terminate(self, effect: Terminate, cause: Cause, place: int) -> None:
        """An act ends the agreement, at once or at the end of its notice."""
        if self.ended is not None:
            return
        world = self.world
        ends, name = self.notice_given(effect, cause, place)
        if ends is not None:
            world.push_at(*ends, self.level, self.name, "", self._ended_by, name)

    def notice_given(
        self, effect: Terminate | Begin, cause: Cause, place: int, words: str = ""
    ) -> tuple[tuple[int, int] | None, str]:
        """Post that something ends with a notice given now: where that is (None: beyond all days), and the entry."""
        world = self.world
        notice = effect.notice
        at: int | None = world.now
        there = STRUCTURE
        shown: tuple[Number, ...] = (Number("ends", "instant", at),)
        if notice is not None and notice.unit == "elapsed":
            at = world.now + notice.amount
            shown = (Number("ends", "instant", at),)
        elif notice is not None and notice.unit == "open":
            at = world.calendars[notice.calendar or ""].first_reach(world.now, notice.amount)
            shown = (Number("ends", "instant", at),)
        elif notice is not None:
            day = world.zone.day(world.now - 1 if place <= TERM_END else world.now)
            given = world.days.after(day, notice)
            named = None if effect.named is None else cause.acted.get(effect.named)
            last = self._put_off(given, effect, None if named is None else day_of(named, world.zone))
            at = None if last is None or last >= FAR else world.zone.start_of(add_days(last, 1))
            there = TERM_END
            shown = (Number("ends", "day", last),)
            if effect.to is not None or effect.earliest is not None or effect.named is not None:
                shown = (*shown, Number("notice", "day", given))
        instance = world.fresh_instance("Terminated", cause.clause, cause.instance, cause.period, cause.key)
        name = world.emit(
            "Terminated", cause.clause, place, cause.level, instance, cause.period, cause.key,
            entry_causes=(cause.entry,), numbers=shown, words=words,
        )  # fmt: skip
        return None if at is None else (at, there), name

    def _put_off(self, last: date | None, effect: Terminate | Begin, named: date | None) -> date | None:
        """The last day of a notice that may not end before some days, or ends with a month or the like."""
        if last is not None:
            last = max((last, *(day for day in (effect.earliest, named) if day is not None)))
        if last is None or effect.to is None:
            return last
        cell = window_on(effect.to, self.world.zone, self.term.effective, FAR, last)
        return None if cell is None else cell.last

    def _ended_by(self, name: str, place: int) -> None:
        if self.ended is None:
            self._end(place, (name,))

    def _end(self, place: int, causes: tuple[str, ...]) -> None:
        world = self.world
        now = world.now
        self.ended, self.ended_pos = now, (now, place)
        windows = world.windows
        last = world.zone.day(now - 1)
        for name, survival in world.program.contract.survivals.items():
            survives, length = survival.of(causes[0].partition("/")[0] if causes else "")
            day = None if length is None else world.days.after(last, length)
            over = LAST if day is None or day >= FAR else world.zone.start_of(add_days(day, 1))
            windows.over[name] = over if survives else now
        windows.changed(add_days(world.zone.day(now - 1), 1), False, now)
        world.rows.cut(now)
        world.emit("Ended", self.name, place, self.level, entry_causes=causes)
        for norm in world.norms.values():
            survives, length = norm.term.survival(causes[0].partition("/")[0] if causes else "")
            if not survives:
                norm.end_all(place)
                continue
            self._going.add(norm.name)
            if length is not None and (day := world.days.after(last, length)) is not None and day < FAR:
                at = world.zone.start_of(add_days(day, 1))
                world.push_at(at, TERM_END, norm.level, norm.name, "", self._lapse, norm.name)
        for grid, index in self._grids.items():
            while windows.exists(grid, index) and not windows.is_beyond(grid, index):
                window = windows.window(grid, index)
                if window is not None and window.start < now:
                    world.figures.close(grid, index, place)
                index += 1
            if grid.goes_on:
                self._grids[grid] = index
                self._schedule_window(grid)
