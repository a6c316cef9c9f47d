"""Questions about outcomes and windows, which norms answer, added to an agreement that stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from bpodsl.terms import (
    Answer,
    Answering,
    Clause,
    Clock,
    Contract,
    Due,
    Effect,
    EventField,
    EventKind,
    Figure,
    Impose,
    Kind,
    Norm,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Rule,
    Selector,
    WhenImposed,
    levels,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, YES_NO, one_of
from bpodsl.values import Grid
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import FIELDS, World

CLAIMED = one_of("claimed", "accepted", "rejected", "lapsed")
UNITS = {("month", 1): "month", ("month", 3): "quarter", ("day", 1): "for_day"}
Everywhere = Callable[[Any, Callable[[Any], Any]], Any]


def asking(draw: Draw, world: World, made: Contract, everywhere: Everywhere) -> Contract:
    """Claims and determinations about outcomes, or about the windows of a figure; and what asks for them."""
    for number in range(draw.weighted({0: 3, 1: 3, 2: 1})):
        found = _asked(draw, world, made, f"{draw.pick('abxyz')}_asked_{number}", everywhere)
        try:
            levels(found)
        except ValueError:
            continue
        made = found
    return made


def _asked(draw: Draw, world: World, made: Contract, name: str, everywhere: Everywhere) -> Contract:
    figures = [f for f in made.figures if f.grid == Grid(f.grid.unit, f.grid.n) and (f.grid.unit, f.grid.n) in UNITS]
    duties = [n for n in made.norms if n.form in ("obligation", "prohibition")]
    if figures and (not duties or draw.chance(0.5)):
        figure = draw.pick(figures)
        by, period = tuple(g.name for g in figure.by), UNITS[figure.grid.unit, figure.grid.n]
        if all(key in FIELDS for key in by):
            return _about_windows(draw, world, made, name, figure, by, period)
    elif duties:
        return _about_outcomes(draw, world, made, name, draw.pick(duties), everywhere)
    return made


def _about_windows(
    draw: Draw, world: World, made: Contract, name: str, figure: Figure, by: tuple[str, ...], period: str
) -> Contract:
    norms, events, kind = _norms(draw, world, name, by, period)
    standing = ex.Standing(figure.name, draw.pick(["missed", "met", "not measured"]), ex.Same())
    when: ex.Expression = ex.Not(standing) if figure.target is None or draw.chance(0.5) else standing
    rule = Rule(f"{name}_opens", Clause(name, "claim"), OnSettled(figure.name), when, None, (Impose(norms[0].name),))
    answered = ex.Answered(name, tuple(n.name for n in norms), kind, "window", by)
    told = ex.If(_is(draw, answered), ex.Literal(1, NUMBER), ex.FigureAt(figure.name, ex.Same()))
    value: ex.Expression = told if figure.kind == NUMBER else ex.If(
        ex.AllOf((when, _is(draw, answered))), ex.Literal(1, NUMBER), ex.Literal(0, NUMBER)
    )
    if draw.chance(0.2):
        value = ex.If(_is(draw, answered), ex.Literal(1, NUMBER), ex.Literal(0, NUMBER))
    latest = settings.length(draw, world.calendars, 0.3) if draw.chance(0.3) else None
    reader = Figure(
        f"{draw.pick('abxyz')}_{name}_read", Clause(name, "measure"), "measure", NUMBER, figure.grid, value, figure.by,
        settle_latest=latest,
    )  # fmt: skip
    asks = Rule(
        f"{draw.pick('abxyz')}_{name}_asks", Clause(name, "trigger"), OnSettled(draw.pick([figure, reader]).name),
        _is(draw, answered),
    )  # fmt: skip
    return evolve(
        made, norms=(*made.norms, *norms), events=(*made.events, *events), rules=(*made.rules, rule, asks),
        figures=(*made.figures, reader),
    )


def _about_outcomes(
    draw: Draw, world: World, made: Contract, name: str, of: Norm, everywhere: Everywhere
) -> Contract:
    outcome = "missed" if of.form == "prohibition" else draw.pick(["missed", "missed", "fulfilled", "excused"])
    keys = tuple(key for key in of.by if key in FIELDS)
    if of.form == "prohibition":
        keys = tuple(key for key in world.norm_fields[of.name] if key in ("ticket", "order", "site"))
    grids = [(way.grid.unit, way.grid.n) for way in of.opening if isinstance(way, OnPeriod)]
    periods = [UNITS[grid] for grid in grids if grid in UNITS]
    norms, events, kind = _norms(draw, world, name, keys, periods[0] if periods else "")
    answered = ex.Answered(name, tuple(n.name for n in norms), kind)
    opens: Effect = Impose(norms[0].name)
    rules, others = list(made.rules), list(made.norms)
    if of.variants or draw.chance(0.3):
        rules.append(Rule(f"{name}_opens", Clause(name, "claim"), OnOutcome(of.name, outcome), then=(opens,)))
    else:
        others = [evolve(n, after=(*n.after, (outcome, opens))) if n is of else n for n in others]

    def reads(part: Any) -> Any:
        mine = isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.OutcomeRows) and part.rows.norm == of.name
        if not mine or draw.chance(0.4):
            return part
        asked = _is(draw, answered)
        return evolve(part, where=asked if part.where is None else ex.AllOf((part.where, asked)))

    for at, rule in enumerate(rules):
        if rule.on == OnOutcome(of.name, outcome) and rule.name != f"{name}_opens" and draw.chance(0.6):
            rules[at] = evolve(rule, when=_is(draw, answered))
    if draw.chance(0.7):
        asks = f"{draw.pick('abxyz')}_{name}_asks"
        rules.append(Rule(asks, Clause(name, "trigger"), OnOutcome(of.name, outcome), _is(draw, answered)))
    return evolve(
        made, norms=(*others, *norms), events=(*made.events, *events), rules=tuple(rules),
        figures=everywhere(made.figures, reads),
    )


def _is(draw: Draw, answered: ex.Answered) -> ex.Expression:
    if answered.kind == YES_NO:
        found: ex.Expression = answered
    else:
        found = ex.Compare(draw.pick(["=", "!="]), answered, ex.Literal(draw.pick(answered.kind.detail), answered.kind))
    return ex.Not(found) if draw.chance(0.2) else found


def _norms(
    draw: Draw, world: World, name: str, by: tuple[str, ...], period: str
) -> tuple[list[Norm], list[EventKind], Kind]:
    """A claim and who answers it, a claim alone, or a determination; and the events by which it is done."""
    fields = tuple(EventField(key, FIELDS[key], key=True) for key in by)
    if period:
        fields += (EventField(period, FIELDS[period]),)
    events: list[EventKind] = []

    def event(stem: str, *more: EventField) -> str:
        events.append(EventKind(f"{name}_{stem}", Clause(f"{name}_{stem}", "event"), (*fields, *more)))
        return events[-1].name

    def norm(stem: str, form: str, acts: list[str], answers: Answering) -> Norm:
        length = settings.length(draw, world.calendars, 0.4)
        anchor = "period end" if period and draw.chance(0.3) else "opening"
        due = Due("within", length, anchor) if draw.chance(0.85) else None
        return Norm(
            f"{name}_{stem}", Clause(name, "claim"), form, "must", ("beta",), ("acme",), (WhenImposed(),),
            tuple(Selector(act) for act in acts), by=by, matching="period" if period else "key", period_field=period,
            clock=Clock(length.calendar if length.by_clock else None), due=due, reopening="new cycle",
            survives=draw.chance(0.9), answers=answers,
        )  # fmt: skip

    claims, claimed = draw.chance(0.65), event("made")
    kind = CLAIMED if claims else draw.pick([YES_NO, one_of("upheld", "denied")])
    if claims and draw.chance(0.25):
        alone = norm("claim", "right", [claimed], Answering(name, (Answer(claimed, "claimed"),), "lapsed"))
        return [alone], events, kind
    if draw.chance(0.5):
        values = ((True, "accepted"), (False, "rejected")) if claims else ()
        verdict = EventField("verdict", YES_NO if claims else kind, optional=draw.chance(0.2))
        answers = (Answer(event("ruled", verdict), None, "verdict", values),)
    else:
        words: tuple[object, ...] = (
            ("accepted", "rejected") if claims else (True, False) if kind == YES_NO else kind.detail
        )
        answers = tuple(Answer(event(f"answer_{n}"), word) for n, word in enumerate(words))
    silence = answers[0].values[0][1] if answers[0].values else answers[0].value
    if silence is None:
        silence = True if kind == YES_NO else kind.detail[0]
    ruling = norm(
        "ruling", "obligation", [each.event for each in answers],
        Answering(name, answers, silence if draw.chance(0.6) else None),
    )  # fmt: skip
    if not claims:
        return [ruling], events, kind
    claim = norm("claim", "right", [claimed], Answering(name, (), "lapsed"))
    return [evolve(claim, after=(("fulfilled", Impose(ruling.name)),)), ruling], events, kind
