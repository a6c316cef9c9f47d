"""An act that is owed and forbidden at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked, Model
from bpodsl.lint.facts import Facts
from bpodsl.lint.ways import Subject, states_of
from bpodsl.lint.witness import Story, times
from bpodsl.terms import Begin, Norm, OnEvent, OnState, Selector, WhenImposed
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO
from bpodsl.text import Problem, Related, Severity, Span, Trace


@frozen
class MustAndMustNot(Problem):
    """One clause demands (or allows) an act, another forbids it to the same party: whatever it does, it breaks one.

    It is said only where every act that performs the duty is forbidden, at least for some that open it. The events
    below show it: the act performs the one and breaks the other. A prohibition that is excused during a state still
    forbids outside of it; that is said where the duty does not ask for the state, and who owes it cannot begin it.

    Not so:

        obligation restore_urgent
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 4 hours
        obligation hands_off
          meridian must not ticket_resolved

    But so:

        obligation restore_urgent
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 4 hours
        obligation no_holding
          meridian must not ticket_held

    Next: add a condition to one of them, or excuse the act: `excused during STATE`.
    """

    code: ClassVar[str] = "BPO441"
    severity: ClassVar[Severity] = Severity.WARNING

    must: str
    must_not: str
    party: str
    event: str
    may: bool
    other: Span | None = None
    lines: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    def message(self) -> str:
        word = "allows" if self.may else "demands"
        states = " or ".join(f"`{state}`" for state in self.outside)
        but = f", except during {states}, which {self.party} cannot begin" if states else ""
        return f"`{self.must}` {word} `{self.event}` of {self.party}, and `{self.must_not}` forbids it{but}."

    def part(self) -> tuple[str, ...]:
        return self.must, "duty"

    def other_part(self) -> tuple[str, ...]:
        return ("duty",)

    def hint(self) -> str | None:
        return "Add a condition to one of them, or excuse the act: `excused during STATE`."

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "forbidden here"),)

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Each duty or right with each prohibition of the same party."""
    norms = facts.contract.norms
    bans = [ban for ban in norms if ban.modality == "must not" and not ban.variants and not ban.ends_with]
    for norm in norms:
        if norm.modality == "must not" or norm.form == "level" or norm.name not in facts.opens:
            continue
        for ban in bans:
            party = next((each for each in norm.bearer if each in ban.bearer), None)
            outside = None if party is None else _outside(facts, norm, ban, party)
            if party is None or outside is None:
                continue
            found = _forbidden(facts, norm, ban)
            if found is not None:
                act, lines = found
                may = norm.form == "right"
                yield MustAndMustNot(
                    norm.clause.span, norm.name, ban.name, party, act.event, may, ban.clause.span, lines, outside
                )


def _outside(facts: Facts, norm: Norm, ban: Norm, party: str) -> tuple[str, ...] | None:
    """The states outside of which the ban holds; None where the party can see to it that the duty falls into one: the
    duty asks for it, or the party may report what begins it."""
    states = dict.fromkeys((*ban.excused_during, *ban.suspended_during))
    found = tuple(state for state in states if state in facts.begins)
    opening = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
    asked = {state for each in (*opening, *norm.acts, *ban.acts) for state in states_of(each.where)}
    asked |= {way.state for way in norm.opening if isinstance(way, OnState)}
    asked |= {state for variant in norm.variants for state in states_of(variant.when)}
    for name in found:
        state = facts.states[name]
        kinds = [facts.events[each.event] for each in (*state.starts, *state.intervals)]
        own = any(not kind.reporters or party in kind.reporters for kind in kinds)
        begun = any(isinstance(effect, Begin) and effect.state == name for _, effect in facts.effects)
        if name in asked or own or begun or state.made is not None:
            return None
    # What imposes it may come about in the state only.
    return None if found and any(isinstance(way, WhenImposed) for way in norm.opening) else found


def _forbidden(facts: Facts, norm: Norm, ban: Norm) -> tuple[Selector, tuple[str, ...]] | None:
    """An act that performs the norm, all of whose performances the ban forbids, and the events that show it."""
    ways: list[Selector | None] = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
    for way in ways or [None]:
        acts = [act for act in norm.acts if facts.selects(act)]
        barred = [(act, found) for act in acts if (found := _always_banned(facts, norm, way, act, ban)) is not None]
        # One of several acts is enough to perform it, or to break it where all are needed.
        if not barred or (len(barred) < len(acts) and norm.needs != "all"):
            continue
        act, model = barred[0]
        lines = _story(facts, norm, way, act, ban, model)
        if lines is not None:
            return act, lines
    return None


def _always_banned(facts: Facts, norm: Norm, way: Selector | None, act: Selector, ban: Norm) -> Model | None:
    """Values of opening and act with which the act performs the norm, where no other values get by the ban."""
    kind = facts.events[act.event]
    opened = None if way is None else facts.events[way.event]
    there = () if opened is None else tuple(field.name for field in opened.fields)
    shared = tuple(name for name in norm.by if name in there and kind.field(name) is not None)
    bans = [each for each in ban.acts if each.event == act.event]
    opening = [] if way is None else [facts.asked(way, "opening", shared)]
    case = ("", "") if way is None else (way.event, "opening")
    performing = facts.asked(act, "act", shared, case)
    for each in bans:
        model = facts.model("BPO441", *opening, performing, facts.asked(each, "act", shared, case))
        if model is None:
            continue
        fixed = [
            ex.Compare("=", subject.expression, ex.Literal(value, field.kind))
            for subject, value in model.items()
            if isinstance(subject, Subject) and isinstance(subject.expression, ex.FieldOf)
            and subject.expression.name in shared and (field := kind.field(subject.expression.name)) is not None
        ]  # fmt: skip
        row = facts.row((act.event,))
        given = Asked(ex.AllOf(tuple(fixed)), row, "act", shared)
        free = [Asked(_not(other.where), row, "act", shared, case) for other in bans]
        if facts.impossible("BPO441", *opening, performing, given, *free):
            return model
    return None


def _not(where: object) -> object:
    """That a condition does not hold; of none, what never is."""
    return ex.Literal(False, YES_NO) if where is None else ex.Not(where)  # type: ignore[arg-type]


def _story(
    facts: Facts, norm: Norm, way: Selector | None, act: Selector, ban: Norm, model: Model
) -> tuple[str, ...] | None:
    """Events of which the last performs the norm and breaks the ban; None where `run` finds anything else."""
    if facts.follow is None:
        return ()
    found = (_told(facts, norm, way, act, ban, model, Story(facts, *start)) for start in times(model))
    return next((lines for lines in found if lines is not None), None)


def _told(
    facts: Facts, norm: Norm, way: Selector | None, act: Selector, ban: Norm, model: Model, story: Story
) -> tuple[str, ...] | None:
    if way is not None:
        story.report(way.event, model, "opening")
    elif not story.open(norm):
        return None
    ref = story.report(act.event, model, "act", **story.period(norm, facts.events[act.event]))
    kinds = {(entry.clause, entry.kind) for entry in story.followed() if ref in entry.event_causes}
    broken = (ban.name, "Missed") in kinds
    done = any((norm.name, kind) in kinds for kind in ("Fulfilled", "Exercised", "Late", "Cured", "Counted"))
    return story.lines if broken and (done or norm.needs == "all") else None
