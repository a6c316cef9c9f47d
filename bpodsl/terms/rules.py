"""Rules: when … then …"""

from __future__ import annotations

from bpodsl.lean import evolve, frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.effects import Effect
from bpodsl.terms.expressions import Expression
from bpodsl.terms.lengths import Length
from bpodsl.terms.times import Selector
from bpodsl.values import Grid


@frozen
class OnSettled:
    """Each settled window of a figure, for each of its groups."""

    figure: str


@frozen
class OnHappens:
    """Each event selected."""

    selector: Selector


@frozen
class OnOutcome:
    """Each time an instance of a norm becomes so.

    `outcome`: "opened", "fulfilled", "missed", "excused", "late", "cured" or "breached".
    """

    norm: str
    outcome: str


@frozen
class OnAny:
    """Each time one of several outcomes, of as many norms, comes about; they are counted together."""

    outcomes: tuple[OnOutcome, ...]


@frozen
class OnLasting:
    """When a state has held for a length of time, without a break, for each key.

    `edge` "at least" (early, at the first instant it is reached) or "more than" (late). `again`: and once more each
    time it has held for so much longer; of the unit and calendar of `length` (None: once). `most`: so often at most for
    each time that the state holds.
    """

    state: str
    length: Length
    edge: str
    again: Length | None = None
    most: int | None = None

    def after(self, times: int) -> Length:
        """How long the state has held when that is so for the time of this number, from 0."""
        more = 0 if self.again is None else times * self.again.amount
        return evolve(self.length, amount=self.length.amount + more)


@frozen
class OnFired:
    """Each time another rule fires."""

    rule: str


Occasion = OnSettled | OnHappens | OnOutcome | OnAny | OnLasting | OnFired


@frozen
class Recurrence:
    """How often the condition must have held.

    Among windows of a figure (`span` None): `n` of any `m` consecutive ones ending with this one;
    m None: `n` in a row. `fires`: "counting" (in each window that itself counts), "each" (in each window
    while it holds), "becoming" (only when it begins to hold). `unmeasured`: a window not measured "breaks" a row, or
    is "skipped"; of any m it has its place ("breaks"), or none. Fewer than m windows may exist. `weight`: how much a
    window in which it held adds to the count (one not measured: nothing); None: 1.

    Among occurrences of an event or outcome: `n` within any `span` (elapsed, or days counted with
    the day of the last one); or within one window of `within` (its raster without end): the one that holds the day of
    the last one, so that each window begins with a count of nought.

    `resets`: what was counted when it fired is not counted again. `by`: occurrences are counted for each value of
    these fields. `once`: of those of one event kind or norm only the first counts in each "day", "week", "month",
    "quarter" or "year" of the calendar; "" if all count.
    """

    n: int
    m: int | None = None
    span: Length | None = None
    fires: str = "counting"
    unmeasured: str = "breaks"
    resets: bool = False
    by: tuple[str, ...] = ()
    weight: Expression | None = None
    once: str = ""
    within: Grid | None = None


@frozen
class Rule:
    """On each of its occasions, when the condition holds (often enough), it fires.

    `when` is evaluated in the scope of the occasion: a figure's window and group, an event, an
    outcome, or a state's interval. `only`: beside each of `then`, in order, the condition on which it follows, in the
    scope of what it follows from (None, or nothing there: always). `by`: without a recurrence, the fields of what
    occurs that are the key of its firings.
    """

    name: str
    clause: Clause
    on: Occasion
    when: Expression | None = None
    recurrence: Recurrence | None = None
    then: tuple[Effect, ...] = ()
    only: tuple[Expression | None, ...] = ()
    by: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that its firings on what occurs are told apart by."""
        return self.by if self.recurrence is None else self.recurrence.by

    @property
    def conditional(self) -> tuple[tuple[Effect, Expression | None], ...]:
        """What follows, each with the condition on which it does."""
        always = (None,) * (len(self.then) - len(self.only))
        return tuple(zip(self.then, (*self.only, *always), strict=True))


def outcomes_of(on: Occasion) -> tuple[OnOutcome, ...]:
    """The outcomes that a rule waits for; none if it waits for something else."""
    if isinstance(on, OnAny):
        return on.outcomes
    return (on,) if isinstance(on, OnOutcome) else ()
