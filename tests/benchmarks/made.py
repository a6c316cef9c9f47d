"""What is measured: an agreement of any length, and events for it. Both are the same each time."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

HEAD = """\
agreement yardstick "Service desk of many lines"
  client     northwind "Northwind"
  provider   meridian  "Meridian"
  effective  2026-01-01 for 36 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
calendar office
  mon-fri 08:00-18:00
  closed holidays of GB-ENG
charge monthly_charge
  each month
  northwind pays meridian 10 000 GBP
"""

QUEUE = """\
event opened_{n}, held_{n}, resumed_{n} from northwind
  ticket    key
  priority  one of P1, P2, default P2
event resolved_{n} from meridian
  ticket    key
state waiting_{n} from held_{n} to resumed_{n} by ticket
obligation restore_{n} "Restore service of queue {n}"                        [Sch C {n}]
  meridian must resolved_{n} for each opened_{n}
  within by priority
    | P1        | 4 hours of office  |
    | otherwise | 16 hours of office |
  suspended during waiting_{n}
measure in_time_{n} "Restored in time, queue {n}"                            [Sch C {n}.1]
  each month, counted when decided
  share of restore_{n} fulfilled, or 100% if not measured
  target   at least 95%
  minimum  at least 80%
credit credit_{n} for in_time_{n}, of monthly_charge
  | at least 95% | 0% |
  | at least 80% | 2% |
  | otherwise    | 5% |
trigger chronic_{n} "Queue {n} misses its target too often"
  when in_time_{n} is missed in 3 of any 6 months
  does not reset
  then tell "chronic failure of queue {n}"
"""

SERVICE = """\
event survey_{n}, audit_{n} from northwind
  order  key
  score  number
  site   one of leeds, york, bath
event refunded_{n}, reviewed_{n}, closed_{n} from meridian
  order  key
notice left_{n} from northwind
service line_{n} "Line {n}"                                                  [Sch D {n}]
  provided by meridian
  hours office
obligation review_{n} "Review what was audited, line {n}"                    [Sch D {n}.1]
  meridian must reviewed_{n} for each audit_{n} where score less than 50 or site is leeds and score less than 60
  within 5 working days of office
  cured within 3 working days of office
  failing that meridian pays northwind 150 GBP as "no review"
obligation refund_{n} "Refund after a poor survey, line {n}"                 [Sch D {n}.2]
  meridian must refunded_{n} for each survey_{n} where score at most 3
  within 10 days
measure satisfaction_{n} "Satisfaction, line {n}"                            [Sch D {n}.3]
  each month
  mean of score over survey_{n}
  fewer than 5: not measured
  target   at least 8
  minimum  at least 6
measure reviewed_{n}_in_time "Reviewed in time, line {n}"                    [Sch D {n}.4]
  each quarter, counted when decided
  share of review_{n} fulfilled
  target at least 90%
amount volume_{n} "Surveys, line {n}"
  each month
  count of survey_{n}
charge survey_charge_{n} "Charge for surveys, line {n}"                      [Sch F {n}]
  each month
  northwind pays meridian by bands of volume_{n}
    | up to   100 | 2.00 GBP |
    | up to 1 000 | 1.50 GBP |
    | the rest    | 1.00 GBP |
credit satisfaction_credit_{n} for satisfaction_{n}                          [Sch F {n}.1]
  | at least 8 |   0 GBP |
  | at least 7 | 200 GBP |
  | at least 6 | 500 GBP |
  | otherwise  | 900 GBP |
cap line_cap_{n} on satisfaction_credit_{n} at 700 GBP each month
trigger falling_{n} "Line {n} falls"
  when satisfaction_{n} is below minimum in 2 consecutive months
  not measured breaks the run
  resets
  then escalate ladder_{n}
trigger hopeless_{n} "Line {n} is hopeless"
  when satisfaction_{n} is below minimum in 4 of any 12 months
  does not reset
  then tell "line {n} is hopeless"
escalation ladder_{n}
  level 1  "Manager of line {n}" of meridian for 5 working days of office
  level 2  "Director" of both for 10 working days of office
  level 3  "Board" of both
  ends with closed_{n}
termination terminate_{n} "Termination for line {n}"                         [§14 {n}]
  by northwind on hopeless_{n}
  exercised by left_{n}
  exercised within 60 days after the ground
  notice 30 days
"""

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def agreement(lines: int) -> tuple[str, int]:
    """An agreement of about so many lines, and the number of its queues: each has tickets with a state and targets by
    priority, and beside it a line of service with duties, tiers, bands, caps, triggers, escalation and an end."""
    both = QUEUE + SERVICE
    pairs, left = divmod(max(0, lines - HEAD.count("\n")), both.count("\n"))
    queues = max(1, pairs + round(left / QUEUE.count("\n")))
    return HEAD + "".join((both if n <= pairs else QUEUE).format(n=n) for n in range(1, queues + 1)), queues


def events(count: int, queues: int) -> str:
    """So many events as JSON lines, in order of time: tickets that are opened, some held and resumed, and resolved."""
    draw = random.Random(7)
    found: list[tuple[datetime, str, dict[str, str]]] = []
    ticket, at = 0, START
    while len(found) < count:
        ticket += 1
        at += timedelta(seconds=draw.randrange(60, 10_800))
        queue, data = draw.randrange(1, queues + 1), {"ticket": f"T{ticket}"}
        found.append((at, f"opened_{queue}", {**data, "priority": draw.choice(("P1", "P2", "P2"))}))
        then = at + timedelta(minutes=draw.randrange(5, 240))
        if draw.random() < 0.3:
            found.append((then, f"held_{queue}", data))
            then += timedelta(minutes=draw.randrange(5, 2_000))
            found.append((then, f"resumed_{queue}", data))
        found.append((then + timedelta(minutes=draw.randrange(1, 600)), f"resolved_{queue}", data))
    found.sort(key=lambda each: each[0])
    return "".join(
        json.dumps({"id": str(n), "source": "desk", "type": kind, "time": when.isoformat(), "data": data}) + "\n"
        for n, (when, kind, data) in enumerate(found[:count], 1)
    )
