"""What is known of one event, and since when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from bpodsl.lean import evolve, field
from bpodsl.record.event import Event
from bpodsl.record.many import changing

Identity = tuple[str, str]
"""Source and id."""

Histories = dict[Identity, "History"]


@changing
class History:
    """What is known of one event, and since when: by ascending `known`, one version for each instant."""

    versions: list[Event] = field(factory=list)

    @staticmethod
    def of(reports: Iterable[Event]) -> History:
        """Of its reports: at each instant the highest revision known."""
        found = History()
        for each in sorted(reports, key=lambda event: (event.known, event.rev)):
            if found.versions and found.versions[-1].rev >= each.rev:
                continue
            if found.versions and found.versions[-1].known == each.known:
                found.versions.pop()
            found.versions.append(each)
        return found

    def at(self, known: int) -> Event | None:
        """What is known of it at an instant."""
        place = bisect_right(self.versions, known, key=lambda event: event.known)
        return self.versions[place - 1] if place else None

    def add(self, event: Event, known: int, over: bool = False) -> None:
        """From an instant on it is so, if that is anything new; `over`: since a time in days was over."""
        last = self.versions[-1] if self.versions else None
        if last is None and event.retracts:
            return
        rev = 0 if last is None else last.rev + 1
        new = evolve(event, known=known, rev=rev, over=over)
        if last is None or evolve(new, known=last.known, rev=last.rev, over=last.over) != last:
            self.versions.append(new)
