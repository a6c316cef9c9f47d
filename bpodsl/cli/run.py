"""`bpodsl run`."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.briefly import check_brief, run_blockwise, show_brief
from bpodsl.cli.common import PATHS, instant_option, read_agreement, sound
from bpodsl.cli.engines import check_engine, engine_options
from bpodsl.cli.evaluating import as_known, evaluated, one_world, progress_bar, read, with_idle
from bpodsl.cli.kept import STORE
from bpodsl.cli.outputs import guard
from bpodsl.cli.showing import WRITTEN, end

if TYPE_CHECKING:
    from bpodsl.cli.evaluating import Worlds
    from bpodsl.terms import Contract

# With --state a run takes a folder of them; any other run refuses one (`check_engine`).
EVENTS = click.Path(exists=True, readable=True, allow_dash=True, path_type=Path)
MUCH = 4 << 20
_INPUT = Path("-")
PACKED = 6
"""So much smaller is a Parquet file, or one packed by gzip, about, than its events as lines."""


@click.command("run")
@click.argument("agreement", type=PATHS)
@click.argument("events", nargs=-1, type=EVENTS)
@click.option(
    "--until",
    "until_text",
    metavar="T",
    help="How far time is known (exclusive): 2026-05-01 or 2026-05-01T12:00. Default: just after the latest event.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "csv"]),
    default="text",
    show_default=True,
    help="text: the first screen; json: everything; jsonl, csv: the ledger. Of a portfolio: a line for each agreement.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for summary.txt, ledger.jsonl, ledger.csv, result.json and quarantine.jsonl; of a portfolio for "
    "portfolio.txt, .json, .csv and such a folder of each agreement.",
)
@click.option(
    "--quarantine",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the lines that could not be used, with place and reason.",
)
@click.option(
    "--as-known-at", "known_text", metavar="K", help="Show the ledger as it was known at an instant, itself included."
)
@click.option("--world", "world_name", metavar="W", help="Show one world only, where the events belong to several.")
@click.option(
    "--no-routine",
    "no_routine",
    is_flag=True,
    help="With jsonl or csv: leave out what says that a case takes its course (duties opened and performed, states "
    "that begin and end, events without effect, and what ends with the agreement), and number the rest. Faster.",
)
@click.option(
    "--brief",
    is_flag=True,
    help="With jsonl: only what counts (duties missed, escalations, figures, sums, triggers, rights), a short line "
    "each, without what led to it; explain tells that. Fastest.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N",
    help="Run the agreements of a portfolio, or (with jsonl or csv) the cases of large files, in so many processes; "
    "the ledgers are the same.",
)  # fmt: skip
@click.option(
    "--store", type=STORE, metavar="FILE",
    help="Keep what is read, and the ledger, in FILE; run over what is new of EVENTS, and all that it has.",
)  # fmt: skip
@click.option(
    "--from", "topic", metavar="kafka://HOST:PORT/TOPIC",
    help="With --store: read on in a topic of Kafka, from where the store has it.",
)  # fmt: skip
@click.option(
    "--settings", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="With --from: how to reach it, `name=value` a line, as librdkafka names them (who asks, TLS).",
)  # fmt: skip
@engine_options
@click.option(
    "--follow", is_flag=True,
    help="With --store or --state: wait for EVENTS, or the topic, to grow, and go on; Ctrl-C ends.",
)  # fmt: skip
@click.option(
    "--publish", is_flag=True,
    help="With --store: what is posted stands for good; what is read later counts from now on.",
)  # fmt: skip
def command(
    agreement: Path,
    events: tuple[Path, ...],
    until_text: str | None,
    form: str,
    out: Path | None,
    quarantine: Path | None,
    known_text: str | None,
    world_name: str | None,
    no_routine: bool,
    brief: bool,
    jobs: int,
    store: Path | None,
    topic: str | None,
    settings: Path | None,
    engine: str,
    master: str | None,
    state: Path | None,
    follow: bool,
    publish: bool,
) -> None:
    """Run AGREEMENT over EVENTS and show what followed.

    EVENTS are JSONL or CSV files, plain or gzipped, or Parquet files (extra `arrow`), or - for standard input. Every
    line read is accounted for; a line that cannot be used is set aside with its place and reason.

    AGREEMENT may be a folder, a portfolio: every agreement below it is run over the events whose `subject` is its
    name. Then all of them are summed up together (--format text, json, jsonl: a line for each agreement, or csv), and
    --out has a folder for each.

    \b
    bpodsl run agreement.bpo tickets.jsonl invoices.csv --until 2026-05-01
    bpodsl run agreement.bpo tickets.jsonl --out result/
    bpodsl run portfolio/ tickets.jsonl --until 2026-05-01 --out result/ --jobs 4
    bpodsl run agreement.bpo tickets.jsonl --store desk.db
    bpodsl run agreement.bpo --from kafka://localhost:9092/tickets --store desk.db
    bpodsl run portfolio/ tickets.jsonl --store portfolio.db

    \b
    Exit codes: 0 done · 2 the command is used wrongly · 3 the agreement has errors (of a portfolio: an agreement has,
    and the others were run) · 4 done, but lines were set aside or input is incomplete · 6 a file cannot be read or
    written; safe to run again · 8 a limit was reached · 130 somebody stopped it · of a store: 5 it does not verify
    7 another run writes it · 9 another version wrote it.
    """
    check_engine(engine, master, state, agreement, events, store is not None or topic is not None)
    if engine == "spark":
        master = master or f"local[{jobs},4]"
    if state is not None:
        from bpodsl.cli.stream import Asked, run_stream

        asked = Asked(until_text, form, out, quarantine, follow, known_text or world_name, no_routine or brief)
        run_stream(agreement, events[0], state, asked, master or "", jobs)
        return
    if store is not None:
        if brief:
            raise click.UsageError("--brief does not go with --store.")
        from bpodsl.cli.run_kept import Shown, run_with_store

        shown = Shown(form, out, quarantine, known_text, world_name, no_routine)
        if settings is not None and topic is None:
            raise click.UsageError("--settings goes with --from.")
        run_with_store(agreement, events, store, until_text, shown, follow, publish, topic, settings, jobs)
        return
    _check_without_store(events, follow, publish, topic or settings)
    if no_routine:
        _check_no_routine(agreement, form, out, known_text)
    if brief:
        check_brief(agreement, form, out, known_text, no_routine)
    if agreement.is_dir():
        from bpodsl.cli.portfolio import run_portfolio

        if no_routine:
            raise click.UsageError("--no-routine is for one agreement, and this is a folder of them.")
        run_portfolio(agreement, events, until_text, form, out, quarantine, known_text, world_name, jobs, None, master)
        return
    understood = read_agreement(agreement)
    written = [out / name for name in WRITTEN] if out is not None else []
    aside = [quarantine] if quarantine is not None else []
    guard({"--out": written, "--quarantine": aside}, (agreement, *understood.used, *events))
    contract = sound(understood)
    alone = world_name is None and known_text is None and out is None and form in ("jsonl", "csv")
    if alone and _INPUT in events:
        from bpodsl.store import keep_input

        keep_input()
    much = alone and _is_much(events)
    if brief and much:
        jobs = _threads(jobs)
        done = run_blockwise(contract, events, instant_option(until_text, contract), jobs)
        if done is not None:
            end(form, contract, None, done, quarantine, None)
            return
    if brief and jobs > 1:
        _say_alone("only the cases of large files of events in order of time are shared by --brief")
        jobs = 1
    if jobs > 1 and not _may_share(contract, much, events):
        jobs = 1
    plain = alone and not brief and (no_routine or much)
    if plain and _plainly(form, contract, events, until_text, quarantine, not no_routine, much, jobs):
        return
    taken = read(contract, events, until_text)
    with progress_bar(len(taken.events)) as progress:
        ledgers = evaluated(contract, taken, progress)
    if brief:
        show_brief(ledgers if world_name is None else (one_world(ledgers, world_name),))
        end(form, contract, None, taken, quarantine, None)
        return
    if world_name is not None:
        ledgers = (one_world(ledgers, world_name),)
    if no_routine:
        ledgers = tuple((name, ledger.without_routine()) for name, ledger in ledgers)
    else:
        taken = with_idle(contract, taken, ledgers)
    if known_text is not None:
        known = instant_option(known_text, contract, "--as-known-at")
        assert known is not None
        ledgers = as_known(contract, taken, known, ledgers)
    end(form, contract, ledgers, taken, quarantine, out)


def _check_without_store(events: tuple[Path, ...], follow: bool, publish: bool, topic: object) -> None:
    if follow or publish or topic:
        name = "follow" if follow else "publish" if publish else "from"
        raise click.UsageError(f"--{name} goes with --store FILE.")
    if not events:
        raise click.MissingParameter(param_hint="'EVENTS...'", param_type="argument")


def _check_no_routine(agreement: Path, form: str, out: Path | None, known_text: str | None) -> None:
    if agreement.is_dir() or form not in ("jsonl", "csv") or out is not None or known_text is not None:
        raise click.UsageError(
            "--no-routine is for one agreement, goes with --format jsonl or csv, and not with --out or --as-known-at."
        )


def _is_much(events: Iterable[Path]) -> bool:
    """Whether files are so large that it is worth the trouble to keep nothing of them but what is open."""
    from bpodsl.store import may_be_read_again

    return sum(_size(path) for path in events if may_be_read_again(path)) >= MUCH


def _size(path: Path) -> int:
    """How many bytes the events of a file have as lines, about."""
    from bpodsl.store import opened, size_of

    with opened(str(path)) as file:
        packed = file.read(2) == b"\x1f\x8b" or path.suffix == ".parquet"
    return size_of(path) * (PACKED if packed else 1)


def _may_share(contract: Contract, much: bool, events: Sequence[Path]) -> bool:
    """Whether several processes may share the cases of one agreement; if not, that is said."""
    from bpodsl.pipeline import why_alone

    why = why_alone(contract) if much else ""
    if _INPUT in events:
        why = why or "standard input is read by one process"
    if much and not why:
        return True
    _say_alone(why or "several share the cases of large files, with --format jsonl or csv")
    return False


def _threads(jobs: int) -> int:
    """How many threads share the cases of a run in short."""
    from bpodsl.native import library

    if jobs > 1 and library() is None:
        _say_alone("--brief shares the cases of large files by its compiled part, which is not there")
        return 1
    return jobs


def _say_alone(why: str) -> None:
    click.echo(f"note: --jobs is for a portfolio; one agreement is run in one process. Here: {why}.", err=True)


def _plainly(
    form: str, contract: Contract, events: tuple[Path, ...], until_text: str | None, quarantine: Path | None,
    routine: bool, much: bool, jobs: int,
) -> bool:  # fmt: skip
    """Run by a way for very many plain events, if one can be gone; whether it could."""
    from bpodsl.cli.steadily import run_steadily
    from bpodsl.pipeline import run_plain

    until = instant_option(until_text, contract)
    # Nothing that is made here becomes garbage before it is written.
    was_on = gc.isenabled()
    gc.disable()
    try:
        ledgers: Worlds | None = None
        taken = run_steadily(form, contract, events, until, routine, jobs) if much else None
        if taken is None:
            if jobs > 1:
                _say_alone("its events must be looked at all together")
            found = None if routine else run_plain(contract, events, until)
            if found is None:
                return False
            taken, ledgers = found[0], (("", found[1]),)
        end(form, contract, ledgers, taken, quarantine, None)
    finally:
        if was_on:
            gc.enable()
    return True
