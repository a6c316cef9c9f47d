"""Rules: on each occasion, when the condition holds, and often enough, they fire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import partial

from attrs import define, evolve, field, frozen

from bpodsl.record import TERM_END, Entry, Event, Number, texts
from bpodsl.reference.calendar_days import after, calendar_of, counted, first_reach, last_within
from bpodsl.reference.effects import follow
from bpodsl.reference.evaluate import evaluate, holds, open_questions, selected
from bpodsl.reference.index import Index
from bpodsl.reference.rows import event_row, imposed_name, texts_of, unsettled
from bpodsl.reference.scope import Scope, scope_of
from bpodsl.reference.state import Cause, Fields, Identity, Interval, Row, Settled, World
from bpodsl.terms import Figure, Length, NotMeasured, OnAny, OnFired, OnHappens, OnLasting, OnSettled, Recurrence, Rule
from bpodsl.values import LAST_DAY, Grid, Window, add_days, exact, window_on


@frozen
class Judged:
    """Whether a rule's condition held in a window."""

    held: bool
    unmeasured: bool
    settled: Settled
    weight: int | Fraction = 1
    """What it adds to the count, if it held."""


@define(eq=False)
class Record:
    """What became of a rule in the windows of one group, by index."""

    group: Fields
    judged: dict[int, Judged] = field(factory=dict)
    used: set[int] = field(factory=set)
    fired: set[int] = field(factory=set)
    next: int = 0
    """With a reset: the window that is judged next."""

    def copy(self) -> Record:
        return evolve(self, judged=dict(self.judged), used=set(self.used), fired=set(self.fired))


@frozen
class Occurrence:
    """An event or outcome on which a rule's condition held: what names it as a cause."""

    instant: int
    events: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    of: str = ""
    """Its event kind or norm."""
    day: date | None = None
    """The day on which it is counted."""


# ------------------------------------------------------------------------------------------- windows
def on_settled(world: World, rule: Rule, settled: Settled) -> None:
    """A window of the rule's figure has settled for a group."""
    group, number = dict(settled.group), settled.window.index
    condition = True if rule.when is None else evaluate(rule.when, Scope(world, settled.window, group))
    unmeasured = isinstance(condition, NotMeasured) or isinstance(settled.value, NotMeasured)
    record = world.records.setdefault((rule.name, texts_of(group)), Record(group))
    weight: object = 1
    if rule.recurrence is not None and rule.recurrence.weight is not None:
        weight = evaluate(rule.recurrence.weight, Scope(world, settled.window, group))
    weight = weight if isinstance(weight, int | Fraction) else 0
    record.judged[number] = Judged(condition is True, unmeasured and condition is not True, settled, weight)
    if rule.recurrence is None:
        if condition is True:
            fire_window(world, rule, record, number, [number])
    elif not rule.recurrence.resets:
        for later in sorted(n for n in record.judged if n >= number and n not in record.fired):
            judge(world, rule, rule.recurrence, record, later)
    recall(world, rule)


def recall(world: World, rule: Rule) -> None:
    """With a reset windows are judged in order: judge those that no longer wait for one before them."""
    recurrence = rule.recurrence
    if recurrence is None or not recurrence.resets or not isinstance(rule.on, OnSettled):
        return
    figure = world.index.figures[rule.on.figure]
    for record in [r for (name, _), r in world.records.items() if name == rule.name]:
        while record.next <= max(record.judged, default=-1):
            window = world.agreement.window(figure.grid, record.next)
            if record.next not in record.judged and window is not None and _awaited(world, figure, window, record):
                break
            if record.next in record.judged:
                judge(world, rule, recurrence, record, record.next)
            record.next += 1


def _awaited(world: World, figure: Figure, window: Window, record: Record) -> bool:
    """Whether a window that has not been judged will be: it has not settled, or has just now."""
    settled = world.settled.get((figure.name, window.index), {})
    return texts_of(record.group) in settled or unsettled(world, figure.name, window, record.group)


def judge(world: World, rule: Rule, recurrence: Recurrence, record: Record, number: int) -> None:
    """Whether the rule fires in a window, by the windows that count up to it."""
    counted_here = counting(world, rule, recurrence, record, number)
    enough = total(record, counted_here) >= recurrence.n
    if recurrence.fires == "counting":
        enough = enough and number in counted_here
    elif recurrence.fires == "becoming":
        enough = enough and total(
            record, counting(world, rule, recurrence, record, number - 1)
        ) < recurrence.n
    if enough:
        fire_window(world, rule, record, number, counted_here)


def total(record: Record, windows: list[int]) -> int | Fraction:
    """What some windows add up to."""
    return exact(sum((record.judged[n].weight for n in windows), Fraction(0)))


def counting(world: World, rule: Rule, recurrence: Recurrence, record: Record, number: int) -> list[int]:
    """The windows that count at one: those of the last m in which it held, those that end in the same contract year
    (or the like), or the run that ends here."""
    some: Iterable[int] = ()
    if recurrence.within is not None:
        assert isinstance(rule.on, OnSettled)
        grid = world.index.figures[rule.on.figure].grid
        ends = {n: world.agreement.window(grid, n) for n in (*record.judged, number)}
        cells = {n: _cell(world, recurrence.within, each.last) for n, each in ends.items() if each is not None}
        if recurrence.within.unit == "listed":
            # What ends in none of the periods is not counted.
            cells = {n: cell for n, cell in cells.items() if cell is not None}
        some = [n for n in sorted(cells) if n <= number and cells[n] == cells.get(number)]
    if recurrence.m is not None:
        some = _last(record, recurrence, number, recurrence.m)
    if recurrence.m is not None or recurrence.within is not None:
        return [n for n in some if n in record.judged and record.judged[n].held and n not in record.used]
    run: list[int] = []
    while number in record.judged and number not in record.used:
        judged = record.judged[number]
        if judged.held:
            run.append(number)
        elif not judged.unmeasured or recurrence.unmeasured == "breaks":
            break
        number -= 1
    return run[::-1]


def _last(record: Record, recurrence: Recurrence, number: int, m: int) -> list[int]:
    """The last m windows up to one; those not measured are none of them, if they are skipped."""
    found: list[int] = []
    while number >= 0 and len(found) < m:
        judged = record.judged.get(number)
        if judged is None or not judged.unmeasured or recurrence.unmeasured == "breaks":
            found.append(number)
        number -= 1
    return found[::-1]


def fire_window(world: World, rule: Rule, record: Record, number: int, windows: list[int]) -> None:
    settled = record.judged[number].settled
    record.fired.add(number)
    if rule.recurrence is not None and rule.recurrence.resets:
        record.used.update(windows)
    entry = fired(
        world, rule, total(record, windows),
        period=settled.window.label, key=settled.entry.key,
        entry_causes=tuple(record.judged[n].settled.entry.name for n in windows),
    )  # fmt: skip
    row = Row(world.now, (), record.group, frozenset(record.group), NotMeasured("no reading"))
    cause = Cause(entry, record.group, row, settled.window)
    then(world, rule, cause)
    seen(world, rule, evolve(cause, row=evolve(row, early=world.place <= TERM_END)))


# ------------------------------------------------------------------------------------------- events and outcomes
def on_happens(world: World, rule: Rule, event: Event) -> None:
    """An event comes, while the agreement is in force."""
    assert isinstance(rule.on, OnHappens)
    scope = Scope(world, row=event_row(world.index, event))
    if not selected(world, (rule.on.selector,), event):
        provisional(world, rule, event.ref, open_questions((rule.on.selector.where, rule.when), scope))
    else:
        occurrence = Occurrence(world.now, events=(event.ref,), of=event.kind, day=world.today)
        origin = frozenset({(event.source, event.id)})
        happen(world, rule, event.ref, occurrence, event_row(world.index, event), {}, origin)


def on_outcome(world: World, rule: Rule, cause: Cause) -> None:
    """An instance of a norm has come to an outcome."""
    assert cause.row is not None
    occurrence = Occurrence(world.now, entries=(cause.entry.name,), of=cause.entry.clause, day=world.today)
    instance = cause.entry.instance
    if isinstance(rule.on, OnAny):
        instance = f"{cause.entry.clause}/{instance}"
    happen(world, rule, instance, occurrence, cause.row, cause.key, cause.origin)


def happen(
    world: World,
    rule: Rule,
    instance: str,
    occurrence: Occurrence,
    row: Row,
    key: Fields,
    origin: frozenset[Identity],
) -> None:
    """An occurrence on which the condition holds is counted; the rule fires if there are enough."""
    if not holds(rule.when, Scope(world, row=row)):
        provisional(world, rule, instance, open_questions((rule.when,), Scope(world, row=row)))
        return
    recurrence, these = rule.recurrence, [occurrence]
    told = told_by(rule, row, key)
    counted_by = texts(told.items())
    if recurrence is not None:
        within = recurrence.within
        if within is not None and within.unit == "listed" and _cell(world, within, occurrence.day) is None:
            return
        if recurrence.once and not _first_of_its_kind(world, rule, recurrence.once, counted_by, occurrence):
            return
        past = world.occurrences.setdefault((rule.name, counted_by), [])
        past.append(occurrence)
        these = [o for o in past if recent(world, recurrence.span, o.instant)]
        if recurrence.within is not None:
            cell = _cell(world, recurrence.within, occurrence.day)
            these = [o for o in past if _cell(world, recurrence.within, o.day) == cell]
        if len(these) < recurrence.n or (recurrence.fires == "becoming" and len(these) > recurrence.n):
            return
        if recurrence.resets:
            world.occurrences[rule.name, counted_by] = [o for o in past if o not in these]
    entry = fired(
        world, rule, len(these),
        instance=instance, key=counted_by,
        event_causes=tuple(name for o in these for name in o.events),
        entry_causes=tuple(name for o in these for name in o.entries),
    )  # fmt: skip
    if occurrence.entries and not isinstance(rule.on, OnFired):
        world.firings[entry.name] = 1 if recurrence is None else recurrence.n, entry.entry_causes
    cause = Cause(entry, key, row, None, origin, told)
    then(world, rule, cause)
    seen(world, rule, cause)


def told_by(rule: Rule, row: Row, key: Fields) -> Fields:
    """The fields of what occurs by which a rule tells its firings apart; absent ones are left out."""
    have = {**row.fields, **key}
    return {name: have[name] for name in rule.keys if name in have}


def seen(world: World, rule: Rule, cause: Cause) -> None:
    """The rules that wait for one to fire."""
    for each in world.index.contract.rules:
        if each.on == OnFired(rule.name):
            name = imposed_name(cause.entry)
            world.push(world.place, f"rule:{each.name}", name, partial(on_fired, world, each, cause))


def on_fired(world: World, rule: Rule, cause: Cause) -> None:
    """Another rule has fired."""
    assert cause.row is not None
    occurrence = Occurrence(world.now, entries=(cause.entry.name,), of=cause.entry.clause, day=world.today)
    happen(world, rule, imposed_name(cause.entry), occurrence, cause.row, cause.key, cause.origin)


def _cell(world: World, grid: Grid, day: date | None) -> int | None:
    """The window in which what falls on a day is counted; before the first day of the term there is none."""
    term, zone = world.index.contract.term, world.index.zone
    assert day is not None
    window = window_on(grid, zone, term.effective, add_days(LAST_DAY, 1), day)
    return None if window is None else window.index


def _first_of_its_kind(
    world: World, rule: Rule, cell: str, counted_by: tuple[tuple[str, str], ...], occurrence: Occurrence
) -> bool:
    """Whether nothing of the same event kind or norm counts yet in this month (or the like); from now on it does."""
    day = world.today
    first = {
        "day": day, "week": add_days(day, -day.weekday()), "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), "year": day.replace(month=1, day=1),
    }[cell]  # fmt: skip
    marks = world.counted_once.setdefault((rule.name, counted_by), {})
    mark = occurrence.of, first
    if mark in marks:
        return False
    marks[mark] = occurrence.entries
    return True


def provisional(world: World, rule: Rule, instance: str, questions: list[str]) -> None:
    """A rule does not fire for want of answers: that is said."""
    if questions:
        level = world.level(f"rule:{rule.name}")
        words = ", ".join(questions)
        world.emit(Entry("Provisional", rule.name, world.now, world.place, level, instance, words=words))


def recent(world: World, span: Length | None, instant: int) -> bool:
    """Whether an instant lies in the trailing span that ends now."""
    if span is None:
        return True
    if span.by_clock:
        calendar = calendar_of(world.index, span)
        passed = world.now - instant if calendar is None else calendar.worked(instant, world.now)
        return passed < span.amount
    first = counted(world.index, span, world.index.zone.day(world.now), -1)
    return first is None or world.index.zone.day(instant) > first


# ------------------------------------------------------------------------------------------- lasting states
def crossing(index: Index, on: OnLasting, start: int, times: int = 0) -> tuple[int, bool] | None:
    """When a state that begins at start has lasted long enough (`times`: once more, and so on), and whether that comes
    before events."""
    length, early = on.after(times), on.edge == "at least"
    if not length.by_clock:
        last = counted(index, length, index.zone.day(start))
        return None if last is None else (after(index, last), early)
    reach = first_reach if early else last_within
    found = reach(calendar_of(index, length), start, length.amount)
    return None if found is None else (found, early)


def await_crossing(world: World, rule: Rule, interval: Interval, times: int, firings: int = 0) -> None:
    """The next instant at which the state will have held long enough; `firings` of the rule it has led to so far."""
    assert isinstance(rule.on, OnLasting)
    found = crossing(world.index, rule.on, interval.start, times)
    if found is not None:
        # A list of its own: what is kept of an earlier instant shares the old one.
        others = [each for each in interval.crossings if each[0] is not rule]
        interval.crossings = [*others, (rule, *found, times, firings)]
        world.wake(found[0])


def on_lasting(world: World, rule: Rule, interval: Interval, early: bool, times: int, firings: int) -> None:
    """A state has held so long; if it still does, the rule may fire."""
    assert isinstance(rule.on, OnLasting)
    if not interval.holds(world.now, early) or world.agreement.ended is not None:
        return
    row = evolve(interval.row, instant=world.now, reading=world.now - interval.start, early=early)
    fires = world.agreement.in_force and holds(rule.when, Scope(world, row=row))
    firings += fires
    if rule.on.again is not None and (rule.on.most is None or firings < rule.on.most):
        await_crossing(world, rule, interval, times + 1, firings)
    if not fires:
        return
    instance = f"{interval.instance}+{times}" if times else interval.instance
    told = told_by(rule, row, interval.key)
    entry = fired(world, rule, 1, instance=instance, key=texts(told.items()), entry_causes=(interval.entry.name,))
    cause = Cause(entry, interval.key, row, told=told)
    then(world, rule, cause)
    seen(world, rule, cause)


def then(world: World, rule: Rule, cause: Cause) -> None:
    """What follows from a firing."""
    scope = scope_of(world, cause)
    follow(world, [effect for effect, only in rule.conditional if holds(only, scope)], cause)


def fired(world: World, rule: Rule, count: int | Fraction, **others: object) -> Entry:
    numbers = () if rule.recurrence is None else (Number("count", "number", count),)
    level = world.level(f"rule:{rule.name}")
    return world.emit(Entry("Fired", rule.name, world.now, world.place, level, numbers=numbers, **others))  # type: ignore[arg-type]
