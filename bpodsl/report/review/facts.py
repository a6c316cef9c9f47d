"""The first lines: what a manager should know before anything else, what is bad first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bpodsl.report.review.model import Dated, Fact, Level, Restatement, Review, Waterfall

_BELOW = ("missed", "below minimum")
_ORDER = ("bad", "watch", "good", "plain")


def facts_of(review: Review) -> tuple[Fact, ...]:
    """A sentence for each matter, the gravest first."""
    found = [*_levels(review.levels), *_money(review.waterfalls), *_duties(review), *_open(review)]
    found += [*_near(review.ahead, review.until_day), *_restated(review.restatements), *_waiting(review)]
    found += _input(review)
    return tuple(sorted(found, key=lambda fact: _ORDER.index(fact.weight)))


def _levels(levels: tuple[Level, ...]) -> Iterator[Fact]:
    told = [(level, w) for level in levels for w in level.windows if w.told]
    aimed = [(level, w) for level, w in told if level.better]
    missed = [(level, w) for level, w in aimed if w.standing in _BELOW]
    met = [w for _, w in aimed if w.standing == "met"]
    if missed:
        names = ", ".join(dict.fromkeys(
            f"{level.clause.title}{f' ({level.group})' if level.group else ''}" for level, _ in missed
        ))  # fmt: skip
        below = sum(w.standing == "below minimum" for _, w in missed)
        more = f", {below} of them below the minimum" if below else ""
        of = len(missed) + len(met)
        says = f"{len(missed)} of {of} measured windows missed their target{more}: {names}."
        yield Fact("bad", says, "service_levels")
    elif met:
        many = f"All {len(met)} measured windows met their target."
        yield Fact("good", many if len(met) > 1 else "The target was met.", "service_levels")
    blind = [level.clause.title for level, w in aimed if w.standing in ("not measured", "not settled")]
    if blind:
        names = ", ".join(dict.fromkeys(blind))
        says = f"{len(blind)} window{'s have' if len(blind) > 1 else ' has'} no value: {names}."
        yield Fact("watch", says, "service_levels")


def _money(waterfalls: tuple[Waterfall, ...]) -> Iterator[Fact]:
    for each in waterfalls:
        other = (each.payable.exact or 0) < 0
        payer, payee = (each.payee, each.payer) if other else (each.payer, each.payee)
        shown = each.payable.shown.removeprefix("-")
        credits_ = [bar for bar in each.bars if bar.kind in ("credit", "cap")]
        less = " after credits" if credits_ else ""
        yield Fact("plain", f"{payer} owes {payee} {shown}{less}.", "charges_and_credits")


def _duties(review: Review) -> Iterator[Fact]:
    if review.missed:
        n = len(review.missed)
        yield Fact("bad", f"{n} dut{'ies were' if n > 1 else 'y was'} missed.", "missed")
    elif review.tallies:
        yield Fact("good", "No duty was missed.", "duties")


def _open(review: Review) -> Iterator[Fact]:
    for each in review.escalations:
        if each.status == "open":
            where = f"level {each.level} of {each.of}, until {each.until}"
            yield Fact("bad", f"{each.clause.title} stands at {where}: {each.roles}.", "escalations")
    for right in review.rights:
        if right.status == "open":
            yield Fact("bad", f"{right.clause.title} is open to {right.holders}, until {right.until}.", "rights")
    for counter in review.counters:
        if counter.counted is not None and counter.needed > 1 and counter.counted == counter.needed - 1:
            of = f" ({counter.group})" if counter.group else ""
            count = f"{counter.counted} of {counter.needed}"
            yield Fact("watch", f"{counter.clause.title}{of}: one more and it is the case ({count}).", "counters")


def _near(ahead: tuple[Dated, ...], since: date) -> Iterator[Fact]:
    notices = [each for each in ahead if each.kind == "notice"]
    for each in notices[:1]:
        yield Fact("watch", f"Notice must be given by {(each.safe or each.by).isoformat()}: {each.note}.", "calendar")
    duties = [each for each in ahead if each.kind == "duty" and each.by >= since]
    if duties:
        first = duties[0]
        n = len(duties)
        verb = "duties fall" if n > 1 else "duty falls"
        says = f"{n} {verb} due in the days ahead, the first on {first.by.isoformat()}: {first.what}."
        yield Fact("plain", says, "calendar")


def _restated(restatements: tuple[Restatement, ...]) -> Iterator[Fact]:
    if restatements:
        n, sums = len(restatements), sum(each.change is not None for each in restatements)
        of = f", {sums} of them sum{'s' if sums > 1 else ''}" if sums else ""
        says = f"{n} thing{'s' if n > 1 else ''} said before {'were' if n > 1 else 'was'} restated{of}."
        yield Fact("watch", says, "restatements")


def _waiting(review: Review) -> Iterator[Fact]:
    if review.questions:
        n = len(review.questions)
        yield Fact("watch", f"{n} matter{'s wait' if n > 1 else ' waits'} for a decision.", "open_determinations")
    if not review.span.complete:
        yield Fact("watch", f"{review.span.label} is not over: what stands here is known until {review.until}.")


def _input(review: Review) -> Iterator[Fact]:
    counts = dict(review.origin.lines)
    aside = counts.get("quarantined", 0)
    if aside:
        lines = f"{aside} line{'s' if aside > 1 else ''} of the input"
        yield Fact("bad", f"{lines} could not be used and count for nothing here.", "origin")
    if review.ended:
        yield Fact("watch", f"The agreement ended on {review.ended}.")
