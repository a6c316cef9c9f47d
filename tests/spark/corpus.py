"""A portfolio, and events in many files: late, corrected, repeated, contradicted, withdrawn, and of nobody."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

from tests.conftest import ROOT
from tests.test_portfolio import agreement

ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Kolkata")
UNTIL = "2026-07-01"


def corpus(place: Path, agreements: int, files: int, dice: Random) -> list[str]:
    """Write them into `all` and `events`; the names of the agreements."""
    there = ROOT / "examples" / "portfolio"
    shutil.copytree(there, place / "all", ignore=shutil.ignore_patterns("*.jsonl", "*.csv", "expected"))
    names = [f"a{n:03}" for n in range(agreements)]
    for n, name in enumerate(names):
        text = agreement(name, zone=ZONES[n % len(ZONES)], currency=("EUR", "GBP")[n % 2])
        (place / "all" / f"{name}.bpo").write_text(text, "utf-8")
    lines = [line for name in names for line in history(name, dice)]
    lines += (there / "desk.jsonl").read_text("utf-8").splitlines()
    lines.sort(key=lambda line: (str(json.loads(line).get("time", "")) if line.startswith("{") else "", line))
    for _ in range(len(lines) // 10):
        at = dice.randrange(len(lines))
        lines.insert(min(len(lines), at + dice.randint(1, len(lines) // 3)), lines.pop(at))
    (place / "events" / "below").mkdir(parents=True)
    size = -(-len(lines) // files)
    for number in range(files):
        folder = place / "events" / ("below" if number % 3 == 1 else "")
        text = "".join(f"{line}\n" for line in lines[number * size : (number + 1) * size])
        (folder / f"{number:03}.jsonl").write_text(text, "utf-8")
    shutil.copy(there / "clearing.csv", place / "events")
    return [*names, "brightwater_desk", "calder_invoices", "orchard_payroll"]


def history(name: str, dice: Random) -> list[str]:
    """Lines of an agreement."""
    found: list[dict[str, object]] = []
    for case in range(dice.randint(5, 40)):
        day = f"2026-{dice.randint(1, 6):02}-{dice.randint(1, 28):02}"
        asked = {"id": f"{name}-{case}", "source": "desk", "subject": name, "type": "asked", "time": f"{day}T08:00:00Z"}
        found.append(asked | {"data": {"case": f"C{case}"}})
        if dice.random() < 0.9:
            hour = dice.choice((8, 9, 10, 12, 12, 18))
            when = f"{day}T{hour:02}:{dice.choice((0, 30)):02}:01Z"
            answered = asked | {"id": f"{name}-{case}a", "type": "answered", "time": when}
            found.append(answered | {"data": {"case": f"C{case}"}})
            how = dice.random()
            if how < 0.05:
                found.append({**found[-1], "rev": 1, "time": f"{day}T08:20:00Z", "recordedtime": f"{day}T21:00:00Z"})
            elif how < 0.1:
                found.append({**found[-1], "rev": 1, "retract": True, "recordedtime": f"{day}T22:00:00Z"})
            elif how < 0.15:
                found.append({**found[-1]})
            elif how < 0.18:
                found.append({**found[-1], "data": {"case": f"D{case}"}})
            elif how < 0.25:
                found[-1]["recordedtime"] = f"{day}T23:30:00Z"
    if dice.random() < 0.3:
        found.append({**found[0], "id": "x", "subject": f"{name}_"})
    return [json.dumps(each) for each in found]
