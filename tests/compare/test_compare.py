"""What is said of a difference: which clause, what changed in it, and what hangs on it."""

from __future__ import annotations

import pytest

from bpodsl.compare import compare
from tests.compare.changing import CUSTOMER_CARE, contract_of

TEXT = CUSTOMER_CARE.read_text(encoding="utf-8")
OLD = contract_of(TEXT)


def changed(one, other, *more):
    text = TEXT
    for was, now in ((one, other), *zip(more[::2], more[1::2], strict=True)):
        assert was in text, was
        text = text.replace(was, now)
    new = contract_of(text)
    assert new is not None
    return compare(OLD, new)


def told(comparison):
    return [
        (change.what, *change.key, each.part, each.old, each.new)
        for change in comparison.changes for each in change.differences
    ]  # fmt: skip


@pytest.mark.parametrize(
    "was,now,clause,part,old,new",
    [
        ("at least 95%\n", "at least 97.5%\n", "p1_on_time", "target", "at least 95%", "at least 97.5%"),
        ("minimum  at least 90%", "minimum  more than 90%", "p1_on_time", "minimum", "at least 90%", "more than 90%"),
        ("within 4 hours of", "within 5 hours of", "restore_p1", "deadline",
         "within 4 h of support", "within 5 h of support"),
        ("within 5 working days of office after", "within 3 working days of office after", "monthly_report", "deadline",
         "within 5 working days of office of the period's end", "within 3 working days of office of the period's end"),
        ("cured within 5", "cured within 6", "monthly_report", "cured",
         "within 5 working days of office", "within 6 working days of office"),
        ("| at least 90% |  5% |", "| at least 90% |  6% |", "help_desk_credit", "at least 90%", "5%", "6%"),
        ("| at least 90% |  5% |", "| at least 91% |  5% |", "help_desk_credit", "row",
         "at least 90%: 5%", "at least 91%: 5%"),
        ("  | at least 80% | 10% |\n", "", "help_desk_credit", "row", "at least 80%: 10%", ""),
        ("  | otherwise    | 15% |", "  | otherwise    | 20% |", "help_desk_credit", "otherwise", "15%", "20%"),
        ("| up to 60 | 2.10 GBP |", "| up to 60 | 2.25 GBP |", "call_charge", "band",
         "up to 60: 2.1 GBP", "up to 60: 2.25 GBP"),
        ("at 12% of", "at 10% of", "monthly_cap", "limit", "12% of monthly_charge", "10% of monthly_charge"),
        ("on help_desk_credit, answer_credit", "on answer_credit, help_desk_credit", "monthly_cap",
         "what it caps, in order of filling", "help_desk_credit, answer_credit", "answer_credit, help_desk_credit"),
        ("pays meridian 250 000 GBP", "pays meridian 255 000 GBP", "monthly_charge", "formula",
         "250 000 GBP", "255 000 GBP"),
        ("rounded half up to 0.01", "rounded half even to 0.01", "customer_care", "sums rounded",
         "half up to 0.01", "half even to 0.01"),
        ('"Northwind Retail plc"', '"Northwind plc"', "customer_care", "party northwind: full name",
         "Northwind Retail plc", "Northwind plc"),
        ("for 36 months", "for 24 months", "customer_care", "last day", "2029-03-31", "2028-03-31"),
        ("90 days before expiry", "60 days before expiry", "customer_care", "renews: notice", "90 days", "60 days"),
        ('law        "England and Wales"', 'law        "Scotland"', "customer_care", "law",
         "England and Wales", "Scotland"),
        ("mon-fri  08:00-20:00", "mon-fri  08:00-18:00", "support", "hours", "mon-fri 08:00-20:00",
         "mon-fri 08:00-18:00"),
        ("  sat      09:00-17:00\n", "", "support", "hours", "sat 09:00-17:00", ""),
        ("fewer than 5:", "fewer than 6:", "p1_on_time", "not measured where", "fewer than 5", "fewer than 6"),
        ("waited at most 20 seconds", "waited at most 30 seconds", "speed_of_answer", "formula",
         "waited at most 20 s and not abandoned", "waited at most 30 s and not abandoned"),
        ("3 of any 6", "2 of any 6", "chronic_failure", "how often", "3 of any 6 windows", "2 of any 6 windows"),
        ("for 2 working days", "for 3 working days", "operational", "level 1: deadline",
         "within 2 working days of office", "within 3 working days of office"),
        ("notice 30 days", "notice 60 days", "for_cause", "when fulfilled",
         "the agreement ends after notice of 30 days", "the agreement ends after notice of 60 days"),
        ("  clock stops from ticket_held to ticket_resumed\n  suspended during outage\n",
         "  clock stops from ticket_held to ticket_resumed\n", "restore_p1", "suspended", "outage", ""),
        ('at "Leeds", "Kraków"', 'at "Leeds"', "help_desk", "at", "Leeds, Kraków", "Leeds"),
        ("fulfilled at 2026-04-08T12:30", "fulfilled at 2026-04-08T12:31",
         "a ticket held overnight does not burn the clock", "expected",
         "expect restore_p1 for T1 fulfilled at 2026-04-08T12:30",
         "expect restore_p1 for T1 fulfilled at 2026-04-08T12:31"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(was, now, clause, part, old, new):
    found = told(changed(was, now))
    assert [each[0] for each in found] == ["changed"]
    assert found[0][2:] == (clause, part, old, new)


def test_what_hangs_on_a_clause_is_named():
    (change,) = changed("within 4 hours of", "within 5 hours of").changes
    assert change.hanging == {
        "service levels": ("p1_on_time",),
        "money": ("help_desk_credit", "answer_credit"),
        "triggers": ("chronic_failure",),
        "escalations": ("operational",),
        "rights": ("for_cause",),
    }
    (change,) = changed("mon-fri  09:00-17:30", "mon-fri  09:00-17:00").changes
    assert change.key == ("calendar", "office")
    assert "restore_p2" in change.hanging["duties"]
    assert "p2_on_time" in change.hanging["service levels"]
    (change,) = changed("rounded half up to 0.01", "rounded half even to 0.01").changes
    assert set(change.hanging["money"]) == {
        "monthly_charge", "call_charge", "forecast_charge", "help_desk_credit", "answer_credit",
    }  # fmt: skip


def test_clauses_added_and_removed_say_what_they_are():
    credit = "credit answer_credit" + TEXT.partition("credit answer_credit")[2].partition("\n\n")[0]
    comparison = changed(credit, "", "on help_desk_credit, answer_credit", "on help_desk_credit")
    found = {change.key[1]: change for change in comparison.changes}
    assert found["answer_credit"].what == "removed"
    assert found["answer_credit"].new is None
    assert found["answer_credit"].lines[1:] == tuple(credit.rstrip().splitlines()[1:])
    assert found["monthly_cap"].what == "changed"
    back = compare(comparison.new, comparison.old)
    assert {c.key[1]: c.what for c in back.changes} == {"answer_credit": "added", "monthly_cap": "changed"}


def test_a_clause_that_only_bears_another_name_is_renamed():
    assert told(changed("p1_on_time", "p1_share")) == [
        ("renamed", "measure", "p1_share", "name", "p1_on_time", "p1_share")
    ]
    assert told(changed("northwind", "nw")) == [("renamed", "agreement", "customer_care", "party", "northwind", "nw")]


def test_the_agreement_itself_may_be_renamed():
    assert told(changed("agreement customer_care", "agreement care")) == [
        ("renamed", "agreement", "care", "name", "customer_care", "care")
    ]


def test_columns_of_files_are_told_by_their_fields():
    reads = """
reads log
  files   "log*.csv"
  format  csv
  source  "northwind"
  id      column "No"
  time    column "At"
  row ticket_opened when column "Kind" is "opened"
    ticket    column "Ticket"
    priority  column "Prio"
"""
    one, other = contract_of(TEXT + reads), contract_of(TEXT + reads.replace('"Prio"', '"Class"').replace("No", "Nr"))
    assert [row[3:] for row in told(compare(one, other))] == [
        ("id", 'column "No"', 'column "Nr"'), ("row: field, priority", 'column "Prio"', 'column "Class"'),
    ]  # fmt: skip


def test_several_are_renamed_at_once_and_duties_take_their_parts_along():
    names = ("restore_p1", "fix_p1", "p1_on_time", "p1_share", "operational", "ladder", "ticket_held", "held")
    comparison = changed(*names)
    assert all(change.what == "renamed" for change in comparison.changes)
    assert dict(comparison.renames) == {
        "restore_p1": "fix_p1", "p1_on_time": "p1_share", "operational": "ladder", "ticket_held": "held",
    }  # fmt: skip


def test_clauses_that_only_look_alike_are_not_renamed():
    one = "event first from meridian\ntrigger tell_first\n  when first 2 times in any 30 days\n"
    one += '  resets\n  then tell "x"\n'
    other = one.replace("first", "second").replace("2 times", "3 times")
    comparison = compare(contract_of(TEXT + one), contract_of(TEXT + other))
    assert {(c.what, c.key[1]) for c in comparison.changes} == {
        ("removed", "first"), ("removed", "tell_first"), ("added", "second"), ("added", "tell_second"),
    }  # fmt: skip
    # With nothing else changed they are.
    comparison = compare(contract_of(TEXT + one), contract_of(TEXT + one.replace("first", "second")))
    assert {c.what for c in comparison.changes} == {"renamed"}


def test_a_new_name_and_another_content_are_two_clauses():
    comparison = changed("p1_on_time", "p1_share", "at least 95%\n", "at least 96%\n")
    whats = {change.key[1]: change.what for change in comparison.changes}
    assert (whats["p1_on_time"], whats["p1_share"]) == ("removed", "added")


def test_other_words_for_the_same_are_told_as_such():
    (change,) = changed("[Sch D 1]", "[Sch D 7]").changes
    assert (change.what, change.key, change.hanging) == ("reworded", ("charge", "monthly_charge"), {})
    (change,) = changed('"Chronic failure"  ', '"Repeated failure"  ').changes
    assert change.what == "reworded"


def test_a_definition_is_told_where_it_is_used():
    text = TEXT + "\ndefinition cure_time means 5 working days of office\n"
    text = text.replace("cured within 5 working days of office", "cured within cure_time")
    old = contract_of(text)
    new = contract_of(text.replace("means 5 working", "means 6 working"))
    (change,) = compare(old, new).changes
    assert change.key == ("obligation", "monthly_report")


def test_changes_stand_in_the_order_of_the_text():
    comparison = changed("at 12% of", "at 10% of", "3 of any 6", "2 of any 6", "mon-fri  09:00", "mon-fri  08:00")
    assert [change.key[1] for change in comparison.changes] == ["office", "monthly_cap", "chronic_failure"]


CHANGE = """
change first "First amendment" effective 2026-09-01 signed 2026-08-10
  restore_p1: within 3 hours of support
  p1_on_time: target at least 97%
  monthly_charge: northwind pays meridian 260 000 GBP
  running clocks keep the old terms
"""


def test_an_amendment_is_told_at_the_clauses_that_it_changes():
    new = contract_of(TEXT + CHANGE)
    found = told(compare(OLD, new))
    for row in (
        ("changed", "obligation", "restore_p1", "from 2026-09-01 on: deadline",
         "within 4 h of support", "within 3 h of support"),
        ("changed", "measure", "p1_on_time", "target, from 2026-09-01 on", "at least 95%", "at least 97%"),
        ("changed", "charge", "monthly_charge", "formula, from 2026-09-01 on", "250 000 GBP", "260 000 GBP"),
    ):  # fmt: skip
        assert row in found
    assert {(c.key, c.what) for c in compare(OLD, new).changes} >= {(("change", "first"), "added")}
    back = told(compare(new, OLD))
    assert ("changed", "measure", "p1_on_time", "target, from 2026-09-01 on", "at least 97%", "at least 95%") in back
    assert len(found) == len(back) == 3


def test_of_an_amendment_that_is_there_only_what_differs_is_told():
    one, other = contract_of(TEXT + CHANGE), contract_of(TEXT + CHANGE.replace("within 3 hours", "within 2 hours"))
    assert told(compare(one, other)) == [
        ("changed", "obligation", "restore_p1", "from 2026-09-01 on: deadline",
         "within 3 h of support", "within 2 h of support"),
    ]  # fmt: skip
    later = contract_of(TEXT + CHANGE.replace("2026-09-01", "2026-10-01"))
    days = "from 2026-09-01 on", "from 2026-10-01 on"
    assert [row[2:] for row in told(compare(one, later))] == [
        ("restore_p1", "holds", *days), ("p1_on_time", "target, holds", *days),
        ("monthly_charge", "formula, holds", *days), ("first", "effective", "2026-09-01", "2026-10-01"),
    ]  # fmt: skip


def test_limits_by_a_field_are_told_by_their_case():
    by = TEXT.replace("  within 4 hours of support\n", """  within by priority
    | P1        | 4 hours of support |
    | otherwise | 8 hours of support |
""")
    one, other = contract_of(by), contract_of(by.replace("| 4 hours", "| 3 hours"))
    assert told(compare(one, other)) == [
        ("changed", "obligation", "restore_p1", "where priority is P1: deadline",
         "within 4 h of support", "within 3 h of support"),
    ]  # fmt: skip


def test_used_files_are_compared_with_them(tmp_path):
    """What several files say together is compared with what one file says."""
    head, rest = TEXT.partition("# ------------------------------------------------------------------ measures")[::2]
    (tmp_path / "more.bpo").write_text(rest, encoding="utf-8")
    other = contract_of(head + 'use "more.bpo"\n', folder=tmp_path)
    assert other is not None
    assert compare(OLD, other).same


def test_every_table_of_a_contract_is_compared():
    """A table that a contract gains must be one of those that are compared, or be left out here with a reason."""
    from bpodsl.compare import written
    from bpodsl.lean import parts_of
    from bpodsl.terms import Contract

    # Of `lendings` the clauses that name the fields are compared: what events are lent follows from these.
    elsewhere = {"name", "clause", "parties", "term", "zone", "currency", "rounding", "assumptions", "examples",
                 "version", "worlds", "law", "closings", "lendings"}  # fmt: skip
    meaningless = {"digest", "pins"}  # The text itself, and versions of data that both sides share.
    assert set(parts_of(Contract)) == {*written._TABLES, *elsewhere, *meaningless}


def test_other_holidays_are_told_by_their_first_days():
    old = CUSTOMER_CARE.read_text("utf-8")
    found = compare(contract_of(old), contract_of(old.replace("holidays of GB-ENG", "holidays of GB-SCT")))
    office = next(each for each in found.changes if each.key == ("calendar", "office"))
    assert [(each.part, each.old[:22], each.new[:22]) for each in office.differences] == [
        ("holidays", "2026-04-06, 2026-08-31", ""), ("holidays", "", "2026-06-15, 2026-08-03"),
    ]  # fmt: skip
    assert " more until 20" in office.differences[0].old


def test_another_first_day_changes_no_calendar():
    old = CUSTOMER_CARE.read_text("utf-8")
    found = compare(contract_of(old), contract_of(old.replace("effective  2026-04-01", "effective  2026-01-01")))
    assert not [each.key for each in found.changes if each.key[0] == "calendar"]
