"""`bpodsl report`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bpodsl import __version__
from bpodsl.cli import exits
from bpodsl.cli.common import PATHS, instant_option, read_agreement, sound
from bpodsl.cli.evaluating import EVENT_FILE, evaluated, one_world, progress_bar, read
from bpodsl.cli.kept import STORE_THERE, agreement_option, read_store, told
from bpodsl.cli.outputs import guard
from bpodsl.cli.showing import say_incomplete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bpodsl.cli.members import Page
    from bpodsl.record import Event, Ledger
    from bpodsl.report.review.making import Given
    from bpodsl.report.review.model import Review
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract
    from bpodsl.values import Period

ENDINGS: Final = {
    ".html": "html", ".htm": "html", ".json": "json", ".md": "md", ".csv": "csv", ".xlsx": "xlsx", ".ics": "ics",
    ".pdf": "pdf",
}  # fmt: skip
FORMS: Final = ("html", "json", "md", "csv", "xlsx", "ics", "pdf")
ON_SCREEN: Final = ("md", "json", "html", "ics")
TABLES: Final = "tables"
INSTALL: Final = "Install it: pip install 'bpodsl[report]'"


@click.command("report")
@click.argument("agreement", type=PATHS, required=False)
@click.argument("events", nargs=-1, type=EVENT_FILE)
@click.option(
    "--month", metavar="M", help="The month told of: 2026-01. Default: the last one that was over before --until."
)
@click.option("--whole", is_flag=True, help="Tell of the whole run, not of a month.")
@click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`.")
@click.option("--as-known-at", "known_text", metavar="K", help="As for `bpodsl run`: as it was known at an instant.")
@click.option("--world", "world_name", metavar="W", help="Which world, where the events belong to several.")
@click.option(
    "--format", "form", type=click.Choice(FORMS),
    help="Default: what the ending of --to says; every format, if it is a folder; md, if there is no --to. "
    "csv: a folder with a file for each table.",
)  # fmt: skip
@click.option(
    "--drafts", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Also write there drafts of credit notes, notices, claims and disputes, filled from the record, as Markdown "
    "and Word.",
)  # fmt: skip
@click.option("--store", type=STORE_THERE, metavar="FILE", help="Of what a store has, instead of AGREEMENT and EVENTS.")
@agreement_option
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, help="Of a folder: how many processes share the agreements."
)
@click.option("--to", "to", type=click.Path(path_type=Path), metavar="FILE|FOLDER", help="Where to write.")
def command(
    agreement: Path | None,
    events: tuple[Path, ...],
    month: str | None,
    whole: bool,
    until_text: str | None,
    known_text: str | None,
    world_name: str | None,
    form: str | None,
    drafts: Path | None,
    store: Path | None,
    agreement_name: str | None,
    jobs: int,
    to: Path | None,
) -> None:
    """Write the report on a month, for a contract manager.

    In it: service levels with targets, standings and trends; charges, credits and caps down to what is payable; duties,
    escalations, rights and how near triggers are; what falls due in the next 90 days and by when notice must be given;
    what was restated, assumed, and waits for a decision. Every number opens to its calculation, its events and its
    clause. The same inputs give the same bytes.

    \b
    bpodsl report agreement.bpo tickets.jsonl --to report.html
    bpodsl report agreement.bpo tickets.jsonl --month 2026-01 --to reports/2026-01/
    bpodsl report agreement.bpo tickets.jsonl --month 2026-01 --to january.html --drafts letters/
    bpodsl report agreement.bpo tickets.jsonl --whole --format xlsx --to all.xlsx
    bpodsl report --store desk.db --to report.html
    bpodsl report agreements/ events.jsonl --month 2026-01 --to reports/
    bpodsl report --store portfolio.db --to reports/

    Of a folder of agreements (a portfolio), or of a store that has several, it writes a page over all of them,
    index.html, and the report on each, as pages; --to names the folder for them.

    \b
    Exit codes: 0 done · 2 usage, or a library for the format is not installed (pip install 'bpodsl[report]')
    3 the agreement has errors · 4 done, but lines were set aside or input is incomplete · of a store: as for `ledger`.
    """
    if whole and month is not None:
        raise click.UsageError("--month and --whole exclude each other.")
    period = _month(month)
    if agreement is not None and agreement.is_dir():
        other = [form not in (None, "html") and "--format", drafts and "--drafts", store and "--store"]
        texts = (until_text, known_text, world_name)
        _report_folder(agreement, events, texts, period, whole, other, to, jobs)
        return
    if store is not None and agreement is None and agreement_name is None and _of_all(store, to):
        other = [form not in (None, "html") and "--format", drafts and "--drafts", world_name and "--world"]
        _report_store(store, until_text, known_text, period, whole, other, to)
        return
    form, folder = _form(form, to)
    written = [] if to is None else _written(form, to, folder)
    if store is not None:
        if agreement is not None or until_text is not None:
            raise click.UsageError("A store has its agreements and events, and how far time is known: leave these out.")
        inputs: tuple[Path, ...] = (store,)
        guard({"--to": written}, inputs)
        kept = read_store(store, agreement_name)
        contract, taken, ledgers = kept.contract, kept.taken, kept.ledgers
    elif agreement is None or not events:
        missing = "AGREEMENT" if agreement is None else "EVENTS..."
        raise click.MissingParameter(param_hint=f"'{missing}'", param_type="argument")
    elif agreement_name is not None:
        raise click.UsageError("--agreement goes with --store FILE.")
    else:
        understood = read_agreement(agreement)
        inputs = (agreement, *understood.used, *events)
        guard({"--to": written}, inputs)
        contract = sound(understood)
        taken = read(contract, events, until_text)
        with progress_bar(len(taken.events)) as progress:
            ledgers = evaluated(contract, taken, progress)
    world, ledger = one_world(ledgers, world_name)
    used = dict(taken.worlds)[world]
    known = instant_option(known_text, contract, "--as-known-at")
    if known is not None:
        used = tuple(event for event in used if event.known <= known)
        ledger = _again(contract, used, min(known + 1, ledger.until))
    found = made(contract, ledger, given_of(contract, ledger, used, events, taken, known_text), period, whole, world)
    write(found, form, to, folder)
    if drafts is not None:
        write_drafts(found, drafts, inputs)
    aside = [f"{each.place}: {each.code} {each.reason}" for each in taken.quarantined]
    say_incomplete("report", aside, "its place", taken.incomplete, taken.notes)
    if taken.quarantined or taken.incomplete:
        raise SystemExit(exits.EVENTS)


def _report_folder(
    folder: Path, events: tuple[Path, ...], texts: tuple[str | None, str | None, str | None], month: Period | None,
    whole: bool, other: Iterable[object], to: Path | None, jobs: int,
) -> None:  # fmt: skip
    """The report on each agreement below a folder, and a page over all of them."""
    from bpodsl.cli.portfolio import run_portfolio

    if not events:
        raise click.MissingParameter(param_hint="'EVENTS...'", param_type="argument")
    until_text, known_text, world = texts
    page = _page(to, month, whole, known_text, other, "a folder")
    run_portfolio(folder, events, until_text, "html", None, None, known_text, world, jobs, page)


def _page(
    to: Path | None, month: Period | None, whole: bool, known_text: str | None, other: Iterable[object], of: str
) -> Page:
    """The pages that are to be written. `other`: options that are for one agreement, and were given."""
    from bpodsl.cli.members import Page
    from bpodsl.report.review.extras import MissingExtra, wanted

    for name in filter(None, other):
        raise click.UsageError(f"{name} is for one agreement; of {of} pages are written.")
    if to is None or to.is_file() or (to.suffix and not to.is_dir()):
        raise click.UsageError(f"Of {of} many pages are written: let --to name a folder for them.")
    try:
        wanted("jinja2", "html")
    except MissingExtra as missing:
        raise click.UsageError(str(missing)) from missing
    return Page(to, month, whole, known_text or "")


def _of_all(store: Path, to: Path | None) -> bool:
    """Whether pages on all agreements of a store are asked for: it has several, and a folder is named for them."""
    from bpodsl.keeping import names_kept

    if to is None or (not to.is_dir() and to.suffix.lower() in ENDINGS):
        return False
    with told():
        return len(names_kept(store)) > 1


def _report_store(
    store: Path, until_text: str | None, known_text: str | None, month: Period | None, whole: bool,
    other: Iterable[object], to: Path | None,
) -> None:  # fmt: skip
    """The report on each agreement of a store, and a page over all of them."""
    from bpodsl.cli.report_kept import report_kept

    if until_text is not None:
        raise click.UsageError("A store has how far time is known: leave --until out.")
    report_kept(store, _page(to, month, whole, known_text, other, "several agreements"))


def _month(text: str | None) -> Period | None:
    from bpodsl.values import TimeError, parse_period

    if text is None:
        return None
    try:
        found = parse_period(text)
    except TimeError:
        found = None
    if found is None or found.unit != "month":
        raise click.BadParameter(f"`{text}` is no month. Write one such as 2026-01.", param_hint="'--month'")
    return found


def _form(form: str | None, to: Path | None) -> tuple[str, bool]:
    """The format, "all" of a folder without one, and whether `to` is a folder."""
    if to is None:
        if form is None:
            return "md", False
        if form not in ON_SCREEN:
            raise click.UsageError(f"--format {form} needs --to: name a {'folder' if form == 'csv' else 'file'}.")
        return form, False
    by_ending = ENDINGS.get(to.suffix.lower())
    if form is None and by_ending is None and not to.is_dir() and (to.exists() or to.suffix[1:].isalpha()):
        endings = ", ".join(ENDINGS)
        why = f"`{to}` ends like no format. End it with one of {endings}; say --format; or name a folder for all."
        raise click.BadParameter(why, param_hint="'--to'")
    folder = to.is_dir() or (by_ending is None and (form in (None, "csv") or not to.suffix))
    if form is None and by_ending is not None and not folder:
        form = by_ending
    if form == "csv" and not folder:
        raise click.UsageError("--format csv writes a file for each table: let --to name a folder.")
    return form or "all", folder


def _written(form: str, to: Path, folder: bool) -> list[Path]:
    """The files that will be written."""
    if not folder:
        return [to]
    from bpodsl.report.review.sheets import NAMES

    tables = [to / name for name in (f"{each}.csv" for each in (*NAMES, "calculations"))]
    if form == "csv":
        return tables
    if form != "all":
        return [to / f"report.{form}"]
    return [to / f"report.{each}" for each in FORMS if each != "csv"] + [to / TABLES / each.name for each in tables]


def _again(contract: Contract, events: tuple[Event, ...], until: int) -> Ledger:
    from bpodsl.pipeline import evaluate

    return evaluate(contract, events, until)


def given_of(
    contract: Contract, ledger: Ledger, used: tuple[Event, ...], paths: Iterable[Path], taken: Intaken,
    known: str | None,
) -> Given:  # fmt: skip
    """What a run knows besides its contract and ledger; `used`: the events of its world, `known`: as of when."""
    from bpodsl.report.review.making import Given, until_ahead
    from bpodsl.terms import OnPeriod

    opens = any(norm.cure or any(isinstance(way, OnPeriod) for way in norm.opening) for norm in contract.norms)
    later = _again(contract, used, until_ahead(contract, ledger.until)) if opens else None
    return Given(
        used, later, tuple(map(_digest, paths)),
        tuple(taken.account.as_dict().items()),
        tuple((each.place, f"{each.code} {each.reason}") for each in taken.quarantined), taken.notes, known or "",
        f"bpodsl {__version__}", taken.account.beyond,
    )  # fmt: skip


def _digest(path: Path) -> tuple[str, str]:
    """The name and digest of an event file; standard input has been read and is gone."""
    if str(path) == "-":
        return "standard input", "see the digest of the events"
    with path.open("rb") as file:
        return path.name, hashlib.file_digest(file, "sha256").hexdigest()


def made(
    contract: Contract, ledger: Ledger, given: Given, month: Period | None = None, whole: bool = False, world: str = ""
) -> Review:
    """The report; a month that begins after what is known is a usage error."""
    from bpodsl.report.review.making import review
    from bpodsl.values import Zone

    if month is not None and Zone.load(contract.zone).start_of(month.first) >= ledger.until:
        why = f"{month.label} begins after what is known; name an earlier one."
        raise click.BadParameter(why, param_hint="'--month'")
    return review(contract, ledger, given, month, whole, world)


def writers() -> dict[str, Callable[[Review], bytes]]:
    """What makes the bytes of each format that is one file."""
    from bpodsl.report.review.as_excel import as_excel
    from bpodsl.report.review.as_html import as_html
    from bpodsl.report.review.as_ics import as_ics
    from bpodsl.report.review.as_pdf import as_pdf
    from bpodsl.report.review.as_text import as_json, as_markdown

    return {
        "html": lambda review: as_html(review).encode(),
        "json": lambda review: as_json(review).encode(),
        "md": lambda review: as_markdown(review).encode(),
        "xlsx": as_excel,
        "ics": lambda review: as_ics(review).encode(),
        "pdf": as_pdf,
    }


def write(review: Review, form: str, to: Path | None, folder: bool) -> None:
    """Write a format to a file, a folder or the screen; or all formats to a folder."""
    from bpodsl.report.review.extras import MissingExtra

    try:
        if to is None:
            click.echo(writers()[form](review).decode(), nl=False)
        elif form == "all":
            _write_all(review, to)
        elif form == "csv":
            write_tables(review, to)
            click.echo(f"The tables are in {to}.")
        else:
            path = to / f"report.{form}" if folder else to
            data = writers()[form](review)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            click.echo(f"The report on {review.span.label} is in {path}.")
    except MissingExtra as missing:
        raise click.UsageError(str(missing)) from missing


def _write_all(review: Review, to: Path) -> None:
    """All formats; those for which a library is missing are left out, and said so."""
    from bpodsl.report.review.extras import MissingExtra

    to.mkdir(parents=True, exist_ok=True)
    left_out = []
    for form, make in writers().items():
        path = to / f"report.{form}"
        try:
            path.write_bytes(make(review))
        except MissingExtra as missing:
            # One of an earlier report would pass for one of this.
            path.unlink(missing_ok=True)
            left_out.append((form, missing))
    write_tables(review, to / TABLES)
    click.echo(f"The report on {review.span.label} is in {to}.")
    if left_out:
        names = ", ".join(form for form, _ in left_out)
        click.echo(f"Left out, since a library for it is not installed: {names}. {INSTALL}", err=True)


def write_tables(review: Review, to: Path) -> None:
    """A CSV file for each table."""
    from bpodsl.report.review.as_text import as_csv, details_csv
    from bpodsl.report.review.sheets import sheets_of

    to.mkdir(parents=True, exist_ok=True)
    for sheet in sheets_of(review):
        (to / f"{sheet.name}.csv").write_bytes(as_csv(sheet).encode())
    (to / "calculations.csv").write_bytes(details_csv(review).encode())


def write_drafts(review: Review, to: Path, inputs: Iterable[Path]) -> None:
    """A letter for each draft, in Markdown, and in Word where its library is installed; never over what is there, since
    a draft is there to be changed."""
    from bpodsl.report.review.as_letters import as_letter, as_word, letters
    from bpodsl.report.review.extras import MissingExtra

    found = letters(review)
    guard({"--drafts": [to / f"{name}{end}" for name, _ in found for end in (".md", ".docx")]}, inputs)
    to.mkdir(parents=True, exist_ok=True)
    kept, missing = 0, ""
    for name, draft in found:
        try:
            word = as_word(review, draft)
        except MissingExtra as error:
            word, missing = None, str(error)
        for path, data in ((to / f"{name}.md", as_letter(review, draft).encode()), (to / f"{name}.docx", word)):
            if data is None:
                continue
            if path.exists() and path.read_bytes() != data:
                kept += 1
            else:
                path.write_bytes(data)
    drafts = f"{len(found)} draft{'s' * (len(found) != 1)}"
    click.echo(f"{drafts} in {to}." if found else "There is nothing to draft.", err=True)
    if kept:
        click.echo(
            f"{kept} files there were changed since, and stay as they are. For new ones name another folder.", err=True
        )
    if missing:
        click.echo(f"Only as Markdown: Word needs a library that is not installed. {INSTALL}", err=True)
