"""What clauses are lowered to."""

from __future__ import annotations

import pickle
import random
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from bpodsl.language.parse import parse
from bpodsl.language.resolve import resolve
from bpodsl.terms import (
    Accrue,
    ByTime,
    Column,
    Condition,
    Contract,
    Due,
    Figure,
    Impose,
    Length,
    Norm,
    NthWeekday,
    Once,
    OnEvent,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Raise,
    Recurrence,
    Rounding,
    Rule,
    Selector,
    Target,
    Terminate,
    WhenImposed,
    edges,
    levels,
    walk,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import LENGTH, NUMBER, SHARE, YES_NO, money, one_of
from bpodsl.text import Severity, Source
from bpodsl.values import HOUR, SECOND, Grid, Zone

FOLDER = Path(__file__).parent / "resolve"
PRELUDE = (FOLDER / "prelude.bpo").read_text("utf-8")
KITCHEN_SINK = (FOLDER.parent / "kitchen_sink.bpo").read_text("utf-8")
GBP = money("GBP")


def contract(text: str, prelude: str = PRELUDE) -> Contract:
    """The contract of the prelude and a text."""
    tree, problems = parse(Source("<test>", prelude + "\n" + text))
    assert not problems, [p.message() for p in problems]
    made, found = resolve(tree)
    assert made is not None, [p.message() for p in found if p.severity is Severity.ERROR]
    return made


def norm(text: str, name: str = "again") -> Norm:
    return next(each for each in contract(text).norms if each.name == name)


def figure(text: str, name: str = "it") -> Figure:
    return next(each for each in contract(text).figures if each.name == name)


def rule(text: str, name: str = "it") -> Rule:
    return next(each for each in contract(text).rules if each.name == name)


def number(value: int) -> ex.Literal:
    return ex.Literal(value, NUMBER)


def share(text: str) -> ex.Literal:
    return ex.Literal(ex.Fraction(text) / 100 if "." in text else Fraction(int(text), 100), SHARE)


def outcomes(*statuses: str, counted: str = "decided", name: str = "restore") -> ex.Aggregate:
    return ex.Aggregate("count", ex.OutcomeRows(name, statuses, counted))


# ---------------------------------------------------------------------------------------- obligations
OBLIGATION = "obligation again\n  meridian must ticket_resolved for each ticket_opened\n"


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("within 4 hours of support", "within open 14400000000 opening"),
        ("within 90 minutes", "within elapsed 5400000000 opening"),
        ("less than 2 hours of support", "less than open 7200000000 opening"),
        ("within 5 days", "within days 5 opening"),
        ("within 3 working days of support", "within working days 3 opening"),
        ("within 2 weeks after dated", "within weeks 2 field dated"),
        ("within 4 hours after seen", "within elapsed 14400000000 field seen"),
        ("within 10 days after the end of the month", "within opening day 10 +1"),
        ("by dated", "within field dated"),
        ("before dated", "less than field dated"),
        ("by 2026-06-30", "within opening 2026-06-30"),
        ("by day 15 of the next month", "within opening day 15 +1"),
        ("by the end of the month", "within opening day 31 +0"),
        (
            "by day 3 of the month\n  moved to the next working day of support",
            "within opening day 3 +0 following support",
        ),
    ],
)
def test_deadlines(lines: str, shown: str) -> None:
    due = norm(f"{OBLIGATION}  {lines}\n").due
    assert due is not None
    parts = [due.edge]
    if due.length is not None:
        parts += [due.length.unit, str(due.length.amount)]
    parts += [due.anchor, due.field]
    if due.day_of_month is not None:
        parts.append(f"day {due.day_of_month} +{due.months_on}")
    parts += [str(due.fixed or ""), due.roll or "", due.roll_calendar or ""]
    assert " ".join(part for part in parts if part) == shown


def test_deadlines_of_a_period() -> None:
    monthly = "obligation again\n  meridian must report_sent each month\n"
    due = norm(f"{monthly}  within 10 days after the end of the month\n").due
    assert due is not None and (due.anchor, due.length) == ("period end", Length(10, "days"))
    due = norm(f"{monthly}  by the end of the month\n").due
    assert due is not None and (due.anchor, due.length, due.day_of_month) == ("period end", None, None)
    due = norm(monthly.replace("each month", "each quarter") + "  by day 15 of the next month\n").due
    assert due is not None and (due.anchor, due.day_of_month, due.months_on) == ("period end", 15, 1)


def test_the_clock_runs_in_the_calendar_of_the_deadline() -> None:
    made = norm(f"{OBLIGATION}  within 4 hours of support\n  clock starts at seen\n")
    assert (made.clock.calendar, made.clock.from_field) == ("support", "seen")
    assert norm(f"{OBLIGATION}  within 4 hours after seen\n").clock.from_field == "seen"
    assert norm(f"{OBLIGATION}  within 5 days\n").clock.calendar is None


def test_clock_stops_makes_a_state_by_the_keys() -> None:
    stops = "clock stops from ticket_held to ticket_resumed or ticket_resolved"
    made = contract(f"{OBLIGATION}  within 4 hours\n  {stops}\n")
    state = next(each for each in made.states if each.name == "again.held")
    assert state.by == ("ticket",)
    assert state.starts == (Selector("ticket_held"),)
    assert state.ends == (Selector("ticket_resumed"), Selector("ticket_resolved"))
    again = next(each for each in made.norms if each.name == "again")
    assert again.clock.stops_during == ("again.held",)


def test_keys_default_to_those_of_the_opening_event() -> None:
    made = norm(f"{OBLIGATION}  within 4 hours\n")
    assert made.by == ("ticket",) and made.matching == "key" and made.reopening == "new cycle"
    assert made.opening == (OnEvent(Selector("ticket_opened")),)
    assert (made.bearer, made.counterparty) == (("meridian",), ("northwind",))


def test_openings() -> None:
    assert norm("obligation again\n  both must report_sent once\n").opening == (Once(),)
    monthly = norm("obligation again\n  meridian must report_sent each month\n")
    assert monthly.opening == (OnPeriod(Grid("month")),)
    assert (monthly.matching, monthly.period_field) == ("period", "month")


def test_an_act_without_key_performs_the_oldest() -> None:
    text = "obligation again\n  northwind must claimed each month\n  within 10 days after the end of the month\n"
    made = contract(text)
    assert next(each for each in made.norms if each.name == "again").matching == "oldest"
    assert any("oldest" in each.what and "again" in each.what for each in made.assumptions)


def test_obligations_opened_by_others_are_imposed() -> None:
    made = contract(
        "obligation again\n  meridian must ticket_resolved for each missed restore\n  within 5 days\n"
        "obligation plan\n  meridian must claimed on failing\n"
        "obligation look\n  meridian must ticket_resolved for each opened restore\n"
    )
    norms = {each.name: each for each in made.norms}
    assert norms["again"].opening == (WhenImposed(),) and norms["again"].by == ("ticket",)
    assert norms["restore"].after == (("missed", Impose("again")),)
    rules = {each.name: each for each in made.rules}
    assert rules["failing"].then == (Raise("failing"), Impose("plan"))
    assert rules["restore.opened"].on == OnOutcome("restore", "opened")
    assert rules["restore.opened"].then == (Impose("look"),)


def test_outcomes_of_some_instances_only_are_rules_of_their_own() -> None:
    made = contract(
        "obligation again\n  meridian must ticket_resolved for each missed restore where priority is P1\n"
        '  within 5 days\n  when missed where the day opened is at least 2026-06-01 then tell "a"\n'
        '  when late where the day is 2026-06-02 then tell "b"\n'
        '  when late where the day is 2026-06-03 then tell "c"\n'
        'trigger often\n  when restore is fulfilled where urgent 3 times in any 6 months\n  resets\n  then tell "d"\n'
    )
    rules = {each.name: each for each in made.rules}
    p1 = ex.Compare("=", ex.FieldOf("priority"), ex.Literal("P1", one_of("P1", "P2", "P3")))
    ground = rules["again.ground"]
    assert (ground.on, ground.when, ground.then) == (OnOutcome("restore", "missed"), p1, (Impose("again"),))
    assert ground.clause.title == "again (missed restore where priority is P1)"
    norms = {each.name: each for each in made.norms}
    assert norms["restore"].after == () and norms["again"].by == ("ticket",)
    assert [rules[name].then for name in ("again.missed", "again.late", "again.late.2")] == [
        (Raise("a"),), (Raise("b"),), (Raise("c"),),
    ]  # fmt: skip
    often = rules["often"]
    assert (often.on, often.when) == (OnOutcome("restore", "fulfilled"), ex.FieldOf("urgent"))
    assert often.recurrence == Recurrence(3, span=Length(6, "months"), resets=True)


def test_outcomes_and_states_of_the_time_before() -> None:
    text = (
        "trigger one\n  when ticket_opened where\n"
        "    (count of restore missed or late in the last 30 days with the same priority) at least 2\n"
        "  then tell \"a\"\n"
        "trigger two\n  when restore is missed where (count of restore missed with the same ticket) at least 2\n"
        "  then tell \"b\"\n"
        "amount three\n  each month\n  count of restore breached in the 2 months before the window\n"
        "amount four\n  each month\n  length of (outage or support) so far\n"
    )
    made = contract(text)
    rules = {each.name: each for each in made.rules}
    assert isinstance(rules["one"].on, OnHappens)
    days = Length(30, "days")
    assert [part for part in walk(rules["one"].on.selector.where) if isinstance(part, ex.TrailOutcomes)] == [
        ex.TrailOutcomes("restore", ("missed", "late"), "last", "row", days, ("priority",))
    ]
    assert [part for part in walk(rules["two"].when) if isinstance(part, ex.TrailOutcomes)] == [
        ex.TrailOutcomes("restore", ("missed",), "so far", "row", None, ("ticket",))
    ]
    figures = {each.name: each for each in made.figures}
    before = ex.TrailOutcomes("restore", ("missed",), "last", "before the window", Length(2, "months"))
    assert figures["three"].value == ex.Aggregate("count", before)
    times = ex.UnionTimes((ex.StateTimes("outage"), ex.CalendarTimes("support")))
    assert figures["four"].value == ex.TrailLength(times, "so far", "window")
    kinds = {(edge.start, edge.end): edge.kind for edge in edges(made)}
    assert kinds["decision:restore", "rule:one"] == "delay"
    assert kinds["decision:restore", "figure:three"] == "read"


def test_a_question_about_a_miss_is_one_about_its_opening_event() -> None:
    made = contract(
        "event ruled from northwind\n  ticket key\n  theirs yes/no\n"
        "determination fault\n  for each missed restore where priority is P1\n"
        '  decided by "Board" of both with ruled, answer theirs\n  within 10 days\n'
    )
    (question,) = made.questions
    assert (question.event, question.keys, question.limit) == ("ticket_opened", ("ticket",), None)
    duty = next(each for each in made.norms if each.name == "fault")
    assert (duty.opening, duty.due) == ((WhenImposed(),), Due("within", Length(10, "days")))
    rule = next(each for each in made.rules if each.name == "fault.ground")
    assert (rule.on, rule.when, rule.then) == (OnOutcome("restore", "missed"), question.where, (Impose("fault"),))


def test_a_trigger_on_a_figure_keeps_some_groups() -> None:
    text = (
        "measure by_level\n  each month by priority\n  share of ticket_opened where urgent\n  target at least 5%\n"
        "trigger one\n  when by_level is missed where priority is P1\n  then tell \"one\"\n"
        "trigger two\n  while by_level is missed where priority is P1 in 2 of the last 3 months\n"
        "  does not reset\n  then tell \"two\"\n"
    )
    rules = {each.name: each for each in contract(text).rules}
    p1 = ex.Compare("=", ex.GroupKey("priority"), ex.Literal("P1", one_of("P1", "P2", "P3")))
    missed = ex.Standing("by_level", "missed", ex.Same())
    assert rules["one"].when == rules["two"].when == ex.AllOf((missed, p1))
    same = contract(text.replace("missed where priority", "missed and priority"))
    assert {each.name: each.when for each in same.rules} == {name: each.when for name, each in rules.items()}


def test_consequences_of_a_miss_and_of_a_breach() -> None:
    lines = '  within 5 days\n  failing that tell "a"\n  when breached then tell "b"\n'
    assert norm(OBLIGATION + lines).after == (("missed", Raise("a")), ("missed", Raise("b")))
    cured = norm(f"{OBLIGATION}{lines}  cured within 2 days\n")
    assert cured.after == (("breached", Raise("a")), ("breached", Raise("b")))
    assert cured.cure is not None and cured.cure.length == Length(2, "days")


def test_a_payment_makes_a_line() -> None:
    made = contract(f'{OBLIGATION}  within 5 days\n  failing that meridian pays northwind 5 GBP as "damages"\n')
    again = next(each for each in made.norms if each.name == "again")
    assert again.after == (("missed", Accrue("again.payment", ex.Literal(5, GBP))),)
    line = next(each for each in made.lines if each.name == "again.payment")
    assert (line.payer, line.payee, line.figure, line.clause.title) == ("meridian", "northwind", None, "damages")
    assert line.rounding == Rounding(Fraction(1, 100), "half up")


def test_a_prohibition_has_no_opening() -> None:
    made = norm("obligation again\n  meridian must not ticket_held\n  survives the end\n")
    assert (made.form, made.modality, made.opening, made.survives) == ("prohibition", "must not", (), True)


# ---------------------------------------------------------------------------------------- figures
def test_share_of_outcomes() -> None:
    made = figure("measure it\n  each month, counted when due\n  share of restore fulfilled\n")
    kept, missed = outcomes("fulfilled", counted="due"), outcomes("missed", counted="due")
    assert made.value == ex.Arithmetic("/", kept, ex.Arithmetic("+", kept, missed))
    assert [name for name, _ in made.shows] == ["fulfilled", "missed", "excused", "undecided", "not measurable"]
    assert (made.kind, made.grid, made.purpose) == (SHARE, Grid("month"), "measure")


def test_fewer_and_allowance() -> None:
    text = "measure it\n  each month, counted when decided\n  share of restore fulfilled\n"
    kept, missed = outcomes("fulfilled"), outcomes("missed")
    few = figure(text + "  fewer than 5: not measured\n").value
    assert isinstance(few, ex.If)
    assert few.condition == ex.Compare("<", ex.Arithmetic("+", kept, missed), number(5))
    assert few.then == ex.Unmeasured("fewer than 5")
    left = ex.Largest((number(0), ex.Arithmetic("-", missed, number(2))))
    assert figure(text + "  allowance 2\n").value == ex.Arithmetic("/", kept, ex.Arithmetic("+", kept, left))
    count = figure("amount it\n  each month, counted when decided\n  count of restore missed\n  allowance 2\n")
    assert count.value == left and count.kind == NUMBER


def test_cured_counts_as_fulfilled() -> None:
    made = contract(
        OBLIGATION + "  within 4 hours\n  cured within 1 day\n"
        "measure it\n  each month, counted when decided\n  share of again fulfilled\n  counts cured as fulfilled\n"
    )
    value = next(each for each in made.figures if each.name == "it").value
    kept = outcomes("fulfilled", "cured", name="again")
    missed = ex.Arithmetic("-", outcomes("missed", name="again"), outcomes("cured", name="again"))
    assert value == ex.Arithmetic("/", kept, ex.Arithmetic("+", kept, missed))


def test_availability_leaves_time_out_of_both_sides() -> None:
    made = figure(
        "state storm from down to up\n"
        "measure it\n  each month\n  availability of support against outage\n  excluding storm\n"
    )
    support, outage, storm = ex.CalendarTimes("support"), ex.StateTimes("outage"), ex.StateTimes("storm")
    scheduled = ex.LengthOf(ex.LessTimes(support, storm))
    down = ex.LengthOf(ex.LessTimes(ex.BothTimes((support, outage)), storm))
    assert made.value == ex.Arithmetic("/", ex.Arithmetic("-", scheduled, down), scheduled)


def test_share_of_events_among_others() -> None:
    made = figure(
        "measure it\n  each month\n  share of ticket_opened where urgent among ticket_opened where priority is P1\n"
    )
    rows = ex.EventRows("ticket_opened")
    first = ex.Compare("=", ex.FieldOf("priority"), ex.Literal("P1", one_of("P1", "P2", "P3")))
    part = ex.Aggregate("count", rows, ex.AllOf((first, ex.FieldOf("urgent"))))
    assert made.value == ex.Arithmetic("/", part, ex.Aggregate("count", rows, first))


def test_targets_and_rounding() -> None:
    made = figure(
        "measure it\n  each month, counted when decided\n  share of restore fulfilled\n"
        "  target at least 95% rounded half up to 0.1%\n  minimum more than 90%\n  rounded half even to 0.01%\n"
        "  starts 2026-07-01\n  settles 5 days after the end\n  settled at the latest 10 days after the end\n"
    )
    assert made.target == Target(">=", ex.Literal(Fraction(19, 20), SHARE), Rounding(Fraction(1, 1000), "half up"))
    assert made.minimum == Target(">", ex.Literal(Fraction(9, 10), SHARE))
    assert made.rounding == Rounding(Fraction(1, 10_000), "half even")
    assert (made.grid.begins, made.settle_after) == (date(2026, 7, 1), Length(5, "days"))
    assert made.settle_latest == Length(10, "days")


@pytest.mark.parametrize(
    ("window", "grid"),
    [
        ("each month", Grid("month")),
        ("each quarter", Grid("month", 3)),
        ("each week", Grid("week")),
        ("each day", Grid("day")),
        ("each year", Grid("month", 12)),
        ("each month from 2026-04-12", Grid("month", 1, date(2026, 4, 12))),
        ("each 28 days from 2026-04-01", Grid("day", 28, date(2026, 4, 1))),
        ("each contract year", Grid("month", 12, date(2026, 4, 1))),
        ("over 3 months, each month", Grid("month", 1, None, 3)),
        ("over 1 year, each quarter", Grid("month", 3, None, 4)),
        ("over the term", Grid("term")),
    ],
)
def test_windows(window: str, grid: Grid) -> None:
    assert figure(f"amount it\n  {window}\n  1\n").grid == grid


def test_groups() -> None:
    made = figure("measure it\n  each month by priority\n  share of ticket_opened where urgent\n")
    assert [(group.name, group.members) for group in made.by] == [("priority", None)]
    made = figure("measure it\n  each month for each priority of P1, P2\n  share of ticket_opened where urgent\n")
    assert [(group.name, group.members) for group in made.by] == [("priority", ("P1", "P2"))]


def test_over_another_window_makes_a_second_figure() -> None:
    made = contract("amount it\n  each year\n  if on_time of the year less than 99% then 1 else 0\n")
    over = next(each for each in made.figures if each.name == "on_time over the year")
    assert over.grid == Grid("month", 12)
    base = next(each for each in made.figures if each.name == "on_time")
    assert (over.value, over.target, over.clause.span) == (base.value, base.target, base.clause.span)


def test_partial_windows() -> None:
    days = ex.Arithmetic("/", ex.WindowLength(False), ex.WindowLength(True))
    made = figure("charge it\n  each month\n  northwind pays meridian 5 GBP\n  partial windows prorated\n")
    assert made.value == ex.Arithmetic("*", ex.Literal(5, GBP), days)
    made = figure("amount it\n  each year\n  1\n  partial windows excluded\n")
    assert made.grid.partial == "exclude"


def test_own_past() -> None:
    made = figure("amount it\n  each month\n  (previous it, at first 0) + (it from a year ago, at first 0)\n")
    value = made.value
    assert isinstance(value, ex.Arithmetic)
    assert value.left == ex.FigureAt("it", ex.Back(1, number(0)))
    assert value.right == ex.FigureAt("it", ex.Back(12, number(0)))


def test_aggregates() -> None:
    made = figure("amount it\n  each month, counted when decided\n  95% quantile of reading over restore fulfilled\n")
    rows = ex.OutcomeRows("restore", ("fulfilled",), "decided")
    assert made.value == ex.Aggregate("quantile", rows, None, ex.Reading(), None, Fraction(19, 20))
    assert made.kind == LENGTH
    made = figure("amount it\n  each month, counted when opened\n  count of restore opened where during outage\n")
    assert isinstance(made.value, ex.Aggregate) and made.value.where == ex.InState("outage")
    assert isinstance(made.value.rows, ex.OutcomeRows)
    assert made.value.rows.statuses == ("fulfilled", "missed", "excused", "undecided", "not measurable")
    made = figure("amount it\n  each month\n  mean of value over last 3 windows of fee where value more than 1 GBP\n")
    assert isinstance(made.value, ex.Aggregate) and made.value.rows == ex.FigureRows("fee", 3)
    assert made.value.where == ex.Compare(">", ex.RowValue(), ex.Literal(1, GBP))


def test_a_period_field_chooses_the_window() -> None:
    made = figure("amount it\n  each month\n  count of report_sent\n")
    assert isinstance(made.value, ex.Aggregate) and made.value.rows == ex.EventRows("report_sent", "month")


def test_given() -> None:
    made = figure("amount it\n  each month\n  count of ticket_opened where amount is not given\n")
    assert isinstance(made.value, ex.Aggregate)
    field = ex.FieldOf("amount")
    given = ex.IfMeasured(ex.Compare("=", field, field), ex.Literal(False, YES_NO))
    assert made.value.where == ex.Not(given)


def test_long_sums_are_not_deep() -> None:
    made = figure("amount it\n  each month\n  " + " + ".join(["1"] * 2000) + " - " + " - ".join(["1"] * 2000) + "\n")
    depth, level = 0, [made.value]
    while level:
        depth += 1
        level = [part for each in level if isinstance(each, ex.Arithmetic) for part in (each.left, each.right)]
    assert depth < 40


# ---------------------------------------------------------------------------------------- sums
def test_a_charge_is_a_figure_and_a_line() -> None:
    made = contract("charge it\n  each month\n  northwind pays meridian 5 GBP\n  rounded down to 1\n")
    of = next(each for each in made.figures if each.name == "it")
    line = next(each for each in made.lines if each.name == "it")
    assert (of.kind, of.purpose, of.rounding, line.figure) == (GBP, "charge", Rounding(1, "down"), "it")
    assert (line.payer, line.payee, line.rounding) == ("northwind", "meridian", Rounding(1, "down"))


def test_a_credit_of_a_measure() -> None:
    made = contract("credit it for on_time, of fee\n  | at least 95% | 0% |\n  | otherwise | 15% |\n")
    value = next(each for each in made.figures if each.name == "it").value
    row = ex.Row(">=", ex.Literal(Fraction(19, 20), SHARE), ex.Literal(0, SHARE))
    table = ex.Table(ex.FigureAt("on_time", ex.Same()), (row,), ex.Literal(Fraction(3, 20), SHARE))
    assert value == ex.Arithmetic("*", table, ex.FigureAt("fee", ex.Same()))
    line = next(each for each in made.lines if each.name == "it")
    assert (line.payer, line.payee) == ("meridian", "northwind")


def test_bands_and_steps() -> None:
    text = (
        "charge it\n  each month\n  northwind pays meridian by {} of count of ticket_opened\n"
        "    | up to 10 | 2 GBP |\n    | the rest | 1 GBP |\n"
    )
    count = ex.Aggregate("count", ex.EventRows("ticket_opened"))
    bands = figure(text.format("bands")).value
    assert bands == ex.Bands(count, (ex.Band(number(10), ex.Literal(2, GBP)), ex.Band(None, ex.Literal(1, GBP))))
    steps = figure(text.format("steps")).value
    row = ex.Row("<=", number(10), ex.Arithmetic("*", count, ex.Literal(2, GBP)))
    assert steps == ex.Table(count, (row,), ex.Arithmetic("*", count, ex.Literal(1, GBP)))


def test_caps_take_lines_in_their_stated_order() -> None:
    made = contract(
        "cap monthly on first, second at 12% of fee each month\n"
        "cap yearly on second at 500 GBP in any 12 months\n"
        "credit first\n  each month\n  meridian pays northwind 5 GBP\n"
        "credit second\n  each month\n  meridian pays northwind 5 GBP\n"
    )
    both, yearly = made.accounts
    assert (both.lines, both.grid) == (("first", "second"), Grid("month"))
    assert (yearly.lines, yearly.grid) == (("second",), Grid("month", 1, None, 12))


# ---------------------------------------------------------------------------------------- triggers
def test_triggers_on_figures() -> None:
    made = rule('trigger it\n  when on_time is below minimum in 3 of any 6 months\n  resets\n  then tell "x"\n')
    assert made.on == OnSettled("on_time")
    assert made.when == ex.Standing("on_time", "below minimum", ex.Same())
    assert made.recurrence == Recurrence(3, 6, resets=True)
    made = rule('trigger it\n  while on_time is missed in 2 of the last 3 months\n  does not reset\n  then tell "x"\n')
    assert made.recurrence == Recurrence(2, 3, fires="each")
    made = rule(
        "trigger it\n  when on_time is missed in 3 consecutive months\n  not measured is skipped\n"
        '  does not reset\n  then tell "x"\n'
    )
    assert made.recurrence == Recurrence(3, None, unmeasured="skipped")


def test_a_trigger_on_several_figures_has_a_figure_of_its_own() -> None:
    made = contract('trigger it\n  when on_time is missed and fee at least 5 GBP\n  then tell "x"\n')
    hidden = next(each for each in made.figures if each.name == "it.condition")
    assert hidden.kind == YES_NO and isinstance(hidden.value, ex.AllOf)
    of = next(each for each in made.rules if each.name == "it")
    assert (of.on, of.when) == (OnSettled("it.condition"), ex.FigureAt("it.condition", ex.Same()))


def test_triggers_on_what_happens() -> None:
    made = rule('trigger it\n  when ticket_opened where urgent 3 times in any 30 days\n  resets\n  then tell "x"\n')
    assert made.on == OnHappens(Selector("ticket_opened", ex.FieldOf("urgent")))
    assert made.recurrence == Recurrence(3, span=Length(30, "days"), resets=True)
    made = rule("trigger it\n  when restore is breached\n  then the agreement ends\n")
    assert (made.on, made.then) == (OnOutcome("restore", "missed"), (Terminate(),))
    made = rule('trigger it\n  when outage lasts more than 4 hours\n  then tell "x"\n')
    assert made.on == OnLasting("outage", Length(4 * HOUR, "elapsed"), "more than")


# ---------------------------------------------------------------------------------------- rights
def test_an_escalation_is_a_chain_of_norms() -> None:
    made = contract(
        "escalation path\n"
        '  level 1  "Manager" of meridian for 2 working days of support\n'
        '  level 2  "Director" of both for 4 hours of support\n'
        '  ends with claimed\n  then tell "mediation"\n'
        "trigger it\n  when on_time is missed\n  then escalate path\n"
    )
    assert next(each for each in made.ladders if each.name == "path").levels == ("path.1", "path.2")
    one, two = (each for each in made.norms if each.ladder == "path")
    assert one.after == (("missed", Impose("path.2")),) and two.after == (("missed", Raise("mediation")),)
    assert (one.form, one.level, one.roles) == ("level", 1, (("Manager", "meridian"),))
    assert two.roles == (("Director", "northwind"), ("Director", "meridian"))
    assert two.clock.calendar == "support"
    assert next(each for each in made.rules if each.name == "it").then == (Impose("path.1"),)


def test_a_termination_is_a_right_on_its_grounds() -> None:
    made = contract(
        "termination leave\n  by northwind on failing or breached restore\n  exercised by ended\n"
        "  exercised within 60 days after the ground\n  notice 30 days\n  survives restore\n"
    )
    norms = {each.name: each for each in made.norms}
    leave = norms["leave"]
    assert (leave.form, leave.modality, leave.opening) == ("right", "may", (WhenImposed(),))
    assert leave.acts == (Selector("ended"),)
    assert leave.due is not None and leave.due.length == Length(60, "days")
    assert leave.after == (("fulfilled", Terminate(Length(30, "days"))),)
    assert norms["restore"].after == (("missed", Impose("leave")),)
    assert norms["restore"].survives_after == (("leave", None),) and not norms["restore"].survives
    assert next(each for each in made.rules if each.name == "failing").then[-1] == Impose("leave")


def test_a_right_at_will() -> None:
    made = norm('right again\n  northwind may claimed at will\n  then tell "step in"\n')
    assert (made.opening, made.due, made.after) == ((Once(),), None, (("fulfilled", Raise("step in")),))


# ---------------------------------------------------------------------------------------- the whole
def test_the_head_of_the_agreement() -> None:
    made = contract("")
    assert (made.term.effective, made.term.last) == (date(2026, 4, 1), date(2029, 3, 31))
    assert [(each.name, each.role) for each in made.parties] == [("northwind", "client"), ("meridian", "provider")]
    assert (made.zone, made.currency, made.rounding) == ("Europe/London", "GBP", Rounding(Fraction(1, 100), "half up"))
    assert len(made.digest) == 64 and [name for name, _ in made.pins] == ["tzdata"]
    assert made.clause.span is not None and made.clause.span.text == 'agreement care "Customer care"'


def test_renewal() -> None:
    text = PRELUDE.replace(
        "36 months\n", "36 months\n  renews for 12 months 2 times unless ended 90 days before expiry [§2.2]\n", 1
    )
    renewal = contract("", text).term.renewal
    assert renewal is not None and renewal.clause is not None
    assert (renewal.length, renewal.notice, renewal.times) == (Length(12, "months"), Length(90, "days"), 2)
    assert (renewal.unless, renewal.clause.reference) == ((Selector("ended"),), "§2.2")


def test_calendars() -> None:
    made = contract(
        "calendar desk\n  mon-fri 08:00-20:00\n  closed holidays of GB-ENG\n  closed 2026-12-24 from 14:00\n"
        '  closed 2026-08-09 "Founders\' Day", moved sunday to monday\n  open 2026-12-25 10:00-12:00\n'
        "calendar all_day is desk or support\n"
        "service help\n  provided by meridian\n  hours all_day\n"
    )
    calendars = {each.name: each for each in made.calendars}
    desk, zone = calendars["desk"].calendar, Zone.load("Europe/London")

    def opens(day: date) -> int:
        return desk.worked(zone.start_of(day), zone.start_of(date.fromordinal(day.toordinal() + 1))) // HOUR

    assert [opens(date(2026, 12, day)) for day in (23, 24, 25, 26, 28)] == [12, 6, 2, 0, 0]
    assert opens(date(2026, 8, 10)) == 0
    assert (date(2026, 8, 10), "Founders' Day (observed)") in calendars["desk"].holidays
    monday = zone.start_of(date(2026, 12, 28))
    assert calendars["all_day"].calendar.worked(monday, monday + 24 * HOUR) == 12 * HOUR
    assert [name for name, _ in made.pins] == ["tzdata", "holidays"]


def test_a_later_closure_beats_an_opening() -> None:
    lines = ["  open 2026-12-25 10:00-12:00\n", "  closed holidays of GB-ENG\n"]
    zone, day = Zone.load("Europe/London"), date(2026, 12, 25)
    found = []
    for order in (lines, lines[::-1]):
        service = "service help\n  provided by meridian\n  hours desk\n"
        made = contract("calendar desk\n  mon-fri 08:00-20:00\n" + "".join(order) + service)
        desk = next(each for each in made.calendars if each.name == "desk").calendar
        found.append(desk.worked(zone.start_of(day), zone.start_of(date(2026, 12, 26))) // HOUR)
    assert found == [0, 2]


def test_notices() -> None:
    made = contract(
        "notice letter from northwind\n  method one of post, email\n  sent instant\n  deemed given\n"
        "    | method is email | when sent, after 17:00 the next working day of support |\n"
        "    | method is post  | 2 working days of support after sent |\n    | otherwise | no effect |\n"
    )
    email, post, none = next(each for each in made.events if each.name == "letter").deemed
    assert (email.given, email.cutoff, email.calendar, email.plus_days) == ("sent", 17 * HOUR, "support", 0)
    assert (post.given, post.plus_days, post.calendar, post.cutoff) == ("sent", 2, "support", None)
    assert (none.where, none.effective) == (None, False)


def test_defaults_that_matter_are_assumed_openly() -> None:
    assert {each.what.partition(" (")[0] for each in contract("").assumptions} == {
        "an opening for a key whose instance is closed begins a new one"
    }
    made = contract(f"{OBLIGATION}  within 1 month\n  on reopening ignore\namount yearly\n  each year\n  1\n")
    assert {each.what for each in made.assumptions} == {
        "an opening for a key whose instance is closed begins a new one (restore)",
        "a month too short for the day counted has its last day instead (again)",
        "a deadline in days that ends on a closed day is not moved (again)",
        "of a window that the term cuts, a fixed price or number counts in full (yearly)",
    }
    assert all(each.because == "not stated; the default of the language" for each in made.assumptions)


CUT = "of a window that the term cuts, "
IN_FULL = "a fixed price or number counts in full"
ENDS = "termination early\n  by northwind at will\n  exercised by ticket_opened\n  notice 10 days\n"


@pytest.mark.parametrize(
    ("price", "more", "assumed"),
    [
        ("5 GBP", "", set()),
        ("5 GBP", ENDS, {IN_FULL}),
        ("5 GBP\n  partial windows prorated", ENDS, set()),
        ("5 GBP each year", "", {IN_FULL}),
        ("5 GBP * count of ticket_opened", ENDS, set()),
        ("5 GBP * count of ticket_opened each year", "", {"only the days inside count"}),
    ],
)
def test_what_a_cut_window_costs_is_said(price: str, more: str, assumed: set[str]) -> None:
    month, _, year = price.partition(" each ")
    made = contract(f"charge rent\n  each {year or 'month'}\n  northwind pays meridian {month}\n{more}")
    whats = [each.what.removeprefix(CUT).partition(" (") for each in made.assumptions if each.what.startswith(CUT)]
    assert {what for what, _, names in whats if "rent" in names} == assumed


def test_examples() -> None:
    made = contract(
        'test "one"\n  2026-04-07T19:00 ticket_opened ticket T1, priority P1, known 2026-04-09T10:00\n'
        "  until 2026-05-01\n  expect restore for T1 missed on 2026-04-08\n  expect on_time in 2026-04-10 is 50%\n"
        "  expect no failing in 2026-04\n  expect fee in 2026-04 is 1 000.00 GBP\n"
        "  expect on_time in 2026-05 is not measured\n"
    )
    (example,) = made.examples
    zone = Zone.load("Europe/London")
    assert example.until == zone.start_of(date(2026, 5, 1))
    (event,) = example.events
    assert event.fields == (("ticket", "T1"), ("priority", "P1"))
    assert event.known is not None and event.known > event.at
    status, half, none, fee, nothing = example.expectations
    assert (status.what, status.key) == ("outcome", (("ticket", "T1"),))
    assert (status.words, status.day) == ("missed", "2026-04-08")
    assert (half.what, half.period, half.value) == ("value", "2026-04", Fraction(1, 2))
    assert (none.what, none.period, none.negated) == ("fired", "2026-04", True)
    assert fee.value == 1000 and nothing.value is None


def test_every_term_knows_where_it_was_written() -> None:
    made = contract("", KITCHEN_SINK)
    tables = (made.calendars, made.events, made.states, made.norms, made.figures, made.lines, made.accounts, made.rules)
    for table in tables:
        for term in table:
            assert term.clause.name and term.clause.word
            assert term.clause.span is not None
            words = {term.clause.word, "clock", "for", "keep", "lapses", "level", "meridian", "northwind", "site"}
            words.add("force_majeure")  # A state made of others by the line of a duty is written where they stand.
            assert term.clause.span.text.split()[0] in words


def test_a_contract_has_levels_and_survives_pickling() -> None:
    made = contract("", KITCHEN_SINK)
    assert max(levels(made).values()) > 2
    assert pickle.loads(pickle.dumps(made)) == made


def test_the_order_of_clauses_means_nothing() -> None:
    def parts(made: Contract) -> dict[str, object]:
        tables = ("calendars", "events", "states", "norms", "figures", "lines", "rules", "ladders", "services")
        return {
            **{table: sorted(map(repr, getattr(made, table))) for table in tables},
            "assumptions": sorted(each.what.partition(" (")[0] for each in made.assumptions),
            "term": made.term,
        }

    text = KITCHEN_SINK
    clauses = re.split(r"^(?=[a-z])", text, flags=re.M)
    first = parts(contract("", text))
    for seed in range(5):
        mixed = clauses[1:]
        random.Random(seed).shuffle(mixed)
        other = contract("", "".join(clauses[:1] + mixed))
        # The order of consequences is that of the text, so those alone may differ.
        again = parts(other)
        for table, entries in first.items():
            if table in ("norms", "rules"):
                continue
            assert again[table] == entries, table


def test_no_contract_of_a_file_that_could_not_be_read_whole() -> None:
    tree, problems = parse(Source("<test>", PRELUDE + "\namount it\n  each month\n  1 +\n"))
    assert problems
    made, found = resolve(tree)
    assert made is None
    assert not any("it" in problem.message().split("`") for problem in found)


@pytest.mark.parametrize(
    "line",
    [
        "  priority  one of P1, P2, P3\n",
        "  ticket    key\n",
        "  target   at least 95%\n",
        '  provider   meridian  "Meridian Ltd"\n',
        "  meridian must ticket_resolved for each ticket_opened\n",
        "  each month, counted when decided\n",
        "  currency   GBP, rounded half up to 0.01\n",
        "  time zone  Europe/London\n",
    ],
)
def test_a_line_that_could_not_be_read_gives_no_further_problems(line: str) -> None:
    uses = "amount it\n  each month, counted when due\n  count of restore missed where priority is P1\n"
    text = (PRELUDE + "\n" + uses).replace(line, "  ??? " + line.strip() + "\n", 1)
    tree, problems = parse(Source("<test>", text))
    assert problems
    made, found = resolve(tree)
    assert made is None
    assert not found, [each.message() for each in found]


def test_what_refers_to_a_broken_clause_is_not_reported_again() -> None:
    tree, _ = parse(Source("<test>", PRELUDE + "\nmeasure 7it\namount two\n  each month\n  1\n"))
    made, found = resolve(tree)
    assert made is None and not [problem for problem in found if problem.severity is Severity.ERROR]


# ---------------------------------------------------------------------------------------- reads
READS = """reads desk
  files     "desk*.csv"
  id        column "No"
  time      column "At"
  {}
  row ticket_resolved
    ticket  column "Ticket"
"""


def test_columns_of_corrections_and_reporters() -> None:
    lines = (
        'revision column "Rev"\n  retracted when column "State" is "void" or "gone"\n'
        '  reporter column "By", "M" as meridian'
    )
    (mapping,) = contract(READS.format(lines)).mappings
    assert mapping.rev == Column(("Rev",))
    assert mapping.retracted == (Condition(Column(("State",)), ("void", "gone")),)
    assert mapping.reporter == Column(("By",), (("M", "meridian"),))


def test_only_a_later_revision_can_take_back() -> None:
    tree, problems = parse(Source("<test>", PRELUDE + READS.format('retracted when column "State" is "void"')))
    assert not problems
    _, found = resolve(tree)
    assert [problem.code for problem in found if problem.severity is Severity.ERROR] == ["BPO314"]


def test_a_mapped_reporter_is_a_party() -> None:
    tree, _ = parse(Source("<test>", PRELUDE + READS.format('reporter column "By", "M" as meridiam')))
    _, found = resolve(tree)
    assert any("meridian" in (problem.hint() or "") for problem in found)


# ---------------------------------------------------------------------------------------- by field
def test_a_limit_by_field_makes_variants() -> None:
    rows = "    | P1, P2 | 4 hours of support |\n    | P3 | no limit |\n"
    made = norm(f"{OBLIGATION}  within by priority\n{rows}  cured within 1 day\n")
    kind = one_of("P1", "P2", "P3")
    first, second = made.variants
    assert first.when == ex.AnyOf(
        tuple(ex.Compare("=", ex.FieldOf("priority"), ex.Literal(each, kind)) for each in ("P1", "P2"))
    )
    assert first.terms.due is not None and first.terms.due.length == Length(4 * HOUR, "open", "support")
    assert first.terms.clock.calendar == "support" and first.terms.cure is not None
    assert second.terms.due is None and second.terms.cure is None
    assert made.due is None and not first.terms.variants


def test_the_otherwise_row_is_the_norms_own() -> None:
    made = norm(OBLIGATION + "  less than by reason\n    | fire | 1 hour |\n    | otherwise | 2 days |\n")
    assert made.due is not None and (made.due.edge, made.due.length) == ("less than", Length(2, "days"))
    assert [variant.terms.due and variant.terms.due.length for variant in made.variants] == [Length(HOUR, "elapsed")]


def test_a_target_by_field_is_a_table_on_the_group() -> None:
    made = figure(
        "measure it\n  each month by priority\n  share of ticket_opened where urgent\n"
        "  target by priority\n    | P1 | at least 95% |\n    | otherwise | at least 90% |\n"
    )
    kind = one_of("P1", "P2", "P3")
    row = ex.Row("=", ex.Literal("P1", kind), share("95"))
    assert made.target == Target(">=", ex.Table(ex.GroupKey("priority"), (row,), share("90")))


DAYS = Length(3, "days")


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("within 3 days, by 12:00", Due("within", DAYS, time=ByTime(12 * HOUR))),
        ("within 3 days, before 00:01:30", Due("within", DAYS, time=ByTime(90 * SECOND, None, "less than"))),
        ("before dated, by 12:00", Due("less than", anchor="field", field="dated", time=ByTime(12 * HOUR))),
        ("by close of business of support", Due("within", time=ByTime(None, "support"))),
        ("before 06:00", Due("within", time=ByTime(6 * HOUR, None, "less than"))),
        ("within 3 days, by 24:00", Due("within", DAYS)),
        ("by the last friday of the month", Due("within", weekday=NthWeekday(4, "month", -1))),
        ("before the second tuesday of the next month", Due("less than", weekday=NthWeekday(1, "month", 2, 1))),
        ("by the next monday", Due("within", weekday=NthWeekday(0, "following"))),
        ("by sunday of the next week", Due("within", weekday=NthWeekday(6, "week", 1, 1))),
        ("by 10 days before dated", Due("within", Length(10, "days"), "field", "dated", back=True)),
    ],
)  # fmt: skip
def test_deadlines_at_times_and_on_weekdays(line: str, due: Due) -> None:
    assert norm(f"{OBLIGATION}  {line}\n").due == due
