"""Figures that survive the end of the agreement: as the text says, in both evaluators."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from bpodsl.values import Zone
from tests.campaign.compare import canonical
from tests.language.both import made

PATH = Path(__file__).parent / "figures_after_the_end.bpo"
CONTRACT = understand(PATH).contract
TEXT = PATH.read_text()


def test_its_tests_hold():
    assert [problem for each in try_examples(CONTRACT) for problem in each.failures] == []


@pytest.mark.parametrize("example", CONTRACT.examples, ids=lambda example: example.name)
def test_both_evaluators_say_the_same(example):
    events, until = made(CONTRACT, example)
    assert canonical(evaluate(CONTRACT, events, until)) == canonical(run(CONTRACT, events, until))


def entries(number: int, clause: str, kind: str):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    return [entry for entry in run(CONTRACT, events, until).outcome if (entry.clause, entry.kind) == (clause, kind)]


def test_a_window_settles_with_its_cell_and_the_last_when_the_time_is_over():
    settled = {entry.period: entry.at for entry in entries(1, "help", "Settled")}
    assert {period: Zone.load(CONTRACT.zone).day(at) for period, at in settled.items()} == {
        "2026-01": date(2026, 2, 1), "2026-02": date(2026, 2, 21), "2026-03": date(2026, 2, 26),
    }  # fmt: skip


def test_only_what_no_figure_counts_is_noted():
    noted = [entry.event_causes for entry in entries(0, "leaving", "Noted") if entry.words == "after the end"]
    # Each is one of a figure that ends (`seen`), and so is noted.
    assert len(noted) == 5


def test_what_is_read_survives_with_it():
    figures = {figure.name: figure.grid.survives for figure in CONTRACT.figures}
    assert figures["hours_of_site"] == figures["help"] == "2 months; leave: 5 days"
    assert not figures["seen"]
    assert CONTRACT.accounts[0].grid.survives == figures["help"]


def problems(old: str, new: str) -> list[tuple[str, str]]:
    assert old in TEXT
    return [(p.code, p.message()) for p in understand_text("x.bpo", TEXT.replace(old, new, 1))[1]]


def test_two_that_read_the_same_survive_alike():
    (found,) = problems("each contract year", "each contract year\n  survives the end for 3 months\n  # ")[:1]
    assert found[0] in ("BPO319", "BPO320")
    (found,) = problems("survives help for 5 days, yearly for 5 days", "survives help for 6 days, yearly for 5 days")
    what = "which survives the end otherwise: their last windows would not be the same."
    assert found == ("BPO320", f"`yearly` reads `help`, {what}")


def test_windows_that_cannot_go_on():
    found = problems("  each month\n  mer pays north 1 EUR", "  over 3 months, each month\n  mer pays north 1 EUR")
    assert {code for code, _ in found} == {"BPO320", "BPO312"}
    found = problems("each month for each site", "each month from 2026-01-01, 3 times for each site")
    assert "BPO320" in [code for code, _ in found] or "BPO309" in [code for code, _ in found]


def test_the_time_is_in_days_or_longer():
    assert ("BPO301" in {code for code, _ in problems("for 10 days", "for 48 hours")}) is True


def test_it_is_said_once():
    found = problems("  survives the end for 1 month", "  survives the end for 1 month\n  survives the end")
    assert "BPO319" in {code for code, _ in found}
