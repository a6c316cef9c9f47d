"""A measure that leaves something open on which money or a right hangs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds import Bounds
from bpodsl.bounds.measuring import Followers, Hanging, elements, reporters_of
from bpodsl.bounds.rows import kinds_of_row
from bpodsl.bounds.silence import when_silent
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.pieces import HOLDS, literal
from bpodsl.terms import Contract, Figure, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class LeftOpen(Problem):
    """A measure does not say what no default can say for it, and money or a right hangs on it.

    Every measure names what it counts, who reports it, its windows, calendar and exclusions, what missing data and few
    data mean, its rounding and when it is settled; where a clause is silent, LANGUAGE.md says what holds. `bpodsl check
    --measures` prints all of it for each measure, and what hangs on it. Two silences are not harmless, and are reported
    here: where nothing reported is as good as nothing wrong, and only the party that would owe for it reports; and
    where rows that leave out a field drop out unseen.

    Not so:

        measure outages
          each month
          count of down
          target  at most 2
        credit outage_credit for outages, of fee
          | at most 2 | 0%  |
          | otherwise | 10% |

    But so:

        measure outages
          each month
          count of claimed
          target  at most 2
        credit outage_credit for outages, of fee
          | at most 2 | 0%  |
          | otherwise | 10% |

    Next: say it in the measure, let the other party report as well, or allow this with the reason.
    """

    code: ClassVar[str] = "BPO460"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    open: tuple[str, ...]
    money: tuple[str, ...]
    rights: tuple[str, ...]
    advice: str
    silent: tuple[str, ...]

    def message(self) -> str:
        hangs = " and ".join(f"`{name}`" for name in (*self.money, *self.rights))
        rest = "rest" if len(self.money) + len(self.rights) > 1 else "rests"
        return f"`{self.name}` {' and '.join(self.open)}; {hangs} {rest} on it."

    def part(self) -> tuple[str, ...]:
        return self.name, "value"

    def hint(self) -> str | None:
        also = f"\nNot said either, so these hold: {'; '.join(self.silent)}." if self.silent else ""
        return f"{self.advice}{also}"


def find(bounds: Bounds) -> Iterator[Problem]:
    """Each measure that leaves something open which matters: one problem for all of it."""
    contract = bounds.contract
    followers = Followers(contract)
    for figure in contract.figures:
        if figure.clause.word != "measure":
            continue
        hangs = followers.hanging(figure.name)
        found = [
            each
            for each in (_silence(bounds, figure, hangs), _dropped(contract, figure, hangs))
            if each is not None
        ]
        if found:
            said = tuple(what for what, _ in found)
            silent = tuple(f"{each.name}: {each.told}" for each in elements(contract, figure) if not each.stated)
            yield LeftOpen(
                figure.clause.span, figure.name, said, hangs.money, hangs.rights, found[0][1], silent
            )  # fmt: skip


def _silence(bounds: Bounds, figure: Figure, hangs: Hanging) -> tuple[str, str] | None:
    """Where a count of nothing meets the target, and only who owes for it reports."""
    level = None if figure.target is None else literal(figure.target.level)
    silent = when_silent(bounds.contract, figure.value)
    if figure.target is None or level is None or silent is None or not HOLDS[figure.target.op](silent, level):
        return None
    owing = {payer for name in hangs.money if name in bounds.lines for payer, _ in bounds.lines[name].between}
    reporters = reporters_of(bounds.contract, figure)
    if len(reporters) != 1 or set(reporters) != owing:
        return None
    told = value_told(silent, figure.kind) if silent else "0"
    what = f"is {told} where nothing is reported, which meets its target, and only `{reporters[0]}`, who would owe,"
    return f"{what} reports it", "Let the other party report it as well, or count something that both see."


def _dropped(contract: Contract, figure: Figure, hangs: Hanging) -> tuple[str, str] | None:
    """Where rows without an optional field drop out of a mean, quantile or sum."""
    if not hangs.all:
        return None
    kinds = {kind.name: kind for kind in contract.events}
    for part in walk(figure.value):
        if not isinstance(part, ex.Aggregate) or not isinstance(part.value, ex.FieldOf):
            continue
        for name in kinds_of_row(contract, part.rows):
            field = kinds[name].field(part.value.name) if name in kinds else None
            asked = any(isinstance(each, ex.FieldOf) and each.name == part.value.name for each in walk(part.where))
            if field is not None and field.optional and field.default is None and field.reported and not asked:
                what = f"drops each `{name}` that leaves out `{field.name}`, without saying so"
                return what, f"Say it: `where {field.name} is given`."
    return None
