"""What W1 asks for: read from folders of CSV, and out of a ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

FILES = ("breaches", "escalations", "attainment", "termination")

Answers = dict[str, list[str]]
"""The lines of each file, in order of their text."""


def read(folder: Path) -> Answers:
    """The answers that a program has written."""
    return {name: sorted((folder / f"{name}.csv").read_text("utf-8").replace('"', "").splitlines()) for name in FILES}


def of_ledger(lines: Iterable[str]) -> Answers:
    """The answers that a ledger holds. Nothing is worked out here but the months between the first and the last outcome
    of a contract: those in which W1 asks for the right to terminate."""
    breaches: list[str] = []
    escalations: list[str] = []
    shares: dict[tuple[str, str, str], tuple[int, int]] = {}
    credits: dict[tuple[str, str, str], int] = {}
    rights: list[tuple[str, str]] = []
    for line in lines:
        entry = json.loads(line)
        clause, kind, key, numbers = entry["clause"], entry["kind"], entry["key"], entry["numbers"]
        match clause, kind:
            case (("acknowledge" | "restore"), "Missed"):
                rule = "R1" if clause == "acknowledge" else "R2"
                breaches.append(f"{key['contract']},{key['ticket']},{rule},{_milliseconds(entry['at'])}")
            case (("ladder.1" | "ladder.2"), "Escalated"):
                escalations.append(f"{key['contract']},{key['ticket']},{clause[-1]},{_milliseconds(entry['at'])}")
            case "attainment", "Settled":
                met, missed = int(numbers["fulfilled"]), int(numbers["missed"])
                if met + missed:
                    shares[key["contract"], key["priority"], _month(entry["period"])] = met, met + missed
            case "late_credit", "Accrued":
                credits[key["contract"], key["priority"], _month(entry["period"])] = int(
                    Fraction(numbers["amount"]) * 100
                )
            case "chronic", "Fired":
                rights.append((key["contract"], _month(entry["period"])))
    months: dict[str, list[str]] = {}
    for contract, _, month in sorted(shares):
        months.setdefault(contract, []).append(month)
    return {
        "breaches": sorted(breaches),
        "escalations": sorted(escalations),
        "attainment": sorted(
            f"{','.join(each)},{met},{total},{credits.get(each, 0)}" for each, (met, total) in shares.items()
        ),
        "termination": sorted(
            f"{contract},{month}"
            for contract, month in rights
            if min(months[contract]) <= month <= max(months[contract])
        ),
    }


def differences(one: Answers, other: Answers) -> list[str]:
    """What one has and the other has not; nothing, if they agree."""
    return [
        f"{name}: {len(one[name])} and {len(other[name])}; {sorted(set(one[name]) ^ set(other[name]))[:4]}"
        for name in FILES if one[name] != other[name]
    ]  # fmt: skip


def _milliseconds(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def _month(period: str) -> str:
    """The month that a window lies in; one that an end cuts is named by its days."""
    return period[:7]
