"""The first screen: what a contract manager wants to know, on a terminal or in a plain file."""

from __future__ import annotations

from textwrap import wrap

from attrs import frozen
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bpodsl.report.screen import Table, fits, plain, print_table, put, table_of
from bpodsl.report.sentences import Sentences, of_key
from bpodsl.report.show import Show
from bpodsl.report.summary import Cell, Summary
from bpodsl.report.words import Words
from bpodsl.terms import NotMeasured
from bpodsl.terms.expressions import Literal
from bpodsl.values import Grid

# Each standing has a mark besides its colour, so that it reads without colour too.
MARKS = {"met": ("✓", "green"), "missed": ("✗", "red"), "below minimum": ("✗✗", "bold red"),
         "not measured": ("–", "dim"), "": ("", "")}  # fmt: skip
MOST_MONTHS = 6
MOST_ROWS = 5


def print_summary(summary: Summary, console: Console, world: str = "") -> None:
    """Print the whole first screen, of a world if a run has several."""
    words = Words(Show(summary.contract))
    _Screen(summary, console, words, Sentences(summary.contract, words), world).print()


@frozen
class _Screen:
    summary: Summary
    console: Console
    words: Words
    say: Sentences
    world: str = ""

    @property
    def show(self) -> Show:
        return self.words.show

    def print(self) -> None:
        self._head()
        self._levels()
        self._provisional()
        self._owed()
        self._duties()
        self._escalations()
        self._rights()
        self._states()
        self._raised()
        self._foot()

    def _line(self, text: str | Text = "") -> None:
        if plain(self.console) and cell_len(str(text)) <= self.console.width:
            put(self.console, text)
        else:
            self.console.print(text, highlight=False, markup=False)

    def _entry(self, text: str) -> None:
        """Something below a title: where it needs more than one line, the others are indented more."""
        width = self.console.options.max_width
        for line in wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
                         break_on_hyphens=False):  # fmt: skip
            put(self.console, line)

    def _title(self, text: str) -> None:
        self._line()
        self._line(Text(text, style="bold"))

    def _head(self) -> None:
        contract = self.summary.contract
        self._line(Text(contract.clause.shown + (f" — world {self.world}" if self.world else ""), style="bold"))
        parties = " · ".join(f"{p.role}: {p.title or p.name}" for p in contract.parties)
        self._line(parties)
        self._line(f"Known until {self.show.instant(self.summary.until)} ({contract.zone}), exclusive.")
        if self.summary.ended is not None:
            self._line(Text(f"The agreement ended on {self.show.instant(self.summary.ended)}.", style="bold"))

    def _levels(self) -> None:
        cells = self.summary.levels
        if not cells:
            return
        self._title("Service levels")
        rows: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Cell]] = {}
        for cell in cells:
            rows.setdefault((cell.figure, cell.group), {})[cell.period] = cell
        # Windows of different grids do not share columns: one table for each grid.
        grids: dict[Grid, list[tuple[str, tuple[tuple[str, str], ...]]]] = {}
        for row in rows:
            grids.setdefault(self.show.figures[row[0]].grid, []).append(row)
        for members in grids.values():
            self._level_table({row: rows[row] for row in members})

    def _level_table(self, rows: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Cell]]) -> None:
        """The latest windows, as many as there is room for: a number that is cut off says something else."""
        periods = sorted({p for by_period in rows.values() for p in by_period})
        shown = min(len(periods), MOST_MONTHS)
        while not fits(self.console, table := self._levels_of(rows, periods[-shown:])) and shown > 1:
            shown -= 1
        if shown < len(periods):
            narrow = shown < min(len(periods), MOST_MONTHS)
            where = "more on a wider screen, all with --format json" if narrow else "all of them with --format json"
            self._line(f"(the last {shown} of {len(periods)} windows; {where})")
        print_table(self.console, table)

    def _levels_of(
        self, rows: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Cell]], periods: list[str]
    ) -> Table:
        table = table_of("", "target")
        for period in periods:
            # A rolling window is named by where it ends; all of it would leave no room for the measure.
            first, dots, last = period.partition("..")
            table.add_column(f"to {last}" if dots else first, justify="right")
        for (figure, group), by_period in rows.items():
            name = Text(self.words.apart(figure))
            if group:
                name.append(" " + ", ".join(text for _, text in group), style="bold")
            cells = [self._cell(by_period.get(period)) for period in periods]
            table.add_row(name, self._target(figure, [by_period[p].target for p in periods if p in by_period]), *cells)
        return table

    def _target(self, figure: str, applied: list[object]) -> str:
        """The level as written; where it is a formula, a table or a list: those that applied in the windows shown."""
        target = self.show.figures[figure].target
        if target is None:
            return ""
        words = {">=": "≥", "<=": "≤"}.get(target.op, target.op)
        known = [each for each in applied if each is not None and not isinstance(each, NotMeasured)]
        levels = [target.level.value] if isinstance(target.level, Literal) else list(dict.fromkeys(known))
        return f"{words} " + (", ".join(self.show.figure(figure, level) for level in levels) or "…")

    def _cell(self, cell: Cell | None) -> Text:
        if cell is None:
            return Text("")
        mark, style = MARKS.get(cell.standing, ("", ""))
        value = "n/m" if cell.standing == "not measured" else self.show.figure(cell.figure, cell.value)
        return Text(f"{value} {mark}".strip(), style=style)

    def _provisional(self) -> None:
        self._some("Provisional", [
            f"{self.words.clause(e.clause)} {self.words.of(e)}: waits for {e.words}" for e in self.summary.provisional
        ])  # fmt: skip

    def _owed(self) -> None:
        self._title("Money")
        if not self.summary.owed:
            self._line("  nothing is owed" + (f" yet{self._but()}" if self.summary.waiting else ""))
            self._waiting()
            return
        if not fits(self.console, table := self._owed_of(" → ")):
            fits(self.console, table := self._owed_of(" →\n"))
        print_table(self.console, table)
        self._net()
        self._waiting()

    def _but(self) -> str:
        """What the totals leave out."""
        many = sum(len(each.periods) for each in self.summary.waiting)
        return f", without {many} sum{'s' * (many > 1)} that wait{'s' * (many == 1)}" if many else ""

    def _waiting(self) -> None:
        told = {(e.clause, e.period) for e in self.summary.provisional}
        lines = []
        for each in self.summary.waiting:
            periods = tuple(period for period in each.periods if (each.line, period) not in told)
            if periods:
                waits = f"waits for {', '.join(each.awaited)}"
                lines.append(f"{self.words.apart(each.line)} in {_listed(periods)}: {waits}")
        self._some("Waiting", lines)
        self._some("Nothing owed for want of a value", [
            f"{self.words.apart(each.line)} in {_listed(each.periods)}: {', '.join(each.awaited)}"
            for each in self.summary.for_want
        ])  # fmt: skip

    def _owed_of(self, arrow: str) -> Table:
        table = table_of("", "who owes whom")
        table.add_column("lines", justify="right")
        table.add_column("sum", justify="right")
        for owed in self.summary.owed:
            table.add_row(
                self.words.apart(owed.line), f"{owed.payer}{arrow}{owed.payee}", str(owed.count),
                self.show.money(owed.amount, owed.currency),
            )  # fmt: skip
        return table

    def _net(self) -> None:
        net: dict[tuple[str, str, str], object] = {}
        for owed in self.summary.owed:
            one, other = sorted((owed.payer, owed.payee))
            sign = 1 if owed.payer == one else -1
            key = (one, other, owed.currency)
            net[key] = net.get(key, 0) + sign * owed.amount  # type: ignore[operator]
        for (one, other, currency), amount in sorted(net.items()):
            payer, payee = (one, other) if amount >= 0 else (other, one)  # type: ignore[operator]
            shown = self.show.money(abs(amount), currency)  # type: ignore[arg-type]
            self._line(f"  Net: {self.words.party(payer)} owes {self.words.party(payee)} {shown}{self._but()}.")

    def _duties(self) -> None:
        if self.summary.counts:
            self._title("Obligations")
            for norm, by_status in self.summary.counts:
                said = ", ".join(f"{count} {self._status(norm, status)}" for status, count in by_status)
                self._entry(f"{self.words.apart(norm)}: {said}")
        self._some("Missed", [
            self.say.missed(v)
            for v in sorted(self.summary.missed, key=lambda v: v.decided or 0, reverse=True)
        ])  # fmt: skip
        self._some("Due", [
            self.say.due(v)
            for v in sorted(self.summary.due, key=lambda v: (str(type(v.due)), str(v.due)))
        ])  # fmt: skip

    def _status(self, norm: str, status: str) -> str:
        """The word for a status; of misses with what came of them."""
        if status != "missed":
            return status
        after = {
            word: sum(1 for v in self.summary.missed if v.norm == norm and getattr(v, word))
            for word in ("cured", "breached", "waived")
        }
        told = ", ".join(f"{count} {word}" for word, count in after.items() if count)
        return ("broken" if self.say.prohibits(norm) else "missed") + (f" ({told})" if told else "")

    def _some(self, title: str, lines: list[str]) -> None:
        if not lines:
            return
        self._title(f"{title} ({len(lines)})")
        for line in lines[:MOST_ROWS]:
            self._entry(line)
        if len(lines) > MOST_ROWS:
            self._line(f"  … and {len(lines) - MOST_ROWS} more; all of them with --format json or --out DIR")

    def _escalations(self) -> None:
        self._some("Escalations open", [self.say.escalation(each) for each in self.summary.escalations])

    def _rights(self) -> None:
        """What newly opened comes first; what may always be done, last."""
        self._some("Rights open", [self.say.open_right(each) for each in self.summary.rights if each.grounds])
        self._some("Rights at will", [self.say.right(each) for each in self.summary.rights if not each.grounds])

    def _states(self) -> None:
        self._some("States open", [
            f"{self.words.clause(s.state)}{of_key(s.key)}: since {self.show.instant(s.since)}"
            for s in self.summary.states
        ])  # fmt: skip

    def _raised(self) -> None:
        latest = sorted(self.summary.raised, key=lambda e: e.at, reverse=True)
        clauses = [" ".join((self.words.clause(e.clause), self.words.of(e))).strip() for e in latest]
        self._some("Said to people", [
            f"{self.show.instant(e.at)}  {clause}: {self.words.told(e)}"
            for e, clause in zip(latest, clauses, strict=True)
        ])  # fmt: skip

    def _foot(self) -> None:
        if self.summary.restated:
            self._line()
            one = "1 entry of the ledger restates an earlier one"
            many = f"{self.summary.restated} entries of the ledger restate earlier ones"
            self._line(f"{one if self.summary.restated == 1 else many}.")
        if self.summary.contract.assumptions:
            self._title("Assumed")
            for assumption in self.summary.contract.assumptions:
                self._entry(f"{assumption.what}: {assumption.because}")


def _listed(periods: tuple[str, ...]) -> str:
    """Labels of windows, in order; of many the first and the last."""
    return ", ".join(periods) if len(periods) <= 3 else f"{periods[0]} to {periods[-1]} ({len(periods)} windows)"
