"""Figures: their windows close, wait for what they need, and settle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import fields as attrs_fields
from attrs import has

from bpodsl.record import TERM_END, Entry, Number, texts
from bpodsl.reference.calendar_days import moment
from bpodsl.reference.evaluate import COMPARE, evaluate, is_open, kept, looked, open_questions, row_scopes
from bpodsl.reference.money import of_sum, settle_line, window_sum
from bpodsl.reference.rows import groups_of, settled_at, shifted, texts_of
from bpodsl.reference.rules import on_settled, recall
from bpodsl.reference.scope import Scope, of_group, postings_in, rounded
from bpodsl.reference.series import Found
from bpodsl.reference.state import Fields, Settled, World
from bpodsl.reference.trails import stretch
from bpodsl.reference.waiting import awaits, lacks
from bpodsl.terms import Figure, NotMeasured, Pending, Target, looked_up, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import LAST, Window

FAR = LAST + 1


# ------------------------------------------------------------------------------------------- closing
def close(world: World) -> None:
    """The windows that have ended with their own cells close; after the end, of grids that go on."""
    over = world.agreement.ended is not None
    for figure in world.index.contract.figures:
        if over and not figure.grid.goes_on:
            continue
        number, ends = world.next_window.get(figure.name, (0, 0))
        if ends > world.now:
            continue
        while (natural := world.agreement.natural(figure.grid, number)) is not None:
            window, beyond = world.agreement.window(figure.grid, number), world.agreement.beyond(figure.grid, number)
            end = natural.end if beyond is None else beyond.end
            if end > world.now:
                break
            if window is not None and window.end == end:
                close_one(world, figure, window)
            number += 1
        world.next_window[figure.name] = number, FAR if natural is None else end
        if natural is not None:
            world.wake(end)


def cut(world: World) -> None:
    """The agreement has ended: the windows that it cuts close."""
    for figure in world.index.contract.figures:
        for window in world.agreement.remaining(figure.grid, world.next_window.get(figure.name, (0, 0))[0]):
            close_one(world, figure, window)
            world.cut.add((figure.name, window.index))
        if figure.grid.survives:
            # The first window after the end may be over before the cell would have been in which that lies.
            number, _ = world.next_window.get(figure.name, (0, 0))
            while world.agreement.begun_before_end(figure.grid, number):
                number += 1
            world.next_window[figure.name] = number, 0


def close_one(world: World, figure: Figure, window: Window) -> None:
    world.closed.setdefault(figure.name, {})[window.index] = window
    earliest, latest = (
        None if length is None else moment(world.index, length, window.end, window.last) or LAST
        for length in (figure.settle_after, figure.settle_latest)
    )
    world.pending.setdefault(figure.name, {})[window.index] = earliest, latest
    for instant in (earliest, latest):
        world.wake(instant)


# ------------------------------------------------------------------------------------------- settling
def offer(world: World, place: int) -> None:
    """Let all figures settle what they can at a place."""
    for figure in world.index.contract.figures:
        if world.pending.get(figure.name):
            world.push(place, f"figure:{figure.name}", "", partial(attempt, world, figure))


def attempt(world: World, figure: Figure) -> None:
    """Settle each window and group for which nothing is missing."""
    closed, pending = world.closed.get(figure.name, {}), world.pending.setdefault(figure.name, {})
    for number, (earliest, latest) in sorted(pending.items()):
        window = closed[number]
        if world.place == TERM_END and (figure.name, number) not in world.cut:
            continue
        if earliest is not None and world.now < earliest:
            continue
        groups = world.groups[figure.name, number] = groups_of(world, figure, window)
        done = world.settled.setdefault((figure.name, number), {})
        waits = False
        for group in groups:
            if texts_of(group) in done:
                continue
            asked = [] if latest is not None and world.now >= latest else open_in(world, figure, window, group)
            waits_on = asked or pends(world, figure, window, group, latest)
            if not waits_on and ready(world, figure, window, group, latest):
                settle(world, figure, window, group)
            else:
                waits = True
                provisional(world, figure, window, group, asked)
        if not waits:
            pending.pop(number, None)
    for rule in world.index.rules_of[figure.name]:
        world.push(world.place, f"rule:{rule.name}", "", partial(recall, world, rule))


def open_in(world: World, figure: Figure, window: Window, group: Fields) -> list[str]:
    """The questions on which the rows of a window and group wait."""
    found: list[str] = []
    scope = Scope(world, window, group)
    for part in world.index.ruled[figure.name]:
        if isinstance(part, ex.Answered):
            found += [part.name] if is_open(part, scope) else []
            continue
        for row in row_scopes(part, scope):
            found += open_questions((part.where, part.value), row)
    return sorted(set(found))


def provisional(world: World, figure: Figure, window: Window, group: Fields, questions: list[str]) -> None:
    """A window that has come to settle waits for answers: that is said, once."""
    if questions:
        level, words = world.level(f"figure:{figure.name}"), ", ".join(questions)
        made = Entry(
            "Provisional", figure.name, world.now, world.place, level, period=window.label,
            key=texts(group.items()), words=words,
        )  # fmt: skip
        if made.name not in world.entries:
            world.emit(made)


def ready(world: World, figure: Figure, window: Window, group: Fields, latest: int | None) -> bool:
    """Whether a window that has come to settle may do so for a group."""
    decided = latest is not None and world.now >= latest
    scope = Scope(world, window, group, final=decided)
    # What is only shown beside the value is waited for in all its parts.
    if any(lacks(part, scope, decided) for part in walk(figure.shows)):
        return False
    levels = (target.level for target in (figure.target, figure.minimum) if target is not None)
    return not any(awaits(each, scope, decided) for each in (figure.value, *levels, *figure.awaits))


def pends(world: World, figure: Figure, window: Window, group: Fields, latest: int | None) -> bool:
    """Whether the value or a level needs a point of a series that has not come."""
    if latest is not None and world.now >= latest:
        return False
    if _limit_pends(world, figure, window, group):
        return True
    if figure.name not in world.index.looking_up:
        return False
    scope = Scope(world, window, group, final=False)
    levels = (target.level for target in (figure.target, figure.minimum) if target is not None)
    return any(isinstance(evaluate(each, scope), Pending) for each in (figure.value, *levels, *figure.awaits))


def _limit_pends(world: World, figure: Figure, window: Window, group: Fields) -> bool:
    """Whether the limit of a cap that cuts what the figure owes needs such a point."""
    for account in world.index.limited[figure.name]:
        held = world.agreement.window_at(account.grid, window.end - 1)
        if held is None:
            continue
        own = of_sum(world, account, window_sum(window), group, final=False)
        if isinstance(evaluate(account.limit, Scope(world, held, group, final=False, outer=own)), Pending):
            return True
    return False


def settle(world: World, figure: Figure, window: Window, group: Fields) -> None:
    """The value of a window and group is what it is."""
    scope = Scope(world, window, group)
    value = rounded(evaluate(figure.value, scope), figure.rounding)
    numbers = [Number("value", figure.kind.base, value)]  # type: ignore[arg-type]
    for name, part in figure.shows:
        shown = evaluate(part, scope)
        base = "yes_no" if isinstance(shown, bool) else base_of(world, part)
        numbers.append(Number(name, base, shown))  # type: ignore[arg-type]
    standing, below = "", False
    if figure.target is not None:
        level, met = compared(figure.target, value, scope)
        standing = "not measured" if met is None else "met" if met else "missed"
        numbers += [Number("target", figure.kind.base, level), Number("standing", "text", standing)]  # type: ignore[arg-type]
    if figure.minimum is not None:
        level, met = compared(figure.minimum, value, scope)
        below = met is False
        numbers += [Number("minimum", figure.kind.base, level), Number("below minimum", "yes_no", below)]  # type: ignore[arg-type]
    if figure.version is not None:
        numbers.append(Number("version", "text", evaluate(figure.version, scope)))  # type: ignore[arg-type]
    events, entries = causes(world, figure, scope)
    entry = world.emit(
        Entry(
            "Settled", figure.name, world.now, world.place, world.level(f"figure:{figure.name}"),
            period=window.label, key=texts(group.items()), event_causes=events, entry_causes=entries,
            numbers=tuple(numbers),
        )
    )  # fmt: skip
    settled = Settled(figure.name, window, tuple(group.items()), value, standing, below, entry)
    world.settled[figure.name, window.index][texts_of(group)] = settled
    for line in world.index.lines_of[figure.name]:
        world.push(world.place, f"line:{line.name}", "", partial(settle_line, world, line, settled))
    for rule in world.index.rules_of[figure.name]:
        world.push(world.place, f"rule:{rule.name}", str(window.index), partial(on_settled, world, rule, settled))
    for reader in world.index.readers[figure.name]:
        world.push(world.place, f"figure:{reader.name}", "", partial(attempt, world, reader))


def compared(target: Target, value: object, scope: Scope) -> tuple[object, bool | None]:
    """The level of a target, and whether a value meets it; None where that is not measured."""
    level = evaluate(target.level, scope)
    if isinstance(level, NotMeasured) or isinstance(value, NotMeasured):
        return level, None
    return level, COMPARE[target.op](rounded(value, target.rounding), level)


def base_of(world: World, part: object) -> str:
    """The base of a shown part."""
    match part:
        case ex.LengthOf() | ex.TrailLength() | ex.Reading():
            return "length"
        case ex.FigureAt(figure):
            return world.index.figures[figure].kind.base
        case ex.SeriesAt(series):
            return world.index.series[series].kind.base
        case ex.Aggregate("lowest" | "highest"):
            return "text"
        case ex.Aggregate(op, value=value) if op != "count" and value is not None:
            return base_of(world, value)
        case _:
            return "number"


# ------------------------------------------------------------------------------------------- causes
def causes(world: World, figure: Figure, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What went into a figure: events and entries, of all parts of its value and levels."""
    levels = tuple(t.level for t in (figure.target, figure.minimum) if t is not None)
    events: dict[str, None] = {}
    entries: dict[str, None] = {}
    for part in parts(world, (figure.value, *levels), scope):
        match part:
            case ex.Aggregate():
                for each in kept(part, scope):
                    assert each.row is not None
                    events.update(dict.fromkeys(each.row.events))
                    entries.update(dict.fromkeys(each.row.entries))
            case ex.StateTimes(state) | ex.WindowLength(less=state) if state:
                entries.update(dict.fromkeys(overlapping(world, state, scope)))
            case ex.TrailLength(times, of=of) if of != "row":
                within = stretch(world, part, scope.window, scope.row)
                for state in (each.state for each in walk(times) if isinstance(each, ex.StateTimes)):
                    entries.update(dict.fromkeys(overlapping(world, state, scope, within)))
            case ex.FigureAt(name, shift) | ex.Standing(name, _, shift):
                assert scope.window is not None
                window = shifted(world, name, shift, scope.window)
                read = None if window is None else settled_at(world, name, window, scope.group)
                if isinstance(read, Settled):
                    entries[read.entry.name] = None
            case ex.Posted(line):
                entries.update((posting.accrued.name, None) for posting in postings_in(world, line, scope))
            case _:
                pass
    for part in looked_up((figure.value, *levels)):
        found = looked(part, scope)
        events.update(dict.fromkeys(found.refs if isinstance(found, Found) else ()))
    return tuple(events), tuple(entries)


def parts(world: World, expression: object, scope: Scope) -> Iterator[object]:
    """All parts that count: of a reading of an earlier window the first value only where there is no such window."""
    if isinstance(expression, tuple):
        for each in expression:
            yield from parts(world, each, scope)
    elif isinstance(expression, ex.FigureAt | ex.Standing):
        assert scope.window is not None
        yield expression
        if isinstance(expression.shift, ex.Back):
            name = expression.figure
            if shifted(world, name, expression.shift, scope.window) is None:
                yield from parts(world, expression.shift.first, scope)
    elif isinstance(expression, ex.TrailLength):
        yield expression
    elif has(type(expression)) and not isinstance(expression, ex.Literal):
        yield expression
        for each in attrs_fields(type(expression)):  # type: ignore[arg-type]
            yield from parts(world, getattr(expression, each.name), scope)


def overlapping(world: World, state: str, scope: Scope, within: tuple[int, int] | None = None) -> list[str]:
    """The Opened of the intervals of a state that overlap the window in scope, or a stretch of time."""
    assert scope.window is not None
    start, end = within or (scope.window.start, scope.window.end)
    return [
        i.entry.name
        for i in of_group(world, state, scope.group)
        if max(i.start, start) < min(end if i.end is None else i.end, end)
    ]
