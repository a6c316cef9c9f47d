"""What an expression is evaluated in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bpodsl.record import DETERMINE, EARLY, OPEN, STRUCTURE
from bpodsl.terms import NotMeasured
from bpodsl.values import Grid, Window

if TYPE_CHECKING:
    from bpodsl.engine.acts import Act
    from bpodsl.engine.instances import Instance
    from bpodsl.engine.world import World

Value = Any
"""An exact number, text, yes/no, day, period or `NotMeasured`; kinds were checked when the agreement was resolved."""

Position = tuple[int, int]
"""An instant and a place in it. Something is seen from a position if it came about at or before it."""

NO_FIELDS: Mapping[str, Value] = {}
NO_READING = NotMeasured("no reading")
NO_WINDOW = NotMeasured("no such window")
NOTHING = NotMeasured("nothing to measure")


class Scope:
    """A row, or a window and its group, as seen from a position.

    `at` and `kinds` say where and for which declared fields a state is looked up; `past` looks it up in the
    intervals, else as it stands now. `kept` remembers the rows that each aggregate kept, for the causes. `act`: the
    event that the row is; `early`: it lies before the events of its instant. `windowed`: it is the window itself, not a
    row of it. `final`: a point of a series that has not come is not measured, else pending. `bounds`: of a set of
    times, instead of a window. `day`: for which interest is reckoned. `place`: of an outcome, where in its instant it
    came about.
    """

    __slots__ = (
        "act", "at", "bounds", "day", "declared", "early", "fields", "final", "grid", "group", "instance", "kept",
        "outer", "outstanding", "parent", "past", "place", "position", "reading", "standing", "value", "window",
        "windowed", "world",
    )  # fmt: skip

    def __init__(
        self,
        world: World,
        position: Position,
        fields: Mapping[str, Value] = NO_FIELDS,
        declared: tuple[str, ...] = (),
        at: int = 0,
        reading: Value = NO_READING,
    ) -> None:
        self.world = world
        self.position = position
        self.fields = fields
        self.declared = declared
        self.at = at
        self.reading = reading
        # Of an outcome, its instance; whether `at` is meant before the events of that instant.
        self.instance: Instance | None = None
        # Of what opens an instance, that of the outcome from which it follows.
        self.parent: Instance | None = None
        self.early = False
        self.past = False
        self.act: Act | None = None
        self.final = True
        self.windowed = False
        self.window: Window | None = None
        self.grid: Grid | None = None
        self.group: Mapping[str, Value] = NO_FIELDS
        self.kept: dict[Any, Any] = {}
        self.value: Value = NO_READING
        self.standing: Any = None
        self.outstanding: Value = NO_READING
        self.bounds: tuple[int, int] | None = None
        self.day: date | None = None
        # Of a row of an aggregate that asks for it, the scope in which that stands; of an account, that of a sum.
        self.outer: Scope | None = None
        self.place = STRUCTURE

    def of_window(self, window: Window, grid: Grid, group: Mapping[str, Value]) -> Scope:
        """Itself, seen in a window and group."""
        self.window, self.grid, self.group, self.windowed = window, grid, group, True
        return self

    def of_instance(self, instance: Instance, early: bool, place: int) -> Scope:
        """Itself, as an outcome of an instance."""
        self.instance, self.early, self.place = instance, early, place
        return self

    @property
    def outcomes_before(self) -> Position:
        """Outcomes come before the row that came about before this position; of an outcome also some at this one."""
        if self.instance is None:
            return self.at, EARLY if self.early else DETERMINE
        return self.at, self.place

    @property
    def stands(self) -> int:
        """Where in its instant it lies: an event among the openings, a window or interval after all else."""
        return self.place if self.act is None else OPEN

    @property
    def bound(self) -> tuple[Any, ...]:
        """Events come before the row whose (instant, order) is less than this."""
        if self.act is not None:
            return self.act.event.acts, self.act.order, 0
        return (self.at + (not self.early),)

    def row(self, fields: Mapping[str, Value], declared: tuple[str, ...], at: int, reading: Value) -> Scope:
        """The scope of one row of this window."""
        row = Scope(self.world, self.position, fields, declared, at, reading)
        row.past = True
        row.final = self.final
        row.window, row.grid, row.group = self.window, self.grid, self.group
        return row


Evaluator = Callable[[Scope], Value]
