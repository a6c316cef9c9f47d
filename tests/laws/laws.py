"""The laws. Each takes a drawn case and dice, and says what of it is broken, "" if nothing is, None where the law says
nothing of such a case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from random import Random
from typing import Final

from attrs import evolve

from bpodsl.pipeline import evaluate_worlds
from bpodsl.record import Ledger, Posted
from bpodsl.record.event import ends_of_times
from bpodsl.report.formats import ledger_lines
from bpodsl.store import Feed, read_events
from bpodsl.terms import Contract
from bpodsl.values import Zone
from tests.campaign.cases import Case
from tests.campaign.compare import related
from tests.campaign.lines import lines_of
from tests.laws.asking import Same, ledger, mapped, parted, plain, shown
from tests.laws.forms import as_cells, as_columns, flat
from tests.laws.worth import caps_bind, larger_sums, may_be_capped, quarters_are_months, weeks_later

Law = Callable[[Case, Random], str | None]


def read(case: Case, *files: Sequence[str]) -> str:
    """The ledger of some files, as it is written. It is planned anew each time, as a command does."""
    return read_from(case, [Feed(f"{n}.jsonl", BytesIO("".join(file).encode())) for n, file in enumerate(files)])


def read_from(case: Case, feeds: Sequence[Feed]) -> str:
    """The same of streams."""
    taken = read_events(case.contract, feeds, case.until)
    ledgers = evaluate_worlds(case.contract, taken.worlds, case.until)
    return "".join(
        text for world, found in ledgers for text in ledger_lines(case.contract, found.posted, world)
    )


def plainly(case: Case) -> str:
    """The ledger of one file in its order: read once for all laws that hold another reading against it."""
    return _plainly(Same(case))


@lru_cache(maxsize=1)
def _plainly(case: Same) -> str:
    return read(case.what, lines_of(case.what))


# ---------------------------------------------------------------------------------------------- files and lines
def order_and_repetition(case: Case, dice: Random) -> str | None:
    """In what order lines come, and whether some come twice, changes nothing."""
    lines = lines_of(case)
    mixed = lines + dice.sample(lines, min(3, len(lines)))
    dice.shuffle(mixed)
    return parted(plainly(case), read(case, mixed), "in another order, with repetitions")


def splitting_of_files(case: Case, dice: Random) -> str | None:
    """How lines are dealt out to files changes nothing."""
    lines = lines_of(case)
    files: list[list[str]] = [[], [], []]
    for each in lines:
        dice.choice(files).append(each)
    return parted(plainly(case), read(case, *files), "in three files")


def form_of_files(case: Case, dice: Random) -> str | None:
    """Whether events come as lines of JSON, as CSV or as Parquet changes nothing."""
    lines = lines_of(case)
    rows = flat(lines)
    if not rows:
        return None
    cells, columns = (
        read_from(case, [Feed(f"0.{form}", BytesIO(data))])
        for form, data in (("csv", as_cells(rows)), ("parquet", as_columns(rows, dice)))
    )
    ours = plainly(case)
    return parted(ours, cells, "as CSV") or parted(ours, columns, "as Parquet")


def others_events(case: Case, dice: Random) -> str | None:
    """Events of another agreement change nothing."""
    lines = lines_of(case)
    foreign = [each.replace("{", '{"subject": "another", ', 1) for each in dice.sample(lines, min(4, len(lines)))]
    mixed = [*lines, *foreign]
    dice.shuffle(mixed)
    return parted(plainly(case), read(case, mixed), "with events of another agreement")


# ---------------------------------------------------------------------------------------------- what is known when
def known_so_far(case: Case, dice: Random) -> str | None:
    """What a ledger says as known at an instant is what a run up to that instant says."""
    instants = sorted({e.known for e in case.events if e.known < case.until})
    if not instants:
        return None
    then = dice.choice(instants) + dice.choice((0, 1))
    if then >= case.until:
        return None
    whole = plain(case)
    upto = ledger(case.contract, [e for e in case.events if e.known < then], then)
    # Time is known up to the instant itself, which is not of it: of that instant, what lies before its events.
    told = [p for p in whole if p.known < then or (p.known == then and p.half == 0)]
    return parted(shown(told), shown(list(upto)), "as known then")


def replaced_once(case: Case, _: Random) -> str | None:
    """Each posting is taken back or replaced once at the most, by one that names it; a reversal is its negative."""
    found: dict[str, Posted] = {}
    gone: Counter[str] = Counter()
    for posted in plain(case):
        if posted.replaces:
            # What is issued anew names what it stands for too, which is reversed beside it.
            gone[posted.replaces] += posted.act != "Reissued"
            before = found.get(posted.replaces)
            if before is None:
                return f"{posted.id} replaces {posted.replaces}, which was never posted"
            if posted.act == "Reversed":
                amounts = [_money(each) for each in (before, posted)]
                if None not in amounts and amounts[0] + amounts[1] != 0:  # type: ignore[operator]
                    return f"{posted.id} takes back {amounts[1]} of {amounts[0]}"
        found.setdefault(posted.id, posted)
    twice = [name for name, times in gone.items() if times > 1]
    return f"replaced more than once: {twice[0]}" if twice else "" if gone else None


def _money(posted: Posted) -> Fraction | None:
    value = posted.entry.number("amount")
    return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def _alone(case: Case) -> list[int]:
    """Places of events that no other one speaks of, and that are told once."""
    times = Counter((e.source, e.id) for e in case.events)
    speaks = {kind.name for kind in case.contract.events if kind.relates is not None}
    if any(e.kind in speaks for e in case.events):
        return []
    return [n for n, e in enumerate(case.events) if times[e.source, e.id] == 1 and not e.rev]


def taken_back_at_once(case: Case, dice: Random) -> str | None:
    """What is retracted as soon as it is known was never sent, but that its instant is one at which something was told:
    it belongs to the day before only where nothing but times in days that are over becomes known (`ends_of_times`)."""
    alone = _alone(case)
    if not alone:
        return None
    gone = set(dice.sample(alone, min(2, len(alone))))
    kept = [e for n, e in enumerate(case.events) if n not in gone]
    if ends_of_times(related(case.contract, kept, case.until)) & {case.events[n].known for n in gone}:
        return None
    back = [evolve(case.events[n], rev=1, retracts=True) for n in sorted(gone)]
    return parted(
        shown(list(ledger(case.contract, kept, case.until))),
        shown(list(ledger(case.contract, [*case.events, *back], case.until))), "retracted as soon as it was known",
    )  # fmt: skip


def _named_by_none(case: Case) -> list[int]:
    """Of these, those that no answer can concern: which event it concerns is found when it comes, and stands."""
    asked = {question.event for question in case.contract.questions}
    return [n for n in _alone(case) if case.events[n].kind not in asked]


def _outcome(found: Ledger) -> str:
    """What stands at the end, without since when that is known, and which telling of an event it is.

    Nor at which place of its instant: what is the same but for that is not restated, and keeps its first one.
    """
    said = "\n".join(sorted(
        f"{e.name} {e.at} {e.level} {[(n.name, n.text) for n in e.numbers]} {e.event_causes} "
        f"{e.entry_causes} {e.words}" for e in found.outcome
    ))  # fmt: skip
    return re.sub(r"@\d+", "", said)


def _remembers(case: Case, *ledgers: Ledger) -> bool:
    """Whether something stands by what was known before: rights used or refused, records that were closed, totals that
    are owed in the parts in which they came to be known."""
    if case.contract.closings or case.contract.assignments or case.contract.changes:
        return True
    kinds = {p.entry.kind for each in ledgers for p in each}
    flags = any("hindsight" in p.entry.words or p.entry.words == "difference" for each in ledgers for p in each)
    return bool(kinds & {"Exercised", "Refused"}) or flags


@contextmanager
def forgetful() -> Iterator[None]:
    """No time runs from when something first became known: that is what was known then, and stays so (rule 26)."""
    from bpodsl.engine.world import World

    remembers = World.first_known
    World.first_known = lambda self, name, at=None: self.now if at is None else at  # type: ignore[method-assign]
    try:
        yield
    finally:
        World.first_known = remembers  # type: ignore[method-assign]


def taken_back_later(case: Case, dice: Random) -> str | None:
    """What is retracted later was never sent, as far as nothing was done on the ground of it meanwhile."""
    alone = [n for n in _named_by_none(case) if case.events[n].known + 1 < case.until]
    if not alone:
        return None
    at = dice.choice(alone)
    kept = [e for n, e in enumerate(case.events) if n != at]
    event = case.events[at]
    back = evolve(event, rev=1, retracts=True, known=dice.randrange(event.known + 1, case.until))
    with forgetful():
        without, taken = (ledger(case.contract, each, case.until) for each in (kept, [*case.events, back]))
    if _remembers(case, without, taken):
        return None
    return parted(_outcome(without), _outcome(taken), f"{event.source}/{event.id} retracted later")


def told_wrongly_first(case: Case, dice: Random) -> str | None:
    """What was told wrongly first, and is corrected, leaves what stands at the end as if it had been told right."""
    # What an answer concerned is as it was answered by then, and it is not too late when it concerns another.
    answers = {each.event for question in case.contract.questions for each in question.answers}
    answers |= {question.claimed for question in case.contract.questions}
    alone = [
        n for n in _named_by_none(case)
        if case.events[n].known + 1 < case.until and case.events[n].kind not in answers
    ]  # fmt: skip
    pairs = [(n, m) for n in alone for m in alone if n != m and case.events[n].kind == case.events[m].kind]
    if not pairs:
        return None
    at, other = dice.choice(pairs)
    right, false = case.events[at], case.events[other]
    wrong = evolve(right, fields=false.fields, time=false.time, day=false.day, known=max(right.known, false.time))
    late = evolve(right, rev=1, known=dice.randrange(wrong.known, max(case.until, wrong.known + 1)))
    if late.known >= case.until:
        return None
    rest = [e for n, e in enumerate(case.events) if n != at]
    with forgetful():
        told, mended = (ledger(case.contract, [*rest, *each], case.until) for each in ((late,), (wrong, late)))
    if _remembers(case, told, mended):
        return None
    return parted(_outcome(told), _outcome(mended), f"{right.source}/{right.id} told wrongly first")


def before_a_change(case: Case, _: Random) -> str | None:
    """A change alters nothing of what was said before it was signed and before it began."""
    if not case.contract.changes:
        return None
    zone = Zone.load(case.contract.zone)
    first = min(zone.start_of(min(each.effective, each.signed)) for each in case.contract.changes)
    if first >= case.until:
        return None
    # A change that nobody knows of yet begins after all that is told.
    never = date(2190, 1, 1)
    unchanged = evolve(case.contract, changes=tuple(
        evolve(each, effective=never, signed=never) for each in case.contract.changes
    ))  # fmt: skip
    both = (plain(case), ledger(unchanged, case.events, case.until))
    told = [[p for p in each if p.known < first] for each in both]
    return parted(shown(told[1]), shown(told[0]), "before the change") if told[1] else None


# ---------------------------------------------------------------------------------------------- names and order
SHUFFLED: Final = ("calendars", "events", "states", "norms", "figures", "rules", "questions", "ladders", "series")


def order_of_clauses(case: Case, dice: Random) -> str | None:
    """In what order clauses stand changes nothing."""
    stand = {name: getattr(case.contract, name) for name in SHUFFLED}
    other = evolve(case.contract, **{name: tuple(dice.sample(each, len(each))) for name, each in stand.items()})
    mixed = ledger(other, case.events, case.until)
    return parted(shown(list(plain(case))), shown(list(mixed)), "with clauses in another order")


NAMED: Final = ("states", "norms", "ladders", "figures", "lines", "accounts", "rules", "series", "changes",
                "assignments")  # fmt: skip


def renaming(case: Case, _: Random) -> str | None:
    """Other names of clauses, in the same order, give the same ledger with those names in it, but for the order of
    what only names tell apart: of sums of one instant, say, that are told apart by the clause that led to each."""
    names = {each.name for group in NAMED for each in getattr(case.contract, group)}
    # The agreement bears its own among them, and keeps its place.
    among = [case.contract.name, *sorted(names, reverse=True)]
    other = {each.name for each in case.contract.events} | {f.name for e in case.contract.events for f in e.fields}
    other |= {value for event in case.events for value in event.fields.values() if isinstance(value, str)}
    if len(among) == 1 or other & names:
        return None
    whole = re.compile(rf"\b({'|'.join(map(re.escape, among))})\b")

    def new(text: str) -> str:
        return whole.sub(r"q\1", text)

    if any(new(each) != each for each in other):
        return None
    renamed = mapped(case.contract, lambda each: new(each) if isinstance(each, str) else each)
    both = list(plain(case)), list(ledger(renamed, case.events, case.until))
    drawn, said = new(shown(both[0])).splitlines(), shown(both[1]).splitlines()
    order, other_order = ("\n".join(f"{p.known} {p.entry.at} {p.entry.place}" for p in each) for each in both)
    return (
        parted("\n".join(sorted(drawn)), "\n".join(sorted(said)), "with other names")
        or parted(order, other_order, "in another order with other names")
    )  # fmt: skip


CONCERNS: Final[dict[str, Callable[[Contract], bool]]] = {
    "before_a_change": lambda contract: bool(contract.changes),
    "caps_bind": may_be_capped,
}
"""Which agreements a law says something of, where these are few and an agreement tells by itself."""

LAWS: Final[dict[str, Law]] = {
    law.__name__: law
    for law in (
        order_and_repetition, splitting_of_files, form_of_files, others_events, known_so_far, replaced_once,
        taken_back_at_once, taken_back_later, told_wrongly_first, before_a_change, order_of_clauses, renaming,
        weeks_later, larger_sums, caps_bind, quarters_are_months,
    )
}  # fmt: skip
