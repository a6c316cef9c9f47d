"""§8: rules fire on windows, events, outcomes and lasting states, as often as they say."""

import pytest

from bpodsl.reference import run
from bpodsl.terms import OnHappens, OnLasting, OnOutcome, OnSettled, Raise, Recurrence
from bpodsl.terms import expressions as ex
from tests.reference.build import (
    Length,
    at,
    contract,
    days,
    event,
    figure,
    hours,
    is_,
    kind,
    named,
    names,
    norm,
    number,
    on,
    rule,
    state,
    target,
    within,
)
from tests.reference.build import kinds as k

KINDS = [kind("sale", amount=k.NUMBER), kind("call", who=k.TEXT), kind("down", "id"), kind("up", "id"),
         kind("opened", "id"), kind("never")]  # fmt: skip
MEAN = ex.Aggregate("mean", ex.EventRows("sale"), value=ex.FieldOf("amount"))
SOLD = figure("sold", MEAN, target=target(">=", number(10)))


def fired(pattern, recurrence, **others):
    """The months in which a rule fires; `m` missed, `k` kept, `-` not measured."""
    given = [
        event("sale", f"2026-{n:02d}-10", n, amount={"m": 1, "k": 10}[letter])
        for n, letter in enumerate(pattern, 1)
        if letter != "-"
    ]
    missed = rule("r", OnSettled("sold"), Raise("so"), when=is_("missed", "sold"), recurrence=recurrence)
    agreed = contract(events=KINDS, figures=[SOLD], rules=[missed])
    ledger = run(agreed, given, at(f"2026-{len(pattern) + 1:02d}-02"))
    return [int(e.period[-2:]) for e in ledger.outcome if e.kind == "Fired"]


@pytest.mark.parametrize(
    ("pattern", "recurrence", "expected"),
    [
        ("mkm", None, [1, 3]),
        ("mkmmkk", Recurrence(2, 3), [3, 4]),
        ("mkmmkk", Recurrence(2, 3, fires="each"), [3, 4, 5]),
        ("mkmmkkmm", Recurrence(2, 3, fires="becoming"), [3, 8]),
        ("mmmmm", Recurrence(2, 3, resets=True), [2, 4]),
        ("mkmmm", Recurrence(2), [4, 5]),
        ("mm-mm", Recurrence(3), []),
        ("mm-mm", Recurrence(3, unmeasured="skipped"), [4, 5]),
        ("mm--", Recurrence(2, fires="each", unmeasured="skipped"), [2, 3, 4]),
        ("mmmmm", Recurrence(2, resets=True), [2, 4]),
        ("mmmkmm", Recurrence(2, fires="becoming"), [2, 6]),
        ("m-m", Recurrence(2, 3), [3]),
        ("m--m", Recurrence(2, 3), []),
        ("m--m", Recurrence(2, 3, unmeasured="skipped"), [4]),
        ("mk-km", Recurrence(2, 3, unmeasured="skipped"), []),
        ("m-k-m", Recurrence(2, 3, unmeasured="skipped"), [5]),
        ("mm-", Recurrence(2, 2, fires="each", unmeasured="skipped"), [2, 3]),
        ("mm-m", Recurrence(2, 2, fires="becoming", unmeasured="skipped"), [2]),
        ("m-m-mm", Recurrence(2, 3, resets=True, unmeasured="skipped"), [3, 6]),
    ],
)
def test_recurrence_among_windows(pattern, recurrence, expected):
    assert fired(pattern, recurrence) == expected


def test_a_firing_names_the_windows_that_counted():
    given = [event("sale", f"2026-{n:02d}-10", n, amount=1) for n in (1, 3)] + [
        event("sale", "2026-02-10", 2, amount=10)
    ]
    missed = rule("r", OnSettled("sold"), Raise("so"), when=is_("missed", "sold"), recurrence=Recurrence(2, 3))
    ledger = run(contract(events=KINDS, figures=[SOLD], rules=[missed]), given, at("2026-04-02"))
    entry = named(ledger, "r/Fired/2026-03")
    assert entry.entry_causes == ("sold/Settled/2026-01", "sold/Settled/2026-03")
    assert (entry.number("count"), entry.place) == (2, 1)
    assert named(ledger, "r/Raised/2026-03").words == "so"


SLOW = norm("fix", opening="opened", acts="never", by=("id",), due=within(days(100)))


def slow_windows(recurrence):
    """January waits until April for an instance; February and March are settled before it."""
    value = ex.Aggregate("count", ex.OutcomeRows("fix", ("missed",), "opened"))
    low = figure("low", value, target=target("<=", number(-1)))
    missed = rule("r", OnSettled("low"), when=is_("missed", "low"), recurrence=recurrence)
    agreed = contract(events=KINDS, figures=[low], rules=[missed], norms=[SLOW])
    ledger = run(agreed, [event("opened", "2026-01-05", 1, id="A")], at("2026-04-20"))
    return [(e.period, e.at) for e in ledger.outcome if e.kind == "Fired"]


def test_a_window_that_settles_late_makes_those_after_it_be_judged_again():
    settled = at("2026-04-16")  # the first instant after the hundredth day
    assert slow_windows(Recurrence(3)) == [("2026-03", settled)]


def test_with_a_reset_windows_wait_for_those_before_them():
    settled = at("2026-04-16")
    assert slow_windows(Recurrence(2, 2, resets=True)) == [("2026-02", settled)]


def test_occurrences_in_a_trailing_span():
    calls = [event("call", t, n) for n, t in enumerate(("2026-01-05T10:00", "2026-01-05T20:00", "2026-01-06T09:59",
                                                         "2026-01-06T20:00"), 1)]  # fmt: skip

    def fires(recurrence):
        agreed = contract(events=KINDS, rules=[rule("r", OnHappens(on("call")), recurrence=recurrence)])
        return [e.instance for e in run(agreed, calls, at("2026-01-10")).outcome if e.kind == "Fired"]

    assert fires(Recurrence(3, span=hours(24))) == ["s/3"]  # at 20:00 the call of 20:00 is just out
    assert fires(Recurrence(2, span=hours(24))) == ["s/2", "s/3", "s/4"]
    assert fires(Recurrence(2, span=hours(24), fires="becoming")) == ["s/2", "s/4"]
    assert fires(Recurrence(2, span=hours(24), resets=True)) == ["s/2", "s/4"]
    assert fires(Recurrence(3, span=days(1))) == []
    assert fires(Recurrence(3, span=days(2))) == ["s/3", "s/4"]


def test_occurrences_of_outcomes():
    quick = norm("fix", opening="opened", acts="never", by=("id",), due=within(hours(4)))
    twice = rule("r", OnOutcome("fix", "missed"), recurrence=Recurrence(2, span=days(30)))
    given = [event("opened", f"2026-01-{n:02d}", n, id=str(n)) for n in (5, 6)]
    ledger = run(contract(events=KINDS, norms=[quick], rules=[twice]), given, at("2026-02-01"))
    assert named(ledger, "r/Fired/s/6").entry_causes == ("fix/Missed/s/5", "fix/Missed/s/6")


def lasting(edge, length, end):
    outage = state("outage", "down", "up", by=("id",))
    long = rule("r", OnLasting("outage", length, edge), Raise("long"))
    given = [event("down", "2026-01-05T10:00", 1, id="A"), event("up", end, 2, id="A")]
    ledger = run(contract(events=KINDS, states=[outage], rules=[long]), given, at("2026-01-20"))
    return [(e.instance, e.at, e.place) for e in ledger.outcome if e.kind == "Fired"]


def test_a_state_that_lasts():
    end = "2026-01-05T14:00"
    assert lasting("at least", hours(4), end) == [("s/1", at(end), 0)]
    assert lasting("more than", hours(4), end) == []
    assert lasting("more than", hours(4), "2026-01-05T14:01") == [("s/1", at(end), 9)]
    assert lasting("at least", Length(4 * hours(1).amount, "elapsed"), "2026-01-05T13:59") == []
    assert lasting("at least", days(2), "2026-01-08") == [("s/1", at("2026-01-08"), 0)]
    assert lasting("at least", days(2), "2026-01-07T23:59") == []


def test_rules_on_events_only_while_in_force():
    given = [event("call", t, n) for n, t in enumerate(("2025-12-31", "2026-01-01", "2026-02-01"), 1)]
    agreed = contract(events=KINDS, rules=[rule("r", OnHappens(on("call")))], last="2026-01-31")
    ledger = run(agreed, given, at("2026-03-01"))
    assert names(ledger, "Fired", "Noted") == ["agreement/Noted/s/1", "r/Fired/s/2", "agreement/Noted/s/3"]
    assert named(ledger, "agreement/Noted/s/1").words == "before the start"
    assert named(ledger, "agreement/Noted/s/3").words == "after the end"
