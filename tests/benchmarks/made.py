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

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def agreement(lines: int) -> tuple[str, int]:
    """An agreement of about so many lines, and the number of its queues."""
    queues = max(1, round((lines - HEAD.count("\n")) / QUEUE.count("\n")))
    return HEAD + "".join(QUEUE.format(n=n) for n in range(1, queues + 1)), queues


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
