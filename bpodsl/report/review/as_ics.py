"""The days ahead as a calendar that any calendar program reads (RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from bpodsl.report.review.as_text import one_line
from bpodsl.report.review.model import Dated, Review
from bpodsl.values import add_days

_WARN: Final = {"notice": 14, "right": 14, "renewal": 30, "term": 30, "duty": 2, "escalation": 1}
"""So many days before it a reminder is due, by kind."""

_OCTETS: Final = 75


def as_ics(review: Review) -> str:
    """A whole-day event for each thing that is due, on the last day on which it is safe to act."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bpodsl//report//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_escaped(review.title)}")
    seen: dict[str, int] = {}
    for each in review.ahead:
        lines += _event(review, each, seen)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(review: Review, each: Dated, seen: dict[str, int]) -> Iterator[str]:
    day = each.safe or each.by
    what = "|".join((review.name, review.world, each.kind, each.what, each.which, each.who))
    # What is moved keeps its name, so that a later calendar replaces it.
    seen[what] = seen.get(what, 0) + 1
    name = hashlib.sha256(f"{what}|{seen[what]}".encode()).hexdigest()[:32]
    by = f" by {each.at}" if each.at else ""
    told = [f"{each.kind}, {each.who}", f"last day: {each.by.isoformat()}{by}", each.note]
    told.append("" if each.certain else "unless notice is given")
    told.append(f"{review.title}, known until {review.until}")
    yield "BEGIN:VEVENT"
    yield f"UID:{name}@bpodsl"
    yield f"DTSTAMP:{review.until_day:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{add_days(day, 1):%Y%m%d}"
    which = f" ({each.which})" if each.which else ""
    yield f"SUMMARY:{_escaped(f'{each.what}{which}{by}')}"
    yield "DESCRIPTION:" + "\\n".join(_escaped(line) for line in told if line)
    yield f"CATEGORIES:{_escaped(each.kind)}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(each.what)}")
    yield f"TRIGGER:-P{_WARN[each.kind]}D"
    yield from ("END:VALARM", "END:VEVENT")


def _escaped(text: str) -> str:
    text = one_line(text).replace("\\", "\\\\")
    return text.replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; those after the first begin with a blank, and no character is cut."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part += character
        size += octets
    yield part
