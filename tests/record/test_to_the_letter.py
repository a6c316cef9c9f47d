"""What is read and told, to the letter: which of two that are alike it is, and where it turns."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from bpodsl.record.amendments import amendments
from bpodsl.record.conditions import EventScope, holds
from bpodsl.record.event import ends_of_times
from bpodsl.record.refusals import shown
from bpodsl.terms import Change, NotMeasured
from bpodsl.terms import expressions as x
from bpodsl.terms.kinds import YES_NO
from bpodsl.values import LAST, SECOND
from tests.record.door import LONDON, at, clause, contract, event, opened, take


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
