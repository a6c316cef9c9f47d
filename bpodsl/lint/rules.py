"""The list of all rules: each looks at a contract for one kind of doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from bpodsl.bounds import Bounds
from bpodsl.lean import evolve, parts_of
from bpodsl.lint import (
    always_holds,
    begins_and_ends,
    below_nothing,
    below_zero,
    cap_always_binds,
    cap_never_binds,
    carried_duty,
    cheaper_missed,
    choice_unmeasured,
    cliffs,
    credit_while_met,
    divides_by_nothing,
    end_before_cure,
    end_too_late,
    ends_with_agreement,
    ladder_ends,
    lasts_too_long,
    late_not_counted,
    length_so_far,
    levels_in_order,
    limit_before,
    limit_of_nothing,
    must_and_must_not,
    never_ends,
    never_fires,
    never_follows,
    never_holds,
    never_open,
    never_opens,
    never_performed,
    no_way_out,
    nobody_exercises,
    not_decided,
    not_waited,
    notice_before_term,
    notice_too_slow,
    paid_twice,
    pause_moves_nothing,
    paused_at_once,
    reaching,
    rolling_start,
    rows_overlap,
    starts_paused,
    steps_fall,
    table_direction,
    table_gap,
    target_out_of_reach,
    two_deadlines,
    two_reliefs,
    waivers_differ,
    weights,
)
from bpodsl.lint.eras import eras
from bpodsl.lint.facts import Facts
from bpodsl.lint.reckoned import RECKONED
from bpodsl.lint.witness import Follow, Followed
from bpodsl.terms import Contract
from bpodsl.text import Problem, Span, Trace
from bpodsl.values import Money

Rule = Callable[[Contract], Iterator[Problem]]
Reasoned = Callable[[Facts], Iterator[Problem]]

RULES: Final[tuple[tuple[type[Problem], Rule], ...]] = (
    (table_gap.TableGap, table_gap.find),
    (table_direction.WrongDirection, table_direction.find),
    (levels_in_order.LevelsCrossed, levels_in_order.find),
    (credit_while_met.CreditWhileMet, credit_while_met.find),
    (weights.WeightsNotWhole, weights.find),
    (notice_before_term.NoticeBeforeTerm, notice_before_term.find),
    (carried_duty.CarriedDuty, carried_duty.find),
    (not_waited.NotWaited, not_waited.find),
    (late_not_counted.LateNotCounted, late_not_counted.find),
    (choice_unmeasured.ChoiceUnmeasured, choice_unmeasured.find),
    (rolling_start.RollingStart, rolling_start.find),
    (paid_twice.PaidTwice, paid_twice.find),
    (length_so_far.LengthSoFar, length_so_far.find),
    (limit_before.LimitBefore, limit_before.find),
    (limit_of_nothing.LimitOfNothing, limit_of_nothing.find),
    (rows_overlap.RowsOverlap, rows_overlap.find),
    (steps_fall.StepsFall, steps_fall.find),
)
"""Each doubt that a look at the terms finds, with what finds it, in the order of their codes."""

REASONED: Final[tuple[tuple[type[Problem], Reasoned], ...]] = (
    (no_way_out.NoWayOut, no_way_out.find),
    (never_fires.NeverFires, never_fires.find),
    (never_opens.NeverOpens, never_opens.find),
    (never_performed.NeverPerformed, never_performed.find),
    (ladder_ends.LadderEnds, ladder_ends.find),
    (ends_with_agreement.EndsWithAgreement, ends_with_agreement.find),
    (nobody_exercises.NobodyExercises, nobody_exercises.find),
    (end_too_late.EndTooLate, end_too_late.find),
    (never_follows.NeverFollows, never_follows.find),
    (lasts_too_long.LastsTooLong, lasts_too_long.find),
    (never_ends.NeverEnds, never_ends.find),
    (starts_paused.StartsPaused, starts_paused.find),
    (paused_at_once.PausedAtOnce, paused_at_once.find),
    (begins_and_ends.BeginsAndEnds, begins_and_ends.find),
    (pause_moves_nothing.PauseMovesNothing, pause_moves_nothing.find),
    (two_reliefs.TwoReliefs, two_reliefs.find),
    (never_open.NeverOpen, never_open.find),
    (never_holds.NeverHolds, never_holds.find),
    (must_and_must_not.MustAndMustNot, must_and_must_not.find),
    (two_deadlines.TwoDeadlines, two_deadlines.find),
    (waivers_differ.WaiversDiffer, waivers_differ.find),
    (notice_too_slow.NoticeTooSlow, notice_too_slow.find),
    (target_out_of_reach.TargetOutOfReach, target_out_of_reach.find),
    (end_before_cure.EndBeforeCure, end_before_cure.find),
    (always_holds.AlwaysHolds, always_holds.find),
    (not_decided.NotDecided, not_decided.find),
)
"""Each doubt that rests on what can come about; the last one says what the others could not decide."""

SHOWN: Final[Mapping[type[Problem], Callable[[Facts, Any], Trace | None]]] = {
    table_gap.TableGap: table_gap.show,
    table_direction.WrongDirection: reaching.show,
    levels_in_order.LevelsCrossed: reaching.show,
    credit_while_met.CreditWhileMet: reaching.show,
    rows_overlap.RowsOverlap: reaching.show,
    cap_never_binds.CapNeverBinds: cap_never_binds.show,
    cap_always_binds.CapAlwaysBinds: cap_always_binds.show,
    cheaper_missed.CheaperMissed: cheaper_missed.show,
    notice_before_term.NoticeBeforeTerm: notice_before_term.show,
    notice_too_slow.NoticeTooSlow: notice_too_slow.show,
    end_before_cure.EndBeforeCure: end_before_cure.show,
    divides_by_nothing.DividesByNothing: divides_by_nothing.show,
    below_nothing.BelowNothing: below_nothing.show,
    below_zero.BelowZero: below_zero.show,
    steps_fall.StepsFall: steps_fall.show,
    cliffs.Cliff: cliffs.show,
}
"""For the doubts that are certain without a run: what looks for a few events that show them, in the field `events`."""

_VERSIONED: Final = {
    levels_in_order.LevelsCrossed, credit_while_met.CreditWhileMet, weights.WeightsNotWhole, steps_fall.StepsFall,
    rows_overlap.RowsOverlap, never_holds.NeverHolds, always_holds.AlwaysHolds, must_and_must_not.MustAndMustNot,
    two_deadlines.TwoDeadlines, notice_too_slow.NoticeTooSlow, target_out_of_reach.TargetOutOfReach,
}  # fmt: skip
OF_VERSIONS: Final = tuple((kind, find) for kind, find in RULES if kind in _VERSIONED)
REASONED_OF_VERSIONS: Final = tuple((kind, find) for kind, find in REASONED if kind in _VERSIONED)
"""Those that look at each version of an agreement by itself as well. The others ask whether something can ever come
about, or sum up the whole term: that is no matter of one version."""

_KINDS: Final[list[type[Problem]]] = [
    cliffs.Cliff,
    *(kind for kind, _ in RULES),
    *(kind for kind, _ in RECKONED),
    *(kind for kind, _ in REASONED),
]
DOUBTS: Final = tuple(sorted(_KINDS, key=lambda kind: kind.code))


def lint(contract: Contract, follow: Follow | None = None, cliff: Money | None = None) -> list[Problem]:
    """All doubts about a contract. `follow` runs the few events by which some of them are shown; what it does not
    confirm is not reported. Without it nothing is shown. `cliff`: how much one case more or less may change what is
    owed; None: that is not asked."""
    facts, bounds = Facts(contract, follow), Bounds(contract)
    found = [problem for _, find in RULES for problem in find(contract)]
    found += [problem for _, reckon in RECKONED for problem in reckon(bounds)]
    found += [problem for _, reason in REASONED for problem in reason(facts)]
    found += _in_versions(facts, found)
    found += [] if cliff is None else cliffs.find(bounds, cliff)
    return found if follow is None else _shown(contract, follow, found)


RUNS: Final = 3_000
"""So many runs of one term there may be for events that show doubts: 40 of an agreement of 75 terms, 3 of one of
1 000. Which doubts are told does not depend on it."""


def _shown(contract: Contract, follow: Follow, found: list[Problem]) -> list[Problem]:
    """The problems with events that show them, as far as a run confirms it: the first of each code, then the second,
    as long as runs may be made."""
    left = RUNS // (1 + len(contract.figures) + len(contract.norms) + len(contract.rules))

    def limited(contract: Contract, lines: Sequence[str], until: int) -> Sequence[Followed]:
        nonlocal left
        left -= 1
        return follow(contract, lines, until) if left >= 0 else ()

    facts = Facts(contract, limited)
    before: Counter[type[Problem]] = Counter()
    turns = []
    for place, problem in enumerate(found):
        turns.append((before[type(problem)], place))
        before[type(problem)] += 1
    shown = list(found)
    for _, place in sorted(turns):
        problem = found[place]
        show = SHOWN.get(type(problem)) if left > 0 else None
        trace = None if show is None else show(facts, problem)
        if trace is not None:
            shown[place] = evolve(problem, events=trace)  # type: ignore[call-arg]
    return shown


def _in_versions(whole: Facts, found: list[Problem]) -> Iterator[Problem]:
    """What is so only in one version of the agreement, each once: said of the change that makes it so."""
    seen = {_about(problem) for problem in found}
    for era in eras(whole.contract):
        if whole.last is not None and era.known > whole.last:
            continue
        facts = Facts(era.contract, whole.follow, whole, era.known)
        here = [problem for _, find in OF_VERSIONS for problem in find(era.contract)]
        here += [problem for _, reason in REASONED_OF_VERSIONS for problem in reason(facts)]
        whole.wants_solver |= facts.wants_solver
        for problem in here:
            if _about(problem) not in seen:
                seen.add(_about(problem))
                yield problem if era.change is None else evolve(problem, span=era.change.clause.span)


def _about(problem: Problem) -> tuple[object, ...]:
    """What a problem is about: how it is shown does not matter."""
    left_out = (
        "span", "place", "other_place", "lines", "events", "group", "alive", "because", "row", "first_row", "several",
        "reaches",
    )  # fmt: skip
    said = (getattr(problem, name) for name in parts_of(type(problem)) if name not in left_out)
    return type(problem), *(each for each in said if not isinstance(each, Span))
