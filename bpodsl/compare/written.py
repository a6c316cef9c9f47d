"""A contract as its clauses: each with all that it was lowered to, under the words of a reader.

The order in which clauses, fields, parties and the like are written means nothing, so they are found by name here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from bpodsl.lean import evolve, field, frozen, is_lean, parts_of
from bpodsl.terms import Clause, Contract, Kind, Norm, Variant, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Span
from bpodsl.values import WeeklyHours, show_utc
from bpodsl.values.hours import Combined, Hours, Plan, Until

Key = tuple[str, str]
"""A clause: its keyword and its name."""

WORDING: Final = ("title", "reference", "in the paper's words")
_TABLES: Final = (
    "events", "mappings", "questions", "states", "series", "services", "norms", "ladders", "figures", "lines",
    "accounts", "rules", "stated", "changes", "assignments", "calendars",
)  # fmt: skip
# Of a norm these are set by others of its own parts, or stand elsewhere.
_LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    "Line": ("figure",), "CalendarTerm": ("holidays",), "Figure": ("purpose",), "Norm": ("ladder", "level"),
}  # fmt: skip
LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "Norm": {
        "modality": "must, may or must not", "bearer": "by whom", "counterparty": "towards whom", "opening": "begins",
        "acts": "done by", "by": "known by", "needs": "acts needed", "due": "deadline", "suspended_during": "suspended",
        "excused_during": "excused", "barred_during": "barred", "reopening": "on reopening", "cure": "cured",
        "after": "what follows", "survives": "survives the end", "survives_for": "survives for",
        "survives_after": "survives the end by", "difference": "difference found later due",
        "stands": "an exercise stands", "regraded": "reclassified by",
        "adds_up": "in parts", "waivers": "waived by", "unperformed": "not performed is",
        "lasting": "at will, as often as its holder likes", "members": "for each of", "matching": "which it performs",
        "personal": "only by its own act",
    },
    "Figure": {"value": "formula", "grid": "period", "by": "for each", "minimum": "minimum",
               "survival": "survives the end", "settle_after": "settles after",
               "settle_latest": "settles at the latest", "shows": "shown beside it"},
    "Party": {"title": "full name"},
    "Line": {"payer": "who pays", "payee": "who is paid"},
    "Account": {"grid": "period", "lines": "what it caps, in order of filling", "by": "for each"},
    "Rule": {"on": "asked of", "when": "condition", "recurrence": "how often", "then": "what follows"},
    "EventKind": {"reporters": "reported by", "happens": "when it acts", "deemed": "when it counts as given",
                  "relates": "what it does to another event"},
    "State": {"by": "for each", "starts": "begins with", "ends": "ends with", "made": "is", "members": "for each of",
              "after": "begins so long after", "lasts": "lasts for", "prolonged": "prolonged by each beginning"},
    "Service": {"provider": "provided by", "places": "at", "stated": "facts", "parts": "its clauses"},
    "Change": {"moves": "running clocks move"},
    "Mapping": {"files": "files", "identity": "id", "known": "known at", "rows": "row"},
    "RowMapping": {"when": "read when", "fields": "field"},
    "Stated": {"because": "not computed because"},
    "Example": {"expectations": "expected", "events": "what happens"},
    "Series": {"points": "values", "by": "for each"},
}  # fmt: skip


@frozen
class Cases:
    """The terms of a duty in some cases, beside those that apply otherwise."""

    variants: tuple[Variant, ...]
    norm: Norm = field(eq=False)


@frozen
class Written:
    """A clause and what it means: its parts by name, each a term or a tuple of terms."""

    key: Key
    clause: Clause
    parts: Mapping[str, object] = field(eq=False)


def clauses(contract: Contract, since: date | None = None) -> dict[Key, Written]:
    """All clauses of a contract, in order of their tables. `since`: the day from which holidays are told (by default
    the first): before it nothing counts."""
    found: dict[Key, tuple[Clause, dict[str, object]]] = {}
    for clause, prefix, term in _terms(contract):
        key = _key(clause)
        whole, parts = found.get(key, (clause, {}))
        # Of a part that comes first the title is not that of all.
        found[key] = (whole if whole.name == key[1] else clause), parts
        parts |= {f"{prefix}{name}": value for name, value in _parts(term)}
        if prefix and clause.title and clause is not contract.clause:
            parts[f"{prefix}title"] = clause.title
    for clause, parts in found.values():
        for name, days in parts.items():
            if name.endswith("holidays") and isinstance(days, tuple):
                parts[name] = tuple(day for day in days if day >= (since or contract.term.effective))
        parts |= dict(zip(WORDING, (clause.title, clause.reference, clause.prose), strict=True))
    return {key: Written(key, evolve(clause, name=key[1]), parts) for key, (clause, parts) in found.items()}


def _terms(contract: Contract) -> Iterator[tuple[Clause, str, object]]:
    """Every term with its clause and what of the clause it is ("": all of it)."""
    yield contract.clause, "", contract
    for party in contract.parties:
        yield contract.clause, f"party {party.name}: ", party
    for each in contract.assumptions:
        # The defaults of the language that matter are listed there too; they follow from other clauses.
        if each.clause.word == "assume":
            yield evolve(each.clause, name=each.what), "", each
    ladders = {level: name.name for name in contract.ladders for level in name.levels}
    for table in _TABLES:
        for term in getattr(contract, table):
            own = getattr(term, "name", term.clause.name)
            prefix = own.removeprefix(_key(term.clause)[1]).strip(".")
            if own in ladders:
                prefix = f"level {prefix}"
            yield term.clause, f"{prefix}: " if prefix else "", term
    for example in contract.examples:
        yield evolve(example.clause, name=example.name, word="test"), "", example


def _key(clause: Clause) -> Key:
    if clause.word in ("test", "assume"):
        return clause.word, clause.name
    return clause.word, clause.name.partition(".")[0]


def _parts(term: object) -> Iterator[tuple[str, object]]:
    """The parts of a term that a reader knows, by name; those of variants behind the case that they are for."""
    if isinstance(term, Contract):
        yield from _head(term)
        return
    kind = type(term).__name__
    labels, left_out = LABELS.get(kind, {}), _LEFT_OUT.get(kind, ())
    for name in parts_of(type(term)):
        value = getattr(term, name)
        if name in ("name", "clause", "what") or name in left_out:
            continue
        if name == "calendar" and hasattr(value, "plan"):
            yield from _opens(value.plan)
            yield "zone", value.zone.name
        elif name == "fields" and kind == "EventKind":
            yield from ((f"field {each.name}", each) for each in value)
        elif name == "variants" and isinstance(term, Norm):
            yield name, Cases(value, evolve(term, variants=())) if value else None
        elif name == "shows":
            # What is a part of the value differs only where that does.
            within = set(walk(term.value))  # type: ignore[attr-defined]
            yield labels[name], tuple(each for each in value if each[1] not in within)
        else:
            yield labels.get(name, name.replace("_", " ")), value


def _head(contract: Contract) -> Iterator[tuple[str, object]]:
    yield "effective", contract.term.effective
    yield "last day", contract.term.last
    for n, renewal in enumerate(contract.term.renewals):
        what = "then renews" if n else "renews"
        yield f"{what} for", renewal.length
        yield f"{what} {'if' if renewal.if_given else 'unless'}", renewal.unless
        yield f"{what}: notice", renewal.notice
        yield f"{what}: how often", renewal.times
    yield "time zone", contract.zone
    yield "currency", contract.currency
    yield "sums rounded", contract.rounding
    yield "law", contract.law
    yield "version", contract.version
    yield "worlds by", contract.worlds
    for closing in contract.closings:
        of = f"records of {', '.join(closing.events)} close" if closing.events else "records close"
        yield f"{of} after the {closing.unit}", closing.length
        yield f"{of}: later ones count when reported", closing.carried


def _opens(plan: Plan, prefix: str = "") -> Iterator[tuple[str, object]]:
    """A calendar: its hours by weekday, however they are written, its holidays and what overrides them."""
    match plan:
        case Hours(_, hours, holidays, overrides):
            days: dict[tuple[int, int], set[int]] = {}
            for each in hours:
                days.setdefault((each.opens, each.closes), set()).update(each.weekdays)
            found = sorted((tuple(sorted(on)), *at) for at, on in days.items())
            yield f"{prefix}hours", tuple(WeeklyHours(on, opens, closes) for on, opens, closes in found)
            yield f"{prefix}holidays", holidays
            yield f"{prefix}closed or open on single days", overrides
        case Until(instant, before, after):
            yield from _opens(before, f"{prefix}before {show_utc(instant)}, ")
            yield from _opens(after, f"{prefix}from {show_utc(instant)} on, ")
        case Combined(operation, parts):
            yield f"{prefix}made by", operation
            for n, part in enumerate(parts, start=1):
                yield from _opens(part, f"{prefix}part {n}: ")
        case _:
            yield f"{prefix}hours", "always"


def lines_of(clause: Clause) -> tuple[str, ...]:
    """The lines of a clause, its head first, as they are written; comments and blank lines between them left out."""
    if clause.span is None:
        return ()
    source = clause.span.source
    first = clause.span.place[0]
    found = [source.line(first).strip()]
    for number in range(first + 1, source.line_count + 1):
        line = source.line(number).rstrip()
        if line and not line[0].isspace() and not line.startswith("#"):
            break
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(line)
    return tuple(found)


def is_wording(part: str) -> bool:
    """Whether a part says how a clause is called and where it stands, not what it means."""
    return part.rpartition(": ")[2] in WORDING


def same(one: object, other: object) -> bool:
    """Whether two terms mean the same: titles, places and the order of what is joined by `and` and `or` apart."""
    return canonical(one) == canonical(other)


def canonical(value: object) -> object:
    """What of a term tells whether another means the same."""
    if isinstance(value, tuple):
        return tuple(canonical(each) for each in value)
    if isinstance(value, Clause | Span):
        return None
    if not is_lean(type(value)):
        return value
    if isinstance(value, ex.Literal):
        # 1 and True are equal in Python, but no author would say so.
        # Which other words a field may hold is said at the field.
        kind = Kind("one_of") if value.kind.base == "one_of" else value.kind
        return "Literal", kind, type(value.value) is bool, value.value
    parts = tuple(canonical(getattr(value, name)) for name, about in parts_of(type(value)).items() if about.eq)
    if isinstance(value, ex.AllOf | ex.AnyOf | ex.UnionTimes | ex.BothTimes):
        parts = (tuple(sorted(parts[0], key=repr)),)  # type: ignore[call-overload]
    return type(value).__name__, *parts
