"""The faults: each a mistake that a person might make, in one line of the program."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Fault:
    """`old` stands once in the file `path` of the package; the fault has `new` in its place."""

    what: str
    path: str
    old: str
    new: str


FAULTS: Final = (
    # -------------------------------------------------------------- edges of windows and stretches
    Fault("a window takes in what acts at its end", "engine/lines.py",
          "s.window.start <= c.instant < s.window.end)", "s.window.start < c.instant <= s.window.end)"),
    Fault("a count of outcomes takes in what lies at the end", "engine/tallies.py",
          "if each[0] < end]", "if each[0] <= end]"),
    Fault("of the windows before, that which has just ended is left out", "engine/windows.py",
          "earlier.end <= limit", "earlier.end < limit"),
    Fault("the last day of a window that is cut is the day after", "engine/windows.py",
          "end, last = over, self.zone.day(over - 1)", "end, last = over, self.zone.day(over)"),
    Fault("so much time back takes in the very instant", "engine/rules.py",
          "return lambda t: t > now - span.amount", "return lambda t: t >= now - span.amount"),
    Fault("of any m windows one more is looked at", "engine/recurrences.py",
          "span = list(range(index - recurrence.m + 1, index + 1))",
          "span = list(range(index - recurrence.m, index + 1))"),
    Fault("one more is needed than is said", "engine/recurrences.py", "total < recurrence.n", "total <= recurrence.n"),
    Fault("a row of a window that ends is that of the next day", "engine/settling.py",
          "row = s.row(instance.fields, instance.declared, end - 1, read)",
          "row = s.row(instance.fields, instance.declared, end, read)"),
    # -------------------------------------------------------------- clocks and deadlines
    Fault("an act at the last instant is too late", "engine/deadlines.py",
          'return reading > limit if due.edge == "within" else reading >= limit', "return reading >= limit"),
    Fault("a clock that stood to the end has run out a pause early", "engine/clocks.py",
          "if ran > rest or (early and ran == rest):", "if ran >= rest:"),
    Fault("what a pause holds is counted from the pause before", "engine/clocks.py",
          "start = max(start, last)", "start = min(start, last)"),
    Fault("a state that ends at an instant still holds at it", "engine/intervals.py",
          "return any(i.end is None or instant < i.end for i in self._from(values, instant, instant + 1))",
          "return any(i.end is None or instant <= i.end for i in self._from(values, instant, instant + 1))"),
    Fault("a state that ended at an instant did not hold before it", "engine/intervals.py",
          "return any(i.end is None or instant <= i.end for i in self._from(values, instant - 1, instant))",
          "return any(i.end is None or instant < i.end for i in self._from(values, instant - 1, instant))"),
    Fault("days are counted from the day itself where it was over", "engine/deadlines.py",
          "day = self._zone.day(since - 1 if before else since)", "day = self._zone.day(since)"),
    Fault("an opening before a midnight belongs to the day after", "engine/openings.py",
          "instance.day = world.zone.day(world.now - 1 if before else world.now)",
          "instance.day = world.zone.day(world.now)"),
    Fault("what is cured counts as missed for ever", "engine/takebacks.py",
          "cured = instance.terms.cures and not decided_by_it", "cured = False"),
    # -------------------------------------------------------------- money
    Fault("half a step is rounded down", "values/numbers.py",
          'if rule == "half up":\n        return floor + positive', 'if rule == "half up":\n        return floor'),
    Fault("half a step is rounded to odd", "values/numbers.py", "return floor + floor % 2",
          "return floor + (floor + 1) % 2"),
    Fault("what is less than nought frees room in a cap", "engine/lines.py",
          "account.count(claim, max(amount, 0) - max(claim.posted, 0))", "account.count(claim, amount - claim.posted)"),
    Fault("who fills a cap first is not asked", "engine/lines.py",
          "if at < order and c.posted > 0 and", "if c.posted > 0 and"),
    Fault("a payment beyond what is owed is taken whole", "engine/outcomes.py",
          "taken = amount if isinstance(owed, NotMeasured) else min(amount, owed)", "taken = amount"),
    Fault("interest runs a day too long", "engine/interest.py",
          "days = (last - first).days", "days = (last - first).days + 1"),
    Fault("the least of all is the greatest", "engine/aggregates.py", "return min(values)", "return max(values)"),
    Fault("a quantile is reached above its share only", "engine/aggregates.py",
          "if below >= wanted and", "if below > wanted and"),
    # -------------------------------------------------------------- rules, rights, waivers
    Fault("a repeat that is becoming so fires each time", "engine/recurrences.py",
          'if recurrence.fires == "becoming" and', 'if recurrence.fires == "never" and'),
    Fault("what was used up counts again", "engine/recurrences.py",
          "if self._held.get(i) and i not in self._used]", "if self._held.get(i)]"),
    Fault("a waiver forgives what the event itself opened", "engine/waivers.py",
          "return [i for i in self.all if act.ref not in i.openers and self._agrees(i, act, waiver)]",
          "return [i for i in self.all if self._agrees(i, act, waiver)]"),
    Fault("an agreement renews although notice was given", "engine/term.py",
          "bool(self._notice_given) == renewal.if_given", "bool(self._notice_given) >= renewal.if_given"),
    # -------------------------------------------------------------- time and days
    Fault("a wall time that comes twice is its later reading", "values/zones.py",
          'return ("fold", old, new) if new >= change', 'return ("fold", new, new) if new >= change'),
    Fault("a month end is clamped to the day before", "values/days.py",
          "return date(year, month0 + 1, last)\n", "return date(year, month0 + 1, last - 1)\n"),
    Fault("a month is over a day early", "values/days.py",
          "return n if add_months(first, n) <= then else n - 1", "return n if add_months(first, n) < then else n - 1"),
    # -------------------------------------------------------------- what is known, and what is posted
    Fault("what is reversed is reversed as it was", "record/ledger.py",
          'act, entry = "Reversed", _negative(entry)', 'act, entry = "Reversed", entry'),
    Fault("what is issued anew takes back nothing", "record/ledger.py",
          "_owed(standing.entry) != _owed(entry):\n            self._withdraw(name, known, half)",
          "_owed(standing.entry) != _owed(entry):\n            pass"),
    Fault("a change of nothing but its numbers is not posted", "record/ledger.py",
          "if content(standing.entry) == content(entry):", "if content(standing.entry)[:3] == content(entry)[:3]:"),
    Fault("of two revisions the one told first counts", "record/history.py",
          "if found.versions and found.versions[-1].rev >= each.rev:", "if found.versions:"),
    Fault("an answer counts on the last instant only before it", "record/rulings.py",
          "return at <= self.instant if self.included else at < self.instant", "return at < self.instant"),
)  # fmt: skip
