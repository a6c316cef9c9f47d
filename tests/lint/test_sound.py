"""What is said to be impossible never happens: random agreements and histories, and what a run of them finds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bpodsl.lint import lint
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.terms import OnHappens
from bpodsl.terms import expressions as ex
from tests.campaign.__main__ import drawn
from tests.campaign.compare import engine, related

OUTCOMES = {
    "Fulfilled": "fulfilled", "Exercised": "fulfilled", "Missed": "missed", "Lapsed": "missed", "Excused": "excused",
    "Late": "late", "Cured": "cured", "Breached": "breached", "Opened": "opened", "RightOpened": "opened",
    "Escalated": "opened", "Waived": "waived", "Closed": "fulfilled",
}  # fmt: skip


def never(seed, index):
    """What happened although it was said that it cannot."""
    case, _, _ = drawn(seed, index)
    facts = Facts(case.contract)
    events = related(case.contract, case.events, case.until)
    ledger = engine(case.contract, events, case.until)
    for entry in (posted.entry for posted in ledger.posted):
        name, outcome = entry.clause, OUTCOMES.get(entry.kind)
        if name in facts.states and entry.kind in ("Opened", "Closed"):
            if name not in (facts.begins if entry.kind == "Opened" else facts.ends):
                yield entry
        elif name in facts.norms and outcome is not None:
            norm = facts.norms[name]
            if (norm.modality != "must not" and name not in facts.opens) or (name, outcome) not in facts.outcomes:
                yield entry
        elif name in facts.rules and entry.kind == "Fired" and name not in facts.fires:
            yield entry
    for figure in case.contract.figures:
        domain = facts.conditions.ranges.of(ex.FigureAt(figure.name, ex.Same()))
        for entry in ledger.outcome:
            value = entry.number("value") if entry.clause == figure.name and entry.kind == "Settled" else None
            if isinstance(value, int | Fraction) and not isinstance(value, bool) and domain.values is None:
                low = domain.low is None or value >= domain.low
                if not (low and (domain.high is None or value <= domain.high)):
                    yield entry, domain


@pytest.mark.parametrize("index", range(12))
def test_what_cannot_be_never_is(index):
    assert not list(never(7, index))


def test_every_random_agreement_can_be_doubted():
    for index in range(12):
        case, _, _ = drawn(8, index)
        lint(case.contract)
        facts = Facts(case.contract)
        for rule in case.contract.rules:
            if isinstance(rule.on, OnHappens):
                facts.model("", Asked(rule.when, facts.row((rule.on.selector.event,))), facts.asked(rule.on.selector))
