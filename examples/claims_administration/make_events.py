"""Make the seven months of events of this example: `python make_events.py FOLDER`.

It writes claims_system.csv (the nightly export of the claims system) and office.jsonl (all else) there.
Seeded, and drawn with `Random.random` alone, so that every Python gives the same bytes.
"""

import csv
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Dublin")
HOLIDAYS = {date(2026, 1, 1), date(2026, 2, 2), date(2026, 3, 17), date(2026, 4, 6), date(2026, 5, 4), date(2026, 6, 1),
            date(2026, 8, 3)}  # fmt: skip
GO_LIVE = date(2026, 1, 12)
LIMITS = {"MOT": 10, "HOM": 15, "TRV": 5}
FEES = {"MOT": 148, "HOM": 205, "TRV": 62}
MIX = ("MOT", "HOM", "MOT", "TRV", "MOT", "HOM", "TRV", "MOT")
# Month: claims; decided late of motor, of travel; paid late; acknowledged late. In June the cap binds.
MONTHS = {
    1: (36, 2, 1, 0, 0),
    2: (56, 1, 0, 1, 1),
    3: (56, 1, 1, 1, 0),
    4: (57, 1, 0, 1, 4),
    5: (58, 1, 2, 5, 1),
    6: (60, 5, 2, 11, 1),
    7: (66, 2, 1, 12, 1),
}

draw = Random(20260112)


def whole(low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(draw.random() * (high - low + 1))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


UNTIL = at(date(2026, 8, 14), 0)
"""What happens later is not yet known."""


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def working(day: date, count: int) -> date:
    """The working day so many after the day."""
    while count:
        day += timedelta(days=1)
        count -= 1 if is_open(day) else 0
    return day


class Export:
    """Rows of the claims system, numbered in the order of their stamps."""

    def __init__(self) -> None:
        self.rows: list[tuple[datetime, str, str, str, str, str, str]] = []

    def add(self, when: datetime, step: str, claim: str, lob: str = "", result: str = "", eur: str = "",
            posted: str = "") -> None:  # fmt: skip
        if when < UNTIL:
            self.rows.append((when, claim, step, lob, result, eur, posted))

    def write(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(
                ("entry", "stamp", "posted", "version", "status", "user", "step", "claim_no", "lob", "result", "eur")
            )
            later: list[tuple[object, ...]] = []
            for number, (when, claim, step, lob, result, eur, posted) in enumerate(sorted(self.rows), start=1):
                stamp = when.strftime("%Y-%m-%d %H:%M")
                writer.writerow((number, stamp, posted, "", "", "FCS", step, claim, lob, result, eur))
                if (claim, step) == ("K04005", "ACK"):  # Its time was wrong: corrected in May.
                    early = (when - timedelta(hours=24)).strftime("%Y-%m-%d %H:%M")
                    later.append((number, early, "2026-05-11 09:00", 1, "", "FCS", step, claim, lob, result, eur))
                if (claim, step) == ("K05990", "NOTIFY"):  # A test of the system: taken back.
                    later.append(
                        (number, stamp, "2026-05-20 09:00", 1, "CANCELLED", "FCS", step, claim, lob, result, eur)
                    )
            writer.writerows(later)
            for bad in (
                (90001, "2026-04-14 10:00", "", "", "", "FCS", "NOTIFY", "K04991", "PET", "", "300.00"),
                (90002, "2026-06-31 10:00", "", "", "", "FCS", "ACK", "K06001", "", "", ""),
                (90003, "2026-07-02 10:00", "", "", "", "FCS", "PAY", "K06002", "", "", "2.150,00"),
            ):
                writer.writerow(bad)


class Office:
    """Lines of office.jsonl, in the order of their instants."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str, dict[str, object]]] = []

    def add(self, when: datetime, source: str, event: str, /, **data: object) -> None:
        if when < UNTIL:
            self.lines.append((when.isoformat(), source, event, data))

    def write(self, path: Path) -> None:
        ordered = sorted(self.lines, key=lambda x: (datetime.fromisoformat(x[0]), x[2], json.dumps(x[3])))
        with path.open("w", encoding="utf-8") as file:
            for number, (when, source, kind, data) in enumerate(ordered, start=1):
                line = {"id": f"F{number:05d}", "source": source, "type": kind, "time": when, "data": data}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def claim(export: Export, office: Office, name: str, lob: str, notified: datetime, late: tuple[bool, bool, bool],
          large: str = "") -> None:  # fmt: skip
    """One claim from notification to payment. `late`: acknowledged, decided, paid; `large`: how a referral goes."""
    late_ack, late_decision, late_payment = late
    amount = whole(10_400, 16_000) if large else whole(260, 2_900)
    export.add(notified, "NOTIFY", name, lob, eur=f"{amount + 200}.00")
    if late_ack:
        acknowledged = at(notified.date() + timedelta(days=1), 16, 30)
    else:
        acknowledged = notified + timedelta(minutes=whole(5, 200))
    export.add(acknowledged, "ACK", name)
    day = notified.date()
    limit = LIMITS[lob]
    start = day
    if whole(0, 4) == 0 and not late_decision and not large:  # Documents are awaited; the days touched do not count.
        asked = working(day, 1)
        back = working(asked, whole(2, 5))
        export.add(at(asked, 11), "DOCS?", name)
        export.add(at(back, 12), "DOCS!", name)
        start = back
    if large:
        asked = working(day, 2)
        office.add(at(asked, 10), "fennel", "referral_made", claim=name, proposed=f"{amount}.00")
        if large == "answered":
            office.add(at(working(asked, 2), 15), "corrib", "referral_answered", claim=name, approved=True)
            start = working(asked, 2)
        elif large == "deemed":  # Corrib answers too late, and not in the sense hoped for: authority is deemed given.
            office.add(at(working(asked, 4), 15), "corrib", "referral_answered", claim=name, approved=False)
            start = working(asked, 4)
        else:  # Paid without waiting for the answer, which is no.
            office.add(at(working(asked, 3), 15), "corrib", "referral_answered", claim=name, approved=False)
            start = working(asked, 3)
    decided = working(day, limit + whole(1, 2)) if late_decision else working(start, whole(1, limit - 2))
    accepted = large or late_payment or whole(0, 9) < 7
    export.add(at(decided, whole(9, 16), whole(0, 59)), "DECIDE", name, "", "ACC" if accepted else "DEC",
               f"{amount}.00" if accepted else "")  # fmt: skip
    if not accepted:
        return
    paid = working(decided, 6 if late_payment else whole(1, 4))
    posted = ""
    if name == "K02008":  # Paid in time, posted weeks later: until then it counts as late.
        paid, posted = working(decided, 3), "2026-04-20 09:00"
    parts = [amount // 2, amount - amount // 2] if amount > 2_400 and not large else [amount]
    for n, part in enumerate(parts):
        export.add(at(paid, 14 + n, whole(0, 59)), "PAY", name, "", "", f"{part}.00", posted)


def claims(export: Export, office: Office) -> None:
    for month, (count, late_motor, late_travel, late_paid, late_acks) in MONTHS.items():
        first = GO_LIVE if month == 1 else date(2026, month, 1)
        days = [first + timedelta(days=n) for n in range(30) if (first + timedelta(days=n)).month == month]
        left = {"MOT": late_motor, "TRV": late_travel, "HOM": 0}
        for n in range(count):
            name = f"K{month:02d}{n + 1:03d}"
            lob = MIX[n % len(MIX)]
            day = days[(n * len(days)) // count]
            day = day + timedelta(days=1) if day.weekday() == 6 else day
            notified = at(day, whole(9, 15), whole(0, 59))
            large = {(2, 9): "answered", (3, 12): "deemed", (4, 20): "ahead", (6, 17): "answered"}.get((month, n), "")
            late_decision = not large and left[lob] > 0 and n > 2
            left[lob] -= late_decision
            late_payment = not large and not late_decision and n > 2 and n % 3 == 2 and n // 3 < late_paid
            late_ack = n % 9 == 4 and n // 9 < late_acks
            claim(export, office, name, lob, notified, (late_ack, late_decision, late_payment), large)
    # The storm of 16 to 18 March: 28 home claims.
    for n in range(28):
        notified = at(date(2026, 3, 16 + n // 11), 9 + (n % 11) // 2, 30 * (n % 2) + n)
        claim(export, office, f"S{n + 1:02d}", "HOM", notified, (False, False, False))
    office.add(at(date(2026, 3, 27), 18), "corrib", "surge_over")
    export.add(at(date(2026, 5, 19), 10), "NOTIFY", "K05990", "MOT", eur="1.00")
    export.add(at(date(2026, 6, 9), 10), "NOTIFY", "K06990", "HOM", eur="800.00")
    export.add(at(date(2026, 6, 9), 10, 30), "ACK", "K06990")
    office.add(at(date(2026, 6, 12), 11), "fennel", "notification_void", claim_no="K06990")


def fund(export: Export, office: Office) -> None:
    """Corrib replenishes the fund when it falls below 60 000 euro; in May a week late."""
    office.add(at(date(2026, 1, 12), 9), "corrib", "fund_topped_up", amount="110000.00")
    paid: dict[date, int] = {}
    for when, _, step, _, _, eur, _ in export.rows:
        if step == "PAY":
            paid[when.date()] = paid.get(when.date(), 0) + int(eur.split(".")[0])
    balance, due = 110_000, None
    for n in range(215):
        day = GO_LIVE + timedelta(days=n)
        balance -= paid.get(day, 0)
        if due == day:
            office.add(at(day, 11), "corrib", "fund_topped_up", amount="90000.00")
            balance, due = balance + 90_000, None
        if due is None and balance < 60_000:
            due = working(day, 6 if day.month == 5 else 2)


def audits(office: Office) -> None:
    for quarter, month in ((1, 4), (2, 7)):
        for n in range(14):
            paid = whole(1_800, 3_600)
            overpaid = {(1, 3): 1_010, (1, 8): 260, (2, 5): 120, (2, 6): 385, (2, 11): 540}.get((quarter, n), 0)
            office.add(
                at(date(2026, month, 13) + timedelta(days=n // 3), 15, n),
                "holt",
                "file_audited",
                audit=f"A{quarter}{n + 1:02d}",
                quarter=f"2026-Q{quarter}",
                line=("motor", "home", "travel")[n % 3],
                paid=f"{paid}.00",
                overpaid=f"{overpaid}.00",
                passed=not overpaid and n != 12,
            )
    office.add(at(date(2026, 6, 3), 10), "holt", "finding_revised", audit="A104", overpaid="0.00", passed=True,
               reason="the excess had been agreed with the policyholder")  # fmt: skip


def invoices(office: Office, export: Export) -> None:
    for month in range(1, 7):
        count: dict[str, int] = {"MOT": 0, "HOM": 0, "TRV": 0}
        for when, _, step, lob, _, _, _ in export.rows:
            if step == "NOTIFY" and when.month == month:
                count[lob] += 1
        total = sum(FEES[lob] * n for lob, n in count.items()) + (2_480 if month < 5 else 0)
        dated = date(2026, month + 1, 5)
        name = f"FCS-2026-{month:02d}"
        office.add(at(dated, 12), "fennel", "invoice_issued", invoice=name, total=f"{total}.00", dated=str(dated))
        due = dated + timedelta(days=30)
        if month == 4:  # A half in time, the other half six days late: interest.
            office.add(at(due - timedelta(days=2), 11), "corrib", "payment_received", invoice=name, amount="5000.00")
            office.add(at(due + timedelta(days=6), 11), "corrib", "payment_received", invoice=name,
                       amount=f"{total - 5000}.00")  # fmt: skip
        elif month == 6:
            office.add(at(date(2026, 7, 20), 11), "corrib", "dispute_raised", invoice=name, amount="1240.00")
            office.add(
                at(date(2026, 8, 4), 11), "corrib", "payment_received", invoice=name, amount=f"{total - 1240}.00"
            )
            office.add(at(date(2026, 8, 7), 11), "corrib", "dispute_resolved", invoice=name, found_due="620.00")
        else:
            office.add(
                at(due - timedelta(days=3), 11), "corrib", "payment_received", invoice=name, amount=f"{total}.00"
            )


def the_rest(office: Office) -> None:
    add = office.add
    add(at(GO_LIVE, 8), "corrib", "go_live")
    for month in range(1, 8):
        period = f"2026-{month:02d}"
        handlers, load = (5, 5, 5, 5, 4, 4, 5)[month - 1], (380, 395, 460, 420, 352, 349, 402)[month - 1]
        first = date(2026, month + 1, 1)
        add(
            at(working(first, 2), 10), "fennel", "staffing_reported", period=period, handlers=handlers, open_claims=load
        )
        add(at(working(first, 9 if month == 5 else whole(3, 7)), 15), "fennel", "bordereau_delivered", period=period)
        for n in range(2):
            name = f"Q{month:02d}{n}"
            came = working(date(2026, month, 13 + 5 * n), 1)
            add(
                at(came, 10),
                "corrib",
                "complaint_received",
                complaint=name,
                upheld=(month, n) in ((2, 1), (5, 0), (6, 1)),
            )
            add(at(working(came, whole(2, 5)), 12), "fennel", "complaint_acknowledged", complaint=name)
            if name != "Q050" and month < 7:
                add(at(working(came, whole(8, 25)), 12), "fennel", "complaint_answered", complaint=name)
    add(at(date(2026, 7, 15), 12), "fennel", "complaint_answered", complaint="Q050")
    for n in range(5):
        came = date(2026, 1, 20) + timedelta(days=21 * n)
        add(at(came, 10), "corrib", "recovery_referred", recovery=f"R{n + 1}")
        add(at(working(came, 22 if n == 1 else whole(5, 18)), 12), "fennel", "recovery_action", recovery=f"R{n + 1}")
    for n, (day, euros, costs) in enumerate((
        (date(2026, 3, 9), 6_400, 350),
        (date(2026, 4, 15), 11_800, 900),
        (date(2026, 4, 28), 2_300, 0),
        (date(2026, 5, 20), 4_000, 200),
        (date(2026, 6, 18), 5_000, 0),
    )):  # fmt: skip
        add(at(day, 12), "fennel", "recovery_received", recovery=f"R{n + 1}", amount=f"{euros}.00", costs=f"{costs}.00")
    add(at(date(2026, 4, 10), 10), "corrib", "recoveries_notice")
    add(at(date(2026, 2, 16), 9), "fennel", "claims_manager_left")
    add(at(date(2026, 3, 18), 9), "fennel", "claims_manager_replaced")
    add(at(date(2026, 3, 19), 9), "fennel", "adjuster_engaged", name="Western Surveyors", on_panel=False)
    add(at(date(2026, 3, 30), 9), "corrib", "audit_request")
    sent = at(date(2026, 8, 5), 10)
    add(sent, "corrib", "termination_notice", method="hand", sent=sent.isoformat(), received=sent.isoformat())
    add(at(date(2026, 8, 6), 9), "corrib", "step_in_notice")


def main(folder: Path) -> None:
    export, office = Export(), Office()
    claims(export, office)
    fund(export, office)
    audits(office)
    invoices(office, export)
    the_rest(office)
    export.write(folder / "claims_system.csv")
    office.write(folder / "office.jsonl")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
