"""What is said of a name: its clause in words, its terms as they now are, what it rests on and what it leads to."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls")

from bpodsl.lsp.answers import seen
from bpodsl.lsp.hover import about
from bpodsl.lsp.names import index_of
from tests.conftest import ROOT
from tests.lsp.test_names import desk_of

CARE = (ROOT / "examples" / "customer_care" / "customer_care.bpo").read_text(encoding="utf-8")


def hover(name, nth=0, text=CARE):
    """What is said where a name stands for the nth time."""
    _, agreement, path = desk_of(text)
    index = index_of(agreement)
    places = [each for each in index.occurrences if each.symbol.text == name and each.page is agreement.pages[path]]
    return about(index, places[nth], seen(agreement)).replace("\\", "")


def test_a_duty():
    said = hover("restore_p1")
    assert "meridian must ticket_resolved for each ticket_opened where priority is P1" in said
    assert "- deadline: within 4 h of support" in said
    assert "- clock: the clock runs in support, stands during its pause" in said
    assert '- what follows: when missed: tell "root cause analysis owed"' in said
    rests = said.partition("*Rests on*")[2].partition("*Leads to*")
    assert "- Ticket held: stops the clock\n" in rests[0] and "- Ticket opened: opens this" in rests[0]
    assert "- is measured by: P1 tickets restored in time" in rests[2]


def test_a_measure_is_a_share_as_its_author_says_it():
    assert "- formula: share of restore_p1 fulfilled (counted when decided), fewer than 5: not measured" in hover(
        "p1_on_time"
    )


def test_the_terms_are_those_of_all_changes():
    said = hover("p2_on_time")
    assert "- target: at least 92% if the first day of the window at least 2026-07-01, else 90%" in said


def test_a_calendar_has_its_hours():
    said = hover("support")
    assert "- hours: mon-fri 08:00-20:00, sat 09:00-17:00" in said
    assert "- holidays: " in said and "2026-12-24 14:00-24:00" in said


def test_a_credit_says_who_pays_and_its_table():
    said = hover("help_desk_credit")
    assert "meridian pays northwind" in said
    assert "at least 95%: 0%; at least 90%: 5%; at least 80%: 10%; otherwise 15%" in said


def test_where_it_is_only_named_the_clause_stands_as_it_is_written():
    assert "```bpo\nobligation restore_p1" in hover("restore_p1", 1)
    assert "```bpo" not in hover("restore_p1")


def test_an_escalation_has_its_levels():
    assert "- 1. Service delivery manager (meridian), 2 working days" in hover("operational")


def test_what_was_never_understood_has_no_terms():
    assert hover("restore_p1", 0, CARE.replace("within 4 hours of support", "withn")).startswith("**obligation**")
