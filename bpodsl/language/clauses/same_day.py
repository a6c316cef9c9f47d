"""Changes that put different terms in one place on one day."""

from __future__ import annotations

from collections.abc import Sequence

from bpodsl.language import ast
from bpodsl.language.clauses.sorts import sort_of
from bpodsl.language.context import Context
from bpodsl.language.problems_of_change import ReplacedAtOnce, TwoChanges
from bpodsl.lean import frozen
from bpodsl.terms import Change
from bpodsl.text import Span

_IN_ADDITION = (ast.ClosedHolidays, ast.ClosedDays, ast.ClosedPart, ast.OpenDay)
"""Lines of a calendar of which none takes the place of another."""


@frozen
class Said:
    """What a change says of a clause, or of a defined word: new lines, or (None) that it holds no longer."""

    name: str
    change: Change
    lines: tuple[ast.Node, ...] | None
    span: Span


def report_same_day(ctx: Context, said: Sequence[Said]) -> None:
    """Report, of what changes say of one name for one day, what takes each other's place."""
    together: dict[tuple[str, object], list[Said]] = {}
    for each in said:
        together.setdefault((each.name, each.change.effective), []).append(each)
    for group in together.values():
        for place, later in enumerate(group):
            for earlier in reversed(group[:place]):
                found = None if earlier.change == later.change else _both_say(earlier, later)
                if found is not None:
                    _report(ctx, earlier, later, *found)
                    break


def _report(ctx: Context, earlier: Said, later: Said, before: Span, after: Span) -> None:
    names = earlier.name, earlier.change.name, later.change.name
    if earlier.change.signed == later.change.signed:
        ctx.report(TwoChanges(after, *names, before))
    else:
        first, second = sorted((earlier, later), key=lambda each: each.change.signed)
        places = {id(earlier): before, id(later): after}
        names = earlier.name, first.change.name, second.change.name
        ctx.report(ReplacedAtOnce(places[id(first)], *names, places[id(second)]))


def _both_say(one: Said, other: Said) -> tuple[Span, Span] | None:
    """Where two changes say different things of one matter."""
    if one.lines is None or other.lines is None:
        return None if one.lines is other.lines else (one.span, other.span)
    for sort in dict.fromkeys(sort_of(line) for line in other.lines if not isinstance(line, _IN_ADDITION)):
        before, after = ([line for line in each.lines or () if sort_of(line) == sort] for each in (one, other))
        if before and [_text(line) for line in before] != [_text(line) for line in after]:
            return before[0].span, after[0].span
    return None


def _text(line: ast.Node) -> str:
    return " ".join(line.span.text.split())
