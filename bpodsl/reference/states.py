"""States open and close, and hold in between for one value of their keys."""

from __future__ import annotations

from datetime import date
from functools import partial

from attrs import evolve

from bpodsl.record import OPEN, REST, START, STRUCTURE, TERM_END, Entry, Event, Number, texts
from bpodsl.reference.calendar_days import after, calendar_of, counted, first_reach
from bpodsl.reference.chosen import NOTHING
from bpodsl.reference.evaluate import selected
from bpodsl.reference.instances import end as end_instance
from bpodsl.reference.instances import reschedule
from bpodsl.reference.norms import open_by_state, over
from bpodsl.reference.rows import event_row, imposed_name
from bpodsl.reference.rules import await_crossing
from bpodsl.reference.state import Awaited, Fields, Interval, Source, World
from bpodsl.terms import Length, OnState, State
from bpodsl.values import LAST, LAST_DAY, TimeError

WITHDRAWN = "withdrawn before it began"


# ------------------------------------------------------------------------------------------- from one event to another
def end(world: World, state: State, event: Event) -> None:
    """An end closes what is open for its key, or what another event of this instant opens for it.

    An event that starts the state as well ends only what was open before: it starts anew.
    """
    if not selected(world, state.ends, event) or _end(world, state, event):
        return
    if not selected(world, state.starts, event):
        world.push(REST, f"state:{state.name}", event.identity, partial(end_again, world, state, event))


def end_again(world: World, state: State, event: Event) -> None:
    """REST: it is offered again."""
    if not _end(world, state, event) and not world.later(event, "end", state, None):
        _note(world, state, event, "nothing open")


def _end(world: World, state: State, event: Event) -> bool:
    key = _key(world, state, event)
    source = Source(event.ref, (event.source, event.id), event_row(world.index, event), (event.ref,))
    withdrawn = withdraw(world, state, key, source)
    interval = open_of(world, state, key)
    if interval is None or interval.by == (event.source, event.id):
        return withdrawn
    interval.end = world.now
    finish(world, interval, (event.ref,))
    return True


def start(world: World, state: State, event: Event) -> None:
    """A start opens what is closed for its key, or is notice of that."""
    if selected(world, state.starts, event):
        day = world.index.zone.day(world.now)
        starts(world, state, _of_event(world, event), _key(world, state, event), day)


# ------------------------------------------------------------------------------------------- events of a whole interval
def span(world: World, state: State, event: Event) -> None:
    """An event from … to … joins the open interval of its key, or opens one."""
    if not selected(world, state.intervals, event):
        return
    if event.ends is None or event.ends <= event.acts:
        _note(world, state, event, "nothing open")
        return
    key = _key(world, state, event)
    interval = open_of(world, state, key)
    if interval is None:
        begin(world, state, _of_event(world, event), key, event.ends)
    elif event.ref not in interval.entry.event_causes:
        join(world, interval, (event.ref,), (), event.ends)


def span_over(world: World, interval: Interval) -> None:
    """An interval of events ends now, unless others that begin now go on from here: those join it at once."""
    if interval.closed or interval.end != world.now:
        return
    state = interval.state
    for event in world.events:
        goes_on = event.acts == world.now and event.ends is not None and event.ends > world.now and event.effective
        if goes_on and _key(world, state, event) == interval.key and selected(world, state.intervals, event):
            assert event.ends is not None
            join(world, interval, (event.ref,), (), event.ends)
    if interval.end == world.now:
        finish(world, interval, interval.ending)


def join(
    world: World, interval: Interval, events: tuple[str, ...], entries: tuple[str, ...], ends: int | None
) -> None:
    """The interval gets more causes, and may end later (None: not by itself)."""
    old = interval.entry
    new = evolve(old, event_causes=(*old.event_causes, *events), entry_causes=(*old.entry_causes, *entries))
    if old.at == world.now:
        world.fresh = [new if entry is old else entry for entry in world.fresh]
        world.entries[new.name] = new
    else:
        world.change(old, new)
    interval.entry = new
    if interval.end is None or ends is None:
        interval.end, interval.ending = None, ()
    elif ends == interval.end:
        interval.ending = (*interval.ending, *events)
    elif ends > interval.end:
        interval.end, interval.ending = ends, events
        world.wake(ends)


# ------------------------------------------------------------------------------------------- in its time
def starts(world: World, state: State, source: Source, key: Fields, day: date) -> None:
    """A start on a day: the state begins, or when its notice is over."""
    if state.after is None:
        _takes_hold(world, state, source, key, day)
        return
    zone, length = world.index.zone, state.after.given(source.row.fields.get)
    at = _over(world, length, day)
    if at is not None and at <= world.now:
        _takes_hold(world, state, source, key, day)
        return
    numbers: tuple[Number, ...] = ()
    if at is not None and length is not None:
        numbers = (Number("begins", "instant", at) if length.by_clock else Number("begins", "day", zone.day(at)),)
        # The day of what begins after a last day is that day.
        day = zone.day(at if length.by_clock else at - 1)
    noticed = world.emit(
        Entry(
            "Noticed", state.name, world.now, world.place, world.level(f"state:{state.name}"), source.name,
            key=texts(key.items()), event_causes=source.events, entry_causes=source.entries, numbers=numbers,
        )
    )  # fmt: skip
    entries = (*source.entries, noticed.name)
    world.awaited.append(Awaited(state, dict(key), evolve(source, entries=entries), day, at))
    world.wake(at)


def _over(world: World, length: Length | None, day: date) -> int | None:
    """When a length is over that is counted from now, or from a day; None: never."""
    if length is None:
        return None
    if length.by_clock:
        at = first_reach(calendar_of(world.index, length), world.now, length.amount)
        return None if at is None or at >= LAST else at
    try:
        last = counted(world.index, length, day)
    except TimeError:
        return None
    return None if last is None or last > LAST_DAY else after(world.index, last)


def notice_over(world: World, awaited: Awaited) -> None:
    """START: what was awaited begins, unless it was withdrawn."""
    if awaited in world.awaited:
        world.awaited.remove(awaited)
        row = evolve(awaited.source.row, instant=world.now, early=False)
        _takes_hold(world, awaited.state, evolve(awaited.source, row=row), awaited.key, awaited.day)


def withdraw(world: World, state: State, key: Fields, source: Source) -> bool:
    """An end withdraws the notices that run for its key, but for its own; whether there were any."""
    found = [
        each for each in world.awaited
        if each.state is state and each.key == key and (each.source.event != source.event or not source.events)
    ]  # fmt: skip
    world.awaited = [each for each in world.awaited if each not in found]
    if found:
        noticed = tuple(each.source.entries[-1] for each in found)
        noted(world, state, evolve(source, entries=(*source.entries, *noticed)), key, WITHDRAWN)
    return bool(found)


def _takes_hold(world: World, state: State, source: Source, key: Fields, day: date) -> None:
    """It begins on a day, lasts longer, or stays as it was."""
    ends = None if state.lasts is None else _over(world, state.lasts.given(source.row.fields.get), day)
    interval = open_of(world, state, key)
    if interval is None and ends is not None and ends <= world.now:
        noted(world, state, source, key, "nothing open")
    elif interval is None:
        begin(world, state, source, key, ends)
    elif state.prolonged:
        join(world, interval, source.events, source.entries, ends)
    else:
        noted(world, state, source, key, "already open")


# ------------------------------------------------------------------------------------------- by consequence
def turn(world: World) -> None:
    """What consequences begin and end, when all else of this place is done: first all ends, then all beginnings."""
    turns = {each.order: each for each in world.turns.pop(world.place)}
    for order in sorted(turns):
        each = turns[order]
        state, cause = world.index.states[each.state], each.cause
        row = cause.row or NOTHING
        fields = {**row.fields, **cause.key}
        key = {name: fields[name] for name in state.by if name in fields}
        known = evolve(row, fields=fields, declared=row.declared | frozenset(cause.key), events=())
        source = Source(imposed_name(cause.entry), ("", ""), known, (), (cause.entry.name,))
        if each.begins:
            # The day of what lies before the events of a midnight is the day that is over.
            early = cause.entry.place <= TERM_END
            starts(world, state, source, key, world.index.zone.day(world.now - 1 if early else world.now))
            continue
        withdrawn, interval = withdraw(world, state, key, source), open_of(world, state, key)
        if interval is not None:
            interval.end = world.now
            finish(world, interval, (), source.entries)
        elif not withdrawn:
            noted(world, state, source, key, "nothing open")


# ------------------------------------------------------------------------------------------- both
def _of_event(world: World, event: Event) -> Source:
    row = event_row(world.index, event)
    return Source(event.ref, (event.source, event.id), evolve(row, events=()), (event.ref,))


def _key(world: World, state: State, event: Event) -> dict[str, object]:
    fields = event_row(world.index, event).fields
    return {name: fields[name] for name in state.by if name in fields}


def open_of(world: World, state: State, key: Fields) -> Interval | None:
    """The interval that is open for a key."""
    return next((i for i in world.intervals.get(state.name, ()) if not i.closed and i.key == key), None)


def begin(world: World, state: State, source: Source, key: Fields, ends: int | None) -> None:
    """An interval begins; `ends`: where it is said to end."""
    name = world.unused(f"state:{state.name}", source.name)
    opened = world.emit(
        Entry(
            "Opened", state.name, world.now, START if source.events else world.place,
            world.level(f"state:{state.name}"), name,
            key=texts(key.items()), event_causes=source.events, entry_causes=source.entries,
        )
    )  # fmt: skip
    row = evolve(source.row, entries=(opened.name,), event_order=None, instance=None)
    ending = () if ends is None else source.events
    interval = Interval(state, dict(key), world.now, name, source.event, row, opened, ends, ending=ending)
    world.intervals.setdefault(state.name, []).append(interval)
    world.wake(ends)
    for rule in world.index.lasting[state.name]:
        await_crossing(world, rule, interval, 0)
    reschedule(world, state.name)
    for norm in world.index.contract.norms:
        if norm.ends_with == state.name and not norm.survives:
            for instance in world.instances.get(norm.name, ()):
                if instance.live:
                    end_instance(world, instance, opened.name)
        if OnState(state.name) in norm.opening:
            world.push(OPEN, f"opening:{norm.name}", name, partial(open_by_state, world, norm, interval))
    world.looked_at_again(world, state.name)


def finish(world: World, interval: Interval, ending: tuple[str, ...], entries: tuple[str, ...] = ()) -> None:
    """An interval ends now."""
    interval.closed, interval.ended_last = True, world.place >= STRUCTURE
    causes = {*ending, *(ref for name in entries for ref in world.entries[name].event_causes)}
    interval.day_ended = any(e.day is not None and e.ref in causes for e in world.acting.get(world.now, ()))
    assert interval.end is not None
    opened, number = interval.entry, Number("length", "length", interval.end - interval.start)
    world.emit(
        Entry(
            "Closed", opened.clause, world.now, world.place, opened.level, opened.instance, key=opened.key,
            event_causes=ending, entry_causes=(opened.name, *entries), numbers=(number,),
        )
    )  # fmt: skip
    reschedule(world, interval.state.name)
    for norm in world.index.contract.norms:
        if OnState(interval.state.name) in norm.opening:
            node = f"decision:{norm.name}"
            world.push(OPEN, node, interval.instance, partial(over, world, norm, interval))
    world.looked_at_again(world, interval.state.name)


def noted(world: World, state: State, source: Source, key: Fields, words: str) -> None:
    """What comes to nothing, or withdraws what was to come."""
    level = world.level(f"state:{state.name}")
    world.emit(
        Entry(
            "Noted", state.name, world.now, world.place, level, source.name, "", texts(key.items()), source.events,
            source.entries, words=words,
        )
    )  # fmt: skip


def _note(world: World, state: State, event: Event, words: str) -> None:
    level, key = world.level(f"state:{state.name}"), texts(_key(world, state, event).items())
    world.emit(Entry("Noted", state.name, world.now, world.place, level, event.ref, "", key, (event.ref,), words=words))
