"""Make the five months of events of this example: `python make_events.py FOLDER`.

It writes tracker.csv (the studio's own columns and times) and desk.jsonl there.

Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import csv
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ROME, CHENNAI = ZoneInfo("Europe/Rome"), ZoneInfo("Asia/Kolkata")
# Month: jobs of each class, of which late, images rejected in a hundred for workmanship, artists on the bench.
MONTHS = {
    2: ((12, 14, 10), (0, 0, 1), 1, 36),
    3: ((12, 15, 10), (1, 0, 0), 2, 33),
    4: ((13, 15, 11), (0, 0, 0), 8, 32),
    5: ((12, 14, 11), (2, 2, 0), 9, 35),
    6: ((10, 12, 5), (0, 0, 0), 1, 37),
}
CLASSES = (("X", "express", 4, (20, 60)), ("S", "standard", 16, (40, 110)), ("B", "bulk", 48, (130, 250)))
RUPEES = {2: "97.65", 3: "98.90", 4: "95.84", 5: "92.40", 6: "91.80"}
CLOSED_IN_MILAN = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 6, 2)}
HOLI = date(2026, 3, 4)

draw = Random(20260201)
tracker: list[tuple[datetime, dict[str, object]]] = []
desk: list[tuple[datetime, str, str, dict[str, object]]] = []


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def rome(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME)


def in_studio(when: datetime, minutes: int) -> datetime:
    """The moment, in Chennai, at which so many minutes of studio hours have passed since `when`."""
    now = when.astimezone(CHENNAI)
    while True:
        opens, closes = now.replace(hour=7, minute=0), now.replace(hour=23, minute=0)
        if now.weekday() < 6 and now.date() != HOLI and now < closes:
            now = max(now, opens)
            left = int((closes - now).total_seconds()) // 60
            if minutes <= left:
                return now + timedelta(minutes=minutes)
            minutes -= left
        now = opens + timedelta(days=1)


def in_milan(day: date, count: int) -> date:
    """The working day in Milan that many after `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in CLOSED_IN_MILAN
    return day


def track(when: datetime, status: str, job: str, **more: object) -> None:
    tracker.append((when, {"Status": status, "Job": job, **more}))


def report(when: datetime, source: str, type_: str, /, **data: object) -> None:
    desk.append((when, source, type_, data))


def jobs(month: int) -> None:
    counts, late, rejected, _ = MONTHS[month]
    days = [d for d in (date(2026, month, 1) + timedelta(days=n) for n in range(25)) if d.weekday() < 5]
    number = 0
    for (code, _, hours, sizes), count, slow in zip(CLASSES, counts, late, strict=True):
        for n in range(count):
            number += 1
            job = f"V{month:02d}{number:03d}"
            quantity = whole(*sizes)
            kind = ("CUT", "CUT", "RET", "CUT", "RET", "CMP")[(n + month) % 6]
            received = rome(days[(n * len(days)) // count], whole(7, 15), whole(0, 59))
            more = {"SLA": "" if code == "S" and n % 5 == 2 else code, "Type": kind, "Qty": quantity}
            track(received, "IN", job, **more)
            minutes = 60 * hours + whole(10, 200) if n % 4 == 1 and n // 4 < slow else whole(15 * hours, 54 * hours)
            if n % 6 == 4:
                asked, waits = in_studio(received, 10), whole(60, 300)
                track(asked, "ASK", job)
                answered = asked + timedelta(minutes=waits)
                report(answered.astimezone(ROME), "verdari", "question_answered", job=job)
                delivered = in_studio(answered, minutes - 10)
            else:
                delivered = in_studio(received, minutes)
            track(delivered, "OUT", job, Qty=quantity)
            days_kept = 48 if job == "V03007" else whole(20, 41)
            gone = rome(delivered.astimezone(ROME).date() + timedelta(days=days_kept), 12, number)
            if gone < rome(date(2026, 7, 20), 0):
                report(gone, "pixelmill", "files_deleted", job=job)
            looked_at(job, month, number, quantity, delivered.astimezone(ROME), rejected)


def looked_at(job: str, month: int, number: int, quantity: int, delivered: datetime, rejected: int) -> None:
    """Verdari accepts a job, rejects a part of it, or says nothing in time."""
    looked = rome(in_milan(delivered.date(), whole(1, 4)), whole(9, 17), number % 60)
    bad = number % 4 == 3
    if bad or number % 13 == 6:
        share = (4 * rejected + 1) if bad else 12
        data = {
            "job": job,
            "images": max(1, quantity * share // 100),
            "cause": "workmanship" if bad else "new_brief",
            "delivered": f"{delivered:%Y-%m}",
        }
        report(looked, "verdari", "images_rejected", **data)
        if bad:
            slow = month == 4 and number == 11
            track(in_studio(looked, 540 if slow else whole(60, 470)), "FIX", job)
    elif number % 17 == 12:
        return  # Nothing is said: the job is deemed accepted.
    else:
        report(looked, "verdari", "job_accepted", job=job)


def month_by_month(month: int) -> None:
    artists = MONTHS[month][3]
    for n in range(2):
        made = date(2026, month, 10 + 14 * n)
        report(
            rome(made + timedelta(days=2), 9),
            "pixelmill",
            "staff_counted",
            made_on=made.isoformat(),
            artists=artists + n,
        )
    monday = date(2026, month, 1)
    week = 0
    while (monday := monday + timedelta(days=1)).month == month:
        if monday.weekday() == 0:
            week += 1
            for n in range(2):
                sample = {"sample": f"S{month:02d}{week}{n}", "images": 50, "defects": whole(0, 1) + (month in (4, 5))}
                report(rome(monday + timedelta(days=2 + n), 16), "colmar", "sample_checked", **sample)
    if month != 5:
        report(
            rome(date(2026, month, whole(12, 19)), 11),
            "verdari",
            "forecast_given",
            period=f"2026-{month:02d}",
            images=3500,
        )
    start = in_milan(date(2026, month, 28), 4)
    first = date(2026, month + 1, 1)
    rate = {"month": f"2026-{month:02d}", "rupees_per_euro": RUPEES[month]}
    report(rome(in_milan(first, 1), 16), "central_bank", "rate_published", **rate)
    reported = in_milan(first - timedelta(days=1), 7 if month == 3 else whole(2, 5))
    report(rome(reported, 10), "pixelmill", "monthly_report", period=f"2026-{month:02d}")
    cents = whole(260_000, 390_000)
    invoice, dated = f"P{month:02d}", max(start, first + timedelta(days=6))
    report(rome(dated, 17), "pixelmill", "invoice_issued", invoice=invoice, dated=dated.isoformat(), total=euros(cents))
    if month < 6:
        pay(month, invoice, dated, cents)


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def pay(month: int, invoice: str, dated: date, cents: int) -> None:
    """March's invoice is paid in two parts, the second late; a part of April's is disputed in vain, and then paid."""
    parts = [(whole(20, 29), "invoice_paid", cents)]
    if month == 3:
        first = cents * 3 // 5
        parts = [(28, "invoice_paid", first), (44, "invoice_paid", cents - first)]
    if month == 4:
        parts = [(25, "invoice_paid", cents - 18_000), (26, "part_disputed", 18_000), (50, "invoice_paid", 18_000)]
        report(rome(dated + timedelta(days=46), 10), "verdari", "dispute_failed", invoice=invoice)
    for wait, type_, amount in parts:
        report(rome(dated + timedelta(days=wait), 15), "verdari", type_, invoice=invoice, amount=euros(amount))


def singular() -> None:
    """What happens once."""
    # March's invoice is not paid: work is stopped from 18 May until the money comes.
    report(rome(date(2026, 5, 18), 9), "pixelmill", "stop_notice")
    # The studio is flooded; a surge is agreed; the upload link fails.
    report(rome(date(2026, 6, 9), 4), "pixelmill", "flood_declared")
    report(rome(date(2026, 6, 11), 18), "pixelmill", "flood_over")
    late = rome(date(2026, 6, 9), 8)
    for n, code in enumerate("XXS"):
        job = f"V0690{n + 1}"
        track(late + timedelta(minutes=n), "IN", job, SLA=code, Type="RET", Qty=30 + n)
        track(in_studio(late, 60 * 40 + n), "OUT", job, Qty=30 + n)
        report(rome(date(2026, 6, 15), 10, n), "verdari", "job_accepted", job=job)
    report(rome(date(2026, 3, 23), 6), "pixelmill", "surge_agreed")
    report(rome(date(2026, 3, 24), 22), "verdari", "surge_over")
    report(rome(date(2026, 4, 14), 9), "verdari", "upload_down")
    report(rome(date(2026, 4, 14), 13, 30), "verdari", "upload_up")
    # People, places, slips.
    report(rome(date(2026, 4, 2), 9), "pixelmill", "lead_left", desk="retouch")
    report(rome(in_milan(date(2026, 4, 2), 21), 9), "pixelmill", "lead_replaced", desk="retouch")
    report(rome(date(2026, 2, 10), 9), "verdari", "firm_approved", firm="Tiruvalla Retouch")
    report(rome(date(2026, 3, 10), 9), "pixelmill", "subcontracted", firm="Tiruvalla Retouch")
    report(rome(date(2026, 6, 16), 9), "pixelmill", "subcontracted", firm="Kanchi Paths")
    report(rome(date(2026, 4, 21), 11), "verdari", "image_leaked", incident="L1", images=12)
    report(rome(date(2026, 4, 20), 10), "colmar", "regraded", job="V03003", grade="retouch")
    report(rome(date(2026, 5, 12), 10), "verdari", "rejection_withdrawn", job="V04003")
    report(rome(date(2026, 4, 10), 10), "verdari", "clips_notice")
    report(rome(date(2026, 5, 13), 10), "pixelmill", "plan_agreed")


def lines_of_tracker() -> list[list[object]]:
    """In the order of time, numbered; then what was entered later, which keeps the number of its line."""
    tracker.sort(key=lambda x: (x[0], str(x[1]["Job"]), str(x[1]["Status"])))
    rows = []
    for number, (when, row) in enumerate(tracker, start=1):
        stamp = f"{when.astimezone(CHENNAI):%Y-%m-%d %H:%M}"
        cells = [row.get(name, "") for name in ("Status", "Job", "SLA", "Type", "Qty")]
        rows.append([number, stamp, *cells, 0, ""])
    found = {(row[2], row[3]): row for row in rows}
    # The server's log showed in May that an express job of March had been delivered in time.
    received, out = found["IN", "V03002"], found["OUT", "V03002"]
    stamp = datetime.fromisoformat(str(received[1])) + timedelta(minutes=90)
    rows.append([out[0], f"{stamp:%Y-%m-%d %H:%M}", *out[2:7], 1, "2026-05-06 12:00"])
    # A job entered twice is struck out; a quantity and a class are slips of the hand.
    stamp_of = "2026-06-15 14:0"
    rows.append([9001, stamp_of + "0", "IN", "V06801", "S", "CUT", 80, 0, ""])
    rows.append([9001, stamp_of + "0", "VOID", "V06801", "S", "CUT", 80, 1, "2026-06-16 09:00"])
    rows.append([9002, stamp_of + "1", "IN", "V06802", "S", "CUT", "8O", 0, ""])
    rows.append([9003, stamp_of + "2", "IN", "V06803", "Z", "CUT", 80, 0, ""])
    return rows


def main(folder: Path) -> None:
    for month in MONTHS:
        jobs(month)
        month_by_month(month)
    singular()
    with (folder / "tracker.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("Line", "Stamp", "Status", "Job", "SLA", "Type", "Qty", "Rev", "Entered"))
        writer.writerows(lines_of_tracker())
    desk.sort(key=lambda x: (x[0], x[2], json.dumps(x[3])))
    with (folder / "desk.jsonl").open("w", encoding="utf-8") as file:
        for number, (when, source, type_, data) in enumerate(desk, start=1):
            line = {"id": f"D{number:05d}", "source": source, "type": type_, "time": when.isoformat(), "data": data}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
