"""What a `test` block says: what it expects is so, or what followed instead; and which of its events do not count."""

from __future__ import annotations

from datetime import date

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record.intake import example_events
from bpodsl.reference import run
from bpodsl.trials import try_example, try_examples, until_of

AGREEMENT = """\
agreement desk "A desk"
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 until 2026-03-31
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event opened from north
  ticket  key
event resolved from mer
  ticket  key
  kind    one of full, partial, default full
event resolved_corrected from north
  ticket   key
  kind     one of full, partial
  corrects resolved named by ticket
event step_in_notice from north
event stopped, started from mer
  line    key
obligation restore "Restore"
  mer must resolved for each opened
  within 4 hours
  failing that mer pays north 5 GBP
  failing that escalate ladder
measure in_time "In time"
  each month, counted when opened
  share of restore fulfilled
  target   at least 95%
  minimum  at least 40%
credit late for in_time
  | at least 95% |   0 GBP |
  | otherwise    | 100 GBP |
trigger weak "A weak month"
  when in_time is missed
  then tell "weak"
state down from stopped to started by line
escalation ladder "Ladder"
  level 1  "Desk lead" of mer
  ends with resolved
  by ticket
right step_in "Step-in"
  north may step_in_notice on weak
  exercised within 10 days after the ground
"""

EVENTS = """
test "t"
  2026-01-05T09:00 opened   ticket T1
  2026-01-05T12:00 resolved ticket T1
  2026-01-06T09:00 opened   ticket T2
  2026-01-06T14:00 resolved ticket T2
  2026-01-07T09:00 stopped  line A
  2026-01-07T10:00 started  line A
  until 2026-02-03
"""


def tried(text: str):
    contract, problems = understand_text("<test>", text)
    assert contract is not None, [p.message() for p in problems]
    (trial,) = try_examples(contract)
    return trial


@pytest.mark.parametrize(
    "so",
    [
        "restore for T1 fulfilled", "restore for T1 fulfilled at 2026-01-05T12:00",
        "restore for T1 fulfilled on 2026-01-05",
        "restore for T2 missed at 2026-01-06T13:00", "restore for T2 late at 2026-01-06T14:00", "restore pays 5 GBP",
        "in_time in 2026-01 is 50%", "in_time in 2026-01 is missed", "late in 2026-01 is 100 GBP", "weak in 2026-01",
        "weak on 2026-02-01", "no weak in 2026-02", "down for A ended at 2026-01-07T10:00", "no down on 2026-01-08",
        "step_in open until 2026-02-10", "ladder for T2 at level 1 at 2026-01-06T13:00", "no ladder for T1",
    ],
)  # fmt: skip
def test_what_follows_passes(so):
    assert tried(f"{AGREEMENT}{EVENTS}  expect {so}\n").failures == ()


@pytest.mark.parametrize(
    ("expected", "instead"),
    [
        ("restore for T1 missed", "it is fulfilled at 2026-01-05 12:00"),
        ("restore for T1 fulfilled at 2026-01-05T12:01", "it was at 2026-01-05 12:00"),
        ("restore for T1 fulfilled on 2026-01-06", "it was at 2026-01-05 12:00"),
        ("restore for T1 late", "it is fulfilled at 2026-01-05 12:00"),
        ("restore for T2 fulfilled", "it is missed at 2026-01-06 13:00"),
        ("restore for T2 late at 2026-01-06T13:00", "it was at 2026-01-06 14:00"),
        ("restore for T3 missed", "there is no such instance"),
        ("restore pays 6 GBP", "it pays 5.00 GBP"),
        ("restore for T1 pays 5 GBP", "it pays 0.00 GBP"),
        ("in_time in 2026-01 is 51%", "it is 50 %"),
        ("in_time in 2026-01 is met", "it is missed with 50 %"),
        ("in_time in 2026-01 is below minimum", "it is 50 %"),
        ("in_time in 2026-01 is not measured", "it is 50 %"),
        ("in_time in 2026-02 is 50%", "that window has no settled value"),
        ("late in 2026-01 is 99.99 GBP", "it is 100.00 GBP"),
        ("late in 2026-02 is 1 GBP", "it is 0.00 GBP"),
        ("weak in 2026-02", "it was the case in 2026-01"),
        ("weak on 2026-02-02", "it was the case in 2026-01"),
        ("no weak in 2026-01", "it is the case in 2026-01"),
        ("down for A open", "it ended at 2026-01-07 10:00"),
        ("down for A ended at 2026-01-07T09:00", "it was at 2026-01-07 10:00"),
        ("down for B ended", "it never began"),
        ("no down on 2026-01-07", "it began at 2026-01-07 09:00"),
        ("step_in exercised", "it is open"),
        ("step_in open until 2026-02-11", "it is open until 2026-02-10"),
        ("no step_in", "it opened at 2026-02-01 00:00"),
        ("ladder for T2 at level 1 at 2026-01-06T14:00", "it was at 2026-01-06 13:00"),
        ("ladder for T1 at level 1", "it was not escalated"),
        ("no ladder for T2", "level 1 was reached"),
    ],
)
def test_what_does_not_follow_fails_and_says_what_did(expected, instead):
    (failure,) = tried(f"{AGREEMENT}{EVENTS}  expect {expected}\n").failures
    assert failure.message() == f"in the test “t”, expected “{expected}”, but {instead}"
    assert failure.span is not None and failure.span.text.strip() == f"expect {expected}"


def test_each_wrong_expectation_is_said():
    expected = "expect weak", "expect no weak", "expect restore pays 5 GBP", "expect no step_in"
    trial = tried(AGREEMENT + EVENTS + "".join(f"  {each}\n" for each in expected))
    assert [f.expected for f in trial.failures] == ["“no weak”", "“no step_in”"]


def test_an_event_that_does_not_count_is_named():
    corrected = "  2026-01-09T09:00 resolved_corrected ticket {}, kind partial\n"
    events = EVENTS.replace("  until", corrected.format("T3") + "  until")
    trial = tried(f"{AGREEMENT}{events}  expect restore for T2 missed\n")
    assert trial.failures == ()
    (note,) = trial.notes
    assert note.message() == (
        "in the test “t”, `resolved_corrected` does not count: the `resolved` that it names is not there."
    )
    assert note.span is not None and "resolved_corrected ticket T3" in note.span.text
    events = EVENTS.replace("  until", corrected.format("T2") + "  until")
    assert tried(f"{AGREEMENT}{events}  expect no ladder\n").notes == ()


QUESTION = """\
event ruling from north
  ticket  key
  ours    yes/no
determination at_fault "Was it our fault?"
  for each opened
  decided by "Board" of both with ruling, answer ours
  within 10 days, else deemed no
test "t"
  2026-01-05T09:00 opened ticket T1
  2026-01-20T09:00 ruling ticket T1, ours yes
  expect at_fault for T1 missed
"""


def test_an_event_from_which_nothing_follows_is_named():
    twice = "  2026-01-05T09:00 resolved ticket {}\n  2025-01-05T09:00 resolved ticket {}\n"
    trial = tried(f'{AGREEMENT}\ntest "it"\n{twice.format("X", "X")}  expect no ladder\n')
    said = [note.message() for note in trial.notes]
    assert len(said) == 2 and "nothing was open" in said[0] and "before the agreement takes effect" in said[1]


def test_an_answer_that_comes_too_late_is_named():
    trial = tried(AGREEMENT + QUESTION)
    (note,) = trial.notes
    assert note.message() == (
        "in the test “t”, `ruling` does not count: “Was it our fault?” was to be answered by 2026-01-15."
    )


AFTER = """agreement a "A"
  client     c
  provider   p
  effective  2026-01-01 until 2026-01-31
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event vol from p
  per month
  n number
  counts for per
amount third
  each month
  (sum of n over vol) / 3
  settles 10 days after the end
amount share_of_it
  each month
  100% - (sum of n over vol) / 3
  settles 10 days after the end
test "the figure for the last month comes after the end"
  2026-02-03T10:00 vol per 2026-01, n 1
  until 2026-02-20
  expect third in 2026-01 is 0.3333
"""


def test_a_value_with_more_places_than_are_shown_says_so():
    contract, problems = understand_text("after.bpo", AFTER)
    assert contract is not None, problems
    (failure,) = try_example(contract, contract.examples[0]).failures
    assert failure.instead == "it is 0.3333…"
    assert "rounded" in (failure.hint() or "")


@pytest.mark.parametrize(("per", "noted"), [("2026-01", 0), ("2026-02", 1)])
def test_what_counts_for_a_month_before_the_end_is_not_noted_after_it(per, noted):
    contract, _ = understand_text("after.bpo", AFTER.replace("per 2026-01", f"per {per}"))
    assert contract is not None
    events, _ = example_events(contract, contract.examples[0])
    until = until_of(contract, contract.examples[0], events)
    for ledger in (evaluate(contract, events, until), run(contract, events, until)):
        assert sum(entry.kind == "Noted" for entry in ledger.outcome) == noted


def test_a_note_on_an_event_can_be_allowed_where_it_stands():
    event = '  2026-01-05T10:00 resolved ticket T9'
    text = f'{AGREEMENT}test "t"\n{event}{{}}\n  until 2026-02-01\n  expect no ladder\n'

    def notes(comment, day=None):
        contract, problems = understand_text("desk.bpo", text.format(comment))
        assert contract is not None
        (trial,) = try_examples(contract, day)
        found = [each.code for each in problems if each.code not in ("BPO205", "BPO214")]
        return found, [each.code for each in trial.notes]

    assert notes("") == ([], ["BPO901"])
    assert notes("  # allow BPO901: nothing is open yet") == ([], [])
    assert notes("  # allow BPO901") == (["BPO220"], ["BPO901"])
    assert notes("  # allow BPO900: it fails") == (["BPO221"], ["BPO901"])
    limited = "  # allow BPO901: until we know, until 2026-03-31"
    assert notes(limited, date(2026, 3, 31)) == ([], [])
    assert notes(limited, date(2026, 4, 1)) == ([], ["BPO901"])
