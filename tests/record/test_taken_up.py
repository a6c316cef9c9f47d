"""Input that is taken up again after something was published: from when lines count, and which stay set aside."""

from __future__ import annotations

import pytest

from bpodsl.record.account import Intaken
from bpodsl.record.gather import Since, gathered, known_instants, sorted_out
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW, after_the_latest
from bpodsl.record.refusals import NO_TYPE, Refusal
from bpodsl.record.rows import BadLine, Cut, Dismissed, NoRows, RawRow
from bpodsl.terms import RowMapping
from bpodsl.values import DAY_TICKS
from tests.record.door import at, column, contract, counts, ids, mapping, opened

UNTIL = at("2026-06-01T00:00")
NOON = at("2026-04-07T19:00")


def row(number: int, values: dict[str, object], file: str = "a.jsonl") -> RawRow:
    return RawRow(file, number, number, values, str(number).encode())  # type: ignore[arg-type]


def taken(*rows: object, since: Since | None = None, held: tuple[int, ...] = ()) -> Intaken:
    """`held`: the numbers of lines of the file that stay set aside."""
    intake = Intake(contract())
    aside = {("a.jsonl", n): Refusal(NO_TYPE, f"a.jsonl:{n}", ()) for n in held}
    return gathered(intake, sorted_out(intake, rows, since, aside), UNTIL, SKEW)  # type: ignore[arg-type]


def later_from(line: int, instant: int) -> Since:
    """What that line and those after it say is known no earlier than an instant."""
    return lambda file, number, raw: instant if number >= line else 0


def test_what_came_after_publishing_counts_from_then() -> None:
    since = later_from(2, NOON + 5)
    found = taken(row(1, opened("1")), row(2, opened("2")), row(3, opened("3", recordedtime="2026-04-09T12:00:00Z")),
                  since=since)  # fmt: skip
    assert [(e.id, e.known) for e in found.events] == [
        ("1", NOON), ("2", NOON + 5), ("3", at("2026-04-09T13:00")),
    ]  # fmt: skip
    assert {e.acts for e in found.events} == {NOON}


def test_whoever_repeats_an_event_says_nothing_new() -> None:
    found = taken(row(1, opened("1")), row(2, opened("1")), since=later_from(2, NOON + 5))
    assert [(e.id, e.known) for e in found.events] == [("1", NOON)]
    assert counts(found) == {"lines": 2, "applied": 1, "duplicate": 1}
    # Whichever of the two lines comes first.
    found = taken(row(2, opened("1")), row(1, opened("1")), since=later_from(2, NOON + 5))
    assert [(e.id, e.known) for e in found.events] == [("1", NOON)]


def test_of_two_that_came_later_the_earlier_made_it_known() -> None:
    since = {1: NOON + 9, 2: NOON + 5}
    found = taken(row(1, opened("1")), row(2, opened("1")), since=lambda file, line, raw: since[line])
    assert [e.known for e in found.events] == [NOON + 5]


def test_a_contradiction_that_came_later_is_one_from_then() -> None:
    found = taken(row(1, opened("1")), row(2, opened("1", priority="P2")), since=later_from(2, NOON + 5))
    assert [(e.known, e.retracts) for e in found.events] == [(NOON, False), (NOON + 5, True)]
    assert counts(found) == {"lines": 2, "quarantined": 2}


def test_a_line_that_was_set_aside_stays_so_and_its_corrections_need_not_wait() -> None:
    fixed = opened("1", priority="P2", rev=1)
    assert ids(taken(row(1, opened("1")), row(2, fixed)).events) == ["1", "1@1"]
    found = taken(row(1, opened("1")), row(2, fixed), held=(1,))
    assert ids(found.events) == ["1@1"]
    assert [(each.place, each.code) for each in found.quarantined] == [("a.jsonl:1", NO_TYPE.code)]
    # Without the first, the correction would wait.
    assert counts(taken(row(2, fixed))) == {"lines": 1, "waiting": 1}
    # Another line of that number in another file is none of it.
    assert ids(taken(row(1, opened("1"), "b.jsonl"), held=(1,)).events) == ["1"]


def test_a_correction_of_what_stays_set_aside_counts_from_when_that_came() -> None:
    fixed = opened("1", priority="P2", rev=1)
    found = taken(row(1, opened("1")), row(2, fixed), held=(1,), since=lambda file, line, raw: NOON + 5)
    assert [(e.rev, e.known) for e in found.events] == [(1, NOON + 5)]


def test_a_line_that_cannot_be_used_anyway_is_told_for_its_own_reason() -> None:
    found = taken(row(1, {"id": "1", "type": "nothing", "time": "2026-04-07T12:00:00Z"}), held=(1,))
    assert [each.code for each in found.quarantined] != [NO_TYPE.code] and len(found.quarantined) == 1


def test_what_somebody_said_is_no_event_is_not_ours() -> None:
    found = taken(row(1, opened("1")), Dismissed("a.jsonl", 2))
    assert counts(found) == {"lines": 2, "applied": 1, "not_ours": 1}


def test_files_that_end_too_early_or_hold_nothing_are_told() -> None:
    found = taken(row(1, opened("1")), Cut("a.jsonl", "it ends too early"), NoRows("b.jsonl"))
    assert found.incomplete == ("a.jsonl: it ends too early",) and not found.sound
    assert ("b.jsonl", "no event is in this file") in found.notes
    assert counts(found) == {"lines": 1, "applied": 1}
    assert taken(row(1, opened("1"))).sound


def test_lines_that_are_no_rows_are_set_aside() -> None:
    bad = BadLine("a.jsonl", 2, Refusal(NO_TYPE, "a.jsonl:2", ()), b"??")
    found = taken(row(1, opened("1")), bad)
    assert [(each.place, each.raw) for each in found.quarantined] == [("a.jsonl:2", b"??")]
    assert counts(found) == {"lines": 2, "applied": 1, "quarantined": 1}


def test_when_sound_events_are_known() -> None:
    bad = BadLine("a.jsonl", 2, Refusal(NO_TYPE, "a.jsonl:2", ()), b"??")
    rows = [row(1, opened("1")), bad, row(3, opened("2", recordedtime="2026-04-09T12:00:00Z")),
            row(4, opened("3", priority="P9")), row(5, opened("4")), NoRows("b.jsonl")]  # fmt: skip
    assert known_instants(Intake(contract()), rows) == {NOON, at("2026-04-09T13:00")}


@pytest.mark.parametrize(
    ("days", "after"),
    [
        ([], None),
        ([5], 5),
        ([1, 2, 3], 3),
        # So few, so far ahead of the many, are mistakes.
        ([1, 2, 3, 500], 3),
        ([1, 2, 3, 500, 501], 3),
        # As many as there are behind the gap are none.
        ([1, 2, 500, 501], 501),
        ([1, 500], 500),
        # Just as far as may be, and one day more.
        ([1, 2, 3, 369], 369),
        ([1, 2, 3, 370], 3),
        ([1, 2, 3, 500, 1000], 3),
    ],
)
def test_the_latest_instant_but_for_mistakes(days: list[int], after: int | None) -> None:
    found = after_the_latest({day * DAY_TICKS for day in days})
    assert found == (None if after is None else after * DAY_TICKS + 1)


def test_a_file_that_several_read_is_read_by_the_one_that_says_most_of_its_name() -> None:
    read = RowMapping("ticket_opened", (), (("ticket", column("T")), ("priority", column("P"))))
    desk = [mapping(read, name=name, files=files) for name, files in (("all", "*.csv"), ("desk", "desk*.csv"))]
    intake = Intake(contract(mappings=desk))
    values = {"when": "2026-04-07T12:00:00Z", "T": "T1", "P": "P1"}
    found = sorted_out(intake, [row(1, values, "desk1.csv"), row(2, values, "desk1.csv"), row(1, values, "b.csv")])
    words = "it is read by `desk` alone, whose `files` says most of its name, not by `all`"
    assert [note for note in sorted(found.notes) if "alone" in note[1]] == [("desk1.csv", words)]
    assert [line.file for line in found.lines] == ["desk1.csv", "desk1.csv", "b.csv"]
