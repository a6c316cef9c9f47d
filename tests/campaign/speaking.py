"""Events that speak of other events: corrections, withdrawals, items, claims and answers, before and after in time."""

from __future__ import annotations

from bpodsl.record import Event
from bpodsl.terms import Due, EventKind, Limit, Question
from bpodsl.values import DAY_TICKS, HOUR
from tests.campaign.late import Late
from tests.campaign.relations import ABOUT


class Speaking(Late):
    """What events say of one another."""

    def other(self, word: str) -> Event:
        """An event of a kind that others may speak of: one that there is, or a new one."""
        found = [event for event in self.events if event.kind == word]
        if found and self.draw.chance(0.9):
            return self.draw.pick(found)
        return self.add(word, self.instant(self.begin - DAY_TICKS, self.final))

    def speak(self, kind: EventKind) -> None:
        """An event that relates to another: mostly reported after it, now and then before."""
        assert kind.relates is not None
        draw, other = self.draw, self.other(kind.relates.event)
        match draw.weighted({"soon": 4, "later": 4, "at once": 1.5, "window": 2, "before": 1}):
            case "soon":
                when = other.acts + draw.pick([1, HOUR, DAY_TICKS])
            case "later":
                when = self.instant(other.acts, other.acts + 60 * DAY_TICKS, 0.5)
            case "window":
                ends = [end for end in self.ends if end >= other.acts]
                when = self.near(ends[0] if ends else other.acts)
            case "before":
                when = self.instant(other.acts - 5 * DAY_TICKS, other.acts)
            case _:
                when = self.near(other.acts)
        made = self.add(kind.name, when, other.fields)
        if kind.field(ABOUT) is not None:
            made.fields[ABOUT] = f"{other.source}/{other.id}" if draw.chance(0.93) else "crm/nobody"

    def rule_on(self, question: Question) -> None:
        """A claim of what an event asks, and answers about when the time for them is over."""
        draw, about = self.draw, self.other(question.event)
        start = about
        if question.claimed:
            start = self._answered(question.claimed, about, about, question.claim_limit)
        for answer in draw.some(question.answers, 0 if draw.chance(0.2) else 1, 2):
            self._answered(answer.event, about, start, question.limit)

    def _answered(self, word: str, about: Event, start: Event, limit: Limit | None) -> Event:
        """An event that concerns another, within a time from a third, at its end, or after it."""
        draw, end = self.draw, None
        if limit is not None:
            due = Due("within", limit.length, "field" if limit.field else "opening", limit.field)
            end = self.deadline(None, due, start.acts, start.fields, ())
        end = start.acts + 4 * DAY_TICKS if end is None else end
        match draw.weighted({"inside": 5, "edge": 4, "late": 1.5, "at once": 0.7}):
            case "inside":
                when = self.instant(start.acts, max(start.acts, end), 0.3)
            case "edge":
                when = self.near(end)
            case "late":
                when = self.instant(end, end + draw.pick([HOUR, 10 * DAY_TICKS]))
            case _:
                when = self.near(start.acts)
        return self.add(word, when, about.fields)
