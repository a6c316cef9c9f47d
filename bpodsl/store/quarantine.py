"""Lines set aside, written down so that they can be corrected and sent again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path

from bpodsl.record.account import Quarantined


def write_quarantine(path: Path, quarantined: Iterable[Quarantined]) -> None:
    """One JSON object a line: place, code, reason, next step and the line itself (`raw`; `raw_base64` if not UTF-8)."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for each in quarantined:
            file.write(json.dumps(_told(each), ensure_ascii=False) + "\n")


def _told(each: Quarantined) -> dict[str, str]:
    told = {"place": each.place, "code": each.code, "reason": each.reason, "next": each.step}
    try:
        return {**told, "raw": each.raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {**told, "raw_base64": base64.b64encode(each.raw).decode("ascii")}
