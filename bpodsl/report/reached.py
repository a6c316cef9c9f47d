"""What the value of a figure rests on in one window, of all that its expression names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from attrs import fields

from bpodsl.record import Entry
from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.terms import Contract, Figure, NotMeasured, children, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, NUMBER, YES_NO
from bpodsl.values import Grid, Window, Zone

UNKNOWN: Final = object()
_RECKONED: Final = (
    ex.Arithmetic | ex.Compare | ex.AllOf | ex.AnyOf | ex.Not | ex.Smallest | ex.Largest | ex.If | ex.IfMeasured
    | ex.Rounded | ex.Table | ex.Row | ex.DayOf | ex.CellDay | ex.DayAfter | ex.Between
)  # fmt: skip


class _Unknown(Exception):
    """It does not follow from what the ledger holds."""


class Reached:
    """The branches that are taken, as far as settled windows tell. `windows`: those of a grid that have ended."""

    def __init__(
        self, contract: Contract, settled: Mapping[tuple[str, str], Sequence[Entry]],
        windows: Callable[[Grid], Sequence[Window]],
    ) -> None:  # fmt: skip
        self._contract, self._settled, self._windows = contract, settled, windows
        self._zone = Zone.load(contract.zone)

    def parts(self, part: object, figure: Figure, window: Window) -> Iterator[object]:
        """The parts of an expression that its value rests on in a window; where it is not known which, all."""
        match part:
            case ex.If(condition, then, otherwise):
                chosen = self.value(condition, window)
                yield from self.parts(condition, figure, window)
                if chosen is True or chosen is UNKNOWN:
                    yield from self.parts(then, figure, window)
                if chosen is False or chosen is UNKNOWN:
                    yield from self.parts(otherwise, figure, window)
            case ex.IfMeasured(value, otherwise):
                yield from self.parts(value, figure, window)
                if isinstance(self.value(value, window), NotMeasured):
                    yield from self.parts(otherwise, figure, window)
            case ex.Table(subject, rows, otherwise):
                yield from self.parts(subject, figure, window)
                for row in rows:
                    applies = self.value(ex.Compare(row.op, subject, row.bound), window)
                    yield from self.parts(row.bound, figure, window)
                    if applies is not False:
                        yield from self.parts(row.result, figure, window)
                    if applies is True or isinstance(applies, NotMeasured):
                        return
                yield from self.parts(otherwise, figure, window)
            case ex.FigureAt(_, ex.Back(n, first)) | ex.Standing(_, _, ex.Back(n, first)):
                yield part
                every = self._windows(figure.grid)
                if not any(each.label == window.label for each in every[n:]):
                    yield from self.parts(first, figure, window)
            case ex.Aggregate():
                yield from walk((part.rows, part.where, part.value, part.weight))
            case _:
                yield part
                for each in children(part):
                    yield from self.parts(each, figure, window)

    def value(self, part: object, window: Window) -> object:
        """The value of an expression in a window, as far as settled windows tell it; else `UNKNOWN`."""
        try:
            plain = self._plain(part, window)
        except _Unknown:
            return UNKNOWN
        calendars = {each.name: each.calendar for each in self._contract.calendars}
        return evaluate(plain, EventScope({}, window.start, self._zone, calendars))  # type: ignore[arg-type]

    def _plain(self, part: object, window: Window) -> object:
        match part:
            case tuple():
                return tuple(self._plain(each, window) for each in part)
            case ex.WindowDay(edge, False, False):
                return ex.Literal(window.first if edge == "first" else window.last, DAY)
            case ex.FigureAt(name, ex.Same()):
                value = self._only(name, window).number("value")
                return ex.Unmeasured(value.why) if isinstance(value, NotMeasured) else ex.Literal(value, NUMBER)
            case ex.Standing(name, how, ex.Same()) if how in ("met", "missed"):
                return ex.Literal(self._only(name, window).number("standing") == how, YES_NO)
            case ex.Literal() | ex.Unmeasured() | None:
                return part
        if not isinstance(part, _RECKONED):
            if isinstance(part, ex.Expression):
                raise _Unknown
            return part
        parts = {each.name: self._plain(getattr(part, each.name), window) for each in fields(type(part))}
        return type(part)(**parts)  # type: ignore[arg-type]

    def _only(self, name: str, window: Window) -> Entry:
        """The settled window of a figure without groups."""
        found = self._settled.get((name, window.label), ())
        if len(found) != 1 or found[0].key:
            raise _Unknown
        return found[0]
