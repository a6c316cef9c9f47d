"""Make the nine months of events of this example: `python make_events.py FOLDER`.

It writes invoices.csv and desk.jsonl there.

Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import csv
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Zurich")
# Month, invoices, of which late, of which of new suppliers and late, errors found. November and December are weak, so
# two weak months in a row; April would have met the target of before the amendment.
MONTHS = [
    (2025, 10, 44, 1, 0, 0),
    (2025, 11, 52, 3, 1, 2),
    (2025, 12, 32, 3, 0, 0),
    (2026, 1, 42, 1, 0, 0),
    (2026, 2, 58, 1, 2, 3),
    (2026, 3, 46, 1, 0, 0),
    (2026, 4, 48, 1, 0, 2),
    (2026, 5, 50, 1, 1, 2),
    (2026, 6, 54, 1, 1, 1),
]
SUPPLIERS = ("Nord AG", "Keller & Söhne", "Rossi SA", "Alpenstahl GmbH", "Lumière Sàrl")
NEW_SUPPLIER = "Tessin Dati SA"
CLOSED = {date(2025, 12, 24) + timedelta(days=n) for n in range(10)}
CLOSED |= {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)}
AMENDED = date(2026, 4, 1)
OUTAGE = date(2026, 2, 24)

# What each month is billed: all charges of the month that are known by then, those of a quarter with its last month.
BILLS = {
    "2025-10": ("6375.60", date(2025, 11, 10)),
    "2025-11": ("6421.70", date(2025, 12, 10)),
    "2025-12": ("7017.40", date(2026, 1, 12)),
    "2026-01": ("6403.75", date(2026, 2, 10)),
    "2026-02": ("6481.75", date(2026, 3, 10)),
    "2026-03": ("6815.00", date(2026, 4, 10)),
    "2026-04": ("6702.00", date(2026, 5, 11)),
    "2026-05": ("7102.50", date(2026, 6, 10)),
}
# The month the index is for, its value, the day of its publication: February's came late, January's was revised.
INDEX = [
    ("2025-09", "104.2", date(2025, 10, 15)),
    ("2025-10", "104.3", date(2025, 11, 14)),
    ("2025-11", "104.6", date(2025, 12, 15)),
    ("2025-12", "104.9", date(2026, 1, 15)),
    ("2026-01", "105.3", date(2026, 2, 16)),
    ("2026-01", "105.1", date(2026, 4, 15)),
    ("2026-02", "106.1", date(2026, 5, 6)),
    ("2026-03", "107.4", date(2026, 5, 15)),
    ("2026-04", "107.2", date(2026, 5, 18)),
    ("2026-05", "107.6", date(2026, 6, 15)),
]

draw = Random(20251001)
invoices: list[tuple[str, ...]] = []
desk: list[tuple[str, str, str, dict[str, object]]] = []


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).isoformat()


def add(when: str, source: str, kind: str, **data: object) -> None:
    desk.append((when, source, kind, data))


def open_days(year: int, month: int) -> list[date]:
    days = [date(year, month, 1) + timedelta(days=n) for n in range(62)]
    return [d for d in days if d.weekday() < 5 and d not in CLOSED]


def hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02d}"


def urgent_posting(name: str, slow: bool, day: date, hour: int, minute: int) -> None:
    minutes = whole(310, 330) if slow else whole(20, 200)
    posted = datetime.fromisoformat(at(day, hour, minute)) + timedelta(minutes=minutes)
    add(posted.isoformat(), "ledgerly", "invoice_posted", invoice=name)


def discount(name: str, days: list[date], i: int, cents: int, n: int) -> tuple[str, str]:
    """Two per cent, if paid by the ninth working day; proposed in time, but for a few."""
    until, worth = days[i + 9], hundredths(cents // 50)
    late = n % 40 == 32
    add(at(days[i + (8 if late else whole(4, 6))], 11, whole(0, 59)), "ledgerly", "payment_proposed", invoice=name)
    if not late:
        add(at(days[i + 8], 16, whole(0, 59)), "halden", "discount_taken", invoice=name, discount=worth)
    return worth, until.isoformat()


def invoices_of(year: int, month: int, count: int, late: int, late_new: int, errors: int) -> None:
    days = open_days(year, month)
    inside = [d for d in days if d.month == month]
    limit = 2 if inside[0] >= AMENDED else 3
    for n in range(count):
        name = f"I{year % 100}{month:02d}{n + 1:03d}"
        i = (n * len(inside)) // count
        urgent, new = n % 12 == 5, n % 24 == 10
        cents = whole(8_000, 900_000)
        hour, minute = whole(8, 11), whole(0, 59)
        supplier = NEW_SUPPLIER if new else SUPPLIERS[(n + n // 5) % 5]
        reduced = discount(name, days, i, cents, n) if n % 6 == 2 else ("", "")
        answers = "yes" if urgent else "no", "yes" if new else "no"
        invoices.append((name, at(inside[i], hour, minute), supplier, hundredths(cents), *answers, *reduced, "halden"))
        if urgent:
            urgent_posting(name, n == 29 and month in (11, 2), inside[i], hour, minute)
            continue
        wait = whole(0, limit)
        if (n % 9 == 4 and n // 9 < late) or (new and n // 24 < late_new):
            wait = limit + 1
        elif inside[i] == OUTAGE:
            wait = 4
        elif n % 15 == 7:
            add(at(days[i], 14, 5), "ledgerly", "query_raised", invoice=name)
            add(at(days[i + 2], 10, 30), "halden", "query_answered", invoice=name)
            wait = 3
        add(at(days[i + wait], whole(13, 16), whole(0, 59)), "ledgerly", "invoice_posted", invoice=name)
        if n % 20 == 11 and n // 20 < errors:
            found = at(days[i + wait + 2], 9, whole(0, 59))
            add(found, "halden", "posting_error_found", invoice=name, supplier=supplier)


def closings(year: int, month: int) -> None:
    """The close of December comes on the sixth working day, that of April on the fifth: Halden waives the latter."""
    after = open_days(year + month // 12, month % 12 + 1)
    period = f"{year}-{month:02d}"
    add(at(after[{12: 5, 4: 4}.get(month) or whole(1, 3)], 16, 0), "ledgerly", "month_closed", period=period)


def relief_and_rulings() -> None:
    # Two outages of Halden's ledger: relief is claimed for the first, and lapses for the second.
    add(at(OUTAGE, 10, 0), "halden", "ledger_down", outage="L1")
    add(at(date(2026, 2, 25), 15, 0), "halden", "ledger_up", outage="L1")
    add(at(date(2026, 3, 10), 9, 0), "ledgerly", "relief_claimed", outage="L1")
    add(at(date(2026, 3, 12), 11, 0), "halden", "relief_accepted", outage="L1")
    add(at(date(2026, 4, 21), 9, 0), "halden", "ledger_down", outage="L2")
    add(at(date(2026, 4, 21), 16, 0), "halden", "ledger_up", outage="L2")
    # Late postings for new suppliers: Halden's in November, Ledgerly's in February, once overruled; June's is open yet.
    add(at(date(2025, 11, 18), 15, 0), "halden", "cause_ruled", invoice="I2511011", by_halden=True)
    add(at(date(2026, 2, 19), 15, 0), "halden", "cause_ruled", invoice="I2602011", by_halden=True)
    add(at(date(2026, 2, 26), 15, 0), "halden", "cause_ruled", invoice="I2602035", by_halden=False)
    add(at(date(2026, 4, 9), 10, 0), "brunner", "expert_ruled", invoice="I2602035", by_halden=True)
    add(at(date(2026, 5, 20), 15, 0), "halden", "cause_ruled", invoice="I2605011", by_halden=False)


def money() -> None:
    for month, value, day in INDEX:
        add(at(day, 8, 30), "statistics", "index_published", reference_month=month, value=value)
    add(at(date(2026, 3, 19), 9, 30), "national_bank", "policy_rate_set", rate="0.50%", since="2026-03-20")
    for month, (total, day) in BILLS.items():
        add(at(day, 9, 0), "ledgerly", "bill_issued", bill=f"B{month}", total=total, dated=day.isoformat())
    paid = {
        "2025-10": date(2025, 12, 9),
        "2025-11": date(2026, 1, 9),
        "2025-12": date(2026, 2, 11),
        "2026-01": date(2026, 3, 26),
        "2026-02": date(2026, 4, 8),
        "2026-03": date(2026, 5, 8),
        "2026-04": date(2026, 6, 10),
        "2026-05": date(2026, 7, 9),
    }
    disputed = {"2025-11": 12_000, "2026-02": 40_000}
    for month, day in paid.items():
        cents = round(float(BILLS[month][0]) * 100) - disputed.get(month, 0)
        add(at(day, 14, 0), "halden", "bill_paid", bill=f"B{month}", amount=hundredths(cents))
    # Of one dispute half is found due; the other fails, so that the sum was due all the time.
    add(at(date(2025, 12, 22), 10, 0), "halden", "bill_disputed", bill="B2025-11", amount="120.00")
    add(at(date(2026, 1, 20), 10, 0), "halden", "dispute_settled", bill="B2025-11", found_due="60.00")
    add(at(date(2026, 1, 29), 14, 0), "halden", "bill_paid", bill="B2025-11", amount="60.00")
    add(at(date(2026, 3, 25), 10, 0), "halden", "bill_disputed", bill="B2026-02", amount="400.00")
    add(at(date(2026, 5, 20), 10, 0), "ledgerly", "dispute_failed", bill="B2026-02")
    add(at(date(2026, 5, 28), 14, 0), "halden", "bill_paid", bill="B2026-02", amount="400.00")


def duplicates() -> None:
    old = {"payment": "P1", "amount": "2480.50", "cause": "before_start"}
    add(at(date(2025, 11, 12), 11, 0), "ledgerly", "duplicate_found", **old)
    add(at(date(2025, 12, 3), 11, 0), "halden", "duplicate_recovered", payment="P1", amount="2480.50")
    add(at(date(2026, 1, 20), 11, 0), "halden", "duplicate_found", payment="P2", amount="1312.40", cause="posting")
    add(at(date(2026, 2, 10), 11, 0), "halden", "duplicate_recovered", payment="P2", amount="1000.00")
    add(at(date(2026, 3, 2), 11, 0), "halden", "duplicate_recovered", payment="P2", amount="312.40")
    add(at(date(2026, 3, 3), 11, 0), "halden", "duplicate_found", payment="P3", amount="640.00", cause="posting")
    add(at(date(2026, 5, 20), 11, 0), "halden", "duplicate_recovered", payment="P3", amount="640.00")


def main(folder: Path) -> None:
    for month in MONTHS:
        invoices_of(*month)
        closings(*month[:2])
    relief_and_rulings()
    money()
    duplicates()
    add(at(date(2026, 1, 15), 16, 0), "ledgerly", "plan_filed_timeliness")
    add(at(date(2026, 6, 12), 16, 0), "ledgerly", "plan_filed_accuracy")
    add(at(date(2026, 3, 9), 10, 0), "halden", "audit_request")
    add(at(date(2026, 5, 12), 10, 0), "halden", "close_waived", period="2026-04")
    with (folder / "invoices.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        head = "invoice", "supplier", "amount", "urgent", "new_supplier", "discount", "discount_until", "source"
        writer.writerow(("id", "time", "type", *head))
        for number, (name, when, *more) in enumerate(sorted(invoices, key=lambda x: (x[1], x[0])), start=1):
            writer.writerow((f"R{number:05d}", when, "invoice_received", name, *more))
    with (folder / "desk.jsonl").open("w", encoding="utf-8") as file:
        ordered = sorted(desk, key=lambda x: (datetime.fromisoformat(x[0]), x[2], json.dumps(x[3])))
        for number, (when, source, kind, data) in enumerate(ordered, start=1):
            line = {"id": f"D{number:05d}", "source": source, "type": kind, "time": when, "data": data}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
