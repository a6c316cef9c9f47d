"""Random states and selectors of events."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import (
    Clause,
    EventField,
    Selector,
    SoLong,
    State,
)
from bpodsl.terms.kinds import NUMBER
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.formulas import Formulas
from tests.campaign.scopes import RowScope
from tests.campaign.world import World


def timed_or_keyed(state: State) -> bool:
    """Whether a state has keys, or times of its own."""
    return bool(state.by) or state.after is not None or state.lasts is not None


KEYS = ("ticket", "order", "site", "priority")


class States:
    """Adds states to a world."""

    def __init__(self, world: World, formulas: Formulas) -> None:
        self.world = world
        self.draw = world.draw
        self.formulas = formulas

    def selector(self, word: str, where: float = 0.3) -> Selector:
        fields = self.world.fields(word)
        if fields and self.draw.chance(where):
            return Selector(word, self.formulas.condition(RowScope(fields, live=True), 1))
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
        shared = [f for f in self.common([s.event for s in (*starts, *ends, *intervals)]) if f.name in KEYS]
        by = tuple(f.name for f in shared) if draw.chance(0.75) else tuple(f.name for f in draw.some(shared, 0, 1))
        name = world.name("state")
        state = State(name, Clause(name, "state"), by, starts, ends, intervals)
        world.states.append(state if intervals else self.timed(state))
        return name

    def timed(self, state: State) -> State:
        """The state, perhaps with a notice, or lasting so long."""
        draw = self.draw.aside(f"times of {state.name}")
        after = self.so_long(draw, state) if draw.chance(0.2) else None
        lasts = self.so_long(draw, state) if draw.chance(0.3) else None
        ends = state.ends if lasts is None or draw.chance(0.5) else ()
        return evolve(state, ends=ends, after=after, lasts=lasts, prolonged=lasts is not None and draw.chance(0.5))

    def so_long(self, draw: Draw, state: State) -> SoLong:
        """A length, or one that a number of what begins the state multiplies."""
        length = settings.length(draw, self.world.calendars)
        shared = [f.name for f in self.common([s.event for s in state.starts]) if f.kind == NUMBER]
        if not state.starts or not shared or draw.chance(0.6):
            return SoLong(length)
        return SoLong(evolve(length, amount=1) if not length.by_clock else length, draw.pick(shared))

    def turned(self, keys: set[str] | None = None, notice: bool = False) -> str:
        """A state that only consequences begin and end; of no keys, if with a notice."""
        world, draw = self.world, self.draw
        known = [s.name for s in world.states if not (s.starts or s.intervals) and set(s.by) <= (keys or set())]
        known = [name for name in known if not (notice and timed_or_keyed(world.state(name)))]
        if known and draw.chance(0.7):
            return draw.pick(known)
        shared = sorted(keys & set(KEYS)) if keys and not notice else []
        by = tuple(draw.some(shared, 0, len(shared))) if shared else ()
        name = world.name("turned")
        state = State(name, Clause(name, "state", f"{name} holds"), by)
        world.states.append(state if notice else self.timed(state))
        return name

    def turnable(self, keys: set[str]) -> str:
        """A state that consequences may begin and end: not one of events that last."""
        known = [s.name for s in self.world.states if s.starts and set(s.by) <= keys]
        return self.draw.pick(known) if known and self.draw.chance(0.4) else self.turned(keys)

    def common(self, words: list[str]) -> list[EventField]:
        tables = [self.world.fields(word) for word in words] or [{}]
        return [f for f in tables[0].values() if all(t.get(f.name) == f for t in tables)]
