"""What a measure rests on, element by element, as far as its clauses say it; and what hangs on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from bpodsl.bounds.rows import kinds_of_row
from bpodsl.bounds.silence import when_silent
from bpodsl.bounds.told import rows_told, value_told
from bpodsl.lean import frozen
from bpodsl.terms import Contract, Figure, Length, Norm, edges, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, show_length


@frozen
class Element:
    """One element of a measure: what it is, and whether a clause says so; else it is what holds where none does."""

    name: str
    told: str
    stated: bool


@frozen
class Hanging:
    """What follows from a measure: the lines of money and the rights that read it in the end, by their names."""

    money: tuple[str, ...]
    rights: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return (*self.money, *self.rights)


class Followers:
    """What follows from what in one contract."""

    def __init__(self, contract: Contract) -> None:
        self._ahead: dict[str, list[str]] = {}
        for edge in edges(contract):
            if not (edge.start.startswith("line:") and edge.end.startswith("line:")):  # They only stand under one cap.
                self._ahead.setdefault(edge.start, []).append(edge.end)
        self._rights = {norm.name for norm in contract.norms if norm.form == "right"}

    def hanging(self, figure: str) -> Hanging:
        """What hangs on a figure, directly or by way of others."""
        seen: dict[str, None] = {}
        waiting = deque((f"figure:{figure}",))
        while waiting:
            for after in self._ahead.get(waiting.popleft(), ()):
                if after not in seen:
                    seen[after] = None
                    waiting.append(after)
        names = [node.partition(":") for node in seen]
        money = tuple(name for kind, _, name in names if kind == "line")
        return Hanging(money, tuple(name for kind, _, name in names if kind == "opening" and name in self._rights))


# ------------------------------------------------------------------------------------ the elements
def elements(contract: Contract, figure: Figure) -> tuple[Element, ...]:
    """Population, source, window, calendar, exclusions, missing data, small samples, rounding, cut-off."""
    rows = list(dict.fromkeys(rows_told(each) for each in rows_of(figure)))
    states = states_of(figure)
    population = [*rows, *(f"the time that `{state}` holds" for state in states)]
    calendars = list(dict.fromkeys(_calendars(contract, figure)))
    left_out = _left_out(contract, figure)
    reporters = reporters_of(contract, figure)
    few = fewest(figure)
    return (
        Element("population", ", ".join(population) or "other figures", True),
        Element("source", *_source(reporters, bool(population))),
        Element("window", window_told(figure.grid), True),
        Element("calendar", *_calendar(calendars, figure)),
        Element("exclusions", ", ".join(left_out) if left_out else "none", bool(left_out)),
        Element("missing data", *_missing(contract, figure)),
        Element("small samples", f"{few}: not measured" if few else "one is enough", few is not None),
        Element("rounding", _rounding(figure), figure.rounding is not None),
        Element("cut-off", _cut_off(figure), figure.settle_after is not None or figure.settle_latest is not None),
    )


def rows_of(figure: Figure) -> Iterator[ex.Rows]:
    """What a figure counts."""
    for part in walk(figure.value):
        if isinstance(part, ex.Aggregate):
            yield part.rows


def states_of(figure: Figure) -> list[str]:
    """The states whose times a figure reckons with."""
    held = (part.state for part in walk(figure.value) if isinstance(part, ex.StateTimes | ex.ManyTimes))
    return list(dict.fromkeys(held))


def reporters_of(contract: Contract, figure: Figure) -> tuple[str, ...]:
    """The parties who report what a figure counts; empty if anyone may report some of it."""
    kinds = {kind.name: kind for kind in contract.events}
    found: dict[str, None] = {}
    for rows in rows_of(figure):
        names = list(kinds_of_row(contract, rows))
        norm = _norm(contract, rows)
        if norm is not None:
            names += [selector.event for selector in norm.acts]
        for name in names:
            if name in kinds:
                if not kinds[name].reporters:
                    return ()
                found |= dict.fromkeys(kinds[name].reporters)
    states = {state.name: state for state in contract.states}
    for state in (states[name] for name in states_of(figure) if name in states):
        selectors = (*state.starts, *state.ends, *state.intervals)
        if not selectors or any(not kinds[each.event].reporters for each in selectors):
            return ()
        found |= dict.fromkeys(name for each in selectors for name in kinds[each.event].reporters)
    return tuple(found)


def _source(reporters: tuple[str, ...], counts: bool) -> tuple[str, bool]:
    if not reporters and not counts:
        return "that of the other figures", True
    return ", ".join(reporters) if reporters else "anyone", bool(reporters)


def fewest(figure: Figure) -> str | None:
    """What there must not be fewer of, as the clause says it."""
    for part in walk(figure.value):
        match part:
            case ex.If(_, ex.Unmeasured(why)) if why.startswith("fewer than"):
                return why
    return None


def window_told(grid: Grid) -> str:
    """The windows in words."""
    if grid.unit == "term":
        return "the term"
    if grid.later:
        return ", then ".join(window_told(each) for each in grid.each)
    if grid.unit == "listed":
        return f"over {grid.span} periods, each period" if grid.span > 1 else "each period"
    word = {3: "quarter", 12: "year"}.get(grid.n) if grid.unit == "month" else None
    each = f"each {word or grid.unit}" if grid.n == 1 or word else f"each {grid.n} {grid.unit}s"
    return f"over {grid.span * grid.n} {grid.unit}s, {each}" if grid.span > 1 else each


def _norm(contract: Contract, rows: ex.Rows) -> Norm | None:
    if not isinstance(rows, ex.OutcomeRows | ex.StandingRows | ex.TrailOutcomes):
        return None
    return next((norm for norm in contract.norms if norm.name == rows.norm), None)


def _calendars(contract: Contract, figure: Figure) -> Iterator[str]:
    for part in walk(figure.value):
        if isinstance(part, ex.CalendarTimes | ex.InCalendar | ex.OpenTime):
            yield part.calendar
    for rows in rows_of(figure):
        norm = _norm(contract, rows)
        for terms in () if norm is None else norm.versions:
            if terms.clock.calendar is not None:
                yield terms.clock.calendar
            if terms.due is not None and terms.due.length is not None and terms.due.length.calendar is not None:
                yield terms.due.length.calendar


def _calendar(calendars: list[str], figure: Figure) -> tuple[str, bool]:
    if calendars:
        return ", ".join(calendars), True
    lengths = ex.LengthOf | ex.TrailLength | ex.Reading | ex.OutcomeRows
    timed = any(isinstance(part, lengths) for part in walk(figure.value))
    return ("none: elapsed time", False) if timed else ("none needed", True)


def _left_out(contract: Contract, figure: Figure) -> list[str]:
    found: dict[str, None] = {}
    for part in walk(figure.value):
        match part:
            case ex.LessTimes(_, less):
                found |= {f"during {each.state}": None for each in walk(less) if isinstance(each, ex.StateTimes)}
            case ex.Aggregate(_, rows):
                norm = _norm(contract, rows)
                for terms in () if norm is None else norm.versions:
                    found |= {f"excused during {state}": None for state in terms.excused_during}
    return list(found)


def _missing(contract: Contract, figure: Figure) -> tuple[str, bool]:
    for part in walk(figure.value):
        if isinstance(part, ex.IfMeasured):
            return "a value that the clause gives", True
    match figure.value:
        case ex.Aggregate("count" | "sum") | ex.LengthOf():
            return "nothing reported counts as 0", False
    silent = when_silent(contract, figure.value) if states_of(figure) else None
    if silent is not None:
        return f"nothing reported counts as {value_told(silent, figure.kind)}", False
    return "nothing reported is not measured", False


def _rounding(figure: Figure) -> str:
    rounding = figure.rounding
    return "none: exact" if rounding is None else f"{rounding.rule} to {value_told(rounding.step, figure.kind)}"


def _cut_off(figure: Figure) -> str:
    said = []
    if figure.settle_after is not None:
        said.append(f"{_length(figure.settle_after)} after the end")
    if figure.settle_latest is not None:
        said.append(f"at the latest {_length(figure.settle_latest)} after the end")
    return ", ".join(said) or "the end of the window; what is reported later restates it"


def _length(length: Length) -> str:
    if length.unit in ("elapsed", "open"):
        return show_length(length.amount) + (f" of {length.calendar}" if length.calendar else "")
    return f"{length.amount} {length.unit}" + (f" of {length.calendar}" if length.calendar else "")
