"""Versions of one clause joined into one term, which chooses among them by day and by what had been signed."""

from __future__ import annotations

from typing import Any, Final

from bpodsl.language.clauses.splitting import days, runs, split
from bpodsl.lean import evolve, frozen, parts_of
from bpodsl.terms import (
    Account,
    Change,
    Expression,
    Figure,
    Norm,
    OnAny,
    OnEvent,
    OnOutcome,
    OnSettled,
    Opening,
    Rule,
    Selector,
    Variant,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, TEXT, YES_NO

ORIGINAL: Final = "original"
_OWN: Final = (
    "clock", "due", "suspended_during", "excused_during", "cure", "after", "bearer", "counterparty", "clause",
    "variants", "version", "opening", "facts",
)  # fmt: skip
"""What may differ between the versions of a norm."""

_OF_A_FIGURE: Final = ("value", "target", "minimum", "shows", "rounding", "version", "clause")
GROWS: Final = ("number", "money", "length")


@frozen
class Version:
    """The term (None: none) that holds where all of some changes, in their order, are in force."""

    changes: tuple[Change, ...]
    desk: Any
    windows: str = ""
    """What becomes of windows in which the latest takes effect: "prorated", "split" or nothing."""

    @property
    def name(self) -> str:
        """What entries call it: its latest change."""
        return self.changes[-1].name


def in_force(changes: tuple[Change, ...], day: Expression) -> Expression:
    """Whether changes are in force on a day; one signed before it took effect is so from that day on."""
    latest = max(change.effective for change in changes)
    parts: list[Expression] = [ex.Compare(">=", day, ex.Literal(latest, DAY))]
    parts += [ex.Signed(change.name) for change in changes if change.signed > change.effective]
    return parts[0] if len(parts) == 1 else ex.AllOf(tuple(parts))


def _differs(one: object, other: object, own: tuple[str, ...]) -> bool:
    names = [name for name in parts_of(type(one)) if name not in own]
    return any(getattr(one, name) != getattr(other, name) for name in names)


# ---------------------------------------------------------------------------------------- norms
def joined_norm(first: Norm, versions: list[Version], added: bool) -> tuple[Norm, str | None]:
    """A norm whose instances stand under the version of the day on which they open."""
    day = ex.Moment("row", True)
    variants: list[Variant] = []
    problem: str | None = None
    for version in versions:
        when = in_force(version.changes, day)
        norm: Norm | None = version.desk
        if norm is None:
            variants.append(Variant(when, None))
            continue
        if _differs(first, norm, _OWN) or not _opened_alike(first, norm):
            problem = "A change cannot alter when a duty arises, what performs it, or how its instances are told apart."
        if any(change.moves for change in version.changes) and _reads(first) != _reads(norm):
            problem = "A running clock cannot move to another calendar, or to another start."
        own = evolve(norm, version=version.name)
        for each in norm.variants:
            terms = None if each.terms is None else evolve(each.terms, version=version.name)
            variants.append(Variant(ex.AllOf((when, each.when)), terms))
        variants.append(Variant(when, evolve(own, variants=())))
    first = evolve(first, opening=_opening(first, versions))
    if added:
        variants.append(Variant(ex.Literal(True, YES_NO), None))
        return evolve(first, variants=tuple(variants), version=versions[-1].name), problem
    old = [
        evolve(each, terms=None if each.terms is None else evolve(each.terms, version=ORIGINAL))
        for each in first.variants
    ]
    return evolve(first, variants=(*variants, *old), version=ORIGINAL), problem


def _opened_alike(first: Norm, norm: Norm) -> bool:
    """Whether both are opened by the same kinds of events, on whatever condition; or by the same else."""
    if first.opening == norm.opening:
        return True
    kinds = [[each.selector.event if isinstance(each, OnEvent) else "" for each in of.opening] for of in (first, norm)]
    return kinds[0] == kinds[1] and "" not in kinds[0]


def _opening(first: Norm, versions: list[Version]) -> tuple[Opening, ...]:
    """What opens a norm: each event by the condition of the version of its day."""
    made = [each for each in versions if each.desk is not None]
    if all(each.desk.opening == first.opening or not _opened_alike(first, each.desk) for each in made):
        return first.opening
    day, always = ex.Moment("row", True), ex.Literal(True, YES_NO)
    found: list[Opening] = []
    for place, way in enumerate(first.opening):
        assert isinstance(way, OnEvent)
        where: Expression = way.selector.where or always
        for each in reversed(made):
            new = each.desk.opening[place]
            if isinstance(new, OnEvent):
                where = ex.If(in_force(each.changes, day), new.selector.where or always, where)
        found.append(OnEvent(Selector(way.selector.event, where)))
    return tuple(found)


def _reads(norm: Norm) -> set[tuple[str | None, str]]:
    """How clocks of a norm read."""
    return {
        (terms.clock.calendar, terms.clock.from_field) for terms in norm.versions
        if terms.due is not None and terms.due.length is not None and terms.due.length.by_clock
    }  # fmt: skip


# ---------------------------------------------------------------------------------------- figures
def joined_figure(first: Figure, versions: list[Version], added: bool) -> tuple[Figure, str | None]:
    """A figure each of whose windows has the terms of its first day."""
    day = ex.WindowDay("first")
    nothing: Expression = ex.Unmeasured("not in force")
    if first.purpose in ("charge", "credit"):
        nothing = ex.Literal(0, first.kind)
    problem: str | None = None
    value = nothing if added else _rounded(first)
    target, minimum = first.target, first.minimum
    version: Expression = ex.Literal("none" if added else ORIGINAL, TEXT)
    for each in reversed(versions):
        when = in_force(each.changes, day)
        made: Figure | None = each.desk
        version = ex.If(when, ex.Literal(each.name if made is not None else "none", TEXT), version)
        if made is None:
            value = ex.If(when, nothing, value)
            continue
        if _differs(first, made, _OF_A_FIGURE):
            problem = "A change cannot alter the kind, the windows, the groups or the settling of a figure."
        new = _rounded(made)
        if new != value:
            old, said = _shared(first, each, new, value)
            value = ex.If(when, new, old)
            if not said:
                problem = f"The formula of `{first.name}` is no sum of counts and sums that a day could split."
        target, wrong = _target(when, made.target, target)
        minimum, wrong_too = _target(when, made.minimum, minimum)
        if wrong or wrong_too:
            problem = "A change cannot alter how a target compares, or is rounded; nor add one where there is none."
    return evolve(first, value=value, rounding=None, target=target, minimum=minimum, version=version), problem


def _rounded(figure: Figure) -> Expression:
    return figure.value if figure.rounding is None else ex.Rounded(figure.value, figure.rounding)


def _target(when: Expression, new: Any, old: Any) -> tuple[Any, bool]:
    if new == old:
        return old, False
    if new is None or old is None or (new.op, new.rounding) != (old.op, old.rounding):
        return old, True
    return evolve(old, level=ex.If(when, new.level, old.level)), False


def _shared(
    first: Figure, version: Version, new: Expression, old: Expression
) -> tuple[Expression, bool]:
    """In a window in which a change takes effect: the old terms for what lies before it, the new ones for the rest, by
    days or by what happened; and whether that can be said."""
    change = version.changes[-1]
    if not version.windows or first.kind.base not in GROWS:
        return old, True
    if version.windows == "split":
        found = split(change, new, old)
        return (old, False) if found is None else (found, True)
    before, after, whole = days(change)
    sums = ex.Arithmetic("+", ex.Arithmetic("*", old, before), ex.Arithmetic("*", new, after))
    return ex.If(runs(change), ex.Arithmetic("/", sums, whole), old), True


# ---------------------------------------------------------------------------------------- rules and caps
def joined_rule(first: Rule, versions: list[Version], added: bool) -> tuple[Rule, str | None]:
    """A rule whose condition is that of the day: of the window its first, of an outcome that of its opening."""
    day: Expression = ex.Moment("row", True)
    if isinstance(first.on, OnSettled):
        day = ex.WindowDay("first")
    elif isinstance(first.on, OnOutcome | OnAny):
        day = ex.Moment("opened", True)
    never, always = ex.Literal(False, YES_NO), ex.Literal(True, YES_NO)
    when: Expression = never if added else first.when or always
    problem: str | None = None
    for each in reversed(versions):
        made: Rule | None = each.desk
        if made is not None and _differs(first, made, ("when", "clause")):
            problem = "Of a trigger a change can alter the condition alone, of the same figure."
        new = never if made is None else made.when or always
        when = ex.If(in_force(each.changes, day), new, when)
    return evolve(first, when=when), problem


def joined_account(first: Account, versions: list[Version], added: bool) -> Account:
    """A cap whose limit is that of the window; of a rolling one that of the day on which it ends."""
    day = ex.WindowDay("last" if first.grid.span > 1 else "first")
    none = ex.Unmeasured("not in force")
    limit: Expression = none if added else first.limit
    for each in reversed(versions):
        limit = ex.If(in_force(each.changes, day), none if each.desk is None else each.desk.limit, limit)
    return evolve(first, limit=limit)
