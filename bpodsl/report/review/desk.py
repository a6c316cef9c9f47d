"""What every part of a report is made with: the run, its words, the days told of, the calculations opened so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from attrs import define, field

from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.entry import BEGIN
from bpodsl.report.explain import Explainer
from bpodsl.report.history import History
from bpodsl.report.review.model import Cited, Detail, Number, Span
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.terms import Clause, Contract, Kind, NotMeasured
from bpodsl.values import Window

MOST_DETAILS = 2_000
_MOST_LINES = 400
_CLAUSE_LINES = 40


@define
class Desk:
    """Gathers what a report says. Of more than `MOST_DETAILS` calculations the later ones are left to `explain`."""

    contract: Contract
    ledger: Ledger
    events: Sequence[Event]
    span: Span
    explainer: Explainer = field(init=False)
    details: dict[tuple[str, ...], Detail] = field(init=False, factory=dict)

    @explainer.default
    def _explainer(self) -> Explainer:
        return Explainer.of(self.contract, self.ledger, self.events)

    @property
    def run(self) -> History:
        return self.explainer.run

    @property
    def words(self) -> Words:
        return self.run.words

    @property
    def show(self) -> Show:
        return self.run.show

    # ------------------------------------------------------------------ days
    def window(self, figure: str, label: str) -> Window | None:
        """The window of a figure of that label; None where only an event tells where it lies."""
        found = self.show.figures.get(figure)
        return None if found is None else self.run.window(found, label)

    def day(self, entry: Entry) -> date:
        """The day that an entry is of: the last of its window; else its own, and at a midnight before the events of the
        day, the day that is over."""
        if entry.period:
            figure = next((x.figure for x in self.contract.lines if x.name == entry.clause and x.figure), entry.clause)
            window = self.window(figure, entry.period)
            if window is not None:
                return window.last
        return self.show.zone.day(entry.at - 1 if entry.place < BEGIN and entry.at > 0 else entry.at)

    def told(self, day: date) -> bool:
        """Whether a day is told of."""
        return self.span.first <= day <= self.span.last

    # ------------------------------------------------------------------ clauses and numbers
    def cited(self, name: str) -> Cited:
        """The clause of an entry's name."""
        return cited(self.words.clause_of(name), name, self.words.clause(name))

    def number(self, value: object, kind: Kind, detail: str = "") -> Number:
        """A value of a kind."""
        shown = self.show.value(value, kind)
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            return Number(shown if value is not None else "", None, kind.base, "", detail)
        currency = (kind.detail[0] if kind.detail else self.contract.currency) if kind.base == "money" else ""
        return Number(shown, value, kind.base, str(currency), detail)

    def money(self, amount: int | Fraction, currency: str, detail: str = "") -> Number:
        """A sum."""
        return Number(self.show.money(amount, currency), amount, "money", currency, detail)

    def figure(self, name: str, value: object, detail: str = "") -> Number:
        """The value of a figure."""
        figure = self.show.figures.get(name)
        return self.number(value, figure.kind if figure else Kind("number"), detail)

    def why_not_measured(self, figure: str, value: object) -> str:
        """Why a figure has no value; "" if it has one."""
        return self.show.unmeasured(figure, value) if isinstance(value, NotMeasured) else ""

    def group(self, key: Iterable[tuple[str, str]]) -> str:
        """`site Leeds, priority P1`."""
        return ", ".join(f"{name} {text}" if name else text for name, text in key)

    # ------------------------------------------------------------------ calculations
    def detail(self, clause: str, *entries: Entry) -> str:
        """The name of the calculation of these entries, made if need be; "" if there are too many."""
        names = tuple(entry.name for entry in entries)
        found = self.details.get(names)
        if found is None:
            if not entries or len(self.details) >= MOST_DETAILS:
                return ""
            lines = _shortened(clause, (line for entry in entries for line in self.explainer.tree(entry)))
            found = self._detail(clause, " ".join(filter(None, (
                self.words.clause(clause), self.words.of(entries[0])
            ))), lines)  # fmt: skip
            self.details[names] = found
        return found.name

    def detail_of_lines(self, clause: str, title: str, lines: Iterable[str]) -> str:
        """The same of lines that another part of `explain` gives."""
        names = ("", clause, title)
        if names not in self.details:
            if len(self.details) >= MOST_DETAILS:
                return ""
            self.details[names] = self._detail(clause, title, _shortened(clause, lines))
        return self.details[names].name

    def lines_of(self, detail: str) -> tuple[str, ...]:
        """The lines of a calculation that was opened."""
        return next((each.lines for each in self.details.values() if each.name == detail), ())

    def awaited(self, entry: Entry) -> str:
        """What a provisional entry waits for, in words."""
        names = {question.name: question.clause.shown for question in self.contract.questions}
        found = [names.get(each) or self.words.clause(each) for each in (entry.words or "").split(", ")]
        return f"waits for {', '.join(found)}"

    def _detail(self, clause: str, title: str, lines: Iterable[str]) -> Detail:
        name = f"c{len(self.details) + 1}"
        written = self.words.clause_of(clause)
        prose = written.prose if written else ""
        return Detail(name, title, self.cited(clause), tuple(lines), text_of(written), prose)


def _shortened(clause: str, lines: Iterable[str]) -> list[str]:
    """The first lines, and where the rest is."""
    found = list(lines)
    if len(found) > _MOST_LINES:
        more = len(found) - _MOST_LINES
        found = [*found[:_MOST_LINES], f"… and {more} more lines; `bpodsl explain --of {clause}` has all"]
    return found


def cited(clause: Clause | None, name: str, shown: str = "") -> Cited:
    """A clause by its name, its words and its places."""
    if clause is None:
        return Cited(name, name.replace("_", " "))
    title = shown.removesuffix(f" [{clause.reference}]") if shown else clause.shown
    place = ""
    if clause.span is not None:
        line, _ = clause.span.place
        place = f"{clause.span.source.name.replace(chr(92), '/').rpartition('/')[2]}:{line}"
    return Cited(name, title, clause.reference, place)


def text_of(clause: Clause | None) -> str:
    """The clause as its file has it: its first line and those indented below it."""
    if clause is None or clause.span is None:
        return ""
    source = clause.span.source
    number, _ = clause.span.place
    found = [source.line(number).rstrip()]
    every = source.text.count("\n") + 1
    while number < every and len(found) < _CLAUSE_LINES:
        number += 1
        line = source.line(number).rstrip()
        if not line or not line[0].isspace():
            break
        found.append(line)
    return "\n".join(found)
