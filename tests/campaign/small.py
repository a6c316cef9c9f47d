"""Small agreements: two or three constructs each, drawn so that they bear on the same few events.

A large agreement has everything in it and shows little of each: what is counted is nought, a cap is never full, a rule
never fires twice. Here whatever is said is asked for in every window, with levels and lengths near what happens, so
that each turn of a construct comes up in few pairs. What happens is made beside it (`crowded`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    Account,
    Accrue,
    AddsUp,
    Clause,
    Clock,
    Contract,
    Due,
    Figure,
    Length,
    Norm,
    Once,
    OnEvent,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Party,
    Recurrence,
    Selector,
    Survival,
    Target,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, NUMBER, SHARE
from bpodsl.values import BASES, DAY_TICKS, HOUR, ROUNDINGS, Grid
from tests.campaign.draw import Draw
from tests.campaign.made import with_made
from tests.campaign.small_parts import ACTS, BLAME, OPENS, QUANTILES, SPANS, Parts
from tests.campaign.world import MONEY, PENNY, World


def contract(draw: Draw) -> Contract:
    """One such agreement."""
    return Small(draw).contract()


class Small(Parts):
    """Draws what an agreement is about."""

    def contract(self) -> Contract:
        draw = self.draw
        topics: dict[Callable[[], object], float] = {
            self.duty: 2, self.aggregate: 2.5, self.among_windows: 3, self.within_a_span: 2, self.capped: 2,
            self.interest: 1, self.going_on: 1.2, self.in_parts: 1.2, self.lasting: 0.7, self.asking: 1.5,
        }  # fmt: skip
        if draw.chance(0.75):
            self.duty(by_event=True)
        for _ in range(draw.between(2, 3)):
            draw.weighted(topics)()
        if draw.chance(0.4):
            self._ending()
        tables = [self.norms, self.states, self.figures, self.lines, self.accounts, self.rules]
        for table in tables:
            draw.random.shuffle(table)
        norms, states, figures, lines, accounts, rules = (tuple(table) for table in tables)
        made = Contract(
            "deal", Clause("deal", "agreement"), (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
            Term(self.effective, self.last), self.zone, "GBP", PENNY, calendars=tuple(self.calendars),
            events=self._kinds(), states=states, norms=norms, figures=figures, lines=lines, accounts=accounts,
            rules=rules, questions=tuple(self.questions),
        )  # fmt: skip
        world = World(draw, self.zone, self.effective, self.last, None, self.calendars)
        world.norm_fields = {norm.name: {} for norm in made.norms}
        return with_made(draw.aside("made states"), world, made)

    # ------------------------------------------------------------------ what each is about
    def duty(self, by_event: bool = False) -> Norm:
        """A duty with a deadline, pauses, excuses, a cure and other terms while a state holds."""
        draw, name = self.draw, self._name("duty")
        length = self._length()
        states = [state.name for state in self.states if set(state.by) <= set(self.keys)]
        stops = tuple(draw.some(states, 0, 1)) if length.by_clock or draw.chance(0.2) else ()
        opening = draw.weighted({"event": 6, "period": 1.5, "once": 0.3})
        opening = "event" if by_event else opening
        grid = self.shared_grid
        ways = {
            "event": OnEvent(Selector(OPENS, self._where())), "period": OnPeriod(grid), "once": Once(),
        }
        by = self.keys if opening == "event" else ()
        norm = Norm(
            name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (ways[opening],),
            tuple(Selector(word) for word in draw.some(ACTS, 1, 2)), by=by,
            matching="key" if by else draw.pick(["key", "oldest", "all"]), needs=draw.pick(["any", "first", "last"]),
            clock=Clock(length.calendar if length.unit == "open" else None, stops_during=stops),
            due=Due(draw.weighted({"within": 3, "less than": 2}), length),
            cure=Due(draw.pick(["within", "less than"]), self._plain()) if draw.chance(0.4) else None,
            excused_during=tuple(draw.some(states, 1, 1)) if draw.chance(0.3) else (),
            suspended_during=tuple(draw.some(states, 1, 1)) if draw.chance(0.2) else (),
            reopening=draw.pick(["new cycle", "continue", "restart", "ignore"]) if by and opening == "event" else "",
            survives=draw.chance(0.3), survives_for=Length(draw.between(1, 20), "days") if draw.chance(0.4) else None,
        )  # fmt: skip
        if draw.chance(0.3):
            of = ("missed", "fulfilled", "excused", *(("cured", "breached") if norm.cure else ()))
            norm = evolve(norm, after=((draw.pick(of), self._effect()),))
        if opening == "event" and draw.chance(0.3):
            longer = evolve(length, amount=length.amount * draw.between(2, 3))
            other = evolve(norm, due=Due(draw.pick(["within", "less than"]), longer))
            norm = evolve(norm, variants=(Variant(self._where() or ex.InState("out"), other),))
        self.norms.append(norm)
        if draw.chance(0.8):
            self._outcomes(norm)
        return norm

    def _outcomes(self, norm: Norm) -> Figure:
        draw = self.draw
        counted = draw.pick(["opened", "due", "decided", "performed"])
        where = None if draw.chance(0.7) else self._where()
        every = ex.Aggregate("count", ex.OutcomeRows(norm.name, ("fulfilled", "missed"), counted), where)
        status = draw.pick([("fulfilled",), ("missed",), ("fulfilled", "cured"), ("late",), ("excused",)])
        some = ex.Aggregate("count", ex.OutcomeRows(norm.name, status, counted), where)
        if draw.chance(0.3):
            self._measure(NUMBER, ex.Aggregate("count", ex.StandingRows(norm.name, draw.chance(0.5)), self._where()))
        if draw.chance(0.5):
            return self._measure(NUMBER, some)
        return self._measure(SHARE, ex.Arithmetic("/", some, every))

    def aggregate(self) -> None:
        """Several values of the events of a window."""
        draw, grid = self.draw, self.grid()
        rows, where = ex.EventRows(draw.pick([OPENS, OPENS, *ACTS])), self._where()
        ops = ("sum", "mean", "min", "max", "quantile", "first", "last", "lowest", "highest")
        for op in draw.some(ops, 2, 3):
            of = draw.pick(["units", "amount"])
            kind = MONEY if of == "amount" else NUMBER
            q = draw.pick(QUANTILES) if op == "quantile" else None
            weighed = op in ("lowest", "highest") or (op in ("mean", "quantile") and draw.chance(0.3))
            weight = ex.FieldOf("units") if weighed else None
            value: ex.Expression = ex.Aggregate(op, rows, where, ex.FieldOf(of), weight, q)
            if draw.chance(0.2):
                value = ex.IfMeasured(value, ex.Literal(1, kind))
            figure = self._measure(kind, value, grid)
            if kind == MONEY and draw.chance(0.4):
                self._line(figure.name)

    def among_windows(self) -> None:
        """A rule that counts windows, of which about half hold."""
        draw = self.draw
        count: ex.Expression = ex.Aggregate("count", ex.EventRows(OPENS), self._where())
        if draw.chance(0.3):
            none = ex.Compare("=", count, ex.Literal(0, NUMBER))
            count = ex.If(none, ex.Unmeasured("none"), count)
        figure = self._measure(NUMBER, count, by=draw.chance(0.3), target=0)
        level = ex.Literal(draw.pick([1, 2]), NUMBER)
        if draw.chance(0.5):
            self.figures[-1] = figure = evolve(figure, target=Target(draw.pick([">=", "<="]), level))
            when: ex.Expression = ex.Standing(figure.name, draw.pick(["missed", "met"]), ex.Same())
        else:
            when = ex.Compare(draw.pick([">=", "<", "="]), ex.FigureAt(figure.name, ex.Same()), level)
        n = draw.weighted({1: 1, 2: 4, 3: 2})
        m = draw.pick([None, n, n + 1, n + 1, n + 2])
        fires = draw.pick(["counting", "each", "becoming"])
        within = Grid("month", draw.pick([1, 2, 3])) if m is None and draw.chance(0.25) else None
        often = Recurrence(
            n, m, None, fires, draw.pick(["breaks", "skipped"]), draw.chance(0.4),
            weight=ex.Literal(draw.pick([1, 2]), NUMBER) if draw.chance(0.1) else None, within=within,
        )  # fmt: skip
        self._rule(OnSettled(figure.name), when, often, self._effect())

    def within_a_span(self) -> None:
        """A rule that counts what happens in so much time."""
        draw = self.draw
        span = self._length() if draw.chance(0.6) else Length(draw.pick(SPANS), "elapsed")
        if span.unit == "working days":
            span = Length(span.amount, "days")
        by = ("site",) if draw.chance(0.2) else ()
        fires = draw.pick(["counting", "each", "becoming"])
        often = Recurrence(draw.weighted({2: 5, 3: 2}), None, span, fires, resets=draw.chance(0.4), by=by)
        if self.norms and draw.chance(0.4):
            norm = draw.pick(list(self.norms))
            on: object = OnOutcome(norm.name, draw.pick(["missed", "fulfilled", "opened"]))
            self._rule(on, None, evolve(often, by=()), self._effect())
            return
        effect = self._effect(ex.FieldOf("amount"))
        self._rule(OnHappens(Selector(OPENS, self._where())), None, often, effect)

    def capped(self) -> None:
        """Sums of events and of windows, cut by a cap, and what came of them."""
        draw, grid = self.draw, self.grid()
        lines = []
        for word in draw.some((OPENS, *ACTS), 1, 2):
            line = self._line()
            amount: ex.Expression = ex.FieldOf("amount")
            if draw.chance(0.4):
                amount = ex.Arithmetic("*", ex.FieldOf("units"), ex.Literal(draw.pick([3, -2, Fraction(5, 2)]), MONEY))
            self._rule(OnHappens(Selector(word, self._where())), None, None, Accrue(line.name, amount))
            lines.append(line.name)
        if draw.chance(0.4):
            owed = ex.Aggregate("sum", ex.EventRows(OPENS), None, ex.FieldOf("amount"))
            lines.append(self._line(self._measure(MONEY, owed, grid, by=False, target=0).name).name)
        draw.random.shuffle(lines)
        if draw.chance(0.85):
            name = self._name("cap")
            limit: ex.Expression = ex.Literal(draw.pick([0, 5, 10, 20, 100, 150, Fraction(201, 4)]), MONEY)
            if draw.chance(0.25):
                units = ex.Aggregate("sum", ex.EventRows(draw.pick([OPENS, *ACTS])), self._where(), ex.FieldOf("units"))
                limit = ex.Arithmetic("*", units, ex.Literal(draw.pick([3, 20]), MONEY))
            by = ("site",) if draw.chance(0.2) and not any(line.figure for line in self.lines) else ()
            account = Account(name, Clause(name, "cap"), grid, limit, tuple(lines), PENNY, by)
            self.accounts.append(account)
        if draw.chance(0.7):
            parts = [ex.Posted(line) for line in lines]
            total: ex.Expression = parts[0]
            for part in parts[1:]:
                total = ex.Arithmetic("+", total, part)
            self._measure(MONEY, total, grid, by=False)

    def interest(self) -> None:
        """Interest on what came in a window, over the window or the time since an event in it."""
        draw = self.draw
        total = ex.Aggregate("sum", ex.EventRows(OPENS), None, ex.FieldOf("amount"))
        rate: ex.Expression = ex.Literal(draw.pick([Fraction(1, 20), Fraction(8, 100), 1]), SHARE)
        if draw.chance(0.3):
            since = ex.Literal(self.effective + timedelta(days=draw.between(5, 40)), DAY)
            later = ex.Compare(">=", ex.EachDay(), since)
            rate = ex.If(later, ex.Literal(Fraction(3, 50), SHARE), rate)
        every = draw.pick(["", "", "day", "month", "calendar month", "calendar quarter"])
        rounding = ex.Rounding(Fraction(1, 100), draw.pick(ROUNDINGS))
        days: list[ex.Expression] = [
            ex.WindowDay("first"), ex.WindowDay("last"), ex.Literal(self.effective + timedelta(days=7), DAY),
            ex.TermEnd(),
        ]  # fmt: skip
        first, last = draw.pick(days[:1] * 3 + days), draw.pick(days[1:2] * 3 + days)
        value = ex.Interest(total, first, last, rate, draw.pick(BASES), every, rounding)  # type: ignore[arg-type]
        self._line(self._measure(MONEY, value, by=False, target=0).name)

    def going_on(self) -> None:
        """A measure whose windows go on after the end of the agreement, perhaps for a time."""
        draw = self.draw
        grid = evolve(self.shared_grid, goes_on=True, partial="inside")
        count: ex.Expression = ex.Aggregate("count", ex.EventRows(OPENS))
        value = draw.pick([
            count, ex.WindowLength(False), ex.Between("days", ex.WindowDay("first"), ex.WindowDay("last"), True),
            ex.Arithmetic("*", count, ex.WindowLength(False)),
        ])  # fmt: skip
        survival = None
        if draw.chance(0.7):
            unit = draw.pick(["days", "days", "weeks", "months"])
            length = Length(draw.between(1, 25) if unit == "days" else 1, unit)
            survival = Survival(True, length if draw.chance(0.85) else None)
            grid = evolve(grid, survives=survival.name)
        kind = MONEY if draw.chance(0.4) else NUMBER
        if kind == MONEY:
            value = ex.Arithmetic("*", value, ex.Literal(2, MONEY))
        figure = evolve(self._measure(kind, value, grid, by=False), survival=survival)
        self.figures[-1] = figure
        if kind == MONEY:
            self._line(figure.name)
        if draw.chance(0.6):
            self._ending()

    def in_parts(self) -> None:
        """A debt that is paid in parts, of a total that may turn out to be another."""
        draw, name = self.draw, self._name("debt")
        of = draw.pick(["amount", "units"])
        kind = MONEY if of == "amount" else NUMBER
        by = self.keys if draw.chance(0.6) else ()
        total: ex.Expression = ex.FieldOf(of)
        if draw.chance(0.4):
            total = ex.Arithmetic("*", ex.Literal(draw.pick([2, 3]), NUMBER), total)
        if draw.chance(0.5):
            self._question()
            blamed = ex.Compare("=", ex.Ruled("blame"), ex.Literal("client", BLAME))
            total = ex.IfMeasured(ex.If(blamed, ex.Arithmetic("*", ex.Literal(2, NUMBER), total), total), total)
        difference = Due("within", Length(draw.between(1, 9), "days") if draw.chance(0.7) else self._plain())
        self.norms.append(Norm(
            name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (OnEvent(Selector(OPENS)),),
            (Selector(draw.pick(ACTS)),), by=by, matching=draw.pick(["key", "oldest"]) if by else "oldest",
            adds_up=AddsUp(ex.FieldOf(of), total, kind),
            due=Due("within", draw.pick([Length(3, "days"), Length(20, "days"), Length(DAY_TICKS, "elapsed")])),
            difference=difference if draw.chance(0.6) else None, reopening="new cycle" if by else "",
            survives=draw.chance(0.4),
        ))  # fmt: skip
        if draw.chance(0.4):
            left = ex.Aggregate("sum", ex.StandingRows(name, draw.chance(0.5)), self._where(), ex.Outstanding())
            self._measure(kind, left, by=False)

    def lasting(self) -> None:
        """A rule on how long a state has held."""
        draw = self.draw
        length = self._length()
        if length.unit not in ("elapsed", "open", "days"):
            length = Length(draw.between(1, 4), "days")
        again = evolve(length, amount=max(length.amount, 12 * HOUR) if length.by_clock else length.amount)
        edge = draw.pick(["at least", "more than"])
        on = OnLasting(draw.pick(["held", "out"]), length, edge, again if draw.chance(0.3) else None)
        self._rule(on, None, None, self._effect())

    def asking(self) -> None:
        """Something that asks whether a state holds: of an event, of an outcome, of a length of time."""
        draw = self.draw
        state = draw.pick(["held", "out"])
        match draw.weighted({"times": 2, "happens": 2, "rows": 2, "outcome": 2}):
            case "times":
                calendar = ex.CalendarTimes(draw.pick(self.calendars).name)
                times: ex.Times = ex.StateTimes(state)
                if draw.chance(0.4):
                    times = draw.pick([ex.BothTimes((times, calendar)), ex.LessTimes(calendar, times)])
                hours = ex.Arithmetic("/", ex.LengthOf(times), ex.LengthOf(ex.WindowTimes()))
                self._measure(SHARE, hours, by=False)
            case "happens":
                effect = self._effect(ex.FieldOf("amount"))
                self._rule(OnHappens(Selector(OPENS)), ex.InState(state), None, effect)
            case "rows":
                where = ex.InState(state) if draw.chance(0.5) else ex.Not(ex.InState(state))
                self._measure(NUMBER, ex.Aggregate("count", ex.EventRows(draw.pick([OPENS, *ACTS])), where))
            case _:
                norm = draw.pick(self.norms) if self.norms else self.duty()
                statuses = draw.pick([("fulfilled",), ("missed",), ("fulfilled", "missed")])
                counted = draw.pick(["opened", "due", "decided", "performed"])
                rows = ex.OutcomeRows(norm.name, statuses, counted)
                where = ex.InState("out" if not norm.by else state)
                self._measure(NUMBER, ex.Aggregate("count", rows, where))
                outcome = draw.pick(["missed", "fulfilled", "opened", "late"])
                self._rule(OnOutcome(norm.name, outcome), where, None, self._effect())
