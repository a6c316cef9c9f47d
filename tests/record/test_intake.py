"""From a row to its events: the envelope, the default shapes, and what a `reads` clause says."""

import re
from datetime import date

import pytest

from bpodsl.record.intake import Intake, example_events
from bpodsl.record.refusals import REASONS
from bpodsl.record.rows import Layout
from bpodsl.terms import Clause, Column, Condition, EventField, Example, ExampleEvent, RowMapping
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, TEXT, YES_NO, one_of, period
from bpodsl.values import parse_period
from tests.record.door import (
    LONDON,
    OPENED,
    TICKET,
    at,
    column,
    contract,
    event,
    kind,
    mapping,
    opened,
    read,
    refused,
    take,
)

CARE = contract()


def without(values: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in names}


# ------------------------------------------------------------------------------------ envelope
def test_flat_and_cloudevents_are_the_same_event() -> None:
    flat = event(CARE, opened(source="itsm"))
    fields = {"ticket": "T1", "priority": "P1"}
    wrapped = {**without(opened(source="itsm", specversion="1.0"), *fields), "data": fields}
    assert event(CARE, wrapped) == flat
    assert flat.kind == "ticket_opened" and flat.source == "itsm" and flat.id == "1" and flat.rev == 0
    assert flat.time == flat.known == flat.acts == at("2026-04-07T19:00")
    assert flat.fields == fields and flat.place == "a.jsonl:1"
    assert (flat.ends, flat.day, flat.period, flat.retracts, flat.effective, flat.reporter) == (
        None, None, None, False, True, "",
    )  # fmt: skip


def test_source_is_the_name_of_the_file_wherever_it_lies() -> None:
    for file in ("a.jsonl", "/x/y/a.jsonl", "a.jsonl.gz", "../a.jsonl"):
        assert event(CARE, opened(), file).source == "a.jsonl"
    assert event(CARE, opened(source="itsm"), "b.jsonl").source == "itsm"


def test_known_is_the_later_of_time_and_recorded_time() -> None:
    late = event(CARE, opened(recordedtime="2026-05-01T00:00:00+01:00"))
    assert late.known == at("2026-05-01T00:00") and late.acts == late.time == at("2026-04-07T19:00")
    assert event(CARE, opened(recordedtime="2026-04-01T00:00:00Z")).known == at("2026-04-07T19:00")


def test_a_bare_day_is_the_agreements_day() -> None:
    found = event(CARE, opened(time="2026-04-07"))
    assert found.day == date(2026, 4, 7) and found.acts == found.time == found.known == at("2026-04-07T00:00")
    assert event(CARE, opened(time="2026-04-07", recordedtime="2026-04-09")).known == at("2026-04-09T00:00")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": None}, "EVT120"),
        ({"id": ""}, "EVT120"),
        ({"id": True}, "EVT130"),
        ({"id": {"a": 1}}, "EVT130"),
        ({"id": "9" * 501}, "EVT130"),
        ({"source": "é" * 501}, "EVT130"),
        ({"ticket": "9" * 501}, "EVT141"),
        ({"source": ["x"]}, "EVT130"),
        ({"subject": {"a": 1}}, "EVT130"),
        ({"type": None}, "EVT121"),
        ({"type": "ticket_opend"}, "EVT123"),
        ({"type": "zzz"}, "EVT123"),
        ({"type": 7}, "EVT123"),
        ({"time": ""}, "EVT122"),
        ({"time": "yesterday"}, "EVT124"),
        ({"time": "2026-04-07T19:00:00"}, "EVT125"),
        ({"time": "9999-01-01T00:00:00Z"}, "EVT126"),
        ({"time": 12}, "EVT124"),
        ({"time": "2026-02-30"}, "EVT124"),
        ({"time": "1969-12-31"}, "EVT126"),
        ({"recordedtime": "2026-04-07 19:00"}, "EVT125"),
        ({"rev": -1}, "EVT128"),
        ({"rev": "1.0"}, "EVT128"),
        ({"rev": True}, "EVT128"),
        ({"rev": "²"}, "EVT128"),
        ({"rev": 10**9}, "EVT128"),
        ({"retract": True}, "EVT129"),
        ({"retract": "maybe", "rev": 1}, "EVT141"),
        ({"reporter": "meridian"}, "EVT150"),
        ({"reporter": "stranger"}, "EVT150"),
        ({"source": "meridian"}, "EVT150"),
        ({"ticket": None}, "EVT140"),
        ({"data": {}}, "EVT140"),
        ({"priority": "P9"}, "EVT142"),
    ],
)
def test_refused(change: dict[str, object], code: str) -> None:
    assert refused(CARE, opened(**change)).code == code


def test_near_names_are_offered() -> None:
    assert "did you mean “ticket_opened”?" in refused(CARE, opened(type="ticket_opend")).message()
    assert "did you mean “P1”?" in refused(CARE, opened(priority="P11")).message()


def test_messages_quote_little_and_nothing_unprintable() -> None:
    message = refused(CARE, opened(type="\x1b[31m" + "x" * 10_000)).message()
    assert "\x1b" not in message and len(message) < 200


def test_another_subject_is_not_ours_even_if_all_else_is_wrong() -> None:
    assert read(CARE, {"subject": "other", "time": "never"}) == ()
    assert event(CARE, opened(subject="care")) == event(CARE, opened())
    assert event(CARE, opened(subject="")) == event(CARE, opened())


def test_who_reports() -> None:
    assert event(CARE, opened(source="northwind")).reporter == "northwind"
    assert event(CARE, opened(source="meridian", reporter="northwind")).reporter == "northwind"
    anyone = contract(kind("ticket_opened", TICKET))
    assert event(anyone, opened(reporter="stranger")).reporter == "stranger"


def test_revisions_and_withdrawals() -> None:
    assert event(CARE, opened(rev=2)).rev == event(CARE, opened(rev="2")).rev == 2
    gone = event(CARE, {**without(opened(), "ticket", "priority"), "rev": 1, "retract": "true"})
    assert gone.retracts and gone.rev == 1 and gone.fields == {} and gone.acts == gone.time
    assert refused(CARE, opened(rev=1, retract=True, reporter="meridian")).code == "EVT150"


def test_leap_seconds_are_noted() -> None:
    taken = take(opened(time="2026-06-30T23:59:60Z"))
    assert taken.events[0].time == at("2026-06-30T23:59:59+00:00")
    note = "`time`: the leap second in “2026-06-30T23:59:60Z” is read as the second before."
    assert ("a.jsonl:1", note) in taken.notes
    assert take(opened(time="2026-06-30T23:59:60Z", priority="P9")).notes == ()


# ------------------------------------------------------------------------------------ when it acts
def test_an_event_that_lasts() -> None:
    lasting = contract(kind("outage", EventField("s", INSTANT), EventField("e", INSTANT), from_field="s", to_field="e"))
    values = {"id": "1", "type": "outage", "time": "2026-05-01T00:00:00Z", "s": "2026-04-07T19:00:00Z"}
    found = event(lasting, {**values, "e": "2026-04-07T20:00:00Z"})
    assert (found.acts, found.ends) == (at("2026-04-07T19:00+00:00"), at("2026-04-07T20:00+00:00"))
    assert found.time == found.known == at("2026-05-01T00:00+00:00")
    assert event(lasting, {**values, "e": values["s"]}).ends == found.acts
    assert refused(lasting, {**values, "e": "2026-04-07T18:59:59Z"}).code == "EVT144"
    open_ended = contract(
        kind("outage", EventField("s", DAY), EventField("e", DAY, optional=True), from_field="s", to_field="e")
    )
    days = {**values, "s": "2026-04-07"}
    assert event(open_ended, days).ends is None
    assert event(open_ended, {**days, "e": "2026-04-07"}).ends == at("2026-04-08T00:00")


@pytest.mark.parametrize(
    ("of", "raw", "acts", "day"),
    [
        (INSTANT, "2026-04-01T10:00:00+01:00", "2026-04-01T10:00", None),
        (DAY, "2026-04-01", "2026-04-01T00:00", date(2026, 4, 1)),
        (period("month"), "2026-04", "2026-04-30T00:00", date(2026, 4, 30)),
        (DAY, "", "2026-05-05T10:00", None),
    ],
)
def test_happens(of: object, raw: str, acts: str, day: date | None) -> None:
    paid = contract(kind("paid", EventField("on", of, optional=True), happens="on"))
    found = event(paid, {"id": "1", "type": "paid", "time": "2026-05-05T10:00:00+01:00", "on": raw})
    assert (found.acts, found.day) == (at(acts), day)
    assert found.known == at("2026-05-05T10:00")


def test_period_that_it_counts_for() -> None:
    claim = contract(kind("claim", EventField("of", period("month"), optional=True), period="of"))
    values = {"id": "1", "type": "claim", "time": "2026-05-05T10:00:00+01:00"}
    assert event(claim, {**values, "of": "2026-04"}).period == parse_period("2026-04")
    assert event(claim, values).period is None


# ------------------------------------------------------------------------------------ reads
DAY_REPORTED = kind("day_reported", EventField("offered", NUMBER), EventField("place", TEXT, optional=True))


def test_the_mapping_that_says_most_of_the_name_wins() -> None:
    row = RowMapping("day_reported", (), ())
    maps = [
        mapping(row, name="all", files="*"),
        mapping(row, name="city", files="van*.csv", separator=";"),
        mapping(row, name="jsons", files="*.jsonl.gz", format="jsonl"),
    ]
    for order in (maps, maps[::-1]):
        intake = Intake(contract(DAY_REPORTED, mappings=order))
        assert intake.layout("/data/vancouver.csv.gz") == Layout("csv", ";")
        assert intake.layout("x.jsonl") == Layout("jsonl", ",")
        assert intake.mapping("other.csv").name == "all"
    assert Intake(contract()).layout("x.csv") is None


def test_columns() -> None:
    row = RowMapping(
        "step",
        (),
        (
            ("kind", column("Kind", values=(("1", "P1"), ("yes", "P2")))),
            ("place", Column(("site.name",), absent="unknown")),
            ("unit", Column(constant="minutes")),
            ("deep", Column(("a", "b"))),
        ),
    )
    step = kind(
        "step", EventField("kind", one_of("P1", "P2", "P3")), EventField("place", TEXT), EventField("unit", TEXT),
        EventField("deep", TEXT, optional=True), EventField("own", YES_NO, optional=True),
    )  # fmt: skip
    agreement = contract(step, mappings=[mapping(row, files="*", format="jsonl", identity=column("seq"))])
    base = {"seq": 7, "when": "2026-04-07T19:00:00Z", "Kind": "1"}
    found = event(agreement, {**base, "own": False})
    assert found.fields == {"kind": "P1", "place": "unknown", "unit": "minutes", "own": False}
    assert (found.source, found.id) == ("desk", "7")
    assert event(agreement, {**base, "site": {"name": "Leeds"}}).fields["place"] == "Leeds"
    assert event(agreement, {**base, "site.name": "Kraków"}).fields["place"] == "Kraków"
    assert event(agreement, {**base, "site": "flat"}).fields["place"] == "unknown"
    assert event(agreement, {**base, "site": None}).fields["place"] == "unknown"
    assert event(agreement, {**base, "Kind": "P3"}).fields["kind"] == "P3"
    assert event(agreement, {**base, "a": {"b": 5}}).fields["deep"] == "5"
    assert refused(agreement, {**base, "Kind": "4"}).code == "EVT142"
    assert "column “Kind”" in refused(agreement, without(base, "Kind")).message()
    assert "column “when”" in refused(agreement, without(base, "when")).message()
    assert refused(agreement, {**base, "site": {"name": {"x": 1}}}).code == "EVT141"
    assert refused(agreement, without(base, "seq")).code == "EVT120"


def test_one_row_may_make_several_events_or_none() -> None:
    held, resumed = kind("held", TICKET), kind("resumed", TICKET)
    agreement = contract(
        held, resumed,
        mappings=[
            mapping(
                RowMapping(
                    "held",
                    (Condition(column("type"), ("Wait", "Hold")), Condition(column("auto"), ("false",))),
                    (),
                ),
                RowMapping("resumed", (Condition(column("type"), ("Hold", "Go")),), ()),
                files="*", format="jsonl",
            )
        ],
    )  # fmt: skip
    base = {"when": "2026-04-07T19:00:00Z", "ticket": "T", "auto": False}
    assert [(e.kind, e.id) for e in read(agreement, {**base, "type": "Wait"})] == [("held", "1")]
    assert [(e.kind, e.id) for e in read(agreement, {**base, "type": "Go"})] == [("resumed", "1")]
    assert [(e.kind, e.id) for e in read(agreement, {**base, "type": "Hold"})] == [
        ("held", "1:held"), ("resumed", "1:resumed"),
    ]  # fmt: skip
    assert read(agreement, {**base, "type": "Other"}) == ()
    assert read(agreement, {**base, "type": "Wait", "auto": True}) == ()
    assert read(agreement, {"type": {"x": 1}}) == ()
    twice = contract(held, mappings=[mapping(RowMapping("held", (), ()), RowMapping("held", (), ()), files="*")])
    assert [e.id for e in read(twice, base)] == ["1:held", "1:held:2"]


def test_subject_known_and_zone_of_a_mapping() -> None:
    row = RowMapping("day_reported", (), ())
    agreement = contract(
        DAY_REPORTED,
        mappings=[
            mapping(
                row, files="*", format="jsonl", source="", zone="America/Vancouver", subject=column("contract"),
                known=column("seen"),
            )
        ],
    )  # fmt: skip
    base = {"when": "2026-04-07 19:00", "offered": 1}
    found = event(agreement, base, "/x/calls.jsonl.gz")
    assert found.time == at("2026-04-07T19:00-07:00") and found.source == "calls.jsonl"
    assert event(agreement, {**base, "seen": "2026-04-08 00:00"}).known == at("2026-04-08T00:00-07:00")
    assert event(agreement, {**base, "when": "2026-04-07"}).acts == at("2026-04-07T00:00")
    assert refused(agreement, {**base, "when": "2026-03-08 02:30"}).code == "EVT127"
    assert refused(agreement, {**base, "when": "2025-11-02 01:30"}).code == "EVT127"
    assert read(agreement, {**base, "contract": "other"}) == ()
    assert len(read(agreement, {**base, "contract": "care"})) == 1


def test_a_mapped_source_may_be_a_party() -> None:
    row = RowMapping("ticket_opened", (), ())
    wrong = contract(OPENED, mappings=[mapping(row, files="*", source="meridian")])
    assert refused(wrong, {**opened(), "when": "2026-04-07"}).code == "EVT150"
    right = contract(OPENED, mappings=[mapping(row, files="*", source="northwind")])
    assert event(right, {**opened(), "when": "2026-04-07"}).reporter == "northwind"


def test_a_mapped_row_may_correct_retract_and_name_its_reporter() -> None:
    row = RowMapping("ticket_opened", (), ())
    agreement = contract(
        OPENED,
        mappings=[
            mapping(
                row, files="*", identity=column("no"), rev=column("version"),
                reporter=column("by", values=(("CL", "northwind"),)),
                retracted=(Condition(column("state"), ("void",)),),
            )
        ],
    )  # fmt: skip
    base = {**opened(), "no": "7", "when": "2026-04-07", "by": "CL"}
    first = event(agreement, base)
    assert (first.id, first.rev, first.retracts, first.reporter) == ("7", 0, False, "northwind")
    assert event(agreement, {**base, "version": "2"}).rev == 2
    gone = event(agreement, {"no": "7", "when": "2026-04-09", "version": "3", "state": "void", "by": "CL"})
    assert gone.retracts and gone.rev == 3 and not gone.fields
    assert refused(agreement, {**base, "state": "void"}).code == refused(contract(), {**opened(), "retract": True}).code
    assert refused(agreement, {**base, "by": "meridian"}).code == "EVT150"
    assert refused(agreement, {**base, "version": "x"}).code == "EVT128"


# ------------------------------------------------------------------------------------ examples
def test_the_agreements_own_examples() -> None:
    agreement = contract(
        kind("e", TICKET, EventField("due", INSTANT, optional=True), EventField("n", LENGTH, optional=True),
             reporters=("northwind",)),
    )  # fmt: skip
    example = Example(
        "x",
        Clause("x", "test"),
        (
            ExampleEvent(at("2026-04-07T19:00"), "e", (("ticket", '"T 1"'), ("due", "2026-04-08T09:00"))),
            ExampleEvent(at("2026-04-07T20:00"), "e", (("ticket", "T2"), ("n", "4 hours")), at("2026-05-01T00:00")),
            ExampleEvent(at("2026-04-07T20:00"), "f", ()),
            ExampleEvent(at("2026-04-07T20:00"), "e", ()),
        ),
        (),
    )
    events, wrong = example_events(agreement, example)
    assert [(e.source, e.id, e.kind) for e in events] == [("test", "1", "e"), ("test", "2", "e")]
    assert events[0].fields == {"ticket": "T 1", "due": at("2026-04-08T09:00")}
    assert events[1].known == at("2026-05-01T00:00")
    assert [why for _, why in wrong] == [
        "The agreement has no event named “f”.", "The event `e` needs the field `ticket`, but it is not given.",
    ]  # fmt: skip


# ------------------------------------------------------------------------------------ reasons
def test_every_reason_has_its_own_code_and_a_page() -> None:
    assert len({reason.code for reason in REASONS}) == len(REASONS)
    for reason in REASONS:
        # Nothing waits to be filled in.
        assert not re.search(r"\{\w+\}", reason.page) and "Next: " in reason.page
        assert reason.says.endswith((".", "{why}")) and reason.step.endswith(".")


def test_the_zone_is_at_hand() -> None:
    assert Intake(CARE).zone == LONDON
