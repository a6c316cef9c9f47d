"""What may follow from an outcome or a rule, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.terms import (
    Accrue,
    Begin,
    Clause,
    Clock,
    Due,
    Effect,
    EventField,
    Finish,
    Impose,
    Ladder,
    Length,
    Norm,
    Raise,
    Terminate,
    WhenImposed,
)
from bpodsl.values import HOUR
from tests.campaign import settings
from tests.campaign.scopes import RowScope, WindowScope
from tests.campaign.states import KEYS
from tests.campaign.world import MONEY

if TYPE_CHECKING:
    from tests.campaign.clauses import Clauses


class Effects:
    """Draws consequences; those that open a norm add it to the world."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        self.world = clauses.world
        self.draw = clauses.draw
        self.formulas = clauses.formulas
        self.states = clauses.states
        self.sums = clauses.sums

    def ladder(self, fields: dict[str, EventField]) -> str:
        """An escalation path; the name of its first level."""
        world, draw = self.world, self.draw
        name = world.name("ladder")
        word = draw.pick(["step_taken", "notice_given", "ticket_confirmed"])
        shared = [n for n, f in fields.items() if f.name in KEYS and n in world.fields(word)]
        by = tuple(shared) if draw.chance(0.6) else ()
        ends = (self.states.selector(word, 0.2),)
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

    def after(
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
        scope = RowScope(fields, reading=form != "prohibition", outcome=True, live=True)
        return tuple((o, self.effect(scope, fields, form != "right")) for o in outcomes)

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
            "end": 0.8 if deep else 3,
            "begin": 2.5,
            "finish": 1.5,
        }
        match draw.weighted(ways):
            case "raise":
                return Raise(draw.pick(["see to it", "tell the board"]))
            case "accrue":
                lines = [n for n in world.lines if n.figure is None]
                line = draw.pick(lines) if lines and draw.chance(0.4) else self.sums.line(None)
                if scope is not None and draw.chance(0.6):
                    amount = self.formulas.value(MONEY, scope, 1)
                else:
                    amount = self.formulas.literal(MONEY)
                return Accrue(line.name, amount)
            case "impose":
                window = scope if isinstance(scope, WindowScope) else None
                again = [
                    n.name
                    for n in world.norms
                    if WhenImposed() in n.opening
                    and n.form == "obligation"
                    and n.name not in world.windowed
                    and set(world.norm_fields[n.name]) <= set(fields)
                ]
                return Impose(draw.pick(again) if again and draw.chance(0.3) else self.clauses.imposed(fields, window))
            case "right":
                return Impose(self.clauses.right(fields))
            case "ladder":
                return Impose(self.ladder(fields))
            case "begin":
                keys = set(fields)
                if draw.chance(0.4):
                    return Begin(self.states.turned(notice=True), settings.length(draw, world.calendars, 0.3))
                return Begin(self.states.turnable(keys))
            case "finish":
                return Finish(self.states.turnable(set(fields)))
            case _:
                notice = None if draw.chance(0.4) else settings.length(draw, world.calendars, 0.15)
                if notice is not None and notice.unit == "open":
                    notice = Length(24 * HOUR, "elapsed")
                return Terminate(notice)
