"""A report on a month that the end of the agreement cut out of its window restates that window."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Accrue,
    CalendarTerm,
    Change,
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Impose,
    Kind,
    Ladder,
    Length,
    Line,
    Norm,
    OnEvent,
    OnState,
    Party,
    Point,
    Raise,
    Regrade,
    Relation,
    Renewal,
    Selector,
    Series,
    SoLong,
    State,
    Term,
    Terminate,
    Variant,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Grid, Zone, hours, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(
        date(2024, 2, 29),
        date(2024, 6, 28),
        Renewal(
            Length(1, "months"),
            (Selector("notice_given"),),
            Length(18, "days"),
            1,
            then=Renewal(Length(31, "days"), (Selector("notice_given"),), Length(10, "days"), 1),
            if_given=True,
        ),
    ),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(Zone.load("America/Santiago"), hours.Always()),
        ),
        CalendarTerm(
            "office",
            Clause("office", "calendar"),
            Calendar(
                Zone.load("America/Santiago"),
                hours.Hours(
                    Zone.load("America/Santiago"),
                    (
                        hours.WeeklyHours((0, 1, 2, 3, 4), 28800000000, 72000000000),
                        hours.WeeklyHours((5,), 32400000000, 61200000000),
                    ),
                    (
                        date(2023, 5, 6),
                        date(2023, 8, 17),
                        date(2023, 10, 8),
                        date(2024, 1, 31),
                        date(2024, 2, 29),
                        date(2024, 4, 7),
                        date(2024, 8, 21),
                        date(2024, 10, 27),
                        date(2024, 11, 3),
                        date(2025, 1, 2),
                        date(2025, 1, 30),
                        date(2025, 3, 30),
                        date(2025, 4, 16),
                        date(2025, 5, 7),
                    ),
                    (
                        hours.Closure((date(2023, 8, 17),), 43200000000, 64800000000),
                        hours.Opening(date(2023, 8, 17), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2024, 8, 21), date(2024, 8, 25))),
                        hours.Closure(hours.DayRange(date(2025, 2, 24), date(2025, 2, 26))),
                        hours.Opening(date(2025, 1, 2), 36000000000, 50400000000),
                        hours.Opening(date(2025, 1, 30), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2023, 2, 26), date(2023, 3, 2))),
                        hours.Closure((date(2023, 7, 25),), 43200000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind(
            "a_correction_3",
            Clause("a_correction_3", "event"),
            (
                EventField("about", Kind("text")),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3")), optional=True),
            ),
            relates=Relation("corrects", "leak_reported", (("about", ""),), ("priority",)),
        ),
        EventKind(
            "outage_ended",
            Clause("outage_ended", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("reason", Kind("one_of", ("client", "provider"))),
            ),
        ),
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("month", Kind("period", ("month",))),
                EventField("units", Kind("number")),
            ),
            period="month",
        ),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
            ),
        ),
        EventKind(
            "relief",
            Clause("relief", "event"),
            (EventField("begins", Kind("instant")), EventField("finishes", Kind("instant"))),
            from_field="begins",
            to_field="finishes",
        ),
        EventKind(
            "order_placed",
            Clause("order_placed", "event"),
            (
                EventField("order", Kind("text"), True),
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("amount", Kind("money", ("GBP",))),
                EventField("planned_on", Kind("day")),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
            ),
        ),
        EventKind(
            "step_taken",
            Clause("step_taken", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("units", Kind("number")),
                EventField("amount", Kind("money", ("GBP",))),
            ),
        ),
        EventKind(
            "index_published",
            Clause("index_published", "event"),
            (
                EventField("rate", Kind("share")),
                EventField("month", Kind("period", ("month",))),
                EventField("site", Kind("one_of", ("leeds", "york", "delhi"))),
            ),
            period="month",
        ),
        EventKind(
            "outage_started",
            Clause("outage_started", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("reason", Kind("one_of", ("client", "provider"))),
            ),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
                EventField("planned", Kind("instant")),
                EventField("site", Kind("one_of", ("leeds", "york", "delhi"))),
                EventField("note", Kind("text"), optional=True),
            ),
        ),
    ),
    states=(
        State("c_turned_9", Clause("c_turned_9", "state", "c_turned_9 holds"), ("site",)),
        State("a_state_13", Clause("a_state_13", "state"), (), intervals=(Selector("relief"),)),
        State(
            "y_state_5",
            Clause("y_state_5", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
            lasts=SoLong(Length(14400000000, "elapsed")),
        ),
        State(
            "made_1",
            Clause("made_1", "state"),
            (),
            made=ex.BothTimes((ex.StateTimes("y_state_5"), ex.ManyTimes("a_state_13", 2))),
        ),
        State(
            "made_2",
            Clause("made_2", "state"),
            (),
            made=ex.LessTimes(
                ex.UnionTimes((ex.StateTimes("a_state_13"), ex.CalendarTimes("office"))),
                ex.StateTimes("a_state_13"),
            ),
        ),
    ),
    norms=(
        Norm(
            "a_ladder_15.1",
            Clause("a_ladder_15", "escalation"),
            "level",
            "must",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("within", Length(86400000000, "elapsed")),
            reopening="new cycle",
            after=(("missed", Impose("a_ladder_15.2")),),
            roles=(("level 1 lead", "beta"),),
            ladder="a_ladder_15",
            level=1,
        ),
        Norm(
            "z_duty_4",
            Clause("z_duty_4", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("leak_reported")), OnEvent(Selector("order_placed"))),
            (Selector("report_sent", ex.Compare(">", ex.FieldOf("units"), ex.Literal(1, Kind("number")))),),
            ("site",),
            "all",
            needs="first",
            clock=Clock(stops_during=("y_state_5",)),
            due=Due("within", Length(259200000000, "elapsed")),
            excused_during=("y_state_5",),
            reopening="restart",
            cure=Due("less than", Length(86400000000, "elapsed")),
            after=(("missed", Terminate()),),
            variants=(
                Variant(
                    ex.AllOf(
                        (
                            ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 3, 26), Kind("day"))),
                            ex.Signed("change_1"),
                        ),
                    ),
                    Norm(
                        "z_duty_4",
                        Clause("z_duty_4", "obligation"),
                        "obligation",
                        "must",
                        ("acme",),
                        ("beta",),
                        (OnEvent(Selector("leak_reported")), OnEvent(Selector("order_placed"))),
                        (
                            Selector(
                                "report_sent",
                                ex.Compare(">", ex.FieldOf("units"), ex.Literal(1, Kind("number"))),
                            ),
                        ),
                        ("site",),
                        "all",
                        needs="first",
                        clock=Clock(stops_during=("y_state_5",)),
                        due=Due("within", Length(259200000000, "elapsed")),
                        reopening="restart",
                        cure=Due("less than", Length(86400000000, "elapsed")),
                        after=(("missed", Terminate()),),
                        version="change_1",
                    ),
                ),
                Variant(
                    ex.AllOf(
                        (
                            ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 3, 26), Kind("day"))),
                            ex.Signed("change_1"),
                        ),
                    ),
                    Norm(
                        "z_duty_4",
                        Clause("z_duty_4", "obligation"),
                        "obligation",
                        "must",
                        ("acme",),
                        ("beta",),
                        (OnEvent(Selector("leak_reported")), OnEvent(Selector("order_placed"))),
                        (
                            Selector(
                                "report_sent",
                                ex.Compare(">", ex.FieldOf("units"), ex.Literal(1, Kind("number"))),
                            ),
                        ),
                        ("site",),
                        "all",
                        needs="first",
                        clock=Clock(stops_during=("y_state_5",)),
                        due=Due("within", Length(2, "weeks")),
                        excused_during=("y_state_5",),
                        reopening="restart",
                        cure=Due("within", Length(10, "days")),
                        after=(("missed", Terminate()),),
                        version="change_1",
                    ),
                ),
            ),
            version="original",
            regraded=(Regrade(Selector("index_published"), "kept"),),
        ),
        Norm(
            "a_ladder_15.2",
            Clause("a_ladder_15", "escalation"),
            "level",
            "must",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("within", Length(10, "days")),
            roles=(("level 2 lead", "beta"),),
            ladder="a_ladder_15",
            level=2,
            variants=(
                Variant(
                    ex.Compare(
                        "=",
                        ex.FieldOf("priority"),
                        ex.Literal("P3", Kind("one_of", ("P1", "P2", "P3"))),
                    ),
                    Norm(
                        "a_ladder_15.2",
                        Clause("a_ladder_15", "escalation"),
                        "level",
                        "must",
                        ("beta",),
                        ("acme",),
                        (WhenImposed(),),
                        (Selector("notice_given"),),
                        due=Due("within", Length(2, "months")),
                        roles=(("level 2 lead", "beta"),),
                        ladder="a_ladder_15",
                        level=2,
                        regraded=(
                            Regrade(Selector("step_taken"), "later"),
                            Regrade(Selector("ticket_opened"), "later"),
                        ),
                    ),
                ),
            ),
            regraded=(Regrade(Selector("step_taken"), "later"), Regrade(Selector("ticket_opened"), "later")),
        ),
        Norm(
            "b_duty_12",
            Clause("b_duty_12", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("step_taken"), Selector("report_sent")),
            ("site",),
            "all",
            clock=Clock(stops_during=("a_state_13",)),
            due=Due("within", Length(1, "years")),
            reopening="new cycle",
            after=(
                (
                    "fulfilled",
                    Accrue(
                        "z_line_14",
                        ex.Aggregate(
                            "sum",
                            ex.TrailRows("outage_started", "so far", same=("site",)),
                            value=ex.Literal(10, Kind("money", ("GBP",))),
                        ),
                    ),
                ),
                ("late", Impose("a_ladder_15.1")),
            ),
            variants=(
                Variant(
                    ex.Compare(
                        "=",
                        ex.FieldOf("priority"),
                        ex.Literal("P1", Kind("one_of", ("P1", "P2", "P3"))),
                    ),
                    Norm(
                        "b_duty_12",
                        Clause("b_duty_12", "obligation"),
                        "obligation",
                        "must",
                        ("acme",),
                        ("acme",),
                        (OnEvent(Selector("leak_reported")),),
                        (Selector("step_taken"), Selector("report_sent")),
                        ("site",),
                        "all",
                        clock=Clock(stops_during=("a_state_13",)),
                        due=Due("within", Length(28800000000, "elapsed")),
                        reopening="new cycle",
                        after=(
                            (
                                "fulfilled",
                                Accrue(
                                    "z_line_14",
                                    ex.Aggregate(
                                        "sum",
                                        ex.TrailRows("outage_started", "so far", same=("site",)),
                                        value=ex.Literal(10, Kind("money", ("GBP",))),
                                    ),
                                ),
                            ),
                            ("late", Impose("a_ladder_15.1")),
                        ),
                        regraded=(Regrade(Selector("report_sent"), "later"),),
                    ),
                ),
            ),
            regraded=(Regrade(Selector("report_sent"), "later"),),
        ),
        Norm(
            "kept_4",
            Clause("kept_4", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnState("made_2"),),
            (),
            due=Due("within", Length(43200000000, "elapsed")),
            excused_during=("a_state_13",),
            cure=Due("within", Length(1, "days")),
            after=(("late", Raise("it is kept, or not")),),
        ),
    ),
    ladders=(Ladder("a_ladder_15", Clause("a_ladder_15", "escalation"), ("a_ladder_15.1", "a_ladder_15.2")),),
    figures=(
        Figure(
            "a_figure_11",
            Clause("a_figure_11", "measure"),
            "measure",
            Kind("number"),
            Grid("month", 5, goes_on=True),
            ex.If(
                ex.AllOf(
                    (
                        ex.Compare(">=", ex.WindowDay("first"), ex.Literal(date(2024, 3, 26), Kind("day"))),
                        ex.Signed("change_1"),
                    ),
                ),
                ex.Arithmetic(
                    "+",
                    ex.Rounded(
                        ex.Aggregate(
                            "max",
                            ex.EventRows("report_sent"),
                            ex.Compare(
                                "<",
                                ex.Aggregate(
                                    "sum",
                                    ex.TrailRows("report_sent", "so far", same=("site", "units")),
                                    value=ex.Literal(-5, Kind("money", ("GBP",))),
                                ),
                                ex.Literal(0, Kind("money", ("GBP",))),
                            ),
                            ex.CaseField("report_sent", "units", ("site",)),
                        ),
                        ex.Rounding(Fraction(1, 10), "down"),
                    ),
                    ex.Rounded(
                        ex.Aggregate(
                            "max",
                            ex.EventRows("report_sent"),
                            ex.Compare(
                                "<",
                                ex.Aggregate(
                                    "sum",
                                    ex.TrailRows("report_sent", "so far", same=("site", "units")),
                                    value=ex.Literal(-5, Kind("money", ("GBP",))),
                                ),
                                ex.Literal(0, Kind("money", ("GBP",))),
                            ),
                            ex.CaseField("report_sent", "units", ("site",)),
                        ),
                        ex.Rounding(Fraction(1, 10), "down"),
                    ),
                ),
                ex.Rounded(
                    ex.Aggregate(
                        "max",
                        ex.EventRows("report_sent"),
                        ex.Compare(
                            "<",
                            ex.Aggregate(
                                "sum",
                                ex.TrailRows("report_sent", "so far", same=("site", "units")),
                                value=ex.Literal(-5, Kind("money", ("GBP",))),
                            ),
                            ex.Literal(0, Kind("money", ("GBP",))),
                        ),
                        ex.CaseField("report_sent", "units", ("site",)),
                    ),
                    ex.Rounding(Fraction(1, 10), "down"),
                ),
            ),
            (Group("units"),),
            shows=(
                (
                    "part",
                    ex.LengthOf(
                        ex.LessTimes(
                            ex.BothTimes((ex.StateTimes("y_state_5"), ex.StateTimes("c_turned_9"))),
                            ex.StateTimes("c_turned_9"),
                        ),
                    ),
                ),
                ("while made_1", ex.LengthOf(ex.StateTimes("made_1"))),
            ),
            version=ex.If(
                ex.AllOf(
                    (
                        ex.Compare(">=", ex.WindowDay("first"), ex.Literal(date(2024, 3, 26), Kind("day"))),
                        ex.Signed("change_1"),
                    ),
                ),
                ex.Literal("change_1", Kind("text")),
                ex.Literal("original", Kind("text")),
            ),
            awaits=(
                ex.Smallest(
                    (
                        ex.Aggregate(
                            "sum",
                            ex.EventRows("report_sent", "month"),
                            value=ex.Literal(Fraction(1, 3), Kind("money", ("GBP",))),
                        ),
                        ex.Literal(Fraction(1, 3), Kind("money", ("GBP",))),
                    ),
                ),
            ),
        ),
    ),
    lines=(
        Line(
            "z_line_14",
            Clause("z_line_14", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 20), "down"),
        ),
    ),
    changes=(Change("change_1", Clause("change_1", "change"), date(2024, 3, 26), date(2024, 3, 27)),),
    series=(
        Series(
            "y_series_2",
            Clause("y_series_2", "series"),
            Kind("share"),
            "month",
            points=(Point(date(2024, 3, 1), 1, published=date(2024, 3, 3)), Point(date(2024, 3, 1), Fraction(1, 20))),
        ),
        Series(
            "z_series_1",
            Clause("z_series_1", "series"),
            Kind("share"),
            "day",
            ("site",),
            event="index_published",
            value_field="rate",
        ),
    ),
)
EVENTS = (
    Event(
        "leak_reported",
        "crm",
        "111",
        at("2024-04-07T02:59:59.999999Z"),
        at("2024-04-07T02:59:59.999999Z"),
        at("2024-04-07T02:59:59.999999Z"),
        {"site": "york", "priority": "P1"},
    ),
    Event(
        "report_sent",
        "ops",
        "907",
        at("2024-06-09T14:01:00Z"),
        at("2024-06-11T04:00:00Z"),
        at("2024-06-09T14:01:00Z"),
        {"site": "york", "month": parse_period("2024-05"), "units": 1},
        period=parse_period("2024-05"),
    ),
)
UNTIL = at("2024-06-29T04:00:00Z")
