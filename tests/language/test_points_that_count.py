"""Which events give a series its values, and notices that are given when they happen."""

from __future__ import annotations

from bpodsl.pipeline import understand_text

HEAD = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
calendar work
  mon-fri 09:00-17:00
event quoted from anyone
  rate    number
  on_day  day
  final   yes/no
state open_market from quoted where final to quoted where not final
series euro
  number
  from quoted of rate for on_day{where}
amount of_day
  each day
  euro at last day of the window
notice call from north
  deemed given
    | otherwise | {deemed} |
trigger called
  when call
  then tell "called"
"""


def problems(where: str = "", deemed: str = "when the instant") -> list[tuple[str, str]]:
    found = understand_text("x.bpo", HEAD.format(where=where, deemed=deemed))[1]
    return [(p.code, p.message()) for p in found if p.severity.value == "error"]


def test_the_event_alone_tells_whether_it_counts():
    assert problems(" where final and in work and rate more than 0") == []
    message = "Which events give a series its values is told by each event alone: its fields, its time and calendars."
    assert problems(" where during open_market") == [("BPO320", message)]


def test_what_is_asked_is_of_the_event():
    (found, *_) = problems(" where finale")
    assert found[0] in ("BPO202", "BPO204")


def test_a_notice_may_be_given_when_it_happens():
    for deemed in ("when the instant, after 17:00 the next working day of work", "2 days after the instant"):
        assert problems(deemed=deemed) == []
    assert [code for code, _ in problems(deemed="2 hours after the instant")] == ["BPO301"]
