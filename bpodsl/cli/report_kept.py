"""`bpodsl report --store` over all agreements of a store."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option
from bpodsl.cli.evaluating import as_known, with_idle
from bpodsl.cli.kept import read_store, told
from bpodsl.cli.members import Page, write_pages
from bpodsl.cli.outputs import guard
from bpodsl.cli.portfolio import write_index
from bpodsl.cli.showing import IN_STORE, say_incomplete
from bpodsl.keeping import Kept, names_kept
from bpodsl.portfolio.kept import unrouted
from bpodsl.record.account import Account, Intaken, Quarantined
from bpodsl.report.standings import Portfolio, Standing, standings
from bpodsl.values import Zone


def report_kept(store: Path, page: Page) -> None:
    """The report on each agreement of a store as it was last committed, and a page over all of them. What is set aside
    is said, and leaves with 4."""
    with told():
        names, nobodys = names_kept(store), unrouted(store)
    guard({"--to": [page.to / "index.html", *(page.of(name, 0, 1) for name in names)]}, (store,))
    # A line that belongs to nobody is counted with those of all; of one that concerns nobody a store says nothing.
    account = Account(lines=len(nobodys), quarantined=len(nobodys))
    found, notes, written = list[Standing](), list[tuple[str, str]](), False
    aside = [("", each) for each in nobodys]
    incomplete: set[str] = set()
    for name in names:
        kept = read_store(store, name)
        taken = with_idle(kept.contract, kept.taken, kept.ledgers)
        standing, reached = _reported(kept, taken, page)
        found += standing
        written |= reached
        account.add(taken.account.as_dict())
        account.beyond += taken.account.beyond
        notes += [(place, f"`{name}`: {words}") for place, words in taken.notes]
        aside += [(name, each) for each in taken.quarantined]
        incomplete |= set(taken.incomplete)
    if page.month is not None and not written:
        why = f"{page.month.label} begins after what is known; name an earlier one."
        raise click.BadParameter(why, param_hint="'--month'")
    account.check()
    counts = tuple(account.as_dict().items())
    write_index(page, Portfolio(tuple(found), (), counts, tuple(sorted(notes)), account.beyond))
    say_incomplete("html", _told(aside), "", sorted(incomplete), sorted(notes), IN_STORE)
    if aside or incomplete:
        raise SystemExit(exits.EVENTS)


def _reported(kept: Kept, taken: Intaken, page: Page) -> tuple[tuple[Standing, ...], bool]:
    """How an agreement stands; whether there is a report on it: none on a month that begins after what is known."""
    contract, ledgers = kept.contract, kept.ledgers
    known = instant_option(page.known_text or None, contract, "--as-known-at")
    if known is not None:
        ledgers = as_known(contract, taken, known, ledgers)
    reached = page.month is None or Zone.load(contract.zone).start_of(page.month.first) < taken.until
    if reached:
        write_pages(page, contract, ledgers, taken, known)
    else:
        for place in range(len(ledgers)):
            # One of an earlier report would pass for one of this.
            page.of(contract.name, place, len(ledgers)).unlink(missing_ok=True)
    return standings(contract, ledgers, tuple(taken.account.as_dict().items()), dict(taken.worlds)), reached


def _told(aside: list[tuple[str, Quarantined]]) -> list[str]:
    ordered = sorted(aside, key=lambda pair: (pair[1].file, pair[1].line, pair[1].code, pair[0]))
    return [f"{each.place}{f' (`{name}`)' if name else ''}: {each.code} {each.reason}" for name, each in ordered]
