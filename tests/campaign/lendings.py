"""Groups and counts by a field that only an earlier event of the case has, added to an agreement that stands."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from bpodsl.terms import (
    Contract,
    Figure,
    Group,
    Lending,
    Norm,
    OnEvent,
    OnHappens,
    Rule,
    outcomes_of,
    walk,
)  # fmt: skip
from bpodsl.terms import expressions as ex
from tests.campaign.draw import Draw

BASES = ("one_of", "text", "yes_no", "number")
_READING = (ex.FigureAt, ex.Standing, ex.FigureRows, ex.PastRows)


def lent(draw: Draw, made: Contract) -> Contract:
    """The agreement, perhaps with events that have fields of their case, by which figures and rules go."""
    ways = list(_ways(made)) if draw.chance(0.3) else []
    for _ in range(min(len(ways), draw.weighted({1: 3, 2: 2, 3: 1}))):
        first = draw.pick(ways)
        # All that lack the field are lent it by the same kind, as the language has it.
        chosen = [each for each in ways if (each.name, each.event) == (first.name, first.event)]
        known = {(each.to, each.name) for each in made.lendings}
        found = tuple(each for each in chosen if (each.to, each.name) not in known)
        made = evolve(made, lendings=(*made.lendings, *found))
        made = _grouped(draw, made, first.name)
    return made


def _ways(made: Contract) -> Iterator[Lending]:
    for of in made.events:
        for to in made.events:
            have = {field.name: field.kind for field in to.fields}
            if of is to or of.relates or to.relates or not of.keys or any(name not in have for name in of.keys):
                continue
            for field in of.fields:
                if field.name not in have and not field.ruled and field.kind.base in BASES:
                    yield Lending(to.name, field.name, of.name, of.keys)


def _grouped(draw: Draw, made: Contract, name: str) -> Contract:
    read = {part.figure for part in walk((made.expressive, made.examples)) if isinstance(part, _READING)}
    have = {kind.name for kind in made.events if kind.field(name)}
    have |= {each.to for each in made.lendings if each.name == name}
    norms = {norm.name: norm for norm in made.norms}

    def figure(each: Figure) -> Figure:
        fits = each.name not in read and _has(each, norms, have) and all(group.name != name for group in each.by)
        return evolve(each, by=(*each.by, Group(name))) if fits and draw.chance(0.7) else each

    def rule(each: Rule) -> Rule:
        if each.recurrence is None or each.recurrence.span is None:
            return each
        fits = isinstance(each.on, OnHappens) and each.on.selector.event in have
        of = outcomes_of(each.on)
        fits = fits or (bool(of) and all(_opened(norms[one.norm], have) for one in of))
        by = (*each.recurrence.by, *(() if name in each.recurrence.by else (name,)))
        return evolve(each, recurrence=evolve(each.recurrence, by=by)) if fits else each

    return evolve(made, figures=tuple(map(figure, made.figures)), rules=tuple(map(rule, made.rules)))


def _has(figure: Figure, norms: dict[str, Norm], have: set[str]) -> bool:
    """Whether all rows of a figure may be grouped so."""
    rows = [p for p in walk((figure.value, figure.target, figure.minimum, figure.shows)) if isinstance(p, ex.Rows)]
    inside = [row for row in rows if not (isinstance(row, ex.TrailRows | ex.TrailOutcomes) and row.of == "row")]

    def fits(row: object) -> bool:
        match row:
            case ex.EventRows(event, _):
                return event in have
            case ex.OutcomeRows(norm, _, _):
                return _opened(norms[norm], have)
            case _:
                return False

    return bool(inside) and all(map(fits, inside))


def _opened(norm: Norm, have: set[str]) -> bool:
    ways = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
    return len(ways) == len(norm.opening) > 0 and all(event in have for event in ways)
