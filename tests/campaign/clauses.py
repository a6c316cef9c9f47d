"""Random clauses: each new one leans on those there are, so that they meet."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    AddsUp,
    Clause,
    Clock,
    Due,
    EventField,
    Length,
    Norm,
    Once,
    OnEvent,
    OnPeriod,
    Opening,
    Selector,
    Variant,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import HOUR, Grid
from tests.campaign import settings
from tests.campaign.deadlines import Deadlines
from tests.campaign.effects import Effects
from tests.campaign.formulas import Formulas
from tests.campaign.rules import Rules
from tests.campaign.scopes import RowScope, WindowScope
from tests.campaign.states import KEYS, States
from tests.campaign.sums import ODD_KEYS, Sums
from tests.campaign.world import MONEY, World

FLOWS = (
    ("ticket_opened", ("ticket_resolved", "ticket_resolved", "ticket_confirmed", "step_taken")),
    ("ticket_opened", ("ticket_confirmed", "ticket_resolved", "ticket_resumed")),
    ("ticket_resolved", ("ticket_confirmed",)),
    ("order_placed", ("order_shipped", "order_shipped", "order_paid")),
    ("order_shipped", ("order_paid", "order_paid")),
    ("leak_reported", ("step_taken", "notice_given", "report_sent")),
    ("outage_started", ("outage_ended",)),
)
PARTIES = (("acme",), ("beta",))
PERIODS = {"month": Grid("month"), "quarter": Grid("month", 3), "for_day": Grid("day")}


class Clauses:
    """Adds clauses to a world: norms itself, all else by those it is made of."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draw = world.draw
        self.formulas = Formulas(world)
        self.states = States(world, self.formulas)
        self.deadlines = Deadlines(world)
        self.sums = Sums(world, self.formulas)
        self.effects = Effects(self)
        self.rules = Rules(self)

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
        openings: list[Opening] = [OnEvent(self.states.selector(opened, 0.4))]
        fields = dict(self.world.fields(opened))
        if self.draw.chance(0.08):
            openings.append(WhenImposed())
        if self.draw.chance(0.1):
            other = self.draw.pick([f[0] for f in FLOWS])
            openings.append(OnEvent(self.states.selector(other, 0.5)))
            fields = {n: f for n, f in fields.items() if self.world.fields(other).get(n) == f}
        wanted = list(dict.fromkeys(self.draw.some(acts, 1, 2)))
        return self.norm(tuple(openings), fields, wanted, first=True)

    def periodic(self) -> str:
        world, draw = self.world, self.draw
        grid = self.sums.grid()
        if draw.chance(0.5):
            grid = Grid("month") if draw.chance(0.7) else Grid("month", 3)
        elif draw.chance(0.15) and (world.horizon - world.effective).days < 45:
            grid = Grid("day")
        return self.norm((OnPeriod(grid),), {}, draw.some(["report_sent", "reading", "step_taken"], 1, 1), grid)

    def imposed(self, fields: dict[str, EventField], window: WindowScope | None = None) -> str:
        """A norm that another clause opens; `window`: where a settled window does."""
        keyed = [
            w
            for w in ("ticket_confirmed", "order_paid", "step_taken", "report_sent", "leak_reported")
            if {f.name for f in self.world.kind(w).fields if f.key} & set(fields)
        ]
        acts = self.draw.some(keyed, 1, 2) if keyed and self.draw.chance(0.7) else ["step_taken"]
        return self.norm((WhenImposed(),), fields, acts, window=window)

    def norm(
        self,
        opening: tuple[Opening, ...],
        fields: dict[str, EventField],
        acts: list[str],
        grid: Grid | None = None,
        first: bool = False,
        form: str = "obligation",
        window: WindowScope | None = None,
    ) -> str:
        """An obligation or right with all that may go with it."""
        world, draw = self.world, self.draw
        name = world.name("duty" if form == "obligation" else "right")
        periodic = any(isinstance(way, OnPeriod) for way in opening)
        imposed = all(isinstance(way, WhenImposed) for way in opening)
        by, matching, period_field = self._matching(fields, acts, grid, form)
        states = set(fields)
        due = self.deadlines.due(fields, periodic, opening) if form == "obligation" else self.deadlines.window()
        calendar = due.length.calendar if due is not None and due.length is not None and due.length.by_clock else None
        if due is None or due.length is None or not due.length.by_clock:
            calendar = draw.pick(world.calendars).name if draw.chance(0.3) else None
        elif draw.chance(0.15):
            calendar = None
        stops = (
            tuple(self.states.state(states) for _ in range(draw.weighted({0: 5, 1: 5, 2: 1})))
            if form == "obligation"
            else ()
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
        if form == "obligation" and due is not None and draw.chance(0.3):
            length = settings.length(draw, world.calendars, 0.4)
            roll = draw.pick(["following", "preceding"]) if not length.by_clock and draw.chance(0.15) else None
            rolled = draw.pick(world.calendars).name if roll else None
            cure = Due(draw.weighted({"within": 4, "less than": 1}), length, roll=roll, roll_calendar=rolled)
        suspended = (self.states.state(states),) if draw.chance(0.18) else ()
        excused = (self.states.state(states),) if draw.chance(0.25) else ()
        survives = draw.chance(0.15)
        found = Norm(
            name,
            Clause(name, form),
            form,
            "must" if form == "obligation" else "may",
            draw.pick(PARTIES),
            draw.pick(PARTIES),
            opening,
            tuple(self._act(word, n if needs == "all" else None) for n, word in enumerate(acts)),
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
            barred_during=(self.states.state(states),) if form == "right" and draw.chance(0.4) else (),
            ends_with=self.states.turned(notice=True) if draw.chance(0.1) else "",
            survives=survives,
            survives_for=settings.day_length(draw, world.calendars) if survives and draw.chance(0.6) else None,
            reopening=draw.weighted({"new cycle": 3, "continue": 2, "restart": 2, "ignore": 1})
            if by_event and by
            else "",
            after=self.effects.after(fields, form, cure is not None, 0.9 if form == "right" else 0.35),
        )
        if form == "obligation" and needs in ("any", "first") and draw.chance(0.25 if window is None else 0.5):
            found = self._in_parts(found, fields, acts, window)
        world.norm_fields[name] = fields
        world.norms.append(self._with_variants(found, fields, opening))
        return name

    def _with_variants(self, norm: Norm, fields: dict[str, EventField], opening: tuple[Opening, ...]) -> Norm:
        """The norm with other terms for some of its instances."""
        draw = self.draw
        if not draw.chance(0.6 if self.world.changes else 0.22):
            return norm
        periodic = any(isinstance(way, OnPeriod) for way in opening)
        found: list[Variant] = []
        for _ in range(draw.weighted({1: 5, 2: 2})):
            changed = norm
            if norm.form == "obligation" and norm.due is not None and draw.chance(0.8):
                due = self.deadlines.due(fields, periodic, opening)
                clocked = due is not None and due.length is not None and due.length.by_clock
                calendar = due.length.calendar if clocked and due is not None and due.length is not None else None
                changed = evolve(changed, due=due, clock=evolve(norm.clock, calendar=calendar))
            elif norm.form == "right":
                changed = evolve(changed, due=self.deadlines.window())
            states = set(fields)
            if norm.form != "right" and draw.chance(0.25):
                changed = evolve(
                    changed, excused_during=(self.states.state(states),) if not norm.excused_during else ()
                )
            if draw.chance(0.25):
                changed = evolve(
                    changed, suspended_during=(self.states.state(states),) if not norm.suspended_during else ()
                )
            if norm.cure is not None and draw.chance(0.4):
                length = settings.length(draw, self.world.calendars, 0.4)
                changed = evolve(changed, cure=draw.pick([None, Due("within", length)]))
                if changed.cure is None:
                    kept = tuple(each for each in changed.after if each[0] not in ("cured", "breached"))
                    changed = evolve(changed, after=kept)
            if draw.chance(0.3):
                changed = evolve(changed, after=self.effects.after(fields, norm.form, changed.cure is not None, 0.6))
            if self.world.changes:
                change = draw.pick(self.world.changes)
                where = self.sums.in_force(change, ex.Moment("row", True))
                found.append(Variant(where, None if draw.chance(0.15) else evolve(changed, version=change.name)))
                continue
            where = (
                self.formulas.condition(RowScope(fields), 1)
                if fields and draw.chance(0.85)
                else ex.InState(self.states.state(states))
            )
            found.append(Variant(where, changed))
        return evolve(norm, variants=tuple(found), version="original" if self.world.changes else "")

    def _in_parts(
        self, norm: Norm, fields: dict[str, EventField], acts: list[str], window: WindowScope | None
    ) -> Norm:
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
        if window is not None and draw.chance(0.8):
            total = self.formulas.value(kind, window, 1)
            self.world.windowed.add(norm.name)
        if draw.chance(0.6):
            total = ex.Arithmetic("*", ex.Literal(draw.pick([2, 3, Fraction(1, 2)]), NUMBER), total)
        beside = draw.aside(f"difference of {norm.name}")
        length = Length(beside.between(1, 20), "days") if beside.chance(0.7) else Length(36 * HOUR, "elapsed")
        difference = Due("within", length) if beside.chance(0.4) else None
        return evolve(norm, adds_up=AddsUp(value, total, kind), difference=difference)

    def _act(self, word: str, n: int | None) -> Selector:
        """An act; of several that are all needed, with its words."""
        found = self.states.selector(word, 0.2)
        return found if n is None else evolve(found, said=f"part {n}")

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

    def prohibition(self) -> str:
        world, draw = self.world, self.draw
        name = world.name("ban")
        word = draw.pick(["leak_reported", "leak_reported", "reading", "outage_started"])
        fields = dict(world.fields(word))
        excused = (self.states.state(set(fields)),) if draw.chance(0.4) else ()
        suspended = (self.states.state(set(fields)),) if draw.chance(0.15) else ()
        ban = Norm(
            name,
            Clause(name, "obligation"),
            "prohibition",
            "must not",
            ("beta",),
            ("acme",),
            (),
            (self.states.selector(word, 0.6),),
            excused_during=excused,
            suspended_during=suspended,
            ends_with=self.states.turned(notice=True) if draw.chance(0.08) else "",
            after=self.effects.after(fields, "prohibition", False, 0.5),
        )
        world.norm_fields[name] = fields
        world.norms.append(self._with_variants(ban, fields, ()))
        return name

    def right(self, fields: dict[str, EventField]) -> str:
        """A right that another clause opens."""
        return self.norm(
            (WhenImposed(),), fields, ["notice_given"] if self.draw.chance(0.7) else ["step_taken"], form="right"
        )
