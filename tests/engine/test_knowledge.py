"""What is learnt late: the outcome is made anew, and only differences are posted."""

import pytest

from bpodsl.engine import plan_contract, run
from bpodsl.terms import Clock, Impose, OnOutcome, Renewal, Terminate, kinds
from bpodsl.terms import expressions as ex
from tests.campaign.__main__ import drawn
from tests.engine.running import entries, ledger, numbers, posted, swept
from tests.reference.build import (
    IMPOSED,
    ONCE,
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
    norm,
    on,
    period,
    right,
    rule,
    share,
    share_of,
    state,
    target,
    within,
)  # fmt: skip


def tickets(**tables):
    """Resolved within four hours outside maintenance; the share each month."""
    return contract(
        events=[kind("opened", "ticket"), kind("resolved", "ticket"), kind("maintained", from_field="a", to_field="b"),
                kind("stop"), kind("asked")],
        states=[state("maintenance", intervals="maintained")],
        norms=[norm("restore", opening="opened", acts="resolved", by=("ticket",), due=within(hours(4)),
                    clock=Clock(None, "", ("maintenance",))), *tables.pop("norms", ())],
        figures=[figure("on_time", share_of("restore"), of=kinds.SHARE, target=target(">=", share(1)))],
        **tables,
    )  # fmt: skip


def test_relief_learnt_later_turns_a_miss():
    story = [
        event("opened", "2026-01-10T10:00", 1, ticket="A"), event("resolved", "2026-01-10T15:00", 2, ticket="A"),
        event("maintained", "2026-01-10T12:00", 3, until="2026-01-10T14:00", known="2026-02-05"),
    ]  # fmt: skip
    found, remade = swept(tickets(), story, "2026-03-01")
    assert remade == 1
    assert [(k, i) for k, i, known, _ in posted(found, "restore") if known == at("2026-02-05")] == [
        ("Withdrawn", "restore/Missed/s/1"), ("Withdrawn", "restore/Late/s/1"), ("Fulfilled", "restore/Fulfilled/s/1"),
    ]  # fmt: skip
    assert numbers(named(found, "restore/Fulfilled/s/1"))["reading"] == 3 * 3_600_000_000
    january = named(found, "on_time/Settled/2026-01")
    assert (january.at, january.number("standing")) == (at("2026-02-01"), "met")
    assert ("Restated", "on_time/Settled/2026-01#1", at("2026-02-05"), 1) in posted(found, "on_time")
    # As it was known on 4 February: as if the relief had never been.
    before = ledger(tickets(), story[:2], "2026-02-04")
    assert found.as_known_at(at("2026-02-04") - 1) == before.posted


def test_corrections_and_retractions():
    story = [
        event("opened", "2026-01-10T10:00", 1, ticket="A"), event("resolved", "2026-01-10T15:00", 2, ticket="A"),
        event("resolved", "2026-01-10T13:00", 2, ticket="A", rev=1, known="2026-01-11"),
        event("resolved", "2026-01-10T13:00", 2, ticket="A", rev=2, known="2026-01-12", retracts=True),
    ]  # fmt: skip
    found = ledger(tickets(), story, "2026-01-20")
    first, second = at("2026-01-11"), at("2026-01-12")
    assert sorted((k, i) for k, i, known, _ in posted(found, "restore") if known == first) == [
        ("Fulfilled", "restore/Fulfilled/s/1"), ("Withdrawn", "restore/Late/s/1"),
        ("Withdrawn", "restore/Missed/s/1"),
    ]  # fmt: skip
    assert sorted((k, i) for k, i, known, _ in posted(found, "restore") if known == second) == [
        ("Missed", "restore/Missed/s/1#1"), ("Withdrawn", "restore/Fulfilled/s/1"),
    ]  # fmt: skip
    assert entries(found, "restore") == [("Opened", "s/1", ""), ("Missed", "s/1", "")]


def test_time_to_act_runs_from_when_its_ground_was_known():
    paid = norm("pay", opening=IMPOSED, acts="asked", due=within(days(10)))
    story = [
        event("opened", "2026-01-10T10:00", 1, ticket="A"),
        event("resolved", "2026-01-10T11:00", 2, ticket="A"),
        event("resolved", "2026-01-10T11:00", 2, ticket="A", rev=1, known="2026-01-20T09:00", retracts=True),
    ]
    contract_ = tickets(norms=[paid], rules=[rule("owed", OnOutcome("restore", "missed"), Impose("pay"))])
    found = ledger(contract_, story, "2026-03-01")
    assert named(found, "pay/Opened/s/1").at == at("2026-01-10T14:00")
    missed = named(found, "pay/Missed/s/1")
    assert (missed.at, str(missed.number("due"))) == (at("2026-01-31"), "2026-01-30")


def test_a_report_on_a_period_that_is_over_restates_its_window_in_place():
    contract_ = contract(
        events=[kind("report", month=kinds.period("month"), units=kinds.NUMBER)],
        figures=[figure("units", ex.Aggregate("sum", events("report", "month"), value=ex.FieldOf("units")))],
    )
    story = [event("report", "2026-02-03", 1, month=period("2026-01"), units=5)]
    found, remade = swept(contract_, story, "2026-04-01")
    assert remade == 0
    assert [(k, i) for k, i, *_ in posted(found, "units")] == [
        ("Settled", "units/Settled/2026-01"), ("Restated", "units/Settled/2026-01#1"),
        ("Settled", "units/Settled/2026-02"), ("Settled", "units/Settled/2026-03"),
    ]  # fmt: skip
    assert swept(contract_, story, "2026-04-01", careful=True) == (found, 1)


def test_an_end_by_act_cuts_and_settles_windows():
    at_will = right("leave", opening=ONCE, acts="stop", after=(("fulfilled", Terminate(days(10))),))
    story = [
        event("opened", "2026-01-10T10:00", 1, ticket="A"), event("stop", "2026-01-10T12:00", 2),
        event("opened", "2026-01-20T20:00", 3, ticket="B"), event("opened", "2026-01-21T00:00", 4, ticket="C"),
    ]  # fmt: skip
    found = ledger(tickets(norms=[at_will]), story, "2026-03-01")
    ended = named(found, "agreement/Ended")
    assert (ended.at, ended.place, ended.entry_causes) == (at("2026-01-21"), 2, ("leave/Terminated/term",))
    assert entries(found, "agreement", "Noted") == [("Noted", "s/4", "after the end")]
    assert [(e.period, e.place) for e in found.outcome if e.clause == "on_time"] == [("2026-01", 2)]
    # The first was missed before the end, and goes on as what is owed does; the second would be due LATE at the end.
    assert entries(found, "restore", "Missed", "Ended") == [("Missed", "s/1", ""), ("Ended", "s/3", "")]


def test_terms_go_on_unless_notice_was_given_in_time():
    renewal = Renewal(months(1), (on("stop"),), days(10))
    contract_ = contract(events=[kind("stop")], last="2026-01-31", renewal=renewal,
                         figures=[figure("n", count(events("stop")))])  # fmt: skip
    late = ledger(contract_, [event("stop", "2026-01-22", 1), event("stop", "2026-02-18", 2)], "2026-06-01")
    assert entries(late, "agreement") == [
        ("Opened", "", ""), ("Noted", "s/1", "too late"), ("Extended", "term 2", ""), ("Noticed", "s/2", ""),
            ("Ended", "", ""),
    ]  # fmt: skip
    assert named(late, "agreement/Ended").at == at("2026-03-01")


@pytest.mark.parametrize("seed", range(3))
def test_drawn_agreements_agree_in_place_and_anew(seed):
    for index in range(25):
        case, _, _ = drawn(1000 + seed, index)
        found, _ = swept(case.contract, case.events, case.until)
        careful, _ = swept(case.contract, case.events, case.until, careful=True)
        assert found == careful, f"pair {index} of seed {1000 + seed}"


@pytest.mark.parametrize("seed", range(2))
def test_what_was_known_then_is_what_a_run_then_says(seed):
    for index in range(15):
        case, _, _ = drawn(2000 + seed, index)
        program = plan_contract(case.contract)
        whole = run(program, case.events, case.until)
        instants = sorted({p.known for p in whole if p.known < case.until})
        for instant in instants[:: max(1, len(instants) // 3)]:
            then = run(program, [e for e in case.events if e.known <= instant], instant + 1)
            # What lies before the events of the next instant is posted by a run that ends there.
            assert [p for p in then if p.known <= instant] == list(whole.as_known_at(instant))
