"""Windows: what they count, when they settle, and what is owed of them."""

from fractions import Fraction

from bpodsl.terms import Accrue, OnHappens, OnSettled, Raise, Recurrence, kinds
from bpodsl.terms import expressions as ex
from tests.engine.running import entries, ledger, numbers, posted, swept
from tests.reference.build import (
    MONTH,
    QUARTER,
    YEAR,
    account,
    at,
    back,
    contract,
    count,
    days,
    event,
    events,
    figure,
    hours,
    kind,
    line,
    money,
    named,
    norm,
    number,
    on,
    outcomes,
    rule,
    same,
    share_of,
    state,
    total,
    within,
)  # fmt: skip

SHARE = kinds.SHARE
GBP = kinds.money("GBP")


def calls(*figures, **tables):
    """Calls of a team, with units."""
    return contract(
        events=[kind("call", "team", units=kinds.NUMBER)], figures=figures, **tables,
    )  # fmt: skip


def call(when, n, units, team="a", **others):
    return event("call", when, n, team=team, units=units, **others)


def values(found, clause):
    return [(e.period, *(text for _, text in e.key), e.number("value")) for e in found.outcome
            if e.kind == "Settled" and e.clause == clause]  # fmt: skip


def test_groups_seen_and_groups_stated():
    seen = figure("seen", total("call", "units"), by=("team",))
    stated = figure("stated", total("call", "units"), by=(("team", ("a", "b")),))
    found = ledger(calls(seen, stated), [call("2026-01-10", 1, 2, "a"), call("2026-02-10", 2, 3, "c")], "2026-03-01")
    assert values(found, "seen") == [("2026-01", "a", 2), ("2026-02", "c", 3)]
    assert values(found, "stated") == [
        ("2026-01", "a", 2), ("2026-01", "b", 0), ("2026-02", "a", 0), ("2026-02", "b", 0),
    ]  # fmt: skip


def test_figures_of_windows():
    monthly = figure("units", total("call", "units"))
    quarter = figure("worst", ex.Aggregate("max", ex.FigureRows("units"), value=ex.RowValue()), QUARTER)
    carried = figure("carried", ex.Arithmetic("+", same("units"), back("carried", number(100))))
    three = figure("three", ex.Aggregate("sum", ex.FigureRows("units", 2), value=ex.RowValue()))
    found = ledger(
        calls(monthly, quarter, carried, three), [call("2026-01-10", 1, 2), call("2026-03-10", 2, 5)], "2026-04-01"
    )
    assert values(found, "worst") == [("2026-Q1", 5)]
    assert values(found, "carried") == [("2026-01", 102), ("2026-02", 102), ("2026-03", 107)]
    assert values(found, "three") == [("2026-01", 0), ("2026-02", 2), ("2026-03", 2)]
    assert named(found, "carried/Settled/2026-02").entry_causes == ("carried/Settled/2026-01", "units/Settled/2026-02")


def test_an_event_on_a_window_end_belongs_to_the_next():
    found = ledger(
        calls(figure("n", count(events("call")))), [call("2026-02-01", 1, 1), call(at("2026-02-01") - 1, 2, 1)],
        "2026-03-01",
    )  # fmt: skip
    assert values(found, "n") == [("2026-01", 1), ("2026-02", 1)]


def test_a_window_waits_for_what_was_opened_in_it():
    contract_ = contract(
        events=[kind("opened", "ticket"), kind("resolved", "ticket")],
        norms=[norm("restore", opening="opened", acts="resolved", by=("ticket",), due=within(days(60)))],
        figures=[
            figure("waits", share_of("restore", "opened"), of=SHARE),
            figure("does_not", share_of("restore", "opened"), of=SHARE, settle_latest=days(5)),
        ],
    )
    story = [
        event("opened", "2026-01-10", 1, ticket="A"), event("opened", "2026-01-11", 2, ticket="B"),
        event("resolved", "2026-01-12", 3, ticket="A"), event("resolved", "2026-02-20T10:00", 4, ticket="B"),
    ]  # fmt: skip
    found = ledger(contract_, story, "2026-03-01")
    waits, does_not = named(found, "waits/Settled/2026-01"), named(found, "does_not/Settled/2026-01")
    assert (waits.at, waits.place, len(waits.entry_causes)) == (at("2026-02-20T10:00"), 10, 2)
    # The five days are 1 to 5 February.
    assert (does_not.at, does_not.place, does_not.entry_causes) == (at("2026-02-06"), 1, ("restore/Fulfilled/s/1",))


def test_a_late_settlement_refills_the_cap():
    fees = figure("fees", total("call", "units"), of=GBP, by=("team",))
    other = figure("extra", ex.Arithmetic("*", same("fees"), number(1)), of=GBP, by=("team",), settle_after=days(40))
    contract_ = calls(
        fees, other, lines=[line("charge", "fees"), line("more", "extra")],
        accounts=[account("cap", money(100), "charge more", YEAR)],
    )  # fmt: skip
    story = [call("2026-01-10", 1, 60), call("2026-02-10", 2, 50)]
    found, remade = swept(contract_, story, "2026-05-01")
    assert remade == 0
    # In order: charge and more of January, charge and more of February.
    assert {(e.clause, e.period): e.number("amount") for e in found.outcome if e.kind == "Accrued"} == {
        ("charge", "2026-01"): 60, ("more", "2026-01"): 40, ("charge", "2026-02"): 0, ("more", "2026-02"): 0,
    }  # fmt: skip
    # 40 days after 31 January end on 12 March: then the February charge is cut anew.
    assert ("Reversed", "charge/Accrued/2026-02/a", at("2026-03-13"), 0) in posted(found, "charge")


def test_negative_sums_free_no_cap():
    adjusted = figure("fees", total("call", "units"), of=GBP)
    contract_ = calls(adjusted, lines=[line("charge", "fees")], accounts=[account("cap", money(100), "charge", YEAR)])
    found = ledger(contract_, [call("2026-01-10", 1, 80), call("2026-02-10", 2, -50), call("2026-03-10", 3, 50)],
                   "2026-05-01")  # fmt: skip
    assert [e.number("amount") for e in found.outcome if e.kind == "Accrued"] == [80, -50, 20]


def test_three_of_six_in_each_window_that_counts():
    low = figure("low", total("call", "units"))
    bad = ex.Compare("<", same("low"), number(1))
    once = rule("chronic", OnSettled("low"), Raise("chronic"), when=bad, recurrence=Recurrence(3, 6))
    begins = rule("begins", OnSettled("low"), when=bad, recurrence=Recurrence(3, 6, fires="becoming"))
    used = rule("used", OnSettled("low"), when=bad, recurrence=Recurrence(3, 6, resets=True))
    # Bad: January, February, April, May, June.
    found = ledger(calls(low, rules=[once, begins, used]), [call("2026-03-10", 1, 5)], "2026-07-01")
    assert [p for _, p, _ in entries(found, "chronic", "Fired")] == ["2026-04", "2026-05", "2026-06"]
    assert [p for _, p, _ in entries(found, "begins", "Fired")] == ["2026-04"]
    assert [p for _, p, _ in entries(found, "used", "Fired")] == ["2026-04"]
    counted = tuple(f"low/Settled/2026-{month}" for month in ("01", "02", "04"))
    assert named(found, "chronic/Fired/2026-04").entry_causes == counted


def test_lengths_of_states_are_cut_at_the_window():
    outage = state("outage", "down", "up")
    contract_ = contract(
        events=[kind("down"), kind("up")], states=[outage],
        figures=[figure("off", ex.LengthOf(ex.StateTimes("outage")), of=kinds.LENGTH)],
    )  # fmt: skip
    found = ledger(contract_, [event("down", "2026-01-31T22:00", 1), event("up", "2026-02-01T01:00", 2)], "2026-03-01")
    assert [v for _, v in values(found, "off")] == [2 * 3_600_000_000, 3_600_000_000]


def test_sums_by_event_are_rounded_once():
    priced = rule("price", OnHappens(on("call")), Accrue("fee", ex.Arithmetic("/", ex.FieldOf("units"), number(3))))
    found = ledger(calls(lines=[line("fee")], rules=[priced]), [call("2026-01-10", 1, 2), call("2026-01-11", 2, 0)],
                   "2026-03-01")  # fmt: skip
    accrued = [e for e in found.outcome if e.kind == "Accrued"]
    assert [numbers(e)["amount"] for e in accrued] == [Fraction(67, 100)]
    assert accrued[0].name == "fee/Accrued/s/1"


def test_counted_at_an_early_deadline_on_the_window_end():
    # Due at the end of 31 January: the miss at midnight belongs to January.
    contract_ = contract(
        events=[kind("opened", "ticket")],
        norms=[norm("restore", opening="opened", acts=(), by=("ticket",), due=within(days(5))),
               norm("quick", opening="opened", acts=(), by=("ticket",), due=within(hours(138)))],
        figures=[figure("by_day", count(outcomes("restore", "missed")), MONTH),
                 figure("by_hour", count(outcomes("quick", "missed")), MONTH)],
    )  # fmt: skip
    found = ledger(contract_, [event("opened", "2026-01-26T06:00", 1, ticket="A")], "2026-03-01")
    assert values(found, "by_day") == [("2026-01", 1), ("2026-02", 0)]
    assert values(found, "by_hour") == [("2026-01", 0), ("2026-02", 1)]
