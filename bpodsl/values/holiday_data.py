"""Holidays of countries and their parts from the pinned data package, and the moving of listed ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Final, Literal

from bpodsl.cached import kept

Observe = Literal["sunday to monday", "weekend to monday", "saturday to friday and sunday to monday"]
Holiday = tuple[date, str]

# For each rule: how many days a holiday on that weekday (0 is Monday) moves.
_SHIFTS: Final[dict[Observe, dict[int, int]]] = {
    "sunday to monday": {6: 1},
    "weekend to monday": {5: 2, 6: 1},
    "saturday to friday and sunday to monday": {5: -1, 6: 1},
}

OBSERVE_RULES: Final = tuple(_SHIFTS)
"""The rules by which `observe` moves holidays off the weekend."""

FORMAT: Final = 2
"""How what is kept of the data is chosen and written. Raise it with any change to `_load` or `_language`, so that
nothing that an earlier release kept is read."""


class UnknownHolidays(ValueError):
    """A holiday code, or a name among its holidays, that the data does not have; ``near`` holds up to three that may
    be meant."""

    def __init__(self, wanted: str, near: tuple[str, ...], code: str | None = None) -> None:
        super().__init__(wanted, near, code)
        self.wanted = wanted
        self.near = near
        self.code = code

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else "."
        if self.code is None:
            return f"There are no holidays for “{self.wanted[:60]}”{hint}"
        return f"The holidays of {self.code} have none named “{self.wanted[:60]}”{hint}"


@lru_cache(maxsize=1)
def holiday_data_version() -> str:
    """The release of the holiday data in use, such as ``0.109``."""
    # The name of the folder of its metadata says it; to import what reads them takes as long as to read an agreement.
    spec = PathFinder.find_spec("holidays")
    if spec is not None and spec.origin is not None:
        found = [path.stem for path in Path(spec.origin).parent.parent.glob("holidays-*.dist-info")]
        if len(found) == 1:
            return found[0].removeprefix("holidays-")
    from importlib.metadata import version

    return version("holidays")


@lru_cache(maxsize=1)
def known_codes() -> tuple[str, ...]:
    """Every code that `holiday_dates` takes, sorted: a country (``GB``) or one of its parts (``GB-ENG``)."""
    import holidays

    countries = holidays.list_supported_countries(include_aliases=False)
    return tuple(sorted([*countries, *(f"{country}-{part}" for country, parts in countries.items() for part in parts)]))


@lru_cache(maxsize=64)
def _dates(code: str, first_year: int, last_year: int, observed: bool) -> tuple[Holiday, ...]:
    """Every holiday by date and name, kept for the next time: to load the data takes longer than to check a file."""
    key = f"holidays {FORMAT} {holiday_data_version()} {code} {first_year} {last_year} {observed}"
    made = lambda: [(str(day), name) for day, name in _load(code, first_year, last_year, observed)]  # noqa: E731
    return tuple((date.fromisoformat(day), name) for day, name in kept("holidays", key, made))


def _load(code: str, first_year: int, last_year: int, observed: bool) -> tuple[Holiday, ...]:
    """Every holiday by date and name; the names are English where the data has them."""
    import holidays

    if not _is_known(code):
        raise UnknownHolidays(code, _near(code))
    country, _, part = code.partition("-")
    # A holiday may be observed in the year before or after its own.
    years = range(first_year - 1, last_year + 2)
    found: Any = holidays.country_holidays(
        country, subdiv=part or None, years=years, observed=observed, expand=False, language=_language(country)
    )
    return tuple(
        sorted((day, name) for day in found if first_year <= day.year <= last_year for name in found.get_list(day))
    )


def _is_known(code: str) -> bool:
    """Whether `known_codes` has it; asks one country only, since to list them all loads them all."""
    import holidays

    country, _, part = code.partition("-")
    try:
        data: Any = holidays.country_holidays(country)
    except (NotImplementedError, AttributeError, TypeError):
        return False
    # An alias such as UK finds the data of GB, but is not the code.
    return bool(data.country == country and (part in data.subdivisions if "-" in code else True))


def _near(code: str) -> tuple[str, ...]:
    import difflib

    wanted = code[:60].strip().replace("_", "-").upper()
    upper = {known.upper(): known for known in known_codes()}
    # Where the country is right, only its own parts are meant.
    country = wanted.partition("-")[0]
    own = [each for each in upper if each.startswith(country + "-")] if country in upper else []
    found = difflib.get_close_matches(wanted, own, 3, 0.75) or difflib.get_close_matches(wanted, upper, 3, 0.6)
    return tuple(upper[each] for each in found)


def _language(country: str) -> str | None:
    """A language that the data of the country has: left to itself, the package would ask the environment."""
    import holidays

    known: Any = holidays.country_holidays(country)
    default: str | None = known.default_language
    english: list[str] = [each for each in known.supported_languages if each.startswith("en")]
    return min(english, key=lambda each: (each != "en_US", each), default=default)


def holiday_dates(
    code: str, first_year: int, last_year: int, observed: bool = True, names: Collection[str] | None = None
) -> tuple[Holiday, ...]:
    """The public holidays of ``code`` in those years, both included, as sorted pairs of date and name.

    With ``observed`` the days on which a holiday is made up for are among them. ``names`` keeps only the holidays of
    those names, and their observed days. Raises `UnknownHolidays` for a code the data does not have, or a name that
    no holiday of these years has.
    """
    found = _dates(code, first_year, last_year, observed)
    if names is None:
        return found
    known = {name.partition(" (")[0] for _, name in found} | {name for _, name in found}
    for name in names:
        if name not in known:
            import difflib

            raise UnknownHolidays(name, tuple(difflib.get_close_matches(name, sorted(known), 3, 0.5)), code)
    wanted = frozenset(names)
    return tuple((day, name) for day, name in found if name in wanted or name.partition(" (")[0] in wanted)


def observe(holidays: Iterable[Holiday], rule: Observe) -> tuple[Holiday, ...]:
    """Move listed holidays off the weekend: each that falls on a day of the rule is kept on another day *instead*.

    Where that day is a holiday too, the moved one goes on to the next day that is none and that the rule does not
    clear. Earlier holidays choose first. A moved holiday is marked ``(observed)``; the pairs come sorted.
    """
    shifts = _SHIFTS[rule]
    listed = sorted(set(holidays))
    taken = {day for day, _ in listed if day.weekday() not in shifts}
    moved: dict[date, date] = {}
    for day, _ in listed:
        if day.weekday() not in shifts or day in moved:
            continue
        target = day + timedelta(days=shifts[day.weekday()])
        while target in taken or target.weekday() in shifts:
            target += timedelta(days=1)
        taken.add(target)
        moved[day] = target
    return tuple(sorted((moved[day], f"{name} (observed)") if day in moved else (day, name) for day, name in listed))
