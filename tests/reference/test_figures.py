"""§7: windows close, figures wait and settle, and say what went into them."""

from datetime import date
from fractions import Fraction

from attrs import evolve

from bpodsl.reference import run
from bpodsl.terms import NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.reference.build import (
    DAY,
    MONTH,
    QUARTER,
    WHOLE_TERM,
    YEAR,
    at,
    back,
    contract,
    count,
    days,
    event,
    events,
    field_is,
    figure,
    hours,
    is_,
    kind,
    minutes,
    named,
    names,
    norm,
    number,
    office,
    outcomes,
    period,
    same,
    share,
    share_of,
    state,
    target,
    total,
    within,
)
from tests.reference.build import kinds as k

KINDS = [
    kind("opened", "id", site=k.one_of("x", "y")), kind("done", "id"), kind("sale", amount=k.NUMBER, site=k.TEXT),
    kind("report", month=k.period("month"), amount=k.NUMBER, site=k.TEXT),
    kind("outage", "id", from_field="a", to_field="b"), kind("down", "id"), kind("up", "id"),
]  # fmt: skip
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)))
HOUR = 3_600_000_000


def ran(figures, *given, until="2027-02-01", **tables):
    return run(contract(events=KINDS, figures=figures, **tables), given, at(until))


def value(ledger, name):
    return named(ledger, name).number("value")


def test_a_share_counts_what_was_decided_in_the_month():
    ledger = ran(
        [figure("rate", share_of("fix"), target=target(">=", share(Fraction(3, 4))))],
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T11:00", 2, id="A"),
        event("opened", "2026-01-31T22:00", 3, id="B"),
        event("opened", "2026-01-30T22:00", 4, id="C"),
        norms=[FIX],
    )
    settled = named(ledger, "rate/Settled/2026-01")
    assert settled.number("value") == Fraction(1, 2)
    assert settled.entry_causes == ("fix/Fulfilled/s/1", "fix/Missed/s/4")
    assert [(n.name, n.text) for n in settled.numbers] == [("value", "1/2"), ("target", "3/4"), ("standing", "missed")]
    assert value(ledger, "rate/Settled/2026-02") == 0  # B was missed on 1 February at 2:00
    assert value(ledger, "rate/Settled/2026-03") == NotMeasured("division by zero")
    assert named(ledger, "rate/Settled/2026-03").number("standing") == "not measured"


def test_an_early_deadline_belongs_to_the_window_that_ends_with_it():
    by_day = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(1)))
    ledger = ran(
        [figure("n", count(outcomes("fix", "missed")))], event("opened", "2026-01-30", 1, id="A"), norms=[by_day]
    )
    assert (value(ledger, "n/Settled/2026-01"), value(ledger, "n/Settled/2026-02")) == (1, 0)
    late = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(48)))
    ledger = ran(
        [figure("n", count(outcomes("fix", "missed")))], event("opened", "2026-01-30", 1, id="A"), norms=[late]
    )
    assert (value(ledger, "n/Settled/2026-01"), value(ledger, "n/Settled/2026-02")) == (0, 1)


def test_counted_when_opened_waits_for_the_undecided():
    slow = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(10)))
    rate = figure("rate", share_of("fix", "opened"))
    given = [event("opened", "2026-01-25", 1, id="A"), event("done", "2026-02-03T12:00", 2, id="A")]
    settled = named(ran([rate], *given, norms=[slow]), "rate/Settled/2026-01")
    assert (settled.at, settled.place, settled.number("value")) == (at("2026-02-03T12:00"), 10, 1)
    missed = named(ran([rate], given[0], norms=[slow]), "rate/Settled/2026-01")
    assert (missed.at, missed.place, missed.number("value")) == (at("2026-02-05"), 1, 0)
    latest = figure("rate", share_of("fix", "opened"), settle_latest=days(2))
    early = named(ran([latest], *given, norms=[slow]), "rate/Settled/2026-01")
    assert (early.at, early.place, early.number("value")) == (at("2026-02-03"), 1, NotMeasured("division by zero"))


def test_counted_when_due_or_performed():
    slow = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(10)))
    figures = [
        figure("due", count(outcomes("fix", "fulfilled", counted="due"))),
        figure("performed", count(outcomes("fix", "missed", counted="performed"))),
    ]
    ledger = ran(
        figures,
        event("opened", "2026-01-25", 1, id="A"),
        event("done", "2026-01-26", 2, id="A"),
        event("opened", "2026-01-10", 3, id="B"),
        event("done", "2026-02-01", 4, id="B"),
        norms=[slow],
    )
    assert [value(ledger, f"due/Settled/2026-0{n}") for n in (1, 2)] == [0, 1]
    assert [value(ledger, f"performed/Settled/2026-0{n}") for n in (1, 2)] == [0, 1]


def test_cured_may_count():
    curing = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), cure=within(days(2)))
    ledger = ran(
        [figure("n", count(outcomes("fix", "fulfilled", "cured", counted="opened")))],
        event("opened", "2026-01-05", 1, id="A"),
        event("done", "2026-01-06", 2, id="A"),
        norms=[curing],
    )
    assert value(ledger, "n/Settled/2026-01") == 1


def test_availability_with_overlapping_states_counts_once():
    outage = state("outage", by=("id",), intervals="outage")
    down = state("manual", "down", "up", by=("id",))
    times = ex.LessTimes(ex.CalendarTimes("office"), ex.UnionTimes((ex.StateTimes("outage"), ex.StateTimes("manual"))))
    open_time = ex.LengthOf(ex.CalendarTimes("office"))
    ledger = ran(
        [figure("up", ex.Arithmetic("/", ex.LengthOf(times), open_time), shows=(("open", open_time),))],
        event("outage", "2026-01-05T10:00", 1, until="2026-01-05T12:00", id="A"),
        event("outage", "2026-01-05T11:00", 2, until="2026-01-05T13:00", id="B"),
        event("down", "2026-01-05T12:30", 3, id="A"),
        event("up", "2026-01-05T14:00", 4, id="A"),
        event("down", "2026-01-31T00:00", 5, id="C"),  # a Saturday; open beyond the end
        states=[outage, down], calendars=[office()],
    )  # fmt: skip
    settled = named(ledger, "up/Settled/2026-01")
    # January 2026 has 22 working days of eight hours; four hours were down.
    assert settled.number("value") == Fraction(22 * 8 - 4, 22 * 8)
    assert settled.number("open") == 22 * 8 * HOUR and settled.numbers[1].text == str(22 * 8 * 3600)
    assert set(settled.entry_causes) == {
        "manual/Opened/s/3", "manual/Opened/s/5", "outage/Opened/s/1", "outage/Opened/s/2",
    }  # fmt: skip


def test_states_are_cut_at_the_window():
    manual = state("manual", "down", "up")
    figures = [
        figure("length", ex.LengthOf(ex.StateTimes("manual")), of=k.LENGTH),
        figure("longest", ex.Aggregate("max", ex.StateRows("manual"), value=ex.Reading()), of=k.LENGTH),
    ]
    given = [event("down", "2026-01-31T22:00", 1), event("up", "2026-02-01T01:00", 2)]
    ledger = ran(figures, *given, states=[manual])
    assert (value(ledger, "length/Settled/2026-01"), value(ledger, "length/Settled/2026-02")) == (2 * HOUR, HOUR)
    assert value(ledger, "longest/Settled/2026-01") == 2 * HOUR
    assert value(ledger, "longest/Settled/2026-02") == NotMeasured("nothing to measure")


def test_groups_stated_and_groups_seen():
    stated = figure("stated", count(events("opened")), by=[("site", ("x", "y"))])
    seen = figure("seen", count(events("opened"), field_is("site", "x")), by=["site"])
    ledger = ran(
        [stated, seen],
        event("opened", "2026-01-05", 1, id="A", site="y"),
        event("opened", "2026-01-06", 2, id="B"),
        until="2026-02-02",
    )
    assert names(ledger, "Settled") == [
        "seen/Settled/2026-01/y",
        "stated/Settled/2026-01/x",
        "stated/Settled/2026-01/y",
    ]
    assert value(ledger, "stated/Settled/2026-01/y") == 1
    assert value(ledger, "seen/Settled/2026-01/y") == 0  # seen before the condition is asked


def test_each_group_waits_for_its_own_instances():
    slow = norm("fix", opening="opened", acts="done", by=("id", "site"), due=within(days(10)))
    rate = figure("rate", share_of("fix", "opened"), by=[("site", ("x", "y"))])
    ledger = ran([rate], event("opened", "2026-01-25", 1, id="A", site="x"), norms=[slow])
    assert named(ledger, "rate/Settled/2026-01/y").at == at("2026-02-01")
    assert named(ledger, "rate/Settled/2026-01/x").at == at("2026-02-05")


def test_rolling_and_yearly_windows_over_months():
    monthly = figure("monthly", total("sale", "amount"))
    rolling = figure(
        "rolling", ex.Aggregate("mean", ex.FigureRows("monthly"), value=ex.RowValue()), Grid("month", span=3)
    )
    yearly = figure("yearly", ex.Aggregate("sum", ex.FigureRows("monthly"), value=ex.RowValue()), YEAR)
    given = [event("sale", f"2026-{n:02d}-10", n, amount=n) for n in range(1, 13)]
    ledger = ran([monthly, rolling, yearly], *given)
    assert value(ledger, "rolling/Settled/2026-01") == 1  # the part of it inside the term
    assert value(ledger, "rolling/Settled/2026-03..2026-05") == 4
    assert value(ledger, "yearly/Settled/2026") == 78
    assert len(named(ledger, "yearly/Settled/2026").entry_causes) == 12


def test_the_last_windows_of_a_figure():
    monthly = figure("monthly", total("sale", "amount"))
    three = ex.Aggregate("sum", ex.FigureRows("monthly", 3), value=ex.RowValue())
    given = [event("sale", f"2026-{n:02d}-10", n, amount=n) for n in range(1, 7)]
    ledger = ran([monthly, figure("before", three)], *given)
    assert [value(ledger, f"before/Settled/2026-0{n}") for n in (1, 2, 4, 6)] == [0, 1, 6, 12]


def test_previous_with_a_first_value():
    grow = figure("grow", ex.Arithmetic("+", back("grow", number(10)), total("sale", "amount")))
    ledger = ran([grow], event("sale", "2026-02-10", 1, amount=5))
    assert [value(ledger, f"grow/Settled/2026-0{n}") for n in (1, 2, 3)] == [10, 15, 15]
    assert named(ledger, "grow/Settled/2026-02").entry_causes == ("grow/Settled/2026-01",)


def test_a_figure_waits_for_those_it_reads():
    slow = figure("slow", total("sale", "amount"), settle_after=days(5))
    reader = figure("reader", ex.Arithmetic("*", same("slow"), number(2)))
    after = figure("after", back("reader", number(0)))
    ledger = ran([reader, slow, after], event("sale", "2026-01-10", 1, amount=4))
    assert named(ledger, "reader/Settled/2026-01").at == at("2026-02-06")
    assert named(ledger, "reader/Settled/2026-01").number("value") == 8
    assert named(ledger, "after/Settled/2026-02").at == at("2026-03-01")


def test_settling_time_in_hours_and_working_days():
    by_clock = figure("clock", number(1), settle_after=hours(12))
    ledger = ran([by_clock])
    settled = named(ledger, "clock/Settled/2026-01")
    assert (settled.at, settled.place) == (at("2026-02-01T12:00"), 1)


def test_partial_windows_kept_or_left_out():
    kept = figure("kept", ex.WindowLength(False), shows=(("whole", ex.WindowLength(True)),))
    left = figure("left", number(1), evolve(MONTH, partial="exclude"))
    agreed = contract(figures=[kept, left], effective="2026-01-15", last="2026-03-10")
    ledger = run(agreed, [], at("2026-06-01"))
    first, end = named(ledger, "kept/Settled/2026-01"), named(ledger, "kept/Settled/2026-03")
    assert (first.number("value"), first.number("whole"), first.place) == (17, 31, 1)
    assert (end.number("value"), end.number("whole"), end.place, end.at) == (10, 31, 2, at("2026-03-11"))
    assert names(ledger, "Settled") == [
        "kept/Settled/2026-01", "kept/Settled/2026-02", "left/Settled/2026-02", "kept/Settled/2026-03",
    ]  # fmt: skip


def test_the_whole_term_settles_when_it_ends():
    ledger = ran([figure("all", count(events("sale")), WHOLE_TERM)], event("sale", "2026-05-01", 1))
    settled = named(ledger, "all/Settled/2026-01-01/2026-12-31")
    assert (settled.number("value"), settled.place) == (1, 2)


def test_anchored_windows():
    grid = Grid("month", anchor=date(2026, 1, 31))
    ledger = run(
        contract(figures=[figure("n", ex.WindowLength(False), grid)], effective="2026-01-31"), [], at("2026-05-01")
    )
    assert names(ledger, "Settled")[:2] == ["n/Settled/2026-01-31/2026-02-27", "n/Settled/2026-02-28/2026-03-30"]


def test_quantile_mean_weights_first_and_last():
    def of(op, **others):
        return ex.Aggregate(op, events("sale"), value=ex.FieldOf("amount"), **others)

    weighted = of("mean", weight=ex.FieldOf("amount"))
    figures = [figure("q", of("quantile", q=Fraction(9, 10))), figure("half", of("quantile", q=Fraction(1, 2))),
               figure("w", weighted), figure("first", of("first")), figure("last", of("last")),
               figure("least", of("min"))]  # fmt: skip
    given = [event("sale", "2026-01-10", n, amount=n) for n in (3, 1, 2, 10)] + [event("sale", "2026-01-11", 11)]
    ledger = ran(figures, *given)
    got = [value(ledger, f"{f.name}/Settled/2026-01") for f in figures]
    assert got == [10, 2, Fraction(1 + 4 + 9 + 100, 16), 1, 10, 1]
    assert value(ledger, "q/Settled/2026-02") == NotMeasured("nothing to measure")
    assert set(named(ledger, "q/Settled/2026-01").event_causes) == {"s/1", "s/2", "s/3", "s/10", "s/11"}


def test_events_count_in_the_month_they_name():
    reported = figure("reported", ex.Aggregate("sum", events("report", "month"), value=ex.FieldOf("amount")),
                      settle_after=days(10))  # fmt: skip
    ledger = ran([reported], event("report", "2026-02-05", 1, month=period("2026-01"), amount=7))
    assert (value(ledger, "reported/Settled/2026-01"), value(ledger, "reported/Settled/2026-02")) == (7, 0)


def test_a_group_first_reported_after_the_end_is_known_then():
    seen = figure("seen", count(events("report", "month")), by=["site"])
    ledger = ran(
        [seen],
        event("report", "2026-01-20", 1, month=period("2026-01"), site="a"),
        event("report", "2026-02-03T12:00", 2, month=period("2026-01"), site="b"),
    )
    assert named(ledger, "seen/Settled/2026-01/b").at == at("2026-02-01")
    assert next(p for p in ledger.posted if p.id == "seen/Settled/2026-01/b").known == at("2026-02-03T12:00")
    assert named(ledger, "seen/Settled/2026-01/a").at == at("2026-02-01")


def test_rounding_before_the_target():
    rate = figure("rate", number(Fraction(9494, 10000)), rounding=ex.Rounding(Fraction(1, 1000), "half up"),
                  target=target(">=", number(Fraction(95, 100)), ex.Rounding(Fraction(1, 100), "half up")),
                  minimum=target(">=", number(Fraction(95, 100))))  # fmt: skip
    settled = named(ran([rate]), "rate/Settled/2026-01")
    assert [(n.name, n.text) for n in settled.numbers] == [
        ("value", "949/1000"), ("target", "19/20"), ("standing", "met"), ("minimum", "19/20"), ("below minimum", "yes"),
    ]  # fmt: skip


def test_standings_of_windows_inside():
    daily = figure("daily", count(events("sale")), DAY, target=target(">=", number(1)))
    bad = figure("bad", count(ex.FigureRows("daily"), ex.RowStanding("missed")), QUARTER)
    flag = figure("flag", ex.If(is_("missed", "daily"), number(1), number(0)), DAY)
    ledger = ran([daily, bad, flag], *[event("sale", f"2026-01-{n:02d}T12:00", n) for n in range(1, 31)])
    assert value(ledger, "bad/Settled/2026-Q1") == 90 - 30
    assert (value(ledger, "flag/Settled/2026-01-01"), value(ledger, "flag/Settled/2026-01-31")) == (0, 1)


def test_conditions_on_states_and_calendars_in_rows():
    manual = state("manual", "down", "up")
    figures = [
        figure("during", count(events("sale"), ex.InState("manual"))),
        figure("inside", count(events("sale"), ex.InCalendar("office"))),
    ]
    ledger = ran(
        figures,
        event("down", "2026-01-05T10:00", 1),
        event("sale", "2026-01-05T10:00", 2),
        event("sale", "2026-01-05T12:00", 3),
        event("up", "2026-01-05T12:00", 4),
        event("sale", "2026-01-05T18:00", 5),
        states=[manual], calendars=[office()],
    )  # fmt: skip
    assert value(ledger, "during/Settled/2026-01") == 1  # [10:00, 12:00)
    assert value(ledger, "inside/Settled/2026-01") == 2


def test_readings_of_outcomes():
    mean = ex.Aggregate("mean", outcomes("fix", counted="opened"), value=ex.Reading())
    quick = count(outcomes("fix", counted="opened"),
                  ex.Compare("<", ex.Reading(), ex.Literal(minutes(90).amount, k.LENGTH)))  # fmt: skip
    ledger = ran(
        [figure("mean", mean, of=k.LENGTH), figure("quick", quick)],
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T11:00", 2, id="A"),
        event("opened", "2026-01-06T10:00", 3, id="B"),
        norms=[FIX],
    )
    assert value(ledger, "mean/Settled/2026-01") == Fraction(5, 2) * HOUR  # one hour, and four at the limit
    assert value(ledger, "quick/Settled/2026-01") == 1
