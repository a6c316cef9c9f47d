"""Norms: who must, may or must not do what, by when, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from bpodsl.lean import evolve, frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.effects import Effect
from bpodsl.terms.expressions import Expression, FieldOf
from bpodsl.terms.kinds import Kind
from bpodsl.terms.lengths import Length
from bpodsl.terms.questions import Answering
from bpodsl.terms.times import Selector
from bpodsl.values import Grid


@frozen
class NthWeekday:
    """A weekday (0 is Monday) counted from a day.

    `of` "month": the `n`-th (-1: the last) of the month `on` months after that of the day; "week": that of the week
    (from Monday) `on` weeks after that of the day; "following": the first after the day.
    """

    weekday: int
    of: str
    n: int = 1
    on: int = 0


@frozen
class ByTime:
    """A time of day on the last day of a deadline: `time` in ticks after midnight by the clock on the wall.

    None: the closing time of `calendar`, the end of its last open time that day. A day on which it does not open, or
    is open till midnight, ends as days do. `edge` "within" (the instant is included) or "less than". A time that a
    clock change leaves out is the first instant after the gap, one that comes twice the earlier.
    """

    time: int | None
    calendar: str | None = None
    edge: str = "within"


@frozen
class Due:
    """A deadline.

    `edge` "within" (the limit is included) or "less than" (excluded).

    With a `length`, it is counted from `anchor`: "opening" (the trigger; for a period, its first
    day), "period end" (its last day), or "field" (the instant or day in `field` of the opening
    event). Without one, the deadline is the anchor itself: `within` includes it, `less than` not.

    Lengths in days and longer are counted from the anchor's *day*, which itself does not count;
    the deadline ends with the last day (an early deadline at the next midnight). `day_of_month`:
    the nth day of the month after the anchor's month (`months_on` months later) instead of a length;
    a month too short has its last day. `fixed` a day written out. `roll`: "following" or
    "preceding" with `calendar` moves a last day that is not open. `weekday` instead of a length: a weekday counted
    from the anchor's day. `back`: the length (in days or longer) is counted back from the anchor's day. `moves`:
    a date that is no length counted forward is moved on too by the days that a suspension touches. `time`: the
    deadline does not end with the last day, but at a time of it. `count`: the length is so many times what it says as
    this field of the opening event gives (see `counted`). Instead of a field each may name a `Fact`.
    """

    edge: str
    length: Length | None = None
    anchor: str = "opening"
    field: str = ""
    day_of_month: int | None = None
    months_on: int = 0
    fixed: date | None = None
    roll: str | None = None
    roll_calendar: str | None = None
    weekday: NthWeekday | None = None
    back: bool = False
    time: ByTime | None = None
    moves: bool = False
    count: str = ""

    def counted(self, given: Callable[[str], object]) -> Due | None:
        """The deadline of an instance that is given these fields and facts; None where `count` gives no length: the
        field is absent, or as `Length.times` says.
        """
        if not self.count or self.length is None:
            return self
        length = self.length.times(given(self.count))
        return None if length is None else evolve(self, count="", length=length)


@frozen
class Members:
    """The values of a field for each of which a norm by period, or once, opens an instance of its own."""

    name: str
    values: tuple[str, ...]


@frozen
class Fact:
    """A value that the deadline of an instance needs: worked out as the instance opens, as the `when` of a variant is,
    and kept. `name` is unlike that of any field; where the value is not measured the instance has none of that name.
    """

    name: str
    value: Expression


@frozen
class OnEvent:
    """Opened by each event selected; at pass (d)."""

    selector: Selector


@frozen
class OnPeriod:
    """Opened for each window of the grid, at its start (place 3)."""

    grid: Grid


@frozen
class OnState:
    """Opened by each interval of a state, as it begins, from pass (d) on; its end performs what it opened."""

    state: str


@frozen
class Once:
    """Opened once, when the term begins (place 3)."""


@frozen
class WhenImposed:
    """Opened by an `Impose` effect, at the place of its cause."""


Opening = OnEvent | OnPeriod | OnState | Once | WhenImposed


@frozen
class Clock:
    """What the reading of an instance counts.

    It runs from the opening (or the instant in `from_field` of the opening event), in `calendar`
    (None: elapsed time), and stands while any of `stops_during` holds for the instance's keys.
    """

    calendar: str | None = None
    from_field: str = ""
    stops_during: tuple[str, ...] = ()


@frozen
class AddsUp:
    """Performance in parts: acts perform an instance once their values add up to the total.

    `value` is evaluated on each act, `total` where the instance opens: on its opening event (or outcome), or, where a
    settled window imposes it, in that window and group. `kind`: of both. `after`: the norms that take their part of an
    act before it does; it takes what they leave (see `sharing`).
    """

    value: Expression
    total: Expression
    kind: Kind
    after: tuple[str, ...] = ()

    def owing(self, fields: Mapping[str, Any], total: object) -> dict[str, Any]:
        """The field that says what is owed, where an instance owes something else of it."""
        name = self.total.name if isinstance(self.total, FieldOf) else ""
        return {name: total} if name and fields.get(name) != total else {}


@frozen
class Waiver:
    """An event by which the other side waives: before the miss the instance is excused, after it what follows from it.

    It means the instances whose keys agree, as for acts, or with `period_field` that of the period in that field.
    `as_met`: a miss that is waived counts as fulfilled in what settles from then on.
    """

    selector: Selector
    as_met: bool = False
    period_field: str = ""


@frozen
class Regrade:
    """An event that reclassifies what is open for its key: from then on it stands under the terms that the fields given
    by the event choose. `clock` "kept" (it keeps its start), "anew" (it starts with the event), or "later" (anew, but
    for what falls due later as it stands).
    """

    selector: Selector
    clock: str


@frozen
class Norm:
    """An obligation, prohibition or power, and the machine of its instances.

    `form` chooses the words of its entries: "obligation", "prohibition", "right", "level" (of an
    escalation). `modality`: "must", "must not", "may". `bearer` and `counterparty`: party names.

    `by`: the fields of the opening that identify an instance among acts. An act matches a live
    instance when each of these fields that the act's event kind declares has the same value.
    `matching`: "key", or "oldest" (the oldest live instance only), "all", or "period" (the
    instance of the period in the act's field `period_field`).

    `acts`: the performing events. `needs`: "any" of them, "all", "first" or "last". With "last" the latest
    performance so far counts; a further one replaces it. `personal`: only what its bearer reports performs it, as is so
    of every right. `unperformed`: what an instance without
    any performance is at its deadline: "missed" or "not measured" (then a miss is posted only
    once it is performed, late). `adds_up`: performed in parts (only with needs "any" or "first").

    `lasting`: of a right that opens once: an exercise leaves it open, and is an instance of its own, exercised at once.

    A prohibition has no openings: each of its acts, while in force, is an instance, missed at once.

    `reopening`: what an opening for a key that had an instance, now closed, does: "new cycle",
    "continue" (the clock goes on from its reading), "restart" (the clock starts anew) or "ignore";
    "" where that cannot happen. Continue and restart take back a fulfilment; a miss stands.

    `suspended_during`, `excused_during`: states. `barred_during`: states in which the exercise of a right has no
    effect. `ends_with`: a state (of no keys): from when it first begins the norm is over, as after the end of the
    agreement, unless it survives. `cure`: a time from the miss within which late performance cures. `after`: what
    follows an outcome ("fulfilled", "missed", "excused", "cured", "breached", "late", "waived"). `waivers`: what waives
    an instance; of several that select an event the first.

    `roles` (role, party) and `ladder`, `level` belong to levels of an escalation. `survives`: it goes on
    after the end of the agreement, for `survives_for` (in days or longer, from the last day) or without end;
    `survives_after`: so after an end that these clauses bring about, whatever is said of others.

    `variants`: other terms under which an instance may stand, chosen when it opens: those of the first
    whose condition holds of its opening, else the norm's own. `facts`: what is worked out then, which deadline and
    clock may name as they name a field of the opening event. `members`: each opening by period or once opens an
    instance for each of them, whose key (and only field) it is. `answers`: what its decisions answer to a question
    about the outcome or window that it follows from. `stands`: an exercise of a right, once posted, is one whatever is
    learnt later of its ground. `difference`: when what comes to be owed later of a total (see `of_difference`) is due,
    counted from when it is known; None: as `due` says. `regraded`: what reclassifies an instance; of several that
    select an event the first. `reopens_anew`: what takes an instance up again reclassifies it too, its
    clock kept. `version`: the change that these terms come from, or "original"; "" where no change touches the norm.
    """

    name: str
    clause: Clause
    form: str
    modality: str
    bearer: tuple[str, ...]
    counterparty: tuple[str, ...]
    opening: tuple[Opening, ...]
    acts: tuple[Selector, ...]
    by: tuple[str, ...] = ()
    matching: str = "key"
    period_field: str = ""
    needs: str = "any"
    unperformed: str = "missed"
    clock: Clock = Clock()
    due: Due | None = None
    suspended_during: tuple[str, ...] = ()
    excused_during: tuple[str, ...] = ()
    barred_during: tuple[str, ...] = ()
    ends_with: str = ""
    reopening: str = ""
    cure: Due | None = None
    after: tuple[tuple[str, Effect], ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    survives: bool = False
    survives_for: Length | None = None
    ladder: str = ""
    level: int = 0
    adds_up: AddsUp | None = None
    variants: tuple[Variant, ...] = ()
    version: str = ""
    waivers: tuple[Waiver, ...] = ()
    facts: tuple[Fact, ...] = ()
    members: Members | None = None
    answers: Answering | None = None
    personal: bool = False
    lasting: bool = False
    stands: bool = False
    difference: Due | None = None
    regraded: tuple[Regrade, ...] = ()
    survives_after: tuple[tuple[str, Length | None], ...] = ()
    reopens_anew: bool = False

    def survival(self, ended_by: str) -> tuple[bool, Length | None]:
        """Whether it goes on after an end that this clause brought about ("": none did), and for how long."""
        after = ((True, time) for name, time in self.survives_after if name == ended_by)
        return next(after, (self.survives, self.survives_for))

    def unmet(self, terms: Norm, met: Collection[int]) -> str:
        """The words of the acts, all needed under some terms, that have not come; `met`: the numbers of the others."""
        if self.needs != "all":
            return ""
        own = [n for n, act in enumerate(self.acts) if terms is self or act in terms.acts]
        return ", ".join(self.acts[n].said for n in own if n not in met and self.acts[n].said)

    def of_difference(self, days: int | None) -> Norm:
        """The terms of what comes to be owed later, of a debt that was due so many days after what opened it (None: not
        at all): due in the time said for it, else in the same time from when it is known."""
        return evolve(self, due=self.difference or _again(self.due, days), clock=evolve(self.clock, from_field=""))

    @property
    def unique(self) -> bool:
        """Whether no two instances of one key are live at once: of members, and of periods, each window has its own."""
        if self.matching == "period":
            return self.form == "level"
        return (bool(self.by) and self.members is None) or self.form in ("right", "level")

    @property
    def waiving(self) -> tuple[Selector, ...]:
        """The events that may waive an instance."""
        return tuple(waiver.selector for waiver in self.waivers)

    @property
    def regrading(self) -> tuple[Selector, ...]:
        """The events that may reclassify an instance."""
        return tuple(way.selector for way in self.regraded)

    @property
    def versions(self) -> tuple[Norm, ...]:
        """All terms under which its instances may stand: its own, then those of its variants."""
        return (self, *(variant.terms for variant in self.variants if variant.terms is not None))

    @property
    def consequences(self) -> tuple[tuple[str, Effect], ...]:
        """What may follow its outcomes, under any of its terms; each said once."""
        return tuple(dict.fromkeys(each for version in self.versions for each in version.after))

    @property
    def states(self) -> tuple[str, ...]:
        """All states that matter to its instances, under any of its terms."""
        found = [
            state for terms in self.versions
            for state in (*terms.clock.stops_during, *terms.suspended_during, *terms.excused_during)
        ]  # fmt: skip
        return tuple(dict.fromkeys(filter(None, (*found, *self.barred_during, self.ends_with))))


def sharing(norms: Iterable[Norm]) -> dict[str, tuple[str, ...]]:
    """The norms joined by `AddsUp.after`, each with all that it is joined with, itself among them: what one of them
    takes of an act the others cannot take again."""
    found: dict[str, dict[str, None]] = {}
    for norm in norms:
        for other in () if norm.adds_up is None else norm.adds_up.after:
            joined = found.get(norm.name, {norm.name: None}) | found.get(other, {other: None})
            found |= dict.fromkeys(joined, joined)
    return {name: tuple(sorted(joined)) for name, joined in found.items()}


def _again(due: Due | None, days: int | None) -> Due | None:
    if due is None:
        return None
    if due.back or (due.length is None and due.day_of_month is None and due.weekday is None):
        if days is None:
            return None
        length = Length(max(days, 1), "days")
        return Due("within", length, roll=due.roll, roll_calendar=due.roll_calendar, time=due.time)
    return evolve(due, anchor="opening", field="")


@frozen
class Variant:
    """The terms of those instances of a norm on whose opening `when` holds.

    `terms` is the same norm (name, form, openings, keys and matching) but for its clock, deadline, facts,
    relief, cure and what follows, its bearer and counterparty, its acts (some of the norm's own: only these perform
    it) and its roles. It has no variants of its own. None: then nothing opens.
    """

    when: Expression
    terms: Norm | None
