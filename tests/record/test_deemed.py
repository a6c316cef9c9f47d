"""When a notice counts as given. Easter Monday, 6 April 2026, is a holiday of the office (09:00-17:00)."""

from datetime import date
from fractions import Fraction

import pytest

from bpodsl.lean import evolve
from bpodsl.record.conditions import EventScope, evaluate, holds
from bpodsl.terms import (
    Clause,
    Contract,
    DeemedRow,
    Due,
    EventField,
    Length,
    Norm,
    NotMeasured,
    OnEvent,
    Rounding,
    Selector,
)
from bpodsl.terms import expressions as x
from bpodsl.terms.kinds import DAY, INSTANT, NUMBER, TEXT, YES_NO, one_of
from bpodsl.values import HOUR
from tests.record.door import OFFICE, at, contract, event, kind, refused

METHOD = EventField("method", one_of("post", "email", "hand", "fax"))
SENT = EventField("sent", INSTANT, optional=True)


def is_(name: str, word: str) -> x.Expression:
    return x.Compare("=", x.FieldOf(name), x.Literal(word, TEXT))


def notices(*rows: DeemedRow) -> Contract:
    return contract(kind("notice", METHOD, SENT, EventField("on", DAY, optional=True), deemed=rows))


TABLE = notices(
    DeemedRow(is_("method", "hand"), "sent"),
    DeemedRow(is_("method", "email"), "sent", 0, "office", 17 * HOUR),
    DeemedRow(is_("method", "post"), "sent", 2, "office"),
    DeemedRow(None, effective=False),
)


def notice(method: str, sent: str | None, **more: object) -> dict[str, object]:
    return {"id": "1", "type": "notice", "time": "2026-05-01T00:00:00Z", "method": method, "sent": sent, **more}


@pytest.mark.parametrize(
    ("method", "sent", "acts", "day"),
    [
        ("hand", "2026-04-05T23:00:00+01:00", "2026-04-05T23:00", None),
        ("email", "2026-04-02T17:00:00+01:00", "2026-04-02T17:00", None),
        ("email", "2026-04-02T03:00:00+01:00", "2026-04-02T03:00", None),
        ("email", "2026-04-01T17:00:00.000001+01:00", "2026-04-02T00:00", date(2026, 4, 2)),
        ("email", "2026-04-03T17:00:01+01:00", "2026-04-07T00:00", date(2026, 4, 7)),
        ("email", "2026-04-04T10:00:00+01:00", "2026-04-07T00:00", date(2026, 4, 7)),
        ("email", "2026-04-06T18:00:00+01:00", "2026-04-07T00:00", date(2026, 4, 7)),
        ("post", "2026-04-02T10:00:00+01:00", "2026-04-07T00:00", date(2026, 4, 7)),
        ("post", "2026-04-04T10:00:00+01:00", "2026-04-08T00:00", date(2026, 4, 8)),
        ("post", "2026-04-01T23:59:00+01:00", "2026-04-03T00:00", date(2026, 4, 3)),
    ],
)
def test_table(method: str, sent: str, acts: str, day: date | None) -> None:
    found = event(TABLE, notice(method, sent))
    assert (found.acts, found.day, found.effective) == (at(acts), day, True)
    assert found.known == at("2026-05-01T00:00+00:00")


def test_no_effect() -> None:
    for agreement in (TABLE, notices(DeemedRow(is_("method", "hand"), "sent"))):
        found = event(agreement, notice("fax", "2026-04-02T10:00:00+01:00"))
        assert not found.effective and found.acts == found.time and found.ends is None


def test_what_it_counts_from_must_be_there() -> None:
    found = refused(TABLE, notice("post", None))
    assert found.code == "EVT145" and "`sent`" in found.message()
    assert not event(TABLE, notice("fax", None)).effective


@pytest.mark.parametrize(
    ("row", "acts", "day"),
    [
        (DeemedRow(None, "on"), "2026-04-04T00:00", date(2026, 4, 4)),
        (DeemedRow(None, "on", 0, "office"), "2026-04-07T00:00", date(2026, 4, 7)),
        (DeemedRow(None, "on", 1, "office"), "2026-04-07T00:00", date(2026, 4, 7)),
        (DeemedRow(None, "on", 1, "office", 17 * HOUR), "2026-04-08T00:00", date(2026, 4, 8)),
        (DeemedRow(None, "on", 3), "2026-04-07T00:00", date(2026, 4, 7)),
        (DeemedRow(None, "", 0, None), "2026-05-01T00:00+00:00", None),
        (DeemedRow(None, "", 3), "2026-05-04T00:00", date(2026, 5, 4)),
        (DeemedRow(None, "", 0, None, 1 * HOUR), "2026-05-01T00:00+00:00", None),
        (DeemedRow(None, "", 0, None, HOUR - 1), "2026-05-02T00:00", date(2026, 5, 2)),
        (DeemedRow(None, "", 0, None, HOUR - 1, at=9 * HOUR), "2026-05-02T09:00", None),
        (DeemedRow(None, "", 0, None, 1 * HOUR, at=9 * HOUR), "2026-05-01T00:00+00:00", None),
        (DeemedRow(None, "on", at=9 * HOUR), "2026-04-04T09:00", None),
        (DeemedRow(None, "on", 1, "office", at=9 * HOUR), "2026-04-07T09:00", None),
    ],
)
def test_days(row: DeemedRow, acts: str, day: date | None) -> None:
    found = event(notices(row), notice("hand", None, on="2026-04-04"))
    assert (found.acts, found.day) == (at(acts), day)


def test_a_notice_with_only_a_day() -> None:
    found = event(notices(DeemedRow(None)), notice("hand", None, time="2026-04-04"))
    assert (found.acts, found.day) == (at("2026-04-04T00:00"), date(2026, 4, 4))


def test_no_day_is_left() -> None:
    late = notice("hand", None, on="2199-12-31")
    assert refused(notices(DeemedRow(None, "on", 1, "office")), late).code == "EVT146"
    far = DeemedRow(None, "on", 10**9)
    assert refused(notices(far), late).code == "EVT146"


# ------------------------------------------------------------------------------------ conditions
NO = NotMeasured("x")


def n(value: object) -> x.Expression:
    return x.Literal(value, NUMBER)


UNKNOWN = x.Unmeasured("x")
TRUE, FALSE = x.Literal(True, YES_NO), x.Literal(False, YES_NO)
GIVEN = x.IfMeasured(x.Compare("=", x.FieldOf("a"), x.FieldOf("a")), FALSE)
SCOPE = EventScope({"a": 3, "w": "b"}, at("2026-04-07T10:00"), OFFICE.zone, {"office": OFFICE})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (n(3), 3),
        (x.Moment("row", False), at("2026-04-07T10:00")),
        (x.Moment("row", True), date(2026, 4, 7)),
        (x.TimeOfDay(x.Moment("row", False)), 10 * HOUR),
        (x.Weekday(x.Moment("row", True)), "tue"),
        (x.Between("days", x.Moment("row", True), x.Literal(date(2026, 5, 1), DAY)), 24),
        (x.DayAfter(x.Moment("row", True), Length(9000, "years"), 1), NotMeasured("no such day")),
        (x.DayOf(UNKNOWN, "first"), NO),
        (UNKNOWN, NO),
        (x.FieldOf("a"), 3),
        (x.FieldOf("z"), NotMeasured("`z` is not given")),
        (GIVEN, True),
        (x.IfMeasured(x.FieldOf("z"), n(1)), 1),
        (x.InCalendar("office"), True),
        (x.InCalendar("other"), NotMeasured("not known of an event alone")),
        (x.InState("held"), NotMeasured("not known of an event alone")),
        (x.Not(TRUE), False),
        (x.Not(UNKNOWN), NO),
        (x.AllOf((TRUE, UNKNOWN)), NO),
        (x.AllOf((UNKNOWN, FALSE)), False),
        (x.AllOf((TRUE, TRUE)), True),
        (x.AnyOf((UNKNOWN, TRUE)), True),
        (x.AnyOf((FALSE, UNKNOWN)), NO),
        (x.AnyOf((FALSE, FALSE)), False),
        (x.If(TRUE, n(1), n(2)), 1),
        (x.If(FALSE, n(1), n(2)), 2),
        (x.If(UNKNOWN, n(1), n(2)), NO),
        (x.Compare("<", n(1), n(2)), True),
        (x.Compare("<=", n(2), n(2)), True),
        (x.Compare(">", n(1), n(2)), False),
        (x.Compare(">=", n(1), n(2)), False),
        (x.Compare("!=", n(1), n(2)), True),
        (x.Compare("<", x.FieldOf("w"), x.Literal("c", TEXT)), True),
        (x.Compare("<", n(1), UNKNOWN), NO),
        (x.Arithmetic("+", n(1), n(2)), 3),
        (x.Arithmetic("-", n(1), n(2)), -1),
        (x.Arithmetic("*", n(3), n(Fraction(1, 3))), 1),
        (x.Arithmetic("/", n(1), n(2)), Fraction(1, 2)),
        (x.Arithmetic("/", n(1), n(0)), NotMeasured("division by zero")),
        (x.Smallest((n(2), n(1))), 1),
        (x.Largest((n(2), n(1))), 2),
        (x.Largest((n(2), UNKNOWN)), NO),
        (x.Rounded(n(Fraction(5, 2)), Rounding(1, "half up")), 3),
        (x.Table(n(2), (x.Row(">=", n(3), n(30)), x.Row(">=", n(2), n(20))), n(0)), 20),
        (x.Table(n(1), (x.Row(">=", n(3), n(30)),), n(0)), 0),
        (x.Table(n(1), (x.Row(">=", n(3), n(30)),), None), NotMeasured("not known of an event alone")),
        (x.Table(UNKNOWN, (x.Row(">=", n(3), n(30)),), n(0)), NO),
    ],
)
def test_conditions(expression: x.Expression, value: object) -> None:
    assert evaluate(expression, SCOPE) == value
    assert holds(expression, SCOPE) is (value is True)


def test_a_bare_day_starts_no_clock_in_hours() -> None:
    base = contract(kind("asked"), kind("done"))
    hours = Norm(
        "answer", Clause("answer", "obligation"), "obligation", "must", ("meridian",), ("northwind",),
        (OnEvent(Selector("asked")),), (Selector("done"),), due=Due("within", Length(4 * HOUR, "elapsed")),
    )  # fmt: skip
    asked = {"id": "1", "type": "asked", "time": "2026-04-04"}
    assert event(base, asked).day == date(2026, 4, 4)
    assert refused(evolve(base, norms=(hours,)), asked).code == "EVT147"
    assert refused(evolve(base, norms=(hours,)), {**asked, "type": "done"}).code == "EVT147"
    of_days = evolve(hours, due=Due("within", Length(4, "days")))
    assert event(evolve(base, norms=(of_days,)), asked).day == date(2026, 4, 4)
    timed = evolve(base, norms=(hours,))
    assert event(timed, {**asked, "time": "2026-04-04T09:00:00Z"}).acts == at("2026-04-04T09:00:00+00:00")
