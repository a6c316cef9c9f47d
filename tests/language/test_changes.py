"""What changes mean: which version of a clause holds for what, and from when it is known."""

from __future__ import annotations

from datetime import date

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event, Ledger
from bpodsl.reference import run as reference_run
from bpodsl.terms import Contract
from bpodsl.text import Severity
from bpodsl.values import Zone, parse_instant

UTC = Zone.load("UTC")
HEAD = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event ticket_opened from north
  ticket    key
  class     one of urgent, plain, default plain
event ticket_resolved from mer
  ticket    key
obligation restore
  mer must ticket_resolved for each ticket_opened
  within 4 hours
measure on_time
  each month, counted when opened
  share of restore fulfilled
  target at least 50%
charge fee
  each month
  north pays mer 1 000 GBP
"""


def at(text: str) -> int:
    return parse_instant(text, UTC).instant


def contract(text: str) -> Contract:
    made, problems = understand_text("<test>", HEAD + text)
    assert made is not None, [p.message() for p in problems if p.severity is Severity.ERROR]
    return made


def event(kind: str, number: int, when: str, ticket: str) -> Event:
    t = at(when)
    return Event(kind, "crm", str(number), t, t, t, {"ticket": ticket})


def ledger(text: str, *events: Event, until: str = "2026-12-01T00:00") -> Ledger:
    """The ledger; both evaluators give the same."""
    made = contract(text)
    found = evaluate(made, events, at(until))
    assert found == reference_run(made, events, at(until))
    return found


def sums(found: Ledger, line: str, known: str | None = None) -> dict[str, str]:
    """What stands on a line by period, as known at an instant."""
    result: dict[str, str] = {}
    for posted in found:
        entry = posted.entry
        if entry.clause == line and entry.kind == "Accrued" and (known is None or posted.known <= at(known)):
            if posted.act in ("Reversed", "Withdrawn"):
                result.pop(entry.period, None)
            else:
                result[entry.period] = next(n.text for n in entry.numbers if n.name == "amount")
    return result


def number(found: Ledger, kind: str, instance: str, name: str) -> str:
    return next(
        n.text for e in found.outcome if e.kind == kind and e.instance == instance for n in e.numbers if n.name == name
    )


LATE = """change cr_1 effective 2026-03-01 signed 2026-05-10
  fee: north pays mer 2 000 GBP
"""


def test_a_change_signed_late_is_known_from_its_signing_and_restates() -> None:
    found = ledger(LATE)
    before = sums(found, "fee", "2026-05-09T23:59:59")
    assert before == {"2026-01": "1000", "2026-02": "1000", "2026-03": "1000", "2026-04": "1000"}
    after = sums(found, "fee", "2026-05-10T00:00")
    assert after == {"2026-01": "1000", "2026-02": "1000", "2026-03": "2000", "2026-04": "2000"}
    (amended,) = [posted for posted in found if posted.entry.kind == "Amended"]
    assert (amended.entry.at, amended.known) == (at("2026-03-01T00:00"), at("2026-05-10T00:00"))
    assert [(n.name, n.value) for n in amended.entry.numbers] == [
        ("effective", date(2026, 3, 1)), ("signed", date(2026, 5, 10)),
    ]  # fmt: skip


def test_a_later_change_signed_first_holds_alone_until_the_other_is_known() -> None:
    found = ledger(
        LATE + "change cr_2 effective 2026-04-01 signed 2026-03-20\n  on_time: target at least 97%\n"
        "  fee: north pays mer 3 000 GBP\n"
    )
    assert sums(found, "fee", "2026-05-05T00:00") == {
        "2026-01": "1000", "2026-02": "1000", "2026-03": "1000", "2026-04": "3000",
    }  # fmt: skip
    assert sums(found, "fee", "2026-05-10T00:00")["2026-03"] == "2000"
    assert sums(found, "fee", "2026-05-10T00:00")["2026-04"] == "3000"
    versions = {e.period: e.number("version") for e in found.outcome if e.kind == "Settled" and e.clause == "fee"}
    assert (versions["2026-02"], versions["2026-03"], versions["2026-04"]) == ("original", "cr_1", "cr_2")


SHORTER = "change cr_1 effective 2026-03-01 signed 2026-02-12\n  restore: within {}\n  running clocks {}\n"


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("keep the old terms", ("2026-03-01T02:30:00Z", "2026-03-01T03:59:59Z", "2026-03-01T01:00:00Z")),
        ("move to the new terms", ("2026-02-28T23:30:00Z", "2026-03-01T00:59:59Z", "2026-03-01T01:00:00Z")),
    ],
)
def test_running_clocks_keep_or_move(rule: str, due: tuple[str, ...]) -> None:
    found = ledger(
        SHORTER.format("1 hour", rule),
        event("ticket_opened", 1, "2026-02-28T22:30", "T1"),
        event("ticket_opened", 2, "2026-02-28T23:59:59", "T2"),
        event("ticket_opened", 3, "2026-03-01T00:00", "T3"),
        until="2026-03-02T00:00",
    )
    assert tuple(number(found, "Missed", f"crm/{n}", "due") for n in (1, 2, 3)) == due
    missed = {e.instance: e.at for e in found.outcome if e.kind == "Missed"}
    if "move" in rule:
        # The limit of the first had passed already: it is missed at the change.
        assert missed["crm/1"] == at("2026-03-01T00:00")
        assert number(found, "Amended", "crm/1", "version") == "cr_1"
    assert number(found, "Opened", "crm/2", "version") == "original"
    assert number(found, "Opened", "crm/3", "version") == "cr_1"


def test_a_clause_holds_since_a_change_and_until_another() -> None:
    found = ledger(
        "obligation answer\n  mer must ticket_resolved for each ticket_opened\n  since cr_1\n  within 1 day\n"
        "charge desk_fee\n  each month\n  since cr_1\n  north pays mer 10 GBP\n"
        "change cr_1 effective 2026-03-01\n  fee: north pays mer 900 GBP\n"
        "change cr_2 effective 2026-05-01\n  removes answer, desk_fee\n",
        event("ticket_opened", 1, "2026-02-28T23:59", "T1"),
        event("ticket_opened", 2, "2026-03-01T00:00", "T2"),
        event("ticket_opened", 3, "2026-05-01T00:00", "T3"),
        until="2026-08-01T00:01",
    )
    assert [e.instance for e in found.outcome if e.clause == "answer" and e.kind == "Opened"] == ["crm/2"]
    assert sums(found, "desk_fee") == {"2026-03": "10", "2026-04": "10"}


def test_a_running_window_is_prorated_by_days() -> None:
    found = ledger(
        "change cr_1 effective 2026-04-16\n  fee: north pays mer 2 000 GBP\n  running windows are prorated\n"
        "change cr_2 effective 2026-06-30\n  fee: north pays mer 2 300 GBP\n  running windows are prorated\n"
    )
    posted = sums(found, "fee")
    assert (posted["2026-03"], posted["2026-04"], posted["2026-05"]) == ("1000", "1500", "2000")
    assert (posted["2026-06"], posted["2026-07"]) == ("2010", "2300")


def test_a_limit_by_field_may_replace_a_plain_one() -> None:
    made = contract(
        "change cr_1 effective 2026-03-01\n  restore: within by class\n"
        "    | urgent    | 1 hour |\n    | otherwise | 2 hours |\n  running clocks keep the old terms\n"
    )
    norm = next(norm for norm in made.norms if norm.name == "restore")
    assert [v.terms and v.terms.version for v in norm.variants] == ["cr_1", "cr_1"]
    assert norm.version == "original"


def test_two_changes_share_out_one_window_in_one_way():
    text = (
        'agreement deal "Deal"\n  client acme "A"\n  provider beta "B"\n  effective 2026-01-01 for 24 months\n'
        "  time zone UTC\n  currency GBP, rounded half up to 0.01\n"
        "charge fee\n  each month\n  acme pays beta 10 GBP\n"
        "change one effective 2026-04-11\n  fee: acme pays beta 20 GBP\n  running windows are prorated\n"
        "change two effective 2026-{}-21\n  fee: acme pays beta 30 GBP\n  running windows are split\n"
    )
    for month, wanted in (("04", {"BPO320"}), ("05", set())):
        _, problems = understand_text("two.bpo", text.format(month))
        assert {p.code for p in problems if p.severity.value == "error"} == wanted


def test_a_change_of_the_trigger_on_which_a_right_lapses_is_said_not_to_be_sayable():
    text = (
        'agreement deal "Deal"\n  client acme "A"\n  provider beta "B"\n  effective 2026-01-01 for 24 months\n'
        "  time zone UTC\n  currency GBP, rounded half up to 0.01\n"
        "event asked, fine, called from acme\nobligation answer\n  beta must called for each asked\n  within 2 days\n"
        "  performs the oldest\ntrigger well\n  when fine\n  then tell \"well\"\n"
        "right look\n  acme may called on missed answer\n  lapses when asked\n"
        "change one effective 2026-04-11\n  look: lapses {}\n"
    )
    for said, wanted in (("on well", {"BPO320"}), ("when fine", set())):
        _, problems = understand_text("lapses.bpo", text.format(said))
        assert {p.code for p in problems if p.severity.value == "error"} == wanted
