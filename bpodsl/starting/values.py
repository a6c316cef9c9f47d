"""What a parameter may be filled in with: a value of the same kind as its default."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from bpodsl.language import parse
from bpodsl.language.ast import Day, Length, Money, Name, Number, Percent, Value
from bpodsl.starting.library import Parameter, in_currency
from bpodsl.text import Source

_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (Percent, "a share, such as 95% or 99.9%"),
    (Money, "a sum, such as 10 000 {currency}"),
    (Number, "a number, such as 5 or 4.5"),
    (Day, "a day, such as 2027-04-01"),
    (Name, "a name: letters, digits and `_`"),
)
_BY_CLOCK: Final = ("second", "minute", "hour")


@frozen
class WrongValue:
    """Why a value does not do, and what to write instead."""

    parameter: Parameter
    value: str
    why: str
    usual: str

    def message(self) -> str:
        """One sentence."""
        name = self.parameter.name
        return f"`{name}` cannot be `{self.value}`: {self.why}. Its default is `{self.usual}`."


def checked(parameter: Parameter, text: str, currency: str) -> str | WrongValue:
    """The value as it will be written, or why it does not do. A sum of money is in the currency of the agreement."""
    text = " ".join(text.split())
    usual = in_currency(parameter.default, currency)
    value, wanted = value_of(text), value_of(parameter.default)
    if value is None:
        return WrongValue(parameter, text, f"that is not {_told(wanted, currency)}", usual)
    if type(value) is not type(wanted):
        return WrongValue(parameter, text, f"that is not {_told(wanted, currency)}", usual)
    if isinstance(value, Length) and isinstance(wanted, Length):
        if _by_clock(value) != _by_clock(wanted) or value.calendar is not None or value.unit.startswith("working"):
            return WrongValue(parameter, text, f"that is not {_told(wanted, currency)}", usual)
        if value.amount.value <= 0:
            return WrongValue(parameter, text, "it must be more than nothing", usual)
    if isinstance(value, Money) and value.currency.text != currency:
        return WrongValue(parameter, text, f"the agreement's currency is {currency} (or give --currency)", usual)
    if isinstance(value, Percent) and value.value > 1:
        return WrongValue(parameter, text, "a share is never more than 100%", usual)
    if isinstance(value, Number) and "." not in parameter.default and value.value != int(value.value):
        return WrongValue(parameter, text, "it must be a whole number", usual)
    return text


def value_of(text: str) -> Value | None:
    """The value that a text is in the language; None if it is none."""
    if not text or any(character in text for character in ",\n#"):
        return None
    tree, problems = parse(Source("", f"use filled with value {text}\n"))
    uses = [use for use in tree.uses if getattr(use, "filled", None) is not None]
    if problems or len(uses) != 1:
        return None
    value: Value = uses[0].filled.parameters[0].value  # type: ignore[union-attr]
    return value


def _told(wanted: Value | None, currency: str) -> str:
    if isinstance(wanted, Length):
        clock = "hours, minutes or seconds, such as 4 hours", "days, weeks, months or years, such as 30 days"
        return f"a length of time in {clock[not _by_clock(wanted)]}"
    return next((told.format(currency=currency) for kind, told in _KINDS if isinstance(wanted, kind)), "such a value")


def _by_clock(length: Length) -> bool:
    return length.unit.removesuffix("s") in _BY_CLOCK
