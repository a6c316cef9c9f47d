"""The journal, by itself: both evaluators post through it, so no comparison of the two would show a mistake in it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.record import Entry, Journal, Number
from bpodsl.record.brief import Form, brief
from bpodsl.record.entry import KINDS, TERM_END, Posted, order_key

NAMES = ("a", "b", "c")


def accrued(instance: str, amount: int, words: str = "") -> Entry:
    numbers = (
        Number("amount", "money", amount), Number("payer", "", "x"), Number("payee", "", "y"),
        Number("currency", "", "GBP"),
    )  # fmt: skip
    return Entry("Accrued", "fee", 5, 3, 1, instance, numbers=numbers, words=words)


def noted(instance: str, words: str) -> Entry:
    return Entry("Noted", "rule", 7, 4, 1, instance, words=words)


entries = st.builds(accrued, st.sampled_from(NAMES), st.integers(-2, 2), st.sampled_from(("", "w"))) | st.builds(
    noted, st.sampled_from(NAMES), st.sampled_from(("u", "v"))
)
outcomes = st.lists(entries, max_size=6).map(lambda found: list({e.name: e for e in found}.values()))


def amount(entry: Entry) -> Fraction:
    return Fraction(entry.number("amount") or 0)  # type: ignore[arg-type]


def replayed(posted: list[Posted]) -> dict[str, Entry]:
    """What stands after these postings, read from them alone as a bookkeeper would."""
    standing: dict[str, Posted] = {}
    names: dict[str, str] = {}
    for each in posted:
        taking = each.act in ("Withdrawn", "Reversed")
        assert taking or each.id not in names, "an id is given once"
        if each.act == "":
            assert each.replaces == ""
            assert each.entry.name not in {p.entry.name for p in standing.values()}
        elif taking:
            gone = standing.pop(each.replaces)
            assert (each.act == "Reversed") == (gone.entry.kind == "Accrued")
            assert amount(each.entry) == -amount(gone.entry)
            assert (each.entry.name, each.entry.words) == (gone.entry.name, gone.entry.words)
            continue
        elif each.act == "Reissued":
            # Its reversal took it back just before.
            assert each.replaces in names and each.replaces not in standing
            assert names[each.replaces] == each.entry.name
        else:
            assert each.act == "Restated"
            gone = standing.pop(each.replaces)
            assert gone.entry.name == each.entry.name and gone.entry != each.entry
            assert amount(gone.entry) == amount(each.entry)
        names[each.id] = each.entry.name
        standing[each.id] = each
    return {each.entry.name: each.entry for each in standing.values()}


@given(st.lists(outcomes, max_size=6))
def test_what_was_posted_adds_up_to_what_stands_at_each_instant(story):
    journal = Journal()
    first: dict[str, int] = {}
    for known, outcome in enumerate(story):
        journal.restate(outcome, known)
        for entry in outcome:
            first.setdefault(entry.name, known)
    ledger = journal.ledger(len(story))
    assert [p.sequence for p in ledger] == list(range(1, len(ledger.posted) + 1))
    assert list(ledger) == sorted(ledger, key=order_key)
    for known, outcome in enumerate(story):
        posted = list(ledger.as_known_at(known))
        assert posted == [p for p in ledger if p.known <= known]
        assert replayed_in_writing(posted) == {e.name: e for e in outcome}
        assert sum((amount(p.entry) for p in posted if p.act != "Restated"), Fraction(0)) == sum(map(amount, outcome))
    assert {e.name: e for e in ledger.outcome} == ({e.name: e for e in story[-1]} if story else {})
    assert {name: journal.first_known(name) for name in first} == first
    assert journal.first_known("never posted") is None


def replayed_in_writing(posted: list[Posted]) -> dict[str, Entry]:
    """Within one instant a reversal comes before what it makes room for, whatever their order by kind."""
    taking = ("Withdrawn", "Reversed")
    return replayed(sorted(posted, key=lambda p: (p.known, p.half, p.entry.name, p.act not in taking)))


def test_what_does_not_change_is_not_posted_again():
    journal = Journal()
    journal.post(accrued("a", 1), 3, 1)
    journal.restate([accrued("a", 1)], 4)
    assert len(journal.ledger(9).posted) == 1


def test_another_amount_is_reversed_and_reissued_and_other_words_are_restated():
    journal = Journal()
    journal.restate([accrued("a", 1)], 3)
    journal.restate([accrued("a", 2)], 4)
    journal.restate([accrued("a", 2, "for June")], 5)
    journal.restate([], 6)
    told = [(p.known, p.act, p.entry.number("amount"), p.entry.words, p.id, p.replaces) for p in journal.ledger(9)]
    assert told == [
        (3, "", 1, "", "fee/Accrued/a", ""),
        (4, "Reversed", -1, "", "fee/Accrued/a", "fee/Accrued/a"),
        (4, "Reissued", 2, "", "fee/Accrued/a#1", "fee/Accrued/a"),
        (5, "Restated", 2, "for June", "fee/Accrued/a#2", "fee/Accrued/a#1"),
        (6, "Reversed", -2, "for June", "fee/Accrued/a#2", "fee/Accrued/a#2"),
    ]


@pytest.mark.parametrize("name", ["payer", "payee", "currency"])
def test_the_same_amount_between_others_or_of_another_currency_is_another_debt(name):
    journal = Journal()
    one = accrued("a", 1)
    numbers = tuple(Number(n.name, n.base, "z") if n.name == name else n for n in one.numbers)
    journal.restate([one], 3)
    journal.restate([Entry("Accrued", "fee", 5, 3, 1, "a", numbers=numbers)], 4)
    assert [p.act for p in journal.ledger(9)] == ["", "Reversed", "Reissued"]


@pytest.mark.parametrize(
    "other",
    [
        Entry("Noted", "rule", 8, 4, 1, "a"),
        Entry("Noted", "rule", 7, 4, 1, "a", event_causes=("s/1",)),
        Entry("Noted", "rule", 7, 4, 1, "a", entry_causes=("s/1",)),
        Entry("Noted", "rule", 7, 4, 1, "a", numbers=(Number("count", "number", 1),)),
        Entry("Noted", "rule", 7, 4, 1, "a", words="w"),
        Entry("Noted", "rule", 7, 4, 1, "a", key=(("k", "v"),)),
    ],
)
def test_every_part_of_its_content_counts(other):
    journal = Journal()
    journal.restate([Entry("Noted", "rule", 7, 4, 1, "a")], 3)
    journal.restate([other], 4)
    assert [p.act for p in journal.ledger(9)] == ["", "Restated"]


def test_the_order_of_causes_is_nothing():
    journal = Journal()
    journal.restate([Entry("Noted", "rule", 7, 4, 1, "a", event_causes=("s/10", "s/9", "s/9"))], 3)
    journal.restate([Entry("Noted", "rule", 7, 4, 1, "a", event_causes=("s/9", "s/10"))], 4)
    (posted,) = journal.ledger(9)
    assert posted.entry.event_causes == ("s/9", "s/10")


def test_a_name_stands_once():
    journal = Journal()
    journal.post(noted("a", "u"), 3, 1)
    with pytest.raises(AssertionError, match="posted twice"):
        journal.post(noted("a", "u"), 4, 1)


def test_the_ledger_is_in_order_of_what_was_known_then_of_what_happened():
    journal = Journal()
    journal.post(Entry("Noted", "d", 2, 4, 1), 5, 1)
    journal.post(Entry("Noted", "c", 2, 4, 1), 5, 0)
    journal.post(Entry("Noted", "b", 1, 5, 1), 4, 1)
    journal.post(Entry("Noted", "a", 1, 4, 2), 4, 1)
    journal.post(Entry("Noted", "z", 1, 4, 1), 4, 1)
    journal.post(Entry("Opened", "z", 1, 4, 1), 4, 1)
    journal.post(Entry("Noted", "y", 0, 9, 9), 4, 1)
    ledger = journal.ledger(9)
    assert [(p.entry.clause, p.entry.kind) for p in ledger] == [
        ("y", "Noted"), ("z", "Opened"), ("z", "Noted"), ("a", "Noted"), ("b", "Noted"), ("c", "Noted"), ("d", "Noted"),
    ]  # fmt: skip
    assert len(KINDS) == len(set(KINDS))


def routine(clause: str, instance: str, kind: str = "Opened", at: int = 5) -> Entry:
    return Entry(kind, clause, at, 4, 1, instance)


def test_without_what_is_routine_the_rest_is_numbered_anew():
    journal = Journal()
    for entry in (routine("duty", "s/1"), routine("term", ""), routine("duty", "s/1", "Missed", 7), noted("s/2", "u")):
        journal.post(entry, 3, 1)
    whole = journal.ledger(9)
    short = whole.without_routine()
    assert [(p.sequence, p.entry.name) for p in short] == [(1, "term/Opened"), (2, "duty/Missed/s/1")]
    assert [e.name for e in short.outcome] == ["term/Opened", "duty/Missed/s/1"]
    assert short.until == 9


def test_what_is_told_in_short_leaves_out_the_course_of_cases():
    journal = Journal()
    kinds = ("Opened", "Missed", "Late", "Fired", "Escalated")
    for n, kind in enumerate(kinds):
        journal.post(routine("duty", "s/1", kind, n), 3, 1)
    for kind in ("Late", "Fired"):
        journal.post(routine("rule", "", kind, 9), 3, 1)
    assert [(p.entry.clause, p.entry.kind) for p in brief(journal.ledger(9))] == [
        ("duty", "Missed"), ("duty", "Escalated"), ("rule", "Late"), ("rule", "Fired"),
    ]  # fmt: skip


def test_what_another_posted_stands_beside_what_the_journal_has():
    journal = Journal()
    journal.post(noted("a", "u"), 3, 1)
    journal.post(noted("b", "u"), 3, 1)
    journal.replace([noted("b", "u").name], [], 4)
    other = Journal()
    other.post(noted("c", "v"), 3, 1)
    (more,) = other.ledger(9)
    found = journal.ledger(9, [more])
    assert [e.name for e in found.outcome] == ["rule/Noted/a", "rule/Noted/c"]
    assert [(p.sequence, p.act, p.entry.instance) for p in found] == [
        (1, "", "a"), (2, "", "b"), (3, "", "c"), (4, "Withdrawn", "b"),
    ]  # fmt: skip


def test_a_form_tells_the_place_of_its_entries_as_entries_do():
    for place in (TERM_END, TERM_END + 1):
        form = Form("Missed", "duty", place, 2, (("ticket", 1),), ())
        entry = Entry("Missed", "duty", 5, place, 2, "s/10", key=(("ticket", "T"),))
        posted = Posted(entry, 5, int(place > TERM_END), 0, "", "")
        told = (5, form.front[0], 5, *form.front[1:], *form.behind("s/10", ("x", "T")))
        assert told == order_key(posted)
