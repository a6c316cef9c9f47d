"""Claims and determinations about outcomes and windows: what they are lowered to, and what is wrong with them."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import understand_text
from bpodsl.terms import Answer, Answering, OnSettled, walk
from bpodsl.terms import expressions as ex

HEAD = """
agreement deal "Deal"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 for 24 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event raised, solved from beta
  ticket key
  site   one of leeds, york
event claimed from beta
  ticket key
event answered from acme
  ticket key
  granted yes/no
event month_claimed, month_accepted, month_rejected from beta
  month month
  site one of leeds, york
event two_months from beta
  month month
  after month
event nameless from beta
obligation solve
  beta must solved for each raised
  within 2 days
measure in_time
  each month, counted when decided
  share of solve fulfilled
  target at least 90%
measure by_site
  each month by site, counted when decided
  share of solve fulfilled
  target at least 90%
"""


def contract(text):
    found, problems = understand_text("claims.bpo", HEAD + text)
    assert found is not None, [p.message() for p in problems]
    return found


def codes(text):
    return {p.code for p in understand_text("claims.bpo", HEAD + text)[1] if p.severity.value == "error"}


MISS = """
claim excuse
  beta may claimed for each missed solve
  within 5 days
  answered by acme with answered, answer granted
  answered within 4 days, else deemed rejected
"""
MONTH = """
claim relief
  beta may month_claimed for each month of by_site where by_site is missed
  within 5 days after the end of the month
  answered by acme with month_accepted as accepted, month_rejected as rejected
"""


def norm(found, name):
    return next(each for each in found.norms if each.name == name)


def test_a_claim_of_a_miss_is_a_right_that_opens_a_duty_to_answer():
    found = contract(MISS)
    claim, answer = norm(found, "excuse.claim"), norm(found, "excuse")
    assert (claim.form, claim.bearer, claim.by, claim.survives) == ("right", ("beta",), ("ticket",), True)
    assert claim.answers == Answering("excuse", (), "lapsed")
    assert answer.answers == Answering(
        "excuse", (Answer("answered", None, "granted", ((True, "accepted"), (False, "rejected"))),), "rejected"
    )
    assert answer.bearer == ("acme",)


def test_a_claim_of_a_month_is_matched_by_its_month_and_the_keys_of_the_figure():
    found = contract(MONTH + "amount asked\n  each month by site\n  if relief is accepted then by_site else 0%\n")
    claim = norm(found, "relief.claim")
    assert (claim.matching, claim.period_field, claim.by) == ("period", "month", ("site",))
    assert claim.due is not None
    assert claim.due.anchor == "period end"
    rule = next(rule for rule in found.rules if rule.name == "relief.asked")
    assert rule.on == OnSettled("by_site")
    asked = next(f for f in found.figures if f.name == "asked")
    parts = [part for part in walk(asked.value) if isinstance(part, ex.Answered)]
    assert [(p.name, p.norms, p.of, p.by) for p in parts] == [
        ("relief", ("relief.claim", "relief"), "window", ("site",))
    ]


def test_a_time_may_run_from_a_report():
    found = contract(MONTH.replace("after the end of the month", "after month_rejected"))
    assert norm(found, "relief.report").acts[0].event == "month_rejected"
    rule = next(rule for rule in found.rules if rule.name == "relief.asked")
    assert rule.then[0].norm == "relief.report"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("BPO309", MONTH.replace("each month of", "each quarter of")),
        ("BPO313", MONTH.replace("may month_claimed", "may two_months")),
        ("BPO313", MISS.replace("may claimed", "may nameless")),
        ("BPO314", MONTH.replace("  within 5 days after the end of the month\n", "")),
        ("BPO314", MISS.replace("  within 5 days\n", "")),
        ("BPO320", MISS.replace("each missed", "each late")),
        ("BPO320", MISS.replace("each missed", "each opened")),
        ("BPO320", MISS.replace("each missed", "each waived")),
        ("BPO319", MISS + "  within 5 days\n"),
        ("BPO320", MISS.replace("within 5 days\n", "within 5 days, else deemed rejected\n")),
        ("BPO320", MISS.replace("within 5 days\n", "within 5 days after the end of the month\n")),
        ("BPO202", MISS.replace("within 5 days\n", "within 5 days after nobody_knows\n")),
        ("BPO206", MONTH.replace("as accepted", "as excepted")),
        ("BPO209", MISS + "trigger t\n  when raised where excuse is accepted\n  then tell \"x\"\n"),
        (
            "BPO209", MISS + "amount a\n  each month, counted when decided\n"
            "  count of solve opened where excuse is accepted\n",
        ),
        ("BPO309", MONTH + "amount a\n  each quarter by site\n  if relief is accepted then 1 else 0\n"),
        ("BPO310", MONTH.replace("each month of by_site", "each month of own")
         + "measure own\n  each month by site\n  if relief is accepted then 100% else by_site\n"
         "  target at least 90%\n"),
        ("BPO315", "measure m\n  each month\n  count of raised\n  counts missed as excused where during night\n"),
        (
            "BPO315", "measure m\n  each month, counted when decided\n  share of solve fulfilled\n"
            "  counts missed as excused\n",
        ),
        ("BPO319", MISS + "measure m\n  each month, counted when decided\n  share of solve fulfilled\n"
         "  counts missed as excused where excuse is accepted\n  counts missed as excused where excuse is lapsed\n"),
        ("BPO319", "amount m\n  each month\n  count of raised\n  left out where in_time is missed\n"
         "  left out where in_time is met\n"),
        ("BPO301", "amount m\n  each month\n  count of raised\n  left out where count of raised\n"),
    ],
)  # fmt: skip
def test_problems(code, text):
    assert code in codes(text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "BPO320", '  decided by "Board" of both with month_accepted, answer site\n'
            '  may be overruled by "Chair" of acme with month_rejected, answer site\n',
        ),
        ("BPO314", "  within 3 days\n"),
    ],
)  # fmt: skip
def test_problems_of_determinations_about_a_month(code, text):
    assert code in codes("determination worst\n  for each month of by_site\n" + text)


def test_an_event_that_names_two_months_says_which():
    text = MONTH.replace("may month_claimed", "may two_months").replace("by_site", "in_time")
    assert codes(text.replace("as accepted, month_rejected as rejected", "as accepted")) == {"BPO320"}

