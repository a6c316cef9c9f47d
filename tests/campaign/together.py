"""Rules that count several outcomes together, windows by a weight, and each only once in a month or the like."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import (
    Begin,
    Clause,
    Contract,
    Finish,
    Impose,
    OnAny,
    OnFired,
    OnOutcome,
    OnSettled,
    Raise,
    Recurrence,
    Rule,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import Grid
from tests.campaign.draw import Draw
from tests.campaign.formulas import Formulas
from tests.campaign.scopes import WindowScope
from tests.campaign.settings import day_length, listed
from tests.campaign.world import World

OUTCOMES = ("missed", "missed", "fulfilled", "late", "opened")


def together(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement with rules that count otherwise."""
    state = world.draw.random.getstate()
    world.draw.random.setstate(draw.random.getstate())
    formulas = Formulas(world)
    figures = {figure.name: figure for figure in made.figures}

    def weighed(rule: Rule) -> Rule:
        on, again = rule.on, rule.recurrence
        assert isinstance(on, OnSettled)
        if again is None or draw.chance(0.5):
            return rule
        figure = figures[on.figure]
        weight: ex.Expression = ex.FigureAt(figure.name, ex.Same())
        if figure.kind != NUMBER or draw.chance(0.5):
            weight = formulas.value(NUMBER, WindowScope(figure.grid, tuple(g.name for g in figure.by)), 1)
        return evolve(rule, recurrence=evolve(again, n=draw.between(2, 6), weight=weight))

    def in_each(rule: Rule) -> Rule:
        if rule.recurrence is None or draw.chance(0.75):
            return rule
        first = made.term.effective
        cell = draw.pick([Grid("month", 3), Grid("month", 12, first), Grid("month", 3, first), Grid("month")])
        cell = listed(draw, first) if draw.chance(0.2) else cell
        return evolve(rule, recurrence=evolve(rule.recurrence, m=None, within=cell))

    def joined(rule: Rule) -> Rule:
        on, again = rule.on, rule.recurrence
        if again is not None and draw.chance(0.4):
            once = draw.pick(["day", "week", "month", "quarter", "year"])
            rule = evolve(rule, recurrence=evolve(again, once=once))
        if again is not None and draw.chance(0.35):
            first = made.term.effective
            of_calendar = Grid("month"), Grid("week"), Grid("day"), Grid("month", 3)
            cell = draw.pick([*of_calendar, Grid("month", 12, first), Grid("month", 1, first)])
            cell = listed(draw, first) if draw.chance(0.15) else cell
            rule = evolve(rule, recurrence=evolve(rule.recurrence, span=None, within=cell))
        norms = [norm for norm in made.norms if norm.form == "obligation"]
        if not isinstance(on, OnOutcome) or rule.when is not None or not norms or draw.chance(0.4):
            return rule
        found = [on]
        for norm in draw.some(norms, 1, 2):
            fields = world.norm_fields[on.norm]
            known = [each.norm for each in found]
            if norm.name not in known and set(fields) <= set(world.norm_fields[norm.name]):
                found.append(OnOutcome(norm.name, draw.pick(OUTCOMES)))
        return evolve(rule, on=OnAny(tuple(found)))

    lines = {line.name: line.figure for line in made.lines}
    keys = sorted({group.name for name in lines.values() if name is not None for group in figures[name].by})
    accounts = tuple(
        evolve(each, by=tuple(draw.some([*keys, "ticket", "site"], 1, 2))) if draw.chance(0.4) else each
        for each in made.accounts
    )
    rules = tuple(in_each(weighed(rule)) if isinstance(rule.on, OnSettled) else joined(rule) for rule in made.rules)
    rules = (*rules, *_of_rules(draw, made, rules))
    beside = draw.aside("told apart")
    rules = tuple(_told_apart(beside, rule) for rule in rules)
    world.draw.random.setstate(state)
    return evolve(made, rules=rules, accounts=accounts)


def _told_apart(draw: Draw, rule: Rule) -> Rule:
    """A rule on what happens of which each firing may have a key."""
    if rule.recurrence is not None or isinstance(rule.on, OnSettled) or draw.chance(0.6):
        return rule
    return evolve(rule, by=tuple(draw.some(["ticket", "site", "priority", "units"], 1, 2)))


def _of_rules(draw: Draw, made: Contract, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Rules that wait for others to fire, once or so often; perhaps of one such rule another one."""
    found: list[Rule] = []
    while len(found) < 3 and draw.chance(0.45):
        of = draw.pick([*rules, *found]) if rules else None
        if of is None:
            break
        again: Recurrence | None = None
        if draw.chance(0.7):
            first = made.term.effective
            cell = draw.pick([None, Grid("month", 3), Grid("month", 12, first), Grid("month"), listed(draw, first)])
            span = day_length(draw, list(made.calendars)) if cell is None else None
            by = tuple(draw.some(["ticket", "site"], 0, 1))
            fires = draw.pick(["counting", "becoming"])
            again = Recurrence(draw.between(1, 3), span=span, within=cell, resets=draw.chance(0.5), by=by, fires=fires)
        name = f"seen_{len(found)}"
        more = (each for each in of.then if isinstance(each, Impose | Begin | Finish))
        then = (Raise(f"{of.name} again"), *(more if draw.chance(0.3) else ()))
        found.append(Rule(name, Clause(name, "trigger"), OnFired(of.name), None, again, then))
    return tuple(found)
