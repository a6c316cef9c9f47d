"""The instances of duties, rights and escalations that are asked for, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from bpodsl.report.timelines import Timeline
from bpodsl.serve.looking import Stand

PAGE: Final = 25


@frozen
class Lives:
    """A page of instances with their pictures; `norms` and `statuses` are the choices, each with how many there are."""

    shown: tuple[Timeline, ...]
    total: int
    page: int
    pages: int
    norms: tuple[tuple[str, str, int], ...]
    statuses: tuple[tuple[str, int], ...]


def lives(stand: Stand, asked: Mapping[str, str]) -> Lives:
    """Those of a clause (`norm`), a `status` or with a `text` in their key; what is open first, then the latest."""
    timelines = stand.timelines
    counts: dict[str, int] = {}
    statuses: dict[str, int] = {}
    found = []
    text = asked.get("text", "").casefold()
    for verdict in timelines.verdicts:
        status = timelines.status(verdict)
        counts[verdict.norm] = counts.get(verdict.norm, 0) + 1
        if asked.get("norm") and verdict.norm != asked["norm"]:
            continue
        statuses[status] = statuses.get(status, 0) + 1
        if asked.get("status") and status != asked["status"]:
            continue
        key = " ".join((verdict.instance, *(value for _, value in verdict.key))).casefold()
        if text in key:
            found.append(verdict)
    found.sort(key=lambda verdict: (not verdict.live, -max(verdict.opened, verdict.decided or 0)))
    pages = max(1, -(-len(found) // PAGE))
    wanted = asked.get("page", "1")
    page = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 else 1
    shown = tuple(timelines.of(verdict) for verdict in found[(page - 1) * PAGE : page * PAGE])
    norms = tuple((name, stand.words.apart(name), n) for name, n in counts.items())
    return Lives(shown, len(found), page, pages, norms, tuple(sorted(statuses.items())))
