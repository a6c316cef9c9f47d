"""Where everything goes: a layered drawing from left to right, the same on every machine.

A column is a gutter for the labels of what arrives, then its boxes; between columns lies a channel where
the lines swing up and down. Lines leave a box at the right, pass other boxes only at waypoints between
them, and arrive at the left under their label: so no line crosses a box or a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from attrs import define, field, frozen

from bpodsl.graph.draw import metrics
from bpodsl.graph.draw.cards import WIDTH, Card, card
from bpodsl.graph.draw.columns import columns
from bpodsl.graph.draw.lattice import Lattice, Thread, lattice
from bpodsl.graph.draw.ordering import order
from bpodsl.graph.draw.outlines import right_edge
from bpodsl.graph.draw.stacking import Pull, stack
from bpodsl.graph.draw.view import Arrow, View

LABEL = 9.5
PAD, HEADING, PORT = 8, 16, 16
_BETWEEN, _PASSING, _BESIDE, _APART = 12, 10, 8, 60


@frozen
class Placed:
    card: Card
    x: float
    y: float


@frozen
class Frame:
    """A box around clauses of one group."""

    group: str
    x: float
    y: float
    width: float
    height: float


@frozen
class Port:
    """Where arrows of one verb arrive at a box: under the label, from `x` to the box at `tip`."""

    box: str
    verb: str
    x: float
    tip: float
    y: float
    arrows: tuple[Arrow, ...]


@frozen
class Swing:
    """A line from one column to the next, or straight past the boxes of one."""

    x: float
    y: float
    to_x: float
    to_y: float
    arrows: tuple[Arrow, ...]


@frozen
class Loop:
    """A line back to the left: corners from the box at its start to the port."""

    corners: tuple[tuple[float, float], ...]
    arrow: Arrow


@define
class Layout:
    """All places, from a corner at 0, 0."""

    width: float = 0.0
    height: float = 0.0
    placed: dict[str, Placed] = field(factory=dict)
    frames: list[Frame] = field(factory=list)
    ports: list[Port] = field(factory=list)
    swings: list[Swing] = field(factory=list)
    loops: list[Loop] = field(factory=list)


def lay_out(view: View) -> Layout:
    """Place a view."""
    column, back = columns(view)
    made = lattice(view, column, back)
    order(made)
    verbs = {box.id: made.verbs(box.id) for box in view.boxes}
    cards = {box.id: card(view, box, len(verbs[box.id])) for box in view.boxes}
    y = _stacked(made, cards, verbs)
    for _ in range(2):
        _sort_ports(made, verbs, y)
        y = _stacked(made, cards, verbs)
    return _Plan(made, cards, verbs, _closed(made, cards, verbs, y)).draw()


def _stacked(made: Lattice, cards: dict[str, Card], verbs: dict[str, list[str]]) -> dict[str, int]:
    """The y of each item: the top of a box, the line of a waypoint."""
    apart: dict[tuple[str, str], float] = {}
    for items in made.columns:
        for above, below in pairwise(items):
            apart[above, below] = _apart(made, cards, above, below)
    pulls: dict[str, list[tuple[int, Pull]]] = {}
    for thread in made.threads:
        start, end = thread.start, thread.end
        shift = _out(cards, start) - _in(cards, verbs, thread)
        weight = 1.0 + 2 * (not made.is_box(start)) + 2 * (not made.is_box(end))
        pulls.setdefault(end, []).append((-1, Pull(start, shift, weight)))
        pulls.setdefault(start, []).append((1, Pull(end, -shift, weight)))
    return stack(made.columns, apart, pulls)


def _closed(
    made: Lattice, cards: dict[str, Card], verbs: dict[str, list[str]], y: dict[str, int]
) -> dict[str, int]:  # fmt: skip
    """The same without the empty bands that no box and no line is in: what nothing joins drifts apart."""
    spans = [(float(at), at + (cards[item].height if item in cards else 0.0)) for item, at in y.items()]
    for thread in made.threads:
        ends = y[thread.start] + _out(cards, thread.start), y[thread.end] + _in(cards, verbs, thread)
        spans.append((min(ends), max(ends)))
    cuts: list[tuple[float, int]] = []
    reach = min((top for top, _ in spans), default=0.0)
    for top, bottom in sorted(spans):
        if top - reach > _APART:
            cuts.append((top, int(top - reach - _APART)))
        reach = max(reach, bottom)
    return {item: at - sum(less for top, less in cuts if top <= at) for item, at in y.items()}


def _apart(made: Lattice, cards: dict[str, Card], above: str, below: str) -> float:
    height = cards[above].height if above in cards else 0
    if above in cards and below in cards:
        same = made.group[above] == made.group[below]
        return height + (_BETWEEN if same else _BETWEEN + 2 * PAD + HEADING)
    if above in cards:
        return height + PAD + _PASSING
    return PAD + HEADING + _PASSING if below in cards else _BESIDE


def _out(cards: dict[str, Card], item: str) -> float:
    return cards[item].height / 2 if item in cards else 0.0


def _in(cards: dict[str, Card], verbs: dict[str, list[str]], thread: Thread) -> float:
    return _port(cards[thread.end], verbs[thread.end], thread.verb) if thread.end in cards else 0.0


def _port(at: Card, verbs: list[str], verb: str) -> float:
    """How far below the top of a box the arrows of a verb arrive."""
    return at.height / 2 + PORT * (verbs.index(verb) - (len(verbs) - 1) / 2) + 2


def _sort_ports(made: Lattice, verbs: dict[str, list[str]], y: dict[str, int]) -> None:
    """Arrows from above arrive above; those from the right come up from below."""
    sources: dict[tuple[str, str], list[int]] = {}
    for thread in made.threads:
        sources.setdefault((thread.end, thread.verb), []).append(y[thread.start])
    for box, named in verbs.items():
        mean = {verb: sum(at) / len(at) for verb in named if (at := sources.get((box, verb)))}
        named.sort(key=lambda verb: (mean.get(verb, float("inf")), verb))


@define
class _Plan:
    made: Lattice
    cards: dict[str, Card]
    verbs: dict[str, list[str]]
    y: dict[str, int]
    layout: Layout = field(factory=Layout)
    gutters: list[float] = field(factory=list)
    starts: list[float] = field(factory=list)
    ends: list[float] = field(factory=list)

    def draw(self) -> Layout:
        self._measure()
        self._place()
        self._frame()
        self._arrive()
        self._swing()
        self._loop()
        return self.layout

    def _measure(self) -> None:
        """The x of each column: `starts` of its gutter, `ends` of its boxes and their frame."""
        made = self.made
        threads = [0] * (len(made.columns) + 1)
        for thread in made.threads:
            threads[made.column[thread.start]] += 1
        x = 12.0 + 8 * sum(made.column[arrow.end] == 0 for arrow in made.back)
        for place, items in enumerate(made.columns):
            labels = [metrics.width(verb, LABEL) for item in items for verb in self.verbs.get(item, ())]
            self.gutters.append(max(labels) + 10 if labels else 0.0)
            self.starts.append(x)
            x += self.gutters[-1] + WIDTH + 2 * PAD
            self.ends.append(x)
            x += 44 + min(70, 2 * threads[place]) + 8 * self._backs(place)
        self.layout.width = self.ends[-1] + 12 + 8 * self._backs(len(made.columns) - 1)

    def _backs(self, place: int) -> int:
        """How many lines back run in the channel to the right of a column."""
        made = self.made
        return sum((made.column[a.start] == place) + (made.column[a.end] == place + 1) for a in made.back)

    def _place(self) -> None:
        top = PAD + HEADING
        for item, at in self.cards.items():
            x = self.starts[self.made.column[item]] + self.gutters[self.made.column[item]] + PAD
            self.layout.placed[item] = Placed(at, x, self.y[item] + top)
        lows = [p.y + p.card.height + PAD for p in self.layout.placed.values()]
        lines = [self.y[item] + top for item in self.made.column if item not in self.cards]
        self.layout.height = max([*lows, *lines], default=0) + 4

    def _frame(self) -> None:
        for items in self.made.columns:
            runs: list[list[Placed]] = []
            for placed in (self.layout.placed[item] for item in items if item in self.cards):
                last = runs[-1][-1] if runs else None
                near = last is not None and placed.y - last.y - last.card.height < _APART
                if last is None or not near or last.card.box.frame != placed.card.box.frame:
                    runs.append([])
                runs[-1].append(placed)
            for run in runs:
                top, bottom = run[0].y - PAD - HEADING, run[-1].y + run[-1].card.height + PAD
                frame = Frame(run[0].card.box.frame, run[0].x - PAD, top, WIDTH + 2 * PAD, bottom - top)
                self.layout.frames.append(frame)

    def _arrive(self) -> None:
        for box, verbs in self.verbs.items():
            placed = self.layout.placed[box]
            for verb in verbs:
                into = [arrow for arrow in self._arrows() if arrow.end == box and arrow.verb == verb]
                x, y = self.starts[self.made.column[box]], placed.y + _port(placed.card, verbs, verb)
                self.layout.ports.append(Port(box, verb, x, placed.x, y, tuple(into)))

    def _arrows(self) -> Iterator[Arrow]:
        seen: set[Arrow] = set()
        for arrow in [a for arrows in self.made.threads.values() for a in arrows] + self.made.back:
            if arrow not in seen:
                seen.add(arrow)
                yield arrow

    def _line(self, item: str) -> float:
        placed = self.layout.placed.get(item)
        return placed.y + placed.card.height / 2 if placed else self.y[item] + PAD + HEADING

    def _swing(self) -> None:
        ports = {(port.box, port.verb): port.y for port in self.layout.ports}
        passing: dict[str, list[Arrow]] = {}
        leaving: dict[str, list[Arrow]] = {}
        for thread, arrows in self.made.threads.items():
            place = self.made.column[thread.start]
            to_y = ports[thread.end, thread.verb] if thread.verb else self._line(thread.end)
            swing = Swing(self.ends[place], self._line(thread.start), self.starts[place + 1], to_y, tuple(arrows))
            self.layout.swings.append(swing)
            if not thread.verb:
                passing.setdefault(thread.end, []).extend(arrows)
            if self.made.is_box(thread.start):
                leaving.setdefault(thread.start, []).extend(arrows)
        for item, arrows in passing.items():
            place, y = self.made.column[item], self._line(item)
            self.layout.swings.append(Swing(self.starts[place], y, self.ends[place], y, tuple(dict.fromkeys(arrows))))
        for item, arrows in leaving.items():
            place, y = self.made.column[item], self._line(item)
            x = self.layout.placed[item].x + WIDTH - right_edge(self.cards[item].outline)
            self.layout.swings.append(Swing(x, y, self.ends[place], y, tuple(dict.fromkeys(arrows))))

    def _loop(self) -> None:
        ports = {(port.box, port.verb): port for port in self.layout.ports}
        used: dict[int, int] = {}
        for arrow in self.made.back:
            start, port = self.layout.placed[arrow.start], ports[arrow.end, arrow.verb]
            leave, arrive = self.made.column[arrow.start], self.made.column[arrow.end] - 1
            used[leave] = used.get(leave, 0) + 1
            out = self.ends[leave] + 8 * used[leave]
            used[arrive] = used.get(arrive, 0) + 1
            back = port.x - 8 * used[arrive]
            self.layout.height += 12
            low, y = self.layout.height - 4, start.y + start.card.height / 2
            corners = ((start.x + WIDTH, y), (out, y), (out, low), (back, low), (back, port.y), (port.x, port.y))
            self.layout.loops.append(Loop(corners, arrow))
