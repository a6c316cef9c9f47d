"""Each template, filled in: it checks clean and its tests pass, whatever it is filled in with; and its boundaries."""

from __future__ import annotations

from datetime import date

import pytest

from bpodsl.language.formatting import format_text
from bpodsl.pipeline import understand_text
from bpodsl.starting import Chosen, Head, NotSound, library, start
from bpodsl.starting.library import read
from bpodsl.starting.writing import default_values
from bpodsl.text import Source
from bpodsl.trials import try_examples

HEAD = Head(
    "care", "Care", ("northwind", "Northwind plc"), ("meridian", "Meridian Ltd"), date(2027, 1, 1), 36,
    "Europe/London", "EUR",
)  # fmt: skip
NAMES = tuple(name for name in library() if name != "credit_cap")


def started(*names, head=HEAD, **values):
    """The agreement of templates; `values` by template and parameter."""
    chosen = [
        Chosen(library()[name], default_values(library()[name], head.currency) | values.get(name, {}))
        for name in names
    ]  # fmt: skip
    return start(head, chosen)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_makes_an_agreement_without_fault(name):
    made = started(name)
    assert not isinstance(made, NotSound), [p.message() for p in made.problems]
    assert format_text(Source("a.bpo", made.text))[0] == made.text
    assert "the_" not in "".join(line for line in made.text.splitlines() if not line.startswith("#"))
    assert "Decide" in made.text


@pytest.mark.parametrize(
    "head",
    [
        Head("a", "A", ("x", "X"), ("y", "Y"), date(2028, 2, 29), 12, "Asia/Tokyo", "JPY"),
        Head("a", "A", ("x", "X"), ("y", "Y"), date(2026, 12, 31), 120, "America/New_York", "USD"),
    ],
    ids=["leap day, no cents", "last day of a year"],
)
def test_all_of_them_together_begin_on_any_day_in_any_zone(head):
    made = started(*NAMES, "credit_cap", head=head)
    assert not isinstance(made, NotSound), [p.message() for p in made.problems]
    assert head.currency in made.text
    assert "EUR" not in made.text


def test_one_template_twice_under_names_of_its_own():
    uptime = library()["uptime"]
    values = default_values(uptime, "EUR")
    lower = values | {"target_level": "99.5%"}
    made = start(HEAD, [Chosen(uptime, values, "portal"), Chosen(uptime, lower, "archive")])
    assert not isinstance(made, NotSound), [p.message() for p in made.problems]
    assert "on uptime_credit_portal, uptime_credit_archive at 12% of monthly_charge" in made.text
    assert 'test "uptime: down all month (archive)"' in made.text


def test_a_limit_that_never_cuts_is_left_out_unless_it_was_asked_for():
    assert "cap " not in started("service_credits").text
    assert "cap monthly_cap" in started("uptime").text
    refused = started("service_credits", "credit_cap")
    assert isinstance(refused, NotSound)
    assert [p.code for p in refused.problems] == ["BPO405"]


def test_values_that_do_not_go_together_are_refused():
    refused = started("uptime", uptime={"minimum_level": "99.95%"})
    assert isinstance(refused, NotSound)
    assert "BPO316" in {p.code for p in refused.problems}


BOUNDARIES = {
    "charges": """
test "a month that the beginning cuts is charged in full"
  until 2027-03-01T00:01
  expect monthly_charge in 2027-01 is 10 000 EUR
  expect monthly_charge in 2027-02 is 10 000 EUR
""",
    "service_credits": """
test "the target itself is met"
  2027-02-03T10:00 level_reported period 2027-01, done 200, in_time 190
  until 2027-02-10
  expect service_level in 2027-01 is met
  expect service_credit in 2027-01 is 0 EUR
test "one less is not"
  2027-02-03T10:00 level_reported period 2027-01, done 200, in_time 189
  until 2027-02-10
  expect service_level in 2027-01 is missed
  expect service_credit in 2027-01 is 500 EUR
test "the minimum itself costs as little"
  2027-02-03T10:00 level_reported period 2027-01, done 200, in_time 180
  until 2027-02-10
  expect service_credit in 2027-01 is 500 EUR
test "below the minimum it costs more"
  2027-02-03T10:00 level_reported period 2027-01, done 200, in_time 179
  until 2027-02-10
  expect service_level in 2027-01 is below minimum
  expect service_credit in 2027-01 is 1 000 EUR
""",
    # January has 2 678 400 seconds; a thousandth of them are 2 678.4.
    "uptime": """
test "44 minutes and 38 seconds are within 99.9%"
  2027-01-10T10:00:00 outage_began outage O1
  2027-01-10T10:44:38 outage_ended outage O1
  until 2027-02-02
  expect uptime_share in 2027-01 is met
  expect uptime_credit in 2027-01 is 0 EUR
test "a second more is not"
  2027-01-10T10:00:00 outage_began outage O1
  2027-01-10T10:44:39 outage_ended outage O1
  until 2027-02-02
  expect uptime_share in 2027-01 is missed
  expect uptime_credit in 2027-01 is 500 EUR
test "7 hours 26 minutes 24 seconds are 1%"
  2027-01-10T10:00:00 outage_began outage O1
  2027-01-10T17:26:24 outage_ended outage O1
  until 2027-02-02
  expect uptime_share in 2027-01 is 99%
  expect uptime_credit in 2027-01 is 500 EUR
test "beyond that the credit is the greater one, cut by the limit"
  2027-01-10T10:00:00 outage_began outage O1
  2027-01-10T17:26:25 outage_ended outage O1
  until 2027-02-02
  expect uptime_share in 2027-01 is below minimum
  expect uptime_credit in 2027-01 is 1 200 EUR
""",
    "ticket_response": """
test "the last second of each limit"
  2027-01-12T16:00 ticket_opened   ticket T1
  2027-01-12T17:00 ticket_answered ticket T1
  2027-01-13T15:30 ticket_solved   ticket T1
  expect answer_ticket for T1 fulfilled at 2027-01-12T17:00
  expect solve_ticket for T1 fulfilled at 2027-01-13T15:30
test "a second later each is too late"
  2027-01-12T16:00    ticket_opened   ticket T1
  2027-01-12T17:00:01 ticket_answered ticket T1
  2027-01-13T15:30:01 ticket_solved   ticket T1
  expect answer_ticket for T1 missed
  expect solve_ticket for T1 missed
test "the clock stands while the ticket waits"
  2027-01-12T16:00 ticket_opened   ticket T1
  2027-01-13T10:00 ticket_waiting  ticket T1
  2027-01-14T10:00 ticket_taken_up ticket T1
  2027-01-14T15:30 ticket_solved   ticket T1
  expect solve_ticket for T1 fulfilled at 2027-01-14T15:30
""",
    "help_desk": """
test "urgent and normal at their limits"
  2027-01-12T09:00 request_raised   request R1, priority urgent
  2027-01-12T09:00 request_raised   request R2, priority normal
  2027-01-12T13:00 request_resolved request R1
  2027-01-13T16:30 request_resolved request R2
  expect resolve_request for R1 fulfilled at 2027-01-12T13:00
  expect resolve_request for R2 fulfilled at 2027-01-13T16:30
test "urgent after its limit"
  2027-01-12T09:00    request_raised   request R1, priority urgent
  2027-01-12T13:00:01 request_resolved request R1
  expect resolve_request for R1 missed
test "four replies are too few, and five at the score are enough"
  2027-01-12T09:00 survey_answered score 3
  2027-01-12T09:01 survey_answered score 5
  2027-01-12T09:02 survey_answered score 4
  2027-01-12T09:03 survey_answered score 4
  2027-02-12T09:03 survey_answered score 4
  until 2027-03-02
  expect satisfaction in 2027-01 is not measured
  expect satisfaction in 2027-01..2027-02 is met
test "one grave month is not escalated"
  2027-01-04T10:00 request_raised request R1, priority urgent
  until 2027-03-02
  expect requests_in_time in 2027-01 is below minimum
  expect no weak_desk
""",
    "call_centre": """
test "20 seconds are in time"
  2027-01-12T10:00 call_ended call C1, waited 20 seconds, abandoned no
  until 2027-02-02
  expect speed_of_answer in 2027-01 is 100%
test "21 are not, and cost the greater credit"
  2027-01-12T10:00 call_ended call C1, waited 21 seconds, abandoned no
  until 2027-02-02
  expect speed_of_answer in 2027-01 is 0%
  expect answer_credit in 2027-01 is 800 EUR
test "abandoned at five seconds a call does not count"
  2027-01-12T10:00 call_ended call C1, waited 5 seconds, abandoned yes
  2027-01-12T10:01 call_ended call C2, waited 1 second, abandoned no
  until 2027-02-02
  expect calls_lost in 2027-01 is 0%
  expect speed_of_answer in 2027-01 is 100%
test "at six it does, and is neither answered nor in time"
  2027-01-12T10:00 call_ended call C1, waited 6 seconds, abandoned yes
  2027-01-12T10:01 call_ended call C2, waited 1 second, abandoned no
  until 2027-02-02
  expect calls_lost in 2027-01 is 50%
  expect speed_of_answer in 2027-01 is 50%
  expect lost_credit in 2027-01 is 200 EUR
""",
    # Two working days before Thursday the 28th is Tuesday the 26th.
    "payroll_accuracy": """
test "the file on the last day is in time"
  2027-01-04T10:00 pay_run_opened     run R1, pay_day 2027-01-28
  2027-01-26T23:59 payment_file_sent  run R1
  expect send_payment_file for R1 fulfilled
test "the day after it costs"
  2027-01-04T10:00 pay_run_opened     run R1, pay_day 2027-01-28
  2027-01-27T00:00 payment_file_sent  run R1
  until 2027-02-01
  expect send_payment_file for R1 missed
  expect send_payment_file pays 500 EUR
test "one payslip of 200 is the target itself"
  2027-01-26T10:00 payslips_published  run R1, slips 200
  2027-01-27T10:00 payslip_error_found payslip P1
  until 2027-02-02
  expect payslip_accuracy in 2027-01 is 99.5%
  expect accuracy_credit in 2027-01 is 0 EUR
test "two are below it, five below the minimum"
  2027-01-26T10:00 payslips_published  run R1, slips 200
  2027-01-27T10:00 payslip_error_found payslip P1
  2027-01-27T10:01 payslip_error_found payslip P2
  2027-02-25T10:00 payslips_published  run R2, slips 200
  2027-02-26T10:00 payslip_error_found payslip P3
  2027-02-26T10:01 payslip_error_found payslip P4
  2027-02-26T10:02 payslip_error_found payslip P5
  2027-02-26T10:03 payslip_error_found payslip P6
  2027-02-26T10:04 payslip_error_found payslip P7
  until 2027-03-02
  expect accuracy_credit in 2027-01 is 500 EUR
  expect payslip_accuracy in 2027-02 is 97.5%
  expect accuracy_credit in 2027-02 is 1 200 EUR
""",
    # Tuesday the 12th and three working days: Friday the 15th.
    "invoice_processing": """
test "the third working day is in time"
  2027-01-12T10:00 invoice_received invoice I1
  2027-01-15T23:59 invoice_posted   invoice I1
  expect post_invoice for I1 fulfilled
test "the day after it is late"
  2027-01-12T10:00 invoice_received invoice I1
  2027-01-16T00:00 invoice_posted   invoice I1
  until 2027-02-02
  expect post_invoice for I1 missed on 2027-01-15
  expect posting_credit in 2027-01 is 1 000 EUR
test "one posting, and it is wrong"
  2027-01-12T10:00 invoice_received     invoice I1
  2027-01-12T10:00 invoice_posted       invoice I1
  2027-01-12T11:00 posting_error_found  invoice I1
  until 2027-02-02
  expect posted_right in 2027-01 is 0%
  expect error_credit in 2027-01 is 300 EUR
""",
    "exit": """
test "the exit plan on the ninetieth day"
  2027-04-01T23:59 exit_plan_handed_over
  expect exit_plan fulfilled
test "the exit plan a day later"
  2027-04-02T00:00 exit_plan_handed_over
  expect exit_plan missed on 2027-04-01
test "a breach put right on the thirtieth day"
  2027-01-12T10:00 breach_notified breach B1
  2027-02-11T23:59 breach_remedied breach B1
  until 2027-03-01
  expect remedy_breach for B1 fulfilled
  expect no breach_not_remedied
test "a day later the client may terminate"
  2027-01-12T10:00 breach_notified   breach B1
  2027-02-12T00:00 breach_remedied   breach B1
  2027-02-20T09:00 notice_for_breach
  until 2027-06-01
  expect breach_not_remedied
  expect for_breach exercised on 2027-02-20
  expect exit_help missed on 2027-05-21
  expect return_data missed
""",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_at_its_boundaries(name):
    made = started(name)
    text = made.text + BOUNDARIES[name]
    contract, problems = understand_text("a.bpo", text)
    assert contract is not None, [p.message() for p in problems]
    failures = [f.message() for trial in try_examples(contract) for f in trial.failures]
    assert not failures


def test_a_file_that_is_no_template_is_a_defect():
    clause = "event a from b\n"
    text = f"# Uptime: how long.\n#   target  99%  the level\n\ntemplate up with target_level\n{clause}end of up\n"
    assert read(text, "up.bpo").parameters[0].word == "target_level"
    for wrong in (text.replace("# Uptime: how long.", ""), text.replace("#   target", "#   goal"), clause):
        with pytest.raises(ValueError, match=r"up\.bpo"):
            read(wrong, "up.bpo")


@pytest.mark.parametrize("name", sorted(library()))
def test_the_library_can_be_used_by_any_agreement(name, tmp_path):
    """A file of the library is one that `use` takes."""
    from bpodsl.language import Loaded
    from bpodsl.packaged import folder

    template = library()[name]
    own = {"the_client": "northwind", "the_provider": "meridian", "the_hours": "office", "the_credits": "bonus"}
    values = default_values(template, "EUR") | own
    path = folder("templates") / f"{name}.bpo"
    source = Source(path.name, path.read_text(encoding="utf-8"))
    declared = source.text.partition(f"template {name} with ")[2].partition("\n")[0].split(", ")
    filled = ", ".join(f"{word} {values[word]}" for word in declared)
    around = [
        'agreement care "Care"\n  client northwind "N"\n  provider meridian "M"\n  effective 2027-01-01 for 36 months',
        "  time zone Europe/London\n  currency EUR, rounded half up to 0.01",
        "calendar office\n  mon-fri 09:00-17:30",
        f'use "{name}.bpo"\nuse {name} with {filled}',
        "event works from meridian\ncredit bonus\n  each month\n  meridian pays northwind 1 EUR * count of works",
    ]
    if name != "charges":
        around.append("charge monthly_charge\n  each month\n  northwind pays meridian 10 000 EUR")
    contract, problems = understand_text("a.bpo", "\n".join(around), lambda *_: Loaded(path.name, source))
    assert contract is not None, [p.message() for p in problems]
    assert not [f.message() for trial in try_examples(contract) for f in trial.failures]


def test_a_test_of_the_library_that_does_not_hold_is_left_out_and_said():
    made = started("help_desk", help_desk={"urgent_within": "500 hours"})
    assert made.left_out == ("help desk: two grave months are escalated",)
    assert made.left_out[0] not in made.text
    assert made.tests == started("help_desk").tests - 1


@pytest.mark.parametrize(
    "name,values,code",
    [
        ("exit", {"data_days": "100000"}, "BPO312"),
        ("exit", {"notice_months": "50 months"}, "BPO426"),
        ("service_credits", {"credit_below": "20%"}, "BPO402"),
        ("help_desk", {"minimum_level": "0%"}, "BPO440"),
    ],
)
def test_values_that_check_doubts_are_refused_with_its_problem(name, values, code):
    refused = started(name, **{name: values})
    assert isinstance(refused, NotSound)
    assert code in {p.code for p in refused.problems}
