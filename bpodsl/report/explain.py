"""Why, and why not: from a sum or a right back to the events, in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.verdicts import judge
from bpodsl.report.answers import answering
from bpodsl.report.asked import Asked as Asked
from bpodsl.report.history import History, in_short
from bpodsl.report.periods import of_period
from bpodsl.report.rows import alike, in_rows, past_windows, restated
from bpodsl.report.show import Show
from bpodsl.report.things import told
from bpodsl.report.why_not import WhyNot
from bpodsl.report.words import Words
from bpodsl.report.workings import condition_of, parted_events, workings
from bpodsl.terms import Contract

MOST_CAUSES = 12
MANY = 6
FEW = 3
# What a reader asks about first comes first.
_FIRST = ("Missed", "Breached", "Capped", "Settled", "Fired", "Excused", "Late", "Cured", "Waived")


@frozen
class Explainer:
    """Explains one run."""

    run: History

    @classmethod
    def of(
        cls, contract: Contract, ledger: Ledger, events: Iterable[Event], full: bool = False,
        waiting: Iterable[Event] = (),
    ) -> Explainer:  # fmt: skip
        """From a run. `full`: leave nothing out, however long it gets. `waiting`: events known only after it."""
        words = Words(Show(contract))
        return cls(History(contract, ledger, {e.ref: e for e in events}, words, full, tuple(waiting)))

    @property
    def words(self) -> Words:
        return self.run.words

    @property
    def show(self) -> Show:
        return self.run.show

    def explain(self, asked: Asked) -> Iterator[str]:
        """Lines of text, indented by two blanks a step down."""
        names, outcome = self._names(asked.clause), self.run.ledger.outcome
        found = self._with_its_instance(asked, [e for e in outcome if asked.fits(e, names)])
        if not any(e.kind != "Noted" for e in found):
            facts = list(told(self.run, asked))
            yield from facts or self._why_not(asked, found)
            return
        caused = {c for e in found for c in e.entry_causes}
        # Where no case is named, what had no effect comes after what had.
        apart = [] if asked.key or asked.period else [e for e in found if e.kind == "Noted" and e.name not in caused]
        for entry in found if not apart else (e for e in found if e not in apart):
            # An entry that another of the same answer rests on is shown below that one.
            if entry.name not in caused:
                yield from self.tree(entry)
        if apart:
            yield ""
            yield "Reported without effect:"
            blocks = ("\n".join(f"  {line}" for line in self.tree(entry)) for entry in apart)
            yield from in_short(blocks, FEW, self.run.full, "reports")
        history = [p for p in self.run.ledger.posted if asked.fits(p.entry, names)]
        if any(p.act for p in history):
            yield ""
            yield "Restated:"
            lines = restated(history, self.run.events.values(), self.words, self.run.of)
            yield from ("  " + line for line in lines)

    def _names(self, clause: str) -> tuple[str, ...]:
        contract = self.run.contract
        ladder = next((x for x in contract.ladders if x.name == clause), None)
        if ladder is not None:
            return ladder.levels
        paid = (x.name for x in contract.lines if x.name.startswith(f"{clause}.payment"))
        asked = (n.name for n in contract.norms if n.answers is not None and n.answers.name == clause != n.name)
        return (clause, *paid, *asked)

    def _with_its_instance(self, asked: Asked, found: list[Entry]) -> list[Entry]:
        """Of a right that a window led to, or to which it gave a new ground, all that became of it."""
        rights = {n.name for n in self.run.contract.norms if n.form == "right"}
        if not asked.period or asked.clause not in rights:
            return found
        meant = {
            entry.name for verdict in judge(self.run.contract, self.run.ledger.outcome)
            if verdict.norm == asked.clause and any(of_period(e, asked.period) for e in verdict.entries)
            for entry in verdict.entries
        }  # fmt: skip
        names = {e.name for e in found} | meant
        return [e for e in self.run.ledger.outcome if e.name in names]

    # ------------------------------------------------------------------ why
    def tree(self, root: Entry) -> Iterator[str]:
        """One entry and, below it, what it rests on."""
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
            earlier = not again and not self.run.full and item.kind == "Settled" and item.clause in above
            marked = "  (as above)" if again else f"  (the window before; ask `--in {item.period}`)" if earlier else ""
            yield f"{pad}{self.show.instant(item.at)}  {self.words.entry(item)}{marked}"
            if again or earlier:
                continue
            shown.add(item.name)
            below: list[Entry | str] = [*self._figures(item), *self._causes(item), *self._after(item, shown)]
            below += answering(self.run.contract, self.run.by_name, item)
            within = above | {item.clause} if item.kind == "Settled" else above
            stack.extend((depth + 1, each, within) for each in reversed(below))

    def _figures(self, entry: Entry) -> Iterator[str]:
        """The numbers that went in, other than those the sentence says."""
        if entry.kind == "Settled":
            yield from workings(self.run, entry)
        elif entry.kind == "Accrued":
            exact, amount = entry.number("exact"), entry.number("amount")
            capped = list(self._caps_of(entry))
            yield from (self.words.entry(each) for each in capped)
            if exact != amount and not capped and isinstance(exact, int | Fraction):
                yield f"before rounding {self.show.money(exact)}"
            for series in past_windows(self.run.contract, self.run.ledger, entry):
                yield from in_rows(series, self.show, self.words)

    def _after(self, entry: Entry, shown: set[str]) -> Iterator[str]:
        """When and how late what was missed was done after all."""
        if entry.kind not in ("Missed", "Excused"):
            return
        for kind in ("Late", "Cured"):
            done = self.run.by_name.get(f"{entry.clause}/{kind}/{entry.instance}")
            if done is not None and done.name not in shown:
                yield f"{self.show.instant(done.at)}  {self.words.entry(done)}"
                yield from ("  " + line for line in self._events(done))

    def _caps_of(self, accrued: Entry) -> Iterator[Entry]:
        """The entries of caps that cut this sum."""
        instance = "/".join(part for part in (accrued.clause, accrued.instance) if part)
        yield from self.run.capped.get((instance, accrued.period, accrued.key), ())

    def _causes(self, entry: Entry) -> Iterator[Entry | str]:
        entries = [self.run.by_name[name] for name in entry.entry_causes if name in self.run.by_name]
        rank = {kind: i for i, kind in enumerate(_FIRST)}
        entries.sort(key=lambda e: (rank.get(e.kind, len(rank)), e.at))
        if not self.run.full:
            for series in alike(entries, MANY):
                yield from in_rows(series, self.show, self.words)
                entries = [e for e in entries if e not in series]
        shown = entries if self.run.full else entries[:MOST_CAUSES]
        # Of many outcomes those that cost something are told one by one; the good ones are counted.
        if not self.run.full and len(entries) > FEW and any(e.kind in rank for e in entries):
            shown = [e for e in shown if e.kind in rank]
        yield from (self._with_end(each) for each in shown)
        counts: dict[str, int] = {}
        for each in entries:
            if each not in shown:
                counts[each.kind.lower()] = counts.get(each.kind.lower(), 0) + 1
        if counts:
            yield "… and " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))
        yield from self._events(entry)

    def _events(self, entry: Entry) -> Iterator[str]:
        """The events that it rests on; of a share of many those that did not count, and how many did."""
        apart = parted_events(self.run, entry) if entry.kind == "Settled" and not self.run.full else None
        if apart is not None and apart[0] and len(entry.event_causes) > FEW:
            bad, good = apart
            said = condition_of(self.run, entry)
            yield f"{len(bad)} did not count{f' (what counts: {said})' if said else ''}:"
            yield from in_short((f"  {self.run.told(event)}" for event in bad), MOST_CAUSES, False, "that did not")
            yield f"… and {len(good)} that counted" if good else "none counted"
            return
        most = len(entry.event_causes) if self.run.full else MOST_CAUSES
        for ref in entry.event_causes[:most]:
            yield self.run.of(ref)
        if len(entry.event_causes) > most:
            yield f"… and {len(entry.event_causes) - most} more events"

    def _with_end(self, entry: Entry) -> Entry | str:
        """A state that opened and closed is told in one line: from when to when."""
        if entry.kind != "Opened" or entry.clause not in {s.name for s in self.run.contract.states}:
            return entry
        closed = self.run.by_name.get(f"{entry.clause}/Closed/{entry.instance}")
        until = f"to {self.show.instant(closed.at)}" if closed else "and not over yet"
        which = " ".join(part for part in (self.words.clause(entry.clause), self.words.of(entry)) if part)
        return f"{self.show.instant(entry.at)} {until}  {which}"

    # ------------------------------------------------------------------ why not
    def _why_not(self, asked: Asked, noted: list[Entry]) -> Iterator[str]:
        which = " ".join(part for part in (asked.period and f"in {asked.period}", " ".join(asked.key)) if part)
        yield f"{self.words.clause(asked.clause)} {which}: nothing followed. Why not:".replace(" :", ":")
        yield from ("  " + line for line in WhyNot(self.run).missing(asked))
        if noted:
            yield "  reported without effect:"
            for entry in noted:
                yield from ("    " + line for line in self.tree(entry))
