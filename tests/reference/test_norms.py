"""§4: how instances open, which acts meet them, and how they are decided."""

from bpodsl.reference import run
from bpodsl.terms import Clock, Impose, OnHappens, OnOutcome, Raise
from tests.reference.build import (
    IMPOSED,
    MONTH,
    ONCE,
    at,
    contract,
    days,
    event,
    hours,
    kind,
    ladder,
    less_than,
    level,
    named,
    names,
    norm,
    office,
    on,
    period,
    postings,
    prohibition,
    right,
    rule,
    state,
    within,
)
from tests.reference.build import kinds as k

KINDS = [
    kind("opened", "id"), kind("done", "id"), kind("held", "id"), kind("resumed", "id"),
    kind("report", month=k.period("month")), kind("other", "id"),
]  # fmt: skip
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)))


def ran(*events, until="2026-03-01", norms=(FIX,), **tables):
    return run(contract(events=KINDS, norms=norms, **tables), events, at(until))


def test_performance_at_the_last_instant_of_within_is_in_time():
    ledger = ran(event("opened", "2026-01-05T10:00", 1, id="A"), event("done", "2026-01-05T14:00", 2, id="A"))
    done = named(ledger, "fix/Fulfilled/s/1")
    assert done.number("reading") == 4 * 3_600_000_000
    assert done.event_causes == ("s/2",) and done.entry_causes == ("fix/Opened/s/1",)


def test_less_than_excludes_its_last_instant():
    strict = norm("fix", opening="opened", acts="done", by=("id",), due=less_than(hours(4)))
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"), event("done", "2026-01-05T14:00", 2, id="A"), norms=[strict]
    )
    assert names(ledger, "Missed", "Late") == ["fix/Missed/s/1", "fix/Late/s/1"]


def test_opened_and_resolved_in_one_instant():
    ledger = ran(event("done", "2026-01-05T10:00", 1, id="A"), event("opened", "2026-01-05T10:00", 2, id="A"))
    assert names(ledger, "Fulfilled", "Noted") == ["fix/Fulfilled/s/2"]


def test_close_open_close_at_one_instant():
    ledger = ran(
        event("opened", "2026-01-05T09:00", 1, id="A"),
        event("done", "2026-01-05T10:00", 2, id="A"),
        event("opened", "2026-01-05T10:00", 3, id="A"),
        event("done", "2026-01-05T10:00", 4, id="A"),
    )
    # The first act closes what was open, the second finds nothing and is offered to what is opened anew.
    assert names(ledger, "Fulfilled") == ["fix/Fulfilled/s/1", "fix/Fulfilled/s/3"]


def test_no_event_performs_what_it_opened_or_what_followed_from_it():
    answer = norm("answer", opening=IMPOSED, acts="opened", by=("id",), due=within(days(1)))
    on_opened = rule("asks", OnHappens(on("opened")), Impose("answer"))
    ledger = ran(event("opened", "2026-01-05T10:00", 1, id="A"), norms=[answer], rules=[on_opened], until="2026-01-06")
    assert names(ledger, "Opened", "Noted", "Fulfilled")[1:] == ["answer/Opened/s/1", "answer/Noted/s/1"]
    assert named(ledger, "answer/Noted/s/1").words == "nothing open"


def test_no_event_performs_what_it_reopened():
    answer = norm("answer", opening=IMPOSED, acts="opened", by=("id",), reopening="restart")
    on_opened = rule("asks", OnHappens(on("opened")), Impose("answer"))
    given = [event("opened", f"2026-01-0{n}T10:00", n, id="A") for n in (5, 6, 7)]
    ledger = ran(*given, norms=[answer], rules=[on_opened])
    # The 6th performs what the 5th opened; then it reopens it, but does not perform that.
    assert names(ledger, "Fulfilled") == []
    assert named(ledger, "answer/Opened/s/5").at == at("2026-01-05T10:00")


def test_opening_a_live_key_is_noted():
    ledger = ran(event("opened", "2026-01-05T10:00", 1, id="A"), event("opened", "2026-01-05T11:00", 2, id="A"))
    assert named(ledger, "fix/Noted/s/2").words == "already open"
    assert names(ledger, "Opened") == ["agreement/Opened", "fix/Opened/s/1"]


def test_an_act_meets_by_the_key_fields_its_kind_declares():
    loose = norm("fix", opening="opened", acts="report", by=("id",), due=within(hours(4)))
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("opened", "2026-01-05T10:00", 2, id="B"),
        event("report", "2026-01-05T11:00", 3),
        norms=[loose],
    )
    assert names(ledger, "Fulfilled") == ["fix/Fulfilled/s/1", "fix/Fulfilled/s/2"]


def test_the_oldest_and_the_one_of_a_period():
    monthly = norm("monthly", opening=MONTH, acts="report", matching="period", period_field="month")
    oldest = norm("oldest", opening=MONTH, acts="report", matching="oldest")
    ledger = ran(event("report", "2026-02-03", 1, month=period("2026-02")), norms=[monthly, oldest], until="2026-02-04")
    assert names(ledger, "Fulfilled") == ["monthly/Fulfilled/2026-02", "oldest/Fulfilled/2026-01"]


def test_all_of_several_acts():
    both = norm("both", opening=ONCE, acts="done report", needs="all", due=within(days(40)))
    ledger = ran(
        event("done", "2026-01-05", 1), event("done", "2026-01-06", 2), event("report", "2026-01-07", 3), norms=[both]
    )
    assert named(ledger, "both/Fulfilled/term").event_causes == ("s/1", "s/3")


def test_the_last_act_counts_and_restates():
    last = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), needs="last")
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T11:00", 2, id="A"),
        event("done", "2026-01-05T16:00", 3, id="A"),
        event("opened", "2026-01-05T17:00", 4, id="A"),
        norms=[last],
    )
    # The entry taken back stands where it acted, an hour after the opening: the miss and the late act come after it.
    assert postings(ledger, "Fulfilled", "Missed", "Late") == [
        ("Fulfilled", "fix/Fulfilled/s/1", at("2026-01-05T11:00")),
        ("Withdrawn", "fix/Fulfilled/s/1", at("2026-01-05T16:00")),
        ("Missed", "fix/Missed/s/1", at("2026-01-05T16:00")),
        ("Late", "fix/Late/s/1", at("2026-01-05T16:00")),
    ]
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T14:00")
    assert named(ledger, "fix/Noted/s/4").words == "already open"


def reopened(policy, *more):
    reopening = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), reopening=policy)
    return ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T11:00", 2, id="A"),
        event("opened", "2026-01-05T15:00", 3, id="A"),
        *more,
        norms=[reopening],
        until="2026-01-06",
    )


def test_reopening_as_a_new_cycle():
    ledger = reopened("new cycle")
    assert names(ledger, "Fulfilled", "Missed") == ["fix/Fulfilled/s/1", "fix/Missed/s/3"]


def test_reopening_ignored():
    ledger = reopened("ignore")
    assert named(ledger, "fix/Noted/s/3").words == "closed"
    assert names(ledger, "Fulfilled", "Missed") == ["fix/Fulfilled/s/1"]


def test_reopening_goes_on_with_the_clock():
    # One hour ran before the performance, three are left from 15:00.
    ledger = reopened("continue")
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T18:00")
    assert names(ledger, "Fulfilled") == []
    done = reopened("continue", event("done", "2026-01-05T18:00", 4, id="A"))
    assert named(done, "fix/Fulfilled/s/1").number("reading") == 4 * 3_600_000_000


def test_reopening_starts_the_clock_anew():
    assert named(reopened("restart"), "fix/Missed/s/1").at == at("2026-01-05T19:00")
    # In days too: counted from the day of the reopening, the 5th, and not from that of the opening.
    ledger = ran(
        event("opened", "2026-01-02T10:00", 1, id="A"),
        event("done", "2026-01-03T11:00", 2, id="A"),
        event("opened", "2026-01-05T15:00", 3, id="A"),
        norms=[norm("fix", opening="opened", acts="done", by=("id",), due=within(days(2)), reopening="restart")],
    )
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-08")


def test_acts_between_a_performance_and_the_reopening_stay_as_noted():
    ledger = reopened("continue", event("done", "2026-01-05T12:00", 4, id="A"))
    assert named(ledger, "fix/Noted/s/4").words == "nothing open"
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T18:00")


def test_reopening_of_a_missed_instance_is_noted():
    late = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(1)), reopening="continue")
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T12:00", 2, id="A"),
        event("opened", "2026-01-05T15:00", 3, id="A"),
        norms=[late],
    )
    assert named(ledger, "fix/Noted/s/3").words == "closed"


def test_resolve_and_reopen_at_one_instant():
    again = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), reopening="continue")
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T11:00", 2, id="A"),
        event("opened", "2026-01-05T11:00", 3, id="A"),
        norms=[again],
        until="2026-01-06",
    )
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T14:00")


def test_excused_at_the_due_instant():
    storm = state("storm", "held", "resumed")
    excused = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), excused_during=("storm",))
    opened = event("opened", "2026-01-05T10:00", 1, id="A")
    ended_before = ran(
        opened, event("held", "2026-01-05T12:00", 2), event("resumed", "2026-01-05T13:59", 3),
        norms=[excused], states=[storm],
    )  # fmt: skip
    assert names(ended_before, "Missed", "Excused") == ["fix/Missed/s/1"]
    begins_then = ran(opened, event("held", "2026-01-05T14:00", 2), norms=[excused], states=[storm])
    assert names(begins_then, "Missed", "Excused") == ["fix/Excused/s/1"]
    assert named(begins_then, "fix/Excused/s/1").entry_causes == ("fix/Opened/s/1", "storm/Opened/s/2")
    ends_then = ran(
        opened, event("held", "2026-01-05T12:00", 2), event("resumed", "2026-01-05T14:00", 3),
        norms=[excused], states=[storm],
    )  # fmt: skip
    assert names(ends_then, "Missed", "Excused") == ["fix/Missed/s/1"]


def test_an_early_deadline_is_excused_by_what_held_just_before():
    storm = state("storm", "held", "resumed")
    excused = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(1)), excused_during=("storm",))
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("held", "2026-01-06T12:00", 2),
        event("resumed", "2026-01-07", 3),
        norms=[excused], states=[storm],
    )  # fmt: skip
    assert named(ledger, "fix/Excused/s/1").at == at("2026-01-07")


def cured(*more, **others):
    curing = norm(
        "fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), cure=within(days(2)),
        after=(("breached", Raise("a breach")),), **others,
    )  # fmt: skip
    return ran(event("opened", "2026-01-05T10:00", 1, id="A"), *more, norms=[curing])


def test_cured_in_time_is_not_late():
    ledger = cured(event("done", "2026-01-07T23:59", 2, id="A"))
    assert names(ledger, "Missed", "Late", "Cured", "Breached") == ["fix/Missed/s/1", "fix/Cured/s/1"]


def test_not_cured_is_breached_and_then_late():
    ledger = cured(event("done", "2026-01-08", 2, id="A"))
    assert names(ledger, "Missed", "Late", "Cured", "Breached", "Raised") == [
        "fix/Missed/s/1", "fix/Breached/s/1", "fix/Raised/s/1", "fix/Late/s/1",
    ]  # fmt: skip
    assert named(ledger, "fix/Breached/s/1").at == at("2026-01-08")


def test_a_cure_runs_from_the_day_that_ended_with_an_early_miss():
    curing = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(1)), cure=within(days(2)))
    ledger = ran(event("opened", "2026-01-05T10:00", 1, id="A"), norms=[curing])
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-07")
    assert named(ledger, "fix/Breached/s/1").at == at("2026-01-09")  # the 7th and 8th


def test_a_cure_runs_from_when_the_miss_was_first_known():
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A", known="2026-01-20T12:00"),
        norms=[norm("fix", opening="opened", by=("id",), due=within(hours(4)), cure=within(days(2)))],
    )
    assert named(ledger, "fix/Missed/s/1").at == at("2026-01-05T14:00")
    assert named(ledger, "fix/Breached/s/1").at == at("2026-01-23")


def test_a_prohibition_is_missed_at_once():
    storm = state("storm", "held", "resumed")
    never = prohibition("never", "done", excused_during=("storm",))
    ledger = ran(
        event("done", "2025-12-31", 0, id="A"),
        event("done", "2026-01-05", 1, id="A"),
        event("held", "2026-01-06", 2),
        event("done", "2026-01-06", 3, id="A"),
        norms=[never], states=[storm],
    )  # fmt: skip
    assert names(ledger, "Missed", "Excused") == ["never/Missed/s/1", "never/Excused/s/3"]
    assert named(ledger, "never/Missed/s/1").key == (("id", "A"),)


def test_unperformed_may_be_not_measured():
    lenient = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), unperformed="not measured")
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("opened", "2026-01-05T10:00", 2, id="B"),
        event("done", "2026-01-05T15:00", 3, id="A"),
        norms=[lenient],
    )
    missed = named(ledger, "fix/Missed/s/1")
    assert names(ledger, "Missed", "Late") == ["fix/Missed/s/1"]
    assert missed.at == at("2026-01-05T15:00") and missed.event_causes == ("s/3",)
    assert missed.number("reading") == 5 * 3_600_000_000


def test_a_clock_started_in_the_past_is_missed_at_the_opening():
    kinds = [kind("opened", "id", since=k.INSTANT), kind("done", "id")]
    retro = norm(
        "fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), clock=Clock(from_field="since")
    )
    since = at("2026-01-05T08:00")
    opened = event("opened", "2026-01-05T13:00", 1, id="A", since=since)
    ledger = run(contract(events=kinds, norms=[retro]), [opened], at("2026-01-06"))
    missed = named(ledger, "fix/Missed/s/1")
    assert (missed.at, missed.place, missed.number("due")) == (opened.acts, 9, at("2026-01-05T12:00"))
    at_once = run(
        contract(events=kinds, norms=[retro]), [opened, event("done", "2026-01-05T13:00", 2, id="A")], at("2026-01-06")
    )
    assert named(at_once, "fix/Missed/s/1").event_causes == ("s/2",)
    assert names(at_once, "Late") == []


def test_a_right_opens_renews_lapses_and_is_exercised():
    step_in = right("step_in", acts="other", due=within(days(10)))
    grounds = rule("ground", OnHappens(on("opened")), Impose("step_in"))
    ledger = ran(
        event("other", "2026-01-01T12:00", 0, id="x"),
        event("opened", "2026-01-02T12:00", 1, id="A"),
        event("opened", "2026-01-05T12:00", 2, id="B"),
        event("opened", "2026-01-20T12:00", 3, id="C"),
        event("other", "2026-01-30T12:00", 4, id="x"),
        norms=[step_in], rules=[grounds],
    )  # fmt: skip
    assert names(ledger, "RightOpened", "Renewed", "Lapsed", "Exercised", "Noted") == [
        "step_in/Noted/s/0", "step_in/RightOpened/s/1", "step_in/Renewed/s/2", "step_in/Lapsed/s/1",
        "step_in/RightOpened/s/3", "step_in/Exercised/s/3",
    ]  # fmt: skip
    assert named(ledger, "step_in/Lapsed/s/1").at == at("2026-01-16")  # ten days after the 5th
    assert named(ledger, "step_in/Noted/s/0").words == "not open"


def test_the_levels_of_a_ladder_fire_without_events():
    one = level("path", 1, acts="other", due=within(days(2)), roles=(("Manager", "provider"),),
                after=(("missed", Impose("path_2")),))  # fmt: skip
    two = level("path", 2, acts="other", due=within(days(5)), roles=(("Head", "provider"), ("Head", "client")))
    starts = rule("starts", OnOutcome("fix", "missed"), Impose("path_1"))
    ledger = ran(
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("opened", "2026-01-06T10:00", 2, id="B"),
        event("other", "2026-01-10T09:00", 3, id="x"),
        norms=[FIX, one, two], ladders=[ladder("path", one, two)], rules=[starts],
    )  # fmt: skip
    assert names(ledger, "Escalated", "Lapsed", "Closed") == [
        "path_1/Escalated/s/1", "path_1/Lapsed/s/1", "path_2/Escalated/s/1", "path_2/Closed/s/1",
    ]  # fmt: skip
    # The second miss, on the 6th, finds the path open.
    assert named(ledger, "path_1/Noted/s/2").words == "already open"
    assert named(ledger, "path_2/Escalated/s/1").at == at("2026-01-08")
    # What follows from a midnight counts from the day that ended with it: the 7th.
    assert str(named(ledger, "path_2/Escalated/s/1").number("due")) == "2026-01-12"
    assert named(ledger, "path_2/Escalated/s/1").words == "Head of provider, Head of client"


def test_what_follows_an_outcome_and_the_rules_that_watch_it():
    first = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)),
                 after=(("missed", Impose("explain")), ("missed", Raise("late"))))  # fmt: skip
    explain = norm("explain", opening=IMPOSED, acts="other", by=("id",), due=within(days(3)))
    watch = rule("watch", OnOutcome("explain", "opened"), Raise("explanation due"))
    ledger = ran(event("opened", "2026-01-05T10:00", 1, id="A"), norms=[first, explain], rules=[watch])
    opened = named(ledger, "explain/Opened/s/1")
    assert opened.key == (("id", "A"),) and opened.entry_causes == ("fix/Missed/s/1",) and opened.place == 9
    assert named(ledger, "fix/Raised/s/1").words == "late"
    assert named(ledger, "watch/Raised/s/1").entry_causes == ("watch/Fired/s/1",)


def test_readings_stop_and_run_inside_a_calendar():
    held = state("on_hold", "held", "resumed", by=("id",))
    clock = Clock("office", stops_during=("on_hold",))
    slow = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4, "office")), clock=clock)
    ledger = ran(
        event("opened", "2026-01-05T15:00", 1, id="A"),  # a Monday; open until 17:00
        event("held", "2026-01-05T16:00", 2, id="A"),
        event("held", "2026-01-05T15:30", 3, id="B"),
        event("resumed", "2026-01-06T10:00", 4, id="A"),
        event("done", "2026-01-06T13:00", 5, id="A"),
        norms=[slow], states=[held], calendars=[office()],
    )  # fmt: skip
    done = named(ledger, "fix/Fulfilled/s/1")
    assert done.number("reading") == 4 * 3_600_000_000
    assert done.entry_causes == ("fix/Opened/s/1", "on_hold/Opened/s/2")
