"""A few events after which a measure has a value: so many cases performed in time, so many missed."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from bpodsl.lean import evolve, parts_of
from bpodsl.lint.facts import Facts
from bpodsl.lint.witness import Story, more_than
from bpodsl.terms import Figure, Norm, OnEvent, Selector
from bpodsl.terms import expressions as ex
from bpodsl.terms.edges import walk
from bpodsl.text import Problem
from bpodsl.values import DAY_TICKS

MOST_CASES: Final = 10
"""More cases than that nobody wants to follow."""

_LATER: Final = 130 * DAY_TICKS


def shown(facts: Facts, problem: Problem) -> Problem:
    """A problem that names a value of a measure (`reaches`), with events after which the measure has it, if a run of a
    few confirms it."""
    reaches = getattr(problem, "reaches", None)
    if reaches is None or facts.follow is None or "lines" not in parts_of(type(problem)):
        return problem
    name, value = reaches
    figure = facts.figures.get(name)
    lines = None if figure is None or figure.by else _lines(facts, figure, Fraction(value))
    return problem if lines is None else evolve(problem, lines=lines)  # type: ignore[call-arg]


def _lines(facts: Facts, figure: Figure, value: Fraction) -> tuple[str, ...] | None:
    norms = {part.norm for part in walk(figure.value) if isinstance(part, ex.OutcomeRows)}
    norm = facts.norms[norms.pop()] if len(norms) == 1 else None
    if norm is None or not 0 <= value <= 1 or norm.due is None or norm.due.length is None or norm.variants:
        return None
    openings = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
    # A measure may ask for some cases at least.
    for times in range(1, MOST_CASES // value.denominator + 1):
        cases = times * value.denominator
        for opening in openings[:1]:
            story = _story(facts, norm, opening, int(value * cases), cases)
            if story is not None and _has(story, figure, value):
                return story.lines
    return None


def _story(facts: Facts, norm: Norm, opening: Selector, performed: int, cases: int) -> Story | None:
    """So many cases, of which the first are performed at once, and the others never."""
    story = Story(facts)
    model, act = facts.model("", facts.asked(opening)), norm.acts[0] if norm.acts else None
    acting = None if act is None else facts.model("", facts.asked(act))
    keys = [field.name for field in facts.events[opening.event].fields if field.key and field.kind.base == "text"]
    if model is None or act is None or acting is None or norm.needs not in ("any", "first") or not keys:
        return None
    for number in range(1, cases + 1):
        case = {key: f"{key[:1].upper()}{number}" for key in keys}
        story.report(opening.event, model, **case)
        if number <= performed:
            story.report(act.event, acting, **case)
    return story


def _has(story: Story, figure: Figure, value: Fraction) -> bool:
    """Whether a window of the figure settles with that value, some time after all that is undecided then."""
    norms = [story.facts.norms[part.norm] for part in walk(figure.value) if isinstance(part, ex.OutcomeRows)]
    lengths = [norm.due.length for norm in norms if norm.due is not None and norm.due.length is not None]
    until = story.now + _LATER + max(more_than(length) for length in lengths)
    return any(
        entry.kind == "Settled" and entry.clause == figure.name and entry.number("value") == value
        for entry in story.followed(until)
    )
