"""States that are made of others: looked at wherever what they are made of may have changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from bpodsl.record import EARLY, LATE, REST, START, texts
from bpodsl.reference.answers import ANSWER
from bpodsl.reference.chosen import NOTHING
from bpodsl.reference.intervals import agrees
from bpodsl.reference.rules import crossing
from bpodsl.reference.state import LONG, NOT_LONG, Fields, Interval, Source, Taken, TakenBack, World
from bpodsl.reference.states import begin, finish, open_of
from bpodsl.terms import OnLasting, State, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import show_utc


def offer(world: World) -> None:
    """Look at every state that is made of others, once its parts have begun; and when a calendar next changes."""
    for state in world.index.contract.states:
        if state.made is not None and state.long is None and world.agreement.begun:
            world.push(START, f"state:{state.name}", "", partial(look, world, state))
            for part in walk(state.made):
                if isinstance(part, ex.CalendarTimes):
                    world.wake(world.index.calendars[part.calendar].next_change(world.now))


def changed(world: World, name: str) -> None:
    """A state has begun or ended: after START what is made of it is looked at again."""
    for state in world.index.contract.states:
        if state.long is not None:
            if name == state.long.state:
                world.push(world.place, f"state:{state.name}", "", partial(mirror, world, state, state.long))
        elif name in every_part(world, state) and world.place >= REST and world.agreement.begun:
            world.push(world.place, f"state:{state.name}", "", partial(look, world, state))


# ------------------------------------------------------------------------------------------- times that last so long
def reached(world: World, early: bool) -> None:
    """What has just lasted so long; the first such interval of those that adjoin gives it its name."""
    place = EARLY if early else LATE
    for state, long in [(each, each.long) for each in world.index.contract.states]:
        for interval in world.intervals.get(long.state, ()) if long is not None else ():
            if interval.closed:
                continue
            assert long is not None
            first = _first(world, interval)
            if _crossing(world, long, first) == (world.now, early):
                world.push(place, f"state:{state.name}", first.instance, partial(found, world, state, interval, first))


def found(world: World, state: State, interval: Interval, first: Interval) -> None:
    """It has lasted so long, and so it holds from its beginning: the outcome is made anew if that is not yet known."""
    if not interval.holds(world.now, world.place == EARLY):
        return
    known = _known(world, state, first)
    if known is None or known.until != world.now:
        raise TakenBack(Taken(f"state:{state.name}", first.instance, ANSWER, world.now, LONG))
    world.borne_out.add((known.norm, known.instance, world.now))


def hold_found(world: World) -> None:
    """What was found now to last so long, when less was known of what it is made of, may not do so after all: then the
    outcome is made anew without that, from where it began."""
    for found in world.taken.values():
        now = found.mode == LONG and found.until == world.now
        if now and (found.norm, found.instance, world.now) not in world.borne_out:
            raise TakenBack(evolve(found, mode=NOT_LONG))


def _known(world: World, state: State, first: Interval) -> Taken | None:
    """What was found of an interval, if that holds."""
    found = world.found(f"state:{state.name}", first.instance, ANSWER)
    return None if found is None or found.mode == NOT_LONG else found


def mirror(world: World, state: State, long: ex.StateTimes) -> None:
    """It begins and ends with the intervals that are found to last so long."""
    for interval in world.intervals.get(long.state, ()):
        own = open_of(world, state, interval.key)
        if interval.closed:
            if own is not None and interval.entry.name in own.entry.entry_causes:
                own.end = world.now
                finish(world, own, (), (f"{long.state}/Closed/{interval.instance}",))
            continue
        first = _first(world, interval)
        crosses = _crossing(world, long, first)
        world.wake(None if crosses is None else crosses[0])
        if crosses == (world.now, False) and interval.start == world.now:
            # What it adjoins was that long just before.
            node = f"state:{state.name}"
            world.push(LATE, node, first.instance, partial(found, world, state, interval, first))
        if own is None and _known(world, state, first) is not None:
            source = Source(interval.instance, ("", ""), interval.row, (), (interval.entry.name,))
            begin(world, state, source, interval.key, None)


def _first(world: World, interval: Interval) -> Interval:
    """The first of the intervals of its key that adjoin, up to this one."""
    for each in reversed([i for i in world.intervals[interval.state.name] if i.key == interval.key]):
        if each.closed and each.end == interval.start and each is not interval and each.start <= interval.start:
            interval = each
    return interval


def _crossing(world: World, long: ex.StateTimes, first: Interval) -> tuple[int, bool] | None:
    assert long.least is not None
    on = OnLasting(long.state, long.least, "more than" if long.more else "at least")
    return crossing(world.index, on, first.start)


# ------------------------------------------------------------------------------------------- sets of time
def look(world: World, state: State) -> None:
    """For each key that it may hold for: it begins, or it ends."""
    assert state.made is not None
    for key in _keys(world, state):
        interval, holds = open_of(world, state, key), _holds(world, state.made, key, state.by)
        if holds and interval is None:
            name = "/".join((show_utc(world.now), *(text for _, text in texts(key.items()))))
            row = evolve(NOTHING, fields=key, declared=frozenset(state.by), instant=world.now)
            begin(world, state, Source(name, ("", ""), row, (), tuple(_premises(world, state, key))), key, None)
        elif interval is not None and not holds:
            interval.end = world.now
            finish(world, interval, (), tuple(_premises(world, state, key)))


def parts(state: State) -> tuple[str, ...]:
    """The states that it is made of, in the order of the text."""
    found = (part.state for part in walk(state.made) if isinstance(part, ex.StateTimes | ex.ManyTimes))
    return tuple(dict.fromkeys(found))


def every_part(world: World, state: State) -> tuple[str, ...]:
    """The same, with the states that these are made of, and so on."""
    found = dict.fromkeys(parts(state))
    for name in parts(state):
        found.update(dict.fromkeys(every_part(world, world.index.states[name])))
    return tuple(found)


def _keys(world: World, state: State) -> list[Fields]:
    """The keys that it may hold for, in order of their texts: the values that occurred in any of its parts."""
    found: list[Fields] = [{state.by[0]: member} for member in state.members] if state.by else [{}]
    for name in every_part(world, state) if state.by else ():
        if set(state.by) <= set(world.index.states[name].by):
            for interval in world.intervals.get(name, ()):
                key = {each: interval.key[each] for each in state.by if each in interval.key}
                if key not in found:
                    found.append(key)
    return sorted(found, key=lambda key: texts(key.items()))


def _concerned(world: World, name: str, key: Fields, by: tuple[str, ...]) -> Iterator[Interval]:
    for interval in world.intervals.get(name, ()):
        if agrees(interval, key, by):
            yield interval


def _holds(world: World, times: ex.Times, key: Fields, by: tuple[str, ...]) -> bool:
    now = world.now
    match times:
        case ex.StateTimes(name):
            return any(i.holds(now, False) for i in _concerned(world, name, key, by))
        case ex.ManyTimes(name, n):
            held = [i.key for i in _concerned(world, name, key, by) if i.holds(now, False)]
            return len(held) >= n
        case ex.CalendarTimes(calendar):
            return world.index.calendars[calendar].is_open(now)
        case ex.WindowTimes():
            return True
        case ex.UnionTimes(several):
            return any(_holds(world, part, key, by) for part in several)
        case ex.BothTimes(several):
            return all(_holds(world, part, key, by) for part in several)
        case ex.LessTimes(of, without):
            return _holds(world, of, key, by) and not _holds(world, without, key, by)


def _premises(world: World, state: State, key: Fields) -> Iterator[str]:
    """What its parts are for a key: the beginnings of the intervals that hold, the ends of those that ended now."""
    for name in parts(state):
        for interval in _concerned(world, name, key, state.by):
            if interval.holds(world.now, False):
                yield interval.entry.name
            elif interval.closed and interval.end == world.now and interval.start < world.now:
                yield f"{name}/Closed/{interval.instance}"
