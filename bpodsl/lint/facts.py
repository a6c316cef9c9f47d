"""What can come about under a contract at all: which states begin, which clauses open, how they come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from bpodsl.bounds import Bounds
from bpodsl.lint.conditions import Asked, Conditions, Model, Undecided
from bpodsl.lint.domains import ANY, Domain, of_kind
from bpodsl.lint.firing import DAYS, why_never
from bpodsl.lint.ways import states_of
from bpodsl.terms import (
    Begin,
    Contract,
    Effect,
    Figure,
    Finish,
    Impose,
    Lapse,
    Length,
    Norm,
    Once,
    OnEvent,
    OnOutcome,
    OnPeriod,
    OnState,
    Rule,
    Selector,
    State,
    WhenImposed,
)
from bpodsl.values import Grid, add_days, count_windows, further

if TYPE_CHECKING:
    from bpodsl.lint.witness import Follow

ENDLESS: Final = 10**9
"""As many windows as a term without end has."""


class Facts:
    """A contract and what is found out about it; each question is answered once. `follow` runs a few events.

    Of one version of an agreement: `whole` are the facts of the agreement itself, which is what is run and tells what
    can come about at all, and `since` the day from which the version holds.
    """

    def __init__(
        self, contract: Contract, follow: Follow | None = None, whole: Facts | None = None, since: date | None = None
    ) -> None:
        self.contract = contract
        self.follow = follow
        self.whole = whole
        self.run = contract if whole is None else whole.contract
        self.since = contract.term.effective if since is None else since
        self.events = {each.name: each for each in contract.events}
        self.norms = {each.name: each for each in contract.norms}
        self.states = {each.name: each for each in contract.states}
        self.figures = {each.name: each for each in contract.figures}
        self.rules = {each.name: each for each in contract.rules}
        self.wants_solver: dict[str, None] = {}
        """Rules that could not decide something without the solver."""
        self.begun: set[str] = set()
        """States found so far to begin."""
        self._decided: dict[tuple[object, ...], bool] = {}

    # -------------------------------------------------------------------------------- rows and conditions
    def row(self, events: Iterable[str]) -> Callable[[str], Domain]:
        """The domains of the fields of a row that is one of these kinds of events."""
        kinds = [self.events[name] for name in events if name in self.events]

        def domain(name: str) -> Domain:
            found = [field.kind for kind in kinds if (field := kind.field(name)) is not None]
            return of_kind(found[0]) if found and all(each == found[0] for each in found) else ANY

        return domain

    def of_norm(self, norm: Norm) -> Callable[[str], Domain]:
        """The domains of the fields of an instance."""
        if any(isinstance(way, WhenImposed | OnState) for way in norm.opening):
            return lambda _: ANY  # They are those of whatever imposes it.
        ways = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
        acts = [act.event for act in norm.acts] if norm.modality == "must not" or norm.members is not None else []
        return self.row(ways + acts)

    def of_any(self, outcomes: tuple[OnOutcome, ...]) -> Callable[[str], Domain]:
        """The domains of the fields of any of some outcomes."""
        norms = [self.norms[each.norm] for each in outcomes]
        if any(isinstance(way, WhenImposed | OnState) for norm in norms for way in norm.opening):
            return lambda _: ANY
        ways = [way.selector.event for norm in norms for way in norm.opening if isinstance(way, OnEvent)]
        acts = [act.event for norm in norms if norm.modality == "must not" for act in norm.acts]
        return self.row(ways + acts)

    def of_state(self, state: State) -> Callable[[str], Domain]:
        """The domains of the fields of the start of an interval."""
        if state.made is not None:
            return lambda _: ANY
        return self.row(each.event for each in (*state.starts, *state.intervals))

    def of_figure(self, figure: Figure) -> Callable[[str], Domain]:
        """The domains of the keys of a group."""
        members = {group.name: group.members for group in figure.by}
        return lambda name: Domain(values=found) if (found := members.get(name)) else ANY

    def asked(
        self, selector: Selector, of: str = "", shared: tuple[str, ...] = (), case: tuple[str, str] = ("", "")
    ) -> Asked:
        """The condition of a selector."""
        return Asked(selector.where, self.row((selector.event,)), of, shared, case)

    @cached_property
    def bounds(self) -> Bounds:
        """Between what values lie, in windows that the term cuts as well."""
        return Bounds(self.contract, cut=True)

    @cached_property
    def conditions(self) -> Conditions:
        """Answers about conditions, knowing which states never hold."""
        return Conditions(self.bounds, lambda state: state not in self.begins, self._case)

    def _case(self, event: str, name: str) -> Domain:
        return self.row((event,))(name)

    def model(self, rule: str, *asked: Asked) -> Model | None:
        """Values with which all hold, None where there are none; also where it is not decided, which is kept."""
        found = self.conditions.model(*asked)
        if isinstance(found, Undecided):
            if found.wants_solver:
                self.wants_solver.setdefault(rule)
            return None
        return found

    def impossible(self, rule: str, *asked: Asked) -> bool:
        """Whether it is certain that they do not all hold at once."""
        found = self.conditions.model(*asked)
        if isinstance(found, Undecided) and found.wants_solver:
            self.wants_solver.setdefault(rule)
        return found is None

    def can(self, condition: object, fields: Callable[[str], Domain]) -> bool:
        """Whether a condition can hold, as far as states have been found to begin by now."""
        if condition is None:
            return True
        flags = tuple((state, state in self.begun) for state in states_of(condition))
        key = (id(condition), flags)
        if key not in self._decided:
            asking = Conditions(self.bounds, lambda state: state not in self.begun, self._case)
            self._decided[key] = not asking.impossible(Asked(condition, fields))
        return self._decided[key]

    def selects(self, selector: Selector) -> bool:
        """Whether an event can be selected."""
        return selector.event in self.events and self.can(selector.where, self.row((selector.event,)))

    # -------------------------------------------------------------------------------- time
    @cached_property
    def last(self) -> date | None:
        """The last day that the term can have, however often it is renewed; None without end."""
        term = self.contract.term
        last, renewed = term.last, 0
        while last is not None:
            renewal = term.renewal_after(renewed)
            if renewal is None:
                return last
            if renewal.times is None or renewed > 100 or renewal.length.unit not in DAYS:
                return None
            last = add_days(_later(add_days(last, 1), renewal.length), -1)
            renewed += 1
        return None

    def windows(self, grid: Grid) -> int:
        """How many windows a grid can have at most."""
        if grid.unit == "term":
            return 1
        if grid.goes_on:
            return ENDLESS
        if grid.waits:
            return ENDLESS if grid.times is None else grid.times
        if self.last is None:
            return ENDLESS if grid.times is None else grid.times
        return count_windows(grid, self.contract.term.effective, add_days(self.last, 1))

    # -------------------------------------------------------------------------------- what can come about
    @cached_property
    def _reached(self) -> tuple[set[str], set[str], set[tuple[str, str]], set[str], set[str]]:
        """States that end, norms that open, outcomes, rules that fire, states that begin."""
        if self.whole is not None:
            self.begun = self.whole.begins
            return self.whole._reached
        ended: set[str] = set()
        opened: set[str] = set()
        outcomes: set[tuple[str, str]] = set()
        fired: set[str] = set()
        while True:
            before = len(self.begun), len(ended), len(opened), len(outcomes), len(fired)
            effects = [
                effect for norm in self.contract.norms for outcome, effect in norm.consequences
                if (norm.name, outcome) in outcomes or (outcome == "breached" and norm.cure is None
                                                        and (norm.name, "missed") in outcomes)
            ]  # fmt: skip
            effects += [effect for name in sorted(fired) for effect in self.rules[name].then]
            imposed = {effect.norm for effect in effects if isinstance(effect, Impose)}
            outcomes |= {(effect.norm, "missed") for effect in effects if isinstance(effect, Lapse)}
            self.begun |= {effect.state for effect in effects if isinstance(effect, Begin)}
            ended |= {effect.state for effect in effects if isinstance(effect, Finish)}
            for state in self.contract.states:
                if state.made is not None or any(self.selects(each) for each in (*state.starts, *state.intervals)):
                    self.begun.add(state.name)
                by_itself = state.made is not None or state.lasts is not None
                if by_itself or any(self.selects(each) for each in (*state.ends, *state.intervals)):
                    ended.add(state.name)
            for norm in self.contract.norms:
                if any(self._opens(way, norm.name in imposed) for way in norm.opening):
                    opened.add(norm.name)
                outcomes |= {(norm.name, outcome) for outcome in self._comes_out(norm, norm.name in opened)}
            for rule in self.contract.rules:
                if why_never(self, rule, outcomes) is None:
                    fired.add(rule.name)
            if before == (len(self.begun), len(ended), len(opened), len(outcomes), len(fired)):
                return ended, opened, outcomes, fired, self.begun

    @property
    def begins(self) -> set[str]:
        """States that can begin."""
        return self._reached[4]

    @property
    def ends(self) -> set[str]:
        """States that something can end."""
        return self._reached[0]

    @property
    def opens(self) -> set[str]:
        """Norms that can open."""
        return self._reached[1]

    @property
    def outcomes(self) -> set[tuple[str, str]]:
        """Norms and how they can come out."""
        return self._reached[2]

    @property
    def fires(self) -> set[str]:
        """Rules that can fire."""
        return self._reached[3]

    def _opens(self, way: object, imposed: bool) -> bool:
        match way:
            case OnEvent(selector):
                return self.selects(selector)
            case OnPeriod(grid):
                return self.windows(grid) > 0
            case Once():
                return True
            case WhenImposed():
                return imposed
        return True

    def performs(self, norm: Norm) -> bool:
        """Whether its acts can come about."""
        acts = [self.selects(act) for act in norm.acts]
        if not acts:
            return True  # It is performed by something else than acts.
        return all(acts) if norm.needs == "all" else any(acts)

    def _comes_out(self, norm: Norm, opened: bool) -> Iterator[str]:
        if norm.modality == "must not":
            if self.performs(norm):
                yield from ("opened", "missed", "breached")
                if any(state in self.begun for state in (*norm.excused_during, *norm.suspended_during)):
                    yield "excused"
        elif opened:
            yield "opened"
            dues = [version.due for version in norm.versions]
            if any(due is not None for due in dues):
                yield "missed"
                if any(version.cure is None for version in norm.versions) or norm.cure is not None:
                    yield "breached"
            if any(state in self.begun for version in norm.versions for state in version.excused_during):
                yield "excused"
            if self.performs(norm) or norm.adds_up is not None:
                yield "fulfilled"
                if any(due is not None for due in dues) or norm.unperformed == "not measured":
                    yield from ("late", "cured")
        if any(self.selects(selector) for selector in norm.waiving):
            yield from ("waived", "excused")
        if norm.form == "right" and self._waived:
            yield "missed"  # It lapses as its ground is waived.

    @cached_property
    def _waived(self) -> bool:
        return any(norm.waivers for norm in self.contract.norms)

    @cached_property
    def effects(self) -> tuple[tuple[str, Effect], ...]:
        """All effects that can come about, with the node that they follow from."""
        found: list[tuple[str, Effect]] = []
        for norm in self.contract.norms:
            after = (effect for outcome, effect in norm.consequences if (norm.name, outcome) in self.outcomes)
            found += ((norm.name, effect) for effect in after)
        for rule in self.contract.rules:
            if rule.name in self.fires:
                found += ((rule.name, effect) for effect in rule.then)
        return tuple(found)

    @cached_property
    def imposing(self) -> Mapping[str, tuple[list[Rule], list[tuple[str, str]]]]:
        """Of each norm that something opens: the rules that do, and the norms with the outcome that does."""
        found: dict[str, tuple[list[Rule], list[tuple[str, str]]]] = {}
        for rule in self.contract.rules:
            for effect in dict.fromkeys(rule.then):
                if isinstance(effect, Impose):
                    found.setdefault(effect.norm, ([], []))[0].append(rule)
        for norm in self.contract.norms:
            for outcome, effect in norm.consequences:
                if isinstance(effect, Impose):
                    found.setdefault(effect.norm, ([], []))[1].append((norm.name, outcome))
        return found

    @cached_property
    def lapsing(self) -> Mapping[str, list[Rule]]:
        """Of each right the rules that close it."""
        found: dict[str, list[Rule]] = {}
        for rule in self.contract.rules:
            for effect in dict.fromkeys(rule.then):
                if isinstance(effect, Lapse):
                    found.setdefault(effect.norm, []).append(rule)
        return found


def _later(day: date, length: Length) -> date:
    match length.unit:
        case "days" | "weeks" | "months" | "years":
            return further(day, length.amount, length.unit)
    raise AssertionError(length.unit)


def versions(norms: Sequence[Norm]) -> Iterator[Norm]:
    """All terms of all norms."""
    for norm in norms:
        yield from norm.versions
