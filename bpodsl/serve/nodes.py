"""A box of the graph, told: its clause, how it stands, what came of it, what leads to it and where it leads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from attrs import frozen

from bpodsl.graph.draw import Box, View
from bpodsl.graph.draw.boxes import AGREEMENT, places
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.record import Entry, Posted
from bpodsl.report.review.desk import text_of
from bpodsl.report.timelines import Timeline
from bpodsl.serve.looking import Stand
from bpodsl.terms import Clause

MONEY: Final = ("charge", "credit", "payment")
_LATEST: Final = 30
_WAYS: Final = 8


@frozen
class Step:
    """One step along an arrow: the box at the other end, and what the arrow does to its end."""

    box: Box
    verb: str
    delayed: bool


@frozen
class Told:
    """A box and all that is told of it. `now`: sentences; `history`: the latest postings, the newest first; `ways`:
    to money, each as its boxes."""

    box: Box
    word: str
    clause: Clause | None
    text: str
    place: str
    now: tuple[str, ...]
    history: tuple[Posted, ...]
    more: int
    causes: tuple[Step, ...]
    effects: tuple[Step, ...]
    ways: tuple[tuple[Step, ...], ...]
    names: tuple[str, ...]
    lives: tuple[Timeline, ...]


def told(stand: Stand, name: str) -> Told | None:
    """The box of that name, or None if there is none."""
    view = stand.view
    boxes = {box.id: box for box in view.boxes}
    box = boxes.get(name)
    if box is None:
        return None
    drawn = places(stand.contract)
    names = tuple(dict.fromkeys(node.partition(":")[2] for node, home in drawn.homes.items() if home == name))
    if name == AGREEMENT:
        names = (stand.contract.name, *names)
    clause = stand.contract.clause if name == AGREEMENT else drawn.sheets[name].clause
    mine = [p for p in stand.ledger.posted if p.entry.clause in names and box.kind not in ("event", "notice")]
    lives = [stand.timelines.of(v) for v in stand.timelines.verdicts if v.norm in names and v.live]
    place = ""
    if clause.span is not None:
        place = f"{clause.span.source.name.rpartition('/')[2]}:{clause.span.place[0]}"
    return Told(
        box, LOOKS[box.kind].word, clause, text_of(clause), place, tuple(_now(stand, box, names)),
        tuple(reversed(mine[-_LATEST:])), max(0, len(mine) - _LATEST),
        tuple(Step(boxes[a.start], a.verb, a.delayed) for a in view.arrows if a.end == name),
        tuple(Step(boxes[a.end], a.verb, a.delayed) for a in view.arrows if a.start == name),
        tuple(_ways(view, boxes, name)), names, tuple(lives[:6]),
    )  # fmt: skip


def _ways(view: View, boxes: Mapping[str, Box], name: str) -> Iterator[tuple[Step, ...]]:
    """The shortest way to each sum that hangs on a box."""
    if boxes[name].kind in MONEY:
        return
    came: dict[str, tuple[str, Step]] = {}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for arrow in view.arrows:
            if arrow.start == here and arrow.end != name and arrow.end not in came:
                came[arrow.end] = here, Step(boxes[arrow.end], arrow.verb, arrow.delayed)
                waiting.append(arrow.end)
    sums = [each for each in came if boxes[each].kind in MONEY]
    for end in sums[:_WAYS]:
        way: list[Step] = []
        here = end
        while here != name:
            here, step = came[here][0], came[here][1]
            way.append(step)
        yield tuple(reversed(way))


# ------------------------------------------------------------------------------------ how it stands
def _now(stand: Stand, box: Box, names: tuple[str, ...]) -> Iterator[str]:
    if box.kind in ("event", "notice"):
        yield from _events(stand, names)
    elif box.kind == "state":
        yield from _state(stand, names)
    elif box.kind in ("measure", "amount"):
        yield from _latest(stand, names, "Settled", "No window has settled yet.")
    elif box.kind in MONEY:
        yield from _sums(stand, names)
    elif box.kind == "cap":
        yield from _latest(stand, names, "Capped", "It has cut nothing.")
    elif box.kind == "trigger":
        yield from _latest(stand, names, "Fired", "It has not fired.")
    elif box.kind == "end":
        ended = stand.explainer.run.ended
        yield "It is in force." if ended is None else f"It ended on {stand.show.instant(ended)}."
    else:
        yield from _instances(stand, names)


def _events(stand: Stand, names: tuple[str, ...]) -> Iterator[str]:
    found = [each for name in names for each in stand.explainer.run.reported(name)]
    if not found:
        yield "None was reported."
        return
    yield f"{len(found)} reported; the latest:"
    yield stand.explainer.run.told(max(found, key=lambda event: (event.acts, event.order))).removeprefix("event ")


def _state(stand: Stand, names: tuple[str, ...]) -> Iterator[str]:
    open_ = [each for each in stand.summary.states if each.state in names]
    for each in open_:
        key = ", ".join(f"{name} {text}" for name, text in each.key)
        yield f"It holds since {stand.show.instant(each.since)}{f' ({key})' if key else ''}."
    if not open_:
        times = sum(entry.kind == "Opened" and entry.clause in names for entry in stand.ledger.outcome)
        yield f"It does not hold. It has held {times} time{'s' * (times != 1)}."


def _latest(stand: Stand, names: tuple[str, ...], kind: str, none: str) -> Iterator[str]:
    found = [e for e in stand.ledger.outcome if e.kind == kind and e.clause in names]
    if not found:
        yield none
        return
    last = max(found, key=lambda entry: entry.at)
    same = [e for e in found if e.at == last.at]
    yield from (_sentence(stand, entry) for entry in same[:6])


def _sums(stand: Stand, names: tuple[str, ...]) -> Iterator[str]:
    totals: dict[tuple[str, str, str], list[Fraction]] = {}
    for entry in stand.ledger.outcome:
        amount = entry.number("amount")
        if entry.kind == "Accrued" and entry.clause in names and isinstance(amount, int | Fraction):
            sides = str(entry.number("payer")), str(entry.number("payee")), str(entry.number("currency"))
            totals.setdefault(sides, []).append(Fraction(amount))
    for (payer, payee, currency), each in totals.items():
        who = f"{stand.words.party(payer)} owes {stand.words.party(payee)}"
        amount = stand.show.money(sum(each, Fraction(0)), currency)
        yield f"{who} {amount} in {len(each)} posting{'s' * (len(each) != 1)}."
    if not totals:
        yield "Nothing is owed under it."
    yield from (line for line in _latest(stand, names, "Settled", "") if line)


def _instances(stand: Stand, names: tuple[str, ...]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for verdict in stand.timelines.verdicts:
        if verdict.norm in names:
            status = stand.timelines.status(verdict)
            counts[status] = counts.get(status, 0) + 1
    counted = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
    yield f"{counted}." if counted else "Nothing has come of it."
    for each in stand.summary.escalations:
        if any(name.startswith(f"{each.ladder}.") for name in names):
            yield f"It stands at level {each.level} ({each.roles}) until {stand.show.when(each.until)}."
    for right in stand.summary.rights:
        if right.right in names:
            yield f"It is open until {stand.show.when(right.until)}." if right.until else "It is open."


def _sentence(stand: Stand, entry: Entry) -> str:
    return f"{stand.show.instant(entry.at)}  {stand.words.entry(entry)}"
