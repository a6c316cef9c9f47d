"""Trying an agreement's own examples: are the things it expects what follows?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from bpodsl.language.allowing import allows
from bpodsl.language.problems_of_tests import EventNotCounted, ExpectationFailed
from bpodsl.pipeline import Run, runner
from bpodsl.record import TERM_END, Entry, Event, Ledger
from bpodsl.record.intake import example_events
from bpodsl.record.relating import Related, relate
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.record.worlds import of_world, worlds
from bpodsl.report.idle import idle
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.terms import Contract, Example, Expectation, NotMeasured, OnPeriod
from bpodsl.values import add_days, parse_day


@frozen
class Trial:
    """One example tried: its failures, in the order of its lines, and what else should be known of it."""

    example: Example
    failures: tuple[ExpectationFailed, ...]
    notes: tuple[EventNotCounted, ...] = ()


def try_examples(contract: Contract, today: date | None = None) -> Iterator[Trial]:
    """Run each example of the contract by itself. `today`: as for `try_example`."""
    run = runner(contract) if contract.examples else None
    for example in contract.examples:
        yield try_example(contract, example, run, today)


def try_example(contract: Contract, example: Example, run: Run | None = None, today: date | None = None) -> Trial:
    """Run one example and compare what it expects. `run`: the contract, where it has been planned already. `today`:
    the day on which comments that allow a note until some day are judged; None: on any."""
    events, refused = example_events(contract, example)
    failures = [ExpectationFailed(span, example.name, "an event that can be read", reason) for span, reason in refused]
    notes: tuple[EventNotCounted, ...] = ()
    if not failures:
        until = until_of(contract, example, events)
        known = [event for event in events if event.known < until]
        world = example.world or next(iter(worlds(contract, known)), "")
        related = relate(contract, of_world(contract, known, world), until)
        ledger = (run or runner(contract))(related.events, until)
        notes = (*_not_counted(contract, example, events, related), *_idle(contract, example, events, related, ledger))
        judged = _Judged(contract, ledger)
        for expectation in example.expectations:
            instead = judged.differs(expectation)
            if instead is not None:
                said = expectation.span.text.strip() if expectation.span else expectation.of
                said = said.removeprefix("expect ").strip()
                failures.append(ExpectationFailed(expectation.span, example.name, f"“{said}”", instead))
    return Trial(example, tuple(failures), tuple(note for note in notes if not allows(note, today)))


def _not_counted(
    contract: Contract, example: Example, events: tuple[Event, ...], related: Related
) -> Iterator[EventNotCounted]:
    """The events that wait for another, or are set aside, in the order of the lines."""
    relations = {kind.name: kind.relates for kind in contract.events}
    refused = dict(related.refused)
    late = {each.event: each.refused for each in related.late}
    for event, written in zip(events, example.events, strict=True):
        identity = event.source, event.id
        relation = relations.get(event.kind)
        if identity in refused or identity in late:
            refused = refused | late
            yield EventNotCounted(written.span, example.name, refused[identity].refusal("").message())
        elif identity in related.waiting:
            other = f"`{relation.event}`" if relation else "event"
            why = f"`{event.kind}` does not count: the {other} that it names is not there."
            yield EventNotCounted(written.span, example.name, why)


def _idle(
    contract: Contract, example: Example, events: tuple[Event, ...], related: Related, ledger: Ledger
) -> Iterator[EventNotCounted]:
    """The events from which nothing follows."""
    written = {event.identity: line for event, line in zip(events, example.events, strict=True)}
    for event, why in idle(contract, related.events, ledger):
        span = written[event.identity].span
        yield EventNotCounted(span, example.name, f"`{event.kind}` does not count: {why}.")


def until_of(contract: Contract, example: Example, events: tuple[Event, ...]) -> int:
    """The stated instant, or one tick after the latest instant that the example names."""
    if example.until is not None:
        return example.until
    show = Show(contract)
    named = [e.known for e in events] + [e.acts for e in events] + [e.ends for e in events if e.ends is not None]
    # An event that has only a day may act at its end.
    named += [show.zone.start_of(add_days(e.day, 1)) - 1 for e in events if e.day is not None]
    named += [x.at for x in example.expectations if x.at is not None]
    named += [show.zone.start_of(parse_day(x.day)) for x in example.expectations if x.day]
    # That something is not so on a day is known when the day is over.
    named += [
        show.zone.start_of(add_days(parse_day(x.day), 1)) - 1 for x in example.expectations
        if x.day and x.negated and (x.words or x.number is not None or x.what == "right")
    ]
    return max(named, default=show.zone.start_of(contract.term.effective)) + 1


@frozen
class _Judged:
    contract: Contract
    ledger: Ledger

    @property
    def words(self) -> Words:
        return Words(Show(self.contract))

    def differs(self, expected: Expectation) -> str | None:
        """What followed instead, or None if it is as expected."""
        check = {
            "outcome": self._outcome, "value": self._value, "paid": self._paid, "standing": self._standing,
            "fired": self._fired, "level": self._level, "right": self._right, "state": self._state,
        }[expected.what]  # fmt: skip
        if expected.negated and (expected.words or expected.number is not None or expected.what == "value"):
            return self._is_not(expected, check)
        return check(expected)

    def _is_not(self, expected: Expectation, check: Callable[[Expectation], str | None]) -> str | None:
        """Why it cannot be said that something is not so: it is so, or nobody knows; None if it is not."""
        so = evolve(expected, negated=False)
        if expected.what in ("value", "standing") and not self._of_lines(expected) and not self._entries("Settled", so):
            return "that window has no settled value"
        if expected.what in ("outcome", "right"):
            one = self._outcome_differs if expected.what == "outcome" else self._right_differs
            found = [one(verdict, so) for verdict in self._verdicts((expected.of,), so)]
            return "it is so" if None in found else None
        return "it is so" if check(so) is None else None

    def _of_lines(self, expected: Expectation) -> bool:
        """Whether it is about what is owed on a line."""
        return any(line.name == expected.of for line in self.contract.lines)

    # ------------------------------------------------------------------ instances
    def _verdicts(self, names: tuple[str, ...], expected: Expectation) -> list[Verdict]:
        return [
            v for v in judge(self.contract, self.ledger.outcome)
            if v.norm in names and _fits(v.key, v.instance, expected)
        ]  # fmt: skip

    def _outcome(self, expected: Expectation) -> str | None:
        found = self._verdicts((expected.of,), expected)
        if not found:
            return "there is no such instance"
        # Of several cycles of one key the last is meant.
        return self._outcome_differs(found[-1], expected)

    def _outcome_differs(self, verdict: Verdict, expected: Expectation) -> str | None:
        is_so = {
            "fulfilled": verdict.status == "fulfilled", "missed": verdict.status == "missed",
            "excused": verdict.status == "excused", "undecided": verdict.live, "open": verdict.live,
            "waived": verdict.waived,
            "cured": verdict.cured, "breached": verdict.breached, "ended": verdict.status == "not measurable",
            "late": verdict.status == "missed" and verdict.performed is not None and not verdict.cured,
        }[expected.words]  # fmt: skip
        when = verdict.performed if expected.words in ("late", "cured") else verdict.decided
        if expected.words == "waived":
            when = next((e.at for e in verdict.entries if e.kind == "Waived"), when)
        if not is_so:
            return f"it is {verdict.status}" + (f" at {self._at(when)}" if when is not None else "")
        due: object = verdict.due
        breach = next((e for e in verdict.entries if e.kind == "Breached"), None)
        if expected.words == "breached" and breach is not None:
            when, due = breach.at, breach.number("due")
        if expected.words in ("missed", "breached") and isinstance(due, date) and expected.day:
            # A deadline in days is missed on its last day, though only the next instant shows it.
            return None if expected.day == due.isoformat() else f"it was {expected.words} on {due.isoformat()}"
        return self._when_differs(expected, when)

    def _when_differs(self, expected: Expectation, when: int | None) -> str | None:
        if expected.at is not None and when != expected.at:
            return f"it was at {self._at(when)}"
        if expected.day and (when is None or self.words.show.day(when) != expected.day):
            return f"it was at {self._at(when)}"
        return None

    def _at(self, when: int | None) -> str:
        return self.words.show.instant(when) if when is not None else "no time yet"

    # ------------------------------------------------------------------ figures and lines
    def _entries(self, kind: str, expected: Expectation) -> list[Entry]:
        return [
            e for e in self.ledger.outcome
            if e.kind == kind and e.clause == expected.of
            and (not expected.period or e.period == expected.period or _holds(e.period, expected.period))
            and _fits(e.key, e.instance, expected)
        ]  # fmt: skip

    def _value(self, expected: Expectation) -> str | None:
        show = self.words.show
        if self._of_lines(expected):
            # What has been posted until then; of a window that has not settled, or will not, that is 0.
            posted = [e.number("amount") for e in self._entries("Accrued", expected)]
            total = sum((Fraction(x) for x in posted if isinstance(x, int | Fraction)), Fraction(0))
            return None if total == expected.value else f"it is {show.money(total)}"
        settled = self._entries("Settled", expected)
        if not settled:
            return "that window has no settled value"
        if len(settled) > 1:
            return f"there are {len(settled)} such values: say for which"
        value = settled[0].number("value")
        if isinstance(value, NotMeasured):
            return None if expected.value is None else f"it is not measured: {show.unmeasured(expected.of, value)}"
        return None if value == expected.value else f"it is {show.figure_in_full(expected.of, value)}"

    def _paid(self, expected: Expectation) -> str | None:
        total = Fraction(0)
        for entry in self.ledger.outcome:
            amount = entry.number("amount")
            of = entry.clause == f"{expected.of}.payment" or entry.clause.startswith(f"{expected.of}.payment.")
            if entry.kind == "Accrued" and of and isinstance(amount, int | Fraction):
                total += amount if _fits(entry.key, entry.instance, expected) else 0
        return None if total == expected.value else f"it pays {self.words.show.money(total)}"

    def _standing(self, expected: Expectation) -> str | None:
        settled = self._entries("Settled", expected)
        if not settled:
            return "that window has no settled value"
        for entry in settled:
            below = entry.number("below minimum") is True
            stands = entry.number("standing")
            if expected.words == "below minimum" and not below:
                return f"it is {self.words.show.figure(expected.of, entry.number('value'))}"
            if expected.words in ("met", "missed") and stands != expected.words:
                return f"it is {stands} with {self.words.show.figure(expected.of, entry.number('value'))}"
        return None

    # ------------------------------------------------------------------ rules, ladders, rights
    def _fired(self, expected: Expectation) -> str | None:
        # That it was not so on a day is meant of the day as clocks show it.
        days = 1 if expected.negated else 2
        fired = [
            e for e in self._entries("Fired", expected)
            if (not expected.day or expected.day in self._days(e)[:days])
            and (expected.at is None or e.at == expected.at)
        ]  # fmt: skip
        if bool(fired) != expected.negated:
            return None
        if expected.negated:
            return f"it is the case {self._when_fired(fired[0])}"
        others = [e for e in self.ledger.outcome if e.kind == "Fired" and e.clause == expected.of]
        if not others:
            return "it never was the case"
        told = "it was the case " + ", ".join(map(self._when_fired, others))
        if expected.key and not any(e.key for e in others):
            told += "; it fires for no key, which a trigger has only by a line `by …` (or of a measure `by …`)"
        return told

    def _when_fired(self, fired: Entry) -> str:
        """For what it fired, and, where that is no window, when."""
        of = self.words.of(fired)
        return of if fired.period else " ".join(filter(None, (of, f"at {self._at(fired.at)}")))

    def _days(self, entry: Entry) -> tuple[str, ...]:
        """The day of an entry, as clocks show it; of what lies before those of a midnight the day that ends, too."""
        day = self.words.show.day
        return (day(entry.at), day(entry.at - 1)) if entry.place <= TERM_END else (day(entry.at),)

    def _level(self, expected: Expectation) -> str | None:
        ladder = next(x for x in self.contract.ladders if x.name == expected.of)
        reached = self._verdicts(ladder.levels, expected)
        if expected.negated:
            return f"level {len(reached)} was reached" if reached else None
        levels = {n.name: n.level for n in self.contract.norms}
        wanted = [v for v in reached if levels[v.norm] == expected.number]
        if not wanted:
            top = max((levels[v.norm] for v in reached), default=0)
            return f"it reached level {top}" if top else "it was not escalated"
        return self._when_differs(expected, wanted[-1].opened)

    def _state(self, expected: Expectation) -> str | None:
        opened = [e for e in self._entries("Opened", expected) if self._is_then(e, expected) or not expected.negated]
        if expected.negated:
            return f"it began at {self._at(opened[0].at)}" if opened else None
        if not opened:
            return "it never began"
        last = max(opened, key=lambda e: e.at)
        closed = next((e for e in self._entries("Closed", expected) if e.instance == last.instance), None)
        if (closed is None) != (expected.words == "open"):
            return "it still holds" if closed is None else f"it ended at {self._at(closed.at)}"
        turn = last if closed is None else closed
        return None if self._is_then(turn, expected) else f"it was at {self._at(turn.at)}"

    def _is_then(self, entry: Entry, expected: Expectation) -> bool:
        on_day = not expected.day or self.words.show.day(entry.at) == expected.day
        return on_day and (expected.at is None or entry.at == expected.at)

    def _right(self, expected: Expectation) -> str | None:
        found = self._verdicts((expected.of,), expected)
        if expected.negated:
            then = [verdict.opened for verdict in found if self._when_differs(expected, verdict.opened) is None]
            return f"it opened at {self._at(then[-1])}" if then else None
        if not found:
            return "it never opened"
        said = expected.at is not None or expected.day
        if said or expected.words == "open" or self._comes_often(expected.of):
            # Of several, one that is so will do.
            differs = [self._right_differs(verdict, expected) for verdict in found]
            return None if None in differs else differs[-1]
        return self._right_differs(found[-1], expected)

    def _comes_often(self, name: str) -> bool:
        """Whether a right may be exercised more than once, without another ground."""
        norm = next(each for each in self.contract.norms if each.name == name)
        return norm.lasting or norm.members is not None or any(isinstance(way, OnPeriod) for way in norm.opening)

    def _right_differs(self, verdict: Verdict, expected: Expectation) -> str | None:
        stands = {"undecided": "open", "fulfilled": "exercised", "missed": "lapsed"}.get(verdict.status, verdict.status)
        if stands != expected.words:
            return f"it is {stands}"
        if expected.words == "open" and expected.day:
            until = self.words.show.when(verdict.due)
            return None if until[: len(expected.day)] == expected.day else f"it is open until {until}"
        lapsed = next((entry for entry in verdict.entries if entry.kind == "Lapsed"), None)
        if expected.day and lapsed is not None and isinstance(verdict.due, date):
            last = verdict.due.isoformat()
            return None if expected.day in (last, self.words.show.day(lapsed.at - 1)) else f"it lapsed on {last}"
        if expected.day and lapsed is not None and expected.day in self._days(lapsed):
            return None
        return self._when_differs(expected, verdict.decided)


def _holds(label: str, day: str) -> bool:
    """Whether a window of several days, told by its label, holds a day."""
    first, stretch, last = label.partition("/")
    return bool(stretch) and len(day) == len(last) and first <= day <= last


def _fits(key: tuple[tuple[str, str], ...], instance: str, expected: Expectation) -> bool:
    have = dict(key)
    # A difference found later is named behind its debt.
    later = instance.rpartition("/")[2].partition("+")[2]
    if later.isdigit():
        have = {name: f"{text}+{later}" for name, text in have.items()}
    texts = {*have.values(), instance, instance.rpartition("/")[2]}
    return all(have.get(name) == text if name else text in texts for name, text in expected.key)
