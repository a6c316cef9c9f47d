"""`bpodsl run PORTFOLIO FOLDER --engine spark --state DIR`: events as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from attrs import frozen

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option
from bpodsl.cli.outputs import guard
from bpodsl.cli.portfolio import say_not_run
from bpodsl.cli.showing import counted, say_incomplete
from bpodsl.cli.spread import no_spark
from bpodsl.portfolio import Found, Workers, find, unpacked
from bpodsl.record.account import Account, Quarantined
from bpodsl.store import write_quarantine_of_all
from bpodsl.terms import Contract

EVERY = 1.0
"""Seconds between two looks into the folder of events, while it is followed."""

PARTS_EACH = 2
"""Into how many parts the state is cut for each process that there is when it is made."""


@frozen
class Asked:
    """The options of a run that are asked here; `narrower`, `shorter`: of those that are not for it."""

    until_text: str | None
    form: str
    out: Path | None
    quarantine: Path | None
    follow: bool
    narrower: str | None
    shorter: bool

    def check(self) -> None:
        """Raises `UsageError`."""
        if self.narrower or self.shorter:
            raise click.UsageError("--state does not go with --as-known-at, --world, --no-routine or --brief.")
        if self.form != "text":
            raise click.UsageError("--state does not go with --format: the ledgers are written with --out DIR.")
        if self.follow and self.until_text is not None:
            raise click.UsageError("--follow does not go with --until: time goes on with the events.")
        if not self.follow and self.until_text is None:
            raise click.UsageError(
                "--state asks how far time is known: --until T; or --follow, by which time goes on with the events."
            )


def run_stream(folder: Path, events: Path, state: Path, asked: Asked, master: str, jobs: int) -> None:
    """Take what is new in a folder of events into the state of each agreement, and write the ledgers."""
    asked.check()
    from bpodsl.spark import NoSpark, Sorter, SparkLost, begun
    from bpodsl.spark.place import NotTheSame, Place, Portfolio, digests
    from bpodsl.spark.starting import check

    with Workers(jobs) as workers:
        found = find(folder, workers)
    say_not_run(folder, found)
    _guard(found, events, state, asked)
    until = _until(found, asked)
    place, now = Place(state), digests(_contracts(found))
    try:
        there = place.compared(now, events)
        check()
        from bpodsl.spark.coming import Coming

        with begun(master) as session:
            parts = PARTS_EACH * session.sparkContext.defaultParallelism if there is None else there.parts
            known = {} if there is None else there.agreements
            new = (each for each in _contracts(found) if each.name not in known)
            place.begin(Portfolio(now, str(events.resolve()), parts), new)
            coming = Coming(session, place, events, Sorter(found.addressees()), parts)
            if asked.follow:
                try:
                    coming.follow(EVERY)
                except KeyboardInterrupt:
                    click.echo("stopped; the next run goes on from here.", err=True)
            else:
                coming.take()
                coming.close(until)
            _ended(found, asked, coming.ledgers() if asked.out is not None else (), coming.others())
    except (NoSpark, SparkLost) as error:
        no_spark(error)
    except NotTheSame as error:
        click.echo(f"error: {error}. Run into another folder; nothing was done.", err=True)
        raise SystemExit(exits.AGREEMENT) from error


def _contracts(found: Found) -> Iterator[Contract]:
    """The agreements, one after another: all of them may be too many at once."""
    return (unpacked(each.packed) for each in found.members)


def _until(found: Found, asked: Asked) -> dict[str, int]:
    """How far time is known, of each agreement in its own zone."""
    until = {each.name: instant_option(asked.until_text, each.zone) for each in found.members}
    return {name: at for name, at in until.items() if at is not None}


def _guard(found: Found, events: Path, state: Path, asked: Asked) -> None:
    written = [] if asked.out is None else [asked.out / each.name / "ledger.jsonl" for each in found.members]
    aside = [] if asked.quarantine is None else [asked.quarantine]
    guard({"--out": written, "--quarantine": aside}, [each.path for each in found.members])
    for one, other in ((state, events), (events, state)):
        if one.resolve().is_relative_to(other.resolve()):
            raise click.UsageError("The folder of the state and that of the events must lie beside each other.")


def _ended(
    found: Found, asked: Asked, ledgers: Iterable[tuple[str, bytes]], others: Iterable[dict[str, Any]]
) -> None:  # fmt: skip
    """Write the ledgers, and say what became of the lines."""
    if asked.out is not None:
        for name, ledger in ledgers:
            (asked.out / name).mkdir(parents=True, exist_ok=True)
            (asked.out / name / "ledger.jsonl").write_bytes(ledger)
    account, aside, incomplete, notes = _account(found, others)
    if asked.quarantine is not None:
        write_quarantine_of_all(asked.quarantine, aside)
    if not asked.follow:
        click.echo(counted(account.as_dict(), account.beyond, notes))
    told = [
        f"{each.place}{f' (`{agreement}`)' if agreement else ''}: {each.code} {each.reason}"
        for agreement, each in aside
    ]
    say_incomplete("text", told, "its agreement, place" if asked.quarantine is None else "", incomplete, notes)
    if not found.sound:
        raise SystemExit(exits.AGREEMENT)
    if aside or incomplete:
        raise SystemExit(exits.EVENTS)


def _account(
    found: Found, others: Iterable[dict[str, Any]]
) -> tuple[Account, list[tuple[str, Quarantined]], list[str], list[tuple[str, str]]]:
    """What became of the lines, by what agreements said when last closed; and of those that belong to none."""
    from bpodsl.spark.running import CLOSED, Closing
    from bpodsl.spark.sorting import ASIDE, FAILED, Read, set_aside

    closed: dict[str, Closing] = {}
    nobodys: list[tuple[str, int, bytes]] = []
    account, incomplete, notes = Account(), set(), set()
    for row in others:
        body = bytes(row["body"])
        if row["kind"] == FAILED:
            raise OSError(None, body.decode(), row["file"] or row["agreement"])
        if row["kind"] == CLOSED:
            closed[row["agreement"]] = msgspec.msgpack.decode(body, type=Closing)
        elif row["kind"] == ASIDE:
            nobodys.append((row["file"], row["line"], body))
        else:
            read = msgspec.msgpack.decode(body, type=Read)
            account.lines += read.lines
            if read.cut:
                incomplete.add(f"{row['file']}: {read.cut}")
            if read.empty:
                notes.add((row["file"], "no event is in this file"))
    aside = [("", each) for each in set_aside(found.addressees(), nobodys)]
    account.quarantined = len(aside)
    for name, each in closed.items():
        account.add({kind: count for kind, count in each.account.items() if kind != "lines"})
        account.beyond += each.beyond
        notes.update((place, f"`{name}`: {words}") for place, words in each.notes)
        aside += [(name, Quarantined(*line)) for line in each.aside]
    if closed:
        account.check()
    aside.sort(key=lambda pair: (pair[1].file, pair[1].line, pair[1].code, pair[1].raw, pair[0]))
    return account, aside, sorted(incomplete), sorted(notes)
