"""W1 as one would write it without thinking of speed: the standard library, a heap of timers, a dictionary a ticket.

`python plain.py DATA OUT`. It writes what `answers.py` reads.
"""

from __future__ import annotations

import csv
import heapq
import json
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = 3_600_000_000
ACKNOWLEDGE = {"P1": HOUR // 4, "P2": HOUR, "P3": 4 * HOUR}
RESOLVE = {"P1": 4 * HOUR, "P2": 24 * HOUR, "P3": 72 * HOUR}


def month_of(at):
    day = EPOCH + at * TICK
    return day.year * 12 + day.month - 1


def percentage(met, total):
    share = 100 * met
    return 0 if share >= 95 * total else 5 if share >= 90 * total else 10 if share >= 80 * total else 15


class Desk:
    def __init__(self):
        self.tickets = {}
        self.timers = []
        self.breaches = []
        self.escalations = []
        self.counts = defaultdict(lambda: [0, 0])

    def set_timer(self, at, what, ticket, version):
        heapq.heappush(self.timers, (at, len(self.breaches), ticket["id"], what, version))

    def fire_before(self, now):
        while self.timers and self.timers[0][0] < now:
            at, _, name, what, version = heapq.heappop(self.timers)
            ticket = self.tickets.get(name)
            if ticket is None:
                continue
            if what == "acknowledge":
                if not ticket["acknowledged"]:
                    ticket["acknowledged"] = True
                    self.breaches.append((ticket["contract"], name, "R1", at // 1000))
            elif what == "escalate":
                self.escalations.append((ticket["contract"], name, 2, at // 1000))
            elif version == ticket["version"] and not ticket["breached"]:
                ticket["breached"] = True
                self.breaches.append((ticket["contract"], name, "R2", at // 1000))
                self.escalations.append((ticket["contract"], name, 1, at // 1000))
                self.counts[ticket["contract"], ticket["priority"], month_of(at)][1] += 1
                self.set_timer(at + 24 * HOUR, "escalate", ticket, 0)

    def happens(self, event):
        now = (datetime.fromisoformat(event["ts"]) - EPOCH) // TICK
        self.fire_before(now)
        kind = event["type"]
        if kind == "books.closed":
            return
        name = event["ticket"]
        if kind == "ticket.opened":
            ticket = self.tickets[name] = {
                "id": name,
                "contract": event["contract"],
                "priority": event["priority"],
                "due": now + RESOLVE[event["priority"]],
                "acknowledged": False,
                "paused": None,
                "version": 0,
                "breached": False,
            }
            self.set_timer(now + ACKNOWLEDGE[event["priority"]], "acknowledge", ticket, 0)
            self.set_timer(ticket["due"], "resolve", ticket, 0)
            return
        ticket = self.tickets.get(name)
        if ticket is None:
            return
        if kind == "ticket.acknowledged":
            ticket["acknowledged"] = True
        elif kind == "ticket.paused":
            ticket["paused"] = now
            ticket["version"] += 1
        elif kind == "ticket.resumed":
            ticket["due"] += now - ticket["paused"]
            ticket["paused"] = None
            if not ticket["breached"]:
                self.set_timer(ticket["due"], "resolve", ticket, ticket["version"])
        elif kind == "ticket.resolved":
            if not ticket["breached"]:
                count = self.counts[ticket["contract"], ticket["priority"], month_of(now)]
                count[0] += 1
                count[1] += 1
            del self.tickets[name]


def main(data, out):
    desk = Desk()
    with (data / "events.jsonl").open(encoding="utf-8") as file:
        for line in file:
            desk.happens(json.loads(line))
    with (data / "contracts.csv").open(encoding="utf-8") as file:
        fees = {row["contract"]: int(row["monthly_fee_cents"]) for row in csv.DictReader(file)}
    attainment, pooled = [], defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for (contract, priority, month), (met, total) in sorted(desk.counts.items()):
        credit = fees[contract] * percentage(met, total) // 100
        attainment.append((contract, priority, f"{month // 12}-{month % 12 + 1:02d}", met, total, credit))
        pooled[contract][month][0] += met
        pooled[contract][month][1] += total
    termination = []
    for contract, months in sorted(pooled.items()):
        for month in range(min(months), max(months) + 1):
            bad = sum(1 for m in range(month - 5, month + 1) if m in months and 10 * months[m][0] < 9 * months[m][1])
            if bad >= 3:
                termination.append((contract, f"{month // 12}-{month % 12 + 1:02d}"))
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("breaches", desk.breaches),
        ("escalations", desk.escalations),
        ("attainment", attainment),
        ("termination", termination),
    ):
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
