"""Lines set aside, written down so that they can be corrected and sent again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path

from bpodsl.record.account import Quarantined


def write_quarantine(path: Path, quarantined: Iterable[Quarantined]) -> None:
    """One JSON object a line: place, code, reason, next step and the line itself (`raw`; `raw_base64` if not UTF-8)."""
    _write(path, map(_told, quarantined))


def write_quarantine_of_all(path: Path, quarantined: Iterable[tuple[str, Quarantined]]) -> None:
    """The same of a portfolio: before all else the `agreement` that the line belongs to, "" for none."""
    _write(path, ({"agreement": agreement} | _told(each) for agreement, each in quarantined))


def _write(path: Path, told: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for each in told:
            file.write(json.dumps(each, ensure_ascii=False) + "\n")


def _told(each: Quarantined) -> dict[str, str]:
    told = {"place": each.place, "code": each.code, "reason": each.reason, "next": each.step}
    try:
        return {**told, "raw": each.raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {**told, "raw_base64": base64.b64encode(each.raw).decode("ascii")}
