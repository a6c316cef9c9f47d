"""Agreements of cases that see nothing but their own events, and histories of them: what the loop of the engine is for.

They hold what makes a case straight in every form, and beside it what is not: figures, rules that count windows, rights
that end the agreement. The histories crowd around deadlines, and some have what no loop takes.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Impose,
    Length,
    Line,
    Norm,
    NthWeekday,
    Once,
    OnEvent,
    OnOutcome,
    OnSettled,
    Party,
    Raise,
    Recurrence,
    Renewal,
    Rule,
    Selector,
    State,
    Target,
    Term,
    Terminate,
    Variant,
    WhenImposed,
)  # fmt: skip
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE, TEXT, one_of
from bpodsl.values import DAY_TICKS, HOUR
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.histories import History
from tests.campaign.stage import Stage
from tests.campaign.world import MONEY, PENNY

PRIORITY = one_of("P1", "P2", "P3")
CASES = "case_opened"
_OFTEN = {"case_answered": 3, "case_closed": 2, "case_checked": 1.5, "case_held": 4, "case_freed": 4}
_ACTS = ("case_answered", "case_closed", "case_checked")


def contract(draw: Draw) -> Contract:
    """One such agreement."""
    return _Drawn(draw).contract()


def stands_alone(made: Contract) -> bool:
    """Whether an agreement is one of these."""
    return any(kind.name == CASES for kind in made.events)


class _Drawn:
    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.zone = draw.weighted(settings.ZONES)
        self.effective = settings.first_day(draw)
        self.last = settings.last_day(draw, self.effective) if draw.chance(0.85) else None
        self.calendars = settings.calendars(draw, self.zone)
        # Figures ask no more than how many outcomes were decided, so that these are numbers from the first.
        self.numbers = draw.aside("numbers").chance(0.5)
        self.keys = draw.pick([("case",), ("client", "case"), ("client", "case")])
        self.norms: list[Norm] = []
        self.states: list[State] = []
        self.rules: list[Rule] = []
        self.figures: list[Figure] = []
        self.lines: list[Line] = []

    def contract(self) -> Contract:
        draw = self.draw
        names = (CASES, *_ACTS, "case_held", "case_freed")
        if draw.chance(0.8):
            self.states.append(self._state())
            if draw.chance(0.25):
                self.states.append(self._state("asleep"))
        for number in range(draw.between(1, 3)):
            self.duty(number)
        for norm in tuple(self.norms):
            self.follow(norm)
        for _ in range(draw.between(1, 3)):
            self.figure()
        kinds = [self._kind(name) for name in names]
        kinds.append(EventKind("bell", Clause("bell", "event"), ()))
        self._ends()
        tables = [self.norms, self.states, self.rules, self.figures, self.lines, kinds]
        for table in tables:
            draw.random.shuffle(table)
        norms, states, rules, figures, lines, events = (tuple(table) for table in tables)
        renewal = None
        if self.last is not None and draw.chance(0.2):
            renewal = Renewal(Length(draw.between(1, 2), "months"), times=draw.between(1, 2))
        return Contract(
            "deal", Clause("deal", "agreement"),
            (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
            Term(self.effective, self.last, renewal), self.zone, "GBP", PENNY, calendars=tuple(self.calendars),
            events=events, states=states, norms=norms, figures=figures, lines=lines, rules=rules,
        )  # fmt: skip

    def _name(self, stem: str) -> str:
        made = len(self.norms) + len(self.states) + len(self.rules) + len(self.figures)
        return f"{self.draw.pick('abcxyz')}_{stem}_{made}"

    def _kind(self, name: str) -> EventKind:
        fields = [EventField(key, TEXT, key=True) for key in self.draw.some(self.keys, 2, 2)]
        fields.append(EventField("priority", PRIORITY, optional=name != CASES))
        if name == CASES or self.draw.chance(0.3):
            default = "red" if self.draw.chance(0.3) else None
            fields.append(EventField("team", TEXT, optional=True, default=default))
        if self.draw.chance(0.4):
            fields.append(EventField("units", NUMBER, optional=True))
        return EventKind(name, Clause(name, "event"), tuple(fields))

    def _by(self) -> tuple[str, ...]:
        by = list(self.keys)
        if self.draw.chance(0.2):
            self.draw.random.shuffle(by)
        return tuple(by)

    def _selector(self, name: str, where: float = 0.15) -> Selector:
        return Selector(name, self._where() if self.draw.chance(where) else None)

    def _where(self) -> ex.Expression:
        asked = ex.Compare(self.draw.pick(["=", "!="]), ex.FieldOf("priority"), ex.Literal("P1", PRIORITY))
        return ex.AnyOf((asked, ex.Compare("=", ex.FieldOf("team"), ex.Literal("red", TEXT)))) if (
            self.draw.chance(0.3)
        ) else asked

    def _state(self, stem: str = "held") -> State:
        draw = self.draw
        ends = (self._selector("case_freed"), *((Selector("case_closed"),) if draw.chance(0.3) else ()))
        if draw.chance(0.08):
            ends = (*ends, Selector("case_held"))
        starts: tuple[Selector, ...] = (self._selector("case_held" if stem == "held" else "case_checked"),)
        return State(self._name(stem), Clause(stem, "state"), self._by(), starts, ends)

    # ------------------------------------------------------------------ duties
    def duty(self, number: int) -> Norm:
        """A duty that an event of the case opens."""
        draw, name = self.draw, self._name(f"duty{number}")
        acts = tuple(self._selector(each) for each in draw.some(_ACTS, 1, 2))
        stops = tuple(s.name for s in self.states if draw.chance(0.6))
        opening = (OnEvent(self._selector(CASES)),)
        if draw.chance(0.1):
            opening = (*opening, OnEvent(Selector(CASES, self._where())))
        norm = Norm(
            name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), opening, acts, self._by(),
            needs=draw.pick(["any", "first"]), clock=Clock(stops_during=stops),
            reopening="new cycle" if draw.chance(0.9) else "",
        )  # fmt: skip
        due = self.due(bool(stops))
        norm = self._varied(norm, due) if due is not None and draw.chance(0.5) else evolve(norm, due=due)
        self.norms.append(norm)
        return norm

    def due(self, stops: bool) -> Due | None:
        draw = self.draw
        edge = draw.weighted({"within": 3, "less than": 1})
        calendar = draw.pick(self.calendars).name
        how = draw.weighted({"elapsed": 4, "open": 3, "days": 0 if stops else 3, "date": 0 if stops else 1, "none": 1})
        match "elapsed" if self.numbers and how in ("days", "date") else how:
            case "elapsed":
                return Due(edge, Length(draw.pick([HOUR, 4 * HOUR, DAY_TICKS, 90 * 60_000_000]), "elapsed"))
            case "open":
                return Due(edge, Length(draw.pick([HOUR, 4 * HOUR, 20 * HOUR]), "open", calendar))
            case "days":
                unit = draw.pick(["days", "working days", "weeks", "months"])
                of = calendar if unit == "working days" else None
                roll = draw.pick(["following", "preceding"]) if draw.chance(0.3) else None
                length = Length(draw.between(1, 3), unit, of)
                return Due(edge, length, roll=roll, roll_calendar=None if roll is None else calendar)
            case "date":
                if draw.chance(0.5):
                    return Due(edge, day_of_month=draw.between(1, 31), months_on=draw.between(0, 1))
                return Due(edge, weekday=NthWeekday(draw.between(0, 6), "following"))
            case _:
                return None

    def _varied(self, norm: Norm, due: Due) -> Norm:
        """Other limits by priority; now and then none, or no duty."""
        draw = self.draw
        variants = []
        for word in draw.some(["P1", "P2", "P3"], 1, 3):
            when = ex.Compare("=", ex.FieldOf("priority"), ex.Literal(word, PRIORITY))
            other: Due | None = due
            if due.length is not None and draw.chance(0.7):
                other = evolve(due, length=evolve(due.length, amount=due.length.amount * draw.between(1, 3)))
            elif draw.chance(0.2):
                other = None
            variants.append(Variant(when, None if draw.chance(0.1) else evolve(norm, due=other)))
        return evolve(norm, due=due if draw.chance(0.4) else None, variants=tuple(variants))

    # ------------------------------------------------------------------ what follows
    def follow(self, norm: Norm) -> None:
        """Escalation, further duties and statements after its outcomes."""
        draw = self.draw
        if draw.chance(0.6):
            levels = self._ladder()
            effects = (Impose(levels[0]),) if draw.chance(0.7) else (Raise("late"), Impose(levels[0]))
            self._rule(norm.name, draw.weighted({"missed": 6, "opened": 0.6, "late": 0.6}), effects)
        if draw.chance(0.4):
            further = self.imposed()
            outcome = draw.pick(["fulfilled", "late", "missed", "opened"])
            if outcome == "opened" or draw.chance(0.5):
                self._rule(norm.name, outcome, (Impose(further),))
            else:
                at = self.norms.index(norm)
                after = ((outcome, Impose(further)), *(((outcome, Raise("so")),) if draw.chance(0.4) else ()))
                self.norms[at] = _with(norm, after)
        if draw.chance(0.25):
            self._rule(norm.name, draw.pick(["fulfilled", "missed", "late", "opened"]), (Raise("said"),))

    def _rule(self, norm: str, outcome: str, effects: tuple[Impose | Raise, ...]) -> None:
        name = self._name("rule")
        self.rules.append(Rule(name, Clause(name, "trigger"), OnOutcome(norm, outcome), then=effects))

    def imposed(self) -> str:
        """A duty that something of the case imposes."""
        draw, name = self.draw, self._name("more")
        norm = Norm(
            name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (WhenImposed(),),
            tuple(self._selector(each) for each in draw.some(_ACTS, 1, 2)), self._by(), due=self.due(False),
            reopening="new cycle",
        )  # fmt: skip
        self.norms.append(norm)
        return name

    def _ladder(self) -> list[str]:
        draw, ladder = self.draw, self._name("ladder")
        names = [f"{ladder}.{n}" for n in range(1, draw.between(2, 4))]
        by = self._by()
        for number, name in enumerate(names, 1):
            after = () if number == len(names) else (("missed", Impose(names[number])),)
            due = None if number == len(names) else Due("within", Length(draw.pick([HOUR, DAY_TICKS]), "elapsed"))
            self.norms.append(
                Norm(
                    name, Clause(name, "escalation"), "level", "must", ("beta",), ("acme",), (WhenImposed(),),
                    (Selector("case_closed"),), by, due=due, after=after, roles=((f"level {number}", "beta"),),
                    ladder=ladder, level=number, reopening="new cycle",
                )
            )  # fmt: skip
        return names

    # ------------------------------------------------------------------ what is not straight
    def figure(self) -> None:
        """A count or share of outcomes, perhaps with a target, a credit and a rule on its windows."""
        draw, name = self.draw, self._name("measure")
        norm = draw.pick(self.norms)
        counted = draw.weighted({"decided": 4, "performed": 2, "due": 2, "opened": 0.4})
        counted = "decided" if self.numbers else counted
        statuses = {"fulfilled": ("fulfilled",), "missed": ("missed",), "late": ("late",)}
        status = draw.pick(list(statuses))
        some = ex.OutcomeRows(norm.name, statuses["missed" if self.numbers and status == "late" else status], counted)
        every = ex.OutcomeRows(norm.name, ("fulfilled", "missed"), counted)
        value: ex.Expression = ex.Aggregate("count", some)
        kind = NUMBER
        form = draw.weighted({"count": 2, "share": 4, "reading": 1.5, "where": 1})
        match "share" if self.numbers and form != "count" else form:
            case "share":
                value, kind = ex.Arithmetic("/", value, ex.Aggregate("count", every)), SHARE
            case "where":
                value = ex.Aggregate("count", every, where=self._where())
            case "reading":
                hour = ex.Literal(HOUR, NUMBER)
                value = ex.Aggregate("max", every, value=ex.Arithmetic("/", ex.Reading(), hour))
        target = Target(">=", ex.Literal(Fraction(1, 2) if kind is SHARE else 1, kind)) if draw.chance(0.7) else None
        by = tuple(Group(key) for key in draw.some(["priority", "team", *self.keys[:1]], 0, 2))
        grid = settings.grid(draw, self.effective, self.last)
        shows = (("of", ex.Aggregate("count", every)),) if draw.chance(0.5) else ()
        self.figures.append(
            Figure(name, Clause(name, "measure"), "measure", kind, grid, value, by=by, target=target, shows=shows)
        )
        if draw.chance(0.4):
            credit = self._name("credit")
            owed = ex.Arithmetic("*", ex.Literal(10, MONEY), ex.Aggregate("count", every))
            self.figures.append(Figure(credit, Clause(credit, "credit"), "credit", MONEY, grid, owed, by=by))
            self.lines.append(Line(credit, Clause(credit, "credit"), "beta", "acme", "GBP", PENNY, credit))
        if target is not None and draw.chance(0.5):
            rule = self._name("bad")
            then: tuple[Raise | Terminate, ...] = (Raise("bad"),)
            if draw.chance(0.3):
                then = (Terminate(draw.pick([None, Length(5, "days"), Length(7 * HOUR, "elapsed")])),)
            often = Recurrence(draw.between(1, 2), draw.pick([None, 3]), fires="each") if draw.chance(0.7) else None
            when = ex.Standing(name, "missed", ex.Same())
            self.rules.append(Rule(rule, Clause(rule, "trigger"), OnSettled(name), when, often, then))

    def _ends(self) -> None:
        draw = self.draw
        if draw.chance(0.7):
            name = self._name("close")
            notice = draw.pick([None, None, None, Length(2, "days"), Length(5 * HOUR, "elapsed")])
            self.norms.append(
                Norm(
                    name, Clause(name, "termination"), "right", "may", ("acme",), ("beta",), (Once(),),
                    (Selector("bell"),), after=(("fulfilled", Terminate(notice)),),
                )
            )  # fmt: skip


def _with(norm: Norm, after: tuple[tuple[str, Impose | Raise], ...]) -> Norm:
    """The norm, after whose outcomes this follows under all its terms."""
    variants = tuple(
        evolve(v, terms=None if v.terms is None else evolve(v.terms, after=after)) for v in norm.variants
    )
    return evolve(norm, after=after, variants=variants)


# ------------------------------------------------------------------------------------ histories
def history(draw: Draw, made: Contract) -> History:
    """The lives of some cases, crowded around their deadlines."""
    stage = Stage(draw, made)
    stage.late = draw.chance(0.05)
    edges: list[int] = []
    for number in range(draw.between(4, 16)):
        edges += _life(stage, f"C{number}" if draw.chance(0.95) else "C0")
    beside = draw.aside("the end")
    if beside.chance(0.4):
        # What falls due as the agreement ends, after all that has happened.
        end = beside.pick(edges)
        stage.events = [event for event in stage.events if event.acts < end]
        stage.add("bell", end + beside.weighted({0: 5, 1: 1, -1: 1}))
    elif draw.chance(0.4):
        stage.add("bell", stage.instant(stage.begin, stage.final))
    events = stage.events
    if not draw.chance(0.1):
        events = [evolve(event, day=None) for event in events]
    if stage.late:
        at = draw.between(0, len(events) - 1)
        events[at] = evolve(events[at], known=events[at].known + draw.pick([1, DAY_TICKS]))
    draw.random.shuffle(events)
    return History(tuple(events), stage.until(), stage.late)


def _life(stage: Stage, case: str) -> list[int]:
    """What happens to a case; the ends of its times."""
    draw = stage.draw
    client = draw.pick(["east", "west"])
    like: dict[str, object] = {"client": client, "case": case}
    low = stage.begin - (draw.pick([0, 0, 0, DAY_TICKS]) if draw.chance(0.1) else 0)
    start = stage.instant(low, max(low, stage.end - DAY_TICKS) if draw.chance(0.9) else stage.final)
    opened = stage.add(CASES, start, like)
    at = start
    ends = [stage.deadline(n, due, start, opened.fields, ()) for n in stage.contract.norms for due in _dues(n)]
    edges = [end for end in ends if end is not None] or [start + DAY_TICKS]
    for _ in range(draw.between(0, 6)):
        kind = draw.weighted(_OFTEN)
        match draw.weighted({"edge": 4, "soon": 4, "window": 1, "same": 0.15}):
            case "edge":
                when = stage.near(draw.pick(edges))
            case "soon":
                when = at + draw.pick([1, HOUR // 2, HOUR, DAY_TICKS, draw.between(1, DAY_TICKS)])
            case "window" if stage.ends:
                when = stage.near(draw.pick(stage.ends))
            case _:
                when = at
        at = max(at + (0 if draw.chance(0.02) else 1), when)
        if kind == "case_freed":
            edges = [*edges, *(edge + at - start for edge in edges[:1])]
        stage.add(kind, at, like)
    if draw.chance(0.06):
        stage.add(CASES, at + draw.pick([1, DAY_TICKS]), like)
    return edges


def _dues(norm: Norm) -> list[Due | None]:
    return [each.due for each in norm.versions]

