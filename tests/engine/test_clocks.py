"""Clocks, deadlines and what decides at one instant, with expectations worked out by hand."""

from datetime import date

from bpodsl.terms import Clock
from tests.engine.running import entries, ledger, numbers
from tests.reference.build import (
    at,
    contract,
    days,
    event,
    hours,
    kind,
    less_than,
    months,
    named,
    norm,
    office,
    state,
    within,
    working,
)  # fmt: skip

HOUR = 3_600_000_000


def tickets(**norm_fields):
    """Opened and resolved by ticket, held in between; open hours 9 to 17, Monday to Friday."""
    return contract(
        events=[kind(k, "ticket") for k in ("opened", "held", "resumed", "resolved")],
        calendars=[office()],
        states=[state("waiting", "held", "resumed", ["ticket"])],
        norms=[norm("restore", opening="opened", acts="resolved", by=("ticket",), **norm_fields)],
    )


def story(*steps):
    return [event(kind_, when, n, ticket="A") for n, (kind_, when) in enumerate(steps, start=1)]


def test_open_time_stands_overnight_and_while_held():
    # 10:00 to 12:00 Monday, 13:00 to 17:00 Tuesday, 9:00 to 10:00 Wednesday: 7 hours.
    found = ledger(
        tickets(clock=Clock("office", "", ("waiting",)), due=within(hours(8, "office"))),
        story(
            ("opened", "2026-03-02T10:00"), ("held", "2026-03-02T12:00"), ("resumed", "2026-03-03T13:00"),
            ("resolved", "2026-03-04T10:00"),
        ),
        "2026-04-01",
    )  # fmt: skip
    fulfilled = named(found, "restore/Fulfilled/s/1")
    assert numbers(fulfilled) == {"reading": 7 * HOUR, "due": at("2026-03-04T11:00")}
    assert set(fulfilled.entry_causes) == {"restore/Opened/s/1", "waiting/Opened/s/2"}


def test_used_up_at_closing_time_is_due_at_the_next_opening():
    found = ledger(
        tickets(clock=Clock("office"), due=within(hours(7, "office"))), story(("opened", "2026-03-06T10:00")),
        "2026-04-01",
    )  # fmt: skip
    missed = named(found, "restore/Missed/s/1")
    assert (missed.at, missed.place) == (at("2026-03-09T09:00"), 9)


def test_less_than_falls_due_early_and_within_late():
    for due, kind_ in ((within(hours(4)), "Fulfilled"), (less_than(hours(4)), "Missed")):
        found = ledger(
            tickets(due=due), story(("opened", "2026-03-02T10:00"), ("resolved", "2026-03-02T14:00")), "2026-04-01"
        )
        assert entries(found, "restore", "Fulfilled", "Missed") == [(kind_, "s/1", "")]


def test_a_budget_used_up_as_the_hold_begins_is_due_when_it_ends():
    found = ledger(
        tickets(clock=Clock(None, "", ("waiting",)), due=within(hours(2))),
        story(("opened", "2026-03-02T10:00"), ("held", "2026-03-02T12:00"), ("resumed", "2026-03-02T15:00")),
        "2026-04-01",
    )
    missed = named(found, "restore/Missed/s/1")
    assert (missed.at, missed.place) == (at("2026-03-02T15:00"), 9)


def test_days_end_with_their_last_day():
    # Months are clamped: one month after 31 January is 28 February.
    found = ledger(tickets(due=within(months(1))), story(("opened", "2026-01-31T10:00")), "2026-04-01")
    missed = named(found, "restore/Missed/s/1")
    assert (missed.at, missed.place, missed.number("due")) == (at("2026-03-01"), 0, date(2026, 2, 28))


def test_suspended_days_do_not_count():
    # Tuesday and Wednesday are touched: the working days are Monday 2, Thursday 5, Friday 6 and Monday 9.
    found = ledger(
        tickets(due=within(working(3)), suspended_during=("waiting",)),
        story(("opened", "2026-03-01T10:00"), ("held", "2026-03-03T08:00"), ("resumed", "2026-03-04T08:00")),
        "2026-04-01",
    )
    assert named(found, "restore/Missed/s/1").number("due") == date(2026, 3, 6)


def test_excused_if_the_state_held_just_before_an_early_deadline():
    contract_ = tickets(due=within(days(1)), excused_during=("waiting",))
    steps = [("opened", "2026-03-02T10:00"), ("held", "2026-03-03T10:00"), ("resumed", "2026-03-04")]
    found = ledger(contract_, story(*steps, ("resolved", "2026-03-05")), "2026-04-01")
    assert entries(found, "restore", "Excused", "Late") == [("Excused", "s/1", ""), ("Late", "s/1", "")]


def test_late_within_the_time_for_cure_is_cured():
    contract_ = tickets(due=within(hours(4)), cure=within(days(2)))
    opened = ("opened", "2026-03-02T10:00")
    cured = ledger(contract_, story(opened, ("resolved", "2026-03-04T23:59")), "2026-04-01")
    assert [k for k, _, _ in entries(cured, "restore")] == ["Opened", "Missed", "Cured"]
    breached = ledger(contract_, story(opened, ("resolved", "2026-03-05T00:00")), "2026-04-01")
    assert [k for k, _, _ in entries(breached, "restore")] == ["Opened", "Missed", "Breached", "Late"]
    assert named(breached, "restore/Breached/s/1").at == at("2026-03-05")


def test_at_one_instant_acts_meet_what_was_open_and_else_what_another_event_opened():
    found = ledger(
        tickets(due=within(hours(4))),
        [
            event("resolved", "2026-03-02T10:00", 1, ticket="A"),
            event("opened", "2026-03-02T10:00", 2, ticket="A"),
            event("resolved", "2026-03-02T11:00", 3, ticket="A"),
        ],
        "2026-04-01",
    )
    assert named(found, "restore/Fulfilled/s/2").place == 8
    assert entries(found, "restore", "Noted") == [("Noted", "s/3", "nothing open")]
