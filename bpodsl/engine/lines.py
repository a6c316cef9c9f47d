"""Lines and accounts: what is owed, and the caps that cut it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import evaluator, rounded
from bpodsl.engine.instances import Pairs
from bpodsl.engine.program import cells_of
from bpodsl.engine.scopes import Evaluator, Position, Scope, Value
from bpodsl.engine.settling import Cell, row_source
from bpodsl.engine.takebacks import Remake
from bpodsl.lean import evolve
from bpodsl.record import TERM_END, Columns, Entry, Number, Numbers, identity_key, texts
from bpodsl.record.sides import owing
from bpodsl.terms import Account, Accrue, Line, NotMeasured, Pending, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Window

if TYPE_CHECKING:
    from bpodsl.engine.world import World


OWED: Final = Columns(("amount", "exact", "payer", "payee", "currency"), ("money", "money", "text", "text", "text"))
"""What an entry says of a sum."""


class Claim:
    """A sum wanted on a line, and what was posted of it."""

    __slots__ = (
        "amount", "exact", "instance", "instant", "key", "last", "limits", "line", "name", "parties", "period",
        "places", "pos", "posted", "premise", "row", "text", "told", "values", "wanted", "window",
    )  # fmt: skip

    def __init__(self, line: LineMachine, pos: Position, exact: Value, wanted: Value, premise: str) -> None:
        self.line = line
        self.pos = pos
        self.exact = exact
        self.wanted = wanted
        self.premise = premise
        self.posted: Value = 0
        self.amount: Value = wanted
        self.window: Window | None = None
        self.instance = ""
        self.period = ""
        self.key: Pairs = ()
        self.values: Mapping[str, Any] = {}
        # The fields by which the firing is told apart that it follows from.
        self.told: Mapping[str, Any] = {}
        self.instant = pos[0]
        self.last = pos[0]
        self.name = ""
        self.text: tuple[str, ...] = ()
        self.limits: dict[str, Value] = {}
        # Of each account, as it was when the sum came: its window that cuts it, and the cell in which it counts.
        self.places: dict[str, tuple[Window | None, int | None]] = {}
        # Where what it follows from is evaluated, if a limit asks for that.
        self.row: Scope | None = None
        # Who owes whom.
        self.parties: tuple[Number, Number]

    def order(self, account: AccountMachine) -> tuple[Any, ...]:
        """Its place among the claims that fill an account."""
        return self.instant, account.place[self.line.name], self.text, identity_key(self.instance), self.period


class AccountMachine:
    """A cap: the claims on it in their order, and what they come to in each cell of its grid, for each of its keys."""

    def __init__(self, world: World, term: Account) -> None:
        self.world = world
        self.term = term
        self.place = {name: i for i, name in enumerate(term.lines)}
        self.claims: list[tuple[tuple[Any, ...], int, Claim]] = []
        # By the values of its keys and the cell.
        self.totals: dict[tuple[tuple[Any, ...], int], Value] = {}
        self._limits: dict[tuple[str, ...], Evaluator] = {}
        parts = tuple(walk(term.limit))
        self._looks_up = any(isinstance(part, ex.SeriesAt) for part in parts)
        self.asks = any(isinstance(part, ex.OfSum) for part in parts)

    def limit(self, claim: Claim, window: Window) -> Value:
        """The limit in a window and the claim's group, as it was when the claim came."""
        if self.term.name not in claim.limits:
            group = self._group(claim)
            limit = self._limit(tuple(group))
            s = Scope(self.world, claim.pos).of_window(window, self.term.grid, group)
            s.outer = self._sum(claim.pos, claim.last, claim.window is None, group, claim.row)
            claim.limits[self.term.name] = rounded(limit(s), self.term.rounding)
        return claim.limits[self.term.name]

    def _sum(
        self, pos: Position, last: int, follows: bool, values: Mapping[str, Any], row: Scope | None = None
    ) -> Scope | None:
        """Where a limit looks at the sum itself: what it follows from, or the last tick of its window."""
        if not self.asks:
            return None
        fields = {name: values[name] for name in self.term.by if name in values}
        found = Scope(self.world, pos, fields, self.term.by, last)
        if row is not None and not row.windowed:
            found.at, found.early, found.act, found.place = row.at, row.early, row.act, row.place
            found.instance, found.parent = row.instance, row.parent
        elif follows:
            found.early = pos[1] <= TERM_END
        return found

    def _limit(self, by: tuple[str, ...]) -> Evaluator:
        limit = self._limits.get(by)
        if limit is None:
            limit = self._limits[by] = evaluator(
                self.term.limit, lambda rows: row_source(self.world, rows, self.term.grid, by)
            )
        return limit

    def pends(self, s: Scope, moment: int) -> bool:
        """Whether the limit needs a point of a series that has not come, for a sum that counts at a moment."""
        if not self._looks_up:
            return False
        window = self.world.windows.last_holding(self.term.grid, moment)
        if window is None:
            return False
        inside = Scope(self.world, s.position).of_window(window, self.term.grid, s.group)
        inside.final = False
        inside.outer = self._sum(s.position, moment, False, s.group)
        if inside.outer is not None:
            inside.outer.final = False
        return isinstance(self._limit(tuple(s.group))(inside), Pending)

    def used(self, claim: Claim, window: Window) -> Value:
        """What was posted before a claim in its window."""
        order, share = claim.order(self), self._share(claim)
        cells = self.world.windows.cells(self.term.grid, window.index)
        if not self.claims or self.claims[-1][0] < order:
            return sum(self.totals.get((share, cell), 0) for cell in cells)
        return sum(
            c.posted for at, _, c in self.claims
            if at < order and c.posted > 0 and c.places[self.term.name][1] in cells and self._share(c) == share
        )  # fmt: skip

    def count(self, claim: Claim, amount: Value) -> None:
        """Add to (or take from) what the claims of a cell come to."""
        cell = claim.places[self.term.name][1]
        if amount and cell is not None:
            at = self._share(claim), cell
            self.totals[at] = self.totals.get(at, 0) + amount

    def holding(self, claim: Claim) -> tuple[Window | None, int | None]:
        """The window that cuts a sum that comes now, and the cell in which it counts."""
        windows, grid = self.world.windows, self.term.grid
        over = windows.ended is not None and claim.last >= windows.ended and not grid.goes_on
        return windows.last_holding(grid, claim.last), None if over else windows.cell(cells_of(grid), claim.last)

    def _share(self, claim: Claim) -> tuple[Any, ...]:
        """The values of the keys for each of which there is a limit."""
        group = self._group(claim)
        return tuple(group.get(name) for name in self.term.by)

    def _group(self, claim: Claim) -> Mapping[str, Any]:
        """The key of a claim, with what is told of it besides that this is by."""
        told = {name: claim.told[name] for name in self.term.by if name in claim.told}
        return {**claim.values, **told} if told else claim.values


class LineMachine:
    """One line: its claims, and the accounts that cut them in order of their names."""

    def __init__(self, world: World, term: Line, level: int) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.level = level
        self.accounts: list[AccountMachine] = []
        self.by_cell: dict[tuple[int, tuple[Any, ...]], Claim] = {}
        # Sums for a period by its label, and those without one.
        self.by_period: dict[str, list[Claim]] = {}
        self.accrued: list[Claim] = []
        self.amounts: dict[tuple[str, int], Evaluator] = {}
        self._sides = [(evaluator(each.when, world.no_rows), each) for each in term.sides]
        self._day = evaluator(ex.Moment("row", True), world.no_rows)
        self._opened = evaluator(ex.Moment("opened", True), world.no_rows)

    def from_cell(self, cell: Cell, place: int) -> None:
        """At the place of a settlement."""
        claim = self._of_cell(cell, (self.world.now, place))
        if claim is not None:
            self.world.lines.add(claim)

    def _of_cell(self, cell: Cell, pos: Position) -> Claim | None:
        wanted = rounded(cell.value, self.term.rounding)
        if isinstance(wanted, NotMeasured) or wanted == 0:
            return None
        assert cell.entry is not None
        claim = Claim(self, pos, cell.value, wanted, cell.name)
        claim.window, claim.period, claim.key = cell.window, cell.window.label, cell.entry.key
        claim.instant, claim.last, claim.text = cell.window.end, cell.window.end - 1, cell.text
        assert self.term.figure is not None
        claim.values = self.world.figures.machines[self.term.figure].told(cell.group)[0]
        claim.parties = self._between(cell, claim.values, pos)
        self.by_cell[cell.window.index, cell.group] = claim
        self._keep(claim)
        return claim

    def accrue(self, what: tuple[Accrue, Cause], place: int) -> None:
        """An amount that follows from an outcome or a firing."""
        effect, cause = what
        s = cause.scope()
        amount = self.amounts.get((cause.clause, id(effect)))
        if amount is None:
            amount = self.amounts[cause.clause, id(effect)] = self._evaluator(effect, s)
        exact = amount(s)
        wanted = rounded(exact, self.term.rounding)
        if isinstance(wanted, NotMeasured):
            words = f"not posted: {wanted.why}"
            self.world.note(self.name, place, self.level, cause.base, words, cause.key, (), (cause.entry,))
            return
        if wanted == 0:
            return
        claim = Claim(self, (self.world.now, place), exact, wanted, cause.entry)
        claim.instance, claim.period, claim.key = cause.instance, cause.period, cause.key
        claim.told = cause.told
        claim.values, claim.text = cause.values, tuple(text for _, text in texts(cause.values.items()))
        claim.parties = self._parties(s, place)
        if any(account.asks for account in self.accounts):
            claim.row = s
        self._keep(claim)
        self.world.lines.add(claim)

    def _parties(self, s: Scope, place: int) -> tuple[Number, Number]:
        """Of a window the parties of its first day; else those of what the sum follows from."""
        world = self.world
        day = world.day_of((world.now, place))
        if not world.program.contract.assignments:
            return self._owing(day, day)
        if s.window is not None:
            return self._owing(s.window.first, s.window.first)
        row, opened = self._day(s), self._opened(s)
        day = row if isinstance(row, date) else day
        return self._owing(opened if isinstance(opened, date) else day, day)

    def _owing(self, opened: date, day: date) -> tuple[Number, Number]:
        return owing(self.world.program.contract, self.term, opened, day)

    def _between(self, cell: Cell, group: Mapping[str, Any], pos: Position) -> tuple[Number, Number]:
        """Who owes whom for a window."""
        term, day = self.term, cell.window.first
        if self._sides:
            assert term.figure is not None
            grid = self.world.figures.machines[term.figure].grid
            s = Scope(self.world, pos).of_window(cell.window, grid, group)
            sides = next((each for when, each in self._sides if when(s) is True), None)
            term = term if sides is None else evolve(term, payer=sides.payer, payee=sides.payee)
        return owing(self.world.program.contract, term, day, day)

    def _keep(self, claim: Claim) -> None:
        if claim.period:
            self.by_period.setdefault(claim.period, []).append(claim)
        else:
            self.accrued.append(claim)

    def see_alone(self, claim: Claim) -> None:
        """Which of several amounts of one name has `~2` is said by their order: none of them changes by itself."""
        if any(each is not claim and each.key == claim.key for each in self.by_period[claim.period]):
            raise Remake("one of several amounts of one name has changed")

    def _evaluator(self, effect: Accrue, s: Scope) -> Evaluator:
        grid, by = s.grid, tuple(s.group)
        if grid is None:
            return evaluator(effect.amount, self.world.no_rows)
        return evaluator(effect.amount, lambda rows: row_source(self.world, rows, grid, by))

    def claims(self, s: Scope) -> Iterable[Claim]:
        """The claims that count in the window and group in scope."""
        if s.window is None or s.grid is None:
            return
        found: list[Claim] = []
        found.extend(self.by_period.get(s.window.label, ()))
        found.extend(c for c in self.accrued if s.window.start <= c.instant < s.window.end)
        for claim in found:
            if claim.pos <= s.position and all(s.group.get(n, v) == v for n, v in claim.values.items()):
                yield claim


class LineBook:
    """All lines and accounts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.machines: dict[str, LineMachine] = {}

    def make(self, lines: Iterable[Line], accounts: Iterable[Account], levels: Mapping[str, int]) -> None:
        """Fill it."""
        for line in lines:
            self.machines[line.name] = LineMachine(self.world, line, levels[f"line:{line.name}"])
            if line.figure is not None:
                self.world.figures.machines[line.figure].lines.append(line.name)
        for account in sorted(accounts, key=lambda a: a.name):
            made = AccountMachine(self.world, account)
            for name in account.lines:
                self.machines[name].accounts.append(made)

    def settled(self, line: str, cell: Cell, place: int) -> None:
        """A figure has settled that feeds a line."""
        machine = self.machines[line]
        self.world.push(place, machine.level, line, "", (), machine.from_cell, cell)

    def accrue(self, effect: Accrue, cause: Cause, place: int) -> None:
        """An amount follows."""
        machine = self.machines[effect.line]
        self.world.push(place, machine.level, effect.line, cause.instance, (), machine.accrue, (effect, cause))

    def posted(self, line: str, s: Scope) -> Value:
        """What a line has posted for the window and group in scope."""
        return sum(claim.posted for claim in self.machines[line].claims(s))

    def posted_names(self, line: str, s: Scope) -> list[str]:
        """The entries that posted it."""
        return [claim.name for claim in self.machines[line].claims(s)]

    def restated(self, line: str, old: Cell | None, new: Cell | None) -> None:
        """A figure was settled anew that feeds a line."""
        machine = self.machines[line]
        if old is not None:
            claim = machine.by_cell.pop((old.window.index, old.group), None)
            if claim is not None:
                machine.see_alone(claim)
                machine.by_period[claim.period].remove(claim)
                self._remove(claim)
        if new is not None:
            claim = machine._of_cell(new, new.pos)
            if claim is not None:
                machine.see_alone(claim)
                self.add(claim)

    # ------------------------------------------------------------------ cutting
    def add(self, claim: Claim) -> None:
        """A claim comes: it is cut, and so are those after it that it leaves less room."""
        claim.name = self.world.fresh("Accrued", claim.line.name, claim)
        claim.places = {account.term.name: account.holding(claim) for account in claim.line.accounts}
        self._cut(claim)
        for account in claim.line.accounts:
            insort(account.claims, (claim.order(account), id(claim), claim))
        self._recut(claim)

    def _remove(self, claim: Claim) -> None:
        for account in claim.line.accounts:
            account.claims.remove((claim.order(account), id(claim), claim))
            account.count(claim, -max(claim.posted, 0))
            self.world.withdraw(self._capped_name(account, claim))
        self.world.forget(claim.name)
        self._recut(claim)

    def _recut(self, changed: Claim) -> None:
        """Cut anew what comes after a claim, and what comes after those that this changes."""
        waiting = [changed]
        while waiting:
            first = waiting.pop(0)
            for account in first.line.accounts:
                order = first.order(account)
                if not account.claims or account.claims[-1][0] <= order:
                    continue
                for at, _, claim in list(account.claims):
                    if at > order and claim is not first:
                        before = claim.posted
                        self._cut(claim)
                        if claim.posted != before:
                            waiting.append(claim)

    def _cut(self, claim: Claim) -> None:
        world, line = self.world, claim.line
        amount = claim.wanted
        for account in line.accounts:
            window = claim.places[account.term.name][0]
            capped: Entry | None = None
            if window is not None and amount > 0:
                limit = account.limit(claim, window)
                if not isinstance(limit, NotMeasured):
                    used = account.used(claim, window)
                    left = min(amount, max(0, limit - used))
                    if left < amount:
                        capped = self._capped(account, claim, (limit, used, amount, left))
                    amount = left
            if capped is not None:
                world.post(capped)
            else:
                world.withdraw(self._capped_name(account, claim))
        for account in line.accounts:
            account.count(claim, max(amount, 0) - max(claim.posted, 0))
        claim.posted = amount
        world.post(
            Entry(
                "Accrued", line.name, *claim.pos, line.level, claim.instance, claim.period, claim.key, (),
                (claim.premise,),
                Numbers(OWED, (amount, claim.exact, *[each.value for each in claim.parties], line.term.currency)),
            )
        )  # fmt: skip

    def _capped(self, account: AccountMachine, claim: Claim, numbers: tuple[Value, Value, Value, Value]) -> Entry:
        names = ("limit", "used", "wanted", "posted")
        return Entry(
            "Capped", account.term.name, *claim.pos, claim.line.level, self._capped_instance(claim), claim.period,
            claim.key, (), (claim.premise,),
            tuple(Number(name, "money", value) for name, value in zip(names, numbers, strict=True)),
        )  # fmt: skip

    def _capped_name(self, account: AccountMachine, claim: Claim) -> str:
        parts = [account.term.name, "Capped", self._capped_instance(claim)]
        if claim.period:
            parts += [claim.period, *(text for _, text in claim.key)]
        return "/".join(parts)

    def _capped_instance(self, claim: Claim) -> str:
        return f"{claim.line.name}/{claim.instance}" if claim.instance else claim.line.name
