"""Small histories of an agreement, one after the other: nothing happens, all goes well, all goes badly."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Final

from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.witness import Followed, Goal, Story, more_than
from bpodsl.terms import Accrue, Kind, Line, Norm, NotMeasured, OnOutcome, OnSettled, Rule
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Trace
from bpodsl.values import DAY_TICKS, HOUR, Grid, Window, add_days, windows

MOST_CASES: Final = 14
"""More cases than that nobody wants to follow."""
_AMOUNTS: Final = (1, 1000)
_CASES: Final = (1, 6)
"""How many cases there are in a window: a measure may ask for several."""
Number = int | Fraction

SETTLED: Final = 40 * DAY_TICKS
"""By then what is decided in a window has settled, as a rule."""
MONTH: Final = Grid("month")


@frozen
class Causes:
    """What leads to some figures and sums: duties, rows of events that are counted, and outcomes that cost."""

    norms: tuple[str, ...] = ()
    rows: tuple[tuple[str, ex.Expression | None], ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()


def causes(facts: Facts, figures: Iterable[str], lines: Iterable[Line] = ()) -> Causes:
    """What figures and lines rest on, by way of whatever figures."""
    norms: dict[str, None] = {}
    rows: dict[tuple[str, ex.Expression | None], None] = {}
    outcomes: dict[tuple[str, str], None] = {}
    own = list(lines)
    waiting = [*figures, *(line.figure for line in own if line.figure)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in facts.figures:
            continue
        seen.add(name)
        for part in walk(facts.figures[name].value):
            match part:
                case ex.OutcomeRows(norm) | ex.StandingRows(norm):
                    norms.setdefault(norm)
                case ex.Aggregate(_, ex.EventRows(event), where):
                    rows.setdefault((event, where))
                case ex.FigureAt(other) | ex.Standing(other) | ex.FigureRows(other):
                    waiting.append(other)
    names = {line.name for line in own}
    for each in facts.contract.norms:
        for outcome, effect in each.consequences:
            if isinstance(effect, Accrue) and effect.line in names:
                outcomes.setdefault((each.name, outcome))
    for rule in facts.contract.rules:
        if isinstance(rule.on, OnOutcome) and any(isinstance(e, Accrue) and e.line in names for e in rule.then):
            outcomes.setdefault((rule.on.norm, rule.on.outcome))
    # Of a share, the rows that count say what the others are.
    asked = {event for event, where in rows if where is not None}
    kept = tuple((event, where) for event, where in rows if where is not None or event not in asked)
    return Causes(tuple(norms), kept, tuple(outcomes))


def whole_windows(facts: Facts, grid: Grid) -> Iterator[Window]:
    """The windows of a grid that the term does not cut, as far as they are known without events."""
    if grid.waits or grid.unit == "term":
        return
    first, last = facts.contract.term.effective, facts.contract.term.last
    end = add_days(last, 1) if last else add_days(first, 1200)
    for window in windows(grid, Story(facts).zone, first, end):
        if window.whole and window.first >= facts.since:
            yield window


def histories(facts: Facts, of: Causes, each: Grid, over: Grid | None = None) -> Iterator[tuple[Story, int]]:
    """Histories that go on for the first whole window of `over`, told anew in each window of `each` that lies in it;
    each with the instant until which it is known. First the one in which nothing is reported."""
    outer = next(whole_windows(facts, over or each), None)
    if outer is None:
        return
    inner = [own for own in whole_windows(facts, each) if outer.start <= own.start and own.end <= outer.end]
    until = outer.end + SETTLED
    yield Story(facts), until
    for cases, amount, tell in product(_CASES, _AMOUNTS, (_badly, _well)):
        if cases * len(inner) <= MOST_CASES:
            story = _told(facts, of, inner, tell, amount, cases)
            if story is not None:
                yield story, max(until, story.now + SETTLED)


def first_shown(stories: Iterable[tuple[Story, int]], goal: Goal) -> Trace | None:
    """The events of the first history of which a run shows what is looked for."""
    return next((found for story, until in stories if (found := story.trace(goal, until)) is not None), None)


def _told(
    facts: Facts, of: Causes, own: Iterable[Window], tell: Callable[[Story, Causes], None], amount: int, cases: int
) -> Story | None:
    story = Story(facts)
    story.amount = amount
    for window in own:
        story.now = max(story.now, story.zone.at(min(add_days(window.first, 1), window.last), 9 * HOUR))
        for _ in range(cases):
            tell(story, of)
            story.case += 1
    return story if story.events else None


def _badly(story: Story, of: Causes) -> None:
    """One case of each duty that nobody performs, and one event of each kind that does not count where it should."""
    for name in of.norms:
        story.open(story.facts.norms[name])
    for event, where in of.rows:
        _event(story, event, None if where is None else ex.Not(where))
    for name, outcome in of.outcomes:
        story.come_out(name, outcome)


def _well(story: Story, of: Causes) -> None:
    """One case of each duty, performed at once, and one event of each kind that counts."""
    for norm in (story.facts.norms[name] for name in of.norms):
        if story.open(norm):
            for act in norm.acts if norm.needs == "all" else norm.acts[:1]:
                _event(story, act.event, act.where, **story.period(norm, story.facts.events[act.event]))
    for event, where in of.rows:
        _event(story, event, where)
    for name, _ in of.outcomes:
        story.come_out(name, "fulfilled")


def _event(story: Story, event: str, where: ex.Expression | None, **fields: object) -> None:
    model = story.facts.model("", Asked(where, story.facts.row((event,))))
    if model is not None:
        story.report(event, model, "", **fields)


def grounds(facts: Facts, right: Norm) -> Iterator[Story]:
    """Histories after which a right may stand open: its ground as an event or outcome; or windows of a measure, well or
    badly, as many as a trigger asks for."""
    story = Story(facts)
    if story.open(right):
        yield story
    for rule in facts.imposing.get(right.name, ([], []))[0]:
        yield from _of_windows(facts, rule)


def _of_windows(facts: Facts, rule: Rule) -> Iterator[Story]:
    if not isinstance(rule.on, OnSettled):
        return
    grid = facts.figures[rule.on.figure].grid
    of = causes(facts, (rule.on.figure,))
    many = 1 if rule.recurrence is None else rule.recurrence.n
    own = [each for each, _ in zip(whole_windows(facts, grid), range(min(many, MOST_CASES)), strict=False)]
    for tell in (_badly, _well):
        story = _told(facts, of, own, tell, 1, 1)
        if story is not None and own:
            story.now = max(story.now, own[-1].end)
            yield story


def opened(story: Story, right: Norm, after: Norm | None = None) -> int | None:
    """When a right opens in a history that goes on, perhaps after another norm has come out; None if it does not."""
    length = None if after is None or after.due is None else after.due.length
    until = story.now + SETTLED + (0 if length is None else more_than(length))
    return next((e.at for e in story.followed(until) if e.kind == "RightOpened" and e.clause == right.name), None)


# ------------------------------------------------------------------------------------ what is found
def accrued(entries: Sequence[Followed], lines: Container[str], window: Window) -> list[Followed]:
    """What came to be owed on some lines in a window."""
    return [
        entry for entry in entries
        if entry.kind == "Accrued" and entry.clause in lines and window.start < entry.at <= window.end
    ]  # fmt: skip


def sum_of(entry: Followed) -> int | Fraction:
    """The sum of an entry, or a part of it, that is owed."""
    amount = entry.number("amount")
    assert isinstance(amount, int | Fraction)
    return amount


def unmeasured(entries: Sequence[Followed], name: str) -> Iterator[Followed]:
    """The windows of a figure that settle without a value."""
    for entry in entries:
        if entry.kind == "Settled" and entry.clause == name and isinstance(entry.number("value"), NotMeasured):
            yield entry


def with_the_last(
    story: Story, name: str, until: int, differs: Callable[[Number, Number], bool], kind: Kind | None
) -> Trace | None:
    """The events of a story, if a figure with a value comes out so that with the last event, and without it, differs
    as is asked."""
    before = Story(story.facts)
    before.events, before.now = story.events[:-1], story.now
    others = {entry.period: entry.number("value") for entry in before.followed(until) if _settles(entry, name)}

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        for entry in entries:
            value, other = entry.number("value"), others.get(entry.period)
            if not _settles(entry, name):
                continue
            if isinstance(value, int | Fraction) and isinstance(other, int | Fraction) and differs(value, other):
                told = value_told(value, kind), value_told(other, kind)
                return entry.at, f"`{name}` is {told[0]} in {entry.period}, and without the last event {told[1]}."
        return None

    return story.trace(goal, until)


def _settles(entry: Followed, name: str) -> bool:
    return entry.kind == "Settled" and entry.clause == name


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as in a sentence."""
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} and {last}" if others else last
