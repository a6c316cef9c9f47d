"""Values in the words of the agreement: its zone, its currency, its kinds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from attrs import field, frozen

from bpodsl.record import Number
from bpodsl.terms import Contract, Figure, Kind, NotMeasured
from bpodsl.values import Period, Zone, show_decimal, show_length, show_time_of_day, show_wall
from bpodsl.values.numbers import decimal_places

SHOWN_PLACES = 4


def grouped(text: str) -> str:
    """Digits in groups of three, as agreements write them: `12 500.00`."""
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, rest = text.partition(".")
    head = len(whole) % 3
    groups = [whole[:head]] if head else []
    groups += [whole[i : i + 3] for i in range(head, len(whole), 3)]
    return sign + " ".join(groups) + dot + rest


def shortest(value: int | Fraction, least: int = 0, most: int = SHOWN_PLACES) -> str:
    """Exact where few decimals do, else rounded half up to `most` of them."""
    places = decimal_places(value)
    if places is None or places > most:
        return grouped(show_decimal(value, most))
    return grouped(show_decimal(value, max(places, least)))


@frozen
class Show:
    """Writes values for the reader of one contract's reports."""

    contract: Contract
    zone: Zone = field(init=False)
    figures: dict[str, Figure] = field(init=False)

    @zone.default
    def _zone(self) -> Zone:
        return Zone.load(self.contract.zone)

    @figures.default
    def _figures(self) -> dict[str, Figure]:
        return {f.name: f for f in self.contract.figures}

    def unmeasured(self, figure: str, why: NotMeasured) -> str:
        """Why a figure has no value, as its clause would say it."""
        if why.why != "division by zero":
            return why.why
        shown = {name for name, _ in self.figures[figure].shows} if figure in self.figures else set()
        if "fulfilled" in shown:
            return "none was fulfilled or missed, so there is nothing to take a share of"
        return "there is nothing to take a share of" if "counted" in shown else "what it is divided by is 0"

    def instant(self, ticks: int) -> str:
        """Local time of the agreement: `2026-04-08 12:30`, seconds only where they matter."""
        return show_wall(self.zone.wall_ticks(ticks))

    def day(self, ticks: int) -> str:
        """The local day of an instant."""
        return self.zone.day(ticks).isoformat()

    def when(self, due: int | date | None) -> str:
        """A deadline: a day, or an instant."""
        if due is None:
            return "-"
        return due.isoformat() if isinstance(due, date) else self.instant(due)

    def calendar(self, name: str) -> str:
        """A calendar by its title."""
        return self._title(name) or name.replace("_", " ")

    def hours(self, name: str) -> str:
        """The open time of a calendar."""
        return self._title(name) or f"hours of {name.replace('_', ' ')}"

    def _title(self, name: str) -> str:
        return next((each.clause.title for each in self.contract.calendars if each.name == name), "")

    def money(self, amount: int | Fraction, currency: str = "") -> str:
        """`12 500.00 GBP`, with more decimals only if the amount has them."""
        return f"{shortest(amount, 2, 6)} {currency or self.contract.currency}"

    def value(self, value: object, kind: Kind) -> str:
        """A value of a kind."""
        if isinstance(value, NotMeasured):
            return "not measured"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | Fraction):
            if kind.base == "share":
                return f"{shortest(Fraction(value) * 100, 0, 3)} %"
            if kind.base == "money":
                return self.money(value, kind.detail[0] if kind.detail else "")
            if kind.base == "length":
                return show_length(round(value))
            if kind.base == "instant":
                return self.instant(int(value))
            if kind.base == "time":
                return show_time_of_day(int(value))
            return shortest(value)
        return value.label if isinstance(value, Period) else str(value)

    def figure(self, name: str, value: object) -> str:
        """The value of a figure by its name."""
        figure = self.figures.get(name)
        return self.value(value, figure.kind if figure else Kind("number"))

    def figure_in_full(self, name: str, value: object) -> str:
        """As `figure`; where the value has more places than are shown, `…` says so: `40.175342… GBP`."""
        text = self.figure(name, value)
        if isinstance(value, bool) or not isinstance(value, Fraction):
            return text
        kind = self.figures[name].kind if name in self.figures else Kind("number")
        places = {"share": 5, "money": 6, "length": 0}.get(kind.base, SHOWN_PLACES)
        if (value * 10**places).denominator == 1:
            return text
        last = max(at for at, character in enumerate(text) if character.isdigit()) + 1
        return f"{text[:last]}…{text[last:]}"

    def number(self, number: Number) -> str:
        """The value of a number of an entry."""
        return self.value(number.value, Kind(number.base))
