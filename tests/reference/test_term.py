"""§3: beginning, renewal and end of the agreement; §2: what may come at its last instants."""

from bpodsl.reference import run
from bpodsl.terms import Length, OnHappens, Renewal, Terminate
from tests.reference.build import (
    MONTH,
    ONCE,
    YEAR,
    at,
    contract,
    count,
    days,
    event,
    events,
    figure,
    hours,
    kind,
    months,
    named,
    names,
    norm,
    on,
    prohibition,
    right,
    rule,
    share_of,
    within,
)

KINDS = [kind("opened", "id"), kind("done", "id"), kind("cancel"), kind("leave")]
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)))
RENEWS = Renewal(months(1), (on("cancel"),), days(10))


def ran(*given, until="2027-01-01", **tables):
    return run(contract(events=KINDS, **tables), given, at(until))


def test_once_and_for_each_period():
    ledger = ran(norms=[norm("once", opening=ONCE), norm("monthly", opening=MONTH)], last="2026-02-28")
    assert names(ledger, "Opened") == [
        "agreement/Opened", "monthly/Opened/2026-01", "once/Opened/term", "monthly/Opened/2026-02",
    ]  # fmt: skip


def test_renewal_without_a_notice():
    ledger = ran(renewal=RENEWS, last="2026-01-31", until="2026-04-02")
    assert names(ledger, "Extended", "Ended") == [f"agreement/Extended/term {n}" for n in (2, 3, 4)]
    lasts = [str(e.number("last")) for e in ledger.outcome if e.kind == "Extended"]
    assert lasts == ["2026-02-28", "2026-03-31", "2026-04-30"]  # the last day of a month stays the last


def test_a_notice_on_the_last_day_for_it():
    ledger = ran(event("cancel", "2026-01-21T23:59", 1), renewal=RENEWS, last="2026-01-31")
    assert named(ledger, "agreement/Ended").at == at("2026-02-01")
    assert named(ledger, "agreement/Ended").place == 2


def test_a_notice_too_late_acts_for_no_term():
    ledger = ran(event("cancel", "2026-01-22", 1), renewal=RENEWS, last="2026-01-31", until="2026-03-02")
    assert named(ledger, "agreement/Noted/s/1").words == "too late"
    assert names(ledger, "Extended", "Ended") == ["agreement/Extended/term 2", "agreement/Extended/term 3"]


def test_only_so_many_renewals():
    ledger = ran(renewal=Renewal(months(1), times=1), last="2026-01-31")
    assert named(ledger, "agreement/Ended").at == at("2026-03-01")


def test_windows_are_cut_only_when_the_term_ends():
    yearly = figure("n", count(events("opened")), YEAR)
    ledger = ran(figures=[yearly], renewal=Renewal(months(6), times=1), last="2026-03-31")
    settled = named(ledger, "n/Settled/2026")
    assert (settled.at, settled.place) == (at("2026-10-01"), 2)


def test_at_the_end_live_instances_end_and_their_windows_settle():
    ledger = ran(
        event("opened", "2026-01-31T22:00", 1, id="A"),
        event("done", "2026-02-01", 2, id="A"),
        norms=[FIX], figures=[figure("rate", share_of("fix", "opened"))], last="2026-01-31",
    )  # fmt: skip
    assert names(ledger, "Fulfilled", "Missed") == []
    assert named(ledger, "fix/Ended/s/1").entry_causes == ("fix/Opened/s/1",)
    assert named(ledger, "agreement/Noted/s/2").words == "after the end"
    # The window ended with its cell before the instance did: it settles after the events of that instant.
    assert named(ledger, "rate/Settled/2026-01").place == 10


def test_what_survives_goes_on():
    lasting = norm("secret", opening="opened", acts="done", by=("id",), due=within(days(30)), survives=True)
    never = prohibition("never", "leave", survives=True)
    ledger = ran(
        event("opened", "2026-01-20", 1, id="A"),
        event("done", "2026-02-10", 2, id="A"),
        event("opened", "2026-02-11", 3, id="B"),
        event("leave", "2026-02-12", 4),
        norms=[lasting, never], last="2026-01-31", until="2026-02-20",
    )  # fmt: skip
    assert names(ledger, "Fulfilled", "Missed", "Noted", "Ended") == [
        "agreement/Ended", "secret/Fulfilled/s/1", "never/Missed/s/4",
    ]  # fmt: skip
    assert "secret/Opened/s/3" in names(ledger)


def test_what_survives_for_a_time_ends_with_its_last_day():
    lasting = norm("secret", opening="opened", acts="done", by=("id",), due=within(days(7)), survives=True,
                   survives_for=days(10))  # fmt: skip
    never = prohibition("never", "leave", survives=True, survives_for=Length(1, "months"))
    ledger = ran(
        event("opened", "2026-02-03", 1, id="A"),
        event("opened", "2026-02-04", 2, id="B"),
        event("opened", "2026-02-10T23:59", 3, id="C"),
        event("done", "2026-02-11", 4, id="C"),
        event("leave", "2026-02-28T23:59", 5),
        event("leave", "2026-03-01", 6),
        norms=[lasting, never], last="2026-01-31", until="2026-03-20",
    )  # fmt: skip
    assert names(ledger, "Fulfilled", "Missed", "Noted", "Ended") == [
        # A is missed with the last day of the ten, and goes on as what is owed does, so that the duty is asked whether
        # a later event performs it; B and C, of which that day is not the last, end then.
        "agreement/Ended", "secret/Missed/s/1", "secret/Ended/s/2", "secret/Ended/s/3",
        "secret/Noted/s/4", "never/Missed/s/5", "agreement/Noted/s/6",
    ]  # fmt: skip
    assert {named(ledger, f"secret/Ended/s/{n}").at for n in (2, 3)} == {at("2026-02-11")}


def test_an_end_by_act_at_once():
    leaves = rule("leaves", OnHappens(on("leave")), Terminate())
    ledger = ran(
        event("opened", "2026-01-15T11:00", 1, id="A"),
        event("leave", "2026-01-15T12:00", 2),
        event("done", "2026-01-15T12:00", 3, id="A"),
        event("opened", "2026-01-15T12:00", 4, id="B"),
        norms=[FIX], rules=[leaves], figures=[figure("n", count(events("opened")))],
    )  # fmt: skip
    ended = named(ledger, "agreement/Ended")
    assert (ended.at, ended.place, ended.entry_causes) == (at("2026-01-15T12:00"), 11, ("leaves/Terminated/s/2",))
    # Events of that instant still count: A is done, B is opened and ends with the agreement.
    assert names(ledger, "Fulfilled") == ["fix/Fulfilled/s/1"]
    assert "fix/Ended/s/4" in names(ledger)
    cut = named(ledger, "n/Settled/2026-01")
    assert (cut.at, cut.place, cut.number("value")) == (ended.at, 11, 1)


def test_termination_with_notice_in_days_and_in_hours():
    def ended(notice):
        leaves = rule("leaves", OnHappens(on("leave")), Terminate(notice))
        ledger = ran(event("leave", "2026-01-15T12:00", 1), rules=[leaves])
        entry = named(ledger, "agreement/Ended")
        return entry.at, entry.place, named(ledger, "leaves/Terminated/s/1").numbers[0].text

    assert ended(days(30)) == (at("2026-02-15"), 2, "2026-02-14")
    assert ended(months(2)) == (at("2026-03-16"), 2, "2026-03-15")
    assert ended(hours(5)) == (at("2026-01-15T17:00"), 11, "2026-01-15T17:00:00Z")


def test_the_earliest_end_wins():
    slow = rule("slow", OnHappens(on("leave")), Terminate(days(60)))
    quick = rule("quick", OnHappens(on("cancel")), Terminate(days(5)))
    ledger = ran(event("leave", "2026-01-15", 1), event("cancel", "2026-01-16", 2), rules=[slow, quick])
    assert named(ledger, "agreement/Ended").at == at("2026-01-22")
    assert named(ledger, "agreement/Ended").entry_causes == ("quick/Terminated/s/2",)


def test_a_right_to_terminate():
    leave = right("for_cause", opening="opened", acts="leave", due=within(days(60)),
                  after=(("fulfilled", Terminate(days(30))),))  # fmt: skip
    ledger = ran(event("opened", "2026-01-10", 1, id="A"), event("leave", "2026-02-10", 2), norms=[leave])
    assert named(ledger, "for_cause/Terminated/s/1").entry_causes == ("for_cause/Exercised/s/1",)
    assert named(ledger, "agreement/Ended").at == at("2026-03-13")


def test_before_the_start_only_states():
    ledger = ran(
        event("opened", "2025-12-31T23:59", 1, id="A"),
        event("opened", "2026-01-01", 2, id="B"),
        norms=[FIX], figures=[figure("n", count(events("opened")))], until="2026-02-01",
    )  # fmt: skip
    assert names(ledger, "Opened") == ["agreement/Opened", "fix/Opened/s/2"]
    assert named(ledger, "agreement/Noted/s/1").words == "before the start"
    assert named(ledger, "n/Settled/2026-01").number("value") == 1


def test_a_notice_without_effect():
    ledger = ran(
        event("cancel", "2026-01-05", 1, effective=False), renewal=RENEWS, last="2026-01-31", until="2026-02-01"
    )
    assert named(ledger, "agreement/Noted/s/1").words == "no effect"
    assert names(ledger, "Extended") == ["agreement/Extended/term 2"]
