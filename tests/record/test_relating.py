"""Events that speak of other events: versions of the other, or events of their own at its time."""

from __future__ import annotations

from itertools import permutations

from bpodsl.record import Event
from bpodsl.record.account import Intaken
from bpodsl.terms import EventField, Relation, RowMapping
from bpodsl.terms.kinds import INSTANT, NUMBER, TEXT
from tests.record.door import at, column, contract, counts, kind, mapping, take

METER = EventField("meter", TEXT, key=True)
UNITS = EventField("units", NUMBER)
READ = EventField("read", INSTANT, optional=True)
BY_METER = (("meter", "meter"),)

READING = kind("reading", METER, UNITS, READ, happens="read")
FIXED = kind("fixed", METER, EventField("units", NUMBER, optional=True), READ,
             relates=Relation("corrects", "reading", BY_METER, ("units", "read")))  # fmt: skip
GONE = kind("gone", METER, relates=Relation("withdraws", "reading", BY_METER))
ADDED = kind("added", EventField("of", TEXT), relates=Relation("counts with", "reading", (("of", ""),)))
UNFIXED = kind("unfixed", METER, relates=Relation("withdraws", "fixed", BY_METER))
AGREEMENT = contract(READING, FIXED, GONE, ADDED, UNFIXED)


def line(type_: str, id_: str, day: int, **more: object) -> dict[str, object]:
    fields = {"meter": "M1", **({"units": "10"} if type_ == "reading" else {})}
    return {"id": id_, "type": type_, "time": f"2026-04-{day:02}T12:00:00Z", **fields, **more}


def given(*lines: dict[str, object], until: str | None = None) -> Intaken:
    return take(*lines, agreement=AGREEMENT, until=until)


def versions(taken: Intaken, id_: str) -> list[Event]:
    return sorted((e for e in taken.events if e.id == id_), key=lambda e: e.rev)


def test_a_correction_is_a_version_known_from_its_own_time() -> None:
    lines = [line("reading", "1", 7), line("fixed", "2", 9, units="12"), line("fixed", "3", 8, units="11")]
    for order in permutations(lines):
        found = versions(given(*order), "1")
        assert [(e.rev, e.fields["units"], e.known) for e in found] == [
            (0, 10, at("2026-04-07T13:00")), (1, 11, at("2026-04-08T13:00")), (2, 12, at("2026-04-09T13:00")),
        ]  # fmt: skip
        assert {e.acts for e in found} == {at("2026-04-07T13:00")}
        assert [e.related for e in found] == [(), ("a.jsonl/3",), ("a.jsonl/3", "a.jsonl/2")]
    assert counts(given(*lines)) == {"lines": 3, "applied": 3}


def test_a_correction_of_when_it_happened_moves_it() -> None:
    found = versions(given(line("reading", "1", 7), line("fixed", "2", 9, read="2026-04-02T12:00:00Z")), "1")
    assert [e.acts for e in found] == [at("2026-04-07T13:00"), at("2026-04-02T13:00")]


def test_its_own_revision_is_whole_and_corrections_are_laid_over_it() -> None:
    again = line("reading", "1", 7, units="20", rev=1, recordedtime="2026-04-10T12:00:00Z")
    found = versions(given(line("reading", "1", 7), line("fixed", "2", 9, read="2026-04-02T12:00:00Z"), again), "1")
    assert [(e.rev, e.fields["units"]) for e in found] == [(0, 10), (1, 10), (2, 20)]
    assert found[-1].acts == at("2026-04-02T13:00")


def test_a_withdrawal_and_its_end() -> None:
    back = line("gone", "2", 9, rev=1, retract=True, recordedtime="2026-04-12T12:00:00Z")
    taken = given(line("reading", "1", 7), line("gone", "2", 9))
    assert [e.retracts for e in versions(taken, "1")] == [False, True]
    assert counts(taken) == {"lines": 2, "applied": 1, "retracted": 1}
    taken = given(line("reading", "1", 7), line("gone", "2", 9), back)
    assert [e.retracts for e in versions(taken, "1")] == [False, True, False]
    assert counts(taken) == {"lines": 3, "applied": 2, "retracted": 1}


def test_versions_keep_their_numbers_when_another_event_speaks_of_theirs() -> None:
    lines = [
        line("reading", "1", 7), line("reading", "1", 7, rev=9, recordedtime="2026-04-09T12:00:00Z", units="20"),
        line("reading", "1", 7, rev=5, recordedtime="2026-04-10T12:00:00Z", units="30"),
    ]  # fmt: skip
    before = [(0, 10, False), (1, 20, False)]
    for spoken in ([], [line("gone", "2", 12)]):
        found = [(e.rev, e.fields["units"], e.retracts) for e in versions(given(*lines, *spoken), "1")]
        assert found == before + [(2, 20, True)] * len(spoken)


def test_what_corrects_may_be_withdrawn() -> None:
    lines = [line("reading", "1", 7), line("fixed", "2", 8, units="11"), line("unfixed", "3", 9)]
    assert [e.fields["units"] for e in versions(given(*lines), "1")] == [10, 11, 10]


def test_a_correction_that_is_withdrawn_as_it_comes_never_was() -> None:
    taken = given(line("reading", "1", 7), line("fixed", "2", 9, units="11"), line("unfixed", "3", 9))
    assert [e.fields["units"] for e in versions(taken, "1")] == [10]
    assert versions(taken, "2") == []
    assert counts(taken) == {"lines": 3, "applied": 2, "retracted": 1}


def test_what_names_nothing_waits() -> None:
    lines = [line("fixed", "2", 9, units="12"), line("reading", "1", 10)]
    taken = given(*lines, until="2026-04-10T00:00")
    assert not taken.events and counts(taken) == {"lines": 2, "waiting": 2}
    assert taken.notes == (("a.jsonl:1", "waits: the event that it names has not been reported"),)
    taken = given(*lines)
    assert [(e.rev, e.fields["units"]) for e in versions(taken, "1")] == [(0, 12)]
    assert versions(taken, "2")[0].known == at("2026-04-10T13:00")


def test_counts_with_by_id_acts_when_the_other_acts() -> None:
    moved = line("fixed", "3", 11, read="2026-04-02T12:00:00Z")
    lines = [line("reading", "1", 7), line("added", "2", 9, of="1"), moved]
    found = versions(given(*lines), "2")
    assert [(e.acts, e.known) for e in found] == [
        (at("2026-04-07T13:00"), at("2026-04-09T13:00")), (at("2026-04-02T13:00"), at("2026-04-11T13:00")),
    ]  # fmt: skip
    assert versions(given(*lines[:1], line("added", "2", 9, of="a.jsonl/1")), "2")
    taken = given(*lines, line("gone", "4", 12))
    assert [e.retracts for e in versions(taken, "2")] == [False, False, True]
    assert counts(taken) == {"lines": 4, "applied": 2, "retracted": 1, "waiting": 1}


def test_of_several_the_latest_before_it_is_named_and_the_choice_stands() -> None:
    lines = [
        line("reading", "1", 5), line("reading", "2", 7), line("reading", "3", 12),
        line("reading", "4", 8, recordedtime="2026-04-20T12:00:00Z"), line("fixed", "5", 9, units="1"),
    ]  # fmt: skip
    taken = given(*lines)
    assert [len(versions(taken, id_)) for id_ in "1234"] == [1, 2, 1, 1]


def test_what_is_known_by_an_instant_does_not_depend_on_what_comes_later() -> None:
    lines = [
        line("reading", "1", 7), line("fixed", "2", 9, units="12"), line("added", "3", 10, of="1"),
        line("gone", "4", 12), line("fixed", "5", 13, units="9"),
    ]  # fmt: skip
    for day in range(7, 15):
        until = f"2026-04-{day:02}T12:30"
        early = given(*(each for each in lines if str(each["time"]) < f"{until}:00Z"), until=until).events
        whole = tuple(e for e in given(*lines).events if e.known < at(until))
        assert set(early) == set(whole)


def test_a_lower_revision_that_is_known_later_is_never_the_highest() -> None:
    def revision(rev: int, day: int, units: str) -> dict[str, object]:
        return line("reading", "1", 7, units=units, rev=rev, recordedtime=f"2026-04-{day:02}T12:00:00Z")

    lines = [revision(0, 7, "10"), revision(2, 9, "30"), revision(1, 10, "20"), line("fixed", "2", 12, units="11")]
    for order in permutations(lines):
        found = versions(given(*order), "1")
        assert [(e.fields["units"], e.known) for e in found] == [
            (10, at("2026-04-07T13:00")), (30, at("2026-04-09T13:00")), (11, at("2026-04-12T13:00")),
        ]  # fmt: skip


def test_what_names_another_only_in_a_later_revision_counts_from_then() -> None:
    first = line("fixed", "2", 9, meter="M2", units="12")
    moved = line("fixed", "2", 9, units="12", rev=1, recordedtime="2026-04-11T12:00:00Z")
    taken = given(line("reading", "1", 7), first, moved)
    assert [(e.fields["units"], e.known) for e in versions(taken, "1")] == [
        (10, at("2026-04-07T13:00")), (12, at("2026-04-11T13:00")),
    ]  # fmt: skip
    assert [e.known for e in versions(taken, "2")] == [at("2026-04-11T13:00")]
    assert not taken.notes


def test_a_withdrawal_of_what_was_never_reported_leaves_nothing() -> None:
    taken = given(line("reading", "1", 7), line("fixed", "2", 9, retract=True))
    assert [e.fields["units"] for e in versions(taken, "1")] == [10] and versions(taken, "2") == []


def test_of_two_revisions_known_at_once_the_higher_stands() -> None:
    again = line("reading", "1", 7, units="20", rev=1)
    for order in permutations([line("reading", "1", 7), again, line("fixed", "2", 9, units="11")]):
        found = versions(given(*order), "1")
        assert [(e.fields["units"], e.known) for e in found] == [
            (20, at("2026-04-07T13:00")), (11, at("2026-04-09T13:00")),
        ]  # fmt: skip


def test_what_counts_with_another_in_one_revision_alone() -> None:
    lost = line("added", "2", 9, of="nobody", rev=1, recordedtime="2026-04-11T12:00:00Z")
    found = versions(given(line("reading", "1", 7), line("added", "2", 9, of="1"), lost), "2")
    assert (found[0].retracts, found[0].known, found[0].acts) == (
        False, at("2026-04-09T13:00"), at("2026-04-07T13:00"),
    )  # fmt: skip
    # What becomes of the other later is nothing to it.
    moved = line("fixed", "3", 12, read="2026-04-02T12:00:00Z")
    assert versions(given(line("reading", "1", 7), line("added", "2", 9, of="1"), lost, moved), "2") == found
    later = line("added", "2", 9, of="1", rev=1, recordedtime="2026-04-11T12:00:00Z")
    found = versions(given(line("reading", "1", 7), line("added", "2", 9, of="nobody"), later), "2")
    assert [(e.retracts, e.known, e.acts) for e in found] == [
        (False, at("2026-04-11T13:00"), at("2026-04-07T13:00"))
    ]  # fmt: skip


def test_a_correction_that_would_make_no_sense_of_the_other_is_set_aside() -> None:
    began, ended = EventField("began", INSTANT), EventField("ended", INSTANT)
    down = kind("down", METER, began, ended, from_field="began", to_field="ended")
    fixed = kind("fixed", METER, ended, relates=Relation("corrects", "down", BY_METER, ("ended",)))
    first = line("down", "1", 7, began="2026-04-07T10:00:00Z", ended="2026-04-07T11:00:00Z")

    def ends(at_hour: int) -> tuple[list[int | None], list[str]]:
        later = line("fixed", "2", 8, ended=f"2026-04-07T{at_hour:02}:00:00Z")
        taken = take(first, later, agreement=contract(down, fixed))
        return [e.ends for e in versions(taken, "1")], [each.place for each in taken.quarantined]

    assert ends(12) == ([at("2026-04-07T12:00"), at("2026-04-07T13:00")], [])
    assert ends(9) == ([at("2026-04-07T12:00")], ["a.jsonl:2"])


def test_a_line_of_which_only_a_part_waits_is_used() -> None:
    read = mapping(RowMapping("reading", (), (("meter", column("m")), ("units", column("u")))),
                   RowMapping("added", (), (("of", column("of")),)), files="*.jsonl", format="jsonl",
                   identity=column("id"))  # fmt: skip
    row = {"id": "1", "when": "2026-04-07T12:00:00Z", "m": "M1", "u": "10", "of": "nobody"}
    taken = take(row, agreement=contract(READING, ADDED, mappings=[read]))
    assert [e.kind for e in taken.events] == ["reading"]
    assert counts(taken) == {"lines": 1, "applied": 1} and not [note for note in taken.notes if "waits" in note[1]]
