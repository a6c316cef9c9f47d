"""What changes replace in its place: windows, sides, what follows, acts, hours."""

from __future__ import annotations

from bpodsl.lean import evolve
from bpodsl.terms import Contract, Norm, OnAny, OnOutcome, OnSettled, Rule, Sides
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY
from bpodsl.values import LAST_DAY, Calendar, Grid, Zone, add_days, windows
from tests.campaign.draw import Draw


def replaced(draw: Draw, made: Contract) -> Contract:
    """An agreement some of whose terms are others from a day on."""
    if not draw.chance(0.5):
        return made
    made = _in_other_windows(draw, made) if draw.chance(0.5) else made
    lines = tuple(
        evolve(line, sides=(Sides(_since(draw, made, ex.WindowDay("first")), line.payee, line.payer),))
        if line.figure is not None and draw.chance(0.7) else line
        for line in made.lines
    )  # fmt: skip
    rules = tuple(_followed(draw, made, rule) if draw.chance(0.8) else rule for rule in made.rules)
    norms = tuple(_acted(draw, norm) for norm in made.norms)
    calendars = made.calendars
    if draw.chance(0.3):
        instant = Zone.load(made.zone).start_of(_day(draw, made))
        other = draw.pick(made.calendars).calendar
        calendars = tuple(
            evolve(each, calendar=Calendar.until(instant, each.calendar, other)) if draw.chance(0.6) else each
            for each in made.calendars
        )
    return evolve(made, lines=lines, rules=rules, norms=norms, calendars=calendars)


def _day(draw: Draw, made: Contract) -> object:
    return add_days(made.term.effective, draw.between(1, 60))


def _since(draw: Draw, made: Contract, day: ex.Expression) -> ex.Expression:
    """That a day lies in the time of a change, or of none."""
    if made.changes and draw.chance(0.6):
        change = draw.pick(made.changes)
        return ex.AllOf((ex.Compare(">=", day, ex.Literal(change.effective, DAY)), ex.Signed(change.name)))
    return ex.Compare(">=", day, ex.Literal(_day(draw, made), DAY))


def _followed(draw: Draw, made: Contract, rule: Rule) -> Rule:
    day: ex.Expression = ex.Moment("row", True)
    if isinstance(rule.on, OnSettled):
        day = ex.WindowDay("first")
    elif isinstance(rule.on, OnOutcome | OnAny):
        day = ex.Moment("opened", True)
    since = _since(draw, made, day)
    only = [None if draw.chance(0.2) else since if draw.chance(0.5) else ex.Not(since) for _ in rule.then]
    return evolve(rule, only=tuple(only[: draw.between(0, len(only))]))


def _acted(draw: Draw, norm: Norm) -> Norm:
    """A norm of which some variants take some of its acts only."""
    if len(norm.acts) < 2 or not norm.variants:
        return norm
    variants = []
    for each in norm.variants:
        if each.terms is not None and draw.chance(0.7):
            kept = tuple(draw.some(list(norm.acts), 1, len(norm.acts) - 1))
            each = evolve(each, terms=evolve(each.terms, acts=kept))
        variants.append(each)
    return evolve(norm, variants=tuple(variants))


def _in_other_windows(draw: Draw, made: Contract) -> Contract:
    """All figures with the same windows have others from some day on."""
    new: dict[Grid, Grid] = {}
    zone, first = Zone.load(made.zone), made.term.effective
    for grid in dict.fromkeys(figure.grid for figure in made.figures):
        if grid.unit == "term" or grid.span > 1 or grid.waits or grid.times is not None or not draw.chance(0.6):
            continue
        plain = evolve(grid, partial="inside", begins=None)
        end = min(add_days(first, 130), LAST_DAY)
        cells = [each.first for each in windows(plain, zone, first, end)][1:]
        if not cells:
            continue
        day = draw.pick(cells[:3])
        unit, n = draw.pick([("month", 1), ("month", 3), ("month", 2), ("week", 2), ("day", 10), ("month", 12)])
        new[grid] = evolve(grid, later=((day, Grid(unit, n, day)),))  # type: ignore[arg-type]
    figures = tuple(evolve(each, grid=new.get(each.grid, each.grid)) for each in made.figures)
    return evolve(made, figures=figures)
