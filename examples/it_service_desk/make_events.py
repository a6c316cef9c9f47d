"""Make the half year of events of this example: `python make_events.py FOLDER`.

It writes calls.csv (the telephony's own columns) and desk.jsonl there.

Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
# Month: calls, of which slow, abandoned; P2 incidents, of which late; P3 and P4, of which late; users; devices.
MONTHS = {
    1: (50, 5, 1, 16, 1, 14, 0, 2410, 9),
    2: (54, 8, 3, 16, 1, 14, 0, 2531, 14),
    3: (60, 13, 6, 18, 2, 14, 2, 2655, 31),
    4: (52, 4, 2, 18, 1, 14, 1, 2640, 12),
    5: (50, 5, 1, 18, 1, 15, 3, 2512, 8),
    6: (48, 4, 1, 16, 1, 15, 4, 2268, 26),
}
HOLIDAYS = {
    date(2026, 1, 1),
    date(2026, 1, 19),
    date(2026, 2, 16),
    date(2026, 5, 25),
    date(2026, 6, 19),
    date(2026, 7, 3),
}
SITES = ("chicago", "tulsa", "remote")
KINDS = ("access", "software", "move", "loaner")

draw = Random(20260101)
lines: list[dict[str, object]] = []


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def later(when: datetime, minutes: int) -> datetime:
    """So many minutes that pass, also over a change of the clocks."""
    return datetime.fromtimestamp(when.timestamp() + 60 * minutes, ZONE)


def working_days(month: int) -> list[date]:
    days = [date(2026, month, 1) + timedelta(days=n) for n in range(31)]
    return [d for d in days if d.month == month and d.weekday() < 5 and d not in HOLIDAYS]


def following(day: date, count: int) -> date:
    """The working day of the deskside calendar that many after `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in HOLIDAYS
    return day


def add(when: datetime, source: str, type_: str, /, *, known: datetime | None = None, **data: object) -> None:
    line: dict[str, object] = {"source": source, "type": type_, "time": when.isoformat()}
    if known:
        line["recordedtime"] = known.isoformat()
    lines.append({**line, "data": data})


def incidents(month: int) -> None:
    _, _, _, twos, late_twos, minor, late_minor, _, _ = MONTHS[month]
    days = working_days(month)[:-4]
    for n in range(twos):
        name = f"INC{month:02d}{n + 1:03d}"
        opened = at(days[(n * len(days)) // twos], whole(7, 9), whole(0, 59))
        add(opened, "harrow", "incident_opened", incident=name, priority="P2", site=SITES[n % 3])
        minutes = whole(500, 560) if n % 6 == 3 and n // 6 < late_twos else whole(40, 380)
        if n % 5 == 1:
            waiting = later(opened, 15)
            pause = whole(20, 60)
            add(waiting, "tessera", "incident_waiting", incident=name)
            add(later(waiting, pause), "harrow", "incident_continued", incident=name)
            minutes += pause
        add(later(opened, minutes), "tessera", "incident_resolved", incident=name, first_line=n % 4 != 3)
    for n in range(minor):
        name = f"INC{month:02d}{n + 501:03d}"
        start = days[(n * (len(days) - 2)) // minor]
        opened = at(start, whole(8, 15), whole(0, 59))
        add(
            opened, "harrow", "incident_opened", incident=name, priority="P4" if n % 5 == 4 else "P3", site=SITES[n % 3]
        )
        wait = 4 if n % 3 == 0 and n // 3 < late_minor else whole(0, 2)
        if n % 7 == 1:  # The days of a wait for the user do not count.
            add(at(following(start, 1), 9), "tessera", "incident_waiting", incident=name)
            add(at(following(start, 2), 16), "harrow", "incident_continued", incident=name)
            wait = 5
        done = at(following(start, wait), 16, whole(0, 59)) if wait else later(opened, whole(10, 50))
        add(done, "tessera", "incident_resolved", incident=name, first_line=n % 2 == 0)


def major(name: str, day: date, hour: int, minutes: int, *, status: int = 20, explained: int = 0) -> None:
    """A P1 at a given moment, with its first status report and, if it was late, its explanation."""
    opened = at(day, hour, 5)
    add(opened, "harrow", "incident_opened", incident=name, priority="P1", site="chicago")
    add(later(opened, status), "tessera", "status_sent", incident=name)
    add(later(opened, minutes), "tessera", "incident_resolved", incident=name)
    if explained:
        add(at(following(day, explained), 15), "tessera", "cause_explained", incident=name)


def rest_of_month(month: int) -> None:
    *_, users, devices = MONTHS[month]
    days = working_days(month)
    for n in range(7):
        name, start = f"REQ{month:02d}{n + 1:02d}", days[2 * n + 1]
        add(at(start, 9, whole(0, 59)), "harrow", "request_raised", request=name, kind=KINDS[n % 4])
        add(at(following(start, n % 3), 10, whole(0, 59)), "harrow", "request_approved", request=name)
        slow = n in (2, 5) and month == 5
        add(at(following(start, n % 3 + (3 if slow else 1)), 11, whole(0, 59)), "tessera", "request_done", request=name)
    for n in range(4):
        name, first = f"J{month:02d}{n + 1}", days[4 * n + 4]
        add(
            at(days[max(4 * n - 4 + (n == 2), 0)], 10, n),
            "harrow",
            "joiner_announced",
            joiner=name,
            starts_on=first.isoformat(),
        )
        late = month == 3 and n == 1
        day = first if late else days[4 * n + 2]
        add(at(day, 9, whole(0, 59)), "tessera", "joiner_equipped", joiner=name)
    for n in range(2):
        name, day = f"L{month:02d}{n + 1}", days[7 * n + 3]
        urgent = n == 1
        told = at(day, 15, whole(0, 59))
        add(told, "harrow", "leaver_notified", leaver=name, kind="at_once" if urgent else "planned")
        add(later(told, whole(5, 25) + (20 if urgent and month == 4 else 0)), "tessera", "account_closed", leaver=name)
    for n in range(devices):
        day = days[(n * len(days)) // devices]
        add(
            at(day, 11, whole(0, 59)),
            "tessera",
            "device_deployed",
            device=f"D{month:02d}{n + 1:03d}",
            site=SITES[n % 3],
        )
    for n in range(3):
        cost = f"{whole(18, 95)}.{whole(0, 99):02d}"
        add(
            at(days[6 * n + 2], 17),
            "tessera",
            "courier_bill",
            bill=f"B{month:02d}{n + 1}",
            cost=cost,
            approved=n < 2 or month != 2,
        )
    for n in range(6):
        score = 4 if n % 2 else 3 if month in (2, 3) else 5
        add(at(days[3 * n], 18, whole(0, 59)), "harrow", "survey_returned", survey=f"S{month:02d}{n + 1}", score=score)
    counted = following(date(2026, month, 28), 4)
    add(at(counted, 9), "harrow", "users_counted", period=f"2026-{month:02d}", users=users)
    last = days[-1]
    # April's report is late and cured; May's comes after the time for a cure.
    reported = following(last, {4: 7, 5: 9}.get(month, whole(2, 4)))
    add(at(reported, 14), "tessera", "report_delivered", period=f"2026-{month:02d}")


def singular() -> None:
    """What happens once."""
    major("INC01901", date(2026, 1, 14), 2, 190)
    major("INC02901", date(2026, 2, 11), 13, 240)  # the last instant
    major("INC03901", date(2026, 3, 3), 9, 275, explained=4)
    major("INC03902", date(2026, 3, 12), 16, 310, status=41, explained=6)  # status late, explanation late
    major("INC03903", date(2026, 3, 24), 22, 262, explained=3)
    # In April a tornado at Tulsa excuses a P1; Harrow's network suspends another.
    add(at(date(2026, 4, 15), 5), "tessera", "disaster_declared", cause="tornado at Tulsa")
    add(at(date(2026, 4, 16), 18), "tessera", "disaster_over", cause="tornado at Tulsa")
    major("INC04901", date(2026, 4, 15), 8, 1_500)
    add(at(date(2026, 4, 22), 11, 0), "harrow", "network_down", network="backbone")
    add(at(date(2026, 4, 22), 14, 0), "harrow", "network_up", network="backbone")
    major("INC04902", date(2026, 4, 22), 10, 415)
    # A P2 was a P3 all along; one that counted as late was reported twice.
    add(at(date(2026, 2, 19), 16), "harrow", "priority_agreed", incident="INC02010", priority="P3")
    add(at(date(2026, 4, 9), 11), "harrow", "incident_void", incident="INC03010")
    # The portal: planned works, an outage that overlaps them, a long one in March.
    for month, day in ((1, 17), (3, 14), (5, 16)):
        day_of = date(2026, month, day)
        begins, finishes = at(day_of, 8).isoformat(), at(day_of, 12).isoformat()
        add(at(day_of, 13), "tessera", "maintenance", begins=begins, finishes=finishes)
        add(at(day_of, 8, 10), "tessera", "portal_down")
        add(at(day_of, 12, 20), "tessera", "portal_up")
    add(at(date(2026, 3, 18), 9), "tessera", "portal_down")
    add(at(date(2026, 3, 18), 15, 30), "tessera", "portal_up")
    # People, places, papers.
    for city in ("Tulsa", "Guadalajara", "Chicago"):
        add(at(date(2026, 1, 2), 9), "harrow", "site_approved", city=city)
    for month, city in ((1, "Tulsa"), (2, "Guadalajara"), (5, "Monterrey"), (6, "Tulsa")):
        add(at(date(2026, month, 7), 10), "tessera", "site_used", city=city)
    add(at(date(2026, 4, 1), 9), "tessera", "key_person_left", role="service delivery manager")
    add(at(following(date(2026, 4, 1), 24), 9), "tessera", "key_person_replaced", role="service delivery manager")
    add(at(date(2026, 3, 30), 16), "tessera", "exit_plan_filed")
    add(at(date(2026, 4, 23), 10), "tessera", "review_held", period="2026-Q1")
    add(at(date(2026, 4, 2), 10), "harrow", "matter_closed")
    add(at(date(2026, 6, 24), 9), "harrow", "audit_called")
    # The stocktaking of Order Form 3.
    for month, day, city, hours in ((5, 9, "chicago", 16), (5, 16, "tulsa", 26), (6, 6, "chicago", 30)):
        add(at(date(2026, month, day), 18), "tessera", "site_hours_worked", site=city, hours=hours)


def calls() -> Iterator[tuple[object, ...]]:
    """Rows of the telephony: its desk queues, another queue, a slip, and a correction of February in April."""
    for month, (count, slow, lost, *_) in MONTHS.items():
        days = working_days(month)
        for n in range(count):
            offered = at(days[(n * len(days)) // count], whole(7, 18), whole(0, 59))
            end, wait = "ANS", whole(4, 60)
            if n % 4 == 1 and n // 4 < slow:
                wait = whole(61, 240)
            elif n % 9 == 3 and n // 9 < lost:
                end, wait = "ABN", whole(30, 160)
            elif n % 25 == 7:
                end, wait = "ABN", whole(2, 10)  # in the first ten seconds: no call
            queue = "SCAN" if n % 17 == 16 else "DESK-ES" if n % 6 == 0 else "DESK"
            if (month, n) == (5, 20):
                end = "XFR"  # A word the agreement does not know: set aside.
            yield f"K{month:02d}{n + 1:04d}", f"{offered:%Y-%m-%d %H:%M}", queue, f"{wait} s", end, 0, ""
            if (month, n) == (2, 5):
                # The recording showed that it had been answered after 20 seconds.
                yield (
                    f"K{month:02d}{n + 1:04d}",
                    f"{offered:%Y-%m-%d %H:%M}",
                    queue,
                    "20 s",
                    "ANS",
                    1,
                    "2026-04-07 10:30",
                )


def main(folder: Path) -> None:
    for month in MONTHS:
        incidents(month)
        rest_of_month(month)
    singular()
    lines.sort(key=lambda x: (datetime.fromisoformat(str(x["time"])), str(x["type"]), json.dumps(x["data"])))
    numbered = [{"id": f"E{number:05d}", **line} for number, line in enumerate(lines, start=1)]
    # A survey of the wrong person is taken back; a site that the agreement does not name is set aside.
    wrong = next(x for x in numbered if x["data"] == {"survey": "S021", "score": 3})
    numbered.append({**wrong, "rev": 1, "retract": True, "recordedtime": at(date(2026, 3, 10), 9).isoformat()})
    strange = {"incident": "INC06999", "priority": "P3", "site": "dallas"}
    numbered.append(
        {
            "id": "E90001",
            "source": "harrow",
            "type": "incident_opened",
            "time": at(date(2026, 6, 30), 9).isoformat(),
            "data": strange,
        }
    )
    with (folder / "desk.jsonl").open("w", encoding="utf-8") as file:
        for line in numbered:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    rows = sorted(calls(), key=lambda row: (row[1], row[0], row[5]))
    with (folder / "calls.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("Call", "Offered", "Queue", "Wait", "End", "Rev", "Entered"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
