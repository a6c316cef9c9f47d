"""Makes the report of one run: it arranges what the ledger, the explanations and the contract say, and reckons nothing
that an evaluator reckons."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from bpodsl.record import Event, Ledger
from bpodsl.record.verdicts import judge
from bpodsl.report.formats import ledger_lines
from bpodsl.report.review.ahead import DAYS, ahead_of
from bpodsl.report.review.changes import restatements_of
from bpodsl.report.review.counters import counters_of
from bpodsl.report.review.desk import Desk, cited
from bpodsl.report.review.drafts import drafts_of
from bpodsl.report.review.duties import missed_of, questions_of, tallies_of
from bpodsl.report.review.facts import facts_of
from bpodsl.report.review.levels import levels_of
from bpodsl.report.review.model import Origin, Review
from bpodsl.report.review.money import balances_of, sums_of, waterfalls_of
from bpodsl.report.review.span import span_of
from bpodsl.report.review.standing import escalations_of, rights_of
from bpodsl.report.show import Show
from bpodsl.report.summary import summarise
from bpodsl.terms import Contract
from bpodsl.values import Period, add_days, show_utc


@frozen
class Given:
    """What a run knows besides its contract and ledger. `later`: the ledger of the same events through `days_ahead`, as
    if nothing more were reported. `files`: name and SHA-256. `lines`: what became of the lines read; `aside`: those
    set aside, place and reason; `beyond`: how many wait because they are known only from `until` on. `as_known`: as of
    when the record is told, "" for now."""

    events: Sequence[Event] = ()
    later: Ledger | None = None
    files: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, int], ...] = ()
    aside: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    as_known: str = ""
    program: str = ""
    beyond: int = 0


def until_ahead(contract: Contract, until: int) -> int:
    """The instant through which `Given.later` is to be known."""
    zone = Show(contract).zone
    return zone.start_of(add_days(zone.day(until), DAYS + 1))


def review(
    contract: Contract, ledger: Ledger, given: Given, month: Period | None = None, whole: bool = False, world: str = ""
) -> Review:
    """The report on a month (None: the last that was over) or on the whole run."""
    desk = Desk(contract, ledger, given.events, span_of(contract, ledger, month, whole))
    summary = summarise(contract, ledger)
    verdicts = tuple(judge(contract, ledger.outcome))
    day = desk.show.zone.day(ledger.until)
    horizon = add_days(day, DAYS)
    levels = levels_of(desk)
    sums = sums_of(desk)
    rights = tuple(rights_of(desk, summary, verdicts))
    escalations = tuple(escalations_of(desk, verdicts))
    waterfalls = tuple(
        evolve(each, payer=desk.words.party(each.payer), payee=desk.words.party(each.payee))
        for each in waterfalls_of(desk, sums)
    )
    full = tuple(evolve(each, payer=desk.words.party(each.payer), payee=desk.words.party(each.payee)) for each in sums)
    ahead = ahead_of(desk, verdicts, rights, escalations, given.later, horizon)
    found = Review(
        name=contract.name,
        title=contract.clause.shown,
        world=world,
        parties=tuple((party.role, party.name, party.title or party.name) for party in contract.parties),
        zone=contract.zone,
        currency=contract.currency,
        until=desk.show.instant(ledger.until),
        until_day=day,
        as_known=given.as_known,
        ended="" if summary.ended is None else desk.show.instant(summary.ended),
        span=desk.span,
        facts=(),
        levels=levels,
        tallies=tuple(tallies_of(desk, verdicts)),
        missed=tuple(missed_of(desk, verdicts)),
        sums=full,
        waterfalls=waterfalls,
        balances=tuple(balances_of(desk)),
        ahead=ahead,
        horizon=horizon,
        escalations=escalations,
        rights=rights,
        counters=tuple(counters_of(desk)),
        restatements=tuple(restatements_of(desk)),
        assumptions=tuple((each.what, each.because) for each in contract.assumptions),
        questions=tuple(questions_of(desk, summary, verdicts)),
        stated=tuple((cited(each.clause, each.clause.name), each.because) for each in contract.stated),
        origin=_origin(contract, ledger, given, world),
        details=(),
        drafts=drafts_of(desk, verdicts, full, waterfalls, rights, ahead, given.later),
    )
    # What was opened while the parts were made.
    return evolve(found, facts=facts_of(found), details=tuple(desk.details.values()))


def _origin(contract: Contract, ledger: Ledger, given: Given, world: str) -> Origin:
    digest = hashlib.sha256()
    for line in ledger_lines(contract, ledger.posted, world):
        digest.update(line.encode())
    return Origin(
        contract.clause.shown, contract.version, contract.digest, digest.hexdigest(), digest_of(given.events),
        len(given.events), given.files, contract.pins, given.program, given.lines, given.aside, given.notes,
        given.beyond,
    )  # fmt: skip


def digest_of(events: Iterable[Event]) -> str:
    """SHA-256 of the events used, in their order: equal wherever the same events were used, in whatever files."""
    digest = hashlib.sha256()
    for each in events:
        fields = ",".join(f"{name}={_plain(value)}" for name, value in sorted(each.fields.items()) if value is not None)
        known = show_utc(each.known)
        acts = show_utc(each.acts)
        digest.update(f"{each.kind}|{each.ref}|{acts}|{known}|{each.retracts}|{each.reporter}|{fields}\n".encode())
    return digest.hexdigest()


def _plain(value: object) -> str:
    return value.label if isinstance(value, Period) else str(value)
