"""Make the seven months of events of this example: `python make_events.py FOLDER`.

It writes payroll.jsonl (pay runs, joiners and leavers, governance) and hr_desk.csv (the case system's export) there.
Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import csv
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31)}
FIRST, LAST = date(2026, 4, 1), date(2026, 10, 31)
TRANSFERRED = datetime(2026, 10, 1, 8, tzinfo=ZONE)
# Month: errors by the provider, late standard cases, late urgent cases, payslips of the monthly run, of a weekly run.
# June is worst: late file, accuracy and cases fall together, and the cap binds. July has seasonal staff.
MONTHS = {
    4: (3, 2, 0, 846, 90),
    5: (4, 9, 2, 848, 91),
    6: (14, 9, 3, 851, 92),
    7: (5, 1, 0, 902, 118),
    8: (4, 2, 0, 861, 96),
    9: (12, 3, 1, 776, 84),
    10: (12, 1, 0, 842, 88),
}

draw = Random(20260401)


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def working(day: date, count: int) -> date:
    """The working day so many before (negative) or after the day."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        count -= (1 if count > 0 else -1) if is_open(day) else 0
    return day


def desk_time(start: datetime, minutes: int) -> datetime:
    """The instant when so many minutes of the desk's hours have passed."""
    now = start
    while True:
        day = now.date()
        hours = (13 if day.weekday() == 5 else 18) if day.weekday() < 6 and day not in HOLIDAYS else 0
        shuts = at(day, hours) if hours else now
        left = int((shuts - now).total_seconds()) // 60
        if 0 < minutes <= left:
            return now + timedelta(minutes=minutes)
        minutes -= max(left, 0)
        following = day + timedelta(days=1)
        now = at(following, 9 if following.weekday() == 5 else 8)


class Record:
    """Lines of payroll.jsonl, in the order of their instants."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str, dict[str, object]]] = []

    def add(self, when: datetime, source: str, event: str, /, **data: object) -> None:
        source = "merrow" if source == "tallis" and when > TRANSFERRED else source
        self.lines.append((when.isoformat(), source, event, data))

    def write(self, path: Path) -> None:
        ordered = sorted(self.lines, key=lambda x: (datetime.fromisoformat(x[0]), x[2], json.dumps(x[3])))
        with path.open("w", encoding="utf-8") as file:
            for number, (when, source, kind, data) in enumerate(ordered, start=1):
                line = {"id": f"P{number:05d}", "source": source, "type": kind, "time": when, "data": data}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def run(record: Record, name: str, group: str, pay: date, slips: int) -> None:
    """One pay run, from its place in the calendar to pay day."""
    monthly = group == "monthly"
    cut, file_due = working(pay, -6 if monthly else -4), working(pay, -2)
    record.add(
        at(max(FIRST, pay - timedelta(days=21)), 9),
        "brackwell",
        "payroll_scheduled",
        run=name,
        group=group,
        cut_off=str(cut),
        file_due=str(file_due),
        pay_date=str(pay),
    )
    inputs, drafted, filed = cut, working(cut, 1), working(pay, -2 if not monthly else -3)
    if name == "M07":  # The client's inputs come a day late; the parties move the file by a day.
        inputs, drafted, filed = working(cut, 1), working(cut, 2), working(pay, -1)
        record.add(
            at(inputs, 11),
            "brackwell",
            "schedule_moved",
            run=name,
            file_due=str(filed),
            pay_date=str(pay),
            reason="inputs of the Selby plant came late",
        )
    record.add(at(inputs, whole(13, 16), whole(0, 59)), "brackwell", "inputs_complete", run=name)
    if name in ("M05", "M09"):
        record.add(at(drafted, 10), "tallis", "draft_queried", run=name)
        record.add(at(working(drafted, 1), 12), "brackwell", "draft_answered", run=name)
        drafted = working(drafted, 2)
    record.add(at(drafted, whole(9, 11), whole(0, 59)), "tallis", "draft_issued", run=name)
    approved = drafted
    if name == "W0821":  # Nobody approves; Tallis chases; the file is late and excused.
        record.add(at(working(drafted, 1), 9), "tallis", "approval_chased", run=name)
        approved = filed = working(pay, -1)
    if name in ("W0515", "W0612", "W1016"):
        filed = working(pay, -1)
    if name == "W0918":
        record.add(at(file_due, 7), "tallis", "strike_declared")
        record.add(at(pay, 6), "tallis", "strike_over")
        filed = working(pay, -1)
    record.add(at(approved, 13, whole(0, 59)), "brackwell", "draft_approved", run=name)
    record.add(at(max(filed, approved), whole(14, 16), whole(0, 59)), "tallis", "bank_file_submitted", run=name)
    record.add(at(working(pay, -1), 17, whole(0, 25)), "tallis", "payslips_published", run=name, slips=slips)
    record.add(at(pay, 7, 30), "tallis", "pay_return_filed", run=name)


def errors(record: Record, month: int) -> None:
    wrong = MONTHS[month][0]
    for n in range(wrong + 3):
        name = f"E{month:02d}{n + 1:02d}"
        found = working(date(2026, month, 1 + (n * 26) // (wrong + 3)), 1)
        cause = "provider" if n < wrong else ("client", "software", "client")[n - wrong]
        kind = "underpaid" if whole(0, 2) else "overpaid"
        amount = f"{whole(12, 480)}.{whole(0, 99):02d}"
        data = {"error": name, "run": f"M{month:02d}", "kind": kind, "cause": cause, "amount": amount}
        record.add(at(found, 10, whole(0, 59)), "brackwell", "payment_error_found", **data)
        if kind == "underpaid" and cause != "client":
            paid = working(found, 2 if name in ("E0603", "E0907") else 1)
            record.add(at(paid, 15, whole(0, 59)), "tallis", "shortfall_paid", error=name)


def people(record: Record, month: int) -> None:
    for n in range(9):
        name = f"N{month:02d}{n + 1:02d}"
        told = working(date(2026, month, 1 + 2 * n), 1)
        starts = working(told, 8)
        sent = starts if name in ("N0504", "N0905") else working(told, whole(2, 6))
        record.add(at(told, 11, n), "brackwell", "joiner_notified", employee=name, starts=str(starts))
        record.add(at(sent, 12, n), "tallis", "contract_sent", employee=name)
    for n in range(7):
        name = f"L{month:02d}{n + 1:02d}"
        told = working(date(2026, month, 2 + 3 * n), 1)
        gone = told + timedelta(days=5)
        sent = working(gone, 6 if name in ("L0502", "L0606", "L0803") else whole(1, 5))
        record.add(at(told, 12, n), "brackwell", "leaver_notified", employee=name, last_day=str(gone))
        record.add(at(sent, 16, n), "tallis", "leaver_papers_sent", employee=name)


def governance(record: Record) -> None:
    add = record.add
    for month in range(4, 11):
        period = f"2026-{month:02d}"
        first = date(2026, month + 1, 1)
        late = 8 if month == 6 else whole(3, 6) if month < 10 else 0
        if late:
            add(at(working(first, late), 15), "tallis", "service_report_delivered", period=period)
            add(at(working(first, 10), 11), "tallis", "review_minutes_sent", period=period)
        for n in range(4):
            pounds = whole(70, 88) if month == 10 else whole(30, 60)
            add(
                at(working(date(2026, month, 5 + 6 * n), 1), 12, n),
                "tallis",
                "postage_billed",
                bill=f"B{month:02d}{n + 1}",
                amount=f"{pounds}.{whole(0, 99):02d}",
                **({"approved": False} if (month, n) == (5, 3) else {}),
            )
        for n in range(whole(0, 2)):
            add(
                at(working(date(2026, month, 10 + n), 1), 9),
                "brackwell",
                "off_cycle_run",
                run=f"O{month:02d}{n}",
                asked_by="brackwell",
            )
    add(at(date(2026, 6, 17), 10), "tallis", "off_cycle_run", run="O06X", asked_by="tallis")
    # The governance board rules in August that five errors of June came from wrong time sheets.
    for n in (2, 4, 6, 8, 10):
        add(
            at(date(2026, 8, 12), 15),
            "brackwell",
            "cause_ruled",
            error=f"E06{n:02d}",
            cause="client",
            minute="Board of 12 August, item 4",
        )
    add(at(date(2026, 7, 1), 9), "tallis", "key_person_left", post="payroll_manager")
    add(at(date(2026, 8, 10), 9), "tallis", "key_person_replaced", post="payroll_manager")
    add(at(date(2026, 7, 13), 9), "tallis", "improvement_plan_filed")
    # Tallis sells the business to Merrow; Brackwell has consented in time.
    add(at(date(2026, 8, 17), 10), "tallis", "transfer_proposed")
    add(at(date(2026, 8, 28), 16), "brackwell", "transfer_consented")
    add(TRANSFERRED, "tallis", "business_transferred")
    add(at(date(2026, 8, 3), 9), "tallis", "subcontractor_engaged", name="Selby Print Ltd", approved=True)
    add(
        at(date(2026, 8, 19), 9),
        "brackwell",
        "authority_penalty",
        penalty="HP1",
        run="M07",
        amount="400.00",
        cause="tallis",
    )
    add(
        at(date(2026, 9, 22), 18),
        "tallis",
        "data_breach_reported",
        incident="DB1",
        aware_at=at(date(2026, 9, 22), 11).isoformat(),
    )
    add(at(date(2026, 9, 23), 10, 59), "tallis", "data_breach_notified", incident="DB1")
    add(
        at(date(2026, 10, 20), 9),
        "brackwell",
        "authority_penalty",
        penalty="HP2",
        run="M09",
        amount="1,250.00",
        cause="tallis",
    )  # Set aside: no such number; sent again below.
    add(
        at(date(2026, 10, 20), 9, 5),
        "brackwell",
        "authority_penalty",
        penalty="HP2",
        run="M09",
        amount="1250.00",
        cause="tallis",
    )


def cases(path: Path) -> None:
    rows: list[tuple[datetime, str, str, str, str, str, str, str]] = []

    def row(when: datetime, action: str, case: str, prio: str, score: str = "", state: str = "", rev: str = "") -> None:
        rows.append((when, action, case, prio, score, state, rev, "MPP" if when > TRANSFERRED else "TPS"))

    for month, (_, late_standard, late_urgent, _, _) in MONTHS.items():
        days = [d for d in (date(2026, month, 1) + timedelta(days=n) for n in range(29)) if is_open(d)]
        for n in range(62):
            prio = "1" if n % 6 == 5 else "3" if n % 6 == 2 else "2"
            number = n // 6 if prio != "2" else n
            late = number < late_urgent if prio == "1" else prio == "2" and n % 5 == 1 and n // 5 < late_standard
            case = f"C{month:02d}{n + 1:03d}"
            opened = at(days[(n * (len(days) - 2)) // 62], whole(8, 16), whole(0, 59))
            row(opened, "OPEN", case, prio)
            limit = {"1": 240, "2": 960, "3": 1900}[prio]
            took = limit + whole(10, 90) if late else whole(20, limit - 30)
            score = str(whole(4 if month > 5 else 3, 5)) if n % 2 and not late else "2" if n % 2 else ""
            if n % 7 == 3 and not late:  # It waits for the employee: the clock stands.
                held = desk_time(opened, took // 2)
                resumed = desk_time(held, whole(60, 400))
                row(held, "WAIT", case, prio)
                row(resumed, "CONT", case, prio)
                row(desk_time(resumed, took - took // 2), "CLOSE", case, prio, score)
            else:
                row(desk_time(opened, took), "CLOSE", case, prio, score)
    # Held in the very second in which its four hours are used up: the clock stands, and it is closed in time.
    row(at(date(2026, 6, 16), 9), "OPEN", "C06900", "1")
    row(at(date(2026, 6, 16), 13), "WAIT", "C06900", "1")
    row(at(date(2026, 6, 16), 15), "CONT", "C06900", "1")
    row(at(date(2026, 6, 16), 15), "CLOSE", "C06900", "1", "4")
    row(at(date(2026, 5, 12), 10), "OPEN", "C05901", "1")  # A test of the system: taken back below.
    row(at(date(2026, 7, 7), 9), "OPEN", "C07902", "9")  # Set aside: there is no priority 9.
    row(at(date(2026, 7, 7), 9, 30), "CLOSE", "", "2")  # Set aside: which case?
    ordered = sorted(rows, key=lambda x: (x[0], x[2], x[1]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("Row", "Logged", "Entered", "Action", "Case", "Prio", "Score", "State", "Rev", "Owner"))
        again: list[tuple[object, ...]] = []
        for number, (when, action, case, prio, score, state, rev, owner) in enumerate(ordered, start=1):
            logged = when.strftime("%Y-%m-%d %H:%M")
            writer.writerow((number, logged, "", action, case, prio, score, state, rev, owner))
            if case == "C05901":
                again.append((number, logged, "2026-05-13 09:00", action, case, prio, score, "void", 1, owner))
            if case == LATE_NOTED[0] and action == "CLOSE":
                again.append((number, LATE_NOTED[1], "2026-06-04 10:00", action, case, prio, score, state, 1, owner))
        writer.writerows(again)


LATE_NOTED = ("C05002", "2026-05-01 17:00")
"""A case that was closed in time, but logged as closed too late; corrected in the month after."""


def main(folder: Path) -> None:
    record = Record()
    for month, (_, _, _, slips, weekly) in MONTHS.items():
        pay = date(2026, month, 28)
        run(record, f"M{month:02d}", "monthly", pay if is_open(pay) else working(pay, -1), slips)
        errors(record, month)
        people(record, month)
        for n in range(1, 32):
            day = date(2026, month, 1) + timedelta(days=n - 1)
            if day.month == month and day.weekday() == 4 and date(2026, 4, 10) <= day <= LAST:
                run(record, f"W{day:%m%d}", "weekly", day, weekly + whole(-2, 2))
    governance(record)
    record.write(folder / "payroll.jsonl")
    cases(folder / "hr_desk.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
