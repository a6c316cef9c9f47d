"""Make the events of the portfolio: `python make_events.py [FOLDER]`; without a folder, beside this file.

Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

LONDON, DUBLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Dublin")
HOLIDAYS = {date(2026, 1, 1), date(2026, 2, 2), date(2026, 3, 17), date(2026, 4, 3), date(2026, 4, 6),
            date(2026, 5, 4), date(2026, 5, 25), date(2026, 6, 1)}  # fmt: skip

# Pieces of work of each month from January to June, and how many of them are late.
TICKETS = [(10, 0), (10, 1), (10, 2), (10, 0), (10, 1), (10, 0)]
INVOICES = [(8, 0), (8, 0), (12, 0), (14, 0), (12, 0), (9, 0)]
QUERIES = [(0, 0), (6, 0), (6, 2), (6, 1), (6, 2), (6, 0)]

draw = Random(20260101)


def working_days(month: int) -> list[date]:
    days = [date(2026, month, 1) + timedelta(days=n) for n in range(31)]
    return [d for d in days if d.month == month and d.weekday() < 5 and d not in HOLIDAYS]


def work(month: int, count: int, late: int, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """When pieces of work come in and are finished: those in time within hours, those late after some days."""
    days = working_days(month)[: -4 if count else None]
    found = []
    for n in range(count):
        day = days[n * len(days) // count]
        begun = datetime(day.year, day.month, day.day, 9, int(draw.random() * 60), tzinfo=zone)
        took = timedelta(days=3, hours=3) if n < late else timedelta(minutes=30 + int(draw.random() * 200))
        done = begun + took
        while done.date() in HOLIDAYS or done.weekday() > 4:
            done += timedelta(days=1)
        found.append((begun, done))
    return found


def line(when: datetime, source: str, subject: str, kind: str, number: int, **data: str) -> dict[str, object]:
    return {
        "id": f"{number:04d}", "source": source, "subject": subject, "type": kind, "time": when.isoformat(),
        "data": data,
    }  # fmt: skip


def desk() -> list[dict[str, object]]:
    """The stream of the provider's desk: two agreements, told apart by `subject`."""
    found: list[tuple[datetime, str, str, str, dict[str, str]]] = []
    for month, (count, late) in enumerate(TICKETS, 1):
        for n, (begun, done) in enumerate(work(month, count, late, LONDON), 1):
            ticket = {"ticket": f"B{month}{n:02d}"}
            found.append((begun, "brightwater", "brightwater_desk", "ticket_opened", ticket))
            found.append((done, "meridian", "brightwater_desk", "ticket_solved", ticket))
        if month < 6 and month != 4:
            sent = datetime(2026, month + 1, 12, 12, tzinfo=LONDON)
            found.append((sent, "meridian", "brightwater_desk", "report_delivered", {"period": f"2026-{month:02d}"}))
    for month, (count, late) in enumerate(QUERIES, 1):
        for n, (begun, done) in enumerate(work(month, count, late, DUBLIN), 1):
            query = {"query": f"Q{month}{n:02d}"}
            found.append((begun, "orchard", "orchard_payroll", "query_raised", query))
            found.append((done, "meridian", "orchard_payroll", "query_answered", query))
    found.sort(key=lambda each: (each[0], each[2], each[3]))
    lines = [line(when, source, subject, kind, n, **data) for n, (when, source, subject, kind, data) in
             enumerate(found, 1)]  # fmt: skip
    # Three lines went astray: a slip in the name, no name, and work of one agreement under the name of another.
    lines[20]["subject"] = "brightwater_dsk"
    del lines[41]["subject"]
    lines[62]["subject"] = "orchard_payroll" if lines[62]["subject"] == "brightwater_desk" else "brightwater_desk"
    return lines


def clearing() -> list[str]:
    """The file of the clearing system, which knows agreements by the number of the contract."""
    rows = []
    for month, (count, late) in enumerate(INVOICES, 1):
        for n, (begun, done) in enumerate(work(month, count, late, LONDON), 1):
            rows.append((begun, "C-2207", "IN", f"I{month}{n:02d}", "CL"))
            rows.append((done, "C-2207", "POSTED", f"I{month}{n:02d}", "SP"))
    # A row of a contract that is not in this portfolio.
    rows.append((datetime(2026, 3, 3, 10, tzinfo=LONDON), "C-1180", "IN", "X301", "CL"))
    rows.sort()
    lines = ["Row,Contract,At,Step,Document,By"]
    for number, (when, contract, step, document, by) in enumerate(rows, 1):
        lines.append(f"{number},{contract},{when:%Y-%m-%d %H:%M},{step},{document},{by}")
    return lines


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    text = "".join(json.dumps(each) + "\n" for each in desk())
    (folder / "desk.jsonl").write_bytes(text.encode())
    (folder / "clearing.csv").write_bytes("".join(f"{each}\n" for each in clearing()).encode())


if __name__ == "__main__":
    main()
