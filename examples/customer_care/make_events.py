"""Make the six months of events of this example: `python make_events.py > events.jsonl`.

Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import json
import sys
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
# Month, P1 tickets, of which late, calls, of which slow: chosen so that credits, the cap, a chronic
# failure (June, August and September below the minimum) and an escalation all happen.
MONTHS = [
    (4, 20, 0, 38, 4),
    (5, 20, 2, 46, 6),
    (6, 20, 3, 64, 20),
    (7, 20, 1, 71, 9),
    (8, 20, 3, 52, 11),
    (9, 20, 4, 48, 8),
]
# From July on Northwind says how many calls it foresees.
FORECASTS = {7: 60, 8: 50, 9: 55}
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31)}

draw = Random(20260401)
events: list[tuple[datetime, str, str, dict[str, object]]] = []


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def add(when: datetime, source: str, kind: str, **data: object) -> None:
    events.append((when, source, kind, data))


def working_days(month: int) -> list[date]:
    days = [date(2026, month, 1) + timedelta(days=n) for n in range(31)]
    return [d for d in days if d.month == month and d.weekday() < 5 and d not in HOLIDAYS]


def tickets(month: int, count: int, late: int) -> None:
    days = working_days(month)
    for n in range(count):
        name = f"T{month:02d}{n + 1:03d}"
        opened = at(days[(n * len(days)) // count], whole(8, 13), whole(0, 59))
        add(opened, "northwind", "ticket_opened", ticket=name, priority="P1")
        minutes = whole(245, 340) if n % 5 == 2 and n // 5 < late else whole(25, 215)
        resolved = opened + timedelta(minutes=minutes)
        if n % 7 == 3:
            held = opened + timedelta(minutes=10)
            resumed = held + timedelta(minutes=whole(20, 45))
            add(held, "meridian", "ticket_held", ticket=name)
            add(resumed, "meridian", "ticket_resumed", ticket=name)
            resolved += resumed - held
        add(resolved, "meridian", "ticket_resolved", ticket=name)
    for n in range(12):
        name = f"T{month:02d}{n + 501:03d}"
        start = days[(n * (len(days) - 3)) // 12]
        opened = at(start, whole(8, 16), whole(0, 59))
        add(opened, "northwind", "ticket_opened", ticket=name, priority="P2")
        late_one = month in (6, 9) and n in (4, 9)
        done = days[days.index(start) + (3 if late_one else whole(0, 2))]
        add(
            max(at(done, whole(9, 17), whole(0, 59)), opened + timedelta(minutes=30)),
            "meridian",
            "ticket_resolved",
            ticket=name,
        )


def calls(month: int, count: int, slow: int) -> None:
    days = working_days(month)
    for n in range(count):
        when = at(days[(n * len(days)) // count], whole(8, 19), whole(0, 59))
        waited = whole(25, 90) if n % 3 == 1 and n // 3 < slow else whole(3, 20)
        add(
            when,
            "meridian",
            "call_answered",
            call=f"C{month:02d}{n + 1:04d}",
            waited=f"{waited} seconds",
            abandoned=n % 23 == 22,
        )
    for n in range(6):
        score = 3 if n == 0 else 4 if month in (6, 8, 9) and n % 2 else 5
        add(
            at(days[3 * n + 1], 17, whole(0, 59)),
            "northwind",
            "survey_returned",
            survey=f"S{month:02d}{n + 1}",
            score=score,
        )


def report(month: int) -> None:
    # June's report comes seven working days after the month: late, and cured.
    day = working_days(month + 1)[6 if month == 6 else whole(1, 3)]
    add(at(day, 15, whole(0, 59)), "meridian", "service_report_delivered", period=f"2026-{month:02d}")


def main() -> None:
    for month, count, late, calling, slow in MONTHS:
        tickets(month, count, late)
        calls(month, calling, slow)
        report(month)
    # An outage at the client suspends a ticket; a flood in Leeds excuses another.
    add(at(date(2026, 5, 14), 9, 40), "northwind", "ticket_opened", ticket="T05901", priority="P1")
    add(at(date(2026, 5, 14), 10, 0), "northwind", "outage_started", system="orders")
    add(at(date(2026, 5, 14), 15, 30), "northwind", "outage_ended", system="orders")
    add(at(date(2026, 5, 14), 16, 45), "meridian", "ticket_resolved", ticket="T05901")
    add(at(date(2026, 7, 21), 9, 15), "northwind", "ticket_opened", ticket="T07901", priority="P1")
    add(at(date(2026, 7, 21), 11, 0), "meridian", "force_majeure_declared", cause="flood in Leeds")
    add(at(date(2026, 7, 22), 18, 0), "meridian", "force_majeure_ended", cause="flood in Leeds")
    add(at(date(2026, 7, 23), 9, 30), "meridian", "ticket_resolved", ticket="T07901")
    for month, foreseen in FORECASTS.items():
        period = f"2026-{month:02d}"
        add(at(working_days(month)[0], 9, 0), "northwind", "forecast_given", period=period, calls=foreseen)
    # Northwind waives one of June's late P2 tickets.
    add(at(date(2026, 7, 6), 11, 0), "northwind", "lateness_waived", ticket="T06505")
    # A ticket still open when the stream ends.
    add(at(date(2026, 10, 12), 9, 0), "northwind", "ticket_opened", ticket="T10001", priority="P2")

    events.sort(key=lambda e: (e[0], e[1], e[2], json.dumps(e[3])))
    for number, (when, source, kind, data) in enumerate(events, start=1):
        line = {"id": f"{number:05d}", "source": source, "type": kind, "time": when.isoformat(), "data": data}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
