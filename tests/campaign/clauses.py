"""Random clauses: each new one leans on those there are, so that they meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    Account,
    Accrue,
    AddsUp,
    Begin,
    ByTime,
    Clause,
    Clock,
    Due,
    Effect,
    EventField,
    Figure,
    Finish,
    Impose,
    Kind,
    Ladder,
    Length,
    Line,
    Norm,
    NthWeekday,
    Occasion,
    Once,
    OnEvent,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Opening,
    Raise,
    Recurrence,
    Rounding,
    Rule,
    Selector,
    State,
    Target,
    Terminate,
    Variant,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import LENGTH, NUMBER, SHARE, YES_NO
from bpodsl.values import HOUR, MINUTE, ROUNDINGS, DayFrom, Grid
from tests.campaign import settings
from tests.campaign.formulas import Formulas, RowScope, WindowScope, group
from tests.campaign.world import MONEY, World

PARTIES = (("acme",), ("beta",))
FLOWS = (
    ("ticket_opened", ("ticket_resolved", "ticket_resolved", "ticket_confirmed", "step_taken")),
    ("ticket_opened", ("ticket_confirmed", "ticket_resolved", "ticket_resumed")),
    ("ticket_resolved", ("ticket_confirmed",)),
    ("order_placed", ("order_shipped", "order_shipped", "order_paid")),
    ("order_shipped", ("order_paid", "order_paid")),
    ("leak_reported", ("step_taken", "notice_given", "report_sent")),
    ("outage_started", ("outage_ended",)),
)


class Clauses:
    """Adds clauses to a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draw = world.draw
        self.formulas = Formulas(world)

    # -------------------------------------------------------------------------------- selectors, states
    def selector(self, word: str, where: float = 0.3) -> Selector:
        fields = self.world.fields(word)
        if fields and self.draw.chance(where):
            return Selector(word, self.formulas.condition(RowScope(fields), 1))
        return Selector(word)

    def state(self, keys: set[str] | None = None) -> str:
        """A state that there is, or a new one; of these keys at most, if they are given."""
        world, draw = self.world, self.draw
        fitting = [s.name for s in world.states if keys is None or set(s.by) <= keys]
        if fitting and draw.chance(0.6):
            return draw.pick(fitting)
        ways = {"held": 4, "outage": 3, "relief": 3, "busy": 1, "notice": 0.7, "turned": 0.8}
        if keys is not None and "ticket" not in keys:
            ways |= {"held": 0.3, "busy": 0.1}
        how = draw.weighted(ways)
        starts: tuple[Selector, ...] = ()
        ends: tuple[Selector, ...] = ()
        intervals: tuple[Selector, ...] = ()
        match how:
            case "held":
                starts = (self.selector("ticket_held"),)
                ends = (Selector("ticket_resumed"),)
                if draw.chance(0.5):
                    ends = (*ends, self.selector("ticket_resolved", 0.1))
                if draw.chance(0.1):
                    starts = (*starts, self.selector("ticket_opened", 0.7))
            case "busy":
                starts, ends = (Selector("ticket_opened"),), (Selector("ticket_resolved"),)
            case "outage":
                starts, ends = (self.selector("outage_started", 0.2),), (Selector("outage_ended"),)
                if draw.chance(0.15):
                    ends = (*ends, self.selector("outage_started", 1))
            case "relief":
                intervals = (self.selector("relief", 0.2),)
            case "turned":
                return self.turned(keys)
            case _:
                starts, ends = (Selector("notice_given"),), (self.selector("step_taken"),)
        shared = [f for f in self._common([s.event for s in (*starts, *ends, *intervals)]) if f.name in KEYS]
        by = tuple(f.name for f in shared) if draw.chance(0.75) else tuple(f.name for f in draw.some(shared, 0, 1))
        name = world.name("state")
        world.states.append(State(name, Clause(name, "state"), by, starts, ends, intervals))
        return name

    def turned(self, keys: set[str] | None = None, notice: bool = False) -> str:
        """A state that only consequences begin and end; of no keys, if with a notice."""
        world, draw = self.world, self.draw
        known = [s.name for s in world.states if not (s.starts or s.intervals) and set(s.by) <= (keys or set())]
        known = [name for name in known if not notice or not world.state(name).by]
        if known and draw.chance(0.7):
            return draw.pick(known)
        shared = sorted(keys & set(KEYS)) if keys and not notice else []
        by = tuple(draw.some(shared, 0, len(shared))) if shared else ()
        name = world.name("turned")
        world.states.append(State(name, Clause(name, "state", f"{name} holds"), by))
        return name

    def turnable(self, keys: set[str]) -> str:
        """A state that consequences may begin and end: not one of events that last."""
        known = [s.name for s in self.world.states if s.starts and set(s.by) <= keys]
        return self.draw.pick(known) if known and self.draw.chance(0.4) else self.turned(keys)

    def _common(self, words: list[str]) -> list[EventField]:
        tables = [self.world.fields(word) for word in words] or [{}]
        return [f for f in tables[0].values() if all(t.get(f.name) == f for t in tables)]

    # -------------------------------------------------------------------------------- norms
    def duty(self) -> None:
        """An obligation opened by events, by periods, or once."""
        match self.draw.weighted({"case": 8, "period": 2.5, "once": 1, "prohibition": 1.5, "will": 0.4}):
            case "case":
                opened, acts = self._flow()
                self.case(opened, acts)
            case "period":
                self.periodic()
            case "once":
                self.norm(
                    (Once(),), {}, self.draw.some(["notice_given", "step_taken", "report_sent", "leak_reported"], 1, 2)
                )
            case "will":
                self.norm((Once(),), {}, ["notice_given"], form="right")
            case _:
                self.prohibition()

    def _flow(self) -> tuple[str, tuple[str, ...]]:
        draw = self.draw
        known = [f for f in FLOWS if f[0] in self.world.kinds]
        opened, acts = draw.pick(known) if known and draw.chance(0.7) else draw.pick(FLOWS[:5] + FLOWS)
        return opened, acts

    def case(self, opened: str, acts: tuple[str, ...]) -> str:
        openings: list[Opening] = [OnEvent(self.selector(opened, 0.4))]
        fields = dict(self.world.fields(opened))
        if self.draw.chance(0.08):
            openings.append(WhenImposed())
        if self.draw.chance(0.1):
            other = self.draw.pick([f[0] for f in FLOWS])
            openings.append(OnEvent(self.selector(other, 0.5)))
            fields = {n: f for n, f in fields.items() if self.world.fields(other).get(n) == f}
        wanted = list(dict.fromkeys(self.draw.some(acts, 1, 2)))
        return self.norm(tuple(openings), fields, wanted, first=True)

    def periodic(self) -> str:
        world, draw = self.world, self.draw
        grid = self.grid()
        if draw.chance(0.5):
            grid = Grid("month") if draw.chance(0.7) else Grid("month", 3)
        elif draw.chance(0.15) and (world.horizon - world.effective).days < 45:
            grid = Grid("day")
        return self.norm((OnPeriod(grid),), {}, draw.some(["report_sent", "reading", "step_taken"], 1, 1), grid)

    def imposed(self, fields: dict[str, EventField]) -> str:
        """A norm that another clause opens."""
        keyed = [
            w
            for w in ("ticket_confirmed", "order_paid", "step_taken", "report_sent", "leak_reported")
            if {f.name for f in self.world.kind(w).fields if f.key} & set(fields)
        ]
        acts = self.draw.some(keyed, 1, 2) if keyed and self.draw.chance(0.7) else ["step_taken"]
        return self.norm((WhenImposed(),), fields, acts)

    def norm(
        self,
        opening: tuple[Opening, ...],
        fields: dict[str, EventField],
        acts: list[str],
        grid: Grid | None = None,
        first: bool = False,
        form: str = "obligation",
    ) -> str:
        """An obligation or right with all that may go with it."""
        world, draw = self.world, self.draw
        name = world.name("duty" if form == "obligation" else "right")
        periodic = any(isinstance(way, OnPeriod) for way in opening)
        imposed = all(isinstance(way, WhenImposed) for way in opening)
        by, matching, period_field = self._matching(fields, acts, grid, form)
        states = set(fields)
        due = self.due(fields, periodic, opening) if form == "obligation" else self.window()
        calendar = due.length.calendar if due is not None and due.length is not None and due.length.by_clock else None
        if due is None or due.length is None or not due.length.by_clock:
            calendar = draw.pick(world.calendars).name if draw.chance(0.3) else None
        elif draw.chance(0.15):
            calendar = None
        stops = (
            tuple(self.state(states) for _ in range(draw.weighted({0: 5, 1: 5, 2: 1}))) if form == "obligation" else ()
        )
        instants = [f.name for f in fields.values() if f.kind.base == "instant"]
        from_field = draw.pick(instants) if instants and not imposed and len(opening) == 1 and draw.chance(0.12) else ""
        if due is not None and due.field in instants and due.length is not None and draw.chance(0.6):
            from_field = due.field
        needs = "any"
        if form == "obligation":
            needs = draw.weighted({"any": 7, "all": 2 if len(acts) > 1 else 0.2, "first": 1, "last": 1})
        by_event = not periodic and not any(isinstance(way, Once) for way in opening)
        cure = None
        if form == "obligation" and due is not None and needs != "last" and draw.chance(0.3):
            length = settings.length(draw, world.calendars, 0.4)
            roll = draw.pick(["following", "preceding"]) if not length.by_clock and draw.chance(0.15) else None
            rolled = draw.pick(world.calendars).name if roll else None
            cure = Due(draw.weighted({"within": 4, "less than": 1}), length, roll=roll, roll_calendar=rolled)
        suspended = (self.state(states),) if draw.chance(0.18) else ()
        excused = (self.state(states),) if draw.chance(0.25) and form == "obligation" else ()
        survives = draw.chance(0.15)
        found = Norm(
            name,
            Clause(name, form),
            form,
            "must" if form == "obligation" else "may",
            draw.pick(PARTIES),
            draw.pick(PARTIES),
            opening,
            tuple(self.selector(word, 0.2) for word in acts),
            by=by,
            matching=matching,
            period_field=period_field,
            needs=needs,
            unperformed="not measured" if draw.chance(0.08) and due is not None and form == "obligation" else "missed",
            clock=Clock(calendar, from_field, tuple(dict.fromkeys(stops))),
            due=due,
            suspended_during=suspended,
            excused_during=excused,
            cure=cure,
            barred_during=(self.state(states),) if form == "right" and draw.chance(0.4) else (),
            ends_with=self.turned(notice=True) if draw.chance(0.1) else "",
            survives=survives,
            survives_for=settings.day_length(draw, world.calendars) if survives and draw.chance(0.6) else None,
            reopening=draw.weighted({"new cycle": 3, "continue": 2, "restart": 2, "ignore": 1})
            if by_event and by
            else "",
            after=self._after(fields, form, cure is not None, 0.9 if form == "right" else 0.35),
        )
        if form == "obligation" and needs in ("any", "first") and draw.chance(0.25):
            found = self._in_parts(found, fields, acts)
        world.norm_fields[name] = fields
        world.norms.append(self._with_variants(found, fields, opening))
        return name

    def _with_variants(self, norm: Norm, fields: dict[str, EventField], opening: tuple[Opening, ...]) -> Norm:
        """The norm with other terms for some of its instances."""
        draw = self.draw
        if not draw.chance(0.22):
            return norm
        periodic = any(isinstance(way, OnPeriod) for way in opening)
        found: list[Variant] = []
        for _ in range(draw.weighted({1: 5, 2: 2})):
            changed = norm
            if norm.form == "obligation" and norm.due is not None and draw.chance(0.8):
                due = self.due(fields, periodic, opening)
                clocked = due is not None and due.length is not None and due.length.by_clock
                calendar = due.length.calendar if clocked and due is not None and due.length is not None else None
                changed = evolve(changed, due=due, clock=evolve(norm.clock, calendar=calendar))
            elif norm.form == "right":
                changed = evolve(changed, due=self.window())
            states = set(fields)
            if norm.form != "right" and draw.chance(0.25):
                changed = evolve(changed, excused_during=(self.state(states),) if not norm.excused_during else ())
            if draw.chance(0.25):
                changed = evolve(changed, suspended_during=(self.state(states),) if not norm.suspended_during else ())
            if norm.cure is not None and draw.chance(0.4):
                length = settings.length(draw, self.world.calendars, 0.4)
                changed = evolve(changed, cure=draw.pick([None, Due("within", length)]))
                if changed.cure is None:
                    kept = tuple(each for each in changed.after if each[0] not in ("cured", "breached"))
                    changed = evolve(changed, after=kept)
            if draw.chance(0.3):
                changed = evolve(changed, after=self._after(fields, norm.form, changed.cure is not None, 0.6))
            where = (
                self.formulas.condition(RowScope(fields), 1)
                if fields and draw.chance(0.85)
                else ex.InState(self.state(states))
            )
            found.append(Variant(where, changed))
        return evolve(norm, variants=tuple(found))
    def _in_parts(self, norm: Norm, fields: dict[str, EventField], acts: list[str]) -> Norm:
        """The same, performed in parts."""
        draw = self.draw
        kind = draw.pick([NUMBER, MONEY])
        shared = [
            f.name for f in self.world.fields(acts[0]).values()
            if f.kind == kind and all(f.name in self.world.fields(word) for word in acts)
        ]  # fmt: skip
        if norm.reopening in ("continue", "restart"):
            norm = evolve(norm, reopening=draw.pick(["new cycle", "ignore"]))
        value: ex.Expression = ex.FieldOf(draw.pick(shared)) if shared else self.formulas.literal(kind)
        own = norm.opening and all(isinstance(way, OnEvent) for way in norm.opening)
        total = self.formulas.value(kind, RowScope(fields), 1) if own else self.formulas.literal(kind)
        if draw.chance(0.6):
            total = ex.Arithmetic("*", ex.Literal(draw.pick([2, 3, Fraction(1, 2)]), NUMBER), total)
        return evolve(norm, adds_up=AddsUp(value, total, kind))

    def _matching(
        self, fields: dict[str, EventField], acts: list[str], grid: Grid | None, form: str
    ) -> tuple[tuple[str, ...], str, str]:
        draw = self.draw
        tables = [self.world.fields(word) for word in acts]
        keys = [n for n, f in fields.items() if f.name in KEYS and (f.key or draw.chance(0.3))]
        keys += [n for n in fields if n in ODD_KEYS and draw.chance(0.06)]
        shared = [n for n in keys if all(n in t for t in tables)]
        if grid is not None and draw.chance(0.8):
            for name, plain in PERIODS.items():
                if grid == plain and all(name in t for t in tables):
                    return (), "period", name
        if form != "obligation":
            return (tuple(shared) if draw.chance(0.5) else ()), "key", ""
        how = draw.weighted({"key": 8, "oldest": 1.5, "all": 1})
        if how != "key" or not shared:
            if draw.chance(0.7):
                return tuple(draw.some(keys, 1, 2)), how if how != "key" else draw.pick(["oldest", "all"]), ""
            return (), draw.weighted({"key": 3, "oldest": 2, "all": 1}), ""
        if draw.chance(0.1):
            shared = keys
        return tuple(shared), "key", ""

    def due(self, fields: dict[str, EventField], periodic: bool, opening: tuple[Opening, ...]) -> Due | None:
        """Any deadline, some of them at a time of their last day."""
        found, draw = self._due(fields, periodic, opening), self.draw
        if found is None or (found.length is not None and found.length.by_clock) or draw.chance(0.75):
            return found
        time = draw.pick([0, 90 * MINUTE, 9 * HOUR, 12 * HOUR, 17 * HOUR, 20 * HOUR, None, None])
        calendar = draw.pick(self.world.calendars).name if time is None else None
        return evolve(found, time=ByTime(time, calendar, draw.weighted({"within": 3, "less than": 1.5})))

    def _weekday(self) -> NthWeekday:
        draw = self.draw
        of = draw.pick(["month", "month", "week", "following"])
        n = draw.pick([1, 2, 3, 4, -1]) if of == "month" else 1
        return NthWeekday(draw.between(0, 6), of, n, draw.pick([0, 1, 1, 2]) if of != "following" else 0)

    def _due(self, fields: dict[str, EventField], periodic: bool, opening: tuple[Opening, ...]) -> Due | None:
        """Any deadline, as days end or by a clock."""
        world, draw = self.world, self.draw
        edge = draw.weighted({"within": 3, "less than": 1.3})
        only_events = all(isinstance(way, OnEvent) for way in opening)
        anchors = (
            [f.name for f in fields.values() if f.kind.base in ("instant", "day", "period")] if only_events else []
        )
        ways = {"length": 8.0, "none": 0.6, "month day": 0.7, "fixed": 0.4, "weekday": 0.9, "today": 0.4}
        if anchors:
            ways |= {"field": 1.5, "after field": 1.2, "before field": 0.8}
        if periodic:
            ways |= {"period end": 2, "after period": 3, "month day": 2}
        roll = draw.pick(["following", "preceding"]) if draw.chance(0.25) else None
        rolled = {"roll": roll, "roll_calendar": draw.pick(world.calendars).name if roll else None}
        match draw.weighted(ways):
            case "none":
                return None
            case "month day":
                return Due(
                    edge,
                    anchor=draw.pick(["opening", "period end"]) if periodic else "opening",
                    day_of_month=draw.pick([1, 5, 15, 28, 29, 30, 31]),
                    months_on=draw.weighted({0: 2, 1: 4, 2: 1}),
                    **rolled,
                )
            case "weekday":
                anchor = draw.pick(["opening", "period end"]) if periodic else "opening"
                return Due(edge, anchor=anchor, weekday=self._weekday(), **rolled)
            case "today":
                return Due("within", time=ByTime(draw.pick([9, 12, 17, 23]) * HOUR))
            case "before field":
                length = settings.length(draw, world.calendars, 0)
                return Due(edge, length, "field", draw.pick(anchors), back=True, **rolled)
            case "fixed":
                return Due(edge, fixed=world.effective + timedelta(days=draw.between(-2, 60)), **rolled)
            case "field":
                return Due(edge, anchor="field", field=draw.pick(anchors))
            case "after field":
                due = self._counted(edge, "field", draw.pick(anchors), rolled)
                clocked = due.length is not None and due.length.by_clock
                return (
                    due
                    if not clocked or fields[due.field].kind.base == "instant"
                    else evolve(due, length=Length(2, "days"))
                )
            case "period end":
                return Due(edge, anchor="period end", **rolled)
            case "after period":
                return self._counted(edge, "period end", "", rolled)
            case _:
                return self._counted(edge, "opening", "", rolled)

    def _counted(self, edge: str, anchor: str, name: str, rolled: dict[str, str | None]) -> Due:
        length = settings.length(self.draw, self.world.calendars, 0.55)
        return Due(edge, length, anchor, name, **({} if length.by_clock else rolled))

    def window(self) -> Due | None:
        """The time in which a right may be exercised."""
        if self.draw.chance(0.15):
            return None
        return Due(
            self.draw.weighted({"within": 4, "less than": 1}), settings.length(self.draw, self.world.calendars, 0.2)
        )

    def prohibition(self) -> str:
        world, draw = self.world, self.draw
        name = world.name("ban")
        word = draw.pick(["leak_reported", "leak_reported", "reading", "outage_started"])
        fields = dict(world.fields(word))
        excused = (self.state(set(fields)),) if draw.chance(0.4) else ()
        suspended = (self.state(set(fields)),) if draw.chance(0.15) else ()
        ban = (
            Norm(
                name,
                Clause(name, "obligation"),
                "prohibition",
                "must not",
                ("beta",),
                ("acme",),
                (),
                (self.selector(word, 0.6),),
                excused_during=excused,
                suspended_during=suspended,
                ends_with=self.turned(notice=True) if draw.chance(0.08) else "",
                after=self._after(fields, "prohibition", False, 0.5),
            )
        )
        world.norm_fields[name] = fields
        world.norms.append(self._with_variants(ban, fields, ()))
        return name

    def right(self, fields: dict[str, EventField]) -> str:
        """A right that another clause opens."""
        return self.norm(
            (WhenImposed(),), fields, ["notice_given"] if self.draw.chance(0.7) else ["step_taken"], form="right"
        )

    def ladder(self, fields: dict[str, EventField]) -> str:
        """An escalation path; the name of its first level."""
        world, draw = self.world, self.draw
        name = world.name("ladder")
        word = draw.pick(["step_taken", "notice_given", "ticket_confirmed"])
        shared = [n for n, f in fields.items() if f.name in KEYS and n in world.fields(word)]
        by = tuple(shared) if draw.chance(0.6) else ()
        ends = (self.selector(word, 0.2),)
        count = draw.between(1, 3)
        names = [f"{name}.{i + 1}" for i in range(count)]
        following: Effect = Raise("escalated to the end")
        for level in range(count, 0, -1):
            due = Due("within", settings.length(draw, world.calendars, 0.3))
            calendar = due.length.calendar if due.length is not None and due.length.unit == "open" else None
            after: tuple[tuple[str, Effect], ...] = (("missed", following),)
            if level < count or draw.chance(0.7):
                following = Impose(names[level - 1])
            else:
                after, following = (), Impose(names[level - 1])
            world.norms.append(
                Norm(
                    names[level - 1],
                    Clause(name, "escalation"),
                    "level",
                    "must",
                    ("beta",),
                    ("acme",),
                    (WhenImposed(),),
                    ends,
                    by=by,
                    due=due,
                    clock=Clock(calendar),
                    after=after,
                    roles=((f"level {level} lead", "beta"),),
                    reopening=draw.pick(["", "new cycle"]),
                    ladder=name,
                    level=level,
                )
            )
            world.norm_fields[names[level - 1]] = fields
        world.ladders.append(Ladder(name, Clause(name, "escalation"), tuple(names)))
        return names[0]

    def _after(
        self, fields: dict[str, EventField], form: str, cure: bool, share: float
    ) -> tuple[tuple[str, Effect], ...]:
        if not self.draw.chance(share):
            return ()
        ways = {"missed": 5, "fulfilled": 1.5, "excused": 1, "late": 1.5}
        if cure:
            ways |= {"cured": 3, "breached": 5}
        if form == "prohibition":
            ways = {"missed": 5, "excused": 1}
        if form == "right":
            ways = {"fulfilled": 5, "missed": 1}
        outcomes = [self.draw.weighted(ways) for _ in range(self.draw.weighted({1: 4, 2: 1}))]
        scope = RowScope(fields, reading=form != "prohibition", outcome=True)
        return tuple((o, self.effect(scope, fields, form != "right")) for o in outcomes)

    # -------------------------------------------------------------------------------- effects
    def effect(self, scope: RowScope | WindowScope | None, fields: dict[str, EventField], deep: bool = True) -> Effect:
        """What may follow, in the scope of its cause; `fields` are what an imposed norm inherits."""
        draw, world = self.draw, self.world
        room = world.size < 9 and deep
        ways = {
            "raise": 3,
            "accrue": 3,
            "impose": 3 if room else 0,
            "right": 2 if room else 0,
            "ladder": 1.5 if room else 0,
            "end": 0.25 if deep else 3,
            "begin": 2.5,
            "finish": 1.5,
        }
        match draw.weighted(ways):
            case "raise":
                return Raise(draw.pick(["see to it", "tell the board"]))
            case "accrue":
                lines = [n for n in world.lines if n.figure is None]
                line = draw.pick(lines) if lines and draw.chance(0.4) else self.line(None)
                if scope is not None and draw.chance(0.6):
                    amount = self.formulas.value(MONEY, scope, 1)
                else:
                    amount = self.formulas.literal(MONEY)
                return Accrue(line.name, amount)
            case "impose":
                again = [
                    n.name
                    for n in world.norms
                    if WhenImposed() in n.opening
                    and n.form == "obligation"
                    and set(world.norm_fields[n.name]) <= set(fields)
                ]
                return Impose(draw.pick(again) if again and draw.chance(0.3) else self.imposed(fields))
            case "right":
                return Impose(self.right(fields))
            case "ladder":
                return Impose(self.ladder(fields))
            case "begin":
                keys = set(fields)
                if draw.chance(0.4):
                    return Begin(self.turned(notice=True), settings.length(draw, world.calendars, 0.3))
                return Begin(self.turnable(keys))
            case "finish":
                return Finish(self.turnable(set(fields)))
            case _:
                notice = None if draw.chance(0.4) else settings.length(draw, world.calendars, 0.15)
                if notice is not None and notice.unit == "open":
                    notice = Length(24 * HOUR, "elapsed")
                return Terminate(notice)

    # -------------------------------------------------------------------------------- figures and money
    def grid(self) -> Grid:
        """A grid; now and then an event tells where its windows lie, or from when on they count."""
        world, draw = self.world, self.draw
        grid = settings.grid(draw, world.effective, world.last)
        if grid.unit == "term" or draw.chance(0.88):
            return grid
        told = DayFrom(world.kind(draw.pick(["step_taken", "report_sent", "notice_given", "ticket_opened"])).name)
        if draw.chance(0.5):
            grid = evolve(grid, anchor=None, anchor_from=told, times=draw.pick([None, 1, 3, 8]))
        else:
            unit = draw.pick(["days", "weeks", "months", "years"])
            n = 0 if draw.chance(0.3) else draw.between(1, 30) if unit == "days" else 1
            grid = evolve(grid, begins_from=evolve(told, n=n, unit=unit))
        return grid

    def figure(self, kind: Kind | None = None) -> str:
        world, draw, formulas = self.world, self.draw, self.formulas
        name = world.name("figure")
        kind = kind or draw.weighted({SHARE: 5, NUMBER: 4, MONEY: 3, LENGTH: 3, YES_NO: 0.8})
        grids = [f.grid for f in world.figures]
        grid = draw.pick(grids) if grids and draw.chance(0.6) else self.grid()
        if not grids and draw.chance(0.3):
            grid = Grid("month")
        by = self._groups()
        scope = WindowScope(grid, by, name, kind)
        if kind == YES_NO:
            value = formulas.condition(scope, 1)
        elif kind == SHARE and draw.chance(0.7):
            value = formulas.share(scope)
        else:
            value = formulas.value(kind, scope, draw.weighted({0: 3, 1: 3, 2: 2}))
        if draw.chance(0.1):
            sources = formulas.sources(scope)
            if sources:
                few = ex.Compare("<", ex.Aggregate("count", draw.pick(sources).rows), ex.Literal(2, NUMBER))
                value = ex.If(few, ex.Unmeasured("fewer than 2"), value)
        rounding = formulas.rounding(kind) if kind != YES_NO and draw.chance(0.3) else None
        target = minimum = None
        if kind in (SHARE, NUMBER, LENGTH, MONEY) and draw.chance(0.7 if kind == SHARE else 0.4):
            target = self._target(kind, scope)
            minimum = self._target(kind, scope) if draw.chance(0.4) else None
        shows = (("part", formulas.value(draw.pick([NUMBER, SHARE, LENGTH]), scope, 0)),) if draw.chance(0.12) else ()
        lengths = [
            Length(48 * HOUR, "elapsed"),
            Length(3, "days"),
            Length(2, "working days", draw.pick(world.calendars).name),
            Length(1, "weeks"),
            Length(5 * HOUR, "elapsed"),
            Length(1, "months"),
            Length(10, "days"),
            Length(9 * HOUR, "open", draw.pick(world.calendars).name),
        ]
        world.figures.append(
            Figure(
                name,
                Clause(name, "measure"),
                "measure",
                kind,
                grid,
                value,
                by=tuple(group(world, g, formulas.key_kind(g)) for g in by),
                rounding=rounding,
                target=target,
                minimum=minimum,
                shows=shows,
                settle_after=draw.pick(lengths) if draw.chance(0.15) else None,
                settle_latest=draw.pick(lengths) if draw.chance(0.3) else None,
            )
        )
        return name

    def _groups(self) -> tuple[str, ...]:
        world, draw = self.world, self.draw
        tables = [world.norm_fields[n.name] for n in world.norms] + [world.fields(k) for k in world.kinds]
        known = [n for n in ("site", "priority", "reason", "ticket") if any(n in t for t in tables)]
        if draw.chance(0.12):
            known += [n for n in ODD_KEYS if any(n in t for t in tables)]
        if not known or draw.chance(0.6):
            return ()
        return tuple(draw.some(known, 1, draw.weighted({1: 5, 2: 1})))

    def _target(self, kind: Kind, scope: WindowScope) -> Target:
        draw = self.draw
        level = self.formulas.literal(kind) if draw.chance(0.8) else self.formulas.value(kind, scope, 0)
        rounding = self.formulas.rounding(kind) if draw.chance(0.2) else None
        return Target(draw.weighted({">=": 5, ">": 1, "<=": 2, "<": 1}), level, rounding)

    def line(self, figure: str | None) -> Line:
        draw = self.draw
        name = self.world.name("line")
        payer, payee = draw.pick([("acme", "beta"), ("beta", "acme")])
        step = draw.weighted({Fraction(1, 100): 4, 1: 1, Fraction(1, 20): 1})
        made = Line(name, Clause(name, "charge"), payer, payee, "GBP", Rounding(step, draw.pick(ROUNDINGS)), figure)
        self.world.lines.append(made)
        return made

    def charge(self) -> None:
        """A line on a sum of money, which is made if there is none."""
        amounts = [f.name for f in self.world.figures if f.kind == MONEY]
        figure = self.draw.pick(amounts) if amounts and self.draw.chance(0.6) else self._credit()
        self.line(figure)

    def _credit(self) -> str:
        world, draw = self.world, self.draw
        targeted = [f for f in world.figures if f.target is not None and f.kind != MONEY]
        if not targeted or draw.chance(0.4):
            return self.figure(MONEY)
        of = draw.pick(targeted)
        name = world.name("credit")
        literal = self.formulas.literal
        at = ex.FigureAt(of.name, ex.Same())
        if draw.chance(0.5):
            op = draw.pick([">=", "<"])
            bounds = sorted({literal(of.kind).value for _ in range(2)}, reverse=op == ">=")  # type: ignore[type-var]
            rows = tuple(ex.Row(op, ex.Literal(b, of.kind), literal(MONEY)) for b in bounds)
            value: ex.Expression = ex.Table(at, rows, literal(MONEY))
        else:
            value = ex.If(ex.Standing(of.name, "missed", ex.Same()), literal(MONEY), ex.Literal(0, MONEY))
        world.figures.append(Figure(name, Clause(name, "credit"), "credit", MONEY, of.grid, value, by=of.by))
        return name

    def account(self) -> None:
        world, draw = self.world, self.draw
        if not world.lines:
            self.charge()
        lines = draw.some(world.lines, 1, 3)
        draw.random.shuffle(lines)
        figures = [world.figure(n.figure) for n in lines if n.figure is not None]
        grid = self.grid()
        if figures and draw.chance(0.45):
            grid = figures[0].grid
        elif draw.chance(0.6):
            grid = draw.pick(
                [Grid("month", 12), Grid("month", 1, None, 3), Grid("month", 3), Grid("month", 12, world.effective)]
            )
        limit: ex.Expression = ex.Literal(
            draw.pick([5, 15, 100, Fraction(255, 2), 400, 1000, Fraction(2001, 100)]), MONEY
        )
        if draw.chance(0.15):
            limit = self.formulas.value(MONEY, WindowScope(grid, ()), 1)
        name = world.name("cap")
        step = draw.weighted({Fraction(1, 100): 4, 1: 1})
        world.accounts.append(
            Account(
                name,
                Clause(name, "cap"),
                grid,
                limit,
                tuple(n.name for n in lines),
                Rounding(step, draw.pick(ROUNDINGS)),
            )
        )

    # -------------------------------------------------------------------------------- rules
    def rule(self) -> None:
        world, draw = self.world, self.draw
        ways: dict[str, float] = {"happens": 1.5, "lasting": 1.5}
        if world.figures:
            ways["settled"] = 8
        if world.norms:
            ways["outcome"] = 3
        made: Callable[
            [],
            tuple[
                Occasion, ex.Expression | None, Recurrence | None, RowScope | WindowScope | None, dict[str, EventField]
            ],
        ]
        made = {
            "settled": self._on_settled,
            "happens": self._on_happens,
            "outcome": self._on_outcome,
            "lasting": self._on_lasting,
        }[draw.weighted(ways)]
        on, when, recurrence, scope, fields = made()
        then = tuple(self.effect(scope, fields) for _ in range(draw.weighted({1: 5, 2: 1, 0: 0.3})))
        name = world.name("rule")
        world.rules.append(Rule(name, Clause(name, "trigger"), on, when, recurrence, then))

    def _on_settled(self):
        world, draw = self.world, self.draw
        targeted = [f for f in world.figures if f.target is not None]
        figure = draw.pick(targeted) if targeted and draw.chance(0.8) else draw.pick(world.figures)
        by = tuple(g.name for g in figure.by)
        scope = WindowScope(figure.grid, by)
        if figure.target is not None and draw.chance(0.75):
            how = draw.weighted(
                {"missed": 5, "met": 1, "below minimum": 2 if figure.minimum else 0, "not measured": 0.5}
            )
            when: ex.Expression = ex.Standing(figure.name, how, ex.Same())
            if draw.chance(0.15):
                when = ex.AllOf((when, self.formulas.condition(scope, 1)))
        elif figure.kind == YES_NO:
            when = ex.FigureAt(figure.name, ex.Same())
        else:
            op = draw.weighted({">=": 4, ">": 2, "<": 1, "<=": 2})
            when = ex.Compare(op, ex.FigureAt(figure.name, ex.Same()), self.formulas.literal(figure.kind))
        recurrence = None
        if draw.chance(0.6):
            n = draw.weighted({2: 5, 3: 2, 1: 1})
            m = draw.pick([None, n, n + 1, n + 2, n + 4])
            recurrence = Recurrence(
                n,
                m,
                None,
                draw.pick(["counting", "each", "becoming"]),
                draw.pick(["breaks", "skipped"]),
                draw.chance(0.4),
            )
        fields = {name: EventField(name, self.formulas.key_kind(name), key=True) for name in by}
        return OnSettled(figure.name), when, recurrence, scope, fields

    def _spanned(self) -> Recurrence | None:
        draw = self.draw
        if not draw.chance(0.5):
            return None
        span = draw.pick(
            [
                Length(48 * HOUR, "elapsed"),
                Length(10, "days"),
                Length(30, "days"),
                Length(720 * HOUR, "elapsed"),
                Length(1, "days"),
                Length(2, "weeks"),
            ]
        )
        return Recurrence(
            draw.weighted({2: 5, 3: 2, 1: 0.5}),
            None,
            None if draw.chance(0.12) else span,
            draw.pick(["counting", "each", "becoming"]),
            resets=draw.chance(0.4),
        )

    def _on_happens(self):
        word = self.draw.pick(list(self.world.kinds) or ["leak_reported"])
        selector = self.selector(word, 0.5)
        fields = dict(self.world.fields(word))
        scope = RowScope(fields)
        when = self.formulas.condition(scope, 1) if self.draw.chance(0.15) else None
        return OnHappens(selector), when, self._spanned(), scope, fields

    def _on_outcome(self):
        norm = self.draw.pick(self.world.norms)
        ways = {"missed": 5, "fulfilled": 2, "opened": 1.5, "excused": 1, "late": 1.5}
        if norm.cure is not None:
            ways |= {"cured": 2, "breached": 4}
        outcome = self.draw.weighted(ways)
        if norm.form == "prohibition" and outcome not in ("missed", "excused"):
            outcome = "missed"
        fields = dict(self.world.norm_fields[norm.name])
        reading = outcome not in ("opened", "excused") and norm.form != "prohibition"
        scope = RowScope(fields, reading=reading, outcome=True)
        when = self.formulas.condition(scope, 1) if self.draw.chance(0.2) else None
        return OnOutcome(norm.name, outcome), when, self._spanned(), scope, fields

    def _on_lasting(self):
        name = self.state()
        state = self.world.state(name)
        length = settings.length(self.draw, self.world.calendars, 0.7)
        if length.unit not in ("elapsed", "open", "days"):
            length = Length(self.draw.between(1, 5), "days")
        fields = {f.name: f for f in self._common([s.event for s in (*state.starts, *state.intervals)])}
        when = self.formulas.condition(RowScope(fields), 0) if fields and self.draw.chance(0.15) else None
        kept = {n: f for n, f in fields.items() if n in state.by}
        return OnLasting(name, length, self.draw.pick(["at least", "more than"])), when, None, None, kept


PERIODS = {"month": Grid("month"), "quarter": Grid("month", 3), "for_day": Grid("day")}
KEYS = ("ticket", "order", "site", "priority")
ODD_KEYS = ("units", "flag", "month", "planned_on", "planned", "rate", "amount")
