"""What a total is told in parts by: what was owed at first, and what came to be owed besides."""

from __future__ import annotations

import pytest

from bpodsl.record import Entry, Journal, Number
from bpodsl.record.ledger import DIFFERENCE

DEBT = "debt"


def opened(total: object, instance: str = "s/1", words: str = "", causes: tuple[str, ...] = ()) -> Entry:
    return Entry("Opened", DEBT, 5, 7, 1, instance, entry_causes=causes, words=words,
                 numbers=(Number("total", "money", total),))  # type: ignore[arg-type]  # fmt: skip


FIRST = opened(100)


def told(total: int, *differences: int, first: int = 100) -> tuple[object, tuple[tuple[int, object], ...]]:
    """The parts of a total, where so much was owed at first and so much more each time."""
    journal = Journal()
    journal.post(opened(first), 3, 1)
    for n, more in enumerate(differences, start=1):
        journal.post(opened(more, f"s/1+{n}", DIFFERENCE, (FIRST.name,)), 3 + n, 1)
    return journal.parted(FIRST.name, total)


def test_a_total_that_was_not_posted_has_no_other_part() -> None:
    assert Journal().parted(FIRST.name, 70) == (70, ())


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (100, (100, ())),
        (99, (99, ())),
        (0, (0, ())),
        (101, (100, ((1, 1),))),
        (250, (100, ((1, 150),))),
    ],
)
def test_what_is_more_than_was_owed_at_first_is_one_more_part(total: int, parts: object) -> None:
    assert told(total) == parts


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (90, (90, ())),
        (100, (100, ())),
        (110, (100, ((1, 10),))),
        (130, (100, ((1, 30),))),
        (131, (100, ((1, 30), (2, 1)))),
        (150, (100, ((1, 30), (2, 20)))),
        (151, (100, ((1, 30), (2, 20), (3, 1)))),
    ],
)
def test_parts_that_were_posted_keep_what_they_had(total: int, parts: object) -> None:
    assert told(total, 30, 20) == parts


def test_where_less_than_nothing_was_owed_at_first_the_parts_begin_at_nothing() -> None:
    assert told(40, first=-10) == (-10, ((1, 40),))
    assert told(70, 40, first=-10) == (-10, ((1, 40), (2, 30)))
    assert told(0, first=-10) == (-10, ())


def test_a_difference_posted_again_is_no_further_part() -> None:
    journal = Journal()
    journal.post(FIRST, 3, 1)
    later = opened(30, "s/1+1", DIFFERENCE, (FIRST.name,))
    journal.post(later, 4, 1)
    journal.replace([later.name], [], 5)
    journal.post(later, 6, 1)
    assert journal.parted(FIRST.name, 140) == (100, ((1, 30), (2, 10)))


def test_what_has_no_total_is_no_debt() -> None:
    for total in (None, True, "much"):
        journal = Journal()
        journal.post(opened(total), 3, 1)
        assert journal.parted(FIRST.name, 70) == (70, ())


# ------------------------------------------------------------------------------------ exercises
def noted(words: str, ref: str = "s/9") -> Entry:
    return Entry("Noted", "extend", 5, 5, 1, words, event_causes=(ref,), words=words)


def exercised(instance: str, ref: str = "s/9", key: tuple[tuple[str, str], ...] = ()) -> Entry:
    return Entry("Exercised", "extend", 5, 5, 1, instance, key=key, event_causes=(ref,))


@pytest.mark.parametrize("words", ["not open", "barred while down", "not as the right asks it", "not for site X"])
def test_an_exercise_that_was_refused_first_stays_known_as_refused(words: str) -> None:
    journal = Journal()
    journal.post(noted(words), 3, 1)
    assert journal.refused("extend", "s/9")
    assert not journal.refused("extend", "s/8") and not journal.refused("other", "s/9")
    journal.post(exercised("1"), 4, 1)
    assert journal.refused("extend", "s/9")


def test_other_notes_refuse_nothing_and_what_was_good_before_is_not_refused() -> None:
    journal = Journal()
    journal.post(noted("no effect"), 3, 1)
    assert not journal.refused("extend", "s/9")
    journal.post(exercised("1"), 4, 1)
    journal.post(noted("not open"), 5, 1)
    assert not journal.refused("extend", "s/9")


def test_which_instances_an_event_exercised_the_first_of_each_key() -> None:
    journal = Journal()
    a, b = (("site", "a"),), (("site", "b"),)
    for entry in (exercised("1", key=a), exercised("2", key=a), exercised("3", key=b), exercised("4", "s/8", a)):
        journal.post(entry, 3, 1)
    assert list(journal.exercised("extend", "s/9")) == [("1", a), ("3", b)]
    assert list(journal.exercised("extend", "s/8")) == [("4", a)]
    assert list(journal.exercised("extend", "s/7")) == list(journal.exercised("other", "s/9")) == []
