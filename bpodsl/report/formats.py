"""The ledger and its summary as JSON, JSON lines and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from io import StringIO

import msgspec

from bpodsl.record import Event, Ledger, Number, Posted
from bpodsl.record.chain import Head
from bpodsl.record.ledger import Line
from bpodsl.record.verdicts import judge
from bpodsl.report.objects import numbers_object, object_of
from bpodsl.report.objects import quoted as _quoted
from bpodsl.report.quick import Quick
from bpodsl.report.show import Show
from bpodsl.report.summary import standing, summarise
from bpodsl.report.words import Words
from bpodsl.terms import Contract
from bpodsl.values import show_instant, show_utc

COLUMNS = (
    "sequence", "known", "at", "kind", "clause", "reference", "instance", "period", "key", "amount", "payer", "payee",
    "currency", "says", "event_causes", "entry_causes", "id", "replaces",
)  # fmt: skip


_OF_SUMS = ("amount", "payer", "payee", "currency")


def posting(posted: Posted, words: Words, world: str = "") -> dict[str, object]:
    """One posting as plain data. Instants are UTC with the local time beside; exact numbers are text.

    `world`: the one it belongs to, where a run has several.
    """
    entry, show = posted.entry, words.show
    clause = words.clause_of(entry.clause)
    return ({"world": world} if world else {}) | {
        "sequence": posted.sequence,
        "id": posted.id,
        "kind": posted.kind,
        "of": entry.kind,
        "clause": entry.clause,
        "reference": clause.reference if clause else "",
        "version": show.contract.version,
        "instance": entry.instance,
        "period": entry.period,
        "key": dict(entry.key),
        "at": show_utc(entry.at),
        "at_local": show_instant(entry.at, show.zone),
        "known": show_utc(posted.known),
        "replaces": posted.replaces,
        "event_causes": list(entry.event_causes),
        "entry_causes": list(entry.entry_causes),
        "numbers": {n.name: n.text for n in entry.numbers},
        "says": words.posted(posted),
    }


class LedgerLines:
    """One JSON object a line, in ledger order: each is `posting`, put together from parts that many share."""

    def __init__(self, contract: Contract, world: str = "") -> None:
        self._words = Words(Show(contract))
        self._before = f'{{"world":{_quoted(world)},"sequence":' if world else '{"sequence":'
        self._version = _quoted(contract.version)
        self._of_clause: dict[str, str] = {}
        self._quick = Quick(self._words, self._version)

    def tails(self, posted: Iterable[Posted]) -> list[str]:
        """The lines of some entries behind their numbers, as `Line` has them."""
        return [line.partition(",")[2] for line in self.of(posted)]

    def of(self, posted: Iterable[Posted]) -> Iterator[str]:
        """The lines of some entries, one after another."""
        words, before, version, of_clause = self._words, self._before, self._version, self._of_clause
        quick, zone = self._quick, words.show.zone
        known = at = -1
        known_text = at_text = at_utc = ""
        for each in posted:
            if isinstance(each, Line):
                yield f"{before}{each.sequence},{each.text}"
                continue
            entry = each.entry
            if entry.at != at:
                at = entry.at
                at_utc = show_utc(at)
                at_text = f'"at":"{at_utc}","at_local":"{show_instant(at, zone)}","known":"'
            if each.known != known:
                known = each.known
                known_text = at_utc if known == at else show_utc(known)
            line = quick.line(each, at_text + known_text)
            if line is not None:
                yield f"{before}{each.sequence},{line}"
                continue
            clause = of_clause.get(entry.clause)
            if clause is None:
                found = words.clause_of(entry.clause)
                reference = _quoted(found.reference if found else "")
                clause = f'","clause":{_quoted(entry.clause)},"reference":{reference},"version":{version},"instance":'
                of_clause[entry.clause] = clause
            yield (
                f'{before}{each.sequence},"id":{_quoted(each.id)},"kind":"{each.kind}","of":"{entry.kind}{clause}'
                f'{_quoted(entry.instance)},"period":{_quoted(entry.period)},"key":{object_of(entry.key)},{at_text}'
                f'{known_text}","replaces":{_quoted(each.replaces)},"event_causes":{_array(entry.event_causes)},'
                f'"entry_causes":{_array(entry.entry_causes)},"numbers":{numbers_object(entry.numbers)},'
                f'"says":{_quoted(words.posted(each))}}}\n'
            )


def ledger_lines(contract: Contract, posted: Iterable[Posted], world: str = "") -> Iterator[str]:
    """The lines of a ledger (see `LedgerLines`)."""
    return LedgerLines(contract, world).of(posted)


def _array(texts: Sequence[str]) -> str:
    if len(texts) < 2:
        return f"[{_quoted(texts[0])}]" if texts else "[]"
    return f"[{','.join(map(_quoted, texts))}]"


def ledger_csv(contract: Contract, posted: Iterable[Posted], world: str = "", head: bool = True) -> Iterator[str]:
    """CSV with a header line; text that a spreadsheet would take for a formula is quoted with an apostrophe.

    Of a world its name is the first column. `head` False: without the header line, behind another world.
    """
    words = Words(Show(contract))
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    columns = ("world", *COLUMNS) if world else COLUMNS
    if head:
        writer.writerow(columns)
    for each in posted:
        if isinstance(each, Line):
            yield f"{each.sequence},{each.text}"
            continue
        entry, clause = each.entry, words.clause_of(each.entry.clause)
        sums = dict.fromkeys(_OF_SUMS, "")
        for number in reversed(entry.numbers):
            if number.name in sums:
                sums[number.name] = _decimal(number)
        cells = (
            each.sequence, show_utc(each.known), show_utc(entry.at), each.kind, entry.clause,
            clause.reference if clause else "", entry.instance, entry.period,
            ", ".join([f"{name} {text}" for name, text in entry.key]), *sums.values(), words.posted(each),
            " ".join(entry.event_causes), " ".join(entry.entry_causes), each.id, each.replaces,
        )  # fmt: skip
        writer.writerow([harmless(*cell) for cell in zip((world, *cells) if world else cells, columns, strict=True)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def whole_text(data: object) -> str:
    """Plain data as JSON, indented by one blank, as `json.dumps` has it; for much data in a tenth of its time."""
    try:
        return msgspec.json.format(msgspec.json.encode(data), indent=1).decode()
    except TypeError:
        # It knows no subclasses of text.
        return json.dumps(data, ensure_ascii=False, indent=1)


def _decimal(number: Number) -> str:
    value = number.value
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        from bpodsl.values import show_plain

        return show_plain(value)
    return number.text


def harmless(value: object, column: str) -> object:
    """A cell that no spreadsheet takes for a formula; a number stays one."""
    text = str(value)
    if column not in ("amount", "sequence") and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return "'" + text
    return text


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    return Number("", "", value).text  # type: ignore[arg-type]


def _moment(value: object) -> object:
    if isinstance(value, int):
        return show_utc(value)
    return value.isoformat() if isinstance(value, date) else None


def whole_worlds(
    contract: Contract, ledgers: Sequence[tuple[str, Ledger]], account: dict[str, int] | None = None,
    notes: Iterable[tuple[str, str]] = (), events: Mapping[str, Collection[Event]] | None = None,
    heads: Iterable[Head] = (),
) -> dict[str, object]:  # fmt: skip
    """As `whole`; of several worlds an object for each, by name. `events`: those of each world; `heads`: where their
    chains end."""
    known = events or {}
    ends = {"chain": [{"world": each.world, "postings": each.postings, "head": each.head} for each in heads]}
    if not ledgers[0][0]:
        return whole(contract, ledgers[0][1], account, notes, known.get("")) | ends
    return ends | {
        "agreement": contract.name,
        "account": account or {},
        "notes": _noted(notes),
        "worlds": {name: whole(contract, ledger, events=known.get(name)) for name, ledger in ledgers},
    }


def _noted(notes: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"place": place, "note": words} for place, words in notes]


def whole(
    contract: Contract, ledger: Ledger, account: dict[str, int] | None = None, notes: Iterable[tuple[str, str]] = (),
    events: Collection[Event] | None = None,
) -> dict[str, object]:  # fmt: skip
    """Summary, verdicts and ledger in one JSON object; `account` and `notes` say how the lines were read, `events` what
    they told."""
    show = Show(contract)
    words = Words(show)
    summary = summarise(contract, ledger, events)
    figures = [
        {
            "figure": e.clause, "period": e.period, "group": dict(e.key), "value": _plain(e.number("value")),
            "shown": show.figure(e.clause, e.number("value")), "standing": standing(e),
            "numbers": {n.name: n.text for n in e.numbers},
        }
        for e in ledger.outcome
        if e.kind == "Settled"
    ]  # fmt: skip
    return {
        "agreement": contract.name,
        "title": contract.clause.shown,
        "digest": contract.digest,
        "pins": dict(contract.pins),
        "until": show_utc(ledger.until),
        "account": account or {},
        "notes": _noted(notes),
        "assumptions": [{"what": a.what, "because": a.because} for a in contract.assumptions],
        "figures": figures,
        "owed": [
            {"line": o.line, "payer": o.payer, "payee": o.payee, "currency": o.currency, "sum": _plain(o.amount)}
            for o in summary.owed
        ],
        "verdicts": [
            {
                "norm": v.norm, "instance": v.instance, "key": dict(v.key), "status": v.status,
                "opened": show_utc(v.opened), "due": _moment(v.due), "decided": _moment(v.decided),
                "performed": _moment(v.performed), "cured": v.cured, "breached": v.breached, "waived": v.waived,
            }
            for v in judge(contract, ledger.outcome)
        ],
        "rights": [
            {
                "right": r.right, "key": dict(r.key), "since": show_utc(r.since), "until": _moment(r.until),
                "at_will": not r.grounds,
            }
            for r in summary.rights
        ],
        "provisional": [
            {"clause": e.clause, "period": e.period, "key": dict(e.key), "waits_for": e.words.split(", ")}
            for e in summary.provisional
        ],
        "for_want_of_a_value": [
            {"line": w.line, "periods": list(w.periods), "why": list(w.awaited)} for w in summary.for_want
        ],
        "waiting": [
            {"line": w.line, "periods": list(w.periods), "waits_for": list(w.awaited)} for w in summary.waiting
        ],
        "states": [{"state": s.state, "key": dict(s.key), "since": show_utc(s.since)} for s in summary.states],
        "escalations": [
            {"ladder": x.ladder, "level": x.level, "key": dict(x.key), "since": show_utc(x.since)}
            for x in summary.escalations
        ],
        "ledger": [posting(p, words) for p in ledger.posted],
    }  # fmt: skip
