"""Why nothing followed: what was missing, in the words of the clause."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from attrs import frozen

from bpodsl.bounds.measuring import window_told
from bpodsl.record import Entry, Event
from bpodsl.report.asked import Asked
from bpodsl.report.conditions import asked_fields, holds_of, written
from bpodsl.report.history import History, in_short, stands
from bpodsl.report.periods import all_windows, of_period
from bpodsl.report.waiting import awaited_by
from bpodsl.report.why_no_trigger import occasions
from bpodsl.terms import Impose, Norm, NotMeasured, OnEvent, OnPeriod, OnSettled, OnState, Rule, Selector
from bpodsl.terms.expressions import Standing

_MOST = 12


@frozen
class WhyNot:
    """Of one run: says of what did not happen what was missing."""

    run: History

    def missing(self, asked: Asked) -> Iterator[str]:
        """Lines, indented by two blanks a step down."""
        run, name = self.run, asked.clause
        contract = run.contract
        ladder = next((x for x in contract.ladders if x.name == name), None)
        norm = next((n for n in contract.norms if n.name == (ladder.levels[0] if ladder else name)), None)
        rule = next((r for r in contract.rules if r.name == name), None)
        line = next((x for x in contract.lines if x.name == name), None)
        state = next((s for s in contract.states if s.name == name), None)
        account = next((a for a in contract.accounts if a.name == name), None)
        if rule is not None:
            yield from self.rule(rule, asked)
        elif line is not None and line.figure is not None:
            yield from self._line(line.figure, asked)
        elif norm is not None:
            yield from self._norm(norm, asked)
        elif name in run.show.figures:
            yield from self._figure(name, asked)
        elif state is not None:
            begins = "notice of it is given by" if state.after is not None else "it begins with"
            for selector in (*state.starts, *state.intervals):
                yield from self._selected(selector, asked, begins)
            if not (*state.starts, *state.intervals):
                yield "what it follows from did not happen"
        elif account is not None:
            yield "no sum was cut: what it caps stayed within it"
        else:
            yield "nothing in the events concerns it"

    # ------------------------------------------------------------------ duties and rights
    def _norm(self, norm: Norm, asked: Asked) -> Iterator[str]:
        run, grounds = self.run, 0
        for way in norm.opening:
            if isinstance(way, OnEvent):
                yield from self._selected(way.selector, asked, "it is opened by")
            elif isinstance(way, OnPeriod):
                yield from self._period(way, asked)
            elif isinstance(way, OnState):
                yield f"it arises with {run.words.clause(way.state)}, which did not come about"
        for selector in norm.acts if norm.form == "prohibition" else ():
            yield from self._selected(selector, asked, "it is broken by")
        for rule in run.contract.rules:
            if any(isinstance(e, Impose) and e.norm == norm.name for e in rule.then):
                grounds += 1
                fired = [e for e in run.ledger.outcome if e.clause == rule.name and e.kind == "Fired"]
                if not [e for e in fired if not asked.period or of_period(e, asked.period)]:
                    when = f" in {asked.period}" if asked.period else ""
                    yield f"its ground {run.words.clause(rule.name)} is not the case{when}:"
                    yield from ("  " + line for line in self.rule(rule, asked))
        for other in run.contract.norms:
            for outcome, effect in other.consequences:
                if isinstance(effect, Impose) and effect.norm == norm.name:
                    grounds += 1
                    yield from self._consequence(other, outcome, asked)
        if not grounds and not norm.opening and norm.form != "prohibition":
            yield "nothing in the agreement opens it"

    def _consequence(self, norm: Norm, outcome: str, asked: Asked) -> Iterator[str]:
        run = self.run
        which = f"it follows when {run.words.clause(norm.name)} is {outcome}"
        found = outcomes_in(run, norm.name, outcome)
        if not found:
            yield f"{which}; that did not happen"
            return
        hint = "; ask without --in" if asked.period else ""
        yield f"{which}; that happened, but not for what was asked about{hint}:"
        yield from in_short(("  " + self._at(entry) for entry in found), _MOST, run.full, "")

    def _period(self, way: OnPeriod, asked: Asked) -> Iterator[str]:
        run = self.run
        label = asked.period or next((key for key in asked.key), "")
        window = next((w for w in all_windows(run.contract, run.ledger, way.grid) if w.label == label), None)
        if window is None:
            yield "it opens with each of its periods, and none of that name has begun"
        elif window.start >= run.ledger.until:
            yield self._yet(f"{window.label} begins at {run.show.instant(window.start)}")
        elif run.ended is not None and window.start >= run.ended:
            yield self._over()
        else:
            yield f"nothing was opened in {window.label}"

    # ------------------------------------------------------------------ events
    def _selected(self, selector: Selector, asked: Asked, how: str) -> Iterator[str]:
        """Of the events that could have begun something: that there are none, or why each did not."""
        run, show = self.run, self.run.show
        said = written(selector.where, show)
        which = f"{how} the event {selector.event}" + (f" where {said}" if said else "")
        every = run.reported(selector.event)
        named = [event for event in every if _named(event, asked.key)]
        late = [e for e in run.waiting if e.kind == selector.event and _named(e, asked.key)]
        if not named and not late:
            what = f"none of {' '.join(asked.key)} was reported" if asked.key else "none was reported"
            more = f" ({len(every)} of others)" if asked.key and every else ""
            yield self._yet(f"{which}; {what}{more}")
            return
        if not asked.key and len(named) > _MOST and selector.where is not None:
            refused = [event for event in named if holds_of(selector.where, event, show) is False]
            if len(refused) == len(named):
                yield f"{which}; {len(named)} were reported, and that holds of none of them"
                return
        yield f"{which}; reported:"
        lines = (line for event in named for line in self._why(event, selector))
        yield from in_short(("  " + line for line in lines), 2 * _MOST, run.full, "lines")
        for event in late:
            yield f"  {run.told(event)}"
            yield "    " + self._yet(f"it is known only from {show.instant(event.known)} on")

    def _why(self, event: Event, selector: Selector) -> Iterator[str]:
        run = self.run
        yield run.told(event)
        noted = [e for e in run.ledger.outcome if e.kind == "Noted" and event.ref in e.event_causes]
        if noted:
            yield from (f"  {run.words.entry(entry)}" for entry in noted)
        elif holds_of(selector.where, event, run.show) is False:
            fields = asked_fields(selector.where, event, run.show)
            yield f"  the condition does not hold of it{': ' if fields else ''}{fields}"
        elif event.acts >= run.ledger.until:
            yield "  " + self._yet(f"it acts at {run.show.instant(event.acts)}")
        elif selector.where is not None and holds_of(selector.where, event, run.show) is None:
            yield "  the condition of the clause did not hold when it acted"
        elif run.ended is not None and event.acts >= run.ended:
            yield "  " + self._over()
        else:
            yield "  nothing followed from it for this clause"

    def _yet(self, what: str) -> str:
        return f"{what}; time is known until {self.run.show.instant(self.run.ledger.until)}"

    def _over(self) -> str:
        assert self.run.ended is not None
        return f"the agreement had ended by then, at {self.run.show.instant(self.run.ended)}"

    def _at(self, entry: Entry) -> str:
        return f"{self.run.show.instant(entry.at)}  {self.run.words.entry(entry)}"

    # ------------------------------------------------------------------ triggers
    def rule(self, rule: Rule, asked: Asked) -> Iterator[str]:
        """Why a trigger is not the case."""
        if not isinstance(rule.on, OnSettled):
            yield from occasions(self.run, rule, partial(outcomes_in, self.run))
            return
        run, figure = self.run, rule.on.figure
        every = [e for e in run.figures_of(figure) if _of_group(e, asked.key)]
        settled = [e for e in every if not asked.period or e.at <= self._end(figure, asked.period)]
        if asked.period and not any(e.period == asked.period for e in every):
            yield f"{run.words.clause(figure)} has no value in {asked.period}:"
            yield from ("  " + line for line in self._figure(figure, Asked(figure, asked.period, asked.key)))
        if not settled:
            if not asked.period:
                yield f"{run.words.clause(figure)} has no settled window yet"
            return
        yield from self._counted(rule, settled)

    def _counted(self, rule: Rule, settled: list[Entry]) -> Iterator[str]:
        """The last windows, each with whether it counts."""
        run, again = self.run, rule.recurrence
        last = (again.m or again.n) if again is not None else 3
        groups = list(dict.fromkeys(entry.key for entry in settled))
        used = used_up(run, rule, max(entry.at for entry in settled))
        if again is not None:
            measured = " that are measured" * (again.unmeasured == "skipped")
            among = f"of any {again.m} windows{measured}" if again.m else "windows in a row"
            if again.weight is not None:
                among = f"in any {again.m} windows"
            if again.within is not None:
                among, last = f"times within {window_told(again.within)}", max(last, _MOST)
            yield f"it needs {again.n} {among}; the last ones:"
        for key in groups if run.full else groups[:_MOST]:
            mine = sorted((e for e in settled if e.key == key), key=lambda e: (self._start(e), e.at))
            if again is not None and again.m and again.unmeasured == "skipped":
                mine = [entry for entry in mine if not isinstance(entry.number("value"), NotMeasured)]
            for entry in mine[-last:]:
                mark = ""
                if entry.name in used:
                    mark = f"used up, counted when {used[entry.name]}: "
                elif rule.when is not None:
                    holds = run.reckon(rule.when, entry, {})
                    if isinstance(rule.when, Standing) and rule.when.figure == entry.clause:
                        holds = stands(rule.when.how, entry)
                    mark = "counts: " if holds is True else "" if holds is None else "does not count: "
                yield f"  {mark}{run.words.entry(entry)}"

    def _start(self, entry: Entry) -> int:
        figure = self.run.show.figures[entry.clause]
        window = self.run.window(figure, entry.period)
        return entry.at if window is None else window.start

    def _end(self, figure: str, label: str) -> int:
        found = self.run.window(self.run.show.figures[figure], label)
        return self.run.ledger.until if found is None else max(
            [found.end, *(e.at for e in self.run.settled.get((figure, label), ()))]
        )  # fmt: skip

    # ------------------------------------------------------------------ sums and figures
    def _line(self, figure: str, asked: Asked) -> Iterator[str]:
        run = self.run
        settled = [
            e for e in run.figures_of(figure)
            if (not asked.period or e.period == asked.period) and _of_group(e, asked.key)
        ]  # fmt: skip
        if not settled:
            yield from self._figure(figure, asked)
        for entry in settled:
            yield f"{run.words.entry(entry)}; so nothing is owed"
            yield from ("  " + run.words.entry(run.by_name[c]) for c in entry.entry_causes if c in run.by_name)

    def _figure(self, name: str, asked: Asked) -> Iterator[str]:
        run, figure = self.run, self.run.show.figures[name]
        known = run.figures_of(name)
        labels = list(dict.fromkeys(e.period for e in sorted(known, key=self._start)))
        window = run.window(figure, asked.period) if asked.period else None
        waiting = list(awaited_by(run.contract, run.ledger, run.events.values(), name, asked.period))
        if asked.period and asked.period not in labels:
            if run.ended is not None and window is not None and window.start >= run.ended:
                yield self._over()
            elif window is not None and window.start >= run.ledger.until:
                yield self._yet(f"{window.label} has not ended: it begins at {run.show.instant(window.start)}")
            elif window is not None and window.end > run.ledger.until:
                yield self._yet(f"{window.label} has not ended: it ends at {run.show.instant(window.end)}")
            elif waiting:
                yield from waiting
            else:
                yield "that window has no value: nothing of it is seen there, or it waits for something undecided"
        elif not labels:
            yield f"no window of it has settled until {run.show.instant(run.ledger.until)}"
            yield from waiting
        else:
            groups = list(dict.fromkeys(" ".join(t for _, t in e.key) for e in known if e.period == asked.period))
            there = f"; there is one of {', '.join(groups)}" if any(groups) else ""
            yield f"it has no value for {' '.join(asked.key)} there{there}"
        if labels:
            yield f"settled are {labels[0]} to {labels[-1]}"


def outcomes_in(run: History, norm: str, outcome: str) -> list[Entry]:
    """The entries by which instances of a norm became so."""
    kinds = {
        "opened": ("Opened", "RightOpened", "Escalated"), "fulfilled": ("Fulfilled", "Exercised", "Closed"),
        "missed": ("Missed", "Lapsed"),
    }.get(outcome, (outcome.title(),))  # fmt: skip
    found = [e for e in run.ledger.outcome if e.clause == norm and e.kind in kinds]
    if outcome == "breached" and not found and not _cured(run, norm):
        return outcomes_in(run, norm, "missed")
    return found


def _cured(run: History, norm: str) -> bool:
    return any(n.cure for each in run.contract.norms if each.name == norm for n in each.versions)


def used_up(run: History, rule: Rule, upto: int) -> dict[str, str]:
    """The windows that a trigger which resets has counted already by an instant, and when it was the case."""
    if rule.recurrence is None or not rule.recurrence.resets:
        return {}
    return {
        name: f"this was the case {run.words.of(entry)}"
        for entry in run.ledger.outcome
        if entry.kind == "Fired" and entry.clause == rule.name and entry.at <= upto for name in entry.entry_causes
    }  # fmt: skip


def _named(event: Event, key: tuple[str, ...]) -> bool:
    """Whether an event bears all these key values."""
    have = {str(value) for value in event.fields.values()} | {event.id, event.identity}
    return all(text in have for text in key)


def _of_group(entry: Entry, key: tuple[str, ...]) -> bool:
    have = {text for _, text in entry.key}
    return all(text in have for text in key)


