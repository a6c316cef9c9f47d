"""Problems with kinds, units and meaning (BPO3xx): all names are known, but the sentence will not do."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from bpodsl.language.names import listed
from bpodsl.text import Problem, Related, Span


@frozen
class WrongKind(Problem):
    """A value is of another kind than is needed.

    Numbers, shares, money, lengths of time, days and words are different kinds. They never turn into
    each other silently.

    Not so:

        measure on_time
          each month
          share of ticket_resolved where in_time
          target at least 95

    But so:

        measure on_time
          each month
          share of ticket_resolved where in_time
          target at least 95%

    Next: write a value of the kind that is asked for.
    """

    code: ClassVar[str] = "BPO301"

    seen: str
    wanted: str
    advice: str | None = None

    def message(self) -> str:
        return f"This is {self.seen}; {self.wanted} is needed here."

    def hint(self) -> str | None:
        return self.advice


@frozen
class UnlikeKinds(Problem):
    """Two values of different kinds are compared, added or chosen between.

    Not so:

        amount total
          each month
          monthly_charge + 5%

    But so:

        amount total
          each month
          monthly_charge + 5% of monthly_charge

    Next: bring both to one kind.
    """

    code: ClassVar[str] = "BPO302"

    doing: str
    left: str
    right: str
    advice: str | None = None

    def message(self) -> str:
        return f"{self.left} and {self.right} cannot be {self.doing}."

    def hint(self) -> str | None:
        return self.advice


@frozen
class ShareOfWhat(Problem):
    """A percentage stands where a sum of money is owed, and does not say of what.

    Not so:

        credit slow for on_time
          | at least 95% | 0%  |
          | otherwise    | 10% |

    But so:

        credit slow for on_time, of monthly_charge
          | at least 95% | 0%  |
          | otherwise    | 10% |

    Next: say of what it is a percentage: `10% of monthly_charge`.
    """

    code: ClassVar[str] = "BPO303"

    advice: str | None = None

    def message(self) -> str:
        return "This is a percentage, but of what? A sum of money is needed here."

    def hint(self) -> str | None:
        return self.advice or "Write, for example, `10% of monthly_charge`."


@frozen
class WrongCurrency(Problem):
    """A sum is written in another currency than the agreement's.

    An agreement has one currency; sums in others come in as numbers and rates.

    Not so:

        agreement care
          currency  GBP, rounded half up to 0.01
        amount fee
          each month
          100 USD

    But so:

        amount fee
          each month
          100 GBP

    Next: write the sum in the currency of the agreement.
    """

    code: ClassVar[str] = "BPO304"

    written: str
    agreed: str

    def message(self) -> str:
        return f"This sum is in {self.written}, but the currency of the agreement is {self.agreed}."

    def hint(self) -> str | None:
        return f"Write the sum in {self.agreed}."


@frozen
class UnlikeRows(Problem):
    """The rows of one table give values of different kinds.

    Not so:

        credit slow for on_time, of monthly_charge
          | at least 95% | 0%      |
          | otherwise    | 500 GBP |

    But so:

        credit slow for on_time, of monthly_charge
          | at least 95% | 0%  |
          | otherwise    | 10% |

    Next: write all results as percentages, or all as sums of money.
    """

    code: ClassVar[str] = "BPO305"

    seen: str
    others: str
    first: Span | None = None

    def message(self) -> str:
        return f"This row gives {self.seen}, but the first row gives {self.others}."

    def hint(self) -> str | None:
        return "Let all rows of a table give the same kind of value."

    def related(self) -> tuple[Related, ...]:
        return () if self.first is None else (Related(self.first, f"the first row gives {self.others}"),)


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
class OtherWindow(Problem):
    """A figure is asked for in a window that it does not have.

    Not so:

        measure on_time
          each month
          share of restore fulfilled
        amount yearly
          each year
          10 000 GBP * on_time

    But so:

        amount yearly
          each year
          10 000 GBP * (on_time over the year)

    Next: ask for the figure over the window of this clause, or for the values of its windows inside this
    one (`mean of value over windows of on_time`).
    """

    code: ClassVar[str] = "BPO309"

    figure: str
    its: str
    asked: str
    advice: str | None = None
    declared: Span | None = None

    def message(self) -> str:
        return f"`{self.figure}` has a value {self.its}, but is asked for {self.asked}."

    def hint(self) -> str | None:
        return self.advice

    def related(self) -> tuple[Related, ...]:
        return () if self.declared is None else (Related(self.declared, f"`{self.figure}`, {self.its}"),)


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

    def message(self) -> str:
        names = [name for name, _ in self.hops]
        if len(names) == 1:
            return f"{names[0]} depends on itself at the same instant."
        return f"These depend on each other in a circle: {', then '.join([*names, names[0]])}."

    def hint(self) -> str | None:
        return "Break the circle at one of these places; `previous` reads the window before, which is settled."

    def related(self) -> tuple[Related, ...]:
        names = [name for name, _ in self.hops]
        after = [*names[1:], names[0]]
        return tuple(
            Related(span, f"{name} leads to {following}")
            for (name, span), following in zip(self.hops, after, strict=True)
            if span is not None
        )


@frozen
class OtherGroups(Problem):
    """A figure with a value for each of something is asked for where it is not said for which.

    Not so:

        measure on_time
          each month by site, counted when decided
          share of restore fulfilled
        amount bonus
          each month
          100 GBP * on_time

    But so:

        amount bonus
          each month by site
          100 GBP * on_time

    Next: let this clause be by the same fields, or sum over the windows of the figure.
    """

    code: ClassVar[str] = "BPO311"

    figure: str
    missing: tuple[str, ...]
    advice: str | None = None

    def message(self) -> str:
        fields = listed(f"`{name}`" for name in self.missing)
        return f"`{self.figure}` has a value for each {fields}, but it is not said for which one."

    def hint(self) -> str | None:
        return self.advice or f"Let this clause be by {listed(self.missing)} too."


@frozen
class OutOfRange(Problem):
    """A number, day, time or length is written that cannot be.

    Not so:

        obligation answer
          meridian must replied for each asked
          within 0 hours

    But so:

        obligation answer
          meridian must replied for each asked
          within 4 hours

    Next: write a value within the limits named. Days lie between 1970 and 2199; numbers have at most 18
    digits before the point and 9 after it; lengths are more than nothing.
    """

    code: ClassVar[str] = "BPO312"

    why: str
    advice: str | None = None

    def message(self) -> str:
        return self.why

    def hint(self) -> str | None:
        return self.advice


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
        return f"`{self.event}` has no field {keys}, so it cannot be told which `{self.clause}` it belongs to."

    def hint(self) -> str | None:
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
        return self.advice


@frozen
class RowNeverReached(Problem):
    """A row of a table can never apply, because a row above it always does first.

    Not so:

        credit slow for on_time, of monthly_charge
          | at least 90% |  5% |
          | at least 95% |  0% |
          | otherwise    | 10% |

    But so:

        credit slow for on_time, of monthly_charge
          | at least 95% |  0% |
          | at least 90% |  5% |
          | otherwise    | 10% |

    Next: put the rows in order, the hardest to reach first.
    """

    code: ClassVar[str] = "BPO316"

    earlier: Span | None = None

    def message(self) -> str:
        return "This row is never reached: the row above it applies first."

    def hint(self) -> str | None:
        return "Order the rows so that each leaves something to the next."

    def related(self) -> tuple[Related, ...]:
        return () if self.earlier is None else (Related(self.earlier, "this row applies first"),)


@frozen
class UnlikeLengths(Problem):
    """Lengths of time of different units meet.

    `4 hours` is elapsed time, `4 hours of support` is open time of a calendar, `5 days` are days of the
    calendar on the wall. Neither can be turned into another without knowing when.

    Not so:

        obligation restore
          meridian must ticket_resolved for each ticket_opened
          within 4 hours of support
        measure speed
          each month, counted when decided
          mean of reading over restore fulfilled
          target at most 3 hours

    But so:

        measure speed
          each month, counted when decided
          mean of reading over restore fulfilled
          target at most 3 hours of support

    Next: write the length in the unit of the other.
    """

    code: ClassVar[str] = "BPO317"

    left: str
    right: str
    advice: str | None = None

    def message(self) -> str:
        return f"{self.left} and {self.right} do not compare or add: they are different units of time."

    def hint(self) -> str | None:
        return self.advice


@frozen
class CannotHappen(Problem):
    """Something is made to depend on what can never be.

    Not so:

        obligation report
          meridian must report_sent each month
          within 5 days of the end of the month
          when cured then tell "repaired"

    But so:

        obligation report
          meridian must report_sent each month
          within 5 days of the end of the month
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
          within 45 days of the end of the month

    But so:

        obligation pay
          northwind must paid for each invoiced
          by day 15 of the next month

    Next: say it in the way that the hint shows, or write the clause as `stated … not computed because …`.
    """

    code: ClassVar[str] = "BPO320"

    what: str
    advice: str | None = None

    def message(self) -> str:
        return self.what

    def hint(self) -> str | None:
        return self.advice
