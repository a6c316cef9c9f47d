"""Groups and keys by a field that only an earlier event of the case has: values and versions, in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.record import Event
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.reference import run
from bpodsl.trials import try_examples, until_of
from bpodsl.values import Zone, parse_instant
from tests.campaign.compare import canonical

PATH = Path(__file__).parent / "lent_fields.bpo"
CONTRACT = understand(PATH).contract
ZONE = Zone.load("Europe/London")


def at(text: str) -> int:
    return parse_instant(text, ZONE).instant


def related(*happened: str) -> list[Event]:
    """Each line: when, what, fields as `name=value`, and `known=` when."""
    events = []
    for number, text in enumerate(happened, 1):
        when, kind, *rest = text.split()
        fields: dict[str, object] = dict(each.split("=") for each in rest)  # type: ignore[misc]
        known = at(str(fields.pop("known", when)))
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    return list(relate(CONTRACT, events, at("2027-01-01T00:00")).events)


def versions(events: list[Event], number: str) -> list[tuple[int, object]]:
    found = sorted((e for e in events if e.id == number), key=lambda e: e.rev)
    assert [e.rev for e in found] == list(range(len(found)))
    return [(e.known, e.fields.get("site")) for e in found]


CALL, VISIT = "2026-01-05T09:00 call_opened wo=W1 site=leeds", "2026-01-05T10:00 arrived wo=W1"


@pytest.mark.parametrize("example", CONTRACT.examples, ids=lambda example: example.name)
def test_both_evaluators_say_the_same(example):
    events, refused = example_events(CONTRACT, example)
    assert not refused
    until = until_of(CONTRACT, example, events)
    events = relate(CONTRACT, events, until).events
    assert canonical(evaluate(CONTRACT, events, until)) == canonical(run(CONTRACT, events, until))


def test_an_event_has_the_field_of_the_call_before_it():
    assert versions(related(CALL, VISIT), "2") == [(at("2026-01-05T10:00"), "leeds")]


def test_not_of_one_after_it_nor_of_another_case():
    late, other = "2026-01-05T10:01 call_opened wo=W1 site=york", "2026-01-05T09:00 call_opened wo=W2 site=york"
    assert versions(related(VISIT, late, other), "1") == [(at("2026-01-05T10:00"), None)]


def test_of_one_instant_the_order_of_events_counts():
    both = "2026-01-05T10:00 call_opened wo=W1 site=leeds"
    assert versions(related(both, VISIT), "2") == [(at("2026-01-05T10:00"), "leeds")]
    assert versions(related(VISIT, both), "1") == [(at("2026-01-05T10:00"), None)]


def test_versions_keep_their_numbers_when_what_they_are_lent_changes_later():
    """And one that is known after a higher one was says nothing, whatever it is lent."""
    visits = [
        Event("arrived", "s", "2", at("2026-01-05T10:00"), at(known), at("2026-01-05T10:00"), {"wo": "W1"}, rev=rev)
        for known, rev in (("2026-01-05T10:00", 0), ("2026-01-06T10:00", 9), ("2026-01-07T10:00", 5))
    ]
    calls = [
        Event("call_opened", "s", "1", at("2026-01-05T09:00"), at(known), at("2026-01-05T09:00"),
              {"wo": "W1", "site": site}, rev=rev)
        for known, site, rev in (("2026-01-05T09:00", "leeds", 0), ("2026-01-08T12:00", "york", 1))
    ]  # fmt: skip
    first = [(at("2026-01-05T10:00"), "leeds"), (at("2026-01-06T10:00"), "leeds")]
    for more in ([], [(at("2026-01-08T12:00"), "york")]):
        events = relate(CONTRACT, [*visits, *calls[: 1 + len(more)]], at("2027-01-01T00:00")).events
        assert versions(list(events), "2") == first + more


def test_a_call_that_is_known_later_makes_a_version_then():
    found = related(f"{CALL} known=2026-01-08T12:00", VISIT)
    assert versions(found, "2") == [(at("2026-01-05T10:00"), None), (at("2026-01-08T12:00"), "leeds")]


def test_a_correction_counts_from_when_it_is_known():
    found = related(CALL, VISIT, "2026-01-09T09:00 site_corrected wo=W1 site=york")
    assert versions(found, "2") == [(at("2026-01-05T10:00"), "leeds"), (at("2026-01-09T09:00"), "york")]


def test_corrected_windows_are_restated_in_both():
    events = related(CALL, VISIT, "2026-02-09T09:00 site_corrected wo=W1 site=york")
    made = evaluate(CONTRACT, events, at("2026-03-02T00:00"))
    assert canonical(made) == canonical(run(CONTRACT, events, at("2026-03-02T00:00")))
    visits = {e.key: e.number("value") for e in made.outcome if e.clause == "visits" and e.period == "2026-01"}
    assert visits == {(("site", "leeds"),): 0, (("site", "york"),): 1}
    kept = [e.key for e in made.outcome if e.clause == "kept" and e.period == "2026-01"]
    assert kept == [(("site", "york"),)]


def test_a_field_that_no_event_of_the_case_has_is_still_unknown():
    text = PATH.read_text().replace("each month by site, counted", "each month by region, counted")
    _, problems = understand_text("x.bpo", text)
    assert ("BPO204", "An outcome of `restore` has no field `region`; it has `wo`.") in [
        (p.code, p.message()) for p in problems
    ]


def test_its_own_tests_hold():
    assert [problem for each in try_examples(CONTRACT) for problem in each.failures] == []


def test_what_a_duty_is_told_apart_by_must_be_of_its_case():
    text = PATH.read_text().replace("for each missed restore by wo, site", "for each missed restore by wo, region")
    _, problems = understand_text("x.bpo", text)
    assert [(p.code, p.message()) for p in problems] == [
        ("BPO204", "An outcome of `restore` has no field `region`; it has `wo`.")
    ]
