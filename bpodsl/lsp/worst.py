"""What a clause can cost at the most, beside the clause that owes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bpodsl.bounds import Bounds, Owed, Range, owed
from bpodsl.report.show import Show
from bpodsl.report.worth import reached, when
from bpodsl.terms import Accrue, Contract
from bpodsl.terms.expressions import Literal

Worst = Mapping[str, tuple[str, str]]
"""For each line that can be owed: the words of its hint, and what more is said when that is pointed at."""

_PERIODS: Final = (("in a month", "month"), ("in a year", "year"))


def worst(contract: Contract) -> Worst:
    """Reasoned from the clauses alone. Slow where there are many: a second for some thousand lines."""
    show, bounds = Show(contract), Bounds(contract)
    effects = [effect for norm in contract.norms for _, effect in norm.consequences]
    effects += [effect for rule in contract.rules for effect in rule.then]
    owing = [effect for effect in effects if isinstance(effect, Accrue)]
    reckoned = {effect.line for effect in owing if not isinstance(effect.amount, Literal)}
    found: dict[str, tuple[str, str]] = {}
    for each in owed(bounds):
        figure = bounds.figures.get(each.line.figure or "")
        by = () if figure is None else figure.by
        plain = each.line.name not in reckoned if figure is None else isinstance(figure.value, Literal) and not by
        # A sum that stands there as it is need not be said twice; one that is always 0 is told as a problem.
        if not plain and each.each.high != 0:
            found[each.line.name] = _words(show, each, bool(by)), _more(show, each)
    return found


def _words(show: Show, each: Owed, grouped: bool) -> str:
    """`at most 12 000.00 EUR a month`: for the windows in which it is owed, all groups together."""
    if each.grid is None:
        once = next((name for _, name in _PERIODS if getattr(each, name).high == each.each.high is not None), None)
        return _most(show, each, each.each, f"a {once}" if once else "each time")
    if (each.grid.unit, each.grid.n) == ("month", 1):
        return _most(show, each, each.month, "a month")
    if grouped:
        return _most(show, each, each.year, "a year")
    how_often = when(each)
    return _most(show, each, each.each, how_often.replace("each ", "a ") if how_often.count(" ") == 1 else how_often)


def _most(show: Show, each: Owed, of: Range, how_often: str) -> str:
    if of.high is None:
        return "no upper limit"
    word = "always" if of.single is not None else "at most"
    return f"{word} {show.money(of.high, each.line.currency)} {how_often}"


def _more(show: Show, each: Owed) -> str:
    """The most in each period, when it is reached, and why there is none."""
    currency = each.line.currency
    said = [f"What `{each.line.name}` can come to at the most, after caps, whatever is reported:"]
    for words, of in ((when(each), each.each), *((words, getattr(each, name)) for words, name in _PERIODS)):
        said.append(f"{words}: {'no limit' if of.high is None else show.money(of.high, currency)}")
    if each.each.high is not None and each.each.single is None and each.each.at_high:
        said.append(f"reached when {reached(each.each.at_high)}")
    why = next((of.above for of in (each.each, each.month, each.year) if of.high is None), ())
    said += why
    return "\n".join(said)
