"""States open and close, and hold in between for one value of their keys."""

from __future__ import annotations

from functools import partial

from attrs import evolve, frozen

from bpodsl.record import OPEN, REST, START, STRUCTURE, Entry, Event, Number, texts
from bpodsl.reference.chosen import NOTHING
from bpodsl.reference.evaluate import selected
from bpodsl.reference.instances import end as end_instance
from bpodsl.reference.instances import reschedule
from bpodsl.reference.norms import open_by_state, over
from bpodsl.reference.rows import event_row, imposed_name
from bpodsl.reference.rules import await_crossing
from bpodsl.reference.state import Fields, Identity, Interval, Row, World
from bpodsl.terms import OnState, State


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
    interval = open_of(world, state, _key(world, state, event))
    if interval is None or interval.by == (event.source, event.id):
        return False
    interval.end = world.now
    finish(world, interval, (event.ref,))
    return True


def start(world: World, state: State, event: Event) -> None:
    """A start opens what is closed for its key."""
    if not selected(world, state.starts, event):
        return
    key = _key(world, state, event)
    if open_of(world, state, key) is None:
        begin(world, state, _of_event(world, event), key, None)
    else:
        _note(world, state, event, "already open")


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
        _join(world, interval, event, event.ends)


def span_over(world: World, interval: Interval) -> None:
    """An interval of events ends now, unless others that begin now go on from here: those join it at once."""
    if interval.closed or interval.end != world.now:
        return
    state = interval.state
    for event in world.events:
        goes_on = event.acts == world.now and event.ends is not None and event.ends > world.now and event.effective
        if goes_on and _key(world, state, event) == interval.key and selected(world, state.intervals, event):
            assert event.ends is not None
            _join(world, interval, event, event.ends)
    if interval.end == world.now:
        finish(world, interval, interval.ending)


def _join(world: World, interval: Interval, event: Event, ends: int) -> None:
    """The interval gets another event as a cause, and may end later."""
    assert interval.end is not None
    old = interval.entry
    new = evolve(old, event_causes=(*old.event_causes, event.ref))
    if old.at == world.now:
        world.fresh = [new if entry is old else entry for entry in world.fresh]
        world.entries[new.name] = new
    else:
        world.change(old, new)
    interval.entry = new
    if ends == interval.end:
        interval.ending = (*interval.ending, event.ref)
    elif ends > interval.end:
        interval.end, interval.ending = ends, (event.ref,)
        world.wake(ends)


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
        interval = open_of(world, state, key)
        if each.begins and interval is None:
            known = evolve(row, fields=fields, declared=row.declared | frozenset(cause.key), events=())
            begin(world, state, Source(imposed_name(cause.entry), ("", ""), known, (), (cause.entry.name,)), key, None)
        elif interval is not None and not each.begins:
            interval.end = world.now
            finish(world, interval, (), (cause.entry.name,))
        else:
            words = "already open" if each.begins else "nothing open"
            world.emit(
                Entry(
                    "Noted", state.name, world.now, world.place, world.level(f"state:{state.name}"),
                    imposed_name(cause.entry), key=texts(key.items()), entry_causes=(cause.entry.name,), words=words,
                )
            )  # fmt: skip


# ------------------------------------------------------------------------------------------- both
@frozen
class Source:
    """What begins an interval: the name it has, the event (or none), its row and its causes."""

    name: str
    event: Identity
    row: Row
    events: tuple[str, ...]
    entries: tuple[str, ...] = ()


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


def _note(world: World, state: State, event: Event, words: str) -> None:
    level, key = world.level(f"state:{state.name}"), texts(_key(world, state, event).items())
    world.emit(Entry("Noted", state.name, world.now, world.place, level, event.ref, "", key, (event.ref,), words=words))
