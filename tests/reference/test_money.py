"""§7: lines are rounded once and cut by the accounts that list them; §8: accruals."""

from fractions import Fraction

from bpodsl.reference import run
from bpodsl.terms import Accrue, OnHappens, OnOutcome, OnSettled, Recurrence
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.reference.build import (
    MONTH,
    YEAR,
    account,
    at,
    contract,
    days,
    event,
    figure,
    hours,
    kind,
    line,
    money,
    named,
    names,
    norm,
    number,
    on,
    postings,
    rule,
    same,
    target,
    total,
    within,
)
from tests.reference.build import kinds as k

KINDS = [kind("sale", amount=k.NUMBER, site=k.TEXT), kind("fine", amount=k.NUMBER), kind("opened", "id"), kind("never")]
SALES = figure("sales", total("sale", "amount"))
GBP = k.money("GBP")


def ran(*given, until="2026-07-01", figures=(SALES,), **tables):
    return run(contract(events=KINDS, figures=figures, **tables), given, at(until))


def amounts(ledger):
    return {e.name: e.number("amount") for e in ledger.outcome if e.kind == "Accrued"}


def test_a_line_is_rounded_once_and_zero_is_not_posted():
    ledger = ran(
        event("sale", "2026-01-10", 1, amount=Fraction(10005, 1000)),
        event("sale", "2026-03-10", 2, amount=Fraction(-10005, 1000)),
        event("sale", "2026-04-10", 3, amount=Fraction(1, 1000)),
        lines=[line("fee", "sales")],
    )
    assert amounts(ledger) == {
        "fee/Accrued/2026-01": Fraction(1001, 100), "fee/Accrued/2026-03": Fraction(-1001, 100),
    }  # fmt: skip
    entry = named(ledger, "fee/Accrued/2026-01")
    assert [(n.name, n.text) for n in entry.numbers] == [
        ("amount", "1001/100"), ("exact", "2001/200"), ("payer", "provider"), ("payee", "client"), ("currency", "GBP"),
    ]  # fmt: skip
    assert entry.entry_causes == ("sales/Settled/2026-01",)


def test_a_monthly_cap_is_filled_in_the_stated_order():
    ledger = ran(
        event("sale", "2026-01-10", 1, amount=60),
        lines=[line("a", "sales"), line("b", "sales")],
        accounts=[account("cap", money(100), "b a")],
    )
    assert amounts(ledger) == {"b/Accrued/2026-01": 60, "a/Accrued/2026-01": 40}
    capped = named(ledger, "cap/Capped/a/2026-01")
    assert [(n.name, n.text) for n in capped.numbers] == [
        ("limit", "100"), ("used", "60"), ("wanted", "60"), ("posted", "40"),
    ]  # fmt: skip
    assert names(ledger, "Capped") == ["cap/Capped/a/2026-01"]


def test_a_rolling_cap_looks_back():
    ledger = ran(
        *[event("sale", f"2026-0{n}-10", n, amount=50) for n in range(1, 6)],
        lines=[line("fee", "sales")],
        accounts=[account("cap", money(120), "fee", Grid("month", span=3))],
    )
    # 50, 50, then 20 are left; of February to April 70 are used, so 50 fit; of March to May 70 again.
    assert list(amounts(ledger).values()) == [50, 50, 20, 50, 50]


def test_caps_cut_one_after_another_and_negative_amounts_free_nothing():
    ledger = ran(
        event("sale", "2026-01-10", 1, amount=80),
        event("sale", "2026-02-10", 2, amount=-30),
        event("sale", "2026-03-10", 3, amount=80),
        lines=[line("fee", "sales")],
        accounts=[account("month", money(50), "fee", MONTH), account("year", money(90), "fee", YEAR)],
    )
    assert list(amounts(ledger).values()) == [50, -30, 40]
    assert named(ledger, "year/Capped/fee/2026-03").number("wanted") == 50


def test_posted_as_zero_by_a_cap():
    ledger = ran(
        *[event("sale", f"2026-0{n}-10", n, amount=50) for n in (1, 2)],
        lines=[line("fee", "sales")],
        accounts=[account("cap", money(50), "fee", YEAR)],
    )
    assert list(amounts(ledger).values()) == [50, 0]


def test_a_limit_of_another_figure_in_the_window():
    ledger = ran(
        event("sale", "2026-01-10", 1, amount=1000),
        figures=[SALES, figure("credit", number(300), of=GBP)],
        lines=[line("fee", "credit")],
        accounts=[account("cap", ex.Arithmetic("*", same("sales"), number(Fraction(12, 100))), "fee")],
    )
    assert named(ledger, "fee/Accrued/2026-01").number("amount") == 120
    assert named(ledger, "fee/Accrued/2026-02").number("amount") == 0


def test_a_late_settlement_refills_the_cap():
    slow = norm("fix", opening="opened", acts="never", by=("id",), due=within(days(40)))
    waits = figure("waits", ex.Arithmetic("*", ex.Aggregate("count", ex.OutcomeRows("fix", ("missed",), "opened")),
                                          number(50)))  # fmt: skip
    ledger = ran(
        event("opened", "2026-01-10", 1, id="A"),
        event("sale", "2026-02-10", 2, amount=80),
        figures=[SALES, waits],
        lines=[line("a", "waits"), line("b", "sales")],
        accounts=[account("cap", money(100), "a b", YEAR)],
        norms=[slow],
    )
    # January settles on 20 February, before February does.
    assert amounts(ledger) == {"a/Accrued/2026-01": 50, "b/Accrued/2026-02": 50}
    later = norm("fix", opening="opened", acts="never", by=("id",), due=within(days(70)))
    ledger = ran(
        event("opened", "2026-01-10", 1, id="A"),
        event("sale", "2026-02-10", 2, amount=80),
        figures=[SALES, waits],
        lines=[line("a", "waits"), line("b", "sales")],
        accounts=[account("cap", money(100), "a b", YEAR)],
        norms=[later],
    )
    settled = at("2026-03-22")
    assert amounts(ledger) == {"a/Accrued/2026-01": 50, "b/Accrued/2026-02": 50}
    assert postings(ledger, "Accrued", "Capped") == [
        ("Accrued", "b/Accrued/2026-02", at("2026-03-01")),
        ("Reversed", "b/Accrued/2026-02", settled),
        ("Reissued", "b/Accrued/2026-02#1", settled),
        ("Capped", "cap/Capped/b/2026-02", settled),
        ("Accrued", "a/Accrued/2026-01", settled),
    ]


def test_accruals_of_events_outcomes_and_windows():
    missed = norm("fix", opening="opened", acts="never", by=("id",), due=within(hours(4)),
                  after=(("missed", Accrue("damages", money(10))),))  # fmt: skip
    low = figure("low", total("sale", "amount"), target=target(">=", number(5)))
    ledger = ran(
        event("opened", "2026-01-10T10:00", 1, id="A"),
        event("fine", "2026-01-12", 2, amount=7),
        figures=[low],
        norms=[missed],
        lines=[line("damages"), line("fines"), line("low_fee")],
        rules=[
            rule("fined", OnHappens(on("fine")), Accrue("fines", ex.FieldOf("amount")), Accrue("fines", money(1))),
            rule("lows", OnSettled("low"), Accrue("low_fee", ex.Arithmetic("-", number(5), same("low"))),
                 when=ex.Standing("low", "missed", ex.Same()), recurrence=Recurrence(2, 3)),
            rule("misses", OnOutcome("fix", "missed"), Accrue("damages", money(3))),
        ],
        until="2026-03-02",
    )  # fmt: skip
    assert amounts(ledger) == {
        "damages/Accrued/s/1": 10, "damages/Accrued/s/1~2": 3, "fines/Accrued/s/2": 7, "fines/Accrued/s/2~2": 1,
        "low_fee/Accrued/2026-02": 5,
    }  # fmt: skip
    assert named(ledger, "damages/Accrued/s/1").entry_causes == ("fix/Missed/s/1",)
    assert named(ledger, "low_fee/Accrued/2026-02").entry_causes == ("lows/Fired/2026-02",)


def test_what_a_line_has_posted():
    sum_of = figure("net", ex.Posted("fee"), of=GBP)
    ledger = ran(
        event("sale", "2026-01-10", 1, amount=80),
        figures=[SALES, sum_of],
        lines=[line("fee", "sales")],
        accounts=[account("cap", money(50), "fee")],
    )
    settled = named(ledger, "net/Settled/2026-01")
    assert settled.number("value") == 50 and settled.entry_causes == ("fee/Accrued/2026-01",)
    assert named(ledger, "net/Settled/2026-02").number("value") == 0


def test_marginal_bands_and_steps():
    def bands(subject):
        return ex.Bands(subject, (ex.Band(number(100), number(2)), ex.Band(number(300), number(1)),
                                  ex.Band(None, number(Fraction(1, 2)))))  # fmt: skip

    table = ex.Table(same("sales"), (ex.Row(">=", number(400), number(3)), ex.Row(">=", number(100), number(2))), None)
    ledger = ran(event("sale", "2026-01-10", 1, amount=420), event("sale", "2026-02-10", 2, amount=100),
                 figures=[SALES, figure("charge", bands(same("sales"))), figure("step", table)])  # fmt: skip
    assert [named(ledger, f"charge/Settled/2026-0{n}").number("value") for n in (1, 2, 3)] == [460, 200, 0]
    assert [named(ledger, f"step/Settled/2026-0{n}").numbers[0].text for n in (1, 2, 3)] == [
        "3", "2", "not measured: no row applies",
    ]  # fmt: skip
