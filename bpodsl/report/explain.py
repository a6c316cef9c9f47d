"""Why, and why not: from a sum or a right back to the events, in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import field, frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.report.rows import alike, in_rows, past_windows, restated
from bpodsl.report.show import Show
from bpodsl.report.waiting import awaited_by
from bpodsl.report.words import Words
from bpodsl.terms import Contract, Figure, Impose, Norm, NotMeasured, OnEvent, OnSettled, Rule
from bpodsl.terms.expressions import Standing

MOST_CAUSES = 12
MANY = 6
FEW = 3
# What a reader asks about first comes first.
_FIRST = ("Missed", "Breached", "Capped", "Settled", "Fired", "Excused", "Late", "Cured", "Waived")


@frozen
class Asked:
    """What is asked about: a clause, perhaps a window (`period`) and key values in text."""

    clause: str
    period: str = ""
    key: tuple[str, ...] = ()

    def fits(self, entry: Entry, names: Iterable[str]) -> bool:
        """Whether an entry of one of `names` is asked about."""
        # An instance of a duty of each period bears the period's name.
        if entry.clause not in names or (self.period and self.period not in (entry.period, entry.instance)):
            return False
        have = {text for _, text in entry.key} | {entry.instance, entry.instance.rpartition("/")[2]}
        return all(text in have for text in self.key)


@frozen
class Explainer:
    """Explains one run."""

    contract: Contract
    ledger: Ledger
    events: Mapping[str, Event]
    words: Words
    full: bool = False
    _by_name: Mapping[str, Entry] = field(factory=dict)

    @classmethod
    def of(cls, contract: Contract, ledger: Ledger, events: Iterable[Event], full: bool = False) -> Explainer:
        """From a run. `full`: leave nothing out, however long it gets."""
        by_name = {e.name: e for e in ledger.outcome}
        return cls(contract, ledger, {e.ref: e for e in events}, Words(Show(contract)), full, by_name)

    @property
    def show(self) -> Show:
        return self.words.show

    def explain(self, asked: Asked) -> Iterator[str]:
        """Lines of text, indented by two blanks a step down."""
        names = self._names(asked.clause)
        found = [e for e in self.ledger.outcome if e.kind != "Noted" and asked.fits(e, names)]
        if not found:
            yield from self._why_not(asked)
            return
        by_name = self._by_name
        caused = {c for e in found for c in e.entry_causes}
        for entry in found:
            # An entry that another of the same answer rests on is shown below that one.
            if entry.name not in caused:
                yield from self._tree(entry, by_name)
        history = [p for p in self.ledger.posted if asked.fits(p.entry, names)]
        if any(p.act for p in history):
            yield ""
            yield "Restated:"
            yield from ("  " + line for line in restated(history, self.events.values(), self.words, self._event))

    def _names(self, clause: str) -> tuple[str, ...]:
        ladder = next((x for x in self.contract.ladders if x.name == clause), None)
        if ladder is not None:
            return ladder.levels
        paid = (x.name for x in self.contract.lines if x.name.startswith(f"{clause}.payment"))
        return (clause, *paid)

    # ------------------------------------------------------------------ why
    def _tree(self, root: Entry, by_name: Mapping[str, Entry]) -> Iterator[str]:
        shown: set[str] = set()
        # Beside each item the figures above it: of a balance with its own past only the window before is told.
        stack: list[tuple[int, Entry | str, frozenset[str]]] = [(0, root, frozenset())]
        while stack:
            depth, item, above = stack.pop()
            pad = "  " * depth
            if isinstance(item, str):
                yield pad + item
                continue
            again = item.name in shown
            earlier = not again and not self.full and item.kind == "Settled" and item.clause in above
            told = "  (as above)" if again else f"  (the window before; ask `--in {item.period}`)" if earlier else ""
            yield f"{pad}{self.show.instant(item.at)}  {self.words.entry(item)}{told}"
            if again or earlier:
                continue
            shown.add(item.name)
            below: list[Entry | str] = [*self._figures(item), *self._causes(item, by_name)]
            within = above | {item.clause} if item.kind == "Settled" else above
            stack.extend((depth + 1, each, within) for each in reversed(below))

    def _figures(self, entry: Entry) -> Iterator[str]:
        """The numbers that went in, other than those the sentence says."""
        if entry.kind == "Settled":
            yield from self._carried(entry)
            figure = self.show.figures.get(entry.clause)
            shows = {name for name, _ in figure.shows} if figure else set()
            parts = [f"{n.name} {self.show.number(n)}" for n in entry.numbers if n.name in shows]
            if parts:
                yield "with " + ", ".join(parts)
            if figure:
                yield from self._distance(figure, entry)
        elif entry.kind == "Accrued":
            exact, amount = entry.number("exact"), entry.number("amount")
            capped = list(self._caps_of(entry))
            yield from (self.words.entry(each) for each in capped)
            if exact != amount and not capped and isinstance(exact, int | Fraction):
                yield f"before rounding {self.show.money(exact)}"
            for series in past_windows(self.contract, self.ledger, entry):
                yield from in_rows(series, self.show, self.words)

    def _carried(self, entry: Entry) -> Iterator[str]:
        """Of a figure that rests on its own window before: what it was, by how much it changed, what it is."""
        causes = [each for name in entry.entry_causes if (each := self._by_name.get(name)) is not None]
        own = (e for e in causes if e.kind == "Settled" and (e.clause, e.key) == (entry.clause, entry.key))
        before = next(own, None)
        if before is None:
            return
        old, new = before.number("value"), entry.number("value")
        if isinstance(old, bool) or not isinstance(old, int | Fraction) or not isinstance(new, int | Fraction):
            return
        told = [self.show.figure(entry.clause, value) for value in (old, abs(new - old), new)]
        yield f"{told[0]} in {before.period} {'less' if new < old else 'and'} {told[1]} makes {told[2]}"

    def _caps_of(self, accrued: Entry) -> Iterator[Entry]:
        """The entries of caps that cut this sum."""
        instance = "/".join(part for part in (accrued.clause, accrued.instance) if part)
        for entry in self.ledger.outcome:
            if entry.kind == "Capped" and (entry.instance, entry.period, entry.key) == (
                instance,
                accrued.period,
                accrued.key,
            ):
                yield entry

    def _distance(self, figure: Figure, entry: Entry) -> Iterator[str]:
        """How many more on time would have met the target, or how many fewer would still."""
        good, bad, level = entry.number("fulfilled"), entry.number("missed"), entry.number("target")
        target = figure.target
        if target is None or target.op not in (">=", ">") or figure.kind.base != "share":
            return
        if not all(isinstance(x, int | Fraction) for x in (good, bad, level)):
            return
        good, bad, level = Fraction(good), Fraction(bad), Fraction(level)  # type: ignore[arg-type]
        raw = good + bad
        if raw == 0:
            return
        need = -(-(level * raw).numerator // (level * raw).denominator)
        if target.op == ">" and need == level * raw:
            need += 1
        if good < need:
            yield f"{need - good} more of the {raw} in time would have met the target"
        elif good == need:
            yield "one more missed would have missed the target"
        else:
            yield f"{good - need} more missed would still have met the target"

    def _causes(self, entry: Entry, by_name: Mapping[str, Entry]) -> Iterator[Entry | str]:
        entries = [by_name[name] for name in entry.entry_causes if name in by_name]
        rank = {kind: i for i, kind in enumerate(_FIRST)}
        entries.sort(key=lambda e: (rank.get(e.kind, len(rank)), e.at))
        if not self.full:
            for series in alike(entries, MANY):
                yield from in_rows(series, self.show, self.words)
                entries = [e for e in entries if e not in series]
        shown = entries if self.full else entries[:MOST_CAUSES]
        # Of many outcomes those that cost something are told one by one; the good ones are counted.
        if not self.full and len(entries) > FEW and any(e.kind in rank for e in entries):
            shown = [e for e in shown if e.kind in rank]
        yield from (self._with_end(each, by_name) for each in shown)
        counts: dict[str, int] = {}
        for each in entries:
            if each not in shown:
                counts[each.kind.lower()] = counts.get(each.kind.lower(), 0) + 1
        if counts:
            yield "… and " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))
        most = len(entry.event_causes) if self.full else MOST_CAUSES
        for ref in entry.event_causes[:most]:
            yield self._event(ref)
        if len(entry.event_causes) > most:
            yield f"… and {len(entry.event_causes) - most} more events"

    def _with_end(self, entry: Entry, by_name: Mapping[str, Entry]) -> Entry | str:
        """A state that opened and closed is told in one line: from when to when."""
        if entry.kind != "Opened" or entry.clause not in {s.name for s in self.contract.states}:
            return entry
        closed = by_name.get(f"{entry.clause}/Closed/{entry.instance}")
        until = f"to {self.show.instant(closed.at)}" if closed else "and not over yet"
        which = " ".join(part for part in (self.words.clause(entry.clause), self.words.of(entry)) if part)
        return f"{self.show.instant(entry.at)} {until}  {which}"

    def _event(self, ref: str) -> str:
        event = self.events.get(ref)
        if event is None:
            return f"event {ref}"
        kinds = {f.name: f.kind for e in self.contract.events if e.name == event.kind for f in e.fields}
        fields = ", ".join(
            f"{name} {self.show.value(value, kinds[name])}"
            for name, value in event.fields.items()
            if value is not None and name in kinds
        )
        known = f", known {self.show.instant(event.known)}" if event.known != event.time else ""
        place = f"  ({event.place.rpartition('/')[2]})" if event.place else ""
        return f"event {event.kind} at {self.show.instant(event.time)}{known}: {fields}{place}"

    # ------------------------------------------------------------------ why not
    def _why_not(self, asked: Asked) -> Iterator[str]:
        which = " ".join(part for part in (asked.period and f"in {asked.period}", " ".join(asked.key)) if part)
        yield f"{self.words.clause(asked.clause)} {which}: nothing followed. Why not:".replace(" :", ":")
        yield from ("  " + line for line in self._missing(asked))

    def _missing(self, asked: Asked) -> Iterator[str]:
        name = asked.clause
        ladder = next((x for x in self.contract.ladders if x.name == name), None)
        norm = next((n for n in self.contract.norms if n.name == (ladder.levels[0] if ladder else name)), None)
        rule = next((r for r in self.contract.rules if r.name == name), None)
        line = next((x for x in self.contract.lines if x.name == name), None)
        if rule is not None:
            yield from self._rule_missing(rule)
        elif line is not None and line.figure is not None:
            yield from self._line_missing(line.figure, asked)
        elif norm is not None:
            yield from self._norm_missing(norm)
        elif name in self.show.figures:
            yield from self._figure_missing(name, asked)
        else:
            yield "nothing in the events concerns it"

    def _norm_missing(self, norm: Norm) -> Iterator[str]:
        for way in norm.opening:
            if isinstance(way, OnEvent):
                yield f"it is opened by the event {way.selector.event}; none that fits was reported"
        grounds = 0
        for rule in self.contract.rules:
            if any(isinstance(e, Impose) and e.norm == norm.name for e in rule.then):
                grounds += 1
                fired = [e for e in self.ledger.outcome if e.clause == rule.name and e.kind == "Fired"]
                if not fired:
                    yield f"its ground {self.words.clause(rule.name)} is not the case:"
                    yield from ("  " + line for line in self._rule_missing(rule))
        for other in self.contract.norms:
            for outcome, effect in other.consequences:
                if isinstance(effect, Impose) and effect.norm == norm.name:
                    grounds += 1
                    yield f"it follows when {self.words.clause(other.name)} is {outcome}; that did not happen"
        if not grounds and not norm.opening:
            yield "nothing in the agreement opens it"

    def _rule_missing(self, rule: Rule) -> Iterator[str]:
        if not isinstance(rule.on, OnSettled):
            yield "what it waits for did not happen (often enough)"
            return
        settled = [e for e in self.ledger.outcome if e.clause == rule.on.figure and e.kind == "Settled"]
        if not settled:
            yield f"{self.words.clause(rule.on.figure)} has no settled window yet"
            return
        again = rule.recurrence
        if again is not None:
            among = f"of any {again.m} windows" if again.m else "windows in a row"
            if again.weight is not None:
                among = f"in any {again.m} windows"
            yield f"it needs {again.n} {among}; the last ones:"
        condition = rule.when
        for entry in settled[-((again.m or again.n) if again else 3) :]:
            mark = ""
            if isinstance(condition, Standing) and condition.figure == entry.clause:
                mark = "counts: " if _holds(condition.how, entry) else "does not count: "
            yield f"  {mark}{self.words.entry(entry)}"

    def _line_missing(self, figure: str, asked: Asked) -> Iterator[str]:
        settled = [
            e for e in self.ledger.outcome
            if e.kind == "Settled" and e.clause == figure and (not asked.period or e.period == asked.period)
        ]  # fmt: skip
        if not settled:
            yield from self._figure_missing(figure, asked)
        for entry in settled:
            yield f"{self.words.entry(entry)}: nothing to pay"
            by_name = {e.name: e for e in self.ledger.outcome}
            for cause in entry.entry_causes:
                if cause in by_name:
                    yield "  " + self.words.entry(by_name[cause])

    def _figure_missing(self, name: str, asked: Asked) -> Iterator[str]:
        known = sorted({e.period for e in self.ledger.outcome if e.clause == name and e.kind == "Settled"})
        if not known:
            yield f"no window of it has settled until {self.show.instant(self.ledger.until)}"
            yield from awaited_by(self.contract, self.ledger, self.events.values(), name, asked.period)
        elif asked.period and asked.period not in known:
            waiting = list(awaited_by(self.contract, self.ledger, self.events.values(), name, asked.period))
            unknown = "that window has not ended, waits for something undecided, or is none of its windows"
            yield from waiting or [unknown]
            yield f"settled are {known[0]} to {known[-1]}"
        else:
            yield "no group of that name has a value there"


def _holds(how: str, entry: Entry) -> bool:
    if how == "not measured":
        return isinstance(entry.number("value"), NotMeasured)
    if how == "below minimum":
        return entry.number("below minimum") is True
    return entry.number("standing") == how
