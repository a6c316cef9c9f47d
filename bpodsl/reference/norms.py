"""Norms: what opens their instances, and which instances an act meets."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import evolve

from bpodsl.record import BEGIN, PERFORM, REST, TERM_END, Entry, Event, Number, texts
from bpodsl.record.sides import effect, roles, sides
from bpodsl.reference.answers import answer
from bpodsl.reference.chosen import NOTHING, facts_of, regraded, terms_of, version_of
from bpodsl.reference.due import deadline
from bpodsl.reference.evaluate import evaluate, open_questions, selected
from bpodsl.reference.index import selectors
from bpodsl.reference.instances import NOBODY, between, close, count, ensue, entitled, fulfils, perform, schedule
from bpodsl.reference.intervals import holding
from bpodsl.reference.rows import event_row, imposed_name
from bpodsl.reference.scope import Scope, scope_of
from bpodsl.reference.state import (
    Cause,
    Deadline,
    Difference,
    Fields,
    Identity,
    Instance,
    Interval,
    Row,
    Taken,
    TakenBack,
    World,
    rank,
)
from bpodsl.terms import Assignment, Change, Norm, NotMeasured
from bpodsl.values import Period, Window

Pairs = tuple[tuple[str, str], ...]

OPENED = {"right": "RightOpened", "level": "Escalated"}
OVER = "after the end"
STANDS = "stands"
DIFFERENCE = "difference"
NOT_OPEN = "not open"
REFUSED = "refused on what was known when it was given"


# ------------------------------------------------------------------------------------------- openings
def open_by_event(world: World, norm: Norm, event: Event) -> None:
    """Each event on which a selector holds opens an instance."""
    row = event_row(world.index, event)
    if not selected(world, selectors(norm), event):
        conditions = [s.where for s in selectors(norm) if s.event == event.kind]
        found = [name for where in conditions for name in open_questions((where,), Scope(world, row=row))]
        if found:
            level, words = world.level(f"opening:{norm.name}"), ", ".join(dict.fromkeys(found))
            world.emit(Entry("Provisional", norm.name, world.now, world.place, level, event.ref, words=words))
        return
    origin = frozenset({(event.source, event.id)})
    _open(world, norm, Opening(event.identity, event.ref, row, (event.ref,), (), origin, scope=Scope(world, row=row)))


def open_by_period(world: World, norm: Norm, window: Window) -> None:
    for name, row in _each_member(norm, window.label):
        _open(world, norm, Opening(name, name, row, window=window))


def open_once(world: World, norm: Norm) -> None:
    for name, row in _each_member(norm, "term"):
        _open(world, norm, Opening(name, name, row))


def open_by_state(world: World, norm: Norm, interval: Interval) -> None:
    """An interval of a state opens an instance as it begins."""
    if world.agreement.begun and world.agreement.lives(norm, world.now, world.place):
        row = evolve(interval.row, entries=(), events=())
        name = interval.instance
        _open(world, norm, Opening(name, name, row, (), (interval.entry.name,), held=interval.instance))


def over(world: World, norm: Norm, interval: Interval) -> None:
    """The end of an interval performs what it opened."""
    ended = f"{interval.state.name}/Closed/{interval.instance}"
    for instance in sorted(world.instances.get(norm.name, ()), key=lambda i: i.rank):
        if instance.live and instance.held == interval.instance:
            perform(world, instance, NOBODY, (), frozenset(), (ended,))


def _each_member(norm: Norm, name: str) -> list[tuple[str, Row]]:
    """What opens without an event: the name, and the row, of each member; one without any if it has none."""
    of = norm.members
    if of is None:
        return [(name, NOTHING)]
    rows = [evolve(NOTHING, fields={of.name: value}, declared=frozenset({of.name})) for value in of.values]
    found = [(f"{name}/{value}", row) for value, row in zip(of.values, rows, strict=True)]
    return sorted(found, key=lambda each: rank(each[0]))


def impose(world: World, name: str, cause: Cause) -> None:
    """An effect opens an instance; after the end only of a norm that survives."""
    norm, entry, row = world.index.norms[name], cause.entry, cause.row or NOTHING
    if not world.agreement.lives(norm, world.now, world.place):
        return
    instance = imposed_name(entry)
    known = evolve(row, fields={**row.fields, **cause.key}, declared=row.declared | frozenset(cause.key))
    scope = scope_of(world, cause)
    of = cause.row.instance if cause.row is not None else None
    about = cause.window if of is None else of.about
    opening = Opening(instance, instance, known, (), (entry.name,), cause.origin, True, scope=scope, about=about)
    _open(world, norm, opening)


def lapse(world: World, name: str, cause: Cause) -> None:
    """An effect closes what is open of a right, for the keys that its cause has."""
    row = cause.row or NOTHING
    have, declared = {**row.fields, **cause.key}, row.declared | frozenset(cause.key)
    for instance in sorted(world.instances.get(name, ()), key=lambda i: i.rank):
        same = all(instance.key.get(n) == have.get(n) for n in instance.norm.by if n in declared)
        if instance.undecided and same and not instance.origin & cause.origin:
            close(world, instance, cause)


class Opening:
    """What opens an instance: the name it will have, the row whose fields it gets, and the causes."""

    def __init__(
        self,
        name: str,
        noted: str,
        row: Row,
        events: tuple[str, ...] = (),
        entries: tuple[str, ...] = (),
        origin: frozenset[Identity] = frozenset(),
        imposed: bool = False,
        window: Window | None = None,
        scope: Scope | None = None,
        about: Window | None = None,
        held: str = "",
    ) -> None:
        self.name, self.noted, self.row, self.events, self.entries = name, noted, row, events, entries
        self.origin, self.imposed, self.window, self.scope = origin, imposed, window, scope
        self.about = window if about is None else about
        self.held = held


def is_over(world: World, norm: Norm) -> bool:
    """Whether the state has begun with which a norm ends that does not survive."""
    return bool(norm.ends_with) and not norm.survives and bool(world.intervals.get(norm.ends_with))


def _open(world: World, norm: Norm, opening: Opening) -> None:
    key = {name: opening.row.fields[name] for name in norm.by if name in opening.row.fields}
    laid: Fields = {}
    if is_over(world, norm):
        if opening.events or opening.entries:
            _noted(world, norm, opening, key, OVER)
        return
    row = evolve(opening.row, event_order=None) if opening.imposed else opening.row
    if norm.form == "level" and row.instance is not None:
        # What has been said anew of what it follows from.
        laid = row.instance.laid
        row = evolve(row, fields={**row.fields, **laid})
    terms = terms_of(world, norm, row)
    if terms is None:
        return
    if norm.unique and not _may_open(world, norm, opening, key):
        return
    name = world.unused(norm.name, opening.name)
    kind = OPENED.get(norm.form, "Opened")
    shown = texts(key.items())
    made = Entry(
        kind, norm.name, world.now, world.place, world.level(f"opening:{norm.name}"), name,
        key=shown, event_causes=opening.events, entry_causes=opening.entries,
        words=roles(world.index.contract, terms, world.today) if kind == "Escalated" else "",
    )  # fmt: skip
    ground = world.first(made.name, world.now) if opening.imposed else world.now
    instance = Instance(
        terms, name, key, shown, world.now, world.place, ground,
        _trigger(world, opening, ground),
        opening.row.fields, opening.row.declared | frozenset(norm.by), opening.origin, opening.window, opening.about,
        made.name, grounds=opening.entries or ("",), facts=facts_of(world, terms, row),
        parent=row.instance, held=opening.held, laid=laid,
    )  # fmt: skip
    instance.deadline = deadline(world, instance)
    numbers = () if instance.deadline is None else (instance.deadline.number,)
    if norm.adds_up is not None:
        total = evaluate(norm.adds_up.total, opening.scope or Scope(world, row=opening.row))
        later: tuple[tuple[int, int | Fraction], ...] = ()
        if not isinstance(total, NotMeasured):
            total, later = world.parted(made.name, total)  # type: ignore[arg-type]
            owe(instance, total)
        instance.total = total
        numbers = (*numbers, Number("total", norm.adds_up.kind.base, instance.total))
    made = world.emit(evolve(made, numbers=(*numbers, *version_of(instance), *between(world, instance))))
    world.instances.setdefault(norm.name, []).append(instance)
    schedule(world, instance)
    ensue(world, instance, "opened", made, opening.origin)
    if norm.adds_up is not None and not isinstance(instance.total, NotMeasured) and instance.total <= 0:
        perform(world, instance, NOBODY, (), opening.origin)
    if norm.adds_up is not None:
        _differ(world, instance, later)


def _differ(world: World, of: Instance, later: tuple[tuple[int, int | Fraction], ...]) -> None:
    """What came to be owed besides opens when that was first known."""
    due = of.deadline or of.due
    last = None if due is None else due.day or world.index.zone.day(due.instant)
    days = None if last is None else (last - of.trigger).days
    for n, amount in later:
        found = Difference(
            of.norm.of_difference(days), f"{of.name}+{n}", amount, of.name, of.opened, of.key, of.texts, of.fields,
            of.declared, of.about, of.facts, of.told, of.parent,
        )  # fmt: skip
        known = world.first(f"{of.norm.name}/Opened/{found.name}", world.now)
        if known > world.now:
            world.differences.setdefault(known, []).append(found)
            world.wake(known)
        else:
            world.push(BEGIN, f"opening:{of.norm.name}", found.name, partial(open_difference, world, found))


def owe(instance: Instance, total: object) -> None:
    """A field that says what is owed says for this one what it owes, but for its terms."""
    assert instance.norm.adds_up is not None
    for name, own in instance.norm.adds_up.owing(instance.fields, total).items():
        instance.told = {name: instance.told.get(name, instance.fields[name])}
        instance.fields = {**instance.fields, name: own}


def open_difference(world: World, found: Difference) -> None:
    """A difference is a debt of its own, due from when it was known."""
    norm = found.norm
    before = world.place <= TERM_END or world.now in world.index.over
    made = Entry(
        "Opened", norm.name, world.now, world.place, world.level(f"opening:{norm.name}"), found.name, key=found.texts,
        entry_causes=(found.opened,), words=DIFFERENCE,
    )  # fmt: skip
    instance = Instance(
        norm, found.name, found.key, found.texts, world.now, world.place, world.now,
        world.index.zone.day(world.now - 1 if before else world.now), found.fields, found.declared, frozenset(), None,
        found.about, made.name, grounds=(found.opened,), facts=found.facts, told=found.told, parent=found.parent,
        differs=found.of, total=found.amount,
    )  # fmt: skip
    assert norm.adds_up is not None
    instance.deadline = deadline(world, instance)
    owe(instance, found.amount)
    dues = () if instance.deadline is None else (instance.deadline.number,)
    total = Number("total", norm.adds_up.kind.base, instance.total)
    made = world.emit(evolve(made, numbers=(*dues, total, *version_of(instance), *between(world, instance))))
    world.instances[norm.name].append(instance)
    schedule(world, instance)
    ensue(world, instance, "opened", made)


def amend(world: World, change: Change) -> None:
    """A change takes effect; where it says so, running clocks move to the new terms."""
    days = Number("effective", "day", change.effective), Number("signed", "day", change.signed)
    made = world.emit(Entry("Amended", change.name, world.now, BEGIN, world.level("agreement"), numbers=days))
    for norm in world.index.contract.norms if change.moves else ():
        for instance in sorted(world.instances.get(norm.name, ()), key=lambda i: rank(i.name)):
            fields = {**instance.fields, **instance.laid}
            row = Row(0, (), fields, instance.declared, NotMeasured("no reading"), instance=instance.parent)
            terms = terms_of(world, norm, row)
            if terms is None or instance.differs or terms is instance.norm or not instance.undecided or instance.passed:
                continue
            instance.norm, instance.facts = terms, facts_of(world, terms, row)
            schedule(world, instance)
            due = () if instance.deadline is None else (instance.deadline.number,)
            world.emit(
                Entry(
                    "Amended", norm.name, world.now, BEGIN, world.level(f"decision:{norm.name}"), instance.name,
                    key=instance.texts, entry_causes=(made.name, *instance.openings),
                    numbers=(*due, *version_of(instance)),
                )
            )  # fmt: skip


def assign(world: World, assignment: Assignment) -> None:
    """From this day on another party stands in the place of one."""
    level = world.level("agreement")
    world.emit(Entry("Amended", assignment.name, world.now, BEGIN, level, numbers=effect(assignment)))


def _trigger(world: World, opening: Opening, ground: int) -> date:
    """The day that lengths are counted from; of what follows from a midnight, the day that ended with it."""
    if opening.window is not None:
        return opening.window.first
    before = world.place <= TERM_END if ground == world.now else ground in world.index.over
    before = before and opening.imposed
    return world.index.zone.day(ground - 1 if before else ground)


def _may_open(world: World, norm: Norm, opening: Opening, key: dict[str, object]) -> bool:
    """Whether a new instance of a key may open. If not: it renews a right, reopens an instance, or is noted."""
    family = [each for each in world.index.contract.norms if norm.ladder and each.ladder == norm.ladder] or [norm]
    of_key = [i for each in family for i in world.instances.get(each.name, ()) if i.key == key and not i.differs]
    latest = max((i for i in of_key if i.norm.name == norm.name), key=lambda i: i.rank, default=None)
    if latest is not None and latest.hidden is not None:
        return _reopened(world, latest, opening, latest.hidden)
    live = next((i for i in of_key if i.live), None)
    if live is not None and norm.form == "right":
        _renew(world, live, opening)
        return False
    if live is not None:
        return _noted(world, norm, opening, key, "already open")
    if latest is None or norm.reopening in ("", "new cycle"):
        return True
    if norm.reopening == "ignore" or latest.decided != "fulfilled":
        return _noted(world, norm, opening, key, "closed")
    raise _taking(world, latest, norm.reopening)


def _noted(world: World, norm: Norm, opening: Opening, key: dict[str, object], words: str) -> bool:
    level = world.level(f"opening:{norm.name}")
    world.emit(
        Entry(
            "Noted", norm.name, world.now, world.place, level, opening.noted, key=texts(key.items()),
            event_causes=opening.events, entry_causes=opening.entries, words=words,
        )
    )  # fmt: skip
    return False


def _renew(world: World, instance: Instance, opening: Opening) -> None:
    """A right that is open gets a new ground: its time runs anew from there."""
    norm = instance.norm
    made = Entry(
        "Renewed", norm.name, world.now, world.place, world.level(f"opening:{norm.name}"),
        world.unused(norm.name, opening.name), key=instance.texts, event_causes=opening.events,
        entry_causes=opening.entries,
    )  # fmt: skip
    instance.ground = world.first(made.name, world.now) if opening.imposed else world.now
    instance.trigger = _trigger(world, opening, instance.ground)
    instance.restarted, instance.renewed, instance.renewal = True, world.now, made.name
    instance.origin |= opening.origin
    instance.grounds = (*instance.grounds, *(opening.entries or ("",)))
    schedule(world, instance)
    # Of one that is decided the time runs anew too, though nothing falls due.
    due = deadline(world, instance) if instance.decided else instance.deadline
    dues = () if due is None else (due.number,)
    world.emit(evolve(made, numbers=(*dues, *between(world, instance))))


# ------------------------------------------------------------------------------------------- taking back
def _taking(world: World, instance: Instance, mode: str) -> TakenBack:
    """The performance of an instance is taken back: the outcome must be made anew."""
    assert instance.performance is not None
    return TakenBack(Taken(instance.norm.name, instance.name, instance.performance, world.now, mode))


def _take_back(world: World, instance: Instance, taken: Taken) -> None:
    """A performance that a later opening takes back: nothing meets the instance until then, and no act counts."""
    instance.hidden = taken
    instance.met.clear()
    if taken.mode == "continue":
        instance.stands = (*instance.stands, (world.now, None))
    else:
        instance.ground, instance.restarted = taken.until, True
        instance.trigger = world.index.zone.day(taken.until)
    schedule(world, instance)


def _reopened(world: World, instance: Instance, opening: Opening, taken: Taken) -> bool:
    """What takes the performance back has come; if at another instant than was found before, that is found instead."""
    if taken.until != world.now:
        raise TakenBack(evolve(taken, until=world.now))
    instance.hidden = None
    instance.origin |= opening.origin
    instance.grounds = (*instance.grounds, *(opening.entries or ("",)))
    instance.stands = tuple((a, world.now if b is None else b) for a, b in instance.stands)
    schedule(world, instance)
    if world.index.norms[instance.norm.name].reopens_anew and instance.undecided and not instance.passed:
        regraded(world, instance, "kept", opening.row, opening.events, opening.entries)
    return False


# ------------------------------------------------------------------------------------------- acts
def act(world: World, norm: Norm, event: Event) -> None:
    """An act is offered to what was open before this place; what finds nothing is offered again later."""
    chosen = selected(world, norm.acts, event)
    if norm.form == "right":
        exercise(world, norm, event, chosen)
    elif chosen and not _meet(world, norm, event, chosen):
        world.push(REST, f"decision:{norm.name}", event.identity, partial(act_again, world, norm, event, chosen))


def exercise(world: World, norm: Norm, event: Event, chosen: list[int]) -> None:
    """An act of a right: in the form that is asked for, by who has the right, while it is open and nothing bars it.

    What was good once stays so.
    """
    why, entries = _objection(world, norm, event, chosen)
    if why == NOT_OPEN and world.later(event, "exercise", norm, chosen):
        return
    if not why and world.refused(norm.name, event.ref):
        _nothing(world, norm, event, REFUSED)
    elif not why and norm.lasting:
        _at_once(world, _candidates(world, norm, event, chosen)[0], event)
    elif not why:
        met = [instance.texts for instance in _candidates(world, norm, event, chosen)]
        _meet(world, norm, event, chosen)
        _stand(world, norm, event, NOT_OPEN, met)
    elif not _stand(world, norm, event, why, []) and (chosen or why != NOT_OPEN):
        _nothing(world, norm, event, why, entries)


def _objection(world: World, norm: Norm, event: Event, chosen: list[int]) -> tuple[str, tuple[str, ...]]:
    """Why an exercise is none, "" if it is one; and the entries that bar it."""
    named = [number for number, selector in enumerate(norm.acts) if selector.event == event.kind]
    if not _candidates(world, norm, event, named, of_anyone=True):
        return NOT_OPEN, ()
    if not _candidates(world, norm, event, chosen, of_anyone=True):
        return "not as the right asks", ()
    if not _candidates(world, norm, event, chosen):
        return f"not for {event.reporter} to do", ()
    bars = holding(world, norm.barred_during, event_row(world.index, event))
    names = ", ".join(dict.fromkeys(bar.state.name for bar in bars))
    return f"barred while {names}" if bars else "", tuple(dict.fromkeys(bar.entry.name for bar in bars))


def _stand(world: World, norm: Norm, event: Event, why: str, met: list[Pairs]) -> bool:
    """Whether exercises stand that were posted before, though what is known now makes no exercise of them."""
    if not norm.stands:
        return False
    stand = [(base, key) for base, key in world.exercised(norm.name, event.ref) if key not in met]
    for base, key in stand:
        _stands(world, norm, event, base, key, why)
    return bool(stand)


def _stands(world: World, norm: Norm, event: Event, base: str, shown: Pairs, why: str) -> None:
    fields = dict(shown) | world.index.fields(event)
    key = {name: fields[name] for name in norm.by if name in fields}
    row = evolve(NOTHING, fields=key, declared=frozenset(norm.by))
    terms = terms_of(world, norm, row) or evolve(norm, variants=())
    name = world.unused(norm.name, base)
    entry = world.emit(
        Entry(
            "Exercised", norm.name, world.now, world.place, world.level(f"decision:{norm.name}"), name, key=shown,
            event_causes=(event.ref,), numbers=sides(world.index.contract, terms, world.today, world.today),
            words=STANDS,
        )
    )  # fmt: skip
    world.emit(evolve(entry, kind="BasisWithdrawn", entry_causes=(entry.name,), numbers=(), words=why))
    origin = frozenset({(event.source, event.id)})
    instance = Instance(
        terms, name, key, shown, world.now, world.place, world.now, world.index.zone.day(world.now),
        key, frozenset(norm.by), origin, live=False, decided="fulfilled", decision=entry, performed=world.now,
        performance=(event.source, event.id), performed_place=world.place,
    )  # fmt: skip
    world.instances.setdefault(norm.name, []).append(instance)
    answer(world, instance, (event.source, event.id))
    ensue(world, instance, "fulfilled", entry, origin)


def _at_once(world: World, standing: Instance, event: Event) -> None:
    """An exercise of a right that lasts is an instance of its own."""
    terms, row = standing.norm, event_row(world.index, event)
    identity = frozenset({(event.source, event.id)})
    instance = Instance(
        terms, event.ref, standing.key, standing.texts, world.now, world.place, world.now, world.today, row.fields,
        row.declared, identity, live=False, decided="fulfilled", due=Deadline(world.now, False),
        performed=world.now, performed_place=world.place,
    )  # fmt: skip
    entry = instance.decision = world.emit(
        Entry(
            "Exercised", terms.name, world.now, world.place, world.level(f"decision:{terms.name}"), event.ref,
            key=standing.texts, event_causes=(event.ref,), entry_causes=standing.openings,
            numbers=between(world, instance),
        )
    )  # fmt: skip
    world.instances[terms.name].append(instance)
    ensue(world, instance, "fulfilled", entry, identity)


def act_again(world: World, norm: Norm, event: Event, chosen: list[int]) -> None:
    if not _meet(world, norm, event, chosen) and not world.later(event, "act", norm, chosen):
        others = _candidates(world, norm, event, chosen, of_anyone=True)
        _nothing(world, norm, event, f"not for {event.reporter} to do" if others else "nothing open")


def _nothing(world: World, norm: Norm, event: Event, words: str, entries: tuple[str, ...] = ()) -> None:
    fields, declared = world.index.fields(event), world.index.declared(event)
    key = texts((name, fields[name]) for name in norm.by if name in declared and name in fields)
    level = world.level(f"decision:{norm.name}")
    causes = (event.ref,)
    world.emit(
        Entry("Noted", norm.name, world.now, world.place, level, event.ref, "", key, causes, entries, words=words)
    )


def _meet(world: World, norm: Norm, event: Event, chosen: list[int]) -> bool:
    """Whether an act meets instances; those it meets may be performed by it."""
    found = _candidates(world, norm, event, chosen)
    if norm.adds_up is not None:
        _count(world, norm, event, found)
        return bool(found)
    for instance in found:
        _met(world, instance, event, chosen)
    return bool(found)


def _own(norm: Norm, terms: Norm, chosen: list[int]) -> list[int]:
    """Of some acts of a norm, by number, those that perform an instance under these terms."""
    return [number for number in chosen if terms is norm or norm.acts[number] in terms.acts]


def _candidates(
    world: World, norm: Norm, event: Event, chosen: list[int], of_anyone: bool = False
) -> list[Instance]:
    """The instances that an act meets; of a right, and of what is personal, those that are its reporter's."""
    identity = event.source, event.id
    row = event_row(world.index, event)
    fields, declared = row.fields, row.declared
    found = [i for i in world.instances.get(norm.name, ()) if i.live and i.hidden is None and identity not in i.origin]
    if world.place == PERFORM:
        found = [i for i in found if i.at < world.now or i.place < PERFORM]
    if norm.matching == "period":
        period = fields.get(norm.period_field)
        label = period.label if isinstance(period, Period) else str(period)
        found = [i for i in found if i.about is not None and i.about.label == label]
    if norm.matching != "all":
        names = [name for name in norm.by if name in declared]
        found = [i for i in found if all(i.key.get(name) == fields.get(name) for name in names)]
    found = [i for i in found if _own(norm, i.norm, chosen)]
    if (norm.personal or norm.form == "right") and not of_anyone:
        found = [i for i in found if entitled(world, i, i.norm.bearer, event)]
    found.sort(key=lambda i: i.rank)
    return found[:1] if norm.matching == "oldest" and norm.adds_up is None else found


def _count(world: World, norm: Norm, event: Event, found: list[Instance]) -> None:
    """An act that pays a part: with "oldest" what one instance leaves over goes to the next."""
    assert norm.adds_up is not None
    amount = evaluate(norm.adds_up.value, Scope(world, row=event_row(world.index, event)))
    if not isinstance(amount, int | Fraction) or not found:
        return
    joined = world.index.sharing.get(norm.name, ())
    taken = _taken(world, joined, event)
    if taken != 0 and (amount - taken) * amount <= 0:
        return
    # With "oldest", or what is shared, what one leaves over goes to the next; else to the differences of its debt only.
    over: dict[str, Any] = {}
    for instance in found:
        family = "" if norm.matching == "oldest" or joined else instance.differs or instance.name
        left = over.get(family, amount - taken)
        if family not in over or left != 0:
            over[family] = count(world, instance, (event.source, event.id), event.ref, left)
    if joined and norm.name not in world.index.followed and world.place < REST:
        # Others may take of it yet, that open in this instant.
        world.push(REST, f"decision:{norm.name}", event.identity, partial(_over, world, norm, event, amount, joined))
    elif joined and norm.name not in world.index.followed:
        _over(world, norm, event, amount, joined)
    elif not joined and any(over.values()):
        _nothing(world, norm, event, "more than is owed")


def _taken(world: World, joined: tuple[str, ...], event: Event) -> int | Fraction:
    """What the parts of norms have taken of an act so far."""
    instances = (instance for name in joined for instance in world.instances.get(name, ()))
    return sum(part for instance in instances for _, part, ref in instance.parts if ref == event.ref)


def _over(world: World, norm: Norm, event: Event, amount: int | Fraction, joined: tuple[str, ...]) -> None:
    """Of an act that norms share, what none of them has taken."""
    if amount > _taken(world, joined, event):
        _nothing(world, norm, event, "more than is owed")


def _met(world: World, instance: Instance, event: Event, chosen: list[int]) -> None:
    norm, identity = instance.norm, (event.source, event.id)
    taken = world.found(norm.name, instance.name, identity)
    if taken is not None and taken.mode == "last":
        return
    if instance.performance is not None:
        raise _taking(world, instance, "last")
    refs: tuple[str, ...] = (event.ref,)
    if norm.needs == "all":
        every = world.index.norms[norm.name]
        for number in chosen:
            instance.met.setdefault(number, event.ref)
        met = [instance.met[number] for number in _own(every, norm, list(instance.met))]
        if len(met) < len(norm.acts):
            return
        refs = tuple(dict.fromkeys(met))
    if taken is not None and fulfils(world, instance):
        _take_back(world, instance, taken)
    else:
        perform(world, instance, identity, refs)


def prohibited(world: World, norm: Norm, event: Event) -> None:
    """An act that must not be: an instance, missed at once, unless it is excused."""
    chosen = selected(world, norm.acts, event)
    if not chosen:
        return
    if is_over(world, norm):
        _nothing(world, norm, event, OVER)
        return
    row, kind = event_row(world.index, event), world.index.kinds.get(event.kind)
    key = {name: row.fields[name] for name in (kind.keys if kind else ()) if name in row.fields}
    terms = terms_of(world, norm, row)
    if terms is None or not _own(norm, terms, chosen):
        return
    excusing = holding(world, (*terms.excused_during, *terms.suspended_during), row)
    entry = world.emit(
        Entry(
            "Excused" if excusing else "Missed", norm.name, world.now, world.place,
            world.level(f"decision:{norm.name}"), event.ref, key=texts(key.items()), event_causes=(event.ref,),
            entry_causes=tuple(dict.fromkeys(i.entry.name for i in excusing)),
            numbers=sides(world.index.contract, terms, world.today, world.today),
        )
    )  # fmt: skip
    identity = frozenset({(event.source, event.id)})
    instance = Instance(
        terms, event.ref, key, texts(key.items()), world.now, world.place, world.now, world.index.zone.day(world.now),
        row.fields, row.declared, identity, live=False, decided=entry.kind.lower(), decision=entry,
        due=Deadline(world.now, False), performed=world.now, performed_place=world.place,
    )  # fmt: skip
    world.instances.setdefault(norm.name, []).append(instance)
    ensue(world, instance, instance.decided, entry, identity)
