"""A comparison as text: what a contract manager reads before signing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Final

from bpodsl.compare.comparing import ClauseChange, Comparison
from bpodsl.compare.hanging import Hanging
from bpodsl.compare.replaying import DutyChange, HappenedIn, LevelChange, Replayed, SumChange
from bpodsl.report.show import Show, grouped
from bpodsl.report.words import Words
from bpodsl.terms import Clause, Contract
from bpodsl.values import show_decimal
from bpodsl.values.numbers import decimal_places

_MOST: Final = 40
_WHATS: Final = ("changed", "added", "removed", "renamed", "reworded")



def compared(comparison: Comparison, old: str, new: str) -> Iterator[str]:
    """Lines that say what differs. `old` and `new` name the two files."""
    if comparison.same:
        yield "No difference in meaning."
        return
    counts = {what: sum(1 for each in comparison.changes if each.what == what) for what in _WHATS}
    yield f"{comparison.new.clause.shown}: {old} → {new}"
    yield "Clauses: " + ", ".join(f"{n} {what}" for what, n in counts.items() if n) + "."
    for change in comparison.changes:
        yield ""
        head = " ".join(change.lines[0].split()) if change.lines else _head(change.clause)
        yield f"{change.what:<8} {head}{_place(change)}"
        yield from ("  " + line for line in (*change.lines[1:], *_told(change)))
        if change.hanging:
            yield f"  hangs on it: {hanging(change.hanging)}"


def hanging(names: Hanging, most: int = 6) -> str:
    """What hangs on a clause, by sort."""
    return "; ".join(f"{sort} {_few(each, most)}" for sort, each in names.items())


def _few(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _head(clause: Clause) -> str:
    """The head of a clause as it is written."""
    name = f'"{clause.name}"' if clause.word in ("test", "assume") else clause.name
    title = f' "{clause.title}"' if clause.title and clause.title != clause.name else ""
    return f"{clause.word} {name}{title}" + (f" [{clause.reference}]" if clause.reference else "")


def _place(change: ClauseChange) -> str:
    """The line in the new file, of what is gone in the old one."""
    span = change.clause.span
    return f"  ({span.source.name}:{span.place[0]})" if span is not None else ""


def _told(change: ClauseChange) -> Iterator[str]:
    for each in change.differences:
        if not each.old:
            yield f"{each.part}: + {each.new}"
        elif not each.new:
            yield f"{each.part}: - {each.old}"
        elif len(each.part) + len(each.old) + len(each.new) <= 100:
            yield f"{each.part}: {each.old} → {each.new}"
        else:
            yield f"{each.part}:"
            yield f"  - {each.old}"
            yield f"  + {each.new}"


# ------------------------------------------------------------------------------------ ledgers
class Replay:
    """Writes what differs between two ledgers."""

    def __init__(self, old: Contract, new: Contract, found: Replayed) -> None:
        self.found = found
        self.show = Show(new)
        self._new, self._old = Words(self.show), Words(Show(old))

    def lines(self) -> Iterator[str]:
        found, zone = self.found, self.show.contract.zone
        yield f"On the same events, known until {self.show.instant(found.until)} ({zone}), exclusive:"
        if found.same:
            yield "  everything comes out the same."
            return
        if found.sums:
            yield ""
            yield "Money"
            yield from self.money()
        for title, lines in (
            ("Service levels", [self.level(each) for each in found.levels]),
            ("Duties", [self.duty(each) for each in found.duties]),
            ("Triggers, escalations and rights", [self.in_one(each) for each in found.happened]),
        ):
            if lines:
                yield ""
                yield f"{title} ({len(lines)})"
                yield from ("  " + line for line in lines[:_MOST])
                if len(lines) > _MOST:
                    yield f"  … and {len(lines) - _MOST} more; all of them with --format json"

    def clause(self, name: str) -> str:
        """A clause by its words."""
        words = self._new if self._new.clause_of(name) is not None else self._old
        return words.clause(name)

    def money(self) -> Iterator[str]:
        """The sums that differ, in columns."""
        rows: list[tuple[str, ...]] = [("", "old", "new", "difference")]
        for (line, payer, payee, currency), several in groupby(self.found.sums, _side):
            each = list(several)
            rows.append((f"{self.clause(line)}, {payer} → {payee}",))
            rows += [(f"  {s.period}", *_amounts(s.old, s.new), currency) for s in each]
            if len(each) > 1:
                whole = sum((s.old for s in each), Fraction(0)), sum((s.new for s in each), Fraction(0))
                rows.append(("  these together", *_amounts(*whole), currency))
        for total in self.found.totals:
            names = f"{self._new.party(total.payer)} owes {self._new.party(total.payee)}"
            rows.append((f"On balance {names}", *_amounts(total.old, total.new), total.currency))
        yield from ("  " + line for line in aligned(rows))

    def level(self, each: LevelChange) -> str:
        """A window of a service level."""
        which = " ".join(part for part in (_keys(each.group), f"in {each.period}") if part)
        sides = [
            "none" if side is None else f"{self.show.figure(each.figure, side[0])} {side[1]}".strip()
            for side in (each.old, each.new)
        ]
        sides = ["not measured" if side == "not measured not measured" else side for side in sides]
        if sides[0] == sides[1] and each.old is not None and each.new is not None:
            # They differ in places that are not shown.
            sides = [f"{self.show.figure_in_full(each.figure, side[0])} {side[1]}" for side in (each.old, each.new)]
        return f"{self.clause(each.figure)} {which}: {sides[0]} → {sides[1]}"

    def duty(self, each: DutyChange) -> str:
        """An instance of a duty."""
        keys = _keys(each.key) or f"for {each.instance}"
        sides = ["none" if side is None else self._outcome(*side) for side in (each.old, each.new)]
        return f"{self.clause(each.norm)} {keys}: {sides[0]} → {sides[1]}"

    def _outcome(self, status: str, due: int | date | None) -> str:
        return status + (f", due {self.show.when(due)}" if due is not None else "")

    def in_one(self, each: HappenedIn) -> str:
        """What came about in one of them only."""
        happened = {"right": "the right opens", "trigger": "is the case", "escalation": "is reached"}
        told = "the agreement ends" if each.what == "end" else f"{self.clause(each.clause)} {_keys(each.key)}".strip()
        told += f": {happened[each.what]}" if each.what in happened else ""
        return f"{'new' if each.new else 'old'} only: {told} on {self.show.instant(each.at)}"


def replay_lines(old: Contract, new: Contract, found: Replayed) -> Iterator[str]:
    """Lines that say what differs on the same events."""
    return Replay(old, new, found).lines()


def _side(each: SumChange) -> tuple[str, str, str, str]:
    return each.line, each.payer, each.payee, each.currency


def _keys(key: Sequence[tuple[str, str]]) -> str:
    told = ", ".join(f"{name} {text}" if name else text for name, text in key)
    return f"for {told}" if told else ""


def _amounts(old: int | Fraction, new: int | Fraction) -> tuple[str, str, str]:
    """Both, and how much more the second is."""
    return sum_told(old), sum_told(new), ("+" if new >= old else "") + sum_told(new - old)


def sum_told(amount: int | Fraction) -> str:
    """Digits in threes, at least two decimals, and all that there are."""
    places = decimal_places(amount)
    return grouped(show_decimal(amount, 6 if places is None else max(2, places)))


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns: the first to the left, numbers to the right; a row of one cell is a title."""
    full = [row for row in rows if len(row) > 1]
    first = max(len(row[0]) for row in full)
    widths = [max(len(row[n]) for row in full) for n in range(1, 4)]
    for row in rows:
        if len(row) == 1:
            yield row[0]
        else:
            numbers = "  ".join(cell.rjust(width) for cell, width in zip(row[1:4], widths, strict=True))
            yield " ".join((f"{row[0]:<{first}}  {numbers}", *row[4:])).rstrip()
