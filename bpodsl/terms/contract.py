"""The contract as understood: one table for each type of term."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.events import Closing, EventKind, Lending, Mapping
from bpodsl.terms.examples import Example
from bpodsl.terms.expressions import Rounding
from bpodsl.terms.figures import Account, Figure, Line, Survival
from bpodsl.terms.lengths import Length
from bpodsl.terms.norms import Norm
from bpodsl.terms.questions import Question
from bpodsl.terms.rules import Rule
from bpodsl.terms.series import Series
from bpodsl.terms.times import CalendarTerm, Selector, State
from bpodsl.terms.walking import walk


@frozen
class Party:
    """`role`: "client", "provider" or "other"."""

    name: str
    title: str
    role: str


@frozen
class Renewal:
    """At the end of a term it goes on for `length`, unless a notice selected by `unless` acts on a
    day no later than `notice` days before the last day of the term; with `if_given` only if one does. `times`: how
    often (None: always). `then`: what applies after so many.
    """

    length: Length
    unless: tuple[Selector, ...] = ()
    notice: Length | None = None
    times: int | None = None
    clause: Clause | None = None
    then: Renewal | None = None
    if_given: bool = False


@frozen
class Term:
    """`effective`: first day. `last`: last day of the first term, None: without end."""

    effective: date
    last: date | None
    renewal: Renewal | None = None

    @property
    def renewals(self) -> tuple[Renewal, ...]:
        """All renewals, in their sequence."""
        found = []
        each = self.renewal
        while each is not None:
            found.append(each)
            each = each.then
        return tuple(found)

    def renewal_after(self, renewed: int) -> Renewal | None:
        """What applies to a term that has been renewed so often; None if it is renewed no more."""
        for each in self.renewals:
            if each.times is None or renewed < each.times:
                return each
            renewed -= each.times
        return None


@frozen
class Assumption:
    """Where the agreement is silent: what is assumed, and why. Printed in every report."""

    what: str
    because: str
    clause: Clause


@frozen
class Change:
    """An amendment, in force from the first instant of `effective` and known from the first instant of `signed`.

    What it changes asks for it (`Signed`, and the day of the window, event or opening). `moves`: instances that are
    open then stand under its terms from then on.
    """

    name: str
    clause: Clause
    effective: date
    signed: date
    moves: bool = False


@frozen
class Assignment:
    """A party is replaced by another, from the first instant of `day` on.

    `event`: the kind whose first event gives the day; it is then None until one is known. `novates`: what is open on
    that day passes as well; else it stays with the party under which it opened.
    """

    name: str
    clause: Clause
    old: str
    new: str
    day: date | None
    event: str = ""
    novates: bool = False


@frozen
class Service:
    """What is provided, in the words of the agreement; facts here are stated, not computed. `parts`: the names of the
    clauses that are part of it."""

    name: str
    clause: Clause
    provider: str
    places: tuple[str, ...] = ()
    hours: str | None = None
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    stated: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()


@frozen
class Ladder:
    """An escalation path: its levels are the norms named, in order."""

    name: str
    clause: Clause
    levels: tuple[str, ...]


@frozen
class Stated:
    """A clause written down but not computed from events, and why."""

    clause: Clause
    because: str


@frozen
class Contract:
    """What was understood of an agreement. Frozen, comparable and picklable.

    `worlds`: the field of events by whose values a run is split into independent worlds, "" for one run.
    `law`: the law that governs it, in its own words.
    `digest` names its text (SHA-256 of the sources, hex). `pins` are the versions of pinned data
    (zone data, holidays) that its meaning rests on.
    """

    name: str
    clause: Clause
    parties: tuple[Party, ...]
    term: Term
    zone: str
    currency: str
    rounding: Rounding
    assumptions: tuple[Assumption, ...] = ()
    calendars: tuple[CalendarTerm, ...] = ()
    events: tuple[EventKind, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    questions: tuple[Question, ...] = ()
    states: tuple[State, ...] = ()
    services: tuple[Service, ...] = ()
    norms: tuple[Norm, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    accounts: tuple[Account, ...] = ()
    rules: tuple[Rule, ...] = ()
    stated: tuple[Stated, ...] = ()
    changes: tuple[Change, ...] = ()
    examples: tuple[Example, ...] = ()
    version: str = "1"
    worlds: str = ""
    digest: str = ""
    pins: tuple[tuple[str, str], ...] = ()
    series: tuple[Series, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    closings: tuple[Closing, ...] = ()
    law: str = ""
    lendings: tuple[Lending, ...] = ()

    @property
    def expressive(self) -> tuple[object, ...]:
        """All terms in which expressions stand."""
        return self.term, self.states, self.norms, self.figures, self.accounts, self.rules

    @cached_property
    def expressed(self) -> tuple[object, ...]:
        """Every part of these: many ask, and a table may have thousands."""
        return tuple(walk(self.expressive))

    @property
    def survivals(self) -> dict[str, Survival]:
        """Of the grids that survive the end: by the name that they give it, when and for how long."""
        return {each.grid.survives: each.survival for each in self.figures if each.survival is not None}

    def party(self, role: str) -> Party | None:
        """The first party of a role ("client", "provider"), or None."""
        return next((p for p in self.parties if p.role == role), None)

    def holder(self, party: str, opened: date, day: date) -> str:
        """Who stands in a party's place on a day, in what arose on the day `opened` (of what has no past, the same).

        Assignments are followed in the order of their days, then of their names; one that is no novation by the day
        on which the thing arose.
        """
        if not self.assignments:
            return party
        known = [(a.day, a.name.encode(), a) for a in self.assignments if a.day is not None]
        for since, _, each in sorted(known, key=lambda found: found[:2]):
            if each.old == party and since <= (day if each.novates else opened):
                party = each.new
        return party

    def holders(self, parties: tuple[str, ...], opened: date, day: date) -> tuple[str, ...]:
        """The same for several, each named once."""
        return tuple(dict.fromkeys(self.holder(party, opened, day) for party in parties))

    def assigned(self, parties: tuple[str, ...]) -> bool:
        """Whether an assignment concerns one of these parties."""
        return any(each.old in parties for each in self.assignments)
