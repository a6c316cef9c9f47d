"""Cases as Python files: a contract, a history and `until`, written so that a person can read them."""

from __future__ import annotations

import json
import runpy
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from attrs import NOTHING, Factory, fields, frozen, has

from bpodsl.record import Event
from bpodsl.terms import Contract
from bpodsl.values import DAY_TICKS, Calendar, Period, Zone, parse_instant, show_utc

WIDTH = 112
YEAR_OF_TICKS = 366 * DAY_TICKS


@frozen
class Case:
    """What both evaluators are asked."""

    contract: Contract
    events: tuple[Event, ...]
    until: int


def at(text: str) -> int:
    """An instant as a case writes it."""
    return parse_instant(text).instant


def read(path: Path) -> Case:
    """The case in a file made by `written`."""
    found = runpy.run_path(str(path))
    return Case(found["CONTRACT"], tuple(found["EVENTS"]), found["UNTIL"])


def written(contract: Contract, events: Sequence[Event], until: int, about: str = "") -> str:
    """The text of a case file."""
    names: dict[str, set[str]] = {}
    body = (
        f"CONTRACT = {_shown(contract, 0, names)}\n"
        f"EVENTS = {_shown(tuple(events), 0, names)}\n"
        f"UNTIL = {_shown(until, 0, names)}\n"
    )
    return "\n".join([f'"""{about or "A case of the campaign."}"""', "", *_imports(names), "", body])


def _imports(names: dict[str, set[str]]) -> list[str]:
    standard = [m for m in sorted(names) if "." not in m]
    lines = [_import(m, sorted(names[m])) for m in standard]
    if standard:
        lines.append("")
    for module in sorted(names.keys() - set(standard)):
        plain = sorted(n for n in names[module] if " as " not in n)
        lines += [_import(module, plain)] if plain else []
        lines += [_import(module, [n]) for n in sorted(names[module] - set(plain))]
    return lines


def _import(module: str, found: list[str]) -> str:
    flat = f"from {module} import {', '.join(found)}"
    if len(flat) <= WIDTH:
        return flat
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in found) + ")"


def _shown(value: object, indent: int, names: dict[str, set[str]]) -> str:
    match value:
        case int() if value > YEAR_OF_TICKS:
            names.setdefault("tests.campaign.cases", set()).add("at")
            return f'at("{show_utc(value)}")'
        case Zone():
            names.setdefault("bpodsl.values", set()).add("Zone")
            return f'Zone.load("{value.name}")'
        case Calendar():
            names.setdefault("bpodsl.values", set()).add("Calendar")
            return _call("Calendar", [("", value.zone), ("", value._plan)], indent, names)
        case Fraction():
            names.setdefault("fractions", set()).add("Fraction")
            return f"Fraction({value.numerator}, {value.denominator})"
        case date():
            names.setdefault("datetime", set()).add("date")
            return f"date({value.year}, {value.month}, {value.day})"
        case Period():
            names.setdefault("bpodsl.values", set()).add("parse_period")
            return f'parse_period("{value.label}")'
        case str():
            return json.dumps(value, ensure_ascii=False)
        case tuple():
            parts = [_shown(v, indent + 4, names) for v in value]
            flat = "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
            return flat if _fits(flat, indent) else _broken("(", parts, ")", indent)
        case dict():
            parts = [f'"{k}": {_shown(v, indent + 4, names)}' for k, v in value.items()]
            flat = "{" + ", ".join(parts) + "}"
            return flat if _fits(flat, indent) else _broken("{", parts, "}", indent)
    if has(type(value)):
        return _call(_named(type(value), names), _arguments(value), indent, names)
    return repr(value)


def _named(kind: type, names: dict[str, set[str]]) -> str:
    module, short = kind.__module__, kind.__name__
    if module in ("bpodsl.terms.expressions", "bpodsl.terms.dates", "bpodsl.terms.stretches"):
        names.setdefault("bpodsl.terms", set()).add("expressions as ex")
        return f"ex.{short}"
    if module == "bpodsl.values.hours":
        names.setdefault("bpodsl.values", set()).add("hours")
        return f"hours.{short}"
    home = ".".join(module.split(".")[:2])
    names.setdefault(module if home == "bpodsl.text" else home, set()).add(short)
    return short


def _arguments(value: object) -> list[tuple[str, object]]:
    """Arguments in order, by name from the first that is left out; defaults are left out."""
    found: list[tuple[str, object]] = []
    positional = True
    for attribute in fields(type(value)):
        if not attribute.init:
            continue
        given = getattr(value, attribute.name)
        default = attribute.default
        if isinstance(default, Factory):  # type: ignore[arg-type]
            default = default.factory()  # type: ignore[union-attr]
        if default is not NOTHING and given == default and type(given) is type(default):
            positional = False
            continue
        found.append(("" if positional else attribute.name.lstrip("_"), given))
    return found


def _call(name: str, arguments: list[tuple[str, object]], indent: int, names: dict[str, set[str]]) -> str:
    parts = [(f"{n}=" if n else "") + _shown(v, indent + 4, names) for n, v in arguments]
    flat = f"{name}({', '.join(parts)})"
    return flat if _fits(flat, indent) else _broken(f"{name}(", parts, ")", indent)


def _fits(text: str, indent: int) -> bool:
    return "\n" not in text and len(text) + indent <= WIDTH


def _broken(head: str, parts: list[str], tail: str, indent: int) -> str:
    inner = " " * (indent + 4)
    return head + "\n" + "".join(f"{inner}{part},\n" for part in parts) + " " * indent + tail
