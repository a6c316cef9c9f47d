"""Lines and accounts: amounts are rounded once, then cut by the caps that they fill."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from attrs import evolve

from bpodsl.record import TERM_END, Entry, Number, identity_key
from bpodsl.record.sides import owing
from bpodsl.reference.evaluate import evaluate, holds
from bpodsl.reference.rows import imposed_name, texts_of
from bpodsl.reference.scope import Scope, rounded, scope_of
from bpodsl.reference.state import NO_READING, Cause, Fields, Posting, Row, Settled, World
from bpodsl.terms import Account, Line, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import Window, exact


def settle_line(world: World, line: Line, settled: Settled) -> None:
    """The figure of a line has settled."""
    if not isinstance(settled.value, int | Fraction):
        return
    window, key = settled.window, dict(settled.group)
    scope = Scope(world, window, key)
    sides = next((each for each in line.sides if holds(each.when, scope)), None)
    if sides is not None:
        line = evolve(line, payer=sides.payer, payee=sides.payee)
    made = Entry(
        "Accrued", line.name, world.now, world.place, world.level(f"line:{line.name}"),
        period=window.label, key=settled.entry.key, entry_causes=(settled.entry.name,),
    )  # fmt: skip
    post(world, line, settled.value, made, Cause(settled.entry, key, window=window), window.end, window.end - 1)


def accrue(world: World, name: str, amount: ex.Expression, cause: Cause) -> None:
    """An effect posts an amount on a line."""
    value = evaluate(amount, scope_of(world, cause))
    if not isinstance(value, int | Fraction):
        why = value.why if isinstance(value, NotMeasured) else ""
        world.emit(
            Entry(
                "Noted", name, world.now, world.place, world.level(f"line:{name}"), imposed_name(cause.entry),
                key=cause.entry.key, entry_causes=(cause.entry.name,), words=f"not posted: {why}",
            )
        )  # fmt: skip
        return
    made = Entry(
        "Accrued", name, world.now, world.place, world.level(f"line:{name}"), cause.entry.instance,
        cause.entry.period, cause.entry.key, entry_causes=(cause.entry.name,),
    )  # fmt: skip
    post(world, world.index.lines[name], value, made, cause, world.now, world.now)


def post(world: World, line: Line, value: int | Fraction, made: Entry, cause: Cause, end: int, moment: int) -> None:
    """Post an amount, rounded; if others that come after it are posted already, they are cut anew."""
    wanted = rounded(value, line.rounding)
    assert isinstance(wanted, int | Fraction)
    if wanted == 0:
        return
    number = Number("exact", "money", exact(value))
    made = world.emit(evolve(made, numbers=(number,)))
    texts_bytes = tuple(text.encode() for text in texts_of(cause.key))
    order = end, made.level, line.name.encode(), texts_bytes, identity_key(made.instance), made.period.encode()
    parties, row = _parties(world, line, cause), _row(world, line, cause)
    posting = Posting(line, order, moment, cause.window, cause.key, wanted, made, parties, row, cause.told)
    of, agreement = [each for each in world.index.contract.accounts if line.name in each.lines], world.agreement
    posting.places = {a.name: (agreement.window_at(a.grid, moment), agreement.cell_at(a.grid, moment)) for a in of}
    world.postings.append(posting)
    world.postings.sort(key=lambda each: each.order)
    at = world.postings.index(posting)
    for position in range(at, len(world.postings)):
        cut(world, position, new=position == at)


def _parties(world: World, line: Line, cause: Cause) -> tuple[Number, Number]:
    """Who owes whom: of a window the parties of its first day; else those of what the sum follows from."""
    if cause.window is not None:
        return owing(world.index.contract, line, cause.window.first, cause.window.first)
    scope = scope_of(world, cause)
    day = evaluate(ex.Moment("row", True), scope)
    opened = evaluate(ex.Moment("opened", True), scope)
    day = day if isinstance(day, date) else world.today
    return owing(world.index.contract, line, opened if isinstance(opened, date) else day, day)


def _row(world: World, line: Line, cause: Cause) -> Row:
    """A sum as the limits of accounts see it: what it follows from; of a figure's window its last tick."""
    if cause.window is None and cause.row is not None:
        return cause.row
    if cause.window is not None and line.figure is not None:
        return window_sum(cause.window)
    return Row(world.now, (), {}, frozenset(), NO_READING, early=world.place <= TERM_END)


def window_sum(window: Window) -> Row:
    """The sum of a window."""
    return Row(window.end - 1, (), {}, frozenset(), NO_READING)


def of_sum(world: World, account: Account, row: Row, key: Fields, final: bool = True) -> Scope:
    """The scope of a sum that an account is to cut."""
    fields = {name: key[name] for name in account.by if name in key}
    return Scope(world, row=evolve(row, fields=fields, declared=frozenset(account.by)), final=final)


def cut(world: World, position: int, new: bool) -> None:
    """Cut one posting by the accounts that list its line, in order of their names."""
    posting = world.postings[position]
    amount, capped = posting.wanted, list[Entry]()
    for account in sorted(world.index.contract.accounts, key=lambda each: each.name.encode()):
        if posting.line.name not in account.lines or amount <= 0:
            continue
        window, _ = posting.places[account.name]
        if window is None:
            continue
        limit = posting.limits.get(account.name)
        if limit is None:
            group = posting.group(account.by)
            own = of_sum(world, account, posting.row, group)
            found = evaluate(account.limit, Scope(world, window, group, outer=own))
            limit = posting.limits[account.name] = rounded(found, account.rounding)
        if not isinstance(limit, int | Fraction):
            continue
        used = sum(
            (
                p.amount for p in world.postings[:position]
                if fills(p, account, window) and together(p, posting, account)
            ),
            Fraction(),
        )
        room = max(limit - used, Fraction(0))
        if amount > room:
            capped.append(_capped(posting, account, limit, used, amount, room))
            amount = room
    _replace(world, posting, exact(amount), capped, new)


def fills(posting: Posting, account: Account, window: Window) -> bool:
    """Whether a posting counts against an account in a window of it."""
    if posting.line.name not in account.lines or posting.amount <= 0:
        return False
    _, cell = posting.places[account.name]
    span = 1 if account.grid.unit == "term" else account.grid.span
    return cell is not None and window.index - span < cell <= window.index


def together(one: Posting, other: Posting, account: Account) -> bool:
    """Whether an account holds two sums to one limit."""
    keys = [posting.group(account.by) for posting in (one, other)]
    return all(keys[0].get(name) == keys[1].get(name) for name in account.by)


def _capped(posting: Posting, account: Account, *amounts: int | Fraction) -> Entry:
    made = posting.accrued
    names = ("limit", "used", "wanted", "posted")
    instance = "/".join(filter(None, (posting.line.name, made.instance)))
    numbers = tuple(Number(name, "money", exact(value)) for name, value in zip(names, amounts, strict=True))
    return evolve(made, kind="Capped", clause=account.name, instance=instance, numbers=numbers)


def _replace(world: World, posting: Posting, amount: int | Fraction, capped: list[Entry], new: bool) -> None:
    line, old = posting.line, posting.accrued
    numbers = (
        Number("amount", "money", amount), next(n for n in old.numbers if n.name == "exact"),
        *posting.parties,
        Number("currency", "text", line.currency),
    )  # fmt: skip
    made = evolve(old, numbers=numbers)
    if new:
        world.fresh = [made if entry is old else entry for entry in world.fresh]
        world.entries[made.name] = made
        for entry in capped:
            world.emit(entry)
    else:
        world.change(old, made)
        names = {entry.name for entry in capped}
        before = {entry.name: entry for entry in posting.capped}
        for name, entry in before.items():
            if name not in names:
                world.change(entry, None)
        for entry in capped:
            world.change(before.get(entry.name), entry)
    posting.accrued, posting.amount, posting.capped = made, amount, capped
