"""§5: when things fall due."""

from datetime import date

import pytest

from bpodsl.reference import run
from bpodsl.terms import Clock, Due
from tests.reference.build import (
    MONTH,
    at,
    contract,
    days,
    event,
    hours,
    kind,
    less_than,
    months,
    named,
    names,
    norm,
    office,
    state,
    weeks,
    within,
    working,
)
from tests.reference.build import kinds as k

KINDS = [
    kind("opened", "id", on=k.DAY, at=k.INSTANT), kind("done", "id"), kind("held", "id"), kind("resumed", "id"),
]  # fmt: skip
HELD = state("on_hold", "held", "resumed", by=("id",))


def due_of(due, opened="2026-01-05T10:00", *more, until="2026-12-31", **others):
    fields = others.pop("fields", {})
    fix = norm("fix", opening="opened", acts="done", by=("id",), due=due, **others)
    agreed = contract(events=KINDS, norms=[fix], states=[HELD], calendars=[office(holidays=["2026-01-08"])])
    return run(agreed, [event("opened", opened, 1, id="A", **fields), *more], at(until))


def missed(*args, **others):
    entry = named(due_of(*args, **others), "fix/Missed/s/1")
    return entry.at, entry.place


@pytest.mark.parametrize(
    ("due", "instant", "place"),
    [
        (within(hours(14)), "2026-01-06", 9),
        (within(days(1)), "2026-01-07", 0),
        (less_than(days(2)), "2026-01-07", 0),
        (within(weeks(1)), "2026-01-13", 0),
        (within(months(1)), "2026-02-06", 0),
        (within(working(2)), "2026-01-08", 0),
        (within(working(3)), "2026-01-10", 0),  # the 8th is a holiday
        (less_than(working(3)), "2026-01-08", 0),
        (Due("within", fixed=date(2026, 1, 9)), "2026-01-10", 0),
        (Due("less than", fixed=date(2026, 1, 9)), "2026-01-09", 0),
        (Due("within", day_of_month=31, months_on=1), "2026-03-01", 0),
        (within(days(5), roll="following", roll_calendar="office"), "2026-01-13", 0),  # the 10th is a Saturday
        (within(days(5), roll="preceding", roll_calendar="office"), "2026-01-10", 0),
    ],
)
def test_lengths(due, instant, place):
    assert missed(due) == (at(instant), place)


def test_days_of_fields():
    assert missed(Due("within", anchor="field", field="on"), fields={"on": date(2026, 1, 9)}) == (at("2026-01-10"), 0)
    assert missed(Due("less than", anchor="field", field="on"), fields={"on": date(2026, 1, 9)}) == (
        at("2026-01-09"), 0,
    )  # fmt: skip
    noon = at("2026-01-09T12:00")
    assert missed(Due("within", anchor="field", field="at"), fields={"at": noon}) == (noon, 9)
    assert missed(Due("less than", anchor="field", field="at"), fields={"at": noon}) == (noon, 0)
    assert missed(within(days(2), anchor="field", field="at"), fields={"at": noon}) == (at("2026-01-12"), 0)
    assert missed(within(hours(2), anchor="field", field="at"), fields={"at": noon}) == (at("2026-01-09T14:00"), 9)


def test_without_the_field_there_is_no_deadline():
    ledger = due_of(Due("within", anchor="field", field="on"))
    assert names(ledger, "Missed") == []
    assert named(ledger, "fix/Opened/s/1").number("due") is None


def test_a_deadline_before_its_opening_fires_at_the_opening():
    instant, place = missed(Due("within", anchor="field", field="on"), fields={"on": date(2026, 1, 1)})
    assert (instant, place) == (at("2026-01-05T10:00"), 9)


def test_two_deadlines_at_one_midnight_fall_into_different_months():
    by_hour = norm("hour", opening="opened", acts="done", due=within(hours(4)))
    by_day = norm("day", opening="opened", acts="done", due=within(days(1)))
    agreed = contract(events=KINDS, norms=[by_hour, by_day])
    ledger = run(
        agreed, [event("opened", "2026-01-31T20:00", 1), event("opened", "2026-01-30T20:00", 2)], at("2026-03-01")
    )
    assert named(ledger, "hour/Missed/s/1").at == named(ledger, "day/Missed/s/2").at == at("2026-02-01")
    assert (named(ledger, "hour/Missed/s/1").place, named(ledger, "day/Missed/s/2").place) == (9, 0)


def test_used_up_at_closing_time_falls_due_at_the_next_opening():
    clock = Clock("office")
    # Friday 9 January 15:00 to 17:00 uses up two hours.
    assert missed(within(hours(2, "office")), "2026-01-09T15:00", clock=clock) == (at("2026-01-12T09:00"), 9)
    assert missed(less_than(hours(2, "office")), "2026-01-09T15:00", clock=clock) == (at("2026-01-09T17:00"), 0)
    ledger = due_of(
        within(hours(2, "office")), "2026-01-09T15:00", event("done", "2026-01-12T09:00", 2, id="A"), clock=clock
    )
    assert named(ledger, "fix/Fulfilled/s/1").number("reading") == 2 * 3_600_000_000


def test_used_up_when_a_pause_starts_falls_due_when_it_ends():
    clock = Clock(stops_during=("on_hold",))
    pause = [event("held", "2026-01-05T14:00", 2, id="A"), event("resumed", "2026-01-06T09:00", 3, id="A")]
    assert missed(within(hours(4)), "2026-01-05T10:00", *pause, clock=clock) == (at("2026-01-06T09:00"), 9)
    assert missed(less_than(hours(4)), "2026-01-05T10:00", *pause, clock=clock) == (at("2026-01-05T14:00"), 0)
    done = due_of(
        within(hours(4)), "2026-01-05T10:00", *pause, event("done", "2026-01-06T09:00", 4, id="A"), clock=clock
    )
    assert names(done, "Fulfilled", "Missed") == ["fix/Fulfilled/s/1"]


def test_a_hold_at_the_opening_instant_counts_from_there():
    clock = Clock(stops_during=("on_hold",))
    holds = [event("held", "2026-01-05T10:00", 0, id="A"), event("resumed", "2026-01-05T12:00", 3, id="A")]
    ledger = due_of(within(hours(4)), "2026-01-05T10:00", *holds, clock=clock)
    assert named(ledger, "fix/Opened/s/1").number("due") is None
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T16:00")


def test_hold_and_resume_at_one_instant_stop_nothing():
    clock = Clock(stops_during=("on_hold",))
    both = [event("held", "2026-01-05T12:00", 2, id="A"), event("resumed", "2026-01-05T12:00", 3, id="A")]
    ledger = due_of(within(hours(4)), "2026-01-05T10:00", *both, clock=clock)
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T14:00")
    assert named(ledger, "on_hold/Closed/s/2").number("length") == 0


def test_suspended_days_do_not_count():
    pause = [event("held", "2026-01-06T23:00", 2, id="A"), event("resumed", "2026-01-08T01:00", 3, id="A")]
    # Touched: the 6th, 7th and 8th; so the second day that counts is the 10th.
    assert missed(within(days(2)), "2026-01-05T10:00", *pause, suspended_during=("on_hold",)) == (at("2026-01-11"), 0)
    # Working days: the 8th is closed anyway; the 9th and (Monday) the 12th count.
    assert missed(within(working(2)), "2026-01-05T10:00", *pause, suspended_during=("on_hold",)) == (
        at("2026-01-13"),
        0,
    )
    # A month ends on 5 February and moves on by three days.
    assert missed(within(months(1)), "2026-01-05T10:00", *pause, suspended_during=("on_hold",)) == (at("2026-02-09"), 0)


def test_nothing_falls_due_while_suspended():
    pause = [event("held", "2026-01-06", 2, id="A"), event("resumed", "2026-01-20T12:00", 3, id="A")]
    fixed = Due("within", fixed=date(2026, 1, 9))
    ledger = due_of(fixed, "2026-01-05T10:00", *pause, suspended_during=("on_hold",))
    entry = named(ledger, "fix/Missed/s/1")
    assert (entry.at, entry.place, entry.number("due")) == (at("2026-01-20T12:00"), 9, date(2026, 1, 9))
    meanwhile = due_of(
        fixed, "2026-01-05T10:00", *pause, event("done", "2026-01-15", 4, id="A"), suspended_during=("on_hold",)
    )
    assert names(meanwhile, "Fulfilled", "Missed") == ["fix/Fulfilled/s/1"]


def test_days_have_23_or_25_hours():
    # The clocks go forward on 29 March 2026.
    assert missed(within(hours(24)), "2026-03-28T12:00") == (at("2026-03-29T13:00"), 9)
    assert missed(within(days(1)), "2026-03-28T12:00") == (at("2026-03-30"), 0)


def test_periods_count_from_their_first_or_last_day():
    def of(due):
        return norm("monthly", opening=MONTH, acts="done", due=due)

    def instant(due):
        return named(run(contract(events=KINDS, norms=[of(due)]), [], at("2026-03-01")), "monthly/Missed/2026-01").at

    assert instant(within(days(10))) == at("2026-01-12")
    assert instant(within(days(10), anchor="period end")) == at("2026-02-11")
    assert instant(within(anchor="period end")) == at("2026-02-01")
    assert instant(within(hours(10), anchor="period end")) == at("2026-02-01T10:00")
    assert instant(Due("within", anchor="period end", day_of_month=15, months_on=1)) == at("2026-02-16")
