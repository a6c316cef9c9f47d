"""What small agreements are put together from: names, grids, measures, lengths, effects."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    Account,
    Accrue,
    Answer,
    Begin,
    Clause,
    Due,
    Effect,
    EventField,
    EventKind,
    Figure,
    Finish,
    Group,
    Impose,
    Length,
    Limit,
    Line,
    Norm,
    Once,
    Question,
    Raise,
    Recurrence,
    Rule,
    Selector,
    State,
    Target,
    Terminate,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE, TEXT, YES_NO, Kind, one_of
from bpodsl.values import DAY_TICKS, HOUR, ROUNDINGS, Grid
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import MONEY, SITES

OPENS, ACTS = "ticket_opened", ("ticket_resolved", "ticket_confirmed")
SITE, BLAME = one_of(*SITES), one_of("client", "provider")
QUANTILES: tuple[Fraction | int, ...] = (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4), Fraction(2, 3), 1)
SPANS = (HOUR, 4 * HOUR, DAY_TICKS, 48 * HOUR, 10 * DAY_TICKS)


class Parts:
    """An agreement under construction, and what it is put together from."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.zone = draw.weighted(settings.ZONES)
        self.effective = settings.first_day(draw)
        self.last = self.effective + timedelta(days=draw.between(24, 110))
        if draw.chance(0.5):
            self.last = settings.last_day(draw, self.effective)
        self.calendars = settings.calendars(draw, self.zone)
        self.keys: tuple[str, ...] = ("ticket",) if draw.chance(0.8) else ()
        self.norms: list[Norm] = []
        self.states = [
            State(
                "held", Clause("held", "state"), ("ticket",), (Selector("ticket_held"),), (Selector("ticket_resumed"),)
            ),
            State("out", Clause("out", "state"), (), (Selector("outage_started"),), (Selector("outage_ended"),)),
            State("idle", Clause("idle", "state"), (), (Selector("outage_ended"),), ()),
        ]  # fmt: skip
        self.figures: list[Figure] = []
        self.lines: list[Line] = []
        self.accounts: list[Account] = []
        self.rules: list[Rule] = []
        self.questions: list[Question] = []
        self.shared_grid = self._grid()

    def _kinds(self) -> tuple[EventKind, ...]:
        ticket = EventField("ticket", TEXT, key=True)
        told = (
            EventField("site", SITE), EventField("amount", MONEY), EventField("units", NUMBER),
            EventField("flag", YES_NO, optional=True),
        )  # fmt: skip
        fields = {
            OPENS: (ticket, *told, *(EventField(q.name, BLAME, optional=True, ruled=True) for q in self.questions)),
            "blame_decided": (ticket, EventField("verdict", BLAME)), **dict.fromkeys(ACTS, (ticket, *told)),
            "ticket_held": (ticket,), "ticket_resumed": (ticket,), "outage_started": (), "outage_ended": (), "bell": (),
        }  # fmt: skip
        return tuple(EventKind(name, Clause(name, "event"), found) for name, found in fields.items())

    # ------------------------------------------------------------------ parts
    def _name(self, stem: str) -> str:
        tables = (self.norms, self.figures, self.lines, self.accounts, self.rules)
        return f"{self.draw.pick('abcxyz')}_{stem}_{sum(map(len, tables))}"

    def _grid(self) -> Grid:
        draw = self.draw
        found = draw.weighted({("week", 1): 4, ("month", 1): 4, ("day", 10): 2, ("day", 3): 2, ("week", 2): 1})
        anchor = self.effective + timedelta(days=draw.between(-9, 9)) if draw.chance(0.25) else None
        partial = "exclude" if draw.chance(0.1) else "inside"
        return Grid(*found, anchor=anchor, partial=partial)  # type: ignore[arg-type]

    def grid(self) -> Grid:
        """One grid for most of it, so that windows are those of one another."""
        grid = self.shared_grid if self.draw.chance(0.7) else self._grid()
        return evolve(grid, span=self.draw.between(2, 3)) if self.draw.chance(0.1) else grid

    def _measure(
        self, kind: Kind, value: ex.Expression, grid: Grid | None = None, by: bool = True, target: float = 0.5
    ) -> Figure:  # fmt: skip
        draw, name = self.draw, self._name("measure")
        level = Target(draw.pick([">=", ">", "<=", "<"]), self._level(kind)) if draw.chance(target) else None
        groups: tuple[Group, ...] = ()
        if by and draw.chance(0.25):
            groups = (Group("site", SITES if draw.chance(0.5) else None),)
        figure = Figure(
            name, Clause(name, "measure"), "measure", kind, grid or self.grid(), value, by=groups, target=level
        )
        self.figures.append(figure)
        return figure

    def _level(self, kind: Kind) -> ex.Expression:
        draw = self.draw
        if kind == SHARE:
            return ex.Literal(draw.pick([Fraction(1, 2), 1, Fraction(1, 3)]), kind)
        return ex.Literal(draw.pick([0, 1, 1, 2, 2, 3, 5, 10]), kind)

    def _where(self) -> ex.Expression | None:
        draw = self.draw
        if draw.chance(0.5):
            return None
        return draw.pick([
            ex.InState("held"), ex.Not(ex.InState("held")), ex.InState("out"), ex.Not(ex.InState("out")),
            ex.InState("idle"),
            ex.InCalendar(draw.pick(self.calendars).name), ex.FieldOf("flag"),
            ex.Compare(draw.pick([">", ">=", "="]), ex.FieldOf("units"), ex.Literal(2, NUMBER)),
        ])  # fmt: skip

    def _length(self) -> Length:
        draw = self.draw
        unit = draw.weighted({"elapsed": 4, "open": 1.5, "days": 3, "working days": 1, "weeks": 0.6, "months": 0.6})
        if unit in ("elapsed", "open"):
            calendar = draw.pick(self.calendars).name if unit == "open" else None
            return Length(draw.pick(SPANS[:4]), unit, calendar)
        of = draw.pick(self.calendars).name if unit == "working days" else None
        return Length(draw.between(1, 5) if "days" in unit else 1, unit, of)

    def _line(self, figure: str | None = None) -> Line:
        draw, name = self.draw, self._name("line")
        step = draw.weighted({Fraction(1, 100): 3, 1: 2, Fraction(1, 20): 1})
        rounding = ex.Rounding(step, draw.pick(ROUNDINGS))
        line = Line(name, Clause(name, "charge"), "beta", "acme", "GBP", rounding, figure)
        self.lines.append(line)
        return line

    def _effect(self, amount: ex.Expression | None = None) -> Effect:
        """What may follow anything."""
        draw = self.draw
        match draw.weighted({"raise": 2, "accrue": 4, "begin": 2, "finish": 1.5, "impose": 1.5, "end": 0.5}):
            case "raise":
                return Raise("see to it")
            case "accrue":
                own = [line for line in self.lines if line.figure is None]
                line = draw.pick(own) if own and draw.chance(0.6) else self._line()
                return Accrue(line.name, amount or ex.Literal(draw.pick([10, Fraction(5, 2), -3]), MONEY))
            case "begin":
                return Begin(draw.pick(["out", "idle"]))
            case "finish":
                return Finish(draw.pick(["out", "idle"]))
            case "impose":
                name = self._name("more")
                act = (Selector(draw.pick(ACTS)),)
                self.norms.append(Norm(
                    name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (WhenImposed(),), act,
                    due=Due(draw.pick(["within", "less than"]), self._plain()),
                ))  # fmt: skip
                return Impose(name)
            case _:
                return Terminate(draw.pick([None, Length(5, "days"), Length(7 * HOUR, "elapsed")]))

    def _plain(self) -> Length:
        """A length that needs no calendar."""
        return self.draw.pick([Length(DAY_TICKS, "elapsed"), Length(4 * HOUR, "elapsed"), Length(3, "days")])

    def _rule(self, on: object, when: ex.Expression | None, often: Recurrence | None, *effects: Effect) -> None:
        name = self._name("rule")
        if self.draw.chance(0.2):
            effects = (*effects, self.draw.pick([Begin("idle"), Finish("idle"), Begin("out"), Finish("out")]))
        self.rules.append(Rule(name, Clause(name, "trigger"), on, when, often, effects))  # type: ignore[arg-type]

    def _question(self) -> None:
        """Whose fault a ticket is: decided by an event, or with the end of a time."""
        if not self.questions:
            lengths = [Length(2, "days"), Length(1, "days"), Length(DAY_TICKS, "elapsed"), Length(1, "weeks")]
            length = self.draw.pick(lengths)
            self.questions.append(Question(
                "blame", Clause("blame", "determination"), OPENS, None, ("ticket",),
                (Answer("blame_decided", None, "verdict"),), limit=Limit(length), otherwise="client",
            ))  # fmt: skip

    def _ending(self) -> None:
        """A right to end the agreement, at once or after a time."""
        if any(norm.form == "right" for norm in self.norms):
            return
        draw, name = self.draw, self._name("close")
        notice = draw.pick([None, None, Length(2, "days"), Length(5 * HOUR, "elapsed"), Length(1, "months")])
        self.norms.append(Norm(
            name, Clause(name, "termination"), "right", "may", ("acme",), ("beta",), (Once(),), (Selector("bell"),),
            after=(("fulfilled", Terminate(notice)),),
        ))  # fmt: skip
