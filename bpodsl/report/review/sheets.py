"""The report as tables: what Markdown, CSV, Excel, PDF and the page show alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from attrs import frozen

from bpodsl.record.account import standing_told
from bpodsl.record.entry import STATUSES
from bpodsl.report.review.model import Cited, Number, Origin, Review, Step, Sum

Cell = str | int | date | Number | None


@frozen
class Column:
    """`name` heads it in files for machines, `title` for people. `right`: numbers stand there."""

    name: str
    title: str
    right: bool = False


@frozen
class Sheet:
    """A table. `note`: how it is to be read. `empty`: what to say where it has no rows."""

    name: str
    title: str
    note: str
    empty: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


WEIGHTS: Final = {"bad": "act", "watch": "watch", "good": "fine", "plain": "know"}
"""The word for the weight of a fact, so that no colour is needed to see it."""

MARKS: Final = {
    "met": "✓ met", "missed": "✗ missed", "below minimum": "✗✗ below minimum", "not measured": "– not measured",
    "not settled": "… no value yet", "": "no target",
}  # fmt: skip


def sheets_of(review: Review) -> tuple[Sheet, ...]:
    """All tables, in the order of the report."""
    return tuple(make(review) for make in _ALL)


def sheet(review: Review, name: str) -> Sheet:
    """The table of that name."""
    return next(each for each in sheets_of(review) if each.name == name)


def _columns(*titles: str) -> tuple[Column, ...]:
    """A title that ends with `>` is that of a column of numbers."""
    return tuple(
        Column(title.rstrip(">").lower().replace(" ", "_").replace(",", ""), title.rstrip(">"), title.endswith(">"))
        for title in titles
    )


def _clause(cited: Cited) -> tuple[str, str]:
    return cited.title, cited.reference


def _summary(review: Review) -> Sheet:
    rows = [(WEIGHTS[fact.weight], fact.says) for fact in review.facts]
    return Sheet("summary", "In short", "", "Nothing is to be told.", _columns("Weight", "What"), tuple(rows))


def _levels(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for level in review.levels:
        for w in level.windows:
            if w.told:
                of = ", ".join(f"{n} {name}" for name, n in w.counts if n)
                rows.append((
                    *_clause(level.clause), level.group, w.period, level.aim, level.least, w.value, MARKS[w.standing],
                    w.distance, of or w.why, None if w.total is None else _count(w.total, w.value.detail),
                ))  # fmt: skip
    return Sheet(
        "service_levels", "Service levels",
        "What was counted adds up to the number under Of. Distance: how far on the good side of the target.",
        "No service level has a window that ends in these days.",
        _columns("Service level", "Clause", "Group", "Window", "Target", "Minimum", "Result>", "Standing", "Distance>",
                 "Counted", "Of>"), tuple(rows),
    )  # fmt: skip


def _trends(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(level.clause), level.group, w.period, w.first, w.last, w.target, w.minimum, w.value,
         MARKS[w.standing], w.distance)
        for level in review.levels for w in level.windows
    ]  # fmt: skip
    return Sheet(
        "trends", "Trends", "Every window up to the last one told of, thirteen at the most.",
        "There is no service level.",
        _columns("Service level", "Clause", "Group", "Window", "First day", "Last day", "Target>", "Minimum>",
                 "Result>", "Standing", "Distance>"), tuple(rows),
    )  # fmt: skip


def _duties(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(t.clause), *(_count(n, t.detail) for n in (
            t.opened, *(n for _, n in t.statuses), t.late, t.cured, t.breached, t.waived
        )))
        for t in review.tallies
    ]
    return Sheet(
        "duties", "Duties",
        "Those opened in these days, and what has become of them so far: fulfilled, missed, excused, undecided and not "
        "measurable add up to opened. Of the missed: performed late, cured, breached, waived.",
        "No duty was opened in these days.",
        _columns("Duty", "Clause", "Opened>", *(f"{status.capitalize()}>" for status in STATUSES), "Late>", "Cured>",
                 "Breached>", "Waived>"), tuple(rows),
    )  # fmt: skip


def _missed(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(m.clause), m.which, m.due, m.at, _linked(m.told, m.detail)) for m in review.missed
    ]
    return Sheet("missed", "Missed duties", "", "No duty was missed in these days.",
                 _columns("Duty", "Clause", "Which", "Due", "Missed on", "What became of it"), tuple(rows))  # fmt: skip


def _waterfall(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for each in review.waterfalls:
        for bar in each.bars:
            after = Fraction(bar.after)
            rows.append((each.payer, each.payee, bar.what, bar.kind, bar.change, Number(
                _shown_like(bar.change, after), after, "money", each.currency, each.payable.detail)))  # fmt: skip
    return Sheet(
        "charges_and_credits", "Charges and credits",
        "From the charges, less credits as they were worked out, plus what caps took off them, to what is payable.",
        "Nothing is owed for these days.", _columns("From", "To", "Step", "Kind", "Amount>", "Running total>"),
        tuple(rows),
    )  # fmt: skip


def _shown_like(number: Number, value: Fraction) -> str:
    from bpodsl.report.show import shortest

    return f"{shortest(value, 2, 6)} {number.currency}"


def _sums(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(s.clause), s.period, s.which, s.payer, s.payee, s.kind, s.wanted, s.cut, s.owed) for s in review.sums
    ]
    return Sheet("sums", "Each sum", "", "Nothing is owed for these days.",
                 _columns("Sum", "Clause", "Window", "Case", "Owed by", "Owed to", "Kind", "Before caps>",
                          "Cut by caps>", "Owed>"), tuple(rows))  # fmt: skip


def _steps(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(s.clause), s.period, s.which, place, step.what, step.number, comes_to(s, step))
        for s in review.sums for place, step in enumerate(s.steps, 1)
    ]  # fmt: skip
    return Sheet(
        "steps", "How each sum came about",
        "From the gross amount: the tier and weight that apply, the exact amount, rounding, caps, what is owed and "
        "what is carried forward. Comes to: what the sum has come to by then.",
        "Nothing is owed for these days.",
        _columns("Sum", "Clause", "Window", "Case", "Step>", "What", "Value>", "Comes to>"), tuple(rows),
    )  # fmt: skip


def comes_to(of: Sum, step: Step) -> Number | None:
    """What a sum has come to with a step."""
    if step.after is None:
        return None
    shown = _shown_like(of.owed, Fraction(step.after))
    return Number(shown, step.after, "money", of.owed.currency, step.number.detail)


def _balances(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [(*_clause(b.clause), b.period, b.before, b.now) for b in review.balances]
    return Sheet("carried_forward", "Carried forward", "Balances that go on from window to window.",
                 "No balance is carried forward.", _columns("Balance", "Clause", "Window", "Before>", "Now>"),
                 tuple(rows))  # fmt: skip


def _calendar(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for d in review.ahead:
        note = d.note + ("" if d.certain else "; unless notice is given")
        rows.append((d.safe or d.by, d.by, d.at, d.kind, _linked(d.what, d.detail), d.which, d.who, note))
    return Sheet(
        "calendar", f"Calendar until {review.horizon.isoformat()}",
        "What is due if nothing more is reported. Act by: the last day on which it is safe to act; by: the last day.",
        "Nothing is due.", _columns("Act by", "By", "At", "Kind", "What", "Which", "Who", "Note"), tuple(rows),
    )  # fmt: skip


def _escalations(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(e.clause), e.which, e.level, e.of, e.roles, e.since, e.until, _linked(e.status, e.detail))
        for e in review.escalations
    ]
    return Sheet("escalations", "Escalations", "", "No escalation is under way.",
                 _columns("Escalation", "Clause", "Which", "Level>", "Of>", "With", "Since", "Until", "Status"),
                 tuple(rows))  # fmt: skip


def _rights(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(r.clause), r.which, r.holders, _linked(r.status, r.detail), r.since, r.until, r.closed, r.why)
        for r in review.rights
    ]
    return Sheet("rights", "Register of rights", "Every right that has opened so far, and what became of it.",
                 "No right has opened.",
                 _columns("Right", "Clause", "Which", "Of", "Status", "Since", "Open until", "Closed", "Why"),
                 tuple(rows))  # fmt: skip


def _counters(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for c in review.counters:
        count = f"{c.counted} of {c.needed}" if c.counted is not None else f"see explain; {c.needed} needed"
        seen = "; ".join(f"{label}: {how}" for label, how in c.windows)
        fired = "" if not c.fired else f"{c.fired} time{'s' if c.fired > 1 else ''}"
        fired += f", last {c.latest}" if c.latest else ""
        leads = ", ".join(c.leads_to)
        rows.append((*_clause(c.clause), c.group, _linked(count, c.detail), c.among, seen, leads, fired))
    return Sheet("counters", "How near triggers are", "", "No trigger asks for something more than once.",
                 _columns("Trigger", "Clause", "Group", "Count", "Of what", "Seen", "Leads to", "Was the case"),
                 tuple(rows))  # fmt: skip


def _restatements(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (r.known, *_clause(r.clause), r.was, _linked(r.now, r.detail), r.change, "; ".join(r.learnt))
        for r in review.restatements
    ]
    return Sheet("restatements", "Restated", "What became known in these days and changes what was said before.",
                 "Nothing was restated in these days.",
                 _columns("Known", "Of", "Clause", "Was", "Is", "Change>", "Learnt"), tuple(rows))  # fmt: skip


def _questions(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*_clause(q.clause), q.which, _linked(q.waits_for, q.detail)) for q in review.questions
    ]
    return Sheet("open_determinations", "Waiting for a decision", "", "Nothing waits for a decision.",
                 _columns("What", "Clause", "Which", "Waits"), tuple(rows))  # fmt: skip


def _assumptions(review: Review) -> Sheet:
    rows: list[tuple[Cell, ...]] = [("assumed", what, "", because) for what, because in review.assumptions]
    rows += [("stated, not computed", *_clause(clause), because) for clause, because in review.stated]
    return Sheet("assumptions", "Assumed, and not computed", "", "Nothing is assumed.",
                 _columns("Kind", "What", "Clause", "Because"), tuple(rows))  # fmt: skip


def _lines(origin: Origin) -> str:
    return ", ".join(f"{n} {standing_told(name, n, origin.beyond)}" for name, n in origin.lines if n)


def _origin(review: Review) -> Sheet:
    origin = review.origin
    rows: list[tuple[Cell, ...]] = [
        ("agreement", f"{origin.agreement}, version {origin.version}"), ("digest of the agreement", origin.digest),
        ("digest of the ledger", origin.ledger), (f"digest of the {origin.event_count} events used", origin.events),
        *((f"file {name}", digest) for name, digest in origin.files),
        *((name, version) for name, version in origin.pins), ("program", origin.program),
        ("lines read", _lines(origin)),
        *((f"set aside: {place}", why) for place, why in origin.aside),
        *((f"note: {place}", words) for place, words in origin.notes),
    ]  # fmt: skip
    return Sheet("origin", "What this is made from", "Digests are SHA-256; equal digests mean equal bytes.", "",
                 _columns("What", "Value"), tuple(rows))  # fmt: skip


def _linked(text: str, detail: str) -> Number:
    """Words that open to a calculation."""
    return Number(text, None, "text", "", detail)


def _count(n: int, detail: str) -> Number:
    """How many, which opens to a calculation; nought opens to none."""
    return Number(str(n), n, "number", "", detail if n else "")


_ALL: Final[Iterable[Callable[[Review], Sheet]]] = (
    _summary, _levels, _trends, _duties, _missed, _waterfall, _sums, _steps, _balances, _calendar, _escalations,
    _rights, _counters, _restatements, _questions, _assumptions, _origin,
)  # fmt: skip

NAMES: Final = (
    "summary", "service_levels", "trends", "duties", "missed", "charges_and_credits", "sums", "steps",
    "carried_forward", "calendar", "escalations", "rights", "counters", "restatements", "open_determinations",
    "assumptions", "origin",
)  # fmt: skip
"""The names of all tables, in their order."""
