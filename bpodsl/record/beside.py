"""The input, where most lines were taken beside the strict way: plain events, of which only the bounds are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from bpodsl.lean import define, evolve, field
from bpodsl.record.account import Intaken
from bpodsl.record.gather import gathered, sorted_out
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW, after_the_latest
from bpodsl.record.rows import Row
from bpodsl.terms import Contract


@define(eq=False)
class Beside:
    """Plain events: how many, their ids by source, their first and last instant, and (asked only where these lie far
    apart) all their instants."""

    instants: Callable[[], Iterable[int]]
    count: int = 0
    ids: dict[str, set[str]] = field(factory=dict)
    first: int = 1 << 62
    last: int = -1


def may(contract: Contract) -> bool:
    """Whether nothing that an agreement says lets one event speak of another, or changes it at the door."""
    apart = contract.questions or contract.closings or contract.lendings or contract.worlds
    return not apart and not any(kind.relates for kind in contract.events)


def gather_beside(
    intake: Intake, rows: Iterable[Row], beside: Beside, until: int | None = None, skew: int = SKEW
) -> Intaken | None:
    """As `gather`, of the rows that must be read strictly, once `rows` has let all others go beside it; their count is
    in the account. None: they are not as plain as they looked (one is reported twice, or waits), so that all must be
    gathered."""
    found = sorted_out(intake, rows)
    seen = sum(map(len, beside.ids.values()))
    own = Counter((event.source, event.id) for line in found.lines for event in line.events)
    if seen < beside.count or any(n > 1 for n in own.values()):
        return None
    if any(id_ in beside.ids.get(source, ()) for source, id_ in own):
        return None
    known = [line.known for line in found.lines]
    if until is None:
        first, last = min([*known, beside.first]), max([*known, beside.last])
        until = after_the_latest({*known, *beside.instants()}, skew) if last - first > skew else last + 1
        assert until is not None
    if beside.last >= until or max(known, default=-1) >= until:
        return None
    taken = gathered(intake, found, until, skew)
    taken.account.lines += beside.count
    taken.account.applied += beside.count
    taken.account.check()
    return evolve(taken, until=until)
