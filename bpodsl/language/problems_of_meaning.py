"""Problems with meaning (BPO3xx): all names are known, but the clause will not do."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.names import listed
from bpodsl.lean import frozen
from bpodsl.text import Problem, Related, Span


@frozen
class ClockCannotStop(Problem):
    """A clock is stopped, but the deadline is counted in days, which no clock measures.

    `clock stops` halts a clock of hours and minutes. A deadline in days, weeks, months or working days
    is a date; it can be moved by `suspended during`, not by stopping a clock.

    Not so:

        obligation answer
          meridian must replied for each asked
          within 5 days
          clock stops during held

    But so:

        obligation answer
          meridian must replied for each asked
          within 5 days
          suspended during held

    Next: write `suspended during`, or give the deadline in hours.
    """

    code: ClassVar[str] = "BPO306"

    unit: str
    due: Span | None = None

    def message(self) -> str:
        return f"This clock cannot stop: the deadline is counted in {self.unit}, which no clock measures."

    def hint(self) -> str | None:
        return "Write `suspended during STATE` to move the deadline, or give it in hours."

    def related(self) -> tuple[Related, ...]:
        return () if self.due is None else (Related(self.due, f"the deadline, in {self.unit}"),)


@frozen
class ResetUnstated(Problem):
    """A trigger counts, but does not say whether it starts again from nought once it has fired.

    Three misses in six months: does a fourth in the next month fire it again, with two that were counted
    before? Agreements differ, so it is never assumed.

    Not so:

        trigger chronic
          when on_time is missed in 3 of any 6 months
          then escalate operational

    But so:

        trigger chronic
          when on_time is missed in 3 of any 6 months
          resets
          then escalate operational

    Next: add `resets` (what was counted is used up) or `does not reset`.
    """

    code: ClassVar[str] = "BPO307"

    name: str

    def message(self) -> str:
        return f"`{self.name}` counts, but does not say whether what it counted is used up when it fires."

    def hint(self) -> str | None:
        return "Add the line `resets` or the line `does not reset`."


@frozen
class RunUnstated(Problem):
    """A trigger asks for windows in a row, but does not say what a window without a result does to the row.

    Not so:

        trigger falling
          when on_time is missed in 3 consecutive months
          resets
          then tell "falling"

    But so:

        trigger falling
          when on_time is missed in 3 consecutive months
          not measured breaks the run
          resets
          then tell "falling"

    Next: add `not measured breaks the run` or `not measured is skipped`.
    """

    code: ClassVar[str] = "BPO308"

    name: str

    def message(self) -> str:
        return f"`{self.name}` asks for windows in a row, but not what one that is not measured does to the row."

    def hint(self) -> str | None:
        return "Add the line `not measured breaks the run` or the line `not measured is skipped`."


@frozen
class Circle(Problem):
    """Clauses depend on each other in a circle, all at the same instant.

    A value that needs itself has none, and a consequence that causes itself never ends. A figure may
    use its own *past*: the window before is already settled.

    Not so:

        amount fee
          each month
          fee * 102%

    But so:

        amount fee
          each month
          previous fee, at first 1 000 GBP

    Next: break the circle at one of the places shown.
    """

    code: ClassVar[str] = "BPO310"

    hops: tuple[tuple[str, Span | None], ...]
    figures: bool = True
    """Whether all of them are figures, which have a window before."""
    sums: bool = False
    """Whether all of them are sums that caps let fill one after the other."""

    def message(self) -> str:
        names = [name for name, _ in self.hops]
        if len(names) == 1:
            return f"{names[0][:1].upper()}{names[0][1:]} depends on itself at the same instant."
        return f"These depend on each other in a circle: {', then '.join([*names, names[0]])}."

    def hint(self) -> str | None:
        if self.figures:
            return "Break the circle at one of these places; `previous` reads the window before, which is settled."
        if self.sums:
            return "Let the caps name these sums in one order: the first that is named fills a cap first."
        return "Break the circle at one of these places: what follows from a clause cannot be what it waits for."

    def related(self) -> tuple[Related, ...]:
        names = [name for name, _ in self.hops]
        after = [*names[1:], names[0]]
        return tuple(
            Related(span, f"{name} leads to {following}")
            for (name, span), following in zip(self.hops, after, strict=True)
            if span is not None
        )


@frozen
class NoCommonKey(Problem):
    """An act cannot be matched with what it performs: the two share no key.

    Not so:

        event ticket_opened from northwind
          ticket  key
        event report_sent from meridian
        obligation answer
          meridian must report_sent for each ticket_opened

    But so:

        event report_sent from meridian
          ticket  key

    Next: give the event the key, or say `performs the oldest` or `performs all`.
    """

    code: ClassVar[str] = "BPO313"

    event: str
    clause: str
    keys: tuple[str, ...]
    advice: str | None = None

    def message(self) -> str:
        keys = listed((f"`{key}`" for key in self.keys), "or")
        clause = self.clause.partition(".")[0]
        return f"`{self.event}` has no field {keys}, so it cannot be told which `{clause}` it belongs to."

    def hint(self) -> str | None:
        if "." in self.clause:
            # What a claim or determination waits for says itself what it is about.
            return "Give the event that key."
        return self.advice or "Give the event that key, or add `performs the oldest` or `performs all`."


@frozen
class Unstated(Problem):
    """Something must be said that no one could guess.

    Where agreements differ in meaning, the language asks rather than assumes.

    Not so:

        measure on_time
          each month
          share of restore fulfilled

    But so:

        measure on_time
          each month, counted when decided
          share of restore fulfilled

    Next: add what is named; if the paper agreement is silent, record it with `assume … because …`.
    """

    code: ClassVar[str] = "BPO314"

    what: str
    advice: str

    def message(self) -> str:
        return self.what

    def hint(self) -> str | None:
        return self.advice


@frozen
class NoEffect(Problem):
    """A line has no meaning in this clause.

    Not so:

        amount tickets
          each month
          count of ticket_opened
          counts cured as fulfilled

    But so:

        measure on_time
          each month, counted when decided
          share of restore fulfilled
          counts cured as fulfilled

    Next: delete the line, or move it to the clause that it is about.
    """

    code: ClassVar[str] = "BPO315"

    line: str
    why: str
    advice: str | None = None

    def message(self) -> str:
        return f"`{self.line}` has no meaning here: {self.why}."

    def hint(self) -> str | None:
        return self.advice or "Delete it, or move it to the clause that it is meant for."


@frozen
class CannotHappen(Problem):
    """Something is made to depend on what can never be.

    Not so:

        obligation report
          meridian must report_sent each month
          within 5 days after the end of the month
          when cured then tell "repaired"

    But so:

        obligation report
          meridian must report_sent each month
          within 5 days after the end of the month
          cured within 3 days
          when cured then tell "repaired"

    Next: make it possible, or delete what waits for it.
    """

    code: ClassVar[str] = "BPO318"

    what: str
    advice: str | None = None

    def message(self) -> str:
        return self.what

    def hint(self) -> str | None:
        return self.advice


@frozen
class SaidTwice(Problem):
    """A clause says the same thing twice.

    Not so:

        obligation answer
          meridian must replied for each asked
          within 4 hours
          within 8 hours

    But so:

        obligation answer
          meridian must replied for each asked
          within 4 hours

    Next: keep the line that is meant.
    """

    code: ClassVar[str] = "BPO319"

    what: str
    first: Span | None = None

    def message(self) -> str:
        return f"This clause has said {self.what} already."

    def hint(self) -> str | None:
        return "Keep one of the two lines."

    def related(self) -> tuple[Related, ...]:
        return () if self.first is None else (Related(self.first, "said here first"),)


@frozen
class NotSayable(Problem):
    """The sentence makes sense, but the language cannot carry it.

    Not so:

        obligation pay
          northwind must paid for each invoiced
          within 48 hours after the end of the month

    But so:

        obligation pay
          northwind must paid for each invoiced
          within 2 days after the end of the month

    Next: say it in the way that the hint shows, or write the clause as `stated … not computed because …`.
    """

    code: ClassVar[str] = "BPO320"

    what: str
    advice: str | None = None

    def message(self) -> str:
        return self.what

    def hint(self) -> str | None:
        return self.advice or "If it cannot be said otherwise: `stated NAME, not computed because …`."
