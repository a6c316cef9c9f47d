"""Versions of one clause joined into one term, which chooses among them by day and by what had been signed."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from bpodsl.language.clauses.splitting import prorated, runs, split
from bpodsl.lean import evolve, frozen, parts_of
from bpodsl.terms import (
    Account,
    Change,
    Effect,
    Expression,
    Figure,
    Line,
    Norm,
    OnAny,
    OnEvent,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Opening,
    Rule,
    Selector,
    Sides,
    State,
    Variant,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, TEXT, YES_NO

ORIGINAL: Final = "original"
_OWN: Final = (
    "clock", "due", "suspended_during", "excused_during", "cure", "after", "bearer", "counterparty", "clause",
    "variants", "version", "opening", "facts", "acts", "roles", "waivers",
)  # fmt: skip
"""What may differ between the versions of a norm."""

_OF_A_FIGURE: Final = ("value", "target", "minimum", "shows", "rounding", "version", "clause")
_PLAIN: Final = {(None, "")}
_GROWS: Final = ("number", "money", "length")


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
            problem = "A change cannot alter when a duty arises, or how acts find its instances."
        # Without a limit a clock reads as it did, from the opening and by the clock on the wall.
        if any(change.moves for change in version.changes) and (_reads(first) or _PLAIN) != (_reads(norm) or _PLAIN):
            problem = "A running clock cannot move to another calendar, or to another start."
        own = evolve(norm, version=version.name)
        for each in norm.variants:
            terms = None if each.terms is None else evolve(each.terms, version=version.name)
            variants.append(Variant(ex.AllOf((when, each.when)), terms))
        variants.append(Variant(when, evolve(own, variants=())))
    plain, first = first, evolve(first, opening=_opening(first, versions))
    made = [version.desk for version in versions if version.desk is not None]
    differ = any(each.acts != first.acts for each in made)
    if differ:
        acts = dict.fromkeys(act for each in (first, *made) for act in each.acts)
        first = evolve(first, acts=tuple(acts))
    if added:
        variants.append(Variant(ex.Literal(True, YES_NO), None))
        return evolve(first, variants=tuple(variants), version=versions[-1].name), problem
    old = [
        evolve(each, terms=None if each.terms is None else evolve(each.terms, version=ORIGINAL))
        for each in first.variants
    ]
    if differ:
        # The norm itself lists the acts of all versions.
        own = evolve(first, acts=plain.acts, variants=(), version=ORIGINAL)
        old = [*old, Variant(ex.Literal(True, YES_NO), own)]
    return evolve(first, variants=(*variants, *old), version=ORIGINAL), problem


def _opened_alike(first: Norm, norm: Norm) -> bool:
    """Whether both are opened by the same kinds of events, on whatever condition; or by the same else."""
    if first.opening == norm.opening:
        return True
    # In which windows it arises is joined by whoever joins the windows.
    if len(first.opening) == len(norm.opening) == 1 and isinstance(first.opening[0], OnPeriod):
        return isinstance(norm.opening[0], OnPeriod)
    kinds = [[each.selector.event if isinstance(each, OnEvent) else "" for each in of.opening] for of in (first, norm)]
    return kinds[0] == kinds[1] and "" not in kinds[0]


def _opening(first: Norm, versions: list[Version]) -> tuple[Opening, ...]:
    """What opens a norm: each event by the condition of the version of its day."""
    made = [each for each in versions if each.desk is not None]
    if any(isinstance(way, OnPeriod) for way in first.opening):
        return first.opening
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


# ---------------------------------------------------------------------------------------- states
def joined_state(first: State, versions: list[Version]) -> State:
    """A state that each event begins or ends by the version of its own day."""
    starts, ends = (_sides(first, versions, side) for side in ("starts", "ends"))
    return evolve(first, starts=starts, ends=ends)


def _sides(first: State, versions: list[Version], side: str) -> tuple[Selector, ...]:
    """What begins, or ends, it; of an event that all versions name so, without regard to the day."""
    day, always, never = ex.Moment("row", True), ex.Literal(True, YES_NO), ex.Literal(False, YES_NO)
    made = [(each.changes, getattr(each.desk, side)) for each in versions if each.desk is not None]
    own = getattr(first, side)
    found: list[Selector] = []
    for selector in dict.fromkeys((*own, *(each for _, selectors in made for each in selectors))):
        holds: Expression = always if selector in own else never
        for changes, selectors in reversed(made):
            holds = ex.If(in_force(changes, day), always if selector in selectors else never, holds)
        if selector in own and all(selector in selectors for _, selectors in made):
            found.append(selector)
        else:
            where = holds if selector.where is None else ex.AllOf((holds, selector.where))
            found.append(Selector(selector.event, where))
    return tuple(found)


# ---------------------------------------------------------------------------------------- figures
def joined_figure(first: Figure, versions: list[Version], added: bool) -> tuple[Figure, str | None]:
    """A figure each of whose windows has the terms of its first day, or, if it is cut, each part those of its own."""
    day = ex.WindowDay("first")
    nothing: Expression = ex.Unmeasured("not in force")
    if first.purpose in ("charge", "credit"):
        nothing = ex.Literal(0, first.kind)
    problem: str | None = None
    target, minimum = first.target, first.minimum
    version: Expression = ex.Literal("none" if added else ORIGINAL, TEXT)
    values = [(each.changes, nothing if each.desk is None else _rounded(each.desk)) for each in reversed(versions)]
    for each in reversed(versions):
        when = in_force(each.changes, day)
        made: Figure | None = each.desk
        version = ex.If(when, ex.Literal(each.name if made is not None else "none", TEXT), version)
        if made is None:
            continue
        if _differs(first, made, _OF_A_FIGURE):
            problem = "A change cannot alter the kind, the windows, the groups or the settling of a figure."
        target, wrong = _target(when, made.target, target)
        minimum, wrong_too = _target(when, made.minimum, minimum)
        if wrong or wrong_too:
            problem = "A change cannot alter how a target compares, or is rounded; nor add one where there is none."
    value, said = _shared(first, versions, _Chosen(nothing if added else _rounded(first), values))
    if not said:
        problem = f"The formula of `{first.name}` is no sum of counts and sums that a day could split."
    return evolve(first, value=value, rounding=None, target=target, minimum=minimum, version=version), problem


@frozen
class _Chosen:
    """The value by the terms of a day: the first, or that of the last of some versions that is in force then."""

    first: Expression
    values: list[tuple[tuple[Change, ...], Expression]]

    def on(self, day: date | None) -> Expression:
        """By the terms of a day; None: of the first of the window in scope."""
        found = self.first
        for changes, value in self.values:
            if day is None:
                found = found if value == found else ex.If(in_force(changes, ex.WindowDay("first")), value, found)
                continue
            late = tuple(ex.Signed(change.name) for change in changes if change.signed > change.effective)
            if all(change.effective <= day for change in changes):
                found = value if not late else ex.If(late[0] if len(late) == 1 else ex.AllOf(late), value, found)
        return found


def _rounded(figure: Figure) -> Expression:
    return figure.value if figure.rounding is None else ex.Rounded(figure.value, figure.rounding)


def _target(when: Expression, new: Any, old: Any) -> tuple[Any, bool]:
    if new == old:
        return old, False
    if new is None or old is None or (new.op, new.rounding) != (old.op, old.rounding):
        return old, True
    return evolve(old, level=ex.If(when, new.level, old.level)), False


def _shared(first: Figure, versions: list[Version], value: _Chosen) -> tuple[Expression, bool]:
    """The value of a window, and whether it can be said: in one in which changes take effect that share it out, each
    stretch by its own terms, by days or by what happened."""
    found, grows = value.on(None), first.kind.base in _GROWS
    if all(each == value.first for _, each in value.values):
        return value.first, True
    cutting = {each.changes[-1]: each.windows for each in versions if each.windows and each.desk is not None and grows}
    by_events = [change for change, how in cutting.items() if how == "split"]
    if by_events:
        parts = split(by_events, value.on)
        if parts is None:
            return found, False
        found = ex.If(runs(by_events), _rounded_once(parts, first, versions), found)
    by_days = [change for change, how in cutting.items() if how == "prorated"]
    if by_days:
        found = ex.If(runs(by_days), prorated(by_days, value.on), found)
    return found, True


def _rounded_once(parts: Expression, first: Figure, versions: list[Version]) -> Expression:
    """A sum of parts, rounded as the terms of the last day of the window say."""
    last, exact_ = ex.WindowDay("last"), parts
    found = _rounded(evolve(first, value=exact_))
    for each in reversed(versions):
        if each.desk is not None and each.desk.rounding != first.rounding:
            found = ex.If(in_force(each.changes, last), _rounded(evolve(each.desk, value=exact_)), found)
    return found


# ---------------------------------------------------------------------------------------- rules and caps
def joined_line(first: Line, versions: list[Version]) -> tuple[Line, str | None]:
    """Who owes whom in each window of a charge or credit: the sides of the version of its first day."""
    day = ex.WindowDay("first")
    sides: list[Sides] = []
    problem: str | None = None
    for each in versions:
        made: Line | None = each.desk
        if made is None:
            continue
        if _differs(first, made, ("payer", "payee", "clause")):
            problem = "A change cannot alter the currency of a sum, or how it is rounded."
        sides.append(Sides(in_force(each.changes, day), made.payer, made.payee))
    if all((each.payer, each.payee) == (first.payer, first.payee) for each in sides):
        return first, problem
    return evolve(first, sides=tuple(sides)), problem


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
        if made is not None and _differs(first, made, ("when", "clause", "then")):
            problem = "A change cannot alter of what a trigger asks, or how often it must hold."
        new = never if made is None else made.when or always
        when = ex.If(in_force(each.changes, day), new, when)
    return evolve(first, when=when, **_followed(first, versions, day)), problem


def _followed(first: Rule, versions: list[Version], day: Expression) -> dict[str, Any]:
    """What follows under each version, each with the condition that it is the version of the day."""
    made = [each for each in versions if each.desk is not None]
    if all(each.desk.then == first.then for each in made):
        return {}
    always, none = ex.Literal(True, YES_NO), ex.Literal(False, YES_NO)
    then: list[Effect] = []
    only: list[Expression | None] = []
    for own in (first, *(each.desk for each in made)):
        for effect in own.then:
            if effect in then:
                continue
            holds: Expression = always if effect in first.then else none
            for each in reversed(made):
                holds = ex.If(in_force(each.changes, day), always if effect in each.desk.then else none, holds)
            then.append(effect)
            only.append(holds)
    return {"then": tuple(then), "only": tuple(only)}

def joined_account(first: Account, versions: list[Version], added: bool) -> Account:
    """A cap whose limit is that of the window; of a rolling one that of the day on which it ends."""
    day = ex.WindowDay("last" if first.grid.span > 1 else "first")
    none = ex.Unmeasured("not in force")
    limit: Expression = none if added else first.limit
    for each in reversed(versions):
        limit = ex.If(in_force(each.changes, day), none if each.desk is None else each.desk.limit, limit)
    return evolve(first, limit=limit)
