"""States that begin when a notice is over, or end by themselves: entry by entry, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import WITHDRAWN, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.terms import Contract
from bpodsl.values import Zone, parse_instant, show_utc

ZONE = Zone.load("Europe/London")
HEAD = """\
agreement timed "States in their time"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 until 2026-12-31
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

calendar desk
  mon-fri 09:00-17:00
event mended, resumed, notice_given from lantern
  site      key
  lasting   number, optional
event asked, answered from lantern
  site      key
event other_mended, other_notice from lantern
"""


def contract(text: str) -> Contract:
    found, problems = understand_text("timed.bpo", HEAD + text)
    assert found is not None, problems
    return found


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(text: str, until: str, *happened: str) -> Ledger:
    """Each line: when, what, `known=` when, `rev=` which, `retract`, and numbers by name; by default of site s."""
    made, events = contract(text), []
    for number, line in enumerate(happened, 1):
        when, kind, *rest = line.split()
        given = dict(each.split("=") for each in rest)  # type: ignore[misc]
        known, name = at(given.pop("known", when)), given.pop("id", str(number))
        rev, gone = int(given.pop("rev", "0")), given.pop("gone", "") == "yes"
        site = given.pop("site", "s")
        fields: dict[str, object] = {"site": site, **{key: int(value) for key, value in given.items()}}
        events.append(Event(kind, "s", name, at(when), known, at(when), fields, rev=rev, retracts=gone))
    found = evaluate(made, events, at(until))
    assert found == run(made, events, at(until))
    return found


def entries(made: Ledger, *kinds: str) -> list[Entry]:
    return [e for e in made.outcome if e.clause == "held" and (not kinds or e.kind in kinds)]


def times(made: Ledger) -> list[tuple[str, str]]:
    """The beginnings and ends of the state, in UTC."""
    return [(e.kind, show_utc(e.at)[:16]) for e in entries(made, "Opened", "Closed")]


def spans(text: str, until: str, *happened: str) -> list[str]:
    return [when for _, when in times(ledger(text, until, *happened))]


# ------------------------------------------------------------------------------------- how long
@pytest.mark.parametrize(
    ("length", "begins", "ends"),
    [
        ("7 days", "2026-01-05T09:00", "2026-01-13T00:00"),
        ("7 days", "2026-01-05T00:00", "2026-01-13T00:00"),
        ("7 days", "2026-03-25T09:00", "2026-04-01T23:00"),  # the clocks went forward on the 29th
        ("1 day", "2026-10-24T09:00", "2026-10-26T00:00"),  # 25 October has 25 hours
        ("24 hours", "2026-03-28T12:00", "2026-03-29T12:00"),
        ("1 month", "2026-01-31T09:00", "2026-03-01T00:00"),
        ("1 month", "2026-02-28T09:00", "2026-03-29T00:00"),
        ("5 working days of desk", "2026-01-09T18:00", "2026-01-17T00:00"),
        ("8 hours of desk", "2026-01-09T16:00", "2026-01-12T16:00"),
        ("1 hour of desk", "2026-01-09T16:00", "2026-01-09T17:00"),
    ],
)
def test_it_ends_with_its_last_day_or_at_the_instant(length: str, begins: str, ends: str) -> None:
    found = spans(f"state held from mended for {length} by site\n", "2026-12-01", f"{begins} mended")
    assert found[1] == ends


def test_it_may_be_ended_before_and_begins_anew_then() -> None:
    text = "state held from mended for 2 hours or to resumed by site\n"
    found = spans(
        text, "2026-02-01", "2026-01-05T09:00 mended", "2026-01-05T10:00 resumed", "2026-01-05T10:30 mended",
        "2026-01-05T20:00 resumed",
    )  # fmt: skip
    assert found == ["2026-01-05T09:00", "2026-01-05T10:00", "2026-01-05T10:30", "2026-01-05T12:30"]


def test_keys_are_told_apart() -> None:
    made = ledger(
        "state held from mended for 2 hours by site\n", "2026-02-01", "2026-01-05T09:00 mended site=a",
        "2026-01-05T10:00 mended site=b",
    )  # fmt: skip
    assert [(e.key[0][1], show_utc(e.at)[11:16]) for e in entries(made, "Closed")] == [("a", "11:00"), ("b", "12:00")]


# ------------------------------------------------------------------------------------- once more
TWICE = "2026-01-05T09:00 mended", "2026-01-05T10:59 mended"


def test_a_further_beginning_is_noted_or_prolongs() -> None:
    plain = ledger("state held from mended for 2 hours by site\n", "2026-02-01", *TWICE)
    assert times(plain)[-1] == ("Closed", "2026-01-05T11:00")
    assert [e.words for e in entries(plain, "Noted")] == ["already open"]
    longer = ledger("state held from mended for 2 hours, prolonged by each by site\n", "2026-02-01", *TWICE)
    assert times(longer) == [("Opened", "2026-01-05T09:00"), ("Closed", "2026-01-05T12:59")]
    assert entries(longer, "Opened")[0].event_causes == ("s/1", "s/2")
    assert entries(longer, "Closed")[0].event_causes == ("s/2",)
    assert not entries(longer, "Noted")


@pytest.mark.parametrize("prolonged", ["", ", prolonged by each"])
def test_at_the_instant_of_its_end_it_begins_anew(prolonged: str) -> None:
    found = times(ledger(
        f"state held from mended for 2 hours{prolonged} by site\n", "2026-02-01", "2026-01-05T09:00 mended",
        "2026-01-05T11:00 mended",
    ))  # fmt: skip
    assert found == [
        ("Opened", "2026-01-05T09:00"), ("Closed", "2026-01-05T11:00"), ("Opened", "2026-01-05T11:00"),
        ("Closed", "2026-01-05T13:00"),
    ]  # fmt: skip


def test_a_shorter_time_does_not_shorten_and_none_is_the_longest() -> None:
    text = "state held from mended for lasting hours, prolonged by each by site\n"
    shorter = spans(text, "2026-02-01", "2026-01-05T09:00 mended lasting=5", "2026-01-05T10:00 mended lasting=1")
    assert shorter == ["2026-01-05T09:00", "2026-01-05T14:00"]
    assert len(spans(text, "2026-02-01", "2026-01-05T09:00 mended lasting=5", "2026-01-05T10:00 mended")) == 1
    assert len(spans(text, "2026-02-01", "2026-01-05T09:00 mended", "2026-01-05T10:00 mended lasting=5")) == 1


@pytest.mark.parametrize(("lasting", "ends"), [("0", "2026-01-06T00:00"), ("2", "2026-01-08T00:00"), ("-1", None)])
def test_so_many_days_as_a_field_says(lasting: str, ends: str | None) -> None:
    text = "state held from mended for lasting days by site\n"
    found = spans(text, "2026-02-01", f"2026-01-05T09:00 mended lasting={lasting}")
    assert found[1:] == ([ends] if ends else [])


# ------------------------------------------------------------------------------------- what is known later
def test_a_beginning_known_late_or_withdrawn_changes_what_was() -> None:
    text = "state held from mended for 2 days by site\n"
    late = ledger(text, "2026-02-01", "2026-01-05T09:00 mended known=2026-01-20T09:00")
    assert times(late) == [("Opened", "2026-01-05T09:00"), ("Closed", "2026-01-08T00:00")]
    assert {show_utc(p.known)[:10] for p in late if p.entry.clause == "held"} == {"2026-01-20"}
    gone = ledger(
        text, "2026-02-01", "2026-01-05T09:00 mended id=a",
        "2026-01-05T09:00 mended id=a rev=1 gone=yes known=2026-01-06T09:00",
    )  # fmt: skip
    assert not times(gone)


def test_a_correction_moves_the_end() -> None:
    text = "state held from mended for lasting days by site\n"
    found = times(ledger(
        text, "2026-02-01", "2026-01-05T09:00 mended id=a lasting=2",
        "2026-01-05T09:00 mended id=a rev=1 lasting=10 known=2026-01-10T09:00",
    ))  # fmt: skip
    assert found == [("Opened", "2026-01-05T09:00"), ("Closed", "2026-01-16T00:00")]


# ------------------------------------------------------------------------------------- by consequence
MISSED = """
obligation answer
  lantern must answered for each asked
  within 1 day
  when missed then held begins
  when late then held ends
"""


def test_a_consequence_counts_from_the_day_of_its_cause() -> None:
    text = "state held for 7 days by site\n" + MISSED
    assert spans(text, "2026-02-01", "2026-01-05T09:00 asked") == ["2026-01-07T00:00", "2026-01-14T00:00"]
    ended = spans(text, "2026-02-01", "2026-01-05T09:00 asked", "2026-01-09T12:00 answered")
    assert ended == ["2026-01-07T00:00", "2026-01-09T12:00"]


def test_a_consequence_gives_notice_and_withdraws_it() -> None:
    text = "state held from 3 days after late_one by site\ntrigger late_one\n  when answer is missed\n" + (
        MISSED.replace("  when missed then held begins\n", "")
    )
    begun = ledger(text, "2026-02-01", "2026-01-05T09:00 asked")
    assert times(begun) == [("Opened", "2026-01-10T00:00")]
    assert [str(e.number("begins")) for e in entries(begun, "Noticed")] == ["2026-01-10"]
    withdrawn = ledger(text, "2026-02-01", "2026-01-05T09:00 asked", "2026-01-09T12:00 answered")
    assert not times(withdrawn)
    assert [e.words for e in entries(withdrawn, "Noted")] == [WITHDRAWN]


# ------------------------------------------------------------------------------------- the notice
@pytest.mark.parametrize(
    ("length", "given", "begins"),
    [
        ("5 working days of desk", "2026-01-05T09:00", "2026-01-13T00:00"),
        ("48 hours", "2026-01-05T09:00", "2026-01-07T09:00"),
        ("2 hours of desk", "2026-01-05T16:00", "2026-01-06T10:00"),
        ("1 month", "2026-01-31T12:00", "2026-03-01T00:00"),
        ("3 days", "2026-03-26T12:00", "2026-03-29T23:00"),
    ],
)
def test_it_begins_when_the_notice_is_over(length: str, given: str, begins: str) -> None:
    text = f"state held from {length} after notice_given to resumed by site\n"
    assert spans(text, "2026-05-01", f"{given} notice_given") == [begins]
    made = ledger(text, "2026-05-01", f"{given} notice_given")
    assert [show_utc(e.at)[:10] for e in entries(made, "Noticed")] == [given[:10]]


@pytest.mark.parametrize(
    ("withdrawn", "holds"),
    [("2026-01-12T23:59", False), ("2026-01-13T00:00", False), ("2026-01-13T00:01", True), ("2026-01-05T09:00", False)],
)
def test_a_notice_may_be_withdrawn_up_to_the_instant_at_which_it_begins(withdrawn: str, holds: bool) -> None:
    text = "state held from 5 working days of desk after notice_given to resumed by site\n"
    made = ledger(text, "2026-02-01", "2026-01-05T09:00 notice_given", f"{withdrawn} resumed")
    assert bool(times(made)) == holds
    assert [e.words for e in entries(made, "Noted")] == ([] if holds else [WITHDRAWN])


def test_an_end_ends_what_holds_and_withdraws_what_runs() -> None:
    text = "state held from 24 hours after notice_given to resumed by site\n"
    made = ledger(
        text, "2026-02-01", "2026-01-05T09:00 notice_given", "2026-01-06T08:00 notice_given",
        "2026-01-06T10:00 resumed", "2026-01-08T10:00 resumed",
    )  # fmt: skip
    assert times(made) == [("Opened", "2026-01-06T09:00"), ("Closed", "2026-01-06T10:00")]
    assert [e.words for e in entries(made, "Noted")] == [WITHDRAWN, "nothing open"]


def test_a_second_notice_that_finds_it_begun_is_noted_then() -> None:
    text = "state held from 24 hours after notice_given to resumed by site\n"
    made = ledger(text, "2026-02-01", "2026-01-05T09:00 notice_given", "2026-01-06T08:00 notice_given")
    assert times(made) == [("Opened", "2026-01-06T09:00")]
    assert [(e.words, show_utc(e.at)[:13]) for e in entries(made, "Noted")] == [("already open", "2026-01-07T08")]


def test_after_a_notice_in_days_its_first_day_counts() -> None:
    text = "state held from 5 days after notice_given for 10 days by site\n"
    assert spans(text, "2026-05-01", "2026-01-07T09:00 notice_given") == ["2026-01-13T00:00", "2026-01-23T00:00"]
    text = "state held from 24 hours after notice_given for 10 days by site\n"
    assert spans(text, "2026-05-01", "2026-01-07T09:00 notice_given") == ["2026-01-08T09:00", "2026-01-19T00:00"]


def test_it_begins_though_the_agreement_has_ended() -> None:
    text = "state held from 5 days after notice_given for 1 day by site\n"
    assert spans(text, "2027-02-01", "2026-12-30T09:00 notice_given") == ["2027-01-05T00:00", "2027-01-06T00:00"]


# ------------------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("state held from mended to resumed for 7 days by site\n", "BPO315"),
        ("state base from mended to resumed\nstate held is base for 7 days\n", "BPO315"),
        ("state held from mended for site days by site\n", "BPO301"),
        ("state held from mended or other_mended for lasting days\n", "BPO204"),
        ("state held for lasting days by site\n" + MISSED, "BPO313"),
        ("state held for 7 days\n", "BPO314"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, code: str) -> None:
    _, problems = understand_text("timed.bpo", HEAD + text)
    assert code in {problem.code for problem in problems}


def test_a_change_does_not_alter_it() -> None:
    text = "state held from mended for 7 days by site\nchange one effective 2026-03-01\n  held: from resumed\n"
    _, problems = understand_text("timed.bpo", HEAD + text)
    assert "BPO315" in {problem.code for problem in problems}


def test_it_is_not_straight_and_says_why() -> None:
    from bpodsl.engine.straight.which import of_state

    assert of_state(contract("state held from mended for 7 days by site\n").states[0]) == (
        "it begins or ends by itself after a time"
    )
