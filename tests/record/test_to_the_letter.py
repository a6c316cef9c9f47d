"""What is read and told, to the letter: which of two that are alike it is, and where it turns."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from bpodsl.record.amendments import amendments
from bpodsl.record.conditions import EventScope, holds
from bpodsl.record.event import ends_of_times
from bpodsl.record.history import History
from bpodsl.record.refusals import quoted, shown
from bpodsl.record.rulings import End
from bpodsl.record.sides import sides
from bpodsl.terms import Assignment, Change, EventField, NotMeasured
from bpodsl.terms import expressions as x
from bpodsl.terms.kinds import INSTANT, NUMBER, YES_NO
from bpodsl.values import LAST, SECOND
from tests.record.door import LONDON, TICKET, at, clause, contract, event, kind, opened, refused, take
from tests.reference.build import norm


def changed(name: str, effective: str, signed: str) -> Change:
    return Change(name, clause(name, "change"), date.fromisoformat(effective), date.fromisoformat(signed))


def test_only_a_change_signed_after_it_took_effect_comes_late() -> None:
    changes = (
        changed("late", "2026-05-01", "2026-06-01"), changed("same", "2026-05-01", "2026-05-01"),
        changed("early", "2026-05-01", "2026-04-01"),
    )  # fmt: skip
    (found,) = amendments(evolve(contract(), changes=changes))
    assert (found.id, found.acts, found.known) == ("late", at("2026-05-01T00:00"), at("2026-06-01T00:00"))


def test_an_instant_ends_a_time_if_all_that_is_known_then_does() -> None:
    """Of what is known at one instant one that is not over speaks for all, whichever comes first."""
    plain = event(contract(), opened())
    over = evolve(plain, over=True)
    later = evolve(over, known=plain.known + SECOND)
    assert ends_of_times([over, plain, later]) == ends_of_times([plain, over, later]) == {later.known}
    assert ends_of_times([over, over]) == {over.known}


def test_a_contradicted_correction_stood_from_when_the_first_report_was_known() -> None:
    taken = take(
        opened(recordedtime="2026-04-10T12:00:00Z"), opened(priority="P2", rev=1, recordedtime="2026-04-08T12:00:00Z"),
        opened(priority="P3", rev=1, recordedtime="2026-04-15T12:00:00Z"), until="2026-05-01T00:00",
    )  # fmt: skip
    assert [(each.rev, each.known, each.fields["priority"]) for each in taken.events] == [
        (0, at("2026-04-10T12:00+00:00"), "P2"), (1, at("2026-04-15T12:00+00:00"), "P1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "is_so"),
    [(x.Literal(True, YES_NO), False), (x.Literal(False, YES_NO), True), (x.Unmeasured("nothing to tell"), False)],
)
def test_not(part: x.Expression, is_so: bool) -> None:
    assert holds(x.Not(part), EventScope({}, 0, LONDON, {})) is is_so
    assert not isinstance(part, NotMeasured)


@pytest.mark.parametrize(("length", "cut"), [(1, False), (239, False), (240, True), (241, True), (10_000, True)])
def test_a_long_value_is_cut(length: int, cut: bool) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(length))
    found = shown(text)
    assert found == (text[:239] + "…" if cut else text) and len(found) <= 240


def test_what_lies_beyond_is_no_sign_of_when_it_ends() -> None:
    """Lines that are set aside are not asked how far time has gone."""
    both = [opened("2", "2026-06-01T10:00:00Z"), opened("2", "2026-06-01T10:00:00Z", priority="P9")]
    assert take(opened(), *both[1:]).until == at("2026-04-07T18:00+00:00") + 1 < LAST
    assert take(opened(), *both).until == at("2026-06-01T10:00+00:00") + 1


@pytest.mark.parametrize(("length", "cut"), [(59, False), (60, False), (61, True)])
def test_a_raw_value_is_quoted_up_to_a_length(length: int, cut: bool) -> None:
    assert quoted("x" * length) == ("x" * 59 + "…" if cut else "x" * length)


@pytest.mark.parametrize(("included", "in_time"), [(True, [True, True, False]), (False, [True, False, False])])
def test_when_a_time_is_over(included: bool, in_time: list[bool]) -> None:
    assert [End(10, included).in_time(at) for at in (9, 10, 11)] == in_time


def test_of_several_revisions_known_at_one_instant_the_highest_counts() -> None:
    first = event(contract(), opened())
    later = [evolve(first, known=first.known + SECOND, rev=rev) for rev in (1, 2)]
    assert [each.rev for each in History.of([*later, first]).versions] == [0, 2]


def test_a_field_that_is_worked_out() -> None:
    """From the others, in their order, whatever an event reports of it; absent where nothing is measured."""
    fields = (
        TICKET, EventField("each", NUMBER, optional=True), EventField("count", NUMBER, optional=True),
        EventField("sum", NUMBER, optional=True, worked=x.Arithmetic("*", x.FieldOf("each"), x.FieldOf("count"))),
        EventField("twice", NUMBER, optional=True, worked=x.Arithmetic("*", x.FieldOf("sum"), x.Literal(2, NUMBER))),
    )  # fmt: skip
    agreement = contract(kind("ticket_opened", *fields))
    bare = {name: value for name, value in opened().items() if name != "priority"}
    assert event(agreement, {**bare, "each": 3, "count": 2}).fields == {
        "ticket": "T1", "each": 3, "count": 2, "sum": 6, "twice": 12,
    }  # fmt: skip
    assert event(agreement, {**bare, "each": 3}).fields == {"ticket": "T1", "each": 3}


def test_an_interval_that_ends_before_it_was_reported() -> None:
    until = kind("ticket_opened", TICKET, EventField("ended", INSTANT), to_field="ended")
    bare = {name: value for name, value in opened().items() if name != "priority"}
    said = refused(contract(until), {**bare, "ended": "2026-04-07T18:59:59+01:00"})
    assert "`time`" in said.message() and "`ended`" in said.message()
    assert event(contract(until), {**bare, "ended": "2026-04-07T19:00:00+01:00"}).ends == at("2026-04-07T19:00")


def test_between_whom_it_is_once_a_party_was_replaced() -> None:
    passing = Assignment("passing", clause("passing", "assignment"), "meridian", "nova", date(2026, 5, 1))
    duty = norm("fix", opening="ticket_opened", acts="ticket_resolved")
    duty = evolve(duty, bearer=("meridian",), counterparty=("northwind",))
    opened_on, before, after = date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1)
    assert sides(contract(), duty, opened_on, after) == ()
    agreed = evolve(contract(), assignments=(passing,))
    assert [(n.name, n.value) for n in sides(agreed, duty, opened_on, before)] == [("bearer", "meridian")]
    assert [(n.name, n.value) for n in sides(agreed, duty, after, after)] == [("bearer", "nova")]
