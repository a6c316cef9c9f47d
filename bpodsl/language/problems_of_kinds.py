"""Problems with kinds, units and windows (BPO3xx): values that do not go together."""

from __future__ import annotations

from typing import ClassVar

from bpodsl.language.names import listed
from bpodsl.lean import frozen
from bpodsl.text import Problem, Related, Severity, Span


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
    other: Span | None = None
    why: str = ""

    def message(self) -> str:
        return f"This is {self.seen}; {self.wanted} is needed here."

    def hint(self) -> str | None:
        return self.advice

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, self.why),)


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
    fixed: Span | None = None

    def message(self) -> str:
        return f"{self.left} and {self.right} cannot be {self.doing}."

    def hint(self) -> str | None:
        return self.advice

    def related(self) -> tuple[Related, ...]:
        return () if self.fixed is None else (Related(self.fixed, "this says what the ratio in it is"),)


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
class MixedCurrencies(Problem):
    """Sums in different currencies are added, compared or chosen between.

    A sum in one currency is none in another until it is said at what rate.

    Not so:

        amount total
          each month
          (sum of price over parcel_sent) + 100 EUR

    But so:

        amount total
          each month
          (sum of price over parcel_sent) + 100 EUR in GBP at 0.85

    Next: turn one of the two into the currency of the other: `… in GBP at RATE`.
    """

    code: ClassVar[str] = "BPO342"

    one: str
    other: str

    def message(self) -> str:
        return f"This is a sum in {self.one}; the other is in {self.other}."

    def hint(self) -> str | None:
        return f"Turn it into {self.other}: `… in {self.other} at RATE`."


@frozen
class WrongCurrency(Problem):
    """A sum is in a currency that the agreement does not name.

    The head of the agreement names its own currency, and below it all others that are used.

    Not so:

        agreement care
          currency  GBP, rounded half up to 0.01
        amount fee
          each month
          100 USD

    But so:

        agreement care
          currency  GBP, rounded half up to 0.01
          also in   USD, rounded half up to 0.01
        amount fee
          each month
          100 USD

    Next: write the sum in the currency of the agreement, or name the other one in its head.
    """

    code: ClassVar[str] = "BPO304"

    written: str
    agreed: str

    def message(self) -> str:
        return f"This sum is in {self.written}, but the currency of the agreement is {self.agreed}."

    def hint(self) -> str | None:
        return f"Write the sum in {self.agreed}, or add `also in {self.written}` to the agreement."


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
        if self.others == "a number" and self.first is not None and self.first.text.rstrip("| ").endswith(" 0"):
            zero = {"a percentage": "0%", "a sum of money": "0 GBP"}.get(self.seen)
            if zero is not None:
                return f"Write the kind of the nothing in the first row as well: `{zero}`."
        return "Let all rows of a table give the same kind of value."

    def related(self) -> tuple[Related, ...]:
        return () if self.first is None else (Related(self.first, f"the first row gives {self.others}"),)


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
          10 000 GBP * (on_time of the year)

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
class OneGroupAsked(Problem):
    """A clause with a value for each group asks for `groups of` a figure with the same groups: it finds its own alone.

    A clause that has groups asks those that agree with its own. Of a figure by the same groups that is one, so
    that nothing can be more than it: a count of those that are better is always nought.

    Not so:

        measure score
          each month for each priority of P1, P2
          mean of minutes over ticket_resolved
        amount place
          each month for each priority of P1, P2
          1 + count of groups of score where value more than score

    But so:

        amount place
          each month for each priority of P1, P2
          rank of score from the highest

    Next: ask for the rank, for the figure itself, or for all groups in a clause without groups.
    """

    code: ClassVar[str] = "BPO321"
    severity: ClassVar[Severity] = Severity.WARNING

    figure: str
    asker: str

    def message(self) -> str:
        return f"Of the groups of `{self.figure}`, `{self.asker}` finds only its own: it has the same groups."

    def hint(self) -> str | None:
        return f"Write `rank of {self.figure} from the highest`, or let a clause without groups ask for all of them."


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
