"""Clauses that bear another name, and are otherwise what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from bpodsl.compare.written import Key, Written, canonical, clauses
from bpodsl.lean import evolve, is_lean, parts_of
from bpodsl.terms import Clause, Column, Contract, EventField, Kind
from bpodsl.terms import expressions as ex
from bpodsl.text import Span
from bpodsl.values import Calendar

_T = TypeVar("_T")

# In these no clause is named: words of a text, fields, kinds of values.
_NAMELESS: Final = (
    Calendar, ex.Literal, Kind, ex.FieldOf, ex.Ruled, ex.GroupKey, EventField, Column, Clause, Span
)  # fmt: skip
_WORDS: Final = (
    "title", "words", "because", "what", "stated", "includes", "excludes", "places", "why", "key", "keys",
    "edge", "op", "how", "needs", "form",
)  # fmt: skip
_UNNAMED: Final = "·"


def renamed(value: _T, names: Mapping[str, str]) -> _T:
    """A term in which clauses bear other names; what belongs to a clause (`duty.held`) goes with it."""
    if not names:
        return value
    changed: _T = _renamed(value, names)
    return changed


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        root, dot, rest = value.partition(".")
        return f"{names[root]}{dot}{rest}" if root in names else value
    if isinstance(value, tuple):
        return tuple(_renamed(each, names) for each in value)
    if isinstance(value, Clause):
        return evolve(value, name=_renamed(value.name, names)) if value.word not in ("test", "assume") else value
    if not is_lean(type(value)) or isinstance(value, _NAMELESS):
        return value
    parts = {name: getattr(value, name) for name in parts_of(type(value))}
    return type(value)(**{n: p if n in _WORDS else _renamed(p, names) for n, p in parts.items()})


def find_renames(old: Contract, new: Contract) -> dict[str, str]:
    """The new name of each clause (and party) that only bears another one.

    Of several that are alike the titles decide, then their order.
    """
    since = min(old.term.effective, new.term.effective)
    before, after = clauses(old, since), clauses(new, since)
    gone = [each for key, each in before.items() if key not in after and key[0] != "agreement"]
    come = [each for key, each in after.items() if key not in before and key[0] != "agreement"]
    parties = {p.name for p in old.parties} ^ {p.name for p in new.parties}
    loose = {*parties, *(each.key[1] for each in (*gone, *come))}
    # There is one agreement on each side, whatever it is called.
    found: dict[str, str] = {old.name: new.name} if old.name != new.name else {}
    for party in old.parties:
        same = [p for p in new.parties if (p.title, p.role) == (party.title, party.role)]
        if party.name in parties and len(same) == 1 and same[0].name in parties:
            found[party.name] = same[0].name
    masked = dict.fromkeys(loose, _UNNAMED)
    prints: dict[object, list[Written]] = {}
    for each in come:
        prints.setdefault(_print(each, masked), []).append(each)
    for each in gone:
        alike = prints.get(_print(each, masked), [])
        other = next((x for x in alike if x.clause.title == each.clause.title), alike[0] if alike else None)
        if other is not None and each.key[0] not in ("test", "assume"):
            alike.remove(other)
            found[each.key[1]] = other.key[1]
    return {was: now for was, now in found.items() if _in_its_place(was, now, before, after, found)}


def _in_its_place(
    was: str, now: str, before: Mapping[Key, Written], after: Mapping[Key, Written], names: Mapping[str, str]
) -> bool:  # fmt: skip
    """Whether those who spoke of the one speak of the other now: else the two only look alike."""
    old = {renamed_key(key, names) for key in _speaking(was, before)}
    new = _speaking(now, after)
    return not old or not new or bool(old & new)


def _speaking(name: str, of: Mapping[Key, Written]) -> set[Key]:
    """The other clauses that name a clause."""
    word = f"'{name}'"
    return {
        key for key, each in of.items()
        if key[1] != name and any(word in repr(canonical(part)) for part in each.parts.values())
    }  # fmt: skip


def _print(each: Written, masked: Mapping[str, str]) -> object:
    """What two clauses have in common if they differ by names alone."""
    parts = tuple(
        (_masked(name, masked), repr(canonical(renamed(part, masked)))) for name, part in each.parts.items() if part
    )
    return each.key[0], tuple(sorted(part for part in parts if part[0] not in ("title", "reference")))


def _masked(label: str, masked: Mapping[str, str]) -> str:
    return label if not label.startswith("party ") else "party"


def renamed_key(key: Key, names: Mapping[str, str]) -> Key:
    """The key that a clause of the old contract has under its new name."""
    return key[0], names.get(key[1], key[1]) if key[0] not in ("test", "assume") else key[1]
