"""Make the half year of events of this example: `python make_events.py FOLDER`.

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
# Month, invoices, of which late, errors found: November and December are weak, so two weak months in a row.
MONTHS = [
    (2025, 10, 70, 1, 1),
    (2025, 11, 84, 4, 2),
    (2025, 12, 52, 5, 0),
    (2026, 1, 66, 2, 1),
    (2026, 2, 95, 1, 3),
    (2026, 3, 74, 2, 0),
]
SUPPLIERS = ("Nord AG", "Keller & Söhne", "Rossi SA", "Alpenstahl GmbH", "Lumière Sàrl")
CLOSED = {date(2025, 12, 24) + timedelta(days=n) for n in range(10)}

draw = Random(20251001)


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).isoformat()


def open_days(year: int, month: int) -> list[date]:
    days = [date(year, month, 1) + timedelta(days=n) for n in range(45)]
    return [d for d in days if d.weekday() < 5 and d not in CLOSED]


def main(folder: Path) -> None:
    invoices: list[tuple[str, str, str, str, str, str]] = []
    desk: list[tuple[str, str, str, dict[str, object]]] = []
    for year, month, count, late, errors in MONTHS:
        days = open_days(year, month)
        inside = [d for d in days if d.month == month]
        for n in range(count):
            name = f"I{year % 100}{month:02d}{n + 1:03d}"
            i = (n * len(inside)) // count
            urgent = n % 12 == 5
            francs = f"{whole(80, 9000)}.{whole(0, 99):02d}"
            hour, minute = whole(8, 11), whole(0, 59)
            invoices.append(
                (name, at(inside[i], hour, minute), SUPPLIERS[n % 5], francs, "yes" if urgent else "no", "halden")
            )
            if urgent:
                slow = n == 29 and month in (11, 2)
                posted = datetime.fromisoformat(at(inside[i], hour, minute)) + timedelta(
                    minutes=whole(310, 330) if slow else whole(20, 200)
                )
                desk.append((posted.isoformat(), "ledgerly", "invoice_posted", {"invoice": name}))
                continue
            wait = 4 if n % 9 == 4 and n // 9 < late else whole(0, 3)
            if n % 15 == 7:
                desk.append((at(days[i], 14, 5), "ledgerly", "query_raised", {"invoice": name}))
                desk.append((at(days[i + 2], 10, 30), "halden", "query_answered", {"invoice": name}))
                wait = 3
            desk.append(
                (at(days[i + wait], whole(13, 16), whole(0, 59)), "ledgerly", "invoice_posted", {"invoice": name})
            )
            if n % 20 == 11 and n // 20 < errors:
                desk.append(
                    (
                        at(days[i + wait + 2], 9, whole(0, 59)),
                        "halden",
                        "posting_error_found",
                        {"invoice": name, "amount": francs},
                    )
                )
            if wait == 4 and n % 2 == 0:
                desk.append(
                    (
                        at(days[i + wait], 17, 0),
                        "halden",
                        "discount_lost",
                        {"invoice": name, "discount": f"{whole(8, 30)}.{whole(0, 99):02d}"},
                    )
                )
        after = open_days(year + month // 12, month % 12 + 1)
        desk.append(
            (
                at(after[5 if month == 12 else whole(1, 3)], 16, 0),
                "ledgerly",
                "month_closed",
                {"period": f"{year}-{month:02d}"},
            )
        )
    desk.append((at(date(2026, 3, 9), 10, 0), "halden", "audit_request", {}))
    with (folder / "invoices.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "time", "type", "invoice", "supplier", "amount", "urgent", "source"))
        for number, (name, when, supplier, francs, urgent, source) in enumerate(
            sorted(invoices, key=lambda x: (x[1], x[0])), start=1
        ):
            writer.writerow((f"R{number:05d}", when, "invoice_received", name, supplier, francs, urgent, source))
    with (folder / "desk.jsonl").open("w", encoding="utf-8") as file:
        ordered = sorted(desk, key=lambda x: (datetime.fromisoformat(x[0]), x[2], json.dumps(x[3])))
        for number, (when, source, kind, data) in enumerate(ordered, start=1):
            file.write(
                json.dumps(
                    {"id": f"D{number:05d}", "source": source, "type": kind, "time": when, "data": data},
                    ensure_ascii=False,
                )
                + "\n"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
