"""The whole input: repetitions, contradictions, corrections, waiting; and every line accounted for."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.record import account as accounts
from bpodsl.record import gather as whole
from bpodsl.record.account import Account, Intaken
from bpodsl.record.refusals import LimitReached
from bpodsl.store import read_events
from bpodsl.terms import Condition, RowMapping
from bpodsl.values import DAY_TICKS
from tests.record.door import (
    TICKET,
    at,
    codes,
    column,
    contract,
    counts,
    feed,
    ids,
    kind,
    mapping,
    opened,
    take,
)  # fmt: skip

MAY = "2026-05-01T00:00"
BAD = {"priority": "P9"}


def fixed(rev: int, recorded: str | None = None, **more: object) -> dict[str, object]:
    """A correction of event 1."""
    return opened(rev=rev, **({} if recorded is None else {"recordedtime": recorded}), **more)


# ------------------------------------------------------------------------------------ duplicates, contradictions
def test_a_repetition_has_no_effect() -> None:
    again = {**opened(), "time": "2026-04-07T18:00:00Z", "note": "sent again"}
    assert take(opened()).events == take(opened(), again, opened()).events
    assert counts(take(opened(), again, opened())) == {"lines": 3, "applied": 1, "duplicate": 2}


def test_a_contradiction_sets_all_its_lines_aside() -> None:
    taken = take(opened(), opened(), opened(priority="P2"), opened("2"))
    assert ids(taken.events) == ["2"] and codes(taken) == ["EVT160"] * 3
    assert [each.place for each in taken.quarantined] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]
    assert taken.quarantined[0].reason == (
        "3 lines claim to be event “1” of “a.jsonl”, and differ: a.jsonl:1, a.jsonl:2, a.jsonl:3. "
        "None of them is used from when two of them are known."
    )
    assert json.loads(taken.quarantined[2].raw)["priority"] == "P2"


def test_one_who_may_not_report_cannot_shake_a_report() -> None:
    taken = take(opened(), opened(reporter="meridian"), opened(**BAD))
    assert ids(taken.events) == ["1"] and codes(taken) == ["EVT150", "EVT142"]


def test_a_contradiction_that_is_not_yet_known_waits() -> None:
    rival = opened(priority="P2", recordedtime="2026-06-01T00:00:00Z")
    assert counts(take(opened(), rival, rival, until=MAY)) == {"lines": 3, "applied": 1, "waiting": 1, "duplicate": 1}
    assert counts(take(opened(), rival, until="2026-07-01T00:00")) == {"lines": 2, "quarantined": 2}
    third = {**rival, "priority": "P3"}
    assert counts(take(rival, third, until=MAY)) == {"lines": 2, "waiting": 2}


def versions(taken: Intaken) -> list[tuple[str, object, int, bool]]:
    """Of the events: what they are called, what they say, from when they are known, and whether they are taken back."""
    return [(e.id + f"@{e.rev}", e.fields["priority"], e.known, e.retracts) for e in taken.events]


FIRST = opened()
RIVAL = opened(priority="P2", recordedtime="2026-04-20T12:00:00+01:00")


def test_the_first_report_stands_until_it_is_contradicted() -> None:
    begun, rivalled = at("2026-04-07T19:00"), at("2026-04-20T12:00")
    for lines in ((FIRST, RIVAL), (RIVAL, FIRST)):
        taken = take(*lines, until=MAY)
        assert versions(taken) == [("1@0", "P1", begun, False), ("1@1", "P1", rivalled, True)]
        assert codes(taken) == ["EVT160"] * 2 and counts(taken) == {"lines": 2, "quarantined": 2}
    # A third that agrees with the first changes nothing, and one that comes later still is set aside with them.
    again = opened(priority="P3", recordedtime="2026-04-25T12:00:00+01:00")
    assert versions(take(FIRST, FIRST, again, RIVAL, until=MAY)) == versions(take(FIRST, RIVAL, until=MAY))


def test_below_a_contradicted_correction_the_highest_sound_one_stands() -> None:
    fix = fixed(2, "2026-04-10T00:00:00+01:00", priority="P3")
    rival = fixed(2, "2026-04-20T00:00:00+01:00", priority="P1")
    below = fixed(1, "2026-04-09T00:00:00+01:00", priority="P2")
    taken = take(opened(), fix, rival, below, until=MAY)
    assert [(name, priority) for name, priority, _, _ in versions(taken)] == [
        ("1@0", "P1"), ("1@1", "P2"), ("1@2", "P3"), ("1@3", "P2"),
    ]  # fmt: skip
    assert versions(taken)[-1][2] == at("2026-04-20T00:00")


def test_a_correction_mends_what_had_stood_and_was_contradicted() -> None:
    fix = fixed(1, "2026-04-22T00:00:00+01:00", priority="P3")
    taken = take(FIRST, RIVAL, fix, until=MAY)
    assert [(name, priority, gone) for name, priority, _, gone in versions(taken)] == [
        ("1@0", "P1", False), ("1@1", "P1", True), ("1@2", "P3", False),
    ]  # fmt: skip
    # One that is known before the contradiction stands from then on, whatever becomes of what it corrects.
    early = fixed(1, "2026-04-10T00:00:00+01:00", priority="P3")
    taken = take(FIRST, RIVAL, early, until=MAY)
    assert [(name, priority, gone) for name, priority, _, gone in versions(taken)] == [
        ("1@0", "P1", False), ("1@1", "P3", False),
    ]  # fmt: skip


def test_a_contradicted_correction_of_nothing_waits() -> None:
    taken = take(fixed(1), fixed(1, "2026-04-20T00:00:00Z", priority="P2"), opened("2"), until=MAY)
    assert ids(taken.events) == ["2"] and codes(taken) == ["EVT160"] * 2


def test_without_until_time_goes_on_to_the_contradiction() -> None:
    taken = take(FIRST, RIVAL)
    assert taken.until == at("2026-04-20T12:00") + 1 and len(taken.events) == 2


def test_a_contradiction_in_a_correction_leaves_the_report_below() -> None:
    taken = take(opened(), fixed(1, priority="P2"), fixed(1, priority="P3"), fixed(2, priority="P1"))
    assert ids(taken.events) == ["1", "1@2"] and codes(taken) == ["EVT160"] * 2
    assert ", rev 1," in taken.quarantined[0].reason
    assert ids(take(opened(), fixed(1, priority="P2"), fixed(1, priority="P3")).events) == ["1"]


# ------------------------------------------------------------------------------------ corrections
def test_a_correction_supersedes_in_any_order() -> None:
    lines = [opened(), fixed(1, "2026-04-20T00:00:00Z", priority="P2"), fixed(3, "2026-04-21T00:00:00Z")]
    for order in (lines, lines[::-1]):
        taken = take(*order)
        assert ids(taken.events) == ["1", "1@1", "1@3"]
        assert counts(taken) == {"lines": 3, "applied": 1, "superseded": 2}
    assert counts(take(*lines, until="2026-04-20T12:00+00:00")) == {
        "lines": 3, "applied": 1, "superseded": 1, "waiting": 1,
    }  # fmt: skip


def test_a_withdrawal() -> None:
    gone = fixed(2, "2026-04-20T00:00:00Z", retract=True)
    taken = take(opened(), fixed(1, priority="P2"), gone)
    assert counts(taken) == {"lines": 3, "applied": 1, "retracted": 2}
    assert taken.events[-1].retracts


def test_a_correction_is_known_once_the_report_is() -> None:
    late = opened(recordedtime="2026-04-20T00:00:00Z")
    taken = take(fixed(1, "2026-04-10T00:00:00Z", priority="P2"), late)
    assert [each.known for each in taken.events] == [at("2026-04-20T00:00+00:00")] * 2
    alone = take(fixed(1), opened("2", "2026-04-30T00:00:00Z"))
    told = next(told for _, told in alone.notes if told.startswith("waits"))
    assert "rev 1 of “1”, of which the first report" in told and '"1" as 0' in told
    assert ids(alone.events) == ["2"] and counts(alone) == {"lines": 2, "applied": 1, "waiting": 1}
    waits = take(fixed(1), opened(recordedtime="2026-06-01T00:00:00Z"), until=MAY)
    assert counts(waits) == {"lines": 2, "waiting": 2}


def test_of_those_that_wait_it_is_told_how_many_only_wait_for_their_time() -> None:
    def beyond(*lines, until=MAY):
        account = take(*lines, until=until).account
        return account.waiting, account.beyond

    at_until = opened("2", "2026-05-01T00:00:00+01:00")
    assert beyond(opened(), at_until) == (1, 1)
    assert beyond(opened(), at_until, until="2026-05-01T00:01+01:00") == (0, 0)
    assert beyond(opened(), fixed(1, id="3"), at_until) == (2, 1)
    assert beyond(fixed(1), opened(recordedtime="2026-06-01T00:00:00Z")) == (2, 2)
    rival = opened(priority="P2", recordedtime="2026-06-01T00:00:00Z")
    assert beyond(rival, {**rival, "priority": "P3"}) == (2, 2)


def test_the_account_in_words() -> None:
    standings = {"lines": 5, "applied": 2, "waiting": 3, "not_ours": 0}
    assert accounts.told(standings) == "2 applied, 3 waiting"
    assert accounts.told(standings, 2) == "2 applied, 3 waiting (2 of them later than --until)"
    assert accounts.told(standings, 3) == "2 applied, 3 waiting (later than --until)"


@pytest.mark.parametrize(
    "broken",
    [
        [opened(**BAD)],
        [opened(reporter="meridian")],
        [opened(), opened(priority="P2")],
        [opened(time="2190-01-01T00:00:00Z")],
    ],
)
def test_a_correction_mends_what_was_set_aside(broken: list[dict[str, object]]) -> None:
    taken = take(*broken, fixed(1), until=MAY)
    assert ids(taken.events) == ["1@1"] and taken.account.quarantined == len(broken)
    assert taken.events[0].known == at("2026-04-07T19:00")


def test_a_correction_that_is_refused_leaves_the_report() -> None:
    taken = take(opened(), fixed(1, **BAD))
    assert ids(taken.events) == ["1"] and codes(taken) == ["EVT142"]


# ------------------------------------------------------------------------------------ until
def test_until_is_exclusive() -> None:
    exactly = opened("2", time=f"{MAY}:00+01:00")
    before = opened("1", time="2026-04-30T23:59:59.999999+01:00")
    taken = take(before, exactly, until=MAY)
    assert ids(taken.events) == ["1"] and counts(taken) == {"lines": 2, "applied": 1, "waiting": 1}
    assert taken.until == at(MAY)


def test_beyond_the_horizon() -> None:
    skew = DAY_TICKS
    near, far = opened("1", "2026-05-01T23:59:59+01:00"), opened("2", "2026-05-02T00:00:00+01:00")
    edge = take(near, far, until=MAY, skew=skew)
    assert counts(edge) == {"lines": 2, "waiting": 1, "quarantined": 1} and codes(edge) == ["EVT161"]
    assert edge.quarantined[0].reason == (
        "The event is known from 2026-05-01T23:00:00Z, more than 1 days after 2026-04-30T23:00:00Z."
    )
    twice = take(opened("1", "2190-05-02T00:00:00Z"), opened("1", "2191-05-02T00:00:00Z"), until=MAY)
    assert codes(twice) == ["EVT161"] * 2


def test_without_until_it_is_one_tick_after_the_latest() -> None:
    taken = take(opened("1"), opened("2", recordedtime="2026-06-01T00:00:00Z"))
    assert taken.until == at("2026-06-01T00:00+00:00") + 1 and len(taken.events) == 2
    nothing = take(opened(**BAD))
    assert nothing.until == at("2026-04-01T00:00") and not nothing.events and not nothing.sound


def test_without_until_an_event_far_ahead_is_named_and_not_used() -> None:
    sound = [opened(str(n), f"2026-04-{n:02d}T00:00:00Z") for n in range(1, 5)]
    ahead = [opened("8", "2190-01-01T00:00:00Z"), opened("9", "2199-01-01T00:00:00Z")]
    taken = take(*sound, *ahead)
    assert taken.until == at("2026-04-04T00:00+00:00") + 1 and codes(taken) == ["EVT161"] * 2
    doubled = take(*sound, *ahead, *ahead, *ahead)
    assert doubled.until == taken.until
    few_before = take(opened("0", "2009-01-01T00:00:00Z"), *sound)
    assert few_before.sound and few_before.until == taken.until
    assert take(opened("0", "2009-01-01T00:00:00Z"), opened("1")).until == at("2026-04-07T19:00") + 1


# ------------------------------------------------------------------------------------ rows and files
def test_a_row_of_several_events_counts_once() -> None:
    held, resumed = kind("held", TICKET), kind("resumed", TICKET)
    rows = [
        RowMapping("held", (Condition(column("do"), ("a", "b")),), ()),
        RowMapping("resumed", (Condition(column("do"), ("b",)),), ()),
    ]
    maps = [mapping(*rows, files="*.jsonl", format="jsonl", identity=column("n"))]
    agreement = contract(held, resumed, mappings=maps)
    base = {"when": "2026-04-07T19:00:00Z", "ticket": "T"}
    lines = [{**base, "n": 1, "do": "b"}, {**base, "n": 2, "do": "a"}, {**base, "n": 3, "do": "c"}]
    taken = take(*lines, agreement=agreement)
    assert counts(taken) == {"lines": 3, "applied": 2, "not_ours": 1}
    assert ids(taken.events) == ["2", "1:held", "1:resumed"]
    assert counts(take(*lines, *lines, agreement=agreement)) == {
        "lines": 6, "applied": 2, "duplicate": 2, "not_ours": 2,
    }  # fmt: skip
    torn = take(lines[0], {**lines[0], "ticket": "U"}, {**base, "n": "1:held", "do": "a"}, agreement=agreement)
    assert counts(torn) == {"lines": 3, "quarantined": 3}
    part = {**base, "n": "1:held", "do": "a"}
    for order in ([lines[0], part], [part, lines[0]]):
        mixed = take(*order, agreement=agreement)
        assert counts(mixed) == {"lines": 2, "applied": 1, "duplicate": 1}
        assert ids(mixed.events) == ["1:held", "1:resumed"]


def test_row_numbers_tell_the_rows_of_one_file_apart() -> None:
    agreement = contract(kind("ticket", TICKET), mappings=[mapping(RowMapping("ticket", (), ()))])
    jan = feed("jan.csv", "when,ticket", "2026-04-07,A")
    feb = feed("feb.csv", "when,ticket", "2026-04-08,B", "2026-04-09,C")
    taken = read_events(agreement, [jan, feb])
    assert [(each.source, each.id) for each in taken.events] == [
        ("desk: jan.csv", "1"), ("desk: feb.csv", "1"), ("desk: feb.csv", "2"),
    ]  # fmt: skip
    assert not taken.quarantined


def test_row_numbers_of_two_files_of_one_name_clash_loudly() -> None:
    agreement = contract(kind("ticket", TICKET), mappings=[mapping(RowMapping("ticket", (), ()))])
    jan = feed("jan/rows.csv", "when,ticket", "2026-04-07,A")
    feb = feed("feb/rows.csv", "when,ticket", "2026-04-08,B", "2026-04-09,C")
    taken = read_events(agreement, [jan, feb])
    assert [each.place for each in taken.quarantined] == ["feb/rows.csv:2", "jan/rows.csv:2"]
    assert "name one of them differently" in taken.quarantined[0].step


def test_the_same_file_twice() -> None:
    lines = [opened(str(n)) for n in range(3)]
    taken = read_events(contract(), [feed("a.jsonl", *lines), feed("x/a.jsonl", *lines)])
    assert counts(taken) == {"lines": 6, "applied": 3, "duplicate": 3}
    assert {each.place.partition(":")[0] for each in taken.events} == {"a.jsonl"}


def test_order_of_events_of_one_instant() -> None:
    names = ["10", "9", "b", "a", "é", "009"]
    taken = take(*[opened(name) for name in names], opened("0", "2026-04-08T00:00:00Z"), fixed(1), opened())
    assert ids(taken.events) == ["1", "1@1", "009", "9", "10", "a", "b", "é", "0"]


def test_too_many_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "MOST_REFUSED", 3)
    assert take(*["{}"] * 3).account.quarantined == 3
    with pytest.raises(LimitReached, match="EVT192: More than 3 lines"):
        take(*["{}"] * 4)


def test_an_account_with_a_gap_is_our_error() -> None:
    account = Account(lines=2, applied=1)
    assert account.gap == 1
    with pytest.raises(AssertionError, match="differ by 1"):
        account.check()


# ------------------------------------------------------------------------------------ laws
@st.composite
def inputs(draw: st.DrawFn) -> list[bytes]:
    """Lines with few ids, revs and times, so that they meet; some of them broken."""
    line = st.fixed_dictionaries(
        {
            "id": st.sampled_from(["1", "2", "x", None]),
            "type": st.sampled_from(["ticket_opened"] * 4 + ["ticket_resolved", "nonsense"]),
            "time": st.sampled_from(
                ["2026-04-07T10:00:00Z", "2026-04-07T11:00:00+01:00", "2026-04-08", "2026-06-01T00:00:00Z",
                 "2190-01-01T00:00:00Z", "nonsense"]
            ),
            "ticket": st.sampled_from(["T1", "T1", "T2", None]),
            "priority": st.sampled_from(["P1", "P1", "P1", "P2", "P9"]),
        },
        optional={
            "source": st.sampled_from(["northwind", "s"]),
            "rev": st.sampled_from([0, 1, 2]),
            "retract": st.booleans(),
            "recordedtime": st.sampled_from(["2026-04-09T00:00:00Z", "2026-06-01T00:00:00Z"]),
            "subject": st.sampled_from(["care", "other"]),
        },
    )  # fmt: skip
    found = [json.dumps(each).encode() for each in draw(st.lists(line, max_size=12))]
    # What marks the beginning of a file means something else elsewhere.
    other = st.binary(max_size=12).filter(lambda raw: b"\n" not in raw and raw[:1] not in (b"\xef", b"\x1f"))
    return found + draw(st.lists(other, max_size=2))


def changed(line: bytes, **words: str) -> bytes:
    """The line, if it is an object, with other words in its envelope."""
    return json.dumps({**json.loads(line), **words}).encode() if line.startswith(b"{") and len(line) > 12 else line


LIMITS = st.sampled_from([None, "2026-04-07T11:00+01:00", "2026-05-01T00:00", "2026-07-01T00:00"])


def told(taken: Intaken) -> tuple[object, ...]:
    return taken.events, taken.account, [(e.code, e.raw) for e in taken.quarantined], taken.until


@given(inputs(), LIMITS)
@settings(max_examples=150, deadline=None)
def test_every_line_is_accounted_for(lines: list[bytes], until: str | None) -> None:
    taken = take(*lines, until=until)
    assert taken.account.gap == 0 and taken.account.quarantined == len(taken.quarantined)
    keys = [(each.source, each.id, each.rev) for each in taken.events]
    assert len(set(keys)) == len(keys)
    assert all(each.known < taken.until for each in taken.events)
    # What was contradicted may have stood, and then been taken back.
    sound = taken.account.applied + taken.account.superseded + taken.account.retracted
    assert len(taken.events) <= sound + 2 * codes(taken).count("EVT160")


@given(inputs(), LIMITS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_is_nothing(lines: list[bytes], until: str | None, rng: random.Random) -> None:
    shuffled = lines[:]
    rng.shuffle(shuffled)
    one, other = take(*lines, until=until), take(*shuffled, until=until)
    assert one.events == other.events and one.account == other.account and one.until == other.until
    assert sorted((e.code, e.raw) for e in one.quarantined) == sorted((e.code, e.raw) for e in other.quarantined)


@given(inputs(), LIMITS, st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_splitting_files_is_nothing(lines: list[bytes], until: str | None, cut: int) -> None:
    named = [changed(line, source="s") for line in lines]
    limit = None if until is None else at(until)
    one = read_events(contract(), [feed("a.jsonl", *named)], limit)
    parts = [feed("a.jsonl", *named[:cut]), feed("b.jsonl", *named[cut:])]
    for order in (parts, [feed("b.jsonl", *named[cut:]), feed("a.jsonl", *named[:cut])]):
        many = read_events(contract(), order, limit)
        assert many.events == one.events and many.account == one.account and many.until == one.until


@given(inputs(), LIMITS)
@settings(max_examples=150, deadline=None)
def test_every_line_twice(lines: list[bytes], until: str | None) -> None:
    one, two = take(*lines, until=until), take(*lines, *lines, until=until)
    assert one.events == two.events and one.until == two.until
    before, after = one.account.as_dict(), two.account.as_dict()
    for name in ("applied", "superseded", "retracted", "waiting"):
        assert after[name] == before[name]
    for name in ("lines", "quarantined", "not_ours"):
        assert after[name] == 2 * before[name]


@given(inputs(), LIMITS)
@settings(max_examples=100, deadline=None)
def test_events_of_others_change_nothing(lines: list[bytes], until: str | None) -> None:
    others = [changed(line, subject="other") for line in lines if len(line) > 12]
    one, two = take(*lines, until=until), take(*lines, *others, until=until)
    assert one.events == two.events and one.until == two.until
    assert two.account.not_ours == one.account.not_ours + len(others)


@given(st.lists(st.tuples(st.sampled_from("123"), st.integers(1, 28)), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_what_is_known_by_until_does_not_depend_on_what_comes_later(reports: list[tuple[str, int]]) -> None:
    lines = [opened(id_, f"2026-04-{day:02d}T00:00:00Z", ticket=str(day)) for id_, day in reports]
    until = "2026-04-15T00:00+00:00"
    early = [line for line in lines if line["time"] < "2026-04-15"]
    assert take(*lines, until=until).events == take(*early, until=until).events
