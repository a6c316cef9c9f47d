"""States made of others and duties at all times: entry by entry, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import EARLY, LATE, OPEN, START, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.terms import Contract
from bpodsl.values import Zone, parse_instant

ZONE = Zone.load("Europe/London")
HEAD = """\
agreement made "Made of others"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-05 until 2026-03-31
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

calendar desk
  mon-fri 09:00-17:00
event down, up from lantern
  site      key
event fault, mended from harbour
event claim, settled from lantern
  claim     key
  site      text
state outage from down to up by site
state fault_held from fault to mended
"""


def contract(text: str) -> Contract:
    found, problems = understand_text("made.bpo", HEAD + text)
    assert found is not None, problems
    return found


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(text: str, until: str, *happened: str) -> Ledger:
    """Each line: when, what, fields as `name=value`, and `known=` when."""
    made, events = contract(text), []
    for number, line in enumerate(happened, 1):
        when, kind, *rest = line.split()
        fields: dict[str, object] = dict(each.split("=") for each in rest)  # type: ignore[misc]
        known = at(str(fields.pop("known", when)))
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    found = evaluate(made, events, at(until))
    assert found == run(made, events, at(until))
    return found


def entries(made: Ledger, clause: str, *kinds: str) -> list[Entry]:
    return [e for e in made.outcome if e.clause == clause and (not kinds or e.kind in kinds)]


def told(made: Ledger, clause: str) -> list[tuple[str, str]]:
    return [(e.kind, e.instance) for e in entries(made, clause)]


KEPT = """
obligation keep_up
  lantern must keep outage during desk by site
"""
FROM_THE_START = """
obligation mended_at_all_times
  lantern must keep fault_held
  less than 2 hours
"""


def test_a_calendar_opens_and_closes_it_and_names_the_parts() -> None:
    made = ledger(
        "state down_now is outage and desk\n", "2026-01-07", "2026-01-05T16:00 down site=leeds",
        "2026-01-06T10:00 up site=leeds",
    )  # fmt: skip
    opened, again = entries(made, "down_now", "Opened")
    assert (opened.at, opened.place, opened.key) == (at("2026-01-05T16:00"), START, (("site", "leeds"),))
    assert opened.instance == "2026-01-05T16:00:00Z/leeds" and opened.entry_causes == ("outage/Opened/s/1",)
    assert again.at == at("2026-01-06T09:00")
    first, second = entries(made, "down_now", "Closed")
    assert first.at == at("2026-01-05T17:00")
    assert second.entry_causes == ("down_now/Opened/2026-01-06T09:00:00Z/leeds", "outage/Closed/s/1")


def test_one_part_ends_as_another_begins_and_nothing_lies_between() -> None:
    made = ledger(
        "state either is outage or fault_held\n", "2026-01-07", "2026-01-05T10:00 down site=leeds",
        "2026-01-05T11:00 up site=leeds", "2026-01-05T11:00 fault", "2026-01-05T12:00 mended",
    )  # fmt: skip
    assert told(made, "either") == [
        ("Opened", "2026-01-05T10:00:00Z/leeds"), ("Closed", "2026-01-05T10:00:00Z/leeds")
    ]  # fmt: skip
    assert entries(made, "either", "Closed")[0].at == at("2026-01-05T12:00")


def test_it_is_missed_at_once_and_performed_by_the_end() -> None:
    made = ledger(KEPT, "2026-01-06T10:30", "2026-01-05T12:00 down site=leeds", "2026-01-06T10:00 up site=leeds")
    opened = entries(made, "keep_up", "Opened")
    assert [(e.at, e.place) for e in opened] == [(at("2026-01-06T10:00"), OPEN)]
    (missed,) = entries(made, "keep_up", "Missed")
    assert (missed.at, missed.place, missed.number("due")) == (at("2026-01-06T10:00"), LATE, at("2026-01-06T10:00"))


def test_an_end_at_the_last_instant_is_in_time_or_not() -> None:
    within = FROM_THE_START.replace("less than", "within")
    made = ledger(within, "2026-01-07", "2026-01-05T02:00 fault")
    (kept,) = entries(made, "mended_at_all_times", "Fulfilled")
    assert (kept.at, kept.place, kept.number("reading")) == (at("2026-01-05T02:00"), OPEN, 2 * 3_600_000_000)
    assert "mended_at_all_times.broken/Closed/2026-01-05T00:00:00Z" in kept.entry_causes
    made = ledger(FROM_THE_START, "2026-01-07", "2026-01-05T02:00 fault")
    (missed,) = entries(made, "mended_at_all_times", "Missed")
    assert (missed.at, missed.place) == (at("2026-01-05T02:00"), EARLY)
    (late,) = entries(made, "mended_at_all_times", "Late")
    assert late.at == at("2026-01-05T02:00")


def test_a_fault_learnt_late_moves_what_was_missed() -> None:
    made = ledger(FROM_THE_START, "2026-01-07", "2026-01-05T01:00 fault known=2026-01-06")
    assert told(made, "mended_at_all_times") == [
        ("Opened", "2026-01-05T00:00:00Z"), ("Fulfilled", "2026-01-05T00:00:00Z")
    ]  # fmt: skip
    acts = [(p.entry.kind, p.act) for p in made if p.entry.clause == "mended_at_all_times"]
    assert acts == [("Opened", ""), ("Missed", ""), ("Fulfilled", ""), ("Missed", "Withdrawn")]


RELIEVED = """
obligation settle
  lantern must settled for each claim
  within 3 hours
  excused during outage of at least 2 hours
"""


@pytest.mark.parametrize(
    ("up", "kind"), [("2026-01-05T13:00", "Excused"), ("2026-01-05T12:59", "Missed"), ("2026-01-06T09:00", "Excused")]
)
def test_an_outage_of_two_hours_excuses_from_its_beginning(up: str, kind: str) -> None:
    made = ledger(
        RELIEVED, "2026-01-07", "2026-01-05T09:00 claim claim=C1 site=leeds", "2026-01-05T11:00 down site=leeds",
        f"{up} up site=leeds",
    )  # fmt: skip
    (found,) = entries(made, "settle", "Excused", "Missed")
    assert (found.kind, found.at, found.place) == (kind, at("2026-01-05T12:00"), LATE)
    known = [(p.entry.kind, p.act, p.known) for p in made if p.entry.clause == "settle" and p.entry.kind != "Opened"]
    missed, crossing = ("Missed", "", at("2026-01-05T12:00")), at("2026-01-05T13:00")
    if kind == "Missed":
        assert known == [missed]
    else:
        assert known == [missed, ("Missed", "Withdrawn", crossing), ("Excused", "", crossing)]


def test_another_site_relieves_nobody() -> None:
    made = ledger(
        RELIEVED, "2026-01-07", "2026-01-05T09:00 claim claim=C1 site=york", "2026-01-05T11:00 down site=leeds"
    )
    assert [e.kind for e in entries(made, "settle")] == ["Opened", "Missed"]


def test_two_outages_that_adjoin_are_one() -> None:
    made = ledger(
        RELIEVED, "2026-01-07", "2026-01-05T09:00 claim claim=C1 site=leeds", "2026-01-05T11:00 down site=leeds",
        "2026-01-05T12:00 up site=leeds", "2026-01-05T12:00 down site=leeds", "2026-01-05T13:00 up site=leeds",
    )  # fmt: skip
    assert [e.kind for e in entries(made, "settle")] == ["Opened", "Excused"]
    assert told(made, "outage.long") == [("Opened", "s/2"), ("Closed", "s/2"), ("Opened", "s/4"), ("Closed", "s/4")]


OTHER = "event a, b from lantern\n  claim key\nstate other from a to b by claim\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (OTHER + "state both is outage and other\n", "BPO318"),
        ("state one is two and desk\nstate two is one and desk\n", "BPO318"),
        ("state one is outage and the window\n", "BPO320"),
        ("obligation x\n  lantern must not keep outage\n", "BPO320"),
        (KEPT + "  performs the oldest\n", "BPO315"),
        (RELIEVED.replace("outage of at least 2 hours", "desk and desk"), "BPO320"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, code: str) -> None:
    assert code in {problem.code for problem in understand_text("made.bpo", HEAD + text)[1]}


MERGED = """\
state free is desk less outage
state apart is free of at least 10 minutes
state merged is outage or (free less apart)
state counted is merged of at least 5 minutes
amount spans
  each month
  length of counted
"""
TEN = ("2026-01-06T10:00 down site=leeds", "2026-01-06T10:04 up site=leeds")


def test_what_is_found_to_last_so_long_is_not_once_more_is_known() -> None:
    """At 10:05 the gap after the outage may still be short; at 10:14 it is not, so the outage had four minutes."""
    found = ledger(MERGED, "2026-01-07", *TEN)
    assert entries(found, "counted") == []
    told = [(p.act, p.entry.kind, p.known) for p in found.posted if p.entry.clause == "counted"]
    assert told[0] == ("", "Opened", at("2026-01-06T10:05"))
    assert told[-1][0] == "Withdrawn" and told[-1][2] == at("2026-01-06T10:14")


def test_what_lasts_so_long_with_a_gap_that_is_closed_does() -> None:
    again = ("2026-01-06T10:12 down site=leeds", "2026-01-06T10:13 up site=leeds")
    found = ledger(MERGED, "2026-01-07", *TEN, *again)
    assert [e.at for e in entries(found, "counted")] == [at("2026-01-06T10:00"), at("2026-01-06T10:13")]


def test_a_value_is_known_from_what_the_parts_are_made_of() -> None:
    """`apart` knows the site from 10:14 on, the outage from 10:00."""
    text = """\
calendar always_open
  always
state free is always_open less outage by site
state apart is free of at least 10 minutes
state one_outage is always_open less apart by site
amount spans
  each month
  length of one_outage
"""
    found = ledger(text, "2026-01-07", *TEN)
    assert [(e.kind, e.at) for e in entries(found, "one_outage")] == [
        ("Opened", at("2026-01-06T10:00")), ("Closed", at("2026-01-06T10:04")),
    ]  # fmt: skip
