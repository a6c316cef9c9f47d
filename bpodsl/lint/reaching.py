"""A few events after which a measure has a value: so many cases performed in time, so many missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, Protocol

from bpodsl.bounds.told import value_told
from bpodsl.lint.by_group import Group
from bpodsl.lint.conditions import Asked, Model
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import first_shown
from bpodsl.lint.pieces import Number
from bpodsl.lint.witness import Followed, Goal, Story, more_than
from bpodsl.terms import Figure, Norm, OnEvent, Selector
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Trace
from bpodsl.values import DAY_TICKS

MOST_CASES: Final = 10
"""More cases than that nobody wants to follow."""
MOST_EVENTS: Final = 20
"""Nor more events of one kind."""

_LATER: Final = 130 * DAY_TICKS


class Reaching(Protocol):
    """A problem that names a value of a measure, and that measure."""

    @property
    def reaches(self) -> tuple[str, Number] | None: ...


def show(facts: Facts, problem: Reaching) -> Trace | None:
    """Events after which the measure that a problem names has the value that it names."""
    if problem.reaches is None:
        return None
    name, value = problem.reaches
    figure = facts.figures.get(name)
    group: Group | None = getattr(problem, "group", None)
    if figure is None or tuple(each.name for each in figure.by) != (() if group is None else (group.key,)):
        return None
    if group is not None and not isinstance(group.value, str):
        return None
    return _trace(facts, figure, Fraction(value), {} if group is None else {group.key: group.value})


_Keys = Mapping[str, object]
"""What events say of the group that they are of."""


def _trace(facts: Facts, figure: Figure, value: Fraction, keys: _Keys) -> Trace | None:
    found = _of_cases(facts, figure, value, keys)
    if found is not None or keys:
        return found
    told = ((story, story.now + _LATER) for story in of_events(facts, figure, value))
    return first_shown(told, _goal(figure, value, keys))


def _of_cases(facts: Facts, figure: Figure, value: Fraction, own: _Keys) -> Trace | None:
    """So many cases of the one duty that a share is of, performed or not."""
    norms = {part.norm for part in walk(figure.value) if isinstance(part, ex.OutcomeRows)}
    norm = facts.norms[norms.pop()] if len(norms) == 1 else None
    if norm is None or not 0 <= value <= 1 or norm.due is None or norm.due.length is None or norm.variants:
        return None
    openings = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
    # A measure may ask for some cases at least.
    for times in range(1, MOST_CASES // value.denominator + 1):
        cases = times * value.denominator
        for opening in openings[:1]:
            story = _story(facts, norm, opening, int(value * cases), cases, own)
            until = 0 if story is None else story.now + _LATER + more_than(norm.due.length)
            found = None if story is None else story.trace(_goal(figure, value, own), until)
            if found is not None:
                return found
    return None


def of_events(facts: Facts, figure: Figure, value: Fraction) -> Iterator[Story]:
    """Events of which some count where the figure counts, others do not, or one that holds the value itself."""
    rows = dict.fromkeys(
        (part.rows.event, part.where) for part in walk(figure.value)
        if isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.EventRows)
    )  # fmt: skip
    for event, where in rows:
        holds = facts.model("", Asked(where, facts.row((event,))))
        fails = None if where is None else facts.model("", Asked(ex.Not(where), facts.row((event,))))
        if holds is None:
            continue
        for others in range(MOST_CASES if fails is not None else 1):
            # Of so many others, those that count make a share; or they are counted alone.
            share = value * others / (1 - value) if value != 1 else Fraction(1)
            for many in dict.fromkeys((share, value)):
                if many.denominator == 1 and 0 <= many <= MOST_EVENTS - others and many + others > 0:
                    yield _so_many(facts, event, (holds, int(many)), (fails or {}, others))
    for part in walk(figure.value):
        match part:
            case ex.Aggregate(_, ex.EventRows(event), where, ex.FieldOf(name)):
                model = facts.model("", Asked(where, facts.row((event,))))
                if model is not None:
                    story = Story(facts)
                    story.report(event, model, "", **{name: value.numerator if value.denominator == 1 else value})
                    yield story


def _so_many(facts: Facts, event: str, *rows: tuple[Model, int]) -> Story:
    story = Story(facts)
    for model, many in rows:
        for _ in range(many):
            story.report(event, model)
            story.case += 1
    return story


def _story(facts: Facts, norm: Norm, opening: Selector, performed: int, cases: int, own: _Keys) -> Story | None:
    """So many cases, of which the first are performed at once, and the others never."""
    story = Story(facts)
    model, act = facts.model("", facts.asked(opening)), norm.acts[0] if norm.acts else None
    acting = None if act is None else facts.model("", facts.asked(act))
    keys = [field.name for field in facts.events[opening.event].fields if field.key and field.kind.base == "text"]
    if model is None or act is None or acting is None or norm.needs not in ("any", "first") or not keys:
        return None
    for number in range(1, cases + 1):
        case = {key: f"{key[:1].upper()}{number}" for key in keys}
        story.report(opening.event, model, "", **case, **own)
        if number <= performed:
            story.report(act.event, acting, **case)
    return story


def _goal(figure: Figure, value: Fraction, keys: _Keys) -> Goal:
    """That a window of the figure settles with that value."""

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        for entry in entries:
            if entry.kind != "Settled" or entry.clause != figure.name or entry.number("value") != value:
                continue
            if keys.items() <= dict(entry.key).items():
                window = f" in {entry.period}" if entry.period else ""
                of = "".join(f" for {word}" for word in keys.values())
                return entry.at, f"`{figure.name}` is {value_told(value, figure.kind)}{of}{window}."
        return None

    return goal
